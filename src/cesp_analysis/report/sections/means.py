"""Observed means, before any model."""

from collections.abc import Iterator

from cesp_analysis.columns import Row
from cesp_analysis.numbers import count, fixed, interval
from cesp_analysis.report.blocks import Block, Column, Group, Heading, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.notes import Notes, sentence
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.figure import figure
from cesp_analysis.report.sections.subsets import subsets
from cesp_analysis.report.titles import TITLES


def means(results: Results) -> Iterator[Block]:
    """People's means and changes by site and time; individual trajectories and changes."""
    words = results.words
    if "person" not in words.levels():
        return
    yield Heading(1, TITLES["means"], "means")
    yield from observed(results, "person")
    if results.changes:
        first = results.words.times[0].label
        caption = (
            f"Observed mean changes from {first}: people who answered both times. Unweighted;"
            " the intervals are those of the paired t-test."
        )
        if words.one_group():
            caption += " A description, not an effect: nobody is compared with this group."
        csv = "tables/changes.csv"
        yield means_table(results, results.changes, "person", "changes_person", caption, csv)
    yield from subsets(results)
    if len(words.times) > 1:
        yield from figure(results, "trajectories_person")
        yield from figure(results, "raincloud_person")


def observed(results: Results, level: str) -> Iterator[Block]:
    """Observed means of people or respondents: a figure and a table."""
    yield from figure(results, f"means_{level}")
    rows = [row for row in results.means if row["level"] == level]
    who = "people" if level == "person" else "survey respondents"
    caption = (
        f"Observed means by time: {who}. Unweighted; the intervals take {who} as independent of"
        " each other, which those of one neighbourhood are not."
    )
    yield means_table(results, rows, level, f"means_{level}", caption, "tables/means.csv")


def means_table(
    results: Results, rows: list[Row], level: str, anchor: str, caption: str, csv: str
) -> Table:
    """Means with intervals: one group of rows an outcome, one spanner a site (or arm)."""
    words = results.words
    there = list(dict.fromkeys(row["group"] for row in rows))
    known = [group for group in dict.fromkeys((*words.groups(), *words.arms)) if group in there]
    if lost := set(there) - set(known):
        raise ValueError(f"{csv}: means of {sorted(lost)}, which are no sites or arms")
    shown = known or words.groups()
    of_model = {
        model: [row for row in rows if row["model_time"] == model]
        for model in dict.fromkeys(row["model_time"] for row in rows)
    }
    groups, notes = [], Notes()
    for name, outcome in words.outcomes.items():
        lines = [
            line
            for model, own in of_model.items()
            for line in _lines(own, name, model, level, results, shown, notes)
        ]
        if lines:
            groups.append(Group(f"{outcome.label} ({outcome.unit})", tuple(lines)))
    columns = [
        column
        for group in shown
        for column in (
            Column("n", "right", words.group(group)),
            Column("Mean", "right", words.group(group)),
            Column(words.interval(), "right", words.group(group)),
        )
    ]
    return Table(
        anchor,
        caption,
        "Outcome and time",
        tuple(columns),
        tuple(groups),
        notes=notes.notes(),
        csv=csv,
    )


def _lines(
    rows: list[Row],
    outcome: str,
    model: str,
    level: str,
    results: Results,
    groups: list[str],
    notes: Notes,
) -> Iterator[TableRow]:
    """A line a time; model: the time whose model they are of, if each has its own."""
    words = results.words
    found = {(row["outcome"], row["time"], row["group"]): row for row in rows}
    of = f" (model of {words.moment(model).label})" if model else ""
    for moment in words.moments(level):
        if any(key[:2] == (outcome, moment.name) for key in found):
            cells = tuple(_cells(found, outcome, moment.name, results, groups))
            own = (found.get((outcome, moment.name, group)) for group in groups)
            why = dict.fromkeys(row["reason"] for row in own if row and row["reason"])
            marks = " ".join(notes.mark(sentence(one)) for one in why)
            yield TableRow(f"{moment.label}{of}", cells, marks)


def _cells(
    found: dict[tuple[str, str, str], Row],
    outcome: str,
    time: str,
    results: Results,
    groups: list[str],
) -> Iterator[str]:
    decimals = results.words.outcomes[outcome].decimals
    for group in groups:
        row = found.get((outcome, time, group))
        if row is None:
            yield from ("0", "–", "–")
            continue
        yield count(row["n"])
        yield fixed(row["mean"], decimals)
        yield interval(row["ci_low"], row["ci_high"], decimals)
