"""Mixed models of repeated cross-sections whose locations differ in size or when they are measured.

Of location l and period t with n people V = diag(e) + a 11', e = b + 1/n over the residual variance
(a of a location, b of its period): with w = 1/e, V⁻¹ = diag(w) - c ww', c = a / (1 + a Σw)
(Sherman & Morrison 1950). Derivatives in b are those of w: -w², 2w³. What is left of answers within
cells adds its squares.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.models.jets import (
    Jet,
    contracted,
    inverse,
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


@dataclass(frozen=True)
class CrossSections:
    """Of r trials: people (1 or r, l, t) of each cell, 0 where nobody answers; x (l, t, p); means
    (r, l, t); squares (r,) about them with df (1 or r,); periods: whether a location's periods have
    effects of their own, whose ratio then comes first; roots (r, v): where to start."""

    people: Floats
    x: Floats
    means: Floats
    squares: Floats
    df: Floats
    periods: bool
    roots: Floats

    @property
    def shape(self) -> tuple[int, int]:
        """How many ratios of effects, and one residual variance."""
        return 1 + self.periods, 1

    @property
    def n(self) -> NDArray[np.intp]:
        """Answers (r,)."""
        found = (self.people > 0).sum((1, 2)) + self.df
        return np.broadcast_to(found, len(self.means)).astype(np.intp)

    def starts(self) -> Floats:
        """Rough roots (r, v) of the ratios."""
        return self.roots

    def some(self, which: NDArray[np.intp]) -> "CrossSections":
        """The trials at these places."""

        def of(part: Floats) -> Floats:
            return part if len(part) == 1 else part[which]

        people, df = of(self.people), of(self.df)
        means, squares = self.means[which], self.squares[which]
        return replace(
            self, people=people, df=df, means=means, squares=squares, roots=self.roots[which]
        )

    def absorbed(self, ratios: Floats, order: int = 1) -> Absorbed:
        """Z'V⁻¹Z and log|V| at ratios (r, v), with derivatives."""
        theta = variables(ratios, order)
        weights, logs = self._weights(ratios, order if self.periods else 0)
        products = [self._products(weight) for weight in weights]
        matrix = self._jet(products, theta)
        matrix.all[0, :, -1, -1] += self.squares
        total = self._jet([weight.sum(-1) for weight in weights], theta)
        rows = self._jet([self._sums(weight) for weight in weights], theta)
        location = shaped(theta, slice(-1, None))
        inside = raised_by(times(location, total), 1.0)
        moves = [self.periods and at == 0 for at in range(theta.v)]
        taken = weighted_cross(times(location, inverse(inside)), rows, moves)
        own = contracted(logarithm(inside), np.ones((1, inside.value.shape[-1])), 1)
        return Absorbed(plus(matrix, scaled(taken, -1.0)), plus(self._jet(logs, theta), own))

    def _weights(self, ratios: Floats, order: int) -> tuple[list[Floats], list[Floats]]:
        """w (r, l, t) and the sum of log e (r,), each with its derivatives in b up to `order`."""
        there = self.people > 0
        e = np.where(there, 1 / np.maximum(self.people, 1), 1.0)
        if self.periods:
            e = e + np.where(there, ratios[:, :1, None], 0.0)
        e = np.broadcast_to(e, (len(ratios), *e.shape[1:]))
        w = there / e
        weights, logs = [w], [np.log(e).sum((1, 2))]
        if order > 0:
            weights.append(-w * w)
            logs.append(w.sum((1, 2)))
        if order > 1:
            weights.append(-2 * w * weights[1])
            logs.append(weights[1].sum((1, 2)))
        return weights, logs

    def _jet(self, parts: list[Floats], theta: Jet) -> Jet:
        """A quantity that moves with b alone, from its derivatives in b."""
        found = np.zeros((len(theta.all), *parts[0].shape))
        found[0] = parts[0]
        if self.periods and theta.v:
            found[1] = parts[1]
            if theta.twice:
                found[1 + theta.v] = parts[2]
        return Jet(found, theta.v)

    def _products(self, weight: Floats) -> Floats:
        """Sum over cells of weight * zz' (r, p + 1, p + 1)."""
        r, p = len(weight), self.x.shape[-1]
        flat, x = weight.reshape(r, -1), self.x.reshape(-1, p)
        found = np.empty((r, p + 1, p + 1))
        pairs = (x[:, :, None] * x[:, None, :]).reshape(-1, p * p)
        found[:, :p, :p] = (flat @ pairs).reshape(r, p, p)
        weighted = weight * self.means
        found[:, :p, p] = found[:, p, :p] = weighted.reshape(r, -1) @ x
        found[:, p, p] = np.einsum(
            "rlt,rlt->r", weighted, np.broadcast_to(self.means, weighted.shape)
        )
        return found

    def _sums(self, weight: Floats) -> Floats:
        """Sum over a location's cells of weight * z (r, l, p + 1)."""
        own = np.swapaxes(np.swapaxes(weight, 0, 1) @ self.x, 0, 1)
        y = np.einsum("rlt,rlt->rl", weight, np.broadcast_to(self.means, weight.shape))
        return np.concatenate([own, y[..., None]], axis=-1)
