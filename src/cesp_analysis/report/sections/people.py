"""The flow of people, and who was in the study."""

from collections.abc import Iterator

from cesp_analysis.numbers import count, fixed, percent
from cesp_analysis.report.blocks import Block, Column, Group, Heading, Note, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.results import Results, Row
from cesp_analysis.report.sections.figure import figure
from cesp_analysis.study.wording import NO_ANSWER


def people(results: Results) -> Iterator[Block]:
    """Flow as a figure and a table; baseline characteristics by site."""
    yield Heading(1, "People", "people")
    if results.flow:
        yield from figure(results, "flow_person")
        yield _flow(results)
    for level in results.words.levels():
        rows = [row for row in results.baseline if row["level"] == level]
        if rows:
            yield _baseline(results, rows, level)


def _flow(results: Results) -> Table:
    groups = results.words.groups()
    groups = ["", *groups] if any(row["group"] == "" for row in results.flow) else groups
    counts = {(r["step"], r["group"], r["status"], r["reason"]): r["n"] for r in results.flow}
    at: dict[str, set[str]] = {}
    for row in results.flow:
        at.setdefault(row["step"], set()).add(row["group"])
    rows: dict[tuple[str, str, str], TableRow] = {}
    order = {step: place for place, step in enumerate(at)}
    for row in sorted(results.flow, key=lambda row: (order[row["step"]], _rank(row))):
        step, status, reason = row["step"], row["status"], row["reason"]
        cells = tuple(
            count(counts.get((step, group, status, reason), 0)) if group in at[step] else ""
            for group in groups
        )
        stub = f"{row['label']}: {status}, {reason}" if reason else row["label"]
        rows[step, status, reason] = TableRow(stub, cells)
    return Table(
        id="flow",
        caption="People who reached each step; below it, how many of the step before did not.",
        stub="Step",
        columns=tuple(Column(results.words.group(group)) for group in groups),
        groups=(Group("", tuple(rows.values())),),
        notes=(
            Note("Reached at a time: with an answer that counts. Back: not so at the time before."),
        )
        if results.words.times
        else (),
        csv="tables/flow.csv",
    )


def _rank(row: Row) -> tuple[int, bool]:
    """Within a step: who reached it, why others did not (what is not known last), who is back."""
    unknown = row["reason"] == NO_ANSWER
    return ["reached", "not reached", "back"].index(row["status"]), unknown


def _baseline(results: Results, rows: list[Row], level: str) -> Table:
    words = results.words
    groups = words.groups()
    columns = [column for group in groups for column in _columns(words.group(group))]
    variables = list(dict.fromkeys(row["variable"] for row in rows))
    body = [line for name in variables for line in _lines(results, rows, name, groups)]
    who = "People at baseline" if level == "person" else f"Respondents: {words.waves[0].label}"
    by = f", by {'site' if words.sites else 'arm'}. Description, not a test of balance"
    return Table(
        id=f"baseline_{level}",
        caption=f"{who}{'' if words.one_group() else by}.",
        stub="Characteristic",
        columns=tuple(columns),
        groups=(Group("", tuple(body)),),
        notes=(
            Note("Numbers: mean (SD). Categories: n (percent of those with an answer)."),
            Note("n: people with an answer."),
            *([Note("Unweighted, whatever weights a survey has.")] if level != "person" else []),
        ),
        csv="tables/baseline.csv",
    )


def _columns(label: str) -> tuple[Column, Column]:
    return Column("n", "right", label), Column("Mean (SD) or n (%)", "right", label)


def _lines(
    results: Results, rows: list[Row], variable: str, groups: list[str]
) -> Iterator[TableRow]:
    words = results.words
    own = {(row["group"], row["category"]): row for row in rows if row["variable"] == variable}
    entry = words.covariates.get(variable) or words.outcomes[variable]
    for category in dict.fromkeys(category for _, category in own):
        cells: list[str] = []
        for group in groups:
            row = own.get((group, category))
            cells += _cells(row, entry.decimals)
        yield TableRow(f"{entry.label}: {category}" if category else entry.label, tuple(cells))


def _cells(row: Row | None, decimals: int) -> list[str]:
    if row is None:
        return [count(0), ""]
    if row["category"]:
        return [count(row["n"]), f"{count(row['count'])} ({percent(row['count'], row['n'])})"]
    return [count(row["n"]), f"{fixed(row['mean'], decimals)} ({fixed(row['sd'], decimals)})"]
