"""What must fit together in a study file beyond each entry by itself."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from cesp_analysis.declared.design import Time
from cesp_analysis.declared.paths import leaving
from cesp_analysis.study.checklist_rules import broken_checklists
from cesp_analysis.study.delivery_rules import broken_delivery
from cesp_analysis.study.design_rules import broken_design
from cesp_analysis.study.disclosure_rules import broken_disclosure
from cesp_analysis.study.economics_rules import broken_economics
from cesp_analysis.study.estimand_rules import broken_estimands
from cesp_analysis.study.external_rules import broken_external
from cesp_analysis.study.feasibility_rules import broken_rates
from cesp_analysis.study.few_sites_rules import broken_few_sites
from cesp_analysis.study.file_rules import broken_file
from cesp_analysis.study.flow_rules import broken_contamination, broken_flow
from cesp_analysis.study.follow_up_rules import broken_follow_up
from cesp_analysis.study.gaps import UNDECIDED, Gap, undecided
from cesp_analysis.study.interview_rules import broken_integration, broken_interviews
from cesp_analysis.study.measurement_rules import broken_measurement
from cesp_analysis.study.member_rules import broken_members
from cesp_analysis.study.missing_data_rules import broken_missing_data
from cesp_analysis.study.missing_sensitivity_rules import broken_sensitivity
from cesp_analysis.study.model_rules import broken_model
from cesp_analysis.study.name_rules import broken_names
from cesp_analysis.study.network_rules import broken_networks
from cesp_analysis.study.no_answer_rules import broken_no_answers
from cesp_analysis.study.plan_rules import broken_plan, curve_models
from cesp_analysis.study.planning_rules import broken_planning
from cesp_analysis.study.progression_rules import broken_progression
from cesp_analysis.study.questions import broken_questions
from cesp_analysis.study.response_rules import broken_questions_of_surveys, broken_response
from cesp_analysis.study.sources import broken_sources
from cesp_analysis.study.study import Study
from cesp_analysis.study.subset_rules import broken_subsets
from cesp_analysis.study.value_set_rules import broken_value_sets
from cesp_analysis.study.weight_rules import broken_weights

PANEL_COLUMNS = (
    "study", "level", "unit", "site", "arm", "neighbourhood", "link_worker", "time", "outcome",
    "value", "weight", "group", "contaminated",
)  # fmt: skip
"""The panel's own columns, and the one that descriptions add to it."""
MARGIN_COLUMN = re.compile(r"margin_(\d+|weight)")
"""The columns of the panel that hold what respondents are in each margin of the weights."""


def broken_rules(study: Study) -> Iterator[str]:
    """One line for each thing that does not fit together."""
    yield from _design(study)
    yield from undecided(study)
    for name, file in study.files.items():
        whole = file.with_form(study.forms)
        yield from broken_file(f"files.{name}", whole, study)
        yield from broken_questions(f"files.{name}", file, whole)
    for name, form in study.forms.items():
        yield from broken_questions(f"forms.{name}", form, form)
    yield from broken_no_answers(study)
    for name, own in study.instruments.items():
        yield from leaving(f"instruments.{name}.path", own.path)
    if study.published:
        yield from leaving("published.path", study.published.path)
    yield from broken_few_sites(study)
    yield from broken_disclosure(study)
    yield from broken_estimands(study)
    yield from broken_subsets(study)
    yield from broken_plan(study)
    yield from broken_sources(study)
    yield from broken_follow_up(study)
    yield from broken_response(study)
    yield from broken_questions_of_surveys(study)
    yield from broken_names(study)
    yield from broken_design(study)
    yield from broken_weights(study)
    yield from broken_members(study)
    yield from broken_networks(study)
    yield from broken_external(study)
    yield from broken_value_sets(study)
    yield from broken_missing_data(study)
    yield from broken_interviews(study)
    yield from broken_integration(study)
    yield from broken_sensitivity(study)
    yield from broken_measurement(study)
    yield from broken_rates(study)
    yield from broken_progression(study)
    yield from broken_delivery(study)
    yield from broken_economics(study)
    yield from broken_planning(study)
    yield from broken_checklists(study)
    for name, covariate in study.covariates.items():
        if name in PANEL_COLUMNS or MARGIN_COLUMN.fullmatch(name):
            yield f"covariates.{name}: is the name of a column of the panel; choose another"
        if covariate.measured and covariate.level == "respondent":
            yield f"covariates.{name}.measured: respondents are asked in their own wave; remove it"
    for name, model in study.models.items():
        yield from broken_model(f"models.{name}", model, study)
    for name, model in curve_models(study).items():
        if not any(broken_model("", study.models[name.split("/")[0]], study)):  # told above
            yield from broken_model(f"analysis_plan.specification_curve: {name}", model, study)
    yield from broken_flow(study)
    yield from broken_contamination(study)


def _design(study: Study) -> Iterator[str]:
    if "intervention" not in study.arms:
        yield "arms: declare both intervention and control (or one group alone, as intervention)"
    elif "control" not in study.arms and study.models:
        yield "arms: one group alone is compared with nobody; declare control too, or no models"
    elif "control" in study.arms and not study.models and study.followed_up():
        yield Gap(
            "models: needs at least 1 of them, as change: {kind: did, design: change, outcomes:"
            " [NAME]}"
        )
    for name in set(study.sites) & set(study.arms):
        yield f"sites.{name}: is the name of an arm; give the site its own"
    arms = {site.arm for site in study.sites.values()}
    if study.sites and UNDECIDED not in arms and arms != set(study.arms):
        yield Gap("sites: each arm needs at least one site")
    if not study.times and not study.waves:
        yield Gap(
            "times: declare the times of individual data (times:) or the survey waves (waves:)"
        )
    if study.study.period:
        yield from _period(*study.study.period)
    yield from _in_order("times", study.times)
    yield from _in_order("waves", study.waves)
    yield from _labels(study)
    shared = set(study.times) & set(study.waves)
    if shared:
        yield f"waves: {', '.join(sorted(shared))} is also a time; give the wave another name"
    registers = [name for name, file in study.files.items() if file.lists_people]
    people = [name for name, file in study.files.items() if file.level == "person"]
    if people and len(registers) != 1:
        line = (
            "files: exactly one file of level person must say 'lists_people: true' (it lists the"
            f" people); {len(registers)} do"
        )
        yield line if registers else Gap(line)


def _labels(study: Study) -> Iterator[str]:
    """Tables and figures name things by their labels: no two of a kind share one."""
    kinds: dict[str, dict[str, str]] = {
        "arms": {name: arm.label for name, arm in study.arms.items()},
        "sites": {name: site.label for name, site in study.sites.items()},
        "times": {name: time.label for name, time in study.times.items()},
        "waves": {name: wave.label for name, wave in study.waves.items()},
        "models": {name: model.label or name for name, model in study.models.items()},
    }
    named = list(kinds.items())
    for level in ("person", "respondent"):
        own = {name: o.label for name, o in study.outcomes.items() if o.level == level}
        named.append(("outcomes", own))
    for section, labels in named:
        first: dict[str, str] = {}
        for name, label in labels.items():
            if first.setdefault(label, name) != name:
                yield (
                    f"{section}.{name}.label: '{label}' is the label of {first[label]} too; tables"
                    " could not tell them apart"
                )


def _in_order(section: str, moments: dict[str, Time]) -> Iterator[str]:
    """Times stand in the order in which they follow each other, no two at the same position."""
    named = list(moments.items())
    for (before, earlier), (name, later) in pairwise(named):
        if later.position <= earlier.position:
            yield (
                f"{section}.{name}.position: {later.position:g} is not after {before}"
                f" ({earlier.position:g}); list {section} in order, each at its own position"
            )


def _period(first: str, last: str) -> Iterator[str]:
    try:
        if date.fromisoformat(first) > date.fromisoformat(last):
            yield "study.period: the first date stands first"
    except ValueError:
        yield f"study.period: write two dates as YYYY-MM-DD, not '{first}' and '{last}'"
