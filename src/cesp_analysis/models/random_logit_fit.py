"""The maximum of a logit model with one random intercept, its covariance, proportional odds.

With two categories it is the logistic mixed model. See models/random_logit.py for the likelihood
and sources; Newton's method with the observed information, started at the model without random
effect.
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.cumulative_logit import fit_cumulative_logit
from cesp_analysis.models.glm_engine import MAX_STEPS, NotConverged
from cesp_analysis.models.random_logit import (
    At,
    Stacked,
    evaluate,
    information,
    information_by,
    stacked,
)
from cesp_analysis.models.refusals import NotEstimable

# Newton's decrement is the distance from the optimum in squared standard errors; rounding leaves
# some 1e-28 a record (tests/models/test_random_logit.py).
CONVERGED = 1e-18
CONVERGED_TO_SADDLE = 1e-8
OFF_THE_SADDLE = 0.3  # the likelihood is even in sd: 0 is an optimum or, as a step may hit it, none
ZERO = 1e-3  # below it a standard deviation is zero: effects of .001 on the logit are none
FARTHEST = 2.0  # of a step, on the logit's scale: where the likelihood is flat Newton's is longer
NEAR_ZERO = 0.05
LARGEST = 30.0  # beyond it groups answer alike always: probabilities are 0 and 1
_FROM_NORMAL = (16 * np.sqrt(3) / (15 * np.pi)) ** 2  # Zeger, Liang & Albert (1988), Biometrics 44
_REACH, _NODES = 9.0, 181  # of the trapezoid rule over z: the integrand is below 1e-17 beyond


class UnknownVariance(NotEstimable):
    """The records cannot tell how much their groups differ; words: with places for one of them and
    for many."""

    def __init__(self, words: str) -> None:
        self.words = words
        super().__init__(self.told("group", "groups"))

    def told(self, one: str, many: str) -> str:
        """The reason, of groups that are called so."""
        return self.words.format(one=one, many=many)


@dataclass(frozen=True)
class RandomLogit:
    """A fit of n records in G groups, K categories and p columns (no constant among them).

    coef (K - 1 + p,): thresholds, then slopes, for a group of mean effect; sd: of the groups'
    intercepts; information (q + 1, q + 1): observed, sd last; at: the likelihood there; doubled:
    log-likelihood with twice the points.
    """

    coef: Floats
    sd: float
    categories: Floats
    information: Floats
    of: Stacked
    at: At
    points: int
    doubled: float
    iterations: int

    @property
    def log_likelihood(self) -> float:
        """At the maximum, with the model's points."""
        return float(self.at.loglik.sum())

    @property
    def zero(self) -> bool:
        """Whether the groups' variance is estimated as zero."""
        return self.sd < ZERO

    @property
    def params(self) -> Floats:
        """Coefficients and standard deviation (q + 1,)."""
        return np.append(self.coef, self.sd)

    def exceedance(self, x: Floats) -> tuple[Floats, Floats]:
        """P(Y >= c_k), k = 2..K, over all groups, for rows x (m, p): (m, K - 1), and derivatives
        (m, K - 1, q + 1). The random effect is integrated over."""
        cuts = len(self.categories) - 1
        at = (x @ self.coef[cuts:])[:, None] - self.coef[:cuts]
        node = np.linspace(-_REACH, _REACH, _NODES)
        share = np.exp(-(node**2) / 2) / np.exp(-(node**2) / 2).sum()
        p, slope, by_sd = np.zeros_like(at), np.zeros_like(at), np.zeros_like(at)
        for z, w in zip(node, share, strict=True):
            own = 0.5 + 0.5 * np.tanh((at + self.sd * z) / 2)
            p += w * own
            slope += w * own * (1 - own)
            by_sd += w * z * own * (1 - own)
        by_cut = -slope[:, :, None] * np.eye(cuts)
        by_x = slope[:, :, None] * x[:, None, :]
        return p, np.concatenate([by_cut, by_x, by_sd[:, :, None]], axis=2)

    def jackknife(self, cluster: Codes) -> Floats:
        """Covariance (q + 1, q + 1) by leaving out each cluster (n,) in one Newton step.

        CR3's scaling (C - 1) / C; records in the order of `of`. Raises NotEstimable where a group
        lies in several clusters or all without one do not identify the model.
        """
        score, own = information_by(self.of, self.params, self.points, self.at.mode.real, cluster)
        try:
            moved = np.linalg.solve(own.sum(axis=0) - own, score[:, :, None])[:, :, 0]
        except np.linalg.LinAlgError:
            raise NotEstimable("without one of the clusters the model is not identified") from None
        return np.asarray(moved.T @ moved * (len(own) - 1) / len(own))


def fit_random_logit(y: Floats, x: Floats, group: Codes, points: int) -> RandomLogit:
    """Fit y (n,) on x (n, p) with an intercept for each group (n,), `points` of quadrature.

    Raises Collinear, Separated (columns of x), NotConverged, UnknownVariance.
    """
    fixed = fit_cumulative_logit(y, x)
    categories, code = np.unique(y, return_inverse=True)
    _refuse_groups(y, group)
    of = stacked(code, x, group, len(categories) - 1)
    start = np.append(fixed.coef * np.sqrt(1 + _FROM_NORMAL), 1.0)
    params, at, known, steps = _climb(of, start, points)
    params[-1] = abs(params[-1])
    more = evaluate(of, params, 2 * points, at.mode)
    doubled = np.nan if more is None else float(more.loglik.sum())
    sd = float(params[-1])
    return RandomLogit(params[:-1], sd, categories, known, of, at, points, doubled, steps)


def _refuse_groups(y: Floats, group: Codes) -> None:
    """Whether the groups can tell their variance from that of records."""
    held = np.bincount(np.unique(group, return_inverse=True)[1])
    if len(held) < 2:
        raise UnknownVariance("all records are in one {one}, so that no variance between {many} is")
    if held.max() < 2:
        raise UnknownVariance("each {one} holds just one record")
    order = np.lexsort((y, group))
    alike = (np.diff(y[order]) == 0) | (np.diff(group[order]) != 0)
    if alike.all():
        raise UnknownVariance("within every {one} all records have the same value")


def _climb(of: Stacked, params: Floats, points: int) -> tuple[Floats, At, Floats, int]:
    """Parameters at the maximum, the likelihood and observed information there, steps."""
    at = evaluate(of, params, points, np.zeros(of.groups))
    if at is None:
        raise ValueError("the start has thresholds out of order")
    for step in range(1, MAX_STEPS + 1):
        known = information(of, params, points, at.mode)
        move, decrement, maximum = _newton(at.score(of), known)
        if maximum and decrement <= CONVERGED * of.n:
            params[-1], known = _signed(params[-1], known)
            return params, at, known, step
        if not maximum and decrement <= CONVERGED_TO_SADDLE * of.n:
            move = np.append(np.zeros(len(params) - 1), OFF_THE_SADDLE)
        params, at = _further(of, params, at, move, points)
        if abs(params[-1]) > LARGEST:
            raise NotConverged(
                "the variance between groups grows without limit (their records answer alike)"
            )
    raise NotConverged(f"the likelihood's maximum was not reached in {MAX_STEPS} steps")


def _further(of: Stacked, params: Floats, at: At, move: Floats, points: int) -> tuple[Floats, At]:
    """The next parameters: the step, halved until the likelihood does not fall."""
    now = float(at.loglik.sum())
    move = move / max(1.0, np.abs(move).max() / FARTHEST)
    sd, toward = abs(params[-1]), -move[-1] * np.sign(params[-1])
    if sd > NEAR_ZERO and toward > sd / 2:  # a longer one ends beyond 0, where all is mirrored
        move = move * (sd / 2 / toward)
    for _ in range(40):
        new = evaluate(of, params + move, points, at.mode)
        # a fall that rounding explains is none
        if new is not None and float(new.loglik.sum()) >= now - 1e-12 * (abs(now) + 1):
            return params + move, new
        move = move / 2
    return params, at


def _newton(score: Floats, known: Floats) -> tuple[Floats, float, bool]:
    """An ascending step, the decrement, whether the information is positive definite."""
    size = np.sqrt(np.abs(np.diag(known)))
    size = np.where(size > 0, size, 1.0)
    values, vectors = np.linalg.eigh(known / np.outer(size, size))
    floor = 1e-10 * np.abs(values).max()
    turned = vectors.T @ (score / size)
    own = np.maximum(np.abs(values), floor)
    return (vectors @ (turned / own)) / size, float(np.sum(turned**2 / own)), values.min() > floor


def _signed(sd: float, known: Floats) -> tuple[float, Floats]:
    """A standard deviation above 0: the likelihood is the same on both sides."""
    turn = np.ones(len(known))
    turn[-1] = -1.0 if sd < 0 else 1.0
    return abs(sd), known * np.outer(turn, turn)


def proportional_odds_test(
    fit: RandomLogit, y: Floats, x: Floats, group: Codes
) -> tuple[float, int, float] | None:
    """Score test that slopes are the same at every cut: chi-squared, df, p; None without a test.

    By the observed information of the model with slopes for each cut, at its proportional odds.
    """
    cuts, p = len(fit.categories) - 1, x.shape[1]
    if cuts < 2 or p == 0:
        return None
    wide = stacked(np.unique(y, return_inverse=True)[1], x, group, cuts, slopes_by_cut=True)
    params = np.concatenate([fit.coef, np.zeros((cuts - 1) * p), [fit.sd]])
    mode = fit.at.mode.real
    at = evaluate(wide, params, fit.points, mode)
    if at is None:
        return None
    known, score = information(wide, params, fit.points, mode), at.score(wide)
    more = np.arange(cuts + p, len(params) - 1)
    less = np.setdiff1d(np.arange(len(params)), more)
    across = known[np.ix_(more, less)]
    left = known[np.ix_(more, more)] - across @ np.linalg.solve(known[np.ix_(less, less)], across.T)
    size = np.sqrt(np.diag(left)) if (np.diag(left) > 0).all() else None
    if size is None:
        return None
    values, vectors = np.linalg.eigh(left / np.outer(size, size))
    held = values > 1e-8  # columns that a cut's few records cannot tell apart have none
    if values.min() < -1e-8 or not held.any():
        return None
    turned = vectors[:, held].T @ (score[more] / size)
    chi2, df = float(np.sum(turned**2 / values[held])), int(held.sum())
    from scipy.special import chdtrc  # type: ignore[import-untyped, unused-ignore]

    return chi2, df, float(chdtrc(df, chi2))
