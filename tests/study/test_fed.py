"""Times that were declared before any file holds them."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cesp_analysis.pipeline import begin
from cesp_analysis.study.read import read_study
from small_study import Study, inside

DAG = SimpleNamespace(jobs=[], dependencies={}, bfs=lambda *_: [])
NO_DAG = SimpleNamespace(
    dag=DAG, rules=[], non_local_exec=False, scheduler=SimpleNamespace(job_rate_limiter=None)
)
"""What begins a run of nothing."""


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """The tiny study with a time that is still to come."""
    study = Study(tmp_path)
    study.config["times"]["late"] = {"label": "Late", "position": 18}
    study.config["models"] = {"did": {"kind": "mmrm", "outcomes": ["score"], "average": True}}
    return study


def test_a_time_that_no_file_feeds_is_told_when_a_run_starts(
    study: Study, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cesp_analysis.pipeline.hold_folder", lambda: None)
    monkeypatch.setenv("CESP_JOBS", "apart")  # no process for forks, which nobody would end
    study.write()
    with inside(study.folder):
        begin(read_study(), NO_DAG)
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith("config.yaml: times.late: no file holds it yet; ")
        del study.config["times"]["late"]
        study.write()
        begin(read_study(), NO_DAG)
        assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({}, ("late",)),
        ({"variables": {"score": {"columns": {"after": "a", "late": "l"}}}}, ()),
        ({"time": {"column": "when", "values": {"2": "after", "3": "late"}}}, ()),
        ({"time": {"column": "when", "values": {"2": "after"}}}, ("late",)),
        ({"time": {"column": "when"}}, ()),  # its rows alone tell
    ],
)
def test_what_feeds_a_time(study: Study, settings: dict[str, Any], found: tuple[str, ...]) -> None:
    after = study.config["files"]["after"] | settings
    if "variables" in settings:
        del after["time"], after["instruments"]  # answers to these would be at no time
    study.config["files"]["after"] = after
    study.write()
    assert read_study(study.folder).without_file("person") == found


def test_rows_of_the_time_to_come_stay_and_the_average_is_without_it(study: Study) -> None:
    del study.config["models"]["did"]["average"]
    before = study.run().estimates()
    assert [row["status"] for row in before] == ["estimated", "not_estimable"]
    study.config["times"]["middle"] = study.config["times"].pop("late") | {"position": 3}
    study.config["times"] = {n: study.config["times"][n] for n in ("before", "middle", "after")}
    study.config["models"]["did"]["average"] = True
    middle, after = study.run().estimates()  # one time is left: there is no average of one
    assert (middle["status"], after["status"]) == ("not_estimable", "estimated")
