"""Mixed models of trials whose parts are alike: all they need are sums of squares of a few strata.

Where all locations are measured alike, the covariance of all answers has a few eigenspaces (strata:
between locations, their periods within them, people, ...), in each of which answers have one
variance, a sum of the model's variances (Nelder 1965, Proc R Soc A 283:147-62). The REML criterion
is then Σ df log λ + the sums of squares over λ, whatever the number of people. Parts that are alike
but for their size (link workers) are strata of one row each. Optimum, boundary, df: models/nested.
"""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.models.jets import (
    Jet,
    constant,
    contracted,
    inverse,
    linear,
    logarithm,
    plus,
    raised_by,
    scaled,
    shaped,
    times,
    variables,
    weighted_cross,
)
from cesp_analysis.models.nested_absorbed import Absorbed

TOLD = 1e-9
"""Smallest eigenvalue, of columns of length 1, by which fixed effects are told apart."""


@dataclass(frozen=True)
class Strata:
    """Of r trials with i strata, u rows that are strata of their own, and q columns [X y].

    made (i, 1 + v), made_rows (1 or r, u, 1 + v): what a stratum's variance is made of: times the
    first residual variance and each of the v others. df (1 or r, i): dimensions, those of X
    included; scatter (r, i, q, q): sums of products; rows (r, u, q): single rows. shape: how many
    of the v are of effects, and residual variances; roots (r, v): where to start, roots of the
    ratios.
    """

    made: Floats
    df: Floats
    scatter: Floats
    made_rows: Floats
    rows: Floats
    shape: tuple[int, int]
    roots: Floats

    @property
    def n(self) -> NDArray[np.intp]:
        """Dimensions (r,) of all strata: rows less the fixed effects that X leaves out."""
        found = np.broadcast_to(self.df.sum(1) + self.rows.shape[1], len(self.scatter))
        return found.astype(np.intp)

    def starts(self) -> Floats:
        """Rough roots (r, v) of the ratios."""
        return self.roots

    def some(self, which: NDArray[np.intp]) -> "Strata":
        """The trials at these places."""
        return replace(
            self,
            df=self.df if len(self.df) == 1 else self.df[which],
            scatter=self.scatter[which],
            made_rows=self.made_rows if len(self.made_rows) == 1 else self.made_rows[which],
            rows=self.rows[which],
            roots=self.roots[which],
        )

    def absorbed(self, ratios: Floats, order: int = 1) -> Absorbed:
        """Z'V⁻¹Z and log|V| at ratios (r, v), with derivatives."""
        theta = variables(ratios, order)
        variance = _of(theta, self.made[None])
        matrix = contracted(inverse(variance), self.scatter, 1)
        logdet = contracted(logarithm(variance), self.df, 1)
        if not self.rows.shape[1]:
            return Absorbed(matrix, logdet)
        variance = _of(theta, self.made_rows)
        still = [False] * theta.v
        own = weighted_cross(inverse(variance), constant(self.rows, theta), still)
        count = np.ones((1, self.rows.shape[1]))
        logs = contracted(logarithm(variance), count, 1)
        return Absorbed(plus(matrix, own), plus(logdet, logs))


@dataclass(frozen=True)
class Grouped(Strata):
    """Strata whose first rows come in `groups` groups of `each`, one after another, which share an
    effect; its ratio is number `shared` of v, and is not in made_rows.

    With W a group's weights, V⁻¹ = W - c W11'W, c = a / (1 + a 1'W1) (Sherman & Morrison 1950).
    """

    groups: int = 0
    each: int = 0
    shared: int = 0

    def absorbed(self, ratios: Floats, order: int = 1) -> Absorbed:
        """Z'V⁻¹Z and log|V| at ratios (r, v), with derivatives."""
        plain, theta = super().absorbed(ratios, order), variables(ratios, order)
        first = slice(0, self.groups * self.each)
        made, shape = self.made_rows[:, first], (self.groups, self.each)
        there = (made[..., 1:] > 0).any(-1).reshape(-1, *shape)
        z = self.rows[:, first].reshape(len(self.rows), *shape, -1)

        def weighed(part: Floats) -> Floats:
            return part.reshape(-1, *shape) * there

        weight = inverse(_of(theta, made))
        rows = linear(weight, lambda part: np.einsum("rgk,rgkq->rgq", weighed(part), z))
        total = linear(weight, lambda part: weighed(part).sum(-1))
        effect = shaped(theta, slice(self.shared, self.shared + 1))
        inside = raised_by(times(effect, total), 1.0)
        taken = weighted_cross(times(effect, inverse(inside)), rows, [True] * theta.v)
        logs = contracted(logarithm(inside), np.ones((1, self.groups)), 1)
        return Absorbed(plus(plain.matrix, scaled(taken, -1.0)), plus(plain.logdet, logs))


def grouped(own: Strata, groups: int, shared: int) -> Grouped:
    """The strata, their rows in groups that share an effect: all but the last `groups` rows, which
    stand alone."""
    parts = {one.name: getattr(own, one.name) for one in fields(own)}
    each = own.rows.shape[1] // groups - 1
    return Grouped(**parts, groups=groups, each=each, shared=shared)


def _of(theta: Jet, made: Floats) -> Jet:
    """Variances (r, i) of strata made (1 or r, i, 1 + v)."""
    return raised_by(contracted(theta, np.swapaxes(made[..., 1:], 1, 2), 1), made[..., 0])


def only_strata(
    made: Floats, df: Floats, scatter: Floats, shape: tuple[int, int], roots: Floats
) -> Strata:
    """Strata without single rows."""
    r, v, q = len(scatter), made.shape[1], scatter.shape[-1]
    none = np.zeros((1, 0, v)), np.zeros((r, 0, q))
    return Strata(made, df, scatter, *none, shape, roots)


def identified(own: Strata) -> NDArray[np.bool_]:
    """Trials (r,) whose people tell all fixed effects and leave dimensions for each residual
    variance; not so where a location lost all its people, or an arm all but one in each."""
    x, rows = own.scatter[..., :-1, :-1], own.rows[..., :-1]
    gram = x.sum(1) + np.swapaxes(rows, 1, 2) @ rows
    root = np.sqrt(np.einsum("rii->ri", gram))
    over = 1 / np.where(root > 0, root, 1.0)
    least = np.linalg.eigvalsh(gram * over[:, :, None] * over[:, None, :])[:, 0]
    left = own.n - x.shape[-1] > own.made.shape[1] - 1
    df = own.df[:, (own.made > 0).sum(1) == 1]
    within = (df > 0).all(1) if own.shape[1] > 1 else df.sum(1) > 0
    return np.asarray((least > TOLD) & left & within)


def drawn(
    rng: np.random.Generator, count: int, variance: Floats, df: Floats, lever: Floats
) -> Floats:
    """Scatters (count, i, 2, 2) of [treated, y], y without effect, of strata with variances (i,).

    df (i,): dimensions; lever (i,): sum of squares of treated, 0 where a stratum does not hold it.
    Given treated, its product with y is normal and what is left of y's squares chi-squared.
    """
    held = lever > 0
    across = rng.standard_normal((count, len(df))) * np.sqrt(variance * lever)
    rest = 2 * variance * rng.standard_gamma((df - held) / 2, (count, len(df)))
    found = np.empty((count, len(df), 2, 2))
    found[..., 0, 0] = lever
    found[..., 0, 1] = found[..., 1, 0] = across
    found[..., 1, 1] = rest + across**2 / np.where(held, lever, 1.0)
    return found


def wishart(rng: np.random.Generator, covariance: Floats, df: Floats) -> Floats:
    """Scatters (r, t, t) of df (r,) draws of normals, of any whole df from 0 on."""
    t, r = len(covariance), len(df)
    lower = np.zeros((r, t, t))
    for row in range(t):
        lower[:, row, row] = np.sqrt(2 * rng.standard_gamma(np.maximum(df - row, 0) / 2))
        lower[:, row, :row] = rng.standard_normal((r, row)) * (np.arange(row) < df[:, None])
    half = np.linalg.cholesky(covariance) @ lower
    return np.asarray(half @ np.swapaxes(half, 1, 2), dtype=float)
