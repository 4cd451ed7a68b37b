"""Reporting checklists: the lists as data, which apply, what fills their items."""

from pathlib import Path
from typing import Any

import pytest

from cesp_analysis.analysis_plan.tables import Estimands
from cesp_analysis.checklists.specs import applying, filled
from cesp_analysis.checklists.tables import Checklists
from cesp_analysis.cli import main
from cesp_analysis.contracts import rows, write_rows
from cesp_analysis.declared.checklists import NAMES, checklist
from cesp_analysis.describe.record_tables import Flow
from cesp_analysis.describe.tables import Contamination, Missing
from cesp_analysis.few_sites.tables import Bracket
from cesp_analysis.report.blocks import Bullets, Table
from cesp_analysis.report.checklist_answers import ANSWERS
from cesp_analysis.report.sections.checklists import checklists
from cesp_analysis.report.tick import ticked
from cesp_analysis.report.wording_spec import wording_spec
from cesp_analysis.study.read import read_study
from plain_results import ESTIMATE, plain
from small_study import Study

ROOT = Path(__file__).resolve().parents[2]
COUNTS = {
    "CONSORT": 40, "TREND": 25, "STROBE": 34, "TIDieR": 12, "CHEERS": 28, "GRAMMS": 6, "SRQR": 21,
    "COREQ": 32,
}  # fmt: skip
"""Of TREND the points of items 1 to 8; the others whole, as their sources number them."""


@pytest.mark.parametrize("name", NAMES)
def test_each_list_is_whole_and_names_rules_that_there_are(name: str) -> None:
    own = checklist(name)
    numbers = [item.item for item in own.items]
    assert own.name == name and len(numbers) == len(set(numbers)) == COUNTS[name]
    assert {item.filled_by for item in own.items} - set(ANSWERS) <= {""}
    assert all(item.filled_by for item in own.items if item.partly)
    assert own.source and own.read


def test_every_rule_fills_an_item() -> None:
    used = {item.filled_by for name in NAMES for item in checklist(name).items}
    assert set(ANSWERS) - used == set()


def test_what_was_not_read_is_left_out_and_told() -> None:
    assert {item.item.partition(".")[0] for item in checklist("TREND").items} == set("12345678")
    assert checklist("TREND").left_out.startswith("items 9 to 22")


ONE_GROUP: dict[str, Any] = {"arms": {"intervention": {"label": "New"}}, "sites": {}}


@pytest.mark.parametrize(
    ("told", "lists"),
    [
        ({}, ["TREND"]),
        ({"randomised": True}, []),
        ({"feasible": True}, ["CONSORT", "TREND"]),
        ({"checklists": {"GRAMMS": {"1": "Two questions."}}}, ["TREND", "GRAMMS"]),
        ({"checklists": {"CHEERS": {}}}, ["TREND"]),
        ({"one_group": True}, ["STROBE"]),
    ],
)
def test_which_lists_apply_follows_from_the_study(
    tmp_path: Path, told: dict[str, Any], lists: list[str]
) -> None:
    study = Study(tmp_path)
    study.config["study"]["randomised"] = told.get("randomised", False)
    study.config |= {"checklists": told.get("checklists", {})}
    if "feasible" in told:
        study.config["feasibility"] = {"main_trial": {"n": 100}}
    if "one_group" in told:
        study.config |= ONE_GROUP
        del study.config["models"], study.config["files"]["people"]["site"]
        study.config["files"]["people"]["arm"] = {"constant": "intervention"}
    study.write()
    assert applying(read_study(tmp_path)) == lists


def test_the_root_study_is_held_to_seven() -> None:
    assert applying(read_study(ROOT)) == [
        "CONSORT", "TREND", "STROBE", "TIDieR", "CHEERS", "GRAMMS", "SRQR",
    ]  # fmt: skip


def test_an_item_is_filled_by_hand_by_rule_or_left_to_be_written(tmp_path: Path) -> None:
    results = plain(tmp_path, estimates=[ESTIMATE])
    own = {row["item"]: row for row in ticked(results, {"TREND": {"4.1": "=Walks."}})}
    assert (own["4.1"]["status"], own["4.1"]["said"]) == ("by hand", "=Walks.")
    assert (own["3.4"]["said"], own["3.4"]["where"]) == ("Sites: North and South", "study")
    assert own["1.1"]["status"] == "partly" and own["2.1"]["status"] == "to be written"
    out = tmp_path / "checklists.csv"
    write_rows(ticked(results, {"TREND": {"4.1": "=Walks."}}), out, Checklists)
    assert ",by hand,'=Walks.," in out.read_text(encoding="utf-8")  # no formula to a spreadsheet
    vars(results)["checklists"] = list(rows(out, Checklists))
    _, bullets, table = checklists(results)
    assert isinstance(bullets, Bullets) and isinstance(table, Table)
    assert "1 written by hand" in bullets.items[0]
    assert "Not in this table: items 9 to 22" in bullets.items[0]
    cells = {row.stub: row.cells for row in table.groups[0].rows}
    assert cells["4.1 Interventions"] == ("Content", "Written", "=Walks.", "–")


def test_items_about_chance_do_not_apply_where_there_was_none(tmp_path: Path) -> None:
    results = plain(tmp_path)
    lists = {"checklists": ("CONSORT",)}
    vars(results)["words"] = results.words.model_copy(update=lists)
    own = {row["item"]: row["status"] for row in ticked(results, {})}
    assert {own[item] for item in ("8a", "8b", "9", "10")} == {"not applicable"}
    drawn = results.words.study.model_copy(update={"randomised": True})
    vars(results)["words"] = results.words.model_copy(update=lists | {"study": drawn})
    own = {row["item"]: row["status"] for row in ticked(results, {})}
    assert {own[item] for item in ("8a", "8b", "9", "10")} == {"to be written"}


def test_the_step_writes_the_table_or_stops_with_the_name_of_what_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only what an item asks for is read."""
    study = Study(tmp_path)
    study.config["checklists"] = {"TREND": {"5": "To see whether it can be done."}}
    study.write()
    monkeypatch.chdir(tmp_path)
    told = read_study(".")
    command = ["tick", "--spec", wording_spec(told), "--filled", filled(told), "--results",
               "results", "--sources", "data/raw/SOURCES.yaml", "--out", "out.csv"]  # fmt: skip
    for name, contract in ASKED_FOR.items():
        table = Path(f"results/tables/{name}.csv")
        assert main(command) == 1
        said = f"{table}: there is no such file; run the study first (cesp run DIR)\n"
        assert capsys.readouterr().err == said
        assert not Path("out.csv").exists()
        write_rows([], table, contract)
    assert main(command) == 0
    made = {row["item"]: row for row in rows(Path("out.csv"), Checklists)}
    assert list(made) == [item.item for item in checklist("TREND").items]
    assert (made["5"]["status"], made["5"]["said"]) == ("by hand", "To see whether it can be done.")
    assert (made["8.1"]["status"], made["8.1"]["said"]) == ("filled", "Sites")
    assert made["2.1"]["status"] == "to be written" and not made["2.1"]["said"]


ASKED_FOR: dict[str, type[Table]] = {
    "flow": Flow,
    "contamination": Contamination,
    "estimands": Estimands,
    "bracket": Bracket,
    "missing": Missing,
}
"""The tables that TREND's rules read of a study that declares little, as they are asked for."""


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ({"TREND": {"3": "x"}}, "checklists.TREND.3: no item is called '3'"),
        ({"TREND": {"12": "x"}}, "not here: items 9 to 22"),
        ({"TRENT": {"1": "x"}}, "checklists.TRENT: no checklist is called 'TRENT'; did you mean"),
        ({"TREND": {"4.1": " "}}, "checklists.TREND.4.1: says nothing; write what the report"),
        ({"TREND": {"4.1": 3}}, "checklists.TREND.4.1: "),
        ({"TREND": "x"}, "checklists.TREND: "),
    ],
)
def test_mistakes_are_told_in_one_line(tmp_path: Path, written: Any, line: str) -> None:
    study = Study(tmp_path)
    study.config["checklists"] = written
    (told,) = study.lines()
    assert told.startswith("config.yaml: checklists.") and line in told
