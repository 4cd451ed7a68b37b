"""Tables of a study of many places: what is of one place stays in the CSV.

A dozen places can be read one beside another (as in figures: figures/many_sites.py). Of more,
a table keeps what it says of all of them and of the arms, and leads to the CSV, which has every
place.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from cesp_analysis.declared.design import MOST_SITES, Place
from cesp_analysis.report.blocks import Block, Column, Note, Paragraph, Row, Table


def without_each_place(blocks: Iterable[Block], places: tuple[Place, ...]) -> Iterator[Block]:
    """The blocks; of more than a dozen places, tables without what is of one place alone."""
    if len(places) <= MOST_SITES:
        yield from blocks
        return
    labels = sorted((re.escape(place.label) for place in places), key=len, reverse=True)
    named = re.compile(rf"(?<!\w)(?:{'|'.join(labels)})(?!\w)")
    for block in blocks:
        yield _short(block, named, len(places)) if isinstance(block, Table) else block


def _short(table: Table, named: re.Pattern[str], places: int) -> Block:
    """A table without rows and columns of one place each; a sentence where nothing is left."""
    shown = {found for text in _titles(table) for found in named.findall(text)}
    if len(shown) <= MOST_SITES:
        return table
    kept = [at for at, column in enumerate(table.columns) if not named.search(_of(column))]
    groups = tuple(
        replace(group, rows=rows)
        for group in table.groups
        if not named.search(group.title)
        and (rows := tuple(_cut(row, kept) for row in group.rows if not named.search(row.stub)))
    )
    told = f"What is of one place each, of {places} places, is in {table.csv.rpartition('/')[2]}."
    if not kept or not groups:
        return Paragraph(f"{table.caption} {told}")
    used = {mark for group in groups for row in group.rows for mark in row.marks.split()}
    notes = tuple(note for note in table.notes if not note.mark or note.mark in used)
    columns = tuple(table.columns[at] for at in kept)
    return replace(table, columns=columns, groups=groups, notes=(*notes, Note(told)))


def _titles(table: Table) -> Iterator[str]:
    """Whatever says what a row or column is of."""
    yield from (_of(column) for column in table.columns)
    for group in table.groups:
        yield from (group.title, *(row.stub for row in group.rows))


def _of(column: Column) -> str:
    return f"{column.spanner} {column.header}"


def _cut(row: Row, kept: list[int]) -> Row:
    return replace(row, cells=tuple(row.cells[at] for at in kept))
