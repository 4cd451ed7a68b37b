"""Tables of how those without an answer differ from those with one."""

from collections.abc import Iterator

from cesp_analysis.columns import Row
from cesp_analysis.declared.wording import Wording
from cesp_analysis.describe.answering import NOT_IN
from cesp_analysis.numbers import NONE, count, fixed, interval, percent
from cesp_analysis.report.blocks import Column, Group, Note, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.notes import Notes, sentence
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.missing_patterns import primary

_SIDES = ("answered", "unanswered")


def labelled(words: Wording, row: Row) -> str:
    """What is compared, by its label."""
    variable, category = row["variable"], row["category"]
    if variable in ("site", "arm"):
        return words.group(category)
    if variable in words.outcomes:
        return words.outcomes[variable].label
    return words.covariates[variable].label + (f": {category}" if category else "")


def missing_predictors(results: Results) -> Iterator[Table]:
    """One table a primary outcome: what was known before, of those with and without an answer."""
    words, rows = results.words, results.missing_predictors
    there = [name for name in words.outcomes if any(row["outcome"] == name for row in rows)]
    shown = primary(words, there)
    for name in shown:
        own = [row for row in rows if row["outcome"] == name]
        yield _table(words, name, own, len(shown) < len(there))


def _table(words: Wording, name: str, rows: list[Row], others: bool) -> Table:
    reasons = _reasons(rows)
    times = list(dict.fromkeys(row["time"] for row in rows))
    parts = [_time(words, [r for r in rows if r["time"] == time], reasons) for time in times]
    modelled = words.outcomes[name].role == "primary"
    # of many sites arms are compared
    each = "site" if any(row["variable"] == "site" for row in rows) else "arm"
    model = [Column("Difference", "right", "Model"), Column("Interval", "right", "Model")]
    return Table(
        id=f"missing_predictors_{name}",
        caption=f"{words.outcomes[name].label}: those with and without an answer, by what was known"
        " before. A description, no test.",
        stub="Known before",
        columns=(
            *(Column(head, "right", "Answered") for head in ("n", "Mean or share")),
            *(Column(head, "right", "No answer") for head in ("n", "Mean or share")),
            Column("SDs", "right", "Std. difference"),
            Column("Interval", "right", "Std. difference"),
            *(model if modelled else []),
        ),
        groups=tuple(parts),
        notes=(
            Note(
                "Std. difference: without an answer less with one, in standard deviations of a"
                f" person; {words.interval()}s take people as independent of each other. The dead"
                " are set aside."
            ),
            *([Note(_MODEL.format(each=each))] if modelled else []),
            *([Note("The CSV has all outcomes.")] if others else []),
            *(Note(sentence(reason), mark) for reason, mark in reasons.items()),
        ),
        csv="tables/missing_predictors.csv",
    )


_MODEL = (
    "Model: logistic, of no answer on all covariates, the {each} and the primary outcomes at the"
    " first time together, of people with a value of each. Difference: in the probability of no"
    " answer, in percentage points, averaged over people: by one SD of a number, by a category"
    " instead of the reference."
)


def _reasons(rows: list[Row]) -> dict[str, str]:
    """Why a row has no number → its mark."""
    found = [row["difference_reason"] for row in rows]
    found += [row["model_reason"] for row in rows if row["model_n"] and _told(row)]
    known = dict.fromkeys(reason for reason in found if reason)
    notes = Notes()
    return {reason: notes.mark(reason) for reason in known}


def _told(row: Row) -> bool:
    """Whether the reason says more than which variables the model has."""
    return bool(row["model_reason"] != NOT_IN)


def _time(words: Wording, rows: list[Row], reasons: dict[str, str]) -> Group:
    first = rows[0]
    title = words.moment(first["time"]).label
    known = next((row for row in rows if row["model_n"] is not None), None)
    if known and any(row["average"] is not None for row in rows):
        title += (
            f" (model: {count(known['model_n'])} people, {count(known['model_events'])} of them"
            " without an answer)"
        )
    return Group(title, tuple(_line(words, row, reasons) for row in rows))


def _line(words: Wording, row: Row, reasons: dict[str, str]) -> TableRow:
    marks = [reasons.get(row[name] or "", "") for name in ("difference_reason", "model_reason")]
    cells = [text for side in _SIDES for text in (count(row[side]), _value(words, row, side))]
    cells.append(fixed(row["difference"], 2))
    cells.append(interval(row["difference_low"], row["difference_high"], 2))
    if words.outcomes[row["outcome"]].role == "primary":
        points = [
            None if row[name] is None else 100 * row[name]
            for name in ("average", "average_low", "average_high")
        ]
        cells += [fixed(points[0], 0), interval(points[1], points[2], 0)]
    return TableRow(labelled(words, row), tuple(cells), " ".join(filter(None, marks)))


def _value(words: Wording, row: Row, side: str) -> str:
    mean = row[f"{side}_mean"]
    if mean is None:
        return NONE
    if row["scale"] == "share":
        return percent(mean, 1)
    entry = words.outcomes.get(row["variable"]) or words.covariates[row["variable"]]
    return f"{fixed(mean, entry.decimals)} ({fixed(row[f'{side}_sd'], entry.decimals)})"
