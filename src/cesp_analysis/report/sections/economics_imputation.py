"""By what costs and QALYs were imputed, and how well: the base case as a table, others in words."""

from collections.abc import Iterator, Sequence

from cesp_analysis.columns import Row as Read
from cesp_analysis.declared.economics import OWN_QUANTITIES
from cesp_analysis.declared.resources import OWN_TIME
from cesp_analysis.economics.words import column_in_words
from cesp_analysis.numbers import NONE, count, fixed, listed, percentage
from cesp_analysis.report.blocks import Block, Column, Group, Note, Paragraph, Row, Table
from cesp_analysis.report.notes import Notes, sentence
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.imputation import METHODS, R_HAT, drift_in_words

CSV = "tables/economics_imputation.csv"
DECIMALS = {"utility": 2, "qalys": 2, "cost": 0}
NAMED = METHODS | {"pmm": "matched"}
OWN = "own mean, nothing drawn"
EACH = " (each arm's counted by itself)"
WHAT = (
    "Imputed apart in each arm (or site), from what others there have; matched: values that others"
    " had (predictive mean matching); in brackets the number of predictors, of costs that are"
    " imputed service by service the most of any service's. Columns that only help"
    " to impute (auxiliaries), each column's predictors and warnings stand in the CSV."
)
IN_PART = (
    " In part: of whose cost some is known (other services than the missing ones), which stays;"
    " what is missing alone is another's, so that such a cost need be nobody's as a whole."
)
AS_OWN = (
    " As own mean: who gave other rows or contacts of each service that they lack some of; nothing"
    " of theirs is drawn."
)
CANNOT = (
    " Cannot be: share of imputed values beyond the value set's range, or costs below nothing;"
    " drawn from a line they are right for means."
)
APART = (
    " Costs here are of services: what the intervention is known to have taken of a person is added"
    " to them, not imputed (link workers' time, where somebody's is not known, is a column of its"
    " own)."
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
    if all(row["method"] in ("own", None) for row in rows):
        yield "Nothing was drawn: what is missing is as people's own means, or stays missing."
        return
    if not tested:
        yield "Gaps nest, so that one pass filled them: there are no chains that could drift."
        return
    if not wrong:
        yield f"The chains of all {len(tested)} columns{EACH} have settled."
        return
    yield f"The chains of {len(wrong)} of {len(tested)} columns{EACH} have not settled:"
    where = [f"{_named(row, results)} ({labels[row['scenario']]}, {row['group']})" for row in wrong]
    yield f"{listed(where)}; warnings of the CSV say by how much."


def _helps(row: Read, results: Results) -> bool:
    """Whether a column is an outcome of the study, which only helps to impute. An outcome that is
    called as a quantity of the evaluation is never one of these (study/economics_lists.py)."""
    return row["variable"] in results.words.outcomes and row["variable"] not in OWN_QUANTITIES


def _table(results: Results, rows: Sequence[Read]) -> Table:
    notes, chains = Notes(), any(row["r_hat"] is not None for row in rows)
    whole = not results.public  # how many lack what, and single values, stay inside the team
    parts = IN_PART if whole and any(row["n_in_part"] for row in rows) else ""
    parts += AS_OWN if whole and any(row["n_own"] for row in rows) else ""
    said = f"{parts + CANNOT if whole else ''}{R_HAT if chains else ''}"
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
            *([Column("Missing")] if whole else []),
            Column("Equation", "left"),
            *([Column("R\u2011hat"), Column("Drift (limit)")] if chains else []),
            *map(Column, ("Known values", "Imputed values", "Cannot be") if whole else ()),
        ),
        groups=groups,
        notes=(Note(f"{WHAT}{_apart(results)}{said}"), *notes.notes()),
        csv=CSV,
    )


def _apart(results: Results) -> str:
    """That what the intervention took is not imputed, in a study that prices it."""
    words = results.words.economics
    return APART if words is not None and OWN_TIME in words.services else ""


def _row(row: Read, results: Results, notes: Notes, chains: bool) -> Row:
    decimals = DECIMALS.get(row["variable"].partition(" ")[0], 1)
    whole = not results.public
    cells = [
        *([_missing(row)] if whole else []),
        _equation(row),
        *([fixed(row["r_hat"], 2), drift_in_words(row)] if chains else []),
        *(_values(row, decimals) if whole else ()),
    ]
    told = [text for text in (row["reason"] or "").split(" | ") if text]
    marks = dict.fromkeys(notes.mark(sentence(text)) for text in told)
    return Row(_named(row, results).capitalize(), tuple(cells), " ".join(marks))


def _missing(row: Read) -> str:
    share = f"{count(row['n_missing'])} ({percentage(row['share_missing'], 0)})"
    for name, words in (("n_in_part", "in part"), ("n_own", "as own mean")):
        share += f", {count(row[name])} {words}" if row[name] else ""
    return share


def _equation(row: Read) -> str:
    if not row["method"]:
        return "not imputed"
    if row["method"] == "own":
        return OWN
    return f"{NAMED.get(row['method'], row['method'])} ({count(row['n_predictors'])})"


def _values(row: Read, decimals: int) -> Iterator[str]:
    """Between what known and imputed values lie, and how many of these cannot be."""
    for what in ("observed", "imputed"):
        yield _between(row[f"{what}_low"], row[f"{what}_high"], decimals)
    yield _impossible(row)


def _between(low: float | None, high: float | None, decimals: int) -> str:
    if low is None or high is None:
        return NONE
    return f"{fixed(low, decimals)} to {fixed(high, decimals)}"


def _impossible(row: Read) -> str:
    if row["n_impossible"] is None:
        return NONE
    return percentage(row["n_impossible"] / row["n_values"], 1)


def _named(row: Read, results: Results) -> str:
    """'Costs at 6 months'; a covariate by its label."""
    words, name = results.words, row["variable"]
    own = name in OWN_QUANTITIES  # an outcome of this name may be valued otherwise
    known = None if own else words.outcomes.get(name) or words.covariates.get(name)
    label = known.label if known else column_in_words(name).replace("qalys", "QALYs")
    return label + (f" at {words.moment(row['time']).label}" if row["time"] else "")
