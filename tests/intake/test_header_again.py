"""A header in the midst of the records: two exports in one file, of which neither is told apart."""

from pathlib import Path

import pandas as pd
import pytest

from cesp_analysis.declared.file_forms import Header, Written
from cesp_analysis.errors import CespError
from cesp_analysis.intake.read import read_raw

FIRST = "id,when,mood\nP1,2024-01-02,3\nP2,2024-01-03,4\n"


def read(folder: Path, text: str, **how: object) -> pd.DataFrame:
    path = folder / "answers.csv"
    path.write_text(text, encoding="utf-8")
    return read_raw(path, Written.model_validate({"path": str(path), **how}))


@pytest.mark.parametrize(
    "again", ["id,when,mood\n", '"ID"," when ",mood\n', "\ufeffid,when,mood\n"]
)
def test_column_names_among_the_records_stop_with_their_line(again: str, tmp_path: Path) -> None:
    with pytest.raises(CespError) as stopped:
        read(tmp_path, FIRST + again + "P1,2024-07-02,1\n")
    assert stopped.value.problems == (
        f"{tmp_path}/answers.csv: line 4: holds the column names, the header again: two exports in"
        " one file? Give each its own file and entry, or export it anew",
    )


def test_all_of_several_are_counted(tmp_path: Path) -> None:
    with pytest.raises(CespError, match=r"line 4: .* \(2 such records: lines 4, 6\)"):
        read(tmp_path, FIRST + "id,when,mood\nP1,2024-07-02,1\nid,when,mood\nP9,2025-01-01,1\n")


def test_names_that_config_gives_stand_otherwise_in_the_file(tmp_path: Path) -> None:
    header = Header(columns=("pid", "day", "m"))
    with pytest.raises(CespError, match="line 4: holds the column names"):
        read(tmp_path, FIRST + "id,when,mood\nP1,2024-07-02,1\n", header=header)


@pytest.mark.parametrize("record", ["id,2024-07-02,mood\n", "P3,when,mood\n", ",,\n"])
def test_a_cell_that_is_called_like_its_column_is_an_answer(record: str, tmp_path: Path) -> None:
    assert len(read(tmp_path, FIRST + record + "P4,2024-01-02,1\n")) >= 3


def test_one_column_may_hold_its_own_name(tmp_path: Path) -> None:
    assert len(read(tmp_path, "no\nyes\nno\n")) == 2
