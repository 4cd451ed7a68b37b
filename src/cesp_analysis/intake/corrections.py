"""CORRECTIONS.yaml: known errors of the source as data; raw files stay as they are."""

from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field, ValidationError

from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.faults import fact_of
from cesp_analysis.declared.strict_yaml import read_yaml
from cesp_analysis.errors import CespError, no_such
from cesp_analysis.intake.pointed import forget_pointed
from cesp_analysis.schemas import Corrections

if TYPE_CHECKING:
    import pandas as pd


Told = Callable[[str, str, str], str]
"""File, column and word → the word as it may leave the raw folder."""


class Correction(Frozen):
    """One cell of a raw file that is known to be wrong."""

    file: str = Field(description="As files: calls it.")
    where: dict[str, str] = Field(min_length=1, description="Raw column → value, of one record.")
    column: str
    expect: str = Field(description="What stands there now; '' if the cell is blank.")
    value: str = Field(description="What is right; '' makes the cell blank.")
    why: str = Field(min_length=1)


Entries = dict[int, Correction]
"""The entries of a corrections file, by their place in it; the first is 1."""


def read_corrections(path: Path) -> Entries:
    """The entries of a corrections file; raises CespError for every fault in it."""
    sound, faults = parsed(path)
    if faults:
        raise CespError(faults)
    return sound


def parsed(path: Path) -> tuple[Entries, list[str]]:
    """The sound entries of a corrections file, and a line for each fault of the others; raises
    CespError if it is no list of entries."""
    entries = read_yaml(path).get("corrections")
    if not isinstance(entries, list):
        raise CespError(
            f"{path}: holds no list 'corrections'; each entry under it begins with '- file:'"
        )
    sound, faults = {}, []
    for at, entry in enumerate(entries, start=1):
        try:
            sound[at] = Correction.model_validate(_as_text(entry))
        except ValidationError as error:
            faults += [f"{path}: entry {at}: {_in_words(fault)}" for fault in error.errors()]
    return sound, faults


def of_no_file(path: Path, declared: Collection[str]) -> list[str]:
    """A line for each entry that `parsed` finds faulty and whose file the study has not: the other
    fault hides it until it is mended."""
    sound, _ = parsed(path)
    entries = enumerate(read_yaml(path)["corrections"], start=1)
    named = {at: one["file"] for at, one in entries if isinstance(one, dict) and one.get("file")}
    return [
        f"{path}: entry {at}: {no_such('file', str(file), sorted(declared))}"
        for at, file in named.items()
        if at not in sound and str(file) not in declared
    ]


def corrected(
    tables: "dict[str, pd.DataFrame]",
    entries: Entries,
    path: Path,
    told: Told,
    declared: Collection[str] = (),
) -> "pd.DataFrame":
    """Change the cells in `tables` and return what was changed (a `Corrections` table), in words
    as they may be `told`. declared: files that the study has besides those read.

    Raises CespError for each entry that does not fit: no such file, column or record, more than
    one record, or another value than expected (the source was mended, or the wrong record meant).
    """
    import pandas as pd

    done, problems = [], []
    cells: dict[tuple[str, int, str], int] = {}
    for at, entry in entries.items():
        place = f"{path}: entry {at} ({entry.file}, {entry.column})"
        faults = list(_faults(tables, entry, told, {*tables, *declared}))
        problems += [f"{place}: {fault}" for fault in faults]
        if not faults:
            table = tables[entry.file]
            row = table.index[_fitting(table, entry)][0]
            line = int(table.loc[row, "line"])
            first = cells.setdefault((entry.file, line, entry.column), at)
            if first != at:
                problems.append(f"{place}: entry {first} corrects the same cell; keep one of them")
            table.loc[row, entry.column] = entry.value
            forget_pointed(table, entry.column, line)
            was, now = (told(entry.file, entry.column, w) for w in (entry.expect, entry.value))
            shown = vars(entry) | {"line": line, "was": was, "now": now}
            done.append({name: shown[name] for name in Corrections.columns()})
    if problems:
        raise CespError(problems)
    return pd.DataFrame(done, columns=list(Corrections.columns())).astype({"line": "int64"})


def _faults(
    tables: "dict[str, pd.DataFrame]", entry: Correction, told: Told, declared: Collection[str]
) -> Iterator[str]:
    if entry.file not in tables:
        yield no_such("file", entry.file, sorted(declared))
        return
    table = tables[entry.file]
    known = [str(name) for name in table.columns if name != "line"]
    unknown = [name for name in (*entry.where, entry.column) if name not in known]
    yield from (no_such("column", name, known, "it has") for name in unknown)
    if not set(entry.where) <= set(known):
        return
    rows = table[_fitting(table, entry)]
    if len(rows) != 1:
        meant = ", ".join(
            f"{name} '{told(entry.file, name, value)}'" for name, value in entry.where.items()
        )
        if rows.empty:
            yield f"no record has {meant}: there is none such; correct where: (the id?) or file:"
        else:
            yield f"{len(rows)} records have {meant}; say more exactly which one is meant"
        return
    if entry.column not in known:
        return
    held = _text(rows[entry.column].iloc[0])
    if held != entry.expect:
        holds, expected = (told(entry.file, entry.column, w) for w in (held, entry.expect))
        yield (
            f"line {rows['line'].iloc[0]} holds '{holds}', '{expected}' was expected: the source"
            " was mended, or another record is meant; remove the entry or mend it"
        )


def _fitting(table: "pd.DataFrame", entry: Correction) -> "pd.Series[bool]":
    import pandas as pd

    fits = pd.Series(True, index=table.index)
    for name, value in entry.where.items():
        fits &= table[name].fillna("").astype("str").str.strip() == value
    return fits


def _text(cell: Any) -> str:
    return "" if cell != cell else str(cell).strip()


def _as_text(entry: Any) -> Any:
    """Numbers and dates that YAML made of unquoted words, as they were written."""
    if isinstance(entry, dict):
        return {str(key): _as_text(value) for key, value in entry.items()}
    return entry if isinstance(entry, str | list) else "" if entry is None else str(entry)


def _in_words(fault: Any) -> str:
    key = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "missing":
        return f"'{key}' is missing; add it"
    if fault["type"] == "extra_forbidden":
        return no_such("entry", key, list(Correction.model_fields))
    if fault["type"] == "string_too_short":
        return f"{key}: is blank; say why"
    place = f"{key}: " if key else ""
    return place + fact_of(fault, Correction.model_fields)
