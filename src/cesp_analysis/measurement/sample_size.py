"""What a candidate would cost in a definitive trial: locations and people, by a design effect.

Two arms of k locations, m people measured at each. A location's mean has variance
σ² f [1 + ((cv² + 1) m − 1) ρ] / m (Eldridge, Ashby & Kerry 2006, Int J Epidemiol 35:1292-300);
f = 1 at follow-up alone, 1 − r² at equal baseline, 2 (1 − r) for changes, r the correlation of a
location's means before and after, r = [m ρ CAC + (1 − ρ) c] / [1 + (m − 1) ρ], c that of people
(Teerenstra et al. 2012, Stat Med 31:2169-78). Power: noncentral t on 2 (k − 1) df.
"""

from dataclasses import dataclass
from math import ceil, sqrt

from cesp_analysis.declared.measurement import SampleSize
from cesp_analysis.models.student import t_quantile

MOST = 1_000_000
"""Locations in an arm beyond which no trial is looked for."""
FEWEST = 2
"""Locations in an arm: with one there is no error between locations to compare with."""
CERTAIN = 30.0
"""Standard errors between none and the difference beyond which power is 1 to all digits printed,
even on 2 df: 4.303 is exceeded but in 1e-19 of trials."""
FORMULA = (
    "SD² × baseline factor × [1 + ((cv² + 1) m − 1) ICC] / m is the variance of a location's mean;"
    " noncentral t on 2 (k − 1) df for k locations in each arm"
)


@dataclass(frozen=True)
class Needed:
    """A trial that is large enough: locations and people to recruit, both arms together."""

    locations: int
    people: int
    power: float


def design_effect(planned: SampleSize) -> float:
    """How many times larger a variance is for people of a location being alike."""
    spread = planned.cluster_size_cv**2 + 1
    return 1 + (spread * planned.cluster_size - 1) * planned.icc


def baseline_factor(planned: SampleSize, correlation: float | None) -> float | None:
    """f above; None where the correlation of people before and after is not known."""
    if planned.analysis == "follow_up":
        return 1.0
    if correlation is None:
        return None
    m, rho, cac = planned.cluster_size, planned.icc, planned.autocorrelation or 0.0
    r = (m * rho * cac + (1 - rho) * correlation) / (1 + (m - 1) * rho)
    return 1 - r**2 if planned.analysis == "at_equal_baseline" else 2 * (1 - r)


def power(
    locations: float, sd: float, effect: float, planned: SampleSize, factor: float = 1.0
) -> float:
    """The probability to find the difference, on its own side, with so many locations an arm."""
    from scipy.special import nctdtr  # type: ignore[import-untyped, unused-ignore]

    df = 2 * (locations - 1)
    of_mean = sd**2 * factor * design_effect(planned) / planned.cluster_size
    apart = effect / sqrt(2 * of_mean / locations)
    edge = t_quantile(1 - planned.alpha / 2, df)
    if apart > CERTAIN:
        return 1.0
    return float(1 - nctdtr(df, apart, edge))


def needed(sd: float, effect: float, planned: SampleSize, factor: float = 1.0) -> Needed | None:
    """The smallest trial whose power is at least the planned one; None: more than a million
    locations in each arm would be needed."""
    if factor <= 0:
        return None

    def enough(locations: int) -> bool:
        return power(locations, sd, effect, planned, factor) >= planned.power

    high = FEWEST
    while not enough(high):
        high *= 2
        if high > MOST:
            return None
    low = high // 2
    while high - low > 1 and high > FEWEST:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    locations = 2 * high
    recruited = ceil(planned.cluster_size / (1 - planned.loss) - 1e-9)
    return Needed(locations, locations * recruited, power(high, sd, effect, planned, factor))
