"""Costs beyond a year are discounted alike in every table: by arm, and as they are analysed."""

from pathlib import Path

import pytest

from cesp_analysis import contracts
from cesp_analysis.economics.tables import Costs, CostTable, Economics
from costed_study import PEOPLE, answers, costed, run, use, written

LATER = (0.5 + 1 / 1.1) / 1.5
"""Months 6 to 24: half a year whole, a year at a tenth less."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Followed for 24 months, by which everybody has seen a GP twice more."""
    study = costed(tmp_path_factory.mktemp("two years"), discount=0.1)
    study.config["times"]["later"] = {"label": "Later", "position": 24}
    own = study.config["files"]["after"]
    study.config["files"]["later"] = own | {
        "path": "data/raw/later.csv", "time": {"constant": "later"}
    }  # fmt: skip
    study.files["later.csv"] = answers(1).replace("2024-07", "2026-01")
    later = [
        [unit, "later", name, str(at % 3 + 1)]
        for at, unit in enumerate(PEOPLE)
        for name in ("gp", "nurse")
    ]
    written(study, [*use(), *later])
    result = run(study)
    assert (result.status, result.shown) == (0, "")
    return study.folder


def test_each_time_says_what_its_costs_are_multiplied_by(made: Path) -> None:
    table = contracts.read(made / "results/tables/costs.csv", CostTable)
    factors = table.drop_duplicates("time").set_index("time")["discount_factor"]
    assert factors["before"] == factors["after"] == 1
    assert factors["later"] == pytest.approx(LATER, rel=1e-14)
    assert factors.isna()["follow_up"]


def test_means_by_arm_are_of_costs_at_their_factor(made: Path) -> None:
    """As people's costs add up by hand; what was used, and each person's own costs, stay whole."""
    table = contracts.read(made / "results/tables/costs.csv", CostTable)
    gp = table[(table["name"] == "gp") & (table["arm"] == "control")].set_index("time")
    each = contracts.read(made / "data/processed/costs.parquet", Costs)
    assert set(each.loc[(each["time"] == "later") & (each["service"] == "gp"), "cost"]) == {
        37.0, 74.0, 111.0
    }  # fmt: skip
    assert gp.loc["later", "mean"] == pytest.approx(LATER * 37 * gp.loc["later", "amount"])
    both = gp.loc["after", "mean"] + gp.loc["later", "mean"]
    assert gp.loc["follow_up", "mean"] == pytest.approx(both)
    assert gp.loc["follow_up", "amount"] == pytest.approx(
        gp.loc[["after", "later"], "amount"].sum()
    )


def test_means_by_arm_are_those_that_are_analysed(made: Path) -> None:
    table = contracts.read(made / "results/tables/costs.csv", CostTable)
    own = table[(table["of"] == "perspective") & (table["time"] == "follow_up")]
    mean = own.set_index("arm")["mean"]
    rows = contracts.read(made / "results/tables/economics.csv", Economics)
    known = rows[(rows["missing_data"] == "complete") & (rows["scenario"] == "base")]
    for arm in ("intervention", "control"):
        (total,) = known.loc[known["quantity"] == f"cost_{arm}", "estimate"]
        assert total == pytest.approx(mean[arm], rel=1e-12)
