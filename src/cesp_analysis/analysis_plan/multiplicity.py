"""Holm's adjustment of the p-values of a family, and Bonferroni's simultaneous intervals.

Source: Holm (1979), Scandinavian Journal of Statistics 6, 65-70. Holm's test has no simple
simultaneous intervals; Bonferroni's hold for all of a family at once and may be wider than needed.
"""

from collections.abc import Sequence


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Adjusted p-values, in order. One that is not known counts in the family's size: it was
    declared, and might have been the smallest."""
    known = sorted((p, i) for i, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    largest = 0.0
    for rank, (p, index) in enumerate(known):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p))
        adjusted[index] = largest
    return adjusted


def bonferroni_level(level: float, size: int) -> float:
    """The level of each of `size` intervals that hold all at once at `level`."""
    return 1 - (1 - level) / size
