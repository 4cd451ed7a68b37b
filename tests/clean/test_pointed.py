"""Text with a point follows the declared decimal comma, whatever holds it; true numbers do not."""

from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyreadstat
import pytest

from cesp_analysis.clean.file import Cleaned, clean_file
from cesp_analysis.clean.long_format import spread
from cesp_analysis.clean.records import Words
from cesp_analysis.declared.columns import ItemRange, Items
from cesp_analysis.declared.files import RawFile
from cesp_analysis.intake.corrections import Correction, corrected
from cesp_analysis.intake.read import read_raw
from cleaned_parts import entry, listed, values

CELLS: list[Any] = [12.5, "12.5", "12,5", "1.040", 7, "7", "-9.0"]
READ = [12.5, None, 12.5, None, 7.0, 7.0, None]
ITEMS: Items = {"q": {"1": ItemRange(low=0, high=20)}}


def written(folder: Path, kind: str, *columns: tuple[str, list[Any]]) -> Path:
    """A workbook, or a CSV as a German Excel saves it: an id and these columns."""
    path = folder / f"a.{kind}"
    held = dict(columns)
    cells = zip(*held.values(), strict=True)
    rows = [
        ["id", *held],
        *([f"P{i}", *row] for i, row in enumerate(cells, 1)),
    ]
    if kind == "csv":
        german = [[str(c).replace(".", ",") if isinstance(c, float) else str(c) for c in row]
                  for row in rows]  # fmt: skip
        path.write_text("\n".join(";".join(row) for row in german) + "\n")
        return path
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def read(path: Path, **how: Any) -> tuple[Cleaned, pd.DataFrame]:
    """The file cleaned, with commas for decimals, and its Raw table."""
    file: RawFile = entry(
        **({"path": path.name, "separator": ";", "decimal": ",", "unit": "id"} | how)
    )
    table = spread(read_raw(path, file), file, ITEMS)
    return clean_file(table, "f", file, Words({}, {}, {}), ITEMS, None), table


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_text_cell_of_a_sheet_is_read_as_in_csv(tmp_path: Path, kind: str) -> None:
    path = written(tmp_path, kind, ("score", CELLS), ("w", CELLS), ("q_1", [1, 2, "1.0", *[3] * 4]))
    found, _ = read(
        path, variables={"score": {"missing": ["-9.0"]}}, weight={"column": "w"},
        instruments={"q": "q_{item}"}, level="respondent",
    )  # fmt: skip
    assert values(found.records["score"]) == READ
    assert values(found.records["weight"]) == [*READ[:6], None]
    assert values(found.records["q.1"]) == [1.0, 2.0, None, *[3.0] * 4]
    said = [(line, column, kind) for line, column, kind, *_ in listed(found.problems)]
    assert said == [
        (3, "score", "not_a_number"), (3, "w", "not_a_number"), (4, "q_1", "not_a_number"),
        (5, "score", "not_a_number"), (5, "w", "not_a_number"), (8, "w", "not_a_number"),
    ]  # fmt: skip


def test_the_list_says_that_it_is_text(tmp_path: Path) -> None:
    found, _ = read(written(tmp_path, "xlsx", ("score", CELLS[:4])), variables={"score": {}})
    assert [row[3] for row in listed(found.problems)] == ["12.5 (text)", "1.040 (text)"]


def test_what_is_no_number_stays_as_it_is(tmp_path: Path) -> None:
    cells = ["1.040", "2.5", "3"]
    path = written(tmp_path, "xlsx", ("kind", cells), ("note", cells))
    how = {"type": "category", "values": cells}
    found, _ = read(path, variables={"kind": how, "note": {"type": "text"}})
    assert values(found.records["kind"]) == values(found.records["note"]) == cells
    assert listed(found.problems) == []


def test_with_a_decimal_point_text_is_a_number(tmp_path: Path) -> None:
    path = written(tmp_path, "xlsx", ("score", CELLS[:2]))
    found, table = read(path, decimal=".", variables={"score": {}})
    assert values(found.records["score"]) == [12.5, 12.5]
    assert "pointed" not in table.attrs


def test_codes_of_a_crosswalk_are_compared_as_text_first(tmp_path: Path) -> None:
    path = written(tmp_path, "xlsx", ("score", ["1.5", "2.5", 1.5, "3"]))
    asked = {"score": {"values": {"1.5": "1", "3": "3"}}}
    found, _ = read(path, level="respondent", variables={"score": {}}, crosswalk=asked)
    assert values(found.records["score"]) == [1.0, None, 1.0, 3.0]


def test_answers_a_row(tmp_path: Path) -> None:
    path = written(tmp_path, "xlsx", ("q", ["score"] * 4), ("answer", [1.5, "1.5", "1,5", "1.500"]))
    found, _ = read(
        path, variables={"score": {}}, long_format={"question": "q", "answer": "answer"}
    )
    assert values(found.records["score"]) == [1.5, None, 1.5, None]


def test_text_of_spss_too(tmp_path: Path) -> None:
    frame = pd.DataFrame({"id": ["P1", "P2"], "said": ["1.040", "12,5"], "score": [12.5, 7.0]})
    pyreadstat.write_sav(frame, str(tmp_path / "a.sav"))
    found, _ = read(tmp_path / "a.sav", variables={"said": {}, "score": {}})
    assert values(found.records["said"]) == [None, 12.5]
    assert values(found.records["score"]) == [12.5, 7.0]


def test_a_corrected_cell_is_no_longer_the_files_text(tmp_path: Path) -> None:
    path = written(tmp_path, "xlsx", ("score", ["1.040", "1.5"]))
    file = entry(path=path.name, decimal=",", unit="id", variables={"score": {}})
    table = read_raw(path, file)
    tables = {"f": table.astype({"score": "str"})}
    one = Correction.model_validate(
        {"file": "f", "where": {"id": "P1"}, "column": "score", "expect": "1.040",
         "value": "1040.5", "why": "a thousand"}
    )  # fmt: skip
    corrected(tables, {1: one}, Path("CORRECTIONS.yaml"), lambda file, column, word: word)
    found = clean_file(tables["f"], "f", file, Words({}, {}, {}), ITEMS, None)
    assert values(found.records["score"]) == [1040.5, None]
