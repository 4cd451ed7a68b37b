"""What must be right of a file's crosswalk and item_values, and of the mode and version that it
declares."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from cesp_analysis.declared.crosswalk import MODES, Asked
from cesp_analysis.declared.files import RawFile, Variable
from cesp_analysis.declared.instruments import StateColumn
from cesp_analysis.errors import CespError, no_such
from cesp_analysis.instruments.types import Instrument, read_instrument
from cesp_analysis.study.questions import number_of
from cesp_analysis.study.study import Study


def broken_ways_of_asking(place: str, file: RawFile) -> Iterator[str]:
    """How respondents were asked is declared of their files alone, in the words that there are."""
    if file.level != "respondent":
        for part in ("mode", "version", "crosswalk"):
            if getattr(file, part):
                yield (
                    f"{place}.{part}: is for files of respondents (level: respondent);"
                    f" {_else(part)}"
                )
        return
    if file.mode is not None:
        named = [file.mode.constant] if file.mode.constant else [*(file.mode.values or {}).values()]
        for word in named:
            if word not in MODES:
                yield f"{place}.mode: {no_such('mode', word, MODES)}"


def _else(part: str) -> str:
    """What a file of others has in place of what is for respondents' files."""
    if part != "crosswalk":
        return "remove it"
    return (
        "remove it (a column by another name: column, or renamed; answers of items in words:"
        " item_values: {INSTRUMENT: {WORD: CODE, …}}; of a variable: its values)"
    )


def broken_crosswalks(study: Study, folder: Path) -> Iterator[str]:
    """One line for each question of a crosswalk that is none, or that cannot be read so.

    `folder`: the study's, where its own instruments' files are.
    """
    own = {name: folder / entry.path for name, entry in study.instruments.items()}
    known: dict[str, Instrument] = {}
    for name, entry in study.files.items():
        file = entry.with_form(study.forms)
        labelled = [*file.variables, *file.instruments]
        for word in file.wrong_labels:
            if word not in labelled and word.partition(".")[0] not in file.instruments:
                fault = no_such("variable or instrument", word, labelled, "it has")
                yield f"files.{name}.wrong_labels: {fault}"
        crosswalk = file.crosswalk if file.level == "respondent" else {}
        if not (crosswalk or file.item_values or file.wrong_labels):
            continue
        try:
            for instrument in file.instruments:
                known.setdefault(instrument, read_instrument(own.get(instrument, instrument)))
        except CespError:  # the instrument's own file is at fault, and is named for it
            continue
        yield from _wrongly_labelled(f"files.{name}.wrong_labels", file, known)
        yield from _of_words(f"files.{name}.item_values", file, known)
        if crosswalk:
            yield from _of_file(f"files.{name}.crosswalk", file, known)


def _wrongly_labelled(place: str, file: RawFile, known: Mapping[str, Instrument]) -> Iterator[str]:
    """Of `wrong_labels`: items are the instrument's."""
    for word in file.wrong_labels:
        instrument, _, code = word.partition(".")
        if code and instrument in file.instruments and word not in file.variables:
            items = [item.code for item in known[instrument].items]
            if code not in items:
                yield f"{place}: {word}: {no_such('item', code, items)}"


def _of_words(place: str, file: RawFile, known: Mapping[str, Instrument]) -> Iterator[str]:
    """Of `item_values`: each names an instrument of the file, or an item of it, and its codes."""
    for name, words in file.item_values.items():
        at, (instrument, _, code) = f"{place}.{name}", name.partition(".")
        if instrument not in file.instruments:
            yield f"{at}: {no_such('instrument', instrument, list(file.instruments), 'it has')}"
            continue
        if isinstance(file.instruments[instrument], StateColumn):
            yield f"{at}: its answers are digits of one column (state), no words; remove it"
            continue
        items = {item.code: item for item in known[instrument].items}
        if code and code not in items:
            yield f"{at}: {no_such('item', code, list(items))}"
            continue
        if not words:
            yield f"{at}: list the words, each with the instrument's code"
        meant = [items[code]] if code else list(items.values())
        ends = (min(item.low for item in meant), max(item.high for item in meant))
        yield from _codes(at, words, ends, None, whole=True)


def _of_file(place: str, file: RawFile, known: Mapping[str, Instrument]) -> Iterator[str]:
    items = {
        f"{name}.{item.code}": (item.low, item.high)
        for name in file.instruments
        for item in known[name].items
    }
    columns: dict[str, str] = {}
    for question, how in file.crosswalk.items():
        at = f"{place}.{question}"
        if question not in file.variables and question not in items:
            asked = [*file.variables, *items]
            yield f"{at}: {no_such('question', question, asked)}"
            continue
        yield from _at_odds(at, how)
        if how.reversed and file.words_of(question) is not None:
            yield f"{at}.reversed: item_values gives its codes; write values, as this file has them"
        if question in items:
            yield from _codes(f"{at}.values", how.values or {}, items[question], None, whole=True)
        else:
            yield from _variable(at, how, file.variables[question])
        if how.column and (other := columns.setdefault(how.column, question)) != question:
            yield f"{at}.column: '{how.column}' is the column of {other} too; correct one of them"


def _at_odds(at: str, how: Asked) -> Iterator[str]:
    if how == Asked():
        yield f"{at}: says nothing; write column, values, reversed or asked: false"
    if not how.asked and (how.column or how.values or how.reversed):
        yield f"{at}: is not asked; remove what is said of its column and codes"
    if how.values is not None and how.reversed:
        yield f"{at}: write values or reversed, not both"
    if how.values == {}:
        yield f"{at}.values: list the raw codes, each with the study's code"


def _variable(at: str, how: Asked, entry: Variable) -> Iterator[str]:
    if entry.type == "id":
        yield f"{at}: holds ids, which nobody answers; write its column under variables"
    if entry.columns and how.column:
        yield f"{at}.column: the variable has a column a time (columns); change them there"
    if entry.type in ("date", "text") and (how.values or how.reversed):
        yield f"{at}: is of type {entry.type}, which has no codes; remove values and reversed"
    elif entry.type == "category":
        if how.reversed:
            yield f"{at}.reversed: a category has no order; write values"
        yield from _codes(
            f"{at}.values",
            how.values or {},
            None,
            list(dict.fromkeys((entry.values or {}).values())),
        )
    elif entry.type == "number":
        if how.reversed and entry.range is None:
            yield f"{at}.reversed: needs the variable's range, whose ends change places"
        yield from _codes(f"{at}.values", how.values or {}, entry.range, None)


def _codes(
    at: str,
    values: Mapping[str, str],
    ends: tuple[float, float] | None,
    codes: list[str] | None,
    whole: bool = False,
) -> Iterator[str]:
    """The study's codes are those that it declares: listed, or numbers within a range."""
    for raw, code in values.items():
        if codes is not None:
            if code not in codes:
                yield f"{at}.{raw}: {no_such('code', code, codes)}"
            continue
        number = number_of(code)
        if number is None or (whole and number % 1):
            noun = "whole number" if whole else "number"
            yield f"{at}.{raw}: the study's code must be a {noun}, not '{code}'"
        elif ends and not ends[0] <= number <= ends[1]:
            yield f"{at}.{raw}: {code} is not within {ends[0]:g} to {ends[1]:g}"
