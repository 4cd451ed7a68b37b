"""A stray quotation mark swallows records, and is said; a note of several lines is none."""

from pathlib import Path

import numpy as np
import pytest

from cesp_analysis.declared.file_forms import Written
from cesp_analysis.errors import CespError
from cesp_analysis.intake import ended_early
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
    "no undamaged record, the id is last": (
        'note;site;id\nleft;"south;P1\nmet;north;P2\n;south";P3\n',
        ["line 2: a cell that opens here ends in line 4 and holds line 3, which looks like a"],
    ),
    "the id is not first": (
        'note;site;id\n;"south;P11\nmet, 5;north;P12\nx;south";P13\n-;north;P14\n-;east;P15\n',
        ["line 2: a cell that opens here ends in line 4 and holds line 3, which looks like a"],
    ),
    "the id is last, no whole line": (
        'note;site;id\nleft;"south;P11\n2024-01-01;a";P13\n;north;P14\n;east;P15\n',
        ["line 2: a cell that opens here ends in line 3" + ENDS],
    ),
    "the id within its end": (
        'note;id;site;x\nleft;"P11;south;7\n5 h;P12;west";4\nok;P14;north;9\nok;P15;east;9\n',
        ["line 2: a cell that opens here ends in line 3" + ENDS],
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
    "forms alone, without digits": 'name;note\nAnn;"milk;two\nbread;three\nham;x"\nBob;ok\n',
    "the names within": 'id;note;x\nP1;"as in\nid;note;x\nabove";5\nP2;ok;6\n',
    "the record's own id beyond the note": 'note;id\n"1) a;b\nd)";P1\nok;P2\n',
    "an id that is longer": 'note;id\n"1) see\nroom;A1\nnow";P100\nok, 5;P200\n',
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


IDS = {
    "an id that is longer": NOTES["an id that is longer"] + "ok, 6;P300\nok, 7;P401\n",
    "beyond the note": NOTES["the record's own id beyond the note"] + "ok;P3\nok;P4\n",
    "before the note": 'id;note;x\nP1;"a;b\nc;d";5\nP2;ok;6\nP3;ok;7\nP4;ok;8\n',
    "behind a blank": 'note;id\n"1) see\n room;P5\nnow";P1\nok, 5;P2\nok, 6;P3\nok, 7;P4\n',
    "of words": 'note;id\n"1) see\nroom;Bob\nnow";Ann\nok, 5;Eve\nok, 6;Tim\nok, 7;Joe\n',
    "of one record": 'note;id\n"1) see\nroom;P5\nnow";P1\nok, 5;P2\n',
}


@pytest.mark.parametrize("name", IDS)
def test_ids_make_no_record_of_a_note(tmp_path: Path, name: str) -> None:
    frame = read_raw(*written(tmp_path, IDS[name]))
    assert len(frame) == (2 if name == "of one record" else 4)


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


def test_a_cell_of_the_last_record_is_looked_at(tmp_path: Path) -> None:
    path, how = written(tmp_path, STRAY)
    with pytest.raises(CespError, match="line 2: a cell that opens here ends in line 4"):
        read_raw(path, how.model_copy(update={"last_line": 2}))


def test_a_line_of_one_field_is_no_record_though_most_have_one(tmp_path: Path) -> None:
    text = 'id;note\nP1;"met\nP2\nP3"\nP2\nP3\nP4\n'
    assert len(read_raw(*written(tmp_path, text))) == 4


EARLY = {
    "text behind": 'id;note;x\nP1;"He said "no\nand left";5\nP2;ok;6\n',
    "nothing behind": 'id;note;x\nP1;"He said"\nand left";5\nP2;ok;6\n',
    "two marks behind": 'id;note;x\nP1;"He said "no" and\nleft";5\nP2;ok;6\n',
    "a line between": 'id;note;x\nP1;"He said "no\nand\n\nleft";5\nP2;ok;6\n',
    "the last column": 'id;note\nP1;"He said "no\nand left"\nP2;ok\n',
    "the first column": 'note;id;x\n"He said "no\nand left";P1;5\nok;P2;6\n',
    "no line end": 'id;note\nP2;ok\nP1;"He said "no\nand left"',
    "behind a digit, text behind": 'id;note;x\nP1;"pipes of 5" and\nof 6";5\nP2;ok;6\n',
    "a whole cell between": 'size;a;b;c\n4;"5" or\n6;"ok"\n7";8;9\n',
    "returns": 'id;note;x\r\nP1;"He said "no\r\nand left";5\r\nP2;ok;6\r\n',
}


@pytest.mark.parametrize("name", EARLY)
def test_a_note_that_ends_early_is_said(tmp_path: Path, name: str) -> None:
    with pytest.raises(CespError) as caught:
        read_raw(*written(tmp_path, EARLY[name]))
    (told,) = caught.value.problems
    first = 3 if name == "no line end" else 2
    end = first + {"a line between": 3, "a whole cell between": 2}.get(name, 1)
    assert told.startswith(
        f"a.csv: line {first}: a quoted cell ends within its text, and line {end}"
    )
    assert "written twice" in told


@pytest.mark.parametrize(
    "text",
    [
        'id;note;x\nP1;"ok";5\nP2;pipe 5";6\n',  # an inch, of a whole record
        'id;note;x\nP1;"ok";5\n5";ok;6\n',
        'id;note;x\nP1;"ok"\nP2;pipe 5"\n',  # short records, whose fields do not add up
        'id;note;x\nP1;"ok"\n5"\nP2;ok;5\n',
        'id;note;x\nP1;ok\n5";6\n',  # nothing quoted before
        'id;note;x\nP1;"a"\nP2;ok;5\n5";6\n',  # a whole record between
        'id\n"a"\n5"\n',  # one column
        'size;note;x\n5;"ok"\n6";b\n7";c;2\n',  # inches below a whole cell
        'size;note;x\n5;"ok"\n5\'1";b\n1/2 ";b\n7;c;2\n',
    ],
)
def test_a_mark_within_text_is_none(tmp_path: Path, text: str) -> None:
    assert len(read_raw(*written(tmp_path, text))) == text.count("\n") - 1


def test_each_record_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short records whose first cell ends with a mark, and none of which has all fields."""
    seen: list[str] = []
    monkeypatch.setattr(ended_early, "_closed", lambda record, _: seen.append(record))
    n = 200_000
    body = "5'1\";a\n" * n
    records = (np.arange(1, n + 1), np.full(n, 2))
    ended_early.check_ended_early(body, 1, records, 3, Written(path="a.csv", separator=";"))
    assert seen == ["5'1\";a\n"] * n


def test_what_stands_below_the_last_record_ends_nothing(tmp_path: Path) -> None:
    path, how = written(tmp_path, 'id;note\nP1;"ok"\nas said"\n')
    assert len(read_raw(path, how.model_copy(update={"last_line": 2}))) == 1


def test_many_that_end_early_are_counted(tmp_path: Path) -> None:
    with pytest.raises(CespError) as caught:
        read_raw(*written(tmp_path, "id;note\n" + 'P1;"a "b\nc"\n' * 22))
    assert len(caught.value.problems) == 21
    assert "(2 such cells: lines 42, 44)" in caught.value.problems[-1]
