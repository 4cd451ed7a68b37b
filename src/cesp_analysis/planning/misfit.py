"""What a mixed model finds where locations' periods decay, which it does not know.

Trials are analysed with effects of locations and of their periods (and of people), so that two
periods are as alike as any other two. Where all periods of a location are the same (exchangeable)
that model is true: the variance of its periods is 0 and is estimated, never below, which costs
degrees of freedom and has it say too large an error. Where likeness decays the model settles at
the mean of its pairs of periods: all sequences are seen in as many periods, one after another, and
their mean
squares between and within locations, of people and of answers, tell as many variances (REML in
large samples; a location's is never below 0). Its estimate is that of least squares weighed so; the
true variance is the sandwich B⁻¹MB⁻¹, B = sum X'WX and M = sum X'WVWX, W the inverse of the model's
covariance and V the true one; the model says B⁻¹ (White 1982, Econometrica 50:1-25; Kasza & Forbes
2019, Stat Methods Med Res 28:3112-22, of what that does to stepped wedges). A test of the model has
false alarms above its level where B⁻¹ lies below the sandwich, fewer where above. Where above,
planned power is that of the model as it is run; where below, that of a test which knows the
sandwich, so that no false alarm counts: the model's own stands beside simulated trials. The ratio
of the two is that of locations alike in size.
"""

from dataclasses import replace

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.planning.correlation import parameters
from cesp_analysis.planning.degrees import of_nothing
from cesp_analysis.planning.layouts import Layout
from cesp_analysis.planning.precision import TREATED, Model, patterns
from cesp_analysis.planning.scenarios import Scenarios
from cesp_analysis.planning.told_of_variances import cell_covariance, cells_of

OF_PERIODS = 1  # place of the variance of a location's periods among the parameters


def as_fitted(model: Model, scenarios: Scenarios) -> tuple[Model, Scenarios]:
    """The model that is fitted, and scenarios at what it takes for true; the same if that is the
    model that trials have."""
    if not fits_blocks(model):
        return model, scenarios
    if model.structure == "exchangeable":
        return _with_blocks(model), scenarios.with_(cac=1.0)
    cac = _mean_power(scenarios.cac, model.layout)
    iac = _mean_power(np.nan_to_num(scenarios.iac), model.layout)
    return _with_blocks(model), scenarios.with_(cac=cac, iac=iac)


def _with_blocks(model: Model) -> Model:
    return replace(model, structure="block_exchangeable", fits_blocks=False)


def fits_blocks(model: Model) -> bool:
    """Whether effects of locations and of their periods are fitted to periods that are alike in
    another way: that fade, or, without variance of their own, are all the same."""
    other = model.structure != "block_exchangeable"
    return model.fits_blocks and other and model.layout.periods > 1


def misfits(model: Model) -> bool:
    """Whether a model of blocks is fitted to what decays over several periods, and is not true."""
    return fits_blocks(model) and model.structure == "decay"


def se_ratio(model: Model, scenarios: Scenarios) -> Floats:
    """Standard error (n,) that the fitted model says, over the true one; 1 where it fits."""
    if not fits_blocks(model):
        return np.ones(len(scenarios))
    fitted, taken = as_fitted(model, scenarios)
    if not misfits(model):
        return of_nothing(fitted, taken, OF_PERIODS)
    truth = parameters(scenarios, model.structure, model.sampling)
    own = parameters(taken, fitted.structure, model.sampling)
    bread = meat = np.zeros(())
    for pattern in patterns(model.layout, model.analysis):
        cells = cells_of(model, scenarios, pattern)
        weight = np.linalg.inv(cell_covariance(fitted, own, taken, cells))
        true = cell_covariance(model, truth, scenarios, cells)
        bread = bread + cells.squared(weight)
        meat = meat + cells.squared(weight @ true @ weight)
    said = np.linalg.inv(bread)
    found = said @ meat @ said
    return np.sqrt(said[:, TREATED, TREATED] / found[:, TREATED, TREATED])


def _mean_power(correlation: Floats, layout: Layout) -> Floats:
    """Mean (n,) of correlation^|t - s| over pairs of periods of one sequence, at least 0."""
    total, pairs = np.zeros(len(correlation)), 0.0
    for seen, share in zip(layout.observed, layout.share, strict=True):
        at = np.flatnonzero(seen)
        lag = np.subtract.outer(at, at)
        lags = lag[lag > 0]
        total += share * np.power(correlation[:, None], lags).sum(axis=1)
        pairs += share * len(lags)
    return np.asarray((total / pairs if pairs else correlation).clip(0))
