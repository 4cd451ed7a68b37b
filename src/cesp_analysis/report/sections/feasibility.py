"""Feasibility: the decision table of progression criteria, rates, recruitment."""

from collections.abc import Iterator
from typing import Literal

from cesp_analysis.feasibility.worst import ORDER
from cesp_analysis.numbers import NONE
from cesp_analysis.report.blocks import Block, Bullets, Callout, Column, Group, Heading, Note, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.feasibility_decisions import criteria_of, decisions
from cesp_analysis.report.sections.feasibility_rates import rates_tables
from cesp_analysis.report.sections.feasibility_sizes import recruitment, sizes
from cesp_analysis.report.sections.feasibility_words import (
    LIGHTS,
    may_be,
    zone_of,
)
from cesp_analysis.withheld import above_zero


def feasibility(results: Results) -> Iterator[Block]:
    """Progression criteria first, then the rates that they and others rest on."""
    if not results.words.feasibility:
        return
    yield Heading(1, "Feasibility", "feasibility")
    if results.progression:
        yield _in_short(results)
        yield Bullets(tuple(_how_to_read(results)))
        yield decisions(results)
        yield _reasons(results)
        yield sizes(results)
    yield from recruitment(results)
    yield from rates_tables(results)


def _in_short(results: Results) -> Callout:
    """The worst zone, the reds by name before all others, and what was decided."""
    last, own = results.progression[-1], criteria_of(results)
    said = [f"Overall {LIGHTS[last['zone']]}, the worst of all that are shown."]
    if last["zone"] == "not assessed":
        said = [f"Overall {LIGHTS[last['zone']]}: what nobody assessed may be red."]
    for zone in ORDER:
        if names := [row["label"] for row in own if row["zone"] == zone]:
            said.append(f"{zone.capitalize()}: {'; '.join(names)}.")
    if moved := [f"{row['label']}: {may_be(row)}" for row in own if may_be(row)]:
        said.append(f"What is not known moves {'; '.join(moved)}.")
    decided = last["justification"]
    said.append(f"Decided: {decided}" if decided else "What was decided is not written down.")
    tone: Literal["note", "caution"] = "note" if last["zone"] == "green" else "caution"
    return Callout(tone, "Progression criteria", " ".join(said))


def _how_to_read(results: Results) -> Iterator[str]:
    yield (
        "Criteria are guidelines, not rules: no limit decides by itself, and none is to be read"
        " apart from the others or from what people said (Mellor et al. 2023)."
    )
    yield (
        "A zone is where the estimate lies. The probabilities beside it say how sure that is: of"
        " the three zones, given the data alone (Jeffreys' prior)."
    )
    if any(above_zero(row["not_known"]) for row in criteria_of(results)):
        yield (
            "What is not known counts once against the criterion and once for it: where that moves"
            " the zone, the other zone stands beside it, and the worst of all that are shown is the"
            " overall one. The probabilities do not allow for it."
        )
    known = {row["standing"] for row in criteria_of(results) if row["standing"]}
    if not known:
        yield (
            "The analysis plan is not locked: nothing here shows that the limits were set before"
            " anybody saw the data."
        )


def _reasons(results: Results) -> Table:
    """Why these limits, what people said, and the reasons to see it as they do."""
    rows = []
    for row in results.progression:
        by = ", ".join(part for part in (row["judged_by"], row["judged_on"]) if part)
        linked = "; ".join(part.rstrip(".") for part in (row["evidence"], row["linked"]) if part)
        rows.append(
            TableRow(
                row["label"],
                (
                    zone_of(row),
                    row["rationale"] or NONE,
                    linked or NONE,
                    row["justification"] or NONE,
                    row["standing"] or NONE,
                ),
                under=f"Judged: {by}" if by else "",
            )
        )
    return Table(
        id="progression_reasons",
        caption="Progression criteria: why these limits, qualitative evidence, and reasons.",
        stub="Criterion",
        columns=(
            Column("Zone", "left"),
            Column("Why these limits", "left"),
            Column("Qualitative evidence", "left"),
            Column("Justification", "left"),
            Column("Declared", "left"),
        ),
        groups=(Group("", tuple(rows)),),
        notes=(
            Note(
                "Declared: whether the criterion stood so in the analysis plan when it was locked."
            ),
        ),
        csv="tables/progression.csv",
    )
