"""Numbers that usually mean: no answer. Drafts and cleaning agree on them."""

import numpy as np

CODES = (
    "-9", "-8", "-7", "-99", "-98", "-97", "-88", "-77", "-999", "-998", "-888", "-666", "-200",
    "88", "98", "99", "888", "998", "999", "9999",
)  # fmt: skip
"""Numbers that usually mean: no answer."""
_NUMBERS = np.array([float(code) for code in CODES])


def lonely_codes(numbers: np.ndarray) -> list[str]:
    """Usual codes of no answer among the numbers (n,) that lie apart from those that are none.

    Apart: beyond them by more than their range, or below zero where they are not. Codes beside
    codes (-999 and -888) do not hide each other; one that is not apart counts among the others.
    None where there is nothing but codes to lie apart from. The largest in size come first.
    """
    each = np.unique(numbers[np.isfinite(numbers)])
    others = each[~np.isin(each, _NUMBERS)]
    if not len(others):
        others = each[each >= 0] if (each < 0).any() else each[:0]
    if not len(others):
        return []
    low, high = float(others[0]), float(others[-1])
    found = []
    for code in sorted(CODES, key=lambda c: abs(float(c))):
        number = float(code)
        if number not in each:
            continue
        if (number < 0 <= low) or max(low - number, number - high) > max(high - low, 1.0):
            found.append(code)
        else:
            low, high = min(low, number), max(high, number)
    return found[::-1]


REPEATED = 3
"""Fewest times that a code stands above all skewed amounts before it is taken for one."""


def heaped_codes(numbers: np.ndarray) -> list[str]:
    """Usual codes of no answer that are the largest of skewed amounts (n,), where these reach far:
    repeated, and more often than all that lies between half of the code and it.

    A tail thins out; it has no heap at its end. The largest come first.
    """
    known, found = numbers[np.isfinite(numbers)], list[str]()
    for code in sorted(CODES, key=float, reverse=True):
        number = float(code)
        n = int((known == number).sum())
        if number <= 0 or not n:
            continue
        below = known[known < number]
        heaped = n >= REPEATED and n > (below >= number / 2).sum() and len(below) > 0
        if not heaped or (known > number).any():
            break
        found.append(code)
        known = below
    return found
