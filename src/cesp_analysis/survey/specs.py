"""What each step of the community surveys is told of the study, as one line of JSON."""

import json
from collections.abc import Iterator
from typing import Any

from cesp_analysis.declared.as_data import as_json, as_set
from cesp_analysis.declared.files import RawFile
from cesp_analysis.declared.instruments import StateColumn
from cesp_analysis.declared.networks import SHARED
from cesp_analysis.declared.surveys import SurveyDesign
from cesp_analysis.study.sources import categories_of
from cesp_analysis.study.specs import instruments, model
from cesp_analysis.study.study import Study
from cesp_analysis.survey.margin_lines import Declared


def survey_files(study: Study) -> dict[str, RawFile]:
    """The files of respondents, with their forms' questions written out."""
    return {
        name: file.with_form(study.forms)
        for name, file in study.files.items()
        if file.level == "respondent"
    }


def questions(study: Study) -> str:
    """The surveys' files, their instruments' items, sites and waves."""
    files = survey_files(study)
    known = instruments(study)
    used = {name for file in files.values() for name in file.instruments}
    states = {
        name: [item.code for item in known[name].items if item.optional]
        for file in files.values()
        for name, how in file.instruments.items()
        if isinstance(how, StateColumn)
    }
    return as_json(
        {
            "files": {name: as_set(file) for name, file in files.items()},
            **({"optional": states} if states else {}),
            "items": {
                name: {item.code: item.label for item in known[name].items} for name in sorted(used)
            },
            "sites": [place.name for place in study.places()],
            "waves": list(study.waves),
        }
    )


def response(study: Study) -> str:
    """The frame, what its codes are called, and where the surveys' records are."""
    declared = study.surveys.response
    assert declared is not None
    return as_json(
        {
            **as_set(declared),
            "sites": [place.name for place in study.places()],
            "waves": list(study.waves),
            "ci_level": study.study.ci_level,
            "surveys": list(survey_files(study)),
        }
    )


def response_files(study: Study) -> list[str]:
    """The files that response rates are made from."""
    declared = study.surveys.response
    return [declared.file, *survey_files(study)] if declared else []


def means(study: Study) -> str:
    """Outcomes and covariates of respondents, how they were drawn, sites and waves."""
    outcomes = {n: o for n, o in study.outcomes.items() if o.level == "respondent"}
    own = {"categories", "several_answers", "minimum"}
    design = study.survey_design()
    spec = {
        "outcomes": {
            name: entry.model_dump(
                include={"label", "unit", "type", "times"}, exclude_defaults=True
            )
            | ({"shared": True} if entry.score in SHARED else {})
            for name, entry in outcomes.items()
        },
        "covariates": [n for n, c in study.covariates.items() if c.level == "respondent"],
        "sites": [place.name for place in study.places()],
        "waves": list(study.waves),
        "ci_level": study.study.ci_level,
        **study.surveys.model_dump(mode="json", include=own, exclude_defaults=True),
    }
    return as_json(spec | ({"design": as_set(design)} if design else {}))


def agreement(study: Study) -> str:
    """Each survey model that a mixed model has outcomes in common with, resolved; '': none."""
    pairs = list(_pairs(study))
    return as_json({"pairs": pairs}) if pairs else ""


def _pairs(study: Study) -> Iterator[dict[str, Any]]:
    """An outcome is compared once: the first survey model of all records, the first mixed one with
    effects of neighbourhoods, both adjusted for the same and of the same waves."""
    left = {n for n, o in study.outcomes.items() if o.level == "respondent"}
    own = {n: m for n, m in study.models.items() if m.level == "respondent"}
    for name, entry in own.items():
        if entry.kind != "survey" or getattr(entry, "respondents", "all") != "all":
            continue
        for other, mixed in own.items():
            random = getattr(mixed, "random", ())
            near = {"neighbourhood", "neighbourhood_time"} & set(random)
            alike = all(
                getattr(mixed, key) == getattr(entry, key)
                for key in ("covariates", "times", "reference")
            )
            shared = [n for n in entry.outcomes if n in mixed.outcomes and n in left]
            if mixed.kind == "mixed" and near and alike and shared:
                left -= set(shared)
                yield {
                    "survey": json.loads(model(study, name)),
                    "mixed": other,
                    "outcomes": shared,
                }


def nothing_to_draw(study: Study) -> list[str]:
    """Kinds of figures for which the surveys have nothing to show."""
    own = [outcome for outcome in study.outcomes.values() if outcome.level == "respondent"]
    named = any(file.neighbourhood for file in survey_files(study).values())
    drawn = {
        "neighbourhoods": named,
        "neighbourhood_changes": named and len(study.waves) > 1,
        "survey_answers": any(outcome.type == "ordinal" for outcome in own),
        "survey_waves": any(outcome.type != "ordinal" for outcome in own),
        "composition": any(_has_categories(study, name) for name in study.covariates),
    }
    drawn["external"] = bool(study.external)
    return [kind for kind, something in drawn.items() if not something]


def _has_categories(study: Study, covariate: str) -> bool:
    entry, files = study.covariates[covariate], list(survey_files(study).values())
    return entry.level == "respondent" and bool(categories_of(entry, files))


def declared_of(study: Study) -> Declared:
    """What files of margins may speak of."""
    files = [file.with_form(study.forms) for file in study.files.values()]
    weights = study.surveys.weights
    return Declared(
        one=weights is not None and weights.method == "post_stratify",
        sites=tuple(place.name for place in study.places()),
        waves=tuple(study.waves),
        covariates={
            name: tuple(categories_of(entry, files))
            for name, entry in study.covariates.items()
            if entry.level == "respondent"
        },
    )


def weigh(study: Study) -> str:
    """How respondents are weighted, and what the margins may speak of."""
    return as_json(_weigh(study))


def _weigh(study: Study) -> dict[str, Any]:
    own = study.surveys.weights
    assert own is not None
    told: dict[str, Any] = {"method": own.method, "declared": declared_of(study).model_dump()}
    told |= {"trim": own.trim.model_dump()} if own.trim else {}
    told |= study.surveys.model_dump(include={"minimum"}, exclude_defaults=True)
    return told | ({"alike": True} if own.residuals == "alike" else {})


def replicate(study: Study) -> str:
    """How respondents are weighted and drawn, how many replicates of which kind, what is asked."""
    own = study.surveys.weights
    assert own is not None
    told = _weigh(study) | {
        "replicates": own.replicates,
        "design": study.surveys.model_dump(include=set(SurveyDesign.model_fields)),
        "outcomes": {
            name: [wave for wave in study.waves if entry.times is None or wave in entry.times]
            for name, entry in study.outcomes.items()
            if entry.level == "respondent"
        },
    }
    shared = [name for name in told["outcomes"] if study.outcomes[name].score in SHARED]
    told |= {"shared": shared} if shared else {}
    if own.replicates == "bootstrap":
        told |= {"draws": own.draws, "seed": study.study.seed}
    return as_json(told)


def networks(study: Study) -> str:
    """What was asked of whom respondents know, and where the answers are."""
    own = study.networks
    assert own is not None
    told = {
        "networks": own.model_dump(exclude_defaults=True),
        "respondents": [name for name, f in study.files.items() if f.level == "respondent"],
        "sites": [place.name for place in study.places()],
        "paths": {name: study.files[name].path for name in _network_files(study)},
        **study.surveys.model_dump(include={"minimum"}, exclude_defaults=True),
    }
    return as_json(told)


def _network_files(study: Study) -> list[str]:
    own = study.networks
    if own is None:
        return []
    return [own.ties, *([own.known.file] if own.known else [])]


def external(study: Study) -> str:
    """The files of figures from outside, and the arm of each site."""
    told = {
        "external": {n: own.model_dump(exclude_defaults=True) for n, own in study.external.items()},
        "arms": {place.name: place.arm for place in study.places()},
    }
    return as_json(told)


def external_files(study: Study) -> list[str]:
    """The files of figures from outside, in config's order."""
    return [own.path for own in study.external.values()]


def taken_divergences(study: Study) -> list[str]:
    """The table of divergences, where the ladder takes one from it."""
    some = any(past.series for past in study.few_sites.divergences.values())
    return ["results/tables/divergences.csv"] if some else []


def margins(study: Study) -> list[str]:
    """The files of margins."""
    return list(study.surveys.weights.margins) if study.surveys.weights else []
