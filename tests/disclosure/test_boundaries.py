"""Where the guard changes its mind: the last number that is told, and the first that is not."""

from typing import Any

import pytest

from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure import numbers
from cesp_analysis.disclosure.attack_numbers import is_share, of_share
from cesp_analysis.disclosure.bounds import Range
from cesp_analysis.disclosure.cleared import cleared
from cesp_analysis.disclosure.leaving import Leaving
from cesp_analysis.disclosure.protect import _nearest, _told_anyway, equations_by_key
from cesp_analysis.disclosure.quantities import Equation
from cesp_analysis.disclosure.table_rows import share_of_few
from cesp_analysis.models.tables import Means
from cesp_analysis.withheld import WITHHELD

HOW = Disclosure(threshold=10, round_to=5, sizes_to=5)


def key(**names: str) -> frozenset[tuple[str, str]]:
    return frozenset(names.items())


@pytest.mark.parametrize(
    ("n", "half", "decimals"),
    [
        (49, 2.5, 0),  # one digit of the width
        (50, 2.5, 1),  # two
        (99, None, 1),
        (100, None, 2),
        (100, 0.25, 2),
        (1000, 0.25, 2),
        (9, 0.01, 0),
        (10, 0.01, 1),
        (200, 25.0, 0),
    ],
)
def test_decimals_of_a_mean_follow_its_number_and_its_width(
    n: float, half: float | None, decimals: int
) -> None:
    assert numbers.decimals_of_mean(n, half) == decimals


@pytest.mark.parametrize(
    ("mean", "sd", "n", "few"),
    [
        (0.1, (0.09 * 100 / 99) ** 0.5, 100, False),  # ten ones
        (0.09, (0.09 * 0.91 * 100 / 99) ** 0.5, 100, True),  # nine
        (0.91, (0.09 * 0.91 * 100 / 99) ** 0.5, 100, True),  # nine zeros
        (0.09, 0.4, 100, False),  # not of zeros and ones
        (9.0, 0.0, 100, False),
        (1.0, 0.0, 20, True),  # nobody has it not: 0 is small unless zeros are shown
        (0.5, (0.25 * 2) ** 0.5, 2, True),
        (0.5, 0.7, 1, False),
        (None, 0.1, 100, False),
        (0.1, None, 100, False),
        (0.1, 0.1, None, False),
    ],
)
def test_a_mean_of_zeros_and_ones_is_a_share_of_few(
    mean: float | None, sd: float | None, n: float | None, few: bool
) -> None:
    if mean == 1.0:
        few = HOW.small(0)
    assert share_of_few(mean, sd, n, HOW) is few


def test_where_nobody_may_not_be_told_a_mean_of_nought_or_one_is_of_few() -> None:
    how = Disclosure(threshold=10, zeros="withheld")
    assert share_of_few(0.0, 0.0, 20, how) and share_of_few(1.0, 0.0, 20, how)
    assert not share_of_few(0.5, (0.25 * 20 / 19) ** 0.5, 20, how)


@pytest.mark.parametrize(
    ("mean", "sd", "share"),
    [("0.20", "0.40", True), ("0.20", "0.42", False), ("0.20", "0.38", False),
     ("0.2", "0.4", True), ("0.201", "0.41", True), ("0", "0", False), ("1", "0", False),
     ("", "0.4", False), ("0.2", "", False), ("1.20", "0.40", False),
     ("0.9", "0.2", True), ("0.90", "0.20", False), ("0.9", "0.1", False)],
)  # fmt: skip
def test_a_printed_mean_and_sd_of_zeros_and_ones_are_known(mean: str, sd: str, share: bool) -> None:
    row = {"mean": mean, "sd": sd, "n": "40", WITHHELD: {}}
    assert is_share(row, "n", HOW) is share


LEAVING = Leaving(
    Means, counts={"asked": {"who": "{group}"}, "told": {"who": "{group}", "what": "told"}},
    shares={"share": ("told", "asked")},
)  # fmt: skip


def worked_out(share: str, asked: str, **more: Any) -> list[tuple[float, float]]:
    """What a share of so many, told as text, says of how many are in it, and how many are not."""
    row = {"share": share, "asked": asked, "told": "", "group": "north", WITHHELD: {}} | more
    found = of_share("t", 1, LEAVING, row, "share", "told", "asked", HOW)
    return [(own.low, own.high) for _, _, own in found]


def test_what_a_share_tells_of_how_many_are_in_it() -> None:
    """Of about 100 (98 to 102) 0.31 is 0.305 to 0.315: 30 to 32 in it, 68 to 70 not."""
    inside, outside = worked_out("0.31", "100")
    assert inside == (30.0, 32.0)
    assert outside[0] == 68.0 and 69.0 <= outside[1] <= 71.0


def test_of_more_than_two_decimals_the_last_is_open_by_a_whole_one() -> None:
    (two, _), (three, _) = worked_out("0.50", "1000"), worked_out("0.500", "1000")
    assert three[0] > two[0] and three[1] < two[1]
    exact = Disclosure(threshold=10, round_to=0, sizes_to=5)
    row = {"share": "0.500", "asked": "1000", "told": "", "group": "north", WITHHELD: {}}
    own = [found for _, _, found in
           of_share("t", 1, LEAVING, row, "share", "told", "asked", exact)]  # fmt: skip
    assert (own[0].low, own[0].high) == (499.0, 501.0)


@pytest.mark.parametrize(
    ("share", "more"),
    [
        ("", {}),  # not told
        ("1.5", {}),  # a mean
        ("0.31", {"weighted": "yes"}),
        ("0.31", {WITHHELD: {"asked": "along"}}),  # of how many is not known
        ("0.31", {"told": "31"}),  # the share of the printed numbers
    ],
)
def test_a_share_that_tells_of_nobody(share: str, more: dict[str, Any]) -> None:
    assert worked_out(share, "100", **more) == []


@pytest.mark.parametrize("share", ["0.12", "0.13"])
def test_a_half_that_was_rounded_either_way_is_the_share_of_the_printed_numbers(share: str) -> None:
    """25 of 200 are .125."""
    assert worked_out(share, "200", told="25") == []
    assert len(worked_out(share, "200", told="28")) == 2


def test_a_share_of_everybody_is_one() -> None:
    inside, outside = worked_out("1", "100")
    assert inside[1] >= 100 and outside[0] == 0


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("9 people answered", "fewer than 10 people answered"),
        ("10 people answered", "about 10 people answered"),
        ("12 people answered", "about 10 people answered"),
        ("13 people answered", "about 15 people answered"),
        ("1 person is left out", "fewer than 10 people are left out"),
        ("about 12 people answered", "about 12 people answered"),  # said so already
        ("fewer than 5 people answered", "fewer than 5 people answered"),
        ("12 neighbourhoods", "12 neighbourhoods"),
        ("n = 9", "n < 10"),
        ("n = 13", "n about 15"),
    ],
)
def test_numbers_in_a_sentence(said: str, told: str) -> None:
    assert cleared(said, HOW) == told


def test_the_nearest_number_that_may_hide_another() -> None:
    a, b, c, d = (key(who=name) for name in "abcd")
    equations = equations_by_key([Equation(b, (a, c)), Equation(c, (d,))])
    assert _nearest(a, equations, {b, d}) == {b}  # in its own equation
    assert _nearest(a, equations, {d}) == {d}  # in that of a neighbour
    assert _nearest(a, equations, {key(who="e")}) == set()
    assert _nearest(a, equations, {a}) == set()


def test_how_many_there_are_is_told_anyway_and_what_equals_it() -> None:
    """A step of the flow that everybody reached is the same number."""
    everybody, reached, some = key(of="person"), key(step="asked"), key(step="came")
    alike = Equation(everybody, (reached,))
    parts = Equation(reached, (some, key(step="stayed away")))
    assert everybody in _told_anyway([alike, parts])
    assert reached in _told_anyway([alike, parts])
    assert some not in _told_anyway([alike, parts])


def test_a_range_of_one_number_is_that_number() -> None:
    assert Range(3, 3).values() == 1 and Range(3, 5).values() == 3
