"""Rows of use that are alike cell by cell: one contact each, or one row exported twice."""

from pathlib import Path

import pytest

from cesp_analysis import contracts
from cesp_analysis.clean.copied import REPEATING
from cesp_analysis.economics.tables import Costs, CostTable, Economics
from cesp_analysis.economics.use_tables import CostExceptions
from costed_study import PEOPLE, costed, followed, run, written
from small_study import Study

TIMES = ("before", "after")


def by_contact(folder: Path) -> Study:
    """A row a contact, without an id of the row: one with the nurse, 1 to 4 with the GP."""
    study = costed(folder)
    rows = [
        [unit, time, name, "1"]
        for at, unit in enumerate(PEOPLE)
        for time in TIMES
        for name, n in (("gp", at % 4 + 1), ("nurse", 1))
        for _ in range(n)
    ]
    written(study, rows)
    return study


def amounts(folder: Path) -> dict[str, float]:
    """Service → amounts of everybody at both times."""
    each = contracts.read(folder / "data/processed/costs.parquet", Costs)
    return dict(each.astype({"service": "str"}).groupby("service")["amount"].sum())


def words(folder: Path, table: str, contract: type) -> list[list[str]]:
    """The warnings of each row about copies."""
    found = contracts.read(folder / f"results/tables/{table}.csv", contract)
    cells = found["warnings"].astype("object").fillna("")
    return [[word for word in cell.split(" | ") if REPEATING in word] for cell in cells]


def test_copies_that_nobody_has_spoken_of_are_told_beside_costs(tmp_path: Path) -> None:
    """36 of 60 rows of the GP are copies."""
    result = run(by_contact(tmp_path))
    assert (result.status, result.shown) == (0, "")
    assert amounts(tmp_path) == {"gp": 24, "nurse": 24}
    said = (
        f"data/raw/use.csv: 36 rows {REPEATING}: taken for the same row twice, not counted"
        " (exact_duplicate in data_problems.csv); if each is a row of its own, write"
        " files.use.copies: keep, else copies: set_aside"
    )
    assert [word for row in words(tmp_path, "costs", CostTable) for word in row] == [said]
    table = contracts.read(tmp_path / "results/tables/economics.csv", Economics)
    of_qalys = table["quantity"].astype("str").str.startswith("qaly").tolist()
    told = words(tmp_path, "economics", Economics)
    assert told == [[] if own else [said] for own in of_qalys]
    listed = contracts.read(tmp_path / "results/tables/cost_exceptions.csv", CostExceptions)
    assert int(listed["what"].str.startswith(REPEATING).sum()) == 36


@pytest.mark.parametrize(("copies", "gp"), [("keep", 60), ("set_aside", 24)])
def test_as_declared_they_count_or_not_and_nothing_is_told(
    copies: str, gp: float, tmp_path: Path
) -> None:
    study = by_contact(tmp_path)
    study.config["files"]["use"]["copies"] = copies
    assert run(study).status == 0
    assert amounts(tmp_path) == {"gp": gp, "nurse": 24}
    for table, contract in (("costs", CostTable), ("economics", Economics)):
        assert not any(words(tmp_path, table, contract))


def test_contacts_with_link_workers_are_told_by_their_own_file(tmp_path: Path) -> None:
    study = followed(tmp_path)
    study.files["contacts.csv"] += "P01,2024-01-20,60\n"
    assert run(study, "cost").status == 0
    (said,) = [word for row in words(tmp_path, "costs", CostTable) for word in row]
    assert said.startswith(f"data/raw/contacts.csv: 1 row {REPEATING}")
    assert "write files.contacts.copies: keep" in said


def test_copies_are_no_rows_of_their_own_where_a_person_has_one(tmp_path: Path) -> None:
    study = by_contact(tmp_path)
    study.config["files"]["after"]["copies"] = "keep"
    result = run(study)
    assert result.status == 1
    assert result.shown == (
        "config.yaml: files.after.copies: keep: copies are rows of their own where a unit may have"
        " many rows; write one_row_per: any (and unit), or take copies out"
    )
