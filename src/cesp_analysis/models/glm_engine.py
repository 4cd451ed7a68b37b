"""Generalised linear models by iteratively reweighted least squares, and when there is no maximum.

At its solution a generalised linear model IS a least-squares fit: of the Pearson residuals
(y - mu) / sqrt(V) on the columns x (d mu / d eta) / sqrt(V). `GlmFit.whitened` is that fit, so that
every covariance and its degrees of freedom come from `sandwich.infer`. CR2 is there the
bias-reduced linearisation of McCaffrey & Bell (2006), Stat Med 25:4081-98, which under working
independence is the correction of Kauermann & Carroll (2001), JASA 96:1387-96, with their
Satterthwaite degrees of freedom.
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.models.glm_families import Family
from cesp_analysis.models.least_squares import LeastSquares, least_squares
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.separation import Separated, separating_direction

MAX_STEPS = 100
# Newton's decrement bounds how far coefficients are from the optimum in squared standard errors
# (for a variance factor of 1); rounding leaves some 1e-30 a record.
CONVERGED = 1e-18
# Under separation a separated record's residual falls by a factor e a step: at convergence it is
# below 1e-8. A larger smallest residual proves that nothing is separated.
SUSPECT = 1e-5


class NotConverged(NotEstimable):
    """No maximum of the likelihood was found, although nothing is separated."""


@dataclass(frozen=True)
class GlmFit:
    """A fitted generalised linear model of n records and k columns.

    coef (k,): on the link's scale; eta, mean (n,): linear predictor with offset, fitted mean in the
    outcome's unit; whitened: see the module, its rows were divided by spread (n,); deviance:
    weighted, weights of mean 1; dispersion: Pearson's, 1 if the family's variance is right
    (poisson, binomial).
    """

    family: Family
    coef: Floats
    eta: Floats
    mean: Floats
    whitened: LeastSquares
    deviance: float
    dispersion: float
    iterations: int
    spread: Floats


@dataclass(frozen=True)
class _Problem:
    family: Family
    y: Floats
    x: Floats
    weight: Floats
    offset: Floats

    def loss(self, coef: Floats) -> float:
        eta = self.x @ coef + self.offset
        return float(self.weight @ self.family.deviance(self.y, eta))

    def whitened(self, coef: Floats) -> tuple[Floats, Floats, Floats]:
        """Pearson residuals (n,), the columns (n, k) that go with them, and spreads (n,)."""
        eta = self.x @ coef + self.offset
        slope = self.family.slope(eta)
        spread = np.sqrt(slope if self.family.name != "gamma" else self.family.variance(slope))
        # logit and log Poisson are canonical: the slope is the variance, to the last digit; far
        # out both are 0 in double precision, and so is what they are divided into
        spread = np.maximum(spread, 1e-150)
        residual = (self.y - self.family.mean(eta)) / spread
        return residual, self.x * (slope / spread)[:, None], spread


def fit_glm(
    family: Family,
    y: Floats,
    x: Floats,
    weight: Floats | None = None,
    offset: Floats | None = None,
) -> GlmFit:
    """Maximise the (quasi-)likelihood of y (n,) on x (n, k), sampling weights (n,), offset (n,).

    The caller has seen to it that y belongs to the family (`Family.fault`). Raises Collinear,
    Separated, NotConverged, NotEstimable.
    """
    if np.ptp(y) == 0:
        raise NotEstimable(f"every record has the same value, {y[0]:g}")
    weight = np.ones(len(y)) if weight is None else weight / weight.mean()
    offset = np.zeros(len(y)) if offset is None else offset
    scale = 1.0 if family.logit else float(y.mean())  # so that no tolerance depends on the unit
    problem = _Problem(family, y / scale, x, weight, offset - np.log(scale))
    coef, steps, converged = _climb(problem, _start(problem))
    _refuse_separated(problem, coef)
    if not converged:
        raise NotConverged(
            f"the likelihood's maximum was not reached in {MAX_STEPS} steps: rescale covariates"
            " with very large values, or leave some out"
        )
    residual, columns, spread = problem.whitened(coef)
    eta = x @ coef + offset
    spare = len(y) - x.shape[1]
    return GlmFit(
        family=family,
        coef=coef,
        eta=eta,
        mean=family.mean(eta),
        whitened=least_squares(residual, columns, weight),
        deviance=problem.loss(coef) * (1.0 if family.name == "gamma" else scale),
        dispersion=float(weight @ residual**2) / spare * (scale if family.name == "poisson" else 1),
        iterations=steps,
        spread=spread,
    )


def _start(problem: _Problem) -> Floats:
    """Least squares on the link's scale; raises Collinear for columns that repeat others."""
    eta = problem.family.start(problem.y) - problem.offset
    try:
        return least_squares(eta, problem.x, problem.weight).coef
    except NotEstimable as error:
        if type(error) is not NotEstimable:
            raise
        return np.zeros(problem.x.shape[1])  # starts that do not vary: any other will do


def _climb(problem: _Problem, coef: Floats) -> tuple[Floats, int, bool]:
    """Fisher scoring with halved steps: coefficients, steps taken, whether it converged."""
    loss = problem.loss(coef)
    for step in range(1, MAX_STEPS + 1):
        residual, columns, _ = problem.whitened(coef)
        move, decrement = newton_step(residual, columns, problem.weight)
        new = coef + move
        new_loss = problem.loss(new)
        for _ in range(40):
            # an increase that rounding explains is none
            if new_loss <= loss + 1e-12 * (abs(loss) + 1):
                break
            move = move / 2
            new = coef + move
            new_loss = problem.loss(new)
        coef, loss = new, new_loss
        if decrement <= CONVERGED * len(residual):
            return coef, step, True
    return coef, MAX_STEPS, False


def newton_step(residual: Floats, columns: Floats, weight: Floats) -> tuple[Floats, float]:
    """The step (k,) of Fisher scoring, and the decrement score' information^-1 score."""
    root = np.sqrt(weight)
    weighted = columns * root[:, None]
    size = np.linalg.norm(weighted, axis=0)
    size = np.where(size > 0, size, 1.0)
    scaled = weighted / size
    move, decrement = _solved(scaled.T @ (residual * root), scaled.T @ scaled)
    return move / size, decrement


def solved_step(score: Floats, information: Floats) -> tuple[Floats, float]:
    """The same from the score (k,) and the information (k, k)."""
    size = np.sqrt(np.diag(information))
    size = np.where(size > 0, size, 1.0)
    move, decrement = _solved(score / size, information / np.outer(size, size))
    return move / size, decrement


def _solved(score: Floats, information: Floats) -> tuple[Floats, float]:
    try:
        move = np.linalg.solve(information, score)
    except np.linalg.LinAlgError:  # fitted probabilities of 0 and 1 alone: separation, see above
        move = np.linalg.lstsq(information, score, rcond=None)[0]
    return np.asarray(move), float(score @ move)


def _refuse_separated(problem: _Problem, coef: Floats) -> None:
    """Raise Separated if some coefficients have no finite value; exact, see SUSPECT."""
    y, x = problem.y, problem.x
    mean = problem.family.mean(x @ coef + problem.offset)
    if problem.family.name == "gamma":  # its loss grows without limit in every direction
        return
    if problem.family.logit:
        near = np.abs(y - mean) < SUSPECT
        above, zero = np.where(y == 1, 1.0, -1.0)[:, None] * x, None
    else:
        near = (y == 0) & (mean < SUSPECT)
        above, zero = -x[y == 0], x[y > 0]
    if not near.any():
        return
    direction = separating_direction(above, zero)
    if direction is None:
        return
    moved = x @ direction
    size = np.max(np.abs(moved))
    columns = tuple(int(j) for j in np.flatnonzero(direction))
    raise Separated(columns, int((np.abs(moved) > 1e-6 * size).sum()))
