"""Notes under a table, each said once."""

from dataclasses import replace
from string import ascii_lowercase

from cesp_analysis.numbers import NONE
from cesp_analysis.report.blocks import Note, Row, Table
from cesp_analysis.report.for_readers import for_readers


def sentence(text: str) -> str:
    """The text as a sentence for who reads a report; a file that it begins with keeps its name."""
    text = for_readers(text)
    first = text.partition(":")[0]
    if "/" not in first or " " in first:
        text = text[:1].upper() + text[1:]
    return text if text.endswith(".") else text + "."


class Notes:
    """Notes under one table, each marked once: a, b, … z, aa, bb."""

    def __init__(self) -> None:
        self.marks: dict[str, str] = {}

    def mark(self, text: str) -> str:
        """The letter of a note."""
        return self.marks.setdefault(
            text, ascii_lowercase[len(self.marks) % 26] * (1 + len(self.marks) // 26)
        )

    def notes(self) -> tuple[Note, ...]:
        """The notes in the order of their letters."""
        return tuple(Note(text, mark) for text, mark in self.marks.items())


def without_blank_rows(table: Table) -> Table:
    """A table without the rows that hold nothing but the mark of a reason; the reason is said below
    it, of these by name. One of such rows alone stays as it is."""
    blank = [row for group in table.groups for row in group.rows if _is_blank(row)]
    groups = [
        replace(group, rows=tuple(row for row in group.rows if not _is_blank(row)))
        for group in table.groups
    ]
    kept = tuple(group for group in groups if group.rows)
    if not blank or not kept:
        return table
    still = {mark for group in kept for row in group.rows for mark in row.marks.split()}
    notes = []
    for note in table.notes:
        named = [row.stub for row in blank if note.mark and note.mark in row.marks.split()]
        notes += [note] if not named or note.mark in still else []
        notes += [Note(f"Not in the table: {', '.join(named)}. {note.text}")] if named else []
    return replace(table, groups=kept, notes=tuple(notes))


def _is_blank(row: Row) -> bool:
    return bool(row.marks) and all(cell == NONE for cell in row.cells)
