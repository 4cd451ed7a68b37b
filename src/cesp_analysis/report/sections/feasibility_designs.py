"""Rates at the effective sample size; how completely questionnaires are filled in."""

from typing import Any

from cesp_analysis.columns import Row
from cesp_analysis.numbers import NONE, count, fixed
from cesp_analysis.report.blocks import Column, Group, Note, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.feasibility_words import (
    mark_of,
    percents,
    share_of,
    titled,
    who,
)


def designs(results: Results, rows: list[Row]) -> Table:
    """What people of one link worker being alike does to the rates."""
    groups: dict[str, list[TableRow]] = {}
    marks: dict[str, str] = {}
    for row in rows:
        said = [part for part in row["deff_note"].split(" | ") if part]
        own = " ".join(marks.setdefault(part, mark_of(len(marks))) for part in said)
        cells = (
            count(row["link_workers"]), fixed(row["icc"], 3), fixed(row["cluster_size"], 1),
            fixed(row["deff"], 2), count(row["denominator"]), fixed(row["effective_n"], 1),
            percents(row["ci_low"], row["ci_high"]), percents(row["deff_low"], row["deff_high"]),
        )  # fmt: skip
        line = TableRow(who(results, row), cells, own)
        groups.setdefault(titled(results, row), []).append(line)
    return Table(
        id="rates_designs",
        caption="Rates at the effective sample size: people of one link worker may be alike.",
        stub="Rate",
        columns=(
            Column("Link workers", "wrap"),
            Column("ICC"),
            Column("People each", "wrap"),
            Column("Design effect", "wrap"),
            Column("n", "right"),
            Column("Effective sample size", "wrap"),
            Column("At n", "right", f"{results.words.interval()} (Wilson), %"),
            Column("At effective sample size", "right", f"{results.words.interval()} (Wilson), %"),
        ),
        groups=tuple(Group(title, tuple(lines)) for title, lines in groups.items()),
        notes=(
            Note(
                "ICC: of people with one link worker, by analysis of variance; below 0 it counts as"
                " 0. Design effect: 1 + (people each − 1) × ICC, of rows at least that of one"
                " person's rows being alike, and Student's t in place of the normal quantile;"
                " people (or rows) each: sum of squares over sum."
            ),
            *(Note(f"{said[:1].upper()}{said[1:]}.", mark) for said, mark in marks.items()),
        ),
        csv="tables/rates.csv",
    )


def _asked_of(row: Row, questionnaire: str) -> tuple[Any, ...]:
    """Of which questionnaire, when and of whom a row is."""
    return questionnaire, row["time"], row["of"], row["group"]


def completeness(results: Results, rows: list[Row]) -> Table:
    """Instruments whole by site and time; of items the one that is answered least."""
    words = results.words
    whole = [row for row in rows if "." not in row["part"] and row["of"] != "link_worker"]
    groups: dict[str, list[TableRow]] = {}
    items: dict[tuple[Any, ...], list[Row]] = {}
    for other in rows:
        if "." in other["part"] and other["value"] is not None:
            items.setdefault(_asked_of(other, other["part"].partition(".")[0]), []).append(other)
    for row in whole:
        asked = items.get(_asked_of(row, row["part"]), [])
        least = min(asked, key=lambda other: other["value"], default=None)
        cells = (
            count(row["numerator"]), count(row["denominator"]), share_of(row["value"]),
            percents(row["ci_low"], row["ci_high"]),
            f"{share_of(least['value'])}: {least['part_label']}" if least else NONE,
        )  # fmt: skip
        at = f"{row['part_label'].removesuffix(': all items')}, {words.moment(row['time']).label}"
        line = TableRow(who(results, row), cells, under=row["reason"])
        groups.setdefault(at, []).append(line)
    return Table(
        id="rates_completeness",
        caption="Questionnaires of people, filled in whole: every item answered.",
        stub="Questionnaire",
        columns=(
            Column("All items"),
            Column("Came back"),
            Column("%", "right"),
            Column("Wilson, %", "right"),
            Column("Item answered least, %", "left"),
        ),
        groups=tuple(Group(title, tuple(lines)) for title, lines in groups.items()),
        notes=(
            Note(
                "Came back: people of whom there is a record of the questionnaire at that time,"
                " also a blank one; all items: those who answered every item that everybody is"
                " asked. Every item, and link workers, are in the CSV (rate completeness)."
            ),
        ),
        csv="tables/rates.csv",
    )
