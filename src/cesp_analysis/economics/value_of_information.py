"""What more evidence is worth: expected value of perfect and of sample information.

All values are £ a person for whom the decision is made, unless they are said to be of a population.
Two options whose incremental net benefit is normal have closed forms. Of any law, by regression of
draws: parameter_value.py.
"""

from math import isfinite

import numpy as np

from cesp_analysis.arrays import Floats


def unit_normal_loss(mean: Floats, sd: Floats) -> Floats:
    """E max(0, X) − max(0, mean) for X normal: σ [φ(z) − |z| Φ(−|z|)], z = mean / σ, by element.

    What deciding on the mean loses on average against knowing X; 0 where σ is 0. Source: Raiffa &
    Schlaifer 1961, Applied Statistical Decision Theory; Claxton 1999, J Health Econ 18:341-64.
    """
    from scipy.special import ndtr  # type: ignore[import-untyped, unused-ignore]

    mean, sd = np.broadcast_arrays(np.asarray(mean, float), np.asarray(sd, float))
    if not np.isfinite(mean).all() or not (sd >= 0).all() or not np.isfinite(sd).all():
        raise ValueError("a unit normal loss needs finite means and SDs of 0 or more")
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(sd > 0, np.abs(mean) / sd, np.inf)
        loss = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi) - np.where(sd > 0, z, 0.0) * ndtr(-z)
    return np.asarray(np.where(sd > 0, sd * np.maximum(loss, 0.0), 0.0))


def evsi(prior_mean: Floats, prior_var: Floats, trial_variance: Floats) -> Floats:
    """Expected value of a trial's information, two options, normal prior and data: £ a person.

    INMB ~ N(m, v0) before the trial, which estimates it with variance v (of the estimate, whatever
    the design: v(n) is the caller's). The posterior mean is N(m, v0² / (v0 + v)) beforehand, so
    EVSI is the unit normal loss of that (Raiffa & Schlaifer 1961). With one site against one so
    far, v0 must hold the shock to a site as well, or more evidence seems worth little.

    prior_mean, prior_var: one number or (T,), a threshold each; trial_variance: (k,), or (k, T) as
    the variance of net benefit depends on the threshold; ∞ is no trial. Returns (k,) or (k, T).
    """
    mean, before = np.asarray(prior_mean, float), np.asarray(prior_var, float)
    trial = np.asarray(trial_variance, float)
    if max(mean.ndim, before.ndim) == 1 and trial.ndim == 1:
        trial = trial[:, None]
    if not (before >= 0).all() or not np.isfinite(before).all() or not (trial >= 0).all():
        raise ValueError("variances must be 0 or more, and that of the prior finite")
    with np.errstate(divide="ignore", invalid="ignore"):
        learnt = np.where(before > 0, before / (1 + trial / before), 0.0)
    return unit_normal_loss(mean, np.sqrt(learnt))


def people_over_time(incidence: float, years: float, discount: float = 0.035) -> float:
    """People a decision is made for, discounted: Σ incidence w_t / (1 + r)^t, t = 0, 1, … < years.

    incidence: people a year who would be offered it; w_t is 1, of a last part of a year that part;
    the first year is not discounted. HM Treasury's and NICE's rate is 3.5% a year.
    """
    if not all(map(isfinite, (incidence, years, discount))) or min(incidence, years) < 0:
        raise ValueError("incidence and years must be 0 or more")
    if discount <= -1:
        raise ValueError(f"discount must be above -1, not {discount}")
    t = np.arange(int(np.ceil(years)))
    weight = np.minimum(years - t, 1.0)
    return float(incidence * (weight / (1 + discount) ** t).sum())


def enbs(evsi_per_person: Floats, people: float, costs: Floats) -> Floats:
    """Expected net benefit of sampling, £: what a trial is worth less what it costs, (k,) or (k, T)
    as EVSI is; costs (k,): £ of each trial; people: those the decision is for.

    People of the trial, and those who decide before it ends, are not taken off `people`: the caller
    declares whom the information is still for (Eckermann & Willan 2007, Health Econ 16:195-209).
    """
    value, cost = np.asarray(evsi_per_person, float), np.asarray(costs, float)
    return np.asarray(people * value - (cost[:, None] if value.ndim == 2 else cost))


def checked_benefit(net_benefit: Floats) -> Floats:
    """Draws of net benefit (B, k) as numbers, if there are two options or more, all finite."""
    benefit = np.asarray(net_benefit, dtype=np.float64)
    if benefit.ndim != 2 or benefit.shape[1] < 2 or len(benefit) < 2:
        raise ValueError(f"draws of net benefit must be (B, k ≥ 2), not {benefit.shape}")
    if not np.isfinite(benefit).all():
        raise ValueError("draws of net benefit must be finite")
    return benefit
