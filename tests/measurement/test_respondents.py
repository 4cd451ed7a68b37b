"""Candidates of respondents, and answers that are a row each."""

from pathlib import Path

from pytest import approx

from measured_study import measured, row_of
from small_study import Study
from survey_study import survey


def test_respondents_are_paired_where_they_answered_in_both_waves(tmp_path: Path) -> None:
    """The same twelve answer twice; the second wave does not ask the third item of UCLA-3."""
    study = survey(tmp_path)
    study.config["measurement"] = {"draws": 200, "candidates": [*study.config["outcomes"]]}
    tables = measured(study)
    levels = {row["level"] for row in tables["measurability"]}
    assert levels == {"respondent"}
    for row in tables["measurability"]:
        assert row["retest"] == "the study has no retest"
        assert row["neighbourhoods"] == 6
        assert row["link_worker_method"] == "no link worker is known of anybody with a value"
    asked_twice = [row for row in tables["measurability"] if row["last_time"] == "w2"]
    assert asked_twice and all(row["pairs"] > 0 for row in asked_twice)


def test_a_row_an_answer_is_the_same_as_a_row_a_questionnaire(tmp_path: Path) -> None:
    plain = Study(tmp_path / "plain")
    wide = measured(plain)
    study = Study(tmp_path / "long")
    for name in ("before", "after"):
        head, *lines = str(study.files[f"{name}.csv"]).splitlines()
        columns = head.split(",")
        cells = [dict(zip(columns, line.split(","), strict=True)) for line in lines]
        study.files[f"{name}.csv"] = "id,date,asked,said\n" + "".join(
            f"{row['id']},{row['date']},{question},{row[question]}\n"
            for row in cells
            for question in ("score", "u_1", "u_2", "u_3")
        )
        study.config["files"][name] |= {"long_format": {"question": "asked", "answer": "said"}}
    long = measured(study)
    for outcome in ("score", "lonely"):
        one, other = row_of(wide, outcome), row_of(long, outcome)
        for column in ("n", "mean", "alpha", "item_answers", "item_missing_n", "sd_within"):
            assert other[column] == (None if one[column] is None else approx(one[column])), column
    assert len(long["items"]) == len(wide["items"])
