"""The rungs that allow for what is not in the data: shocks to a site, trends apart, their curve."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from cesp_analysis.declared.few_sites import Divergence
from cesp_analysis.few_sites.rung import Rung, empty
from cesp_analysis.models.own_sites import NARROWER
from cesp_analysis.models.prior import Prior
from cesp_analysis.models.results import Estimate
from cesp_analysis.models.shock import bounded, breakdown, half_width, half_widths
from cesp_analysis.models.shocks import Shocks, df_of
from cesp_analysis.models.spec import ModelSpec

MULTIPLES = (0.5, 1.0, 2.0)
"""Of the largest difference between times before, by which trends may depart afterwards."""
POINTS = 61  # of a curve: smooth at the width of a page
_MARKS = {
    "median": "prior, median pair",
    "low": "prior, lower quartile",
    "high": "prior, upper quartile",
    "keeps": "the interval reaches no effect",
    "sign": "as large as the estimate",
    "past": "largest divergence so far",
}


@dataclass(frozen=True)
class CurvePoint:
    """One row of shock_curve.csv; see schemas.ShockCurve."""

    estimate_id: str
    model: str
    level: str
    outcome: str
    time: str | None
    estimate: float
    shock: float
    ci_low_shock: float
    ci_high_shock: float
    bounded_low: float
    bounded_high: float
    mark: str | None = None


def shock_rungs(row: Estimate, role: str, shocks: Shocks, prior: Prior) -> Iterator[Rung]:
    """Intervals with shocks of the prior's sizes, and the shocks that break the finding."""
    tau, error, df = _numbers(row)
    low, middle, high = np.quantile(shocks.sds, [0.25, 0.5, 0.75])
    sized = [
        ("shock_lower_quartile", low, "lower quartile of the prior's pairs"),
        ("shock_median", middle, "median of the prior's pairs"),
        ("shock_upper_quartile", high, "upper quartile of the prior's pairs"),
    ]
    sized += [
        (f"shock_pair_{number}", shocks.sds[number - 1], words)
        for number, _, words in prior.shown()
    ]
    mixture = half_width(error, df, shocks.sds, row.ci_level)
    rung = empty(row, role, "shock_mixture")
    words = f"shock-augmented interval, mixture over {prior.described(shocks.gap_months)}"
    yield replace(
        rung, estimate=tau, std_error=error, df=row.df, ci_low=tau - mixture, ci_high=tau + mixture,
        method=words, warnings=tuple(said for said in row.warnings if said.startswith(NARROWER)),
    )  # fmt: skip
    halves = half_widths(error, df, np.array([[sd] for _, sd, _ in sized]), row.ci_level)
    for (name, sd, of), half in zip(sized, map(float, halves), strict=True):
        yield replace(
            _sized(empty(row, role, name), float(sd), shocks),
            estimate=tau, std_error=error, df=row.df, ci_low=tau - half, ci_high=tau + half,
            method=f"shock-augmented interval, {of}",
        )  # fmt: skip
    keeps, sign = breakdown(tau, error, df, row.ci_level)
    for name, size, words in (
        ("breakdown_interval", keeps, "shock at which the interval reaches no effect"),
        ("breakdown_sign", sign, "shock as large as the estimate: its sign may be the shock's"),
    ):
        found = _sized(empty(row, role, name), size, shocks)
        said = ("the interval includes no effect even without a shock",) if size == 0 else ()
        yield replace(found, estimate=tau, method=words, warnings=said)


def _sized(rung: Rung, shock: float, shocks: Shocks) -> Rung:
    """The rung with a shock in points, in SDs within sites, in SDs of the median pair."""
    middle = shocks.median()
    multiple = shock / middle if middle > 0 else None
    return replace(rung, shock=shock, shock_in_sd=shock / shocks.within_sd, shock_in_prior=multiple)


def divergence_rung(row: Estimate, role: str, past: Divergence) -> Rung:
    """The interval if the sites' trends differ by as much as they did at most so far."""
    tau, error, df = _numbers(row)
    if not past.value:  # a series that tells none: see divergences.py
        return empty(row, role, "bounded_variation").without(past.source)
    low, high = bounded(tau, error, df, past.value, row.ci_level)
    words = f"bounded variation (Manski & Pepper): trends apart by {past.value:g} at most;"
    return replace(
        empty(row, role, "bounded_variation"), estimate=tau, ci_low=low, ci_high=high,
        shock=past.value, method=f"{words} {past.source}",
    )  # fmt: skip


def trend_rungs(
    row: Estimate, role: str, spec: ModelSpec, rows: dict[str, Estimate]
) -> Iterator[Rung]:
    """What the times before tell about parallel trends; `rows`: time → the model's estimate then.

    With three or more times up to the reference: bounds by multiples of the largest difference
    between neighbouring ones. The reference stands for the last time before the intervention.
    """
    reference = spec.reference_time()
    before = [m for m in spec.moments() if m.position < reference.position]
    rung = empty(row, role, "parallel_trends")
    if not before:
        yield rung.without(
            f"one time before the intervention ({reference.label}): parallel trends cannot be"
            " examined"
        )
        return
    known = [rows[m.name].estimate if m.name in rows else None for m in before]
    if any(value is None for value in known):
        yield rung.without("a difference before the intervention has no estimate")
        return
    path = [*(float(value) for value in known if value is not None), 0.0]
    largest = max(abs(later - earlier) for earlier, later in pairwise(path))
    words = f"largest difference of the sites' changes between {len(path)} times before"
    rung = replace(rung, shock=largest, method=words)
    if len(path) < 3:
        yield rung.without(
            "two times before show one difference and no pattern: no bounds are made"
        )
        return
    yield rung
    tau, error, df = _numbers(row)
    for multiple in MULTIPLES:
        low, high = bounded(tau, error, df, multiple * largest, row.ci_level)
        yield replace(
            empty(row, role, f"pre_period_bound_{multiple:g}"), estimate=tau, ci_low=low,
            ci_high=high, shock=multiple * largest,
            method=f"trends apart by {multiple:g} times the largest difference before",
        )  # fmt: skip


def curve(row: Estimate, shocks: Shocks, past: Divergence | None) -> Iterator[CurvePoint]:
    """Both intervals against the size of a shock, from none to beyond the prior's; marks."""
    tau, error, df = _numbers(row)
    low, high = (float(q) for q in np.quantile(shocks.sds, [0.25, 0.75]))
    keeps, sign = breakdown(tau, error, df, row.ci_level)
    marks = {"low": low, "median": shocks.median(), "high": high, "keeps": keeps, "sign": sign}
    marks |= {"past": past.value} if past and past.value else {}
    end = 1.15 * max(*marks.values(), 2 * shocks.median())
    sizes = [*map(float, np.linspace(0, end, POINTS)), *marks.values()]
    names = [None] * POINTS + [_MARKS[name] for name in marks]
    halves = half_widths(error, df, np.array(sizes)[:, None], row.ci_level).tolist()
    lows, highs = bounded(tau, error, df, np.array(sizes), row.ci_level)
    ends = zip(sizes, names, halves, lows.tolist(), highs.tolist(), strict=True)
    for size, name, half, low, high in ends:
        yield CurvePoint(
            row.estimate_id, row.model, row.level, row.outcome, row.time, tau, size,
            tau - half, tau + half, low, high, name,
        )  # fmt: skip


def _numbers(row: Estimate) -> tuple[float, float, float]:
    """Estimate, standard error, df of a row that has them."""
    if row.estimate is None or row.std_error is None:
        raise ValueError(f"{row.estimate_id}: has no estimate")
    return row.estimate, row.std_error, df_of(row)
