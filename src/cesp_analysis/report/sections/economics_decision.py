"""What costs and QALYs mean for a decision: ratio, probabilities, shocks."""

from collections.abc import Callable, Iterator

from cesp_analysis.columns import Row
from cesp_analysis.economics.words import APPROACHES
from cesp_analysis.numbers import fixed, percentage
from cesp_analysis.report.blocks import (
    Block,
    Bullets,
    Column,
    Group,
    Heading,
    Note,
    Paragraph,
    Table,
)
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.economics_drawn import of_probabilities
from cesp_analysis.report.sections.economics_outside import said_outside
from cesp_analysis.report.sections.economics_tables import main_missing_data
from cesp_analysis.report.sections.figure import figure

WHAT_PROBABILITY = (
    "The probability that net benefit is above £0 is a reading of the interval, not of the"
    " evidence: it knows what the interval knows and nothing else."
)
WHAT_SHOCK = (
    "A shock is whatever else happened to people of one site in these months: one as large as the"
    " net benefit, the other way, would turn the decision. How large such shocks are is not known"
    " from two sites: their sizes are those that published correlations of outcomes imply, taken to"
    " hold for net benefit. The last column: that one of these, as large or larger, favoured the"
    " arm of higher expected net benefit."
)


def ratio(results: Results) -> Iterator[Block]:
    """The cost of a QALY, where it can be said, or what is said in its place."""
    rows = results.ce_quadrants
    if not rows:
        return
    said = [row["said"] or said_outside(row) for row in rows]
    of = [f"{APPROACHES[row['approach']]}: " if len(rows) > 1 else "" for row in rows]
    yield Bullets(tuple(map("".join, zip(of, said, strict=True))))


def decision(results: Results) -> Iterator[Block]:
    """Probabilities at the declared thresholds, and what a shock to a site would do."""
    words = results.words.economics
    assert words is not None
    own = [row for row in base_curve(results) if row["threshold"] in words.thresholds]
    if not own:
        return
    yield Heading(2, "At which threshold", "economics_decision")
    yield Paragraph(WHAT_PROBABILITY)
    shocks = any(row["flip"] is not None for row in own)
    best = "Higher expected net benefit"
    yield Table(
        id="economics_curve",
        caption="Whether the intervention gives more health for its money, by threshold.",
        stub="Threshold, £ a QALY",
        columns=(
            Column("Net benefit, £"), Column("Probability above £0", "wrap"),
            Column("Arm", "left", best), Column("Probability that it is", "wrap", best),
        ),
        groups=_groups(own, lambda row: _line(row, results)),
        notes=tuple(of_probabilities(own)),
        csv="tables/ceac.csv",
    )  # fmt: skip
    if shocks:
        yield _shocks(own)
    yield from figure(results, "ceac_person")


def base_curve(results: Results) -> list[Row]:
    """The curve of the base case."""
    words = results.words.economics
    assert words is not None
    missing_data = main_missing_data(results)
    first = next(iter(words.perspectives), None)
    return [
        row
        for row in results.acceptability
        if row["missing_data"] == missing_data
        and row["value_set"] == words.value_set
        and (first is None or row["perspective"] == first)
    ]


def _groups(rows: list[Row], line: Callable[[Row], TableRow]) -> tuple[Group, ...]:
    """The rows of each approach; its name where there are two."""
    there = list(dict.fromkeys(row["approach"] for row in rows))
    return tuple(
        Group(
            APPROACHES[approach] if len(there) > 1 else "",
            tuple(line(row) for row in rows if row["approach"] == approach),
        )
        for approach in there
    )


def _line(row: Row, results: Results) -> TableRow:
    cells = [fixed(row["inmb"], 0), percentage(row["probability"], 0)]
    cells += [results.words.arms[row["frontier"]], percentage(row["frontier_probability"], 0)]
    return TableRow(f"{row['threshold']:,.0f}", tuple(cells))


def _shocks(rows: list[Row]) -> Table:
    """What a shock to a site would do to the decision."""
    above = "Probability above £0"
    return Table(
        id="economics_shocks",
        caption="What else may have happened at a site, and the decision.",
        stub="Threshold, £ a QALY",
        columns=(
            Column("A shock of the median size, £", "wrap"),
            Column("with one against, for", "wrap", above),
            Column("with all sizes expected", "wrap", above),
            Column("A shock that would turn the decision, £", "wrap"),
            Column("Probability of such a one", "wrap"),
        ),
        groups=_groups(rows, _shocked),
        notes=(Note(WHAT_SHOCK),),
        csv="tables/ceac.csv",
    )


def _shocked(row: Row) -> TableRow:
    ends = f"{percentage(row['low'], 0)}, {percentage(row['high'], 0)}"
    cells = [fixed(row["shock_sd"], 0), ends, percentage(row["with_shock"], 0)]
    cells += [fixed(row["flip"], 0), percentage(row["flip_probability"], 0)]
    return TableRow(f"{row['threshold']:,.0f}", tuple(cells))
