"""How uncertain the means of repeated measures are: Kenward-Roger, Satterthwaite, joint errors.

Sources: Kenward & Roger (1997), Biometrics 53:983-97, for the adjusted covariance and the degrees
of freedom; Satterthwaite (1946), Fai & Cornelius (1996). For a contrast of one degree of freedom
Kenward & Roger's scale is 1, and their degrees of freedom are Satterthwaite's formula with their
covariance of the parameters. Both take the covariance of the times as known but for its size in
small samples. Where who is lost depends on earlier answers, the means depend on it in large
samples too: Kenward & Molenberghs (1998), Statistical Science 13:236-47, whose observed
information of means and covariance together is the remedy.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.models.joint import Effects, JointTest, kenward_roger_scale, test_of
from cesp_analysis.models.mmrm_engine import MmrmFit
from cesp_analysis.models.refusals import NotEstimable

Adjustment = Literal["kenward_roger", "satterthwaite"]
Information = Literal["expected", "observed"]
Errors = Literal["conditional", "joint"]


@dataclass(frozen=True)
class SmallSample:
    """What intervals are made of: cov (k, k), adjusted or not, in the outcome's unit.

    moved (k, k): what the coefficients vary as the covariance does of which they are made, in the
    outcome's unit: about nothing where chance decides who is lost; within cov if errors are joint.
    plain (k, k), slopes (r, k, k), spread (r, r): unadjusted covariance in the engine's basis, its
    derivatives in the covariance parameters, and their covariance.
    """

    cov: Floats
    moved: Floats
    plain: Floats
    slopes: Floats
    spread: Floats
    to_basis: Floats
    errors: Errors

    def std_error(self, contrast: Floats) -> float:
        """Standard error of contrast'coef, for a contrast (k,) in x's columns."""
        return float(np.sqrt(contrast @ self.cov @ contrast))

    def joint_ratio(self, contrast: Floats) -> float:
        """The joint standard error of contrast'coef over the conditional one."""
        own, moved = contrast @ self.cov @ contrast, contrast @ self.moved @ contrast
        return float(np.sqrt(own / (own - moved) if self.errors == "joint" else 1 + moved / own))

    def df(self, contrast: Floats) -> float:
        """Degrees of freedom of contrast'coef, for a contrast (k,) in x's columns."""
        lead = self.to_basis @ contrast
        gradient = np.einsum("i,lij,j->l", lead, self.slopes, lead)
        variance = float(lead @ self.plain @ lead)
        return 2 * variance**2 / float(gradient @ self.spread @ gradient)

    def joint_test(self, contrasts: Floats, coef: Floats) -> JointTest:
        """Kenward and Roger's F of contrasts (q, k) of coef (k,), in x's columns, all zero."""
        q = len(contrasts)
        leads = contrasts @ self.to_basis.T
        theta = np.linalg.inv(leads @ self.plain @ leads.T)
        parts = theta @ (leads @ self.slopes @ leads.T)
        traces = np.trace(parts, axis1=1, axis2=2)
        a1 = float(traces @ self.spread @ traces)
        a2 = float(np.einsum("vw,vij,wji->", self.spread, parts, parts, optimize=True))
        scaling, df = kenward_roger_scale(a1, a2, q)
        estimates = contrasts @ coef
        effects = Effects(estimates, contrasts @ self.cov @ contrasts.T, scaling)
        return test_of(effects, df, "F, Kenward–Roger")


def small_sample(
    fit: MmrmFit,
    adjustment: Adjustment = "kenward_roger",
    information: Information = "expected",
    errors: Errors = "conditional",
) -> SmallSample:
    """How uncertain the coefficients are; the adjustment is Kenward & Roger's or none.

    `information`: expected as in Kenward & Roger (1997), or observed as in SAS's ddfm=kr.
    `errors`: joint adds what the coefficients vary as the covariance does.
    Raises NotEstimable where the adjusted covariance is not positive.
    """
    curvature, plain = fit.found.curvature, fit.found.point.inverse
    spread = 2 * np.linalg.inv(getattr(curvature, information))
    adjusted = plain
    if adjustment == "kenward_roger":
        adjusted = plain + 2 * plain @ _excess(fit, spread) @ plain
        root = np.linalg.inv(np.linalg.cholesky(plain))
        if np.linalg.eigvalsh(root @ adjusted @ root.T)[0] <= 0:
            raise NotEstimable(
                "Kenward and Roger's adjusted covariance is not positive: too few people for this"
                " structure; choose one with fewer parameters"
            )
    to_columns: Floats = np.linalg.inv(fit.root).astype(float)
    turned = curvature.pull @ plain
    moved = 2 * turned.T @ np.linalg.solve(curvature.observed, turned)
    if errors == "joint":
        adjusted = adjusted + moved
    return SmallSample(
        cov=fit.size**2 * to_columns @ adjusted @ to_columns.T,
        moved=fit.size**2 * to_columns @ moved @ to_columns.T,
        plain=plain,
        slopes=plain @ curvature.spread @ plain,
        spread=spread,
        to_basis=to_columns.T,
        errors=errors,
    )


def _excess(fit: MmrmFit, spread: Floats) -> Floats:
    """Sum of W_ij (Q_ij - P_i Φ P_j - R_ij / 4) (k, k), from weights by pattern."""
    point, curvature = fit.found.point, fit.found.curvature
    k = len(point.coef)
    mixed = np.einsum("ij,gist->gjst", spread, curvature.weighted)
    q = (mixed @ point.covariance.first).sum(axis=1) @ point.weights
    if point.covariance.second is not None:
        bent = np.tensordot(spread, point.covariance.second, 2)
        q = q - point.weights @ bent @ point.weights / 4
    total = fit.sums.weighted(q)[:k, :k]
    total = (total + total.T) / 2
    slopes = curvature.spread
    total = total - np.einsum(
        "iab,bc,icd->ad", slopes, point.inverse, np.tensordot(spread, slopes, 1), optimize=True
    )
    return np.asarray(total)
