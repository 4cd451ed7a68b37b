"""Incremental cost and QALYs by two regressions together, of many samples at once.

Seemingly unrelated regressions (Zellner 1962, JASA 57:348-68), in two steps: least squares of each
equation, then generalised least squares with the covariance of their residuals. Where both have the
same columns that is least squares, exactly. What both equations hold is taken out first, by a
Cholesky factor of all products of columns (Frisch & Waugh 1933), so that a sample costs one small
factor and one small system, whatever its number of people.
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.models.cluster_sums import Floats

Together = tuple[int, int, int]
"""How many columns stand first: of both equations (the arm the last), of cost's own, of QALYs'."""
DEPENDENT = 1e-14
"""A squared pivot below this share of its column's sum of squares: it says what others say (1e-7 of
its length, as in models/least_squares.py)."""


@dataclass(frozen=True)
class Bivariate:
    """effects (B, 2): of the arm on cost and on QALYs; singular (B,): samples whose columns say the
    same thing twice, of which the effects are NaN. A column that is 0 for a whole sample (a
    category that nobody drawn has) takes no part in it."""

    effects: Floats
    singular: np.ndarray


def arranged(
    cost: Floats, qaly: Floats, cost_x: Floats, qaly_x: Floats, arm: int = 1
) -> tuple[Floats, Together]:
    """All columns (n, m): those of both equations, the arm the last of them, cost's own, QALYs'
    own, cost, QALYs. cost_x (n, k), qaly_x (n, l): columns of each, the arm in the same place."""
    own = [column.tobytes() for column in qaly_x.T]
    shared = [at for at in range(cost_x.shape[1]) if cost_x[:, at].tobytes() in own]
    if arm not in shared:
        raise ValueError("the arm must be a column of both equations")
    both = [at for at in shared if at != arm] + [arm]
    known = {cost_x[:, at].tobytes() for at in both}
    of_cost = [at for at in range(cost_x.shape[1]) if at not in both]
    of_qaly = [at for at in range(qaly_x.shape[1]) if qaly_x[:, at].tobytes() not in known]
    columns = [cost_x[:, both], cost_x[:, of_cost], qaly_x[:, of_qaly], cost, qaly]
    return np.column_stack(columns), (len(both), len(of_cost), len(of_qaly))


def weighted(columns: Floats, together: Together, weights: Floats) -> Bivariate:
    """Effects of B samples in which the people (n,) stand `weights` (B, n) times each."""
    scale = _scale((columns**2).mean(axis=0))
    z = columns / scale
    m = z.shape[1]
    rows, cols = np.tril_indices(m)
    products = np.ascontiguousarray((z[:, rows] * z[:, cols]).T) @ weights.T
    sums = np.zeros((m, m, len(weights)))
    sums[rows, cols] = products
    found = of_sums(sums, together)
    unit = scale[-2:] / scale[together[0] - 1]
    return Bivariate(found.effects * unit, found.singular)


def stacked(columns: Floats, together: Together) -> Bivariate:
    """Effects of B samples, each with columns (B, n, m) of its own, all with as many people."""
    scale = _scale((columns**2).mean(axis=(0, 1)))
    z = columns / scale
    products = np.tril(z.transpose(0, 2, 1) @ z)
    sums = np.ascontiguousarray(products.transpose(1, 2, 0))
    found = of_sums(sums, together)
    unit = scale[-2:] / scale[together[0] - 1]
    return Bivariate(found.effects * unit, found.singular)


def _scale(squares: Floats) -> Floats:
    """The power of two next to a column's size, 1 for 0: dividing by it rounds nothing, so that a
    sample's effects are the same bits whatever others are made with it."""
    known = np.where(squares > 0, squares, 1.0)
    return np.asarray(np.exp2(np.round(np.log2(known) / 2)))


def of_sums(sums: Floats, together: Together) -> Bivariate:
    """Effects from products of columns (m, m, B), the lower half of each; overwrites them."""
    k, of_cost, of_qaly = together
    size = np.stack([sums[j, j] for j in range(k, len(sums) - 2)] or [np.ones(sums.shape[2])])
    bad = _factor(sums, k)
    effects = sums[k:, k - 1] / sums[k - 1, k - 1]  # of the arm on each later column
    rest = _rest(sums, k)
    c, q = of_cost + of_qaly, of_cost + of_qaly + 1
    own = slice(0, of_cost), slice(of_cost, of_cost + of_qaly)
    for at in own:
        bad |= _dependent(rest[at, at], size[at])
    slopes = [_solved(rest[at, at], rest[at, y], bad) for at, y in zip(own, (c, q), strict=True)]
    if of_cost or of_qaly:
        slopes = _together(rest, own, (c, q), slopes, bad)
    parts = [
        effects[y] - np.einsum("jb,jb->b", effects[at], slope)
        for at, y, slope in zip(own, (c, q), slopes, strict=True)
    ]
    found = np.stack(parts, axis=1)
    found[bad] = np.nan
    return Bivariate(found, bad)


def _factor(sums: Floats, k: int) -> np.ndarray:
    """The first k columns of the Cholesky factors in place; which samples (B,) have none."""
    size = np.stack([sums[j, j] for j in range(k)])
    bad = np.zeros(sums.shape[2], dtype=bool)
    for j in range(k):
        for i in range(j):
            sums[j:, j] -= sums[j:, i] * sums[j, i]
        absent = size[j] == 0
        lost = ~absent & (sums[j, j] <= DEPENDENT * size[j])
        bad |= lost | (absent if j == k - 1 else False)  # nobody of an arm: no effect of it
        pivot = np.sqrt(np.where(absent | lost, 1.0, sums[j, j]))
        sums[j:, j] = np.where(absent, 0.0, sums[j:, j] / pivot)
        sums[j, j] = pivot
    return bad


def _dependent(rest: Floats, size: Floats) -> np.ndarray:
    """Samples (B,) in which one equation's own columns say what others say.

    rest (j, j, B): what the shared ones leave of them; size (j, B): their sums of squares.
    """
    j = len(rest)
    if j == 0:
        return np.zeros(rest.shape[2], dtype=bool)
    own = np.arange(j)
    squares, absent = rest[own, own], size == 0
    found = (~absent & (squares <= DEPENDENT * size)).any(axis=0)
    scale = np.sqrt(np.where(squares > 0, squares, 1.0))
    alike = rest / scale / scale[:, None]
    alike[own, own] = 1.0
    return np.asarray(found | (np.linalg.det(alike.transpose(2, 0, 1)) <= DEPENDENT))


def _rest(sums: Floats, k: int) -> Floats:
    """Products (s, s, B) of the later columns less what the first k explain of them."""
    later = sums[k:, k:]
    low = sums[k:, :k]
    whole = later + later.transpose(1, 0, 2)
    own = np.arange(len(later))
    whole[own, own] = later[own, own]
    return np.asarray(whole - np.einsum("ijb,ljb->ilb", low, low))


def _together(
    rest: Floats,
    own: tuple[slice, slice],
    y: tuple[int, int],
    slopes: list[Floats],
    bad: np.ndarray,
) -> list[Floats]:
    """Slopes of each equation's own columns by generalised least squares."""
    s = [[_residual(rest, own, y, slopes, a, b) for b in (0, 1)] for a in (0, 1)]
    determinant = s[0][0] * s[1][1] - s[0][1] ** 2
    plain = determinant <= DEPENDENT * s[0][0] * s[1][1]  # one is the other: least squares stands
    scale = np.where(plain, 1.0, determinant)
    inverse = [[s[1][1] / scale, -s[0][1] / scale], [-s[0][1] / scale, s[0][0] / scale]]
    blocks = [[rest[own[a], own[b]] * inverse[a][b] for b in (0, 1)] for a in (0, 1)]
    left = np.concatenate([np.concatenate(row, axis=1) for row in blocks])
    right = np.concatenate(
        [sum(rest[own[a], y[b]] * inverse[a][b] for b in (0, 1)) for a in (0, 1)]
    )
    solved = _solved(left, right, bad | plain)
    at = own[0].stop
    return [
        np.where(plain, before, after)
        for before, after in zip(slopes, (solved[:at], solved[at:]), strict=True)
    ]


def _residual(
    rest: Floats, own: tuple[slice, slice], y: tuple[int, int], slopes: list[Floats], a: int, b: int
) -> Floats:
    """Products (B,) of the residuals of equations a and b."""
    whole = rest[y[a], y[b]]
    whole = whole - np.einsum("jb,jb->b", slopes[a], rest[own[a], y[b]])
    whole = whole - np.einsum("jb,jb->b", slopes[b], rest[own[b], y[a]])
    return np.asarray(whole + np.einsum("jb,jlb,lb->b", slopes[a], rest[own[a], own[b]], slopes[b]))


def _solved(left: Floats, right: Floats, bad: np.ndarray) -> Floats:
    """Solutions (j, B) of systems (j, j, B); a column that is 0 throughout gets 0."""
    j = len(left)
    if j == 0:
        return np.zeros((0, left.shape[-1]))
    if j == 1:
        some = left[0, 0] != 0
        return np.asarray(np.where(some, right[0] / np.where(some, left[0, 0], 1.0), 0.0))[None]
    system = left.transpose(2, 0, 1).copy()
    own = np.arange(j)
    system[:, own, own] += (system[:, own, own] == 0) * 1.0
    system[bad] = np.eye(j)
    return np.asarray(np.linalg.solve(system, right.T[:, :, None])[:, :, 0].T, dtype=float)
