"""Mean utilities, QALYs and costs of each arm, before any difference is taken."""

from collections.abc import Callable, Iterator

from cesp_analysis.arms import ARMS
from cesp_analysis.columns import Row as Read
from cesp_analysis.economics.words import FOLLOW_UP, MISSING_DATA
from cesp_analysis.numbers import NONE, count, fixed, interval
from cesp_analysis.report.blocks import Block, Column, Group, Heading, Note, Paragraph, Row, Table
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.economics_costs import discounted

TOTALS = {"cost": "Costs, £", "qaly": "QALYs"}
DECIMALS = {"cost": 0, "qaly": 3, "utility": 3}
WHAT = (
    "Means of each arm, before any difference is taken; nothing is adjusted. Intervals take people"
    " one by one: they are a description. Whoever is not known of is in no mean of what is"
    " known (of who has died, utilities then; costs and QALYs of a life that ended are known"
    " where those until then are); imputed sets have everybody."
)
TOTAL = "Of totals economics.csv has standard errors."


def means_of_arms(results: Results) -> Iterator[Block]:
    """The heading, a sentence and the table."""
    arms = results.words.arms
    groups = [*_known(results), *_costs(results), *_totals(results)]
    limits, columns = results.words.interval(), []
    for arm in ARMS:
        columns += [Column(name, "right", arms[arm]) for name in ("Known of", "Mean", "SD")]
        columns.append(Column(limits, "wrap", arms[arm]))
    yield Heading(2, "Means of each arm", "economics_means")
    yield Paragraph(WHAT)
    yield Table(
        id="economics_means_table",
        caption=f"Mean utilities, QALYs and costs a person: {arms['intervention']} and"
        f" {arms['control']}.",
        stub="When",
        columns=tuple(columns),
        groups=tuple(groups),
        notes=(Note(TOTAL),),
        csv="tables/economics_means.csv",
    )  # fmt: skip


def _known(results: Results) -> Iterator[Group]:
    """Utilities at each time and QALYs, by each value set."""
    for value_set in dict.fromkeys(row["value_set"] for row in results.economics_means):
        rows = [row for row in results.economics_means if row["value_set"] == value_set]
        lines = [
            _row(_when(quantity, time, results), own, _observed(quantity))
            for quantity, time in dict.fromkeys((row["quantity"], row["time"]) for row in rows)
            if (own := [r for r in rows if (r["quantity"], r["time"]) == (quantity, time)])
        ]
        yield Group(f"Utility, {value_set}: of whom it is known", tuple(lines))


def _costs(results: Results) -> Iterator[Group]:
    """Costs of the main perspective, where they are made of services."""
    words = results.words.economics
    if words is None or not words.priced:
        return
    name, label = next(iter(words.perspectives.items()))
    rows = [r for r in results.costs if r["of"] == "perspective" and r["name"] == name]
    lines = [
        _row(_when("cost", time, results), [r for r in rows if r["time"] == time], _spent)
        for time in dict.fromkeys(row["time"] for row in rows)
    ]
    title = f"Costs, £, {label}: of whom they are known{discounted(results)}"
    yield Group(title, tuple(lines))


def _totals(results: Results) -> Iterator[Group]:
    """Costs and QALYs of who has both, and of everybody by imputed sets."""
    base = [row for row in results.economics if row["scenario"] == "base"]
    for missing_data in ("complete", "imputed"):
        lines = []
        for name, label in TOTALS.items():
            own = [
                row | {"arm": arm}
                for arm in ARMS
                for row in base
                if row["missing_data"] == missing_data and row["quantity"] == f"{name}_{arm}"
            ]
            lines += [_row(label, own, _estimated(name))] if own else []
        if lines:
            yield Group(f"{MISSING_DATA[missing_data]}: whole follow-up", tuple(lines))


def _when(quantity: str, time: str, results: Results) -> str:
    if time != FOLLOW_UP:
        return results.words.moment(time).label
    return "QALYs, whole follow-up" if quantity == "qaly" else "Whole follow-up"


def _row(label: str, rows: list[Read], cells: Callable[[Read], list[str]]) -> Row:
    found: list[str] = []
    for arm in ARMS:
        own = next((row for row in rows if row["arm"] == arm), None)
        found += [NONE] * 4 if own is None else cells(own)
    return Row(label, tuple(found))


def _observed(quantity: str) -> Callable[[Read], list[str]]:
    def cells(row: Read) -> list[str]:
        known, decimals = f"{count(row['n'])} of {count(row['people'])}", DECIMALS[quantity]
        ends = interval(row["ci_low"], row["ci_high"], decimals)
        return [known, fixed(row["mean"], decimals), fixed(row["sd"], decimals), ends]

    return cells


def _spent(row: Read) -> list[str]:
    """costs.csv has no intervals: costs of few are far from normal."""
    known = f"{count(row['n'])} of {count(row['people'])}"
    return [known, fixed(row["mean"], 0), fixed(row["sd"], 0), NONE]


def _estimated(quantity: str) -> Callable[[Read], list[str]]:
    def cells(row: Read) -> list[str]:
        decimals = DECIMALS[quantity]
        ends = interval(row["ci_low"], row["ci_high"], decimals)
        known = f"{count(row['n_obs'])} of {count(row['n_units'])}"
        return [known, fixed(row["estimate"], decimals), NONE, ends]

    return cells
