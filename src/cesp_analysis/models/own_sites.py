"""What the study's own sites say of an estimate's interval, beside shocks of the prior."""

from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis.models.cluster_means import ClusterChanges, cluster_changes, two_step
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.spec import ModelSpec
from cesp_analysis.models.student import t_interval
from cesp_analysis.numbers import fixed

if TYPE_CHECKING:
    import pandas as pd

NARROWER = "the interval with shocks to a site is narrower than that of the study's own sites"
"""How the warning begins, by which the ladder and the report know it."""


def narrower(
    half: float,
    records: "pd.DataFrame",
    times: tuple[str, str],
    slope: float,
    level: float,
    paired: bool,
) -> str:
    """A warning where a t-test of the sites' own changes is wider than `half`; blank elsewhere.

    records: unit, site, arm, time, value and weight (above 0) of each answer that counts; slope:
    how much of the first answer is taken off; paired: see `compares_units`. Blank too with one site
    against one, which have no spread.
    """
    changes = site_changes(records, times, slope, paired)
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
    what = "unadjusted mean changes"
    if slope != 1:
        what = f"mean answers less {slope:.3g} times the first, otherwise unadjusted"
    return (
        f"{NARROWER} ({n} against {len(changes.treated) - n}; t-test of their {what},"
        f" {found.df:g} df: {fixed(low, 2)} to {fixed(high, 2)}): these sites differ by"
        " more than the prior's pairs say, or are too few to tell; the interval by sites stands"
    )


def compares_units(spec: ModelSpec, at_equal_baseline: bool) -> bool:
    """Whether a model compares answers of the same units, as changes or adjusted for the first.

    Others compare groups at each time: repeated cross-sections, in which a name that comes again
    may be another one's; and models of all records of respondents, most of whom answered once.
    """
    if at_equal_baseline:
        return True
    if (design := getattr(spec, "design", None)) is not None:
        return bool(design != "cross_sections")
    return spec.level == "person" and "person" in getattr(spec, "random", ("person",))


def site_changes(
    records: "pd.DataFrame", times: tuple[str, str], slope: float, paired: bool
) -> ClusterChanges | None:
    """The mean change of each site: of units with both answers (`paired`), else of its means.

    None where nobody answered at both times, or at one of them.
    """
    first, last = (records[records["time"] == time] for time in times)
    if not paired:
        return None if first.empty or last.empty else _of_means(records, times)
    unit = _coded(records["unit"])
    before, after = (unit[(records["time"] == time).to_numpy()] for time in times)
    both, i, j = np.intersect1d(before, after, return_indices=True)
    if not len(both):
        return None
    early, late = first.iloc[i], last.iloc[j]
    values = late["value"].to_numpy(dtype=float) - slope * early["value"].to_numpy(dtype=float)
    weight = late["weight"].to_numpy(dtype=float)
    return cluster_changes(values, _codes(early), _arm(early), weight=weight)


def _of_means(records: "pd.DataFrame", times: tuple[str, str]) -> ClusterChanges:
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
