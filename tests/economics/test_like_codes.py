"""Amounts, minutes and totals that look like codes of no answer: told, counted as they stand."""

from pathlib import Path

import numpy as np
import pytest

from cesp_analysis import contracts
from cesp_analysis.economics.tables import Costs, CostTable, Economics
from cesp_analysis.economics.totals import codes_among
from cesp_analysis.economics.use_tables import CostExceptions
from cesp_analysis.economics.words import USUALLY
from cesp_analysis.usual_codes import heaped_codes, lonely_codes
from costed_study import PEOPLE, answers, costed, run, use, written
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


def test_a_negative_code_stops_with_the_remedy(tmp_path: Path) -> None:
    result = run(with_amounts(tmp_path, "-9", 0, 4), "cost")
    (line,) = result.lines
    assert line.startswith(
        "data/raw/use.csv: lines 2, 6: amount is negative; if -9 means no answer, missing: [-9] of"
        " the variable; or correct it (data/raw/CORRECTIONS.yaml)"
    )


def totals(folder: Path, code: str, **costs: object) -> Study:
    """Totals of £120 and more in a column of the second file, one of them a code."""
    given = {"label": "£", "variable": "paid"} | costs
    study = costed(folder, services={}, use=None, perspectives={}, costs=given)
    first, *rows = answers(1).splitlines()
    cells = [code if k == 5 else f"{120 + 31 * k}" for k in range(len(PEOPLE))]
    lines = [f"{first},paid", *(f"{r},{c}" for r, c in zip(rows, cells, strict=True)), ""]
    study.files["after.csv"] = "\n".join(lines)
    study.config["files"]["after"]["variables"]["paid"] = {}
    study.config["files"].pop("use")
    study.files.pop("use.csv")
    return study


def test_a_total_that_looks_like_a_code_is_told_beside_costs(tmp_path: Path) -> None:
    """Beside costs and net benefit; not where the dearest is declared."""
    assert run(totals(tmp_path, "9999")).status == 0
    rows = contracts.read(tmp_path / "results/tables/economics.csv", Economics)
    told = rows["warnings"].fillna("").str.contains(f"1 person has paid 9999, {USUALLY}")
    of_qalys = rows["quantity"].str.startswith("qaly")
    assert told[~of_qalys].all() and not told[of_qalys].any()
    assert run(totals(tmp_path / "b", "9999", most=20_000)).status == 0
    rows = contracts.read(tmp_path / "b/results/tables/economics.csv", Economics)
    assert not rows["warnings"].fillna("").str.contains(USUALLY).any()


def test_a_negative_total_has_the_code_among_its_remedies(tmp_path: Path) -> None:
    (line,) = run(totals(tmp_path, "-99")).lines
    assert "paid is negative, as -99" in line and "if it means no answer, missing: [-99]" in line


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
