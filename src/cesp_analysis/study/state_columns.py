"""What must be right of a column that holds all answers to an instrument as one state."""

from collections.abc import Iterator
from pathlib import Path

from cesp_analysis.declared.crosswalk import Asked
from cesp_analysis.declared.files import RawFile
from cesp_analysis.declared.instruments import StateColumn
from cesp_analysis.errors import CespError, no_such
from cesp_analysis.instruments.types import Instrument, read_instrument
from cesp_analysis.study.study import Study


def broken_states(study: Study, folder: Path) -> Iterator[str]:
    """One line for each column of states that cannot be one.

    `folder`: the study's, where its own instruments' files are.
    """
    own = {name: folder / entry.path for name, entry in study.instruments.items()}
    for name, entry in study.files.items():
        file = entry.with_form(study.forms)
        for instrument, how in file.instruments.items():
            if not isinstance(how, StateColumn):
                continue
            try:
                known = read_instrument(own.get(instrument, instrument))
            except CespError:  # its own file is at fault, and is named for it
                continue
            yield from _of_one(f"files.{name}.instruments.{instrument}", how, known)
            yield from _asked_otherwise(f"files.{name}.crosswalk", instrument, how, file, known)


def _of_one(place: str, how: StateColumn, known: Instrument) -> Iterator[str]:
    codes = [item.code for item in known.items]
    for word in how.columns:
        if word not in codes:
            yield f"{place}.columns: {no_such('item', word, codes)}"
    columns = [how.state, *how.columns.values()]
    for column in dict.fromkeys(one for one in columns if columns.count(one) > 1):
        yield f"{place}: column '{column}' would be read twice; give each item its own"
    for item in known.items:
        if not how.lacks(item.code, item.optional) and not 0 <= item.low <= item.high <= 9:
            yield (
                f"{place}.state: item {item.code} has answers from {item.low} to {item.high}, which"
                f" no digit holds; name its own column: columns: {{{item.code}: COLUMN}}"
            )


def _asked_otherwise(
    place: str, instrument: str, how: StateColumn, file: RawFile, known: Instrument
) -> Iterator[str]:
    """A digit of a state may be turned; it has no column, no codes of its own."""
    for item in known.items:
        asked = file.crosswalk.get(f"{instrument}.{item.code}", Asked())
        if asked not in (Asked(), Asked(reversed=True)):
            yield (
                f"{place}.{instrument}.{item.code}: is read from column '{how.state}', one digit"
                " an item: only reversed can be said of it"
            )
