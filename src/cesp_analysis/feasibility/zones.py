"""Red, amber, green: where an estimate lies, how sure that is, and how many it takes to tell.

Limits stand in the direction of `higher`: red up to `red`, green from `green`; where less is better
red from `red`, green up to `green`.
Source: Lewis et al. 2021, Pilot and Feasibility Studies 7:40 (doi 10.1186/s40814-021-00770-x).
"""

from dataclasses import dataclass
from math import ceil, sqrt

from scipy.special import betainc, ndtri

from cesp_analysis.declared.feasibility import Zone
from cesp_analysis.feasibility.projection import rate_below

JEFFREYS = 0.5


@dataclass(frozen=True)
class Limits:
    """Where red ends and green begins."""

    red: float
    green: float
    higher: bool = True

    def zone(self, estimate: float) -> Zone:
        """The zone of an estimate; one on a limit lies in that limit's zone."""
        if self.higher:
            return "red" if estimate <= self.red else "green" if estimate >= self.green else "amber"
        return "red" if estimate >= self.red else "green" if estimate <= self.green else "amber"


@dataclass(frozen=True)
class Shares:
    """How probable each zone is; the three add up to 1."""

    red: float
    amber: float
    green: float


def _shares(limits: Limits, below_red: float, below_green: float) -> Shares:
    """From the probabilities of lying below the two limits."""
    if limits.higher:
        red, green = below_red, 1 - below_green
    else:
        red, green = 1 - below_red, below_green
    return Shares(red, max(0.0, 1 - red - green), green)


def of_share(events: float, n: float, limits: Limits) -> Shares:
    """Zones of a share after `events` of `n`, from Jeffreys' prior: Beta(events + 1/2, n - events +
    1/2). Effective numbers need not be whole."""
    a, b = events + JEFFREYS, n - events + JEFFREYS
    return _shares(limits, float(betainc(a, b, limits.red)), float(betainc(a, b, limits.green)))


def of_rate(events: int, exposure: float, limits: Limits) -> Shares:
    """Zones of events per month, from Jeffreys' prior: Gamma(events + 1/2, exposure)."""
    below = [rate_below(limit, events, exposure) for limit in (limits.red, limits.green)]
    return _shares(limits, below[0], below[1])


def of_mean(mean: float, error: float, df: float, limits: Limits) -> Shares:
    """Zones of a mean, whose posterior from the flat prior is Student's t around it."""
    from scipy.special import stdtr

    below = [float(stdtr(df, (limit - mean) / error)) for limit in (limits.red, limits.green)]
    return _shares(limits, below[0], below[1])


def beyond_red(events: float, n: float, limits: Limits) -> float:
    """One-sided exact binomial p-value of Lewis's null hypothesis, a share at the red limit: how
    probable events as good or better are there.

    Effective numbers need not be whole: the binomial tail as a beta integral.
    """
    if limits.higher:
        return float(betainc(events, n - events + 1, limits.red)) if events > 0 else 1.0
    return float(betainc(n - events, events + 1, 1 - limits.red)) if events < n else 1.0


def n_plain(limits: Limits, alpha: float, power: float) -> float:
    """People it takes to tell green from red: Lewis 2021 without correction for continuity."""
    a, b = float(ndtri(1 - alpha)), float(ndtri(power))
    red, green = limits.red, limits.green
    spread = a * sqrt(red * (1 - red)) + b * sqrt(green * (1 - green))
    return (spread / (green - red)) ** 2


def n_corrected(limits: Limits, alpha: float, power: float) -> float:
    """The same with the correction for continuity, which the paper's Table 4 has."""
    n = n_plain(limits, alpha, power)
    return n / 4 * (1 + sqrt(1 + 2 / (n * abs(limits.green - limits.red)))) ** 2


def people(n: float) -> int:
    """How many people a number of the two formulas means: the next whole one."""
    return ceil(n - 1e-9)  # rounding alone may not ask for one person more
