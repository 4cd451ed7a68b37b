"""Can the difference be measured, and by which outcome: candidates for a definitive trial."""

from collections.abc import Iterator

from cesp_analysis.numbers import NONE, count, fixed
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
from cesp_analysis.report.notes import Notes
from cesp_analysis.report.results import Results, Row
from cesp_analysis.report.sections.estimates import LEVELS, sentence
from cesp_analysis.report.sections.figure import figure
from cesp_analysis.report.sections.measurability_change import (
    changes,
    clusters,
    important,
    retests,
)
from cesp_analysis.report.sections.measurability_values import (
    by_cell,
    items,
    reliabilities,
    values,
)

CSV = "tables/measurability.csv"


def measurability(results: Results) -> Iterator[Block]:
    """The ranking with what each candidate would cost; then what it was made from."""
    rows = results.measurability
    if not rows:
        return
    yield Heading(1, "Can the difference be measured", "measurability")
    yield Paragraph(
        "Each candidate for the primary outcome of a definitive trial: how completely it was"
        " answered, whether its scale has room, how reliable it is, how much it varies and what a"
        " trial by it would cost. Nothing here is chosen by how large its difference was."
    )
    yield Bullets(tuple(what_to_keep_in_mind(results)))
    for level in results.words.measurability:
        own = [row for row in rows if row["level"] == level]
        yield Heading(2, LEVELS[level], f"measurability_{level}")
        yield ranking(results, own, level)
        yield from figure(results, f"distributions_{level}")
        yield values(results, own, level)
        yield by_cell(results, own, level)
        yield from figure(results, f"reliability_{level}")
        yield reliabilities(results, own, level)
        if any(row["retest_n"] is not None for row in own):
            yield retests(results, own, level)
        yield changes(results, own, level)
        yield important(results, own, level)
        yield clusters(results, own, level)
        if any(item["outcome"] in {row["outcome"] for row in own} for item in results.items):
            yield items(results, own, level)


def what_to_keep_in_mind(results: Results) -> Iterator[str]:
    """What these numbers can tell, and what not."""
    yield (
        "Scales are described by the first time, all sites together, unweighted; reliability is of"
        " these people, and of nobody else's answers."
    )
    yield (
        "The smallest detectable change comes from a retest of stable people alone, never from a"
        " change that may be real. It says what can be told from error, not what matters."
    )
    yield (
        "Effect size, SRM and Guyatt's ratio describe how an outcome moved in the intervention arm,"
        " from whatever reason."
    )
    sites = dict.fromkeys(row["icc_site"] for row in results.measurability)
    yield f"Correlation of people within sites: {'; '.join(sites)}. It comes from elsewhere."


def ranking(results: Results, rows: list[Row], level: str) -> Table:
    """Candidates in order, with each criterion and the size of a trial."""
    words, notes = results.words, Notes()
    names = [part.rpartition(": ")[0] for part in _criteria(rows[0])]
    ordered = sorted(rows, key=lambda row: row["rank"] or 0)
    lines = []
    for row in ordered:
        marks = [sentence(row["sample_size"])] if row["people"] is None else []
        label = words.outcomes[row["outcome"]].label
        met = tuple(_standing(part) for part in _criteria(row))
        cost = (
            _effect(row), fixed(row["sd_within"], words.outcomes[row["outcome"]].decimals),
            count(row["locations"]), count(row["people"]), count(row["locations_upper"]),
            count(row["people_upper"]),
        )  # fmt: skip
        cells = (count(row["rank"]), *met, *cost)
        lines.append(TableRow(label, cells, " ".join(notes.mark(text) for text in marks)))
    confidence = f"SD at its upper limit ({100 * rows[0]['sd_confidence']:g}%)"
    return Table(
        id=f"measurability_ranking_{level}",
        caption="Candidates for the primary outcome: ranks by declared criteria, and their cost.",
        stub="Outcome",
        columns=(
            Column("Rank"),
            *(Column(name.replace("_", " "), "wrap", "Criteria") for name in names),
            Column("Difference", "right", "Trial to plan, both arms"),
            Column("SD", "right", "Trial to plan, both arms"),
            Column("Locations", "right", "Trial to plan, both arms"),
            Column("People", "right", "Trial to plan, both arms"),
            Column("Locations", "right", confidence),
            Column("People", "right", confidence),
        ),
        groups=(Group("", tuple(lines)),),
        notes=(*notes.notes(), *_notes(rows)),
        csv=CSV,
    )


def _criteria(row: Row) -> list[str]:
    return [part for part in row["criteria"].split(" | ") if part]


def _standing(part: str) -> str:
    """'met', 'not met', or a dash."""
    said = part.rpartition(": ")[2]
    return NONE if said.startswith("not known") else said


def _effect(row: Row) -> str:
    return NONE if row["effect"] is None else f"{row['effect']:g} {row['unit']}"


def _notes(rows: list[Row]) -> Iterator[Note]:
    """How ranks and sizes were made, and who says what the differences are."""
    how = dict.fromkeys(row["ranking"] for row in rows if row["ranking"])
    for text in how:
        yield Note(f"Ranks: {text}. {NONE}: not known, or does not apply; it counts half.")
    whole = next((row["sample_size"] for row in rows if row["people"] is not None), "")
    if whole:
        yield Note(f"Trial: {_without_correlation(whole)}.")
    planned = [row for row in rows if row["effect"] is not None]
    told = "; ".join(_sourced(row) for row in planned)
    yield Note(f"Differences to plan for: {told or 'none is declared'}.")


def _without_correlation(text: str) -> str:
    """The inputs that all candidates share: each has its own correlation before and after."""
    return "; ".join(
        part.partition(", correlation ")[0] + ", CAC " + part.partition(", CAC ")[2]
        if ", correlation " in part
        else part
        for part in text.split("; ")
    )


def _sourced(row: Row) -> str:
    return f"{row['outcome']} {row['effect']:g} ({row['effect_source']})"
