"""Several entries of a study file that read one file, or the same interviews."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from cesp_analysis import contracts
from cesp_analysis.declared.coded_files import CodedFile
from cesp_analysis.errors import CespError
from cesp_analysis.interviews.described import agreement_rows
from cesp_analysis.interviews.read import Imported
from cesp_analysis.interviews.tables import ImportNotes
from cesp_analysis.report.sections.interviews import _noted
from coded_files import code, guid, imported, project, qdpx, selection, text_source

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


PEOPLE = {"path": "p.csv", "columns": {"interview": "interview", "site": "site", "source": "doc"}}


def test_a_row_and_the_table_of_people_that_disagree_are_refused(tmp_path: Path) -> None:
    """Neither wins unseen: site, role, order or whose document it is, a document's name too."""
    table = "who,doc,code,said,s\nP,north_P,a,one,north\n"
    entry = {"path": "a.csv", "kind": "segments",
             "columns": {"interview": "who", "source": "doc", "code": "code", "text": "said",
                         "site": "s"}}  # fmt: skip
    files = {"a.csv": table, "p.csv": "interview,site,doc\nP,south,north_P\n"}
    with pytest.raises(CespError, match=r"csv: line 2: the site is 'north' here and 'south' in p"):
        of(tmp_path, files, {"m": entry}, people=PEOPLE)
    files["p.csv"] = "interview,site,doc\nQ,north,north_P\n"
    with pytest.raises(CespError, match=r"the interview is 'P' here and 'Q' in p\.csv; correct"):
        of(tmp_path, files, {"m": entry}, people=PEOPLE)
    files["p.csv"] = "interview,site,doc\nP,NORTH,north_P\n"
    named = {"m": entry | {"source_name": "{site}_{interview}"}}
    with pytest.raises(CespError, match="'north' here and 'south' in the document's name, 'south_"):
        of(tmp_path, files | {"a.csv": table.replace("north_P", "south_P")}, named)
    got = of(tmp_path, files, named, people=PEOPLE)
    assert got.interviews[["interview", "site"]].to_numpy().tolist() == [["P", "north"]]


SPOKEN = text_source(10, "D1", "hello world", selection(20, 0, 5, 1) + selection(21, 0, 5, 2))


def cases(folder: Path, *told: str) -> Imported:
    """A project of one document with two selections at one place, and cases."""
    made = project(code(1, "care") + code(2, "bus"), SPOKEN, f"<Cases>{''.join(told)}</Cases>")
    qdpx(folder / "p.qdpx", made)
    entry = {"path": "p.qdpx", "kind": "qdpx", "columns": {"interview": "case"}}
    return imported(folder, {"m": entry})


def case(n: int, name: str, *selections: int, more: str = "") -> str:
    of_it = "".join(f'<SelectionRef targetGUID="{guid(one)}"/>' for one in selections)
    return f'<Case guid="{guid(n)}" name="{name}">{more}{of_it}</Case>'


def test_a_selection_in_two_cases_is_refused_as_a_document_in_two_is(tmp_path: Path) -> None:
    said = f"selection {guid(20).upper()}: 'case' is 'Mary' and 'Jo', as it is in two cases"
    with pytest.raises(CespError, match=said):
        cases(tmp_path, case(30, "Mary", 20, 21), case(31, "Jo", 20))


def test_selections_at_one_place_of_two_people_are_told_by_their_own_ids(tmp_path: Path) -> None:
    with pytest.raises(CespError) as told:
        cases(tmp_path, case(30, "Mary", 20), case(31, "Jo", 21))
    (line,) = told.value.problems
    first, second = guid(20).upper(), guid(21).upper()
    assert line == (
        f"p.qdpx: selection {second}: excerpt '{first}' is another one at p.qdpx: selection"
        f" {first}: its interview is 'Mary' there and 'Jo' here; make both say the same"
    )


def test_a_code_of_a_case_is_told(tmp_path: Path) -> None:
    own = f'<CodeRef targetGUID="{guid(2)}"/>'
    got = notes(cases(tmp_path, case(30, "Mary", 20, 21, more=own)), tmp_path / "notes.csv")
    (row,) = [row for row in got if row["kind"] == "codes of cases"]
    assert (row["n"], row["fact"]) == (1, "codes of cases are not read")


@pytest.mark.parametrize("ids", [True, False])
@pytest.mark.parametrize("second", ["", "Heron.txt"])
def test_a_document_that_a_second_coder_calls_otherwise_is_the_same(
    tmp_path: Path, second: str, ids: bool
) -> None:
    """Or does not name: the excerpts are compared, those of one coder alone as left uncoded."""
    columns = {"interview": "who", "code": "code", "text": "said"}
    columns |= {"excerpt": "id"} if ids else {}
    entry: dict[str, Any] = {"path": "a.csv", "kind": "segments", "coder": "x"}
    again = entry | {"path": "b.csv", "coder": "y", "for_agreement": True}
    again["columns"] = columns | ({"source": "doc"} if second else {})
    entry["columns"] = columns | {"source": "doc"}
    files = {
        "a.csv": "id,who,doc,code,said\ne0,P,Heron.docx,A,one\ne1,P,Heron.docx,B,two\n",
        "b.csv": f"id,who,doc,code,said\ne0,P,{second},A,one\nf9,P,{second},A,three\n",
    }
    got = of(tmp_path, files, {"m": entry, "s": again})
    assert set(got.excerpts["source"]) == {"Heron.docx"}
    rows = list(agreement_rows(got.excerpts, 0.95, 1, "interviews"))
    (same,) = [row for row in rows if (row["theme"], row["measure"]) == ("A", "percent")]
    assert same["excerpts"] == 3
    assert same["estimate"] == pytest.approx(2 / 3, rel=1e-12)


def test_a_coding_that_counts_does_so_whichever_file_stands_first(tmp_path: Path) -> None:
    entry = {"path": "a.csv", "kind": "segments", "columns": OF_CODER}
    again = entry | {"path": "b.csv", "for_agreement": True}
    files = {"a.csv": "id,who,code,said,c\n1,P,A,one,Ann\n2,P,B,two,Ann\n",
             "b.csv": "id,who,code,said,c\n1,P,A,one,Ann\n2,P,A,two,Ben\n"}  # fmt: skip
    for order in ({"s": again, "m": entry}, {"m": entry, "s": again}):
        rows = of(tmp_path, files, order).excerpts
        counted = rows[rows["counted"] == "yes"]
        own = sorted(zip(counted["excerpt"], counted["code"], strict=True))
        assert own == [("1", "A"), ("2", "B")]


def test_the_order_of_interviews_begins_with_the_first_that_counts(tmp_path: Path) -> None:
    columns = SEGMENTS | {"order": "o"}
    entry = {"path": "a.csv", "kind": "segments", "columns": columns, "coder": "x"}
    again = entry | {"path": "b.csv", "coder": "y", "for_agreement": True}
    files = {"a.csv": "id,who,code,said,o\n1,P,A,one,2\n2,Q,B,two,3\n",
             "b.csv": "id,who,code,said,o\n1,P,A,one,2\n9,Z,A,zz,1\n"}  # fmt: skip
    for order in ({"m": entry, "s": again}, {"s": again, "m": entry}):
        got = of(tmp_path, files, order)
        assert got.interviews[["interview", "order"]].to_numpy().tolist() == [["P", 1], ["Q", 2]]


@pytest.mark.parametrize(
    ("kind", "more", "said"),
    [
        ("excerpts", {"between": ";"}, "between: is of a column of code"),
        ("qdpx", {"between": ";"}, "between: is of a column of code"),
        ("excerpts", {"numbered": True}, "numbered: is of a framework alone"),
        ("segments", {"ignored": ["zzz"]}, "ignored: is of a framework alone"),
        ("framework", {"positions": "utf16"}, "positions: is of a qdpx alone"),
        ("segments", {"valences": {"bad": "negative"}}, "valences: is of a column of valence"),
        ("segments", {"cleared": {"code": "q", "values": ["ja"]}}, "values: are of a column"),
    ],
)
def test_a_setting_that_nothing_reads_is_refused(kind: str, more: Any, said: str) -> None:
    columns = {
        "excerpts": {"interview": "who", "theme": "t"}, "qdpx": {},
        "framework": {"interview": "who"}, "segments": {"interview": "who", "code": "c"},
    }[kind]  # fmt: skip
    path = "data/raw/a.qdpx" if kind == "qdpx" else "data/raw/a.csv"
    entry = {"path": path, "kind": kind, "columns": columns}
    CodedFile.model_validate(entry)
    with pytest.raises(ValidationError, match=said):
        CodedFile.model_validate(entry | more)


def test_a_third_coders_excerpts_are_found_by_their_words_too(tmp_path: Path) -> None:
    entry = {"path": "a.csv", "kind": "segments", "columns": SEGMENTS, "coder": "x"}
    again = [entry | {"path": f"{name}.csv", "coder": name, "for_agreement": True}
             for name in ("y", "z")]  # fmt: skip
    files = {f"{name}.csv": f"id,who,code,said\n{name}1,P,A,one\n{name}2,P,A,by {name} alone\n"
             for name in ("a", "y", "z")}  # fmt: skip
    got = of(tmp_path, files, {"m": entry, "s": again[0], "t": again[1]})
    assert (got.excerpts["excerpt"] == "a1").sum() == 3
    alone = [
        row for row in notes(got, tmp_path / "notes.csv") if row["kind"] == "coded_again_alone"
    ]
    assert [row["entry"] for row in alone] == ["s", "t"]


def test_a_file_for_agreement_that_stands_first_orders_no_interview(tmp_path: Path) -> None:
    table = "id,who,code,said\n1,P,x,one\n2,Q,y,two\n"
    again = "id,who,code,said\n2,Q,y,two\n1,P,x,one\n"
    first = {"path": "a.csv", "kind": "segments", "coder": "Ann", "columns": SEGMENTS}
    second = first | {"path": "b.csv", "coder": "Ben", "for_agreement": True}
    files = {"a.csv": table, "b.csv": again}
    for declared in ({"m": first, "s": second}, {"s": second, "m": first}):
        got = of(tmp_path, files, declared)
        assert got.interviews["interview"].tolist() == ["P", "Q"]
        order = got.notes[got.notes["kind"] == "file_order"]
        assert order["file"].tolist() == ["a.csv"] and order["first"].tolist() == ["P"]
