"""What of planning leaves: medians of many, what formulas make of them, no exact number."""

from typing import Any

import pytest

from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure.figures import LEAVE
from cesp_analysis.disclosure.rests_on_few import OF_EVALUATION, OF_PLANNING, hidden
from cesp_analysis.disclosure.table_rows import Release
from cesp_analysis.disclosure.tables import TABLES
from cesp_analysis.planning.specs import FIGURES
from cesp_analysis.withheld import ALONG, FEW

HOW = Disclosure()
KNOWN = {
    "parameter": "sd", "origin": "study", "n": 128, "clusters": 2, "median": 4.65934,
    "low": 4.10712, "high": 5.39936, "method": "128 people (68 of 96; 60 of 100)",
}  # fmt: skip
PLANNED = {
    "design": "arms", "locations": 20, "people": 15, "power": 0.20694, "std_error": 0.83126,
    "assurance": 0.20672, "detectable": 2.85076, "needed": 148, "ceiling": 0.44919, "df": 18.0,
}  # fmt: skip


def released(table: str, own: dict[str, Any], **others: Any) -> Any:
    leaving = TABLES[table]
    row = dict.fromkeys(leaving.contract.columns()) | own
    (made,) = leaving.prepared([row], HOW)
    return Release(f"tables/{table}", leaving, HOW, {}, **others).row(made)


def test_a_median_has_the_digits_that_its_interval_bears_and_no_exact_count() -> None:
    cells, why = released("planning_known", KNOWN)
    told = [cells[name] for name in ("n", "median", "low", "high", "method")]
    assert told == ["130", "4.7", "4.1", "5.4", ""] and not why


def test_what_few_tell_is_withheld() -> None:
    cells, why = released("planning_known", KNOWN | {"n": 9})
    assert why == {"n": FEW, **dict.fromkeys(("median", "low", "high"), ALONG)}
    assert cells["median"] == ""


def test_published_pairs_are_no_people() -> None:
    """Few pairs are not few people."""
    own = KNOWN | {"origin": "published", "n": 4, "method": "4 pairs"}
    cells, why = released("planning_known", own)
    assert not why and (cells["n"], cells["method"], cells["median"]) == ("", "4 pairs", "4.7")


def test_power_is_a_probability_and_a_standard_error_has_two_digits() -> None:
    cells, why = released("planning", PLANNED)
    told = ("power", "assurance", "ceiling", "std_error", "detectable", "needed", "locations")
    assert [cells[name] for name in told] == [
        "0.21", "0.21", "0.45", "0.83", "2.9", "150", "20",
    ]  # fmt: skip
    assert not why


@pytest.mark.parametrize(("n", "told"), [(10, True), (9, False)])
def test_where_a_median_rests_on_few_nothing_that_is_made_of_it_is_told(n: int, told: bool) -> None:
    found = {"tables/planning_known": (TABLES["planning_known"], [KNOWN | {"n": n}])}
    names = hidden(found, HOW)
    assert (names == OF_PLANNING) is not told
    cells, _ = released("planning", PLANNED, hidden=names)
    assert bool(cells["power"]) is bool(cells["std_error"]) is bool(cells["needed"]) is told


def test_what_a_trial_is_worth_goes_with_the_evaluation_and_with_the_medians() -> None:
    assert "tables/planning_worth" in OF_EVALUATION & OF_PLANNING


def test_draws_stay_and_figures_leave() -> None:
    assert "planning_draws" not in TABLES and set(FIGURES) <= LEAVE
