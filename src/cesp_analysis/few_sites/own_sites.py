"""What the study's own sites say of an estimate's interval, beside published shocks."""

from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis.few_sites.cluster_means import ClusterChanges, cluster_changes, two_step
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.student import t_interval
from cesp_analysis.numbers import fixed

if TYPE_CHECKING:
    import pandas as pd

NARROWER = "the interval with published shocks is narrower than that of the study's own sites"
"""How the warning begins, by which the ladder and the report know it."""


def narrower(
    half: float, records: "pd.DataFrame", times: tuple[str, str], slope: float, level: float
) -> str:
    """A warning where a t-test of the sites' own changes is wider than `half`; blank elsewhere.

    records: unit, site, arm, time, value and weight of each answer. Units with answers at both
    times, or sites' means where each time has other units; slope: how much of the first answer is
    taken off. Blank too with one site against one, which have no spread.
    """
    changes = site_changes(records, times, slope)
    if changes is None:
        return ""
    try:
        found = two_step(changes)
    except NotEstimable:
        return ""
    low, high = t_interval(found.estimate, found.std_error, found.df, level)
    if high - low <= 2 * half:
        return ""
    n = int(changes.treated.sum())
    return (
        f"{NARROWER} ({n} against {len(changes.treated) - n}; t-test of their unadjusted mean"
        f" changes, {found.df:g} df: {fixed(low, 2)} to {fixed(high, 2)}): these sites differ by"
        " more than published pairs say, or are too few to tell; the interval by sites stands"
    )


def site_changes(
    records: "pd.DataFrame", times: tuple[str, str], slope: float
) -> ClusterChanges | None:
    """The mean change of each site; None where nobody answered at both times."""
    first, last = (records[records["time"] == time] for time in times)
    unit = _coded(records["unit"])
    before, after = (unit[(records["time"] == time).to_numpy()] for time in times)
    both, i, j = np.intersect1d(before, after, return_indices=True)
    if len(both):
        early, late = first.iloc[i], last.iloc[j]
        values = late["value"].to_numpy(dtype=float) - slope * early["value"].to_numpy(dtype=float)
        weight = late["weight"].to_numpy(dtype=float)
        return cluster_changes(values, _codes(early), _arm(early), weight=weight)
    if first.empty or last.empty:
        return None
    whole = records[records["time"].isin(times)]
    weight = whole["weight"].to_numpy(dtype=float)
    later = (whole["time"] == times[1]).to_numpy(dtype=bool)
    values = whole["value"].to_numpy(dtype=float)
    return cluster_changes(values, _codes(whole), _arm(whole), later, weight=weight)


def _codes(rows: "pd.DataFrame") -> np.ndarray:
    return np.unique(_coded(rows["site"]), return_inverse=True)[1]


def _coded(names: "pd.Series[Any]") -> np.ndarray:
    """A number (n,) for each name."""
    return names.astype("category").cat.codes.to_numpy()


def _arm(rows: "pd.DataFrame") -> np.ndarray:
    return (rows["arm"] == "intervention").to_numpy(dtype=float)
