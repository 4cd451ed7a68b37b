"""What a shock to a site does to an interval: half-widths with shocks, and what would break it.

An estimate with standard error SE on df degrees of freedom also holds the difference of the shocks
of its sites, of mean zero and standard deviation s in the estimate's unit. Nothing in the data
tells s. All formulas: methods for two sites, own derivation; the augmented half-width is the
convolution of Behrens & Fisher's problem with one variance known.
"""

from collections.abc import Sequence
from math import ceil, isinf, pi, sqrt
from typing import TypeVar

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.models.student import t_quantile

Size = TypeVar("Size", float, Floats)

# Step of the trapezoid rule in log chi-square, in SDs of it (about root 2/df) and at most. Its
# integrand falls off faster than exponentially on both sides, so the rule converges geometrically:
# half-widths agree with a step a tenth as long to 1e-12.
STEP = 0.5
LONGEST = 0.25
TAIL = 1e-18  # of the chi-square, left out on either side
SETTLED = 1e-13  # relative step at which Newton's method stops: rounding
STEPS = 60


def shock_sd(
    total_sd: float,
    rho: float,
    cac: float,
    slope: float = 1.0,
    sites: tuple[float, float] = (1.0, 1.0),
) -> float:
    """SD of what site-by-time effects add to a difference between arms, in total_sd's unit.

    rho: within-period ICC; cac: autocorrelation of a site's effects at the two times; slope: how
    much of the first time is taken off (1: a change; b: analysis of covariance); sites: effective
    number of sites in each arm. A change with one site against one: 2 * sd * sqrt(rho * (1 - cac)).
    """
    share = rho * (1 + slope**2 - 2 * slope * cac)
    return total_sd * sqrt(max(share, 0.0) * (1 / sites[0] + 1 / sites[1]))


def half_width(std_error: float, df: float, sds: Sequence[float], level: float = 0.95) -> float:
    """The h that |SE * T(df) + s * Z| stays below with probability `level`, on average over `sds`.

    T and Z independent; several sds: the mixture over them. Never below the t half-width, which is
    what no shock gives (Anderson 1955: a shock makes a symmetric unimodal law wider).
    """
    return float(half_widths(std_error, df, np.asarray(sds, dtype=np.float64)[None, :], level)[0])


def half_widths(std_error: float, df: float, sds: Floats, level: float = 0.95) -> Floats:
    """One half-width for each row of sds (k, pairs); see `half_width`."""
    alone = t_quantile(0.5 + level / 2, df) * std_error
    h = np.full(len(sds), alone)
    shaken = sds.any(axis=1)
    if not shaken.any():
        return h
    spread, weight = _spreads(std_error, df, sds[shaken])
    found = h[shaken]
    for _ in range(STEPS):  # concave and increasing: Newton's steps from below never pass the root
        inside, density = _coverage(found, spread, weight)
        step = (level - inside) / density
        found = found + step
        if np.all(step <= SETTLED * found):
            h[shaken] = np.maximum(found, alone)
            return h
    raise ArithmeticError(f"no half-width: SE {std_error}, df {df}, shocks {sds.tolist()}")


def _spreads(std_error: float, df: float, sds: Floats) -> tuple[Floats, Floats]:
    """Given the chi-square W behind T the sum is normal: its SD (nodes, k, pairs), W's weights."""
    if isinf(df):
        return np.sqrt(std_error**2 + sds**2)[None], np.ones(1)
    from scipy.special import gammainccinv, gammaincinv  # type: ignore[import-untyped, unused-ignore]

    low, high = (2 * float(inverse(df / 2, TAIL)) for inverse in (gammaincinv, gammainccinv))
    first, last = np.log(max(low, 1e-300)), np.log(high)
    nodes = 1 + ceil((last - first) / min(LONGEST, STEP * sqrt(2 / df)))
    w = np.exp(np.linspace(first, last, nodes))
    log_density = df / 2 * np.log(w / df) - (w - df) / 2  # times w: d log w
    weight = np.exp(log_density - log_density.max())
    return np.sqrt((std_error**2 * df / w)[:, None, None] + sds**2), weight / weight.sum()


def _coverage(h: Floats, spread: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Probability of staying below h (k,), and its derivative."""
    from scipy.special import ndtr

    z = h[:, None] / spread
    inside = weight @ (2 * ndtr(z) - 1).mean(axis=2)
    density = 2 / sqrt(2 * pi) * np.exp(-(z**2) / 2) / spread
    return inside, weight @ density.mean(axis=2)


def probability_above_zero(
    estimate: float, std_error: float, df: float, sds: Sequence[float]
) -> float:
    """P(estimate + SE * T(df) + s * Z > 0), T and Z independent; several s: the mixture over them.

    Without error and shock it is 1 or 0, and a half at an estimate of 0.
    """
    from scipy.special import ndtr

    spread, weight = _spreads(std_error, df, np.asarray(sds, dtype=np.float64)[None, :])
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(spread > 0, estimate / spread, np.sign(estimate) * np.inf)
    return float(weight @ ndtr(np.nan_to_num(z, nan=0.0, posinf=np.inf)).mean(axis=2)[:, 0])


def breakdown(
    estimate: float, std_error: float, df: float, level: float = 0.95
) -> tuple[float, float]:
    """Shocks that break a finding: until the interval holds no effect, and until the sign turns.

    The first is max(0, |estimate| - c * SE), c of the printed interval; 0: the interval includes no
    effect even without a shock. The second is |estimate|. In the estimate's unit.
    """
    half = t_quantile(0.5 + level / 2, df) * std_error
    return max(0.0, abs(estimate) - half), abs(estimate)


def bounded(
    estimate: float, std_error: float, df: float, departure: Size, level: float = 0.95
) -> tuple[Size, Size]:
    """The interval if the sites' trends without intervention differ by `departure` at most.

    Or one for each of several departures. Manski & Pepper (2018): estimate -+ (departure + c * SE).
    """
    half = t_quantile(0.5 + level / 2, df) * std_error + departure
    return estimate - half, estimate + half
