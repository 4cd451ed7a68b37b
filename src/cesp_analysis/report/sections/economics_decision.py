"""What costs and QALYs mean for a decision: ratio, probabilities, shocks, more evidence."""

from collections.abc import Iterator

from cesp_analysis.economics.words import APPROACHES
from cesp_analysis.numbers import count, fixed, percentage
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
from cesp_analysis.report.sections.economics_outside import said_outside
from cesp_analysis.report.sections.economics_tables import main_way
from cesp_analysis.report.sections.figure import figure
from cesp_analysis.report.tables_read import Row
from cesp_analysis.withheld import Rounded

WHAT_PROBABILITY = (
    "The probability that net benefit is above £0 is a reading of the interval, not of the"
    " evidence: it knows what the interval knows and nothing else."
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
    columns = [Column("Net benefit, £"), Column("Probability above £0", "wrap")]
    if shocks:
        spanner = "A shock to a site"
        columns += [
            Column("of the median size, £", "wrap", spanner),
            Column("Probability with one against, for", "wrap", spanner),
            Column("with all sizes expected", "wrap", spanner),
        ]
    there = list(dict.fromkeys(row["approach"] for row in own))
    groups = tuple(
        Group(
            APPROACHES[approach] if len(there) > 1 else "",
            tuple(_line(row, shocks) for row in own if row["approach"] == approach),
        )
        for approach in there
    )
    yield Table(
        id="economics_curve",
        caption="Whether the intervention gives more health for its money, by threshold.",
        stub="Threshold, £ a QALY",
        columns=tuple(columns),
        groups=groups,
        notes=tuple(_notes(shocks)),
        csv="tables/ceac.csv",
    )
    yield from figure(results, "ceac_person")


def base_curve(results: Results) -> list[Row]:
    """The curve of the base case."""
    words = results.words.economics
    assert words is not None
    way = main_way(results)
    first = next(iter(words.perspectives), None)
    return [
        row
        for row in results.acceptability
        if row["missing_data"] == way
        and row["value_set"] == words.value_set
        and (first is None or row["perspective"] == first)
    ]


def _line(row: Row, shocks: bool) -> TableRow:
    cells = [fixed(row["inmb"], 0), percentage(row["probability"], 0)]
    if shocks:
        ends = f"{percentage(row['low'], 0)}, {percentage(row['high'], 0)}"
        cells += [fixed(row["shock_sd"], 0), ends, percentage(row["with_shock"], 0)]
    return TableRow(f"{row['threshold']:,.0f}", tuple(cells))


def _notes(shocks: bool) -> Iterator[Note]:
    if shocks:
        yield Note(
            "A shock is whatever else happened to people of one site in these months: one as large"
            " as the net benefit, the other way, would turn the decision. How large"
            " such shocks are is not known from two sites: their sizes are those that published"
            " correlations of outcomes imply, taken to hold for net benefit."
        )


def information(results: Results) -> Iterator[Block]:
    """What it would be worth to know more."""
    rows = results.value_of_information
    if not rows:
        return
    yield Heading(2, "What more evidence would be worth", "economics_information")
    whole = [row for row in rows if row["of"] != "trial"]
    people = next((row["people"] for row in rows if row["people"] is not None), None)
    yield Paragraph(_worth(people, any(row["shocks"] == "yes" for row in rows)))
    yield _perfect(whole, people is not None)
    if trials := [row for row in rows if row["of"] == "trial"]:
        yield _trials(trials)
        yield from figure(results, "information_person")


def _worth(people: float | None, shocks: bool) -> str:
    said = (
        "If the arm with the higher expected net benefit is chosen now, it may be the wrong one."
        " What that costs on average is the most that better evidence can be worth."
    )
    if people is not None:
        said += f" To all it is that for {count(people)} people, discounted."
    if shocks:
        said += (
            " What is not known holds shocks to sites: more people of the same two sites would not"
            " tell them, a trial in other places would."
        )
    return said


def _perfect(rows: list[Row], to_all: bool) -> Table:
    there = list(dict.fromkeys(row["approach"] for row in rows))
    labels = {"all": "All", "cost": "Costs alone", "qaly": "QALYs alone"}
    columns = [Column(label, "right", "Worth of knowing, £ a person") for label in labels.values()]
    columns += [Column("All, £ million to everybody", "wrap")] if to_all else []
    groups = []
    for approach in there:
        own = [row for row in rows if row["approach"] == approach]
        lines = []
        for threshold in dict.fromkeys(row["threshold"] for row in own):
            at = {row["of"]: row for row in own if row["threshold"] == threshold}
            cells = [fixed(at[name]["per_person"], 0) for name in labels]
            cells += [_million(at["all"]["population"])] if to_all else []
            lines.append(TableRow(f"{threshold:,.0f}", tuple(cells)))
        groups.append(Group(APPROACHES[approach] if len(there) > 1 else "", tuple(lines)))
    return Table(
        id="economics_perfect",
        caption="Expected value of perfect information.",
        stub="Threshold, £ a QALY",
        columns=tuple(columns),
        groups=tuple(groups),
        notes=(
            Note(
                "Costs or QALYs alone: if these were known without error and the other as it is;"
                " of sampling error alone."
            ),
        ),
        csv="tables/value_of_information.csv",
    )


def _trials(rows: list[Row]) -> Table:
    there = list(dict.fromkeys(row["approach"] for row in rows))
    groups = [
        Group(
            APPROACHES[approach] if len(there) > 1 else "",
            tuple(
                TableRow(
                    count(row["size"]),
                    tuple(_million(row[name]) for name in ("population", "cost", "net")),
                )
                for row in rows
                if row["approach"] == approach
            ),
        )
        for approach in there
    ]
    threshold = rows[0]["threshold"]
    return Table(
        id="economics_trials",
        caption=f"What a further trial would be worth at £{threshold:,.0f} a QALY, to everybody.",
        stub="People an arm",
        columns=(
            Column("Its information, £ million", "wrap"),
            Column("Its cost, £ million", "wrap"),
            Column("The difference, £ million", "wrap"),
        ),
        groups=tuple(groups),
        notes=(
            Note(
                "People allocated one by one, with the spread of net benefit of this study; a trial"
                " of places needs more of them. The figures of cost and of whom the decision is for"
                " are the study's own."
            ),
        ),
        csv="tables/value_of_information.csv",
    )


def _million(value: float | None) -> str:
    text = fixed(None if value is None else value / 1e6, 2)
    rounded = isinstance(value, Rounded) and "." in text  # of a number with few digits no more
    return text.rstrip("0").rstrip(".") if rounded else text
