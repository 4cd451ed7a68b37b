"""Text that is read all at once gives what the walk through its records gives."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cesp_analysis.declared.file_forms import Written
from cesp_analysis.distinct import as_text
from cesp_analysis.errors import CespError
from cesp_analysis.intake import csv_file
from cesp_analysis.intake.csv_file import read_csv
from cesp_analysis.intake.even_csv import even_records

CELLS = st.text(st.sampled_from([*'ab1 .-=é\t;"', "\u2028", "\ufeff"]), max_size=3)
"""No separator or line end; a quotation mark may open a field that is never closed."""


def walked(path: Path, file: Written) -> pd.DataFrame:
    """The file read record by record, however it is written."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_file, "even_records", lambda *_: None)
        return read_csv(path, file)


def outcome(read: object, path: Path, file: Written) -> object:
    """The cells that were read, absent ones told from blank ones, or the message."""
    try:
        frame = read(path, file)  # type: ignore[operator]
    except CespError as error:
        return str(error)
    text = as_text(frame)
    kinds = [dtype.name for dtype in frame.dtypes]
    return list(frame.columns), kinds, text.fillna("(absent)").to_dict("list")


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(
    rows=st.lists(st.lists(CELLS, min_size=0, max_size=4), max_size=6),
    even=st.booleans(),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    ended=st.booleans(),
    last_line=st.none() | st.integers(1, 6),
)
def test_both_ways_read_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[list[str]],
    even: bool,
    end: str,
    ended: bool,
    last_line: int | None,
) -> None:
    if even:
        rows = [[*row, "", "", ""][:3] for row in rows]
    text = end.join(["a,b,c", *(",".join(row) for row in rows)]) + end * ended
    path = tmp_path_factory.getbasetemp() / "even.csv"
    path.write_bytes(text.encode())
    file = Written(path="a.csv", last_line=last_line)
    assert outcome(read_csv, path, file) == outcome(walked, path, file)


def test_plain_text_is_read_all_at_once() -> None:
    frame = even_records(b"a,b,c\r\n1, x ,NA\r\n\t,,2\r\n", 1, 3, ",")
    assert frame is not None and frame.to_numpy().tolist() == [["1", " x ", "NA"], ["\t", "", "2"]]


def test_quoted_fields_are_read_all_at_once() -> None:
    text = b'a,b\r\n"1","x, ""y"""\r\n"",2\r\n'
    frame = even_records(text, 1, 2, ",")
    assert frame is not None and frame.to_numpy().tolist() == [["1", 'x, "y"'], ["", "2"]]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\n", b"1,2\n\n3,4\n", b"1,2\n\n", b"1,2\n,\n", b"1,2\n3\n", b"1,2\n3,4,5\n",
        b'1,"2\n"\n', b'1,"2"x\n', b'1,2"\n3,4"\n', b'1,"2\n', b'"1"" ,2\n',
        b"\xef\xbb\xbf1,2\n", b"1\n", b"1,\xff\n", b"1,\xed\xa0\x80\n",
    ],
)  # fmt: skip
def test_other_text_is_left_to_the_walk(body: bytes) -> None:
    assert even_records(body, 0, 2, ",") is None


@pytest.mark.parametrize("n", [126, 127, 128, 129, 40_000])
def test_a_column_of_many_words_keeps_them_all(n: int) -> None:
    words = [f"w{i}" for i in range(n)]
    text = "".join(f"{word},x\n" for word in words * 2).encode()
    frame = even_records(text, 0, 2, ",")
    assert frame is not None and frame[0].tolist() == words * 2
