"""The step `write`: the report as a tree of blocks, from the results."""

from dataclasses import dataclass
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from cesp_analysis.declared.wording import Wording
from cesp_analysis.given import hold
from cesp_analysis.report.blocks import (
    Block,
    Report,
    as_dict,
)
from cesp_analysis.report.claims import Guard
from cesp_analysis.report.in_short import in_short
from cesp_analysis.report.many_places import without_each_place
from cesp_analysis.report.outside import (
    INSIDE,
    OUTSIDE,
    explained,
    until_withheld,
    without_dead_ends,
)
from cesp_analysis.report.results import Results
from cesp_analysis.report.tables_read import of_every_study
from cesp_analysis.report.traced import with_sources
from cesp_analysis.whole_files import write_json

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
    "process": Section(public=False),
    "interviews": Section(public=False, peoples_words=True),
    "integration": Section(public=True),
    "economics": Section(public=True),
    "planning": Section(public=True),
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


def section_modules() -> list[str]:
    """The modules that sections are made of."""
    return [f"cesp_analysis.report.sections.{name}" for name in SECTIONS]


def report_tables(study: "Study", ticked: bool = True) -> list[str]:
    """The tables that the report is written from; ticked: with that of the checklists, which is
    made from the others."""
    from cesp_analysis.checklists.specs import applying
    from cesp_analysis.feasibility.specs import tables as of_feasibility
    from cesp_analysis.integration.specs import tables as of_integration
    from cesp_analysis.interviews.specs import tables as of_interviews
    from cesp_analysis.measurement.specs import candidates
    from cesp_analysis.missing.sensitivity_spec import models_of as pushed
    from cesp_analysis.planning.specs import valued
    from cesp_analysis.survey.specs import agreement as compared

    names = ["planned", *of_every_study(Results), *(["published"] if study.published else [])]
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
    if study.economics:
        names += ["economics", "economics_means", "economics_imputation", "ceac", "ce_quadrants"]
        names += ["value_of_information"]
    names += ["costs", "unit_costs"] if study.economics and not study.economics.costs else []
    names += ["planning", "planning_known"] if study.planning else []
    names += ["planning_trials"] if study.planning and study.planning.simulated else []
    names += ["planning_worth"] if valued(study) else []
    names += [*of_interviews(study), *of_integration(study)]
    names += ["agreement"] if compared(study) else []
    names += ["sensitivity", "tipping_points"] if pushed(study) else []
    names += ["items", "measurability", "measurability_cells"] if candidates(study) else []
    names += of_feasibility(study)
    names += ["checklists"] if ticked and applying(study) else []
    return [f"results/tables/{name}.csv" for name in names]


def write(spec: str, results: Path, sources: Path, out: Path, checksums: str = "") -> None:
    """Write the report's content tree; renderers turn it into pages.

    `checksums`: of `sources`, see given.py.
    """
    hold(checksums)
    words = Wording.model_validate_json(spec)
    found = Results(words, results, sources)
    write_json(as_dict(written(found)), out)
    if not found.public:
        print("\n".join(in_short(found)))


def written(results: Results) -> Report:
    """The whole report: every section's blocks, in order."""
    words = results.words
    made = chain.from_iterable(section(name, results) for name in SECTIONS)
    blocks = tuple(with_sources(without_each_place(made, words.sites), results))
    blocks = (*([OUTSIDE] if results.public else []), *without_dead_ends(blocks))
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


def section(name: str, results: Results) -> tuple[Block, ...]:
    """One section's blocks; none if the study has nothing to say in it, or its readers are not to.

    Of the report that leaves the team a section ends where it turns on what is withheld.
    """
    if results.public and not SECTIONS[name].public:
        return ()
    module = import_module(f"cesp_analysis.report.sections.{name}")
    made = getattr(module, name)(results)
    blocks = tuple(explained(until_withheld(made)) if results.public else made)
    if not SECTIONS[name].peoples_words:
        Guard.of(results).hold(name, blocks)
    return blocks
