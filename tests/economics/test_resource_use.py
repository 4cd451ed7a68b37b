"""The long table of use: each raw row or cell once; sums of it are what the evaluation is of."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cesp_analysis import contracts
from cesp_analysis.declared.resources import OWN_SHARE, OWN_TIME
from cesp_analysis.economics.tables import Costs, CostTable, Economics
from cesp_analysis.economics.use_tables import CostExceptions, ResourceUse
from costed_study import CONTACTS, PEOPLE, answers, costed, followed, run, use, written
from small_study import PEOPLE as LIST
from small_study import Study

ROUNDING = 1e-12
"""Of a sum of products, and of a product of the sum: a few roundings of 1.1e-16 each."""


def table_of(folder: Path) -> pd.DataFrame:
    return contracts.read(folder / "data/processed/resource_use.csv", ResourceUse)


def costs_of(folder: Path) -> pd.DataFrame:
    return contracts.read(folder / "data/processed/costs.parquet", Costs)


def sums(folder: Path) -> pd.Series:
    """Person, time and service → what the rows that count cost; blank where one is not known."""
    own = table_of(folder)
    own = own[own["counts"] == "yes"].astype({"time": "str"})
    grouped = own.groupby(["unit", "time", "service"])["cost"]
    return grouped.agg(lambda costs: costs.sum(skipna=False))


def both(folder: Path) -> pd.DataFrame:
    """What each person, time and service costs in the evaluation (made) and by the rows."""
    made = costs_of(folder).astype({"time": "str", "service": "str"})
    made = made.set_index(["unit", "time", "service"])[["cost"]]
    return made.rename(columns={"cost": "made"}).join(sums(folder).rename("rows"))


def alike(found: pd.Series, expected: pd.Series) -> None:
    assert len(found)
    assert found.tolist() == pytest.approx(expected.tolist(), rel=ROUNDING)


def one(folder: Path, source: str, line: int, service: str = "") -> pd.Series:
    own = table_of(folder)
    own = own[(own["source"] == f"data/raw/{source}") & (own["line"] == line)]
    (row,) = own[own["service"].eq(service) | (service == "")].to_dict("records")
    return pd.Series(row)


@pytest.fixture(scope="module")
def rows_of_services(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Long: somebody's row is blank, a word is not declared, contacts are misdated."""
    study = followed(tmp_path_factory.mktemp("long"))
    lines = study.files["use.csv"].splitlines()
    at = lines.index(next(row for row in lines if row.startswith("P07,after,gp")))
    lines[at] = "P07,after,gp,"
    study.files["use.csv"] = "\n".join([*lines, ""])
    result = run(study)
    assert (result.status, result.shown) == (0, "")
    return result.folder


WIDE = {"before": "physio_0", "after": "physio_1"}
PRESCRIBED = ("3,1", "0,", ",2", *["1,1"] * 9)
"""Cells of a wide file: before and after."""


def of_columns(folder: Path) -> Study:
    """Wide: a column a service in the files of each time, and one a service and time."""
    study = costed(folder)
    own, files = study.config["economics"], study.config["files"]
    for name, time in (("before.csv", 0), ("after.csv", 1)):
        first, *rows = answers(time).splitlines()
        cells = [f"{row},{'' if (at, time) == (4, 1) else at}" for at, row in enumerate(rows)]
        study.files[name] = "\n".join([f"{first},clinic", *cells, ""])
        files[name.removesuffix(".csv")]["variables"]["clinic"] = {}
    first, *rows = LIST.splitlines()
    cells = [f"{row},{cell}" for row, cell in zip(rows, PRESCRIBED, strict=True)]
    study.files["people.csv"] = "\n".join([f"{first},physio_0,physio_1", *cells, ""])
    files["people"]["variables"]["physio"] = {"columns": WIDE}
    item = {"unit_cost": "outpatient", "sector": "nhs"}
    own["services"] |= {
        "clinic": item | {"label": "Clinic", "variable": "clinic", "setting": "hospital"},
        "physio": item | {"label": "Physio", "variable": "physio", "months": 3},
    }
    return study


@pytest.fixture(scope="module")
def columns_of_services(tmp_path_factory: pytest.TempPathFactory) -> Path:
    result = run(of_columns(tmp_path_factory.mktemp("wide")))
    assert (result.status, result.shown) == (0, "")
    return result.folder


@pytest.mark.parametrize("export", ["rows_of_services", "columns_of_services"])
def test_sums_of_rows_are_the_costs_of_each_person(
    export: str, request: pytest.FixtureRequest
) -> None:
    """Who has no row of a service has no cost of it that anybody knows; of link workers £0."""
    found = both(request.getfixturevalue(export))
    time, service = (found.index.get_level_values(name) for name in ("time", "service"))
    own = found[service != OWN_SHARE].reset_index()
    listed = own["rows"].notna()
    assert listed.sum() > 40
    alike(own["made"][listed], own["rows"][listed])
    rest = own[~listed]
    of_workers = rest["service"] == OWN_TIME
    alive = ~((rest["unit"] == "P03") & (rest["time"] == "later"))
    assert (rest.loc[of_workers & alive, "made"] == 0).all()
    assert rest.loc[~of_workers, "made"].isna().all()
    assert {*time} >= {"before", "after"}


@pytest.mark.parametrize("export", ["rows_of_services", "columns_of_services"])
def test_sums_of_rows_are_the_costs_that_are_evaluated(
    export: str, request: pytest.FixtureRequest
) -> None:
    """The mean of each arm's people who are complete, the perspective's services together."""
    folder = request.getfixturevalue(export)
    found = both(folder).reset_index()
    people = pd.read_csv(folder / "data/raw/people.csv").set_index("id")
    later = found[(found["time"] != "before") & (found["service"] != OWN_SHARE)]
    nobody = later["rows"].isna() & later["made"].notna()  # no contact of theirs
    gone = (later["unit"] == "P03") & (later["time"] == "later")
    later = later[~gone].assign(rows=later["rows"].mask(nobody, 0.0))
    whole = later.groupby("unit")["rows"].agg(lambda costs: costs.sum(skipna=False))
    table = contracts.read(folder / "results/tables/economics.csv", Economics)
    own = table[(table["missing_data"] == "complete") & (table["scenario"] == "base")]
    told = own.set_index("quantity")["estimate"]
    known = whole.dropna()
    assert 0 < len(known) < len(PEOPLE)
    for arm, site in (("intervention", "North"), ("control", "South")):
        each = known[people.loc[known.index, "site"].eq(site).to_numpy()]
        assert told[f"cost_{arm}"] == pytest.approx(each.mean(), rel=ROUNDING)


def test_a_blank_answer_is_told_apart_from_none(rows_of_services: Path) -> None:
    table = table_of(rows_of_services)
    blank, none = (table[table["answer"] == word] for word in ("missing", "none"))
    assert blank[["unit", "time", "service"]].to_numpy().tolist() == [["P07", "after", "gp"]]
    assert blank["contacts"].isna().all() and blank["cost"].isna().all()
    assert len(none) and (none["contacts"] == 0).all()
    assert (none.loc[none["counts"] == "yes", "cost"] == 0).all()


def test_every_row_of_a_file_is_there_once(rows_of_services: Path) -> None:
    table = table_of(rows_of_services)
    for name in ("use.csv", "contacts.csv"):
        raw = (rows_of_services / "data/raw" / name).read_text(encoding="utf-8").splitlines()
        own = table[table["source"] == f"data/raw/{name}"]
        assert sorted(own["line"]) == [*range(2, len(raw) + 1)]


def test_rows_that_count_otherwise_keep_what_stands_there(rows_of_services: Path) -> None:
    """And say what becomes of them in the words of cost_exceptions.csv."""
    tables = rows_of_services / "results/tables"
    told = contracts.read(tables / "cost_exceptions.csv", CostExceptions)
    assert len(told)
    for row in told.to_dict("records"):
        assert one(rows_of_services, Path(row["file"]).name, row["line"])["what"] == row["what"]
    table = table_of(rows_of_services)
    minutes = table[table["service"] == OWN_TIME].set_index("line")["minutes"]
    written = [float(row.rpartition(",")[2]) for row in CONTACTS]
    assert minutes.sort_index().tolist() == written
    dentist = table[table["service"] == "dentist"].iloc[0]
    assert (dentist["contacts"], dentist["counts"], dentist["column"]) == (9, "no", "amount")
    dead = table[(table["unit"] == "P03") & (table["time"] == "later")].iloc[0]
    assert (dead["contacts"], dead["counts"]) == (2, "no") and np.isnan(dead["cost"])


def test_a_contact_stands_in_the_period_whose_costs_it_is_part_of(rows_of_services: Path) -> None:
    first, undated = (one(rows_of_services, "contacts.csv", line) for line in (2, 4))
    assert first[["time", "date", "contacts", "minutes", "column"]].tolist() == [
        "after", "2024-01-20", 1, 60, "minutes",
    ]  # fmt: skip
    assert first[["quantity", "price_unit", "unit_cost", "cost"]].tolist() == [1, "hour", 30, 30]
    assert (undated["time"], undated["date"] is np.nan, undated["cost"]) == ("after", True, 15)


def test_cells_of_columns_are_rows_with_the_column_they_are_from(columns_of_services: Path) -> None:
    table = table_of(columns_of_services)
    own = table[table["service"] == "physio"].set_index(["line", "column"])
    written = {
        (line, column): cell
        for line, cells in enumerate(PRESCRIBED, start=2)
        for column, cell in zip(WIDE.values(), cells.split(","), strict=True)
    }
    assert {*own.index} == {*written}
    for place, cell in written.items():
        row = own.loc[place]
        answer = "missing" if cell == "" else "none" if cell == "0" else "used"
        assert (row["answer"], row["counts"]) == (answer, "yes")
        assert row["contacts"] == pytest.approx(float(cell or "nan"), nan_ok=True)
        assert WIDE[row["time"]] == place[1] and (row["months"], row["scale"]) == (3, 2)
    clinic = table[table["service"] == "clinic"]
    assert {*clinic["setting"]} == {"hospital"} and {*clinic["column"]} == {"clinic"}
    assert clinic["source"].value_counts().to_dict() == {
        "data/raw/before.csv": len(PEOPLE), "data/raw/after.csv": len(PEOPLE),
    }  # fmt: skip


def test_a_blank_cell_beside_another_of_the_same_time_counts_for_nothing(tmp_path: Path) -> None:
    """Two answers of a person and time, one blank: what is known is what was used."""
    study = of_columns(tmp_path)
    study.config["files"]["more"] = {
        "path": "data/raw/more.csv", "level": "person", "unit": "id", "one_row_per": "any",
        "time": {"constant": "after"}, "variables": {"clinic": {}},
    }  # fmt: skip
    study.files["more.csv"] = "id,clinic\nP05,4\nP06,\n"
    result = run(study, "cost")
    assert (result.status, result.shown) == (0, "")
    lost, beside = (one(tmp_path, "after.csv", 6, "clinic"), one(tmp_path, "more.csv", 3))
    assert (lost["unit"], lost["counts"], beside["counts"]) == ("P05", "no", "no")
    assert lost["what"].startswith("blank beside another answer") and lost["what"] == beside["what"]
    found = both(tmp_path).loc["P05", "after", "clinic"]
    assert found["made"] == pytest.approx(found["rows"], rel=ROUNDING)
    assert found["made"] == pytest.approx(4 * lost["unit_cost"], rel=ROUNDING)


def test_where_contacts_were_and_how_long_they_took(tmp_path: Path) -> None:
    """A row says where, else its service; contacts say how; and no cost is another."""
    study = costed(tmp_path)
    lines = [",".join(row) for row in use()]
    more = [f"{row},{20 if ',nurse,' in row else ''},{'home' if at == 1 else ''}"
            for at, row in enumerate(lines)]  # fmt: skip
    study.files["use.csv"] = "\n".join(["id,time,service,amount,each,place", *more, ""])
    own = study.config["economics"]
    own["use"] |= {"minutes": "each", "setting": "place"}
    own["services"]["nurse"] |= {"per": "minutes", "setting": "surgery"}
    variables = study.config["files"]["use"]["variables"]
    variables |= {"each": {}, "place": {"type": "category", "values": ["home"]}}
    result = run(study, "cost")
    assert (result.status, result.shown) == (0, "")
    table = table_of(tmp_path)
    nurse = table[table["service"] == "nurse"]
    assert nurse["setting"].value_counts().to_dict() == {"home": 1, "surgery": len(nurse) - 1}
    assert {*nurse["counted_in"]} == {"contact"} and {*nurse["price_unit"]} == {"hour"}
    alike(nurse["quantity"], nurse["contacts"] * 20 / 60)
    assert table.loc[table["service"] == "gp", ["setting", "minutes"]].isna().all(axis=None)
    found = both(tmp_path).dropna()
    alike(found["made"], found["rows"])


def test_a_setting_that_no_file_has_is_told(tmp_path: Path) -> None:
    study = followed(tmp_path)
    study.config["economics"]["use"]["setting"] = "plaice"
    study.config["economics"]["intervention"]["setting"] = "mode"
    assert study.lines() == [
        "config.yaml: economics.use.setting: no variable is called 'plaice' (declared: amount,"
        " service)",
        "config.yaml: economics.intervention.setting: no variable is called 'mode' (declared:"
        " minutes)",
    ]


def test_a_service_without_a_price_and_a_contact_that_was_none(tmp_path: Path) -> None:
    """Both stand there and cost nothing, each with why."""
    study = followed(tmp_path)
    written(study, [*use(), ["P01", "after", "dentist", "2"]])
    values = study.config["files"]["use"]["variables"]["service"]["values"]
    values.append("dentist")
    study.config["economics"]["use"]["not_priced"] = {"dentist": "no price"}
    study.config["economics"]["intervention"]["counted"] = 'came == "yes"'
    study.config["files"]["contacts"]["variables"]["came"] = {
        "type": "category", "values": ["yes", "no"],
    }  # fmt: skip
    contacts = ("P01,2024-02-01,60,yes", "P01,2024-02-08,30,no", "P01,2024-02-09,30,")
    study.files["contacts.csv"] = "\n".join(["id,date,minutes,came", *contacts, ""])
    result = run(study, "cost")
    assert (result.status, result.shown) == (0, "")
    table = table_of(tmp_path)
    (dentist,) = table[table["service"] == "dentist"].to_dict("records")
    assert (dentist["counts"], dentist["contacts"]) == ("no", 2)
    assert dentist["what"].startswith("of a service without a price")
    came = table[table["service"] == OWN_TIME].set_index("line")
    assert came["contacts"].fillna(-1).to_dict() == {2: 1, 3: 0, 4: -1}
    assert came["counts"].to_dict() == {2: "yes", 3: "no", 4: "no"}
    assert came.loc[3, "what"].startswith("no contact that costs time")
    assert came.loc[4, "what"].startswith("of which nobody knows whether they count")


def test_copies_of_a_row_stay_in_the_ledger(tmp_path: Path) -> None:
    """What cleaning sets aside is no use; the ledger has it."""
    study = costed(tmp_path)
    study.files["use.csv"] += study.files["use.csv"].splitlines()[1] + "\n"
    result = run(study, "cost")
    assert (result.status, result.shown) == (0, "")
    last = len(study.files["use.csv"].splitlines())
    assert last not in {*table_of(tmp_path)["line"]}


def test_what_is_known_of_a_cost_that_is_not(tmp_path: Path) -> None:
    """Of two rows of a service one is blank: the other's cost; of a service whose only row is
    blank, and of one that is known, nothing."""
    study = followed(tmp_path)
    lines = study.files["use.csv"].splitlines()
    at = lines.index(next(row for row in lines if row.startswith("P07,after,gp")))
    lines[at] = "P07,after,gp,"
    lines.insert(at + 1, "P07,after,gp,2")
    study.files["use.csv"] = "\n".join([*lines, ""])
    result = run(study)
    assert (result.status, result.shown) == (0, "")
    made = costs_of(result.folder).astype({"time": "str", "service": "str"})
    some = made[made["known_part"].notna()]
    assert some[["unit", "time", "service"]].to_numpy().tolist() == [["P07", "after", "gp"]]
    assert some["cost"].isna().all()
    row = one(result.folder, "use.csv", at + 2)
    alike(some["known_part"], pd.Series([row["cost"]]))


def test_what_a_site_shares_has_no_amount_of_the_dead_either(rows_of_services: Path) -> None:
    """P03 died before the last time began."""
    table = contracts.read(rows_of_services / "results/tables/costs.csv", CostTable)
    shared = table[table["name"] == OWN_SHARE]
    assert len(shared) > 4 and shared["amount"].isna().all()
