"""What sums tell of a withheld number: step by step the same as by linear programmes."""

import numpy as np
import pytest

from cesp_analysis.disclosure.bounds import (
    UNBOUNDED,
    Range,
    by_programmes,
    solved,
    without_circles,
)
from cesp_analysis.disclosure.quantities import Equation, Key


def key(name: str) -> Key:
    return frozenset({("x", name)})


A, B, C, D, E, F = (key(name) for name in "abcdef")


def forest(seed: int) -> tuple[list[Equation], dict[Key, Range]]:
    """Sums of two to four parts, some of which are sums in turn; and what is told of numbers that
    fit: exactly, between two ends, from one end on, or nothing."""
    rng = np.random.default_rng(seed)
    equations, values, numbers, leaves = list[Equation](), dict[Key, int](), iter(range(99)), [A]
    values[A] = int(rng.integers(20, 90))
    for _ in range(int(rng.integers(2, 7))):
        whole = leaves.pop(int(rng.integers(len(leaves))))
        parts = tuple(key(str(next(numbers))) for _ in range(int(rng.integers(2, 5))))
        more = (key(str(next(numbers))),) if rng.random() < 0.3 else ()
        values |= {one: int(rng.integers(0, 9)) for one in more}
        left = values[whole] + sum(values[one] for one in more)
        cuts = np.sort(rng.integers(0, left + 1, len(parts) - 1))
        values |= zip(parts, np.diff([0, *cuts, left]).tolist(), strict=True)
        equations.append(Equation(whole, parts, more))
        leaves += parts
    told = {}
    for one, value in values.items():
        low, high = value - int(rng.integers(0, 4)), value + int(rng.integers(0, 4))
        ways = (Range(value, value), Range(max(low, 0), high), Range(max(low, 0), UNBOUNDED), None)
        if (own := ways[int(rng.integers(4))]) is not None:
            told[one] = own
    return equations, told


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(150))
def test_from_one_sum_to_the_next_as_by_linear_programmes(seed: int) -> None:
    lot, told = forest(seed)
    assert without_circles(lot, told)
    asked = list(dict.fromkeys(one for e in lot for one in e.named()))
    assert solved(lot, told, asked) == by_programmes(lot, told, asked)


@pytest.mark.parametrize("seed", range(30))
def test_numbers_that_do_not_fit_are_refused_by_both(seed: int) -> None:
    lot, told = forest(seed)
    last = lot[-1]
    told |= {last.whole: Range(7, 7)} | dict.fromkeys(last.more, Range(0, 0))
    told |= dict.fromkeys(last.parts, Range(4, 4))
    for way in (solved, by_programmes):
        with pytest.raises(ValueError, match="no numbers fit what is released"):
            way(lot, told, [A])


def test_what_comes_back_to_where_it_began_goes_to_linear_programmes() -> None:
    """A = B + C = D + E and B + D = F: A and B are linked twice, unless one of them is told."""
    circle = [Equation(A, (B, C)), Equation(A, (B, D)), Equation(D, (E, F))]
    assert not without_circles(circle, {})
    assert without_circles(circle, {A: Range(9, 9)})
    assert without_circles(circle, {B: Range(9, 9)})
    assert not without_circles([Equation(A, (B, B))], {})
    told = {A: Range(40, 40), B: Range(0, 5)}
    assert solved(circle[:2], told, [C, D]) == {C: Range(35, 40), D: Range(35, 40)}
    told = {B: Range(0, 5), C: Range(30, 31)}  # by programmes
    assert solved(circle[:2], told, [A, D]) == {A: Range(30, 36), D: Range(30, 31)}
