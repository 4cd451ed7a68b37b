"""What a table is made ready by before it leaves; which tables and figures leave at all."""

import json
from pathlib import Path
from typing import Any

import pytest

from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure import figures, merging, specs
from cesp_analysis.disclosure.release import ReleaseSpec
from cesp_analysis.disclosure.tables import TABLES
from cesp_analysis.disclosure.tables_measurement import measured_rows
from cesp_analysis.study.read import read_study
from small_study import Study

HOW = Disclosure(threshold=10, sizes_to=5)


def published(quantity: str, told: float = 1.0, ours: float | None = 1.0) -> list[Any]:
    """Our number beside a published one, as it leaves; none if it stays."""
    row = {"quantity": quantity, "published": told, "ours": ours}
    return [one["ours"] for one in TABLES["published"].prepared([row], HOW)]


@pytest.mark.parametrize(
    "quantity",
    [
        "baseline/sex/f/a/count", "means/score/a/t1/n", "changes/score/a/t1/mean",
        "answered/s/t0/n",
        "mixed/score/n_obs", "mixed/score/n_groups/person", "estimates/did/score/t1/n_units",
        "did/score/analysis_set/units/control", "glm/falls/t1/observed/control/t1/above_zero",
        "glm/falls/t1/observed/control/t1/n", "mmrm/score/people_by_times_answered/xx-",
        "did/score/t1/residuals/largest_residual/value", "s/view/overlap/w2/both",
        "did/score/t1/residuals/without_one_person/units", "w/score/t1/weights/control arm/largest",
        "w/score/t1/balance/one / other/age/mean_one_before",
    ],
)  # fmt: skip
def test_published_numbers_that_count_or_describe_people_stay(quantity: str) -> None:
    assert published(quantity) == []


@pytest.mark.parametrize(
    "quantity",
    ["did/score/t1/coefficient/arm", "estimates/did/score/t1/estimate", "nested/score/icc",
     "n_model/score/aic", "observed/score/t1/r_squared",
     "did/score/t1/residuals/covariates/p_value"],
)  # fmt: skip
def test_published_numbers_of_models_leave(quantity: str) -> None:
    """Whatever the model is called."""
    assert published(quantity) == [1.0]


@pytest.mark.parametrize(
    ("told", "ours", "text"),
    [(3.44, 3.43737, 3.44), (3.0, 3.43737, 3.0), (3.4374, 3.43737, 3.4374), (-0.5, -0.46, -0.5),
     (3.44, None, None)],
)  # fmt: skip
def test_our_number_has_as_many_decimals_as_the_published_one(
    told: float, ours: float | None, text: float | None
) -> None:
    assert published("did/score/t1/coefficient/arm", told, ours) == [text]


@pytest.mark.parametrize(("n", "counts"), [(None, [None]), (200, [4])])
def test_how_many_have_an_end_of_the_scale(n: int | None, counts: list[int | None]) -> None:
    row = {"floor": 0.02, "ceiling": None, "no_room": 0.0, "n": n, "criteria": "a: met (0.1)"}
    (made,) = measured_rows([row], HOW)
    assert [made["floor_n"]] == counts and made["ceiling_n"] is None
    assert made["criteria"] == "a: met"


def test_events_are_counted_by_group_alone() -> None:
    """Not when, why and whither."""
    same = {"event": "moved", "group": "a", "n": 1}
    rows = [same | {"after": "t1", "reason": "x", "to": "b"}, same | {"after": "t2", "n": 2},
            same | {"group": "b"}]  # fmt: skip
    assert merging.event_rows(rows, HOW) == [
        {"event": "moved", "group": group, "n": n, "after": "", "reason": "", "to": ""}
        for group, n in (("a", 3), ("b", 1))
    ]


def balanced(**cells: Any) -> dict[str, Any]:
    own = {"model": "m", "outcome": "o", "time": "t", "one": "a", "other": "b", "reason": ""}
    counts = {"n_one": 100, "n_other": 100, "count_one": 50, "count_other": 50}
    return own | counts | {"covariate": "sex[f]", "difference_before": 0.2} | cells


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        ({}, True),
        ({"count_other": 9}, False),
        ({"count_other": 91}, False),
        ({"count_other": 90}, True),
        ({"count_one": 91}, False),
        ({"covariate": "age", "count_one": None, "count_other": None}, True),
        ({"covariate": "age", "count_one": None, "count_other": None, "n_one": 9}, False),
        ({"covariate": "age", "count_one": None, "count_other": None, "n_one": None}, True),
    ],
)
def test_a_difference_in_what_few_of_either_group_have_is_not_shown(
    cells: dict[str, Any], shown: bool
) -> None:
    (row,) = merging.alike_rows([balanced(**cells)], HOW)
    assert (row["difference_before"] is not None) is shown is (row["reason"] == "")


def test_covariates_of_another_time_or_name_are_looked_at_by_themselves() -> None:
    rows = [balanced(count_one=4), balanced(time="t2"), balanced(covariate="home[own]")]
    made = merging.alike_rows(rows, HOW)
    assert [row["difference_before"] for row in made] == [None, 0.2, 0.2]


def test_what_the_step_release_needs_of_a_study(tmp_path: Path) -> None:
    study = Study(tmp_path)
    study.config["disclosure"] = {"threshold": 8}
    study.write()
    tables = ["results/tables/visits.csv", "results/tables/flow.csv", "results/tables/dose.csv"]
    told = ReleaseSpec(**json.loads(specs.release(read_study(tmp_path), tables)))
    assert told.stay == ("dose", "visits") and told.disclosure.threshold == 8
    assert set(told.decimals) == {"score", "lonely"} and told.decimals["score"][0] == "points"


def test_tables_that_leave_are_those_with_roles() -> None:
    tables = ["results/tables/visits.csv", "results/tables/means.csv", "results/tables/flow.csv"]
    assert specs.leaving(tables) == ["results/tables/flow.csv", "results/tables/means.csv"]
    assert not specs.leaves("results/tables/dose.csv")


def test_a_released_figure_is_drawn_from_the_released_table() -> None:
    assert figures.released_table("flow_person") == "results/public/tables/flow.csv"
    assert figures.inside_public("results/a/results/b.csv") == "results/public/a/results/b.csv"
