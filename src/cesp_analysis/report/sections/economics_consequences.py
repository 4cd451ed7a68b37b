"""Costs next to all outcomes: what falls outside the QALY is not lost."""

from collections.abc import Iterator

from cesp_analysis.columns import Row
from cesp_analysis.economics.words import APPROACHES
from cesp_analysis.numbers import fixed, interval
from cesp_analysis.report.blocks import Block, Column, Group, Heading, Note, Paragraph, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.main_estimates import of_each
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.economics_tables import main_missing_data

WHY = (
    "Benefits of connecting people to a community fall outside the QALY, and outside health. Here"
    " costs stand beside every outcome of people and of residents, none of them added to another;"
    " what each is worth is for the reader to say."
)
TITLES = {"person": "People", "respondent": "Community survey"}


def consequences(results: Results) -> Iterator[Block]:
    """The table, if there is an outcome besides."""
    groups = [Group("Costs and QALYs", tuple(_costs(results)))]
    for level in results.words.levels():
        rows = tuple(_line(results, row) for row in of_each(results, level))
        groups += [Group(TITLES[level], rows)] if rows else []
    if len(groups) < 2:
        return
    yield Heading(2, "Costs and all outcomes, side by side", "economics_consequences")
    yield Paragraph(WHY)
    arms = results.words.arms
    yield Table(
        id="economics_consequences_table",
        caption=f"{arms['intervention']} less {arms['control']}: costs and consequences.",
        stub="What",
        columns=(
            Column("Unit", "left"), Column("When", "left"), Column("Difference"),
            Column(results.words.interval(), "wrap"),
        ),
        groups=tuple(groups),
        notes=tuple(_notes(results)),
        csv="tables/estimates.csv",
    )  # fmt: skip


def _costs(results: Results) -> Iterator[TableRow]:
    missing_data, times = main_missing_data(results), results.words.times
    whole = f"{times[0].label} to {times[-1].label}"
    own = [
        row
        for row in results.economics
        if row["scenario"] == "base" and row["missing_data"] == missing_data
        and row["quantity"] in ("cost", "qaly")
    ]  # fmt: skip
    several = len({row["approach"] for row in own}) > 1
    for row in own:
        label = "Cost" if row["quantity"] == "cost" else "QALYs"
        label += f", {APPROACHES[row['approach']].lower()}" if several else ""
        decimals = 3 if row["unit"] == "QALYs" else 0
        ends = interval(row["ci_low"], row["ci_high"], decimals)
        yield TableRow(label, (row["unit"], whole, fixed(row["estimate"], decimals), ends))


def _line(results: Results, row: Row) -> TableRow:
    outcome = results.words.outcomes[row["outcome"]]
    when = results.words.moment(row["time"]).label if row["time"] else ""
    decimals = outcome.decimals
    ends = interval(row["ci_low"], row["ci_high"], decimals)
    unit = row["unit"] or outcome.unit
    return TableRow(outcome.label, (unit, when, fixed(row["estimate"], decimals), ends))


def _notes(results: Results) -> Iterator[Note]:
    yield Note(
        "Of each outcome the estimate of the model that speaks for it first, at its last time"
        " (blank: of all times together); all others stand under Estimates."
    )
    words = results.words.economics
    assert words is not None
    if words.wellby is None or not words.life_satisfaction:
        return
    row = next(
        (r for r in of_each(results, "person") if r["outcome"] == words.life_satisfaction), None
    )
    if row is None or row["estimate"] is None:
        return
    point = words.wellby * words.wellby_factor
    value, low, high = (
        None if row[name] is None else point * row[name]
        for name in ("estimate", "ci_low", "ci_high")
    )
    brought = (
        ""
        if words.wellby_price_year == words.price_year
        else f"; in prices of {words.price_year}, as the price index {words.wellby_index} rose,"
        f" £{point:,.0f}"
    )
    yield Note(
        f"Life satisfaction valued at £{words.wellby:,.0f} a point and year in prices of"
        f" {words.wellby_price_year} ({words.wellby_source}){brought}. So it is"
        f" £{fixed(value, 0)} a person for each year that such a"
        f" difference lasts ({interval(low, high, 0)}). It is another reading of the same"
        " people, never added to QALYs."
    )
