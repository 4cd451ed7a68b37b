"""What each row or cluster adds to an estimate: parts whose products sum to (co)variances.

Of two fits of the same rows, whichever columns each has, products of the parts of one with those of
the other sum to the covariance of the two estimates: the sandwich of both equations stacked, with a
person (or cluster) of both as its unit.
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models import cluster_sums as by
from cesp_analysis.models.few_columns import FewColumns, few_columns
from cesp_analysis.models.least_squares import Covariance, LeastSquares
from cesp_analysis.models.refusals import NotEstimable


def hc2_parts(fit: LeastSquares, directions: Floats) -> tuple[Floats, Floats]:
    """Parts (n, q) of directions (q, k) in the basis by HC2, and what each row's residual counts in
    them (n, q)."""
    slack = 1 - np.sum(fit.basis**2, axis=1)
    leads = fit.basis @ directions.T  # (n, q)
    alone = slack < by.SINGULAR
    if np.any(np.abs(leads[alone]) > 1e-8 * np.linalg.norm(directions, axis=1)):
        why = "its arm, time or category has no other"
        if np.ptp(fit.weights) > 0:
            why += ", or its weight is so far beyond theirs"
        raise NotEstimable(
            f"one record alone determines part of this estimate ({why}), so HC2 does not exist"
        )
    spread = np.sqrt(np.where(alone, 1.0, slack))[:, None]
    return leads * (fit.residuals * np.sqrt(fit.weights))[:, None] / spread, leads / spread


def row_share_and_df(fit: LeastSquares, lead: Floats, direction: Floats) -> tuple[float, float]:
    """How much of the variance of a direction (k,) HC2 is expected to show where all rows have the
    same, and its Bell-McCaffrey df: `cluster_sums.expected_share_and_df`, each row a cluster.

    lead (n,): what each row's residual times the root of its weight counts in the contrast.
    """
    columns, link = by.working_residuals(fit.basis, fit.weights)
    lead = lead * np.sqrt(fit.weights)
    shadow = columns * lead[:, None]
    own = np.einsum("ni,ij,nj->n", shadow, link, shadow, optimize=True)
    return by.share_and_df_of(lead**2, own, shadow, link, direction)


@dataclass(frozen=True)
class Summed:
    """Sums by cluster with their adjustments (g, m, m), as `FewColumns` answers about them."""

    sums: by.ClusterSums
    adjust: Floats

    def has_columns_of(self, sums: by.ClusterSums) -> bool:
        """Whether other sums are of the same columns, clusters and weights, to the last digit."""
        own = self.sums
        return np.array_equal(own.gram, sums.gram) and np.array_equal(own.link, sums.link)

    def scores(self, adjusted: bool) -> Floats:
        """`cluster_sums.adjusted_scores`."""
        return by.adjusted_scores(self.sums, self.adjust if adjusted else None)

    def share_and_df(self, adjusted: bool, a: Floats) -> tuple[float, float]:
        """`cluster_sums.expected_share_and_df`."""
        adjust = self.adjust if adjusted else np.zeros_like(self.adjust)
        return by.expected_share_and_df(self.sums, adjust, a)


def summed(fit: LeastSquares, codes: Codes) -> Summed | FewColumns:
    """The sums by cluster and their adjustments, which all contrasts of a fit share."""
    if not np.array_equal(fit.memory.get("codes", ()), codes):
        fit.memory.update(codes=codes, summed=_summed(fit, codes))
    found: Summed | FewColumns = fit.memory["summed"]
    return found


def beside(fit: LeastSquares, other: LeastSquares) -> LeastSquares:
    """The fit, which will take the adjustments of its clusters from another of the same columns:
    these hang on columns alone, and cost most of an inference by many clusters."""
    fit.memory["beside"] = other
    return fit


def _summed(fit: LeastSquares, codes: Codes) -> Summed | FewColumns:
    few = None
    if fit.factor is None:  # else columns are so near to dependent that the basis is more exact
        few = few_columns(fit.x, fit.root, fit.residuals, fit.weights, codes)
    if few is not None:
        return few
    sums = by.cluster_sums(fit.basis, fit.residuals, fit.weights, codes)
    other = fit.memory["beside"].memory.get("summed") if "beside" in fit.memory else None
    if isinstance(other, Summed) and other.has_columns_of(sums):
        return Summed(sums, other.adjust)
    return Summed(sums, by.adjustments(sums))


def covariance_between(
    fits: tuple[LeastSquares, LeastSquares],
    contrasts: tuple[Floats, Floats],
    covariance: Covariance,
    codes: Codes | None = None,
) -> float:
    """The covariance of contrast'coef of one fit with that of another of the same rows, without
    weights or absorbed effects.

    classical: of the residuals, with divisor sqrt((n - k)(n - k')); HC2; CR2 by the clusters
    `codes` (n,), 0..g-1. Each fit alone must have such a variance (sandwich.infer).
    """
    directions = [
        np.asarray(np.linalg.solve(fit.root.T, one), dtype=np.float64)[None]
        for fit, one in zip(fits, contrasts, strict=True)
    ]
    if covariance == "classical":
        first, other = fits
        spare = (first.n_obs - first.n_parameters) * (other.n_obs - other.n_parameters)
        together = float(first.residuals @ other.residuals) / np.sqrt(spare)
        leads = [(fit.basis @ one.T)[:, 0] for fit, one in zip(fits, directions, strict=True)]
        return float(leads[0] @ leads[1]) * float(together)
    if covariance == "HC2":
        parts = [hc2_parts(fit, one)[0] for fit, one in zip(fits, directions, strict=True)]
    elif covariance == "CR2" and codes is not None:
        parts = [
            summed(fit, codes).scores(adjusted=True) @ one.T
            for fit, one in zip(fits, directions, strict=True)
        ]
    else:
        raise ValueError(f"no covariance of two fits by {covariance}")
    return float(parts[0][:, 0] @ parts[1][:, 0])
