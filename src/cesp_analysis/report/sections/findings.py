"""Key findings: each main estimate with its intervals and published grade; what else decides."""

from collections.abc import Iterator

from cesp_analysis.columns import Row
from cesp_analysis.feasibility.worst import ORDER
from cesp_analysis.few_sites.words import shock_words
from cesp_analysis.numbers import NONE, OTHER_DECIMALS, count, fixed, interval, listed
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
from cesp_analysis.report.claims import what_it_can_tell
from cesp_analysis.report.headcounts import answered_once, nobody_in
from cesp_analysis.report.main_estimates import called, main_estimates
from cesp_analysis.report.notes import Notes, sentence
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.estimates import GRADES, LEVELS
from cesp_analysis.report.sections.feasibility_words import LIGHTS
from cesp_analysis.report.sections.findings_rooms import inferred, planned, valued
from cesp_analysis.report.sections.missing_patterns import primary
from cesp_analysis.report.sections.missing_summary import as_imputed, how_firm, known, last_of
from cesp_analysis.report.titles import TITLES, see

CHANGES = (
    "Mean changes of those who answered both times; intervals of the paired t-test. A description:"
    " nobody is compared with this group."
)


def findings(results: Results) -> Iterator[Block]:
    """What the design lets numbers tell; a table of main estimates; what they hang on."""
    yield Heading(1, TITLES["findings"], "findings")
    once = answered_once(results)
    yield what_it_can_tell(results.words, nobody_in(results), once)
    rows = {level: main_estimates(results, level) for level in results.words.levels()}
    ways = []
    if any(rows.values()):
        yield _table(results, rows)
        ways = [at for at, level in _ESTIMATES.items() if rows.get(level)]
    elif changed := _changes(results):
        yield changed
        ways = ["means"]
    elif once:
        yield Paragraph("Nobody was followed up: there is no difference or change to tell of.")
    else:
        yield Paragraph("No difference or change between times could be told.")
    every = [row for own in rows.values() for row in own]
    told = {
        "standardised": tuple(_important(results, every)),
        "feasibility": tuple(_criteria(results)),
        "measurability": tuple(_measured(results)),
        "sensitivity": tuple(_missing(results)),
        "integration": tuple(inferred(results)),
        "economics": tuple(valued(results)),
        "planning": tuple(planned(results)),
    }
    if lines := tuple(line for own in told.values() for line in own):
        yield Bullets(lines)
    yield see(*ways, *(anchor for anchor, own in told.items() if own), "limitations")


_ESTIMATES = {"estimates": "person", "survey_estimates": "respondent"}


def _table(results: Results, rows: dict[str, list[Row]]) -> Table:
    words, notes = results.words, Notes()
    every = [row for own in rows.values() for row in own]
    shocks = any(row["ci_low_shock"] is not None for row in every)
    grades = {row["estimate_id"]: row["grade"] for row in results.grades}
    groups = tuple(
        Group(
            LEVELS[level],
            tuple(_line(results, row, grades, notes, shocks) for row in own),
        )
        for level, own in rows.items()
        if own
    )
    shaken = shock_words(words.own_prior)
    names = [row["outcome"] for row in every]
    return Table(
        id="key_findings",
        caption=f"{called(words, names)}: the estimate that speaks for each, {_when(every)}.",
        stub="Outcome",
        columns=(
            Column("Estimate"),
            Column(words.interval()),
            *((Column(f"{words.interval()}, with shocks"),) if shocks else ()),
            Column("n"),
            Column("Published grade", "left"),
        ),
        groups=groups,
        notes=(
            *notes.notes(),
            Note("n: people or respondents whose answers the estimate rests on."),
            *((Note(_of_shocks(shaken.sizes)),) if shocks else ()),
            *(Note(text) for text in _of_grades(results, every)),
        ),
        csv="tables/estimates.csv",
    )


def _when(rows: list[Row]) -> str:
    """Of which time the estimates are."""
    if all(row["time"] for row in rows):
        return "at its last time"
    if not any(row["time"] for row in rows):
        return "of all times together"
    return "at its last time, or of all times together where its model has one effect"


def _of_grades(results: Results, rows: list[Row]) -> Iterator[str]:
    """Who graded, of what kind of study; why there is no grade."""
    shown = {row["estimate_id"] for row in rows}
    told = dict.fromkeys(
        f"{row['grade'].capitalize()}: {row['source'] or row['reason']}."
        for row in results.grades
        if row["estimate_id"] in shown
    )
    yield " ".join((*told, GRADES))


def _of_shocks(sizes: str) -> str:
    return (
        "The interval knows the error of sampling people alone; with shocks: it also allows for"
        f" what happens to a site between two times, {sizes}."
    )


def _line(
    results: Results, row: Row, grades: dict[str, str], notes: Notes, shocks: bool
) -> TableRow:
    """One outcome; a note says what is compared, by which model."""
    outcome = results.words.outcomes[row["outcome"]]
    decimals = outcome.decimals if row["unit"] == outcome.unit else OTHER_DECIMALS
    said = f"{sentence(row['contrast'])} Model: {results.words.models[row['model']].label}."
    marks = [notes.mark(said)]
    if row["reason"]:
        marks.append(notes.mark(f"No number: {row['reason']}."))
    made = row["status"] == "estimated"
    ends = ("ci_low", "ci_high"), ("ci_low_shock", "ci_high_shock")
    cells = [
        fixed(row["estimate"], decimals) if made else row["status"].replace("_", " "),
        *(interval(row[low], row[high], decimals) for low, high in ends[: 1 + shocks]),
        count(row["n_units"]) if made else NONE,
        grades[row["estimate_id"]],
    ]
    stub = f"{outcome.label} ({row['unit']})"
    return TableRow(stub, tuple(cells), " ".join(marks), under=row["estimate_id"])


def _important(results: Results, rows: list[Row]) -> Iterator[str]:
    """What each interval, and that with shocks, say of the minimally important difference."""
    known = {row["estimate_id"]: row for row in results.standardised}
    for row in rows:
        own, outcome = known.get(row["estimate_id"]), results.words.outcomes[row["outcome"]]
        if own is None or not own["reading"] or outcome.mid is None:
            continue
        shaken = own["reading_shock"]
        same = "the same." if shaken == own["reading"] else _lower(shaken)
        yield (
            f"{outcome.label}, minimally important difference {outcome.mid.value:g}:"
            f" {_lower(own['reading'])}{f' With shocks: {same}' if shaken else ''}"
        )


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _changes(results: Results) -> Table | None:
    """Of one group: how its main outcomes changed to the last time."""
    words, lines = results.words, []
    asked = [name for name in words.outcomes if any(r["outcome"] == name for r in results.changes)]
    for name in primary(words, asked):
        *_, row = (one for one in results.changes if one["outcome"] == name)
        outcome = words.outcomes[name]
        ends = interval(row["ci_low"], row["ci_high"], outcome.decimals)
        when = words.moment(row["time"]).label
        cells = (when, count(row["n"]), fixed(row["mean"], outcome.decimals), ends)
        lines.append(TableRow(f"{outcome.label} ({outcome.unit})", cells))
    if not lines or not words.one_group():
        return None
    return Table(
        id="key_findings",
        caption=f"{called(words, asked)}: change from {words.times[0].label}.",
        stub="Outcome",
        columns=(
            Column("To", "left"), Column("n"), Column("Mean change"), Column(words.interval())
        ),
        groups=(Group("", tuple(lines)),),
        notes=(Note(CHANGES),),
        csv="tables/changes.csv",
    )  # fmt: skip


def _criteria(results: Results) -> Iterator[str]:
    """How many progression criteria came out in each zone; the reds by name."""
    if not results.progression:
        return
    *own, last = results.progression
    zones = [(zone, [row["label"] for row in own if row["zone"] == zone]) for zone in ORDER]
    told = [
        f"{len(names)} {zone}" + (f" ({'; '.join(names)})" if zone == "red" else "")
        for zone, names in zones
        if names
    ]
    yield f"Progression criteria, overall {LIGHTS[last['zone']]}: {', '.join(told)}."


def _measured(results: Results) -> Iterator[str]:
    """Which candidate for a definitive trial comes first, and what a trial by it would take."""
    words = results.words
    for level in words.measurability if results.leaves("measurability") else ():
        own = [row for row in results.measurability if row["level"] == level]
        first = [row for row in own if row["rank"] == 1]
        if first:
            names = listed([words.outcomes[row["outcome"]].label for row in first[:3]])
            of = f"{len(own)} {'candidate' if len(own) == 1 else 'candidates'}"
            yield (
                f"{LEVELS[level]}: of {of} for a definitive trial {names}"
                f" {'comes' if len(first) == 1 else 'come'} first by the declared criteria."
                f"{_people(results, first[0]) if len(first) == 1 else ''}"
            )


def _people(results: Results, row: Row) -> str:
    """What a trial would take, both arms together."""
    if row["people"] is None:
        return ""
    people, upper = (row[name] for name in ("people", "people_upper"))
    more = f" ({results.rounded(upper)} by the SD's upper limit)" if upper is not None else ""
    return f" A trial by it would take {results.rounded(people)} people{more}."


def _missing(results: Results) -> Iterator[str]:
    """Whether other assumptions on those without an answer change what is read."""
    pushed = [rows for rows in last_of(results, results.sensitivity) if known(as_imputed(rows))]
    if pushed:
        yield f"Missing answers: {_lower(how_firm(results, pushed))}"
