"""The columns of a mixed model's fixed part: can they be told apart, and a basis of them."""

from collections.abc import Sequence

import numpy as np

from cesp_analysis.arrays import Floats

_WELL_CONDITIONED = 1e-4  # smallest eigenvalue of the columns' correlations: loses 4 of 16 digits
_FEW_COLUMNS = 12  # up to so many a column at a time is faster than the product of matrices
_TIED = 1e-7  # a column this close (relative) to the others' span is collinear: R's lm tolerance


class CollinearColumns(ValueError):
    """Columns of x that others already say; `columns` are their positions from 0."""

    def __init__(self, columns: Sequence[int]) -> None:
        self.columns = tuple(columns)
        super().__init__(f"columns {', '.join(map(str, columns))} are combinations of others")


def usable(x: Floats, weight: Floats | None, y: Floats) -> tuple[Floats, Floats]:
    """The columns x (n, k), each lying together, and x'x; ValueError where there is no fit."""
    x = np.asarray(x, dtype=float)
    if weight is not None and not (np.isfinite(weight).all() and (weight > 0).all()):
        raise ValueError("weights must be above 0; leave out records without one")
    if x.shape[0] <= x.shape[1]:
        raise ValueError(f"{x.shape[0]} rows cannot tell {x.shape[1]} columns apart")
    x = np.asfortranarray(x)  # columns lie together: they are summed
    gram = products(x)
    if not (np.isfinite(gram).all() and np.isfinite(np.vdot(y, y))):
        raise ValueError("y and x must be finite; leave out incomplete rows")
    return x, gram


def products(x: Floats) -> Floats:
    """x'x, for x (n, k) whose columns lie together."""
    k = x.shape[1]
    if k > _FEW_COLUMNS:
        return np.asarray(x.T @ x, dtype=float)
    gram = np.empty((k, k))
    for at, column in enumerate(x.T):
        gram[at, : at + 1] = gram[: at + 1, at] = x.T[: at + 1] @ column
    return gram


def bordered(gram: Floats, x: Floats, y: Floats) -> Floats:
    """Products (k + 1, k + 1) of the columns [x y], from x'x."""
    own = (x.T @ y)[:, None]
    return np.block([[gram, own], [own.T, np.full((1, 1), y @ y)]])


def orthonormal(x: Floats, gram: Floats) -> tuple[Floats, Floats, Floats]:
    """(x, to_basis, root) with x @ to_basis orthonormal and root its inverse, both (k, k).

    Where the columns are well conditioned to_basis comes from the Cholesky root of x'x and no
    row is touched again; else x is replaced by Householder's orthonormal columns. CollinearColumns
    where x has less rank.
    """
    scale = np.sqrt(np.diag(gram))
    if (scale == 0).any():
        raise CollinearColumns([int(i) for i in np.flatnonzero(scale == 0)])
    alike = gram / np.outer(scale, scale)
    if np.linalg.eigvalsh(alike)[0] > _WELL_CONDITIONED:
        root = np.linalg.cholesky(alike).T * scale
        return x, np.asarray(np.linalg.inv(root), dtype=float), root
    basis, root = np.linalg.qr(x / scale)
    tied = np.flatnonzero(np.abs(np.diag(root)) < _TIED)
    if len(tied):
        raise CollinearColumns([int(i) for i in tied])
    return basis, np.eye(x.shape[1]), root * scale
