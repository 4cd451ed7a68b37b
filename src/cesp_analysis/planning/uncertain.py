"""What is assumed of a trial, as draws: each row one set of assumptions that may be true."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Floats

ROUNDING = 1e-12
"""Relative, of numbers that are the same: of roots found many at once."""


@dataclass(frozen=True)
class Uncertain:
    """values: name of a field of planning's Scenarios → its draws (draws,), rows belong
    together."""

    values: Mapping[str, Floats]

    @property
    def draws(self) -> int:
        """How many rows there are."""
        return len(next(iter(self.values.values())))

    def middle(self) -> dict[str, Floats]:
        """The median (1,) of each by itself: the one set of assumptions of a plan without
        uncertainty."""
        return {name: np.median(drawn, keepdims=True) for name, drawn in self.values.items()}


def error_of_mean(values: Floats) -> Floats:
    """Monte Carlo standard error (…,) of means over the last axis; 0 where all are the same
    but for rounding."""
    found = values.std(axis=-1, ddof=1) / values.shape[-1] ** 0.5
    alike = np.ptp(values, axis=-1) <= ROUNDING * np.abs(values).max(axis=-1)
    return np.asarray(np.where(alike, 0.0, found))


def crossed(designs: Mapping[str, Floats], known: Mapping[str, Floats]) -> dict[str, Floats]:
    """Each design (k,) with each row of what is known (draws,): (k × draws,) by name, the draws of
    a design together."""
    k, draws = len(next(iter(designs.values()))), len(next(iter(known.values())))
    return {name: np.repeat(value, draws) for name, value in designs.items()} | {
        name: np.tile(value, k) for name, value in known.items()
    }
