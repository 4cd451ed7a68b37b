"""Rows of use and contacts that count otherwise than they stand: each by its line, none unseen."""

from pathlib import Path

import pandas as pd
import pytest

from cesp_analysis import contracts
from cesp_analysis.economics.tables import Costs, CostTable, Economics, UnitCosts
from cesp_analysis.economics.use_tables import CostExceptions
from costed_study import HOUR, PEOPLE, costed, followed, run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    result = run(followed(tmp_path_factory.mktemp("exceptions")))
    assert (result.status, result.shown) == (0, "")
    return result.folder


def exceptions(folder: Path, file: str) -> dict[int, str]:
    table = contracts.read(folder / "results/tables/cost_exceptions.csv", CostExceptions)
    own = table[table["file"] == f"data/raw/{file}"]
    return {int(line): what for line, what in zip(own["line"], own["what"], strict=True)}


def costs(folder: Path) -> pd.DataFrame:
    return contracts.read(folder / "results/tables/costs.csv", CostTable)


def of_workers(folder: Path, unit: str = "P01") -> dict[str, float]:
    """Time → what link workers' time with a person cost."""
    each = contracts.read(folder / "data/processed/costs.parquet", Costs)
    own = each[(each["service"] == "intervention.time") & (each["unit"] == unit)]
    return dict(own.set_index("time")["cost"])


def test_contacts_that_count_otherwise_are_listed_by_line(made: Path) -> None:
    found = exceptions(made, "contacts.csv")
    begins = {
        3: "dated outside the study's period",
        4: "without a date",
        5: "of people who are not of the intervention arm",
        7: "after the person's death",
        8: "more than 90 days before a person's start",
        9: "after the last time",
        10: "up to 90 days before a person's start",
    }
    assert found.keys() == begins.keys()
    assert all(found[line].startswith(words) for line, words in begins.items())


def test_a_contact_outside_the_period_costs_as_little_as_one_long_before(made: Path) -> None:
    """P01: an hour in the first half and half an hour without a date; P03: what was in life."""
    each = contracts.read(made / "data/processed/costs.parquet", Costs)
    own = each[(each["service"] == "intervention.time") & (each["time"] == "after")]
    paid = own.set_index("unit")["cost"]
    assert paid[paid > 0].to_dict() == pytest.approx({"P01": 1.5 * HOUR, "P03": HOUR, "P05": HOUR})


def test_rows_of_use_that_do_not_count_are_listed_by_line(made: Path) -> None:
    """A service that the study does not declare is none without a word."""
    lines = (made / "data/raw/use.csv").read_text(encoding="utf-8").splitlines()
    dead, other = (lines.index(row) + 1 for row in ("P03,later,gp,2", "P01,after,dentist,9"))
    found = exceptions(made, "use.csv")
    assert found.keys() == {dead, other}
    assert found[dead].startswith("of gp in a time that began after the person's death: not")
    assert found[other].startswith("of a service that config.yaml does not declare")


def test_the_same_is_counted_in_the_warnings_of_costs(made: Path) -> None:
    said = " | ".join(costs(made)["warnings"].dropna())
    assert "data/raw/contacts.csv: 1 contact after the person's death: not counted" in said
    assert "data/raw/use.csv: 1 row of gp in a time that began after the person's death" in said


def test_who_died_has_costs_until_then_and_none_after(made: Path) -> None:
    table = costs(made)
    own = table[(table["of"] == "perspective") & (table["arm"] == "intervention")]
    assert (own["n"] == own["people"]).all()
    each = contracts.read(made / "data/processed/costs.parquet", Costs)
    after = each[(each["unit"] == "P03") & (each["time"] == "later")]
    assert after["cost"].isna().all()
    others = each[(each["unit"] != "P03") & (each["service"] == "gp") & (each["time"] == "later")]
    gp = table[(table["name"] == "gp") & (table["time"] == "later")].set_index("arm")
    assert gp.loc["intervention", "mean"] == pytest.approx(others["cost"].iloc[0] * 5 / 6)
    assert gp["users"].to_dict() == {"intervention": 5, "control": 6}


def test_costs_by_arm_are_those_of_the_evaluation(made: Path) -> None:
    """The mean of everybody's costs over the follow-up, the dead among them."""
    table = costs(made)
    whole = table[(table["of"] == "perspective") & (table["time"] == "follow_up")]
    shown = whole.set_index("arm")["mean"]
    rows = contracts.read(made / "results/tables/economics.csv", Economics)
    own = rows[(rows["missing_data"] == "complete") & (rows["scenario"] == "base")]
    told = own.set_index("quantity")["estimate"]
    for arm in ("intervention", "control"):
        assert told[f"cost_{arm}"] == pytest.approx(shown[arm], rel=1e-12)


def test_contacts_count_in_their_period_whatever_the_unit_of_time(tmp_path: Path) -> None:
    """In weeks the follow-up is as long: a contact after 100 days is no later than the last."""
    study = followed(tmp_path)
    study.config["time_unit"] = "weeks"
    for name, position in (("after", 26), ("later", 52)):
        study.config["times"][name]["position"] = position
    study.files["contacts.csv"] = "id,date,minutes\nP01,2024-04-20,60\nP01,2024-10-20,30\n"
    result = run(study, "cost")
    assert (result.status, result.shown) == (0, "")
    assert of_workers(tmp_path) == {"before": 0, "after": HOUR, "later": HOUR / 2}
    assert not exceptions(tmp_path, "contacts.csv")


@pytest.mark.parametrize("since", ["recruited", None])
def test_contacts_count_in_their_period_wherever_the_first_time_stands(
    since: str | None, tmp_path: Path
) -> None:
    """First answers a month after the register's date: 2024-01-10 of 2023-12-10. Without the
    register's date the first answers are the start, whatever the position of their time."""
    study = followed(tmp_path)
    lines = study.files["people.csv"].splitlines()
    lines = [f"{row},{'recruited' if n == 0 else '2023-12-10'}" for n, row in enumerate(lines)]
    study.files["people.csv"] = "\n".join([*lines, ""])
    recruited = {"type": "date", "format": "%Y-%m-%d"}
    study.config["files"]["people"]["variables"]["recruited"] = recruited
    study.config["visits"] = {"since": since} if since else {}
    for name, position in (("before", 1), ("after", 7), ("later", 13)):
        study.config["times"][name]["position"] = position
    contacts = ("P01,2024-07-05,60", "P01,2024-12-30,30", "P05,2023-12-20,60")
    study.files["contacts.csv"] = "\n".join(["id,date,minutes", *contacts, ""])
    result = run(study, "cost")
    assert (result.status, result.shown) == (0, "")
    assert of_workers(tmp_path) == {"before": 0, "after": HOUR, "later": HOUR / 2}
    begins = "between a person's start" if since else "up to 90 days before a person's start"
    (what,) = exceptions(tmp_path, "contacts.csv").values()
    assert what.startswith(begins)


def test_an_answer_dated_before_the_start_counts_at_its_planned_place(tmp_path: Path) -> None:
    """As the page says, and every row of QALYs; costs have no such place."""
    study = costed(tmp_path)
    study.files["after.csv"] = study.files["after.csv"].replace("P02,2024-07-11", "P02,2023-12-11")
    result = run(study)
    assert (result.status, result.shown) == (0, "")
    rows = contracts.read(tmp_path / "results/tables/economics.csv", Economics)
    own = rows[(rows["missing_data"] == "complete") & (rows["scenario"] == "base")]
    assert (own.loc[own["approach"] == "adjusted", "n_obs"] == len(PEOPLE)).all()
    said = own["warnings"].fillna("").str.contains("utilities of 1 answer whose date")
    of_costs = own["quantity"].str.startswith("cost")
    assert said.any() and (said == ~of_costs).all()


OWN = "item,unit,price_year,cost,source,index\nhelp,contact,2022/23,20,Us,{}\n"


@pytest.mark.parametrize(
    ("index", "sector", "warned", "factor"),
    [
        ("", "social_care", True, 1.0431),
        ("pss", "social_care", False, 1.074),
        ("nhscii", "social_care", False, 1.0431),
        ("", "social_prescribing", False, 1.0431),
    ],
)
def test_a_price_of_social_care_that_rises_by_the_index_of_the_nhs_is_told(
    index: str, sector: str, warned: bool, factor: float, tmp_path: Path
) -> None:
    """Where its file does not say so."""
    study = costed(tmp_path, unit_costs="own.csv")
    (tmp_path / "own.csv").write_text(OWN.format(index), encoding="utf-8")
    economics = study.config["economics"]
    economics["services"]["nurse"] |= {"unit_cost": "help", "sector": sector}
    economics["perspectives"]["nhs"]["sectors"].append(sector)
    assert run(study, "cost").status == 0
    table = costs(tmp_path)
    said = table[table["warnings"].fillna("").str.contains("own.csv: help says no index")]
    assert list(said["name"]) == (["nurse"] if warned else [])
    prices = contracts.read(tmp_path / "results/tables/unit_costs.csv", UnitCosts)
    row = prices[prices["service"] == "nurse"].iloc[0]
    assert row["factor"] == pytest.approx(factor)
    assert (row["note"] == "index left blank: nhscii") == (index == "")
