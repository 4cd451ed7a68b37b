"""Two results side by side: rows by their keys, numbers with by how much, the largest first."""

import csv
import json
import re
from pathlib import Path

import pytest

from cesp_analysis.cli import main
from cesp_analysis.disclosure.contract import ReleasedTable
from cesp_analysis.models.tables import Means
from cesp_analysis.provenance.differences import Cells, compared, same, size
from cesp_analysis.provenance.row_keys import ROOMS, contract_of, key_of
from cesp_analysis.schemas import Estimates

ESTIMATES = ("estimate_id", "model", "outcome", "estimate", "std_error", "ci_low", "warnings")


def row(
    name: str, estimate: str, se: str = "0.5", low: str = "0", said: str = ""
) -> dict[str, str]:
    cells = (name, "did", "y", estimate, se, low, said)
    return dict(zip(ESTIMATES, cells, strict=True))


def table(*rows: dict[str, str]) -> Cells:
    return Cells(tuple(rows[0]), list(rows))


def write(path: Path, cells: Cells) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, cells.header)
        writer.writeheader()
        writer.writerows(cells.rows)
    return path


def test_a_number_differs_absolutely_relatively_and_in_standard_errors() -> None:
    """2 → 1.5 with a standard error of 0.25: −0.5, −25%, −2 standard errors."""
    done = compared("t", table(row("a", "2", "0.25")), table(row("a", "1.5", "0.25")), 0)
    (one,) = done.found
    assert (one.row, one.column, one.a, one.b) == ("a", "estimate", "2", "1.5")
    assert (one.difference, one.relative, one.errors) == (-0.5, -0.25, -2.0)


def test_the_standard_error_itself_and_numbers_of_other_units_are_relative() -> None:
    done = compared("t", table(row("a", "2", "0.5")), table(row("a", "2", "1")), 0)
    (one,) = done.found
    assert (one.column, one.relative, one.errors) == ("std_error", 1.0, None)


def test_rows_are_known_by_their_key_whatever_their_order() -> None:
    full = dict.fromkeys(Estimates.columns(), "")
    one, two = full | {"estimate_id": "a", "estimate": "1"}, full | {"estimate_id": "b"}
    assert compared("t", table(one, two), table(two, one), 0).found == ()
    assert contract_of(list(full)) is Estimates
    (found,) = compared("t", table(one, two), table(two, one | {"estimate": "2"}), 0).found
    assert (found.row, found.column, found.difference) == ("a", "estimate", 1.0)


def test_rows_and_columns_in_one_alone_are_said() -> None:
    a = table(row("a", "1"), row("b", "1"))
    b = Cells((*ESTIMATES, "new"), [row("a", "1") | {"new": "x"}, row("c", "1") | {"new": "y"}])
    found = compared("t", a, b, 0).found
    assert [(one.kind, one.row or one.column, one.only) for one in found] == [
        ("column", "new", "B"),
        ("row", "b", "A"),
        ("row", "c", "B"),
    ]


def test_a_table_without_a_key_is_known_by_the_words_that_tell_its_rows_apart() -> None:
    header = list(Means.columns())
    assert contract_of(header) is Means and Means.key == ()
    rows = [dict.fromkeys(header, "") | {"outcome": "y", "group": g, "mean": "1"} for g in "ab"]
    key = key_of(Means, header, rows, rows)
    assert "group" in key and "mean" not in key


def test_rows_that_nothing_tells_apart_are_numbered() -> None:
    same_rows = table(*({"a": "x", "b": "1"} for _ in range(3)))
    fewer = table(*({"a": "x", "b": "1"} for _ in range(2)))
    (one,) = compared("t", same_rows, fewer, 0).found
    assert (one.kind, one.only, one.row) == ("row", "A", "x / 1 / row 3 of these")


def test_a_tolerance_counts_of_the_number_or_its_standard_error() -> None:
    """1e-9 of a number or of its error: 0 beside 1e-12 is the same if the error is 0.01."""
    assert same(1.0, 1.0 + 5e-10, None, 1e-9) and not same(1.0, 1.0 + 5e-9, None, 1e-9)
    assert same(0.0, 1e-12, 0.01, 1e-9) and not same(0.0, 1e-12, None, 1e-9)
    assert not same(1.0, 1.0 + 1e-15, None, 0.0)
    nan = float("nan")
    assert same(nan, nan, None, 0.0) and not same(nan, 1.0, None, 0.5)


def test_numbers_in_keys_may_differ_in_their_last_digits() -> None:
    a = table({"shift": "0.1", "of": "x", "value": "1"}, {"shift": "0.2", "of": "x", "value": "1"})
    b = table({"shift": "0.1", "of": "x", "value": "1"},
              {"shift": "0.20000000000000001", "of": "x", "value": "1"})  # fmt: skip
    assert {one.kind for one in compared("t", a, b, 0).found} == {"row"}
    assert compared("t", a, b, 1e-9).found == ()


def test_a_number_beside_a_blank_and_a_text_differ() -> None:
    found = compared("t", table(row("a", "1", said="x")), table(row("a", "", said="y")), 0).found
    assert {(one.kind, one.column, one.a, one.b) for one in found} == {
        ("number", "estimate", "1", ""),
        ("text", "warnings", "x", "y"),
    }


def test_numbers_of_one_row_are_one_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An estimate that moves takes its error along: two numbers, one row; each is listed."""
    write(tmp_path / "a/t.csv", table(row("x", "1", "1"), row("y", "1", "1")))
    write(tmp_path / "b/t.csv", table(row("x", "2", "3"), row("y", "1", "1")))
    assert main(["compare", str(tmp_path / "a"), str(tmp_path / "b")]) == 1
    shown = capsys.readouterr().out
    assert "Numbers that differ: 2 of 6, in 1 row of 1 of 1 table that both have." in shown
    assert shown.count("    x ") == 2


def test_the_folder_of_a_study_stands_for_its_results(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not for what Snakemake keeps beside them."""
    for name, estimate in (("a", "1"), ("b", "2")):
        write(tmp_path / name / "results/t.csv", table(row("x", estimate)))
        write(tmp_path / name / "data/raw/t.csv", table(row("x", estimate)))
        (tmp_path / name / "config.yaml").touch()
    assert main(["compare", str(tmp_path / "a"), str(tmp_path / "b")]) == 1
    assert "in 1 row of 1 of 1 table that both have" in capsys.readouterr().out
    assert main(["compare", str(tmp_path / "a/results"), str(tmp_path / "b")]) == 1
    assert "in 1 row of 1 of 1 table that both have" in capsys.readouterr().out


def test_the_largest_comes_first() -> None:
    a = table(row("a", "1", "1"), row("b", "1", "1"), row("c", "0", ""))
    b = table(row("a", "1.1", "1"), row("b", "0", "1"), row("c", "5", ""))
    found = sorted(compared("t", a, b, 0).found, key=size)
    assert [one.row[0] for one in found] == ["b", "a", "c"]


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    for name, estimate in (("a", "1"), ("b", "2")):
        write(tmp_path / name / "tables/estimates.csv", table(row("x", estimate)))
        write(tmp_path / name / "tables/same.csv", table(row("x", "1")))
        known = {"did": {"y": {"n": 3 if name == "a" else 4, "method": "m"}}}
        path = tmp_path / name / "models/did/diagnostics.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(known), encoding="utf-8")
        (tmp_path / name / "logs").mkdir()
        (tmp_path / name / "logs/x.csv").write_text(name, encoding="utf-8")
        (tmp_path / name / "page.html").write_text(name, encoding="utf-8")
    (tmp_path / "a/tables/old.csv").write_text("x\n1\n", encoding="utf-8")
    return tmp_path / "a", tmp_path / "b"


def test_two_folders_are_compared_file_by_file(
    two: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "differences.csv"
    assert main(["compare", *map(str, two), "--csv", str(out)]) == 1
    shown = capsys.readouterr().out
    assert "Numbers that differ: 2 of 7, in 2 rows of 2 of 3 tables" in shown
    assert "x estimate: 1 → 2 (+1, +100%, +2 standard errors)" in shown
    assert "did/y/n value: 3 → 4 (+1, +33.3%)" in shown
    assert "tables/old.csv: in A alone" in shown
    assert "other bytes, which are not compared further: 1 (page.html)" in shown
    with out.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(one["kind"], one["file"], one["only"]) for one in rows] == [
        ("number", "tables/estimates.csv", ""),
        ("number", "models/did/diagnostics.json", ""),
        ("file", "tables/old.csv", "A"),
    ]
    assert (rows[0]["difference"], rows[0]["errors"]) == ("1.0", "2.0")


def test_the_same_results_are_said_to_be(
    two: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    a, _ = two
    assert main(["compare", str(a), str(a)]) == 0
    assert "Nothing differs: 7 numbers in 4 tables." in capsys.readouterr().out
    assert main(["compare", *[str(a / "tables/same.csv")] * 2]) == 0
    assert main(["compare", *map(str, two), "--tolerance", "0.6"]) == 1  # a file is in one alone
    assert "Numbers that differ: 0 of 7" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("a.csv", b"\xff\xfe", "is no table that can be read"),
        ("a.csv", b"x,x\n1,2\n", "has two columns of one name"),
        ("a.csv", b"x,y\n1\n", "a row has 1 cells, the header 2"),
        ("diagnostics.json", b"{", "is no table that can be read"),
        ("none.csv", None, "there is no such file; name two folders of results, or two tables"),
    ],
)
def test_what_cannot_be_compared_is_said(
    name: str,
    content: bytes | None,
    fault: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    assert main(["compare", str(path), str(path)]) == 1
    assert fault in capsys.readouterr().err


def test_a_folder_without_tables_and_a_tolerance_that_is_none_are_said(
    two: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["compare", str(two[0]), str(tmp_path / "empty")]) == 1
    assert "empty: holds no table" in capsys.readouterr().err
    assert main(["compare", *map(str, two), "--tolerance", "1"]) == 1
    assert "--tolerance 1.0: must be at least 0 and below 1" in capsys.readouterr().err


def test_a_cell_that_is_a_formula_is_guarded_and_shows_no_escape(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header = ("a", "b")
    one = write(tmp_path / "1.csv", Cells(header, [{"a": "x", "b": "=1+1\x1b[31m"}]))
    two_ = write(tmp_path / "2.csv", Cells(header, [{"a": "x", "b": "=2"}]))
    out = tmp_path / "o.csv"
    assert main(["compare", str(one), str(two_), "--csv", str(out)]) == 1
    assert "\x1b" not in capsys.readouterr().out
    assert "'=2" in out.read_text(encoding="utf-8")


def test_every_module_of_tables_is_known() -> None:
    """A room with contracts of its own that is missing here would lose its keys."""
    import cesp_analysis

    package = Path(cesp_analysis.__file__).parent
    declaring = {
        ".".join(("cesp_analysis", *path.relative_to(package).with_suffix("").parts))
        for path in package.rglob("*.py")
        if re.search(r"^class \w+\(Table\)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert set(ROOMS) == declaring and len(ROOMS) == len(declaring)


def test_the_account_of_what_left_has_its_own_key() -> None:
    """Its columns are tables and columns: by words alone a changed role would be another row."""
    assert contract_of(list(ReleasedTable.columns())) is ReleasedTable
