"""What to decide: the acceptability curve, with what a shock to a site would do to it."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.declared.follow_up import DAYS_IN
from cesp_analysis.economics.amounts import GAIN
from cesp_analysis.economics.asked import EvaluateSpec
from cesp_analysis.economics.cases import Case
from cesp_analysis.economics.data import Data, net_benefit
from cesp_analysis.economics.decision import above_zero
from cesp_analysis.economics.law import Law, of_benefit
from cesp_analysis.economics.monte_carlo import of_probability
from cesp_analysis.economics.site_shock import net_benefit_shock_sds, share_beyond, shock_band
from cesp_analysis.models.prior import Prior
from cesp_analysis.models.shock import probability_above_zero

STEPS = 50
"""Points of a curve from 0 to its end, besides the declared thresholds."""
OF_QALYS, OF_COSTS = [2, 4], [2, 3]
"""Of the columns of `_within` those that the regressions of each adjust for."""


def curve_rows(
    how: EvaluateSpec,
    case: Case,
    missing_data: str,
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
    sds = None if prior is None else shocks(how, approach, people, at, prior)
    moved = np.full(len(at), np.nan)
    if law.samples is not None:
        fixed = estimate if law.exact else None
        moved = of_probability(law.samples @ of_benefit(at).T, law.df, fixed)
    for k, threshold in enumerate(at.tolist()):
        intervention = estimate[k] > 0
        yield {
            "perspective": case.perspective, "value_set": case.value_set,
            "missing_data": missing_data, "approach": approach,
            "threshold": threshold, "inmb": estimate[k], "probability": probability[k],
            "monte_carlo": moved[k], "frontier": "intervention" if intervention else "control",
            "frontier_probability": probability[k] if intervention else 1 - probability[k],
        } | ({} if sds is None else _shaken(estimate[k], error[k], law.df, sds[:, k]))  # fmt: skip


def thresholds_of(how: EvaluateSpec) -> Floats:
    """Thresholds of the curves: even steps, and those declared."""
    own = how.economics
    return np.unique([*np.linspace(0, own.curve_to, STEPS + 1), *own.thresholds])


def shocks(
    how: EvaluateSpec, approach: str, people: Sequence[Data], at: Floats, prior: Prior
) -> Floats:
    """SDs (pairs, T) of shocks to sites in £ of net benefit a person (see `taken_off`)."""
    gap = how.years[-1] * DAYS_IN["years"] / DAYS_IN["months"]
    arms = {place.name: place.arm for place in how.sites}
    sites = tuple(float(list(arms.values()).count(arm)) for arm in ("intervention", "control"))
    within = np.array([np.mean([spread(data, one) for data in people]) for one in at])
    taken = taken_off(people, approach, at)
    return np.concatenate(
        [
            net_benefit_shock_sds(sd, prior, slope, gap, (sites[0], sites[1]), alike)
            for sd, (slope, alike) in zip(within, taken, strict=True)
        ],
        axis=1,
    )


def spread(data: Data, threshold: float) -> float:
    """SD of people's net benefit within sites, £."""
    values = net_benefit(data, threshold)
    groups = data.sites * 2 + data.treated
    own = [values[groups == code] for code in np.unique(groups)]
    squares = sum(float(((one - one.mean()) ** 2).sum()) for one in own)
    return float(np.sqrt(squares / max(len(values) - len(own), 1)))


def taken_off(people: Sequence[Data], approach: str, at: Floats) -> list[tuple[float, float]]:
    """What an approach takes off net benefit at each threshold: (slope, alike).

    slope: SD of what is taken off as a share of net benefit's, both of people within sites; alike:
    its correlation with baseline's net benefit, all of which gain over baseline takes off. If a
    site's effects on utilities and costs are as people's own are to one another (in proportion,
    and over time with autocorrelation CAC), what a shock adds to net benefit has variance
    σ² ρ (1 + slope² - 2 slope alike CAC) for each site: own derivation, simulated in
    tests/economics. Without costs of before the study (0, 1): nothing taken off, which is the
    larger of the two where CAC is above a half.
    """
    if any(one.base_cost is None or one.equal_cost is None for one in people):
        return [(0.0, 1.0)] * len(at)
    cov = np.mean([_within(one) for one in people], axis=0)
    years, ratio = people[0].years, people[0].cost_ratio
    found = []
    for threshold in at.tolist():
        later = np.array([threshold, -1.0, 0.0, 0.0, 0.0])
        first = np.array([0.0, 0.0, threshold * years, -ratio, 0.0])
        off = first
        if approach != GAIN:
            off = threshold * _predicted(cov, 0, OF_QALYS) - _predicted(cov, 1, OF_COSTS)
        whole, part, start = (float(one @ cov @ one) for one in (later, off, first))
        if min(whole, part, start) <= 0:
            found.append((0.0, 1.0))
            continue
        found.append(
            (float(np.sqrt(part / whole)), float(off @ cov @ first) / np.sqrt(part * start))
        )
    return found


def _predicted(cov: Floats, outcome: int, seen: list[int]) -> Floats:
    """Slopes (5,) of an outcome on the columns that are seen, by a covariance (5, 5)."""
    found = np.zeros(len(cov))
    inverse = np.linalg.pinv(cov[np.ix_(seen, seen)], hermitian=True)
    found[seen] = inverse @ cov[seen, outcome]
    return found


def _within(data: Data) -> Floats:
    """Covariance (5, 5) of people's QALYs, costs, utility and costs at baseline within sites: those
    that count, and those that QALYs are adjusted for."""
    assert data.base_cost is not None and data.equal_cost is not None
    before = data.utility, data.base_cost, data.equal_cost
    columns = np.column_stack([data.qaly, data.cost, *before])
    groups = data.sites * 2 + data.treated
    codes = np.unique(groups)
    for code in codes:
        columns[groups == code] -= columns[groups == code].mean(axis=0)
    return np.asarray(columns.T @ columns / max(len(columns) - len(codes), 1))


def _shaken(estimate: float, error: float, df: float, sds: Floats) -> dict[str, float]:
    median = float(np.median(sds))
    low, high = shock_band(np.array(estimate), np.array(error), np.array(median), df)
    return {
        "flip": abs(float(estimate)), "low": float(low), "high": float(high),
        "shock_sd": median,
        "flip_probability": float(share_beyond(np.array([estimate]), sds[:, None])[0]),
        "with_shock": probability_above_zero(float(estimate), float(error), df, sds.tolist()),
    }  # fmt: skip
