"""How the numbers of a released table are rounded, so that they tell no more than they say."""

from decimal import Decimal
from math import floor, log10
from typing import Any

from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure.protect import needed, rounded

DIGITS = 5
"""Significant digits of a share whose counts stand beside it: more than any page prints."""
MOST_DECIMALS = 4
"""Decimals of a coarse number: a smaller one is none."""
SAMPLED = ("", "person", "respondent")
"""Levels of clusters at which degrees of freedom follow from how many people there are."""


def of_counts(value: float) -> str:
    """Five significant digits, rounded so that rounding them again gives what rounding the number
    itself would: a last digit 0 or 5 that is not exact goes up by one (von Neumann's sticky digit).
    """
    if value == 0 or value != value or value in (float("inf"), float("-inf")):
        return f"{value:g}"
    exact = Decimal(repr(abs(value)))  # as it is printed: 0.375 is no 0.37499999
    place = exact.adjusted() - DIGITS + 1
    scaled = exact.scaleb(-place)
    whole = int(scaled)
    if scaled != whole and whole % 5 == 0:
        whole += 1
    text = f"{Decimal(whole).scaleb(place):f}"
    return f"-{text}" if value < 0 else text


def degrees(row: dict[str, Any], value: float, how: Disclosure) -> str:
    """Degrees of freedom: of clusters with one decimal; of people, of whom there are as many and
    one or two more, as a size."""
    if (row.get("cluster_level") or "") in SAMPLED and value >= how.threshold:
        return str(rounded(value, how.sizes_to))
    return f"{value:.1f}"


def at(value: float, decimals: int) -> str:
    """With so many decimals; below zero, tens and hundreds. Nothing is minus zero."""
    text = f"{round(value, decimals):.{max(decimals, 0)}f}"
    return text if any(digit in text for digit in "123456789") else text.lstrip("-")


def decimals_of_mean(n: float, half_width: float | None) -> int:
    """Decimals of a raw mean, SD or end of an interval: so few that a sum of whole answers, n times
    the mean, could be of any n near it, and that n does not follow from the width (two digits of
    it; one where n is below 50)."""
    decimals = floor(log10(n))
    if half_width:
        digits = 2 if n >= 50 else 1
        decimals = min(decimals, digits - 1 - floor(log10(half_width)))
    return max(decimals, 0)


def decimals_of_interval(n: float, half_width: float, how: Disclosure) -> int:
    """Decimals of an interval's ends, or of a standard error, below zero for tens: so few that n,
    which goes by its square, could be any number near the one that it is rounded to.

    Ends that are right to half a last digit u leave the half width open by u/2 each way, and n by
    n u / half width.
    """
    return floor(-log10(max(needed(how), how.sizes_to) * half_width / n))


def coarse(value: float, decimals: int = MOST_DECIMALS) -> str:
    """Two significant digits: what more would tell of how many people is left open. With no more
    decimals than told."""
    if not value:
        return "0"
    return at(value, min(1 - floor(log10(abs(value))), decimals))


def chance(value: float) -> str:
    """A probability, two decimals."""
    return f"{value:.2f}"


def share(value: float, part: float, whole: float | None, how: Disclosure, own: float) -> str:
    """A share (or an end of its interval) as it would be of the rounded numbers, two decimals.

    own: the share itself, by which the ends are moved as it is. Of events a month (no whole) the
    number and its ends are made larger or smaller alike, with two digits: by more their ratio would
    tell how many.
    """
    near = rounded(part, how.sizes_to)
    if whole is None:
        return coarse(value * near / part) if part else f"{value:g}"
    moved = near / rounded(whole, how.sizes_to) if part <= whole else own * near / part
    kept = min(max(value + moved - own, 0.0), 1.0) if part <= whole else value + moved - own
    return f"{kept:.2f}"
