"""What measuring costs: minutes, licences."""

from collections.abc import Iterator

from cesp_analysis.columns import Row
from cesp_analysis.declared.wording import Wording
from cesp_analysis.numbers import NONE, by_size, count, fixed
from cesp_analysis.report.blocks import Column, Group, Note, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.notes import Notes, sentence
from cesp_analysis.report.results import Results

CSV = "tables/measurability.csv"


def costs(results: Results, rows: list[Row], level: str) -> Table:
    """What a trial by each candidate would take, and from which inputs."""
    words, notes = results.words, Notes()
    lines = []
    for row in rows:
        d = by_size(words.outcomes[row["outcome"]].decimals, row["sd_upper"])
        marks = [sentence(row["sample_size"])] if row["people"] is None else []
        marks += [sentence(said) for said in row["warnings"].split(" | ") if said]
        cells = (
            NONE if row["effect"] is None else f"{row['effect']:g}",
            fixed(row["sd_within"], d), fixed(row["design_effect"], 2),
            fixed(row["baseline_factor"], 2), count(row["locations"]), count(row["people"]),
            fixed(row["sd_upper"], d), count(row["locations_upper"]), count(row["people_upper"]),
        )  # fmt: skip
        label = f"{words.outcomes[row['outcome']].label} ({row['unit']})"
        lines.append(TableRow(label, cells, " ".join(notes.mark(text) for text in marks)))
    plain, upper = "By the SD", f"By its upper limit, {100 * rows[0]['sd_confidence']:g}%"
    return Table(
        id=f"measurability_cost_{level}",
        caption="What a trial by each candidate would take, both arms together.",
        stub="Outcome",
        columns=(
            Column("Difference"), Column("SD", "right", plain),
            Column("Design effect", "wrap", plain), Column("Baseline factor", "wrap", plain),
            Column("Locations", "right", plain), Column("People", "right", plain),
            Column("SD", "right", upper), Column("Locations", "right", upper),
            Column("People", "right", upper),
        ),
        groups=(Group("", tuple(lines)),),
        notes=(*notes_of(words, rows), *notes.notes()),
        csv=CSV,
    )  # fmt: skip


def notes_of(words: Wording, rows: list[Row]) -> Iterator[Note]:
    """How sizes were made, and who says what the differences are."""
    whole = next((row["sample_size"] for row in rows if row["people"] is not None), "")
    if whole:
        yield Note(f"Trial: {_without_correlation(whole)}.")
    planned = [row for row in rows if row["effect"] is not None]
    told = "; ".join(
        f"{words.outcomes[row['outcome']].label} {row['effect']:g} ({row['effect_source']})"
        for row in planned
    )
    yield Note(f"Differences to plan for: {told or 'none is declared'}.")


def _without_correlation(text: str) -> str:
    """The inputs that all candidates share: each has its own correlation before and after."""
    return "; ".join(
        part.partition(", correlation ")[0] + ", CAC " + part.partition(", CAC ")[2]
        if ", correlation " in part
        else part
        for part in text.split("; ")
    )
