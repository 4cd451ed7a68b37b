"""How well questions were answered: instruments and missing values."""

from collections.abc import Iterator

from cesp_analysis.numbers import count, fixed, percent
from cesp_analysis.report.blocks import Block, Column, Group, Heading, Note, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.results import Results, Row
from cesp_analysis.report.sections.figure import figure


def answers(results: Results) -> Iterator[Block]:
    """Instruments scored, and where outcomes are missing."""
    yield Heading(1, "Answers", "answers")
    if results.answered:
        yield _instruments(results)
    for level in results.words.levels():
        yield from figure(results, f"missingness_{level}")
        yield _missing(results, level)


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


def _missing(results: Results, level: str) -> Table:
    words = results.words
    groups = words.groups()
    found = {
        (row["outcome"], row["time"], row["group"]): row
        for row in results.missing
        if row["level"] == level
    }
    titled = []
    for name, outcome in words.outcomes.items():
        times = [moment for moment in words.moments(level) if _any(found, name, moment.name)]
        rows = [_line(found, name, moment.name, moment.label, groups) for moment in times]
        if rows:
            titled.append(Group(outcome.label, tuple(rows)))
    columns = [
        column
        for group in groups
        for column in (
            Column("Expected", "right", words.group(group)),
            Column("Missing", "right", words.group(group)),
        )
    ]
    who = "people" if level == "person" else "respondents"
    return Table(
        id=f"missing_{level}",
        caption=f"Missing values by outcome and time: {who}.",
        stub="Outcome and time",
        columns=tuple(columns),
        groups=tuple(titled),
        notes=(Note("Expected: everybody recruited, also who had died or withdrawn by then."),)
        if level == "person"
        else (),
        csv="tables/missing.csv",
    )


def _any(found: dict[tuple[str, str, str], Row], outcome: str, time: str) -> bool:
    return any(key[:2] == (outcome, time) for key in found)


def _line(
    found: dict[tuple[str, str, str], Row], outcome: str, time: str, label: str, groups: list[str]
) -> TableRow:
    cells: list[str] = []
    for group in groups:
        row = found.get((outcome, time, group))
        expected, missing = (row["n_expected"], row["n_missing"]) if row else (0, 0)
        cells += [count(expected), f"{count(missing)} ({percent(missing, expected)})"]
    return TableRow(label, tuple(cells))
