"""The step `write`: the report as a tree of blocks, from the results."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cesp_analysis.analysis_plan.words import UNTARGETED
from cesp_analysis.contracts import write_json
from cesp_analysis.disclosure.tables import TABLES
from cesp_analysis.numbers import counted
from cesp_analysis.report.blocks import (
    Block,
    Callout,
    Figure,
    Link,
    Note,
    Paragraph,
    Points,
    Report,
    See,
    Table,
    as_dict,
)
from cesp_analysis.report.blocks import Row as TableRow
from cesp_analysis.report.claims import Guard
from cesp_analysis.report.results import Results
from cesp_analysis.study.wording import Wording
from cesp_analysis.withheld import LETTER, NotReleased, Undecided

if TYPE_CHECKING:
    from cesp_analysis.study.study import Study


@dataclass(frozen=True)
class Section:
    """Who reads a section, and whose words it shows.

    public: it stands in the report that leaves the team too; others show single records, or rest
    on tables that stay. `peoples_words`: it shows what people wrote (reasons, answers, sources) and
    speaks of no estimate; the guard holds all others to what the design allows.
    """

    public: bool
    peoples_words: bool = False


SECTIONS: dict[str, Section] = {
    "lock": Section(public=True),
    "summary": Section(public=True),
    "findings": Section(public=True),
    "study": Section(public=True),
    "people": Section(public=True, peoples_words=True),
    "follow_up": Section(public=True, peoples_words=True),
    "feasibility": Section(public=True, peoples_words=True),
    "comparability": Section(public=True),
    "balance": Section(public=True),
    "measurability": Section(public=True),
    "means": Section(public=True),
    "plan": Section(public=True),
    "estimates": Section(public=True),
    "bracket": Section(public=True),
    "few_sites": Section(public=True),
    "standardised": Section(public=True),
    "specification_curve": Section(public=True),
    "missing_data": Section(public=True),
    "sensitivity": Section(public=True),
    "survey_data": Section(public=True, peoples_words=True),
    "surveys": Section(public=True),
    "survey_observed": Section(public=True),
    "survey_estimates": Section(public=True),
    "agreement": Section(public=True),
    "surroundings": Section(public=True),
    "fidelity": Section(public=True),
    "delivery": Section(public=True),
    "deviations": Section(public=True),
    "limitations": Section(public=True),
    "checklists": Section(public=True, peoples_words=True),
    "published": Section(public=True, peoples_words=True),
    "data": Section(public=False, peoples_words=True),
    "answers": Section(public=False, peoples_words=True),
    "dictionary": Section(public=False, peoples_words=True),
    "models": Section(public=False),
    "residuals": Section(public=False),
    "released": Section(public=True),
    "provenance": Section(public=True, peoples_words=True),
}
"""Sections in reading order: report/sections/NAME.py holds a function NAME(results) → blocks.
`released` says what is withheld, and stands in the public report alone."""
STOPS = (
    "The rest of this section turns on numbers that are withheld, or on a table that does not leave"
    " the team: it stands in the team's own report."
)
MARKS = (
    f"{LETTER}: withheld, so that no small number can be worked out; a number behind '<' is smaller"
    " than that. 'What is withheld' says more."
)
NEAR = (
    "Numbers of people that something rests on are rounded, and rates are those of rounded numbers:"
    " they differ a little from exact counts elsewhere."
)
OUTSIDE = Callout(
    "note",
    "For readers outside the team",
    "Made from tables in which small numbers of people are withheld, so that nobody can be known by"
    " one: 'What is withheld' says how. Rounded numbers may not add up.",
)
INSIDE = "Inside the team: not to be passed on (results/public is)"

_TABLES = (
    "account",
    "answered",
    "baseline",
    "bracket",
    "changes",
    "contamination",
    "corrections",
    "data_problems",
    "dictionary",
    "estimands",
    "estimates",
    "events",
    "flow",
    "flow_checks",
    "grades",
    "identities",
    "ladder",
    "linking",
    "means",
    "missing",
    "missing_patterns",
    "missing_predictors",
    "plan_changes",
    "plan_locks",
    "planned",
    "standardised",
    "visits",
)


def section_modules() -> list[str]:
    """The modules that sections are made of."""
    return [f"cesp_analysis.report.sections.{name}" for name in SECTIONS]


def report_tables(study: "Study", ticked: bool = True) -> list[str]:
    """The tables that the report is written from; ticked: with that of the checklists, which is
    made from the others."""
    from cesp_analysis.checklists.specs import applying
    from cesp_analysis.feasibility.specs import tables as of_feasibility
    from cesp_analysis.measurement.specs import candidates
    from cesp_analysis.missing.sensitivity_spec import models_of as pushed
    from cesp_analysis.survey.specs import agreement as compared

    names = [*_TABLES, *(["published"] if study.published else [])]
    names += ["balance", "balance_weights"] if study.weighing() else []
    names += ["specification_curve"] if study.analysis_plan.specification_curve else []
    names += ["subsets"] if study.subsets else []
    if study.imputed():
        names += ["fmi", "imputation", "imputation_sets", "imputed_values"]
    if any(file.level == "respondent" for file in study.files.values()):
        names += ["completeness", "crosswalk", "survey_waves"]
    if any(outcome.level == "respondent" for outcome in study.outcomes.values()):
        names += ["composition", "survey_means"]
    names += ["dispositions", "response"] if study.surveys.response else []
    names += ["margins", "weighting"] if study.surveys.weights else []
    weights = study.surveys.weights
    names += ["replicates"] if weights and weights.replicates != "none" else []
    names += ["networks"] if study.networks else []
    names += ["fidelity", "fidelity_agreement"] if study.fidelity else []
    names += ["contacts"] if study.dose else []
    names += ["dose_response"] if study.dose and study.dose.response else []
    names += ["activity"] if study.activity else []
    names += ["divergences"] if study.external else []
    names += ["agreement"] if compared(study) else []
    names += ["sensitivity", "tipping_points"] if pushed(study) else []
    names += ["items", "measurability", "measurability_cells"] if candidates(study) else []
    names += of_feasibility(study)
    names += ["checklists"] if ticked and applying(study) else []
    return [f"results/tables/{name}.csv" for name in names]


def write(spec: str, results: Path, sources: Path, out: Path) -> None:
    """Write the report's content tree; renderers turn it into pages."""
    words = Wording.model_validate_json(spec)
    found = Results(words, results, sources)
    write_json(as_dict(written(found)), out)
    if not found.public:
        print("\n".join(in_short(found)))


def in_short(results: Results) -> Iterator[str]:
    """What who ran the study should know before they read: problems, and estimates not made."""
    if problems := len(results.problems):
        yield f"Data problems: {problems:,}, each in results/tables/data_problems.csv"
    aside = sum(row["raw"] for row in results.account if row["status"] != "kept")
    if aside:
        yield f"Records set aside: {aside:,}, each in data/processed/ledger.parquet"
    if differ := [row for row in results.published if row["agrees"] != "yes"]:
        yield (
            f"Published numbers that differ from ours: {len(differ)} of {len(results.published)},"
            " in results/tables/published.csv"
        )
    for row in results.estimands:
        if row["warnings"].startswith(UNTARGETED):
            yield f"Estimand {row['estimand']}: {UNTARGETED}"
    if changes := len(results.changed_since_lock):
        yield (
            f"Analysis plan: {counted(changes, 'change')} since it was locked, each in"
            " results/tables/plan_changes.csv; the report says which estimates they concern"
        )
    without = [row for row in results.estimates if row["status"] != "estimated"]
    if without:
        yield (
            f"Estimates without a number: {len(without)} of {len(results.estimates)}; the report"
            " and results/tables/estimates.csv give the reasons"
        )


def written(results: Results) -> Report:
    """The whole report: every section's blocks, in order."""
    words = results.words
    made = chain.from_iterable(section(name, results) for name in SECTIONS)
    blocks = tuple(with_sources(made, results))
    if results.public:
        blocks = (OUTSIDE, *without_dead_ends(blocks))
    ids = [getattr(block, "anchor", "") or getattr(block, "id", "") for block in blocks]
    if twice := {name for name in ids if name and ids.count(name) > 1}:
        raise ValueError(f"anchors of the report stand more than once: {sorted(twice)}")
    return Report(
        title=words.study.title,
        subtitle=words.study.subtitle,
        banner=words.banner,
        language=words.study.language,
        notice="" if results.public else INSIDE,
        base="" if results.public else "../",
        blocks=blocks,
    )


def without_dead_ends(blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks without links to sections that this report does not have."""
    there = {getattr(block, "anchor", "") or getattr(block, "id", "") for block in blocks}

    def alive(links: tuple[Link, ...]) -> tuple[Link, ...]:
        return tuple(link for link in links if link.anchor in there)

    for block in blocks:
        if isinstance(block, See):
            if links := alive(block.links):
                yield replace(block, links=links)
        elif isinstance(block, Points):
            points = tuple(replace(one, links=alive(one.links)) for one in block.points)
            yield replace(block, points=points)
        else:
            yield block


def with_sources(blocks: Iterable[Block], results: Results) -> Iterator[Block]:
    """The blocks, of each table, figure and estimate with the name of what made it.

    A table is known by its CSV, a figure by its SVG, an estimate by its name under a row's stub.
    """
    names = {row["estimate_id"]: row["model"] for row in results.estimates}
    models = {model: results.made_by(f"models/{model}/estimates.csv") for model in names.values()}
    for block in blocks:
        if isinstance(block, Table):
            groups = tuple(
                replace(
                    group,
                    rows=tuple(
                        replace(row, source=models[names[row.under]]) if row.under in names else row
                        for row in group.rows
                    ),
                )
                for group in block.groups
            )
            source = results.made_by(block.csv) if block.csv else block.source
            yield replace(block, groups=groups, source=source)
        elif isinstance(block, Figure):
            yield replace(block, source=results.made_by(block.svg))
        else:
            yield block


def section(name: str, results: Results) -> tuple[Block, ...]:
    """One section's blocks; none if the study has nothing to say in it, or its readers are not to.

    Of the report that leaves the team a section ends where it turns on what is withheld.
    """
    if results.public and not SECTIONS[name].public:
        return ()
    module = import_module(f"cesp_analysis.report.sections.{name}")
    made = getattr(module, name)(results)
    blocks = tuple(_explained(_until_withheld(made)) if results.public else made)
    if not SECTIONS[name].peoples_words:
        Guard.of(results).hold(name, blocks)
    return blocks


def _until_withheld(blocks: Iterator[Block]) -> Iterator[Block]:
    """The blocks up to the one that turns on what is withheld."""
    made = 0
    try:
        for block in blocks:
            yield block
            made += 1
    except (Undecided, NotReleased):
        if made:
            yield Paragraph(STOPS)


def _explained(blocks: Iterable[Block]) -> Iterator[Block]:
    """Each table without the columns of which nothing is released; under it, what stands for
    withheld cells, and that numbers of people are rounded."""
    for block in blocks:
        if isinstance(block, Table):
            block = _with_released_columns(block)
            cells = [cell for row in _rows_of(block) for cell in row.cells]
            marked = any(LETTER in cell or cell.startswith("<") for cell in cells)
            leaving = TABLES.get(Path(block.csv).stem)
            near = bool(leaving and leaving.sizes)
            notes = [*([MARKS] if marked else []), *([NEAR] if near else [])]
            block = replace(block, notes=(*block.notes, *map(Note, notes)))
        yield block


def _with_released_columns(table: Table) -> Table:
    """The table without columns that hold nothing but the letter of what is withheld."""
    rows = _rows_of(table)
    empty = {
        at
        for at in range(len(table.columns))
        if rows and all(row.cells[at] == LETTER for row in rows)
    }

    def kept(one: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(cell for at, cell in enumerate(one) if at not in empty)

    if not empty or len(empty) == len(table.columns):
        return table
    groups = tuple(
        replace(group, rows=tuple(replace(row, cells=kept(row.cells)) for row in group.rows))
        for group in table.groups
    )
    return replace(table, columns=kept(table.columns), groups=groups)


def _rows_of(table: Table) -> list[TableRow]:
    return [row for group in table.groups for row in group.rows]
