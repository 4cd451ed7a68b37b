"""The specification curve: one question in every way that the analysis plan declares."""

from collections.abc import Iterator

from cesp_analysis.analysis_plan.words import UNCHANGED, since_locked
from cesp_analysis.columns import Row
from cesp_analysis.declared.analysis_sets import set_label
from cesp_analysis.declared.curve_words import adjusted
from cesp_analysis.few_sites.words import shock_words
from cesp_analysis.numbers import NONE, count, counted, fixed, interval
from cesp_analysis.report.blocks import Block, Column, Group, Heading, Note, Paragraph, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.notes import Notes, sentence
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.figure import figure

ABOUT = (
    "The same question, answered in every way that the analysis plan declares, and in no other. The"
    " ways share people and answers: that many agree is no more certain than that one of them is"
    " right, and what all of them leave out (a shock to a site, what nobody measured) none shows."
)
DECLARED = "All were declared when the plan was locked, and are as they were then."


def specification_curve(results: Results) -> Iterator[Block]:
    """A figure, and a table of all specifications by outcome and time."""
    rows = results.specification_curve
    if not rows:
        return
    yield Heading(1, "Specification curve", "specification_curve")
    late = since_locked([row["standing"] for row in rows], int(rows[0]["withdrawn"]))
    yield Paragraph(f"{ABOUT} {late or DECLARED}")
    yield from figure(results, f"specification_curve_{results.words.curve}")
    for outcome, time in dict.fromkeys((row["outcome"], row["time"]) for row in rows):
        own = [row for row in rows if (row["outcome"], row["time"]) == (outcome, time)]
        yield _table(results, own, outcome, time)


def _table(results: Results, rows: list[Row], outcome: str, time: str) -> Table:
    words, entry = results.words, results.words.outcomes[outcome]
    notes, called = Notes(), shock_words(words.own_prior)
    groups = []
    for model in dict.fromkeys(row["model"] for row in rows):
        own = [row for row in rows if row["model"] == model]
        lines = tuple(_line(row, entry.decimals, notes) for row in own)
        groups.append(Group(f"{words.models[model].label}: {own[0]['estimand']}", lines))
    made = sorted(row["estimate"] for row in rows if row["status"] == "estimated")
    said = f"{counted(len(rows), 'specification')}, {len(made)} with an estimate"
    if made:
        low, high = fixed(made[0], entry.decimals), fixed(made[-1], entry.decimals)
        said += f", from {low} to {high} {entry.unit}"
    return Table(
        id=f"specifications_{outcome}_{time}",
        caption=f"{entry.label}, {words.moment(time).label}: {said}.",
        stub="Covariates, analysis set",
        columns=(
            Column("Estimate"),
            Column("Sampling alone", spanner=words.interval()),
            Column("With shocks", spanner=words.interval()),
            Column("People" if entry.level == "person" else "Respondents"),
        ),
        groups=tuple(groups),
        notes=(
            *notes.notes(),
            Note(f"With shocks: to a site, {called.sizes}; see Few sites."),
        ),
        csv="tables/specification_curve.csv",
    )


def _line(row: Row, decimals: int, notes: Notes) -> TableRow:
    stub = f"{adjusted(row)}; {set_label(row['analysis_set'], row['level']).lower()}"
    late = row["standing"] not in ("", *UNCHANGED)
    said = [sentence(row["standing"])] if late else []
    if row["status"] != "estimated":
        marks = " ".join(notes.mark(text) for text in (*said, sentence(row["reason"])))
        return TableRow(stub, (row["status"].replace("_", " "), NONE, NONE, NONE), marks)
    cells = (
        fixed(row["estimate"], decimals),
        interval(row["ci_low"], row["ci_high"], decimals),
        interval(row["ci_low_shock"], row["ci_high_shock"], decimals),
        count(row["n_units"]),
    )
    return TableRow(stub, cells, " ".join(notes.mark(text) for text in said))
