"""Waves that ask the same question in other ways: what a crosswalk makes of them."""

from pathlib import Path
from typing import Any

import pytest

from cesp_analysis.cli import main
from cesp_analysis.contracts import rows
from cesp_analysis.study.read import read_study
from cesp_analysis.survey import specs
from cesp_analysis.survey.tables import Completeness, Crosswalk, WaveRecords
from small_study import Study, inside
from survey_study import second_wave, survey

ITEMS = ["ucla3.1", "ucla3.2"]


def test_a_renamed_and_recoded_wave_reads_as_the_other(tmp_path: Path) -> None:
    ran = survey(tmp_path).run()
    assert (ran.status, ran.shown) == (0, "")
    one, two = ran.records("one"), ran.records("two")
    for name in ("trust", "chat", "chats", *ITEMS):
        assert one[name].tolist() == pytest.approx(two[name].tolist(), nan_ok=True), name
    assert two["ucla3.3"].isna().all() and one["ucla3.3"].eq(2).all()
    assert one["answering_mode"].tolist() == ["paper", "web"] * 6
    assert set(two["answering_mode"]) == {"face_to_face"}


def test_a_scale_turned_round_is_its_codes_listed_the_other_way(tmp_path: Path) -> None:
    study = survey(tmp_path)
    first = study.run("clean").records("two")["trust"].tolist()
    codes = {"column": "q7", "values": {1: 4, 2: 3, 3: 2, 4: 1}}
    study.config["files"]["two"]["crosswalk"]["trust"] = codes
    second = study.run("clean").records("two")["trust"].tolist()
    assert second == pytest.approx(first, nan_ok=True)
    study.files["two.csv"] = second_wave().replace(",4,", ",4.0,")  # a code is a number
    assert study.run("clean").records("two")["trust"].tolist() == pytest.approx(first, nan_ok=True)


def test_a_code_that_the_crosswalk_lacks_is_missing_and_listed(tmp_path: Path) -> None:
    study = survey(tmp_path)
    study.config["files"]["two"]["crosswalk"]["ucla3.1"]["values"] = {0: 1, 1: 2}
    ran = study.run("clean")
    lost = ran.problems().query("kind == 'undeclared_value' and column == 'lone_a'")
    assert len(lost) == 4 and set(lost["value"]) == {"2"}
    assert int(ran.records("two")["ucla3.1"].isna().sum()) == 4


def test_pseudonymised_answers_of_a_crosswalk_leave_the_raw_folder(tmp_path: Path) -> None:
    study = survey(tmp_path)
    study.config["study"]["pseudonyms"] = True
    ran = study.run("clean")
    one, two = ran.records("one"), ran.records("two")
    for name in ("trust", "chat", *ITEMS):
        assert one[name].tolist() == pytest.approx(two[name].tolist(), nan_ok=True), name


def tables(folder: Path) -> dict[str, list[dict[str, Any]]]:
    return tables_of(survey(folder))


def tables_of(study: Study) -> dict[str, list[dict[str, Any]]]:
    folder = study.folder
    assert study.run("panel").status == 0
    made = {"completeness": Completeness, "crosswalk": Crosswalk, "survey_waves": WaveRecords}
    with inside(folder):
        command = ["completeness", "--spec", specs.questions(read_study())]
        command += ["--raw", "data/processed/intake", "--records", "data/processed/records"]
        command += ["--out", "results/tables/completeness.csv"]
        command += ["--crosswalk", "results/tables/crosswalk.csv"]
        assert main([*command, "--waves", "results/tables/survey_waves.csv"]) == 0
        return {n: list(rows(Path(f"results/tables/{n}.csv"), table)) for n, table in made.items()}


def test_the_tables_say_how_each_wave_asked_and_who_answered(tmp_path: Path) -> None:
    made = tables(tmp_path)
    how = {(r["file"], r["question"]): (r["raw_column"], r["recode"]) for r in made["crosswalk"]}
    assert how["one", "trust"] == ("trust", "")
    assert how["two", "trust"] == ("q7", "reversed")
    assert how["two", "chat"] == ("chatting", "1 → yes, 2 → no")
    assert how["two", "ucla3.3"] == ("", "not asked")
    assert how["two", "ucla3.2"] == ("u_2", "")
    counted = {(r["wave"], r["site"], r["question"]): r for r in made["completeness"]}
    south, north = counted["w1", "south", "trust"], counted["w2", "north", "trust"]
    assert (south["asked"], south["answered"], south["unusable"]) == (6, 5, 1)  # r03: 9
    assert (north["asked"], north["answered"], north["no_answer"]) == (6, 5, 1)  # r04: blank
    third = counted["w2", "south", "ucla3.3"]
    assert (third["respondents"], third["asked"], third["not_asked"]) == (6, 0, 6)
    for row in made["completeness"]:
        assert row["respondents"] == row["asked"] + row["not_asked"]
        assert row["asked"] == row["answered"] + row["no_answer"] + row["unusable"]
    modes = {(r["wave"], r["mode"], r["version"]): r["respondents"] for r in made["survey_waves"]}
    assert modes == {
        ("w1", "paper", "2022"): 6,
        ("w1", "web", "2022"): 6,
        ("w2", "face_to_face", ""): 6,
    }  # the last for each site; sites differ in the first wave


def test_versions_that_the_rows_say_stand_in_the_crosswalk(tmp_path: Path) -> None:
    study = survey(tmp_path)
    study.config["files"]["one"]["version"] = {"column": "how", "values": {"P": "b", "W": "a"}}
    study.config["files"]["one"]["mode"] = {"constant": "paper"}
    said = {(row["file"], row["version"]) for row in tables_of(study)["crosswalk"]}
    assert said == {("one", "a, b"), ("two", "")}


def test_a_column_that_the_wave_lacks_is_named_where_it_is_written(tmp_path: Path) -> None:
    study = survey(tmp_path)
    study.config["files"]["two"]["crosswalk"]["trust"]["column"] = "q77"
    (line,) = study.run("panel").lines
    assert line.startswith("data/raw/two.csv: no column is called 'q77'; did you mean 'q7'?")
    assert line.endswith("files.two.crosswalk.trust.column asks for it; correct it there")


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "no question": ({"crosswalk": {"trusts": {"column": "q7"}}}, "did you mean 'trust'?"),
    "no item": ({"crosswalk": {"ucla3.9": {"asked": False}}}, "no question is called 'ucla3.9'"),
    "nothing said": ({"crosswalk": {"trust": {}}}, "crosswalk.trust: says nothing"),
    "not asked, yet coded": (
        {"crosswalk": {"trust": {"asked": False, "column": "q7"}}},
        "crosswalk.trust: is not asked; remove",
    ),
    "two ways": (
        {"crosswalk": {"trust": {"reversed": True, "values": {1: 4}}}},
        "crosswalk.trust: write values or reversed, not both",
    ),
    "no such code": (
        {"crosswalk": {"chat": {"values": {1: "yep", 2: "no"}}}},
        "crosswalk.chat.values.1: no code is called 'yep'",
    ),
    "out of range": (
        {"crosswalk": {"trust": {"values": {1: 5}}}},
        "crosswalk.trust.values.1: 5 is not within 1 to 4",
    ),
    "half a code": (
        {"crosswalk": {"ucla3.1": {"values": {1: 1.5}}}},
        "crosswalk.ucla3.1.values.1: the study's code must be a whole number, not '1.5'",
    ),
    "one column twice": (
        {"crosswalk": {"trust": {"column": "q7"}, "ucla3.1": {"column": "q7"}}},
        "'q7' is the column of trust too",
    ),
    "no order": (
        {"crosswalk": {"chat": {"reversed": True}}},
        "crosswalk.chat.reversed: a category has no order",
    ),
    "no mode": ({"mode": {"constant": "fax"}}, "files.two.mode: no mode is called 'fax'"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_mistake_of_a_crosswalk_has_one_line(name: str, tmp_path: Path) -> None:
    changed, told = FAULTS[name]
    study = survey(tmp_path)
    study.config["files"]["two"] |= changed
    lines = study.lines()
    assert len(lines) == 1 and told in lines[0] and lines[0].startswith("config.yaml: files.two.")


def test_people_have_no_crosswalk(tmp_path: Path) -> None:
    study = survey(tmp_path, "wave,site,end\nw1,north,I\n")
    study.config["files"]["frame"]["mode"] = {"constant": "web"}
    assert study.lines() == [
        "config.yaml: files.frame.mode: is for files of respondents (level: respondent); remove it"
    ]
