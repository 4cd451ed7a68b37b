"""What a trial would find: standard error, degrees of freedom, power, for many scenarios at once.

How it is computed: the variance by `precision`, its degrees of freedom by `degrees`, power by
`power`. A scenario that has no answer has NaN and a reason; the others are not touched by it.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.planning.degrees import Rule, judged, of_two_groups
from cesp_analysis.planning.misfit import as_fitted, fits_blocks, misfits, se_ratio
from cesp_analysis.planning.power import noncentrality_for, power
from cesp_analysis.planning.precision import Model, variance
from cesp_analysis.planning.scenarios import Reasons, Scenarios, faults

UNLIMITED = 1e9  # people of a location, where their number does not bound the answer
BLOCK = 2_000  # scenarios at a time: what they need stays in the processor's cache
NOT_KNOWN = "the design holds too few locations and periods to estimate its own variance"
SAFE = {
    "locations": 1e3, "people": 10, "effect": 0, "sd": 1, "icc": 0.1, "cac": 1, "iac": 0.5,
    "retention": 1, "size_cv": 0, "alpha": 0.05,
}  # stands in for scenarios that have no answer, so that arithmetic goes through  # fmt: skip


@dataclass(frozen=True)
class Answers:
    """Arrays (n,): std_error, the true, in the outcome's unit; df; power on t and on the normal;
    reason: why there is none, else ''; se_ratio: what the analysis says of it, over the true one.
    method: how sizes and degrees of freedom were treated."""

    std_error: Floats
    df: Floats
    power: Floats
    power_normal: Floats
    reason: Reasons
    method: str
    model: Model
    scenarios: Scenarios
    rule: Rule
    se_ratio: Floats

    @property
    def as_run(self) -> Floats:
        """Power (n,) of the analysis as it is run, false alarms and all."""
        return self._tested(self.scenarios.effect / self.std_error)

    @property
    def false_alarms(self) -> Floats:
        """How often (n,) the analysis as it is run finds what is not there."""
        return self._tested(0.0)

    def _tested(self, shift: ArrayLike) -> Floats:
        return power(shift, self.df, self.scenarios.alpha, se_ratio=self.se_ratio)

    def detectable(self, target: ArrayLike = 0.8) -> Floats:
        """The smallest effect (n,) found with the target power, in the outcome's unit."""
        honest = np.maximum(self.se_ratio, 1)
        own = noncentrality_for(target, self.df, self.scenarios.alpha, se_ratio=honest)
        return self.std_error * own

    @cached_property
    def ceiling(self) -> Floats:
        """Power (n,) that these locations cannot exceed, however many people each has."""
        return np.where(self.reason == "", ceiling(self.model, self.scenarios, self.rule), np.nan)


def answer(model: Model, scenarios: Scenarios, rule: Rule = "usual") -> Answers:
    """Power and precision of each scenario; what is wrong with one is its reason. Raises
    NotEstimable where the layout itself cannot tell the effect.

    Scenarios go through in blocks, so that memory beside the answers does not grow with them.
    """
    reason = faults(model.layout, scenarios, model.structure, model.sampling)
    good = reason == ""
    own = scenarios if good.all() else _safe(scenarios, good, model)
    blocks = [own.take(slice(at, at + BLOCK)) for at in range(0, len(own), BLOCK)]
    made = [_judged(model, one, rule) for one in blocks] or [(np.empty(0),) * 3]
    error, df, ratio = (np.concatenate(one) for one in zip(*made, strict=True))
    reason[good & np.isnan(df)] = NOT_KNOWN
    error, df = (np.where(reason == "", one, np.nan) for one in (error, df))
    with np.errstate(divide="ignore"):
        shift = own.effect / error
    endless = np.where(np.isnan(df), np.nan, np.inf)
    honest = np.maximum(ratio, 1)
    normal = power(shift, endless, own.alpha, se_ratio=honest)
    on_t = power(shift, df, own.alpha, se_ratio=honest)
    said = method(model, rule)
    return Answers(error, df, on_t, normal, reason, said, model, scenarios, rule, ratio)


def _judged(model: Model, own: Scenarios, rule: Rule) -> tuple[Floats, Floats, Floats]:
    """Standard error, its degrees of freedom, and the error that is said over it (n,)."""
    fitted, taken = as_fitted(model, own)
    df, added = judged(fitted, taken, rule)
    error = np.sqrt(variance(fitted, taken) * (1 + added))
    if misfits(model):
        ratio = se_ratio(model, own)
        return error / ratio, df, ratio
    if rule == "usual" and of_two_groups(model.layout):
        return error, df, np.ones(len(own))
    return error, df, se_ratio(model, own)


def ceiling(model: Model, scenarios: Scenarios, rule: Rule = "usual") -> Floats:
    """Power (n,) with people without limit in the locations that there are."""
    return answer(model, scenarios.with_(people=UNLIMITED), rule).power


def method(model: Model, rule: Rule) -> str:
    """How the answers were made, for the reader of a table."""
    df = {
        "none": "normal",
        "kenward_roger": "t, Kenward-Roger df and cost of estimated weights",
    }.get(rule, "t, Kenward-Roger df by expected information")
    if rule == "usual" and of_two_groups(model.layout):
        df = "t on locations - 2"
        if model.weights == "best":
            df += ", fewer, and a cost of estimated weights, where sizes differ"
    sizes = {
        "people": "people weighed alike: the location's part times 1 + CV^2 of future locations",
        "best": "locations weighed as by a mixed model, of gamma sizes",
    }[model.weights]
    more = 1 if model.structure == "exchangeable" else 2
    fitted = (
        ", fitted as if any two periods were as alike (effects of location and location-period)"
        if fits_blocks(model) and model.layout.observed.sum(axis=1).max() > more
        else ""
    )
    followed: str = model.sampling
    if model.sampling == "cohort" and model.layout.loses_from and model.layout.periods > 2:
        followed = "cohort, of whom those who are lost answer in their first period alone"
    how = f"GLS of period means, {model.analysis}, {model.structure}{fitted}, {followed}"
    if model.layout.periods == 1:
        how = "difference of the arms' location means at one time, weighed by least squares"
    return f"{how}; {df}; {sizes}"


def _safe(scenarios: Scenarios, good: NDArray[np.bool_], model: Model) -> Scenarios:
    usable = SAFE | ({"cac": np.nan} if model.structure == "exchangeable" else {})
    values = {
        name: np.where(good, getattr(scenarios, name), value) for name, value in usable.items()
    }
    return replace(scenarios, **values)
