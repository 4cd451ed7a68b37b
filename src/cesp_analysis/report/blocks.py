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
class Link:
    """A way to a heading of the report: its text and its anchor."""

    text: str
    anchor: str


@dataclass(frozen=True)
class Point:
    """One of several things that are told alike: its title, what is said, where more is said."""

    title: str
    text: str
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Points:
    """A list of points, each under a title of its own in its line."""

    points: tuple[Point, ...]
    kind: Literal["points"] = "points"


@dataclass(frozen=True)
class See:
    """Where in the report more is said."""

    links: tuple[Link, ...]
    kind: Literal["see"] = "see"


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
    source: str = ""  # the `Source` that made what `under` names


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
    """A table as it is printed. `csv` is the path of its CSV, relative to the results folder;
    `source`: the name of the `Source` that says where its numbers come from.

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
    source: str = ""
    sortable: bool = False
    kind: Literal["table"] = "table"


@dataclass(frozen=True)
class Figure:
    """A figure: `svg`, `png` and `csv` (all that it shows) are paths relative to the results
    folder; `alt` describes it; `source`: the name of the `Source` that says where it comes from.
    `data`: what it shows as a table for the page, if that is short.
    """

    id: str
    caption: str
    alt: str
    svg: str
    png: str
    source: str = ""
    csv: str = ""
    data: Table | None = None
    kind: Literal["figure"] = "figure"


@dataclass(frozen=True)
class Fact:
    """One thing that is known of a source."""

    label: str
    text: str


@dataclass(frozen=True)
class Source:
    """Where numbers come from: a step or model, unique by its name, to which tables lead.

    `told`: long text that a page folds ('' for none); `short`: what stands on paper instead of it.
    """

    name: str
    anchor: str
    facts: tuple[Fact, ...]
    told: str = ""
    short: str = ""
    kind: Literal["source"] = "source"


def anchor_of(source: str) -> str:
    """The anchor of the source of this name."""
    return f"from-{source.replace(' ', '-')}"


Block = Heading | Paragraph | Bullets | Callout | Points | See | Table | Figure | Source


@dataclass(frozen=True)
class Report:
    """The whole report: title, a banner for every page, table and figure ('' for none), a notice
    for every page that says who may read it, blocks in reading order.

    `base`: where the results folder lies for who reads the page: tables and figures are linked
    from there ('../' from results/report, '' where the page lies in the folder).
    """

    title: str
    subtitle: str
    banner: str
    language: str
    notice: str = ""
    base: str = "../"
    blocks: tuple[Block, ...] = field(default_factory=tuple)
    form: int = FORM


def as_dict(record: Any) -> dict[str, Any]:
    """The JSON form of a report, block or table."""
    return asdict(record)
