"""Costs by a gamma model (in two parts where many cost nothing), beside QALYs by least squares."""

from collections.abc import Sequence

import numpy as np

from cesp_analysis.economics.data import ADJUSTED, Data, regressions
from cesp_analysis.economics.estimated import (
    ARM,
    Estimated,
    Quantity,
    inference,
    refused,
    units_of,
)
from cesp_analysis.economics.gamma_cost import CostModel, cost_model, variance
from cesp_analysis.missing.pooling import pool
from cesp_analysis.models.cluster_sums import Floats
from cesp_analysis.models.least_squares import Covariance
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.student import t_interval

GAMMA, TWO_PARTS = "gamma", "two_part"


def log_model(data: Data, approach: str = ADJUSTED) -> CostModel:
    """The cost model of people; costs are not made smaller by those of before, which a log cannot
    bear, but adjusted for them."""
    made = regressions(data, approach)
    scale = np.abs(made.cost_x).max(axis=0, initial=0.0)
    return cost_model(made.cost, made.cost_x / np.where(scale > 0, scale, 1.0), ARM)


def log_rows(
    sets: Sequence[Data], asked: Sequence[Quantity], covariance: Covariance, level: float
) -> tuple[str, list[Estimated]]:
    """gamma or two_part, and each quantity but QALYs of one table or of imputed ones.

    Sandwich standard errors of both equations stacked; df as the linear regression has them.
    """
    models = [log_model(data) for data in sets]
    kind = TWO_PARTS if sum(one.two_parts for one in models) * 2 > len(models) else GAMMA
    asked = [one for one in asked if one.of_cost]
    n = sets[0].n
    if reason := next((one.reason for one in models if one.reason), ""):
        return kind, [refused(one, n, n, reason) for one in asked]
    found = []
    for one in asked:
        try:
            found.append(_row(one, sets, models, covariance, level))
        except NotEstimable as error:
            found.append(refused(one, n, n, str(error)))
    return kind, found


def _row(
    one: Quantity,
    sets: Sequence[Data],
    models: Sequence[CostModel],
    covariance: Covariance,
    level: float,
) -> Estimated:
    plain = inference(sets[0], ADJUSTED, one, covariance)
    got = [_estimate(one, data, own) for data, own in zip(sets, models, strict=True)]
    estimates, variances = (np.array(part) for part in zip(*got, strict=True))
    zeros = float(np.mean([own.zeros for own in models]))
    parts = "in two parts (any; how much)" if models[0].two_parts else "in one part"
    method = (
        f"gamma quasi-likelihood with a log link, {parts}, {zeros:.0%} without any cost, recycled"
        " predictions, sandwich standard error"
    )
    n, clusters = sets[0].n, plain.n_clusters
    if len(sets) == 1:
        error = float(np.sqrt(variances[0]))
        interval = t_interval(float(estimates[0]), error, plain.df, level)
        return Estimated(
            one, float(estimates[0]), error, plain.df, interval, method, n, n, clusters
        )
    made = pool(estimates, variances, plain.df)
    if made.reasons[0]:
        raise NotEstimable(made.reasons[0])
    low, high = made.interval(level)
    return Estimated(
        one, float(made.estimate[0]), float(made.std_error[0]), float(made.df[0]),
        (float(low[0]), float(high[0])), f"{method}, pooled over {made.m} imputed sets", n, n,
        clusters,
    )  # fmt: skip


def _estimate(one: Quantity, data: Data, own: CostModel) -> tuple[float, float]:
    """Estimate and variance of a weighted sum of cost and QALYs."""
    effect, influence = _qaly(data)
    estimate = one.of_cost * own.estimate + one.of_qaly * effect
    whole = one.of_cost * own.influence + one.of_qaly * influence
    clusters = units_of(data.clusters)
    codes = None if clusters is None else np.unique(clusters, return_inverse=True)[1]
    return estimate, variance(whole, codes)


def _qaly(data: Data) -> tuple[float, Floats]:
    """The arm's coefficient on QALYs, and each person's influence on it (n,)."""
    made = regressions(data, ADJUSTED)
    x = made.qaly_x
    inverse = np.linalg.inv(x.T @ x)
    coef = inverse @ (x.T @ made.qaly)
    residuals = made.qaly - x @ coef
    return float(coef[ARM]), np.asarray((x @ inverse[ARM]) * residuals * len(x))
