"""What the evidence of planned trials is worth to those it is in time for, less its cost."""

from collections.abc import Iterator

from cesp_analysis.columns import Row as Read
from cesp_analysis.economics.ratio_words import pounds
from cesp_analysis.economics.words import APPROACHES
from cesp_analysis.numbers import NONE, count, fixed
from cesp_analysis.planning.worth import ASSUMED
from cesp_analysis.report.blocks import Block, Column, Group, Heading, Note, Paragraph, Row, Table
from cesp_analysis.report.results import Results

WHAT = (
    "A trial is also worth what its result would change for those about whom it is decided. For"
    " each design the size stands here whose evidence is worth most above its cost: for one person"
    " whom the decision concerns, and for all for whom the result is in time"
)
READ = (
    "Alone: how many people, allocated one by one, would tell as much. Worth: expected net benefit"
    " of a decision with the result over one without it, at {threshold} a QALY. Left: worth for all"
    " less the cost of the trial. In brackets: Monte Carlo standard error."
)


def worth(results: Results) -> Iterator[Block]:
    """A heading and a table, where there is a decision to inform."""
    if not results.planning_worth:
        return
    words = results.words.planning
    assert words is not None
    yield Heading(2, "What its evidence would be worth", "planning_worth")
    when = f" ({words.delay:g} years until it has told)" if words.delay else ""
    yield Paragraph(f"{WHAT}{when}.")
    yield _table(results)


def _table(results: Results) -> Table:
    rows = results.planning_worth
    read = READ.format(threshold=pounds(rows[0]["threshold"]))
    return Table(
        id="planning_worth_of_designs",
        caption="Net benefit: what each trial would tell.",
        stub="Design",
        columns=(
            Column("Locations × people", "phrase"),
            Column("Alone"),
            Column("Worth, £ a person", "phrase"),
            Column("For all, £ million"),
            Column("Cost, £ million"),
            Column("Left, £ million"),
        ),
        groups=tuple(_groups(results, rows)),
        notes=(
            Note(read),
            Note(" ".join(ASSUMED)),
            *(Note(f"Not in the table: {title}.") for title in _without(results, rows)),
        ),
        csv="tables/planning_worth.csv",
    )


def _groups(results: Results, rows: list[Read]) -> Iterator[Group]:
    for approach in dict.fromkeys(row["approach"] for row in rows):
        own = [r for r in rows if r["approach"] == approach and r["best"] == "yes"]
        if own:
            yield Group(APPROACHES[approach], tuple(_row(results, row) for row in own))


def _row(results: Results, row: Read) -> Row:
    words = results.words.planning
    assert words is not None
    a_person, error = (
        fixed(row[name], d) for name, d in (("per_person", 0), ("per_person_mcse", 1))
    )
    return Row(
        words.designs[row["design"]].label,
        (
            f"{count(row['locations'])} × {count(row['people'])}",
            count(row["alone"]),
            a_person if NONE in (a_person, error) else f"{a_person} ({error})",
            *(_million(row[name]) for name in ("population", "cost", "net")),
        ),
    )


def _million(value: float | None) -> str:
    return NONE if value is None else fixed(value / 1e6, 2)


def _without(results: Results, rows: list[Read]) -> Iterator[str]:
    """Designs of which no size has a worth above its cost, or an answer."""
    words = results.words.planning
    assert words is not None
    best = {row["design"] for row in rows if row["best"] == "yes"}
    for name in dict.fromkeys(row["design"] for row in rows):
        if name not in best:
            own = next(row for row in rows if row["design"] == name)
            why = own["reason"] or "no size is worth its cost"
            yield f"{words.designs[name].label} ({why})"
