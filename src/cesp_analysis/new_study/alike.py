"""Files that look like one another: the same answers a second time, or the survey of another wave.

Nobody but the study's own people can tell, so each is a question; what would count answers twice,
or pool years, is left undecided.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import pandas as pd

from cesp_analysis.new_study.entry import Entry
from cesp_analysis.new_study.moments import DraftMoment

_SAME = 0.5  # of the smaller file's ids, or columns, that another has as well: it is like it
_APART = 90  # days without an answer: fieldwork of one wave does not rest so long


def compared(entries: Sequence[Entry]) -> list[Entry]:
    """The same entries; those that look like another's have a question, waves their dates' order"""
    result = list(entries)
    for at, entry in enumerate(result):
        if other := next((o for o in result[:at] if _again(entry, o)), None):
            doubt = _which_counts(entry, other, result)
            result[at] = replace(entry, undecided=True, doubt=doubt)
    return _waves(result)


def _again(entry: Entry, other: Entry) -> bool:
    """Whether a file holds what another one holds: the same units, times and questions."""
    if entry.table is other.table or entry.unit is None or entry.one_row_per != "unit_and_time":
        return False
    same_times = {m.name for m in entry.moments.values()} & {m.name for m in other.moments.values()}
    if entry.level not in ("person", "respondent") or entry.level != other.level or not same_times:
        return False
    return _share(_ids(entry), _ids(other)) > _SAME and _same_questions(entry, other)


def _ids(entry: Entry) -> set[str]:
    return set(entry.table.columns[entry.unit].found.answers) if entry.unit else set()


def _same_questions(entry: Entry, other: Entry) -> bool:
    return _share(set(entry.reads), set(other.reads)) > _SAME


def _share(own: set[str], others: set[str]) -> float:
    """Of the smaller set, how much the other has as well."""
    return len(own & others) / max(min(len(own), len(others)), 1)


def _which_counts(entry: Entry, other: Entry, entries: Sequence[Entry]) -> str:
    whose = "people" if entry.level == "person" else "respondents"
    own, others = _ids(entry), _ids(other)
    number, more = len(own & others), (len(own - others), len(others - own))
    alone = f" ({more[0]:,} more only here, {more[1]:,} only there)" if any(more) else ""
    times = ", ".join(m.name for m in entry.moments.values())
    return (
        f"It looks like {other.name} once more: the same {number:,} {whose} at {times}{alone}"
        f"{_differing(entry, other)}. Which of the two counts? {_choice(entry, other, entries)}"
        " If both do, they need different times. Which?"
    )


def _choice(entry: Entry, other: Entry, entries: Sequence[Entry]) -> str:
    """What to do when one of two files counts; of files that several entries read, of all."""
    here, there = ([e.name for e in entries if e.table is one.table] for one in (entry, other))
    if len(here) == len(there) == 1:
        return "Take the entry of the other out of files:, and write the time below."
    mine, older = entry.table.file.path, other.table.file.path
    return (
        f"If {mine} does, write its path in place of {older} in {', '.join(there)}; in either case"
        f" take {', '.join(here)} out of files:."
    )


def _differing(entry: Entry, other: Entry) -> str:
    """How many answers differ, and to which questions; '' where rows cannot be laid side by side"""
    if not (entry.unit and other.unit) or "time" in entry.roles:
        return ""
    if not all(e.table.columns[e.unit].found.answers.is_unique for e in (entry, other) if e.unit):
        return ""
    counts: dict[str, int] = {}
    for column in (name for name in entry.reads if name in other.reads):
        here, there = (_by_id(e, column) for e in (entry, other))
        both = here.index.intersection(there.index)
        if differ := int((here[both] != there[both]).sum()):
            counts[column] = differ
    if not counts:
        return ", with the same answers"
    total, named = sum(counts.values()), ", ".join([*counts][:5])
    said = "1 answer differs" if total == 1 else f"{total:,} answers differ"
    return f"; {said} ({named}{', …' if len(counts) > 5 else ''})"


def _by_id(entry: Entry, column: str) -> "pd.Series[str]":
    """Id → answer, '' where there is none."""
    assert entry.unit is not None
    ids = entry.table.columns[entry.unit].found.answers
    answers = entry.table.columns[column].found.answers.astype("str").reindex(ids.index)
    return pd.Series(answers.fillna("").to_numpy(), index=ids.astype("str").to_numpy())


def _waves(entries: list[Entry]) -> list[Entry]:
    """Surveys whose names say no wave: each group of alike ones parted by their dates."""
    result = list(entries)
    free = [i for i, e in enumerate(entries) if e.assumed and not e.undecided]
    while free:
        first = entries[free[0]]
        group = [i for i in free if i == free[0] or _same_questions(entries[i], first)]
        free = [i for i in free if i not in group]
        if len(group) > 1:
            for i, entry in zip(group, _parted([entries[i] for i in group]), strict=True):
                result[i] = entry
    return result


def _parted(entries: list[Entry]) -> Iterator[Entry]:
    """Waves in the order of their dates, or all undecided where dates do not part them."""
    names = " and ".join(entry.name for entry in entries)
    spans = [span for entry in entries if (span := _span(entry))]
    starts = sorted(spans)
    apart = len(spans) == len(entries) and all(
        (after[0] - before[1]).days >= _APART for before, after in pairwise(starts)
    )
    if not apart:
        for entry in entries:
            doubt = f"{names} ask the same, and neither their names nor dates say of which wave"
            doubt += " they are. Write it below, and under waves: each. Which?"
            yield replace(entry, undecided=True, doubt=doubt)
        return
    for entry, span in zip(entries, spans, strict=True):
        number = starts.index(span) + 1
        months = round((span[0] - starts[0][0]).days / (365.25 / 12))
        dated = " to ".join(dict.fromkeys(f"{day:%Y-%m}" for day in span))
        moment = DraftMoment(f"wave{number}", f"Wave {number} ({dated})", float(months), "months")
        doubt = f"{names} are taken for waves of their own, as their dates lie apart. Are they?"
        yield replace(entry, moments={"": moment}, doubt=doubt)


def _span(entry: Entry) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """First and last date on which rows were collected, if that can be told."""
    if "date" not in entry.roles:
        return None
    found = entry.table.columns[entry.roles["date"]].found
    if found.values is None or len(found.ways) != 1:
        return None
    return found.values.min(), found.values.max()
