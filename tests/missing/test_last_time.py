"""Which rows are shown: of each model and outcome those of its last time."""

from typing import Any

import pytest

from cesp_analysis.missing.last_time import at_last_time

ORDER = ["start", "mid", "end"]


def row(model: str, outcome: str, time: Any) -> dict[str, Any]:
    return {"estimate_id": f"{model}/{outcome}/{time}", "outcome": outcome, "time": time}


def test_the_last_time_is_that_of_the_model_and_outcome() -> None:
    rows = [
        row("a", "x", "end"), row("a", "x", "mid"), row("a", "y", "mid"), row("b", "x", "mid"),
        row("a", "x", "end"),
    ]  # fmt: skip
    assert at_last_time(rows, ORDER) == [0, 2, 3, 4]


@pytest.mark.parametrize("blank", [None, float("nan"), ""])
def test_a_row_of_no_one_time_is_shown_where_none_is_of_one(blank: Any) -> None:
    assert at_last_time([row("a", "x", blank), row("a", "x", "mid")], ORDER) == [1]
    assert at_last_time([row("a", "x", blank), row("a", "y", blank)], ORDER) == [0, 1]


def test_nothing_is_shown_of_nothing() -> None:
    assert at_last_time([], ORDER) == []
