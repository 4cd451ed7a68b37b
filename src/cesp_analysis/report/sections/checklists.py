"""Reporting checklists: which items the report fills, and which are still to be written."""

from collections.abc import Iterator

from cesp_analysis.checklists.tables import BY_HAND, FILLED, NOT_APPLICABLE, OPEN, PARTLY
from cesp_analysis.columns import Row
from cesp_analysis.declared.checklists import Checklist, checklist
from cesp_analysis.numbers import NONE, listed
from cesp_analysis.report.blocks import (
    Block,
    Bullets,
    Column,
    Group,
    Heading,
    Note,
    Paragraph,
    Table,
)
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.results import Results
from cesp_analysis.report.titles import TITLES, WITH_THE_TEAM

SHOWN = {
    FILLED: "Here",
    PARTLY: "Partly here",
    BY_HAND: "Written",
    NOT_APPLICABLE: "Does not apply",
    OPEN: "To be written",
}
"""Status in the CSV → how the tables call it."""
BY_RULE = (
    "Here: the report holds what the item asks for, as far as a rule can see; partly: something of"
    " it. Whether it is enough is for authors to judge. The items are in short words of our own;"
    " the numbers are the source's."
)

TEAM_S = (
    "What is said to be here is so of the team's own report; sections that this one does not have"
    " stand in that."
)


def checklists(results: Results) -> Iterator[Block]:
    """How many items of each list are filled; a table a list."""
    rows = results.checklists
    if not rows:
        return
    yield Heading(1, TITLES["checklists"], "checklists")
    of = {name: [row for row in rows if row["checklist"] == name] for name in _names(rows)}
    if results.public:
        yield Paragraph(TEAM_S)
    yield Bullets(tuple(_in_short(checklist(name), own) for name, own in of.items()))
    for name, own in of.items():
        yield _table(checklist(name), own, results.public)


def _names(rows: list[Row]) -> list[str]:
    return list(dict.fromkeys(row["checklist"] for row in rows))


def _in_short(own: Checklist, rows: list[Row]) -> str:
    """'TREND: of 25 points 12 are here, …'; which of the list's items are not here at all."""
    counts = {status: sum(row["status"] == status for row in rows) for status in SHOWN}
    told = listed([f"{n} {_SAID.get(status, status)}" for status, n in counts.items() if n])
    left = f" Not in this table: {own.left_out}." if own.left_out else ""
    return f"{own.name}, {len(rows)} points: {told}.{left}"


_SAID = {FILLED: "here", PARTLY: "partly here", BY_HAND: "written by hand"}


def _where(anchor: str, public: bool) -> str:
    """A section's heading; of one that does not leave, in which report it stands."""
    away = public and anchor in WITH_THE_TEAM
    return f"{TITLES[anchor]} (in the team's own report)" if away else TITLES[anchor]


def _table(own: Checklist, rows: list[Row], public: bool) -> Table:
    lines = []
    for row in rows:
        where = [_where(anchor, public) for anchor in row["where"].split(" | ") if anchor]
        cells = (row["about"], SHOWN[row["status"]], row["said"] or NONE, "; ".join(where) or NONE)
        lines.append(TableRow(f"{row['item']} {row['topic']}", cells))
    read = f"Source: {own.source}. Read: {own.read}."
    left = f" Not read, and left out: {own.left_out}." if own.left_out else ""
    adapted = (own.adapted,) if own.adapted else ()
    return Table(
        id=f"checklist_{own.name.lower()}",
        caption=f"{own.name}: {own.title}.",
        stub="Item",
        columns=(
            Column("Asked", "left"),
            Column("Status", "left"),
            Column("What is there", "left"),
            Column("Section", "left"),
        ),
        groups=(Group("", tuple(lines)),),
        notes=tuple(Note(text) for text in (read + left, *adapted, BY_RULE)),
        csv="tables/checklists.csv",
    )
