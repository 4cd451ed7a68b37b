"""The shocks that an estimate may hold, in its own unit, and its interval that allows for them."""

from dataclasses import dataclass, replace
from math import inf, isfinite, sqrt
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.models.analysis_sets import in_set
from cesp_analysis.models.own_sites import compares_units, narrower
from cesp_analysis.models.prior import Prior, gap_in_months
from cesp_analysis.models.results import Estimate
from cesp_analysis.models.shock import half_width, shock_sd
from cesp_analysis.models.spec import ModelSpec
from cesp_analysis.models.student import t_quantile
from cesp_analysis.models.two_sites import CAUTIONS

if TYPE_CHECKING:
    import pandas as pd

AT_EQUAL_BASELINE = "equal baseline"
"""In an estimand's words: the first answer is taken off by its slope, not as a whole."""
SYMMETRIC = 1e-6  # relative: an interval written and read again is estimate -+ c * SE to rounding


@dataclass(frozen=True)
class Shocks:
    """The SD (pairs,) of the difference of site shocks, one for each pair of the prior.

    within_sd: of the outcome within sites at the reference time; gap_months: None if the unit of
    time is none of the calendar's; slope: see `shock_sd`; sites: effective number in each arm;
    records: the answers that all this was taken from; paired: see own_sites.compares_units.
    """

    sds: tuple[float, ...]
    within_sd: float
    gap_months: float | None
    slope: float
    sites: tuple[float, float]
    records: "pd.DataFrame"
    paired: bool

    def median(self) -> float:
        """The SD of the median pair."""
        return float(np.median(self.sds))


def augmented(
    rows: tuple[Estimate, ...], spec: ModelSpec, panel: "pd.DataFrame", prior: Prior
) -> tuple[Estimate, ...]:
    """The rows, those whose interval knows no site shocks with one that does: the mixture over the
    prior's pairs. Others (no sites, sites as clusters, no change between two times) stay blank."""
    return tuple(_augmented(row, spec, panel, prior) for row in rows)


def _augmented(row: Estimate, spec: ModelSpec, panel: "pd.DataFrame", prior: Prior) -> Estimate:
    found = shocks_of(row, spec, panel, prior)
    if isinstance(found, str) or row.estimate is None or row.std_error is None:
        return row
    half = half_width(row.std_error, df_of(row), found.sds, row.ci_level)
    times = str(spec.reference_time().name), str(row.time)
    own = narrower(half, found.records, times, found.slope, row.ci_level, found.paired)
    slope = "" if found.slope == 1 else f"; slope on baseline {found.slope:.3g}"
    return replace(
        row,
        ci_low_shock=row.estimate - half,
        ci_high_shock=row.estimate + half,
        shock_prior=(
            f"mixture over {prior.described(found.gap_months)}; SD within sites"
            f" {found.within_sd:.4g}{slope}"
        ),
        warnings=(*row.warnings, *filter(None, [own])),
    )


def df_of(row: Estimate) -> float:
    """The df of the row's interval; blank: normal."""
    return inf if row.df is None or not isfinite(row.df) else row.df


def shocks_of(row: Estimate, spec: ModelSpec, panel: "pd.DataFrame", prior: Prior) -> Shocks | str:
    """The shocks that the row's interval leaves out, or the reason why none are sized."""
    if reason := _without(row, spec):
        return reason
    time = next(moment for moment in spec.moments() if moment.name == row.time)
    first = spec.reference_time()
    asked = (panel["level"] == row.level) & (panel["outcome"] == row.outcome)
    known = panel["value"].notna() & panel["site"].notna()
    own = panel[asked & known]
    own = own.loc[in_set(own, spec)[0], ["unit", "site", "arm", "time", "value", "weight"]]
    own = own[own["weight"] > 0] if spec.weighted else own.assign(weight=1.0)
    sd = within_sd(own[own["time"] == first.name])
    if sd is None:
        return f"no SD within sites at {first.label}: too few values, or they do not vary"
    equal = AT_EQUAL_BASELINE in (row.estimand or "")
    slope = row.baseline_slope if equal else 1.0
    if slope is None:
        return f"its model (kind {row.kind}) does not say its slope on {first.label}"
    sites = effective_sites(own[own["time"] == time.name])
    gap = gap_in_months((first.position, time.position), spec.context.time_unit)
    sds = [
        shock_sd(sd / sqrt(1 - pair.rho), pair.rho, pair.cac_over(gap), slope, sites)
        for pair in prior.pairs
    ]
    return Shocks(tuple(sds), sd, gap, slope, sites, own, compares_units(spec, equal))


def _without(row: Estimate, spec: ModelSpec) -> str:
    """Why a row has no shocks to allow for; blank if it has."""
    if row.status != "estimated" or row.estimate is None or row.std_error is None:
        return "there is no estimate"
    if row.n_sites_treated is None:
        return "the study declares no sites"
    if not any(sentence in row.warnings for sentence in CAUTIONS):
        return "its interval holds what happens to whole sites"
    if row.kind == "group_time":
        return "it averages changes from several base times, and the prior's pairs size one change"
    if row.time in (None, spec.reference_time().name):  # one difference at all times, or at one
        return "the prior's pairs size shocks to a change between two times, not to this difference"
    if row.unit != spec.context.outcomes[row.outcome].unit:
        return "it is not in the outcome's unit, in which shocks are sized"
    half = t_quantile(0.5 + row.ci_level / 2, df_of(row)) * row.std_error
    for end, side in ((row.ci_low, -half), (row.ci_high, half)):
        if end is None or abs(row.estimate + side - end) > SYMMETRIC * half:
            return "its interval is not the estimate and a multiple of its standard error"
    return ""


def within_sd(rows: "pd.DataFrame") -> float | None:
    """The SD of values within sites, pooled; None where it cannot be told or is zero."""
    values = rows["value"].to_numpy(dtype=float)
    codes = np.unique(_sites(rows), return_inverse=True)[1]
    if len(values) == 0 or len(values) <= int(codes.max()) + 1:
        return None
    means = np.bincount(codes, values) / np.bincount(codes)
    squares = float(((values - means[codes]) ** 2).sum())
    return sqrt(squares / (len(values) - len(means))) or None


def effective_sites(rows: "pd.DataFrame") -> tuple[float, float]:
    """Kish's number of sites in each arm: as many alike ones would average shocks as well."""
    found = []
    for arm in ("intervention", "control"):
        counts = np.bincount(_sites(rows)[(rows["arm"] == arm).to_numpy()])
        n = counts[counts > 0].astype(float)
        found.append(float(n.sum() ** 2 / (n**2).sum()) if len(n) else 1.0)
    return found[0], found[1]


def _sites(rows: "pd.DataFrame") -> NDArray[np.signedinteger]:
    """A code (n,) for the site of each row."""
    return np.asarray(rows["site"].astype("category").cat.codes)
