"""Incremental cost by a gamma model with a log link, in one part or two, of many samples at once.

Quasi-likelihood with variance μ², which needs no gamma law and bears zeros; the difference between
arms by recycled predictions: everybody's cost predicted in each arm (Basu & Rathouz 2005,
Biostatistics 6:93-109). Two parts: any cost by a logit, how much by the gamma model of those with
any (Duan et al. 1983). Standard errors by influence functions of the stacked equations (sandwich).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cesp_analysis.models.cluster_sums import Codes, Floats

ROUNDS = 200
SETTLED = 1e-10
"""Change of the linear predictor below which a model has converged."""
MANY_ZEROS = 0.2
"""Share of people without any cost above which the model has two parts."""
FAR = 30.0
"""Linear predictor (log £, log odds) beyond which a model runs away: e^30 is 10^13."""


@dataclass(frozen=True)
class Effects:
    """Incremental costs (B,) of samples; failed (B,): those of which a model did not converge."""

    values: Floats
    failed: np.ndarray


@dataclass(frozen=True)
class CostModel:
    """The incremental cost of people as they are: estimate, influence (n,) of each person on it,
    share of zeros, whether it has two parts; reason: why there is no estimate."""

    estimate: float
    influence: Floats
    zeros: float
    two_parts: bool
    reason: str = ""


def cost_model(cost: Floats, x: Floats, arm: int = 1) -> CostModel:
    """The model of costs (n,) on columns x (n, k); two parts where many cost nothing."""
    zeros = float((cost == 0).mean()) if len(cost) else 0.0
    two = zeros > MANY_ZEROS
    nothing = np.full(len(cost), np.nan)
    if reason := _unfit(cost, x[:, arm] == 1, two):
        return CostModel(np.nan, nothing, zeros, two, reason)
    ones = np.ones((1, len(cost)))
    found = incremental(cost, x, ones, two, arm)
    if found.failed[0]:
        text = "the gamma model of costs did not converge"
        return CostModel(np.nan, nothing, zeros, two, text)
    influence = _influence(cost, x, two, arm, float(found.values[0]))
    return CostModel(float(found.values[0]), influence, zeros, two)


def variance(influence: Floats, clusters: Codes | None = None) -> float:
    """Of an estimate whose people (n,) have these influences: G / (G − 1) Σ (Σ of a cluster)² / n².

    clusters (n,): None where people are independent."""
    sums = influence if clusters is None else np.bincount(clusters, influence)
    g = len(sums)
    return float(g / (g - 1) * (sums**2).sum() / len(influence) ** 2)


def incremental(cost: Floats, x: Floats, weights: Floats, two_parts: bool, arm: int = 1) -> Effects:
    """Incremental costs of B samples in which people stand `weights` (B, n) times each."""
    here, there = (_with_arm(x, arm, value) for value in (0.0, 1.0))
    some = cost > 0
    amount, failed = gamma(cost, x, weights * some if two_parts else weights)
    predicted = [_exp(columns, amount) for columns in (here, there)]
    if two_parts:
        odds, lost = logit(some.astype(float), x, weights)
        predicted = [
            each * _expit(columns, odds)
            for each, columns in zip(predicted, (here, there), strict=True)
        ]
        failed = failed | lost
    values = ((predicted[1] - predicted[0]) * weights).sum(axis=1) / weights.sum(axis=1)
    return Effects(np.where(failed, np.nan, values), failed)


def gamma(y: Floats, x: Floats, weights: Floats) -> tuple[Floats, np.ndarray]:
    """Coefficients (B, k) of log means by gamma quasi-likelihood, and who failed (B,).

    Its working weights are the samples' own, so that one factor serves all rounds.
    """
    gram = np.einsum("bn,nj,nl->bjl", weights, x, x, optimize=True)
    mean = (weights * y).sum(axis=1) / weights.sum(axis=1)
    start = np.log((y + mean[:, None]) / 2)

    def step(eta: Floats) -> Floats:
        mu = np.exp(np.clip(eta, -FAR, FAR))
        return np.asarray(weights * (eta + (y - mu) / mu) @ x)

    return _settled(x, start, lambda _: gram, step)


def logit(y: Floats, x: Floats, weights: Floats) -> tuple[Floats, np.ndarray]:
    """Coefficients (B, k) of log odds of y (n,), 0 or 1; who failed (B,), separated ones too."""
    share = (weights * y).sum(axis=1) / weights.sum(axis=1)
    start = np.repeat(np.log((share + 0.01) / (1.01 - share))[:, None], len(y), axis=1)

    def gram(eta: Floats) -> Floats:
        p = 1 / (1 + np.exp(-np.clip(eta, -FAR, FAR)))
        return np.asarray(np.einsum("bn,nj,nl->bjl", weights * p * (1 - p), x, x, optimize=True))

    def step(eta: Floats) -> Floats:
        p = 1 / (1 + np.exp(-np.clip(eta, -FAR, FAR)))
        return np.asarray((weights * (p * (1 - p) * eta + y - p)) @ x)

    return _settled(x, start, gram, step)


def _settled(
    x: Floats, start: Floats, gram: Callable[[Floats], Floats], step: Callable[[Floats], Floats]
) -> tuple[Floats, np.ndarray]:
    """Fisher's scoring of all samples together until all have settled."""
    eta, beta = start, np.zeros((len(start), x.shape[1]))
    moved = np.full(len(start), np.inf)
    for _ in range(ROUNDS):
        matrix = gram(eta)
        own = np.arange(x.shape[1])
        absent = matrix[:, own, own] == 0  # a category that nobody drawn has
        matrix = matrix.copy()
        matrix[:, own, own] += absent
        try:
            beta = np.asarray(np.linalg.solve(matrix, step(eta)[:, :, None]), float)[:, :, 0]
        except np.linalg.LinAlgError:  # one sample's columns depend on one another
            beta = np.stack([_alone(one, s) for one, s in zip(matrix, step(eta), strict=True)])
        new = beta @ x.T
        moved = np.abs(new - eta).max(axis=1)
        eta = np.where(np.isfinite(new), np.clip(new, -2 * FAR, 2 * FAR), 0.0)
        if not (moved > SETTLED).any():
            break
    far = np.abs(eta).max(axis=1) >= FAR
    return beta, ~(moved <= 1e-6) | far


def _alone(matrix: Floats, side: Floats) -> Floats:
    try:
        return np.asarray(np.linalg.solve(matrix, side))
    except np.linalg.LinAlgError:
        return np.full(len(side), np.nan)


def _unfit(cost: Floats, treated: np.ndarray, two: bool) -> str:
    """Why there can be no model; '' if there can."""
    arms = (("intervention", cost[treated]), ("control", cost[~treated]))
    for name, own in arms:
        if not len(own):
            return f"costs and QALYs are known of nobody of the {name} arm"
        if not (own > 0).any():
            return f"nobody of the {name} arm cost anything: a log has no answer for it"
    for name, own in arms:
        if two and (own > 0).all():
            return f"everybody of the {name} arm cost something: the part of any cost is separated"
    return "" if np.ptp(cost) > 0 else "everybody cost the same"


def _with_arm(x: Floats, arm: int, value: float) -> Floats:
    columns = x.copy()
    columns[:, arm] = value
    return columns


def _exp(columns: Floats, beta: Floats) -> Floats:
    return np.asarray(np.exp(np.clip(np.nan_to_num(beta) @ columns.T, -FAR, FAR)))


def _expit(columns: Floats, beta: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(np.nan_to_num(beta) @ columns.T, -FAR, FAR))))


def _influence(cost: Floats, x: Floats, two: bool, arm: int, estimate: float) -> Floats:
    """Of each person (n,) on the recycled difference: own prediction, and by the coefficients."""
    n, ones = len(cost), np.ones((1, len(cost)))
    some = (cost > 0).astype(float)
    w = some if two else np.ones(n)
    amount = gamma(cost, x, w[None])[0]
    odds = logit(some, x, ones)[0] if two else None
    mu, p = _exp(x, amount)[0], np.ones(n) if odds is None else _expit(x, odds)[0]
    of_amount = np.linalg.solve((x * w[:, None]).T @ x / n, (x * (w * (cost - mu) / mu)[:, None]).T)
    own, by_amount, by_odds = np.zeros(n), np.zeros(x.shape[1]), np.zeros(x.shape[1])
    for value, sign in ((1.0, 1.0), (0.0, -1.0)):
        columns = _with_arm(x, arm, value)
        m = _exp(columns, amount)[0]
        q = np.ones(n) if odds is None else _expit(columns, odds)[0]
        own += sign * m * q
        by_amount += sign * (columns * (m * q)[:, None]).mean(axis=0)
        by_odds += sign * (columns * (m * q * (1 - q))[:, None]).mean(axis=0)
    whole = own - estimate + by_amount @ of_amount
    if odds is not None:
        curve = (x * (p * (1 - p))[:, None]).T @ x / n
        whole = whole + by_odds @ np.linalg.solve(curve, (x * (some - p)[:, None]).T)
    return np.asarray(whole)
