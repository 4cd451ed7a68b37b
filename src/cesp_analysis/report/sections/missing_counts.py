"""A table of how many values are expected and missing."""

from cesp_analysis.columns import Row
from cesp_analysis.numbers import count, shared
from cesp_analysis.report.blocks import Column, Group, Note, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.results import Results


def missing_counts(results: Results, level: str) -> Table:
    """Expected and missing values of every outcome, by group and time."""
    words = results.words
    groups = words.groups()
    found = {
        (row["outcome"], row["time"], row["group"]): row
        for row in results.missing
        if row["level"] == level and row["outcome"]
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
        cells += [count(expected), f"{count(missing)}{shared(missing, expected)}"]
    return TableRow(label, tuple(cells))
