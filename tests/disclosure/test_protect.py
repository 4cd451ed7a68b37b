"""What is withheld keeps small numbers from being worked out: by enumerating every table that fits
what is printed, which knows nothing of equations or linear programmes."""

import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure.bounds import UNBOUNDED, Range, solved
from cesp_analysis.disclosure.protect import around, needed, protect, rounded
from cesp_analysis.disclosure.quantities import Equation, Key, equations_of
from cesp_analysis.withheld import ALONG, FEW

HOW = Disclosure(threshold=4, sizes_to=5)
ROWS, COLUMNS = 2, 3


def key(**conditions: str) -> Key:
    return frozenset(conditions.items())


def table(cells: np.ndarray) -> dict[Key, int]:
    """Cells, sums of rows and columns and the total of a table, by who they count."""
    found = {key(): int(cells.sum())}
    for i in range(ROWS):
        found[key(site=f"{i}")] = int(cells[i].sum())
        for j in range(COLUMNS):
            found[key(site=f"{i}", value=f"{j}")] = int(cells[i, j])
    for j in range(COLUMNS):
        found[key(value=f"{j}")] = int(cells[:, j].sum())
    return found


def all_parts(counts: dict[Key, int]) -> list[Equation]:
    """The equations of a table whose categories are all there are."""
    made = equations_of(counts)
    return [
        Equation(e.whole, tuple(part for part in e.parts if part in counts or "not" in dict(part)))
        for e in made
    ]


def fitting(counts: dict[Key, int], withheld: dict[Key, str]) -> np.ndarray:
    """Every table of numbers up to 11 that fits what is printed, (tables, rows, columns)."""
    every = np.indices((12,) * (ROWS * COLUMNS), dtype=np.int8)
    every = every.reshape(ROWS * COLUMNS, -1).T.reshape(-1, ROWS, COLUMNS)
    keep = np.ones(len(every), dtype=bool)
    for who, value in counts.items():
        own = dict(who)
        numbers = every
        numbers = numbers[:, [int(own["site"])]] if "site" in own else numbers
        numbers = numbers[:, :, [int(own["value"])]] if "value" in own else numbers
        sums = numbers.sum(axis=(1, 2))
        why = withheld.get(who)
        if why == FEW:
            keep &= (sums >= 1) & (sums < HOW.threshold)
        elif why == ALONG:
            keep &= sums >= HOW.threshold
        else:
            keep &= sums == value
    return every[keep]


@pytest.mark.parametrize("seed", range(10))
def test_no_small_number_is_left_with_fewer_values_than_asked(seed: int) -> None:
    """Threshold 4: a small number must be able to be at least two numbers, for who reads all."""
    cells = np.random.default_rng(seed).integers(0, 7, (ROWS, COLUMNS))
    counts = table(cells)
    withheld = protect(counts, {}, all_parts(counts), HOW)
    left = fitting(counts, withheld)
    assert (left == cells).all(axis=(1, 2)).any()  # the truth is among them
    for i, j in product(range(ROWS), range(COLUMNS)):
        if 0 < cells[i, j] < HOW.threshold:
            assert len(np.unique(left[:, i, j])) >= needed(HOW), (cells, withheld)
    for i in range(ROWS):
        for j in range(COLUMNS):  # the others of a site together
            others = int(cells[i].sum() - cells[i, j])
            if 0 < others < HOW.threshold:
                values = np.unique(left[:, i].sum(axis=1) - left[:, i, j])
                assert len(values) >= needed(HOW), (cells, withheld)


def test_without_a_second_cell_the_first_is_worked_out() -> None:
    """The same enumeration finds the leak where small cells alone are withheld."""
    cells = np.array([[2, 6, 5], [5, 6, 4]])
    counts = table(cells)
    small = {who: FEW for who, value in counts.items() if 0 < value < HOW.threshold}
    left = fitting(counts, small)
    assert set(left[:, 0, 0]) == {2}


def test_a_complement_goes_with_its_part() -> None:
    """3 yes, 28 no of 31: neither the 28 nor the 3 stands beside the 31."""
    counts = {key(site="a"): 31, key(site="a", value="yes"): 3, key(site="a", value="no"): 28}
    withheld = protect(counts, {}, list(equations_of(counts)), Disclosure())
    assert withheld == {key(site="a", value="yes"): FEW, key(site="a", value="no"): ALONG}


def test_who_is_not_in_a_part_is_protected_though_no_cell_counts_them() -> None:
    """104 of 112 are told: 8 are not among them."""
    counts = {key(site="a"): 112, key(site="a", met="yes"): 104}
    withheld = protect(counts, {}, list(equations_of(counts)), Disclosure())
    assert withheld == {key(site="a", met="yes"): ALONG}


def test_two_small_parts_that_add_up_to_few_are_a_small_part_too() -> None:
    """112 = 103 + 2 + 7: that 9 are not among the 103 is small as well."""
    counts = {
        key(site="a"): 112, key(site="a", value="there"): 103,
        key(site="a", value="left"): 2, key(site="a", value="silent"): 7,
    }  # fmt: skip
    withheld = protect(counts, {}, list(equations_of(counts)), Disclosure())
    assert withheld[key(site="a", value="there")] == ALONG


def test_rounded_numbers_leave_enough() -> None:
    """Rounded to 5, a whole and its part leave the rest 1 to 9: nothing more is withheld."""
    how = Disclosure(round_to=5)
    counts = {key(site="a"): 112, key(site="a", met="yes"): 104}
    assert protect(counts, {}, list(equations_of(counts)), how) == {}


def test_nobody_may_be_told_or_not() -> None:
    counts = {key(site="a"): 112, key(site="a", lost="yes"): 0}
    equations = list(equations_of(counts))
    assert protect(counts, {}, equations, Disclosure()) == {}
    kept = protect(counts, {}, equations, Disclosure(zeros="withheld"))
    assert kept[key(site="a", lost="yes")] == FEW


@pytest.mark.parametrize(
    ("value", "base", "text"), [(112, 5, 110), (113, 5, 115), (15, 10, 20), (7, 0, 7), (0, 5, 0)]
)
def test_rounding_is_to_the_nearest_with_halves_up(value: int, base: int, text: int) -> None:
    assert rounded(value, base) == text


@pytest.mark.parametrize("base", [5, 10, 20])
def test_what_a_rounded_number_may_have_been_is_all_that_round_to_it(base: int) -> None:
    for value in range(10, 200):
        near = around(rounded(value, base), base, 10)
        assert near.low <= value <= near.high
        low, high = int(near.low), int(near.high)
        assert {rounded(x, base) for x in range(low, high + 1)} == {rounded(value, base)}
        assert rounded(high + 1, base) != rounded(value, base)


def test_one_equation_is_solved_as_two_programmes_would() -> None:
    """The closed form of one equation against linear programming of the same, twice over."""
    a, b, c = key(a="1"), key(b="1"), key(c="1")
    told = {a: Range(10, 14), b: Range(1, 9), c: Range(4, UNBOUNDED)}
    one = Equation(a, (b, c))
    for who in (a, b, c):
        assert solved([one], told, [who]) == solved([one, one], told, [who])


def test_primary_cells_are_those_of_acro_and_more_follow() -> None:
    """acro withholds small cells of cross tables alone; with their sums beside them some can be
    worked out, which it leaves to whoever checks."""
    found = json.loads((Path(__file__).parents[1] / "reference/acro_crosstab.json").read_text())
    more = 0
    for entry in found["tables"]:
        counts = {
            key(site=site, value=value): n
            for site, own in entry["counts"].items()
            for value, n in own.items()
        }
        counts |= {key(site=site): sum(own.values()) for site, own in entry["counts"].items()}
        how = Disclosure(zeros="withheld")
        withheld = protect(counts, {}, list(equations_of(counts)), how)
        few = {who for who, why in withheld.items() if why == FEW}
        assert few == {key(site=site, value=value) for site, value in entry["withheld"]}
        more += len(withheld) > len(few)
    assert len(found["tables"]) == 20 and more > 10
