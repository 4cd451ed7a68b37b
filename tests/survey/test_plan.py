"""The analysis plan holds how respondents are weighted."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cesp_analysis.analysis_plan.canonical import plan_of
from cesp_analysis.analysis_plan.content import content_of
from cesp_analysis.study.read import read_study
from generated_survey import margins_text, study_of
from small_study import Study


def content(study: Study) -> str | None:
    study.write()
    return content_of(plan_of(read_study(study.folder), study.folder), "survey", "y")


def _people(study: Study) -> None:
    text = margins_text().replace("w1,age,young,420", "w1,age,young,400")
    text = text.replace("w1,age,old,250", "w1,age,old,270")
    (study.folder / "margins.csv").write_text(text)


def _lines(study: Study) -> None:
    head, *rows = margins_text().splitlines()
    (study.folder / "margins.csv").write_text("\n".join([head, *rows[::-1], ""]))


CHANGES: dict[str, tuple[Callable[[Study], object], bool]] = {
    "method": (lambda s: s.config["surveys"]["weights"].update(method="calibrate"), True),
    "limits": (lambda s: s.config["surveys"]["weights"].update(trim={"high": 3}), True),
    "people": (_people, True),
    "bands": (
        lambda s: s.config["files"]["survey"]["variables"]["age"].update(missing=["old"]), True
    ),
    "order of lines": (_lines, False),
    "labels": (lambda s: s.config["covariates"]["age"].update(label="Age group"), False),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_what_decides_on_weights_decides_on_estimates(name: str, tmp_path: Path) -> None:
    study = study_of(tmp_path)
    before = content(study)
    change, counts = CHANGES[name]
    change(study)
    assert before is not None and (content(study) != before) == counts
