"""Whether the intervention is worth its money at a threshold: net benefit, and how sure that is.

Incremental net monetary benefit at a threshold λ (£ for a QALY) is λ ΔQ − ΔC, in £ a person
(Stinnett & Mullahy 1998, Med Decis Making 18 (2 suppl): S68-80).
"""

from dataclasses import dataclass
from math import inf, log, sqrt

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.economics.quadrants import COST, QALY, checked_draws, checked_point
from cesp_analysis.models.student import t_quantile

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
OUTLINE = 181  # points of an ellipse: smooth at the width of a page


@dataclass(frozen=True)
class NetBenefit:
    """Incremental net benefit at each threshold: arrays (T,), £ a person (thresholds: £ a QALY)."""

    thresholds: Floats
    estimate: Floats
    std_error: Floats
    low: Floats
    high: Floats
    level: float
    df: float


@dataclass(frozen=True)
class Acceptability:
    """The probability (T,) of being cost-effective and its Monte Carlo error (0: closed form)."""

    thresholds: Floats
    probability: Floats
    monte_carlo_error: Floats


@dataclass(frozen=True)
class Frontier:
    """Of k options: which has the highest expected net benefit (T,), an index; the probability that
    it is the best (T,); that of each option (T, k); Monte Carlo error of the former (T,)."""

    thresholds: Floats
    best: Whole
    probability: Floats
    of_each: Floats
    monte_carlo_error: Floats


def inmb(
    point: Floats, cov: Floats, thresholds: Floats, df: float = inf, level: float = 0.95
) -> NetBenefit:
    """Net benefit with its t interval on df: point (2,) of cost and QALYs, cov (2, 2)."""
    point, cov = checked_point(point, cov)
    at = checked_thresholds(thresholds)
    estimate = at * point[QALY] - point[COST]
    variance = at**2 * cov[QALY, QALY] + cov[COST, COST] - 2 * at * cov[COST, QALY]
    error = np.sqrt(np.maximum(variance, 0.0))
    half = t_quantile(0.5 + level / 2, df) * error
    return NetBenefit(at, estimate, error, estimate - half, estimate + half, level, df)


def acceptability(draws: Floats, thresholds: Floats) -> Acceptability:
    """The share of draws (B, 2) with a net benefit above 0; of exactly 0 half counts.

    Source: van Hout, Al, Gordon & Rutten 1994, Health Econ 3:309-19.
    """
    draws, at = checked_draws(draws), checked_thresholds(thresholds)
    benefit = at[:, None] * draws[:, QALY] - draws[:, COST]
    probability = (benefit > 0).mean(axis=1) + (benefit == 0).mean(axis=1) / 2
    return Acceptability(at, probability, share_error(probability, len(draws)))


def normal_acceptability(found: NetBenefit) -> Acceptability:
    """The same in closed form: Φ(INMB / SE), or the t distribution of the estimate's df.

    Without any error it is 1 or 0; 0.5 where net benefit is exactly 0.
    """
    probability = above_zero(found.estimate, found.std_error, found.df)
    return Acceptability(found.thresholds, probability, np.zeros_like(probability))


def above_zero(estimate: Floats, std_error: Floats, df: float = inf) -> Floats:
    """P(estimate + std_error T(df) > 0), by element; an error of 0: 1, 0, or 0.5 at 0."""
    from scipy.special import ndtr, stdtr  # type: ignore[import-untyped, unused-ignore]

    estimate, error = np.broadcast_arrays(estimate, std_error)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(error > 0, estimate / error, np.sign(estimate) * inf)
    ratio = np.where((error == 0) & (estimate == 0), 0.0, ratio)
    return np.asarray(ndtr(ratio) if df == inf else stdtr(df, ratio), dtype=np.float64)


def net_benefits(costs: Floats, qalys: Floats, thresholds: Floats) -> Floats:
    """Net benefit (T, B, k), £ a person, of draws (B, k) of each option's cost and QALYs."""
    costs, qalys = np.asarray(costs, dtype=np.float64), np.asarray(qalys, dtype=np.float64)
    if costs.shape != qalys.shape or costs.ndim != 2 or costs.shape[1] < 2:
        raise ValueError(f"costs and QALYs must be (B, k), not {costs.shape} and {qalys.shape}")
    if not (np.isfinite(costs).all() and np.isfinite(qalys).all()):
        raise ValueError("draws of costs and QALYs must be finite")
    return checked_thresholds(thresholds)[:, None, None] * qalys - costs


def frontier(costs: Floats, qalys: Floats, thresholds: Floats) -> Frontier:
    """The acceptability frontier of two or more options, from draws (B, k).

    Which option to choose follows from expected net benefit, not from the probability, which may be
    low for the right choice (Fenwick, Claxton & Sculpher 2001, Health Econ 10:779-87). Options that
    tie in a draw share it; of options that tie in expectation the first is named.
    """
    benefit = net_benefits(costs, qalys, thresholds)
    first = benefit == benefit.max(axis=2, keepdims=True)
    of_each = (first / first.sum(axis=2, keepdims=True)).mean(axis=1)
    best = benefit.mean(axis=1).argmax(axis=1)
    probability = np.take_along_axis(of_each, best[:, None], axis=1)[:, 0]
    error = share_error(probability, benefit.shape[1])
    return Frontier(checked_thresholds(thresholds), best, probability, of_each, error)


def ellipse(point: Floats, cov: Floats, level: float = 0.95, outline: int = OUTLINE) -> Floats:
    """Points (outline, 2: cost, QALYs) around the region that holds `level` of the normal law.

    Squared Mahalanobis distance −2 ln(1 − level): the quantile of chi-squared on 2 df. The last
    point is the first again.
    """
    point, cov = checked_point(point, cov)
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not {level}")
    scale = np.sqrt(cov.diagonal())  # £ and QALYs differ by orders of size
    unit = np.where(scale > 0, scale, 1.0)
    values, vectors = np.linalg.eigh(cov / np.outer(unit, unit))
    angle = np.linspace(0, 2 * np.pi, outline)
    circle = np.stack([np.cos(angle), np.sin(angle)])
    turned = vectors @ (np.sqrt(np.maximum(values, 0.0))[:, None] * circle)
    return np.asarray(point + sqrt(-2 * log(1 - level)) * (unit[:, None] * turned).T)


def share_error(share: Floats, draws: int) -> Floats:
    """Monte Carlo error of a share of so many draws, half a draw added to either side, so that it
    is not 0 where all draws agree."""
    held = (share * draws + 0.5) / (draws + 1)
    return np.asarray(np.sqrt(held * (1 - held) / draws))


def checked_thresholds(thresholds: Floats) -> Floats:
    """Thresholds as an array (T,), if they are finite and not below 0."""
    at = np.atleast_1d(np.asarray(thresholds, dtype=np.float64))
    if at.ndim != 1 or not np.isfinite(at).all() or at.min(initial=0.0) < 0:
        raise ValueError(f"thresholds must be finite and not below 0, not {thresholds}")
    return at
