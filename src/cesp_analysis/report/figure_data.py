"""The data behind a figure as a table of the page, from the CSV that `draw` wrote beside it."""

import csv
from itertools import groupby
from math import floor, log10
from pathlib import Path

from cesp_analysis.formulas import unguarded
from cesp_analysis.numbers import NONE, count, fixed
from cesp_analysis.report.blocks import Column, Group, Row, Table
from cesp_analysis.whole_files import existing

LONGEST = 60
"""Rows: what is longer stands in the CSV alone."""
_DIGITS = 4
_HEADS = {
    "ci_low": "Interval, lower end",
    "ci_high": "Interval, upper end",
    "ci_low_joint": "Simultaneous, lower end",
    "ci_high_joint": "Simultaneous, upper end",
    "ci_low_shock": "With shocks to a site, lower end",
    "ci_high_shock": "With shocks to a site, upper end",
    "n_expected": "Expected",
    "n_missing": "Missing",
}


def lines_of(path: Path) -> list[list[str]]:
    """The lines of a figure's data, their head first."""
    with existing(path).open(encoding="utf-8", newline="") as stream:
        return [[unguarded(cell) for cell in line] for line in csv.reader(stream)]


def short_table(rows: list[list[str]], called: str, caption: str, link: str) -> Table | None:
    """What a figure shows, if that is at most LONGEST rows; columns of words head the rows.

    `rows`: as `lines_of` gives them; `link`: path of the CSV, relative to the results folder.
    """
    if not 1 < len(rows) <= LONGEST + 1:
        return None
    head, *lines = rows
    numbers = [at for at, _ in enumerate(head) if _numeric([line[at] for line in lines])]
    first = min(numbers, default=1)
    title = 1 if first > 1 else 0  # the first of several columns of words heads groups of rows
    title += head[1:2] == ["unit"] and first > 2
    columns = [
        Column(_head(name), "right" if at in numbers else "left")
        for at, name in enumerate(head)
        if at >= first
    ]
    groups = [
        Group(name, tuple(_row(line, title, first, numbers) for line in own))
        for name, own in groupby(lines, key=lambda line: ", ".join(filter(None, line[:title])))
    ]
    return Table(
        id=f"{called}_data",
        caption=f"Data behind the figure: {caption}",
        stub=", ".join(_head(name) for name in head[title:first]) or "Row",
        columns=tuple(columns),
        groups=tuple(groups),
        csv=link,
    )


def _row(line: list[str], title: int, first: int, numbers: list[int]) -> Row:
    stub = ", ".join(filter(None, line[title:first])) or NONE
    cells = (_shown(c) if at in numbers else c for at, c in enumerate(line) if at >= first)
    return Row(stub, tuple(cell or NONE for cell in cells))


def _numeric(cells: list[str]) -> bool:
    return any(cells) and all(_is_number(cell) for cell in cells if cell)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _shown(cell: str) -> str:
    """A whole number whole, any other with four significant digits."""
    if not cell:
        return NONE
    value = float(cell)
    if value in (float("inf"), float("-inf")):
        return "infinite"
    if value == int(value):
        return count(value) if value >= 0 else fixed(value, 0)
    size = floor(log10(abs(value)))
    return fixed(value, min(max(0, _DIGITS - 1 - size), 2 * _DIGITS))


def _head(name: str) -> str:
    """The name of a column in words."""
    if name in _HEADS:
        return _HEADS[name]
    for ending, words in (("_low", ", lower end"), ("_high", ", upper end")):
        if name.endswith(ending):
            return _head(name.removesuffix(ending)) + words
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]
