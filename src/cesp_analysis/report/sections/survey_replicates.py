"""Standard errors by replicates beside the linearised ones, where the study asks for them."""

from cesp_analysis.columns import Row
from cesp_analysis.numbers import NONE, fixed
from cesp_analysis.report.blocks import Column, Group, Note, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.notes import Notes
from cesp_analysis.report.results import Results


def replicates(results: Results) -> Table:
    """An outcome a group, a quantity a row; what must be said of it stands in the notes."""
    words, notes = results.words, Notes()
    groups = []
    for name, outcome in words.outcomes.items():
        own = [row for row in results.replicates if row["outcome"] == name]
        lines = tuple(_line(results, row, outcome.decimals, notes) for row in own)
        if lines:
            groups.append(Group(f"{outcome.label} ({outcome.unit})", lines))
    method = next(iter(dict.fromkeys(row["method"] for row in results.replicates)), "")
    return Table(
        id="survey_replicates",
        caption="Standard errors in two ways: a check of the linearised ones.",
        stub="Wave and what is estimated",
        columns=(
            Column("Estimate"),
            Column("Linearised SE", "wrap"),
            Column("Replicate SE", "wrap"),
            Column("Ratio"),
        ),
        groups=tuple(groups),
        notes=(
            Note(
                f"Replicates: {method}, each weighted anew. Ratio: replicate over linearised;"
                " noted where the larger is more than a quarter above the smaller. Both hold"
                " sampling error alone."
            ),
            *notes.notes(),
        ),
        csv="tables/replicates.csv",
    )


def _line(results: Results, row: Row, decimals: int, notes: Notes) -> TableRow:
    words = results.words
    what = words.group(row["site"]) if row["site"] else row["quantity"]
    told = [row["reason"], *row["warnings"].split(" | ")]
    marks = " ".join(notes.mark(f"{said[:1].upper()}{said[1:]}.") for said in told if said)
    line, by = row["linearised_se"], row["replicate_se"]
    cells = (
        fixed(row["estimate"], decimals),
        fixed(line, decimals + 1),
        fixed(by, decimals + 1),
        fixed(by / line, 2) if line and by is not None else NONE,
    )
    return TableRow(f"{words.moment(row['wave']).label}, {what}", cells, marks)
