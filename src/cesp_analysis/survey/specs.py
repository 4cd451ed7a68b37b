"""What each step of the community surveys is told of the study, as one line of JSON."""

import json
from typing import Any

from cesp_analysis.study.files import RawFile
from cesp_analysis.study.specs import instruments
from cesp_analysis.study.study import Study


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
    return _json(
        {
            "files": {name: _set(file) for name, file in files.items()},
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
    return _json(
        {
            **_set(declared),
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


def _set(entry: Any) -> dict[str, Any]:
    return dict(entry.model_dump(mode="json", exclude_defaults=True))


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
