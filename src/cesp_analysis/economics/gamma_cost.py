"""The difference in mean cost by a gamma model with log link, or in two parts where many are zero.

Means by recycled predictions: everybody's covariates stay, the arm is set to each in turn, and the
predicted costs are averaged (Glick et al. 2014, Economic Evaluation in Clinical Trials, 2nd ed.,
ch. 5); their standard error is by the delta method with a robust covariance, the covariates taken
as given. Only the mean has to be right (Manning & Mullahy 2001, J Health Econ 20:461-94): zeros
take part in the quasi-likelihood. Two parts: a logit for any cost times a gamma for the cost of
those who have one (Duan et al. 1983, J Bus Econ Stat 1:115-26); both parts' estimating equations
are stacked, so that a person's errors in the two go together. Where everybody of an arm has a cost
(its share of what the site shares), the arm's coefficient in the logit has no end, but its limit
has a meaning: any cost is certain there, and the logit is the other arm's.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from cesp_analysis.arms import CODED
from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.economics.quasi_gamma import Amount, fitted_amount
from cesp_analysis.models.glm_engine import GlmFit, fit_glm
from cesp_analysis.models.glm_families import FAMILIES
from cesp_analysis.models.least_squares import LeastSquares, least_squares
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.sandwich import infer

"""What sentences call 0 and 1."""
MANY_ZEROS = 0.2
"""Share of zeros above which the cost is modelled in two parts."""
Form = Literal["gamma", "two parts"]


@dataclass(frozen=True)
class AnyCost:
    """The logit of any cost, of the people `rows` (n,) by the columns `columns` (k,); certain: the
    arm (0 or 1) in which everybody has a cost, which is then not in it; None without one."""

    fit: GlmFit
    rows: np.ndarray
    columns: np.ndarray
    certain: int | None

    def at(self, x: Floats, value: int) -> tuple[Floats, Floats]:
        """The probability (n,) of people x (n, k) put in an arm, and its derivatives (n, q)."""
        own = x[:, self.columns]
        if value == self.certain:
            return np.ones(len(x)), np.zeros(own.shape)
        eta = own @ self.fit.coef
        return self.fit.family.mean(eta), own * self.fit.family.slope(eta)[:, None]


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
    any_cost: AnyCost | None
    method: str


def modelled_cost(
    cost: Floats, x: Floats, arm: int, clusters: Codes | None = None, form: Form | None = None
) -> ModelledCost:
    """Cost (n,) on x (n, k), whose column `arm` is 0 or 1 and enters no other column.

    clusters (n,): codes for CR2; None: HC2. form: by default the share of zeros decides. Raises
    NotEstimable with the reason where there is no valid answer: costs below zero, all zero, all the
    same, an arm in which all are zero, separation, no convergence.
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
        codes = _codes(cost, chance, clusters)
        found = infer(_stacked(chance.fit, amount), gradient, "CR2", codes)
    words = "gamma quasi-likelihood, log link"
    if chance is not None:
        words = f"logit for any cost{_certain(chance)} × {words}, for its size"
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
                f"all costs of the {CODED[value]} arm are 0, whose logarithm a log link would need;"
                " use least squares"
            )


def fitted_parts(cost: Floats, x: Floats, arm: int) -> tuple[AnyCost, Amount]:
    """The logit of any cost, the gamma of costs above 0."""
    some = cost > 0
    certain = [value for value in (0, 1) if some[x[:, arm] == value].all()]
    if len(certain) == 2:
        raise NotEstimable("everybody has a cost: there are no two parts; use one gamma model")
    rows, columns = np.ones(len(x), dtype=bool), np.ones(x.shape[1], dtype=bool)
    if certain:
        rows, columns[arm] = x[:, arm] != certain[0], False
        _refuse_unknown(x, rows, CODED[1 - certain[0]])
    fit = fit_glm(FAMILIES["binomial"], some[rows].astype(float), x[np.ix_(rows, columns)])
    chance = AnyCost(fit, rows, columns, certain[0] if certain else None)
    return chance, fitted_amount(cost[some], x[some])


def _refuse_unknown(x: Floats, rows: np.ndarray, name: str) -> None:
    """Covariates that are the same for all of the arm in which alone somebody has no cost."""
    same = (np.ptp(x[rows], axis=0) == 0) & (np.ptp(x, axis=0) > 0)
    if same.sum() > 1:  # the arm's own is one
        raise NotEstimable(
            f"a covariate (such as a category that nobody of the {name} arm has) is the same for"
            " all of the arm in which alone somebody has no cost, so that what it makes of having"
            " any is not known: leave it out or merge it, or use least squares"
        )


def _certain(chance: AnyCost) -> str:
    if chance.certain is None:
        return ""
    own, other = CODED[chance.certain], CODED[1 - chance.certain]
    return f" in the {other} arm (in the {own} arm everybody has one)"


def _recycled(
    x: Floats, arm: int, amount: Amount, chance: AnyCost | None
) -> tuple[tuple[float, float], Floats]:
    """Mean cost with everybody in arm 0, in arm 1; derivatives of the difference by the
    coefficients (any cost's first)."""
    means, slopes = [], []
    for value in (0, 1):
        there = x.copy()
        there[:, arm] = value
        mean, parts = np.exp(there @ amount.coef), []
        if chance is not None:
            size = mean
            share, by = chance.at(there, value)
            mean, parts = share * size, [by.T @ size / len(x)]
        means.append(float(mean.mean()))
        slopes.append(np.concatenate([*parts, there.T @ mean / len(x)]))
    return (means[0], means[1]), slopes[1] - slopes[0]


def _stacked(chance: GlmFit, amount: Amount) -> LeastSquares:
    """Both parts' least squares at their solutions as one, errors of variance 1 in each."""
    one, two, size = chance.whitened, amount.whitened, np.sqrt(amount.dispersion)
    x = np.zeros((one.n_obs + two.n_obs, one.x.shape[1] + two.x.shape[1]))
    x[: one.n_obs, : one.x.shape[1]] = one.x
    x[one.n_obs :, one.x.shape[1] :] = two.x / size
    return least_squares(np.concatenate([one.outcome, two.outcome / size]), x)


def _codes(cost: Floats, chance: AnyCost, clusters: Codes | None) -> Codes:
    """Clusters of the stacked rows: a person's two rows are in one, as are all of a cluster."""
    own = np.arange(len(cost)) if clusters is None else np.asarray(clusters)
    return np.concatenate([own[chance.rows], own[cost > 0]])
