"""Mixed models of trials whose locations differ: in size, when they are measured, who is lost.

A location's cells are the means of its people in a period (in a cohort: of those who stay, and of
those who leave before their follow-up). Their covariance over the residual variance is V = D +
Σ ratio_j G_j, D one over the people, and with the sums of squares about the means the cells hold
all that the likelihood needs. Locations with the same V and X are one unit. Derivatives: of V⁻¹,
-V⁻¹G_jV⁻¹ and so on.
"""

from dataclasses import dataclass, replace
from functools import cached_property

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
    variables,
)
from cesp_analysis.models.nested_absorbed import Absorbed
from cesp_analysis.planning.small_matrices import inverted


@dataclass(frozen=True)
class Cells:
    """Of r trials with units u of `count` (u,) locations, each of d cells; arrays (1 or r, …).

    people (…, u, d): 0 where a cell is not there; alike (v, d, d): which cells share an effect (of
    a person: their means share it over the people); of_people: whether the first effect is a
    person's. x (u, d, p); sums (r, u, d), products (r, u, d, d): of the locations' means. within:
    sums of squares about the means (r, w), their df (1 or r, w), and how many answers of a person
    each is a mean of (w,), 0: of what is left of answers.
    """

    count: Floats
    people: Floats
    alike: Floats
    of_people: bool
    x: Floats
    sums: Floats
    products: Floats
    within: tuple[Floats, Floats, Floats]
    roots: Floats

    @property
    def shape(self) -> tuple[int, int]:
        """How many ratios of effects, and one residual variance."""
        return len(self.alike), 1

    @property
    def n(self) -> NDArray[np.intp]:
        """Answers (r,)."""
        cells = ((self.people > 0).sum(-1) * self.count).sum(1)
        found = np.broadcast_to(cells + self.within[1].sum(1), len(self.sums))
        return found.astype(np.intp)

    def starts(self) -> Floats:
        """Rough roots (r, v) of the ratios."""
        return self.roots

    def some(self, which: NDArray[np.intp]) -> "Cells":
        """The trials at these places."""

        def of(part: Floats) -> Floats:
            return part if len(part) == 1 else part[which]

        squares, df, answers = self.within
        return replace(
            self,
            people=of(self.people),
            sums=self.sums[which],
            products=self.products[which],
            within=(squares[which], of(df), answers),
            roots=self.roots[which],
        )

    def absorbed(self, ratios: Floats, order: int = 1) -> Absorbed:
        """Z'V⁻¹Z and log|V| at ratios (r, v), with derivatives."""
        theta = variables(ratios, order)
        precision, logs = self._precision(ratios, theta)
        logdet = contracted(logs, self.count[None], 1)
        matrix = self._products(precision)
        squares, df, answers = self.within
        spread = np.zeros((1, ratios.shape[1], len(answers)))
        if self.of_people:
            spread[0, 0] = answers
        variance = raised_by(contracted(theta, spread, 1), 1.0)
        matrix.all[..., -1, -1] += contracted(inverse(variance), squares[..., None], 1).all[..., 0]
        return Absorbed(matrix, plus(logdet, contracted(logarithm(variance), df, 1)))

    @cached_property
    def _shared(self) -> tuple[Floats, Floats]:
        """D (1 or r, u, d), 1 where there is no cell, and G (v, 1 or r, u, d, d)."""
        there = (self.people > 0).astype(float)
        diagonal = np.where(there > 0, 1 / np.maximum(self.people, 1), 1.0)
        both = there[..., :, None] * there[..., None, :]
        parts = both * self.alike[:, None, None]
        if self.of_people:
            parts[0] *= diagonal[..., None]
        return diagonal, parts

    def _precision(self, ratios: Floats, theta: Jet) -> tuple[Jet, Jet]:
        """V⁻¹ (r, u, d, d) and log|V| (r, u)."""
        diagonal, parts = self._shared
        v, r, (u, d) = len(parts), len(ratios), diagonal.shape[1:]
        covariance = np.zeros((r, u, d, d))
        for ratio, part in zip(ratios.T, parts, strict=True):
            covariance += ratio[:, None, None, None] * part
        np.einsum("rutt->rut", covariance)[...] += diagonal
        inverse_of, log_of = inverted(covariance)
        np.einsum("rutt->rut", inverse_of)[...] *= self.people > 0  # no cell, no weight
        if not theta.v:
            return Jet(inverse_of[None], 0), Jet(log_of[None], 0)
        found = np.empty((len(theta.all), r, u, d, d))
        logs = np.empty((len(theta.all), r, u))
        found[0], logs[0] = inverse_of, log_of
        turned = [inverse_of @ part for part in parts]
        for i in range(v):
            np.matmul(turned[i], -inverse_of, out=found[1 + i])
            logs[1 + i] = np.einsum("rutt->ru", turned[i])
        if theta.twice:
            _second(found, logs, turned)
        return Jet(found, v), Jet(logs, v)

    def _products(self, precision: Jet) -> Jet:
        """Z'V⁻¹Z (r, p + 1, p + 1), Z = [X y], summed over locations."""
        parts = precision.all
        k, r = parts.shape[:2]
        p = self.x.shape[-1]
        spread = np.einsum("u,utp,usq->utspq", self.count, self.x, self.x)
        found = np.empty((k, r, p + 1, p + 1))
        flat = parts.reshape(k * r, -1)
        found[..., :p, :p] = (flat @ spread.reshape(-1, p * p)).reshape(k, r, p, p)
        turned = (parts @ self.sums[..., None]).reshape(k * r, -1)
        found[..., :p, p] = (turned @ self.x.reshape(-1, p)).reshape(k, r, p)
        found[..., p, :p] = found[..., :p, p]
        products = np.broadcast_to(self.products, parts.shape[1:])
        found[..., p, p] = np.einsum("krutq,rutq->kr", parts, products)
        return Jet(found, precision.v)


def _second(found: Floats, logs: Floats, turned: list[Floats]) -> None:
    """Second derivatives put in their places: of V⁻¹ and of log|V|."""
    v = len(turned)
    for i in range(v):
        for j in range(i, v):
            own = turned[i] @ found[1 + j]
            own += own if i == j else turned[j] @ found[1 + i]
            log = -np.einsum("ruts,rust->ru", turned[i], turned[j])
            for at in {1 + v + i * v + j, 1 + v + j * v + i}:
                np.negative(own, out=found[at])
                logs[at] = log


def units(means: Floats, group: NDArray[np.intp]) -> tuple[Floats, Floats, Floats]:
    """Count (u,), sums (r, u, d), products (r, u, d, d) of means (r, l, d) by unit (l,)."""
    count = np.bincount(group).astype(float)
    r, _, d = means.shape
    sums, products = np.empty((r, len(count), d)), np.empty((r, len(count), d, d))
    for unit in range(len(count)):
        own = means[:, group == unit]
        sums[:, unit] = own.sum(1)
        products[:, unit] = np.swapaxes(own, 1, 2) @ own
    return count, sums, products
