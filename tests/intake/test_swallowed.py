"""A stray quotation mark swallows records, and is said; a note of several lines is none."""

from pathlib import Path

import pytest

from cesp_analysis.declared.file_forms import Written
from cesp_analysis.errors import CespError
from cesp_analysis.intake.look import describe
from cesp_analysis.intake.read import read_raw

STRAY = 'id;name;site;age\nP1;"Ann;north;50\nP2;Bob;north;60\nP3;Cy";south;70\nP4;Di;south;40\n'
WHOLE = " and holds line 3, which looks like a record"
ENDS = " and looks like the end of one record and the beginning of another"
AFTER = ", where text follows its closing mark"
SWALLOWED = {
    "two marks": (STRAY, ["line 2: a cell that opens here ends in line 4" + WHOLE]),
    "all records": (
        STRAY.removesuffix("P4;Di;south;40\n"),
        ["line 2: a cell that opens here ends in line 4"],
    ),
    "returns alone": (STRAY.replace("\n", "\r"), ["line 2: a cell that opens here ends in line 4"]),
    "the second mark ends the line": (
        STRAY.replace('Cy";south;70', 'Cy;south;70"'),
        ["line 2: a cell that opens here ends in line 4" + WHOLE],
    ),
    "no whole line": (
        'id;name;site\nP1;"Ann;north\nP3;Cy";south\nP4;Di;south\n',
        ["line 2: a cell that opens here ends in line 3" + ENDS],
    ),
    "in the id": ('id;x\n"P1;5\nP2";7\nP3;7\n', ["line 2: a cell that opens here ends in line 3"]),
    "no digit in the id, a word that the column has": (
        'name;site\nAnn;"north\nBob;south";\nCy;south\n',
        ["line 2: a cell that opens here ends in line 3"],
    ),
    "a quoted cell closes it": (
        'id;name;site\nP1;"Ann;north\nP3;"Cy";south\nP4;Di;south\n',
        ["line 2: a cell that opens here ends in line 3" + AFTER],
    ),
    "the names": (
        'id;"name;site\nP1;Ann";north\nP4;Di;south\n',
        ["line 1: a cell that opens here ends in line 2" + ENDS],
    ),
    "two places": (
        STRAY + STRAY.removeprefix("id;name;site;age\n"),
        ["line 2: a cell that opens here ends in line 4", "line 6: a cell that opens here ends in"],
    ),
}
NOTES = {
    "prose": 'id;note;x\nP1;"He came; then he left\nand, well; fine; so it was";5\nP2;ok;6\n',
    "two columns, a comma a line": 'id;note\n1;"milk; two\nbread; 3\nham; x"\n2;ok\n',
    "two columns, numbered": 'id;note\n1;"1; milk\n2; eggs\n3; ham"\n2;ok\n',
    "an id within": 'id;note\nP1;"met\nP2; who came late\nP3; too"\nP2;ok\n',
    "marks written twice": 'id;note;x\nP1;"said ""no""\nand ""P2;yes;5""\nso";5\nP2;ok;6\n',
    "an id on two lines": 'id;note;x\n"P\n1";a;5\nP2;ok;6\n',
    "names on two lines": 'id;"note\n(any)";x\nP1;a;5\nP2;ok;6\n',
    "one column": 'note\n"a\nb\nc"\nd\n',
}


def written(folder: Path, text: str) -> tuple[Path, Written]:
    """A CSV file with semicolons."""
    path = folder / "a.csv"
    path.write_bytes(text.encode())
    return path, Written(path="a.csv", separator=";")


@pytest.mark.parametrize("name", SWALLOWED)
def test_records_in_a_cell_are_said(tmp_path: Path, name: str) -> None:
    text, said = SWALLOWED[name]
    with pytest.raises(CespError) as caught:
        read_raw(*written(tmp_path, text))
    assert len(caught.value.problems) == len(said)
    for line, beginning in zip(caught.value.problems, said, strict=True):
        assert line.startswith(f"a.csv: {beginning}")
        assert "written twice" in line


@pytest.mark.parametrize("name", NOTES)
def test_a_note_of_several_lines_is_read(tmp_path: Path, name: str) -> None:
    frame = read_raw(*written(tmp_path, NOTES[name]))
    assert len(frame) == 2
    assert not frame.iloc[:, 1:].isna().any(axis=None)


def test_a_note_below_the_last_record_is_none(tmp_path: Path) -> None:
    path, how = written(tmp_path, STRAY.replace("P1;", "P0;Bo;west;30\nP1;"))
    frame = read_raw(path, how.model_copy(update={"last_line": 2}))
    assert frame["id"].tolist() == ["P0"]


def test_very_many_places_are_counted(tmp_path: Path) -> None:
    with pytest.raises(CespError) as caught:
        read_raw(*written(tmp_path, "id;site\n" + 'P1;"north\nP2;south"\n' * 22 + "P3;south\n"))
    assert len(caught.value.problems) == 21
    assert "(2 such cells: lines 42, 44)" in caught.value.problems[-1]


def test_describe_says_so(tmp_path: Path) -> None:
    path, _ = written(tmp_path, STRAY)
    with pytest.raises(CespError, match="line 2: a cell that opens here ends in line 4"):
        describe([path])
