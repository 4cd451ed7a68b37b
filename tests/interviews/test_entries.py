"""Several entries of a study file that read one file, or the same interviews."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cesp_analysis import contracts
from cesp_analysis.errors import CespError
from cesp_analysis.interviews.read import Imported
from cesp_analysis.interviews.tables import ImportNotes
from cesp_analysis.report.sections.interviews import _noted
from coded_files import code, imported, project, qdpx, selection, text_source

SEGMENTS = {"excerpt": "id", "interview": "who", "code": "code", "text": "said"}


def notes(got: Imported, path: Path) -> list[dict[str, Any]]:
    """import_notes.csv, as its contract lets it be written."""
    contracts.write(got.notes, path, ImportNotes)
    return list(contracts.rows(path, ImportNotes))


def of(
    folder: Path, files: Mapping[str, str], declared: Mapping[str, Any], **more: Any
) -> Imported:
    """Read entries of tables that stand in `folder`."""
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return imported(folder, declared, ("north", "south"), **more)


def test_two_coders_of_one_table_have_their_own_notes(tmp_path: Path) -> None:
    table = "id,who,c1,c2,said\n1,P,x,x,one\n2,P,,,two\n3,Q,y,,three\n"
    one = {"path": "a.csv", "kind": "segments", "coder": "Ann",
           "columns": SEGMENTS | {"code": "c1"}}  # fmt: skip
    two = one | {"coder": "Ben", "columns": SEGMENTS | {"code": "c2"}, "for_agreement": True}
    got = notes(of(tmp_path, {"a.csv": table}, {"m": one, "s": two}), tmp_path / "notes.csv")
    uncoded = [row for row in got if row["kind"] == "uncoded"]
    assert [(row["entry"], row["n"], row["first"]) for row in uncoded] == [
        ("m", 1, "line 3"), ("s", 2, "line 3"),
    ]  # fmt: skip
    results: Any = type("Told", (), {"import_notes": got})
    assert _noted(uncoded[1], results).startswith("a.csv (s): rows have no code")


@pytest.mark.parametrize("name", ["care / help", "care | help"])
def test_a_project_that_is_its_own_codebook_has_notes_of_both(tmp_path: Path, name: str) -> None:
    made = project(code(1, name), text_source(10, "D1", "hello world", selection(20, 0, 5, 1)))
    qdpx(tmp_path / "p.qdpx", made)
    entry = {"path": "p.qdpx", "kind": "qdpx", "columns": {"interview": "source"}}
    got = of(tmp_path, {}, {"m": entry}, codebook={"path": "p.qdpx"})
    told = notes(got, tmp_path / "notes.csv")
    assert [row["entry"] for row in told if row["kind"] == "marks_in_names"] == ["m", "codebook"]


MARKED = "id,who,code,said,c\n1,P,care,one,Ann\n1,P,good,one,Ben\n2,P,care,two,Ann\n"
OF_CODER = SEGMENTS | {"coder": "c"}
MEANT = {"good": "positive", "bad": "negative"}


def marked(folder: Path, rows: str, **more: Any) -> Imported:
    """One file of segments in which codes mark how excerpts are meant and what they speak to."""
    entry = {"path": "a.csv", "kind": "segments", "columns": OF_CODER,
             "valence_codes": {k: v for k, v in MEANT.items() if f",{k}," in rows}}  # fmt: skip
    return of(folder, {"a.csv": rows}, {"m": entry | more})


def test_what_another_coder_marks_counts_where_the_themes_coder_marks_nothing(
    tmp_path: Path,
) -> None:
    got = marked(tmp_path, MARKED)
    assert got.excerpts["valence"].fillna("").tolist() == ["positive", ""]
    told = {row["kind"]: row for row in notes(got, tmp_path / "notes.csv")}
    assert told["marked_by_others"]["first"] == "excerpt 1"
    got = marked(tmp_path, MARKED + "1,P,bad,one,Ann\n")
    assert got.excerpts["valence"].fillna("").tolist() == ["negative", ""], "Ann's own mark"
    told = {row["kind"]: row for row in notes(got, tmp_path / "notes.csv")}
    assert "marked_by_others" not in told and told["marked_otherwise"]["first"] == "excerpt 1"
    got = marked(tmp_path, MARKED + "1,P,bad,one,Cid\n")
    assert got.excerpts["valence"].fillna("").tolist() == ["mixed", ""]


def test_marks_of_two_constructs_are_refused_whoever_made_them(tmp_path: Path) -> None:
    rows = MARKED + "1,P,k1,one,Ben\n"
    codes = {"k1": "sleep", "k2": "mood"}
    got = marked(tmp_path, rows, construct_codes={"k1": "sleep"})
    assert got.excerpts["construct"].fillna("").tolist() == ["sleep", ""]
    with pytest.raises(CespError, match="line 2: excerpt '1' has marks of two constructs, 'sleep'"):
        marked(tmp_path, rows + "1,P,k2,one,Cid\n", construct_codes=codes)


def test_marks_made_for_agreement_count_in_nothing_else(tmp_path: Path) -> None:
    entry = {"path": "a.csv", "kind": "segments", "columns": OF_CODER, "coder": "Ann"}
    again = entry | {"path": "b.csv", "for_agreement": True, "valence_codes": {"good": "positive"}}
    first = "id,who,code,said,c\n1,P,care,one,Ann\n"
    second = "id,who,code,said,c\n1,P,good,one,Ben\n1,P,care,one,Ben\n"
    got = of(tmp_path, {"a.csv": first, "b.csv": second}, {"m": entry, "s": again})
    counted = got.excerpts[got.excerpts["counted"] == "yes"]
    assert counted["valence"].fillna("").tolist() == [""]


def test_a_theme_that_an_entry_gives_one_code_takes_that_of_no_other_row(tmp_path: Path) -> None:
    table = "id,who,theme,sub,code,said\n1,P,T1,S1,a,one\n2,P,T2,S2,b,two\n3,P,T3,S3,c,three\n"
    entry = {"path": "a.csv", "kind": "excerpts",
             "columns": SEGMENTS | {"theme": "theme", "subtheme": "sub"},
             "codes": {"a": {"theme": "X"}, "c": {"subtheme": "Y"}}}  # fmt: skip
    rows = of(tmp_path, {"a.csv": table}, {"m": entry}).excerpts
    assert rows["theme"].tolist() == ["X", "T2", "T3"]
    assert rows["subtheme"].fillna("").tolist() == ["", "S2", "Y"]
