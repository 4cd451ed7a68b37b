"""Departures from missing at random, by bootstrap then imputation, beside the base case."""

from types import SimpleNamespace
from typing import Any

import pytest

from cesp_analysis.declared.economics_words import EconomicsWords
from cesp_analysis.report.blocks import Table
from cesp_analysis.report.sections.economics_tables import by_departure, by_scenario

WORDS = EconomicsWords(
    price_year="2023/24", value_set="England", thresholds=(20_000.0,),
    scenarios={"perspective wide": "Society", "departure worse": "Who was lost did worse"},
)  # fmt: skip
WAYS = {"imputed": "net_benefit", "boot_impute": "joint"}


def estimate(scenario: str, way: str, quantity: str = "cost", value: float = 1.0) -> dict[str, Any]:
    return {
        "scenario": scenario, "missing_data": way, "model": WAYS[way], "quantity": quantity,
        "threshold": 20_000.0 if quantity == "inmb" else None, "estimate": value, "ci_low": 0.0,
        "ci_high": 9.0, "unit": "£", "reason": None, "warnings": "", "approach": "gain",
        "zeros": None,
    }  # fmt: skip


def results(*rows: dict[str, Any]) -> Any:
    words = SimpleNamespace(economics=WORDS, interval=lambda: "95% interval")
    return SimpleNamespace(words=words, economics=rows)


def lines(table: Table | None) -> dict[str, str]:
    """Stub of each row → its difference in costs."""
    assert table is not None
    return {row.stub: row.cells[0] for group in table.groups for row in group.rows}


ROWS = [
    estimate(scenario, way, value=10.0 * at + k)
    for at, scenario in enumerate(("base", "departure worse", "perspective wide"))
    for k, way in enumerate(WAYS)
    if (scenario, way) != ("perspective wide", "boot_impute")
]


def test_both_ways_have_their_table() -> None:
    own = results(*ROWS)
    table = by_departure(own)
    assert table is not None and "of times after the first is multiplied" in table.caption
    assert lines(by_departure(own)) == {"Base case": "1", "Who was lost did worse": "11"}
    assert list(lines(by_scenario(own)).values()) == ["0", "20", "10"]


@pytest.mark.parametrize("kept", [("base",), ("base", "perspective wide")])
def test_without_departures_there_is_no_table(kept: tuple[str, ...]) -> None:
    assert by_departure(results(*(row for row in ROWS if row["scenario"] in kept))) is None


def test_means_of_an_arm_are_no_difference() -> None:
    own = results(*ROWS, estimate("base", "imputed", "cost_control", 999.0) | {"approach": "gain"})
    assert lines(by_scenario(own))["Base case"] == "0"
