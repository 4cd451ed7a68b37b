"""The data dictionary: what every raw column became."""

from collections.abc import Iterator

from cesp_analysis.report.blocks import Block, Column, Group, Heading, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.results import Results


def dictionary(results: Results) -> Iterator[Block]:
    """Raw column → variable → outcome or covariate, file by file."""
    yield Heading(1, "Data dictionary", "data_dictionary")
    groups: dict[str, list[TableRow]] = {}
    for row in results.dictionary:
        path = results.words.files[row["file"]].path
        used = ", ".join(_label(results, name) for name in row["used_as"].split(", ") if name)
        cells = (row["variable"], row["meaning"], row["values"], used)
        groups.setdefault(path, []).append(TableRow(row["raw_column"] or "(derived)", cells))
    yield Table(
        id="dictionary",
        caption="What every raw column became, and which are not used.",
        stub="Raw column",
        columns=tuple(
            Column(name, "left") for name in ("Variable", "Meaning", "Values", "Read as")
        ),
        groups=tuple(Group(path, tuple(rows)) for path, rows in groups.items()),
        csv="tables/dictionary.csv",
    )


def _label(results: Results, name: str) -> str:
    words = results.words
    entry = words.outcomes.get(name) or words.covariates.get(name)
    return entry.label if entry else name
