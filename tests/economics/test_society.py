"""Society's costs and another way of costing, as the page on economics declares them."""

import csv
import io
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from cesp_analysis import contracts
from cesp_analysis.economics.tables import CostTable, Economics, UnitCosts
from costed_study import answers, costed, run
from small_study import PEOPLE as LIST
from small_study import Study

PAGE = Path(__file__).resolve().parents[2] / "docs" / "howto" / "economics.md"
ASKED = {"days_off": 2.0, "volunteer_hours": 3.0, "care_hours": 9.0}
SERVICES = dict(zip(("days_off", "volunteers", "informal_care"), ASKED, strict=True))
CONTACTS = 4.0
TREATED = (pd.read_csv(io.StringIO(LIST))["site"] == "North").to_numpy()


def block(kind: str, word: str) -> str:
    """The page's one block of a kind that has a word."""
    found = re.findall(rf"^```{kind}\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    (own,) = (text for text in found if word in text)
    return str(own)


def asked(time: int) -> str:
    """Answers with what society bears, drawn; contacts of one site's people at the second time."""
    rng = np.random.default_rng(20 + time)
    first, *rows = answers(time).splitlines()
    lines = [",".join([first, *ASKED, "contacts"])]
    for at, row in enumerate(rows):
        numbers = [str(rng.poisson(mean)) for mean in ASKED.values()]
        lines.append(",".join([row, *numbers, str(CONTACTS * time * TREATED[at])]))
    return "\n".join([*lines, ""])


def study_in(folder: Path) -> Study:
    """The small study with the page's settings added."""
    study = costed(folder)
    study.files |= {"before.csv": asked(0), "after.csv": asked(1)}
    for name in ("before", "after"):
        study.config["files"][name]["variables"] |= {word: {} for word in (*ASKED, "contacts")}
    told = yaml.safe_load(block("yaml", "society"))["economics"]
    own = study.config["economics"]
    for section in ("services", "perspectives"):
        own[section] |= told.pop(section)
    own |= told
    path = folder / own["unit_costs"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(block("csv", "day_of_work"), encoding="utf-8")
    return study


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    result = run(study_in(tmp_path_factory.mktemp("society")))
    assert (result.status, result.shown) == (0, "")
    return result.folder


def differences(folder: Path) -> pd.Series:
    """Scenario → the difference in costs over baseline: nobody is missing, nothing is imputed."""
    rows = contracts.read(folder / "results/tables/economics.csv", Economics)
    own = rows[(rows["missing_data"] == "imputed") & (rows["quantity"] == "cost")]
    gain = own[(own["approach"] == "gain") & (own["model"] == "net_benefit")]
    return gain.set_index("scenario")["estimate"]


def gained(column: str) -> float:
    """By hand: what the arms differ by in a column, after less before, which is as long."""
    before, after = (pd.read_csv(io.StringIO(asked(time)))[column] for time in (0, 1))
    change = after - before
    return float(change[TREATED].mean() - change[~TREATED].mean())


def prices(folder: Path) -> pd.Series:
    rows = contracts.read(folder / "results/tables/unit_costs.csv", UnitCosts)
    return rows.set_index("service")["value"]


def test_society_bears_what_services_and_their_prices_say(made: Path) -> None:
    found, price = differences(made), prices(made)
    more = [price[name] * gained(column) for name, column in SERVICES.items()]
    assert found["perspective society"] - found["base"] == pytest.approx(sum(more))


def test_a_price_for_each_contact_is_a_perspective(made: Path) -> None:
    found = differences(made)
    more = found["perspective nhs_by_contact"] - found["base"]
    assert more == pytest.approx(prices(made)["by_contact"] * CONTACTS)
    table = contracts.read(made / "results/tables/costs.csv", CostTable)
    own = table[(table["name"] == "by_contact") & (table["time"] == "follow_up")]
    assert own.set_index("arm")["users"].to_dict() == {"intervention": TREATED.sum(), "control": 0}


def test_figures_of_the_page_are_placeholders_but_that_of_the_program() -> None:
    rows = list(csv.DictReader(io.StringIO(block("csv", "day_of_work"))))
    assert {row["placeholder"] for row in rows} == {"yes"}
