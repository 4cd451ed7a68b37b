"""Rubin's rules: one estimate, standard error and df from those of m imputed sets.

Sources: Rubin (1987), Multiple Imputation for Nonresponse in Surveys, ch. 3; Barnard & Rubin
(1999), Biometrika 86:948-55, for the degrees of freedom; von Hippel (2020), Sociol Methods Res
49:699-718, for the number of imputations that a stable standard error needs.
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Floats

ONE_SET = "one imputed set shows nothing of how much imputations differ: at least two are needed"
NO_ERROR = "every imputed set gave a standard error of 0"


@dataclass(frozen=True)
class Pooled:
    """k pooled estimates, in the outcome's unit; all arrays (k,).

    within, between, total: variances, T = U + (1 + 1/m) B; df: Barnard and Rubin's; lam: share of T
    that comes from imputing; fmi: fraction of missing information, which adds the price of few df
    (0 where all sets agree); monte_carlo: standard error of the estimate due to a finite m;
    df_complete: what the df would be with nothing missing. reasons (k,): "" or why there is no
    pooled number (all NaN then).
    """

    estimate: Floats
    within: Floats
    between: Floats
    total: Floats
    df: Floats
    lam: Floats
    fmi: Floats
    monte_carlo: Floats
    df_complete: Floats
    m: int
    reasons: tuple[str, ...]

    @property
    def std_error(self) -> Floats:
        """Standard errors (k,)."""
        return np.sqrt(self.total)

    def interval(self, level: float) -> tuple[Floats, Floats]:
        """Lower and upper limits (k,) of Student's interval."""
        from scipy.special import stdtrit  # type: ignore[import-untyped, unused-ignore]

        half = stdtrit(self.df, (1 + level) / 2) * self.std_error
        return self.estimate - half, self.estimate + half

    def needed(self, limit: float) -> Floats:
        """How many imputations (k,) bring the Monte Carlo error down to limit × standard error.

        Never less than 2. The between-imputation variance is itself estimated from m sets.
        """
        ratio = self.between / (limit**2 * self.total)
        return np.maximum(2.0, np.ceil(ratio - 1e-9))  # 1e-9: an exact whole number stays one


def pool(estimates: Floats, variances: Floats, df_complete: Floats | float = np.inf) -> Pooled:
    """Pool estimates (m,) or (m, k) with their squared standard errors, alike in shape.

    df_complete: of the analysis were nothing missing, one or (k,) or those of each set (m, k), of
    which the mean counts. What cannot be pooled is NaN with a reason.
    """
    q, u = _columns(estimates), _columns(variances)
    if q.shape != u.shape:
        raise ValueError(f"estimates are {q.shape}, variances {u.shape}")
    nu = np.broadcast_to(np.asarray(df_complete, dtype=float), q.shape).mean(axis=0)
    m = len(q)
    reasons = _reasons(q, u, nu)
    with np.errstate(invalid="ignore", divide="ignore"):  # columns with a reason end as NaN
        estimate, within = _mean(q), _mean(u)
        between = np.sum((q - estimate) ** 2, axis=0) / (m - 1)
        total = within + (1 + 1 / m) * between
        lam = (1 + 1 / m) * between / total
        df = barnard_rubin(m, lam, nu)
        fmi = np.where(between > 0, lam + (1 - lam) * 2 / (df + 3), 0.0)
        monte_carlo = np.sqrt(between / m)
    blank = np.array([np.nan if reason else 0.0 for reason in reasons])
    return Pooled(
        estimate=estimate + blank,
        within=within + blank,
        between=between + blank,
        total=total + blank,
        df=df + blank,
        lam=lam + blank,
        fmi=fmi + blank,
        monte_carlo=monte_carlo + blank,
        df_complete=nu,
        m=m,
        reasons=reasons,
    )


def barnard_rubin(m: int, lam: Floats, df_complete: Floats) -> Floats:
    """Degrees of freedom from lambda and those of complete data, in the form without 1 / lambda.

    nu = (m-1)(1-l)(c+1)c / [(c+3)(m-1) + l² c(c+1)(1-l)]: nothing imputed gives (c+1)/(c+3) c, and
    infinitely many complete df give Rubin's (m-1)/l².
    """
    lam, c = np.broadcast_arrays(np.asarray(lam, dtype=float), np.asarray(df_complete, dtype=float))
    finite = np.where(np.isfinite(c), c, 1.0)
    small = (m - 1) * (1 - lam) * (finite + 1) * finite
    small = small / ((finite + 3) * (m - 1) + lam**2 * finite * (finite + 1) * (1 - lam))
    with np.errstate(divide="ignore"):
        large = (m - 1) / lam**2
    return np.where(np.isfinite(c), small, large)


def _columns(values: Floats) -> Floats:
    array = np.asarray(values, dtype=float)
    return array[:, None] if array.ndim == 1 else array


def _mean(values: Floats) -> Floats:
    """Mean of each column, exact where all its values are the same."""
    return np.asarray(values[0] + (values - values[0]).mean(axis=0))


def _reasons(q: Floats, u: Floats, nu: Floats) -> tuple[str, ...]:
    """Why each column cannot be pooled, or ""."""
    failed = (~np.isfinite(q + u) | (u < 0)).sum(axis=0)
    largest = np.max(u, axis=0)
    return tuple(
        _reason(len(q), int(lost), float(size), float(df))
        for lost, size, df in zip(failed, largest, nu, strict=True)
    )


def _reason(m: int, failed: int, largest: float, df: float) -> str:
    if m < 2:
        return ONE_SET
    if failed:
        return f"{failed} of {m} imputed sets gave no estimate with a standard error"
    if not df > 0:
        return f"the analysis has {df:g} degrees of freedom"
    return "" if largest > 0 else NO_ERROR
