"""Estimates in units of an SD, and what each interval says of an important difference."""

from collections.abc import Iterator

from cesp_analysis.columns import Row
from cesp_analysis.few_sites.words import shock_words
from cesp_analysis.models.two_sites import CAUTIONS
from cesp_analysis.numbers import NONE, count, fixed, interval, listed
from cesp_analysis.report.blocks import (
    Block,
    Callout,
    Column,
    Group,
    Heading,
    Note,
    Paragraph,
    Table,
)
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.notes import Notes, sentence
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.estimates import LEVELS, common_cautions

SHOCKS = (
    "With shocks: what the interval says that also allows for shocks to a site {sizes}"
    " (ci_low_shock to ci_high_shock in the CSV); –: there is no such interval."
)
AS_WITHOUT = "The same."


def standardised(results: Results) -> Iterator[Block]:
    """One table an outcome: differences in SDs with intervals, and their reading in words."""
    if not results.words.models or not any(_shown(row) for row in results.standardised):
        return
    yield Heading(1, "How large the differences are", "standardised")
    yield Paragraph(
        "The same estimates in units of the outcome's standard deviation within arms at the start,"
        " one for all models of an outcome, and what each interval says of the minimally important"
        " difference where the study declares one. Observed differences stand first: they are"
        " described, not attributed to anything."
    )
    common = common_cautions(results)
    for text in common:
        yield Callout("caution", CAUTIONS[text], text)
    for level in results.words.levels():
        tables = []
        for name, outcome in results.words.outcomes.items():
            own = [row for row in results.standardised if row["outcome"] == name]
            if outcome.level == level and any(_shown(row) for row in own):
                tables.append(_table(results, own, name, common))
        if tables:
            yield Heading(2, LEVELS[level], f"standardised_{level}")
            yield from tables


def _shown(row: Row) -> bool:
    """Whether there is something to say of an estimate here."""
    return row["effect"] is not None or bool(row["reading"])


def _table(results: Results, rows: list[Row], outcome: str, common: list[str]) -> Table:
    words, entry, notes = results.words, results.words.outcomes[outcome], Notes()
    mids, shocks = entry.mid is not None, any(row["reading_shock"] for row in rows)
    shaken = SHOCKS.format(sizes=shock_words(words.own_prior).sizes)
    groups = []
    for model in dict.fromkeys(["", *(row["model"] for row in rows)]):
        own = [row for row in rows if row["model"] == model and _shown(row)]
        lines = tuple(_line(row, notes, mids, common, shocks) for row in own)
        if lines:
            groups.append(Group(words.models[model].label if model else "Observed", lines))
    return Table(
        id=f"standardised_{outcome}",
        caption=f"{entry.label}: differences in standard deviations.{_important(results, rows)}",
        stub="Model and contrast",
        columns=(
            Column("SDs"),
            Column(words.interval()),
            *(_mid_columns(shocks) if mids else ()),
        ),
        groups=tuple(groups),
        notes=(*notes.notes(), *([Note(shaken)] if shocks else []), *_general(results, rows)),
        csv="tables/standardised.csv",
    )


def _mid_columns(shocks: bool) -> tuple[Column, ...]:
    """One reading; two where intervals with shocks to a site are known."""
    about = "The minimally important difference"
    if not shocks:
        return (Column(about, "left"),)
    return Column("by its interval", "left", about), Column("with shocks", "left", about)


def _line(row: Row, notes: Notes, mids: bool, common: list[str], shocks: bool) -> TableRow:
    cells = (fixed(row["effect"], 2), interval(row["effect_low"], row["effect_high"], 2))
    said = [f"{sentence(row['method'])}"] if row["method"] else []
    said += [f"Not in SDs: {row['reason']}."] if row["reason"] else []
    said += [text for text in row["caution"].split(" | ") if text and text not in common]
    marks = " ".join(notes.mark(text) for text in said)
    readings = [row["reading"] or NONE] if mids else []
    if mids and shocks:
        shaken = row["reading_shock"]
        readings.append(AS_WITHOUT if shaken and shaken == row["reading"] else shaken or NONE)
    return TableRow(row["contrast"], (*cells, *readings), marks, under=row["estimate_id"])


def _important(results: Results, rows: list[Row]) -> str:
    """The important difference in the outcome's unit and in SDs, and who says so."""
    entry = results.words.outcomes[rows[0]["outcome"]]
    if entry.mid is None:
        return ""
    sd = _first_sd(results, rows)
    in_sds = f"{entry.mid.value / sd['sd']:.2f} SD; " if sd else ""
    return f" Minimally important difference: {entry.mid.value:g} ({in_sds}{entry.mid.source})."


def _first_sd(results: Results, rows: list[Row]) -> Row | None:
    """A row that holds the SD of the start."""
    moments = results.words.moments(rows[0]["level"])
    return next((row for row in rows if moments and row["sd_time"] == moments[0].name), None)


def _general(results: Results, rows: list[Row]) -> tuple[Note, ...]:
    """Which SD, of how many; and what of the estimates is left out."""
    found, entry = _first_sd(results, rows), results.words.outcomes[rows[0]["outcome"]]
    noun = "people" if entry.level == "person" else "respondents"
    said = []
    if found:
        when = results.words.moment(found["sd_time"]).label
        said.append(
            f"SD at {when}, within arms: {fixed(found['sd'], entry.decimals)} {entry.unit}"
            f" ({count(found['sd_n'])} {noun} with a value then)."
        )
        others = {row["sd_time"]: row for row in rows if not row["model"] and row is not found}
        parts = [
            f"{fixed(row['sd'], entry.decimals)} at {results.words.moment(time).label}"
            f" ({count(row['sd_n'])})"
            for time, row in others.items()
            if time != found["sd_time"]
        ]
        if parts:
            said.append(
                f"Observed differences are divided by the SD of their time: {listed(parts)}."
            )
    if absent := sum(not _shown(row) for row in rows):
        said.append(f"{absent} without a number {'is' if absent == 1 else 'are'} left out here.")
    return tuple(Note(text) for text in said)
