"""One number of an instrument with its interval, or why there is none; and F and chi-squared.

scipy.special only, imported when used: scipy.stats would triple the start of a job.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

LEVEL = 0.95
"""Of every interval whose function does not ask for another."""


@dataclass(frozen=True)
class Quantity:
    """A value with its interval, in the unit that its name says.

    method: how value and interval were made. reason: why there is no value or, where there is one,
    why it has no interval; None where there are both.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    method: str = ""
    reason: str | None = None

    def through(self, change: Callable[[float], float]) -> "Quantity":
        """Value and limits each changed by a rising function, as a root or a multiple is."""
        low, value, high = (
            None if part is None else change(part) for part in (self.low, self.value, self.high)
        )
        return replace(self, low=low, value=value, high=high)


def without(reason: str) -> Quantity:
    """No value, and why."""
    return Quantity(reason=reason)


def complete(values: np.ndarray, dimensions: int = 1) -> np.ndarray:
    """The values as floats; ValueError if one is missing or the shape is another.

    Who calls leaves missing answers out and counts them.
    """
    known = np.asarray(values, dtype=float)
    if known.ndim != dimensions or not np.isfinite(known).all():
        raise ValueError(f"complete values in {dimensions} dimension(s), not {known.shape}")
    return known


def f_quantile(probability: float, df_num: float, df: float) -> float:
    """The value that F with these degrees of freedom stays below with this probability."""
    from scipy.special import fdtri  # type: ignore[import-untyped, unused-ignore]

    return float(fdtri(df_num, df, probability))


def chi_squared_quantile(probability: float, df: float) -> float:
    """The value that chi-squared with df degrees of freedom stays below with this probability."""
    from scipy.special import chdtri  # type: ignore[import-untyped, unused-ignore]

    return float(chdtri(df, 1 - probability))


def normal_quantile(probability: float) -> float:
    """The value that a standard normal variable stays below with this probability."""
    from scipy.special import ndtri  # type: ignore[import-untyped, unused-ignore]

    return float(ndtri(probability))
