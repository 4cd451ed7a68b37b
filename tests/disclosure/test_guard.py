"""The parts of the guard, each by a fact from outside: hand-worked values, invariances, grids.

What runs whole studies (tests/pipeline/test_privacy.py, tests/pipeline/test_nothing_of_few.py)
attacks what they release; these are small and look at one function each.
"""

from itertools import product
from typing import Any

import pytest
from pytest import approx

from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure import numbers
from cesp_analysis.disclosure.attack_numbers import (
    is_share,
    of_share,
    range_of_cell,
    whole_numbers,
    within_both,
)
from cesp_analysis.disclosure.bounds import UNBOUNDED, Range, parts_of
from cesp_analysis.disclosure.merging import flow_rows, only, outcome_rows, rate_rows, summed
from cesp_analysis.disclosure.protect import around, needed, protect, rounded
from cesp_analysis.disclosure.quantities import Equation
from cesp_analysis.disclosure.table_rows import Release, share_of_few
from cesp_analysis.disclosure.tables import TABLES
from cesp_analysis.withheld import ALONG, FEW, WITHHELD

HOW = Disclosure()  # small: 1 to 9; counts to the nearest 5 or as declared
EXACT = Disclosure(round_to=0)


def key(**names: str) -> frozenset[tuple[str, str]]:
    return frozenset(names.items())


@pytest.mark.parametrize("base", [0, 2, 5, 10])
def test_rounding_goes_to_the_nearest_multiple_halves_upwards(base: int) -> None:
    for value in range(200):
        made = rounded(value, base)
        if not base:
            assert made == value
            continue
        assert made % base == 0 and abs(made - value) * 2 <= base
        if abs(made - value) * 2 == base:
            assert made > value
    assert [rounded(n, 5) for n in (12, 13, 17, 18)] == [10, 15, 15, 20]


def test_around_holds_every_number_that_rounds_to_it_and_no_other() -> None:
    for base, shown in product((2, 5, 10), range(61)):
        if shown % base:
            continue
        own = around(shown, base, 10)
        fits = [n for n in range(200) if n >= 10 and rounded(n, base) == shown]
        if shown and fits:
            assert (own.low, own.high) == (min(fits), max(fits)), (base, shown)
    assert around(7, 0, 10) == Range(7, 7) and around(0, 5, 10) == Range(0, 0)


def test_how_many_values_a_small_number_must_have() -> None:
    """Half of the small ones, rounded up: of 1 to 9 five, of 1 to 4 three."""
    assert [needed(Disclosure(threshold=t)) for t in (10, 9, 5, 4)] == [5, 5, 3, 2]


def test_a_share_is_rounded_so_that_rounding_again_is_right() -> None:
    """Over all shares of up to 60: to four digits or fewer, as any page prints them, the released
    text and the number itself round alike."""
    for whole in range(1, 61):
        for part in range(whole + 1):
            value = part / whole
            told = float(numbers.of_counts(value))
            assert told == approx(value, rel=1e-4)  # one in the fifth digit
            for digits in (1, 2, 3, 4):
                assert f"{told:.{digits}f}" == f"{value:.{digits}f}", (part, whole, digits)
    assert numbers.of_counts(-1 / 3) == "-0.33333" and numbers.of_counts(2 / 3) == "0.66666"
    assert [numbers.of_counts(x) for x in (0.0, 0.25, 12.5, 100.0)] == ["0", "0.25000", "12.500",
                                                                       "100.00"]  # fmt: skip
    assert numbers.of_counts(float("inf")) == "inf" and numbers.of_counts(float("nan")) == "nan"


def test_a_share_of_rounded_numbers_moves_with_its_ends() -> None:
    """13 of 47 are told as 15 of 45 (to the nearest 5): .33; the ends move as far."""
    how = Disclosure(sizes_to=5)
    own = 13 / 47
    assert numbers.share(own, 13, 47, how, own) == "0.33"
    low = numbers.share(0.15, 13, 47, how, own)
    assert float(low) == approx(0.15 + 15 / 45 - own, abs=0.005)
    assert numbers.share(0.99, 13, 47, how, own) == "1.00"  # no share is beyond one
    # 13 events in 10 months: as 15 in ten, the rate and its ends by the same factor
    assert numbers.share(1.3, 13, None, how, 1.3) == "1.5"
    assert numbers.share(0.52, 13, None, how, 1.3) == "0.60"
    assert numbers.share(0.0, 0, None, how, 0.0) == "0"


@pytest.mark.parametrize(("n", "half", "decimals"), [
    (40, None, 1), (100, None, 2), (1000, 2.0, 1), (49, 2.0, 0), (50, 2.0, 1), (49, 0.02, 1),
    (5, 0.002, 0),
])  # fmt: skip
def test_decimals_of_a_mean(n: float, half: float | None, decimals: int) -> None:
    """No more than leave n open: as many as n has digits but one; of the width two digits, of fewer
    than fifty one."""
    assert numbers.decimals_of_mean(n, half) == decimals


def test_an_interval_leaves_open_of_how_many_it_is() -> None:
    """Of every n and width some five n give the same printed ends, half a last digit either way."""
    for n, half in product((30, 128, 500, 2500), (0.03, 0.8, 4.2, 37.0)):
        decimals = numbers.decimals_of_interval(n, half, HOW)
        step = 10.0**-decimals
        # the half width goes by 1 / sqrt(n): n within a last digit of it
        same = n * step / half
        assert same >= needed(HOW) - 1e-9
        assert n * step / 10 / half < max(needed(HOW), HOW.sizes_to)


def test_zeros_and_ones_of_few_are_known_by_their_sd() -> None:
    """Of 3 ones in 40 the mean .075 and SD √(p(1 − p) 40/39) tell the 3; of 15 nobody small."""
    for ones, n in product((0, 1, 3, 9, 10, 15, 31, 37, 40), (40,)):
        p = ones / n
        sd = (p * (1 - p) * n / (n - 1)) ** 0.5
        few = 0 < ones < 10 or 0 < n - ones < 10
        assert share_of_few(p, sd, n, HOW) == few, ones
        assert not share_of_few(p, sd * 1.01, n, HOW) or sd == 0
    assert not share_of_few(3.5, 1.2, 40, HOW)  # no share
    assert not share_of_few(None, 1.0, 40, HOW) and not share_of_few(0.1, None, 40, HOW)
    assert not share_of_few(0.5, 0.707, 1, HOW)  # of one there is no SD


def test_mean_and_sd_as_printed_are_those_of_zeros_and_ones() -> None:
    for mean, sd, share in (
        ("0.30", "0.46", True), ("0.075", "0.263", True), ("0.30", "0.50", False),
        ("", "0.4", False), ("1.30", "0.46", False), ("0.3", "", False),
    ):  # fmt: skip
        row = {"mean": mean, "sd": sd, "n": "40", WITHHELD: {}}
        assert is_share(row, "n", HOW) is share
        assert not is_share(row | {"n": ""}, "n", HOW)


def test_what_a_released_cell_tells() -> None:
    """Few: 1 to 9; withheld along: 10 or more; rounded to 5: what rounds to it, no small one."""
    how = Disclosure(round_to=5)
    cells: dict[str, Any] = {"a": "", "b": "", "c": "25", "d": "", "e": "23", "f": "10",
                             WITHHELD: {"a": "few", "b": "along"}}  # fmt: skip
    assert range_of_cell(cells, "a", 5, how) == Range(how.least(), 9)
    assert range_of_cell(cells, "b", 5, how) == Range(10, UNBOUNDED)
    assert range_of_cell(cells, "c", 5, how) == Range(23, 27)
    assert range_of_cell(cells, "d", 5, how) is None
    assert range_of_cell(cells, "e", 5, how) == Range(23, 23)  # no multiple: it was not rounded
    assert range_of_cell(cells, "f", 5, how) == Range(10, 12)
    assert within_both(None, Range(2, 5)) == Range(2, 5)
    assert within_both(Range(1, 4), Range(2, 5)) == Range(2, 4)
    assert whole_numbers(1.2, 4.9) == Range(2.0, 4.0) and whole_numbers(2.0, 4.0) == Range(2, 4)


def test_how_many_a_printed_share_is() -> None:
    """.07 of 41: 2.66 to 3.08, so 3, and 38 that are not: one number each, which may not stand."""
    leaving = TABLES["tables/rates"] if "tables/rates" in TABLES else TABLES["rates"]
    row: dict[str, Any] = {"rate": "0.07", "n": "41", WITHHELD: {}}
    (_, _, own), (_, _, rest) = of_share("t", 0, leaving, row, "rate", "part", "n", HOW)
    assert (own.low, own.high) == (3, 3) and (rest.low, rest.high) == (38, 38)
    for changed in ({"rate": ""}, {"rate": "1.07"}, {"weighted": "yes"}, {"n": ""}):
        assert not list(of_share("t", 0, leaving, row | changed, "rate", "part", "n", HOW))
    ends = row | {"rate_low": "0.07"}
    assert not list(of_share("t", 0, leaving, ends, "rate_low", "part", "n", HOW))
    told = row | {"part": "3", "rate": "0.07"}  # 3/41 = .073: the share of the printed numbers
    assert not list(of_share("t", 0, leaving, told, "rate", "part", "n", HOW))
    other = row | {"part": "5"}
    assert len(list(of_share("t", 0, leaving, other, "rate", "part", "n", HOW))) == 2


def test_the_complement_of_a_small_number_is_withheld_too() -> None:
    """4 + 36 = 40: with the 36 and the total, which is never withheld, the 4 would follow."""
    total, few, many = key(of="all"), key(of="all", x="few"), key(of="all", x="many")
    counts = {total: 40, few: 4, many: 36}
    made = protect(counts, {}, [Equation(total, (few, many))], EXACT)
    assert made == {few: FEW, many: ALONG}
    third = key(of="all", x="third")
    apart = counts | {third: 20, total: 60}
    made = protect(apart, {}, [Equation(total, (few, many, third))], EXACT)
    assert made[few] == FEW and set(made) - {few} == {third}  # the smallest beside it
    assert protect({total: 40, many: 40}, {}, [Equation(total, (many,))], EXACT) == {}


def flow_row(**cells: Any) -> dict[str, Any]:
    own = {"part": "follow_up", "step": "6m", "group": "a", "status": "not reached", "reason": "",
           "n": 12}  # fmt: skip
    return own | cells


def test_reasons_in_peoples_words_are_put_together_unless_cleared_and_many() -> None:
    how = Disclosure(cleared=("too ill", "moved"))
    rows = [flow_row(reason="too ill"), flow_row(reason="moved", n=3),
            flow_row(reason="her son said no", n=14), flow_row(reason="hates forms", n=1),
            flow_row(status="reached", reason="", n=80),
            flow_row(part="survey", reason="refused", n=2)]  # fmt: skip
    made = {(row["status"], row["reason"], row["part"]): row["n"] for row in flow_rows(rows, how)}
    others = made.pop(("not reached", "other reasons", "follow_up"), None) or next(
        n for (status, reason, _), n in made.items() if n == 18
    )
    assert others == 3 + 14 + 1
    assert made["not reached", "too ill", "follow_up"] == 12
    assert made["reached", "", "follow_up"] == 80 and made["not reached", "refused", "survey"] == 2
    assert ("not reached", "moved", "follow_up") not in made
    assert sum(row["n"] for row in flow_rows(rows, how)) == sum(row["n"] for row in rows)


def test_rows_that_stay_inside() -> None:
    rates = [{"of": of, "rate": rate} for of in ("all", "site", "arm", "link_worker")
             for rate in ("retained", "completeness")]  # fmt: skip
    assert [r["of"] for r in rate_rows(rates, HOW)] == ["all", "site", "arm"]
    assert {r["rate"] for r in rate_rows(rates, HOW)} == {"retained"}
    cells = [{"outcome": "x", "item": ""}, {"outcome": "x", "item": "1"}, {"outcome": "",
                                                                         "item": ""}]  # fmt: skip
    assert outcome_rows(cells, HOW) == [cells[0]]
    chosen = only(of=("all",), rate=("retained",))(rates, HOW)
    assert chosen == [{"of": "all", "rate": "retained"}]
    numbers_of = [{"a": "x", "n": 1, "m": 2}, {"a": "y", "n": 5, "m": 7}, {"a": "x", "n": 3,
                                                                       "m": 4}]  # fmt: skip
    assert summed(numbers_of, ("a",), ("n", "m")) == [{"a": "x", "n": 4, "m": 6}, numbers_of[1]]


def test_a_proportion_of_few_is_hidden_either_way() -> None:
    """3 of 40, or 37 of 40: an estimated proportion tells them; 15 of 40 nobody small."""
    release = Release("tables/survey_means", TABLES["survey_means"], HOW, {})
    for ones, few in ((3, True), (37, True), (15, False), (10, False), (30, False), (0, False)):
        row = {"measure": "proportion", "estimate": ones / 40, "n": 40}
        assert release._of_few(row) == few, ones
    assert not release._of_few({"measure": "mean", "estimate": 0.05, "n": 40})
    assert not release._of_few({"measure": "proportion", "estimate": None, "n": 40})


def test_lots_of_parts_that_stand_in_several_sums_are_looked_at_together() -> None:
    one, two, three, four = (key(x=name) for name in "abcd")
    apart = parts_of([Equation(one, (two,)), Equation(three, (four,))], set())
    together = parts_of([Equation(one, (two, three)), Equation(three, (four,))], set())
    assert sorted(map(len, apart)) == [1, 1] and sorted(map(len, together)) == [2]
