"""How many more people may come: what a rate that was observed says of the months ahead.

The rate of a Poisson process after `events` in `exposure` months has, from Jeffreys' prior, a Gamma
distribution of shape events + 1/2 and rate exposure. What follows has therefore exact forms: the
number in months ahead is negative binomial, the wait for r more events a beta prime variable.
Source: Jeffreys 1961; Gelman et al. 2013, Bayesian Data Analysis, 2.6; for recruitment Anisimov &
Fedorov 2007 (Poisson-gamma).
"""

from collections.abc import Sequence

from scipy.special import betainc, betaincinv, chdtri, gammainc

JEFFREYS = 0.5


def at_most(number: int, events: int, exposure: float, ahead: float) -> float:
    """The probability of at most `number` further events in `ahead` > 0 months."""
    if number < 0:
        return 0.0
    stays = exposure / (exposure + ahead)
    return float(betainc(events + JEFFREYS, number + 1, stays))


def quantile(share: float, events: int, exposure: float, ahead: float) -> int:
    """The smallest number that further events do not exceed with probability `share`."""
    if ahead <= 0:
        return 0
    low, high = -1, 1
    while at_most(high, events, exposure, ahead) < share:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if at_most(middle, events, exposure, ahead) < share:
            low = middle
        else:
            high = middle
    return high


def wait(share: float, more: int, events: int, exposure: float) -> float:
    """Months until `more` further events, not exceeded with probability `share`."""
    part = float(betaincinv(more, events + JEFFREYS, share))
    return exposure * part / (1 - part) if part < 1 else float("inf")


def rate_below(limit: float, events: int, exposure: float) -> float:
    """The posterior probability that the rate per month is at most `limit`."""
    return float(gammainc(events + JEFFREYS, limit * exposure))


def dispersion(counts: Sequence[int], exposures: Sequence[float]) -> tuple[float, bool] | None:
    """Variance of monthly counts over that of a Poisson process; whether it is above the upper 5%
    point (chi-squared on k - 1 degrees of freedom).

    None with fewer than three months or no events.
    """
    told = [(n, e) for n, e in zip(counts, exposures, strict=True) if e > 0]
    events, months = sum(n for n, _ in told), sum(e for _, e in told)
    if len(told) < 3 or not events:
        return None
    rate, df = events / months, len(told) - 1
    squares = sum((n - rate * e) ** 2 / (rate * e) for n, e in told)
    return squares / df, squares > float(chdtri(df, 0.05))
