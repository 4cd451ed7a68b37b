"""One estimate that is pushed: its plane of shifts and its scenarios, made once, and its rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.columns import Row
from cesp_analysis.declared.missing_sensitivity import Pattern, PatternShift
from cesp_analysis.missing import sensitivity_words as words
from cesp_analysis.missing.analysed import Analysis, Found, Parts
from cesp_analysis.missing.deltas import Size
from cesp_analysis.missing.lost_groups import group_of
from cesp_analysis.missing.outcome_sets import Marks, OutcomeSets
from cesp_analysis.missing.tipping import POINTS, Exact, exact, shifted, six
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.results import Estimate

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Scenario:
    """A pattern of an outcome: what is added to its answers (n, t); of each group which of
    them it moves, and by how much, in the outcome's unit."""

    name: str
    pattern: Pattern
    by: Floats
    groups: tuple[tuple[PatternShift, Marks, float], ...]


def scenarios_of(
    patterns: dict[str, Pattern],
    size: Size | str,
    answers: OutcomeSets,
    due: Floats,
    events: "pd.DataFrame",
) -> tuple[Scenario, ...]:
    """The patterns of config as shifts of an outcome's answers; due (t,): until when
    answers at its times count.

    size: a reason where the outcome bears no shift: then nobody is in a group.
    """
    found = []
    for name, pattern in patterns.items():
        by, groups = np.zeros(answers.gaps.shape), []
        for shift in pattern.shifts:
            if isinstance(size, str):
                continue
            marks = group_of(shift, answers, events, due)
            amount = size.worse * shift.worse * size.in_unit(shift.unit)
            by += amount * marks
            groups.append((shift, marks, amount))
        found.append(Scenario(name, pattern, by, tuple(groups)))
    return tuple(found)


@dataclass(frozen=True)
class Pushed:
    """One estimate. names: how the two sides are called; imputed: people with an imputed answer in
    it; size: of its shifts, or why it bears none; limit: a Monte Carlo error, in standard
    errors, above which a row warns; parts: of a regression, the six points of its
    plane and then its scenarios, in order."""

    analysis: Analysis
    estimate: str
    names: words.Places
    imputed: int | None
    size: Size | str
    scenarios: tuple[Scenario, ...]
    parts: Parts | None
    limit: float

    @property
    def row(self) -> Estimate:
        """Its row in the first set."""
        return self.analysis.rows[self.estimate]

    @property
    def lost(self) -> str:
        """Why the model has no such estimate; '' where it has."""
        row = self.row
        return "" if row.status == "estimated" else row.reason or row.status

    @property
    def decimals(self) -> int:
        """Decimals of the outcome."""
        return self.analysis.spec.context.outcomes[self.analysis.outcome].decimals

    @property
    def unit(self) -> str:
        """The outcome's unit."""
        return self.analysis.spec.context.outcomes[self.analysis.outcome].unit

    @property
    def times(self) -> list[int]:
        """The times that it speaks of, by their number; all where it holds for all."""
        return times_of(self.analysis, self.estimate)

    @cached_property
    def as_imputed(self) -> Found:
        """Pooled where nothing is shifted."""
        return self.at(0.0, 0.0)

    @cached_property
    def plane(self) -> Exact | None:
        """The whole plane of shifts, of a regression."""
        if self.parts is None or isinstance(self.size, str):
            return None
        return exact(self.parts, self.size.sd, self.row.ci_level)

    def at(self, a: float, b: float) -> Found:
        """Pooled with shifts at the intervention and at the control."""
        if (plane := self.plane) is None:
            return self.pooled(shifted(self.analysis, a, b))
        found = plane(np.array([a]), np.array([b]))
        numbers = {field.name: float(getattr(found, field.name)[0]) for field in fields(found)}
        return Found(reason="", **numbers)

    def of(self, scenario: Scenario) -> Found:
        """Pooled under a scenario."""
        if self.lost or isinstance(self.size, str):
            return Found(reason=self.lost or str(self.size))
        if self.parts is None:
            return self.pooled(self.analysis.answers.filled + scenario.by)
        number = len(POINTS) + self.scenarios.index(scenario)
        return self.analysis.moved(self.estimate, self.parts, number)

    def pooled(self, filled: Floats) -> Found:
        """Pooled over answers (m, n, t)."""
        if self.lost:
            return Found(reason=self.lost)
        return self.analysis.pooled(filled, [self.estimate])[self.estimate]

    def line(
        self,
        assumption: str,
        found: Found,
        sentence: str,
        told: Sequence[str] = (),
        **more: Any,
    ) -> Row:
        """A row of the table; told: its own warnings; more: what differs from a row by Rubin's
        rules."""
        row = self.row
        above = words.above(found.share, self.limit) if found.share > self.limit else ""
        warnings = more.pop("warnings", [words.of_first_set(text) for text in row.warnings])
        return {
            "estimate_id": self.estimate,
            "model": row.model,
            "outcome": row.outcome,
            "time": row.time,
            "assumption": assumption,
            "variant": None,
            "label": words.ASSUMPTIONS[assumption].label,
            "sentence": sentence,
            "descriptive": "no",
            "variance": "Rubin",
            "variance_is": words.BY_RUBIN,
            "shift_intervention": None,
            "shift_control": None,
            "status": self._status(found),
            "reason": found.reason or None,
            "estimate": found.estimate,
            "std_error": found.std_error,
            "df": found.df,
            "ci_low": found.low,
            "ci_high": found.high,
            "ci_level": row.ci_level,
            "unit": row.unit,
            "n_units": row.n_units,
            "n_imputed": self.imputed,
            "m": self.analysis.m,
            "monte_carlo": found.monte_carlo,
            "method": row.method,
            "warnings": " | ".join(one for one in (*warnings, *told, above) if one) or None,
        } | more

    def _status(self, found: Found) -> str:
        """As the model's own row has it, where there is no such estimate at all."""
        if not found.reason:
            return "estimated"
        return self.row.status if found.reason == self.lost else "not_estimable"


def parts_of(
    analysis: Analysis, estimate: str, size: Size | str, scenarios: tuple[Scenario, ...]
) -> Parts | None:
    """The six points and the scenarios of a regression, made together: each set is taken up once.

    None: no regression, no such estimate, or nothing varies where answers are moved.
    """
    there = analysis.rows[estimate].status == "estimated"
    if not analysis.linear or isinstance(size, str) or not there:
        return None
    moved = [analysis.answers.filled + scenario.by for scenario in scenarios]
    try:
        return analysis.parts(
            estimate, np.concatenate([six(analysis, size.sd), *(one[None] for one in moved)])
        )
    except NotEstimable:
        return None


def pushed_of(
    analysis: Analysis,
    names: words.Places,
    size: Size | str,
    scenarios: tuple[Scenario, ...],
    limit: float,
) -> Iterator[Pushed]:
    """The outcome's estimates, those too that the model cannot make."""
    for estimate, row in analysis.rows.items():
        there = row.status == "estimated"
        yield Pushed(
            analysis,
            estimate,
            names,
            _imputed(analysis, estimate) if there else None,
            size,
            scenarios,
            parts_of(analysis, estimate, size, scenarios),
            limit,
        )


def _imputed(analysis: Analysis, estimate: str) -> int:
    """People of an estimate with an answer in it that was imputed."""
    answers, times = analysis.answers, times_of(analysis, estimate)
    there = np.isfinite(answers.filled[0][:, times]).all(axis=1)
    return int((answers.gaps[:, times].any(axis=1) & there).sum())


def times_of(analysis: Analysis, estimate: str) -> list[int]:
    """The reference time and the row's own, by their number; all where it holds for all."""
    answers, row = analysis.answers, analysis.rows[estimate]
    if row.time is None:
        return list(range(len(answers.times)))
    return [answers.first, answers.times.index(row.time)]
