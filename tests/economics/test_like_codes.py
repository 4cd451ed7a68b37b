"""Amounts, minutes and totals that look like codes of no answer: told, counted as they stand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cesp_analysis import contracts
from cesp_analysis.declared.resources import OWN_TIME
from cesp_analysis.economics.aside import FROM_NOTHING, remedy_of_negative
from cesp_analysis.economics.tables import Costs, CostTable, Economics
from cesp_analysis.economics.totals import codes_among
from cesp_analysis.economics.use_tables import CostExceptions, ResourceUse
from cesp_analysis.economics.words import USUALLY
from cesp_analysis.schemas import DataProblems
from cesp_analysis.usual_codes import heaped_codes, lonely_codes
from costed_study import HOUR, PEOPLE, answers, costed, followed, run, use, written
from small_study import Study


def with_amounts(folder: Path, code: str, *rows: int) -> Study:
    study = costed(folder)
    own = use()
    for at in rows:
        own[at][3] = code
    written(study, own)
    return study


def said(folder: Path) -> list[str]:
    table = contracts.read(folder / "results/tables/costs.csv", CostTable)
    words = [word for cell in table["warnings"].dropna() for word in str(cell).split(" | ")]
    return [word for word in words if USUALLY in word]


@pytest.mark.parametrize("code", ["99", "999", "9999", "88"])
def test_a_code_apart_from_a_services_amounts_is_told_with_its_lines(
    code: str, tmp_path: Path
) -> None:
    """Of GP contacts of 0 to 7; nights of the nurse's rows do not hide it."""
    rows = [at for at, row in enumerate(use()) if row[2] == "gp" and row[1] == "after"][:3]
    study = with_amounts(tmp_path, code, *rows)
    result = run(study, "cost")
    assert (result.status, result.shown) == (0, "")
    (line,) = said(tmp_path)
    assert line.startswith(f"data/raw/use.csv: 3 rows of gp with amount {code}, {USUALLY} of it")
    assert f"missing: [{code}] (files.use.variables.amount)" in line
    assert line.endswith("if it is a number like them, say economics.services.gp.most")
    table = contracts.read(tmp_path / "results/tables/cost_exceptions.csv", CostExceptions)
    own = table[table["what"].str.contains(USUALLY)]
    assert own["line"].tolist() == [at + 2 for at in rows]
    each = contracts.read(tmp_path / "data/processed/costs.parquet", Costs)
    there = each[(each["service"] == "gp") & (each["amount"] == float(code))]
    assert len(there) == 3  # kept: the study says what it is


def test_as_remedied_it_is_not_known_and_nothing_is_told(tmp_path: Path) -> None:
    study = with_amounts(tmp_path, "99", 2)
    study.config["files"]["use"]["variables"]["amount"] = {"missing": [99]}
    assert run(study, "cost").status == 0
    assert not said(tmp_path)
    each = contracts.read(tmp_path / "data/processed/costs.parquet", Costs)
    assert each["cost"].isna().sum() == 1


def test_nothing_is_told_of_what_the_study_says_can_be(tmp_path: Path) -> None:
    """The dearest that there can be; and amounts that merely are as large as a code."""
    study = with_amounts(tmp_path, "99", 2)
    for name in ("gp", "nurse"):
        study.config["economics"]["services"][name]["most"] = 1e6
    assert run(study, "cost").status == 0
    assert not said(tmp_path)
    rows = use()
    for at, row in enumerate(rows):
        row[3] = str(10 * (at % 10) if at % 7 else 99)
    study = costed(tmp_path / "b")
    written(study, rows)
    assert run(study, "cost").status == 0
    assert not said(tmp_path / "b")


def by_column(folder: Path, **variable: object) -> Study:
    """GP contacts in a column of each time's file, of two people 99."""
    study = costed(folder)
    for at, name in enumerate(("before", "after")):
        first, *rows = answers(at).splitlines()
        cells = ["99" if at and k in (3, 4) else str(k % 5) for k in range(len(PEOPLE))]
        lines = [f"{first},visits", *(f"{r},{c}" for r, c in zip(rows, cells, strict=True)), ""]
        study.files[f"{name}.csv"] = "\n".join(lines)
        study.config["files"][name]["variables"]["visits"] = variable
    study.config["economics"]["services"]["gp"]["variable"] = "visits"
    written(study, [row for row in use() if row[2] == "nurse"])
    study.config["files"]["use"]["variables"]["service"]["values"] = ["nurse"]
    return study


def test_of_a_column_the_variables_range_says_what_can_be(tmp_path: Path) -> None:
    study = by_column(tmp_path)
    assert run(study, "cost").status == 0
    (line,) = said(tmp_path)
    assert line.startswith("data/raw/after.csv: 2 rows of gp with amount 99")
    assert "missing: [99] (files.after.variables.visits)" in line
    assert run(by_column(tmp_path / "b", range=[0, 100]), "cost").status == 0
    assert not said(tmp_path / "b")


def wide(folder: Path) -> Study:
    """Both times of one CSV: GP contacts before in v1, after in v2, there of two people 99."""
    study = by_column(folder)
    times = [study.files.pop(f"{name}.csv").splitlines() for name in ("before", "after")]
    lines = [f"{one},{other}" for one, other in zip(*times, strict=True)]
    columns = ("id", "date", "score", "utility", "visits")
    lines[0] = ",".join([f"{name}{k}" for k in (1, 2) for name in columns])
    study.files["wide.csv"] = "\n".join([*lines, ""])
    for k, name in enumerate(("before", "after"), 1):
        file = study.config["files"][name]
        file |= {"path": "data/raw/wide.csv", "unit": f"id{k}"}
        file["date"] = file["date"] | {"column": f"date{k}"}
        file["variables"] = {
            variable: of | {"column": f"{variable}{k}"}
            for variable, of in file["variables"].items()
        }
    return study


def test_of_two_entries_of_one_file_that_with_the_code_is_named(tmp_path: Path) -> None:
    study = wide(tmp_path)
    assert run(study, "cost").status == 0
    (line,) = said(tmp_path)
    assert line.startswith("data/raw/wide.csv: 2 rows of gp with amount 99")
    assert "missing: [99] (files.after.variables.visits)" in line
    each = contracts.read(tmp_path / "data/processed/resource_use.csv", ResourceUse)
    own = each[each["service"] == "gp"].astype({"time": "object"})
    assert {*zip(own["time"], own["column"], strict=True)} == {
        ("before", "visits1"), ("after", "visits2"),
    }  # fmt: skip
    remedied = wide(tmp_path / "b")
    remedied.config["files"]["after"]["variables"]["visits"]["missing"] = [99]
    assert run(remedied, "cost").status == 0
    assert not said(tmp_path / "b")
    assert not_known(tmp_path / "b", "gp") == {("P04", "after"), ("P05", "after")}


def test_what_is_derived_has_the_code_in_what_it_is_made_of(tmp_path: Path) -> None:
    study = by_column(tmp_path)
    for name in ("before", "after"):
        file = study.config["files"][name]
        file["variables"]["seen"] = file["variables"].pop("visits") | {"column": "visits"}
        file["derived"] = {"visits": {"label": "Visits", "unit": "visits", "expression": "seen"}}
    assert run(study, "cost").status == 0
    (line,) = said(tmp_path)
    assert "missing: [99] (at what files.after.derived.visits is made of)" in line


def not_known(folder: Path, service: str) -> set[tuple[str, str]]:
    """Person and time whose cost of a service is not known."""
    each = contracts.read(folder / "data/processed/costs.parquet", Costs)
    own = each[(each["service"] == service) & each["cost"].isna()].astype("object")
    return {*zip(own["unit"], own["time"], strict=True)}


def with_minutes(folder: Path, **variable: object) -> Study:
    """Contacts of 10 to 14 minutes with a GP, priced by the hour, of two rows 999."""
    study = costed(folder)
    rows = [[*row, str(10 + at % 5)] for at, row in enumerate(use())]
    gp = [at for at, row in enumerate(rows) if row[2] == "gp" and row[1] == "after"]
    for at in gp[:2]:
        rows[at][3:] = ["2", "999"]
    lines = ["id,time,service,amount,minutes", *(",".join(row) for row in rows), ""]
    study.files["use.csv"] = "\n".join(lines)
    study.files["unit_costs.csv"] = "item,unit,price_year,cost,source\ngp,hour,2023/24,60,Us\n"
    study.config["files"]["use"]["variables"]["minutes"] = variable
    section = study.config["economics"]
    section["unit_costs"] = "data/raw/unit_costs.csv"
    section["use"]["minutes"] = "minutes"
    section["services"]["gp"] |= {"unit_cost": "gp", "per": "minutes"}
    return study


def test_minutes_of_use_are_told_with_their_own_variable(tmp_path: Path) -> None:
    assert run(with_minutes(tmp_path), "cost").status == 0
    (line,) = said(tmp_path)
    assert line.startswith(f"data/raw/use.csv: 2 rows of gp with minutes 999, {USUALLY} of it")
    assert "missing: [999] (files.use.variables.minutes), or correct it" in line
    assert not_known(tmp_path, "gp") == set()
    assert run(with_minutes(tmp_path / "b", missing=[999]), "cost").status == 0
    assert not said(tmp_path / "b")
    assert not_known(tmp_path / "b", "gp") == {("P01", "after"), ("P02", "after")}
    study = with_minutes(tmp_path / "c")
    study.config["economics"]["services"]["gp"]["most"] = 1e6
    assert run(study, "cost").status == 0
    assert not said(tmp_path / "c") and not_known(tmp_path / "c", "gp") == set()


def long_contact(folder: Path) -> Study:
    """A contact of P03 with a link worker of 999 minutes, others up to 60."""
    study = followed(folder)
    contacts = study.files["contacts.csv"].replace("P03,2024-03-01,60", "P03,2024-03-01,999")
    study.files["contacts.csv"] = contacts
    return study


def of_p03(folder: Path) -> float:
    """£ of link workers' time with P03 at the second time."""
    each = contracts.read(folder / "data/processed/costs.parquet", Costs)
    own = each[(each["service"] == OWN_TIME) & (each["unit"] == "P03") & (each["time"] == "after")]
    return float(own["cost"].iloc[0])


def test_minutes_of_a_link_worker_are_told_and_as_remedied_they_do_not_count(
    tmp_path: Path,
) -> None:
    assert run(long_contact(tmp_path), "cost").status == 0
    (line,) = said(tmp_path)
    assert line == (
        f"data/raw/contacts.csv: 1 row of {OWN_TIME} with minutes 999, {USUALLY} of it: counted as"
        " it stands; if it is a code, write missing: [999] (files.contacts.variables.minutes), or"
        " correct it (data/raw/CORRECTIONS.yaml); if it is a number like them, say"
        " economics.intervention.most"
    )
    assert of_p03(tmp_path) == pytest.approx(HOUR * 999 / 60)
    study = long_contact(tmp_path / "b")
    study.config["files"]["contacts"]["variables"]["minutes"] = {"missing": [999]}
    assert run(study, "cost").status == 0
    assert not said(tmp_path / "b") and np.isnan(of_p03(tmp_path / "b"))
    study = long_contact(tmp_path / "c")
    study.config["economics"]["intervention"]["most"] = 1e6
    assert run(study, "cost").status == 0
    assert not said(tmp_path / "c")
    assert of_p03(tmp_path / "c") == pytest.approx(HOUR * 999 / 60)


def test_a_negative_code_stops_with_the_remedy(tmp_path: Path) -> None:
    result = run(with_amounts(tmp_path, "-9", 0, 4), "cost")
    (line,) = result.lines
    assert line.startswith(
        "data/raw/use.csv: lines 2, 6: amount is negative; if -9 means no answer, missing: [-9] of"
        " the variable; or correct it (data/raw/CORRECTIONS.yaml)"
    )


PAID = [120 + 31 * k for k in range(len(PEOPLE))]


def column_of(study: Study, name: str, cells: list[str], file: str = "after") -> None:
    """A variable of a time's file, a cell a person."""
    first, *rows = study.files[f"{file}.csv"].splitlines()
    lines = [f"{first},{name}", *(f"{r},{c}" for r, c in zip(rows, cells, strict=True)), ""]
    study.files[f"{file}.csv"] = "\n".join(lines)
    study.config["files"][file]["variables"][name] = {}


def totals(folder: Path, code: str, **costs: object) -> Study:
    """Totals of £120 and more in a column of the second file, one of them a code."""
    given = {"label": "£", "variable": "paid"} | costs
    study = costed(folder, services={}, use=None, perspectives={}, costs=given)
    column_of(study, "paid", [code if k == 5 else str(paid) for k, paid in enumerate(PAID)])
    study.config["files"].pop("use")
    study.files.pop("use.csv")
    return study


def test_a_total_that_looks_like_a_code_is_told_beside_costs(tmp_path: Path) -> None:
    """Beside costs and net benefit; not where the dearest is declared."""
    assert run(totals(tmp_path, "9999")).status == 0
    rows = results(tmp_path)
    told = rows["warnings"].fillna("").str.contains(f"1 person has paid 9999, {USUALLY}")
    of_qalys = rows["quantity"].str.startswith("qaly")
    assert told[~of_qalys].all() and not told[of_qalys].any()
    assert run(totals(tmp_path / "b", "9999", most=20_000)).status == 0
    assert not told_of_totals(tmp_path / "b")


def results(folder: Path) -> pd.DataFrame:
    return contracts.read(folder / "results/tables/economics.csv", Economics)


def told_of_totals(folder: Path) -> set[str]:
    """The sentences beside any row of the evaluation that tell of codes."""
    words = [word for cell in results(folder)["warnings"].dropna() for word in cell.split(" | ")]
    return {word for word in words if USUALLY in word}


def complete(folder: Path, quantity: str) -> float:
    """The mean of an arm's people who are complete."""
    rows = results(folder)
    own = rows[(rows["missing_data"] == "complete") & (rows["quantity"] == quantity)]
    return float(own["estimate"].iloc[0])


def test_the_sentence_of_a_total_names_its_lines_and_as_remedied_it_does_not_count(
    tmp_path: Path,
) -> None:
    assert run(totals(tmp_path, "9999")).status == 0
    assert told_of_totals(tmp_path) == {
        f"1 person has paid 9999, {USUALLY} of economics.costs: counted as it stands; if it is a"
        " code, write missing: [9999] at the variable, or correct it (data/raw/CORRECTIONS.yaml);"
        " if it is a number like them, say its range or economics.costs.most; data/raw/after.csv:"
        " line 7"
    }
    control = [paid for k, paid in enumerate(PAID) if k % 2]
    with_code = [9999 if k == 5 else paid for k, paid in enumerate(PAID) if k % 2]
    assert complete(tmp_path, "cost_control") == pytest.approx(np.mean(with_code))
    for folder, said, of in (
        ("b", {"missing": [9999]}, [paid for paid in control if paid != PAID[5]]),
        ("c", {"range": [0, 20_000]}, with_code),
    ):
        study = totals(tmp_path / folder, "9999")
        study.config["files"]["after"]["variables"]["paid"] = said
        assert run(study).status == 0
        assert told_of_totals(tmp_path / folder) == set()
        assert complete(tmp_path / folder, "cost_control") == pytest.approx(np.mean(of))


def test_lines_of_a_heap_are_named_though_cleaning_lists_none(tmp_path: Path) -> None:
    """Codes at the end of skewed totals, which lie apart from nothing; not those of the first time,
    where no total counts."""
    given = {"label": "£", "variable": "paid"}
    study = costed(tmp_path, services={}, use=None, perspectives={}, costs=given)
    del study.config["files"]["use"], study.files["use.csv"]
    cells = ["0", "1", "2", "3", "5", "8", "10", "20", "55", "99", "99", "99"]
    column_of(study, "paid", cells)
    column_of(study, "paid", cells[::-1], "before")
    assert run(study).status == 0
    (line,) = told_of_totals(tmp_path)
    assert line.startswith("3 people have paid 99, ")
    assert line.endswith("economics.costs.most; data/raw/after.csv: lines 11, 12, 13")
    problems = contracts.read(tmp_path / "results/tables/data_problems.csv", DataProblems)
    assert problems.empty


def with_qalys(folder: Path, **variable: object) -> Study:
    """Costs of services, and QALYs of the study's own, of one person 99."""
    study = costed(folder, qalys={"label": "QALYs", "variable": "gained"})
    cells = ["99" if k == 4 else f"{0.3 + 0.01 * k:.2f}" for k in range(len(PEOPLE))]
    column_of(study, "gained", cells)
    study.config["files"]["after"]["variables"]["gained"] = variable
    return study


def test_qalys_of_the_studys_own_that_look_like_a_code_are_told_beside_qalys(
    tmp_path: Path,
) -> None:
    """Beside QALYs and net benefit; as remedied it counts for nobody, or as it stands."""
    assert run(with_qalys(tmp_path)).status == 0
    assert told_of_totals(tmp_path) == {
        f"1 person has gained 99, {USUALLY} of economics.qalys: counted as it stands; if it is a"
        " code, write missing: [99] at the variable, or correct it (data/raw/CORRECTIONS.yaml); if"
        " it is a number like them, say its range; data/raw/after.csv: line 6"
    }
    rows = results(tmp_path)
    told = rows["warnings"].fillna("").str.contains(USUALLY)
    of_costs = rows["quantity"].str.startswith("cost")
    assert told[~of_costs].all() and not told[of_costs].any()
    own = [0.3 + 0.01 * k for k in range(0, len(PEOPLE), 2)]
    with_code = own[:2] + [99.0] + own[3:]
    assert complete(tmp_path, "qaly_intervention") == pytest.approx(np.mean(with_code))
    for folder, variable, of in (
        ("b", {"missing": [99]}, own[:2] + own[3:]),
        ("c", {"range": [0, 100]}, with_code),
    ):
        assert run(with_qalys(tmp_path / folder, **variable)).status == 0
        assert told_of_totals(tmp_path / folder) == set()
        assert complete(tmp_path / folder, "qaly_intervention") == pytest.approx(np.mean(of))


@pytest.mark.parametrize(
    ("amount", "codes"),
    [("-99", "if -99 means no answer, missing: [-99] of the variable; or "), ("-3.7", "")],
)
def test_a_negative_number_is_asked_about_as_a_code_where_it_is_a_usual_one(
    amount: str, codes: str, tmp_path: Path
) -> None:
    """Of a total and of an amount by one rule."""
    remedy = (
        f"{codes}correct it (data/raw/CORRECTIONS.yaml), or give the variable a range from 0 on"
    )
    (line,) = run(totals(tmp_path, amount)).lines
    assert line == (
        f"data/raw/after.csv: line 7: paid is negative, as {amount}: what people cost is 0 or more;"
        f" {remedy}"
    )
    (line,) = run(with_amounts(tmp_path / "b", amount, 4), "cost").lines
    assert line == f"data/raw/use.csv: line 6: amount is negative; {remedy}"


def test_codes_among_negative_numbers_are_named_and_the_others_not() -> None:
    told = remedy_of_negative(np.array([-99.0, -3.7, -9.0, -99.0]))
    assert told.startswith("if -99 and -9 mean no answer, missing: [-99, -9] of the variable; or ")
    assert remedy_of_negative(np.array([-3.7])) == FROM_NOTHING


def test_a_heap_at_the_end_of_skewed_amounts_is_told() -> None:
    """Where amounts reach beyond half of a code it lies apart from nothing; a tail has no heap."""
    tail = np.array([*range(24), 26, 40, 50], dtype=float)
    assert not lonely_codes(np.append(tail, [99.0] * 21))

    def found(*more: float) -> dict[str, int]:
        values = np.append(tail, more)
        return {code: int(which.sum()) for code, which in codes_among(values)}

    assert found(*[99.0] * 21) == {"99": 21}
    assert found(99.0, 99.0, 99.0) == {"99": 3}
    assert found(*[99.0] * 3, *[999.0] * 2) == {"999": 2, "99": 3}
    for none in ([99.0], [99.0] * 2, [99.0] * 3 + [60, 70, 80], [99.0] * 5 + [120.0], [97.5] * 9):
        assert found(*none) == {}
    assert list(codes_among(np.full(9, 99.0))) == []


def test_skewed_use_of_services_has_no_such_heap() -> None:
    """Of a thousand services as skewed as nights in hospital, of 300 people each (gamma-Poisson, to
    several hundred): counted by chance alone, a code three times at the end is of none."""
    rng = np.random.default_rng(11)
    told = 0
    for _ in range(1000):
        shape, mean = rng.uniform(0.05, 1.5), rng.uniform(0.5, 60)
        amounts = rng.poisson(rng.gamma(shape, mean / shape, 300)).astype(float)
        told += bool(heaped_codes(amounts))
    assert told == 0
