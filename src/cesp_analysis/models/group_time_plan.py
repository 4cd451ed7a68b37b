"""Which group-time effects a staggered start holds, and which averages of them are asked for.

A group is those whose intervention began between the same two of the model's times. Its effect at a
time is a comparison of changes since a base time before its start (Callaway & Sant'Anna 2021). All
this follows from the study file alone, so that every row has its name whatever the data hold.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Codes
from cesp_analysis.declared.design import Moment

if TYPE_CHECKING:
    from cesp_analysis.models.group_time import GroupTime

NEVER = 1_000_000
"""The start, as a place in the order of times, of those who never get the intervention."""
TREATED = "difference in mean change among the treated (ATT)"
BEFORE = "difference in mean change before the start"


@dataclass(frozen=True)
class Cell:
    """The effect on a group at a time, as change since a base: places in the order of times."""

    group: int
    time: int
    base: int


@dataclass(frozen=True)
class Average:
    """A row: the cells that it averages, and its words.

    of: which simultaneous intervals it is part of; tail: end of its estimate_id; time: the one time
    it speaks of, None if it is several.
    """

    of: str
    tail: str
    estimand: str
    contrast: str
    cells: tuple[Cell, ...]
    time: Moment | None = None


def start_of(spec: "GroupTime", arm: str, site: str | None = None) -> int:
    """The place, among the model's times, of the first at which an arm's site (or people) had the
    intervention; as many as there are times: after the last."""
    if arm != "intervention":
        return NEVER
    study = spec.context.times
    first = spec.context.started.get(site or "", study[min(1, len(study) - 1)].position)
    return sum(moment.position < first for moment in spec.moments())


def groups_of(spec: "GroupTime") -> list[int]:
    """The starts that have a base time before them and a time of the model at or after them."""
    sites = spec.context.sites
    starts = {start_of(spec, site.arm, site.name) for site in sites}
    starts |= set() if sites else {start_of(spec, "intervention")}
    last = len(spec.moments())
    return sorted(start for start in starts if spec.anticipation < start < last)


def cells_of(spec: "GroupTime") -> list[Cell]:
    """Every group at every time that has a base: the time before, or the last before the start."""
    found = []
    for group in groups_of(spec):
        last = group - spec.anticipation - 1
        for time in range(len(spec.moments())):
            early = time <= last and spec.base == "varying"
            base = time - 1 if early else last
            if base >= 0 and base != time:
                found.append(Cell(group, time, base))
    return found


def averages_of(spec: "GroupTime") -> list[Average]:
    """The rows that a model gives of each outcome, in their order."""
    cells = cells_of(spec)
    made: dict[str, Callable[[GroupTime, list[Cell]], Iterator[Average]]] = {
        "overall": _overall,
        "since_start": _since_start,
        "by_start": _by_start,
        "by_time": _by_time,
        "group_time": _single,
    }
    return [row for name, rows in made.items() if name in spec.effects for row in rows(spec, cells)]


def _after(cells: list[Cell]) -> tuple[Cell, ...]:
    return tuple(cell for cell in cells if cell.time >= cell.group)


def _overall(spec: "GroupTime", cells: list[Cell]) -> Iterator[Average]:
    said = "all times since the start, all starts"
    yield Average("overall", "", f"{TREATED}, average over starts and times", said, _after(cells))


def _since_start(spec: "GroupTime", cells: list[Cell]) -> Iterator[Average]:
    moments = spec.moments()

    def gap(cell: Cell) -> float:
        return round(moments[cell.time].position - moments[cell.group].position, 9)

    for since in sorted({gap(cell) for cell in cells}):
        own = tuple(cell for cell in cells if gap(cell) == since)
        unit = f"{abs(since):g} {spec.context.time_unit}"
        if since < 0:
            tail, said = f"before_{-since:g}", f"{unit} before the first time with the intervention"
            estimand = f"{BEFORE}, by time before it"
        else:
            tail, said = f"since_{since:g}", f"{unit} after the first time with the intervention"
            said = said if since else "at the first time with the intervention"
            estimand = f"{TREATED}, by time since the start"
        yield Average("since_start", tail, estimand, said, own)


def _by_start(spec: "GroupTime", cells: list[Cell]) -> Iterator[Average]:
    for group in groups_of(spec):
        own = tuple(cell for cell in _after(cells) if cell.group == group)
        moment = spec.moments()[group]
        said = f"{began(spec, group)}, average of their times since"
        yield Average("by_start", f"from_{moment.name}", f"{TREATED}, by start", said, own)


def _by_time(spec: "GroupTime", cells: list[Cell]) -> Iterator[Average]:
    for place, moment in enumerate(spec.moments()):
        own = tuple(cell for cell in _after(cells) if cell.time == place)
        if own:
            said = f"at {moment.label}, all that had begun"
            yield Average("by_time", moment.name, f"{TREATED}, by calendar time", said, own, moment)


def _single(spec: "GroupTime", cells: list[Cell]) -> Iterator[Average]:
    for cell in cells:
        group, moment = spec.moments()[cell.group], spec.moments()[cell.time]
        what = TREATED if cell.time >= cell.group else BEFORE
        said = f"{began(spec, cell.group)}, change to {moment.label}"
        said += f" from {spec.moments()[cell.base].label}"
        tail = f"from_{group.name}/{moment.name}"
        yield Average("group_time", tail, f"{what}, by start and time", said, (cell,))


def began(spec: "GroupTime", group: int) -> str:
    """'sites that began by Month 6', of a group."""
    noun = "sites" if spec.context.sites else "people"
    return f"{noun} that began by {spec.moments()[group].label}"


def others(spec: "GroupTime") -> str:
    """Those with whom a group is compared, in words."""
    if spec.comparison == "not_yet_treated":
        return "those without the intervention so far"
    return "those that never get the intervention"


def compares(starts: Codes, cell: Cell, not_yet: int | None) -> NDArray[np.bool_]:
    """Which of the starts (n,) compare with a cell; not_yet: times of anticipation if those who
    have not begun compare, None if those alone do who never begin."""
    late = NEVER - 1 if not_yet is None else max(cell.time, cell.base) + not_yet
    return np.asarray((starts > late) & (starts != cell.group), dtype=bool)


def unheld(spec: "GroupTime", outcome: str, cell: Cell) -> str | None:
    """Why the study file holds no such comparison, whoever answers; None if it does."""
    context = spec.context
    asked = context.outcomes[outcome].times
    for moment in (spec.moments()[cell.base], spec.moments()[cell.time]):
        if moment.name in context.without_file:
            return f"no file feeds {moment.label} yet"
        if asked and moment.name not in asked:
            return f"it is not asked at {moment.label}"
    starts = [start_of(spec, site.arm, site.name) for site in context.sites] or [NEVER]
    not_yet = spec.anticipation if spec.comparison == "not_yet_treated" else None
    return None if compares(np.array(starts), cell, not_yet).any() else "nobody is left to compare"
