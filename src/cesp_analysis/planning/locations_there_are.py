"""What locations that there are, with their sizes, promise."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cesp_analysis.errors import CespError
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.planning.assurance import Assurance, success
from cesp_analysis.planning.designed import OfLocations
from cesp_analysis.planning.known import Floats
from cesp_analysis.planning.power import noncentrality_for
from cesp_analysis.planning.sizes import Sized, of_sizes
from cesp_analysis.planning.sizes_file import Sizes
from cesp_analysis.planning.uncertain import Uncertain, error_of_mean

_ALIKE = np.ones(1)
MANY = 1e6  # times as many people: the ceiling of these locations


def sized_rows(
    own: OfLocations,
    there: Sizes,
    drawn: Uncertain,
    effect: float | Floats,
    level: float,
    target: float,
) -> tuple[Assurance, dict[str, Any]]:
    """Assurance (1,) of these locations, and columns (1,) at the medians of what is known."""
    found = [_of_draw(own, there, drawn.values, at) for at in range(drawn.draws)]
    drawn_effect = np.broadcast_to(np.asarray(effect, float), (drawn.draws,))
    error, df, power = (
        np.array([getattr(one, name) for one in found]) for name in ("std_error", "df", "power")
    )
    law = np.ndim(effect) > 0
    each = success(_Made(power, error, df), drawn_effect, own.alpha) if law else power
    middle = _of_draw(own, there, drawn.middle(), 0)
    most = _of_draw(own, Sizes(there.arm, there.people * MANY), drawn.middle(), 0)
    low, high = np.quantile(each, [(1 - level) / 2, (1 + level) / 2])
    made = Assurance(
        value=np.array([each.mean()]),
        error=error_of_mean(each[None]),
        low=np.array([low]),
        high=np.array([high]),
        power=np.array([middle.power]),
        unanswered=np.zeros(1, dtype=np.int64),
        why=("",),
        most=float((drawn_effect > 0).mean()),
        draws=drawn.draws,
        level=level,
    )
    return made, _columns(middle, own, target) | {"ceiling": np.array([most.power])}


@dataclass(frozen=True)
class _Made:
    power: Floats
    std_error: Floats
    df: Floats


def _of_draw(own: OfLocations, there: Sizes, values: Any, at: int) -> Sized:
    one = {name: value[at : at + 1] for name, value in values.items()}
    fields = one | {"locations": np.array([float(len(there.people))]),
                    "people": np.array([there.people.mean()])}  # fmt: skip
    try:
        model = replace(own.model, weights="people")
        arms = tuple(float(one.get(name, _ALIKE)[0]) for name in ("part_control", "part_treated"))
        return of_sizes(
            model, own.scenarios(fields), there.arm, there.people, "cr2", (arms[0], arms[1])
        )
    except NotEstimable as error:
        raise CespError(f"planning: {error}") from None


def _columns(middle: Sized, own: OfLocations, target: float) -> dict[str, Any]:
    """What holds at the medians, said with the variation of these sizes."""
    at = np.array([middle.df]), np.array([own.alpha])
    method = (
        f"these sizes, each person alike: their CV {middle.cv:.3g} (of future locations"
        f" {middle.cv_of_future:.3g}), design effect {middle.design_effect:.4g},"
        f" {middle.people:.0f} people as good as {middle.people_over_design_effect:.1f} apart;"
        f" t of the estimating equations' CR2 error on its own {middle.df:.3g} df"
    )
    return {
        "std_error": np.array([middle.std_error]),
        "df": np.array([middle.df]),
        "power": np.array([middle.power]),
        "power_normal": np.array([middle.power_normal]),
        "detectable": middle.std_error * noncentrality_for(target, *at),
        "reason": np.array([""], dtype=object),
        "method": method,
    }
