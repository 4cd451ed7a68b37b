"""Intervals of shares and of events a month: at the ends exactly 0 and 1, never outside."""

from math import sqrt

Interval = tuple[float, float]


def wilson(events: float, n: float, level: float) -> Interval:
    """Wilson's interval for `events` of `n` > 0, which need not be whole (effective numbers: Korn
    & Graubard 1998, Surv Methodol 24:193-201).

    Source: Wilson 1927; Newcombe 1998, method 3.
    """
    from scipy.special import ndtri

    return wilson_at(events, n, float(ndtri(0.5 + level / 2)))


def wilson_at(events: float, n: float, z: float) -> Interval:
    """The same with the normal quantile of its level."""
    share, spread = events / n, z * z / n
    middle = share + spread / 2
    half = z * sqrt(max(share * (1 - share), 0.0) / n + spread / (4 * n))
    low, high = (middle - half) / (1 + spread), (middle + half) / (1 + spread)
    return (0.0 if events <= 0 else max(0.0, low)), (1.0 if events >= n else min(1.0, high))


def clopper_pearson(events: int, n: int, level: float) -> Interval:
    """The exact interval for `events` of `n` > 0, from quantiles of the beta distribution.

    Source: Clopper & Pearson 1934.
    """
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    low = 0.0 if events == 0 else float(betaincinv(events, n - events + 1, tail))
    high = 1.0 if events == n else float(betaincinv(events + 1, n - events, 1 - tail))
    return low, high


def garwood(events: int, exposure: float, level: float) -> Interval:
    """The exact Poisson interval for `events` in `exposure` > 0 months, per month.

    Source: Garwood 1936, by quantiles of the gamma distribution.
    """
    from scipy.special import gammaincinv

    tail = (1 - level) / 2
    low = 0.0 if events == 0 else float(gammaincinv(events, tail))
    return low / exposure, float(gammaincinv(events + 1, 1 - tail)) / exposure
