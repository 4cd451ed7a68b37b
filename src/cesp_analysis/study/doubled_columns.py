"""No column is two items: then one of them would be counted twice, and the other not at all."""

from collections.abc import Iterator
from pathlib import Path

from cesp_analysis.declared.files import RawFile
from cesp_analysis.errors import CespError
from cesp_analysis.instruments.types import Instrument, read_instrument
from cesp_analysis.study.study import Study


def doubled_columns(study: Study, folder: Path) -> Iterator[str]:
    """One line for each column of a file that an entry reads as two items of an instrument.

    `folder`: the study's, where its own instruments' files are.
    """
    own = {name: folder / entry.path for name, entry in study.instruments.items()}
    for name, entry in study.files.items():
        file = entry.with_form(study.forms)
        try:
            known = [read_instrument(own.get(one, one)) for one in file.instruments]
        except CespError:  # the instrument's own file is at fault, and is named for it
            continue
        yield from _of_file(f"files.{name}", file, known)


def _of_file(place: str, file: RawFile, known: list[Instrument]) -> Iterator[str]:
    for (name, pattern), instrument in zip(file.instruments.items(), known, strict=True):
        first: dict[str, str] = {}  # another questionnaire may share items, as a short form does
        for item in instrument.items:
            question = f"{name}.{item.code}"
            if not isinstance(pattern, str) or "{item}" not in pattern:
                break  # one column of states (state_columns.py), or told as a fault of its own
            if not file.asked(question).asked:
                continue
            column = file.item_column(name, item.code)
            if (other := first.setdefault(column, question)) != question:
                yield (
                    f"{place}: column '{column}' would be read as {other} and as {question};"
                    " correct renamed, instruments or crosswalk, so that each has its own"
                )
