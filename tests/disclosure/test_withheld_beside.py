"""Which number is withheld beside a small one, step by step: hand-worked lots of sums."""

from collections.abc import Mapping

import pytest

from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure.bounds import UNBOUNDED, Range
from cesp_analysis.disclosure.protect import (
    Why,
    _exposed,
    _nearest,
    _small,
    _still_open,
    _told,
    _told_anyway,
    _withhold_beside,
    around,
    equations_by_key,
    protect,
    rounded,
)
from cesp_analysis.disclosure.quantities import Equation, Key
from cesp_analysis.withheld import ALONG, FEW

HOW = Disclosure(threshold=10, round_to=0, sizes_to=5)
ROUNDED = Disclosure(threshold=10, round_to=5, sizes_to=10)


def key(name: str) -> Key:
    return frozenset({("x", name)})


def beside(key: Key, equations: list[Equation], whole: dict[Key, int], made: Why) -> Key:
    """What is withheld next."""
    return _withhold_beside(key, _still_open(equations, whole, made, HOW), whole, made)


ALL = frozenset({("of", "person")})
A, B, C, D, E, F = (key(name) for name in "abcdef")


@pytest.mark.parametrize(
    ("value", "base", "ends"),
    [
        (10, 5, (10, 12)),  # what rounds to 10 and is not small
        (15, 5, (13, 17)),
        (20, 10, (15, 24)),
        (10, 10, (10, 14)),
        (0, 5, (0, 0)),
        (12, 0, (12, 12)),
    ],
)
def test_what_a_told_number_may_have_been(value: int, base: int, ends: tuple[float, float]) -> None:
    assert around(value, base, 10) == Range(*ends)


def test_halves_are_rounded_upwards() -> None:
    assert [rounded(n, 5) for n in (2.4, 2.5, 7.5)] == [0, 5, 10] and rounded(2.6, 0) == 3


@pytest.mark.parametrize(
    ("why", "exact", "ends"),
    [(FEW, True, (1, 9)), (ALONG, True, (10, UNBOUNDED)), (None, True, (43, 47)),
     (None, False, (35, 44))],
)  # fmt: skip
def test_a_reader_is_told_of_a_number_what_its_cell_says(
    why: str | None, exact: bool, ends: tuple[float, float]
) -> None:
    """44 is 45 to the nearest 5, 40 to the nearest 10."""
    made = {} if why is None else {A: why}
    assert _told(A, 44, exact, made, ROUNDED) == Range(*ends)


@pytest.mark.parametrize(
    ("numbers", "small"),
    [
        ({A: 40, B: 31}, {C}),  # nine of whom no cell tells
        ({A: 40, B: 30}, set()),
        ({A: 40, B: 40}, set()),  # nobody
        ({A: 40, B: 5, C: 35}, {B}),
        ({A: 40}, set()),  # two are untold
    ],
)
def test_those_whom_no_cell_counts_are_few_too(numbers: Mapping[Key, int], small: set[Key]) -> None:
    assert _small(numbers, [Equation(A, (B, C))], HOW) == small


def test_what_is_left_of_two_wholes_may_be_few() -> None:
    both = Equation(A, (B, C), (D,))
    assert _small({A: 20, D: 15, B: 30}, [both], HOW) == {C}
    assert _small({A: 20, D: 15, B: 20}, [both], HOW) == set()


def test_each_lot_of_sums_names_one_number_that_is_exposed() -> None:
    """So that what is withheld for it may save the others."""
    told = {A: Range(40, 40), B: Range(1, 9), C: Range(36, 36), D: Range(40, 40), E: Range(1, 9),
            F: Range(10, UNBOUNDED)}  # fmt: skip
    one, safe = Equation(A, (B, C)), Equation(D, (E, F))
    assert _exposed([one, safe], told, {B, E}, HOW) == [B]
    told[F] = Range(36, 36)
    assert _exposed([one, safe], told, {B, E}, HOW) == [B, E]
    joined = Equation(A, (B, E, C))
    assert _exposed([joined], told, {B, E}, HOW) == [B]
    assert _exposed([one], told, set(), HOW) == []


def test_of_several_the_first_by_name_is_named() -> None:
    """On every machine the same."""
    many = tuple(key(name) for name in "jihgfedcba")
    told = dict.fromkeys(many, Range(1, 3))
    assert _exposed([Equation(ALL, many)], told, {*many}, HOW) == [key("a")]


def test_a_number_that_takes_two_sums_is_exposed() -> None:
    """The 36 are not told, but the 16 and 20 that they are."""
    told = {A: Range(40, 40), B: Range(1, 9), C: Range(10, UNBOUNDED), D: Range(16, 16),
            E: Range(20, 20)}  # fmt: skip
    assert _exposed([Equation(A, (B, C)), Equation(C, (D, E))], told, {B}, HOW) == [B]


def test_five_values_are_enough_and_four_are_not() -> None:
    equation = Equation(A, (B, C))
    told = {A: Range(40, 40), B: Range(1, 9), C: Range(34, 38)}
    assert _exposed([equation], told, {B}, HOW) == []
    assert _exposed([equation], told | {C: Range(35, 38)}, {B}, HOW) == [B]


WAVE = frozenset({("of", "respondent"), ("site", "a"), ("wave", "w1")})
SITE, STEP = frozenset({("of", "person"), ("site", "a")}), key("step")


@pytest.mark.parametrize(
    ("equations", "kept"),
    [
        ([Equation(SITE, (STEP,))], {SITE, STEP}),
        ([Equation(STEP, (SITE,))], {SITE, STEP}),
        ([Equation(STEP, (A,)), Equation(SITE, (STEP,)), Equation(B, (A,))], {SITE, STEP, A, B}),
        ([Equation(SITE, (A, B))], {SITE}),
        ([Equation(SITE, (A,), (B,))], {SITE}),  # who came back makes another number of it
        ([Equation(A, (B,))], set()),
        ([Equation(WAVE, (A, B)), Equation(C, (WAVE,))], {WAVE, C}),
        ([Equation(ALL, (SITE, A)), Equation(A, (B,))], {ALL, SITE}),
    ],
)
def test_how_many_people_there_are_is_told_anyway(
    equations: list[Equation], kept: set[Key]
) -> None:
    assert _told_anyway(equations) == kept


def test_the_nearest_number_is_looked_for_from_sum_to_sum() -> None:
    chain = equations_by_key([Equation(A, (B,)), Equation(B, (C,)), Equation(C, (D, E))])
    assert _nearest(A, chain, {C, D}) == {C}
    assert _nearest(A, chain, {D, E}) == {D, E}
    assert _nearest(C, chain, {A, E}) == {E}
    assert _nearest(A, chain, {F}) == set()


def test_the_smallest_number_beside_it_is_withheld() -> None:
    equations = [Equation(A, (B, C, D))]
    whole, made = {A: 60, B: 4, C: 31, D: 25}, {B: FEW}
    assert beside(B, equations, whole, made) == D
    assert made == {B: FEW, D: ALONG}
    assert beside(B, equations, whole, made) == C
    assert beside(B, equations, whole, made) == A
    with pytest.raises(ValueError, match="a small number can be worked out from itself"):
        beside(B, equations, whole, made)


def test_of_two_alike_the_first_by_name_is_withheld() -> None:
    """On every machine the same."""
    for order in ((C, D, E), (E, D, C), (D, E, C)):
        whole = {A: 64, B: 4} | dict.fromkeys(order, 20)
        assert beside(B, [Equation(A, (B, *order))], whole, {B: FEW}) == C


def test_what_is_told_anyway_is_withheld_last() -> None:
    """11 people of a site, of whom 4 and 7; the site's number stands in every table."""
    whole, made = {SITE: 11, A: 4, B: 7, C: 40}, {A: FEW, B: FEW}
    equations = [Equation(SITE, (A, B)), Equation(B, (C,))]
    assert beside(A, equations, whole, made) == C
    assert beside(A, equations, whole, made) == SITE


def test_ten_may_hide_a_small_number_and_nine_may_not() -> None:
    whole, made = {A: 10, B: 4, C: 9}, {B: FEW}
    assert beside(B, [Equation(A, (B, C))], whole, made) == A


def test_a_count_says_more_than_a_size() -> None:
    """Of 40 are 36: told exactly they tell the 4, to the nearest 5 they leave it open."""
    few = Equation(A, (B, C))
    assert protect({A: 40, C: 36}, {}, [few], HOW) == {C: ALONG}
    assert protect({A: 40, C: 36}, {C: 36}, [few], HOW) == {C: ALONG}
    assert protect({A: 40}, {C: 36}, [few], HOW) == {}
    assert protect({}, {A: 9}, [], HOW) == {A: FEW}


def test_two_lots_are_looked_at_in_one_turn() -> None:
    one, two = Equation(A, (B, C)), Equation(D, (E, F))
    numbers = {A: 40, B: 4, C: 36, D: 50, E: 3, F: 47}
    assert protect(numbers, {}, [one, two], HOW) == {B: FEW, C: ALONG, E: FEW, F: ALONG}
    assert protect(numbers, {}, [], HOW) == {B: FEW, E: FEW}


def test_one_number_that_hides_two_small_ones_is_enough() -> None:
    """Rows 4 + 36 = 40 and 5 + 36 = 41 share the 36: it goes, and nothing else."""
    rows = [Equation(A, (B, C)), Equation(D, (E, C))]
    numbers = {A: 40, B: 4, C: 36, D: 41, E: 5}
    made = protect(numbers, {}, rows, HOW)
    assert made == {B: FEW, E: FEW, C: ALONG}
