"""True shares and rates of locations over the periods of a trial, correlated as is declared.

Shares of locations vary by a beta law (`icc` is the correlation of two people's answers). Two of a
location's correlate as declared: a normal copula of beta laws, exact with the mean of controls.
Rates are gamma multiples of their mean. Two correlate by what they share (block-exchangeable: a
gamma is the sum of two with the same scale), or each is a beta part of the one before and something
new (decay: Lewis 1982, Oper Res 30:1127-31 and McKenzie 1986, Adv Appl Probab 18:679-705); exact,
with gamma laws throughout. People's own rates within a location do so, too.
"""

import numpy as np
from scipy import optimize, special

from cesp_analysis.arrays import Floats

NODES = 40  # of Gauss-Hermite over a location's place: 1e-5 in the correlation of shares
PLACES = np.linspace(-8.0, 8.0, 4001)
"""Normal places between which a beta law's quantiles are interpolated: to 1e-6."""


def share_at(place: Floats, mean: float, icc: float) -> Floats:
    """Share of locations at these normal places, by the beta law with this mean."""
    if icc == 0:
        return np.full(np.shape(place), mean)
    units = 1 / icc - 1
    known = special.betaincinv(mean * units, (1 - mean) * units, special.ndtr(PLACES))
    return np.asarray(np.interp(place, PLACES, known))


def copula_of(mean: float, icc: float, correlation: float) -> float:
    """Correlation of the normal places of two shares of a location that correlate by
    `correlation`."""
    if icc == 0 or abs(correlation) in (0, 1):
        return correlation
    node, weight = np.polynomial.hermite_e.hermegauss(NODES)
    weight = weight / weight.sum()
    share = share_at(node, mean, icc)
    spread = weight @ share**2 - mean**2

    def off(by: float) -> float:
        later = by * node[:, None] + (1 - by**2) ** 0.5 * node
        both = weight @ (share[:, None] * share_at(later, mean, icc)) @ weight
        return float((both - mean**2) / spread) - correlation

    end = float(np.sign(correlation))
    return end if off(end) * end <= 0 else float(optimize.brentq(off, 0.0, end, xtol=1e-9))


def lagged(correlation: float, periods: int, decays: bool) -> Floats:
    """Correlations (periods, periods) of what is seen in two periods: correlation ** lag, or the
    same for all."""
    lag = np.abs(np.subtract.outer(np.arange(periods), np.arange(periods)))
    return np.asarray(np.power(float(correlation), lag if decays else np.minimum(lag, 1)))


def gammas(
    rng: np.random.Generator, cv: float, correlation: float, decays: bool, shape: tuple[int, ...]
) -> Floats:
    """Multiples (*shape, the last one periods) of mean 1 and this CV; two periods correlate by
    `correlation`, 0 to 1, of which it decays by as much a period."""
    if cv == 0:
        return np.ones(shape)
    units = cv**-2
    if not decays:
        shared = rng.standard_gamma(units * correlation, (*shape[:-1], 1))
        return np.asarray((shared + rng.standard_gamma(units * (1 - correlation), shape)) / units)
    found = rng.standard_gamma(units * (1 - correlation), shape)
    if correlation == 0:
        return np.asarray(found / units)
    found[..., 0] += rng.standard_gamma(units * correlation, shape[:-1])
    for at in range(1, shape[-1]):
        kept: float | Floats = 1.0
        if correlation < 1:
            kept = rng.beta(units * correlation, units * (1 - correlation), shape[:-1])
        found[..., at] += kept * found[..., at - 1]
    return np.asarray(found / units)
