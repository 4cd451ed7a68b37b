"""What coefficients would be without some of the rows, from one fit: exact, nothing is refitted.

Sources: Cook (1977), Technometrics 19:15-18, for least squares; Christensen, Pearson & Johnson
(1992), Technometrics 34:38-45, for mixed models, where the variance parameters are held.
"""

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.basis_rows import BasisRows

# Share of the information about some combination of coefficients that must be left: below that the
# rows left out determine it alone, and there is no estimate without them (double precision, as the
# refusal of collinear columns, squared because information is).
LEFT = 1e-12
CELLS = 2**22
"""Numbers of the blocks that are looked at together: 32 MB."""


def without_blocks(
    basis: Floats | BasisRows, weighted: Floats | BasisRows, score: Floats, codes: Codes
) -> Floats:
    """Change (g, k) of coefficients when each of g blocks of rows is left out.

    The blocks are independent of each other, the coefficients in a basis in which the information
    is the identity: basis (n, k) the columns, weighted (n, k) V⁻¹ times them (without correlation
    the columns themselves), score (n,) V⁻¹ times the residuals; codes (n,) 0..g-1. NaN: a block
    without which a coefficient is not determined.

    Of a block of fewer rows B than columns, with W its weighted ones, as many equations are solved
    as it has rows: (I - B'W)⁻¹ B' = B' (I - WB')⁻¹.
    """
    k = basis.shape[1]
    change = np.zeros((int(codes.max()) + 1, k))
    for rows in filter(np.size, sets_by_size(codes)):
        step = max(1, CELLS // (k * max(k, rows.shape[1])))
        for own in (rows[start : start + step] for start in range(0, len(rows), step)):
            here = basis[own]
            there = here if weighted is basis else weighted[own]
            change[codes[own[:, 0]]] = _without(here, there, score[own])
    return change


def _without(basis: Floats, weighted: Floats, score: Floats) -> Floats:
    """Change (m, k) without each of m sets of s rows: (m, s, k), (m, s, k), (m, s)."""
    turned = basis.swapaxes(1, 2)
    fine = np.ones(len(basis), dtype=bool)
    # an eigenvalue of 1 needs a trace of 1: others need no look
    if (near := np.einsum("msk,msk->m", basis, weighted) > 0.5).any():
        fine[near] = 1 - np.linalg.eigvalsh(_alike(turned[near] @ weighted[near]))[:, -1] > LEFT
    turned, weighted, score = turned[fine], weighted[fine], score[fine][:, :, None]
    change = np.full((len(fine), basis.shape[2]), np.nan)
    if basis.shape[1] < basis.shape[2]:
        found = turned @ np.linalg.solve(_rest(weighted @ turned), score)
    else:
        found = np.linalg.solve(_rest(_alike(turned @ weighted)), turned @ score)
    change[fine] = -found[:, :, 0]
    return change


def _alike(information: Floats) -> Floats:
    """Matrices (m, k, k) without the rounding that makes them asymmetric."""
    return np.asarray((information + information.swapaxes(1, 2)) / 2)


def _rest(information: Floats) -> Floats:
    """What is left of the identity without matrices (m, s, s)."""
    return np.asarray(np.eye(information.shape[1]) - information)


def without_rows(basis: Floats, residual: Floats, leverage: Floats) -> Floats:
    """Change (n, k) of coefficients when each row is left out of least squares; see above."""
    gone = 1 - leverage
    shrunk = np.divide(residual, gone, out=np.full(len(gone), np.nan), where=gone > LEFT)
    return np.asarray(-basis * shrunk[:, None], dtype=float)


def without_sets(weighted: Floats, score: Floats, blocks: Floats, rows: Codes) -> Floats:
    """Change (m, k) when each of m sets of s rows (m, s) is left out, also of correlated blocks.

    As `without_blocks`, with blocks (m, s, s) of V⁻¹: a coefficient of its own for each row of the
    set takes it out (Haslett 1999, J R Stat Soc B 61:603-9).
    """
    own = weighted[rows]
    middle = blocks - own @ own.swapaxes(1, 2)
    return np.asarray(-np.einsum("msk,ms->mk", own, _pinned(middle, score[rows])))


def _pinned(middle: Floats, score: Floats) -> Floats:
    """middle⁻¹ score (m, s); NaN where the set determines a coefficient alone."""
    size = np.trace(middle, axis1=1, axis2=2) / middle.shape[1]
    values = np.linalg.eigvalsh(middle)
    fine = values[:, 0] > LEFT * np.maximum(values[:, -1], size)
    found = np.full(score.shape, np.nan)
    found[fine] = np.linalg.solve(middle[fine], score[fine][:, :, None])[:, :, 0]
    return found


def sets_by_size(codes: Codes) -> list[Codes]:
    """Rows of each group as sets (m, s), groups of one size together; codes (n,) 0..g-1."""
    order = np.argsort(codes, kind="stable")
    counts = np.bincount(codes)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    return [order[starts[counts == size][:, None] + np.arange(size)] for size in np.unique(counts)]
