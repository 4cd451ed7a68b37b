"""Imputed sets of people, and the panel that each of them completes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis import contracts
from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.missing.tables import (
    Handled,
    ImputationTable,
    Imputed,
    ImputedCovariates,
)
from cesp_analysis.models.answers import ALIKE, Alike
from cesp_analysis.models.frame import frame_of
from cesp_analysis.models.spec import ModelSpec

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Values:
    """k imputed cells of one outcome (or covariate, without times): units (k,), times (k,), values
    (m, k); categories: what the numbers 0, 1 … of a covariate stand for, none: they are numbers."""

    units: "np.ndarray[Any, Any]"
    times: "np.ndarray[Any, Any]"
    values: Floats
    categories: tuple[str, ...] = ()


Place = tuple[str, str]
"""A handling, and an outcome or covariate."""


@dataclass(frozen=True)
class Said:
    """What estimates must repeat of the imputation of a variable: its time ('': a covariate), its
    group, one sentence."""

    time: str
    group: str
    text: str


@dataclass(frozen=True)
class Sets:
    """m imputed sets: what was imputed in outcomes and covariates, and, of outcomes, what stands
    after intercurrent events in every set (`replaced`, values (1, k), NaN where nothing does).

    said: what estimates must repeat.
    """

    m: int
    outcomes: Mapping[Place, Values]
    covariates: Mapping[Place, Values]
    replaced: Mapping[Place, Values]
    said: Mapping[Place, tuple[Said, ...]] = field(default_factory=dict)

    def first(self, m: int) -> "Sets":
        """The first m of the sets."""
        outcomes, covariates = _cut(self.outcomes, m), _cut(self.covariates, m)
        return Sets(m, outcomes, covariates, self.replaced, self.said)


def _cut(cells: Mapping[Place, Values], m: int) -> dict[Place, Values]:
    return {
        place: Values(own.units, own.times, own.values[:m], own.categories)
        for place, own in cells.items()
    }


def read_sets(files: Sequence[Path], least: int) -> Sets:
    """The sets of the files imputed, imputed_covariates, handled and imputation.csv, in this order;
    least: how many there are where nothing was imputed, so that no file says it."""
    imputed, covariates = (
        contracts.read(files[0], Imputed),
        contracts.read(files[1], ImputedCovariates),
    )
    m = max([int(table["set"].max()) for table in (imputed, covariates) if len(table)] or [least])
    return Sets(
        m,
        _by_place(imputed, "outcome", m),
        _by_place(covariates, "covariate", m),
        _by_place(contracts.read(files[2], Handled), "outcome", 1),
        _said(contracts.rows(files[3], ImputationTable)),
    )


def _said(rows: Iterable[Mapping[str, Any]]) -> dict[Place, tuple[Said, ...]]:
    """Handling and variable → what estimates must repeat."""
    found: dict[Place, tuple[Said, ...]] = {}
    for row in rows:
        place = row["handling"], row["variable"]
        texts = (row["repeated"] or "").split(" | ")
        said = (Said(row["time"] or "", row["group"], text) for text in texts if text)
        found[place] = (*found.get(place, ()), *said)
    return found


def _by_place(table: "pd.DataFrame", what: str, m: int) -> dict[Place, Values]:
    """Handling and variable → its cells; rows are ordered by set, the same cells in each."""
    found = {}
    for (handling, name), own in table.groupby(["handling", what], observed=True, sort=False):
        k = len(own) // m
        one = own[:k]
        words = own.get("category")
        known = words is not None and bool(words.notna().any())
        found[str(handling), str(name)] = Values(
            units=one["unit"].astype("str").to_numpy(),
            times=one["time"].astype("str").to_numpy() if "time" in one else np.empty(0, dtype=str),
            values=own["value"].to_numpy(dtype=float).reshape(m, k),
            categories=_categories(own) if known else (),
        )
    return found


def _categories(own: "pd.DataFrame") -> tuple[str, ...]:
    """The categories that numbers 0, 1 … stand for, as far as any was imputed."""
    pairs = own[["value", "category"]].drop_duplicates().sort_values("value")
    named = dict(zip(pairs["value"].astype(int), pairs["category"].astype(str), strict=True))
    return tuple(named.get(at, "") for at in range(max(named) + 1))


@dataclass(frozen=True)
class Completing:
    """The rows of the panel that a model uses, ready to be completed.

    base: with answers after events as they are handled; parts: rows of the base and the cells that
    fill them; covariates: name, rows of the base, which of the cells, the cells; not_there: rows
    whose answer an event takes away for good; said: as of the sets, what estimates must repeat.
    """

    base: "pd.DataFrame"
    parts: tuple[tuple[Codes, Values], ...]
    covariates: tuple[tuple[str, Codes, Codes, Values], ...]
    not_there: Codes
    m: int
    said: Mapping[tuple[str, str], tuple[Said, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, panel: "pd.DataFrame", spec: ModelSpec, sets: Sets) -> "Completing":
        """What `spec` needs of the panel of people and of the sets, by its handlings."""
        names = {one: how.name for one, how in spec.context.handlings.items()}
        rows = panel[(panel["level"] == "person") & panel["outcome"].isin(list(names))]
        base = rows.reset_index(drop=True)
        value = base["value"].to_numpy(dtype=float).copy()
        parts, covariates, gone = [], [], [np.empty(0, dtype=int)]
        for outcome, handling in names.items():
            own = np.flatnonzero((base["outcome"] == outcome).to_numpy())
            units, times = (base[n].iloc[own].astype("str").to_numpy() for n in ("unit", "time"))
            place = dict(zip(zip(units, times, strict=True), own.tolist(), strict=True))
            if changed := sets.replaced.get((handling, outcome)):
                rows_of = _found(place, changed)
                value[rows_of] = changed.values[0]
                gone.append(rows_of)
            if cells := sets.outcomes.get((handling, outcome)):
                parts.append((_found(place, cells), cells))
            for name in spec.covariates:
                if known := sets.covariates.get((handling, name)):
                    at = {unit: number for number, unit in enumerate(known.units)}
                    number = np.array([at.get(unit, -1) for unit in units], dtype=int)
                    covariates.append((name, own[number >= 0], number[number >= 0], known))
        filled = np.concatenate([np.empty(0, dtype=int), *(at for at, _ in parts)])
        not_there = np.setdiff1d(np.concatenate(gone), filled)
        made = base.assign(value=value)
        made.attrs = {}
        return cls(made, tuple(parts), tuple(covariates), not_there, sets.m, sets.said)

    @property
    def complete(self) -> bool:
        """Whether nothing is imputed: every set is the base itself."""
        return not self.parts and not self.covariates

    @cached_property
    def _alike(self) -> Alike:
        return Alike(self.base.index, bool(self.covariates))

    def panel(self, number: int) -> "pd.DataFrame":
        """The rows as set `number` (0 to m - 1) completes them."""
        value = self.base["value"].to_numpy(dtype=float).copy()
        for at, cells in self.parts:
            value[at] = cells.values[number]
        made: dict[str, Any] = {"value": value}
        for name, rows, chosen, known in self.covariates:
            column = made.get(name, self.base[name])
            made[name] = _with(column, rows, known.values[number, chosen], known)
        completed = self.base.assign(**made)
        completed.attrs = {ALIKE: self._alike}
        return completed


def entering(spec: ModelSpec, ready: Completing, outcome: str) -> set[str]:
    """Ids of those with a record of an outcome that a model takes: not whose covariate is missing,
    nor who is not of its analysis set."""
    frame = frame_of(ready.panel(0), spec, outcome)
    names = frame.names["person"]
    return {names[code] for code in np.unique(frame.codes["person"])}


def completed(panel: "pd.DataFrame", spec: ModelSpec, sets: Sets, number: int) -> "pd.DataFrame":
    """The rows of the panel that a model uses, as set `number` (0 to m - 1) completes them."""
    return Completing.of(panel, spec, sets).panel(number)


def _found(place: Mapping[tuple[str, str], int], cells: Values) -> Codes:
    keys = zip(cells.units, cells.times, strict=True)
    return np.array([place[key] for key in keys], dtype=int)


def _with(column: "pd.Series[Any]", rows: Codes, values: Floats, known: Values) -> "pd.Series[Any]":
    """A column with imputed numbers, or the categories that they stand for, in some rows."""
    filled = column.copy()
    if not known.categories:
        filled.iloc[rows] = values
        return filled
    words = np.array(known.categories, dtype=object)[values.astype(int)]
    filled.iloc[rows] = words
    return filled
