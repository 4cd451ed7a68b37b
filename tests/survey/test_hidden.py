"""Small parts of a whole, and what would tell of them, are not shown in any survey table."""

from pathlib import Path

import numpy as np
import pytest

from cesp_analysis import contracts
from cesp_analysis.survey.hidden import BESIDE, hidden, reasons_by
from cesp_analysis.survey.tables import Margins, Weighting
from generated_survey import study_of


@pytest.mark.parametrize(
    ("counts", "gone"),
    [
        ([30, 20, 40], [False, False, False]),
        ([30, 3, 40], [True, True, False]),  # alone it is the total less the others
        ([30, 3, 4, 40], [True, True, True, False]),  # two that hold 7: their sum is told
        ([30, 6, 4, 40], [False, True, True, False]),
        ([30, 0, 40], [False, False, False]),  # nobody is no secret
        ([3], [True]),
        ([3, 0], [True, False]),
    ],
)
def test_what_is_left_cannot_be_subtracted(counts: list[int], gone: list[bool]) -> None:
    assert hidden(np.array(counts), 10).tolist() == gone


def test_parts_are_held_against_their_own_whole() -> None:
    counts = {"a": 3, "b": 20, "c": 20, "d": 30}
    said = reasons_by(counts, {"a": 1, "b": 1, "c": 2, "d": 2}, 10, "answers")
    assert said == {"a": "not shown: fewer than 10 answers", "b": BESIDE, "c": "", "d": ""}


def test_margins_and_weighting_hide_few_respondents_and_keep_the_population(tmp_path: Path) -> None:
    study = study_of(tmp_path)
    first = study.run("weigh")
    assert (first.status, first.shown) == (0, "")
    before = contracts.read(tmp_path / "results/tables/margins.csv", Margins)
    one = (before["site"] == "north") & (before["wave"] == "w1") & (before["variable"] == "age")
    counts = before.loc[one, "respondents"].sort_values()
    study.config["surveys"]["minimum"] = int(counts.iloc[0]) + 1
    ran = study.run("weigh")
    assert (ran.status, ran.shown) == (0, "")
    after = contracts.read(tmp_path / "results/tables/margins.csv", Margins)
    gone = after.loc[one, "respondents"].isna()
    assert set(counts.index[:2]) <= set(gone.index[gone]) and not gone.all()
    hidden_rows = after[after["respondents"].isna()]
    assert hidden_rows[["share_design", "share_weighted"]].isna().all(axis=None)
    assert hidden_rows["reason"].str.startswith("not shown: ").all()
    assert after["population"].tolist() == before["population"].tolist()
    study.config["surveys"]["minimum"] = 10_000
    study.run("weigh")
    rows = contracts.read(tmp_path / "results/tables/weighting.csv", Weighting)
    assert (rows["n"] > 0).all() and rows["warnings"].eq(
        "not shown: fewer than 10000 respondents"
    ).all()
    shown = ["sum_design", "deff_design", "deff", "effective_n", "smallest_weight", "trimmed"]
    assert rows[shown].isna().all(axis=None)
