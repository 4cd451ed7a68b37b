"""The panel: every outcome of everybody at every time, missing values written out."""

from typing import Any

import pandas as pd
import pytest

from cesp_analysis import contracts
from cesp_analysis.schemas import Panel, Scores
from small_study import PEOPLE, Study, answers

BEFORE, AFTER = answers(0), answers(1)


def panel(study: Study) -> pd.DataFrame:
    """The study's panel."""
    ran = study.run(until="panel")
    assert (ran.status, ran.shown) == (0, "")
    return ran.panel()


def value(table: pd.DataFrame, unit: str, time: str, outcome: str) -> float:
    """One value."""
    at = (table["unit"] == unit) & (table["time"] == time) & (table["outcome"] == outcome)
    (found,) = table.loc[at, "value"]
    return float(found)


def survey(study: Study, *more: str) -> None:
    """Add two waves: respondent R1 answers both, R2 the first, R3 the second."""
    study.config["waves"] = {
        "w2": {"label": "Second", "position": 1},
        "w1": {"label": "First", "position": 2},
    }
    for wave in ("w1", "w2"):
        study.config["files"][wave] = {
            "path": f"data/raw/{wave}.csv",
            "level": "respondent",
            "unit": "id",
            "time": {"constant": wave},
            "site": {"column": "site"},
            "weight": {"column": "w"},
            "variables": {
                "tie": {"range": [1, 5]},
                "tenure": {"type": "category", "values": ["rents", "owns", "other"]},
            },
        }
    study.files["w1.csv"] = "id,site,w,tie,tenure\nR1,North,1.5,1,owns\nR2,South,2,2,rents\n"
    study.files["w2.csv"] = "id,site,w,tie,tenure\nR1,North,,3,rents\nR3,South,1,4,\n"
    study.config["outcomes"]["tie"] = {
        "label": "Ties", "level": "respondent", "variable": "tie", "unit": "points",
        "direction": "higher_is_better",
    }  # fmt: skip
    study.config["covariates"]["tenure"] = {
        "label": "Tenure", "level": "respondent", "variable": "tenure",
    }  # fmt: skip


def test_the_grid_is_full_and_missing_values_are_written_out(study: Study) -> None:
    study.files["after.csv"] = AFTER.replace("P03,2024-02-13,", "P99,2024-02-13,")
    table = panel(study)
    assert len(table) == 12 * 2 * 2  # people x times x outcomes
    assert not table.duplicated(["level", "unit", "time", "outcome"]).any()
    missing = table[table["value"].isna()]
    assert sorted(zip(missing["unit"], missing["time"], missing["outcome"], strict=True)) == [
        ("P03", "after", "lonely"),
        ("P03", "after", "score"),
    ]
    assert value(table, "P03", "before", "score") == 13.0
    assert value(table, "P02", "after", "score") == 10 + 2 + 0.5 * 4
    assert value(table, "P02", "before", "lonely") == 3 + 1 + 2


def test_site_and_arm_stand_beside_each_value(study: Study) -> None:
    table = panel(study)
    first = table[table["unit"] == "P01"].drop_duplicates("unit").iloc[0]
    assert first[["study", "site", "arm", "neighbourhood", "age"]].tolist() == [
        "tiny",
        "north",
        "intervention",
        "n1",
        31.0,
    ]
    assert (table["weight"] == 1.0).all() and table["link_worker"].isna().all()


def test_categories_stand_in_the_order_of_config(study: Study) -> None:
    survey(study)
    table = panel(study)
    order = {
        name: list(table[name].cat.categories)
        for name in ("level", "site", "arm", "time", "outcome", "tenure")
    }
    assert order == {
        "level": ["person", "respondent"],
        "site": ["north", "south"],
        "arm": ["intervention", "control"],
        "time": ["before", "after", "w2", "w1"],
        "outcome": ["score", "lonely", "tie"],
        "tenure": ["rents", "owns"],  # as declared; 'other' does not occur
    }
    assert {str(dtype) for dtype in table.dtypes} == {"category", "float64"}


def test_covariates_of_respondents_belong_to_their_wave(study: Study) -> None:
    survey(study)
    table = panel(study)
    rows = table[table["level"] == "respondent"]
    found = rows[["unit", "time", "value", "weight", "tenure"]].astype("object").fillna("-")
    assert sorted(map(tuple, found.to_numpy().tolist())) == [
        ("R1", "w1", 1.0, 1.5, "owns"),
        ("R1", "w2", 3.0, "-", "rents"),
        ("R2", "w1", 2.0, 2.0, "rents"),
        ("R3", "w2", 4.0, 1.0, "-"),
    ]
    assert rows["age"].isna().all()  # a covariate of people


def test_covariates_of_people_are_read_at_the_first_time_or_as_declared(study: Study) -> None:
    late = {"label": "L", "variable": "score", "measured": "after", "post_baseline_reason": "x"}
    study.config["covariates"] |= {"first": {"label": "F", "variable": "score"}, "late": late}
    study.config["covariates"]["tired"] = {"label": "T", "score": "ucla3.total"}
    table = panel(study).drop_duplicates("unit").set_index("unit")
    assert table.loc["P01", ["first", "late", "tired"]].tolist() == [11.0, 13.0, 6.0]


def test_outcomes_may_be_measured_at_some_times_only(study: Study) -> None:
    study.config["outcomes"]["lonely"]["times"] = ["after"]
    table = panel(study)
    assert set(table.loc[table["outcome"] == "lonely", "time"]) == {"after"}
    assert len(table) == 12 * 3


def test_the_file_that_lists_people_may_hold_their_first_answers(study: Study) -> None:
    rows = zip(PEOPLE.splitlines(), BEFORE.splitlines(), strict=True)
    joined = [f"{person},{answer.split(',', 1)[1]}" for person, answer in rows]
    del study.files["before.csv"]
    study.files["people.csv"] = "\n".join(joined) + "\n"
    before = study.config["files"].pop("before")
    people = study.config["files"]["people"]
    people["variables"] |= before["variables"]
    people |= {key: before[key] for key in ("date", "instruments", "time")}
    table = panel(study)
    assert len(table) == 48 and table["value"].notna().all() and table["age"].notna().all()
    assert value(table, "P12", "before", "score") == 22.0


def test_a_variable_of_one_time_in_two_files_is_refused(study: Study) -> None:
    study.config["files"]["after"]["time"] = {"constant": "before"}
    del study.config["files"]["after"]["instruments"]
    (line,) = study.run(until="panel").lines
    assert line == (
        "config.yaml: 'score' of unit 'P01' at before stands more than once (files: after (line 2),"
        " before (line 2)); if one file is a newer version of the other, take the entry of the"
        " older out of files: (its raw file may stay); if not, call it differently in one of the"
        " files, or, if they tell of one answer, correct one of them (data/raw/CORRECTIONS.yaml)"
    )


def test_of_two_versions_of_an_export_the_older_is_taken_out(study: Study) -> None:
    study.files["after_v2.csv"] = study.files["after.csv"]
    study.config["files"]["again"] = study.config["files"]["after"] | {
        "path": "data/raw/after_v2.csv"
    }
    (line,) = study.run(until="panel").lines
    assert line == (
        "config.yaml: files: ucla3.total of 'P01' at after stands in after (line 2) and in again"
        " (line 2) (24 such records); if one file is a newer version of the other, take the entry"
        " of the older out of files: (its raw file may stay), or, if they were answered at"
        " different times, give the files these times"
    )
    del study.config["files"]["after"]
    assert study.run(until="panel").status == 0


def test_a_blank_gives_way_to_a_value_in_another_file(study: Study) -> None:
    study.files["again.csv"] = "id,score\nP01,39\n"
    study.config["files"]["again"] = {
        "path": "data/raw/again.csv", "level": "person", "unit": "id",
        "time": {"constant": "before"}, "variables": {"score": {"range": [0, 40]}},
    }  # fmt: skip
    study.files["before.csv"] = BEFORE.replace("P01,2024-01-11,11,", "P01,2024-01-11,,")
    assert value(panel(study), "P01", "before", "score") == 39.0


@pytest.mark.parametrize("kind", ["category", "text"])
def test_an_outcome_of_words_is_refused(study: Study, kind: str) -> None:
    words: dict[str, Any] = {"type": kind, "column": "score"}
    if kind == "category":
        words["values"] = {str(n): f"code {n}" for n in range(40)}
    study.config["files"]["before"]["variables"]["word"] = words
    study.config["outcomes"]["score"]["variable"] = "word"
    (line,) = study.run(until="panel").lines
    assert line == (
        "config.yaml: outcomes.score: its values are words; an outcome needs numbers: recode them"
        " under derived of their file, as in {NAME: {source: VARIABLE, values: {'yes': '1',"
        " 'no': '0'}}}, and name NAME here"
    )


def test_a_respondent_twice_in_a_wave_is_refused(study: Study) -> None:
    survey(study)
    study.config["files"]["w2"] |= {"time": {"constant": "w1"}, "one_row_per": "any"}
    study.files["w2.csv"] = "id,site,w,tie,tenure\nR7,North,1,,\nR7,North,1,4,\n"
    (line,) = study.run(until="panel").lines
    assert line == (
        "config.yaml: files: respondent 'R7' stands more than once in w1 (1 such records); write"
        " one_row_per: unit_and_time, and one file a wave"
    )


def test_surveys_without_ids_do_not_link_strangers(study: Study) -> None:
    survey(study)
    for wave in ("w1", "w2"):
        del study.config["files"][wave]["unit"]
    table = panel(study)
    units = table.loc[table["level"] == "respondent", "unit"].astype("str").tolist()
    assert sorted(units) == ["w1:2", "w1:3", "w2:2", "w2:3"]


def test_the_scores_that_the_panel_reads_keep_their_counts(study: Study) -> None:
    study.files["before.csv"] = BEFORE.replace("P01,2024-01-11,11,2,", "P01,2024-01-11,11,,")
    ran = study.run(until="panel")
    scores = contracts.read(ran.folder / "data/processed/scores.parquet", Scores)
    row = scores[(scores["unit"] == "P01") & (scores["time"] == "before")].iloc[0]
    assert (row["answered"], row["items"], row["prorated"]) == (2, 3, 0) and pd.isna(row["value"])
    assert pd.isna(value(ran.panel(), "P01", "before", "lonely"))
    assert list(ran.panel().columns[: len(Panel.columns())]) == list(Panel.columns())
