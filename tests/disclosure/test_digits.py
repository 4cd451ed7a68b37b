"""How released numbers are rounded, and which rows of a table are put together."""

from typing import Any

import pytest

from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure import numbers
from cesp_analysis.disclosure.bounds import UNBOUNDED, Range
from cesp_analysis.disclosure.digits import ends_of
from cesp_analysis.disclosure.dominance import dominated, of_contacts
from cesp_analysis.disclosure.merging import alike_rows, flow_rows, rate_rows
from cesp_analysis.disclosure.protect import around, needed, rounded

HOW = Disclosure(threshold=10, sizes_to=5)


@pytest.mark.parametrize(
    ("value", "base", "expected"),
    [(12, 5, 10), (12.5, 5, 15), (13, 5, 15), (15, 10, 20), (14, 10, 10), (7.4, 0, 7), (0, 5, 0)],
)
def test_the_nearest_multiple_halves_upwards(value: float, base: int, expected: int) -> None:
    assert rounded(value, base) == expected


@pytest.mark.parametrize("base", [5, 10])
def test_what_a_rounded_number_may_have_been_is_what_is_rounded_to_it(base: int) -> None:
    fitting = [n for n in range(200) if rounded(n, base) == 50]
    assert around(50, base, 10) == Range(fitting[0], fitting[-1])
    assert around(base, base, base) == Range(
        base, [n for n in range(99) if rounded(n, base) == base][-1]
    )
    assert around(0, base, 10) == Range(0, 0) and around(12, 0, 10) == Range(12, 12)


def test_a_range_counts_both_of_its_ends() -> None:
    assert Range(3, 5).values() == 3 and Range(3, UNBOUNDED).values() == UNBOUNDED
    assert needed(Disclosure(threshold=10)) == 5 and needed(Disclosure(threshold=11)) == 6


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.375, "0.37500"), (1 / 3, "0.33333"), (2 / 3, "0.66666"), (-1 / 3, "-0.33333"),
        (0.0, "0"), (1.0, "1.0000"), (0.1234501, "0.12346"), (0.1234599, "0.12346"),
        (0.123401, "0.12341"), (float("inf"), "inf"),
    ],
)  # fmt: skip
def test_shares_of_told_counts_keep_five_sticky_digits(value: float, text: str) -> None:
    assert numbers.of_counts(value) == text


@pytest.mark.parametrize(
    ("level", "value", "text"),
    [("person", 97.3, "95"), ("", 97.6, "100"), ("site", 97.34, "97.3"), ("person", 9.0, "9.0"),
     ("respondent", 10.0, "10"), (None, 98.0, "100")],
)  # fmt: skip
def test_degrees_of_freedom_of_people_are_a_size(level: Any, value: float, text: str) -> None:
    assert numbers.degrees({"cluster_level": level}, value, HOW) == text


@pytest.mark.parametrize(
    ("n", "half", "decimals"),
    [(99, None, 1), (100, None, 2), (9, None, 0), (50, 0.5, 1), (50, 5.0, 1), (49, 0.5, 1),
     (49, 5.0, 0), (500, 50.0, 0), (500, 0.01, 2)],
)  # fmt: skip
def test_decimals_of_a_mean(n: float, half: float | None, decimals: int) -> None:
    assert numbers.decimals_of_mean(n, half) == decimals


@pytest.mark.parametrize(
    ("n", "half", "decimals"), [(100, 2.0, 1), (100, 1.0, 1), (1000, 2.0, 2), (100, 30.0, -1)]
)
def test_decimals_of_an_interval_leave_as_many_people_open_as_sizes_do(
    n: float, half: float, decimals: int
) -> None:
    assert numbers.decimals_of_interval(n, half, HOW) == decimals
    u = 10.0**-decimals  # a last digit of the ends leaves n open by n u / half
    assert n * u / half >= 5 > n * u / 10 / half


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (1234.0, "1200"), (-0.0567, "-0.057"), (0.00004, "0.0000"), (9.87, "9.9")],
)
def test_a_coarse_number_has_two_digits_and_at_most_four_decimals(value: float, text: str) -> None:
    assert numbers.coarse(value) == text


@pytest.mark.parametrize(
    ("value", "part", "whole", "own", "text"),
    [
        (0.24, 12, 50, 0.24, "0.20"),  # 10 of 50
        (0.14, 12, 50, 0.24, "0.10"),  # an end, moved as far as the share
        (0.02, 12, 50, 0.24, "0.00"),
        (1.0, 48, 48, 1.0, "1.00"),
        (0.99, 43, 50, 0.86, "1.00"),  # 45 of 50
        (3.0, 12, None, 3.0, "2.5"),  # events a month
        (0.0, 0, None, 0.0, "0"),
        (1.2, 60, 50, 1.2, "1.20"),
    ],
)
def test_a_share_is_that_of_the_rounded_numbers(
    value: float, part: float, whole: float | None, own: float, text: str
) -> None:
    assert numbers.share(value, part, whole, HOW, own) == text


@pytest.mark.parametrize(
    ("column", "row", "ends"),
    [
        ("estimate", {}, ("ci_low", "ci_high")),
        ("p", {"p_low": 0}, ("p_low", "p_high")),
        ("share_high", {}, ("share_low", "share_high")),
        ("ci_low_a_b", {}, ("ci_low_a_b", "ci_high_a_b")),
        ("icc", {}, ("", "")),
    ],
)
def test_the_interval_that_a_column_belongs_to(column: str, row: Any, ends: Any) -> None:
    assert ends_of(column, row) == ends


def test_one_person_dominates_a_sum_of_which_most_is_theirs() -> None:
    assert not dominated([5, 3, 2], 0.5) and dominated([6, 3, 1], 0.5)
    assert dominated([-6, 3, 1], 0.5) and not dominated([0, 0], 0.5) and not dominated([], 0.5)


def test_contacts_of_a_site_are_those_of_its_own_people() -> None:
    people = [
        {"site": "n", "contacts": 2, "minutes": 30},
        {"site": "s", "contacts": 5, "minutes": None},
    ]
    told = of_contacts(people)
    assert told({"of": "all", "group": "n", "quantity": "contacts"}) == [2, 5]
    assert told({"of": "site", "group": "n", "quantity": "minutes"}) == [30]
    assert told({"of": "site", "group": "s", "quantity": "minutes"}) == []
    assert told({"of": "site", "group": "s", "quantity": "other"}) == [5]


@pytest.mark.parametrize(
    ("status", "part", "reason", "n", "told"),
    [
        ("not reached", "people", "ill", 10, "ill"),
        ("not reached", "people", "ill", 9, "other reasons"),
        ("not reached", "people", "angry", 50, "other reasons"),
        ("not reached", "survey", "angry", 5, "angry"),
        ("reached", "people", "angry", 5, "angry"),
        ("not reached", "people", "", 5, ""),
    ],
)
def test_words_of_people_are_told_if_cleared_and_many_gave_them(
    status: str, part: str, reason: str, n: int, told: str
) -> None:
    row = {"step": "s", "group": "g", "status": status, "part": part, "reason": reason, "n": n}
    how = Disclosure(threshold=10, cleared=("ill",))
    assert [(one["reason"], one["n"]) for one in flow_rows([row, row], how)] == [(told, 2 * n)]


def test_rates_of_link_workers_and_of_completeness_stay_inside() -> None:
    rows = [{"of": of, "rate": rate} for of in ("all", "site", "arm", "link_worker")
            for rate in ("retention", "completeness")]  # fmt: skip
    assert rate_rows(rows, HOW) == [
        {"of": of, "rate": "retention"} for of in ("all", "site", "arm")
    ]


@pytest.mark.parametrize(
    ("counts", "shown"),
    [([40, 30], True), ([40, 55], False), ([9, 40], False), ([40, None], True)],
)
def test_a_covariate_of_which_few_have_a_category_shows_no_difference(
    counts: list[int | None], shown: bool
) -> None:
    """Of 100; those of no told category count as one."""
    same = {"model": "m", "outcome": "o", "time": "t", "one": "a", "other": "b", "n_other": None,
            "count_other": None, "n_one": 100, "difference_before": 0.2, "reason": ""}  # fmt: skip
    rows = [same | {"covariate": f"sex[{at}]", "count_one": n} for at, n in enumerate(counts)]
    found = alike_rows([*rows, same | {"covariate": "age", "count_one": None}], HOW)
    assert [row["difference_before"] for row in found] == [0.2 if shown else None] * 2 + [0.2]
