"""Notes under a table, each said once."""

from string import ascii_lowercase

from cesp_analysis.report.blocks import Note


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
