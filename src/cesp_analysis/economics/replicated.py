"""The differences in mean cost and QALY in many weighted replicates of the people at once.

The estimator of economics/bivariate.py, from moments: one product of matrices gives the weighted
sums of products of columns of all replicates, and what follows is arithmetic of arrays over
replicates (economics/eliminated.py). What both equations hold is eliminated first: given the
coefficients of the columns that one equation has alone, the rest is least squares.
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.economics.bivariate import errors_covariance, shared
from cesp_analysis.economics.eliminated import Bools, applied, eliminated, inner, solved
from cesp_analysis.models.cluster_sums import Floats
from cesp_analysis.models.least_squares import least_squares
from cesp_analysis.models.survey_many import LEAST

ROWS = 512
"""Replicates that are worked on at once: their tables stay in a core's cache."""


@dataclass(frozen=True)
class System:
    """Two regressions made ready for replicates of n people.

    products (p, n): of pairs of columns; index (m, m): where each pair is among them; the columns
    are those of both equations (`common` of them), of the cost alone, of the QALY alone (`own`),
    the two outcomes. Columns are turned orthonormal, outcomes are residuals of scale 1 of the
    whole sample: weighted sums of squares then lose no digits, and delta = start + scale * lead @
    coefficients. lead: per equation, (common + own,); columns: (kc, kq).
    """

    products: Floats
    index: np.ndarray[tuple[int, int], np.dtype[np.intp]]
    common: int
    own: tuple[int, int]
    start: Floats
    scale: Floats
    lead: tuple[Floats, Floats]


def prepared(
    cost: Floats, qaly: Floats, cost_x: Floats, qaly_x: Floats, arms: tuple[int, int]
) -> System:
    """The system of cost (n,) on cost_x (n, kc), QALY (n,) on qaly_x (n, kq); arms: as `fitted`.

    Raises as `fitted` does.
    """
    designs, outcomes = (cost_x, qaly_x), (cost, qaly)
    pairs = np.array(shared(cost_x, qaly_x), dtype=np.intp).reshape(-1, 2)
    fits = [least_squares(y, x) for y, x in zip(outcomes, designs, strict=True)]
    errors_covariance(fits)  # refuses what has no joint distribution
    turned = [_turned(x, pairs[:, i], arms[i]) for i, x in enumerate(designs)]
    common = len(pairs)
    parts = [turned[0][0], turned[1][0][:, common:]]
    scale = np.array([np.sqrt(fit.residual_variance) for fit in fits])
    parts += [(fit.residuals / size)[:, None] for fit, size in zip(fits, scale, strict=True)]
    products, index = _products(np.hstack(parts))
    start = np.array([fit.coef[arm] for fit, arm in zip(fits, arms, strict=True)])
    own = cost_x.shape[1] - common, qaly_x.shape[1] - common
    return System(products, index, common, own, start, scale, (turned[0][1], turned[1][1]))


def _turned(x: Floats, first: np.ndarray, arm: int) -> tuple[Floats, Floats]:
    """Orthonormal columns (n, k) times sqrt(n), those of `first` first; what each counts in the
    arm's coefficient (k,)."""
    order = [*first, *(j for j in range(x.shape[1]) if j not in first)]
    basis, root = np.linalg.qr(x[:, order])
    size = np.sqrt(len(x))
    return basis * size, np.linalg.inv(root)[order.index(arm)] * size


def _products(columns: Floats) -> tuple[Floats, np.ndarray]:
    """Products (p, n) of all pairs of columns (n, m), and where each pair is (m, m)."""
    m = columns.shape[1]
    left, right = np.triu_indices(m)
    index = np.empty((m, m), dtype=np.intp)
    index[left, right] = index[right, left] = np.arange(len(left))
    return np.ascontiguousarray((columns[:, left] * columns[:, right]).T), index


def replicated(system: System, weights: Floats) -> Floats:
    """Difference in mean cost and in mean QALY (B, 2) by each row of weights (B, n), at least 0.

    NaN where a replicate has no answer: columns that depend on each other in it (a category that
    nobody drawn has), or errors of cost and QALY that are proportional.
    """
    parts = [_block(system, weights[at : at + ROWS]) for at in range(0, len(weights), ROWS)]
    return np.concatenate(parts) if parts else np.zeros((0, 2))


def _block(system: System, weights: Floats) -> Floats:
    tables = (system.products @ weights.T)[system.index]
    both, bad = coefficients(tables, system.common, system.own, weights.sum(axis=1))
    found = np.empty((len(weights), 2))
    for i, own in enumerate(both):
        found[:, i] = system.start[i] + system.scale[i] * (system.lead[i] @ own)
    found[bad] = np.nan
    return found


def coefficients(
    tables: Floats, common: int, own: tuple[int, int], people: Floats, least: float = LEAST
) -> tuple[tuple[Floats, Floats], Bools]:
    """Coefficients (common + own, B) of each equation, and where there are none (B,).

    tables (m, m, B): sums of products of the columns of both equations (`common`), of the cost
    alone, of the QALY alone (`own`), the two outcomes; used up. people (B,): how many they are of;
    least: see eliminated.py.
    """
    singular = eliminated(tables, common, least)
    shift, left = tables[:common, common:], tables[common:, common:]
    extra, bad = _own_coefficients(left, common, own, people)
    found = []
    for i, at in enumerate(_places(own)):
        rest = shift[:, i - 2] - applied(shift[:, at], extra[i])
        found.append(np.concatenate([rest, extra[i]]))
    return (found[0], found[1]), singular | bad


def _places(own: tuple[int, int]) -> tuple[slice, slice]:
    """Of the columns that one equation has alone, once the common ones are gone."""
    return slice(0, own[0]), slice(own[0], sum(own))


def _own_coefficients(
    left: Floats, common: int, own: tuple[int, int], people: Floats
) -> tuple[tuple[Floats, Floats], Bools]:
    """Coefficients (k, B) of the columns that one equation has alone, and where there are none."""
    one, two = _places(own)
    if sum(own) == 0:
        none = np.zeros((0, len(people)))
        return (none, none), np.zeros(len(people), dtype=np.bool_)
    first, bad_one = solved(left[one, one], left[one, -2])
    second, bad_two = solved(left[two, two], left[two, -1])
    a, b, c, bad_errors = _precision(left, common, own, (first, second), people)
    matrix = np.concatenate(
        [
            np.concatenate([a * left[one, one], b * left[one, two]], axis=1),
            np.concatenate([b * left[two, one], c * left[two, two]], axis=1),
        ]
    )
    right = np.concatenate(
        [a * left[one, -2] + b * left[one, -1], b * left[two, -2] + c * left[two, -1]]
    )
    both, bad = solved(matrix, right)
    return (both[one], both[two]), bad | bad_one | bad_two | bad_errors


def _precision(
    left: Floats, common: int, own: tuple[int, int], slopes: tuple[Floats, Floats], people: Floats
) -> tuple[Floats, Floats, Floats, Bools]:
    """The inverse (a, b; b, c), up to a factor, of the covariance of least squares' residuals."""
    one, two = _places(own)
    first, second = slopes
    cost = left[-2, -2] - inner(first, left[one, -2])
    qaly = left[-1, -1] - inner(second, left[two, -1])
    both = left[-2, -1] - inner(first, left[one, -1]) - inner(second, left[two, -2])
    both = both + inner(first, applied(left[one, two], second))
    if own[0] != own[1]:  # else the divisors cancel
        spare = [people - common - k for k in own]
        few = (spare[0] <= 0) | (spare[1] <= 0)  # no more people than coefficients
        spare = [np.where(few, 1.0, each) for each in spare]
        cost, qaly = np.where(few, 0.0, cost) / spare[0], qaly / spare[1]
        both = both / np.sqrt(spare[0] * spare[1])
    bad = ~((cost > 0) & (qaly > 0) & (both**2 < (1 - LEAST) * cost * qaly))
    return qaly, -both, cost, bad
