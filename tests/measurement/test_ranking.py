"""Candidates in order of declared criteria."""

from typing import Any

from pytest import approx

from cesp_analysis.declared.measurement import Ranking
from cesp_analysis.measurement.ranking import ranked
from cesp_analysis.report.sections.measurability import _why
from cesp_analysis.report.sections.measurability_values import named_item


def ranking(method: str = "in_order", ties: str = "people", *criteria: Any) -> Ranking:
    told = criteria or (
        {"of": "missing", "at_most": 0.2, "weight": 1},
        {"of": "alpha", "at_least": 0.7, "weight": 2},
    )
    return Ranking.model_validate({"method": method, "ties": ties, "criteria": list(told)})


def row(name: str, missing: float | None, alpha: float | None, people: float | None = None,
        level: str = "person") -> dict[str, Any]:  # fmt: skip
    return {
        "outcome": name, "level": level, "missing": missing, "alpha": alpha, "people": people
    }  # fmt: skip


def ranks(rows: list[dict[str, Any]], how: Ranking) -> dict[str, int]:
    return {made["outcome"]: made["rank"] for made in ranked(rows, how)}


ROWS = [
    row("complete_unreliable", 0.1, 0.5, 100),
    row("single_item", 0.1, None, 300),
    row("missing_reliable", 0.3, 0.9, 50),
    row("complete_reliable", 0.2, 0.7, 400),
]


def test_the_first_criterion_on_which_two_differ_decides() -> None:
    found = ranks(ROWS, ranking())
    assert found == {
        "complete_reliable": 1, "single_item": 2, "complete_unreliable": 3, "missing_reliable": 4
    }  # fmt: skip


def test_weights_are_added_and_unknown_counts_half() -> None:
    made = {one["outcome"]: one for one in ranked(ROWS, ranking("weights"))}
    assert made["complete_reliable"]["rank_score"] == 1
    assert made["single_item"]["rank_score"] == approx((1 + 2 * 0.5) / 3)
    assert made["missing_reliable"]["rank_score"] == approx(2 / 3)
    assert made["complete_unreliable"]["rank_score"] == approx(1 / 3)
    assert (made["missing_reliable"]["rank"], made["single_item"]["rank"]) == (2, 3)  # fewer people


def test_equals_share_a_rank_or_are_parted_by_people() -> None:
    rows = [row("a", 0.1, 0.8, 300), row("b", 0.1, 0.9, 200), row("c", 0.1, 0.9, None)]
    assert ranks(rows, ranking()) == {"b": 1, "a": 2, "c": 3}
    assert ranks(rows, ranking("in_order", "none")) == {"a": 1, "b": 1, "c": 1}


def test_people_and_respondents_are_ranked_apart() -> None:
    rows = [row("a", 0.1, 0.8, 9), row("b", 0.5, 0.1, 8, "respondent"), row("c", 0.5, 0.1, 8)]
    assert ranks(rows, ranking()) == {"a": 1, "b": 1, "c": 2}


def test_the_order_of_candidates_changes_nothing() -> None:
    for how in (ranking(), ranking("weights")):
        assert ranks(ROWS[::-1], how) == ranks(ROWS, how)


def test_each_criterion_says_how_it_was_met() -> None:
    made = ranked(ROWS, ranking())[1]
    assert made["criteria"] == (
        "missing at most 0.2: met (0.1) | alpha at least 0.7: not known or does not apply"
    )


def test_without_criteria_there_is_no_rank() -> None:
    made = ranked(ROWS, None)
    assert {one["rank"] for one in made} == {None}
    assert {one["ranking"] for one in made} == {"no criteria are declared (measurement.ranking)"}


def test_the_reason_of_a_limit_goes_with_it() -> None:
    ranking = Ranking.model_validate(
        {"criteria": [{"of": "missing", "at_most": 0.3, "why": "Else too much is assumed"},
                      {"of": "mid_known", "at_least": 1}]}
    )  # fmt: skip
    found = ranked([{"outcome": "a", "level": "person", "missing": 0.1}], ranking)
    assert found[0]["criteria_why"] == "missing at most 0.3: Else too much is assumed"
    assert (
        _why(found[0]["criteria_why"])
        == "Missing, all times, at most 0.3: Else too much is assumed."
    )


def test_an_item_whose_label_holds_its_code_is_named_once() -> None:
    assert named_item("satisfied", "satisfied with life") == "satisfied with life"
    assert named_item("vas", "EQ VAS") == "EQ VAS"
    assert named_item("1", "optimistic") == "1 optimistic"
    assert named_item("3", "") == "3"
