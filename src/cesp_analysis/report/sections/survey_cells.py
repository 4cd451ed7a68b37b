"""Cells of surveys, site by wave, as the report shows them."""

from cesp_analysis.columns import Row
from cesp_analysis.report.blocks import Group
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.results import Results

MODES = {
    "paper": "Paper", "web": "Web", "face_to_face": "Face to face", "telephone": "Telephone",
    "": "Not said",
}  # fmt: skip


def cells_of(results: Results, rows: list[Row]) -> list[tuple[str, str]]:
    """The wave and site of rows, in the study's order."""
    there = {(row["wave"], row["site"]) for row in rows}
    words = results.words
    return [(m.name, g) for m in words.waves for g in words.groups() if (m.name, g) in there]


def by_wave(results: Results, lines: list[tuple[str, TableRow]]) -> tuple[Group, ...]:
    """Lines of (wave, row) under a heading a wave."""
    words = results.words
    return tuple(
        Group(moment.label, own)
        for moment in words.waves
        if (own := tuple(row for wave, row in lines if wave == moment.name))
    )
