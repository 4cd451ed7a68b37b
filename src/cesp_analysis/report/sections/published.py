"""Published numbers beside ours."""

from collections.abc import Iterator

from cesp_analysis.numbers import compact
from cesp_analysis.report.blocks import Block, Column, Group, Heading, Note, Paragraph, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.results import Results

_TITLES = {
    "means": "Observed means",
    "changes": "Observed changes",
    "baseline": "Characteristics at the start",
    "answered": "Instrument scores",
    "economics": "Costs and QALYs",
}
"""Table → the title under which its quantities stand."""


def published(results: Results) -> Iterator[Block]:
    """A table of what was published and what this run gives."""
    rows = results.published
    if not rows:
        return
    agreeing = sum(row["agrees"] == "yes" for row in rows)
    yield Heading(1, "Published numbers", "published_numbers")
    inside = " Those that count or describe people stay inside." if results.public else ""
    yield Paragraph(
        f"{agreeing} of {len(rows)} published numbers agree within their tolerance.{inside}"
    )
    groups: dict[str, list[TableRow]] = {}
    for row in rows:
        label, rest = _placed(row["quantity"], results)
        tolerance = f"{row['tolerance']:g} {row['tolerance_is']}"
        cells = (compact(row["published"]), compact(row["ours"]), tolerance, row["agrees"])
        groups.setdefault(label, []).append(TableRow(rest, (*cells, row["source"])))
    yield Table(
        id="published",
        caption="Published numbers and ours.",
        stub="Quantity",
        columns=(
            Column("Published"),
            Column("Ours"),
            Column("Tolerance"),
            Column("Agrees", "left"),
            Column("Source", "left"),
        ),
        groups=tuple(Group(label, tuple(lines)) for label, lines in groups.items()),
        notes=(Note("The CSV gives the reason for each tolerance."),),
        csv="tables/published.csv",
    )


def _placed(quantity: str, results: Results) -> tuple[str, str]:
    """Under which title a quantity stands, and how it is called there."""
    first, _, rest = quantity.partition("/")
    if first in _TITLES:
        return _TITLES[first], rest
    model, _, path = rest.partition("/") if first == "estimates" else (first, "/", rest)
    models = results.words.models
    return (models[model].label, path) if model in models else (model, path)
