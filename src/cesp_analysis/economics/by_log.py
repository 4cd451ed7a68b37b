"""Costs by a gamma model with a log link, in two parts where many cost nothing."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cesp_analysis.economics.data import ADJUSTED, Data, regressions
from cesp_analysis.economics.estimated import (
    ARM,
    COST_ALONE,
    Estimated,
    refused,
    units_of,
)
from cesp_analysis.economics.gamma_cost import Form, ModelledCost, form_of, modelled_cost
from cesp_analysis.missing.pooling import pool
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.student import t_interval

NAMES: dict[Form, str] = {"gamma": "gamma", "two parts": "two_part"}


def log_row(sets: Sequence[Data], level: float) -> tuple[str, Estimated]:
    """gamma or two_part, and the incremental cost of one table or, pooled, of imputed ones.

    Costs are adjusted for those of before, which a log cannot take off. HC2, or CR2 of clusters.
    """
    n = sets[0].n
    if n == 0:
        return NAMES["gamma"], refused(COST_ALONE, 0, 0, "of nobody are costs and QALYs known")
    form: Form = form_of(sets[0].cost)
    try:
        found = [_modelled(data, form) for data in sets]
    except NotEstimable as error:
        return NAMES[form], refused(COST_ALONE, n, n, str(error))
    zeros = float(np.mean([one.zeros for one in found]))
    method = found[0].method
    clusters = units_of(sets[0].clusters)
    number = None if clusters is None else len(np.unique(clusters))
    if len(sets) == 1:
        one = found[0]
        interval = t_interval(one.delta, one.std_error, one.df, level)
        return NAMES[form], Estimated(
            COST_ALONE, one.delta, one.std_error, one.df, interval, method, n, n, number,
            zeros=zeros,
        )  # fmt: skip
    pooled = pool(
        np.array([one.delta for one in found]),
        np.array([one.std_error**2 for one in found]),
        float(np.mean([one.df for one in found])),
    )
    if pooled.reasons[0]:
        return NAMES[form], refused(COST_ALONE, n, n, pooled.reasons[0])
    low, high = pooled.interval(level)
    return NAMES[form], Estimated(
        COST_ALONE, float(pooled.estimate[0]), float(pooled.std_error[0]), float(pooled.df[0]),
        (float(low[0]), float(high[0])), f"{method}, pooled over {pooled.m} imputed sets", n, n,
        number, zeros=zeros,
    )  # fmt: skip


def _modelled(data: Data, form: Form) -> ModelledCost:
    """Costs of before enter as log(1 + cost / mean): a line in pounds would multiply what the
    dearest are expected to cost without end. One imputed below 0 counts as 0."""
    if data.equal_cost is not None:
        mean = max(float(data.equal_cost.mean()), 0.0)
        data = replace(data, equal_cost=np.log1p(np.maximum(data.equal_cost, 0) / (mean or 1)))
    made = regressions(data, ADJUSTED)
    return modelled_cost(made.cost, made.cost_x, ARM, units_of(data.clusters), form)
