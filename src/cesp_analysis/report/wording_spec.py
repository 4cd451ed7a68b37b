"""The words that figures, the report and what people are shown are written with."""

from typing import Any

from cesp_analysis.declared.as_data import as_json, as_set
from cesp_analysis.declared.economics import Economics
from cesp_analysis.study.foremost import foremost
from cesp_analysis.study.specs import instruments
from cesp_analysis.study.study import Study


def wording_spec(study: Study, figures: bool = False, kind: str = "", public: bool = False) -> str:
    """The labels that figures and the report use; of figures without what only the report says,
    and what only one kind of them says for that kind alone, so that figures are not drawn again
    for what they do not show. `public`: of the report that leaves the team."""
    from cesp_analysis.economics.section_words import economics_words
    from cesp_analysis.economics.specs import FIGURES
    from cesp_analysis.fidelity.specs import delivery_words
    from cesp_analysis.planning.specs import FIGURES as PLANNED
    from cesp_analysis.planning.specs import planning_words

    spec = _of_every_study(study) | _of_some(study)
    if study.economics and (kind in FIGURES or not figures):
        spec["economics"] = economics_words(study) | (
            {} if figures else _of_sources(study.economics)
        )
    if study.planning and (kind in PLANNED or not figures):
        spec["planning"] = planning_words(study)
    if told := delivery_words(study, kind) if figures else delivery_words(study):
        spec["delivery"] = told
    spec |= {} if figures else _of_the_report(study)
    if public and not figures:
        spec["disclosure"] = study.disclosure.model_dump()
    return as_json(spec)


def _of_sources(own: Economics) -> dict[str, Any]:
    """What the report alone says of an evaluation: whose figures of a further trial, what has no
    price."""
    return {
        "information_source": own.information.source if own.information else "",
        "not_priced": own.use.not_priced if own.use else {},
    }


def _of_every_study(study: Study) -> dict[str, Any]:
    """What every study has labels of."""
    return {
        "study": as_set(study.study),
        "banner": study.banner(),
        "arms": {name: arm.label for name, arm in study.arms.items()},
        "sites": [place.model_dump() for place in study.places()],
        "time_unit": study.time_unit,
        "times": [moment.model_dump() for moment in study.moments("person")],
        "waves": [moment.model_dump() for moment in study.moments("respondent")],
        "outcomes": {name: as_set(entry) for name, entry in study.outcomes.items()},
        "covariates": {name: as_set(entry) for name, entry in study.covariates.items()},
        "models": {
            name: {"label": entry.label, "kind": entry.kind, "level": entry.level}
            | ({"weighs": True} if name in study.weighing() else {})
            | ({"imputed": True} if entry.missing_data else {})
            | ({"no_means": why} if (why := entry.no_means()) else {})
            for name, entry in study.models.items()
        },
        "files": {
            name: {"path": file.path, "level": file.level}
            | ({"sheet": file.sheet} if file.sheet else {})
            for name, file in study.files.items()
        },
        "events": {name: event.label for name, event in study.events.items()},
        "raw": study.received_paths(),
        "windows": study.windows(),
        "published": study.published is not None,
        "families": {n: family.label for n, family in study.analysis_plan.families.items()},
        "foremost": foremost(study),
        "curve": study.curve_level(),
        "scores": {
            f"{name}.{score.code}": score.label
            for name, instrument in instruments(study).items()
            for score in instrument.scores
        }
        | {f"{own.instrument}.{name}": own.label for name, own in study.value_sets.items()},
    }


def _of_some(study: Study) -> dict[str, Any]:
    """What figures and the report say of a study that declares it."""
    from cesp_analysis.measurement.specs import levels as measured
    from cesp_analysis.survey.specs import agreement

    spec: dict[str, Any] = {"own_prior": True} if study.few_sites.prior else {}
    spec |= {"starts": starts} if (starts := starts_of(study)) else {}
    spec |= {"agreement": True} if agreement(study) else {}
    if study.subsets:
        spec["subsets"] = {e.label: list(e.names()) for e in study.subsets.values()}
    spec |= {"networks": True} if study.networks else {}
    spec |= {"external": True} if study.external else {}
    spec |= {"measurability": whose} if (whose := measured(study)) else {}
    return spec


def starts_of(study: Study) -> dict[str, str]:
    """Where sites of the intervention began at different times: site → the label of its first
    time with it; nothing where they began together."""
    moments = {**study.waves, **study.times}
    if not any(site.started for site in study.sites.values()):
        return {}
    first = list(study.times or study.waves)[1]
    return {
        name: moments[site.started or first].label
        for name, site in study.sites.items()
        if site.arm == "intervention"
    }


def _of_the_report(study: Study) -> dict[str, Any]:
    """What the report alone says of a study that declares it."""
    from cesp_analysis.checklists.specs import applying
    from cesp_analysis.feasibility.specs import tables
    from cesp_analysis.interviews.specs import interview_words

    spec: dict[str, Any] = {"sensitivity": True} if study.missing_data.sensitivity else {}
    if any(event.kind == "death" for event in study.events.values()):
        spec["deaths"] = True
    if study.contamination:  # rows of estimates say it
        spec["contamination"] = study.contamination.label
    spec |= {"imputed": True} if study.imputed() else {}
    spec |= {"checklists": lists} if (lists := applying(study)) else {}
    spec |= {"feasibility": tables(study)} if study.feasibility else {}
    spec |= {"interviews": interview_words(study)} if study.interviews else {}
    if any(file.level == "respondent" for file in study.files.values()):
        spec["surveys"] = _surveys(study)
    return spec


def _surveys(study: Study) -> dict[str, Any]:
    """How respondents were drawn and weighted, in the words that the report uses."""
    own = study.surveys
    files = [file for file in study.files.values() if file.level == "respondent"]
    return {
        "neighbourhoods": own.neighbourhoods,
        "named": any(file.neighbourhood is not None for file in files),
        "strata": study.covariates[own.strata].label if own.strata in study.covariates else "",
        "weights": own.weights.method if own.weights else "",
        "response": own.response is not None,
        "replicates": own.weights is not None and own.weights.replicates != "none",
        "minimum": own.minimum,
        "several": {n: [entry.label, entry.outcomes] for n, entry in own.several_answers.items()},
    }
