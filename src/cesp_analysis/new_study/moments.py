"""When: times and waves, as names of files or the words of a column say it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from cesp_analysis.new_study.tables import Table, slug

_BEGIN = r"(?:^|(?<=_))"
_START = re.compile(rf"{_BEGIN}(baseline|pre|before|enrol?ment)(?=_|$)")
_AFTER = re.compile(rf"{_BEGIN}((\d{{1,3}})_?(months?|mths?|m|weeks?|wks?|w|years?|yrs?|y))(?=_|$)")
_BEFORE = re.compile(rf"{_BEGIN}((months?|mths?|m|weeks?|wks?|years?|yrs?)_?(\d{{1,3}}))(?=_|$)")
_NUMBERED = re.compile(rf"{_BEGIN}((wave|round|visit|time|follow_?up|t|w)_?(\d{{1,2}}))(?=_|$)")
_YEAR = re.compile(rf"{_BEGIN}((?:19|20)\d\d)(?=_|$)")
_LATER = re.compile(rf"{_BEGIN}(follow_?up|post|after|final)(?=_|$)")
_UNITS = {"m": "months", "w": "weeks", "y": "years"}
EVENT = "redcap_event_name"
"""The column of REDCap's events."""
_FIRST_YEAR = 1900  # as _YEAR finds them
_IN_MONTHS = {"months": 1.0, "weeks": 12 / 52, "years": 12.0}


@dataclass(frozen=True)
class DraftMoment:
    """A time or wave. position: where it stands, if the words say it; unit: of that position."""

    name: str
    label: str
    position: float | None = None
    unit: str | None = None


def moment_in(text: str) -> DraftMoment | None:
    """The moment that a file's name or a word says, if it says one."""
    words = slug(text)
    if found := _AFTER.search(words):
        return _counted(found[1], int(found[2]), found[3])
    if found := _BEFORE.search(words):
        return _counted(found[1], int(found[3]), found[2])
    if found := _START.search(words):
        return DraftMoment(found[1], found[1].capitalize(), 0.0)
    if found := _NUMBERED.search(words):
        name, label = found[1].replace("_", ""), found[2].replace("_", " ").capitalize()
        return DraftMoment(name, f"{label} {int(found[3])}", float(found[3]))
    if found := _YEAR.search(words):
        return DraftMoment(found[1], found[1], float(found[1]), "years")
    if found := _LATER.search(words):
        return DraftMoment(found[1], found[1].replace("_", "-").capitalize())
    return None


def _counted(word: str, number: int, unit_as_written: str) -> DraftMoment:
    """So many months, weeks or years after the start."""
    unit = _UNITS[unit_as_written[0]]
    label = f"{number} {unit.removesuffix('s') if number == 1 else unit}"
    return DraftMoment(slug(word), label, float(number), unit)


def moment_of(word: str, label: str = "") -> DraftMoment:
    """The moment that a word of a column stands for."""
    found = moment_in(label or word)
    if found is not None:
        return found
    name = slug(label or word) or "time"
    number = float(word) if re.fullmatch(r"\d{1,4}", word) and not label else None
    return DraftMoment(name, label or word.replace("_", " ").capitalize(), number)


def words_as_moments(table: Table, column: str) -> dict[str, DraftMoment]:
    """Raw word → moment, earliest first; one event of several REDCap arms is one moment."""
    own = table.columns[column]
    found = {}
    for word in map(str, own.found.answers.unique()):
        label = own.codes.get(word, "")
        apart = word.rpartition("_arm_")[0] if column == EVENT else ""
        found[word] = moment_of(apart or word, label)
    places = {word: moment.position for word, moment in found.items()}
    if None in places.values():  # then the file's order says more
        return {word: replace(moment, position=None) for word, moment in found.items()}
    return dict(sorted(found.items(), key=lambda pair: places[pair[0]] or 0.0))


def in_order(
    moments: Iterable[DraftMoment], unit: str | None = None
) -> tuple[list[DraftMoment], str]:
    """The moments, each once, in the order of their positions, and the unit of these.

    One that does not say where it stands comes last, in the order of the files. `unit`: one that is
    settled already, as times and waves share it.
    """
    each = list({moment.name: moment for moment in moments}.values())
    units = {moment.unit for moment in each if moment.unit}
    unit = unit or (units.pop() if len(units) == 1 else "months")
    if unit != "years" and all(_is_year(moment) for moment in each):
        first = min(moment.position or 0.0 for moment in each) if each else 0.0
        each = [replace(moment, position=(moment.position or 0.0) - first) for moment in each]
    known = [_placed(moment, unit) for moment in each if moment.position is not None]
    known.sort(key=lambda moment: moment.position or 0.0)
    result: list[DraftMoment] = []
    for moment in [*known, *(moment for moment in each if moment.position is None)]:
        last = result[-1].position if result else None
        at = moment.position
        if last is not None and (at is None or at <= last):
            at = last + 1
        result.append(replace(moment, position=at or 0.0))
    return _labelled_apart(result), unit


def one_time_twice(moments: Iterable[DraftMoment], unit: str) -> Iterator[str]:
    """A question for moments under several names that may be one; `unit`: of plain positions."""
    at: dict[tuple[float, str], list[str]] = {}
    for moment in moments:
        if moment.position is not None:
            own = "" if moment.position == 0 else moment.unit or unit
            at.setdefault((moment.position, own), []).append(moment.name)
    for names in (list(dict.fromkeys(found)) for found in at.values()):
        if len(names) > 1:
            yield (
                f"Are {' and '.join(names)} one time under several names? Then keep {names[0]}, and"
                " write it under time: wherever the others stand. Are they?"
            )


def _is_year(moment: DraftMoment) -> bool:
    """Whether it is a year of the calendar, of which no other unit is counted."""
    return moment.unit == "years" and (moment.position or 0.0) >= _FIRST_YEAR


def _placed(moment: DraftMoment, unit: str) -> DraftMoment:
    """The same moment, its position in the unit of all."""
    if moment.unit in (None, unit) or moment.position is None:
        return moment
    factor = _IN_MONTHS[str(moment.unit)] / _IN_MONTHS[unit]
    return replace(moment, position=round(moment.position * factor, 2))


def _labelled_apart(moments: list[DraftMoment]) -> list[DraftMoment]:
    labels = [moment.label for moment in moments]
    return [
        replace(moment, label=f"{moment.label} ({moment.name})")
        if labels.count(moment.label) > 1
        else moment
        for moment in moments
    ]
