"""Whatever a table holds and however it is written, it is read as it was, or refused in one line.

Tables are generated and written by others: the csv module, openpyxl, pyreadstat, pandas. The
examples are the same in every run.
"""

import csv
import datetime
import io
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pyreadstat
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from cesp_analysis import contracts
from cesp_analysis.clean.columns import numbers
from cesp_analysis.clean.problems import ProblemList
from cesp_analysis.declared.file_forms import Header, Redcap, Written
from cesp_analysis.errors import CespError
from cesp_analysis.intake.read import read_raw
from cesp_analysis.schemas import Described, Raw

pytestmark = pytest.mark.slow
Rows = list[list[str]]


def examples(number: int) -> settings:
    """So many examples, the same in every run, however slow the machine is."""
    return settings(
        max_examples=number,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where each example writes its file."""
    return tmp_path_factory.mktemp("written")


# -- tables ---------------------------------------------------------------------------------------

ODD = [
    "", " ", "NA", "NULL", "nan", "None", "007", "1e5", "1,5", "1.50", "-9", "+3", "0x1F", "TRUE",
    '"', '""', 'a "b" c', "'", ",", ";", "\t", "|", ", ", "a\nb", "a\r\nb", "a\rb", "\n", "=1+1",
    "\\", '\\"', "#", "é", "ß", "ﬁ", "日本", "🙂", "e\u0301", "\u200b", "\u2028", "\x85", "\x1c",
    "\ufeff", "\x0b", "\x0c", "\x1a", "\x7f", "2024-02-30", "12:30", "5%", "<b>", "&amp;", " a ",
]  # fmt: skip
CELL = st.one_of(
    st.sampled_from(ODD),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8),
    st.integers(-(10**20), 10**20).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
)
NAME = st.one_of(
    st.from_regex(r"[a-zA-Z][a-zA-Z0-9_.]{0,11}", fullmatch=True),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=9),
).filter(lambda name: name == name.strip() != "" and name != "line" and "\ufeff" not in name)


@st.composite
def tables(draw: st.DrawFn, names: st.SearchStrategy[str] = NAME) -> Rows:
    """A header whose names differ, and records as wide as it, of which the last says something."""
    header = draw(st.lists(names, min_size=1, max_size=5, unique=True))
    assume(not any(name.startswith("column_") for name in header))
    record = st.lists(CELL, min_size=len(header), max_size=len(header))
    records = draw(st.lists(record, min_size=1, max_size=6))
    assume(any(records[-1]))
    return [header, *records]


def read(path: Path, **how: Any) -> pd.DataFrame:
    """The file, read as the step `intake` does; what is refused is refused in words."""
    try:
        frame = read_raw(path, Written(path=path.name, **how))
    except CespError as error:
        assert len(error.problems) >= 1
        for problem in error.problems:
            assert problem.startswith(f"{path.name}: ") and problem.isprintable()
        raise
    contracts.write(frame, path.with_suffix(".parquet"), Raw)  # it can be kept
    assert contracts.read(path.with_suffix(".parquet"), Raw).equals(frame)
    return frame


def table_of(frame: pd.DataFrame) -> Rows:
    """The table as rows again, names first."""
    return [[str(name) for name in frame.columns[1:]], *frame.iloc[:, 1:].to_numpy().tolist()]


# -- CSV ------------------------------------------------------------------------------------------

ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252", "latin-1", "cp437"]


@st.composite
def dialects(draw: st.DrawFn) -> dict[str, Any]:
    """How a CSV is written."""
    return {
        "encoding": draw(st.sampled_from(ENCODINGS)),
        "separator": draw(st.sampled_from([",", ";", "\t", "|"])),
        "quoting": draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
        "end": draw(st.sampled_from(["\n", "\r\n", "\r"])),
        "last_end": draw(st.booleans()),
        "trailing": draw(st.booleans()),
    }


def written(rows: Rows, how: dict[str, Any]) -> bytes:
    """The rows in a dialect; UnicodeEncodeError where the encoding lacks a character."""
    stream = io.StringIO(newline="")
    within = any(mark in cell for row in rows for cell in row for mark in "\r\n")
    quoting = csv.QUOTE_ALL if within else how["quoting"]
    writer = csv.writer(
        stream, delimiter=how["separator"], quoting=quoting, lineterminator=how["end"]
    )
    for row in rows:
        writer.writerow([*row, *([""] if how["trailing"] else [])])
    text = stream.getvalue()
    text = text if how["last_end"] else text.removesuffix(how["end"])
    return text.encode(how["encoding"])


MARK_IN_A_CELL = {
    "rows": [["a", "b"], ["\ufeff", ""], ["\ufeff1", "\ufeff"]],
    "how": {"encoding": "utf-8", "separator": ",", "quoting": csv.QUOTE_MINIMAL}
    | {"end": "\n", "last_end": True, "trailing": False},
}


@examples(200)
@example(**MARK_IN_A_CELL)
@given(rows=tables(), how=dialects())
def test_a_csv_in_any_dialect(folder: Path, rows: Rows, how: dict[str, Any]) -> None:
    try:
        content = written(rows, how)
    except UnicodeEncodeError:
        assume(False)
    path = folder / "table.csv"
    path.write_bytes(content)
    encoding = "utf-8" if how["encoding"] == "utf-8-sig" else how["encoding"]
    frame = read(path, encoding=encoding, separator=how["separator"])
    assert table_of(frame) == rows
    assert frame["line"].is_monotonic_increasing and frame["line"].iloc[0] >= 2


@pytest.mark.parametrize(
    ("encoding", "half"),
    [("utf-7", b"+2AA-"), ("unicode_escape", b"\\ud800"), ("raw_unicode_escape", b"\\ud800")],
)
def test_half_a_character_is_refused(folder: Path, encoding: str, half: bytes) -> None:
    path = folder / "half.csv"
    for content in (b"a,b\n1," + half, b"a," + half + b"\n1,2"):
        path.write_bytes(content)
        with pytest.raises(CespError, match=f"half.csv: is not {encoding} "):
            read(path, encoding=encoding)


@examples(40)
@given(
    values=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=6),
    mark=st.sampled_from([".", ","]),
    separator=st.sampled_from([",", ";", "\t"]),
)
def test_numbers_with_either_decimal_mark(
    folder: Path, values: list[float], mark: str, separator: str
) -> None:
    path = folder / "numbers.csv"
    rows = [["x", "y"], *([repr(value).replace(".", mark), "1"] for value in values)]
    how = {"encoding": "utf-8", "separator": separator, "quoting": csv.QUOTE_MINIMAL}
    path.write_bytes(written(rows, how | {"end": "\n", "trailing": False, "last_end": True}))
    frame = read(path, separator=separator)
    problems = ProblemList("numbers.csv")
    lines = frame["line"].to_numpy()
    typed = numbers(frame["x"], lines, problems, allowed=None, missing=(), decimal=mark)
    assert typed.tolist() == values and not problems.frames


# -- XLSX -----------------------------------------------------------------------------------------

TYPED = st.one_of(
    CELL.filter(lambda cell: not any(ord(c) < 32 and c not in "\t\n" for c in cell)),
    st.none(),
    st.booleans(),
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.floats(-1e308, 1e308, allow_nan=False),  # 16 digits of the largest number are infinite
    st.dates(datetime.date(1901, 1, 1), datetime.date(2199, 12, 31)),
    st.datetimes(datetime.datetime(1901, 1, 1), datetime.datetime(2199, 12, 31)).map(
        lambda moment: moment.replace(microsecond=0)
    ),
)


def assert_same(
    frame: pd.DataFrame, names: Sequence[str], records: Sequence[Sequence[Any]]
) -> None:
    """The text of each cell says the value that was written."""
    found, *rows = table_of(frame)
    assert found == names and len(rows) == len(records)
    for row, record in zip(rows, records, strict=True):
        for cell, value in zip(row, record, strict=True):
            if isinstance(value, float) and value == value:  # a workbook has 16 digits
                assert math.isclose(float(cell), value, rel_tol=1e-15), (cell, value)
                assert not value.is_integer() or abs(value) >= 2**53 or cell == str(int(value))
            else:
                assert cell == as_text(value)


def as_text(value: Any) -> str:
    """What a value that is no number with decimals is as text."""
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    return str(value)


@examples(60)
@given(data=st.data())
def test_a_workbook(folder: Path, data: st.DataObject) -> None:
    names = data.draw(st.lists(NAME, min_size=1, max_size=4, unique=True))
    assume(not any(name.startswith("column_") for name in names))
    record = st.lists(TYPED, min_size=len(names), max_size=len(names))
    records = data.draw(st.lists(record, min_size=1, max_size=5))
    assume(any(cell not in (None, "") for cell in records[-1]))
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for r, row in enumerate([names, *records], start=1):
        for c, cell in enumerate(row, start=1):
            if cell not in (None, ""):
                place = sheet.cell(r, c, cell)
                if isinstance(cell, str):
                    place.data_type = "s"  # also what begins like a formula
    path = folder / "table.xlsx"
    workbook.save(path)
    frame = read(path)
    assert_same(frame, names, records)
    assert frame["line"].tolist() == list(range(2, len(records) + 2))


# -- SPSS and Stata -------------------------------------------------------------------------------

TAKEN = "line all and by double eq ge gt if in le lt ne not or to using with"
SHORT = st.from_regex(r"[a-zA-Z][a-zA-Z0-9_]{0,9}", fullmatch=True).filter(
    lambda name: name.lower() not in TAKEN.split()
)
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).filter(
    lambda word: word == word.strip()
)
NUMBERS = st.one_of(
    st.integers(-(2**31), 2**31 - 1).map(float),
    st.floats(-1e30, 1e30, allow_nan=False, allow_subnormal=False),
    st.just(math.nan),
)


@st.composite
def typed_tables(draw: st.DrawFn) -> pd.DataFrame:
    """Columns of words or of numbers, some of them missing."""
    names = draw(st.lists(SHORT, min_size=1, max_size=4, unique_by=str.lower))
    length = draw(st.integers(1, 6))
    columns = {
        name: draw(st.lists(kind, min_size=length, max_size=length))
        for name in names
        for kind in [draw(st.sampled_from([WORDS, NUMBERS]))]
    }
    return pd.DataFrame(columns)


@examples(60)
@given(table=typed_tables(), compress=st.booleans())
def test_an_spss_file(folder: Path, table: pd.DataFrame, compress: bool) -> None:
    path = folder / "table.sav"
    pyreadstat.write_sav(table, str(path), compress=compress)
    assert_same(read(path), list(table.columns), table.to_numpy(dtype=object).tolist())


@examples(60)
@given(table=typed_tables(), version=st.sampled_from([117, 118, 119]))
def test_a_stata_file(folder: Path, table: pd.DataFrame, version: int) -> None:
    words = [name for name in table if not pd.api.types.is_numeric_dtype(table[name])]
    assume(version > 117 or all(word.isascii() for name in words for word in table[name]))
    path = folder / "table.dta"
    table.to_stata(path, write_index=False, version=version)  # type: ignore[arg-type]
    assert_same(read(path), list(table.columns), table.to_numpy(dtype=object).tolist())


# -- survey platforms -----------------------------------------------------------------------------


@examples(40)
@given(rows=tables(), questions=st.data())
def test_qualtrics_three_header_rows(folder: Path, rows: Rows, questions: st.DataObject) -> None:
    words = st.one_of(st.sampled_from(ODD), WORDS).filter(lambda word: word.strip() != "")
    width = len(rows[0])
    second = questions.draw(st.lists(words, min_size=width, max_size=width))
    third = [json.dumps({"ImportId": f"QID{at}"}) for at in range(width)]
    path = folder / "qualtrics.csv"
    how = {"encoding": "utf-8-sig", "separator": ",", "quoting": csv.QUOTE_ALL, "end": "\n"}
    path.write_bytes(
        written([rows[0], second, third, *rows[1:]], how | {"trailing": False, "last_end": True})
    )
    frame = read(path, header=Header(rows=3))
    assert table_of(frame) == rows
    labels = frame.attrs["column_labels"]
    for name, question, identity in zip(rows[0], second, third, strict=True):
        assert labels[name] == f"{question.strip()} | {identity}"


LABEL = st.from_regex(r"[A-Z][a-z]{0,6}( [a-z]{1,5}){0,2}", fullmatch=True)


@examples(25)
@given(data=st.data())
def test_a_labelled_redcap_export_is_the_raw_one(folder: Path, data: st.DataObject) -> None:
    kinds = data.draw(
        st.lists(st.sampled_from(["text", "radio", "checkbox", "yesno"]), min_size=1, max_size=4)
    )
    told = "field_name form_name field_type field_label select_choices_or_calculations"
    rows: Rows = [told.split(), ["id", "f", "text", "Record", ""]]
    names, labels, codes = ["id"], ["Record"], [{}]
    for at, kind in enumerate(kinds):
        label = f"Q{at} {data.draw(LABEL)}"
        choices = data.draw(st.lists(LABEL, min_size=1, max_size=3, unique=True))
        told = " | ".join(f"{code}, {text}" for code, text in enumerate(choices, start=1))
        rows.append([f"q{at}", "f", kind, label, told if kind in ("radio", "checkbox") else ""])
        if kind == "checkbox":
            for code, text in enumerate(choices, start=1):
                names.append(f"q{at}___{code}")
                labels.append(f"{label} (choice={text})")
                codes.append({"0": "Unchecked", "1": "Checked"})
            continue
        names.append(f"q{at}")
        labels.append(label)
        coded = {str(code): text for code, text in enumerate(choices, start=1)}
        codes.append({"radio": coded, "yesno": {"0": "No", "1": "Yes"}}.get(kind, {}))
    names.append("f_complete")
    labels.append("Complete?")
    codes.append({"0": "Incomplete", "1": "Unverified", "2": "Complete"})
    records = [
        [
            data.draw(st.sampled_from(["", *coded]) if coded else WORDS.filter(str.isalnum))
            for coded in codes
        ]
        for _ in range(data.draw(st.integers(1, 4)))
    ]
    told_in_words = [
        [coded.get(cell, cell) for cell, coded in zip(record, codes, strict=True)]
        for record in records
    ]
    how = {"encoding": "utf-8", "separator": ",", "quoting": csv.QUOTE_MINIMAL, "end": "\n",
           "trailing": False, "last_end": True}  # fmt: skip
    dictionary = folder / f"dictionary {abs(hash(str(rows)))}.csv"
    dictionary.write_bytes(written(rows, how))
    raw, labelled = folder / "raw.csv", folder / "labelled.csv"
    raw.write_bytes(written([names, *records], how))
    labelled.write_bytes(written([labels, *told_in_words], how))
    first = read(raw, redcap=Redcap(dictionary=str(dictionary)))
    second = read(labelled, redcap=Redcap(dictionary=str(dictionary), labelled=True))
    assert table_of(first) == table_of(second) == [names, *records]
    assert first.attrs["labels"] == second.attrs["labels"]


# -- anything at all ------------------------------------------------------------------------------


def plain_files() -> dict[str, bytes]:
    """A small good file of each format."""
    frame = pd.DataFrame({"id": ["P1", "P2", "é"], "x": [1.0, np.nan, 3.5]})
    made = {"csv": b'id,x\nP1,1\n"P2",\n\xc3\xa9,3.5\n'}
    stream = io.BytesIO()
    frame.to_excel(stream, index=False)
    made["xlsx"] = stream.getvalue()
    stream = io.BytesIO()
    frame.to_stata(stream, write_index=False, version=118)
    made["dta"] = stream.getvalue()
    return made


PLAIN = plain_files()


@examples(300)
@given(
    kind=st.sampled_from(sorted(PLAIN)),
    cut=st.floats(0, 1),
    changes=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=3)), max_size=4
    ),
)
def test_damage_is_said_in_one_line(
    folder: Path, kind: str, cut: float, changes: Sequence[tuple[float, bytes]]
) -> None:
    """Cut off, or with bytes changed: a table or words, never anything else."""
    content = bytearray(PLAIN[kind])
    for at, new in changes:
        place = int(at * len(content))
        content[place : place + len(new)] = new
    path = folder / f"damaged.{kind}"
    path.write_bytes(content[: math.ceil(cut * len(content))])
    try:
        read(path)
    except CespError as error:
        assert len(error.problems) >= 1


# -- the program's own tables ---------------------------------------------------------------------


@examples(60)
@given(words=st.lists(st.one_of(CELL, st.text(max_size=6)), min_size=1, max_size=5))
def test_a_csv_of_ours_is_read_as_it_was_and_runs_nowhere(folder: Path, words: list[str]) -> None:
    words = [word.encode("utf-8", "replace").decode() for word in words]  # no half characters
    cells = dict.fromkeys(("label", "values", "remark"), words)
    numbers_of = {name: range(len(words)) for name in ("records", "missing", "distinct")}
    names = [str(at) for at in range(len(words))]
    frame = pd.DataFrame({"file": "f", "column": names, "type": "text", **cells, **numbers_of})
    path = folder / "ours.csv"
    contracts.write(frame, path, Described)
    assert contracts.read(path, Described)["label"].fillna("").tolist() == words
    assert [row["remark"] for row in contracts.rows(path, Described)] == words
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            try:
                float(row["label"])
            except ValueError:
                assert row["label"][:1] not in tuple("=+-@\t\r\n＝＋－＠")
