"""An estimate that is a regression's coefficient in people's answers: for many sets at once."""

from dataclasses import dataclass, replace

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.least_squares import DEPENDENT
from cesp_analysis.models.refusals import NotEstimable

LOST = "without one of them the estimate is not determined, so that there is no jackknife"


@dataclass(frozen=True)
class LinearEstimate:
    """contrast (k,) of the regression on x (rows, k) of answers at time `last`.

    A row is a person: person (rows,) of the answers (n, t). change: what is regressed is the answer
    less that at time `first`; baseline: which column of x that first answer is, or None; weight
    (rows,): of least squares.
    """

    x: Floats
    contrast: Floats
    person: Codes
    weight: Floats
    first: int
    last: int
    change: bool = True
    baseline: int | None = None

    def outcome(self, sets: Floats) -> Floats:
        """What is regressed (m, rows), of answers (m, n, t)."""
        there = sets[:, self.person, self.last]
        return there - sets[:, self.person, self.first] if self.change else there

    def design(self, sets: Floats) -> Floats:
        """The columns (m or 1, rows, k) of each set."""
        if self.baseline is None:
            return self.x[None]
        columns = np.broadcast_to(self.x, (len(sets), *self.x.shape)).copy()
        columns[:, :, self.baseline] = sets[:, self.person, self.first]
        return columns

    def with_columns(self, x: Floats) -> "LinearEstimate":
        """The same of people whose covariates are others."""
        return replace(self, x=x)

    def estimates(self, sets: Floats) -> Floats:
        """Estimates (m,) of sets (m, n, t)."""
        x, y = self.design(sets), self.outcome(sets)
        weighted = x * self.weight[:, None]
        gram = np.swapaxes(weighted, 1, 2) @ x
        return self.solved(gram, np.einsum("mrk,mr->mk", _wide(weighted, len(y)), y))

    def solved(self, gram: Floats, cross: Floats) -> Floats:
        """Estimates (m,) from x'wx (m, k, k) and x'wy (m, k). Raises NotEstimable where they do not
        determine them."""
        scale = np.sqrt(np.maximum(np.einsum("mkk->mk", gram), np.finfo(float).tiny))
        unit = gram / (scale[:, :, None] * scale[:, None, :])
        if np.linalg.eigvalsh(unit)[:, 0].min() < DEPENDENT**2:
            raise NotEstimable(LOST)
        lead = np.linalg.solve(unit, (self.contrast / scale)[:, :, None])[:, :, 0]
        return np.asarray(np.einsum("mk,mk->m", lead, cross / scale))


def _wide(x: Floats, m: int) -> Floats:
    return np.broadcast_to(x, (m, *x.shape[1:]))
