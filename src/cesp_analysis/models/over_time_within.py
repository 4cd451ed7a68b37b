"""The criterion of a model with an effect of each of many sites, from the other columns alone.

Effects of sites are fixed, and every group of a random effect lies in one site. So after the random
effects are taken out, X'V⁻¹X has a diagonal block of sites, w, with their products c with the other
columns and the outcome: these lose cc'/w (Schur's complement), and log|X'V⁻¹X| is log|C'V⁻¹C| of
what is left plus the sum of log w. The variances are sought so, in a handful of columns; whatever
is reported of the fit is made of all columns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.jets import (
    Jet,
    contracted,
    inverse,
    linear,
    logarithm,
    plus,
    product,
    scaled,
    shaped,
    times,
)
from cesp_analysis.models.nested_absorbed import Absorbed
from cesp_analysis.models.nested_codes import nested_codes
from cesp_analysis.models.nested_totals import gathered
from cesp_analysis.models.over_time_absorbed import absorbed_over_time
from cesp_analysis.models.over_time_sums import Effects, TimeSums, time_sums

SEVERAL = 32
"""Sites from which on it is worth it."""


@dataclass(frozen=True)
class FixedSites:
    """Effects of sites among the columns of x: codes (n,) of a row's site, and which columns (those
    of the sites, and of ones) they are."""

    codes: NDArray[np.integer]
    columns: tuple[int, ...]


@dataclass(frozen=True)
class WithinSites:
    """Sums of the other columns and the outcome at times, for REML; what `OwnSums` asks for.

    site (g,): of each of the outermost groups; n (1,): rows less sites; roots (1, v): where all
    columns' search begins.
    """

    sums: TimeSums
    site: Codes
    n: NDArray[np.intp]
    roots: Floats

    @property
    def shape(self) -> tuple[int, int]:
        """How many ratios of effects and classes of residual variance."""
        return self.sums.shape

    def starts(self) -> Floats:
        """Rough roots (1, v) of the ratios."""
        return self.roots

    def some(self, which: NDArray[np.intp]) -> "WithinSites":
        """There is one model."""
        raise ValueError("sums of a single model have no replicates to choose")

    def absorbed(self, ratios: Floats, order: int = 1) -> Absorbed:
        """Z'V⁻¹Z of the other columns and the outcome within sites, and log|V| + sum of log w."""
        return absorbed_over_time(self.sums, ratios, order, partial(_without_sites, self.site))


def _without_sites(site: Codes, found: Absorbed, a: Jet, d: Jet) -> Absorbed:
    """a (…, g, t, p), d (…, g, t, t): sums and information of the outermost groups."""
    count = int(site.max()) + 1

    def of_sites(part: Floats) -> Floats:
        return gathered(part.reshape(*part.shape[:2], -1), site, count)

    own = linear(a, lambda part: of_sites(part.sum(axis=2)))
    weight = shaped(linear(d, lambda part: of_sites(part.sum(axis=(2, 3)))), ..., 0)
    turned = times(shaped(inverse(weight), ..., None), own)
    less = product(own, turned, lambda one, two: np.swapaxes(one, 1, 2) @ two)
    logs = contracted(logarithm(weight), np.ones((1, count)), 1)
    return Absorbed(plus(found.matrix, scaled(less, -1.0)), plus(found.logdet, logs))


def within_sites(
    columns: Sequence[Floats],
    levels: Sequence[Effects],
    time: NDArray[np.integer],
    classes: NDArray[np.integer] | None,
    weight: Floats | None,
    fixed: FixedSites,
    roots: Floats,
) -> WithinSites | None:
    """The sums of columns (n,) but those of sites, the outcome last; None where there are few sites
    or an outermost group lies in two, or there is one level."""
    sites = np.unique(fixed.codes, return_inverse=True)[1]
    if len(levels) < 2 or fixed.codes.min() < 0 or int(sites.max()) + 1 < SEVERAL:
        return None
    outer, chain, effects = nested_codes([level.codes for level in levels])
    for parent in chain:
        outer = parent[outer]
    site = np.zeros(len(effects[-1]), dtype=np.intp)
    site[outer] = sites
    if not np.array_equal(site[outer], sites):
        return None
    others = [one for at, one in enumerate(columns[:-1]) if at not in fixed.columns]
    others = [one / np.sqrt(one @ one) for one in others]
    sums = time_sums([*others, columns[-1]], levels, time, classes, weight)
    return WithinSites(sums, site, sums.n - (int(sites.max()) + 1), roots)
