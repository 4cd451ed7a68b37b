"""What the tables of few sites share: which estimates they show, how rows are called."""

from cesp_analysis.columns import Row
from cesp_analysis.report.blocks import Group
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.results import Results

BELOW = {"person": "people", "respondent": "survey respondents"}

BESIDE = {
    "clustered": "neighbourhoods like these",
    "panel": "panel members",
    "cross_section": "respondents seen once",
    "clustered_panel": "neighbourhoods like these, panel members",
    "clustered_cross_section": "neighbourhoods like these, respondents seen once",
}
"""What estimates' ids end in (models/survey_words.py) → how the row is told from the others."""

ONE_MODEL = (
    "Of each outcome one model: a confirmatory family's, else one that targets an estimand, else"
    " the first; the CSV holds all."
)


def grouped(results: Results, lines: list[tuple[Row, TableRow]]) -> tuple[Group, ...]:
    """Lines under their outcomes, in config's order."""
    groups = []
    for name, outcome in results.words.outcomes.items():
        own = tuple(line for row, line in lines if row["outcome"] == name)
        if own:
            role = ", a negative control" if outcome.role == "negative_control" else ""
            groups.append(Group(f"{outcome.label} ({outcome.unit}){role}", own))
    return tuple(groups)


def stub(results: Results, row: Row) -> str:
    """Model and time; of an estimate that stands beside another one, what sets it apart."""
    model = results.words.models[row["model"]].label
    told = f"{model}: {results.words.moment(row['time']).label}" if row["time"] else model
    whole = "/".join(filter(None, (row["model"], row["outcome"], row["time"])))
    beside = row["estimate_id"].removeprefix(whole).removeprefix("/")
    return f"{told}, {BESIDE.get(beside, beside.replace('_', ' '))}" if beside else told


def one_model_each(results: Results, estimates: list[dict[str, Row]]) -> list[dict[str, Row]]:
    """Of each outcome the estimates of the model that speaks for it: see Wording.in_order."""
    have: dict[str, set[str]] = {}
    for rungs in estimates:
        row = rungs["sampling"]
        have.setdefault(row["outcome"], set()).add(row["model"])
    chosen = {
        outcome: next(name for name in results.words.in_order(outcome) if name in models)
        for outcome, models in have.items()
    }
    return [r for r in estimates if chosen[r["sampling"]["outcome"]] == r["sampling"]["model"]]
