"""What is known of incremental cost and QALYs together: a pooled law, of which curves are made."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.economics.data import Data, complete_of
from cesp_analysis.economics.estimated import Estimated
from cesp_analysis.economics.frame import Frame
from cesp_analysis.economics.imputing import observed_of
from cesp_analysis.economics.parameter_value import root_of
from cesp_analysis.economics.quadrants import COST, QALY
from cesp_analysis.economics.two_regressions import Regressed, regressed
from cesp_analysis.missing.pooled_joint import pool_matrices
from cesp_analysis.models.least_squares import Covariance

Fits = tuple[list[Regressed], str]
"""Regressions of imputed sets, or why there are none."""


@dataclass(frozen=True)
class Law:
    """point (2,), cov (2, 2) of cost and QALYs, £ and QALYs a person; df: the fewest of what is
    reported of it; draws (B, 2): with this mean and covariance, samples (B, M, 2): as they were
    estimated, None where there are none; exact: whether the point is of no samples, nothing being
    missing.

    Intervals, probabilities, quadrants and the ellipse are of Student's law with these df; what
    information is worth is of the normal law."""

    point: Floats
    cov: Floats
    df: float
    draws: Floats | None = None
    samples: Floats | None = None
    exact: bool = False

    def net_benefit(self, thresholds: Floats) -> tuple[Floats, Floats]:
        """Estimates and standard errors (T,) of net benefit."""
        at = np.asarray(thresholds, dtype=float)
        weights = of_benefit(at)
        variance = np.einsum("ti,ij,tj->t", weights, self.cov, weights)
        estimate = at * self.point[QALY] - self.point[COST]
        return estimate, np.sqrt(np.maximum(variance, 0.0))


def of_benefit(thresholds: Floats) -> Floats:
    """Weights (T, 2) of cost and QALYs that make net benefit of them."""
    return np.stack([np.full(len(thresholds), -1.0), thresholds], axis=1)


def pooled_law(sets: Sequence[Regressed], reported: Sequence[Estimated]) -> Law:
    """Of imputed sets, by Rubin's rules."""
    made = pool_matrices(np.array([one.point for one in sets]), np.array([one.cov for one in sets]))
    return Law(made.estimate, made.total, fewest(reported))


def brought_to(draws: Floats, point: Floats, cov: Floats) -> Floats:
    """Draws (B, 2) moved and turned to have this mean and covariance: of bootstrap samples the mean
    over imputations varies by imputing too, which the pooled covariance leaves out. Their shape
    stays."""
    away = draws - draws.mean(axis=0)
    even = away @ np.linalg.pinv(root_of(np.cov(away.T))).T
    return np.asarray(point + even @ root_of(cov).T)


def fewest(reported: Sequence[Estimated]) -> float:
    """The fewest degrees of freedom of what is reported; infinite where there are none."""
    return min((one.df for one in reported if one.df is not None), default=np.inf)


def fitted(sets: Sequence[Data], approach: str, covariance: Covariance) -> Fits:
    """The regressions of each set, or why there are none."""
    found = []
    for data in sets:
        one = regressed(data, approach, covariance)
        if isinstance(one, str):
            return [], one
        found.append(one)
    return found, ""


def of_everybody(
    frame: Frame, approaches: Sequence[str], covariance: Covariance
) -> dict[str, Floats]:
    """By approach cost and QALYs (2,) of all people, where nothing that they need is missing; else
    nothing."""
    data = complete_of(frame, observed_of(frame))
    if data.n < len(frame.treated):
        return {}
    made = {name: regressed(data, name, covariance) for name in approaches}
    return {name: one.point for name, one in made.items() if not isinstance(one, str)}
