"""Standard error and degrees of freedom of an estimate from how each record pulls it.

To first order, estimate - truth = sum of pull over independent records (or clusters): the empirical
influence function over n, with what was estimated on the way (weights, regressions) in it. The
variance is the sum of squares. Two corrections matter where an arm is small or a few records carry
most of its weight; without covariates they make it Welch's test, exactly:

kept    a residual is smaller than the error it stands for: kept is the expected share of the
        error's variance that a record's pull holds (the diagonal of (I-H)(I-H)', as HC2 in an
        unweighted regression); the square is divided by it;
df      Bell & McCaffrey's (2002, Survey Methodology 28:169-81) for each stratum, with a working
        model of equal variances, put together as Welch's.
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.least_squares import ROUNDING
from cesp_analysis.models.linear_parts import LinearParts, sums_of
from cesp_analysis.models.lost_variance import ENOUGH, refuse_without_df, shown_in_words
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.sandwich import Inference

# Of an error's variance: less is a record that fits itself, blurred by rounding.
SEEN = 1e-10
# What rounding takes of df: 1e-5 at a weight of 10,000 times the others, all of it at 1e6 times.
BLURRED = 1e-3


@dataclass(frozen=True)
class Influence:
    """An estimate and each record's part in it; n records in s strata (arms, or arm and time).

    pull (n,), in the outcome's unit; lead (n,): the weight of a record's error in its stratum's
    mean, sum 1; strata (n,): 0..s-1; regressed (s,): whether a stratum's errors are the residuals
    of a regression on z (n, k) by lead, or of a mean; size: largest absolute outcome; parts: the
    pull as what it is of the outcome.
    """

    estimate: float
    pull: Floats
    lead: Floats
    strata: Codes
    regressed: tuple[bool, ...]
    z: Floats
    size: float
    parts: LinearParts

    @property
    def large_sample_error(self) -> float:
        """The standard error without corrections for small samples, as other programs print it."""
        return float(np.sqrt(self.pull @ self.pull))


def infer_records(found: Influence) -> Inference:
    """The estimate with its standard error and df; records are independent."""
    each, hidden = [], np.sqrt(found.parts.squares())
    for stratum, regressed in enumerate(found.regressed):
        rows = found.strata == stratum
        z = found.z[rows] if regressed else np.ones((int(rows.sum()), 1))
        each.append(_both(found.pull[rows], hidden[rows], found.lead[rows], z))
    said = "influence-function standard error with HC2-like correction, Satterthwaite df"
    return _inference(found, each, said, None)


def infer_clusters(found: Influence, clusters: Codes, arm: Floats) -> Inference:
    """The same with what is independent being clusters (n,), each of one arm (n,) or across.

    A cluster's pull is the sum of its records'. Kept and df are those of a mean of the arm's
    clusters, each with its share of the weight and varying alike: G / (G - 1) and G - 1 for equal
    shares.
    """
    _, codes = np.unique(clusters, return_inverse=True)
    side = np.zeros(int(codes.max()) + 1, dtype=np.intp)
    side[codes] = arm.astype(np.intp)
    if np.any(side[codes] != arm):
        side[:] = 0
    share, pull = sums_of(codes, np.abs(found.lead)), sums_of(codes, found.pull)
    each, hidden = [], np.sqrt(found.parts.squares(codes))
    for value in np.unique(side):
        own = side == value
        if own.sum() < 2:
            raise NotEstimable("a cluster-robust standard error needs at least 2 clusters an arm")
        each.append(_both(pull[own], hidden[own], share[own], np.ones((int(own.sum()), 1))))
    said = "cluster-robust influence-function standard error, Satterthwaite df"
    return _inference(found, each, said, len(side))


def variance_of(pull: Floats, lead: Floats, z: Floats) -> tuple[float, float]:
    """A stratum's part of the variance, sum pull^2 / kept, and its df; z (n, k).

    With H = Z B Z'W, W the leads, the residuals' covariance is M = I + U K U', U = [Z, WZ]; kept is
    its diagonal, df = tr(P)^2 / tr(PP) for P = M times diag(lead^2 / kept). No n x n matrix is
    formed. A record that fits itself (alone in a category) shows no error: the others stand for it,
    unless its part is more than they should.
    """
    u, link = _beside_identity(lead, z)
    beside = np.sum((u @ link) * u, axis=1)
    seen = 1 + beside > SEEN
    share = float(np.sum(lead[seen] ** 2) / np.sum(lead**2))
    if share < ENOUGH:
        raise NotEstimable(
            f"records that alone determine a coefficient or a mean carry {1 - share:.0%} of this"
            " estimate's variance, and their errors cannot be seen; leave out a covariate that"
            " tells single people apart, or look at the weights"
        )
    kept = np.where(seen, 1 + beside, 1.0)
    square = np.where(seen, lead**2 / kept, 0.0)
    turned = link @ (u.T @ (u * square[:, None]))
    products = float(np.sum(square**2 * (1 + 2 * beside)) + np.sum(turned * turned.T))
    df = float(np.sum(square * (1 + beside))) ** 2 / products if products > 0 else 0.0
    refuse_without_df(df, BLURRED)
    return float(np.sum(np.where(seen, pull**2 / kept, 0.0))) / share, df


def variance_left(lead: Floats, z: Floats) -> Floats:
    """The variance (n,) of residuals of a regression on z (n, k) by lead, of errors' variance 1."""
    u, link = _beside_identity(lead, z)
    return np.asarray(1 + np.sum((u @ link) * u, axis=1))


def _beside_identity(lead: Floats, z: Floats) -> tuple[Floats, Floats]:
    """U (n, 2k) and K (2k, 2k) of the residuals' covariance I + U K U'."""
    k = z.shape[1]
    u = np.hstack([z, z * lead[:, None]])
    bread = np.linalg.inv(z.T @ u[:, k:])
    link = np.zeros((2 * k, 2 * k))
    link[:k, :k] = bread @ (u[:, k:].T @ u[:, k:]) @ bread
    link[:k, k:] = link[k:, :k] = -bread
    return u, link


def _both(pull: Floats, hidden: Floats, lead: Floats, z: Floats) -> tuple[float, float, float]:
    """A stratum's part of the variance, its df, and what the part is expected to be."""
    square, df = variance_of(pull, lead, z)
    return square, df, variance_of(hidden, lead, z)[0]


def _inference(
    found: Influence, each: list[tuple[float, float, float]], method: str, clusters: int | None
) -> Inference:
    squares, df, expected = np.array(each).T
    method += shown_in_words(float(expected.sum()) / found.parts.variance, clusters)
    variance = float(squares.sum())
    if variance <= (ROUNDING * found.size) ** 2:
        raise NotEstimable("the outcome does not vary around the model where the estimate looks")
    freedom = variance**2 / float(np.sum(squares**2 / df))
    refuse_without_df(freedom, BLURRED)
    return Inference(found.estimate, float(np.sqrt(variance)), freedom, method, clusters)
