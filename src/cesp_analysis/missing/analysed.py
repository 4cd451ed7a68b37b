"""A model's rows of one outcome, pooled over completed sets whose answers may be moved."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.missing.of_answers import Equation, estimates_of
from cesp_analysis.missing.outcome_sets import OutcomeSets, outcome_sets
from cesp_analysis.missing.pooled_rows import pooled_rows
from cesp_analysis.missing.pooling import Pooled, pool
from cesp_analysis.missing.sets import Sets
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.results import Estimate, Fit
from cesp_analysis.models.robust import RobustSpec
from cesp_analysis.models.sandwich import welch_df
from cesp_analysis.models.spec import ModelSpec


@dataclass(frozen=True)
class Found:
    """An estimate with its interval, in the row's unit; or the reason why there is none.

    monte_carlo: its error from a finite number of sets; None: nothing is drawn.
    """

    estimate: float | None = None
    std_error: float | None = None
    df: float | None = None
    low: float | None = None
    high: float | None = None
    reason: str = ""
    monte_carlo: float | None = None

    @property
    def share(self) -> float:
        """The Monte Carlo error in standard errors; 0 where nothing is drawn."""
        return self.monte_carlo / self.std_error if self.monte_carlo and self.std_error else 0.0


@dataclass(frozen=True)
class Parts:
    """Estimates (q, m), parts (q, m, c) that sum to their squared errors, and whose df they make.

    counts (c,): of Welch's cells, the same in all sets; None: df (m,) of each set's design.
    """

    estimates: Floats
    squares: Floats
    counts: Codes | None
    df: Floats


def pooled_parts(estimates: Floats, squares: Floats, parts: Parts) -> Pooled:
    """Pooled estimates (m, g) with parts (m, g, c) of their squared errors; df as `parts` says."""
    if parts.counts is None:
        df = np.broadcast_to(parts.df[:, None], estimates.shape)
    else:
        df = welch_df(squares, parts.counts)
    return pool(estimates, squares.sum(axis=-1), df)


@dataclass(frozen=True)
class Analysis:
    """One outcome of an imputed model: rows of the first set, and all that others are made of.

    spec: with this outcome alone; rows: estimate → its row in the first set; equations: of each
    set, or one for all whose design is the same; empty: the kind is no least squares.
    """

    spec: ModelSpec
    outcome: str
    answers: OutcomeSets
    rows: dict[str, Estimate]
    equations: tuple[dict[str, Equation], ...]

    @cached_property
    def linear(self) -> bool:
        """Whether estimates are linear in the answers, by least squares."""
        return bool(self.equations)

    @property
    def m(self) -> int:
        """How many sets there are."""
        return len(self.answers.filled)

    def equation(self, number: int, estimate: str) -> Equation:
        """A row's equation in set `number`."""
        return self.equations[number if len(self.equations) > 1 else 0][estimate]

    def parts(self, estimate: str, answers: Floats) -> "Parts":
        """A row of least squares in sets whose answers (q, m, n, t) are moved in q ways.

        Ways do not differ in the first answers. Raises NotEstimable.
        """
        q, m = answers.shape[:2]
        one = self.equation(0, estimate)
        if len(self.equations) == 1 and one.baseline is None:
            found = one.many(answers.reshape(q * m, *answers.shape[2:]))
            squares = found.squares.reshape(q, m, -1)
            df = np.full(m, found.df)
            return Parts(found.estimates.reshape(q, m), squares, found.counts, df)
        each = [
            self.equation(at, estimate).at(answers[0, at]).many(answers[:, at]) for at in range(m)
        ]
        return Parts(
            np.stack([one.estimates for one in each], axis=1),
            np.stack([one.squares for one in each], axis=1),
            each[0].counts,
            np.array([one.df for one in each]),
        )

    def moved(self, estimate: str, parts: Parts, number: int) -> Found:
        """The answers as they were moved the number-th time, pooled."""
        values, squares = parts.estimates[number][:, None], parts.squares[number][:, None]
        pooled = pooled_parts(values, squares, parts)
        return from_pooled(pooled, self.rows[estimate].ci_level)

    def pooled(self, filled: Floats, estimates: Sequence[str]) -> dict[str, Found]:
        """Rows with answers (m, n, t), by Rubin's rules; of other kinds by fitting each set."""
        if self.linear:
            return {one: self._pooled(one, filled) for one in estimates}
        rows = {one.row.estimate_id: one for one in pooled_rows(self._fitted(filled))}
        return {
            one: replace(from_row(rows[one].row), monte_carlo=rows[one].cost.get("monte_carlo"))
            for one in estimates
        }

    def _pooled(self, estimate: str, filled: Floats) -> Found:
        try:
            parts = self.parts(estimate, filled[None])
        except NotEstimable as error:
            return Found(reason=str(error))
        return self.moved(estimate, parts, 0)

    def _fitted(self, filled: Floats) -> list[Fit]:
        kind: Any = self.spec
        return [kind.fit(self.answers.panel(at, one)) for at, one in enumerate(filled)]

    @cached_property
    def on_answers(self) -> dict[str, Estimate]:
        """The rows on the answers that there are, nothing imputed."""
        kind: Any = self.spec.model_copy(update={"missing_data": None})
        return {row.estimate_id: row for row in kind.fit(self.answers.completing.base).estimates}


def from_pooled(pooled: Pooled, level: float) -> Found:
    """A pooled estimate with its interval."""
    if pooled.reasons[0]:
        return Found(reason=pooled.reasons[0])
    low, high = pooled.interval(level)
    return Found(
        float(pooled.estimate[0]),
        float(pooled.std_error[0]),
        float(pooled.df[0]),
        float(low[0]),
        float(high[0]),
        monte_carlo=float(pooled.monte_carlo[0]),
    )


def from_row(row: Estimate) -> Found:
    """The numbers of a row."""
    if row.status != "estimated":
        return Found(reason=row.reason or row.status)
    return Found(row.estimate, row.std_error, row.df, row.ci_low, row.ci_high)


def analysis_of(panel: Any, spec: ModelSpec, outcome: str, sets: Sets) -> Analysis:
    """An imputed model's analysis of one of its outcomes."""
    own: Any = _alone(spec, outcome)
    answers = outcome_sets(panel, own, outcome, sets)
    fits = [own.fit(answers.panel(0, answers.filled[0]))]
    equations: list[dict[str, Equation]] = []
    if isinstance(spec, RobustSpec):
        if answers.completing.covariates:
            numbers = range(1, len(answers.filled))
            fits += [own.fit(answers.panel(at, answers.filled[at])) for at in numbers]
        equations = [estimates_of(own, fit, answers) for fit in fits]
    rows = {row.estimate_id: row for row in fits[0].estimates}
    made = {one for one, row in rows.items() if row.status == "estimated"}
    held = set.intersection(*(set(one) for one in equations)) if equations else set()
    for one in made - held if equations else ():
        reason = "some of the imputed sets give no estimate"
        rows[one] = rows[one].not_estimable(reason)
    return Analysis(own, outcome, answers, rows, tuple(equations))


def _alone(spec: ModelSpec, outcome: str) -> ModelSpec:
    """The model of one outcome, with what else that outcome needs."""
    own = spec.model_copy(update={"outcomes": (outcome,)})
    needed = {outcome, *own.further_outcomes().values()}
    handlings = {name: how for name, how in own.context.handlings.items() if name in needed}
    return own.model_copy(update={"study": own.context.model_copy(update={"handlings": handlings})})
