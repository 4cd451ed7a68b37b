"""Records of a staggered start as arrays: who began when, who is compared with whom."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.frame import Frame
from cesp_analysis.models.group_time_engine import Rows, Sides
from cesp_analysis.models.group_time_plan import (
    NEVER,
    Cell,
    began,
    compares,
    groups_of,
    others,
    start_of,
)
from cesp_analysis.models.group_time_sums import Strata
from cesp_analysis.models.rows import needed

if TYPE_CHECKING:
    from cesp_analysis.models.group_time import GroupTime


@dataclass(frozen=True)
class Rollout:
    """m units: people, or the n records of cross-sections.

    frame: the n records; at (m, times): the record of each unit at each time, -1 none; group (m,):
    place of its first time with the intervention; cluster (m,): 0..c-1, site (m,): codes, x (m, p),
    sampling (m,), all as at the unit's first record; panel: whether units are people; said: on
    records that enter no comparison.
    """

    frame: Frame
    at: Codes
    group: Codes
    cluster: Codes
    site: Codes
    x: Floats
    sampling: Floats
    panel: bool
    said: tuple[str, ...]

    def mass(self, group: int) -> float:
        """The weight of a group in averages over groups: its people or records."""
        return float(self.sampling[self.group == group].sum())

    @cached_property
    def strata(self) -> Strata:
        """The strata of the clusters: starts (clusters across them: one), and of different people
        each time also the times, as the means that are compared are of one time each."""
        n, times = int(self.cluster.max()) + 1, self.at.shape[1]
        start, when = np.zeros(n, dtype=np.intp), np.zeros(n, dtype=np.intp)
        start[self.cluster] = self.group
        if np.any(start[self.cluster] != self.group):
            start[:] = NEVER
        share = np.bincount(self.cluster, self.sampling, n).astype(float)
        if self.panel:
            return Strata(start, share, start)
        when[self.cluster] = self.frame.time  # units are records
        if np.any(when[self.cluster] != self.frame.time):
            return Strata(start, share, start)
        return Strata(start * times + when, share, start, "start by start and time by time")

    def sides(self, cell: Cell, not_yet: int | None) -> tuple[Codes, Sides]:
        """The units (k,) of one comparison, and what is compared; not_yet: times of anticipation if
        those who have not begun compare, None if those alone do who never begin."""
        treated = self.group == cell.group
        other = compares(self.group, cell, not_yet)
        there = self.at[:, [cell.base, cell.time]] >= 0
        asked = there.all(axis=1) if self.panel else there.any(axis=1)
        units = np.flatnonzero((treated | (other & ~treated)) & asked)
        y = self.frame.y
        if self.panel:
            values, after = y[self.at[units, cell.time]] - y[self.at[units, cell.base]], None
        else:
            after = self.at[units, cell.time] >= 0
            values = y[np.where(after, self.at[units, cell.time], self.at[units, cell.base])]
        return units, Sides(values, treated[units], after, self.x[units], self.sampling[units])

    def records(self, units: Codes, cell: Cell) -> Codes:
        """The records of units that a comparison rests on."""
        found = self.at[units][:, [cell.base, cell.time]].ravel()
        return found[found >= 0]


def rollout_of(spec: "GroupTime", frame: Frame) -> Rollout:
    """The records of one outcome, by unit."""
    n, times, panel = frame.n, len(spec.moments()), spec.design == "panel"
    unit = np.unique(frame.codes["person"], return_inverse=True)[1] if panel else np.arange(n)
    at = np.full((int(unit.max(initial=-1)) + 1, times), -1)
    at[unit, frame.time] = np.arange(n)
    first = at[:, -1].copy()
    for place in range(times - 2, -1, -1):
        first = np.where(at[:, place] >= 0, at[:, place], first)
    group = _starts(spec, frame)
    level = spec.cluster if frame.has(spec.cluster) else "person"
    cluster = np.unique(frame.codes[level][first], return_inverse=True)[1]
    sampling = frame.weight[first] if spec.weighted else np.ones(len(first))
    return Rollout(
        frame=frame,
        at=at,
        group=group[first],
        cluster=cluster,
        site=frame.codes["site"][first],
        x=frame.covariates[first],
        sampling=sampling,
        panel=panel,
        said=(*_moved(frame, unit, first, group), *_outside(spec, frame, group)),
    )


def _starts(spec: "GroupTime", frame: Frame) -> Codes:
    """The start (n,) of each record's site, or of its arm where there are no sites."""
    arms = np.where(frame.arm == 1, start_of(spec, "intervention"), NEVER)
    if not spec.context.sites:
        return arms
    starts = {one.name: start_of(spec, one.arm, one.name) for one in spec.context.sites}
    own = np.array([*(starts.get(name, NEVER) for name in frame.names["site"]), NEVER])
    code = frame.codes["site"]
    return np.where(code >= 0, own[code], arms)


def _moved(frame: Frame, unit: Codes, first: Codes, group: Codes) -> tuple[str, ...]:
    """A sentence on people with records of several starts."""
    other = np.zeros(len(first), bool)
    other[unit[group != group[first][unit]]] = True
    if not (n := int(other.sum())):
        return ()
    return (
        f"{n} {'person has' if n == 1 else 'people have'} records at sites that began at different"
        " times; each counts where the first record is",
    )


def _outside(spec: "GroupTime", frame: Frame, group: Codes) -> tuple[str, ...]:
    """Sentences on starts that no comparison of the model's times can tell of."""
    known, last = groups_of(spec), len(spec.moments())
    early = (group < last) & ~np.isin(group, known)
    said = []
    if early.any():
        names = _sites(frame, early)
        said.append(
            f"no time before the start{names}: {int(early.sum())} records there enter nothing"
        )
    if (group == last).any():
        names = _sites(frame, group == last)
        waits = spec.comparison == "not_yet_treated"
        what = "compared as not yet begun" if waits else "enters nothing"
        said.append(f"the intervention began after the last time{names}: {what}")
    return tuple(said)


def _sites(frame: Frame, rows: np.ndarray) -> str:
    codes = np.unique(frame.codes["site"][rows])
    names = [frame.names["site"][code] for code in codes if code >= 0]
    return f" at {', '.join(names)}" if names else ""


def sides_of(spec: "GroupTime", cell: Cell, sides: Sides) -> Iterator[tuple[str, str, Rows]]:
    """Those whose mean a comparison has: who, when in words, which of the units (k,); of people
    who answered both times each side once, of different people each side at either time."""
    moments = spec.moments()
    base, time = moments[cell.base].label, moments[cell.time].label
    for who, rows in ((began(spec, cell.group), sides.treated), (others(spec), ~sides.treated)):
        if sides.after is None:
            yield who, f"{base} and {time}", rows
        else:
            yield who, time, rows & sides.after
            yield who, base, rows & ~sides.after


def compared(spec: "GroupTime", frame: Frame, cell: Cell, sides: Sides) -> str | None:
    """Why there is no comparison: nobody is on a side, or one person (or respondent) alone, whose
    answer tells no variance; None if each side holds more."""
    held = list(sides_of(spec, cell, sides))
    for who, when, rows in held:
        if not rows.any():
            return f"nobody of {who} has a value at {when}"
    noun = "person" if spec.level == "person" else "respondent"
    for who, when, rows in held:
        if rows.sum() == 1:
            return f"{who} hold one {noun} with {needed(spec, frame)} at {when}"
    return None
