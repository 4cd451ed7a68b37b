"""Families of generalised linear models with their usual links: mean, variance, deviance.

Sources: McCullagh & Nelder (1989), Generalized Linear Models, 2nd ed., ch. 2. Only the mean has to
be right: with a robust standard error the variance function is a working one (Gourieroux, Monfort &
Trognon 1984, Econometrica 52:681-700), which is why there is no negative binomial here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from cesp_analysis.arrays import Floats

FamilyName = Literal["binomial", "poisson", "gamma"]
# exp() of more is infinite in double precision; a start that far out is halved back.
_LARGEST = 700.0


@dataclass(frozen=True)
class Family:
    """One family: `mean` of the linear predictor eta (n,), `slope` d mean / d eta, `variance` of
    the mean up to a factor, `start` an eta near the data, `deviance` twice the loss (n,).

    words: how a report calls the model. logit: whether means are probabilities.
    """

    name: FamilyName
    words: str
    mean: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]
    variance: Callable[[Floats], Floats]
    start: Callable[[Floats], Floats]
    deviance: Callable[[Floats, Floats], Floats]

    @property
    def logit(self) -> bool:
        """Whether the link is the logit; otherwise it is the logarithm."""
        return self.name == "binomial"

    def fault(self, y: Floats) -> str | None:
        """Why these outcomes (n,) are none of the family's; None if they are."""
        if self.logit and (wrong := np.unique(y[(y != 0) & (y != 1)])).size:
            return (
                f"family: binomial takes 0 and 1; there are other values, such as {wrong[0]:g}:"
                " declare a derived variable that says where it holds, or use another family"
            )
        if not self.logit and (low := float(y.min())) < 0:
            return (
                f"{int((y < 0).sum())} values are below zero (the lowest {low:g}), which no count,"
                " time or cost can be: correct them, or use kind did"
            )
        if self.name == "gamma" and (zeros := int((y == 0).sum())):
            return (
                f"{zeros} of {len(y)} values are 0, where a gamma has no density: write family:"
                " poisson, which models the same means, zeros among them, with the same link"
            )
        return None


def expit(eta: Floats) -> Floats:
    """1 / (1 + exp(-eta)), without overflow."""
    small = np.exp(-np.abs(eta))
    return np.asarray(np.where(eta >= 0, 1.0, small) / (1 + small))


def _expit_slope(eta: Floats) -> Floats:
    """expit(eta) (1 - expit(eta)), exact also where the latter is 1 but for rounding."""
    small = np.exp(-np.abs(eta))
    return np.asarray(small / (1 + small) ** 2)


def _exp(eta: Floats) -> Floats:
    return np.asarray(np.exp(np.minimum(eta, _LARGEST)))


def _binomial_deviance(y: Floats, eta: Floats) -> Floats:
    return np.asarray(2 * (np.logaddexp(0.0, eta) - y * eta))


def _poisson_deviance(y: Floats, eta: Floats) -> Floats:
    own = y * (np.log(np.where(y > 0, y, 1.0)) - eta)
    return np.asarray(2 * (own - (y - _exp(eta))))


def _gamma_deviance(y: Floats, eta: Floats) -> Floats:
    return np.asarray(2 * (y / _exp(eta) - 1 - np.log(y) + eta))


def _logit(p: Floats) -> Floats:
    return np.asarray(np.log(p / (1 - p)))


FAMILIES: dict[str, Family] = {
    "binomial": Family(
        "binomial", "logistic regression", expit, _expit_slope, lambda mu: mu * (1 - mu),
        lambda y: _logit((y + 0.5) / 2), _binomial_deviance,
    ),
    "poisson": Family(
        "poisson", "Poisson quasi-likelihood, log link", _exp, _exp, lambda mu: mu,
        lambda y: np.asarray(np.log(y + 0.1)), _poisson_deviance,
    ),
    "gamma": Family(
        "gamma", "gamma regression, log link", _exp, _exp, lambda mu: mu**2,
        lambda y: np.asarray(np.log(y)), _gamma_deviance,
    ),
}  # fmt: skip
"""Name → family. Outcomes of the log families are divided by their mean before `start`."""
