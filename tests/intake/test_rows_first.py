"""A row that is too long is told by its line, before anything is said of the header."""

from pathlib import Path
from typing import Any

import pytest

from cesp_analysis.declared.file_forms import Header, Redcap, Written
from cesp_analysis.errors import CespError
from cesp_analysis.intake.read import read_raw

DICTIONARY = (
    "Variable / Field Name,Form Name,Field Type,Field Label,"
    '"Choices, Calculations, OR Slider Labels"\n'
    'id,f,text,Id,\nmood,f,radio,Mood,"1, low | 2, high"\n'
)
ROWS = ["P1,low,Complete", "P2,high,Complete", "P3,low,Complete"]
LONG = ["a.csv: line 3: has 5 fields, the header 3; a cell that holds ',' must stand in quotes"]


def exported(folder: Path, rows: list[str]) -> Any:
    """A labelled REDCap export as a table."""
    (folder / "a.csv").write_text("\n".join(("Id,Mood,Complete?", *rows)) + "\n")
    (folder / "d.csv").write_text(DICTIONARY)
    form = Redcap(dictionary=str(folder / "d.csv"), labelled=True)
    return read_raw(folder / "a.csv", Written(path="a.csv", redcap=form))


def test_of_a_labelled_redcap_export(tmp_path: Path) -> None:
    with pytest.raises(CespError) as caught:
        exported(tmp_path, [ROWS[0], ROWS[1] + ",x,y", "P3,low"])
    assert list(caught.value.problems) == LONG


def test_blank_cells_beyond_its_header_are_none(tmp_path: Path) -> None:
    frame = exported(tmp_path, [ROWS[0], ROWS[1] + ",,", ROWS[2]])
    assert list(frame.columns) == ["line", "id", "mood", "f_complete"]
    assert frame["mood"].tolist() == ["1", "2", "1"]


def test_of_names_that_config_lists(tmp_path: Path) -> None:
    rows = ["id,mood,done", ROWS[0], ROWS[1] + ",x,y"]
    (tmp_path / "a.csv").write_text("\n".join(rows) + "\n")
    how = Written(path="a.csv", header=Header(columns=["id", "mood", "done"]))
    with pytest.raises(CespError) as caught:
        read_raw(tmp_path / "a.csv", how)
    assert list(caught.value.problems) == LONG
