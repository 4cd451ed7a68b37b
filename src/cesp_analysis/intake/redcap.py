"""REDCap exports: the data dictionary, and labelled exports turned back into names and codes."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from cesp_analysis.declared.file_forms import Redcap, Written
from cesp_analysis.errors import CespError
from cesp_analysis.intake.recognised import beginning_of, looks_like
from cesp_analysis.intake.redcap_choices import chosen_otherwise, unlabelled

if TYPE_CHECKING:
    import pandas as pd

_KEYS = {
    "field": ("Variable / Field Name", "field_name"),
    "form": ("Form Name", "form_name"),
    "kind": ("Field Type", "field_type"),
    "label": ("Field Label", "field_label"),
    "choices": ("Choices, Calculations, OR Slider Labels", "select_choices_or_calculations"),
}
_SYSTEM = {
    "Event Name": "redcap_event_name",
    "Repeat Instrument": "redcap_repeat_instrument",
    "Repeat Instance": "redcap_repeat_instance",
    "Data Access Group": "redcap_data_access_group",
    "Survey Identifier": "redcap_survey_identifier",
}
REPEAT = _SYSTEM["Repeat Instrument"]
"""The column that names the repeating form of a row."""
_STATUS = {"0": "Incomplete", "1": "Unverified", "2": "Complete"}
_FIXED = {
    "yesno": {"0": "No", "1": "Yes"},
    "truefalse": {"0": "False", "1": "True"},
    "checkbox": {"0": "Unchecked", "1": "Checked"},
}
_CHOSEN = {"radio", "dropdown"}


@dataclass(frozen=True)
class Field:
    """One column of an export: its form, its header when labelled, its codes; of a checkbox the
    question whose choice it is."""

    column: str
    form: str
    kind: str
    label: str
    codes: tuple[tuple[str, str], ...] = ()
    identifier: bool = False
    question: str = ""


def read_dictionary(path: str) -> tuple[Field, ...]:
    """The export's columns in order, from a data dictionary; raises CespError if it is none."""
    return _read(Path(path).resolve(), path)


@lru_cache(maxsize=8)
def _read(file: Path, path: str) -> tuple[Field, ...]:
    rows = _rows(file, path)
    fields: list[Field] = []
    for at, row in enumerate(rows):
        fields += _columns(row)
        if at + 1 == len(rows) or rows[at + 1]["form"] != row["form"]:
            name, codes = f"{row['form']}_complete", tuple(_STATUS.items())
            fields.append(Field(name, row["form"], "status", "Complete?", codes))
    return tuple(fields)


def _rows(file: Path, path: str) -> list[dict[str, str]]:
    import csv

    if what := looks_like(beginning_of(file)):
        raise CespError(f"{path}: is no CSV file, but looks like {what}; download it as CSV")
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream, strict=True))
    except UnicodeDecodeError:
        raise CespError(f"{path}: is not UTF-8; download the data dictionary again") from None
    except csv.Error as error:
        raise CespError(
            f"{path}: cannot be read as CSV ({error}); it may be cut off: download it again"
        ) from None
    if not rows or not all(set(names) & set(rows[0]) for names in _KEYS.values()):
        raise CespError(f"{path}: is no REDCap data dictionary; download it again as CSV")
    found = [
        {key: next(row[n] or "" for n in names if n in row) for key, names in _KEYS.items()}
        for row in rows
    ]
    for row, raw in zip(found, rows, strict=True):
        row["identifier"] = (raw.get("Identifier?") or raw.get("identifier") or "").strip()
    names = [row["field"] for row in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise CespError(
            f"{path}: describes '{twice[0]}' more than once; download it again, unedited"
        )
    return found


def _columns(row: dict[str, str]) -> list[Field]:
    """The columns that a field becomes: one, for a checkbox one a choice, for a text none."""
    label, kind = _plain(row["label"]), row["kind"]
    if kind == "descriptive":
        return []
    choices = _choices(row["choices"]) if kind in {*_CHOSEN, "checkbox"} else {}
    if kind == "checkbox":
        codes = tuple(_FIXED["checkbox"].items())
        return [
            Field(
                f"{row['field']}___{_in_a_name(code)}",
                row["form"],
                kind,
                f"{label} (choice={text})",
                codes,
                question=row["field"],
            )
            for code, text in choices.items()
        ]
    codes = tuple((_FIXED.get(kind) or choices).items())
    identifier = row["identifier"].lower() == "y"
    return [Field(row["field"], row["form"], kind, label, codes, identifier)]


def _choices(text: str) -> dict[str, str]:
    """'1, Yes | 2, No' → code → label."""
    parts = (part.partition(",") for part in text.split("|") if part.strip())
    return {code.strip(): _plain(label) for code, _, label in parts}


def _in_a_name(code: str) -> str:
    """A code as it stands in a column's name: minus signs and capitals are not allowed there."""
    return code.lower().replace("-", "_")


def _plain(label: str) -> str:
    """A label without the HTML that REDCap allows in it."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", label)).strip()


def fields_of(header: list[str], dictionary: tuple[Field, ...], file: Written) -> tuple[str, ...]:
    """The names of a labelled export's columns, matched in order with the dictionary's; '' of
    columns behind the last label: blank cells that stand beyond the header."""
    names: list[str] = []
    waiting = list(dictionary)
    labelled = max((place for place, label in enumerate(header, start=1) if label), default=0)
    for place, label in enumerate(header, start=1):
        if place > labelled:
            names.append("")
            continue
        if label in _SYSTEM:
            names.append(_SYSTEM[label])
            continue
        if label == "Survey Timestamp" and waiting:
            names.append(f"{waiting[0].form}_timestamp")
            continue
        if not waiting or waiting[0].label != _plain(label):
            expected = f"'{waiting[0].label}'" if waiting else "no further column"
            raise CespError(
                f"{file.path}: line 1: column {place} is '{label}'; the data dictionary has"
                f" {expected} there; download both again, from the same project"
            )
        names.append(waiting.pop(0).column)
    return tuple(names)


def check_names(header: list[str], file: Written, dictionary: str) -> None:
    """Raises CespError where the header of an export that is declared as raw holds labels: most of
    its columns are called as the dictionary labels fields, and fewer by names of fields."""
    fields = read_dictionary(dictionary)
    names, labels = {field.column for field in fields}, {field.label for field in fields}
    there = [cell for cell in header if cell]
    labelled = [cell for cell in there if _plain(cell) in labels or cell in _SYSTEM]
    if 2 * len(labelled) > len(there) and len(labelled) > sum(cell in names for cell in there):
        raise CespError(
            f"{file.path}: line {file.header.skip + 1}: holds labels of fields ('{labelled[0]}'),"
            f" not their names; write redcap: {{dictionary: {dictionary}, labelled: true}}, or"
            " export the raw data"
        )


def described(frame: "pd.DataFrame", file: Written, how: Redcap) -> "pd.DataFrame":
    """The same records with labels, forms and checkboxes noted; labels turned into codes."""
    fields = {field.column: field for field in read_dictionary(how.dictionary)}
    fields |= _further_boxes(map(str, frame.columns), fields)
    present = [fields[column] for column in frame.columns if column in fields]
    if not present:
        raise CespError(
            f"{file.path}: has no column of {how.dictionary}; is it another project's dictionary?"
        )
    frame.attrs["chosen_otherwise"] = chosen_otherwise(frame, present)
    if how.labelled:
        frame.attrs["unlabelled"] = unlabelled(frame, present)
        for field in present:
            frame[field.column] = _coded(frame[field.column].astype("str"), field, file)
        if REPEAT in frame:
            frame[REPEAT] = _form_named(frame[REPEAT].astype("str"), fields)
    first = next(iter(fields))
    frame.attrs["labels"] = {field.column: dict(field.codes) for field in present if field.codes}
    frame.attrs["column_labels"] = {field.column: field.label for field in present}
    frame.attrs["forms"] = {f.column: f.form for f in present if f.column != first}
    frame.attrs["field_kinds"] = {field.column: field.kind for field in present}
    frame.attrs["checkboxes"] = {f.column: f.question for f in present if f.kind == "checkbox"}
    return frame


def _further_boxes(columns: Iterable[str], fields: dict[str, Field]) -> dict[str, Field]:
    """Columns of checkboxes whose code the dictionary does not list, or writes otherwise, such as
    REDCap's codes of missing data: REDCap allows three underscores nowhere else."""
    boxes = {field.question: field for field in fields.values() if field.kind == "checkbox"}
    found = {}
    for column in columns:
        question, _, code = column.partition("___")
        if column not in fields and code and question in boxes:
            label = f"{boxes[question].label.partition(' (choice=')[0]} (choice={code})"
            found[column] = replace(boxes[question], column=column, label=label)
    return found


def _form_named(cells: "pd.Series[str]", fields: dict[str, Field]) -> "pd.Series[str]":
    """Labels of repeating forms as the names that REDCap made of them; the dictionary has no labels
    of forms, so that one which was changed later stays as it is."""
    forms = {field.form for field in fields.values()}

    def named(cell: str) -> str:
        name = re.sub(r"[^a-z0-9]+", "_", cell.strip().lower()).strip("_")
        return name if name in forms else cell

    return cells.map({cell: named(cell) for cell in cells.unique()})


def _coded(cells: "pd.Series[str]", field: Field, file: Written) -> "pd.Series[str]":
    """Labels as their codes; what is no label stays as it is."""
    labels = [label for _, label in field.codes]
    twice = {label for label in labels if labels.count(label) > 1} & set(cells)
    if twice:
        raise CespError(
            f"{file.path}: {field.column}: '{sorted(twice)[0]}' is the label of two codes; use the"
            " raw export"
        )
    codes = {label: code for code, label in field.codes}
    return cells.map(lambda cell: codes.get(cell, cell))
