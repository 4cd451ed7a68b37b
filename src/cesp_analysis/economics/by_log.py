"""Costs by a gamma model with a log link, in two parts where many cost nothing.

Adjusted for what the linear estimate is: covariates, utility and costs at baseline; costs as their
logarithm, since a line in pounds would multiply what the dearest are expected to cost without end.
In people of a skewed cost the answer hangs on this choice, so `method` says it. No cost has no
logarithm: it counts as the lowest that anybody had, and, where five or more had none, by itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.economics.amounts import ADJUSTED
from cesp_analysis.economics.data import Data, data_of, no_regression
from cesp_analysis.economics.estimated import COST_ALONE, Estimated, left_out, refused
from cesp_analysis.economics.frame import Frame
from cesp_analysis.economics.gamma_cost import Form, ModelledCost, form_of, modelled_cost
from cesp_analysis.economics.imputing import observed_of
from cesp_analysis.economics.too_few import enough, too_few
from cesp_analysis.economics.two_regressions import ARM, units_of
from cesp_analysis.missing.pooling import pool
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.student import t_interval
from cesp_analysis.numbers import listed

APART = 5
"""People without costs before from whom on whether there were any is a column of its own."""
NAMES: dict[Form, str] = {"gamma": "gamma", "two parts": "two_part"}


@dataclass(frozen=True)
class Shape:
    """One model or two parts; apart: whether to have had no costs before is a column of its own."""

    form: Form
    apart: bool


def shape_of(frame: Frame) -> Shape:
    """By the costs that are known of people: the same whatever is done about missing data, for
    every imputed set, whatever is drawn; gamma where no total is known."""
    data = data_of(frame, observed_of(frame))
    known = data.cost[np.isfinite(data.cost)]
    form: Form = form_of(known) if len(known) else "gamma"
    return Shape(form, nothing_before(data) >= APART)


def log_row(sets: Sequence[Data], level: float, shape: Shape) -> tuple[str, Estimated]:
    """gamma or two_part, and the incremental cost of one table or, pooled, of imputed ones.

    Costs before cannot be taken off under a log: there is no gain over baseline. HC2, or CR2 of
    clusters.
    """
    n = sets[0].n
    zeros = float(np.mean([np.mean(data.cost == 0) for data in sets])) if n else None
    form = shape.form
    apart = shape.apart and all(nothing_before(data) >= APART for data in sets)
    try:
        enough(sets[0])
        found = [_modelled(data, form, apart) for data in sets]
    except NotEstimable as error:
        return NAMES[form], replace(refused(COST_ALONE, n, n, str(error)), zeros=zeros)
    method = f"{found[0].method}; {adjusted_for(sets[0], apart)}"
    clusters = units_of(sets[0].clusters)
    number = None if clusters is None else len(np.unique(clusters))
    if len(sets) == 1:
        one = found[0]
        interval = t_interval(one.delta, one.std_error, one.df, level)
        return NAMES[form], Estimated(
            COST_ALONE, one.delta, one.std_error, one.df, interval, method, n, n, number,
            tuple(left_out(sets[0], ADJUSTED)), zeros=zeros,
        )  # fmt: skip
    pooled = pool(
        np.array([one.delta for one in found]),
        np.array([one.std_error**2 for one in found]),
        float(np.mean([one.df for one in found])),
    )
    if reason := pooled.reasons[0] or too_few(float(pooled.df[0])):
        return NAMES[form], replace(refused(COST_ALONE, n, n, reason), zeros=zeros)
    low, high = pooled.interval(level)
    return NAMES[form], Estimated(
        COST_ALONE, float(pooled.estimate[0]), float(pooled.std_error[0]), float(pooled.df[0]),
        (float(low[0]), float(high[0])), f"{method}, pooled over {pooled.m} imputed sets", n, n,
        number, zeros=zeros, monte_carlo=float(pooled.monte_carlo[0]),
    )  # fmt: skip


def _modelled(data: Data, form: Form, apart: bool) -> ModelledCost:
    start = [np.ones(data.n), data.treated.astype(float), *data.covariates.T, data.utility]
    x = np.column_stack([*start, *_before(data, apart)])
    try:
        return modelled_cost(data.cost, x, ARM, units_of(data.clusters), form)
    except NotEstimable as error:
        raise NotEstimable(no_regression(error, data, x)) from error


def nothing_before(data: Data) -> int:
    """How many people had no costs before; one imputed below 0 counts as none."""
    return 0 if data.base_cost is None else int((data.base_cost <= 0).sum())


def _before(data: Data, apart: bool) -> Iterator[Floats]:
    """Costs before as columns (n,): their logarithm, whether there were any."""
    cost = data.base_cost
    if cost is None or not (cost > 0).any():
        return
    own = np.log(np.where(cost > 0, cost, cost[cost > 0].min()))
    if np.ptp(own) > 0:
        yield own - own.mean()
    if apart:
        yield (cost <= 0).astype(float)


def adjusted_for(data: Data, apart: bool) -> str:
    """What the model is adjusted for, in words."""
    names = ["covariates"] if data.covariates.shape[1] else []
    names += ["utility at baseline"]
    if data.base_cost is not None:
        none = ", and whether there were any" if apart else ""
        names += [f"the logarithm of costs before (none: as the lowest{none})"]
    linear = "" if data.base_cost is None else ", where linear estimates have them in £"
    return f"adjusted for {listed(names)}{linear}"
