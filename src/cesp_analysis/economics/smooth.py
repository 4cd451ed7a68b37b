"""A smooth regression on up to a few variables: main effects and pairs, penalised by REML.

Each variable has a straight line (not penalised) and a cubic spline with knots at quantiles, whose
roughness ∫ f''² is penalised; each pair has the product of the lines (not penalised) and products
of the smoothest parts of both. Every penalised block has a variance of its own, by REML: the
fixed-point step of Harville (1977, J Am Stat Assoc 72:320-38), as generalised by Wood &
Fasiolo (2017, Biometrics 73:1071-81). Interactions of three variables are not fitted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Floats

KNOTS = 12  # intervals of a spline: as mgcv's ten functions a variable, and two
SMOOTHEST = 3  # wiggly functions of each variable that enter products
LONGEST = 1e3
"""Roughness goes with the third power of a width: from a thousandth of another on, 1e9 apart."""
SAME = 1e-9  # relative: columns that others make up but for rounding
STEPS, SETTLED = 2000, 1e-6  # SDs of y by which a step moves fitted values when it stops
NARROWEST, WIDEST = 1e-12, 1e12  # of a block's variance over the residual's


@dataclass(frozen=True)
class Basis:
    """Columns (B, q), the first of them free; block (q,): which penalty a column has, −1 none."""

    columns: Floats
    block: NDArray[np.int64]


@dataclass(frozen=True)
class Fitted:
    """A fit: values (B,); coefficients (q,), their covariance (q, q) given the data (Bayesian, of
    the penalty as a prior); residual variance; effective number of parameters."""

    values: Floats
    coefficients: Floats
    covariance: Floats
    residual_variance: float
    effective: float


def basis(variables: Floats) -> Basis:
    """The columns for variables (B, p). A variable that does not vary is left out; one that others
    make up in a straight line adds no line of its own."""
    x = np.asarray(variables, dtype=np.float64)
    if x.ndim != 2 or not np.isfinite(x).all():
        raise ValueError(f"variables must be finite, (B, p), not {x.shape}")
    x = np.column_stack([_evened(one) for one in x.T]) if x.size else x
    spread = x.std(axis=0)
    varies = spread > SAME * np.maximum(np.abs(x).max(axis=0, initial=0.0), np.finfo(float).tiny)
    lines = list(((x[:, varies] - x[:, varies].mean(axis=0)) / spread[varies]).T)
    wiggles = [_wiggly(line) for line in lines]
    pairs = list(combinations(range(len(lines)), 2))
    free = [np.ones(len(x)), *lines, *(lines[a] * lines[b] for a, b in pairs)]
    unpenalised = _independent(np.column_stack(free))
    blocks = [*wiggles, *(_products(lines, wiggles, a, b) for a, b in pairs)]
    blocks = [one for one in blocks if one.shape[1]]
    numbers = [np.full(one.shape[1], number) for number, one in enumerate(blocks)]
    of_free = np.full(unpenalised.shape[1], -1)
    return Basis(
        np.column_stack([unpenalised, *blocks]), np.concatenate([of_free, *numbers]).astype(int)
    )


def _evened(variable: Floats) -> Floats:
    """A variable (B,), by its normal scores if its tail is so long that splines between its
    quantiles are of sizes that no number holds together: what is expected given the one is what
    is expected given the other."""
    between = np.diff(np.unique(np.quantile(variable, np.linspace(0, 1, KNOTS + 1))))
    if len(between) < 2 or between.max() <= LONGEST * between.min():
        return variable
    from scipy.special import ndtri
    from scipy.stats import rankdata

    return np.asarray(ndtri((rankdata(variable) - 0.5) / len(variable)))


def _wiggly(line: Floats) -> Floats:
    """Spline functions (B, q) of a variable without its constant and line, the smoothest first,
    each with a roughness of 1."""
    from scipy.interpolate import BSpline

    inner = np.unique(np.quantile(line, np.linspace(0, 1, KNOTS + 1)))
    if len(inner) < 3:  # two different values have a line alone
        return np.empty((len(line), 0))
    knots = np.concatenate([np.repeat(inner[0], 3), inner, np.repeat(inner[-1], 3)])
    at = np.concatenate([inner[:-1] + np.diff(inner) * share for share in _GAUSS])
    length = np.tile(np.diff(inner) / 2, 2)
    count = len(knots) - 4
    bent = BSpline(knots, np.eye(count), 3).derivative(2)(at)
    values, vectors = np.linalg.eigh((bent * length[:, None]).T @ bent)
    functions = BSpline.design_matrix(line, knots, 3) @ (vectors[:, 2:] / np.sqrt(values[2:]))
    return np.asarray(functions)


_GAUSS = (0.5 - 0.5 / np.sqrt(3), 0.5 + 0.5 / np.sqrt(3))
"""Gauss's two points of an interval: exact for the square of a line."""


def _products(lines: list[Floats], wiggles: list[Floats], a: int, b: int) -> Floats:
    """Products of two variables' smoothest parts, but for that of their lines."""
    parts = [np.column_stack([lines[i], wiggles[i][:, :SMOOTHEST]]) for i in (a, b)]
    every = parts[0][:, :, None] * parts[1][:, None, :]
    return np.asarray(every.reshape(len(every), -1)[:, 1:])


def _independent(columns: Floats) -> Floats:
    """Orthogonal columns of the same space, scaled as values of size 1."""
    left, size, _ = np.linalg.svd(columns, full_matrices=False)
    return np.asarray(left[:, size > SAME * size[0]] * np.sqrt(len(columns)))


def smooth(y: Floats, made: Basis) -> Fitted:
    """The REML fit of y (B,) on the columns; ValueError if there are too few rows for them.

    A y that does not vary beyond rounding is its mean.
    """
    x, block = made.columns, made.block
    rows, width = x.shape
    if rows <= 2 * width:
        raise ValueError(f"{rows} draws are too few for a regression on {width} functions")
    middle = y.mean()
    scale = float(y.std())
    if scale <= SAME * max(abs(middle), np.finfo(float).tiny):
        zero = np.zeros((width, width))
        return Fitted(np.full(rows, middle), np.zeros(width), zero, 0.0, 1.0)
    target = (y - middle) / scale
    gram, xy = x.T @ x, x.T @ target
    beta, inverse, variance = _settled(gram, xy, float(target @ target), rows, block)
    effective = float((inverse * gram).sum())
    return Fitted(
        x @ beta * scale + middle, beta * scale, inverse * variance * scale**2,
        variance * scale**2, effective,
    )  # fmt: skip


def _settled(
    gram: Floats, xy: Floats, yy: float, rows: int, block: NDArray[np.int64]
) -> tuple[Floats, Floats, float]:
    """Coefficients, inverse of the penalised cross-products, residual variance, at the REML
    optimum of the blocks' variances."""
    ratio = np.ones(int(block.max(initial=-1)) + 1)  # of a block's variance to the residual's
    last = np.zeros(len(xy))
    for _ in range(STEPS):
        penalty = np.where(block >= 0, 1 / np.append(ratio, 1.0)[block], 0.0)
        inverse = np.linalg.inv(gram + np.diag(penalty))
        beta = inverse @ xy
        rest = yy - 2 * beta @ xy + beta @ gram @ beta
        effective = 1 - penalty * inverse.diagonal()  # of each column
        variance = max(float(rest), SAME * yy) / (rows - effective.sum())
        moved = beta - last
        if moved @ gram @ moved <= SETTLED**2 * rows:
            return beta, inverse, variance
        last, ratio = beta, np.array(list(_ratios(beta, effective, variance, block)))
    raise ArithmeticError(f"the smooth regression did not settle in {STEPS} steps")


def _ratios(
    beta: Floats, effective: Floats, variance: float, block: NDArray[np.int64]
) -> Iterator[float]:
    """The next variance of each block over the residual's."""
    for number in range(int(block.max(initial=-1)) + 1):
        own = block == number
        size = float(beta[own] @ beta[own]) / (variance * max(float(effective[own].sum()), SAME))
        yield min(max(size, NARROWEST), WIDEST)
