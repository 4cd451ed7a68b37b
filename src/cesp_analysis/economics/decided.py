"""What to decide: the acceptability curve, with what a shock to a site would do to it."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from cesp_analysis.economics.asked import EvaluateSpec
from cesp_analysis.economics.cases import Case
from cesp_analysis.economics.data import GAIN, Data
from cesp_analysis.economics.decision import above_zero
from cesp_analysis.economics.estimated import net_benefit
from cesp_analysis.economics.law import Law
from cesp_analysis.economics.site_shock import net_benefit_shock_sds, shock_band
from cesp_analysis.economics.value_of_information import normal_evpi
from cesp_analysis.models.cluster_sums import Floats
from cesp_analysis.models.prior import Prior, gap_in_months
from cesp_analysis.models.shock import probability_above_zero

STEPS = 50
"""Points of a curve from 0 to its end, besides the declared thresholds."""


def curve_rows(
    how: EvaluateSpec,
    case: Case,
    way: str,
    approach: str,
    law: Law,
    people: Sequence[Data],
    prior: Prior | None,
) -> Iterator[dict[str, Any]]:
    """Rows of the table Acceptability. people: completed tables, for the spread within sites;
    prior: of shocks to sites, None where chance made the arms alike or there are no sites."""
    at = thresholds_of(how)
    estimate, error = law.net_benefit(at)
    probability = above_zero(estimate, error, law.df)
    evpi = normal_evpi(estimate, error)
    sds = None if prior is None else shocks(how, approach, people, at, prior)
    for k, threshold in enumerate(at.tolist()):
        intervention = estimate[k] > 0
        yield {
            "perspective": case.perspective, "value_set": case.value_set, "missing_data": way,
            "approach": approach, "threshold": threshold, "inmb": estimate[k],
            "probability": probability[k],
            "frontier": "intervention" if intervention else "control",
            "frontier_probability": probability[k] if intervention else 1 - probability[k],
            "evpi": evpi[k],
        } | ({} if sds is None else _shaken(estimate[k], error[k], law.df, sds[:, k]))  # fmt: skip


def thresholds_of(how: EvaluateSpec) -> Floats:
    """Thresholds of the curves: even steps, and those declared."""
    own = how.economics
    return np.unique([*np.linspace(0, own.curve_to, STEPS + 1), *own.thresholds])


def shocks(
    how: EvaluateSpec, approach: str, people: Sequence[Data], at: Floats, prior: Prior
) -> Floats:
    """SDs (pairs, T) of shocks to sites in £ of net benefit a person.

    Of gain over baseline the whole of baseline is taken off, if costs before the study are known
    too; otherwise the slope of net benefit on baseline's is (0 where costs are not known).
    """
    first, last = how.times[0].position, how.times[-1].position
    unit = {1.0: "days", 7.0: "weeks", 365.25: "years"}.get(how.days, "months")
    gap = gap_in_months((first, last), unit)
    arms = {place.name: place.arm for place in how.sites}
    sites = tuple(float(list(arms.values()).count(arm)) for arm in ("intervention", "control"))
    within = np.array([np.mean([spread(data, one) for data in people]) for one in at])
    slope = slope_of(people[0], approach, float(at[-1]))
    return net_benefit_shock_sds(within, prior, slope, gap, (sites[0], sites[1]))


def spread(data: Data, threshold: float) -> float:
    """SD of people's net benefit within sites, £."""
    values = net_benefit(data, threshold)
    groups = data.sites * 2 + data.treated
    own = [values[groups == code] for code in np.unique(groups)]
    squares = sum(float(((one - one.mean()) ** 2).sum()) for one in own)
    return float(np.sqrt(squares / max(len(values) - len(own), 1)))


def slope_of(data: Data, approach: str, threshold: float) -> float:
    """How much of baseline's net benefit is taken off: all, none, or as regression has it."""
    if data.base_cost is None:
        return 0.0
    if approach == GAIN:
        return 1.0
    first = threshold * data.years * data.utility - data.cost_ratio * data.base_cost
    later = net_benefit(data, threshold)
    groups = data.sites * 2 + data.treated
    for code in np.unique(groups):
        own = groups == code
        first[own] -= first[own].mean()
        later[own] -= later[own].mean()
    whole = float(first @ first)
    return float(first @ later) / whole if whole > 0 else 0.0


def _shaken(estimate: float, error: float, df: float, sds: Floats) -> dict[str, float]:
    median = float(np.median(sds))
    low, high = shock_band(np.array(estimate), np.array(error), np.array(median), df)
    return {
        "flip": abs(float(estimate)), "low": float(low), "high": float(high),
        "shock_sd": median,
        "with_shock": probability_above_zero(float(estimate), float(error), df, sds.tolist()),
    }  # fmt: skip
