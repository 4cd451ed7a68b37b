"""What the planned trial rests on: each number, from where, how sure."""

from cesp_analysis.columns import Row as Read
from cesp_analysis.numbers import NONE, count, counted, fixed, interval, percentage
from cesp_analysis.planning.words import ORIGINS, PARAMETERS
from cesp_analysis.report.blocks import Column, Group, Note, Row, Table
from cesp_analysis.report.results import Results
from cesp_analysis.withheld import Withheld

DECIMALS = {
    "control": 2,
    "correlation": 2,
    "cac": 2,
    "icc": 3,
    "icc_link_worker": 3,
    "icc_neighbourhood": 3,
    "size_cv": 2,
}
SHARES = ("retention",)
HELD = "held"
"""In place of an interval: every draw is the same."""
CLUSTERS = {"icc_link_worker": "link worker", "icc_neighbourhood": "neighbourhood"}


def known(results: Results) -> Table:
    """The parameters with their medians."""
    rows = results.planning_known
    return Table(
        id="planning_known",
        caption="What the trial rests on.",
        stub="Quantity",
        columns=(
            Column("From", "left"),
            Column("Of", "wrap"),
            Column("Median", "right"),
            Column("95% of the draws", "wrap"),
        ),
        groups=(Group("", tuple(_row(row, results) for row in rows)),),
        notes=(
            Note(
                "Power is computed at the medians (in brackets: Monte Carlo errors), assurance over"
                " the draws. ICC: the share of the variance of answers that lies between locations"
                " (or link workers); CAC: how much of a location's own level is the same one period"
                " later."
            ),
        ),
        csv="tables/planning_known.csv",
    )


def _row(row: Read, results: Results) -> Row:
    label = PARAMETERS[row["parameter"]]
    parts = (row["method"], row["source"], row["reason"])
    under = "; ".join(part for part in parts if part)
    cells = (ORIGINS[row["origin"]], _of(row), *numbers(row, results))
    return Row(label, cells, under=f"{under[:1].upper()}{under[1:]}")


def _of(row: Read) -> str:
    """How many people and clusters, or pairs, tell it."""
    if row["n"] is None:
        return NONE
    if row["origin"] != "study":
        return f"{count(row['n'])} pairs"
    what = CLUSTERS.get(row["parameter"], "site")
    more = "" if row["clusters"] is None else f", {counted(int(row['clusters']), what)}"
    return f"{count(row['n'])} people{more}"


def numbers(row: Read, results: Results) -> tuple[str, str]:
    """Median, with its Monte Carlo error where it is one of draws, and the middle of the draws."""
    if row["median"] is None:
        return NONE, NONE
    low, high, error = row["low"], row["high"], row["median_mcse"]
    withheld = isinstance(low, Withheld) or isinstance(high, Withheld)
    if row["parameter"] in SHARES:
        shown = f"{percentage(low, 0)} to {percentage(high, 0)}"
        ends = interval(low, high, 0) if withheld else shown
        middle, off = percentage(row["median"], 0), percentage(error, 1)
    else:
        words = results.words.planning
        assert words is not None
        decimals = DECIMALS.get(row["parameter"], results.words.outcomes[words.outcome].decimals)
        ends = interval(low, high, decimals)
        middle, off = fixed(row["median"], decimals), fixed(error, decimals + 1)
    held = not withheld and low == high
    return middle if error is None else f"{middle} ({off})", HELD if held else ends
