"""Least squares, weighted or not, with or without absorbed unit effects, and its inference.

Arrays in, frozen records out. Which rows, which columns and which words is the caller's business.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.cluster_sums import sums_by
from cesp_analysis.models.refusals import Collinear, NotEstimable

Covariance = Literal["classical", "HC2", "CR1", "CR2"]

# A column is dependent when what the columns before leave of it is below this part of its length:
# the tolerance and the order of R's lm, so that both drop or refuse the same columns.
DEPENDENT = 1e-7
# Columns of length 1 whose x'x has no smaller eigenvalue than this are far from dependent: sums of
# squares then lose no more than three of sixteen digits.
FAR = 1e-3
# Of MANY columns reflections take too long, and a copy of all: from sums of squares twice (Yamamoto
# et al. 2015, ETNA 44:306-26) the root has all its digits where no eigenvalue is below NEAR.
MANY, NEAR = 32, 1e-7
ROWS = 2**14
"""Rows of the basis that are looked at together."""
# Numbers this small beside the outcome's largest are rounding (2e-16, times a margin for sums).
ROUNDING = 1e-12


@dataclass(frozen=True)
class LeastSquares:
    """A fit of n_obs rows and k columns; coefficients in the order of x, in the outcome's unit.

    coef (k,); x (n_obs, k) and basis (n_obs, k), root (k, k): x is the design after absorption,
    each row times the square root of its weight, x = basis @ root, basis orthonormal; residuals
    (n_obs,): of the outcome itself, not weighted; bread (k, k): inverse of x'x; weights (n_obs,):
    scaled to mean 1; units (n_obs,): codes of the absorbed effects or None; kept (n,): the given
    rows that took part (weight above 0 and, with absorption, not alone in their unit);
    outcome (n_obs,): as given; n_parameters: k + absorbed effects; r_squared: share of the
    (weighted) variance explained, by absorbed effects too, about 0 if the columns hold no constant;
    residual_variance: weighted sum of squares / (n_obs - n_parameters); outcome_size: largest
    absolute outcome.
    """

    coef: Floats
    x: Floats
    root: Floats
    residuals: Floats
    bread: Floats
    weights: Floats
    units: Codes | None
    kept: np.ndarray[tuple[int], np.dtype[np.bool_]]
    outcome: Floats
    n_obs: int
    n_parameters: int
    r_squared: float
    residual_variance: float
    outcome_size: float
    factor: Floats | None = field(repr=False, compare=False)
    memory: dict[str, Any] = field(init=False, repr=False, compare=False, default_factory=dict)
    """What inference by the last clusters asked about needs for every contrast, see sandwich."""

    @cached_property
    def basis(self) -> Floats:
        """The orthonormal columns: factor, where it was made, else now."""
        return self.x @ np.linalg.inv(self.root) if self.factor is None else self.factor


def least_squares(
    y: Floats, x: Floats, weights: Floats | None = None, absorb: Codes | None = None
) -> LeastSquares:
    """Fit y (n,) on x (n, k), by weights (n,), within the units of absorb (n,).

    With `absorb`, x holds no constant and nothing that is constant within units.
    Raises NotEstimable (nothing varies, too few rows), Collinear, ValueError (missing values).
    """
    y, x, weights, kept = _usable(y, x, weights, absorb)
    units = None if absorb is None else np.unique(np.asarray(absorb)[kept], return_inverse=True)[1]
    root_w = np.sqrt(weights)
    within = within_units(y[:, None], weights, units)[:, 0]
    refuse_constant(within, y, units)
    own_y, own = within * root_w, within_units(x, weights, units) * root_w[:, None]
    gram = own.T @ own
    lengths = np.diag(gram) if units is None else np.einsum("nk,nk->k", x, x * weights[:, None])
    basis, root = _factors(own, gram, np.sqrt(lengths), units)
    return _finished(y, own_y, own, root, weights, units, kept, basis)


def of_coefficients(
    y: Floats, x: Floats, weights: Floats | None, coef: Floats, gram: Floats
) -> LeastSquares:
    """The fit whose coefficients (k,) and x'wx (k, k), by the weights as they are given, were found
    with those of other outcomes (models/survey_many.py), of columns far from dependent.

    Raises NotEstimable as `least_squares` does.
    """
    y, x, scaled, kept = _usable(y, x, weights, None)
    refuse_constant(y, y, None)
    root_w = np.sqrt(scaled)
    if weights is not None:  # gram is of weights as given, the fit of those of mean 1
        gram = gram * float(scaled[0] / weights[kept][0])
    root = np.asarray(np.linalg.cholesky(gram).T, dtype=np.float64)
    return _finished(y, y * root_w, x * root_w[:, None], root, scaled, None, kept, None, coef)


def _finished(
    y: Floats,
    own_y: Floats,
    own: Floats,
    root: Floats,
    weights: Floats,
    units: Codes | None,
    kept: np.ndarray[tuple[int], np.dtype[np.bool_]],
    basis: Floats | None,
    coef: Floats | None = None,
) -> LeastSquares:
    """The fit of own_y (n,) on own (n, k) = basis @ root, both times the roots of weights."""
    n, k = own.shape
    n_parameters = k + (0 if units is None else int(units.max()) + 1)
    if n <= n_parameters:
        raise NotEstimable(f"{n} rows are too few for {n_parameters} coefficients and a variance")
    inverse, root_w = np.linalg.inv(root), np.sqrt(weights)
    bread = inverse @ inverse.T
    if coef is None and basis is not None:
        coef = np.asarray(np.linalg.solve(root, basis.T @ own_y), dtype=np.float64)
    elif coef is None:
        coef = bread @ (own.T @ own_y)
        coef = coef + bread @ (own.T @ (own_y - own @ coef))  # what rounding left of the first
    residual = own_y - own @ coef
    seen = inverse.T @ (own.T @ root_w) if basis is None else basis.T @ root_w
    whole = sum_of_squares(y, weights, seen, units)
    return LeastSquares(
        coef=coef,
        x=own,
        root=root,
        residuals=residual / root_w,
        bread=bread,
        weights=weights,
        units=units,
        kept=kept,
        outcome=y,
        n_obs=n,
        n_parameters=n_parameters,
        r_squared=1 - float(residual @ residual) / whole,
        residual_variance=float(residual @ residual) / (n - n_parameters),
        outcome_size=float(np.max(np.abs(y))),
        factor=basis,
    )


def _usable(
    y: Floats, x: Floats, weights: Floats | None, absorb: Codes | None
) -> tuple[Floats, Floats, Floats, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """The rows that carry information, with weights of mean 1."""
    y, x = np.asarray(y, dtype=np.float64), np.asarray(x, dtype=np.float64)
    weights = np.ones(len(y)) if weights is None else np.asarray(weights, dtype=np.float64)
    if not (np.isfinite(y).all() and np.isfinite(x).all() and np.isfinite(weights).all()):
        raise ValueError("least squares takes complete rows only")
    if np.any(weights < 0):
        raise NotEstimable("a weight is below zero")
    kept = weights > 0
    if absorb is not None:
        # A row alone in its unit fits itself; counted, it would inflate n and the number of
        # clusters (Correia 2015, "Singletons, cluster-robust standard errors and fixed effects").
        _, code = np.unique(absorb, return_inverse=True)
        kept &= np.bincount(code, weights=kept)[code] > 1
    if not kept.any():
        raise NotEstimable("no unit has two rows" if absorb is not None else "there are no rows")
    weights = weights[kept]
    scaled = np.ones_like(weights) if np.ptp(weights) == 0 else weights / weights.mean()
    return (y, x, scaled, kept) if kept.all() else (y[kept], x[kept], scaled, kept)


def within_units(values: Floats, weights: Floats, units: Codes | None) -> Floats:
    """Deviations of values (n, m) from their unit's weighted mean."""
    if units is None:
        return values
    means = sums_by(values * weights[:, None], units) / sums_by(weights[:, None], units)
    return np.asarray(values - means[units])


def refuse_constant(own: Floats, y: Floats, units: Codes | None) -> None:
    """Raises NotEstimable where y (n,), of which own is left within units, does not vary."""
    if np.ptp(own) <= ROUNDING * np.max(np.abs(y)):
        within = "" if units is None else " within units: each has the same value at every time"
        raise NotEstimable(f"what is compared, the outcome or its change, does not vary{within}")


def _factors(
    x: Floats, gram: Floats, lengths: Floats, units: Codes | None
) -> tuple[Floats | None, Floats]:
    """x = basis @ root; lengths (k,) of the columns before absorption set the tolerance.

    Where the columns are far from dependent the root is that of gram = x'x, several times faster
    than reflections, and the basis (None) waits until it is asked for.
    """
    if x.shape[1] == 0:
        raise ValueError("the design has no columns")
    safe = np.where(lengths > 0, lengths, 1.0)
    alike = gram / np.outer(safe, safe)
    smallest = np.linalg.eigvalsh(alike)[0]
    if smallest > FAR:
        return None, np.linalg.cholesky(alike).T * safe
    if x.shape[1] >= MANY and smallest > NEAR:
        return None, _twice(x, safe, np.linalg.cholesky(alike).T) * safe
    basis, root = np.linalg.qr(x / safe)
    if len(root) == x.shape[1] and np.abs(np.diag(root)).min() > 2 * DEPENDENT:
        return basis, root * safe  # the diagonal is what is left of each column, to rounding
    columns = root.T if len(root) == x.shape[1] else (x / safe).T
    found: list[Floats] = []
    dependent = []
    for position, column in enumerate(columns):
        rest = column
        for _ in range(2):  # twice is enough (Giraud et al. 2005): orthogonal to rounding
            for axis in found:
                rest = rest - axis * (axis @ rest)
        length = float(np.linalg.norm(rest))
        if length <= DEPENDENT:
            dependent.append(position)
        else:
            found.append(rest / length)
    if dependent:
        raise Collinear(dependent, within_units=units is not None)
    return basis, root * safe


def _twice(x: Floats, scale: Floats, root: Floats) -> Floats:
    """The root (k, k) of x / scale to all digits, from one of fewer."""
    turn = np.linalg.inv(root) / scale[:, None]
    gram = np.zeros(root.shape)
    for start in range(0, len(x), ROWS):
        basis = x[start : start + ROWS] @ turn
        gram += basis.T @ basis
    return np.asarray(np.linalg.cholesky(gram).T @ root)


def sum_of_squares(y: Floats, weights: Floats, seen: Floats, units: Codes | None) -> float:
    """The sum of squares of the outcome, about its mean if a constant is in the model.

    seen (k,): the constant in the basis; in the model it is seen whole, to 1e-5 of its length.
    """
    whole = float(weights.sum())
    has_constant = units is not None or whole - float(seen @ seen) <= 1e-10 * whole
    centre = float(weights @ y) / whole if has_constant else 0.0
    return float(weights @ (y - centre) ** 2)
