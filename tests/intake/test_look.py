"""`cesp describe`: what a raw file seems to hold, for who writes config.yaml."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cesp_analysis import contracts
from cesp_analysis.cli import main
from cesp_analysis.intake.layout import drafted, encoding_of, separator_of
from cesp_analysis.intake.profile import profile_of
from cesp_analysis.schemas import Described


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16", "latin-1"])
def test_the_encoding_is_found(encoding: str) -> None:
    text = "id,Straße\n1,é\x81\n" if encoding == "latin-1" else "id,Straße\n1,é\n"
    assert encoding_of(text.encode(encoding)) == encoding


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(separator: str) -> None:
    rows = [["id", "note, long", "x"], ["1", "a; b", "2"], ["3", "", "4"]]
    lines = [separator.join(f'"{cell}"' if separator in cell else cell for cell in r) for r in rows]
    assert separator_of("\n".join(lines) + "\n") == separator


def one(cells: list[str], name: str = "x", **attrs: Any) -> Any:
    """The profile of one column."""
    frame = pd.DataFrame({"line": range(2, len(cells) + 2), name: cells}, dtype="str")
    frame.attrs.update(attrs)
    return profile_of(frame, name, "a.csv")


@pytest.mark.parametrize(
    ("cells", "kind", "values", "remark"),
    [
        (["1", "3", "", "2"], "whole number", "1 to 3", ""),
        (["1.5", "3"], "number", "1.5 to 3", ""),
        (["1,5", "3,25", "2"], "number", "1.5 to 3.25", "2 with a decimal comma (declare"),
        (["1"] * 20 + ["x"], "whole number", "1 to 1", "1 not a number, e.g. 'x'"),
        (["1", "2", "3", "999"], "whole number", "1 to 3", "999 may mean no answer"),
        (["0", "4", "-9", "-9"], "whole number", "0 to 4", "-9 may mean no answer"),
        (["90", "95", "99", "120"], "whole number", "90 to 120", ""),
        (["2024-01-31", "2024-02-01"], "date %Y-%m-%d", "2024-01-31 to 2024-02-01", ""),
        (["31/01/2024", "01/02/2024"], "date %d/%m/%Y", "2024-01-31 to 2024-02-01", ""),
        (["01/02/2024", "03/02/2024"], "date %d/%m/%Y", "2024-02-01", "%d/%m/%Y or %m/%d/%Y: ask"),
        (["yes", "no", "Yes", "no"], "category", "no (2)", "written differently: Yes, yes"),
        (["a ", "b", "b"], "category", "b (2)", "1 with spaces around"),
        (["", " "], "empty", "", "1 with spaces around"),
        (["ann@x.org", "bob@y.org"], "text", "characters", "looks like e-mail addresses"),
        (["M33 4AB", "M1 1AA"], "text", "characters", "looks like postcodes"),
    ],
)  # fmt: skip
def test_a_column_is_described(cells: list[str], kind: str, values: str, remark: str) -> None:
    found = one(cells)
    assert found.type == kind
    assert values in found.values and remark in found.remark
    if not remark:
        assert found.remark == ""


def test_ids_that_stand_twice_are_told() -> None:
    assert "1 id stands more than once" in one(["P1", "P2", "P1"], name="person_id").remark


def test_codes_that_the_file_declares_missing_are_counted() -> None:
    found = one(["1", "2", "-3", ""], user_missing={"x": [["-9", "-1"]]})
    assert (found.missing, found.distinct) == (2, 2)
    assert "1 with a code that the file declares missing" in found.remark


def test_the_command_prints_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = tmp_path / "a.csv", tmp_path / "out.csv"
    path.write_bytes("id;wert\n1;2,5\n2;é\n".encode("cp1252"))
    assert main(["describe", str(path), "--out", str(out)]) == 0
    shown = capsys.readouterr().out
    assert "2 records, 2 columns" in shown
    assert 'declare: encoding: cp1252, separator: ";"' in shown
    assert list(contracts.read(out, Described)["column"]) == ["id", "wert"]


def test_a_missing_file_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", str(tmp_path / "no.csv")]) == 1
    assert (
        capsys.readouterr().err.strip().endswith("no.csv: there is no such file; name a raw file")
    )


def test_other_formats_are_left_to_their_readers(tmp_path: Path) -> None:
    assert drafted(tmp_path / "a.sav").kind_of_file() == "sav"


def test_faulty_options_are_told_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x\n1\n")
    options = ["--encoding", "foo", "--separator", ";;", "--skip", "-1", "--header-rows", "-2"]
    assert main(["describe", str(path), *options]) == 1
    said = capsys.readouterr().err.splitlines()
    assert [line.split(":")[0] for line in said] == [
        "--encoding", "--separator", "--skip", "--header-rows",
    ]  # fmt: skip


def test_a_format_that_cannot_be_read_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.md"
    path.write_text("x\n1\n")
    assert main(["describe", str(path)]) == 1
    assert "its ending tells no format that can be read (csv, xlsx" in capsys.readouterr().err
