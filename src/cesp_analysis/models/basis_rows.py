"""Rows of a regression's orthonormal columns, where all of them together are too many to hold."""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.least_squares import LeastSquares

HELD = 2**24
"""Numbers of a basis that is held whole: 128 MB."""


@dataclass(frozen=True)
class BasisRows:
    """x (n, k) times turn (k, k), row by row as they are asked for."""

    x: Floats
    turn: Floats

    @property
    def shape(self) -> tuple[int, ...]:
        """(n, k)."""
        return self.x.shape

    def __getitem__(self, rows: Codes | slice) -> Floats:
        """(…, k) of rows (…)."""
        own = self.x[rows]
        return np.asarray((own.reshape(-1, own.shape[-1]) @ self.turn).reshape(own.shape))


def basis_rows(fit: LeastSquares) -> Floats | BasisRows:
    """The orthonormal columns, for who goes through rows of them."""
    if fit.factor is not None or fit.x.size <= HELD:
        return fit.basis
    return BasisRows(fit.x, np.asarray(np.linalg.inv(fit.root), dtype=np.float64))
