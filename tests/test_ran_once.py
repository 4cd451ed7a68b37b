"""Steps that are not run again: where all that they read is the same, and never in one test."""

from pathlib import Path

import pandas as pd
import pytest

import small_study
from ran_once import STORE, Store
from small_study import Study, answers


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands that were run in truth; nothing is kept from tests before."""
    found: list[str] = []
    step = small_study._step

    def noted(command: list[str]) -> tuple[int, str]:
        found.append(command[0])
        return step(command)

    monkeypatch.setattr(small_study, "_step", noted)
    for name, value in vars(Store()).items():
        monkeypatch.setattr(STORE, name, value)
    return found


def study(folder: Path) -> Study:
    """The small study, which shares what others ran."""
    STORE.begin(shared=True)
    folder.mkdir()
    return Study(folder)


def files(folder: Path) -> dict[str, tuple[bytes, int]]:
    """All that a run made, with modes."""
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mode)
        for place in ("data/processed", "results")
        for path in (folder / place).rglob("*")
        if path.is_file()
    }


def test_the_same_files_are_there_and_only_other_steps_are_run(
    tmp_path: Path, ran: list[str]
) -> None:
    assert study(tmp_path / "a").run().status == 0
    assert ran == ["intake", "clean", "check", "score", "panel", "fit"]
    second = study(tmp_path / "b")
    second.config["study"]["seed"] = 2  # of no step before the models
    ran.clear()
    assert second.run("panel").status == 0
    assert ran == []
    assert files(tmp_path / "b").items() < files(tmp_path / "a").items()
    third = study(tmp_path / "c")
    third.config["problems"] = {"stop_on": ["respelled"]}
    assert third.run("panel").status == 0
    assert ran[0] == "check"


def test_one_cell_more_and_everything_is_run(tmp_path: Path, ran: list[str]) -> None:
    assert study(tmp_path / "a").run("panel").status == 0
    other = study(tmp_path / "b")
    other.files["after.csv"] = answers(1).replace("P01,2024-02-11,13", "P01,2024-02-11,14")
    assert other.files["after.csv"] != answers(1)
    ran.clear()
    made = other.run("panel")
    assert ran == ["intake", "clean", "check", "score", "panel"]
    told = pd.read_parquet(tmp_path / "a/data/processed/panel.parquet")
    assert not made.panel()["value"].equals(told["value"])


def test_two_runs_of_one_test_are_two_runs(tmp_path: Path, ran: list[str]) -> None:
    assert study(tmp_path / "a").run("panel").status == 0
    ran.clear()
    once = study(tmp_path / "b")
    assert once.run("panel").status == 0 and ran == []
    (tmp_path / "c").mkdir()
    assert Study(tmp_path / "c").run("panel").status == 0
    assert ran == ["intake", "clean", "check", "score", "panel"]
    ran.clear()
    assert once.run("panel").status == 0  # where results are already
    assert len(ran) == 5


def test_what_comes_later_goes_on_only_from_what_was_left(tmp_path: Path, ran: list[str]) -> None:
    later = ["account", "contamination", "flow"]
    for name in ("a", "b"):
        study(tmp_path / name).run("panel").flow()
    assert ran == ["intake", "clean", "check", "score", "panel", *later]
    touched = study(tmp_path / "c").run("panel")
    path = tmp_path / "c/data/processed/panel.parquet"
    pd.read_parquet(path).iloc[1:].to_parquet(path)
    ran.clear()
    touched.flow()
    assert ran == later


def test_other_code_is_never_shared(tmp_path: Path, ran: list[str]) -> None:
    assert study(tmp_path / "a").run("clean").status == 0
    ran.clear()
    other = study(tmp_path / "b")
    STORE.begin(shared=False)
    assert other.run("clean").status == 0
    assert ran == ["intake", "clean"]


def test_this_test_itself_is_given_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not STORE.shared


def test_what_stops_is_run_again(tmp_path: Path, ran: list[str]) -> None:
    for name in ("a", "b"):
        stopped = study(tmp_path / name)
        stopped.config["problems"] = {"stop_on": ["not_a_number"]}
        stopped.files["after.csv"] = answers(1).replace(",13,", ",x,", 1)
        ran.clear()
        done = stopped.run("panel")
        assert done.status == 1 and "text where a number" in done.shown
        assert ran[-1] == "check"
