"""The difference in mean cost by a gamma model with log link, or in two parts where many are zero.

Means by recycled predictions: everybody's covariates stay, the arm is set to each in turn, and the
predicted costs are averaged (Glick et al. 2014, Economic Evaluation in Clinical Trials, 2nd ed.,
ch. 5); their standard error is by the delta method with a robust covariance, the covariates taken
as given. Only the mean has to be right (Manning & Mullahy 2001, J Health Econ 20:461-94): zeros
take part in the quasi-likelihood. Two parts: a logit for any cost times a gamma for the cost of
those who have one (Duan et al. 1983, J Bus Econ Stat 1:115-26); both parts' estimating equations
are stacked, so that a person's errors in the two go together.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from cesp_analysis.economics.quasi_gamma import Amount, fitted_amount
from cesp_analysis.models.cluster_sums import Codes, Floats
from cesp_analysis.models.glm_engine import GlmFit, fit_glm
from cesp_analysis.models.glm_families import FAMILIES
from cesp_analysis.models.least_squares import LeastSquares, least_squares
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.sandwich import infer

MANY_ZEROS = 0.2
"""Share of zeros above which the cost is modelled in two parts."""
Form = Literal["gamma", "two parts"]


@dataclass(frozen=True)
class ModelledCost:
    """delta: difference in mean cost, arm 1 less arm 0, in the cost's unit; std_error, df: for
    Student's t; means (2,): arm 0, arm 1; zeros: share of costs that are 0; parts: coefficients
    (any cost's only in two parts)."""

    form: Form
    delta: float
    std_error: float
    df: float
    means: tuple[float, float]
    zeros: float
    amount: Amount
    any_cost: GlmFit | None
    method: str


def modelled_cost(
    cost: Floats, x: Floats, arm: int, clusters: Codes | None = None, form: Form | None = None
) -> ModelledCost:
    """Cost (n,) on x (n, k), whose column `arm` is 0 or 1 and enters no other column.

    clusters (n,): codes for CR2; None: HC2. form: by default the share of zeros decides. Raises
    NotEstimable with the reason where there is no valid answer: costs below zero, all zero, all the
    same, an arm in which all or none are zero (two parts), separation, no convergence.
    """
    refuse_unfit(cost, x[:, arm])
    form = form or form_of(cost)
    if form == "gamma":
        chance, amount = None, fitted_amount(cost, x)
    else:
        chance, amount = fitted_parts(cost, x, arm)
    means, gradient = _recycled(x, arm, amount, chance)
    if chance is None:
        found = infer(amount.whitened, gradient, "HC2" if clusters is None else "CR2", clusters)
    else:
        found = infer(_stacked(chance, amount), gradient, "CR2", _codes(cost, clusters))
    words = "gamma quasi-likelihood, log link"
    if chance is not None:
        words = f"logit for any cost × {words}, for its size"
    return ModelledCost(
        form=form,
        delta=means[1] - means[0],
        std_error=found.std_error,
        df=found.df,
        means=means,
        zeros=float(np.mean(cost == 0)),
        amount=amount,
        any_cost=chance,
        method=f"{words}; recycled predictions; {found.method}",
    )


def form_of(cost: Floats) -> Form:
    """One model, or two parts where more than a fifth of costs are 0."""
    return "two parts" if np.mean(cost == 0) > MANY_ZEROS else "gamma"


def refuse_unfit(cost: Floats, arm: Floats) -> None:
    """Raises NotEstimable for costs that no model of this kind takes."""
    if not np.isin(arm, (0.0, 1.0)).all() or np.ptp(arm) == 0:
        raise NotEstimable("recycled predictions need an arm that is 0 for some and 1 for others")
    if (low := float(cost.min())) < 0:
        raise NotEstimable(
            f"{int((cost < 0).sum())} costs are below zero (the lowest {low:g}): correct them, or"
            " use least squares"
        )
    if not cost.any():
        raise NotEstimable("all costs are 0, so there is no difference to model")
    if np.ptp(cost) == 0:
        raise NotEstimable(f"every cost is {cost[0]:g}, so there is nothing to model")
    for value in (0, 1):
        if not cost[arm == value].any():
            raise NotEstimable(
                f"all costs of arm {value} are 0, whose logarithm a log link would need; use least"
                " squares"
            )


def fitted_parts(cost: Floats, x: Floats, arm: int) -> tuple[GlmFit, Amount]:
    """The logit of any cost, the gamma of costs above 0."""
    some = cost > 0
    for value in (0, 1):
        own = some[x[:, arm] == value]
        if own.all():
            raise NotEstimable(
                f"nobody in arm {value} has a cost of 0, so the odds of any cost are infinite there"
                " (separation): the two parts have no finite coefficient; use one gamma model or"
                " least squares"
            )
    amount = fitted_amount(cost[some], x[some])
    return fit_glm(FAMILIES["binomial"], some.astype(float), x), amount


def _recycled(
    x: Floats, arm: int, amount: Amount, chance: GlmFit | None
) -> tuple[tuple[float, float], Floats]:
    """Mean cost with everybody in arm 0, in arm 1; derivatives of the difference by the
    coefficients (any cost's first)."""
    means, slopes = [], []
    for value in (0.0, 1.0):
        there = x.copy()
        there[:, arm] = value
        size = np.exp(there @ amount.coef)
        if chance is None:
            mean, parts = size, [size]
        else:
            eta = there @ chance.coef
            mean = chance.family.mean(eta) * size
            parts = [chance.family.slope(eta) * size, mean]
        means.append(float(mean.mean()))
        slopes.append(np.concatenate([there.T @ part / len(x) for part in parts]))
    return (means[0], means[1]), slopes[1] - slopes[0]


def _stacked(chance: GlmFit, amount: Amount) -> LeastSquares:
    """Both parts' least squares at their solutions as one, errors of variance 1 in each."""
    one, two, size = chance.whitened, amount.whitened, np.sqrt(amount.dispersion)
    x = np.zeros((one.n_obs + two.n_obs, one.x.shape[1] + two.x.shape[1]))
    x[: one.n_obs, : one.x.shape[1]] = one.x
    x[one.n_obs :, one.x.shape[1] :] = two.x / size
    return least_squares(np.concatenate([one.outcome, two.outcome / size]), x)


def _codes(cost: Floats, clusters: Codes | None) -> Codes:
    """Clusters of the stacked rows: a person's two rows are in one, as are all of a cluster."""
    own = np.arange(len(cost)) if clusters is None else np.asarray(clusters)
    return np.concatenate([own, own[cost > 0]])
