"""Mistakes of an instrument's file told once each, and scores at the ends of what is possible."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from cesp_analysis import contracts
from cesp_analysis.errors import CespError
from cesp_analysis.instruments.broken import raw_range
from cesp_analysis.instruments.score import score_items
from cesp_analysis.instruments.types import Instrument, read_instrument
from cesp_analysis.schemas import Scores
from small_study import Study


def data(**score: Any) -> dict[str, Any]:
    """Two items of 1 to 4 and their sum."""
    total = {
        "code": "total", "label": "Total", "items": ["a", "b"], "method": "sum", "range": [2, 8],
        "direction": "higher_is_worse", "unit": "points", "minimum_answered": 2,
    }  # fmt: skip
    return {
        "name": "pair", "title": "Pair", "column_names": ["p"], "response": "1 to 4",
        "items": [{"code": c, "label": c, "low": 1, "high": 4} for c in "ab"],
        "scores": [total | score],
        "source": "none", "copyright": "none", "missing_rule": "complete items only",
        "worked_example": {"answers": {"a": 1, "b": 3}, "scores": {"total": 4}, "source": "1 + 3"},
    }  # fmt: skip


def told(tmp_path: Path, given: dict[str, Any]) -> list[str]:
    """What is said of an instrument's file, without its path."""
    path = tmp_path / "pair.yaml"
    path.write_text(yaml.safe_dump(given), encoding="utf-8")
    with pytest.raises(CespError) as caught:
        read_instrument(str(path))
    return [line.removeprefix(f"{path}: ") for line in caught.value.problems]


def test_two_mistakes_in_one_part_are_two_lines_with_their_places(tmp_path: Path) -> None:
    given = data()
    given["items"][1] = {"code": "b", "label": "b", "low": "one", "high": [4]}
    lines = told(tmp_path, given)
    assert [line.partition(": ")[0] for line in lines] == ["items.1.low", "items.1.high"]


def test_a_list_that_is_too_short_for_its_own_sake_is_told(tmp_path: Path) -> None:
    """It is not, where an entry of it is wrong: then nobody knows how long it is."""
    given = data()
    given["items"] = []
    given["scores"] = []
    places = {line.partition(": ")[0] for line in told(tmp_path, given)}
    assert {"items", "scores"} <= places
    given = data()
    given["scores"] = [{"code": "total"}]
    places = {line.partition(": ")[0] for line in told(tmp_path, given)}
    assert "scores" not in places and "scores.0.label" in places


def test_a_rule_that_spans_parts_names_each_place_itself(tmp_path: Path) -> None:
    lines = told(tmp_path, data(minimum_answered=3, items=["a", "c"]))
    assert any(line.startswith("scores.total.items: no item is called 'c'") for line in lines)
    assert not any(line.startswith(": ") or "Value error" in line for line in lines)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"minimum_answered": 0}, "minimum_answered: must be from 1 to 2, the number of items"),
        ({"minimum_answered": 3}, "minimum_answered: must be from 1 to 2, the number of items"),
        ({"method": "value"}, "items: method 'value' takes one item, not 2"),
        ({"prorate": "person_mean"}, "prorate: has no effect unless minimum_answered is below"),
        ({"minimum_answered": 1}, "prorate: say person_mean; else a missing answer would count"),
        ({"method": "mean", "range": [1, 4], "conversion": {1: 1, 2: 2, 3: 3, 4: 4}},
         "conversion: is for whole raw scores of complete answers"),
        ({"minimum_answered": 1, "prorate": "person_mean",
          "conversion": {n: n for n in range(2, 9)}},
         "conversion: is for whole raw scores of complete answers"),
    ],
)  # fmt: skip
def test_a_method_that_is_told_too_much_or_too_little(
    tmp_path: Path, changes: dict[str, Any], line: str
) -> None:
    lines = told(tmp_path, data(**changes))
    assert any(one.startswith(f"scores.total.{line}") for one in lines), lines


@pytest.mark.parametrize(
    "changes",
    [
        {"minimum_answered": 1, "prorate": "person_mean"},
        {"method": "mean", "range": [1, 4]},
        {"method": "mean", "range": [1, 4], "minimum_answered": 1, "prorate": "person_mean"},
        {"method": "count_in", "counted": {"a": [1], "b": [4]}, "range": [0, 2],
         "minimum_answered": 1},
        {"items": ["a"], "method": "value", "range": [1, 4], "minimum_answered": 1},
        {"conversion": {n: n / 2 for n in range(2, 9)}, "range": [1, 4]},
    ],
)  # fmt: skip
def test_what_a_method_may_be_told(changes: dict[str, Any]) -> None:
    given = data(**changes)
    given["worked_example"] = {
        "answers": {"a": 1, "b": 3}, "scores": {"total": 1.0}, "source": "not looked at here"
    }  # fmt: skip
    assert Instrument.model_validate(given).scores[0].code == "total"


def test_items_of_unlike_ranges_are_added_but_never_averaged(tmp_path: Path) -> None:
    given = data(range=[2, 9])
    given["items"][0]["high"] = 5
    assert Instrument.model_validate(given).items[0].high == 5
    given["scores"][0] |= {"minimum_answered": 1, "prorate": "person_mean"}
    assert any(
        "a person's mean needs items with the same" in line for line in told(tmp_path, given)
    )


def test_the_lowest_count_is_the_items_of_which_every_answer_counts() -> None:
    counted = {"a": [1, 2, 3, 4], "b": [4]}
    made = Instrument.model_validate(data(method="count_in", counted=counted, range=[1, 2]))
    assert raw_range(made.scores[0], made.items) == (1, 2)
    found = score_items(np.array([[1.0, 1], [4, 4]]), made)["total"]
    assert found.value.tolist() == [1, 2]


def test_values_of_levels_that_do_not_begin_at_one() -> None:
    worth = {code: {3: 0.5, 4: 0.25, 5: 0.0} for code in "ab"}
    given = data(method="level_values", level_values=worth, range=[0, 1])
    given["items"] = [{"code": c, "label": c, "low": 3, "high": 5} for c in "ab"]
    given["worked_example"] = {
        "answers": {"a": 3, "b": 5},
        "scores": {"total": 0.5},
        "source": "0.5",
    }
    made = Instrument.model_validate(given)
    found = score_items(np.array([[3.0, 3], [3, 4], [5, 5], [5, 3]]), made)["total"]
    assert found.value.tolist() == [1.0, 0.75, 0.0, 0.5]
    alone = score_items(np.array([[np.nan, 3.0]]), made)["total"]
    assert np.isnan(alone.value[0]) and alone.answered.tolist() == [1]


def test_a_score_from_two_records_of_a_file_names_their_lines(tmp_path: Path) -> None:
    """Two versions of an export that both hold the same person's answers at the same time."""
    study = Study(tmp_path)
    study.config["files"]["again"] = study.config["files"]["before"] | {
        "path": "data/raw/again.csv", "variables": {}
    }  # fmt: skip
    lines = str(study.files["before.csv"]).splitlines()
    study.files["again.csv"] = "\n".join([lines[0], lines[3]]) + "\n"
    ran = study.run(until="score")
    assert ran.status == 1
    (said,) = [line for line in ran.lines if "ucla3.total of 'P03' at before" in line]
    assert "before (line 4)" in said and "again (line 2)" in said and "(2 such records)" in said


def test_of_several_people_with_two_records_the_first_is_named(tmp_path: Path) -> None:
    study = Study(tmp_path)
    study.config["files"]["again"] = study.config["files"]["before"] | {
        "path": "data/raw/again.csv", "variables": {}
    }  # fmt: skip
    study.files["again.csv"] = study.files["before.csv"]
    ran = study.run(until="score")
    (said,) = [line for line in ran.lines if "ucla3.total of" in line]
    assert "of 'P01' at before stands in before (line 2) and in again (line 2)" in said
    assert "(24 such records)" in said


@pytest.mark.parametrize("own", [True, False])
def test_two_versions_of_a_form_complete_each_other(own: bool, tmp_path: Path) -> None:
    """Both stand in one file, and each person filled in one: of the other's items all are blank."""
    study = Study(tmp_path)
    whole = study.run(until="score")
    told = contracts.read(tmp_path / "data/processed/scores.parquet", Scores)
    before = study.config["files"]["before"]
    study.config["files"]["v2"] = before | {
        "instruments": {"ucla3": "w{item}"}, "variables": {}
    }  # fmt: skip
    table = pd.read_csv(io.StringIO(str(study.files["before.csv"])), dtype=str)
    items = [before["instruments"]["ucla3"].replace("{item}", code) for code in "123"]
    other = [f"w{code}" for code in "123"]
    table[other] = None
    table.loc[5:, other] = table.loc[5:, items].to_numpy()
    table.loc[5:, items] = None
    if not own:
        table.loc[7, items] = table.loc[7, other].to_numpy()
    study.files["before.csv"] = table.to_csv(index=False)
    ran = study.run(until="score")
    assert (whole.status, ran.status) == (0, 0 if own else 1)
    if own:
        found = contracts.read(tmp_path / "data/processed/scores.parquet", Scores)
        pd.testing.assert_frame_equal(
            *(one.sort_values(list(Scores.key), ignore_index=True) for one in (told, found))
        )
    else:
        assert "before (line 9) and in v2 (line 9) (2 such records)" in ran.shown


def test_scores_of_a_study_are_in_the_order_of_their_names(tmp_path: Path) -> None:
    study = Study(tmp_path)
    assert study.run(until="score").status == 0
    from cesp_analysis.schemas import Scores

    (path,) = (tmp_path / "data" / "processed").glob("scores*.parquet")
    found = contracts.read(path, Scores)
    assert isinstance(found, pd.DataFrame) and len(found) == 24
    assert set(found["score"]) == {"ucla3.total"} and set(found["items"]) == {3}
