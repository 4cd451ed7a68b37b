"""What the words of figures rest on: a figure is drawn again for what it shows, not for more."""

from pathlib import Path
from typing import Any

import pytest

from cesp_analysis.study import specs
from cesp_analysis.study.read import read_study
from generated_survey import study_of
from small_study import Study

CHANGES: dict[str, tuple[dict[str, Any], bool]] = {
    "minimum": ({"minimum": 3}, True),
    "neighbourhoods": ({"neighbourhoods": "all"}, True),
    "no weights": ({"weights": None}, True),
    "words of answers": ({"categories": {"felt": {1: "Never", 2: "Often"}}}, False),
}
"""What changes in surveys → whether the report says it."""


def told(study: Study) -> tuple[str, str]:
    study.write()
    read = read_study(study.folder)
    return specs.wording(read, figures=True), specs.wording(read)


@pytest.mark.parametrize("name", CHANGES)
def test_what_no_figure_prints_of_surveys_draws_none_again(name: str, tmp_path: Path) -> None:
    study = study_of(tmp_path)
    study.config["files"]["survey"]["variables"]["felt"] = {"column": "y", "type": "number"}
    study.config["outcomes"]["felt"] = study.config["outcomes"]["y"] | {
        "label": "Felt", "variable": "felt", "type": "ordinal"
    }  # fmt: skip
    study.config["surveys"]["categories"] = {"felt": {1: "Hardly", 2: "Often"}}
    figures, report = told(study)
    change, said = CHANGES[name]
    study.config["surveys"] |= change
    again = told(study)
    assert again[0] == figures
    assert (again[1] != report) == said
    study.config["outcomes"]["felt"]["label"] = "Felt alone"
    assert told(study)[0] != figures
