"""What the steps of the community surveys are told of the study."""

import json
from typing import Any

from cesp_analysis.study.sources import categories_of
from cesp_analysis.study.study import Study
from cesp_analysis.study.surveys import SurveyDesign
from cesp_analysis.survey.margin_lines import Declared


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
    return json.dumps(_weigh(study), ensure_ascii=False, separators=(",", ":"))


def _weigh(study: Study) -> dict[str, Any]:
    own = study.surveys.weights
    assert own is not None
    told: dict[str, Any] = {"method": own.method, "declared": declared_of(study).model_dump()}
    return told | ({"trim": own.trim.model_dump()} if own.trim else {})


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
    if own.replicates == "bootstrap":
        told |= {"draws": own.draws, "seed": study.study.seed}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def networks(study: Study) -> str:
    """What was asked of whom respondents know, and where the answers are."""
    own = study.networks
    assert own is not None
    told = {
        "networks": own.model_dump(exclude_defaults=True),
        "respondents": [name for name, f in study.files.items() if f.level == "respondent"],
        "sites": [place.name for place in study.places()],
        "paths": {name: study.files[name].path for name in _network_files(study)},
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _network_files(study: Study) -> list[str]:
    own = study.networks
    if own is None:
        return []
    return [own.ties, *([own.known.file] if own.known else [])]


def margins(study: Study) -> list[str]:
    """The files of margins."""
    return list(study.surveys.weights.margins) if study.surveys.weights else []
