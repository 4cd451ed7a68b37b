"""What a shock to a site would do to the decision: one intervention site against one control site.

Net benefit is a total over follow-up. Unless each person's baseline is taken off, the difference of
two sites holds one effect of each site and period as a whole, what always differed between them
included: variance 2 σ² ρ, not the 4 σ² ρ (1 − CAC) of a change, of which what stays the same drops
out. Both are models.shock.shock_sd, with slope 0 and 1. Gain over baseline (utility at baseline
times the duration taken off) has slope 1 in its QALYs alone: costs before the start are seldom
known, and then the slope of net benefit is 0, the larger of the two where CAC is above a half. σ is
the SD of people's net benefit at the threshold, within sites, over √(1 − ρ). Published pairs are of
outcomes and processes of care: that they hold for net benefit is an assumption, and said so.
"""

from math import inf, sqrt

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.economics.decision import above_zero
from cesp_analysis.economics.value_of_information import evsi, unit_normal_loss
from cesp_analysis.models.prior import Prior
from cesp_analysis.models.shock import shock_sd


def net_benefit_shock_sds(
    sd_within: Floats,
    prior: Prior,
    slope: float = 0.0,
    gap_months: float | None = None,
    sites: tuple[float, float] = (1.0, 1.0),
    alike: float = 1.0,
) -> Floats:
    """SD (pairs, T) of the difference of site shocks in £, for each pair of the prior.

    sd_within (T,): SD of people's net benefit within sites at each threshold, £; slope: how much of
    baseline is taken off (see above), of what correlation with baseline's net benefit (alike);
    gap_months: between baseline and follow-up, for slope ≠ 0.
    """
    within = np.atleast_1d(np.asarray(sd_within, dtype=np.float64))
    if not np.isfinite(within).all() or not (within > 0).all():
        raise ValueError("shocks are sized by an SD of people's net benefit above 0")
    shares = [
        shock_sd(1 / sqrt(1 - pair.rho), pair.rho, alike * pair.cac_over(gap_months), slope, sites)
        for pair in prior.pairs
    ]
    return np.outer(shares, within)


def share_beyond(size: Floats, sds: Floats) -> Floats:
    """Prior probability (T,) of a shock past `size` (T,), in the direction that flips a decision.

    The prior is a mixture over pairs of N(0, sds²), sds (pairs, T); of shocks that large in either
    direction it is twice this. A decision at 0 is flipped by half of them.
    """
    return np.asarray(above_zero(-np.abs(size)[None, :], sds).mean(axis=0))


def evpi_with_shocks(net_benefit: Floats, std_error: Floats, sds: Floats) -> Floats:
    """Expected value of perfect information (T,) if shocks of the prior are in the estimate too.

    What they add is what other sites would tell, and more people of the same ones would not.
    Exactly the mean of the unit normal losses over pairs; sds (pairs, T).
    """
    spread = np.sqrt(np.asarray(std_error, dtype=np.float64) ** 2 + sds**2)
    return np.asarray(unit_normal_loss(net_benefit, spread).mean(axis=0))


def evsi_with_shocks(net_benefit: float, std_error: float, sds: Floats, trial: Floats) -> Floats:
    """Expected value (k,) of trials that estimate net benefit with variances `trial` (k,), where
    shocks of the prior are in the estimate too: the mean over its pairs, sds (pairs,).

    Pair by pair, as `evpi_with_shocks` is: a trial then tells no more than everything, while of one
    normal law of the pairs' mean variance it may seem to (the loss is concave in the variance).
    """
    before = std_error**2 + np.asarray(sds, dtype=np.float64) ** 2
    each = evsi(np.full(len(before), net_benefit), before, trial)
    return np.asarray(each.mean(axis=1))


def shock_band(
    net_benefit: Floats, std_error: Floats, sd_of_shock: Floats, df: float = inf
) -> tuple[Floats, Floats]:
    """The acceptability curve (low, high) if the estimate holds a shock of one SD that was for or
    against the intervention: without it net benefit would be lower or higher.

    P(INMB ∓ s + SE T(df) > 0), by element; s = 0 gives the curve itself twice.
    """
    shock = np.asarray(sd_of_shock, dtype=np.float64)
    if (shock < 0).any():
        raise ValueError("the SD of a shock must be 0 or more")
    low, high = (above_zero(net_benefit + side * shock, std_error, df) for side in (-1, 1))
    return low, high
