"""Contracts: each guard trips; what is written comes back; a failed write harms nothing."""

import os
import stat
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from cesp_analysis import contracts
from cesp_analysis.columns import Table, category, count, number, text, whole
from cesp_analysis.errors import CespError
from cesp_analysis.whole_files import BrokenContract, Spoilt, read_json, write_json, write_text


class Small(Table):
    """A table with a column of every kind."""

    key: ClassVar = ("name",)
    name: ClassVar = text("a name")
    note: ClassVar = text("a note", blank=True)
    arm: ClassVar = category("an arm", allowed=("intervention", "control"))
    size: ClassVar = number("a size")
    people: ClassVar = whole("people, if known")
    n: ClassVar = count("records")


class Open(Small):
    """The same, with room for more."""

    open: ClassVar = True
    key: ClassVar = ("name",)
    name: ClassVar = text("a name")


def frame(**changed: Any) -> pd.DataFrame:
    """A table that keeps the contract, but for what is changed."""
    good: dict[str, Any] = {
        "name": ["a", "NA", 'c "d", e\nf'],
        "note": [None, "x", " y "],
        "arm": ["control", "intervention", "control"],
        "size": [0.1 + 0.2, np.nan, -1e-300],
        "people": [3.0, np.nan, 0.0],
        "n": [1, 2, 3],
    }
    return pd.DataFrame(
        {name: value for name, value in (good | changed).items() if value is not ...}
    )


BROKEN = {
    "missing column": ({"size": ...}, r"lacks \['size'\], has \[\] beyond"),
    "extra column": ({"more": [1, 2, 3]}, r"lacks \[\], has \['more'\] beyond its contract"),
    "blank text": ({"name": ["a", None, "c"]}, "name: blank in 1 rows"),
    "blank category": ({"arm": [None, None, "control"]}, "arm: blank in 2 rows"),
    "blank count": ({"n": [1, np.nan, 3]}, "n: blank in 1 rows"),
    "key twice": ({"name": ["a", "b", "a"]}, r"\('name',\) does not name each row once"),
    "value not allowed": ({"arm": ["control", "placebo", "x"]}, r"arm: holds \['placebo', 'x'\]"),
    "count that is not whole": ({"n": [1.0, 2.5, 3.0]}, "n: holds numbers that are not whole"),
    "whole that is not": ({"people": [1.0, None, 0.5]}, "people: holds numbers that are not whole"),
    "whole without end": ({"people": [1.0, np.inf, 2]}, "people: holds numbers that are not whole"),
}


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_contract_is_not_written(tmp_path: Path, name: str, ending: str) -> None:
    changed, message = BROKEN[name]
    path = tmp_path / f"t.{ending}"
    with pytest.raises(BrokenContract, match=f"^t.{ending}: .*{message}"):
        contracts.write(frame(**changed), path, Small)
    assert list(tmp_path.iterdir()) == []


def test_a_broken_contract_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    contracts.write(frame(), path, Small)
    path.write_text(path.read_text().replace("intervention", "interventoin"))
    with pytest.raises(BrokenContract, match=r"arm: holds \['interventoin'\]"):
        contracts.read(path, Small)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_what_is_written_comes_back(tmp_path: Path, ending: str) -> None:
    path = tmp_path / "new folder" / f"t.{ending}"
    contracts.write(frame(), path, Small)
    back = contracts.read(path, Small)
    expected = frame().astype({"name": "str", "note": "str", "arm": "category"})
    pd.testing.assert_frame_equal(back, expected, check_exact=True)
    assert [str(dtype) for dtype in back.dtypes] == [
        "str", "str", "category", "float64", "float64", "int64",
    ]  # fmt: skip
    assert [p.name for p in path.parent.iterdir()] == [f"t.{ending}"]


def test_types_are_never_nullable(tmp_path: Path) -> None:
    nullable = frame().astype(
        {"people": "Int64", "n": "Int64", "size": "Float64", "name": "string"}
    )
    path = tmp_path / "t.parquet"
    contracts.write(nullable, path, Small)
    dtypes = [str(dtype) for dtype in contracts.read(path, Small).dtypes]
    assert dtypes == ["str", "str", "category", "float64", "float64", "int64"]


def test_whole_numbers_have_no_point_in_a_csv(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    contracts.write(frame(name=["a", "b", "c"], note=None), path, Small)
    assert path.read_bytes() == (
        b"name,note,arm,size,people,n\na,,control,0.30000000000000004,3,1\nb,,intervention,,,2\n"
        b"c,,control,-1e-300,0,3\n"
    )


def test_columns_come_in_the_order_of_the_contract(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    contracts.write(frame()[["n", "people", "size", "arm", "note", "name"]], path, Small)
    assert list(contracts.read(path, Small).columns) == list(Small.columns())


def test_an_open_table_may_have_more(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    contracts.write(frame()[["name"]].assign(more=[1.5, 2.5, np.nan]), path, Open)
    assert contracts.read(path, Open)["more"].tolist()[:2] == [1.5, 2.5]


def test_a_category_that_nobody_has_need_not_be_allowed(tmp_path: Path) -> None:
    arms = pd.Categorical(["control", None, "control"], ["control", "placebo"])
    with pytest.raises(BrokenContract, match="arm: blank in 1 rows"):
        contracts.write(frame(arm=arms), tmp_path / "t.parquet", Small)
    arms = pd.Categorical(["control"] * 3, ["control", "placebo"])
    contracts.write(frame(arm=arms), tmp_path / "t.parquet", Small)
    assert contracts.read(tmp_path / "t.parquet", Small)["arm"].tolist() == ["control"] * 3


def test_a_table_that_is_written_stays_as_it_was(tmp_path: Path) -> None:
    fits = frame().astype({"name": "str", "note": "str", "arm": "category"})
    for given in (
        fits,
        fits.loc[[2, 0, 1]],
        frame()[["n", "people", "size", "arm", "note", "name"]],
    ):
        before = given.copy()
        contracts.write(given, tmp_path / "t.parquet", Small)
        pd.testing.assert_frame_equal(given, before, check_exact=True)
        back = contracts.read(tmp_path / "t.parquet", Small)
        assert back["n"].tolist() == given["n"].tolist()
        assert back.index.tolist() == [0, 1, 2]


def test_a_table_without_rows(tmp_path: Path) -> None:
    for ending in ("csv", "parquet"):
        path = tmp_path / f"t.{ending}"
        contracts.write(frame().iloc[:0], path, Small)
        assert len(contracts.read(path, Small)) == 0


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_write_that_fails_leaves_the_old_file(
    tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"t.{ending}"
    contracts.write(frame(), path, Small)
    before = path.read_bytes()

    def full(self: Any, part: Path, **_: Any) -> None:
        part.write_text("hal")
        raise OSError("No space left on device")

    monkeypatch.setattr(pd.DataFrame, f"to_{ending}", full)
    with pytest.raises(CespError, match=r"cannot be written \(No space"):
        contracts.write(frame(n=[7, 8, 9]), path, Small)
    assert path.read_bytes() == before


def test_text_and_json_are_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "a" / "t.json"
    data = {"b": [1.5, float("nan"), (1, float("inf"))], "a": "é", 1: True}
    write_json(data, path)
    assert read_json(path) == {"1": True, "a": "é", "b": [1.5, None, [1, None]]}
    before = path.read_bytes()
    with pytest.raises(TypeError):
        write_json({"a": {1}}, path)
    with pytest.raises(UnicodeEncodeError):
        write_text("\ud800", path)
    assert path.read_bytes() == before


def test_rows_without_pandas(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    contracts.write(frame(), path, Small)
    first, second, third = contracts.rows(path, Small)
    assert first == {
        "name": "a", "note": "", "arm": "control", "size": 0.1 + 0.2, "people": 3.0, "n": 1,
    }  # fmt: skip
    assert (second["name"], second["size"], second["people"]) == ("NA", None, None)
    assert third["name"] == 'c "d", e\nf'


def test_a_table_that_is_not_there_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(CespError, match=r"t.csv: there is no such file; run the study first \("):
        contracts.read(tmp_path / "t.csv", Small)


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o007, 0o660)])
def test_files_are_made_as_the_user_lets_new_files_be(tmp_path: Path, mask: int, mode: int) -> None:
    before = os.umask(mask)
    try:
        write_text("x", tmp_path / "a.txt")
    finally:
        assert os.umask(before) == mask
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == mode


def test_text_stays_in_categories_for_who_asks(tmp_path: Path) -> None:
    path, whole = tmp_path / "t.parquet", frame()
    for given in (whole, whole.assign(name=whole["name"].astype("category"))):
        contracts.write(given, path, Small)
        plain, coded = contracts.read(path, Small), contracts.read(path, Small, coded=["name"])
        assert (plain["name"].dtype, coded["name"].dtype) == ("str", "category")
        assert plain["name"].tolist() == coded["name"].tolist() == whole["name"].tolist()


@pytest.mark.parametrize(
    ("names", "told"),
    [(["a", None, "c"], "name: blank in 1 rows"), (["a", "b", "a"], "does not name each row once")],
)
def test_text_in_categories_is_held_to_the_contract(
    tmp_path: Path, names: list[str | None], told: str
) -> None:
    with pytest.raises(BrokenContract, match=told):
        contracts.write(frame(name=pd.Categorical(names)), tmp_path / "t.parquet", Small)


def test_a_table_is_written_without_what_nobody_reads(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    contracts.write(frame(), path, Small)
    group = pq.read_metadata(path).row_group(0)
    columns = [group.column(i) for i in range(group.num_columns)]
    assert not any(column.is_stats_set for column in columns)
    (n,) = (column for column in columns if column.path_in_schema == "n")
    assert "DELTA_BINARY_PACKED" in n.encodings


def test_a_file_that_somebody_edited_is_said_so(tmp_path: Path) -> None:
    """What is read is not as a step left it: a line with the remedy, not a fault of the program."""
    path = tmp_path / "t.csv"
    contracts.write(frame(), path, Small)
    made = path.read_text(encoding="utf-8")
    for spoil in ("x\n", "e,,control,1,2,many\n", "e,,contro,1,2,3\n"):
        path.write_text(made + spoil, encoding="utf-8")
        with pytest.raises(Spoilt, match=r"t\.csv: .*delete it and run the study"):
            contracts.read(path, Small)
    with pytest.raises(Spoilt, match=r"t\.csv: note: a row ends before it: .*delete it"):
        path.write_text(made + "x\n", encoding="utf-8")
        list(contracts.rows(path, Small))
    assert issubclass(Spoilt, CespError)
