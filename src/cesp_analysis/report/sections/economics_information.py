"""What more evidence would be worth: to know all, a part of it, what a further trial tells."""

from collections.abc import Collection, Iterator

from cesp_analysis.columns import Row
from cesp_analysis.economics.words import APPROACHES, TORNADO
from cesp_analysis.numbers import NONE, count, fixed, listed, percent
from cesp_analysis.report.blocks import Block, Column, Group, Heading, Note, Paragraph, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.figure import figure
from cesp_analysis.withheld import Rounded

LAWS = (
    "Normal laws, in closed form. By regression of draws, which take nothing for normal (Strong,"
    " Oakley & Brennan 2014), "
)
"""Begins what is said of the two ways, the first time."""


def information(results: Results) -> Iterator[Block]:
    """What it would be worth to know more."""
    rows = results.value_of_information
    if not rows:
        return
    yield Heading(2, "What more evidence would be worth", "economics_information")
    whole = [row for row in rows if row["of"] != "trial"]
    people = next((row["people"] for row in rows if row["people"] is not None), None)
    yield Paragraph(_worth(people, any(row["shocks"] == "yes" for row in rows)))
    yield _perfect(whole, results, people is not None)
    if trials := [row for row in rows if row["of"] == "trial"]:
        yield _trials(trials, results)
        yield from figure(results, "information_person")


def _worth(people: float | None, shocks: bool) -> str:
    said = (
        "If the arm with the higher expected net benefit is chosen now, it may be the wrong one."
        " What that costs on average is the most that better evidence can be worth. What is not"
        " known counts as normal here, also where the intervals are Student's: with few degrees of"
        " freedom more is at stake than is said."
    )
    if people is not None:
        said += f" To all it is that for {count(people)} people, discounted."
    if shocks:
        said += (
            " What is not known holds shocks to sites: more people of the same two sites would not"
            " tell them, a trial in other places would."
        )
    return said


def _perfect(rows: list[Row], results: Results, to_all: bool) -> Table:
    there = list(dict.fromkeys(row["approach"] for row in rows))
    words = results.words.economics
    assert words is not None
    labels = {"all": "All", "cost": "Costs alone", "qaly": "QALYs alone"}
    labels |= {f"{TORNADO}{name}": one.label for name, one in words.tornado.items()}
    named = {row["of"] for row in rows}
    labels = {name: label for name, label in labels.items() if name in named}
    columns = [Column(label, "wrap", "Worth of knowing, £ a person") for label in labels.values()]
    columns += [Column("All, £ million to everybody", "wrap")] if to_all else []
    groups = []
    for approach in there:
        own = [row for row in rows if row["approach"] == approach]
        lines = []
        for threshold in dict.fromkeys(row["threshold"] for row in own):
            at = {row["of"]: row for row in own if row["threshold"] == threshold}
            cells = [fixed(at[name]["per_person"], 0) if name in at else NONE for name in labels]
            cells += [_million(at["all"]["population"])] if to_all else []
            lines.append(TableRow(f"{threshold:,.0f}", tuple(cells)))
        groups.append(Group(APPROACHES[approach] if len(there) > 1 else "", tuple(lines)))
    return Table(
        id="economics_perfect",
        caption="Expected value of perfect information.",
        stub="Threshold, £ a QALY",
        columns=tuple(columns),
        groups=tuple(groups),
        notes=(*_of_parts(results, named), *_checked(rows, LAWS)),
        csv="tables/value_of_information.csv",
    )


def _of_parts(results: Results, named: Collection[str]) -> Iterator[Note]:
    words = results.words.economics
    assert words is not None
    yield Note(
        "Costs or QALYs alone: if these were known without error and the other as it is; of"
        " sampling error alone."
    )
    own = [one for name, one in words.tornado.items() if f"{TORNADO}{name}" in named]
    if own:
        said = [f"{one.label} ({percent(one.holds or 0.0, 1)})" for one in own]
        yield Note(
            "One parameter alone, where the study says with which probability it lies between its"
            f" low and its high value: {listed(said)}. All holds what is not known of them."
        )


def _checked(rows: list[Row], begins: str = "By regression of draws ") -> Iterator[Note]:
    """How far regression of draws is from the closed forms."""
    known = [row for row in rows if row["per_person"] is not None and row["regressed"] is not None]
    if not known:
        return
    most = max(known, key=lambda row: abs(row["per_person"] - row["regressed"]))
    yield Note(
        f"{begins}the value that differs most is £{fixed(most['regressed'], 0)} (standard error"
        f" {fixed(most['regressed_error'], 0)}) in"
        f" place of £{fixed(most['per_person'], 0)}."
    )


def _trials(rows: list[Row], results: Results) -> Table:
    words = results.words.economics
    assert words is not None
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
                "People allocated one by one, with the spread of net benefit that an analysis as"
                " here leaves; a trial of places needs more of them. The figures of cost and of"
                f" whom the decision is for are the study's own: {words.information_source}."
            ),
            *_checked(rows),
        ),
        csv="tables/value_of_information.csv",
    )


def _million(value: float | None) -> str:
    text = fixed(None if value is None else value / 1e6, 2)
    rounded = isinstance(value, Rounded) and "." in text  # of a number with few digits no more
    return text.rstrip("0").rstrip(".") if rounded else text
