"""CSV files are, byte for byte, what looking at every cell by itself makes of them."""

import csv
import re
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cesp_analysis.formulas import FORMULA, guarded
from cesp_analysis.table_files import to_csv

ODD = re.compile(rf"^{FORMULA}|\r")
TEXTS = st.text(alphabet="=+-@\t\r\n'\"＝＋－＠,;0123456789.eE aé", max_size=6)
NOTHING = st.sampled_from([None, float("nan"), pd.NA])
NUMBERS = st.integers(-(10**6), 10**6) | st.floats(allow_nan=False)


def cell_by_cell(frame: pd.DataFrame, path: Path) -> None:
    """The rule, without any haste."""
    quoting: Literal[0, 2] = csv.QUOTE_MINIMAL
    for name in frame.select_dtypes(include=["object", "string", "category"]).columns:
        cells = frame[name].astype("str").tolist()
        if odd := [at for at, cell in enumerate(cells) if type(cell) is str and ODD.search(cell)]:
            if any("\r" in cells[at] for at in odd):
                quoting = csv.QUOTE_NONNUMERIC
            for at in odd:
                cells[at] = guarded(cells[at])
            frame[name] = cells
    frame.to_csv(path, index=False, lineterminator="\n", quoting=quoting)


@st.composite
def columns(draw: st.DrawFn, n: int) -> "pd.Series[Any]":
    """Text, mixed objects, categories of text or numbers (some of which nobody has), numbers."""
    kind = draw(st.sampled_from(["str", "object", "words", "numbers", "float64", "Int64"]))
    if kind == "str":
        return pd.Series(draw(_many(TEXTS | st.none(), n)), dtype="str")
    if kind == "object":
        return pd.Series(draw(_many(TEXTS | NOTHING | NUMBERS | st.booleans(), n)), dtype="object")
    if kind == "words" or kind == "numbers":
        one = TEXTS if kind == "words" else st.floats(allow_nan=False)
        known = draw(st.lists(one, min_size=1, max_size=4, unique=True))
        codes = draw(_many(st.integers(-1, len(known) - 1), n))
        return pd.Series(pd.Categorical.from_codes(codes, pd.Index(known)))
    if kind == "Int64":
        return pd.Series(draw(_many(st.integers(-99, 99) | st.none(), n)), dtype="Int64")
    return pd.Series(draw(_many(st.floats(), n)), dtype="float64")


def _many(one: st.SearchStrategy[Any], n: int) -> st.SearchStrategy[list[Any]]:
    return st.lists(one, min_size=n, max_size=n)


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    """Up to four columns; rows may have the same number."""
    n = draw(st.integers(0, 6))
    own = {f"c{k}": draw(columns(n)) for k in range(draw(st.integers(1, 4)))}
    frame = pd.DataFrame(own)
    frame.index = pd.Index(draw(_many(st.integers(0, 3), n)), dtype="int64")
    return frame


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(frame=tables())
def test_bytes_are_those_of_each_cell_by_itself(frame: pd.DataFrame, tmp_path: Path) -> None:
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    cell_by_cell(frame.copy(), one)
    to_csv(frame.copy(), other)
    assert other.read_bytes() == one.read_bytes()


@pytest.mark.parametrize(("cell", "written"), [
    ("=1+1", "'=1+1"), ("+44 20", "'+44 20"), ("-1.5", "-1.5"), ("@a", "'@a"), ("\ta", "'\ta"),
    ("\ra", '"\'\ra"'), ("a\rb", '"a\rb"'), ("'=a", "''=a"), ("＝a", "'＝a"), ("a=b", "a=b"),
])  # fmt: skip
@pytest.mark.parametrize("dtype", ["str", "object", "category"])
def test_a_cell_as_it_is_written(cell: str, written: str, dtype: str, tmp_path: Path) -> None:
    to_csv(pd.DataFrame({"a": pd.Series([cell, None], dtype=dtype)}), tmp_path / "a.csv")
    lines = (tmp_path / "a.csv").read_bytes().decode().removesuffix("\n").split("\n")
    assert lines[1] == written and lines[0].strip('"') == "a" and lines[2] in ('""', "")
