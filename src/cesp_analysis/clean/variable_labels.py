"""Variables in several files, or in several columns of one, whose labels stand for other codes in
one than in another."""

import re
from collections.abc import Iterator, Mapping

import pandas as pd

from cesp_analysis.clean.labelled import (
    FILL,
    Labelled,
    as_told,
    labels_of,
    plain_code,
    whole_number,
    written_out,
)
from cesp_analysis.declared.files import RawFile, Variable

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_MANY = 101  # codes that a remedy writes out


def contradictory_variables(
    tables: Mapping[str, pd.DataFrame], files: Mapping[str, RawFile]
) -> Iterator[str]:
    """One line for each variable of a file whose label is of another code than in a file before, or
    than in a column before (of another time).

    Not held against others: variables whose codes a crosswalk writes out, or that the file's entry
    names in wrong_labels.
    """
    before: dict[tuple[str, str], list[Labelled]] = {}
    for name, file in files.items():
        for variable, entry in file.variables.items():
            others = before.setdefault((variable, entry.type), [])
            for own in _labelled(name, tables[name], file, variable):
                lines = (_line(own, other, variable) for other in others)
                if line := next(filter(None, lines), None):
                    yield line
                    break  # what is to be written is written of the file's entry
                others.append(own)


def _labelled(name: str, table: pd.DataFrame, file: RawFile, variable: str) -> Iterator[Labelled]:
    """A variable's labels in each of a file's columns; nothing where they are not to be looked
    at."""
    entry, how = file.variables[variable], file.asked(variable)
    left = variable in file.wrong_labels or entry.type not in ("number", "category")
    if left or not table.attrs.get("labels"):
        return
    for column in file.variable_columns(variable):
        labels = labels_of(table, column, file, entry.missing)
        values = entry.values if how.values is None else how.values
        read = _read(labels, values, entry, how.reversed)
        if read:
            labels = {code: labels[code] for code in read}
            yield Labelled(name, file, column, labels, read, how.values, how.reversed)


def _read(
    labels: Mapping[str, str], values: Mapping[str, str] | None, entry: Variable, turned: bool
) -> dict[str, str]:
    """Raw code → the study's code, as config.yaml has it; without those that are read as none."""
    codes = {plain_code(raw): plain_code(to) for raw, to in (values or {}).items()}
    read = {code: codes.get(code, "") if values is not None else code for code in labels}
    if entry.type == "number":
        read = {code: to for code, to in read.items() if _NUMBER.fullmatch(to)}
    if turned and entry.range is not None:
        both = sum(entry.range)
        read = {code: f"{both - float(to):g}" for code, to in read.items()}
    return {code: to for code, to in read.items() if to}


def _line(own: Labelled, other: Labelled, variable: str) -> str | None:
    """What contradicts between two files, and what to write in which of them."""
    told = own.told_by(other)
    wrong = own.wrong(told)
    if own.written or not wrong or own.place() == other.place():
        return None
    if own.name == other.name:
        return (
            f"{own.file.path}: {own.column}: {own.says(wrong[0])}, {told[wrong[0]]} by those of"
            f" {other.column}, and both are variable {variable}: give {own.column} an entry of its"
            f" own under files: with the same path, and the codes that are meant there; or, where"
            f" labels are wrong and codes right, write files.{own.name}.wrong_labels: [{variable}]"
        )
    here = f"{_remedy(own, other, variable)} where the codes of {own.name} are wrong"
    back = f", {_remedy(other, own, variable)} where those of {other.name} are"
    write = here if other.written else here + back
    fill = " (… stands for the code that is meant)" if FILL in write else ""
    return (
        f"{own.file.path}: {own.column}: {own.says(wrong[0])}, {told[wrong[0]]} by those of"
        f" {other.file.path} ({other.column}), and both are variable {variable}; write {write}"
        f"{fill}; or, where labels are wrong and codes right, files.{own.name}.wrong_labels:"
        f" [{variable}]"
    )


def _remedy(own: Labelled, other: Labelled, variable: str) -> str:
    """The codes to write in a file so that its labels stand for those of another."""
    told, entry = own.told_by(other), own.file.variables[variable]
    here = f"files.{own.name}.variables.{variable}"
    place = f"files.{own.name}.crosswalk.{variable}" if own.file.level == "respondent" else here
    aside = " in place of reversed" if own.reversed else ""
    if entry.type == "category":
        values = {raw: told.get(plain_code(raw), to) for raw, to in (entry.values or {}).items()}
        declared = set(values.values()) <= set((entry.values or {}).values())
        return f"{place if declared else here}.values: {written_out(values)}"
    codes = _numbers(own, other, variable, told)
    said = f"{place}.values: {written_out(codes)}{aside}"
    if entry.range is None:
        return f"{said} (and further codes, if there are)"
    known = [float(code) for code in codes.values() if code != FILL]
    low, high = min(*known, entry.range[0]), max(*known, entry.range[1])
    wider = (low, high) != entry.range
    return f"{said} and {here}.range: [{low:g}, {high:g}]" if wider else said


def _numbers(
    own: Labelled, other: Labelled, variable: str, told: Mapping[str, str]
) -> dict[str, str]:
    """Raw code → number: of whole numbers all of the scale, where labels tell how it lies."""
    labelled = [number for code in own.labels if (number := whole_number(code)) is not None]
    numbers = {
        raw: number
        for code, to in told.items()
        if (raw := whole_number(code)) is not None and (number := whole_number(to)) is not None
    }
    ends = _ends(other, variable)
    as_labelled = {code: told.get(code, FILL) for code in own.labels}
    if ends is None or len(labelled) < len(own.labels) or len(numbers) < len(told):
        return as_labelled
    whole = as_told(numbers, labelled, *ends)
    if None in whole.values() and other.file.variables[variable].range is None:
        return as_labelled  # no range says that there are codes between
    return {str(raw): FILL if code is None else str(code) for raw, code in whole.items()}


def _ends(other: Labelled, variable: str) -> tuple[int, int] | None:
    """The lowest and highest code of the other file's scale, as its range or else its labels say;
    None: no whole numbers, or too many to be written out."""
    declared = other.file.variables[variable].range or [float(code) for code in other.read.values()]
    low, high = min(declared), max(declared)
    whole = low.is_integer() and high.is_integer() and high - low < _MANY
    return (int(low), int(high)) if whole else None
