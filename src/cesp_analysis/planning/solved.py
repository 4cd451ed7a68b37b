"""How many locations, or people in the locations that there are, reach a target power.

How it is computed: power grows with both, so each is the root of power - target, found for all
scenarios together (Chandrupatla 1997, Adv Eng Softw 28:145-9, on the logarithm), as a real number,
then rounded up to what can be randomised, and power is given there. With fixed locations more
people help up to a ceiling alone (Hemming and colleagues 2011, BMC Med Res Methodol 11:102): where
the target lies above it the scenario's reason says so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.planning.answers import UNLIMITED, answer
from cesp_analysis.planning.degrees import Rule
from cesp_analysis.planning.precision import Model
from cesp_analysis.planning.scenarios import Reasons, Scenarios

MOST_LOCATIONS = 1e5
Powers = Callable[[Floats, NDArray[np.int64]], Floats]
_ROUNDING = 1e-7  # of a whole number, that does not call for one more


@dataclass(frozen=True)
class Solved:
    """Arrays (n,): exact, a real number; whole, what can be had; power there; ceiling: the most
    that can be reached; reason: why there is no answer, else ''."""

    exact: Floats
    whole: Floats
    power: Floats
    ceiling: Floats
    reason: Reasons


def locations_for(
    model: Model, scenarios: Scenarios, target: ArrayLike = 0.8, rule: Rule = "usual"
) -> Solved:
    """Locations of the whole trial; whole: the next number that the layout's shares divide.

    `locations` of the scenarios are not used.
    """
    low, high = model.layout.fewest, MOST_LOCATIONS
    first = answer(model, scenarios.with_(locations=high), rule)
    exact, reason = _root(model, scenarios, rule, "locations", (low, high), target, first.reason)
    short = (reason == "") & np.isnan(exact)
    reason[short] = [
        f"power stays at {p:.3f} with {high:,.0f} locations" for p in first.power[short]
    ]
    whole = np.array([float(model.layout.whole(x)) if np.isfinite(x) else np.nan for x in exact])
    reached = answer(model, scenarios.with_(locations=whole), rule).power
    return Solved(exact, whole, reached, first.power, reason)


def people_for(
    model: Model, scenarios: Scenarios, target: ArrayLike = 0.8, rule: Rule = "usual"
) -> Solved:
    """People of each location in each period, with the locations that there are.

    `people` of the scenarios are not used.
    """
    first = answer(model, scenarios.with_(people=UNLIMITED), rule)
    exact, reason = _root(model, scenarios, rule, "people", (1.0, UNLIMITED), target, first.reason)
    short = (reason == "") & np.isnan(exact)
    at = zip(first.power[short], scenarios.locations[short], strict=True)
    reason[short] = [
        f"power cannot exceed {p:.3f} with {k:g} locations, however many people each has"
        for p, k in at
    ]
    whole = np.ceil(exact - _ROUNDING * np.abs(exact))
    reached = answer(model, scenarios.with_(people=whole), rule).power
    return Solved(exact, whole, reached, first.power, reason)


def _root(
    model: Model,
    scenarios: Scenarios,
    rule: Rule,
    name: str,
    ends: tuple[float, float],
    target: ArrayLike,
    reason: Reasons,
) -> tuple[Floats, Reasons]:
    """The value of one field (n,) at which power is the target; NaN where it stays below."""

    def powers(value: Floats, which: NDArray[np.int64]) -> Floats:
        return answer(model, scenarios.take(which).with_(**{name: value}), rule).power

    reason = reason.copy()
    aim = np.broadcast_to(np.asarray(target, dtype=np.float64), len(scenarios))
    reason[(reason == "") & ~((aim > scenarios.alpha) & (aim < 1))] = (
        "the target power must lie between alpha and 1"
    )
    return crossed(powers, aim, ends, reason == ""), reason


def crossed(powers: Powers, target: Floats, ends: tuple[float, float], good: Any) -> Floats:
    """Where powers(value, which scenarios) first reaches its target between two ends.

    The lower end where it is reached there, or the next twice as high that has any power; NaN where
    it is not at the upper end, or not good.
    """
    from scipy.optimize.elementwise import find_root  # type: ignore[import-untyped, unused-ignore]

    low, high = (np.full(len(target), end) for end in ends)
    which = np.arange(len(target))
    at_low, at_high = powers(low, which), powers(high, which)
    while (few := good & np.isnan(at_low) & np.isfinite(at_high) & (low < high)).any():
        low[few] = np.minimum(2 * low[few], high[few])  # so few may have no answer at all
        at_low[few] = powers(low[few], which[few])
    found = np.where(good & (at_low >= target), low, np.nan)
    between = which[good & (at_low < target) & (at_high >= target)]
    if not len(between):
        return found
    root = find_root(
        lambda x, one: powers(np.exp(x), one.astype(np.int64)) - target[one.astype(np.int64)],
        (np.log(low[between]), np.log(high[between])),
        args=(between.astype(np.float64),),
    )
    found[between] = np.where(root.success, np.exp(root.x), np.nan)
    return found
