"""The REML criterion of trials whose locations differ in size, and its derivatives: all at once.

What a trial's criterion needs are sums over locations of w_j times products of (arm, baseline,
outcome)'s means, w_j = m_j / (1 + λ m_j), λ the ratio of the locations' variance to the residual
one; derivatives in λ are the same sums with -w² and 2w³.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.planning.trial_draws import ByLocation


@dataclass(frozen=True)
class Parts:
    """Of r trials: one over size (k, r or 1), means x, y (k, r) and their products, the scatter
    within (r,), people and locations (r,) that count."""

    inverse: Floats
    x: Floats
    y: Floats
    xx: Floats
    xy: Floats
    yy: Floats
    within: tuple[Floats, Floats, Floats]
    people: Floats
    controls: int
    adjusted: bool

    @property
    def nu(self) -> Floats:
        """People less coefficients (r,)."""
        return self.people - 2.0 - self.adjusted

    def some(self, at: NDArray[np.intp]) -> "Parts":
        """Of some trials."""
        inverse = self.inverse if self.inverse.shape[1] == 1 else self.inverse[:, at]
        x, y, xx, xy, yy = (part[:, at] for part in (self.x, self.y, self.xx, self.xy, self.yy))
        inner, both, outer = (part[at] for part in self.within)
        people, k = self.people[at], self.controls
        within = inner, both, outer
        return Parts(inverse, x, y, xx, xy, yy, within, people, k, self.adjusted)


@dataclass(frozen=True)
class Level:
    """The criterion at λ and what it is made of, each with its derivatives in λ (1 to 3, r).

    t, x, y: sums of w, w x, w y in either arm; raw: of w xx, w xy, w yy, scatter within included;
    a: sum of squares of x about the arms' weighted means; beta (r,): slope of y on x; rest: what it
    leaves of y; slope, bend: the criterion's first and second derivatives (r,); bend is slope where
    only first ones were asked for.
    """

    t: tuple[list[Floats], list[Floats]]
    x: tuple[list[Floats], list[Floats]]
    y: tuple[list[Floats], list[Floats]]
    raw: list[list[Floats]]
    a: list[Floats]
    rest: list[Floats]
    beta: Floats
    slope: Floats
    bend: Floats


def parts_of(own: ByLocation) -> Parts:
    """The products that every evaluation shares."""
    with np.errstate(divide="ignore"):
        inverse = 1 / own.size  # infinite where nobody answers: weight 0
    people = np.broadcast_to(own.size.sum(0), own.y.shape[1])
    xx, xy, yy = own.x * own.x, own.x * own.y, own.y * own.y
    within = own.within
    if not own.adjusted:  # a column that is not there: its sum of squares a constant
        within = (np.ones_like(within[2]), np.zeros_like(within[2]), within[2])
    return Parts(inverse, own.x, own.y, xx, xy, yy, within, people, own.controls, own.adjusted)


def level_at(parts: Parts, ratio: Floats, order: int = 2) -> Level:
    """The criterion's derivatives at ratios (r,)."""
    w = 1 / (parts.inverse + ratio)
    weights = [w, -(w * w)]
    if order > 1:
        weights.append(w * weights[1] * -2)
    t, x, y = (_by_arm(weights, of, parts.controls) for of in (None, parts.x, parts.y))
    raw = [[_sum(v, of) for v in weights] for of in (parts.xx, parts.xy, parts.yy)]
    for whole, own in zip(raw, parts.within, strict=True):
        whole[0] = whole[0] + own
    a, b, e = (
        _about(first, second, t, whole)
        for first, second, whole in zip((x, x, y), (x, y, y), raw, strict=True)
    )
    beta = b[0] / a[0]
    rest = [e[0] - beta * b[0], e[1] - beta * (2 * b[1] - beta * a[1])]
    nu, fall = parts.nu, rest[1] / rest[0]
    slope = nu * fall + t[0][0] + t[1][0] + t[0][1] / t[0][0] + t[1][1] / t[1][0] + a[1] / a[0]
    bend = slope
    if order > 1:
        turn = b[1] - beta * a[1]
        rest.append(e[2] - beta * (2 * b[2] - beta * a[2]) - 2 * turn * turn / a[0])
        bend = nu * (rest[2] / rest[0] - fall * fall) + t[0][1] + t[1][1]
        bend = bend + _log_bend(t[0]) + _log_bend(t[1]) + _log_bend(a)
    return Level(t, x, y, raw, a, rest, beta, slope, bend)


Arms = tuple[list[Floats], list[Floats]]


def _by_arm(weights: list[Floats], values: Floats | None, controls: int) -> Arms:
    """Weighted sums of values (k, r), or of the weights themselves, in either arm."""
    arms = slice(0, controls), slice(controls, None)
    first, second = ([_sum(v[arm], values, arm) for v in weights] for arm in arms)
    return first, second


def _sum(weight: Floats, values: Floats | None, rows: slice = slice(None)) -> Floats:
    if values is None:
        return np.asarray(weight.sum(0))
    if weight.shape[1] == 1:
        return np.asarray(weight[:, 0] @ values[rows])
    return np.asarray(np.einsum("kr,kr->r", weight, values[rows]))


def _log_bend(own: list[Floats]) -> Floats:
    fall = own[1] / own[0]
    return np.asarray(own[2] / own[0] - fall * fall)


def _about(first: Arms, second: Arms, t: Arms, whole: list[Floats]) -> list[Floats]:
    """Sum of products about the arms' weighted means, and its derivatives."""
    found = list(whole)
    for u, v, w in zip(first, second, t, strict=True):
        mean_u, mean_v = u[0] / w[0], v[0] / w[0]
        found[0] = found[0] - mean_u * v[0]
        turn_u = u[1] - mean_u * w[1]
        found[1] = found[1] - mean_u * v[1] - mean_v * turn_u
        if len(found) > 2:
            turn_v = v[1] - mean_v * w[1]
            straight = mean_u * v[2] + mean_v * (u[2] - mean_u * w[2])
            found[2] = found[2] - straight - 2 * turn_u * turn_v / w[0]
    return found


def criterion(parts: Parts, ratio: Floats) -> Floats:
    """The REML criterion at ratios (r,), but for a constant."""
    at = level_at(parts, ratio, 1)
    logs = np.log1p(ratio / parts.inverse).sum(0) + np.log(at.t[0][0] * at.t[1][0] * at.a[0])
    return np.asarray(parts.nu * np.log(at.rest[0]) + logs)
