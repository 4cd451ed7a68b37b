"""How the report for readers outside the team differs: what is withheld, and that it is said."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from cesp_analysis.disclosure.tables import TABLES
from cesp_analysis.report.blocks import (
    Block,
    Callout,
    Link,
    Note,
    Paragraph,
    Points,
    Row,
    See,
    Table,
)
from cesp_analysis.withheld import LETTER, NotReleased, Undecided

STOPS = (
    "The rest of this section turns on numbers that are withheld, or on a table that does not leave"
    " the team: it stands in the team's own report."
)
MARKS = (
    f"{LETTER}: withheld, so that no small number can be worked out; a number behind '<' is smaller"
    " than that. 'What is withheld' says more."
)
NEAR = (
    "Numbers of people that something rests on are rounded, and rates are those of rounded numbers:"
    " they differ a little from exact counts elsewhere."
)
FEW_DIGITS = (
    "Estimates have as few digits as the width of their intervals bears: two that look alike may"
    " differ."
)
OUTSIDE = Callout(
    "note",
    "For readers outside the team",
    "Made from tables in which small numbers of people are withheld, so that nobody can be known by"
    " one: 'What is withheld' says how. Rounded numbers may not add up.",
)
INSIDE = "Inside the team: not to be passed on (results/public is)"


def without_dead_ends(blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks without links to sections that this report does not have: not every study has all,
    and not every reader is shown them."""
    there = {getattr(block, "anchor", "") or getattr(block, "id", "") for block in blocks}

    def alive(links: tuple[Link, ...]) -> tuple[Link, ...]:
        return tuple(link for link in links if link.anchor in there)

    for block in blocks:
        if isinstance(block, See):
            if links := alive(block.links):
                yield replace(block, links=links)
        elif isinstance(block, Points):
            points = tuple(replace(one, links=alive(one.links)) for one in block.points)
            yield replace(block, points=points)
        else:
            yield block


def until_withheld(blocks: Iterator[Block]) -> Iterator[Block]:
    """The blocks up to the one that turns on what is withheld."""
    made = 0
    try:
        for block in blocks:
            yield block
            made += 1
    except (Undecided, NotReleased):
        if made:
            yield Paragraph(STOPS)


def explained(blocks: Iterable[Block]) -> Iterator[Block]:
    """Each table without the columns of which nothing is released; under it, what stands for
    withheld cells, and that numbers are rounded."""
    for block in blocks:
        if isinstance(block, Table):
            block = _with_released_columns(block)
            cells = [cell for row in _rows_of(block) for cell in row.cells]
            marked = any(LETTER in cell or cell.startswith("<") for cell in cells)
            leaving = TABLES.get(Path(block.csv).stem)
            near = bool(leaving and leaving.sizes)
            few = bool(leaving and leaving.estimates)
            notes = [MARKS] * marked + [NEAR] * near + [FEW_DIGITS] * few
            block = replace(block, notes=(*block.notes, *map(Note, notes)))
        yield block


def _with_released_columns(table: Table) -> Table:
    """The table without columns that hold nothing but the letter of what is withheld."""
    rows = _rows_of(table)
    empty = {
        at
        for at in range(len(table.columns))
        if rows and all(row.cells[at] == LETTER for row in rows)
    }

    def kept(one: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(cell for at, cell in enumerate(one) if at not in empty)

    if not empty or len(empty) == len(table.columns):
        return table
    groups = tuple(
        replace(group, rows=tuple(replace(row, cells=kept(row.cells)) for row in group.rows))
        for group in table.groups
    )
    return replace(table, columns=kept(table.columns), groups=groups)


def _rows_of(table: Table) -> list[Row]:
    return [row for group in table.groups for row in group.rows]
