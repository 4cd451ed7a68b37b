"""When: times and waves, as names of files or the words of a column say it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from cesp_analysis.new_study.tables import Table, slug

_NUMBERS = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    "twenty",
)  # fmt: skip
_SPELT = {word: at for at, word in enumerate(_NUMBERS, start=1)} | {"twenty_four": 24}
SPELT = "|".join(sorted(_SPELT, key=len, reverse=True))
"""Numbers that are written in words, for patterns: months and weeks are counted so."""
_BEGIN = r"(?:^|(?<=_))"
_START = re.compile(rf"{_BEGIN}(baseline|pre(?:_?test)?|before|enroll?ment)(?=_|$)")
_AFTER = re.compile(
    rf"{_BEGIN}((\d{{1,3}}|(?:{SPELT})(?=_?[a-z]{{2}}))_?"
    r"(months?|mths?|m|weeks?|wks?|w|years?|yrs?|y|days?))(?=_|$)"
)
_BEFORE = re.compile(
    rf"{_BEGIN}((months?|mths?|m|weeks?|wks?|years?|yrs?|days?)_?"
    rf"(\d{{1,3}}|(?<=_)(?:{SPELT})))(?=_|$)"
)
_NUMBERED = re.compile(
    rf"{_BEGIN}((wave|round|visit|time(?:_?point)?|follow_?up|fu|t|w)_?"
    rf"(\d{{1,2}}|(?<=_)(?:{SPELT})))(?=_|$)"
)
_YEAR = re.compile(rf"{_BEGIN}((?:19|20)\d\d)(?=_|$)")
_LATER = re.compile(rf"{_BEGIN}(follow_?up|fu|post(?:_?test)?|after|final)(?=_|$)")
_AT_START = re.compile(r"start|begin(ning)?|intake|entry|admission|screening|pre_?treatment")
_AT_END = re.compile(r"end|exit|discharge|post_?treatment|last|(first|last)_follow_?up")
_COUNTED = re.compile(
    r"(assessment|session|occasion|phase|period|sweep|stage|measurement)_?(\d{1,3})"
)
"""Words that are moments where they are all of a cell; files are called so for other reasons."""
_POST, _FINAL = re.compile(r"post|after|end|discharge|exit"), re.compile(r"final|last")
_UNITS = {"m": "months", "w": "weeks", "y": "years", "d": "days"}
EVENT = "redcap_event_name"
"""The column of REDCap's events."""
_FIRST_YEAR = 1900  # as _YEAR finds them
_IN_MONTHS = {"months": 1.0, "weeks": 12 / 52, "years": 12.0, "days": 12 / 365.25}


@dataclass(frozen=True)
class DraftMoment:
    """A time or wave. position: where it stands, if the words say it; unit: of that position."""

    name: str
    label: str
    position: float | None = None
    unit: str | None = None

    @property
    def is_year(self) -> bool:
        """Whether it is a year of the calendar, of which no other unit is counted."""
        return self.unit == "years" and (self.position or 0.0) >= _FIRST_YEAR


def moment_in(text: str) -> DraftMoment | None:
    """The moment that a file's name or a word says, if it says one."""
    words = slug(text)
    if found := _AFTER.search(words):
        return _counted(found[1], found[2], found[3])
    if found := _BEFORE.search(words):
        return _counted(found[1], found[3], found[2])
    if found := _START.search(words):
        return DraftMoment(found[1], _shown(found[1]), 0.0)
    if found := _NUMBERED.search(words):
        return _nth(found[2], found[3])
    if found := _YEAR.search(words):
        return DraftMoment(found[1], found[1], float(found[1]), "years")
    if found := _LATER.search(words):
        return DraftMoment(found[1], _shown(found[1]))
    return None


def moment_meant(word: str) -> DraftMoment | None:
    """The moment that a cell of a column says, if it says one: a cell may be shorter than a file's
    name."""
    plain = slug(word)
    if found := moment_in(word):
        return found
    if _AT_START.fullmatch(plain):
        return DraftMoment(plain, _shown(plain), 0.0)
    if found_nth := _COUNTED.fullmatch(plain):
        return _nth(found_nth[1], found_nth[2])
    return DraftMoment(plain, _shown(plain)) if _AT_END.fullmatch(plain) else None


def _shown(word: str) -> str:
    return word.replace("_", "-").capitalize()


def _nth(what: str, number: str) -> DraftMoment:
    """The n-th wave, visit or follow-up."""
    n = _SPELT.get(number)
    name = f"{what}{n or number}".replace("_", "")
    n = n or int(number)
    return DraftMoment(name, f"{what.replace('_', ' ').capitalize()} {n}", float(n))


def _counted(word: str, number: str, unit_as_written: str) -> DraftMoment:
    """So many months, weeks, years or days after the start; the number in digits or as a word."""
    unit = _UNITS[unit_as_written[0]]
    n = _SPELT[number] if number in _SPELT else int(number)
    shown = number.replace("_", "-").capitalize() if number in _SPELT else str(n)
    label = f"{shown} {unit.removesuffix('s') if n == 1 else unit}"
    return DraftMoment(slug(word), label, float(n), unit)


def moment_of(word: str, label: str = "", unit: str = "") -> DraftMoment:
    """The moment that a word of a column stands for; `unit`: what plain numbers in it count."""
    plain = label or word
    if unit and re.fullmatch(r"\d{1,3}", plain):
        plain = f"{unit} {plain}"
    found = moment_meant(plain)
    if found is not None:
        return found
    name = slug(label or word) or "time"
    number = float(word) if re.fullmatch(r"\d{1,4}", word) and not label else None
    return DraftMoment(name, label or word.replace("_", " ").capitalize(), number)


def words_as_moments(table: Table, column: str) -> dict[str, DraftMoment]:
    """Raw word → moment, earliest first; one event of several REDCap arms is one moment."""
    own = table.columns[column]
    unit = next(
        (u for u in ("month", "week", "year", "day") if re.search(rf"(^|_){u}s?(_|$)", own.slug)),
        "",
    )
    found = {}
    for word in map(str, own.found.answers.unique()):
        label = own.codes.get(word, "")
        apart = word.rpartition("_arm_")[0] if column == EVENT else ""
        found[word] = moment_of(apart or word, label, unit)
    return _earliest_first(found)


def _earliest_first(found: dict[str, DraftMoment]) -> dict[str, DraftMoment]:
    """In the order of positions. Of moments without one the start is first, an end right after it
    or after all; of others the file's order says more, also than positions that some have."""
    open_ones = [m for m in found.values() if m.position is None]
    if not all(_POST.match(m.name) or _FINAL.match(m.name) for m in open_ones):
        found = {w: m if m.position == 0 else replace(m, position=None) for w, m in found.items()}
        return dict(sorted(found.items(), key=lambda pair: pair[1].position is None))
    counted = sorted(at for m in found.values() if (at := _months(m)) is not None and at > 0)
    soonest = next((m for m in found.values() if counted and _months(m) == counted[0]), None)
    if soonest is not None:  # the end of what was done comes before follow-ups
        half = {"position": (soonest.position or 0.0) / 2, "unit": soonest.unit}
        found = {
            w: replace(m, **half) if m.position is None and not _FINAL.match(m.name) else m  # type: ignore[arg-type]
            for w, m in found.items()
        }
    last = float("inf")
    return dict(sorted(found.items(), key=lambda p: last if (at := _months(p[1])) is None else at))


def _months(moment: DraftMoment) -> float | None:
    """Its position in months; as it is, where it has no unit."""
    if moment.position is None:
        return None
    return moment.position * _IN_MONTHS.get(str(moment.unit), 1.0)


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
    if unit != "years" and all(moment.is_year for moment in each):
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
