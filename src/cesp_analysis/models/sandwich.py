"""Standard errors and degrees of freedom of a least-squares fit, or the reason there are none.

Every refusal is about the contrast that was asked for: a nuisance coefficient may be without a
standard error while the effect has one.
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.least_squares import ROUNDING, Covariance, LeastSquares
from cesp_analysis.models.lost_variance import (
    ACROSS,
    HALF,
    constant_within,
    refuse_few_that_decide,
    refuse_lost,
    refuse_one_weight,
    refuse_unseen_units,
    refuse_without_df,
)
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.scores import hc2_parts, row_share_and_df, summed

# tr(P) / true variance misses 1 by rounding only (some 1e-12) unless a cluster's part is lost.
WHOLE = 1 - 1e-6


@dataclass(frozen=True)
class Inference:
    """One number and its uncertainty: estimate and std_error in the outcome's unit.

    df: of the t to which estimate / std_error is referred; method: words for a report;
    n_clusters: None where rows are independent.
    """

    estimate: float
    std_error: float
    df: float
    method: str
    n_clusters: int | None


def infer(
    fit: LeastSquares,
    contrast: Floats,
    covariance: Covariance,
    clusters: Codes | None = None,
    compared: Codes | None = None,
) -> Inference:
    """The estimate contrast'coef with its standard error and df.

    clusters (n,): codes for the rows GIVEN to `least_squares` (it may have kept fewer); compared
    (n,): of these rows, those of one arm at one time, see `refuse_one_weight`.

    classical: t on n - k (absorbed effects counted), with weights for variances of one over them.
    HC2: MacKinnon & White (1985); in a design of
    saturated cells (a group mean each) the df are Welch's, otherwise Bell & McCaffrey's (2002) with
    each row a cluster, for a working model of equal variances also where there are weights
    (sampling weights, not inverse variances); they enter the standard error as in R's sandwich
    (leverage of the weighted fit), which is unbiased where a row's variance is one over its weight.
    What it is expected to show of the variance where all have the same (`scores.row_share_and_df`)
    stands in the method; less than HALF is refused.

    CR1: Stata's, times G/(G-1) * (n-1)/(n-k); absorbed effects that nest in the clusters count as
    the one constant (as xtreg, reghdfe), others each; Satterthwaite df of the working model
    (clubSandwich's CR1S), not G - 1, which few or unequal clusters do not have. What it is expected
    to show of the variance of independent errors stands in the method; less than HALF is refused.
    CR2: see `cluster_sums`.
    """
    contrast = np.asarray(contrast, dtype=np.float64)
    codes = None if clusters is None else codes_of(fit, clusters)
    across = fit.units is not None and codes is not None and not constant_within(codes, fit.units)
    if covariance == "CR1" and across:
        raise NotEstimable(ACROSS)
    direction: Floats = np.asarray(np.linalg.solve(fit.root.T, contrast), dtype=np.float64)
    if not np.any(direction):
        raise ValueError("the contrast is zero")
    matrix, df, method = _directed(fit, direction[None, :], covariance, codes, compared)
    variance = float(matrix[0, 0])
    if variance <= float(direction @ direction) * (ROUNDING * fit.outcome_size) ** 2:
        raise NotEstimable("the outcome does not vary around the model where the estimate looks")
    clustered = codes is not None and covariance in ("CR1", "CR2")
    n_clusters = int(codes.max()) + 1 if clustered and codes is not None else None
    estimate = float(contrast @ fit.coef)
    return Inference(estimate, float(np.sqrt(variance)), df, method, n_clusters)


def covariance_matrix(
    fit: LeastSquares,
    covariance: Covariance,
    clusters: Codes | None = None,
    contrasts: Floats | None = None,
    compared: Codes | None = None,
) -> Floats:
    """The covariance (k, k) of the coefficients, or (q, q) of contrasts (q, k).

    clusters, compared: as in `infer`. Raises NotEstimable if any of them has none; so name the
    contrasts that matter.
    """
    size = len(fit.coef)
    rows = np.eye(size) if contrasts is None else np.asarray(contrasts, dtype=np.float64)
    codes = None if clusters is None else codes_of(fit, clusters)
    directions = np.asarray(np.linalg.solve(fit.root.T, rows.T).T, dtype=np.float64)
    return _directed(fit, directions, covariance, codes, compared)[0]


def codes_of(fit: LeastSquares, clusters: Codes) -> Codes:
    """Cluster codes 0..g-1 of the rows that took part."""
    if len(clusters) != len(fit.kept):
        raise ValueError(f"{len(clusters)} cluster codes for {len(fit.kept)} rows")
    if not np.array_equal(fit.memory.get("given", ()), clusters):  # sorted once, not each contrast
        found = _from_zero(np.asarray(clusters)[fit.kept])
        fit.memory.update(given=clusters, found=found)
    codes: Codes = fit.memory["found"]
    return codes


def _from_zero(clusters: Codes) -> Codes:
    """Codes 0..g-1 in the order of those given, counted where they are small numbers."""
    counted = np.issubdtype(clusters.dtype, np.integer) and len(clusters) > 0
    if counted and clusters.min() >= 0 and clusters.max() < 4 * len(clusters):
        return np.asarray((np.cumsum(np.bincount(clusters) > 0) - 1)[clusters])
    return np.asarray(np.unique(clusters, return_inverse=True)[1])


def _directed(
    fit: LeastSquares,
    directions: Floats,
    covariance: Covariance,
    codes: Codes | None,
    compared: Codes | None,
) -> tuple[Floats, float, str]:
    """Covariance (q, q) of directions (q, k) in the basis; df of the first; words.

    Here stands every refusal of an estimate by its covariance, so that a test of several refuses
    what the row of one of them does.
    """
    if covariance == "classical":
        words = "classical standard error, t on n - k df"
        if np.ptp(fit.weights) > 0:
            words += ", for variances of one over the weight"
        matrix = fit.residual_variance * directions @ directions.T
        return matrix, float(fit.n_obs - fit.n_parameters), words
    if covariance == "HC2":
        return _hc2(fit, directions)
    if codes is None:
        raise ValueError(f"{covariance} needs the codes of the clusters")
    refuse_one_weight(fit.weights, None if compared is None else compared[fit.kept])
    groups = int(codes.max()) + 1
    if groups < 2:
        raise NotEstimable("a cluster-robust standard error needs at least 2 clusters; there is 1")
    refuse_unseen_units(fit, covariance, codes)
    sums = summed(fit, codes)
    seen = [sums.share_and_df(True, row) for row in directions]
    share = min(share for share, _ in seen)
    refuse_lost(share, groups)
    if covariance == "CR2":
        own, factor = seen, 1.0
    else:
        own, factor = [sums.share_and_df(False, row) for row in directions], cr1_factor(fit, codes)
        share = factor * min(share for share, _ in own)
        refuse_few_that_decide(share, groups)
    refuse_without_df(min(df for _, df in own))
    scores = sums.scores(adjusted=covariance == "CR2") @ directions.T
    return factor * scores.T @ scores, own[0][1], _words_of(fit, covariance, share)


def _words_of(fit: LeastSquares, covariance: Covariance, share: float) -> str:
    """Which clustered standard error it is, and the share of the variance it should show."""
    if covariance == "CR2":
        shown = f" (with these weights expected to show {share:.1%} of the variance)"
        return "CR2 standard error, Satterthwaite df" + shown * (share < WHOLE)
    counted = "" if fit.units is None else ", unit effects not counted, as xtreg"
    words = f"CR1 standard error (Stata's small-sample factor{counted}), Satterthwaite df"
    if f"{share:.1%}" != "100.0%":
        words += f" (expected to show {share:.1%} of the variance of independent errors)"
    return words


def cr1_factor(fit: LeastSquares, codes: Codes) -> float:
    """Stata's factor for clusters 0..g-1 (n,) of the rows that took part."""
    n, groups, k = fit.n_obs, int(codes.max()) + 1, len(fit.coef)
    if fit.units is not None:
        k = k + 1 if constant_within(codes, fit.units) else fit.n_parameters
    return groups / (groups - 1) * (n - 1) / (n - k)


def _hc2(fit: LeastSquares, directions: Floats) -> tuple[Floats, float, str]:
    """HC2 covariance (q, q), df of the first direction, words."""
    if fit.units is not None:
        # Stock & Watson (2008), Econometrica 76:155-74: row-robust errors are inconsistent here.
        raise NotEstimable("HC2 does not go with absorbed units: cluster by unit (CR2) instead")
    parts, leads = hc2_parts(fit, directions)
    cells = cells_of(fit)
    if cells is not None:
        df, words = _of_cells(parts[:, 0] ** 2, cells), "HC2 standard error, Welch df"
        return parts.T @ parts, df, words
    words = "HC2 standard error, Bell-McCaffrey df"
    if np.ptp(fit.weights) == 0:  # each row's square is unbiased
        return parts.T @ parts, row_share_and_df(fit, leads[:, 0], directions[0])[1], words
    seen = [row_share_and_df(fit, lead, row) for lead, row in zip(leads.T, directions, strict=True)]
    share = min(share for share, _ in seen)
    if share < HALF:
        raise NotEstimable(
            "a record whose weight exceeds that of the others of its arm or category decides part"
            f" of this estimate, so that only {share:.0%} of its variance can be estimated; look at"
            " the weights, and at the estimate without them"
        )
    words += " for equal variances"
    if f"{share:.1%}" != "100.0%":
        words += f" (with these weights expected to show {share:.1%} of the variance)"
    return parts.T @ parts, seen[0][1], words


def cells_of(fit: LeastSquares) -> Codes | None:
    """The cell (n,) of each row if the design is one mean per cell, unweighted; else None."""
    if np.ptp(fit.weights) > 0:
        return None
    cells = np.zeros(fit.n_obs, dtype=np.intp)
    for column in fit.x.T:
        levels, code = np.unique(column, return_inverse=True)
        if len(levels) > len(fit.coef):
            return None
        cells = np.unique(cells * len(levels) + code, return_inverse=True)[1]
    return cells if int(cells.max()) + 1 == len(fit.coef) else None


def _of_cells(parts: Floats, cells: Codes) -> float:
    """Welch's df from parts (n,) that sum to the variance of each cell's mean."""
    variances = np.bincount(cells, weights=parts).astype(float)
    return float(welch_df(variances, np.bincount(cells)))


def welch_df(variances: Floats, counts: Codes) -> Floats:
    """Welch (1947), for any number of cells: variances (..., c) of their means, counts (c,)."""
    total = np.sum(variances**2 / np.maximum(counts - 1, 1), axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):  # nothing varies: no df
        found = np.sum(variances, axis=-1) ** 2 / total
    return np.asarray(np.where(total > 0, found, 0.0))
