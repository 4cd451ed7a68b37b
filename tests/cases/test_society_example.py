"""examples/society: what its one command makes is a study that runs, and what society adds."""

import csv
import runpy
import sys
from pathlib import Path

import pytest

from cesp_analysis import contracts
from cesp_analysis.economics.imputed_tables import EconomicsImputation
from cesp_analysis.economics.tables import Costs, CostTable, Economics
from cesp_analysis.schemas import ProblemCounts
from cesp_analysis.study.read import read_study

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "pipeline"))
from running import snakemake  # noqa: E402

MORE = {
    "days_off": "productivity",
    "volunteer_hours": "volunteering",
    "informal_care": "informal_care",
}
FEWER = ("replicates: 500", "replicates: 200"), ("sets: 20", "sets: 5")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study, of fewer draws, run until its costs are evaluated."""
    folder = tmp_path_factory.mktemp("examples") / "society"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["make.py", "--out", str(folder)])
        runpy.run_path(str(ROOT / "examples/society/make.py"), run_name="__main__")
    text = (folder / "config.yaml").read_text("utf-8")
    for old, new in FEWER:
        assert text.count(old) == 1
        text = text.replace(old, new)
    (folder / "config.yaml").write_text(text, "utf-8")
    done = snakemake(
        ROOT, folder, "results/tables/economics.csv", "results/tables/problem_counts.csv"
    )
    assert done.returncode == 0 and "Traceback" not in done.stdout, done.stdout
    return folder


def test_nothing_but_people_and_what_they_used_is_made(made: Path) -> None:
    study = read_study(made)
    there = {path.name for path in (made / "data/raw").glob("*.csv")}
    assert there == {Path(file.path).name for file in study.files.values()}
    with (made / "data/raw/service_use.csv").open(encoding="utf-8") as stream:
        asked = {row["service"] for row in csv.DictReader(stream)}
    assert asked >= {*MORE} and len(asked) == 13


def test_no_fault_is_planted(made: Path) -> None:
    found = contracts.read(made / "results/tables/problem_counts.csv", ProblemCounts)
    assert not len(found), found


def test_society_pays_what_the_others_do_and_three_services_more(made: Path) -> None:
    own = read_study(made).economics
    assert own is not None
    whose = {name: {*one.sectors} for name, one in own.perspectives.items()}
    assert list(whose) == ["nhs_pss", "local_authority", "society"]
    assert whose["local_authority"] < whose["nhs_pss"] < whose["society"]
    assert whose["society"] - whose["nhs_pss"] == {*MORE.values()}
    assert {name: own.services[name].sector for name in MORE} == MORE


def test_of_whom_all_is_known_society_costs_the_others_and_those_three(made: Path) -> None:
    each = contracts.read(made / "data/processed/costs.parquet", Costs)
    later = each[each["time"] != "baseline"]
    table = contracts.read(made / "results/tables/costs.csv", CostTable)
    for time in ("6m", "12m"):
        own = later[later["time"] == time]
        known = own.groupby("unit")["cost"].apply(lambda costs: costs.notna().all())
        whole = own[own["unit"].isin(known[known].index)].groupby("unit")["cost"].sum()
        rows = table[(table["name"] == "society") & (table["time"] == time)]
        mean = (rows["mean"] * rows["n"]).sum() / rows["n"].sum()
        assert rows["n"].sum() == len(whole) and mean == pytest.approx(whole.mean())
    services = table[(table["of"] == "service") & (table["time"] == "follow_up")]
    assert {*MORE} <= {*services["name"]} and (services["n"] > 0).all()


def test_each_perspective_is_estimated_and_leaves_qalys_as_they_are(made: Path) -> None:
    rows = contracts.read(made / "results/tables/economics.csv", Economics)
    own = rows[(rows["missing_data"] == "imputed") & (rows["model"] == "net_benefit")]
    own = own[own["approach"].isin(["gain", "adjusted"])]
    found = {
        (row["scenario"], row["approach"], row["quantity"]): row["estimate"]
        for row in own[own["threshold"].isna()].to_dict("records")
    }
    for name in ("local_authority", "society"):
        other = f"perspective {name}"
        rows_of = own[own["scenario"] == other]
        assert (rows_of["status"] == "estimated").all() and len(rows_of) >= 2 * 6
        for approach in ("gain", "adjusted"):
            assert found[other, approach, "qaly"] == found["base", approach, "qaly"]
            assert found[other, approach, "cost"] != found["base", approach, "cost"]
    made_of = contracts.read(made / "results/tables/economics_imputation.csv", EconomicsImputation)
    besides = made_of[made_of["scenario"] == "perspective society"]["variable"]
    assert "cost productivity+volunteering+informal_care" in set(besides)
