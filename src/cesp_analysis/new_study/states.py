"""Columns that seem to hold the answers to a whole instrument, a digit an item."""

from collections.abc import Iterable, Iterator

from cesp_analysis.instruments.types import Instrument, names, read_instrument
from cesp_analysis.new_study.commented import flow
from cesp_analysis.new_study.tables import Table

_FEWEST = 5
"""Items, and answers: fewer digits may be any number, and a few numbers may look like states."""
_SHARE = 0.9
"""Of the answers that must be states: some may have lost a digit."""


def states_in(table: Table, columns: Iterable[str]) -> Iterator[str]:
    """A question for each column of `columns` whose numbers have a digit for each item of an
    instrument, within its range."""
    known = [one for one in map(read_instrument, names()) if len(one.digits()) >= _FEWEST]
    for column in columns:
        found = table.columns[column].found
        if found.kind != "whole number" or len(found.known()) < _FEWEST:
            continue
        words = [f"{value:.0f}" for value in found.known()]
        fits = [one for one in known if sum(_state(w, one) for w in words) >= _SHARE * len(words)]
        told = "".join(letter for letter in column.lower() if letter.isalnum())
        own = [one for one in fits if one.name.replace("_", "") in told]
        called = [one for one in fits if any(n in told for n in one.column_names if len(n) > 2)]
        if likely := [one.name for one in own or called or fits]:
            yield (
                f"{column} seems to hold states, one digit an item, of {' or '.join(likely)}. Is it"
                f" so (instruments: {{{likely[0]}: {{state: {flow(column)}}}}}, and its variable"
                " removed)?"
            )


def _state(word: str, one: Instrument) -> bool:
    """Whether a number is a state: a digit for each item, within its range."""
    items = one.digits()
    return len(word) == len(items) and all(
        digit.isdigit() and item.low <= int(digit) <= item.high
        for digit, item in zip(word, items, strict=True)
    )
