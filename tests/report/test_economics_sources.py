"""What an evaluation declares of its sources stands in the report, and in no figure."""

import json
from pathlib import Path

import pytest

from cesp_analysis.declared.economics_words import EconomicsWords
from cesp_analysis.pipeline import opened
from cesp_analysis.report.sections.economics_costs import _free
from cesp_analysis.report.wording_spec import wording_spec
from costed_study import costed


def test_reasons_and_sources_reach_the_report_and_no_figure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = costed(
        tmp_path,
        information={"incidence": 100, "years": 2, "source": "a register of 2024"},
    )
    del study.config["economics"]["services"]["nurse"]
    study.config["economics"]["use"]["not_priced"] = {"nurse": "a part of the practice"}
    study.write()
    monkeypatch.chdir(tmp_path)
    own = opened(".")
    said = EconomicsWords(**json.loads(wording_spec(own))["economics"])
    assert said.information_source == "a register of 2024"
    assert list(_free(said)) == ["not priced: nurse (a part of the practice)"]
    drawn = json.loads(wording_spec(own, figures=True, kind="tornado"))["economics"]
    assert not {"information_source", "not_priced"} & drawn.keys()
