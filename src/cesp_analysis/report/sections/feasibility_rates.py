"""The rates of feasibility: shares, events a month, by site and by link worker."""

from collections.abc import Iterator

from cesp_analysis.columns import Row
from cesp_analysis.declared.design import MOST_SITES
from cesp_analysis.numbers import NONE, count, fixed, interval
from cesp_analysis.report.blocks import Block, Column, Group, Heading, Note, Paragraph, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.feasibility_designs import completeness, designs
from cesp_analysis.report.sections.feasibility_words import (
    mark_of,
    percents,
    share_of,
    titled,
    who,
)

COMPLETENESS = "completeness"


def rates_tables(results: Results) -> Iterator[Block]:
    """Shares; events a month; link workers; how completely questionnaires are filled in."""
    own = [row for row in results.rates if row["rate"] != COMPLETENESS]
    sites = [row for row in own if row["of"] != "link_worker"]
    workers = [row for row in own if row["of"] == "link_worker"]
    if own or results.rates:
        yield Heading(2, "Rates", "feasibility_rates")
    valued = {row["rate"] for row in own if row["part"]}
    if shares := [
        row for row in sites if row["kind"] == "proportion" and row["rate"] not in valued
    ]:
        yield _shares(results, shares, "rates", "Shares, over all and by site.")
    if values := [row for row in sites if row["rate"] in valued]:
        yield _values(results, values)
    if monthly := [row for row in sites if row["kind"] != "proportion"]:
        yield _monthly(results, monthly)
    if of_workers := [
        row for row in workers if row["kind"] == "proportion" and row["rate"] not in valued
    ]:
        if len(results.words.sites) > MOST_SITES:
            yield Paragraph("Shares by link worker are in rates.csv.")
        else:
            yield _shares(results, of_workers, "rates_workers", "Shares by link worker.")
    if clustered := [
        row
        for row in sites
        if (row["deff"] is not None or row["deff_note"]) and row["rate"] not in valued
    ]:
        yield designs(results, clustered)
    if filled := [row for row in results.rates if row["rate"] == COMPLETENESS]:
        yield completeness(results, filled)


def _shares(results: Results, rows: list[Row], name: str, caption: str) -> Table:
    marks: dict[str, str] = {}
    groups: dict[str, list[TableRow]] = {}
    for row in rows:
        said = [part for part in row["warnings"].split(" | ") if part]
        own = " ".join(marks.setdefault(part, mark_of(len(marks))) for part in said)
        cells = (
            count(row["numerator"]), count(row["denominator"]), share_of(row["value"]),
            percents(row["ci_low"], row["ci_high"]),
            percents(row["exact_low"], row["exact_high"]),
        )  # fmt: skip
        line = TableRow(who(results, row), cells, own, row["reason"] or _alike(row))
        groups.setdefault(titled(results, row), []).append(line)
    return Table(
        id=name,
        caption=caption,
        stub="Rate",
        columns=(
            Column("Numerator"),
            Column("Denominator"),
            Column("%", "right"),
            Column("Wilson", "right", f"{results.words.interval()}, %"),
            Column("Clopper-Pearson", "right", f"{results.words.interval()}, %"),
        ),
        groups=tuple(Group(title, tuple(lines)) for title, lines in groups.items()),
        notes=(
            Note(
                "Who is in numerator and denominator stands in the CSV. A row without anybody below"
                " the line has no rate, and stays."
            ),
            *(Note(f"{said[:1].upper()}{said[1:]}.", mark) for said, mark in marks.items()),
        ),
        csv="tables/rates.csv",
    )


def _alike(row: Row) -> str:
    """Of rows of which a person has several: of how many people, and what that costs."""
    if row["person_deff"] is None:
        return ""
    return f"of {count(row['people'])} people; design effect {fixed(row['person_deff'], 2)}"


def _values(results: Results, rows: list[Row]) -> Table:
    """Rates with a share for each value: a row a value, a column a site."""
    groups = ["", *dict.fromkeys(row["group"] for row in rows if row["group"])]
    known = {(row["rate"], row["time"], row["part"], row["group"]): row for row in rows}
    made: dict[str, dict[str, TableRow]] = {}
    for row in rows:
        whole = row | {"part_label": ""}
        own = made.setdefault(titled(results, whole), {})
        key = row["rate"], row["time"], row["part"]
        cells = tuple(_of(known.get((*key, group))) for group in groups)
        own[row["part"]] = TableRow(row["part_label"], cells)
    heads = [results.words.group(group) if group else "All" for group in groups]
    return Table(
        id="rates_values",
        caption="Shares of each value, over all and by site.",
        stub="Value",
        columns=tuple(Column(head, "right") for head in heads),
        groups=tuple(Group(title, tuple(lines.values())) for title, lines in made.items()),
        notes=(Note("Intervals, and link workers, are in the CSV."),),
        csv="tables/rates.csv",
    )


def _of(row: Row | None) -> str:
    if row is None:
        return NONE
    of = f"{count(row['numerator'])} of {count(row['denominator'])}"
    return of if row["value"] is None else f"{of} ({share_of(row['value'])}%)"


def _monthly(results: Results, rows: list[Row]) -> Table:
    marks: dict[str, str] = {}
    groups: dict[str, list[TableRow]] = {}
    for row in rows:
        said = [part for part in row["warnings"].split(" | ") if part]
        own = " ".join(marks.setdefault(part, mark_of(len(marks))) for part in said)
        cells = (
            count(row["numerator"]), fixed(row["exposure"], 1), fixed(row["value"], 3),
            interval(row["ci_low"], row["ci_high"], 3),
        )  # fmt: skip
        under = row["reason"] or row["exposure_is"]
        line = TableRow(who(results, row), cells, own, under)
        groups.setdefault(titled(results, row), []).append(line)
    return Table(
        id="rates_monthly",
        caption="Events a month.",
        stub="Rate",
        columns=(
            Column("Events"),
            Column("Months"),
            Column("A month"),
            Column(results.words.interval(), "right"),
        ),
        groups=tuple(Group(title, tuple(lines)) for title, lines in groups.items()),
        notes=(
            Note("Intervals: exact Poisson (Garwood)."),
            *(Note(f"{said[:1].upper()}{said[1:]}.", mark) for said, mark in marks.items()),
        ),
        csv="tables/rates.csv",
    )
