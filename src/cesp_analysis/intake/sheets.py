"""Sheets of a workbook that no entry reads."""

from collections.abc import Iterator
from pathlib import Path

from cesp_analysis.declared.file_forms import Written
from cesp_analysis.errors import CespError, few
from cesp_analysis.intake.ending import filled


def hidden_sheets(path: Path) -> dict[str, bool]:
    """A workbook's sheets in order: name → whether it is hidden."""
    from cesp_analysis.intake.xlsx_file import sheets_of

    return sheets_of(path)


def unread_sheets(files: dict[str, Written]) -> dict[str, list[str]]:
    """First entry of each workbook → its sheets that hold a table and that no entry reads, told of
    those that are hidden; raises CespError where an entry does not say which sheet it reads."""
    workbooks: dict[str, list[str]] = {}
    for name, file in files.items():
        if file.kind_of_file() == "xlsx":
            workbooks.setdefault(file.path, []).append(name)
    found, faults = {}, []
    for path, names in workbooks.items():
        first, others = _others(Path(path), [files[name] for name in names])
        unsaid = [name for name in names if files[name].sheet is None]
        if others and unsaid:
            faults.append(
                f"{path}: sheet '{first}' is read, being the first; {few(others, ' and ')}"
                f" {'holds a table' if len(others) == 1 else 'hold tables'} too, which no entry"
                f" reads; config.yaml: files.{unsaid[0]}: write sheet: {first} if that is meant"
            )
        elif others:
            found[names[0]] = others
    if faults:
        raise CespError(faults)
    return found


def _others(path: Path, entries: list[Written]) -> tuple[str, list[str]]:
    """The first sheet, and those with a table that are not read."""
    hidden = hidden_sheets(path)
    first = next(iter(hidden))
    read = {entry.sheet or first for entry in entries}
    others = [name for name in hidden if name not in read]
    return first, [
        f"'{name}'" + (" (hidden)" if hidden[name] else "")
        for name in _with_table(path, entries[0], others)
    ]


def _with_table(path: Path, entry: Written, names: list[str]) -> Iterator[str]:
    """The sheets that hold two columns and a record at least, or that cannot be read."""
    from cesp_analysis.intake.xlsx_file import grid_of

    for name in names:
        try:
            rows, _ = grid_of(path, entry.model_copy(update={"sheet": name}))
        except CespError:
            yield name
            continue
        if sum(len(filled(row)) > 1 for row in rows) > 1:
            yield name
