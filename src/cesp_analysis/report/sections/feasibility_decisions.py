"""The decision table of the progression criteria."""

from cesp_analysis.columns import Row
from cesp_analysis.feasibility.worst import ORDER, worst_shown
from cesp_analysis.numbers import NONE, count, fixed, interval
from cesp_analysis.report.blocks import Column, Group, Note, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.feasibility_words import (
    bounds_of,
    mark_of,
    percents,
    share_of,
    test_of,
    zone_of,
)
from cesp_analysis.withheld import LETTER, Withheld

INDEPENDENT = "probabilities and interval take people (or events) as independent of each other"
PER = {"per_month": "a month", "per_person_month": "a month of follow-up"}


def decisions(results: Results) -> Table:
    """The table of progression criteria: limits, what was found, zone."""
    own = criteria_of(results)
    marks: dict[str, str] = {}
    groups = (
        ("Numbers", [row for row in own if row["kind"] != "qualitative"]),
        ("Judged by people", [row for row in own if row["kind"] == "qualitative"]),
        ("Overall", [results.progression[-1]]),
    )
    return Table(
        id="progression",
        caption="Decision table: every progression criterion, what was found, and its zone.",
        stub="Criterion",
        columns=(
            Column("Zone", "left"),
            Column("Found", "phrase"),
            Column(results.words.interval(), "right"),
            Column("Red", "right", "Limits"),
            Column("Green", "right", "Limits"),
            Column("Red", "right", "Probability, %"),
            Column("Amber", "right", "Probability, %"),
            Column("Green", "right", "Probability, %"),
        ),
        groups=tuple(
            Group(name, tuple(_decision(row, marks, _counts(own)) for row in rows))
            for name, rows in groups
            if rows
        ),
        notes=(
            Note(
                "Of an amber share: 'better than red' if, were the truth at the red limit, a result"
                " this good or better would come in fewer than alpha of such studies (exact"
                " binomial, one-sided; Lewis et al. 2021), else 'like red'. p of Lewis's test: how"
                " probable such a result is at the red limit; the interval beside it says more."
            ),
            *(
                (
                    Note(
                        "In brackets: at the effective sample size, which allows for people of one"
                        " link worker being alike; of the amber share, where that differs. The"
                        " intervals beside them are at n; of rows of which a person has several,"
                        " at how many people they are worth."
                    ),
                )
                if any(row["deff_red"] is not None for row in own)
                else ()
            ),
            *(Note(f"{said[:1].upper()}{said[1:]}.", mark) for said, mark in marks.items()),
        ),
        csv="tables/progression.csv",
    )


def _decision(row: Row, marks: dict[str, str], counts: str) -> TableRow:
    zone = zone_of(row)
    if row["kind"] == "overall":
        return TableRow(row["label"], (zone, *[""] * 7), under=counts)
    told = f"{row['warnings']} | {row['deff_note']}"
    said = [part for part in told.split(" | ") if part]
    if row["prob_red"] is not None and row["deff_red"] is None:
        said.append(INDEPENDENT)
    own = " ".join(marks.setdefault(part, mark_of(len(marks))) for part in said)
    under = "; ".join(
        part for part in (row["measure"], bounds_of(row), test_of(row), row["reason"]) if part
    )
    cells = (
        zone, _found(row), _between(row), _limit(row, "red"), _limit(row, "green"),
        *(_probability(row, zone) for zone in ("red", "amber", "green")),
    )  # fmt: skip
    return TableRow(row["label"], cells, own, under)


def _counts(rows: list[Row]) -> str:
    """How many criteria of each zone, the worst first; reds by name."""
    parts = []
    for zone in ORDER:
        own = [row["label"] for row in rows if row["zone"] == zone]
        named = f" ({'; '.join(own)})" if zone == "red" else ""
        parts += [f"{len(own)} {zone}{named}"] if own else []
    for zone in ORDER:
        own = [row["label"] for row in rows if worst_shown(row) == zone != row["zone"]]
        if own:
            parts.append(f"{len(own)} more {zone} by what is not known ({'; '.join(own)})")
    return ", ".join(parts)


def _found(row: Row) -> str:
    if row["kind"] == "proportion" and row["denominator"] is not None:
        of = f"{count(row['numerator'])} of {count(row['denominator'])}"
        known = row["value"] is not None and not isinstance(row["value"], Withheld)
        return f"{of} ({share_of(row['value'])}%)" if known else of
    if row["kind"] in PER and row["value"] is not None:
        return f"{count(row['numerator'])}: {fixed(row['value'], 2)} {PER[row['kind']]}"
    if row["kind"] == "mean" and row["value"] is not None:
        return f"{fixed(row['value'], 2)} (n {count(row['denominator'])})"
    return NONE


def _between(row: Row) -> str:
    if row["ci_low"] is None:
        return NONE
    if row["kind"] == "proportion":
        between = percents(row["ci_low"], row["ci_high"])
        return between if between == LETTER else f"{between}%"
    return interval(row["ci_low"], row["ci_high"], 2)


def _limit(row: Row, zone: str) -> str:
    limit = row[zone]
    if limit is None:
        return NONE
    lower = (row["better"] == "higher") == (zone == "red")
    text = f"{100 * limit:g}%" if row["kind"] == "proportion" else f"{limit:g}"
    return f"{'≤' if lower else '≥'} {text}"


def _probability(row: Row, zone: str) -> str:
    share = row[f"prob_{zone}"]
    if share is None:
        return NONE
    deff = row[f"deff_{zone}"]
    known = deff is not None and not isinstance(deff, Withheld)
    return _chance(share) + (f" ({_chance(deff)})" if known else "")


def _chance(share: float) -> str:
    if isinstance(share, Withheld):
        return LETTER
    if share < 0.005:
        return "<1"
    return ">99" if share > 0.995 else fixed(100 * share, 0)


def criteria_of(results: Results) -> list[Row]:
    """Rows of criteria, without the one of all together."""
    return [row for row in results.progression if row["kind"] != "overall"]
