"""Random-intercept models of trials whose locations are of one size, by REML: all at once.

y = arm + slope * baseline + location + person. With φ = residual variance / (residual + people *
location variance), in (0, 1], the REML criterion is, but for a constant,

    ν log R(φ) - (k - 2) log φ + log a(φ),  a = Wxx + φ Bxx,  R = Q / a,  ν = n - 3,
    Q = (Wyy + φ Byy) a - (Wxy + φ Bxy)²,

W and B the scatters within and between locations. Its derivative is a cubic in φ over a positive
quantity, so that the optimum is a root of the cubic, found by Newton's steps, or φ = 1: no variance
between locations. Only + - * / and square roots are used: the same bits on every processor.
Satterthwaite's and Kenward & Roger's df follow in closed form (models/nested_df.py has them for any
design, and is what these are tested against).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.planning.trial_draws import Scatter

Rule = Literal["satterthwaite", "kenward_roger"]
Cubic = tuple[Floats, Floats, Floats, Floats]
NEAR = 1e-7
"""A relative Newton step below which the next iterate is exact to rounding: steps square it."""


@dataclass(frozen=True)
class Fits:
    """Of r trials: estimate less the true effect, std_error, df; ratio of the locations' variance
    to the residual one, exactly 0 at the boundary; failed: no answer."""

    estimate: Floats
    std_error: Floats
    df: Floats
    ratio: Floats
    failed: NDArray[np.bool_]


def fitted(s: Scatter, rule: Rule) -> Fits:
    """Fit the trials and judge the effect by one of the rules."""
    phi, failed = _with_slope(s) if s.within.xx.any() else _without_slope(s)
    at = _at(s, phi)
    unit, df = (_satterthwaite if rule == "satterthwaite" else _kenward_roger)(at)
    error = np.sqrt(at.rest / at.nu * unit)
    return Fits(s.gap_y - at.slope * s.gap_x, error, df, (1 / phi - 1) / s.people, failed)


@dataclass(frozen=True)
class _At:
    """The model at φ: slope; rest, R; share and part: of what is known of the slope, within and
    between locations (0 without a baseline); far and lever: variance of the effect over the
    residual one, without and for the slope; extra: φ times what slopes that differ add to R; within
    and between: df, nu: n less coefficients."""

    phi: Floats
    slope: Floats
    rest: Floats
    share: Floats
    part: Floats
    far: Floats
    lever: Floats
    extra: Floats
    within: float
    between: float
    nu: float


def _at(s: Scatter, phi: Floats) -> _At:
    w, b, far = s.within, s.between, s.spread / phi
    df = s.k * (s.people - 1.0), s.k - 2.0, s.k * s.people - 2.0 - s.adjusted
    if not s.adjusted:
        none = np.zeros_like(phi)
        rest = w.rest + phi * b.rest
        return _At(phi, none, rest, none, none, far, none, none, *df)
    xx = w.xx + phi * b.xx
    share = w.xx / xx
    part = 1 - share
    apart = w.slope - b.slope
    extra = phi * share * b.xx * apart * apart
    rest = w.rest + phi * b.rest + extra
    lever = s.gap_x * s.gap_x / xx
    return _At(phi, b.slope + share * apart, rest, share, part, far, lever, extra, *df)


def _without_slope(s: Scatter) -> tuple[Floats, NDArray[np.bool_]]:
    """φ where no baseline varies within locations: a ratio of mean squares, at most 1."""
    within, between = s.k * (s.people - 1), s.k - 2 - s.adjusted
    phi = np.minimum((s.within.rest / within) / (s.between.rest / between), 1.0)
    return phi, np.zeros(phi.shape, dtype=bool)


def _with_slope(s: Scatter) -> tuple[Floats, NDArray[np.bool_]]:
    """φ by Newton's steps on the cubic; where they do not end or there may be two valleys, by all
    its roots."""
    cubic, start = _cubic(s)
    phi = start
    for _ in range(3):
        phi = phi - _step(cubic, phi)
    step = _step(cubic, phi)
    phi = phi - step
    c1, c2 = cubic[1], cubic[2]
    doubtful = ~(np.abs(step) <= NEAR * phi) | ((c1 > 0) & (c2 < 0))
    failed = np.zeros(phi.shape, dtype=bool)
    if doubtful.any():
        at = np.flatnonzero(doubtful)
        phi[at] = _lowest(_criterion(s, at), (cubic[0][at], c1[at], c2[at], cubic[3][at]))
        failed[at] = np.isnan(phi[at])
    return np.minimum(phi, 1.0), failed


def _cubic(s: Scatter) -> tuple[Cubic, Floats]:
    """Coefficients, constant first, of the derivative in φ times φQa; and where to start."""
    w, b, k = s.within, s.between, s.k
    nu, df = s.k * s.people - 3.0, s.k - 2.0
    apart = w.slope - b.slope
    inner, outer = w.xx * w.rest, b.xx * b.rest
    seen = b.rest + b.xx * apart * apart
    mixed = b.xx * w.rest + w.xx * seen
    over = mixed * w.xx
    cubic = (
        -df * inner * w.xx,
        (nu - df) * over - (nu - 1 + df) * inner * b.xx,
        (1 - df) * mixed * b.xx + (2 * nu - df) * outer * w.xx,
        (s.k * s.people - k) * outer * b.xx,
    )
    return cubic, df * w.rest / ((nu - df) * seen)


def _step(c: Cubic, phi: Floats) -> Floats:
    value = ((c[3] * phi + c[2]) * phi + c[1]) * phi + c[0]
    slope = (3 * c[3] * phi + 2 * c[2]) * phi + c[1]
    return np.asarray(value / slope)


Criterion = Callable[[Floats], Floats]


def _criterion(s: Scatter, at: NDArray[np.intp]) -> Criterion:
    """The REML criterion of some trials (q,), but for a constant, at φ (p, q)."""
    w, b = s.within, s.between
    nu, df = s.k * s.people - 3.0, s.k - 2.0
    apart = w.slope - b.slope
    wxx, bxx, inner, outer, extra = (
        part[at] for part in (w.xx, b.xx, w.rest, b.rest, apart * apart * w.xx * b.xx)
    )

    def value(phi: Floats) -> Floats:
        xx = wxx + phi * bxx
        rest = inner + phi * (outer + extra / xx)
        return np.asarray(nu * np.log(rest) - df * np.log(phi) + np.log(xx))

    return value


def _lowest(criterion: Criterion, cubic: Cubic) -> Floats:
    """φ (q,) at the least of the criterion over the cubic's roots in (0, 1) and φ = 1."""
    found = _real_roots(cubic)
    with np.errstate(all="ignore"):
        for _ in range(4):
            found = found - _step(cubic, found)
        found = np.concatenate([found, np.ones((1, found.shape[1]))])
        value = criterion(found)
        value = np.where((found > 0) & (found <= 1) & np.isfinite(value), value, np.inf)
    best = np.argmin(value, axis=0)[None]
    lowest = np.take_along_axis(found, best, axis=0)[0]
    return np.where(np.isfinite(value.min(axis=0)), lowest, np.nan)


def _real_roots(cubic: Cubic) -> Floats:
    """The real roots (3, q) of cubics, NaN for the others: eigenvalues of companion matrices."""
    matrix = np.zeros((len(cubic[0]), 3, 3))
    fine = np.isfinite(np.stack(cubic)).all(0) & (cubic[3] != 0)
    lead = np.where(fine, cubic[3], 1.0)
    for place in range(3):
        matrix[:, place, 2] = np.where(fine, -cubic[place] / lead, 0.0)
    matrix[:, 1, 0] = matrix[:, 2, 1] = 1.0
    roots = np.linalg.eigvals(matrix).T
    real = (np.abs(roots.imag) <= 1e-6 * np.abs(roots.real)) & fine
    return np.where(real, roots.real, np.nan)


def _satterthwaite(at: _At) -> tuple[Floats, Floats]:
    """Variance of the effect over the residual one, and df: observed information.

    2 V² / Var(V), V at the optimum. Once the residual variance is profiled out, 1/df = 1/ν + (d log
    V / d log φ)² / (φ² d² criterion / dφ²). A variance at zero is taken as known to be zero, as
    lmerTest does: ν.
    """
    nu, unit = at.nu, at.far + at.lever
    falls = (at.between - at.part) / nu  # d log R / d log φ where the criterion is level
    slope = falls - (at.far + at.lever * at.part) / unit
    curve = -2 * at.extra * at.share * at.part / at.rest
    bend = nu * (curve - falls * falls) + at.between - at.part * at.part
    with np.errstate(divide="ignore", invalid="ignore"):
        df = 1 / (1 / nu + slope * slope / bend)
    return unit, np.where(at.phi < 1, df, nu)


def _kenward_roger(at: _At) -> tuple[Floats, Floats]:
    """Variance of the effect over the residual one, adjusted, and df: expected information.

    In the logs of the residual variance and of residual + people * location variance. A variance
    at zero is estimated like others.
    """
    unit = at.far + at.lever
    within = at.within - at.share * (2 - at.share)
    between = at.between - at.part * (2 - at.part)
    both = at.share * at.part
    det = within * between - both * both
    near, out = at.lever * at.share / unit, (at.far + at.lever * at.part) / unit
    df = det / (near * near * between - 2 * near * out * both + out * out * within)
    return unit + at.lever * 4 * both * (within + between + 2 * both) / det, df
