"""The Word file while it is written: the document, and what numbers its parts have got."""

from dataclasses import dataclass
from dataclasses import field as of
from pathlib import Path
from typing import Any

from docx.document import Document


@dataclass
class File:
    """The document that is being made, and what is counted in it."""

    document: Document
    results: Path
    banner: str
    places: dict[str, str]
    """Source → the bookmark that stands at it."""
    anchors: dict[str, str] = of(default_factory=dict)
    numbers: dict[str, int] = of(default_factory=lambda: {"Table": 0, "Figure": 0})
    headings: int = 0
    pictures: int = 0

    def add(self, *elements: Any) -> None:
        """Append to the body."""
        body = self.document.element.body
        for element in elements:
            body.insert(len(body) - 1, element)  # the last is the section's settings
