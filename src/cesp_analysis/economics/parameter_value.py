"""What it is worth to know some parameters (EVPPI), or a trial's results (EVSI): by regression.

Net benefit's expectation given what is learnt is a regression of its draws on draws of that: of
parameters (Strong, Oakley & Brennan 2014, Med Decis Making 34:311-26) or of summaries of simulated
data (Strong, Oakley, Brennan & Breeze 2015, Med Decis Making 35:570-83). The regression is
smooth.py's: main effects and pairs.
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.economics.smooth import Basis, Fitted, basis, smooth
from cesp_analysis.economics.value_of_information import checked_benefit

REPLICATES = 200  # coefficient draws: the error of an SD from 200 is 5% of it
MOST = 5
"""Parameters at once: products of more are thin in any number of draws that is at hand."""


@dataclass(frozen=True)
class RegressedValue:
    """A value by regression, £ a person, which noise in the fitted values makes somewhat too high;
    std_error: of the regression and of the draws together."""

    value: float
    std_error: float


def evppi(net_benefit: Floats, parameters: Floats, rng: np.random.Generator) -> RegressedValue:
    """Expected value of knowing a group of parameters: draws (B, k) of net benefit, (B, p ≤ 5).

    The draws of both come from the same rows. What is regressed is the difference from the option
    that is best on average. SE: coefficients are drawn from their normal law 200 times (Strong,
    Oakley & Brennan 2014); the draws' own error is added. At a value of 0 noise in the fitted
    values is all there is: read a value below twice its SE as none.
    """
    x = np.asarray(parameters, dtype=np.float64)
    x = x[:, None] if x.ndim == 1 else x
    benefit = checked_benefit(net_benefit)
    if len(x) != len(benefit) or not 1 <= x.shape[1] <= MOST:
        raise ValueError(f"1 to {MOST} parameters of {len(benefit)} draws, not {x.shape}")
    return _regressed(benefit, basis(x), rng)


def evsi_by_regression(
    net_benefit: Floats, summaries: Floats, rng: np.random.Generator
) -> RegressedValue:
    """Expected value of a trial: draws (B, k) of net benefit, summaries (B, s ≤ 5) of a trial that
    was simulated from the same row's parameters. Same numbers and errors as `evppi`."""
    return evppi(net_benefit, summaries, rng)


def trial_summaries(draws: Floats, trial_cov: Floats, rng: np.random.Generator) -> Floats:
    """Estimates (B, s) of a trial for each row of true values (B, s): normal with this covariance
    (s, s) of the estimates; 0 is a trial without error."""
    true = np.asarray(draws, float)
    return np.asarray(true + rng.standard_normal(true.shape) @ root_of(np.asarray(trial_cov)).T)


def root_of(covariance: Floats) -> Floats:
    """A matrix whose square (times its transpose) is the covariance, whatever units it is in: of
    correlations the symmetric root, so that each column stays the nearest to its own."""
    scale = np.sqrt(covariance.diagonal())
    unit = np.where(scale > 0, scale, 1.0)
    values, vectors = np.linalg.eigh(covariance / np.outer(unit, unit))
    root = vectors * np.sqrt(np.maximum(values, 0.0)) @ vectors.T
    return np.asarray(unit[:, None] * root)


def _regressed(benefit: Floats, made: Basis, rng: np.random.Generator) -> RegressedValue:
    best = int(benefit.mean(axis=0).argmax())
    gaps = np.delete(benefit - benefit[:, [best]], best, axis=1)
    fits = [smooth(gap, made) for gap in gaps.T]
    loss = np.maximum(np.column_stack([fit.values for fit in fits]).max(axis=1), 0.0)
    value = float(loss.mean())  # the best option's own gap is 0, and 0 is the largest mean
    replicates = _replicated(gaps, fits, made, rng)
    of_draws = float(loss.var(ddof=1)) / len(loss)
    return RegressedValue(value, float(np.sqrt(replicates.var(ddof=1) + of_draws)))


def _replicated(gaps: Floats, fits: list[Fitted], made: Basis, rng: np.random.Generator) -> Floats:
    """The value (replicates,) with coefficients drawn: normal, correlated between options as their
    residuals are."""
    rest = gaps - np.column_stack([fit.values for fit in fits])
    spread = rest.std(axis=0)
    unit = (rest - rest.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    root = root_of(unit.T @ unit / len(unit))
    noise = rng.standard_normal((REPLICATES, made.columns.shape[1], len(fits))) @ root.T
    largest = np.zeros((len(gaps), REPLICATES))
    means = [np.zeros(REPLICATES)]
    for number, fit in enumerate(fits):
        shift = made.columns @ (root_of(fit.covariance) @ noise[:, :, number].T)
        drawn = fit.values[:, None] + shift
        means.append(drawn.mean(axis=0))
        largest = np.maximum(largest, drawn)
    return np.asarray(largest.mean(axis=0) - np.max(means, axis=0))
