"""Published numbers beside ours."""

from collections.abc import Iterator

from cesp_analysis.numbers import compact
from cesp_analysis.report.blocks import Block, Column, Group, Heading, Note, Paragraph, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.results import Results


def published(results: Results) -> Iterator[Block]:
    """A table of what was published and what this run gives."""
    rows = results.published
    if not rows:
        return
    agreeing = sum(row["agrees"] == "yes" for row in rows)
    yield Heading(1, "Published numbers", "published_numbers")
    yield Paragraph(f"{agreeing} of {len(rows)} published numbers agree within their tolerance.")
    groups: dict[str, list[TableRow]] = {}
    for row in rows:
        model, _, rest = row["quantity"].partition("/")
        tolerance = f"{row['tolerance']:g} {row['tolerance_is']}"
        cells = (compact(row["published"]), compact(row["ours"]), tolerance, row["agrees"])
        label = results.words.models[model].label if model in results.words.models else model
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
