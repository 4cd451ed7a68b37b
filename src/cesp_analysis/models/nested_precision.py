"""The inverse covariance of rows with nested random intercepts, applied without a matrix of rows.

One level after the other, by the Sherman-Morrison-Woodbury identity: of groups that nest, what a
level adds to the covariance has rank one in each of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Codes, Floats


@dataclass(frozen=True)
class Precision:
    """V⁻¹ of n rows = diag(weight) - sum over levels and groups g of scale[g] q_g q_g'.

    weight (n,): one over the residual variance; codes: for each level (n,), below 0 where a row has
    no effect; scales: for each level (groups,); vectors: for each level (n,), q of the row's group.
    """

    weight: Floats
    codes: tuple[Codes, ...]
    scales: tuple[Floats, ...]
    vectors: tuple[Floats, ...]

    def times(self, columns: Floats) -> Floats:
        """V⁻¹ times columns (n, m)."""
        out: Floats = columns * self.weight[:, None]
        for codes, scale, vector in zip(self.codes, self.scales, self.vectors, strict=True):
            for at in range(columns.shape[1]):
                sums = np.bincount(codes, vector * columns[:, at], minlength=len(scale))
                out[:, at] -= vector * (scale * sums)[codes]
        return out

    def among(self, rows: Codes) -> Floats:
        """The blocks (m, s, s) of V⁻¹ that belong to m sets of s rows (m, s)."""
        size = rows.shape[1]
        block: Floats = np.eye(size) * self.weight[rows][:, None, :]
        for codes, scale, vector in zip(self.codes, self.scales, self.vectors, strict=True):
            own, q = codes[rows], vector[rows]
            same = own[:, :, None] == own[:, None, :]
            block = block - same * scale[own][:, :, None] * q[:, :, None] * q[:, None, :]
        return block


def precision_of(variances: Sequence[float], codes: Sequence[Codes], residual: Floats) -> Precision:
    """V⁻¹ for the variances of the levels, innermost first, and residual variances (n,)."""
    found = Precision(1 / residual, (), (), ())
    for variance, own in zip(variances, codes, strict=True):
        present: Floats = (own >= 0).astype(float)
        dense: Codes = np.unique(own, return_inverse=True)[1]
        q = found.times(present[:, None])[:, 0] * present
        total: Floats = np.bincount(dense, q).astype(float)
        found = Precision(
            found.weight,
            (*found.codes, dense),
            (*found.scales, np.asarray(variance / (1 + variance * total), dtype=float)),
            (*found.vectors, q),
        )
    return found
