"""The differences in mean cost and mean QALY, jointly: seemingly unrelated regressions.

Each of the two has covariates of its own (baseline cost, baseline utility: Manca et al. 2005,
Health Econ 14:487-96), the errors of a person go together. Source: Zellner (1962), JASA 57:348-68,
with the covariance of the equations' own least-squares residuals (two steps); for costs and QALYs
Willan, Briggs & Hoch (2004), Health Econ 13:461-75. With the same columns in both equations it is
least squares (Zellner 1962), to the last digit.
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.models.cluster_sums import Floats
from cesp_analysis.models.least_squares import LeastSquares, least_squares
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.survey_many import LEAST

PROPORTIONAL = (
    "what the covariates leave of cost and of QALY is proportional (correlation 1 or -1), so they"
    " have no joint distribution"
)


@dataclass(frozen=True)
class Bivariate:
    """delta (2,): difference in mean cost (money), in mean QALY, arm 1 less arm 0; covariance
    (2, 2): analytic, (X'(S^-1 x I)X)^-1, errors of equal variances; sigma (2, 2): covariance of a
    person's errors; ols (2,): each by its own least squares."""

    delta: Floats
    covariance: Floats
    sigma: Floats
    ols: Floats


def fitted(
    cost: Floats, qaly: Floats, cost_x: Floats, qaly_x: Floats, arms: tuple[int, int]
) -> Bivariate:
    """Fit cost (n,) on cost_x (n, kc) and QALY (n,) on qaly_x (n, kq); arms: where in each the
    arm's column is.

    The divisor of the errors' covariance is sqrt((n - kc)(n - kq)), as of R's systemfit by default.
    Raises NotEstimable (nothing varies, proportional, few rows), Collinear, ValueError (missing).
    """
    outcomes, designs = (cost, qaly), (cost_x, qaly_x)
    own = [least_squares(y, x) for y, x in zip(outcomes, designs, strict=True)]
    sigma = errors_covariance(own)
    ols = np.array([fit.coef[arm] for fit, arm in zip(own, arms, strict=True)])
    root = np.linalg.cholesky(np.linalg.inv(sigma)).T
    y = np.concatenate([row @ np.stack(outcomes) for row in root])
    x = np.vstack([np.hstack([cost_x * row[0], qaly_x * row[1]]) for row in root])
    whitened = least_squares(y, x)
    places = arms[0], cost_x.shape[1] + arms[1]
    delta = ols if same_columns(*designs) else whitened.coef[list(places)]
    covariance = whitened.bread[np.ix_(places, places)]
    return Bivariate(delta, covariance, sigma, ols)


def errors_covariance(fits: list[LeastSquares]) -> Floats:
    """Covariance (2, 2) of the residuals of two fits; raises NotEstimable if they are
    proportional."""
    residuals = np.stack([fit.residuals / np.sqrt(fit.n_obs - fit.n_parameters) for fit in fits])
    sigma = residuals @ residuals.T
    if sigma[0, 1] ** 2 >= (1 - LEAST) * sigma[0, 0] * sigma[1, 1]:
        raise NotEstimable(PROPORTIONAL)
    return np.asarray(sigma)


def same_columns(one: Floats, two: Floats) -> bool:
    """Whether two designs hold the same columns, in any order."""
    return one.shape == two.shape and len(shared(one, two)) == one.shape[1]


def shared(one: Floats, two: Floats) -> list[tuple[int, int]]:
    """Pairs of columns of two designs that are equal, each column in one pair at most."""
    left = list(range(two.shape[1]))
    found = []
    for i, column in enumerate(one.T):
        match = next((j for j in left if np.array_equal(column, two[:, j])), None)
        if match is not None:
            left.remove(match)
            found.append((i, match))
    return found
