"""Cluster-robust variance from sums by cluster: every cost is rows * k^2 + clusters * k^3.

Notation. Z (n, k) are the columns of x turned so that Z'WZ = I (W: weights, mean 1), e the
residuals, a (k,) the contrast in these coordinates, so that the estimate is a'Z'Wy. The working
model of CR2 and of its df is clubSandwich's default for `lm`: errors independent with EQUAL
variances, with or without weights (weights are sampling weights, not inverse variances). With
B = Z (no weights) or B = [Z, WZ], the residuals of that model have covariance I + B D B', where
D = -I or [[Z'W^2Z, -I], [-I, 0]]. So the adjustment of cluster g is

    A_g = (I + B_g D B_g')^(-1/2) = I + B_g F_g B_g'

with a small F_g that follows from B_g'B_g alone: no matrix of the size of a cluster is formed.
Where I + B_g D B_g' is singular its pseudo-inverse is meant (F_g below does that).

Sources: Bell & McCaffrey (2002), Survey Methodology 28:169-81; Pustejovsky & Tipton (2018),
J Bus Econ Stat 36:672-83, eq. 9, 14 and theorem 2; the reduction to B_g'B_g is algebra.
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Codes, Floats

# An eigenvalue of I + B_g D B_g' below this is a zero blurred by rounding (sums over 1e5 rows err
# by some 1e-13); a true one would need a cluster whose leverage is 1 to ten digits.
SINGULAR = 1e-10
FEW = 64
"""Columns of B beyond which clusters, where these are fewer, are multiplied with each other."""


@dataclass(frozen=True)
class ClusterSums:
    """What the clusters say about k coefficients.

    gram (g, m, m): B_g'B_g; score (g, m): B_g'e_g; link (m, m): D; m is k without weights and
    2k with; the last k columns of B are WZ. size: k.
    """

    gram: Floats
    score: Floats
    link: Floats
    size: int

    @property
    def weighted(self) -> bool:
        """Whether the weights differ, so that m = 2k."""
        return len(self.link) > self.size


def sums_by(values: Floats, codes: Codes) -> Floats:
    """Sums (g, m) of values (n, m) by code; codes are 0..g-1, none of them empty."""
    order, starts = together(codes)
    return np.asarray(np.add.reduceat(values if order is None else values[order], starts, axis=0))


def products_by(values: Floats, others: Floats, codes: Codes) -> Floats:
    """Sums (g, k, m) by code of products of values (n, k) and others (n, m), as `sums_by` of each,
    without a copy of values a column of the others."""
    order, starts = together(codes)
    rows = np.split(np.arange(len(codes)) if order is None else order, starts[1:])
    return np.stack([values[own].T @ others[own] for own in rows])


def together(codes: Codes) -> tuple[Codes | None, Codes]:
    """The order (n,) in which rows of a code stand together, None if they do; where each starts."""
    order = None if bool(np.all(codes[1:] >= codes[:-1])) else np.argsort(codes, kind="stable")
    own = codes if order is None else codes[order]
    return order, np.concatenate([[0], np.flatnonzero(own[1:] != own[:-1]) + 1])


def cluster_sums(basis: Floats, residuals: Floats, weights: Floats, codes: Codes) -> ClusterSums:
    """The sums by cluster; basis (n, k) is W^(1/2)Z (orthonormal), residuals and weights (n,)."""
    columns, link = working_residuals(basis, weights)
    order, starts = together(codes)
    if order is not None:
        columns, residuals = columns[order], residuals[order]
    score = np.add.reduceat(columns * residuals[:, None], starts, axis=0)
    gram = np.stack(
        [np.add.reduceat(columns * column[:, None], starts, axis=0) for column in columns.T], axis=1
    )
    return ClusterSums(gram, score, link, basis.shape[1])


def working_residuals(basis: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """B (n, m) and D (m, m) of the residuals' covariance I + B D B' in the working model."""
    if np.ptp(weights) == 0:
        return basis, -np.eye(basis.shape[1])
    root = np.sqrt(weights)[:, None]
    spread = basis.T @ (weights[:, None] * basis)
    return np.hstack([basis / root, basis * root]), linked(spread)


def linked(spread: Floats) -> Floats:
    """D (2k, 2k) of weights that differ; spread (k, k): Z'W^2Z."""
    less = -np.eye(len(spread))
    return np.block([[spread, less], [less, np.zeros_like(spread)]])


def adjustments(sums: ClusterSums) -> Floats:
    """F_g (g, m, m) of CR2, from functions that stay finite where B_g'B_g has no inverse."""
    if not sums.weighted:  # I - Z_g Z_g': the eigenvectors of Z_g'Z_g serve directly
        values, vectors = np.linalg.eigh(sums.gram)
        root = np.sqrt(np.clip(1 - values, SINGULAR, None))
        first = np.where(1 - values < SINGULAR, -1.0, 1 / (root * (1 + root)))
        return _rebuild(first, vectors)
    return of_working_model(sums.gram, sums.link)


def of_working_model(gram: Floats, link: Floats) -> Floats:
    """F_g (g, m, m) from B_g'B_g (g, m, m) and D, (m, m) or of each cluster its own (g, m, m)."""
    values, vectors = np.linalg.eigh(gram)
    half = _rebuild(np.sqrt(np.clip(values, 0, None)), vectors)
    values, vectors = np.linalg.eigh(half @ link @ half)
    root = np.sqrt(np.clip(1 + values, SINGULAR, None))
    # (1+x)^(-1/2) = 1 - x/2 + x^2 second(x); with s = (1+x)^(1/2), second = (s+2) / (2s(s+1)^2)
    second = np.where(1 + values < SINGULAR, -1.5, (root + 2) / (2 * root * (root + 1) ** 2))
    outer = link @ half
    turned = outer.swapaxes(-1, -2)
    return np.asarray(outer @ _rebuild(second, vectors) @ turned - link / 2)


def _rebuild(values: Floats, vectors: Floats) -> Floats:
    return np.asarray((vectors * values[:, None, :]) @ vectors.transpose(0, 2, 1))


def adjusted_scores(sums: ClusterSums, adjust: Floats | None) -> Floats:
    """Z_g'W_g A_g e_g (g, k) of each cluster; without adjustments A_g = I (CR0, CR1)."""
    own: Floats = sums.score
    if adjust is not None:
        own = own + (sums.gram @ (adjust @ sums.score[:, :, None]))[:, :, 0]
    return np.asarray(own[:, -sums.size :])


def expected_share_and_df(sums: ClusterSums, adjust: Floats, a: Floats) -> tuple[float, float]:
    """How much of the variance of a'Z'Wy CR2 can see, and its Satterthwaite df.

    Under the working model CR2 is e'Ce with a matrix P of inner products between the clusters
    (Pustejovsky & Tipton 2018, eq. 14). share = tr(P) / true variance: 1 where CR2 is unbiased, 0
    where each cluster's score is zero by design, between where a cluster alone fixes part of the
    estimate. df = tr(P)^2 / tr(PP).
    """
    lead = (adjust @ (sums.gram[:, :, -sums.size :] @ a)[:, :, None])[:, :, 0]
    lead[:, -sums.size :] += a
    shadow = (sums.gram @ lead[:, :, None])[:, :, 0]
    norm = np.sum(lead * shadow, axis=1)
    own = np.sum((shadow @ sums.link) * shadow, axis=1)
    return share_and_df_of(norm, own, shadow, sums.link, a)


def share_and_df_of(
    norm: Floats, own: Floats, shadow: Floats, link: Floats, a: Floats
) -> tuple[float, float]:
    """The same from what each cluster adds to tr(P): of its errors norm (g,), of the fit own (g,),
    which is shadow_g'D shadow_g of shadow (g, m)."""
    size = len(a)
    trace = float(np.sum(norm + own))
    if len(link) > FEW and len(shadow) < len(link):
        between = _between(shadow, link, size)
        squares = float(np.sum(norm * (norm + 2 * own)) + np.sum(between**2))
    else:
        both = link @ (shadow.T @ shadow)
        squares = float(np.sum(norm * (norm + 2 * own)) + np.sum(both * both.T))
    true = float(a @ link[:size, :size] @ a) if len(link) > size else float(a @ a)
    return trace / true, (trace**2 / squares if squares > 0 else 0.0)


def _between(shadow: Floats, link: Floats, size: int) -> Floats:
    """shadow D shadow' (g, g), of the parts of D that are not zero or one."""
    if len(link) == size:
        return np.asarray((shadow @ link) @ shadow.T)
    first, second = shadow[:, :size], shadow[:, size:]
    crossed = first @ second.T
    return np.asarray((first @ link[:size, :size]) @ first.T - crossed - crossed.T)
