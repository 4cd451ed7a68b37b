"""How many imputed sets bring the Monte Carlo error of an estimate down to a share of its error."""

from math import ceil

SPARE = 1.1
"""The between-imputation variance is itself estimated: ask for a tenth more than it says."""


def needed(m: int, share: float, limit: float) -> int:
    """Sets that would hold the limit, where m gave a Monte Carlo error of `share` standard errors.

    It falls with the root of m. Never less than 2.
    """
    return max(2, ceil(m * (share / limit) ** 2 - 1e-9))


def more(m: int, wanted: int, most: int) -> int:
    """The next number to try, above m, where `wanted` would be enough; at most `most`."""
    return min(most, max(m + 1, ceil(SPARE * wanted)))
