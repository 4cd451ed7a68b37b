"""A panel coded once for a model: what the frames of all its outcomes are cut from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis.models.spec import ModelSpec

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = {
    "person": "unit",
    "neighbourhood": "neighbourhood",
    "site": "site",
    "link_worker": "link_worker",
}
"""Level → the panel's column."""


class Labels(Mapping[str, tuple[str, ...]]):
    """Labels of each level's codes, made when they are asked for: there may be millions."""

    def __init__(self, categories: "Mapping[str, pd.Index[str] | tuple[str, ...]]") -> None:
        self._categories = categories
        self._made: dict[str, tuple[str, ...]] = {}

    def with_names(self, level: str, names: tuple[str, ...]) -> "Labels":
        """The same with other labels of a level."""
        return Labels({**self._categories, level: names})

    def __getitem__(self, level: str) -> tuple[str, ...]:
        if level not in self._made:  # asked again for every table of an estimate
            self._made[level] = tuple(self._categories[level])
        return self._made[level]

    def __iter__(self) -> Iterator[str]:
        return iter(self._categories)

    def __len__(self) -> int:
        return len(self._categories)


@dataclass
class Alike:
    """What panels share that differ in values, none of which is missing where another's is there:
    imputed sets. In the attrs of each, under ALIKE.

    index: theirs; covariates: whether values of covariates differ too; answers: level → the first
    panel's; frames: what was asked of the first one → its frame and rows.
    """

    index: "pd.Index[Any]"
    covariates: bool
    answers: dict[str, "Answers"] = field(default_factory=dict)
    frames: dict[tuple[Any, ...], tuple[Any, np.ndarray]] = field(default_factory=dict)

    def __deepcopy__(self, memo: dict[int, Any]) -> "Alike":
        return self  # a copy of the panel shares it


ALIKE = "alike"


@dataclass(frozen=True)
class Answers:
    """The m rows of a panel as a model has them.

    value, weight, arm (1 intervention, 0 control): (m,); when (m,): codes of `times`, the last
    for a row without; codes: level → (m,), -1 none; labels: of the codes; outcome (m,): codes of
    `outcomes`, -1 where a row is of another level or holds no value; alike: what it shares with
    other panels, or None.
    """

    panel: "pd.DataFrame"
    value: np.ndarray
    weight: np.ndarray
    arm: np.ndarray
    when: np.ndarray
    times: tuple[str, ...]
    codes: dict[str, np.ndarray]
    labels: Labels
    outcome: np.ndarray
    outcomes: tuple[str, ...]
    alike: Alike | None = field(default=None, repr=False, compare=False)
    _rows: dict[str, np.ndarray] = field(init=False, repr=False, default_factory=dict)

    def of(self, outcome: str) -> np.ndarray:
        """The rows (of the panel) with a value of an outcome, in the panel's order."""
        if not self._rows and self.outcomes:
            there = np.flatnonzero(self.outcome >= 0)
            order = there[np.argsort(self.outcome[there], kind="stable")]
            ends = np.cumsum(np.bincount(self.outcome[there], minlength=len(self.outcomes)))[:-1]
            self._rows.update(zip(self.outcomes, np.split(order, ends), strict=True))
        return self._rows.get(outcome, np.zeros(0, dtype=np.intp))

    def places(self, order: list[str]) -> np.ndarray:
        """For each code of `when` the place of its time in an order; -1 where it is not in it."""
        at = {name: index for index, name in enumerate(order)}
        return np.array([*(at.get(name, -1) for name in self.times), -1])


def answers_of(panel: "pd.DataFrame", spec: ModelSpec) -> Answers:
    """The panel's rows for a model; columns that are no categories are made ones."""
    alike: Alike | None = panel.attrs.get(ALIKE)
    if alike is None or not panel.index.is_(alike.index):
        return _coded(panel, spec)
    if spec.level not in alike.answers:
        alike.answers[spec.level] = replace(_coded(panel, spec), alike=alike)
        return alike.answers[spec.level]
    first = alike.answers[spec.level]
    made = replace(first, panel=panel, value=panel["value"].to_numpy(dtype=float))
    made._rows.update(first._rows)
    return made


def _coded(panel: "pd.DataFrame", spec: ModelSpec) -> Answers:
    level = _category(panel["level"])
    outcome = _category(panel["outcome"])
    time = _category(panel["time"])
    value = panel["value"].to_numpy(dtype=float)
    wanted = np.array([*(name == spec.level for name in level.cat.categories), False])
    there = wanted[_codes(level)] & ~np.isnan(value)
    arm = _category(panel["arm"])
    treated = np.array([*(name == "intervention" for name in arm.cat.categories), False])
    levels = {name: _category(panel[column]) for name, column in _COLUMNS.items()}
    return Answers(
        panel=panel,
        value=value,
        weight=panel["weight"].to_numpy(dtype=float),
        arm=treated.astype(float)[_codes(arm)],
        when=_codes(time),
        times=tuple(time.cat.categories),
        codes={name: _codes(column) for name, column in levels.items()},
        labels=Labels({name: column.cat.categories for name, column in levels.items()}),
        outcome=np.where(there, _codes(outcome), -1),
        outcomes=tuple(outcome.cat.categories),
    )


def _category(column: "pd.Series[Any]") -> "pd.Series[Any]":
    return column if column.dtype == "category" else column.astype("category")


def _codes(column: "pd.Series[Any]") -> np.ndarray:
    return np.asarray(column.cat.codes.to_numpy())
