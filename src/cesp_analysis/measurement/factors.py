"""Whether one factor fits the items of a scale: loadings, residuals, error of approximation.

Pearson: maximum likelihood (one_factor.py), whose chi-squared (Bartlett's correction, as R's
factanal) supposes normal items. Polychoric: least squares of the correlations off the diagonal
(minres), for which no such test holds; it has loadings and residuals only.

Sources: Steiger (1990), Multivariate Behav Res 25:173-80 (RMSEA and its 90% interval); Bentler
(1995), EQS manual (SRMR); Harman & Jones (1966), Psychometrika 31:351-68 (minres).
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from cesp_analysis.measurement.directions import Items
from cesp_analysis.measurement.one_factor import LEAST, OneFactor, misfit, one_factor
from cesp_analysis.measurement.parallel import Correlations
from cesp_analysis.measurement.polychoric import polychoric
from cesp_analysis.measurement.quantity import Quantity, complete, without
from cesp_analysis.measurement.reliability import too_few, unvaried
from cesp_analysis.measurement.resampling import sorted_columns

RMSEA_LEVEL = 0.90
SINGULAR = 1e-8
SWEEPS, CLOSE = 10_000, 1e-12
LARGEST = sqrt(1 - LEAST)
"""Loading of an item whose uniqueness is the least that both ways to fit allow."""


@dataclass(frozen=True)
class FactorFit:
    """One factor of the k items that vary, n people.

    loadings: of every item asked, NaN of a constant one; explained: mean squared loading; srmr:
    root mean square of residual correlations; chi_squared on df: Pearson only; at_limit: columns
    whose uniqueness stopped at 0.005 (Heywood cases). reason: why there is no fit.
    """

    loadings: np.ndarray
    explained: float | None
    srmr: float | None
    rmsea: Quantity
    chi_squared: float | None
    df: int
    n: int
    k: int
    at_limit: Items
    constant: Items
    correlations: Correlations
    reason: str | None = None

    @property
    def method(self) -> str:
        """In words."""
        how = "maximum likelihood" if self.correlations == "Pearson" else "least squares (minres)"
        return f"one factor, {self.correlations} correlations, {how}"


def factor_fit(items: np.ndarray, ordinal: bool = False) -> FactorFit:
    """Of complete answers (n, items), as they are stored. ordinal: few ordered categories."""
    items = complete(items, 2)
    n, asked = items.shape
    constant = unvaried(items)
    kept = np.setdiff1d(np.arange(asked), constant)
    kept = kept[sorted_columns(items[:, kept])]
    k = len(kept)
    loadings, df = np.full(asked, np.nan), max(k * (k - 3) // 2, 0)
    kind: Correlations = "polychoric" if ordinal else "Pearson"
    correlation, reason = _correlation(items[:, kept], ordinal, asked)
    if reason:
        return FactorFit(
            loadings, None, None, without(reason), None, df, n, k, (), constant, kind, reason
        )
    if ordinal:
        own = least_squares_factor(correlation)
        chi, rmsea = None, without("polychoric correlations: there is no likelihood to test by")
    else:
        fit = one_factor(correlation[None])
        own, chi = fit.loadings[0], chi_squared(correlation, fit, n)
        rmsea = approximation(chi, df, n)
    loadings[kept] = own
    at_limit = tuple(sorted(int(c) for c in kept[np.abs(own) >= LARGEST - CLOSE]))
    residual = np.tril(correlation - np.outer(own, own), -1)
    srmr = sqrt(2 * float((residual**2).sum()) / (k * (k + 1)))
    explained = float((own**2).mean())
    return FactorFit(loadings, explained, srmr, rmsea, chi, df, n, k, at_limit, constant, kind)


def chi_squared(correlation: np.ndarray, fit: OneFactor, n: int) -> float:
    """Of one factor against any correlations (k, k), by Bartlett's factor, as R's factanal."""
    k = len(correlation)
    apart = misfit(correlation[None], fit.loadings, fit.uniqueness)[0]
    apart -= np.linalg.slogdet(correlation)[1] + k
    return max(0.0, (n - 1 - (2 * k + 5) / 6 - 2 / 3) * float(apart))


def approximation(chi: float, df: int, n: int) -> Quantity:
    """RMSEA: the root of (chi-squared / df - 1) / (n - 1), or 0, with its 90% interval."""
    from scipy.special import chdtr, chndtrinc  # type: ignore[import-untyped, unused-ignore]

    if df < 1:
        return without("three items: one factor fits any correlations")
    ends = []
    for probability in ((1 + RMSEA_LEVEL) / 2, (1 - RMSEA_LEVEL) / 2):
        beyond = float(chdtr(df, chi)) > probability
        ends.append(float(chndtrinc(chi, df, probability)) if beyond else 0.0)
    method = "RMSEA, 90% interval of the noncentral chi-squared"
    away = Quantity(max(0.0, chi - df), ends[0], ends[1], method)
    return away.through(lambda part: sqrt(part / (df * (n - 1))))


def least_squares_factor(correlation: np.ndarray) -> np.ndarray:
    """The loadings (k,) whose products are nearest the correlations (k, k) off the diagonal.

    One loading after the other, which never makes the sum of squares larger; none beyond ±LARGEST,
    as an item cannot share more variance than it has (Harman & Fukuda 1966, Psychometrika
    31:563-71).
    """
    off = correlation - np.diag(np.diag(correlation))
    values, vectors = np.linalg.eigh(correlation)
    loadings = vectors[:, -1] * sqrt(values[-1])
    for _ in range(SWEEPS):
        before = loadings.copy()
        for j in range(len(loadings)):
            squares = loadings @ loadings - loadings[j] ** 2
            best = off[j] @ loadings / squares if squares > CLOSE else 0.0
            loadings[j] = min(max(best, -LARGEST), LARGEST)
        if np.abs(loadings - before).max() < CLOSE:
            break
    return loadings if loadings.sum() >= 0 else -loadings


def _correlation(items: np.ndarray, ordinal: bool, asked: int) -> tuple[np.ndarray, str | None]:
    """The correlations, or why they have no factor."""
    n, k = items.shape
    none = np.zeros((0, 0))
    if reason := too_few(n, asked, k) or (k < 3 and f"{k} items vary: a factor needs at least 3"):
        return none, reason or None
    if ordinal:
        return polychoric(items).correlation, None
    correlation = np.corrcoef(items, rowvar=False)
    if np.linalg.eigvalsh(correlation)[0] < SINGULAR:
        return none, "some items follow from others: there is no one-factor fit"
    return correlation, None
