"""What the evidence of each planned trial is worth, beside what it costs."""

from collections.abc import Iterator

from cesp_analysis.economics.words import APPROACHES, approaches_in
from cesp_analysis.numbers import NONE, count, fixed
from cesp_analysis.report.blocks import Block, Column, Group, Heading, Note, Row, Table
from cesp_analysis.report.results import Results
from cesp_analysis.report.tables_read import Row as Read

READ = (
    "Of each design the size whose evidence is worth most above its cost. Alone: people who would"
    " tell as much of net benefit, were they allocated one by one: people of one location are"
    " alike. Worth: what better decisions would gain for all for whom the trial is in time."
)


def worth(results: Results) -> Iterator[Block]:
    """A table of the best size of each design, by approach."""
    rows = [row for row in results.planning_worth if row["best"] == "yes"]
    if not rows:
        return
    words = results.words.planning
    assert words is not None
    there = approaches_in({row["approach"] for row in rows})
    groups = tuple(
        Group(
            APPROACHES[approach] if len(there) > 1 else "",
            tuple(
                _row(words.designs[row["design"]].label, row)
                for row in rows
                if row["approach"] == approach
            ),
        )
        for approach in there
    )
    yield Heading(2, "What its evidence would be worth", "planning_worth")
    yield Table(
        id="planning_worth_of_designs",
        caption=f"Net benefit at £{rows[0]['threshold']:,.0f} a QALY: what each trial would tell.",
        stub="Design",
        columns=(
            Column("Locations × people", "phrase"),
            Column("Alone", "right"),
            Column("Worth, £ million", "wrap"),
            Column("Cost, £ million", "wrap"),
            Column("Difference, £ million", "wrap"),
        ),
        groups=groups,
        notes=(Note(READ),),
        csv="tables/planning_worth.csv",
    )


def _row(label: str, row: Read) -> Row:
    size = f"{count(row['locations'])} × {count(row['people'])}"
    return Row(
        label,
        (size, count(row["alone"]), *(_million(row[n]) for n in ("population", "cost", "net"))),
    )


def _million(value: float | None) -> str:
    return NONE if value is None else fixed(value / 1e6, 2)
