"""The differences in mean cost of economics/gamma_cost.py in many weighted replicates at once.

Each has its own coefficients, by economics/quasi_gamma.py, and means over its own people.
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.economics.eliminated import Bools
from cesp_analysis.economics.gamma_cost import Form, fitted_parts, form_of, refuse_unfit
from cesp_analysis.economics.quasi_gamma import (
    Turned,
    climbed,
    exp_near,
    fitted_amount,
    of_amounts,
    of_any,
    turned,
)
from cesp_analysis.models.cluster_sums import Floats
from cesp_analysis.models.glm_families import expit

HELD = 2**17  # numbers of an array (replicates, people) that is worked on at once


@dataclass(frozen=True)
class CostSystem:
    """Costs of n people made ready for replicates.

    columns: of x; lead (k,): what each counts in the arm's coefficient; treated (n,); amount,
    chance (k,): the whole sample's coefficients, chance None in one model.
    """

    cost: Floats
    columns: Turned
    lead: Floats
    treated: Bools
    amount: Floats
    chance: Floats | None


def prepared_cost(cost: Floats, x: Floats, arm: int, form: Form | None = None) -> CostSystem:
    """The system of cost (n,) on x (n, k); arguments and refusals are those of `modelled_cost`."""
    refuse_unfit(cost, x[:, arm])
    if (form or form_of(cost)) == "gamma":
        chance, amount = None, fitted_amount(cost, x)
    else:
        chance, amount = fitted_parts(cost, x, arm)
    columns = turned(x)
    return CostSystem(
        cost=cost,
        columns=columns,
        lead=np.linalg.inv(columns.root)[arm],
        treated=x[:, arm] == 1,
        amount=columns.root @ amount.coef,
        chance=None if chance is None else columns.root @ chance.coef,
    )


def fitted_gamma(system: CostSystem, weights: Floats) -> Floats:
    """Difference in mean cost (B,) by each row of weights (B, n), at least 0, in the cost's unit.

    Means are over the replicate's own people. NaN where a replicate's model has no solution or its
    iteration did not reach it (separation, nobody with a cost in a category).
    """
    rows = max(1, HELD // weights.shape[1])
    parts = [_block(system, weights[at : at + rows]) for at in range(0, len(weights), rows)]
    return np.concatenate(parts) if parts else np.zeros(0)


def _block(system: CostSystem, weights: Floats) -> Floats:
    own = weights if system.chance is None else weights * (system.cost > 0)
    coef, good = climbed(system.columns, own, system.amount, of_amounts(system.cost))
    arms = _both_arms(system, coef)
    means = [exp_near(eta) for eta in arms]
    if system.chance is not None:
        some = (system.cost > 0).astype(float)
        coef, reached = climbed(system.columns, weights, system.chance, of_any(some))
        good &= reached
        arms = _both_arms(system, coef)
        means = [mean * expit(eta) for mean, eta in zip(means, arms, strict=True)]
    people = np.where(good, weights.sum(axis=1), 1.0)
    delta = np.einsum("bn,bn->b", weights, means[1] - means[0]) / people
    return np.where(good, delta, np.nan)


def _both_arms(system: CostSystem, coef: Floats) -> tuple[Floats, Floats]:
    """Linear predictors (b, n) with everybody in arm 0, in arm 1."""
    eta = coef @ system.columns.basis.T
    effect = (coef @ system.lead)[:, None]
    none = eta - effect * system.treated
    return none, none + effect
