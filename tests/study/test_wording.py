"""What the words of figures rest on: a figure is drawn again for what it shows, not for more."""

from pathlib import Path
from typing import Any

import pytest

from cesp_analysis.fidelity import specs as delivery_specs
from cesp_analysis.report.wording_spec import wording_spec
from cesp_analysis.study.read import read_study
from delivery_study import delivered
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
    return wording_spec(read, figures=True), wording_spec(read)


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


@pytest.mark.parametrize(
    ("change", "drawn", "counted"),
    [
        ({"cut_offs": {"moderate": 0.5, "high": 0.75, "rationale": "Another."}}, False, False),
        ({"cut_offs": {"moderate": 0.5, "high": 0.8, "rationale": "As agreed."}}, True, True),
        ({"sources": {"self": "They", "worker": "Worker", "observer": "Observer"}}, True, False),
        ({"paired_within": 3}, False, True),
    ],
)
def test_what_is_said_of_fidelity_draws_its_figure_alone_and_counts_nothing_again(
    change: dict[str, Any], drawn: bool, counted: bool, tmp_path: Path
) -> None:
    """`drawn`: its figure again, and no other; `counted`: the step again."""
    study = delivered(tmp_path)

    def now() -> tuple[str, str, str, str]:
        study.write()
        read = read_study(study.folder)
        fidelity, means = (wording_spec(read, figures=True, kind=k) for k in ("fidelity", "means"))
        return fidelity, means, delivery_specs.fidelity(read), wording_spec(read)

    first = now()
    study.config["fidelity"] |= change
    again = now()
    assert [a != b for a, b in zip(first, again, strict=True)] == [drawn, False, counted, True]


def test_how_contamination_is_called_draws_no_figure_again(tmp_path: Path) -> None:
    """The report is told, which may print the analyst's own word wherever a set is named by it."""
    study = Study(tmp_path)
    entry = {"type": "category", "values": ["yes", "no"], "column": "id"}
    study.config["files"]["people"]["variables"] |= {"used": entry}
    study.config["contamination"] = {"label": "Used it", "variable": "used", "values": ["yes"]}
    figures, report = told(study)
    study.config["contamination"]["label"] = "Used the other one"
    again = told(study)
    assert again[0] == figures
    assert again[1] == report.replace('"Used it"', '"Used the other one"')
