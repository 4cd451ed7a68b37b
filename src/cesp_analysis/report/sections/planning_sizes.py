"""What each design needs: the smallest size that reaches both targets, or how far it comes."""

from collections.abc import Iterator

from cesp_analysis.columns import Row as Read
from cesp_analysis.declared.trial_designs import DESCRIBED
from cesp_analysis.numbers import NONE, count, fixed, interval, percentage
from cesp_analysis.report.blocks import Column, Group, Note, Row, Table
from cesp_analysis.report.notes import Notes
from cesp_analysis.report.results import Results
from cesp_analysis.withheld import Withheld

READ = (
    "People: asked in a location and period. Each row: the fewest locations of those declared with"
    " which power and assurance are both reached. Detectable: the difference that is found with the"
    " power to be reached. In brackets: power in the middle 80% of the draws."
)


def sizes(results: Results) -> Table:
    """A row for each design and number of people."""
    words = results.words.planning
    assert words is not None
    notes = Notes()
    priced = words.costs is not None
    groups = tuple(
        Group(design.label, tuple(_rows(results, name, notes, priced)))
        for name, design in words.designs.items()
    )
    kinds = dict.fromkeys(design.kind for design in words.designs.values())
    said = "; ".join(DESCRIBED[kind] for kind in kinds)
    columns = [
        Column("Locations", "wrap"), Column("People in all"), Column("Power"),
        Column("Assurance", "phrase"), Column("Detectable"),
    ]  # fmt: skip
    return Table(
        id="planning_scenarios",
        caption="What each design needs, by the number of people of a location.",
        stub="People",
        columns=(*columns, *([Column("Cost, £ million", "wrap")] if priced else [])),
        groups=tuple(group for group in groups if group.rows),
        notes=(Note(READ), Note(f"Designs: {said}."), *notes.notes()),
        csv="tables/planning.csv",
    )


def _rows(results: Results, name: str, notes: Notes, priced: bool) -> Iterator[Row]:
    own = [row for row in results.planning if row["design"] == name]
    for people in dict.fromkeys(row["people"] for row in own):
        rows = sorted((r for r in own if r["people"] == people), key=lambda r: r["locations"])
        row = next((r for r in rows if r["reaches"] == "both"), rows[-1])
        yield _row(results, row, notes, priced)


def _row(results: Results, row: Read, notes: Notes, priced: bool) -> Row:
    words = results.words.planning
    assert words is not None
    outcome = results.words.outcomes[words.outcome]
    reached = row["reaches"] == "both"
    cells = [
        count(row["locations"]) if reached else f"none to {count(row['locations'])}",
        count(row["recruited"]),
        percentage(row["power"], 0),
        _assurance(row),
        fixed(row["detectable"], outcome.decimals),
    ]
    if priced:
        cells.append(NONE if row["cost"] is None else fixed(row["cost"] / 1e6, 2))
    marks = [] if reached else [notes.mark(_short_of(row, words.power))]
    marks += [notes.mark(_sentence(word)) for word in row["warnings"].split(" | ") if word]
    return Row(count(row["people"]), tuple(cells), " ".join(dict.fromkeys(marks)))


def _assurance(row: Read) -> str:
    if row["assurance"] is None:
        return NONE
    if isinstance(row["power_low"], Withheld):
        return percentage(row["assurance"], 0)
    low, high = (None if v is None else 100 * v for v in (row["power_low"], row["power_high"]))
    return f"{percentage(row['assurance'], 0)} ({interval(low, high, 0)})"


def _short_of(row: Read, target: float) -> str:
    """Why the largest size does not do: what it lacks, and what would not help."""
    if row["reason"]:
        return _sentence(row["reason"])
    lacks = {
        "power": "assurance is not reached",
        "assurance": "power is not reached",
        "neither": "neither is reached",
    }
    said = lacks.get(row["reaches"], "whether it is reached is not known")
    helps = "" if row["reaches"] == "power" else f"{_ceiling(row, target)}{_needed(row)}"
    return f"With {count(row['locations'])} locations {said}{helps}."


def _ceiling(row: Read, target: float) -> str:
    """That more people of as many locations would not do, where that is so."""
    known = row["ceiling"] is not None and not isinstance(row["ceiling"], Withheld)
    if not known or row["ceiling"] >= target:
        return ""
    most = percentage(row["ceiling"], 0)
    return f"; with any number of people power would be {most} at most"


def _needed(row: Read) -> str:
    """How many locations power alone asks for; of a rounded number that would be no more, none."""
    if row["needed"] is None or isinstance(row["needed"], Withheld):
        return ""
    if row["needed"] <= row["locations"]:
        return "; power alone asks for more"
    off = row["needed_mcse"]
    error = (
        "" if off is None or isinstance(off, Withheld) else f" (Monte Carlo error {fixed(off, 1)})"
    )
    return f"; power alone asks for {count(row['needed'])}{error}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
