"""Files of use, prices, an index and totals broken by hand: a line for each, or a listed problem,
and never another number in its place."""

from pathlib import Path

import numpy as np
import pytest

from cesp_analysis import contracts
from cesp_analysis.economics.tables import Costs
from cesp_analysis.errors import CespError
from cesp_analysis.pipeline import opened
from costed_study import PEOPLE, answers, costed, run, use, written
from small_study import Study, inside


def amounts(folder: Path) -> np.ndarray:
    each = contracts.read(folder / "data/processed/costs.parquet", Costs)
    return each.set_index(["unit", "time", "service"])["amount"].to_numpy()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    folder = tmp_path_factory.mktemp("whole")
    assert run(costed(folder), "cost").status == 0
    return amounts(folder)


@pytest.mark.parametrize("word", ["£8", "8%", '"1,040"', '"1,5"', "8 visits", "8-9", "eight"])
def test_an_amount_that_is_no_number_is_listed_and_not_known(
    word: str, whole: np.ndarray, tmp_path: Path
) -> None:
    study, rows = costed(tmp_path), use()
    rows[5][3] = word
    written(study, rows)
    result = run(study, "cost")
    (problem,) = result.problems().to_dict("records")
    assert (problem["kind"], problem["line"], problem["action"]) == (
        "not_a_number", 7, "set to missing"
    )  # fmt: skip
    found = amounts(tmp_path)
    assert np.isnan(found).sum() == 1
    assert (found == whole)[np.isfinite(found)].all()


ADDED = {
    "Total,after,gp,812": "unknown_person",
    "P01,after,total,812": "undeclared_value",
    "P01,all times,gp,812": "undeclared_time",
}


@pytest.mark.parametrize("row", ADDED)
def test_a_row_that_is_a_sum_counts_for_nobody(row: str, whole: np.ndarray, tmp_path: Path) -> None:
    study = costed(tmp_path)
    written(study, [*use(), row.split(",")])
    result = run(study, "cost")
    assert result.status == 0
    assert ADDED[row] in set(result.problems()["kind"])
    found = amounts(tmp_path)
    assert np.array_equal(found, whole)


def test_a_header_among_the_rows_stops(tmp_path: Path) -> None:
    """What follows is of another export: its times may be others under the same names."""
    study = costed(tmp_path)
    rows = use()
    written(study, [*rows, ["id", "time", "service", "amount"]])
    result = run(study, "cost")
    assert result.status == 1
    assert f"use.csv: line {len(rows) + 2}: holds the column names" in result.shown
    assert not (tmp_path / "data/processed/costs.parquet").exists()


def test_a_service_in_capitals_is_the_same_service(whole: np.ndarray, tmp_path: Path) -> None:
    study, rows = costed(tmp_path), use()
    rows[0][2], rows[2][2] = "GP", " gp "
    written(study, rows)
    result = run(study, "cost")
    assert set(result.problems()["action"]) == {"read as 'gp'"}
    assert np.array_equal(amounts(tmp_path), whole)


EMPTY = {
    "": "use.csv: the file is empty; export it again",
    "id,time,service,amount\n": "use.csv: holds column names but no records",
}


@pytest.mark.parametrize("text", EMPTY)
def test_a_file_of_use_without_rows_stops(text: str, tmp_path: Path) -> None:
    study = costed(tmp_path)
    study.files["use.csv"] = text
    (line,) = run(study, "cost").lines
    assert EMPTY[text] in line


NAMES = "item,unit,price_year,cost,source\n"
PRICES = {
    "": "is empty; its first line names the columns, item, unit, price_year, cost, source",
    f"{NAMES}club,contact,2023/24,-3,Us": "line 2: cost: must be £, 0 or more, not '-3'",
    f"{NAMES}club,contact,last year,3,Us": "line 2: price_year: must be a financial year like",
    f"{NAMES}club,contact,2023/24,30%,Us": "line 2: cost: must be £, 0 or more, not '30%'",
    f"{NAMES}club,contact,2023/24,£30,Us": "line 2: cost: must be £, 0 or more, not '£30'",
    f'{NAMES}club,contact,2023/24,"1,200",Us': "line 2: cost: must be £, 0 or more, not '1,200'",
    f"{NAMES}club,contact,2023/24,3,50,Us": "line 2: has 6 fields, the header 5",
    f"{NAMES}{NAMES}club,contact,2023/24,3,Us": "line 2: names the columns again, as line 1",
    f"{NAMES}club,contact,2023/24,3,A\nclub,contact,2023/24,4,B": (
        "line 3: club of 2023/24 stands on line 2 too; keep one"
    ),
    f"{NAMES}Club,contact,2023/24,3,A\nclub,contact,2022/23,4,B": (
        "line 3: item: club differs from Club in capitals alone"
    ),
    f"{NAMES}club,hour,2021/22,20,A\nclub,visit,2022/23,9,B\nclub,Hour,2023/24,22,C": (
        "line 3: unit: club is of one visit here, of one hour on line 2; give an item one unit in"
        " all years, or call one of the two otherwise"
    ),
}


@pytest.mark.parametrize("text", PRICES)
def test_a_broken_file_of_prices_stops_in_one_line(text: str, tmp_path: Path) -> None:
    study = costed(tmp_path, unit_costs="own.csv")
    (tmp_path / "own.csv").write_text(text, encoding="utf-8")
    (line,) = before_a_run(study)
    assert line.startswith(f"own.csv: {PRICES[text]}")


def before_a_run(study: Study) -> list[str]:
    study.write()
    with inside(study.folder), pytest.raises(CespError) as told:
        opened(".")
    return list(told.value.problems)


def test_a_unit_of_time_that_is_misspelt_stops_with_how_it_is_written(tmp_path: Path) -> None:
    study = costed(tmp_path, unit_costs="own.csv")
    study.config["economics"]["services"]["nurse"] |= {
        "unit_cost": "club", "per": "minutes", "minutes_each": 10
    }  # fmt: skip
    (tmp_path / "own.csv").write_text(f"{NAMES}club,hours,2023/24,3,Us\n", encoding="utf-8")
    (line,) = before_a_run(study)
    assert "club is a price of one hours; name an item by the hour (its unit: hour, or" in line


TOTALS = {"£300": "not_a_number", '"1,300"': "not_a_number", "30%": "not_a_number"}


@pytest.mark.parametrize("word", TOTALS)
def test_a_total_that_is_no_number_is_listed_and_imputed(word: str, tmp_path: Path) -> None:
    given = {"label": "£", "variable": "paid"}
    study = costed(tmp_path, services={}, use=None, perspectives={}, costs=given)
    first, *rows = answers(1).splitlines()
    cells = [word if at == 5 else f"{120 + 31 * at}" for at in range(len(PEOPLE))]
    lines = [f"{first},paid", *(f"{r},{c}" for r, c in zip(rows, cells, strict=True)), ""]
    study.files["after.csv"] = "\n".join(lines)
    study.config["files"]["after"]["variables"]["paid"] = {}
    study.config["files"].pop("use")
    study.files.pop("use.csv")
    result = run(study, "cost")
    assert result.status == 0
    assert set(result.problems()["kind"]) == {TOTALS[word]}
