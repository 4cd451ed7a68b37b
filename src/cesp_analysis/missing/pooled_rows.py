"""Rows of estimates and means of m imputed sets → one, by Rubin's rules.

Each is pooled on the scale on which its interval was made, which it says: its own, the logarithm's
(a ratio), or the logit's (a mean between 0 and 1).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import exp, inf, isfinite, log
from typing import Any

import numpy as np

from cesp_analysis.missing.pooled_row import PooledRow
from cesp_analysis.missing.pooled_words import joined, of_sets
from cesp_analysis.missing.pooling import Pooled, pool
from cesp_analysis.models.results import Estimate, Fit, Mean
from cesp_analysis.models.results import Scale as ScaleName
from cesp_analysis.models.student import t_interval, t_p_value

SYMMETRIC = 1e-6
"""Of the width: an interval that lies alike about its estimate, but for rounding."""
NO_END = (
    "the sets differ so much beyond what each says of its error that no interval has an end: make"
    " more of them (missing_data.imputation.sets)"
)
NO_SCALE = (
    "its interval is not estimate ∓ t × standard error on the scale that it names, so that Rubin's"
    " rules do not apply"
)


@dataclass(frozen=True)
class Scale:
    """On which an interval is symmetric: there, back, and the derivative there."""

    there: Callable[[float], float]
    back: Callable[[float], float]
    slope: Callable[[float], float]


SCALES: dict[ScaleName, Scale] = {
    "own": Scale(lambda x: x, lambda x: x, lambda x: 1.0),
    "log": Scale(log, exp, lambda x: 1 / x),
    "logit": Scale(
        lambda x: log(x / (1 - x)), lambda x: 1 / (1 + exp(-x)), lambda x: 1 / (x * (1 - x))
    ),
}


def pooled_rows(fits: Sequence[Fit]) -> list[PooledRow]:
    """One row an estimate_id, in the order of the fits' rows."""
    by_id: dict[str, list[Estimate]] = {}
    for fit in fits:
        for row in fit.estimates:
            by_id.setdefault(row.estimate_id, []).append(row)
    return [pooled_row(rows, len(fits)) for rows in by_id.values()]


def pooled_row(rows: Sequence[Estimate], m: int) -> PooledRow:
    """One estimate of m sets; one that any of them lacks is not estimable, with its reason."""
    first = replace(rows[0], missing_data=of_sets(m))
    lost = [row for row in rows if row.status != "estimated"]
    if len(lost) == m and len({row.status for row in lost}) == 1:
        return PooledRow(replace(first, reason=_reason(lost, m)))
    if lost or len(rows) < m:
        bare = replace(first, warnings=joined(rows, m))
        return PooledRow(bare.not_estimable(_some(lost, len(rows), m)))
    ends = [(row.estimate, row.std_error, row.df, row.ci_low, row.ci_high) for row in rows]
    found = _pooled(ends, SCALES[first.scale], first.ci_level)
    if isinstance(found, str):
        bare = replace(first, warnings=joined(rows, m))
        return PooledRow(bare.not_estimable(found))
    scale, pooled = found
    estimate, error, low, high = _back(scale, pooled, first.ci_level)
    slopes = [row.baseline_slope for row in rows if row.baseline_slope is not None]
    made = replace(
        first,
        estimate=estimate,
        std_error=error,
        df=float(pooled.df[0]),
        ci_low=low,
        ci_high=high,
        ci_low_joint=None,
        ci_high_joint=None,
        p_value=None if first.p_value is None else _p_value(pooled),
        baseline_slope=float(np.mean(slopes)) if len(slopes) == m else None,
        method=f"{first.method}; pooled over {m} imputed sets (Rubin; df: Barnard and Rubin)",
        warnings=(*joined(rows, m), *_counts(rows)),
    )
    return PooledRow(made, _cost(pooled, scale, estimate, error))


def pooled_means(fits: Sequence[Fit], level: float) -> tuple[Mean, ...]:
    """Means that every set has, pooled; n and SD as in the sets, on average. One person's answer
    has no interval in any set, and none here."""
    by_place: dict[tuple[str, ...], list[Mean]] = {}
    for fit in fits:
        for mean in fit.means:
            place = (mean.outcome, mean.group, mean.arm, mean.time, mean.model_time)
            by_place.setdefault(place, []).append(mean)
    made = []
    for means in by_place.values():
        if means[0].reason and len(means) == len(fits):
            made.append(replace(means[0], mean=float(np.mean([one.mean for one in means]))))
            continue
        ends = [(one.mean, one.std_error, one.df, one.ci_low, one.ci_high) for one in means]
        found = _pooled(ends, SCALES[means[0].scale], level) if len(means) == len(fits) else ""
        if isinstance(found, str):
            continue
        middle, error, low, high = _back(*found, level)
        sds = [one.sd for one in means if one.sd is not None]
        made.append(
            replace(
                means[0],
                mean=middle,
                std_error=error,
                df=float(found[1].df[0]),
                ci_low=low,
                ci_high=high,
                sd=float(np.mean(sds)) if sds else None,
                method=f"{means[0].method}; {of_sets(len(fits))}",
            )
        )
    return tuple(made)


Ends = Sequence[tuple[float | None, float | None, float | None, float | None, float | None]]
"""Of each set: estimate, standard error, df (None: normal), ends of the interval."""


def _pooled(ends: Ends, scale: Scale, level: float) -> tuple[Scale, Pooled] | str:
    """The scale and what is pooled on it, or why nothing is."""
    if any(None in (one[0], one[1]) for one in ends):
        return "a set gave an estimate without a standard error"
    if not all(_symmetric(one, scale, level) for one in ends):
        return NO_SCALE
    estimates = np.array([scale.there(float(one[0] or 0)) for one in ends])
    errors = [float(one[1] or 0) * scale.slope(float(one[0] or 0)) for one in ends]
    df = np.array([inf if one[2] is None else one[2] for one in ends])
    found = pool(estimates, np.array(errors) ** 2, df[:, None])
    if not found.reasons[0] and not _has_ends(scale, found, level):
        return NO_END
    return found.reasons[0] or (scale, found)


def _has_ends(scale: Scale, pooled: Pooled, level: float) -> bool:
    """Whether the interval is of numbers: with next to no degrees of freedom there is none."""
    if not pooled.df[0] > 0:
        return False
    try:
        return all(map(isfinite, _back(scale, pooled, level)))
    except OverflowError:  # beyond the largest number
        return False


def _symmetric(ends: Any, scale: Scale, level: float) -> bool:
    """Whether an interval is estimate -+ t * SE on its scale; so is none."""
    estimate, error, df, low, high = ends
    if low is None or high is None or not error > 0:
        return True
    try:
        middle, side = scale.there(estimate), error * scale.slope(estimate)
        wanted = t_interval(middle, side, inf if df is None else df, level)
        found = scale.there(low), scale.there(high)
    except (ValueError, ZeroDivisionError):  # no logarithm: not on this scale
        return False
    near = SYMMETRIC * (wanted[1] - wanted[0])
    return abs(wanted[0] - found[0]) <= near and abs(wanted[1] - found[1]) <= near


def _back(scale: Scale, pooled: Pooled, level: float) -> tuple[float, float, float, float]:
    """Estimate, standard error, and ends of the interval, in the row's own unit."""
    middle, error = float(pooled.estimate[0]), float(pooled.std_error[0])
    low, high = t_interval(middle, error, float(pooled.df[0]), level)
    estimate = scale.back(middle)
    return estimate, error / scale.slope(estimate), scale.back(low), scale.back(high)


def _p_value(pooled: Pooled) -> float:
    return t_p_value(float(pooled.estimate[0]), float(pooled.std_error[0]), float(pooled.df[0]))


def _cost(pooled: Pooled, scale: Scale, estimate: float, error: float) -> dict[str, Any]:
    """Fmi's numbers, variances and errors in the row's own unit (by the delta method)."""
    unit = 1 / scale.slope(estimate)
    df, complete = float(pooled.df[0]), float(pooled.df_complete[0])
    return {
        "m": pooled.m,
        "within": float(pooled.within[0]) * unit**2,
        "between": float(pooled.between[0]) * unit**2,
        "fraction": float(pooled.lam[0]),
        "fmi": float(pooled.fmi[0]),
        "df": df if isfinite(df) else None,
        "df_complete": complete if isfinite(complete) else None,
        "monte_carlo": float(pooled.monte_carlo[0]) * unit,
        "share": float(pooled.monte_carlo[0]) * unit / error,
    }


def _counts(rows: Sequence[Estimate]) -> tuple[str, ...]:
    """A sentence where sets differ in how many records they hold; the row has the first one's."""
    counts = sorted({row.n_obs for row in rows if row.n_obs is not None})
    if len(counts) < 2:
        return ()
    return (f"the imputed sets hold from {counts[0]} to {counts[-1]} records: n is of the first",)


def _reason(lost: Sequence[Estimate], m: int) -> str:
    """The sets' reason, where they agree."""
    reasons = {row.reason or "" for row in lost}
    first = lost[0].reason or ""
    return first if len(reasons) == 1 else f"none of {m} imputed sets has it; the first: {first}"


def _some(lost: Sequence[Estimate], there: int, m: int) -> str:
    without = len(lost) + m - there
    why = f": {lost[0].reason}" if lost and lost[0].reason else ""
    return f"{without} of {m} imputed sets gave no estimate{why}"
