"""How a cell that may be told is said: with how many digits, by its role and what it rests on."""

from typing import Any

import pytest

from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure import numbers
from cesp_analysis.disclosure.digits import Digits
from cesp_analysis.disclosure.leaving import Leaving
from cesp_analysis.disclosure.tables import PREDICTED, TABLES
from cesp_analysis.fidelity.tables import ContactsTable
from cesp_analysis.models.tables import Means
from cesp_analysis.schemas import Estimates

HOW = Disclosure(threshold=10, round_to=0, sizes_to=5)


def said(table: str, column: str, how: Disclosure = HOW, **cells: Any) -> str:
    """A cell of a row that says nothing but the cells, as it leaves."""
    leaving = TABLES[table]
    row = dict.fromkeys(leaving.contract.columns()) | cells
    digits = Digits(leaving, how, WIDTHS, {("score", "points"): 2})
    return digits.text(row, column, leaving.roles[column], row[column])


WIDTHS = {"m/score/t1": (128.0, 1.87)}
"""Of an estimate of 128 people, ± 1.87."""
ROUNDED = Disclosure(threshold=10, round_to=5, sizes_to=10)


@pytest.mark.parametrize(
    ("table", "column", "value", "text"),
    [
        ("flow", "label", "Asked", "Asked"),
        ("plan_changes", "before", "12 people", "12 people"),  # shown as it is
        ("means", "reason", "12 people", "about 10 people"),
        ("balance", "n_one", 43, "45"),
        ("estimates", "ci_level", 0.95, "0.95"),
        ("bracket", "n_clusters", 12.0, "12"),
        ("rates", "icc", 0.0237, "0.02"),
        ("contacts", "total", 2163.0, "2200"),
        ("weighting", "iterations", 12, "12"),
    ],
)
def test_a_cell_is_said_by_its_role(table: str, column: str, value: Any, text: str) -> None:
    assert said(table, column, **{column: value}) == text


def test_counts_are_rounded_as_told() -> None:
    assert said("flow", "n", n=43) == "43" and said("flow", "n", ROUNDED, n=43) == "45"
    assert said("balance", "n_one", ROUNDED, n_one=43) == "40"


@pytest.mark.parametrize("column", ["q1", "median", "q3"])
def test_quartiles_are_whole_numbers(column: str) -> None:
    assert said("contacts", column, n=400, **{column: 3.75}) == "4"
    assert said("measurability", column, n=400, **{column: 3.75}) == "4"


MEAN = {"n": 108, "mean": 4.7512}


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        ({}, "4.75"),  # of 100 and more two decimals
        ({"n": 99}, "4.8"),
        ({"ci_low": 3.87, "ci_high": 5.63}, "4.8"),  # 5 × .88 / 108: the first decimal
        ({"ci_low": 4.63, "ci_high": 4.87}, "4.75"),
        ({"ci_low": 3.87, "ci_high": None}, "4.75"),
        ({"ci_low": 4.75, "ci_high": 4.75}, "4.75"),
        ({"ci_low": -20.0, "ci_high": 30.0}, "0"),  # 5 × 25 / 108: tens
    ],
)
def test_a_mean_has_as_many_decimals_as_its_size_and_interval_allow(
    cells: dict[str, Any], text: str
) -> None:
    assert said("means", "mean", **MEAN | cells) == text


def test_a_mean_without_an_interval_of_its_own_goes_by_its_size() -> None:
    """The ends of measurability are an estimate's, those of subsets a change's."""
    ends = {"ci_low": -20.0, "ci_high": 30.0}
    assert said("measurability", "sd_within", n=108, sd_within=4.7512, **ends) == "4.75"


ESTIMATE = {"estimate_id": "other", "outcome": "score", "unit": "points", "n_units": 128,
            "ci_low": 1.56771, "ci_high": 5.30704, "estimate": 3.43737}  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        ({}, "3.4"),  # 5 × 1.87 / 128 is .07
        ({"n_units": 12800}, "3.44"),  # .0007: no more decimals than are printed
        ({"n_units": 12800, "unit": "ratio"}, "3.437"),
        ({"n_units": 12800, "unit": ""}, "3.437"),
        ({"n_units": 10**9, "unit": ""}, "3.4374"),  # no more than four
        ({"ci_low": 0.43737, "ci_high": 6.43737}, "3"),  # .12
        ({"ci_low": None}, "3.4"),  # by its name: none; so two digits
        ({"n_units": None}, "3.4"),
        ({"n_units": 128, "ci_low": 3.43737, "ci_high": 3.43737}, "3.4"),  # of no width
        ({"n_units": 128, "ci_low": 100.0, "ci_high": 900.0, "estimate": 437.0}, "400"),
    ],
)
def test_an_estimate_has_as_many_digits_as_its_interval_allows(
    cells: dict[str, Any], text: str
) -> None:
    assert said("estimates", "estimate", **ESTIMATE | cells) == text


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        ({"std_error": 0.94481}, "0.9"),
        ({"std_error": 0.094481}, "0.09"),
        ({"std_error": 0.0}, "0"),
        ({"std_error": 0.94481, "n_units": None}, "0.94"),
        ({"std_error": 0.94481, "n_units": 0}, "0.94"),
    ],
)
def test_a_standard_error_is_its_own_width(cells: dict[str, Any], text: str) -> None:
    """Of 128: 5 × .94 / 128 is .04, so one decimal."""
    assert said("estimates", "std_error", **ESTIMATE | cells) == text


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [("df", 125.398, "125"), ("p_value", 0.0000314, "3.1e-05"), ("p_value", 0.0449, "0.045"),
     ("baseline_slope", 0.58123, "0.58")],
)  # fmt: skip
def test_what_has_no_unit_is_told_apart(column: str, value: float, text: str) -> None:
    assert said("estimates", column, **ESTIMATE | {column: value}) == text


def predicted(**cells: Any) -> str:
    row = dict.fromkeys(PREDICTED.contract.columns()) | {"n": 128} | cells
    return Digits(PREDICTED, HOW, {}, {}).text(row, "mean", "estimates", row["mean"])


def test_a_mean_of_a_model_has_as_many_digits_as_its_interval_allows() -> None:
    """With two digits it would lie beyond its own ends: 100 (101.8 to 105.6)."""
    assert predicted(mean=103.72, ci_low=101.83, ci_high=105.61) == "103.7"
    assert predicted(mean=103.72, ci_low=84.0, ci_high=124.0) == "104"
    assert predicted(mean=103.72) == "100"  # without an interval two digits


def test_a_mean_beside_an_estimate_does_not_go_by_its_interval() -> None:
    ends = {"n": 128, "estimate": 3.4, "ci_low": 1.56771, "ci_high": 5.30704}
    assert said("measurability", "mean", **ends, mean=103.72) == "100"


def test_degrees_of_freedom_of_complete_data_are_a_size_too() -> None:
    assert said("fmi", "df_complete", df_complete=126.0) == "125"
    assert said("fmi", "df", df=97.34) == "95" and said("fmi", "fmi", fmi=0.12345) == "0.12"


def test_an_estimate_elsewhere_is_as_wide_as_in_the_table_of_estimates() -> None:
    own = {"estimate_id": "m/score/t1", "outcome": "score", "unit": "points"}
    assert said("ladder", "estimate", **own, estimate=23.43737) == "23.4"
    assert said("ladder", "estimate", **own | {"estimate_id": "?"}, estimate=23.43737) == "23"
    assert said("ladder", "shock_in_sd", **own, shock_in_sd=23.43737) == "23"
    ends = {"ci_low": 3.0, "ci_high": 43.0}  # its own interval goes before
    assert said("ladder", "estimate", **own, **ends, estimate=23.43737) == "23"


def test_numbers_with_an_interval_of_their_own_go_by_it() -> None:
    own = {"retest_n": 20, "n": 400, "sem": 0.8582, "sem_low": 0.6471, "sem_high": 1.2743}
    told = [said("measurability", name, **own) for name in ("sem", "sem_low", "sem_high")]
    assert told == ["0.9", "0.6", "1.3"]  # 5 × .31 / 20 is .08
    assert said("measurability", "sem", **own | {"sem_high": None}) == "0.86"


@pytest.mark.parametrize(
    ("shifts", "text"), [({}, "23.4"), ({"shift_control": -2.0}, "23"),
                         ({"shift_intervention": -2.0}, "23"),
                         ({"shift_intervention": 0.0, "shift_control": 0.0}, "23.4")],
)  # fmt: skip
def test_an_estimate_under_a_shift_has_two_digits(shifts: dict[str, float], text: str) -> None:
    """How far it moved, over the shift, is the share of those who were shifted."""
    cells = ESTIMATE | {"estimate": 23.43737, "ci_low": 21.5, "ci_high": 25.3} | shifts
    assert said("sensitivity", "estimate", **cells) == text
    assert said("sensitivity", "estimate", **cells | {"unit": "%"}) == text


def test_in_a_table_without_shifts_none_is_looked_for() -> None:
    assert said("tipping_points", "in_sd", in_sd=0.23456) == "0.23"


SHARE = {"level": "person", "variable": "sex", "n": 47, "count": 13}


def test_a_share_whose_counts_stand_beside_it_is_theirs() -> None:
    """13 of 47: .27660 of exact counts; 15 of 45 of rounded ones."""
    assert said("baseline", "share", **SHARE, share=13 / 47) == "0.27659"
    assert said("baseline", "share", ROUNDED, **SHARE, share=13 / 47) == "0.33"


def test_a_mean_of_respondents_is_not_divided_from_counts() -> None:
    """Of rounded counts it would be 1, whatever they said."""
    cells = {"n": 123, "known": 123, "mean": 9.95240650406504}
    assert said("composition", "mean", ROUNDED, **cells).startswith("9.9")


RATE = {"numerator": 43, "denominator": 50, "value": 0.86}


@pytest.mark.parametrize(
    ("column", "cells", "text"),
    [
        ("value", {}, "0.90"),  # 45 of 50
        ("ci_low", {"ci_low": 0.75}, "0.79"),  # moved as far: .04
        ("ci_high", {"ci_high": 0.97}, "1.00"),
        ("value", {"denominator": None, "numerator": 12, "value": 1.2}, "1.0"),  # a month: 10 / 12
        ("ci_high", {"denominator": None, "numerator": 12, "value": 1.2, "ci_high": 2.16}, "1.8"),
        ("value", {"numerator": None}, "0.86"),  # a mean, without an interval two digits
        ("value", {"numerator": None, "value": 0.12345}, "0.12"),
        ("value", {"numerator": None, "denominator": 500, "value": 12.3456,
                   "ci_low": 12.0, "ci_high": 12.6}, "12.35"),  # 5 × .3 / 500 is .003
        ("value", {"numerator": None, "denominator": 500, "value": 12.3456,
                   "ci_low": 11.1, "ci_high": 13.5}, "12.3"),  # .012
        ("value", {"numerator": None, "value": 12.3456, "ci_low": 12.0}, "12"),
        ("value", {"numerator": None, "value": 12.3456, "ci_high": 12.0}, "12"),
        ("value", {"numerator": None, "value": 12.3456, "ci_low": 12.3, "ci_high": 12.3}, "12"),
        ("value", {"numerator": None, "denominator": None, "value": 12.3456,
                   "ci_low": 12.0, "ci_high": 12.6}, "12"),
    ],
)  # fmt: skip
def test_a_share_of_sizes_is_that_of_the_rounded_ones(
    column: str, cells: dict[str, Any], text: str
) -> None:
    assert said("rates", column, **RATE | cells) == text


def test_a_share_that_stands_alone_is_its_own() -> None:
    """Where no column is called value, an end is moved as the share itself: to the rounded one."""
    own = {"isolates": 13, "asked": 47, "share_isolates": 13 / 47}
    assert said("networks", "share_isolates", **own) == "0.33"
    events = {"recruited": 13, "per_month": 1.3}
    assert said("projection", "per_month", **events) == "1.5"


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(-0.04, 1, "0.0"), (0.04, 1, "0.0"), (-0.05001, 1, "-0.1"), (1234.5, -2, "1200"),
     (-3.0, -1, "0"), (9.0, 0, "9"), (-9.0, 0, "-9"), (2.675, 3, "2.675")],
)  # fmt: skip
def test_nothing_is_minus_zero(value: float, decimals: int, text: str) -> None:
    assert numbers.at(value, decimals) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(1e-5, "0.000010000"), (9.99995, "9.9999"), (9.999951, "9.9999"), (12345.6, "12346"),
     (123450.0, "123450"), (123455.0, "123460"), (0.15, "0.15000"), (-0.15, "-0.15000"),
     (float("-inf"), "-inf")],
)  # fmt: skip
def test_five_digits_of_small_and_large_numbers(value: float, text: str) -> None:
    assert numbers.of_counts(value) == text


@pytest.mark.parametrize(
    ("value", "part", "whole", "own", "text"),
    [
        (0.5, 50, 50, 1.0, "0.50"),  # of everybody: nothing is moved
        (0.92, 48, 48, 1.0, "0.92"),
        (1.0, 50, 50, 1.0, "1.00"),
        (0.0, 0, 50, 0.0, "0.00"),
        (1.04, 52, 50, 1.04, "1.00"),  # no share: 50 of what were 52, made smaller by as much
        (1.5, 52, 50, 1.04, "1.46"),
        (2.0, 8, None, 2.0, "2.5"),
        (0.05, 23, 100, 0.23, "0.07"),
        (-0.1, 52, 50, 1.04, "-0.14"),
        (0.0, 57, 100, 0.57, "0.00"),  # 55 of 100: below zero is none
    ],
)
def test_a_share_is_moved_to_that_of_the_rounded_numbers(
    value: float, part: float, whole: float | None, own: float, text: str
) -> None:
    assert numbers.share(value, part, whole, HOW, own) == text


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(0.00123, 4, "0.0012"), (0.00123, 2, "0.00"), (1.0, 4, "1.0"), (10.0, 4, "10"),
     (99.6, 4, "100"), (-1.25, 0, "-1")],
)  # fmt: skip
def test_two_digits(value: float, decimals: int, text: str) -> None:
    assert numbers.coarse(value, decimals) == text


def test_degrees_of_freedom_are_a_size_from_the_threshold_on() -> None:
    told = {value: numbers.degrees({}, value, HOW) for value in (9.96, 10.0, 12.4)}
    assert told == {9.96: "10.0", 10.0: "10", 12.4: "10"}


def test_the_roles_of_a_table_and_its_whole_numbers() -> None:
    leaving = Leaving(
        ContactsTable, shown="of", counts={"n": {}}, sizes="people", means={"mean": "n"},
        sums={"total": "n"}, texts="reason", blank="q1 q3",
    )  # fmt: skip
    assert leaving.roles == {"n": "counts", "mean": "means", "total": "sums", "of": "shown",
                             "people": "sizes", "reason": "texts", "q1": "blank",
                             "q3": "blank"}  # fmt: skip
    assert leaving.whole == {"people", "n", "none", "minimum"}
    assert {"n_obs", "n_units"} <= Leaving(Estimates).whole and Leaving(Means).whole == {"n"}
