"""What squares of an estimate's parts are expected to be: errors independent, of equal variance.

Weights, propensities and regressions aside, an estimate is reach'y, and what each record adds to
its error, by the model's residuals, is own * y + left (right'y): linear in the outcome. So the
expected squares of records' or clusters' parts follow without a matrix of records by records, and
with them how much of the estimate's variance a sandwich shows (`lost_variance.shown_in_words`). A
residual is smaller than its error, of a record that carries most of its arm's weight by nearly all
of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Codes, Floats


@dataclass(frozen=True)
class LinearParts:
    """Parts of an estimate's error of n records: own (n,) * y + left (n, m) @ (right' y), right
    (n, m); the estimate is reach (n,)'y."""

    reach: Floats
    own: Floats
    left: Floats
    right: Floats

    @property
    def variance(self) -> float:
        """The estimate's, of errors of variance 1."""
        return float(self.reach @ self.reach)

    def squares(self, codes: Codes | None = None, groups: int = 0) -> Floats:
        """Expected squares (n,) of records' parts; or (g,) of sums by clusters `codes` (n,), of
        which there are `groups` at least."""
        norm, crossed, left = self.own**2, self.own[:, None] * self.right, self.left
        if codes is not None:
            norm, crossed, left = (sums_of(codes, one, groups) for one in (norm, crossed, left))
        return expected(norm, crossed, left, self.right.T @ self.right)

    def placed(self, rows: np.ndarray) -> "LinearParts":
        """The same as parts of all records, of which `rows` (n,) are these."""

        def spread(values: Floats) -> Floats:
            full = np.zeros((len(rows), *values.shape[1:]))
            full[rows] = values
            return full

        return LinearParts(*map(spread, (self.reach, self.own, self.left, self.right)))


def together_of(parts: Sequence[LinearParts], signs: Sequence[float]) -> LinearParts:
    """The parts of a sum of estimates, each with its sign."""
    return LinearParts(
        np.asarray(sum(sign * one.reach for sign, one in zip(signs, parts, strict=True))),
        np.asarray(sum(sign * one.own for sign, one in zip(signs, parts, strict=True))),
        np.hstack([sign * one.left for sign, one in zip(signs, parts, strict=True)]),
        np.hstack([one.right for one in parts]),
    )


def sums_of(codes: Codes, values: Floats, groups: int = 0) -> Floats:
    """Sums (g, ...) of values (n, ...) by code, column by column; g: `groups` at least."""
    if values.ndim == 1:
        return np.bincount(codes, values, groups).astype(float)
    return np.column_stack([sums_of(codes, column, groups) for column in values.T])


def expected(norm: Floats, crossed: Floats, left: Floats, gram: Floats) -> Floats:
    """Squares (g,) of sums of parts, from sums of own^2 (g,), own * right (g, m) and left (g, m),
    and right'right (m, m); what rounding leaves below zero is zero."""
    squares = norm + 2 * np.sum(left * crossed, axis=1) + np.sum((left @ gram) * left, axis=1)
    return np.asarray(np.maximum(squares, 0.0))
