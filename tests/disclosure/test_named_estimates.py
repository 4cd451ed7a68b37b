"""Estimates that a table has under another name than estimate_id leave as they do elsewhere."""

from typing import Any

import pytest

from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure.table_rows import Release
from cesp_analysis.disclosure.tables import PREDICTED, TABLES
from cesp_analysis.withheld import ALONG

HOW = Disclosure(threshold=10, round_to=0, sizes_to=5)
EVERY = {**TABLES, "predicted": PREDICTED}
FEW, OTHER = "survey/s/t1", "m/s/t1"
INTERVAL = {"estimate": 1.23456, "ci_low": -8.76543, "ci_high": 11.23456, "unit": "points"}


def row(table: str, **cells: Any) -> dict[str, Any]:
    """A row of a table that says nothing but the cells, as it is released."""
    blank = dict.fromkeys(TABLES[table].contract.columns()) | cells
    (own,) = TABLES[table].prepared([blank], HOW)
    return own


LINK = {"evidence": "estimate", "of": FEW, "outcome": "s", "time": "t1", **INTERVAL}
DISPLAY = {
    "excerpts": 0, "spoke": 0, "declared": "yes", "names_somebody": "no", "outcome": "s",
    "estimate_id": OTHER, **INTERVAL, "survey_outcome": "s", "survey_estimate_id": FEW,
    **{f"survey_{name}": value for name, value in INTERVAL.items()},
}  # fmt: skip
PAIR = {
    "model_design": "survey", "model_mixed": "m", "outcome": "s", "wave": "t1", "unit": "points",
    "difference": 0.5, **{f"{name}_{of}": value for name, value in INTERVAL.items()
                          for of in ("design", "mixed") if name != "unit"},
}  # fmt: skip
CASES = [
    ("theory_links", LINK, "estimate ci_low ci_high", ""),
    ("joint_display", DISPLAY, "survey_estimate survey_ci_low survey_ci_high", "estimate ci_low"),
    (
        "agreement", PAIR, "estimate_design ci_low_design ci_high_design difference",
        "estimate_mixed ci_low_mixed",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("table", "cells", "goes", "stays"), CASES)
def test_an_estimate_of_few_is_withheld_under_whatever_name(
    table: str, cells: dict[str, Any], goes: str, stays: str
) -> None:
    made = Release(f"tables/{table}", TABLES[table], HOW, {}, hidden=[FEW])
    told, why = made.row(row(table, **cells))
    assert {name: (told[name], why.get(name)) for name in goes.split()} == dict.fromkeys(
        goes.split(), ("", ALONG)
    )
    assert all(told[name] and name not in why for name in stays.split())
    told, why = Release(f"tables/{table}", TABLES[table], HOW, {}, hidden=["x"]).row(
        row(table, **cells)
    )
    assert all(told[name] and name not in why for name in goes.split())


@pytest.mark.parametrize(
    ("table", "cells", "columns"),
    [
        ("theory_links", LINK, "estimate ci_low ci_high"),
        ("joint_display", DISPLAY, "survey_estimate survey_ci_low survey_ci_high"),
        ("agreement", PAIR, "estimate_design ci_low_design ci_high_design"),
    ],
)
def test_it_has_the_digits_that_the_table_of_estimates_gives_it(
    table: str, cells: dict[str, Any], columns: str
) -> None:
    """Those of its own people, not of the estimate beside it."""
    widths = {FEW: (40, 10.0), OTHER: (40_000, 10.0)}
    how = {"widths": widths, "decimals": {("s", "points"): 4}}
    told, _ = Release(table, TABLES[table], HOW, {}, **how).row(row(table, **cells))
    own = {"estimate_id": FEW, "outcome": "s", "n_units": 40, **INTERVAL}
    there, _ = Release("estimates", TABLES["estimates"], HOW, {}, **how).row(
        row("estimates", **own)
    )
    assert [told[name] for name in columns.split()] == [
        there[name] for name in ("estimate", "ci_low", "ci_high")
    ]


@pytest.mark.parametrize("table", EVERY)
def test_every_column_with_the_id_of_an_estimate_is_known_as_one(table: str) -> None:
    """A contract says of such a column that it is a row of estimates.csv; one that is not `named`
    would let the row's numbers out whatever they rest on."""
    leaving = EVERY[table]
    own = {
        name
        for name, column in leaving.contract.columns().items()
        if "row of estimates.csv" in column.about or name.endswith("estimate_id")
    }
    if leaving.estimates or leaving.coarse or leaving.chances:
        assert own <= set(leaving.named)


@pytest.mark.parametrize("table", EVERY)
def test_estimates_say_of_which_or_of_how_many_they_are(table: str) -> None:
    """A table whose estimates have neither an id nor a size could not be held to few people."""
    leaving = EVERY[table]
    with_interval = {"estimate", "ci_low"} <= set(leaving.estimates.split()) or any(
        name.startswith("estimate_") for name in leaving.estimates.split()
    )
    there = {*leaving.contract.columns(), *row_of(table)}
    if with_interval:
        assert leaving.rests_on or leaving.rests or set(leaving.named) <= there


def row_of(table: str) -> dict[str, Any]:
    """A row of agreement.csv is given the ids that its parts make."""
    return row("agreement", **PAIR) if table == "agreement" else {}
