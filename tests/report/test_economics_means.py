"""The table of means of each arm: what stands in which of its cells."""

from types import SimpleNamespace
from typing import Any

from cesp_analysis.declared.economics_words import EconomicsWords
from cesp_analysis.report.blocks import Table
from cesp_analysis.report.sections.economics_means import means_of_arms
from cesp_analysis.withheld import Withheld

ARMS = ("intervention", "control")
WORDS = EconomicsWords(
    price_year="2023/24", value_set="England", thresholds=(20_000.0,), perspectives={"nhs": "NHS"},
    priced=True,
)  # fmt: skip


def known(arm: str, **own: Any) -> dict[str, Any]:
    return {
        "quantity": "utility", "value_set": "England", "arm": arm, "time": "start", "people": 40,
        "n": 35, "mean": 0.6123, "sd": 0.25, "ci_low": 0.5, "ci_high": 0.7,
    } | own  # fmt: skip


def estimate(quantity: str, **own: Any) -> dict[str, Any]:
    return {
        "scenario": "base", "missing_data": "imputed", "quantity": quantity, "n_obs": 30,
        "n_units": 40, "estimate": 812.6, "ci_low": 700.0, "ci_high": 900.0,
    } | own  # fmt: skip


def cells(years: float = 1.0, **tables: Any) -> dict[str, tuple[str, ...]]:
    """Group and label of each row → its cells."""
    words = SimpleNamespace(
        economics=tables.pop("words", WORDS),
        arms={"intervention": "New", "control": "Usual"},
        interval=lambda: "95% interval",
        moment=lambda name: SimpleNamespace(label=name.capitalize()),
        years=lambda: years,
    )
    empty: dict[str, Any] = {name: [] for name in ("economics_means", "economics", "costs")}
    results: Any = SimpleNamespace(words=words, **empty | tables)
    (table,) = (block for block in means_of_arms(results) if isinstance(block, Table))
    assert all(len(row.cells) == len(table.columns) for g in table.groups for row in g.rows)
    return {f"{g.title}|{row.stub}": row.cells for g in table.groups for row in g.rows}


def test_utilities_and_qalys_of_whom_they_are_known() -> None:
    rows = [known(arm) for arm in ARMS]
    rows += [known(arm, quantity="qaly", time="follow_up", n=20) for arm in ARMS]
    found = cells(economics_means=rows)
    title = "Utility, England: of whom it is known"
    assert found[f"{title}|Start"] == ("35 of 40", "0.612", "0.250", "0.500 to 0.700") * 2
    assert found[f"{title}|QALYs, whole follow-up"][0] == "20 of 40"


def test_totals_of_who_is_complete_and_of_everybody() -> None:
    rows = [estimate(f"cost_{arm}") for arm in ARMS]
    rows += [estimate("qaly_control", missing_data="complete", estimate=None, ci_low=None)]
    rows += [estimate("cost"), estimate("cost_control", scenario="subgroup sex: f")]
    found = cells(economics=rows)
    imputed = found["Multiple imputation: whole follow-up|Costs, £"]
    assert imputed == ("30 of 40", "813", "–", "700 to 900") * 2
    assert found["People who are complete: whole follow-up|QALYs"][4:] == (
        "30 of 40",
        "–",
        "–",
        "–",
    )
    assert found["People who are complete: whole follow-up|QALYs"][:4] == ("–",) * 4


def test_costs_are_those_of_the_main_perspective_where_services_are_priced() -> None:
    own = {"of": "perspective", "name": "nhs", "time": "follow_up", "people": 40, "n": 31}
    rows = [own | {"arm": arm, "mean": 99.6, "sd": 120.2} for arm in ARMS]
    rows += [row | {"name": "wide", "mean": 1.0} for row in rows]
    (line,) = cells(costs=rows).values()
    assert line == ("31 of 40", "100", "120", "–") * 2
    assert not cells(costs=rows, words=WORDS.model_copy(update={"priced": False}))


def test_costs_beyond_a_year_are_said_to_be_discounted() -> None:
    own = {"of": "perspective", "name": "nhs", "time": "end", "people": 40, "n": 31}
    rows = [own | {"arm": arm, "mean": 99.6, "sd": 120.2} for arm in ARMS]
    words = WORDS.model_copy(update={"discount": 0.035})
    title = "Costs, £, NHS: of whom they are known"
    assert [*cells(years=1.0, costs=rows, words=words)] == [f"{title}|End"]
    assert [*cells(years=2.0, costs=rows, words=words)] == [f"{title}, discounted|End"]
    assert [*cells(years=2.0, costs=rows)] == [f"{title}|End"]


def test_what_is_withheld_stays() -> None:
    rows = [known(arm, mean=Withheld(), ci_low=Withheld()) for arm in ARMS]
    assert cells(economics_means=rows).popitem()[1][1:4] == ("[c]", "0.250", "[c]")
