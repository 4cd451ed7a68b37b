"""What the sets' diagnostics say together: means of numbers, texts that all share, joint tests."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from cesp_analysis.missing.pooled_joint import joint_of_sets
from cesp_analysis.models.joint import JOINT_TEST

NO_POOLED_TEST = (
    "each imputed set has this test; there is no pooled one, for tests have no mean: a model of"
    " complete records shows that of the answered records"
)


def merged(known: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Diagnostics of all sets: numbers as their means, texts that all share; joint tests pooled
    (D1), other tests with the reason why they are not."""
    m, found = len(known), dict[str, Any]()
    for key in dict.fromkeys(name for own in known for name in own):
        values = [own[key] for own in known if key in own]
        if key == JOINT_TEST:
            found[key] = joint_of_sets(values, m)
        elif any(isinstance(own, dict) and "p_value" in own for own in values):
            found[key] = {"reason": NO_POOLED_TEST}
        elif len(values) == m and all(isinstance(own, dict) for own in values):
            found[key] = merged(values)
        elif len(values) == m and _have_a_mean(values):
            found[key] = _mean(values)
    return found


def _have_a_mean(values: Sequence[Any]) -> bool:
    numbers = all(isinstance(own, int | float) and not isinstance(own, bool) for own in values)
    return numbers or all(own == values[0] for own in values)


def _mean(values: Sequence[Any]) -> Any:
    if all(own == values[0] for own in values):
        return values[0]
    return float(np.mean(values))
