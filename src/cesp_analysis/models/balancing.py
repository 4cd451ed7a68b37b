"""Weights that make groups alike: by entropy balancing (inverse-probability tilting), or from a
logistic propensity (overlap, ATT, ATE).

One two-group problem. With z = (1, x) and the linear predictor u = z'theta:

entropy   sum of s (T - C exp(u)) z = 0: the group C, weighted by exp(u), has the target T's total
          and means (Hainmueller 2012, Political Analysis 20:25-46; the same equations are Graham,
          Pinto & Egel's tilting, which Sant'Anna & Zhao 2020 take for the propensity);
logistic  sum of s (T - e) z = 0, e = 1 / (1 + exp(-u)): weights exp(u) of C (ATT), 1/e and 1/(1-e)
          (ATE), 1-e and e (overlap, ATO: Li, Morgan & Zaslavsky 2018, JASA 113:390-400).

s: sampling weights. Columns are standardised within, so nothing depends on their units.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.models.overlap import (
    refuse_dependent,
    refuse_out_of_reach,
    refuse_separated,
)
from cesp_analysis.models.refusals import NotEstimable

Way = Literal["entropy", "att", "ate", "overlap"]
Objective = Callable[[Floats], tuple[float, Floats, Floats]]

# Newton halves its error's digits: below this step, relative to the records that count, the next
# one is rounding. Balance is then some 1e-13 standard deviations.
DECREMENT = 1e-22
STEPS = 100
# What may be left of a mean difference, in standard deviations: rounding of sums of a million.
BALANCED = 1e-9
# Weights this far apart (or probabilities this near 0 or 1) are what an endless climb looks like;
# whether it is one, a linear programme decides.
SUSPICIOUS = 1e-8


@dataclass(frozen=True)
class Weighting:
    """Weights of two groups and how they depend on what was estimated for them.

    weight (n,): of each record, sampling weights included; slope (n, k): its derivative by theta;
    lean (n, k): how far each record pulls theta, theta_hat - theta = sum of lean to first order;
    z (n, k): the constant and the standardised covariates; treated (n,): which is the target group.
    """

    weight: Floats
    slope: Floats
    lean: Floats
    z: Floats
    treated: np.ndarray


def weigh(x: Floats, treated: np.ndarray, way: Way, sampling: Floats) -> Weighting:
    """Weights for records with covariates x (n, p) of which `treated` (n,) form the target group.

    Raises Collinear, Parted, OutOfReach (positions of covariates) or NotEstimable.
    """
    refuse_dependent(x)
    spread = x.std(axis=0)
    z = np.column_stack([np.ones(len(x)), (x - x.mean(axis=0)) / spread])
    t, s = treated.astype(float), sampling
    objective = _tilting(z, t, s) if way == "entropy" else _logistic(z, t, s)
    start = np.zeros(z.shape[1])
    start[0] = np.log(float(s @ t) / float(s @ (1 - t)))
    theta = _minimum(objective, start, float(s @ t))
    if theta is None or _suspicious(z, treated, way, theta):
        _refuse(x, treated, way, s)
    if theta is None:
        raise NotEstimable("the weights could not be computed: their equations did not converge")
    grow = np.exp(z @ theta)
    e = grow / (1 + grow)
    if way == "entropy":
        score, curvature = s * (t - (1 - t) * grow), s * (1 - t) * grow
    else:
        score, curvature = s * (t - e), s * e * (1 - e)
    value, slope = _values(way, t, grow, e)
    inverse = np.linalg.inv(z.T @ (z * curvature[:, None]))
    return Weighting(s * value, z * (s * slope)[:, None], z * score[:, None] @ inverse, z, treated)


def _values(way: Way, t: Floats, grow: Floats, e: Floats) -> tuple[Floats, Floats]:
    """The weight of each record and its derivative by the linear predictor."""
    if way == "ate":
        return t / e + (1 - t) * (1 + grow), (1 - t) * grow - t / grow
    if way == "overlap":
        return t * (1 - e) + (1 - t) * e, (1 - 2 * t) * e * (1 - e)
    return t + (1 - t) * grow, (1 - t) * grow


def _tilting(z: Floats, t: Floats, s: Floats) -> Objective:
    """The convex function whose gradient is zero where the weighted group equals the target."""
    c, total = s * (1 - t), z.T @ (s * t)

    def at(theta: Floats) -> tuple[float, Floats, Floats]:
        part = c * np.exp(z @ theta)
        return float(part.sum() - theta @ total), z.T @ part - total, z.T @ (z * part[:, None])

    return at


def _logistic(z: Floats, t: Floats, s: Floats) -> Objective:
    """Minus the log-likelihood of the logistic propensity."""

    def at(theta: Floats) -> tuple[float, Floats, Floats]:
        u = z @ theta
        e = 1 / (1 + np.exp(-u))
        value = float(s @ (np.logaddexp(0, u) - t * u))
        return value, z.T @ (s * (e - t)), z.T @ (z * (s * e * (1 - e))[:, None])

    return at


def _minimum(objective: Objective, theta: Floats, size: float) -> Floats | None:
    """Newton's minimum of a convex function with step halving; None where it is not reached."""
    with np.errstate(over="ignore", invalid="ignore"):
        value, gradient, hessian = objective(theta)
        for _ in range(STEPS):
            try:
                step = np.linalg.solve(hessian, gradient)
            except np.linalg.LinAlgError:
                return None
            decrement = float(gradient @ step)
            if not 0 <= decrement < np.inf:
                return None
            if decrement <= DECREMENT * size:
                return theta if np.abs(gradient).max() <= BALANCED * size else None
            for halving in range(40):
                new = theta - step / 2**halving
                found = objective(new)
                # Near the minimum the value's last digits are rounding: allow for them.
                if found[0] <= value + 1e-14 * (abs(value) + size):
                    break
            else:
                return theta if np.abs(gradient).max() <= BALANCED * size else None
            theta, (value, gradient, hessian) = new, found
    return None


def _suspicious(z: Floats, treated: np.ndarray, way: Way, theta: Floats) -> bool:
    u = z @ theta
    if way == "entropy":
        return bool(np.ptp(u[~treated]) > -np.log(SUSPICIOUS))
    return bool(np.abs(u).max() > -np.log(SUSPICIOUS))


def _refuse(x: Floats, treated: np.ndarray, way: Way, s: Floats) -> None:
    if way == "entropy":
        refuse_out_of_reach(x[~treated], np.average(x[treated], axis=0, weights=s[treated]))
    else:
        refuse_separated(x, treated)
