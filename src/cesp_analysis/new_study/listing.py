"""Which rows of a register with several rows a person list the people."""

import re
from collections.abc import Mapping, Sequence

from cesp_analysis.new_study.moments import EVENT, words_as_moments
from cesp_analysis.new_study.tables import Table

_ARM = re.compile(r"_arm_(\d+)$|\(Arm (\d+)(?::|\))")
"""The arm of a REDCap event: baseline_arm_1, or among labels Baseline (Arm 1: Usual care)."""


def listing_words(table: Table, unit: str, time: str, roles: Mapping[str, str]) -> list[str]:
    """Of each arm's events (or the times) the one in whose rows most people have a site or arm;
    the first where none has more. Of two rows a person the one without a site would count, too."""
    arms: dict[str, list[str]] = {}
    for word in words_as_moments(table, time):
        arms.setdefault(_arm(word) if time == EVENT else "", []).append(word)
    column = roles.get("site") or roles.get("arm")
    return [_fullest(table, unit, time, own, column) for own in arms.values()]


def listing_doubt(table: Table, unit: str, time: str, words: Sequence[str]) -> str:
    """A question on people who have no row among those that list them; '' if all have one."""
    ids = table.columns[unit].found.answers
    times = table.columns[time].found.answers.reindex(ids.index)
    lacking = set(ids) - set(ids[times.isin(words)])
    if not lacking:
        return ""
    said = "1 id stands" if len(lacking) == 1 else f"{len(lacking):,} ids stand"
    return (
        f"The rows of {' and '.join(words)} list the people; {said} in other rows alone, and would"
        f" not be in the study. Do they belong to it (then add their {time} to rows: below, if"
        " nobody stands there twice)?"
    )


def _fullest(table: Table, unit: str, time: str, words: Sequence[str], column: str | None) -> str:
    """The word in whose rows most people have an answer in `column`, the first of several."""
    if column is None:
        return words[0]
    ids = table.columns[unit].found.answers
    filled = ids[ids.index.isin(table.columns[column].found.answers.index)]
    times = table.columns[time].found.answers.reindex(filled.index)
    return max(words, key=lambda word: filled[times == word].nunique())


def _arm(event: str) -> str:
    found = _ARM.search(event)
    return (found[1] or found[2]) if found else ""
