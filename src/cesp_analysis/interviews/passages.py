"""Passages of texts: each is held once, and all of a project within limits."""

from dataclasses import dataclass, field
from functools import cached_property

MOST_SELECTED = 50_000_000
"""Characters that the passages of a project may have together: 20,000 excerpts of 300 have six
million. Few bytes that mark one long text again and again ask for much more."""
MOST_TEXT = 2**28
"""Bytes that the texts of a project may have together: 100 interviews of two hours have 2**24."""


@dataclass
class Taken:
    """Characters of passages and bytes of texts that a project has taken so far."""

    selected: int = 0
    texts: int = 0

    def faults(self, shown: str) -> list[str]:
        """What is beyond the limits."""
        if self.selected <= MOST_SELECTED:
            return []
        return [
            f"{shown}: its passages have {self.selected:,} characters together, more than the"
            f" {MOST_SELECTED:,} that are read; mark passages, not whole texts again and again, or"
            " export it in parts"
        ]


@dataclass
class Text:
    """A text of which passages are asked for. plain: None where it is not known; utf16: places
    count units of UTF-16."""

    plain: str | None
    utf16: bool
    taken: Taken
    _held: dict[tuple[int, int], str] = field(default_factory=dict)

    def part(self, start: int, end: int) -> tuple[str, str]:
        """What stands between two places, and what is wrong with them; beyond the limit it is
        counted and not taken."""
        if end < start:
            return "", f"ends at {end:,}, before it begins at {start:,}; export it again"
        if self.plain is None:
            return "", ""
        if (start, end) not in self._held:
            self.taken.selected += max(0, min(end, self._length) - start)
            within = self.taken.selected <= MOST_SELECTED
            self._held[start, end] = self._between(start, end) if within else ""
        if end > self._length:
            return self._held[start, end], (
                f"ends at {end:,}, its text at {self._length:,}; its places may be counted"
                " otherwise (write positions: utf16), or the text is another version: export it"
                " again"
            )
        return self._held[start, end], ""

    @cached_property
    def _units(self) -> bytes:
        return (self.plain or "").encode("utf-16-le")

    @cached_property
    def _length(self) -> int:
        return len(self._units) // 2 if self.utf16 else len(self.plain or "")

    def _between(self, start: int, end: int) -> str:
        if self.utf16:
            return self._units[2 * start : 2 * end].decode("utf-16-le", "replace")
        return (self.plain or "")[start:end]
