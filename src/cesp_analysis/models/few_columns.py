"""Cluster-robust variance where a cluster's rows are zero in most columns: effects of many sites.

Notation as in `cluster_sums`. With the columns X_g (n_g, b) that are not zero in cluster g,
B_g = X_g T_g, of which T_g (b, m) are rows of the inverse of the columns' root. So B_g D B_g' =
X_g D_g X_g' with D_g = T_g D T_g', and A_g = I + X_g F_g X_g' with an F_g (b, b) from X_g'X_g and
D_g as before: no matrix (m, m) a cluster is formed, and no basis of all rows.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models import cluster_sums as by
from cesp_analysis.models.least_squares import MANY


@dataclass(frozen=True)
class FewColumns:
    """What g clusters say about k coefficients; columns a cluster lacks are zero.

    turned (g, b, m): T_g; gram (g, b, b): X_g'X_g; score (g, b): X_g'e_g; link (m, m): D; size: k.
    """

    turned: Floats
    gram: Floats
    score: Floats
    link: Floats
    size: int

    @cached_property
    def _inner(self) -> Floats:
        """D_g (g, b, b)."""
        return np.asarray((self.turned @ self.link) @ self.turned.transpose(0, 2, 1))

    @cached_property
    def _adjust(self) -> Floats:
        """F_g (g, b, b) of CR2."""
        return by.of_working_model(self.gram, self._inner)

    def scores(self, adjusted: bool) -> Floats:
        """Z_g'W_g A_g e_g (g, k) of each cluster; A_g = I unless adjusted."""
        own = self.score
        if adjusted:
            own = own + (self.gram @ (self._adjust @ own[:, :, None]))[:, :, 0]
        return self._back(own)[:, -self.size :]

    def share_and_df(self, adjusted: bool, a: Floats) -> tuple[float, float]:
        """`cluster_sums.expected_share_and_df`."""
        lead = self.turned[:, :, -self.size :] @ a
        if adjusted:
            lead = lead + (self._adjust @ (self.gram @ lead[:, :, None]))[:, :, 0]
        inner = (self.gram @ lead[:, :, None])[:, :, 0]
        norm = np.sum(lead * inner, axis=1)
        own = np.sum((self._inner @ inner[:, :, None])[:, :, 0] * inner, axis=1)
        return by.share_and_df_of(norm, own, self._back(inner), self.link, a)

    def _back(self, inner: Floats) -> Floats:
        """T_g' inner_g (g, m)."""
        return np.asarray((inner[:, None, :] @ self.turned)[:, 0])


def few_columns(
    x: Floats, root: Floats, residuals: Floats, weights: Floats, codes: Codes
) -> FewColumns | None:
    """The sums of columns x (n, k) times the roots of weights (n,), x = basis @ root, by codes (n,)
    0..g-1; None where there are not many, or clusters have more than half of them."""
    k = x.shape[1]
    if k < MANY:
        return None
    order, starts = by.together(codes)
    order = np.arange(len(codes)) if order is None else order
    rows = np.split(order, starts[1:])
    held = [np.flatnonzero((x[own] != 0).any(axis=0)) for own in rows]
    most = max(map(len, held))
    if most > k // 2:
        return None
    length = np.linalg.norm(root, axis=0)
    inverse = length[:, None] * np.linalg.inv(root)
    weighted = bool(np.ptp(weights) > 0)
    parts = 2 if weighted else 1
    gram = np.zeros((len(rows), parts * most, parts * most))
    score = np.zeros((len(rows), parts * most))
    turned = np.zeros((len(rows), parts, most, parts, k))
    spread = np.zeros((k, k))
    for g, (own, columns) in enumerate(zip(rows, held, strict=True)):
        here = np.zeros((len(own), most))
        here[:, : len(columns)] = x[np.ix_(own, columns)] / length[columns]
        for part in range(parts):
            turned[g, part, : len(columns), part] = inverse[columns]
        if weighted:
            scale = np.sqrt(weights[own])[:, None]
            here = np.hstack([here / scale, here * scale])
        gram[g], score[g] = here.T @ here, here.T @ residuals[own]
        if weighted:
            spread[np.ix_(columns, columns)] += gram[g, most:, most:][
                : len(columns), : len(columns)
            ]
    link = -np.eye(k)
    if weighted:
        link = by.linked(inverse.T @ spread @ inverse)
    return FewColumns(turned.reshape(len(rows), parts * most, parts * k), gram, score, link, k)
