"""The flow of people, and who crossed to the other arm."""

from collections.abc import Iterator

from cesp_analysis.columns import Row
from cesp_analysis.declared.wording import NO_ANSWER, NOBODY
from cesp_analysis.numbers import count, listed
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
from cesp_analysis.report.headcounts import asked_at
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.figure import figure
from cesp_analysis.report.titles import TITLES

_PARTS = {
    "recruitment": "Until recruitment",
    "allocation": "Allocation",
    "received": "What people received",
    "follow_up": "Follow-up",
    "survey": "Community surveys",
}
_STATUSES = ["invited", "reached", "not reached", "entered", "back", "of them"]


def people(results: Results) -> Iterator[Block]:
    """Flow as a figure and a table; contamination."""
    if not results.flow and not results.contamination:
        return
    yield Heading(1, TITLES["people"], "people")
    if results.flow:
        yield from figure(results, f"flow_{results.words.levels()[0]}")
        yield _flow(results)
        if results.leaves("flow_checks"):
            yield from _odd(results)
    if results.contamination:
        yield _contamination(results)


def _flow(results: Results) -> Table:
    groups = results.words.groups()
    groups = ["", *groups] if any(row["group"] == "" for row in results.flow) else groups
    parts: dict[str, list[Row]] = {}
    for row in results.flow:
        parts.setdefault(row["part"], []).append(row)
    titled = [(_PARTS[part], _lines(rows, groups)) for part, rows in parts.items()]
    return Table(
        id="flow",
        caption="Flow: who reached each step, and why others of the step before did not.",
        stub="Step",
        columns=tuple(Column(results.words.group(group)) for group in groups),
        groups=tuple(Group(title, tuple(lines)) for title, lines in titled),
        notes=tuple(Note(text) for text in _notes(results, set(parts))),
        csv="tables/flow.csv",
    )


def _lines(rows: list[Row], groups: list[str]) -> list[TableRow]:
    """A row a step, status and reason; a cell is blank where the step has no such group, and 0 of a
    group that holds nobody at all."""
    counts = {(r["step"], r["group"], r["status"], r["reason"]): r["n"] for r in rows}
    there = {(row["step"], row["group"]) for row in rows}
    empty = {*groups} - {row["group"] for row in rows}
    order = {step: place for place, step in enumerate(dict.fromkeys(r["step"] for r in rows))}
    lines: dict[tuple[str, str, str], TableRow] = {}
    for row in sorted(rows, key=lambda row: (order[row["step"]], _rank(row))):
        step, status, reason = row["step"], row["status"], row["reason"]
        cells = tuple(
            count(counts.get((step, group, status, reason), 0))
            if group in empty or (step, group) in there
            else ""
            for group in groups
        )
        lines[step, status, reason] = TableRow(_stub(row), cells)
    return list(lines.values())


def _stub(row: Row) -> str:
    """What a row counts: the step; behind it, who is not there or what they did."""
    label, status, reason = row["label"], row["status"], row["reason"]
    told = {
        "reached": label,
        "invited": f"{label}: invited",
        "not reached": f"{label}: not reached, {reason}",
        "entered": f"{label}: of them, with {reason}",
        "back": f"{label}: of them, back after {reason}",
    }
    said = told.get(status, f"{label}: of them, {reason[:1].lower()}{reason[1:]}")
    return f"{label}: respondents" if (row["part"], status) == ("survey", "reached") else said


def _rank(row: Row) -> tuple[int, bool]:
    """Within a step: who reached it, why others did not (what is not known last), who is back."""
    return _STATUSES.index(row["status"]), row["reason"] == NO_ANSWER


def _notes(results: Results, parts: set[str]) -> Iterator[str]:
    if "follow_up" in parts:
        moments, asked = results.words.moments("person"), asked_at(results, "person")
        if other := [moment.label for moment in moments if asked and moment not in asked]:
            yield f"No outcome is asked at {listed(other)}: no step here."
        yield (
            "Reached at a time: with an answer that counts. Back: not so at the time before. Each"
            " count is of people, each of whom is in one place at each step:"
            " data/processed/flow_places.parquet."
        )
    if "received" in parts:
        yield "Who received less is followed all the same: later steps do not follow from these."
    if "survey" in parts and any(row["status"] == "invited" for row in results.flow):
        yield (
            "Surveys: respondents = invited, less those not reached, more records without an"
            " interview in the frame."
        )


def _odd(results: Results) -> Iterator[Block]:
    """A line for each thing that is odd in the flow."""
    if results.flow_checks:
        yield Paragraph("What is odd in the flow, counted as the table says:")
        yield Bullets((*_nobody(results), *_others(results)))


def _nobody(results: Results) -> Iterator[str]:
    """A line a group: the steps at which nobody was."""
    called = {str(row["step"]): str(row["label"]) for row in results.flow}
    at: dict[str, list[str]] = {}
    for row in results.flow_checks:
        if row["kind"] == NOBODY:
            at.setdefault(row["group"], []).append(called[row["step"]])
    for group, steps in at.items():
        where = results.words.group(group) if group else "Of no known group"
        yield f"{where}: nobody at {listed(steps)}."


def _others(results: Results) -> Iterator[str]:
    return (row["said"] for row in results.flow_checks if row["kind"] != NOBODY)


def _contamination(results: Results) -> Table:
    words = results.words
    parts: dict[tuple[str, str], list[TableRow]] = {}
    for row in results.contamination:
        when = words.moment(row["time"]).label if row["time"] else "At any time, not dated"
        stub = f"{words.group(row['group'])}: {when}"
        cells = tuple(count(row[name]) for name in ("n", "known", "now", "ever", "ever_unknown"))
        parts.setdefault((row["level"], row["label"]), []).append(TableRow(stub, cells))
    whose = {"person": "people", "respondent": "respondents"}
    return Table(
        id="contamination",
        caption="Contamination: who used what the other arm offers, or moved across.",
        stub="Site and time" if words.sites else "Arm and time",
        columns=(
            Column("n"),
            Column("Known", "right", "At this time"),
            Column("Did", "right", "At this time"),
            Column("Did", "right", "Until this time"),
            Column("Not known", "right", "Until this time"),
        ),
        groups=tuple(
            Group(f"{label}: {whose[level]}", tuple(lines))
            for (level, label), lines in parts.items()
        ),
        notes=(
            Note(
                "People: since the time before, of all recruited; respondents: in the wave. Who did"
                " once counts until the end. These are counts: an effect without contamination is"
                " an estimand of its own, and dropping those who crossed selects after baseline."
            ),
        ),
        csv="tables/contamination.csv",
    )
