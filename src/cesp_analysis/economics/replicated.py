"""The differences in mean cost and QALY in many weighted replicates of the people at once.

Both are regressed on the same columns, of which seemingly unrelated regressions are least squares
(Zellner 1962, JASA 57:348-68; of costs and QALYs: Willan, Briggs & Hoch 2004, Health Econ
13:461-75). From moments: one product of matrices gives the weighted sums of products of columns of
all replicates, and what follows is arithmetic of arrays over replicates (eliminated.py).
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.economics.eliminated import eliminated
from cesp_analysis.economics.two_regressions import exact, same
from cesp_analysis.models.least_squares import LeastSquares, least_squares
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.survey_many import LEAST

PROPORTIONAL = (
    "what the covariates leave of cost and of QALY is proportional (correlation 1 or -1), so they"
    " have no joint distribution"
)
ROWS = 512
"""Replicates that are worked on at once: their tables stay in a core's cache."""


@dataclass(frozen=True)
class System:
    """Two regressions on k columns made ready for replicates of n people.

    products (p, n): of pairs of columns; index (k + 2, k + 2): where each pair is among them, the
    outcomes last. Columns are turned orthonormal, outcomes are residuals of scale 1 of the whole
    sample: weighted sums of squares then lose no digits, and delta = start + scale * lead (k,) @
    coefficients.
    """

    products: Floats
    index: np.ndarray[tuple[int, int], np.dtype[np.intp]]
    start: Floats
    scale: Floats
    lead: Floats


def prepared(cost: Floats, qaly: Floats, x: Floats, arm: int) -> System:
    """The system of cost (n,) and QALY (n,) on x (n, k), of which one column is the arm.

    An outcome that does not vary around the model is the same in every replicate: its scale is 0.
    Raises NotEstimable (neither varies, proportional, few rows), Collinear, ValueError (missing).
    """
    outcomes = [np.asarray(y, dtype=float) for y in (cost, qaly)]
    if all(same(y) for y in outcomes):
        raise NotEstimable("neither cost nor QALYs vary")
    fits = [None if same(y) else least_squares(y, x) for y in outcomes]
    vary = [fit for fit in fits if fit is not None and not exact(fit)]
    if len(vary) == len(outcomes):
        _refuse_proportional(vary)
    basis, root = np.linalg.qr(x)
    size = np.sqrt(len(x))
    scale = np.array(
        [
            np.sqrt(fit.residual_variance) if fit is not None and not exact(fit) else 0.0
            for fit in fits
        ]
    )
    left = [
        fit.residuals / one if fit is not None and one > 0 else np.zeros(len(x))
        for fit, one in zip(fits, scale, strict=True)
    ]
    products, index = _products(np.column_stack([basis * size, *left]))
    start = np.array([0.0 if fit is None else fit.coef[arm] for fit in fits])
    return System(products, index, start, scale, np.linalg.inv(root)[arm] * size)


def _refuse_proportional(fits: list[LeastSquares]) -> None:
    """Raise NotEstimable where the residuals of two fits are proportional."""
    cost, qaly = (fit.residuals for fit in fits)
    if (cost @ qaly) ** 2 >= (1 - LEAST) * (cost @ cost) * (qaly @ qaly):
        raise NotEstimable(PROPORTIONAL)


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
    nobody drawn has).
    """
    parts = [_block(system, weights[at : at + ROWS]) for at in range(0, len(weights), ROWS)]
    return np.concatenate(parts) if parts else np.zeros((0, 2))


def _block(system: System, weights: Floats) -> Floats:
    tables = (system.products @ weights.T)[system.index]
    k = len(system.lead)
    bad = eliminated(tables, k)
    found = system.start + system.scale * np.einsum("k,kib->bi", system.lead, tables[:k, k:])
    found[bad] = np.nan
    return np.asarray(found)
