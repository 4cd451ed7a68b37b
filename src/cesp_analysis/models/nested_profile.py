"""The criterion of a mixed model at given variance ratios, and its derivatives.

Coefficients and the first residual variance are solved for. All have a leading axis of replicates,
written as …, which `Profile.of` takes away.
"""

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.models.nested_absorbed import Absorbed, absorbed
from cesp_analysis.models.nested_sums import NestedSums
from cesp_analysis.models.over_time_absorbed import absorbed_over_time
from cesp_analysis.models.over_time_sums import TimeSums


class OwnSums(Protocol):
    """Sums of a design that takes its random effects out itself, such as planned trials.

    n (r,): rows; shape: how many ratios of effects, and classes of residual variance; starts: rough
    roots (r, v) of the ratios.
    """

    @property
    def n(self) -> NDArray[np.intp]: ...
    @property
    def shape(self) -> tuple[int, int]: ...
    def starts(self) -> Floats: ...
    def absorbed(self, ratios: Floats, order: int = 1) -> Absorbed: ...
    def some(self, which: NDArray[np.intp]) -> Self: ...


Sums = NestedSums | TimeSums | OwnSums


@dataclass(frozen=True)
class Profile:
    """The criterion at given ratios, its slope (…, v), and what was solved for on the way.

    m: rows, less the columns of X in REML; coef (…, k), inverse (…, k, k) of X'V⁻¹X, rss: what is
    left; parts: Z'V⁻¹Z and log|V|.
    """

    value: Floats
    slope: Floats
    m: Floats
    coef: Floats
    inverse: Floats
    rss: Floats
    parts: Absorbed

    def of(self, replicate: int) -> "Profile":
        """Of one replicate, without the axis of replicates."""
        own = (self.value, self.slope, self.m, self.coef, self.inverse, self.rss)
        value, slope, m, coef, inverse, rss = (np.asarray(part[replicate]) for part in own)
        return Profile(value, slope, m, coef, inverse, rss, self.parts.of(replicate))


def profiles_at(sums: Sums, ratios: Floats, reml: bool, order: int = 1) -> Profile:
    """The criterion at ratios (r, v): one for each level, then one for each class but the first.

    Derivatives of log|V| and Z'V⁻¹Z up to `order`.
    """
    if isinstance(sums, NestedSums):
        parts = absorbed(sums, ratios, order)
    elif isinstance(sums, TimeSums):
        parts = absorbed_over_time(sums, ratios, order)
    else:
        parts = sums.absorbed(ratios, order)
    matrix = parts.matrix.value
    k = matrix.shape[-1] - 1
    information, cross = matrix[..., :k, :k], matrix[..., :k, k]
    inverse: Floats = np.linalg.inv(information).astype(float)
    coef = times(inverse, cross)
    rss = np.maximum(matrix[..., k, k] - (coef * cross).sum(-1), np.finfo(float).tiny)
    m = sums.n - k * reml + 0.0
    value = m * (1 + np.log(2 * np.pi * rss / m)) + parts.logdet.value
    lead = np.concatenate([-coef, np.ones((*coef.shape[:-1], 1))], axis=-1)
    first = parts.matrix.first
    slope = m * (times(first, lead) * lead).sum(-1) / rss + parts.logdet.first
    if reml:
        value = value + np.linalg.slogdet(information)[1]
        slope = slope + np.einsum("...ij,v...ji->v...", inverse, first[..., :k, :k])
    m = np.broadcast_to(m, value.shape)
    return Profile(value, slope.T, m, coef, inverse, rss, parts)


def profile_at(sums: Sums, ratios: Floats, reml: bool, order: int = 1) -> Profile:
    """The criterion of a single model (the sums of one replicate) at ratios (v,)."""
    return profiles_at(sums, np.asarray(ratios, dtype=float)[None], reml, order).of(0)


def criterion_and_gradient(sums: Sums, ratios: Floats, reml: bool) -> tuple[float, Floats]:
    """The profiled criterion of a single model and its derivatives (v,) in the ratios."""
    profile = profile_at(sums, ratios, reml)
    return float(profile.value), profile.slope


def curvature(profile: Profile, reml: bool) -> Floats:
    """Second derivatives (…, v, v) of the profiled criterion; its profile must be of order two."""
    steepness, bend = rss_derivatives(profile)
    m, rss = profile.m[..., None, None], profile.rss[..., None, None]
    outer = steepness[..., :, None] * steepness[..., None, :]
    return determinants_curvature(profile, reml) + m * (bend / rss - outer / rss**2)


def rss_derivatives(profile: Profile) -> tuple[Floats, Floats]:
    """First (…, v) and second (…, v, v) derivatives of what is left, coefficients solved for."""
    k = profile.coef.shape[-1]
    lead = np.concatenate([-profile.coef, np.ones((*profile.coef.shape[:-1], 1))], axis=-1)
    pulled = behind(times(profile.parts.matrix.first, lead), 1, 1)
    solved = pulled[..., :k] @ profile.inverse @ np.swapaxes(pulled[..., :k], -1, -2)
    bent = (times(profile.parts.matrix.second, lead) * lead).sum(-1)
    return times(pulled, lead), behind(bent, 2) - 2 * solved


def determinants_curvature(profile: Profile, reml: bool) -> Floats:
    """Second derivatives (…, v, v) of log|V|, and of log|X'V⁻¹X| in REML."""
    k, parts = profile.coef.shape[-1], profile.parts
    own = behind(parts.logdet.second, 2)
    if not reml:
        return own
    turned = profile.inverse @ parts.matrix.first[..., :k, :k]
    second = np.einsum("...ij,vw...ji->...vw", profile.inverse, parts.matrix.second[..., :k, :k])
    both = np.einsum("v...ij,w...ji->...vw", turned, turned)
    return np.asarray(own + second - both, dtype=float)


def times(matrix: Floats, vector: Floats) -> Floats:
    """matrix (…, i, j) times vector (…, j)."""
    return np.asarray((matrix @ vector[..., None])[..., 0], dtype=float)


def behind(parts: Floats, count: int, own: int = 0) -> Floats:
    """The first `count` axes (of derivatives) put behind all others but the last `own`."""
    n = parts.ndim
    if n == count + own:
        return parts  # there are no others: a single model
    return parts.transpose(*range(count, n - own), *range(count), *range(n - own, n))
