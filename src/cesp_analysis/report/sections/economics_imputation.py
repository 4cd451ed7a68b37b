"""By what costs and QALYs were imputed, and how well: the base case as a table, others in words."""

from collections.abc import Iterator, Sequence

from cesp_analysis.economics.words import column_in_words
from cesp_analysis.numbers import NONE, compact, count, counted, fixed, listed, percentage
from cesp_analysis.report.blocks import Block, Column, Group, Note, Paragraph, Row, Table
from cesp_analysis.report.notes import Notes, sentence
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.imputation import METHODS, R_HAT, drift_in_words
from cesp_analysis.report.tables_read import Row as Read

CSV = "tables/economics_imputation.csv"
DECIMALS = {"utility": 3, "qalys": 3, "cost": 0}
WHAT = (
    "Imputed apart in each arm (or site), from what others there have. Cannot be: imputed values"
    " beyond the value set's range, or costs below nothing; drawn from a line they are right for"
    " means. Columns that only help to impute (auxiliaries), each column's predictors and warnings"
    " stand in the CSV."
)


def imputed_columns(results: Results) -> Iterator[Block]:
    """A sentence on all imputed tables, and the base case's columns; nothing if nobody lacked
    anything."""
    rows = results.economics_imputation
    if not rows:
        return
    yield Paragraph(" ".join(_settled(results, rows)))
    if own := [row for row in rows if row["scenario"] == "base" and not _helps(row, results)]:
        yield _table(results, own)


def _settled(results: Results, rows: Sequence[Read]) -> Iterator[str]:
    """Whether chains have settled, of the base case and of what else has tables of its own."""
    words = results.words.economics
    assert words is not None
    scenarios = list(dict.fromkeys(row["scenario"] for row in rows))
    labels = {"base": "the base case"} | words.scenarios
    others = [labels[name] for name in scenarios if name != "base"]
    if others:
        yield f"Beside the base case, tables were completed for: {listed(others)}."
    tested = [row for row in rows if row["settled"]]
    wrong = [row for row in tested if row["settled"] == "no"]
    if not tested:
        yield "Gaps nest, so that one pass filled them: there are no chains that could drift."
        return
    if not wrong:
        yield f"All {counted(len(tested), 'chain')} of a column and arm have settled."
        return
    yield f"{len(wrong)} of {counted(len(tested), 'chain')} of a column and arm have not settled:"
    where = [f"{_named(row, results)} ({labels[row['scenario']]}, {row['group']})" for row in wrong]
    yield f"{listed(where)}; warnings of the CSV say by how much."


def _helps(row: Read, results: Results) -> bool:
    """Whether a column is an outcome of the study, which only helps to impute."""
    return row["variable"] in results.words.outcomes


def _table(results: Results, rows: Sequence[Read]) -> Table:
    notes, chains = Notes(), any(row["r_hat"] is not None for row in rows)
    groups = tuple(
        Group(
            results.words.group(group) or "Everybody",
            tuple(_row(row, results, notes, chains) for row in rows if row["group"] == group),
        )
        for group in dict.fromkeys(row["group"] for row in rows)
    )
    return Table(
        id="economics_imputation_table",
        caption="What of the base case was imputed, and how.",
        stub="Column",
        columns=(
            Column("Missing"),
            Column("Equation", "left"),
            Column("Predictors"),
            *([Column("R\u2011hat"), Column("Drift (limit)")] if chains else []),
            Column("Known values"),
            Column("Imputed values"),
            Column("Cannot be"),
        ),
        groups=groups,
        notes=(Note(f"{WHAT}{R_HAT if chains else ''}"), *notes.notes()),
        csv=CSV,
    )


def _row(row: Read, results: Results, notes: Notes, chains: bool) -> Row:
    decimals = DECIMALS.get(row["variable"].partition(" ")[0])
    share = "" if row["share_missing"] is None else f" ({percentage(row['share_missing'], 0)})"
    cells = [
        f"{count(row['n_missing'])}{share}",
        METHODS.get(row["method"], row["method"]) or "not imputed",
        count(row["n_predictors"]),
        *([fixed(row["r_hat"], 2), drift_in_words(row)] if chains else []),
        _between(row["observed_low"], row["observed_high"], decimals),
        _between(row["imputed_low"], row["imputed_high"], decimals),
        _impossible(row),
    ]
    told = [text for text in (row["reason"] or "").split(" | ") if text]
    marks = dict.fromkeys(notes.mark(sentence(text)) for text in told)
    return Row(_named(row, results).capitalize(), tuple(cells), " ".join(marks))


def _between(low: float | None, high: float | None, decimals: int | None) -> str:
    if low is None or high is None:
        return NONE
    if decimals is None:
        return f"{compact(low)} to {compact(high)}"
    return f"{fixed(low, decimals)} to {fixed(high, decimals)}"


def _impossible(row: Read) -> str:
    if row["n_impossible"] is None:
        return NONE
    return f"{count(row['n_impossible'])} of {count(row['n_values'])}"


def _named(row: Read, results: Results) -> str:
    """'Costs at 6 months'; a covariate by its label."""
    words, name = results.words, row["variable"]
    known = words.outcomes.get(name) or words.covariates.get(name)
    label = known.label if known else column_in_words(name).replace("qalys", "QALYs")
    return label + (f" at {words.moment(row['time']).label}" if row["time"] else "")
