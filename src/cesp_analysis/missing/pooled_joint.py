"""Pooled covariance matrices, and one F for several effects after multiple imputation.

Sources: Li, Raghunathan & Rubin (1991), JASA 86:1065-73 (the test called D1); Reiter (2007),
Biometrika 94:502-8, for its df where the complete data have few.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.missing.pooling import ONE_SET, barnard_rubin
from cesp_analysis.models.joint import JOINT_TEST, JointTest, as_diagnostic, f_test

METHOD = "F, pooled over imputations (D1)"
EFFECTS = ("estimates", "covariance")
"""Of a set's test: what is pooled."""


@dataclass(frozen=True)
class PooledMatrix:
    """k estimates with covariances (k, k): total = within + (1 + 1/m) between, all unstructured."""

    estimate: Floats
    within: Floats
    between: Floats
    total: Floats
    df_complete: float
    m: int


@dataclass(frozen=True)
class NoJointTest:
    """Why several effects have no pooled F."""

    reason: str


def pool_matrices(
    estimates: Floats, covariances: Floats, df_complete: float = np.inf
) -> PooledMatrix:
    """Pool estimates (m, k) with covariances (m, k, k)."""
    q, u = np.asarray(estimates, dtype=float), np.asarray(covariances, dtype=float)
    m = len(q)
    if m < 2:
        raise ValueError(ONE_SET)
    estimate = q[0] + (q - q[0]).mean(axis=0)
    within = u[0] + (u - u[0]).mean(axis=0)
    off = q - estimate
    between = off.T @ off / (m - 1)
    return PooledMatrix(estimate, within, between, within + (1 + 1 / m) * between, df_complete, m)


def pooled_test(
    pooled: PooledMatrix, contrasts: Floats, scale: float = 1.0
) -> JointTest | NoJointTest:
    """Are contrasts (q, k) of the pooled estimates all zero? One contrast: Student's t, squared.

    The between-imputation covariance is taken as a multiple of the within one, since m sets hardly
    tell its shape. scale: of the complete data's F (Kenward–Roger's, HTZ's) over Wald's statistic
    by the number of effects: nothing imputed gives that F.
    """
    rows = np.atleast_2d(np.asarray(contrasts, dtype=float))
    k, m = len(rows), pooled.m
    estimate = rows @ pooled.estimate
    within, between = rows @ pooled.within @ rows.T, rows @ pooled.between @ rows.T
    if np.linalg.matrix_rank(within, hermitian=True) < k:
        return NoJointTest("the effects' covariance is singular: one of them repeats the others")
    r = (1 + 1 / m) * float(np.trace(np.linalg.solve(within, between))) / k
    f = scale * float(estimate @ np.linalg.solve(within, estimate)) / (k * (1 + r))
    if k == 1:
        df = barnard_rubin(m, np.array(r / (1 + r)), np.array(pooled.df_complete))
        return _judged(f, 1, float(df))
    t = k * (m - 1)
    if np.isfinite(pooled.df_complete):
        found = _reiter(t, r, pooled.df_complete)
        return found if isinstance(found, NoJointTest) else f_test(f, k, found, METHOD)
    return _judged(f, k, _li(t, k, r))


def _judged(f: float, k: int, df: float) -> JointTest:
    """The test; on infinitely many df it is chi-squared over k."""
    if np.isfinite(df):
        return f_test(f, k, df, METHOD)
    from scipy.special import chdtrc  # type: ignore[import-untyped, unused-ignore]

    return JointTest(f, k, df, float(chdtrc(k, k * f)), METHOD)


def _li(t: int, k: int, r: float) -> float:
    """Degrees of freedom where the complete data have infinitely many."""
    if r == 0:
        return float("inf")
    if t > 4:
        return 4 + (t - 4) * (1 + (1 - 2 / t) / r) ** 2
    return t * (1 + 1 / k) * (1 + 1 / r) ** 2 / 2


def _reiter(t: int, r: float, df_complete: float) -> float | NoJointTest:
    """Reiter's degrees of freedom; his expansion needs more than 4 of each kind."""
    if t <= 4:
        return NoJointTest(f"too few imputed sets: effects × (sets − 1) is {t} and must exceed 4")
    a = r * t / (t - 2)
    nu = (df_complete + 1) / (df_complete + 3) * df_complete
    c1, c2 = nu - 2 * (1 + a), nu - 4 * (1 + a)
    if c2 <= 0:
        return NoJointTest(
            f"the complete data's {df_complete:g} degrees of freedom are too few for so much"
            " missing information"
        )
    inner = a**2 * c1 / ((1 + a) ** 2 * c2) + 8 * a**2 * c1 / ((1 + a) * c2**2)
    inner += 4 * a**2 / ((1 + a) * c2) + 4 * a**2 / (c2 * c1) + 16 * a**2 * c1 / c2**3
    inner += 8 * a**2 / c2**2
    return 4 + 1 / (1 / c2 + inner / (t - 4))


def joint_of_sets(tests: Sequence[dict[str, Any]], m: int) -> dict[str, Any]:
    """The joint tests of m sets (each as in diagnostics.json) as one, or the reason there is none.

    Degrees of freedom and scale of the complete data are the sets' mean ones.
    """
    reasons = [str(own["reason"]) for own in tests if "reason" in own]
    if len(reasons) == m and len(set(reasons)) == 1:
        return _told(reasons[0])
    if reasons or len(tests) < m:
        why = f"; the first: {reasons[0]}" if reasons else ""
        return _told(f"{m - len(tests) + len(reasons)} of {m} imputed sets have none{why}")
    if len({own["df_num"] for own in tests}) > 1:
        return _told("the imputed sets differ in how many effects they estimate")
    if m < 2:
        return _told(ONE_SET)
    estimates, covariances = (np.array([own[n] for own in tests]) for n in EFFECTS)
    df, scale = (float(np.mean([own[name] for own in tests])) for name in ("df_den", "scale"))
    pooled = pool_matrices(estimates, covariances, df)
    found = pooled_test(pooled, np.eye(estimates.shape[1]), scale)
    if isinstance(found, NoJointTest):
        return _told(found.reason)
    made = replace(found, method=f"{found.method}; each set: {tests[0]['method']}")
    return dict(as_diagnostic(made)[JOINT_TEST]) | {"df_complete": df}


def _told(reason: str) -> dict[str, Any]:
    return dict(as_diagnostic(reason)[JOINT_TEST])
