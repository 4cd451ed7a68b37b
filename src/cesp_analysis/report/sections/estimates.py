"""The estimates: what each model says, with its interval, n, clusters, method and warnings."""

from collections.abc import Iterator

from cesp_analysis.analysis_plan.words import UNCHANGED
from cesp_analysis.columns import Row
from cesp_analysis.declared.analysis_sets import set_words
from cesp_analysis.declared.outcomes import Outcome
from cesp_analysis.models.link_worker_words import said_once
from cesp_analysis.models.two_sites import CAUTIONS
from cesp_analysis.numbers import NONE, OTHER_DECIMALS, count, degrees, fixed, interval
from cesp_analysis.report.blocks import Block, Callout, Column, Group, Heading, Note, Table
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.notes import Notes, sentence
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.figure import figure
from cesp_analysis.report.titles import TITLES

GRADES = (
    "A grade speaks of the design that an estimate comes from, before any number is known: what"
    " such studies are worth in general. Grades are given only where the row of the published table"
    " was read."
)
RECORDS = (
    "Records stand in brackets where they are more; of a change score, they are people's changes."
)
MANY = 10
"""Estimates from which on one table of all of them helps to find one."""
LEVELS = {"person": "People", "respondent": "Survey respondents"}


def estimates(results: Results) -> Iterator[Block]:
    """People's: a forest and one table an outcome."""
    yield from estimates_of(results, "person", "estimates")


def estimates_of(results: Results, level: str, anchor: str) -> Iterator[Block]:
    """A forest and one table an outcome, of people or of respondents."""
    rows = [row for row in results.estimates if row["level"] == level]
    if not rows:
        return
    yield Heading(1, TITLES[anchor], anchor)
    common = common_cautions(results)
    for text in common:
        yield Callout("caution", CAUTIONS[text], text)
    yield from _grades(results, level)
    if level == results.words.levels()[0] and len(results.estimates) >= MANY:
        yield _all(results)
    yield from figure(results, f"forest_{level}")
    if any(row["kind"] == "group_time" and "by time" in row["estimand"] for row in rows):
        yield from figure(results, f"event_study_{level}")
    for name in results.words.outcomes:
        own = [row for row in rows if row["outcome"] == name]
        if own:
            yield _table(results, own, name, common)


def _all(results: Results) -> Table:
    """Every estimate in one table, to be sorted and filtered on the page."""
    words = results.words
    units = {name: own.unit for name, own in words.outcomes.items()}
    rows = []
    for row in results.estimates:
        outcome = words.outcomes[row["outcome"]]
        own = row["unit"] == units[row["outcome"]]
        estimate, known, *_ = _cells(row, outcome.decimals if own else OTHER_DECIMALS)
        model = words.models[row["model"]].label
        people = NONE if row["status"] != "estimated" else count(row["n_units"])
        cells = (model, row["contrast"], estimate, known, people)
        name = f"{outcome.label}, {row['unit']}"
        rows.append(TableRow(name, cells, under=row["estimate_id"]))
    return Table(
        id="all_estimates",
        caption="All estimates together; methods, warnings and grades stand in the tables below.",
        stub="Outcome",
        columns=(
            Column("Model", "left"),
            Column("Contrast", "left"),
            Column("Estimate"),
            Column(words.interval()),
            Column("People"),
        ),
        groups=(Group("", tuple(rows)),),
        csv="tables/estimates.csv",
        sortable=True,
    )


def common_cautions(results: Results) -> list[str]:
    """The cautions that hold for every estimate; others stand with the estimates they hold for."""
    rows = [row for row in results.estimates if row["status"] == "estimated"]
    return [s for s in CAUTIONS if rows and all(s in row["warnings"] for row in rows)]


def _grades(results: Results, level: str) -> Iterator[Block]:
    """What the grades beside the estimates mean, with the row of the source; why there is none."""
    told = dict.fromkeys(
        f"{row['grade'].capitalize()}: {row['source']}, of a study that is “"
        f"{row['published_design']}”."
        if row["published_design"]
        else f"{row['grade'].capitalize()}: {row['reason']}."
        for row in results.grades
        if row["level"] == level
    )
    if told:
        text = " ".join((*told, GRADES))
        yield Callout("note", "Published grades of evidence", text)


def _table(results: Results, rows: list[Row], outcome: str, common: list[str]) -> Table:
    words = results.words
    entry = words.outcomes[outcome]
    notes = Notes()
    grades = {row["estimate_id"]: row["grade"] for row in results.grades}
    told = _told(rows, common)
    groups = []
    for model in dict.fromkeys(row["model"] for row in rows):
        own = [row for row in rows if row["model"] == model]
        lines = tuple(
            _line(row, entry, notes, told, grades, declared(results, row["estimate_id"]))
            for row in own
        )
        later = later_added(results, own)
        groups.append(Group(f"{words.models[model].label}{later}", lines))
    mid = (
        f" Minimally important difference: {entry.mid.value:g} ({entry.mid.source})."
        if entry.mid
        else ""
    )
    better = entry.direction.replace("_", " ")
    said = "" if entry.direction == "neither" else f" {better.capitalize()}."
    return Table(
        id=f"estimates_{outcome}",
        caption=f"{entry.label}: estimated differences, in {entry.unit}.{said}{mid}",
        stub="Model and contrast",
        columns=(
            Column("Estimate"),
            Column(words.interval()),
            Column("SE"),
            Column("df"),
            Column(f"{'People' if entry.level == 'person' else 'Respondents'} (records)", "wrap"),
            Column("Clusters", "wrap"),
            Column("Published grade", "left"),
        ),
        groups=tuple(groups),
        notes=(*notes.notes(), Note(RECORDS)),
        csv="tables/estimates.csv",
    )


def _told(rows: list[Row], common: list[str]) -> dict[str, str]:
    """Each warning of rows → what the table says of it; those that hold for every estimate aside.

    Of people who share a link worker each row has its own numbers; the table says their range.
    """
    every = [text for row in rows for text in row["warnings"].split(" | ") if text]
    shared = said_once(every)
    return {text: shared.get(text, text) for text in every if text not in common}


def declared(results: Results, estimate: str) -> list[str]:
    """Which estimand an estimate answers, and its confirmatory family."""
    planned = results.planned.get(estimate)
    if planned is None:
        return []
    labels = {row["estimand"]: row["label"] for row in results.estimands}
    said = []
    if planned["estimand"]:
        late = _late([planned["estimand_standing"]])
        said.append(f"Estimand: {labels[planned['estimand']]}{late}.")
    if planned["role"] == "confirmatory":
        late = _late([planned["family_standing"]])
        said.append(f"Confirmatory: {results.words.families[planned['family']]}{late}.")
    elif planned["family_standing"]:
        said.append(f"Exploratory: {planned['family_standing']}.")
    return said


def later_added(results: Results, rows: list[Row]) -> str:
    """' (added after the plan was locked)', if a model's rows were not all declared before."""
    told = [results.planned.get(row["estimate_id"], {}).get("standing", "") for row in rows]
    return _late(told)


def _late(told: list[str]) -> str:
    """' (when it was added or changed)', of standings that were not all as first locked."""
    late = dict.fromkeys(said for said in told if said not in ("", *UNCHANGED))
    return f" ({'; '.join(late)})" if late else ""


def _line(
    row: Row,
    outcome: Outcome,
    notes: Notes,
    told: dict[str, str],
    grades: dict[str, str],
    declared: list[str],
) -> TableRow:
    said = [*declared, *([f"Method: {row['method']}."] if row["method"] else [])]
    if row["status"] == "estimated":
        chosen = set_words(row["analysis_set"], row["level"])
        said += [f"Analysis set: {chosen.lower()}. Records: {row['missing_data']}."]
    said += [f"{sentence(row['reason'])}"] if row["reason"] else []
    said += [sentence(told[w]) for w in row["warnings"].split(" | ") if w in told]
    marks = " ".join(notes.mark(text) for text in dict.fromkeys(said))
    own = row["unit"] == outcome.unit
    named = own or row["unit"] == "ratio"  # which the contrast says
    stub = row["contrast"] if named else f"{row['contrast']} ({row['unit']})"
    decimals = outcome.decimals if own else OTHER_DECIMALS
    return TableRow(
        stub,
        (*_cells(row, decimals), grades[row["estimate_id"]]),
        marks,
        under=row["estimate_id"],
    )


def _cells(row: Row, decimals: int) -> tuple[str, ...]:
    if row["status"] != "estimated":
        return (row["status"].replace("_", " "), *(NONE for _ in range(5)))
    level = row["cluster_level"].replace("_", " ")
    return (
        fixed(row["estimate"], decimals),
        interval(row["ci_low"], row["ci_high"], decimals),
        fixed(row["std_error"], decimals),
        degrees(row["df"]),
        _units(row),
        f"{count(row['n_clusters'])} ({level})",
    )


def _units(row: Row) -> str:
    """People or respondents, with their records where these are more."""
    records = "" if row["n_obs"] == row["n_units"] else f" ({count(row['n_obs'])})"
    return f"{count(row['n_units'])}{records}"
