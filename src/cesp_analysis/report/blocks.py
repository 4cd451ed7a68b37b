"""The content tree of the report: typed blocks in which every number is already text.

HTML, Word and PDF are renderers of this one tree (`report.json`), so a number cannot differ
between them. A block holds nothing but strings, whole numbers and tuples.
"""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

FORM = 2
"""The form of the tree: one more whenever a renderer needs what an older tree does not hold."""
Align = Literal["left", "right", "wrap", "phrase"]
"""wrap: to the right, and words may break there; phrase: so too, of a few words a line."""


@dataclass(frozen=True)
class Heading:
    """A section title; `level` 1 is a section, 2 a part of it; `anchor` is unique in the report."""

    level: int
    text: str
    anchor: str
    kind: Literal["heading"] = "heading"


@dataclass(frozen=True)
class Paragraph:
    """Plain prose."""

    text: str
    kind: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True)
class Bullets:
    """A list of short plain sentences."""

    items: tuple[str, ...]
    kind: Literal["bullets"] = "bullets"


@dataclass(frozen=True)
class Callout:
    """A sentence that must not be overlooked; `tone` caution for limits, note for reading aids."""

    tone: Literal["caution", "note"]
    title: str
    text: str
    kind: Literal["callout"] = "callout"


@dataclass(frozen=True)
class Column:
    """One column of a table: its header, its alignment, its spanner ('' for none).

    Neighbouring columns with the same non-empty spanner share one header above them.
    """

    header: str
    align: Align = "right"
    spanner: str = ""


@dataclass(frozen=True)
class Row:
    """One row: its stub (row header) and one text per column."""

    stub: str
    cells: tuple[str, ...]
    marks: str = ""  # note marks on the stub, e.g. "a b"
    under: str = ""  # small print under the stub


@dataclass(frozen=True)
class Group:
    """Rows under a common heading; an untitled table has one group with title ''."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Note:
    """A note under the table; `mark` '' for a general note, else the letter used in `Row.marks`."""

    text: str
    mark: str = ""


@dataclass(frozen=True)
class Table:
    """A table as it is printed. `csv` is the path of its CSV, relative to the results folder.

    `sortable`: one to look rows up in; the page's readers can sort and filter it, and Word and PDF
    leave it out, as all that it says stands in other tables.
    """

    id: str
    caption: str
    stub: str
    columns: tuple[Column, ...]
    groups: tuple[Group, ...]
    notes: tuple[Note, ...] = ()
    csv: str = ""
    sortable: bool = False
    kind: Literal["table"] = "table"


@dataclass(frozen=True)
class Figure:
    """A figure: `svg`, `png` and `csv` (all that it shows) are paths relative to the results
    folder; `alt` describes it. `data`: what it shows as a table for the page, if that is short.
    """

    id: str
    caption: str
    alt: str
    svg: str
    png: str
    csv: str = ""
    data: Table | None = None
    kind: Literal["figure"] = "figure"


Block = Heading | Paragraph | Bullets | Callout | Table | Figure


@dataclass(frozen=True)
class Report:
    """The whole report: title, a banner for every page ('' for none), blocks in reading order."""

    title: str
    subtitle: str
    banner: str
    language: str
    blocks: tuple[Block, ...] = field(default_factory=tuple)
    form: int = FORM


def as_dict(record: Any) -> dict[str, Any]:
    """The JSON form of a report, block or table."""
    return asdict(record)
