"""Numbers in sentences that cells tell with fewer digits: sentences of the program, as it says
them, leave without."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure.cleared import cleared
from cesp_analysis.disclosure.first_times import with_first_times
from cesp_analysis.disclosure.left_in import faults
from cesp_analysis.disclosure.table_rows import Release
from cesp_analysis.disclosure.tables import TABLES
from cesp_analysis.disclosure.unsaid import unsaid
from cesp_analysis.economics.few_units import Stratum, _too_narrow
from cesp_analysis.models.baseline import bracket
from cesp_analysis.models.link_worker_words import Sharing
from cesp_analysis.models.survey_rests import Rests, rests_in_words
from cesp_analysis.models.weighting_words import exploding, still_apart
from cesp_analysis.models.welch_words import few_by_welch
from cesp_analysis.report.limitation import Limitation
from cesp_analysis.report.sections import limitations_of_design
from cesp_analysis.report.sections.regression_to_mean import regression_to_mean
from cesp_analysis.survey.agreement import reading
from cesp_analysis.withheld import ALONG, WITHHELD, Rounded, Withheld
from link_worker_frames import frame_with
from plain_results import plain
from sentence_numbers import told_elsewhere

HOW = Disclosure()
PARTS = {
    "difference_in_se": 0.513,
    "difference": 0.07,
    "part_weights": 0.0831,
    "part_random": -0.01,
}
WEIGHED = {"intervention": SimpleNamespace(n=75, effective=12.3, largest_share=0.41)}
APART = {"sex[other]": SimpleNamespace(difference_after=0.124)}


def sentences() -> list[str]:
    """What models and steps say with numbers, as they say it."""
    (sharing,) = Sharing((), "changes", False, "mean").said(frame_with([8, 6, 2], alone=2))
    return [
        sharing,
        bracket(0.64, -0.853, 1.512, adjusted=False, decimals=2),
        bracket(0.37, 0.12, -1.1, adjusted=True, decimals=2),
        "in the first imputed set: " + bracket(0.37, 0.12, -1.1, adjusted=True, decimals=2),
        reading(cast(Any, PARTS), -0.012, 0.171, 3),
        *exploding(cast(Any, WEIGHED), 0.1, 0.5),
        "control arm: those who answered at Wave 3, 2024 differ from those at Wave 1, 2022 by more"
        " than 0.1 standard deviations in: sex[other] +0.12, tenure[private rent] -0.21",
        "mixture over Kasza 2023, Table 5: 16 pairs, 16 as published; SD within sites 4.262; slope"
        " on baseline 0.635",
        "with Kenward-Roger df of 40.41 (expected information), which count that this zero is"
        " estimated from 72 neighbourhoods; Satterthwaite df, which take it as known, would be"
        " 1893",
        "and the df of 12.5 treat that boundary as known: the interval may be too narrow;"
        " Kenward-Roger df of 1.2e+03 (expected information)",
        "panel members less those seen once: −0.25 (interval −0.99 to 0.50): one change fits both",
        "58% of those seen once; overlap of the waves: 68 of 1,631 respondents (4%); design-based",
        "age cannot be balanced: the mean of the intervention arm (71.25) is not inside what the"
        " control arm holds (18 to 70.5), so no weights reach it",
        "age cannot be balanced: the mean of the intervention arm at Wave 1 (2022) (77.7) is not"
        " inside what the control arm at Wave 1 (2022) holds (30), so no weights reach it",
        "age parts the intervention arm (70.37 to 86.37) from the control arm (30.2 to 46.1): a"
        " propensity of 0 or 1 fits best and none can be estimated",
        "1 values are below zero (the lowest -3.27), which no count, time or cost can be",
        "takes 0 and 1; there are other values, such as 17.25: declare a derived variable",
        "every record has the same value, 17.25",
        "all answers are 3.5: so is what is imputed",
        "every cost is 1234.5, so there is nothing to model",
        "narrower than (3 against 4; t-test of their mean answers less 0.635 times the first,"
        " otherwise unadjusted, 5 df: −1.20 to 3.41): these sites differ",
    ]


@pytest.mark.parametrize("said", sentences())
def test_no_number_of_an_estimate_or_of_a_person_is_left(said: str) -> None:
    """Levels and limits of the program's own stay: 0.05, 0.1, two digits of an SD."""
    told = unsaid(said)
    assert (
        told != said
        and unsaid(told) == told
        and cleared(cleared(said, HOW), HOW) == cleared(said, HOW)
    )
    for notes in (f"{said} | of another", f"of another | {said}"):
        assert unsaid(notes).replace(told, "") in (" | of another", "of another | ")
        assert set(cleared(notes, HOW).split(" | ")) == {"of another", cleared(said, HOW)}
    left = set(re.findall(r"(?<![\w,])\d[\d,]*\.\d+", told))
    assert left <= {"0.05", "0.1", "4.3"}, told
    assert not re.search(r"1893|1,631|\b41%|\(18|71|40\b", told), told


def test_what_weighting_left_apart_is_named_without_its_size() -> None:
    (said,) = still_apart("the arms", cast(Any, APART))
    assert said.endswith("in: sex[other] +0.12") and unsaid(said).endswith("in: sex[other]")


def test_how_many_equal_clusters_uneven_ones_are_worth_is_not_told() -> None:
    said = "has 5 clusters (of unequal size: as good as 4.2 to 4.6 equal ones): intervals"
    assert unsaid(said) == "has 5 clusters (of unequal size): intervals"
    one = Stratum("the intervention arm", np.array([3, 9]), 0)
    assert "as good as" in _too_narrow([one]) and "as good as" not in unsaid(_too_narrow([one]))


def test_the_interval_by_fewer_degrees_of_freedom_is_not_told() -> None:
    rests = Rests(1.27, 0.48, np.array([1.0, 1, 0.1, 0.1]), np.array([1, 1, 0, 0]))
    row: Any = SimpleNamespace(estimate=-0.251, std_error=0.31, df=16, ci_level=0.95)
    said = rests_in_words(rests, row, 2)
    assert re.search(
        r"interval is −\d\.\d\d to \d\.\d\d, and that of this row is too narrow$", said
    )
    told = unsaid(said)
    assert told.endswith("by these the interval is wider, and that of this row is too narrow")
    assert set(re.findall(r"\d\.\d+", told)) == {"1.3", "0.05"} and unsaid(told) == told


def test_how_few_people_a_group_has_is_not_told_by_how_often_such_intervals_hold() -> None:
    for level, noun in (("person", "people"), ("respondent", "respondents"), ("record", "records")):
        for n in (2, 3):
            (said,) = few_by_welch([n, 40], level)
            told = cleared(said, HOW)
            assert told == (
                f"one of the groups compared has few {noun}: their variance is hardly known, and"
                " the interval may hold the truth less often than it says"
            )
    for level in ("neighbourhood", "site", "link_worker"):
        (said,) = few_by_welch([2, 40], level)
        assert cleared(said, HOW) == said


def test_names_of_the_study_stay() -> None:
    for name in ("Score of 2.5 or more", "1.50 points lower", "SD 4.262", "Table 5: THIN (1)",
                 "t on n - 1 df", "df of people"):  # fmt: skip
        assert unsaid(name) == name


BRACKET: dict[str, Any] = dict.fromkeys(TABLES["bracket"].contract.columns()) | {
    "level": "person", "outcome": "score", "time": "t1", "analysis_set": "observed",
    "estimator": "did", "status": "estimated", "estimate": -0.8312, "std_error": 0.9,
    "ci_low": -2.6, "ci_high": 0.97, "baseline_gap": -0.853, "baseline_sd": 4.262,
    "gap_in_sd": -0.2, "slope": 0.64, "difference": 0.24, "common_mean": 0.24, "unit": "points",
    "threat": "the intervention arm started 0.85 points (found: −0.83)", "n_obs": 20,
    "n_intervention": 11, "n_control": 9, "ci_level": 0.95,
}  # fmt: skip


def released(row: dict[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    decimals = {("score", "points"): 2}
    _, (own,) = with_first_times({"tables/bracket": (TABLES["bracket"], [row])})["tables/bracket"]
    return Release("tables/bracket", TABLES["bracket"], HOW, {}, decimals=decimals).row(own)


def test_the_bracket_s_sentence_stays_and_the_report_says_it_of_released_numbers(
    tmp_path: Path,
) -> None:
    """'found: −0.83' stood beside a released estimate of −1, 'of 0 points' beside a gap."""
    cells, why = released(BRACKET)
    assert cells["threat"] == "" and not {"estimate", "common_mean"} & set(why)
    assert (cells["estimate"], cells["common_mean"], cells["baseline_gap"]) == ("-1", "0", "-1")
    results = plain(tmp_path)
    numbers = {
        name: Rounded(cells[name])
        for name in ("estimate", "common_mean", "baseline_gap", "gap_in_sd", "difference")
    }
    row = BRACKET | numbers | {"threat": "", "time": "after", "role": "primary"}
    _, sentence = regression_to_mean(results, [row])
    assert "started 1 points (0.20 SD) lower" in str(sentence)
    assert "a difference in mean change that rounds to 0 points (found: −1)" in str(sentence)
    vars(results)["bracket"] = [row]
    vars(results)["estimates"] = []


def test_of_an_arm_of_few_no_sentence_stands(tmp_path: Path) -> None:
    cells, why = released(BRACKET | {"n_obs": 9})
    assert cells["threat"] == "" and why["common_mean"] == why["baseline_gap"] == ALONG
    few = {name: Withheld() for name in ("estimate", "common_mean", "baseline_gap", "gap_in_sd")}
    row = BRACKET | few | {"threat": "", "time": "after"}
    _, hidden = regression_to_mean(plain(tmp_path), [row])  # and no sentence that there is no gap
    assert "rest on few people: gaps of Score" in str(hidden)


def test_a_limitation_speaks_of_no_points_as_of_something(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """'0 points … in favour of Control': the number is told as rounded."""
    results = plain(tmp_path)
    row = BRACKET | {
        "baseline_gap": Rounded("0"), "gap_in_sd": Rounded("-0.20"), "common_mean": Rounded("0"),
        "time": "after",
    }  # fmt: skip
    monkeypatch.setattr(
        limitations_of_design, "main_estimates", lambda *_: [{"outcome": "score", "time": "after"}]
    )
    vars(results)["bracket"] = [row]
    found = limitations_of_design.regression_to_the_mean(results)
    assert isinstance(found, Limitation)
    assert "started 0.20 SD lower" in found.here
    assert "a difference in change that rounds to 0 points by After" in found.here


SHIFTED: dict[str, Any] = dict.fromkeys(TABLES["sensitivity"].contract.columns()) | {
    "estimate_id": "m/score/t1", "outcome": "score", "time": "t1", "unit": "points", "n_units": 80,
    "shift_intervention": -2.1491, "shift_control": 0.0, "status": "estimated",
    "label": "2.15 points lower at A", "sentence": "Those lost at A would have answered 2.15 points"
    " lower than imputed; none 1.5 times.", "variance_is": "v", "warnings": "", "reason": "",
}  # fmt: skip


def test_a_shift_by_a_share_of_an_sd_tells_no_sd() -> None:
    """0.507759106121955 points of a quarter of an SD left the team, with 15 digits."""
    leaving = TABLES["sensitivity"]
    (row,) = leaving.prepared([SHIFTED], HOW)
    cells, _ = Release("tables/sensitivity", leaving, HOW, {}).row(row)
    assert (cells["shift_intervention"], cells["shift_control"]) == ("-2.1", "0")
    assert cells["label"] == "2.1 points lower at A"  # as its cell: 2.15 would be 2.2
    assert cells["sentence"].endswith("2.1 points lower than imputed; none 1.5 times.")


def test_how_far_rounding_may_go_tells_nobody_s_value() -> None:
    """A millionth of the largest answer was told with 17 digits."""
    own = dict.fromkeys(TABLES["identities"].contract.columns()) | {"tolerance": 0.000161}
    cells, why = Release("tables/identities", TABLES["identities"], HOW, {}).row(own)
    assert cells["tolerance"] == "" and why["tolerance"] == ALONG


def test_the_attack_sees_a_number_in_a_name_s_column(tmp_path: Path) -> None:
    columns = [*TABLES["estimates"].contract.columns(), WITHHELD]
    cells = dict.fromkeys(columns, "") | {"shock_prior": "x; SD within sites 4.262"}
    path = tmp_path / "estimates.csv"
    path.write_text(",".join(columns) + "\n" + ",".join(cells.values()) + "\n")
    (line,) = faults(path, "estimates", TABLES["estimates"], HOW)
    assert "shock_prior: tells a number that is rounded or withheld" in line


def test_the_comparison_of_sentences_with_cells_finds_what_is_planted(tmp_path: Path) -> None:
    """As the root study's public folder is asked (tests/pipeline/test_privacy.py)."""
    told = {"outcome": "score", "unit": "points", "n_units": 20, "estimate": -0.8312}
    row = dict.fromkeys(TABLES["estimates"].contract.columns()) | told
    for name, text, cell in (("finer", "found −0.83 here", 1), ("as coarse", "found −1 here", 0),
                             ("another's", "an intraclass correlation of 0.83", 0)):  # fmt: skip
        for path, value in ((tmp_path / "team.csv", -0.8312), (tmp_path / "public.csv", -1)):
            cells = dict.fromkeys(row, "") | {"warnings": text, "estimate": str(value)}
            path.write_text(",".join([*row]) + "\n" + ",".join(cells.values()) + "\n")
        assert len(found_in(tmp_path)) == cell, name


def found_in(folder: Path) -> list[str]:
    return list(told_elsewhere("estimates", folder / "team.csv", folder / "public.csv", HOW))
