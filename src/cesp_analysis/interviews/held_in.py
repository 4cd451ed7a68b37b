"""In which order interviews were held: numbers or days, as files or the table of people say."""

import re
from bisect import bisect_left
from collections.abc import Collection, Mapping
from datetime import datetime

from cesp_analysis.interviews.people import Person, Words


def in_order(
    people: Mapping[str, Person], words: Words, places: Mapping[str, str], held: Collection[str]
) -> dict[str, int]:
    """Pseudonym → its place from 1, shared by those of one day: by what is declared, else, and of
    an earlier import, as the files have them. places: where each is met first; held: those who
    count; others, of files for agreement alone, have the place that they would have among these."""
    said = {name: one.order for name, one in people.items() if one.order}
    if not said or words.earlier:
        ordered = sorted(people, key=lambda name: name not in held)
        return {name: i for i, name in enumerate(ordered, start=1)}
    for name in people:
        if name not in said:
            fact = "order: an interview has none, others have; fill it in for all or for none"
            words.add(fact, places[name])
    days = {name: _day(word) for name, word in said.items()}
    numbers = {name: _number(word) for name, word in said.items()}
    found = min(numbers, days, key=lambda own: sum(rank is None for rank in own.values()))
    rank = {name: own for name, own in found.items() if own is not None}
    for name in said:
        if name not in rank:
            kind = "number" if found is numbers else "day"
            fact = f"order: '{said[name]}' is no {kind} like the others; write numbers or days"
            words.add(f"{fact} (YYYY-MM-DD) throughout", places[name])
    ordered_ranks = sorted(rank[name] for name in held if name in rank)
    return {name: 1 + bisect_left(ordered_ranks, own) for name, own in rank.items()}


def _number(word: str) -> float | None:
    return float(word) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", word) else None


def _day(word: str) -> float | None:
    """A day, YYYY-MM-DD, with a time or without, in seconds; None of another word."""
    if not re.match(r"\d{4}-\d\d-\d\d([ T]|$)", word):
        return None
    try:
        day = datetime.fromisoformat(word).replace(tzinfo=None)
    except ValueError:
        return None
    return (day - datetime.min).total_seconds()
