"""What the test of proportional odds says: no p-value is 0.000."""

from typing import Any, cast

import pytest

from cesp_analysis.models.ordinal import _said
from cesp_analysis.numbers import p_text


@pytest.mark.parametrize(
    ("p", "told"),
    [(1e-9, "p < 0.001"), (0.0007, "p < 0.001"), (0.001, "p = 0.001"), (0.745, "p = 0.745")],
)
def test_a_p_value_below_one_in_a_thousand_is_told_so(p: float, told: str) -> None:
    assert p_text(p) == told
    (said,) = _said((80.0, 5, p), {}, cast(Any, None))
    assert f"chi-squared 80.0 on 5 df, {told}" in said
