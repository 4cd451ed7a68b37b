"""Mixed models for repeated measures: fit by REML or ML, Kenward-Roger and Satterthwaite.

Sources: Mallinckrodt et al. (2008) for the model; Kenward & Roger (1997), Biometrics 53:983-97, for
the adjusted covariance and the degrees of freedom; Satterthwaite (1946), Fai & Cornelius (1996).
For a contrast of one degree of freedom Kenward & Roger's scale is 1, and their degrees of freedom
are Satterthwaite's formula with their covariance of the parameters. Both take the covariance of the
times as known but for its size in small samples. Where who is lost depends on earlier answers, the
means depend on it in large samples too: Kenward & Molenberghs (1998), Statistical Science
13:236-47, whose observed information of means and covariance together is the remedy.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from cesp_analysis.models.joint import JointTest, f_test, kenward_roger_scale
from cesp_analysis.models.least_squares import ROUNDING, least_squares
from cesp_analysis.models.mmrm_covariance import VARIANCE_A_TIME, Floats, Structure, pairs_needed
from cesp_analysis.models.mmrm_optimum import (
    NotConverged,
    NotIdentified,
    Optimum,
    optimum,
)
from cesp_analysis.models.mmrm_sums import Codes, PatternSums, pattern_sums
from cesp_analysis.models.refusals import NotEstimable

Method = Literal["REML", "ML"]
Adjustment = Literal["kenward_roger", "satterthwaite"]
Information = Literal["expected", "observed"]
Errors = Literal["conditional", "joint"]


class NeverTogether(Exception):
    """Nobody answered at both of these times (their positions), which the structure needs."""

    def __init__(self, pairs: list[tuple[int, int]]) -> None:
        self.pairs = pairs
        super().__init__(f"no person has rows at both of any of the times {pairs}")


@dataclass(frozen=True)
class MmrmFit:
    """A fitted model of k columns, t times and r covariance parameters, in the outcome's unit.

    coef (k,); cov (k, k): inverse of X'V⁻¹X, not adjusted; covariance (t, t) of one's answers;
    criterion: -2 log_likelihood (with log|X'V⁻¹X| for REML, as SAS and lme4 have it); decrement:
    what another Newton step would lower it by; root (k, k), size: how x's columns and the outcome's
    unit become those of `found` and `sums`, in which each time may have a unit of its own.
    """

    coef: Floats
    cov: Floats
    covariance: Floats
    criterion: float
    log_likelihood: float
    structure: Structure
    method: Method
    n_obs: int
    n_people: int
    n_parameters: int
    iterations: int
    decrement: float
    gradient_norm: float
    root: Floats
    size: float
    sums: PatternSums
    found: Optimum


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
        wald = estimates @ np.linalg.solve(contrasts @ self.cov @ contrasts.T, estimates)
        return f_test(scaling * float(wald) / q, q, df, "F, Kenward–Roger")


def fit_mmrm(
    y: Floats,
    x: Floats,
    person: Codes,
    time: Codes,
    structure: Structure = "unstructured",
    method: Method = "REML",
) -> MmrmFit:
    """Fit y (n,) on x (n, k); time (n,) 0..t-1, each with rows, at most one row a person and time.

    Raises NotEstimable (nothing varies, too few rows), Collinear, NeverTogether, NotIdentified,
    NotConverged, ValueError (missing values, a time twice).
    """
    times = int(np.max(time)) + 1
    if times == 1:
        structure = "unstructured"  # one variance, whatever the structure
    units = _units(np.asarray(y, dtype=float), time, structure)
    ols = least_squares(y / units[time], x / units[time][:, None])
    size = float(np.sqrt(np.mean(ols.residuals**2)))
    if size <= ROUNDING * ols.outcome_size:
        raise NotEstimable("nothing varies beyond what the model explains")
    sums = pattern_sums(np.column_stack([ols.basis, ols.residuals / size]), person, time, times)
    _seen_together(sums, structure)
    reml = method == "REML"
    found = optimum(sums, structure, _moments(sums), reml)
    point = found.point
    to_columns = np.linalg.inv(ols.root)
    criterion = point.value + 2 * np.log(size) * (sums.n - len(ols.coef) * reml)
    criterion += 2 * float(np.log(units[time]).sum())
    if reml:
        criterion += 2 * float(np.linalg.slogdet(ols.root)[1])
    return MmrmFit(
        coef=ols.coef + size * to_columns @ point.coef,
        cov=size**2 * to_columns @ point.inverse @ to_columns.T,
        covariance=size**2 * point.covariance.matrix * np.outer(units, units),
        criterion=float(criterion),
        log_likelihood=float(-criterion / 2),
        structure=structure,
        method=method,
        n_obs=sums.n,
        n_people=int(sums.people.sum()),
        n_parameters=len(point.parameters),
        iterations=found.iterations,
        decrement=found.decrement,
        gradient_norm=float(np.linalg.norm(found.curvature.slope)),
        root=ols.root,
        size=size,
        sums=sums,
        found=found,
    )


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


def _units(y: Floats, time: Codes, structure: Structure) -> Floats:
    """What one time's answers (t,) are measured in: their own spread, if the structure allows it.

    A slip of the key at one time would else cost all digits of the others' covariance.
    """
    times = int(np.max(time)) + 1
    if structure not in VARIANCE_A_TIME or not np.isfinite(y).all():
        return np.ones(times)
    spread = np.array([np.std(y[time == t]) for t in range(times)])
    return np.where(spread > ROUNDING * np.abs(y).max(), spread, spread.max() or 1.0)


def _seen_together(sums: PatternSums, structure: Structure) -> None:
    together = np.einsum("gst,g->st", sums.both, sums.people)
    for pairs in pairs_needed(structure, len(together)):
        if not any(together[pair] > 0 for pair in pairs):
            raise NeverTogether(pairs)


def _moments(sums: PatternSums) -> Floats:
    """Mean products (t, t) of least squares' residuals over those who answered both times."""
    last = np.zeros((sums.columns, sums.columns))
    last[-1, -1] = 1.0
    together = np.einsum("gst,g->st", sums.both, sums.people)
    moments = sums.by_pattern(last).sum(axis=0) / np.maximum(together, 1)
    spread = np.diag(moments)
    bound = 0.95 * np.sqrt(np.outer(spread, spread))
    return np.asarray(np.clip(moments, -bound, bound) * (1 - np.eye(len(spread))) + np.diag(spread))


__all__ = [
    "MmrmFit",
    "NeverTogether",
    "NotConverged",
    "NotIdentified",
    "SmallSample",
    "fit_mmrm",
    "small_sample",
]
