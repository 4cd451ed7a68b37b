"""The data dictionary: what every raw column became."""

from collections.abc import Iterator

from cesp_analysis.columns import Row
from cesp_analysis.numbers import count
from cesp_analysis.report.blocks import Block, Column, Group, Heading, Note, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.results import Results


def dictionary(results: Results) -> Iterator[Block]:
    """What each raw column holds, and raw column → variable → outcome or covariate."""
    yield Heading(1, "Data dictionary", "data_dictionary")
    found: dict[str, list[TableRow]] = {}
    declared: dict[str, list[TableRow]] = {}
    for row in results.dictionary:
        path = results.words.place(row["file"])
        used = ", ".join(_label(results, name) for name in row["used_as"].split(", ") if name)
        stub = row["raw_column"] or "(derived)"
        if row["raw_column"]:
            line = TableRow(stub, _held(row), under=row["remark"])
            found.setdefault(path, []).append(line)
        cells = (row["variable"], row["meaning"], row["values"], used)
        declared.setdefault(path, []).append(TableRow(stub, cells))
    yield Table(
        id="dictionary_found",
        caption="What every raw column holds, as found.",
        stub="Raw column",
        columns=(Column("Holds", "left"), Column("Missing"), Column("Distinct")),
        notes=(
            Note(
                "Under a column's name stands what looks odd in it. Of ids only their number is"
                " told; free text and what is not declared stay in the raw file."
            ),
        ),
        groups=tuple(Group(path, tuple(rows)) for path, rows in found.items()),
        csv="tables/dictionary.csv",
    )
    yield Table(
        id="dictionary",
        caption="What every raw column became, as declared, and which are not used.",
        stub="Raw column",
        columns=tuple(
            Column(name, "left") for name in ("Variable", "Meaning", "Values", "Read as")
        ),
        groups=tuple(Group(path, tuple(rows)) for path, rows in declared.items()),
        csv="tables/dictionary.csv",
    )


def _held(row: Row) -> tuple[str, str, str]:
    found = ": ".join(part for part in (row["type"], row["holds"]) if part)
    counts = [count(row[name]) if row[name] is not None else "" for name in ("missing", "distinct")]
    return found, counts[0], counts[1]


def _label(results: Results, name: str) -> str:
    words = results.words
    entry = words.outcomes.get(name) or words.covariates.get(name)
    return entry.label if entry else name
