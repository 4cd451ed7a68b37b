"""One outcome's answers of the people who enter a model: what was answered, what was imputed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.missing.sets import Completing, Sets, entering
from cesp_analysis.models.spec import ModelSpec

if TYPE_CHECKING:
    import pandas as pd

Marks = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True)
class OutcomeSets:
    """n people at t times, of one outcome: those who enter the model, of its analysis set.

    people: ids; arm (n,): 1 the intervention, 0 the control; times: names; first: index of the
    reference time; observed (n, t): what was answered, as intercurrent events have it, NaN where
    nothing was; gaps (n, t): what was imputed; filled (m, n, t): the sets, NaN where there is no
    answer to impute; at: rows of the panel, their person and time.
    """

    people: tuple[str, ...]
    arm: Codes
    times: tuple[str, ...]
    first: int
    observed: Floats
    gaps: Marks
    filled: Floats
    at: tuple[Codes, Codes, Codes]
    completing: Completing

    @property
    def later(self) -> Marks:
        """Gaps (n, t) at other times than the reference: those that shifts move."""
        return np.asarray(self.gaps & (np.arange(len(self.times)) != self.first))

    def panel(self, number: int, filled: Floats) -> "pd.DataFrame":
        """The rows of the panel in set `number` with these answers (n, t)."""
        rows, person, time = self.at
        made = self.completing.panel(number)
        value = made["value"].to_numpy(dtype=float).copy()
        value[rows] = filled[person, time]
        other = made.assign(value=value)
        if not np.array_equal(np.isnan(filled), np.isnan(self.filled[number])):
            other.attrs = {}  # frames of the sets are not selected anew: here others are missing
        return other

    def unit_of(self, column: str) -> Codes:
        """Codes (n,) of a column of the panel at the reference time, within sites; without one,
        a person is a unit."""
        rows, person, time = self.at
        base = self.completing.base.iloc[rows[time == self.first]]
        names = np.array([f"\n{one}" for one in self.people], dtype=object)
        known = base[column].notna().to_numpy()
        sites = base["site"].astype("str").to_numpy()[known]
        labels = base[column].astype("str").to_numpy()[known]
        where = person[time == self.first][known]
        names[where] = [f"{site}\n{label}" for site, label in zip(sites, labels, strict=True)]
        return np.unique(names.astype(str), return_inverse=True)[1]


def outcome_sets(panel: "pd.DataFrame", spec: ModelSpec, outcome: str, sets: Sets) -> OutcomeSets:
    """Of people's panel and the sets; spec: with this outcome alone.

    Those whom the model leaves out are left out here, once: no profile, no jackknife unit, no SD
    and no group of those who are lost is of anybody else than the estimate.
    """
    ready = Completing.of(panel, spec, sets)
    base = ready.base
    times = tuple(moment.name for moment in spec.moments())
    own = ((base["outcome"] == outcome) & base["time"].isin(times)).to_numpy()
    units = base["unit"].astype("str")
    rows = np.flatnonzero(own & units.isin(entering(spec, ready, outcome)).to_numpy())
    people, person = np.unique(units.to_numpy()[rows], return_inverse=True)
    place = {name: index for index, name in enumerate(times)}
    time = np.array([place[one] for one in base["time"].iloc[rows].astype("str")], dtype=int)
    shape = (len(people), len(times))
    observed, filled = np.full(shape, np.nan), np.full((ready.m, *shape), np.nan)
    observed[person, time] = base["value"].to_numpy(dtype=float)[rows]
    filled[:] = observed
    at = np.full(len(base), -1)
    at[rows] = np.arange(len(rows))
    gaps = np.zeros(shape, dtype=bool)
    for cells, values in ready.parts:
        inside = at[cells] >= 0
        where = at[cells[inside]]
        gaps[person[where], time[where]] = True
        filled[:, person[where], time[where]] = values.values[:, inside]
    arm = np.zeros(len(people), dtype=int)
    arm[person] = (base["arm"].iloc[rows] == "intervention").to_numpy()
    first = times.index(spec.reference_time().name)
    return OutcomeSets(
        tuple(people.tolist()),
        arm,
        times,
        first,
        observed,
        gaps,
        filled,
        (rows, person, time),
        ready,
    )
