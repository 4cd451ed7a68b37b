"""Structures of the covariance of a person's answers at several times, with their derivatives.

The parameters are those that SAS's PROC MIXED prints (variances and covariances where the matrix is
linear in them, else variances and correlations): Kenward & Roger's adjustment depends on the choice
where it is not linear. 'Neighbouring' times are so by their order, whatever lies between them.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Floats

Structure = Literal[
    "unstructured",
    "compound_symmetry",
    "heterogeneous_compound_symmetry",
    "ar1",
    "heterogeneous_ar1",
    "toeplitz",
    "heterogeneous_toeplitz",
]
STRUCTURES: tuple[Structure, ...] = get_args(Structure)
BY_LAG: tuple[Structure, ...] = STRUCTURES[3:]
"""Structures in which a correlation depends on how many times lie between two answers."""


VARIANCE_A_TIME: tuple[Structure, ...] = tuple(
    name for name in STRUCTURES if name == "unstructured" or name.startswith("heterogeneous")
)
"""Structures that stay what they are when each time's answers have a unit of their own."""


@dataclass(frozen=True)
class Covariance:
    """A covariance matrix (t, t) at r parameters, and its derivatives in them.

    first (r, t, t); second (r, r, t, t), None where the matrix is linear in its parameters.
    """

    matrix: Floats
    first: Floats
    second: Floats | None


def covariance_at(structure: Structure, parameters: Floats, times: int) -> Covariance:
    """The covariance of `times` answers at these parameters (r,), in the order of `start`."""
    basis = _linear_basis(structure, times)
    if basis is not None:
        return Covariance(np.tensordot(parameters, basis, 1), basis, None)
    return _scaled_correlation(structure, parameters, times)


def start(structure: Structure, moments: Floats) -> Floats:
    """Parameters (r,) of the structure that are nearest to a covariance matrix (t, t)."""
    times = len(moments)
    basis = _linear_basis(structure, times)
    if basis is not None:
        flat = basis.reshape(len(basis), -1)
        return np.asarray(np.linalg.solve(flat @ flat.T, flat @ moments.ravel()), dtype=float)
    variances = np.diag(moments)
    correlations = moments / np.sqrt(np.outer(variances, variances))
    lag = _lags(times)
    by_lag = np.array([correlations[lag == k].mean() for k in range(1, times)])
    if structure == "heterogeneous_compound_symmetry":
        by_lag = np.array([correlations[lag > 0].mean()])
    elif structure != "heterogeneous_toeplitz":
        by_lag = by_lag[:1]
    return np.concatenate([[variances.mean()] if structure == "ar1" else variances, by_lag])


def pairs_needed(structure: Structure, times: int) -> list[list[tuple[int, int]]]:
    """Pairs of times of which at least one must be answered by the same person, a list each.

    Without it a covariance (or a correlation at some lag) has no data at all.
    """
    pairs = [(a, b) for a in range(times) for b in range(a + 1, times)]
    if structure == "unstructured":
        return [[pair] for pair in pairs]
    if structure.endswith("toeplitz"):
        return [[(a, b) for a, b in pairs if b - a == lag] for lag in range(1, times)]
    return [pairs] if pairs else []


def _lags(times: int) -> NDArray[np.intp]:
    order = np.arange(times)
    return np.asarray(np.abs(order[:, None] - order))


def _linear_basis(structure: Structure, times: int) -> Floats | None:
    """Matrices (r, t, t) of which a linear structure is a weighted sum; None for the others."""
    if structure == "unstructured":
        rows, columns = np.tril_indices(times)
        basis = np.zeros((len(rows), times, times))
        index = np.arange(len(rows))
        basis[index, rows, columns] = basis[index, columns, rows] = 1.0
        return basis
    if structure == "compound_symmetry":
        return np.stack([np.eye(times), np.ones((times, times))])
    if structure == "toeplitz":
        return np.asarray(_lags(times) == np.arange(times)[:, None, None], dtype=float)
    return None


def _scaled_correlation(structure: Structure, parameters: Floats, times: int) -> Covariance:
    """sqrt(v_a v_b) c_ab: variances v (one, or one a time), then correlations."""
    variances = 1 if structure == "ar1" else times
    v, correlation = parameters[:variances], _correlation(structure, parameters[variances:], times)
    if (v <= 0).any():
        raise np.linalg.LinAlgError("a variance is not above zero")
    share = np.full((1, times, times), 1.0)  # of log v_h in the log of the entry's scale
    if structure != "ar1":
        own = np.eye(times)
        share = (own[:, :, None] + own[:, None, :]) / 2
    scale = np.exp(np.tensordot(np.log(v), share, 1))
    in_v = share / v[:, None, None]
    matrix = scale * correlation.matrix
    first = np.concatenate([matrix * in_v, scale * correlation.first])
    second = np.zeros((len(parameters), *first.shape))
    second[:variances, :variances] = matrix * in_v[:, None] * in_v
    for h in range(variances):
        second[h, h] -= matrix * in_v[h] / v[h]
    cross = in_v[:, None] * (scale * correlation.first)
    second[:variances, variances:] = cross
    second[variances:, :variances] = np.swapaxes(cross, 0, 1)
    if correlation.second is not None:
        second[variances:, variances:] = scale * correlation.second
    return Covariance(matrix, first, second)


def _correlation(structure: Structure, rho: Floats, times: int) -> Covariance:
    """Correlations as a covariance structure of variances 1."""
    lag, one = _lags(times), np.eye(times)
    if structure == "heterogeneous_compound_symmetry":
        apart = (lag > 0).astype(float)
        return Covariance(one + rho[0] * apart, apart[None], None)
    if structure == "heterogeneous_toeplitz":
        basis = (lag == np.arange(1, times)[:, None, None]).astype(float)
        return Covariance(one + np.tensordot(rho, basis, 1), basis, None)
    first = lag * rho[0] ** np.maximum(lag - 1, 0)
    second = lag * (lag - 1) * rho[0] ** np.maximum(lag - 2, 0)
    return Covariance(rho[0] ** lag, first[None], second[None, None])
