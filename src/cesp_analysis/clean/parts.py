"""Which rows of a file an entry reads; the others are set aside, nothing is asked of them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.clean.columns import SET_TO_MISSING, is_blank, stripped
from cesp_analysis.clean.problems import ProblemList
from cesp_analysis.declared.files import RawFile
from cesp_analysis.distinct import each
from cesp_analysis.intake.redcap import REPEAT

ELSEWHERE = ("other_rows", "other_form")
"""Reasons that leave a record to another entry of the same file."""
APART = (
    *ELSEWHERE, "left_out", "form_not_in_event", "form_not_opened", "blank_record",
    "above_records", "below_last_line",
)  # fmt: skip
"""Reasons for which a row is no record of the entry: nothing is asked of it."""
_UNFINISHED = "0"


def set_apart(raw: pd.DataFrame, file: RawFile) -> "pd.Series[Any]":
    """Why each row is not read by this entry: a reason, or '' for those that are."""
    reason = pd.Series("", index=raw.index, dtype="str").mask(_blank(raw), "blank_record")
    for column in file.rows:
        meant = _chosen(raw, file, "rows", column)
        reason = reason.mask((reason == "") & ~meant, "other_rows")
    for column in file.left_out:
        meant = _chosen(raw, file, "left_out", column)
        reason = reason.mask((reason == "") & meant, "left_out")
    if not file.redcap_forms:
        return reason
    repeats = _of_repeat(raw, file)
    reason = reason.mask((reason == "") & ~repeats, "other_form")
    states = [_state(raw, form) for form in file.redcap_forms]
    unopened = np.logical_and.reduce([state != "opened" for state in states])
    absent = np.logical_and.reduce([state == "absent" for state in states])
    reason = reason.mask((reason == "") & absent, "form_not_in_event")
    return reason.mask((reason == "") & unopened, "form_not_opened")


def respelled_choices(raw: pd.DataFrame, file: RawFile, problems: ProblemList) -> None:
    """List the cells of `rows` and `left_out` that are chosen though config writes them otherwise;
    ids are compared as study.id_form says, and are not among them."""
    for part in ("rows", "left_out"):
        for column in getattr(file, part):
            exact = stripped(raw[column]).isin(_named(raw, file, part, column))
            other = (_chosen(raw, file, part, column) & ~exact).to_numpy(dtype=bool)
            lines, cells = raw["line"].to_numpy()[other], raw[column].astype("str")[other]
            problems.add("respelled", column, lines, cells, f"chosen by {part}")


def _chosen(raw: pd.DataFrame, file: RawFile, part: str, column: str) -> "pd.Series[Any]":
    """The rows whose cell is one of the values that config names, in whatever case, as sites are
    read; not of ids, whose capitals may matter."""
    words = _named(raw, file, part, column)
    cells = stripped(raw[column])
    if column in (file.unit, *_ids(file)):
        return cells.isin(words)
    return each(cells, lambda text: text.str.casefold()).isin([word.casefold() for word in words])


def _ids(file: RawFile) -> set[str]:
    """Columns of variables that hold ids."""
    found = {name: entry for name, entry in file.variables.items() if entry.type == "id"}
    return {file.raw_name(entry.column or name) for name, entry in found.items()}


def _named(raw: pd.DataFrame, file: RawFile, part: str, column: str) -> Sequence[str]:
    """The values that config names in a column; of ids their pseudonyms."""
    pseudonyms: dict[str, Sequence[str]] = raw.attrs.get("named_ids", {})
    words: Sequence[str] = getattr(file, part)[column]
    return pseudonyms.get(f"{part}.{column}", words)


def unticked_blank(raw: pd.DataFrame, problems: ProblemList) -> pd.DataFrame:
    """REDCap writes 0 for every box that is not ticked, also where nobody saw the question.

    The boxes of a form that was not opened become blank; so do those of a question without a tick
    in a form that was left unfinished, and these are listed. Of every form whose status the file
    holds, whether or not config chooses rows by it.
    """
    asked = raw.copy()
    asked.attrs = raw.attrs
    for form in _forms_of_boxes(raw):
        closed = _state(raw, form) != "opened"
        unfinished = stripped(raw[f"{form}_complete"]) == _UNFINISHED
        for question, boxes in _checkboxes(raw, form).items():
            empty = ~_ticked(raw, boxes)
            unknown = (unfinished & empty & ~closed).to_numpy()
            lines = raw["line"].to_numpy()[unknown]
            values = pd.Series("0", index=range(len(lines)))
            problems.add("unticked_unfinished", question, lines, values, SET_TO_MISSING)
            for box in boxes:
                asked[box] = raw[box].astype("str").mask(closed | (unfinished & empty), "")
    return asked


def faulty_parts(raw: pd.DataFrame, name: str, file: RawFile) -> Iterator[str]:
    """One line for each rule about rows that fits no row, or no form of the dictionary."""
    for column, values in file.rows.items():
        if column in raw and not _chosen(raw, file, "rows", column).any():
            found = ", ".join(f"'{v}'" for v in pd.unique(stripped(raw[column]))[:8])
            yield (
                f"{file.path}: {column}: no row holds {' or '.join(repr(v) for v in values)};"
                f" config.yaml: files.{name}.rows asks for it (there are: {found})"
            )
    forms = list(dict.fromkeys(raw.attrs.get("forms", {}).values()))
    for form in file.redcap_forms:
        if form not in forms or f"{form}_complete" not in raw:
            yield (
                f"{file.path}: has no form '{form}' with its status column '{form}_complete';"
                f" config.yaml: files.{name}.redcap_forms asks for it (forms: {', '.join(forms)})"
            )

    yield from _unnamed_forms(raw, file, forms)


def _unnamed_forms(raw: pd.DataFrame, file: RawFile, forms: list[str]) -> Iterator[str]:
    """A labelled export calls a repeating form as nothing in the dictionary does."""
    if not (file.redcap_forms and file.redcap and file.redcap.labelled and REPEAT in raw):
        return
    cells = stripped(raw[REPEAT])
    for label in [word for word in pd.unique(cells) if word and word not in forms]:
        line = raw["line"].to_numpy()[(cells == label).to_numpy()][0]
        yield (
            f"{file.path}: line {line}: Repeat Instrument '{label}' is no form of the data"
            f" dictionary, whose labels it does not tell; use the raw export (forms:"
            f" {', '.join(forms)})"
        )


def unclaimed(ledgers: dict[str, pd.DataFrame], files: dict[str, RawFile]) -> dict[str, Any]:
    """First entry of each raw file → the lines of it that no entry reads."""
    same: dict[tuple[str, str | None], list[str]] = {}
    for name in ledgers:
        same.setdefault((files[name].path, files[name].sheet), []).append(name)
    found = {}
    for names in same.values():
        parts = [ledgers[name].set_index("line")["reason"].isin(ELSEWHERE) for name in names]
        nowhere = pd.concat(parts, axis=1).all(axis=1)
        if nowhere.any():
            found[names[0]] = nowhere[nowhere].index.to_numpy()
    return found


def _blank(raw: pd.DataFrame) -> np.ndarray:
    """Rows without a word, such as empty lines: they say nothing, also no problem."""
    blank = is_blank(raw.iloc[:, 1])
    for column in raw.columns[2:]:
        if not blank.any():
            break
        blank &= is_blank(raw[column])
    return blank


def _of_repeat(raw: pd.DataFrame, file: RawFile) -> "pd.Series[Any]":
    """Rows of the entry's repeating form, or base rows where its forms do not repeat."""
    if REPEAT not in raw:
        return pd.Series(True, index=raw.index)
    form = stripped(raw[REPEAT])
    repeating = set(form) & set(file.redcap_forms)
    return form.isin(repeating) if repeating else form == ""


def _state(raw: pd.DataFrame, form: str) -> "pd.Series[Any]":
    """What became of a form in each row: opened, unopened, or absent from the row's event."""
    columns = [name for name, of in raw.attrs["forms"].items() if of == form]
    kinds = raw.attrs["field_kinds"]
    boxes = [name for name in columns if kinds[name] == "checkbox"]
    typed = [name for name in columns if kinds[name] not in ("checkbox", "status", "calc")]
    answered = _ticked(raw, boxes)
    for column in typed:
        answered |= stripped(raw[column]) != ""
    status = stripped(raw[f"{form}_complete"])
    state = pd.Series("opened", index=raw.index).mask(~answered & (status == ""), "absent")
    return state.mask(~answered & (status == _UNFINISHED), "unopened")


def unopened_in(
    raw: pd.DataFrame, file: RawFile, variables: Iterable[str]
) -> dict[str, frozenset[int]]:
    """Variable → the lines in which its form holds nothing: of a project in events most rows are
    those of others. Of files without forms nothing."""
    forms, found, lines = raw.attrs.get("forms", {}), {}, dict[str, frozenset[int]]()
    for name in variables:
        form = forms.get(file.raw_name(file.variables[name].column or name))
        if form is None or f"{form}_complete" not in raw:
            continue
        if form not in lines:
            closed = (_state(raw, form) != "opened").to_numpy(dtype=bool)
            lines[form] = frozenset(raw["line"].to_numpy()[closed].tolist())
        found[name] = lines[form]
    return found


def _forms_of_boxes(raw: pd.DataFrame) -> list[str]:
    """The forms that hold boxes and a status, by the data dictionary; none without one."""
    known = raw.attrs.get("forms", {})
    forms = [known[column] for column in raw.attrs.get("checkboxes", {}) if column in known]
    return [form for form in dict.fromkeys(forms) if f"{form}_complete" in raw]


def _checkboxes(raw: pd.DataFrame, form: str) -> dict[str, list[str]]:
    """Question, as the data dictionary calls it → its columns, one a choice.

    A column's name does not say it: of the code -99 it is `question____99`.
    """
    found: dict[str, list[str]] = {}
    for column, question in raw.attrs.get("checkboxes", {}).items():
        if raw.attrs["forms"].get(column) == form:
            found.setdefault(question, []).append(column)
    return found


def _ticked(raw: pd.DataFrame, boxes: list[str]) -> "pd.Series[Any]":
    """Whether any of the boxes is ticked in a row."""
    ticked = pd.Series(False, index=raw.index)
    for column in boxes:
        ticked |= stripped(raw[column]) == "1"
    return ticked
