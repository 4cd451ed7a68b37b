"""The differences in mean cost of economics/gamma_cost.py in many weighted replicates at once.

Newton's method for all replicates together, each with its own coefficients, halved steps and end.
Both losses are convex, so a step that lowers the loss leads to the one minimum.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cesp_analysis.economics.eliminated import Bools, solved
from cesp_analysis.economics.gamma_cost import (
    Form,
    fitted_amount,
    fitted_parts,
    form_of,
    refuse_unfit,
)
from cesp_analysis.models.cluster_sums import Floats
from cesp_analysis.models.glm_engine import CONVERGED
from cesp_analysis.models.glm_families import expit

STEPS = 30
"""Newton's from the whole sample's coefficients takes some 5; along a separated direction the
decrement falls by a factor e a step, and is far above CONVERGED after 30."""
HELD = 2**17  # numbers of an array (replicates, people) that is worked on at once

Pieces = Callable[[Floats], tuple[Floats, Floats, Floats]]
"""Linear predictors (b, n) → loss, its first and its second derivative by them."""


@dataclass(frozen=True)
class CostSystem:
    """Costs of n people made ready for replicates.

    basis (n, k): columns turned orthonormal times sqrt(n); products (n, p), index (k, k): of their
    pairs; lead (k,): what each counts in the arm's coefficient; treated (n,); unit: what costs are
    divided by; amount, chance (k,): the whole sample's coefficients, chance None in one model.
    """

    cost: Floats
    basis: Floats
    products: Floats
    index: np.ndarray[tuple[int, int], np.dtype[np.intp]]
    lead: Floats
    treated: Bools
    unit: float
    amount: Floats
    chance: Floats | None


def prepared_cost(cost: Floats, x: Floats, arm: int, form: Form | None = None) -> CostSystem:
    """The system of cost (n,) on x (n, k); arguments and refusals are those of `modelled_cost`."""
    refuse_unfit(cost, x[:, arm])
    basis, root = np.linalg.qr(x)
    basis, root = basis * np.sqrt(len(x)), root / np.sqrt(len(x))
    unit = float(cost.mean())
    if (form or form_of(cost)) == "gamma":
        amount, chance = fitted_amount(cost / unit, x), None
    else:
        chance, amount = fitted_parts(cost / unit, x, arm)
    left, right = np.triu_indices(x.shape[1])
    index = np.empty((x.shape[1],) * 2, dtype=np.intp)
    index[left, right] = index[right, left] = np.arange(len(left))
    return CostSystem(
        cost=cost / unit,
        basis=basis,
        products=basis[:, left] * basis[:, right],
        index=index,
        lead=np.linalg.inv(root)[arm],
        treated=x[:, arm] == 1,
        unit=unit,
        amount=root @ amount.coef,
        chance=None if chance is None else root @ chance.coef,
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
    coef, good = climbed(system, own, system.amount, _amount(system.cost))
    arms = _both_arms(system, coef)
    means = [_exp(eta) for eta in arms]
    if system.chance is not None:
        some = (system.cost > 0).astype(float)
        coef, reached = climbed(system, weights, system.chance, _any_cost(some))
        good &= reached
        arms = _both_arms(system, coef)
        means = [mean * expit(eta) for mean, eta in zip(means, arms, strict=True)]
    people = np.where(good, weights.sum(axis=1), 1.0)
    delta = np.einsum("bn,bn->b", weights, means[1] - means[0]) / people * system.unit
    return np.where(good, delta, np.nan)


def _both_arms(system: CostSystem, coef: Floats) -> tuple[Floats, Floats]:
    """Linear predictors (b, n) with everybody in arm 0, in arm 1."""
    eta = coef @ system.basis.T
    effect = (coef @ system.lead)[:, None]
    none = eta - effect * system.treated
    return none, none + effect


def _exp(eta: Floats) -> Floats:
    return np.asarray(np.exp(np.clip(eta, -300.0, 300.0)))  # only runaways are so far out


def _amount(cost: Floats) -> Pieces:
    """Of the gamma quasi-likelihood: cost / mean + log mean."""

    def pieces(eta: Floats) -> tuple[Floats, Floats, Floats]:
        ratio = cost * _exp(-eta)
        return ratio + eta, 1 - ratio, ratio

    return pieces


def _any_cost(some: Floats) -> Pieces:
    """Of the logit of any cost (n,), 0 or 1."""

    def pieces(eta: Floats) -> tuple[Floats, Floats, Floats]:
        chance = expit(eta)
        return np.logaddexp(0.0, eta) - some * eta, chance - some, chance * (1 - chance)

    return pieces


def climbed(
    system: CostSystem, weights: Floats, start: Floats, pieces: Pieces
) -> tuple[Floats, Bools]:
    """Coefficients (b, k) of least loss, weighted by (b, n), and which reached it (b,)."""
    coef = np.tile(start, (len(weights), 1))
    move, loss = np.zeros_like(coef), np.full(len(coef), np.inf)
    good, active = np.zeros(len(coef), dtype=np.bool_), np.arange(len(coef))
    for _ in range(STEPS):
        own, tried = weights[active], coef[active] - move[active]
        each, slope, curve = pieces(tried @ system.basis.T)
        new = np.einsum("bn,bn->b", own, each)
        before = loss[active]
        # an increase that rounding explains is none
        lower = new <= np.where(np.isinf(before), np.inf, before + 1e-12 * (np.abs(before) + 1))
        score = (own * slope) @ system.basis
        table = ((own * curve) @ system.products).T[system.index]
        step, singular = solved(table, score.T)
        decrement = np.einsum("kb,bk->b", step, score)
        coef[active[lower]], loss[active[lower]] = tried[lower], new[lower]
        move[active] = np.where(lower[:, None], step.T, move[active] / 2)
        done = lower & ~singular & (decrement <= CONVERGED * own.sum(axis=1))
        good[active[done]] = True
        active = active[~done & ~(lower & singular)]
        if not len(active):
            break
    return coef, good
