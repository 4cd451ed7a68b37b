"""What coefficients would be without some of the rows, from one fit: exact, nothing is refitted.

Sources: Cook (1977), Technometrics 19:15-18, for least squares; Christensen, Pearson & Johnson
(1992), Technometrics 34:38-45, for mixed models, where the variance parameters are held.
"""

import numpy as np

from cesp_analysis.models.cluster_sums import Codes, Floats

# Share of the information about some combination of coefficients that must be left: below that the
# rows left out determine it alone, and there is no estimate without them (double precision, as the
# refusal of collinear columns, squared because information is).
LEFT = 1e-12


def without_blocks(basis: Floats, weighted: Floats, score: Floats, codes: Codes) -> Floats:
    """Change (g, k) of coefficients when each of g blocks of rows is left out.

    The blocks are independent of each other, the coefficients in a basis in which the information
    is the identity: basis (n, k) the columns, weighted (n, k) V⁻¹ times them (without correlation
    the columns themselves), score (n,) V⁻¹ times the residuals; codes (n,) 0..g-1. NaN: a block
    without which a coefficient is not determined.
    """
    k, groups = basis.shape[1], int(codes.max()) + 1
    information = np.empty((groups, k, k))
    for i in range(k):
        for j in range(k):
            information[:, i, j] = np.bincount(codes, basis[:, i] * weighted[:, j], groups)
    sums: Floats = np.array([np.bincount(codes, basis[:, i] * score, groups) for i in range(k)]).T
    return _solved((information + information.swapaxes(1, 2)) / 2, sums)


def _solved(information: Floats, sums: Floats) -> Floats:
    """-(I - information)⁻¹ sums (g, k), NaN where I - information is singular."""
    groups, k = sums.shape
    change = np.full((groups, k), np.nan)
    # an eigenvalue of 1 needs a trace of 1: others need no look
    near = np.trace(information, axis1=1, axis2=2) > 0.5
    fine = np.ones(groups, dtype=bool)
    if near.any():
        fine[near] = 1 - np.linalg.eigvalsh(information[near])[:, -1] > LEFT
    rest = np.eye(k) - information[fine]
    change[fine] = -np.linalg.solve(rest, sums[fine][:, :, None])[:, :, 0]
    return change


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
