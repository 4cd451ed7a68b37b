"""How well questionnaires were filled in."""

from collections.abc import Iterator

from cesp_analysis.columns import Row
from cesp_analysis.numbers import count, fixed
from cesp_analysis.report.blocks import Block, Column, Group, Heading, Note, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.results import Results


def answers(results: Results) -> Iterator[Block]:
    """Instruments scored; what is missing has a section of its own."""
    if results.answered:
        yield Heading(1, "Answers", "answers")
        yield _instruments(results)


def _instruments(results: Results) -> Table:
    words = results.words
    groups: dict[str, list[TableRow]] = {}
    order = [moment.name for moment in (*words.times, *words.waves)]
    by_score = {name: at for at, name in enumerate(_names(results))}
    ranked = sorted(results.answered, key=lambda r: (by_score[_name(r)], order.index(r["time"])))
    for row in ranked:
        label = words.scores.get(row["score"], row["score"])
        title = f"{label} ({'people' if row['level'] == 'person' else 'survey'})"
        empty = row["records"] - row["scored"] - row["partly"]
        groups.setdefault(title, []).append(
            TableRow(
                words.moment(row["time"]).label,
                (
                    count(row["records"]),
                    count(row["scored"]),
                    count(row["prorated"]),
                    count(row["incomplete"]),
                    count(row["partly"]),
                    count(empty),
                    fixed(row["mean"], 2),
                    fixed(row["sd"], 2),
                ),
            )
        )
    return Table(
        id="answered",
        caption="Instrument scores by time.",
        stub="Score and time",
        columns=(
            Column("Returned"),
            *(Column(name, "right", "Scored") for name in ("All", "Prorated", "Incomplete")),
            *(Column(name, "right", "Not scored") for name in ("Partly", "Blank")),
            Column("Mean"),
            Column("SD"),
        ),
        groups=tuple(Group(title, tuple(rows)) for title, rows in groups.items()),
        notes=(
            Note(
                "Incomplete: scored without an item that the score does without. Partly: some items"
                " answered, fewer than the score needs."
            ),
        ),
        csv="tables/answered.csv",
    )


def _name(row: Row) -> tuple[str, str]:
    return row["level"], row["score"]


def _names(results: Results) -> list[tuple[str, str]]:
    """Each score once, people's before respondents', in the table's order."""
    return list(dict.fromkeys(_name(row) for row in results.answered))
