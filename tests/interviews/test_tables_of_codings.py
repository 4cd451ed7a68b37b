"""Segments, excerpts and framework matrices as the long table; marks, people, order, notes."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from pydantic import ValidationError

from cesp_analysis import contracts
from cesp_analysis.declared.interviews import Interviews
from cesp_analysis.errors import CespError
from cesp_analysis.interviews import tables
from cesp_analysis.interviews.codebook_changes import changes
from cesp_analysis.interviews.names import as_level, as_named, as_part, listed, path_of, split_list
from cesp_analysis.interviews.read import Imported, import_interviews
from coded_files import EXPORTS, code, imported, project, qdpx, selection, text_source

real = pytest.mark.skipif(not EXPORTS.is_dir(), reason="shared/data/raw_exports is absent")
TAGUETTE = {
    "kind": "segments",
    "columns": {"excerpt": "id", "source": "document", "code": "tag", "text": "content"},
}
ROOT = Path(__file__).resolve().parents[2]


@real
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_highlights_of_taguette(ending: str) -> None:
    folder = EXPORTS / "taguette_exports"
    want = {one["id"]: one["value"] for one in json.loads((folder / "expected.json").read_text())}
    book = {"path": "codebook.csv", "columns": {"code": "tag", "description": "description"}}
    got = imported(folder, {"t": {**TAGUETTE, "path": f"highlights.{ending}"}}, codebook=book)
    rows = got.excerpts
    assert [len(rows), rows["excerpt"].nunique()] == want["rows"]
    assert Counter(rows["code"]) == want["by_tag"]
    documents = rows.groupby("source")["excerpt"].nunique().to_dict()
    assert documents == want["docs"]
    assert rows.loc[rows["excerpt"] == "2", "code"].tolist() == want["double"]
    assert rows.loc[rows["excerpt"] == "1", "text"].tolist() == [want["quote"]]
    assert rows.loc[rows["excerpt"] == "4", "text"].tolist() == [want["utf8"]]
    assert got.codes.loc[got.codes["excerpts"] == 0, "code"].tolist() == want["unused"]


def of_root() -> Imported:
    """The root study's excerpts, by its own file."""
    how = {
        "path": "data/raw/interview_excerpts.csv",
        "kind": "excerpts",
        "columns": {
            "excerpt": "excerpt_id", "interview": "pseudonym", "site": "site", "role": "role",
            "theme": "theme", "subtheme": "subtheme", "construct": "construct",
            "valence": "valence", "text": "text",
        },
        "cleared": {"column": "cleared_for_quotation"},
    }  # fmt: skip
    return imported(ROOT, {"root": how}, ("trafford", "wexmoor"), **WORDS)


WORDS: dict[str, Any] = {
    "sites": {"Trafford": "trafford", "Wexmoor": "wexmoor"},
    "roles": {
        "person": "service_user", "link worker": "staff", "referrer": "staff",
        "partner organisation": "community", "community panel": "community",
    },
}  # fmt: skip


def test_the_excerpts_of_the_root_study() -> None:
    """All 60, with the roles of the issue; a site in capitals and spaces is the same site."""
    got = of_root()
    assert (len(got.excerpts), len(got.interviews)) == (60, 13)
    assert set(got.excerpts["site"]) == {"trafford", "wexmoor"}
    assert set(got.excerpts["role"]) == {"service_user", "staff", "community"}
    assert got.interviews["order"].tolist() == list(range(1, 14))
    first = got.excerpts.iloc[0]
    assert (first["theme"], first["subtheme"]) == ("getting out again", "first step")
    assert first["code"] == "getting out again / first step"
    assert set(got.excerpts["cleared"]) == {"yes", "no"}
    assert got.notes[["kind", "first"]].to_numpy().tolist() == [
        ["file_order", "Avocet"], ["respelled WEXMOOR", "line 52"],
    ]  # fmt: skip


def test_the_root_study_written_by_another_program_is_the_same() -> None:
    """A project that pyrefiqda wrote (tests/reference/interviews_root.py): every word, theme,
    construct, valence, speaker, site, role and clearance as in the root study's own file."""
    how = {
        "path": "tests/reference/interviews_root.qdpx",
        "kind": "qdpx",
        "columns": {"interview": "case", "site": "site", "role": "role"},
        "valence_codes": {f"valence / {word}": word for word in ("positive", "negative", "mixed")},
        "construct_codes": {
            f"construct / {word}": word
            for word in (
                "loneliness", "wellbeing", "community", "delivery", "health", "depression"
            )
        },
        "cleared": {"code": "may be quoted"},
    }  # fmt: skip
    other = imported(ROOT, {"root": how}, ("trafford", "wexmoor"), **WORDS)
    ours = of_root()
    apart = ["excerpt", "source", "coder", "start", "end"]
    pd.testing.assert_frame_equal(
        ours.excerpts.drop(columns=apart), other.excerpts.drop(columns=apart)
    )
    same = ["interview", "site", "role", "order", "excerpts", "codings"]
    pd.testing.assert_frame_equal(ours.interviews[same], other.interviews[same])
    cleared = int((ours.excerpts["cleared"] == "yes").sum())
    assert dict(zip(other.notes["kind"], other.notes["n"], strict=True)) == {
        "marker": 2 * 60 + cleared, "file_order": 13,
    }  # fmt: skip


def write(folder: Path, name: str, text: str) -> None:
    """A file of a study."""
    (folder / name).write_text(text, encoding="utf-8")


SEGMENTS = """doc,who,code,begin,end,segment,coder
N-staff-Wren,,barriers > transport; quotable,10,20,No bus,Ada
N-staff-Wren,,negative,10,20,No bus,Ada
N-staff-Wren,,barriers > transport,10,20,No bus,Ben
N-service user-Kite,,sleep,0,4,Rest,Ada
N-service user-Kite,,sleep,0,4,Rest,Ada
N-service user-Kite,,talk of the weather,5,9,Rain,Ada
N-service user-Kite,,positive,12,14,Ah,Ada
,,,,,,
N-volunteer-Tern,,,,,,
"""
SEGMENTED = {
    "path": "s.csv",
    "kind": "segments",
    "columns": {
        "source": "doc", "code": "code", "start": "begin", "end": "end", "text": "segment",
        "coder": "coder",
    },
    "hierarchy": " > ",
    "between": ";",
    "source_name": "{site}-{role}-{interview}",
    "codes": {
        "barriers": {"theme": "What stands in the way", "construct": "delivery"},
        "sleep": {"construct": "wellbeing", "valence": "positive"},
    },
    "valence_codes": {"negative": "negative", "positive": "positive"},
    "left_out": ["talk of the weather"],
    "cleared": {"code": "quotable"},
}  # fmt: skip


def test_marks_on_an_excerpt_are_applied_and_nothing_is_lost_unseen(tmp_path: Path) -> None:
    write(tmp_path, "s.csv", SEGMENTS)
    got = imported(tmp_path, {"s": SEGMENTED}, ("north",), sites={"N": "north"})
    rows = got.excerpts[["interview", "coder", "theme", "subtheme", "construct", "valence"]]
    assert rows.astype(object).where(rows.notna(), None).to_numpy().tolist() == [
        ["Wren", "Ada", "What stands in the way", "transport", "delivery", "negative"],
        ["Wren", "Ben", "What stands in the way", "transport", "delivery", "negative"],
        ["Kite", "Ada", "sleep", None, "wellbeing", "positive"],
    ]
    assert got.excerpts["cleared"].tolist() == ["yes", "yes", "no"], "the excerpt, not the coder's"
    assert got.excerpts["role"].tolist() == ["staff", "staff", "service_user"]
    assert dict(zip(got.notes["kind"], got.notes["n"], strict=True)) == {
        "uncoded": 1, "blank_rows": 1, "same_coding_twice": 1, "marker": 3, "left_out": 1,
        "no_theme": 2, "file_order": 3, "marked_by_others": 1,
    }  # fmt: skip
    rows_of_all = len(got.excerpts) + 1 + 3 + 1  # codings: kept, twice, marks, left out
    assert rows_of_all == 8
    assert got.interviews["interview"].tolist() == ["Wren", "Kite", "Tern"], "Tern has no coding"
    kinds = dict(zip(got.codes["code"], got.codes["kind"], strict=True))
    assert (kinds["quotable"], kinds["talk of the weather"]) == ("marker", "left_out")


def test_a_table_of_people_and_days_of_interviews(tmp_path: Path) -> None:
    write(tmp_path, "s.csv", "doc,code,text\nd1,a,x\nd2,a,y\nd3,b,z\n")
    people = "file,name,where,who,held\nd1,Wren,N,staff,2025-03-09\nd2,Kite,,volunteer,2025-01-31\n"
    write(tmp_path, "p.csv", people + "d3,Wren,N,staff,2025-03-09\nd4,Rook,N,staff,\n")
    columns = {"source": "file", "interview": "name", "site": "where", "role": "who"}
    got = imported(
        tmp_path,
        {"s": {"path": "s.csv", "kind": "segments",
               "columns": {"source": "doc", "code": "code", "text": "text"}}},
        sites={"n": "north"},
        people={"path": "p.csv", "columns": {**columns, "order": "held"}},
    )  # fmt: skip
    assert got.interviews["interview"].tolist() == ["Kite", "Wren"], "Kite was the first"
    assert got.interviews["sources"].tolist() == ["d2", "d1 | d3"]
    assert got.notes[["kind", "first"]].to_numpy().tolist() == [
        ["listed_only", "Rook"], ["respelled N", "line 2"],
    ]  # fmt: skip
    listed = got.notes.set_index("kind").loc["listed_only", "fact"]
    assert "do not count; one that was read and has nothing coded is a row without a code" in listed
    assert got.excerpts["order"].tolist() == [1, 2, 2]
    assert got.excerpts["site"].fillna("").tolist() == ["", "north", "north"]
    assert got.excerpts["excerpt"].tolist() == ["s:2", "s:1", "s:3"], "ids where there are none"


MATRIX = [
    ["", "Region", "A : Barriers > Bus", "B : Barriers > Cost", "C : Sleep", "Quote"],
    ["1 : Wren", "N", "No bus.\n\nNever one.", "", "<b>Better</b> & deeper", "Yes"],
    ["2 : Kite", "N", "", "", "", "no"],
]
FRAMEWORK = {
    "kind": "framework",
    "columns": {"interview": "Case", "site": "Region"},
    "numbered": True,
    "hierarchy": " > ",
    "between": "\n\n",
    "role": "staff",
    "cleared": {"column": "Quote"},
}


def test_a_framework_matrix_in_a_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in [["Case", *MATRIX[0][1:]], *MATRIX[1:]]:
        book.active.append(row)
    book.save(tmp_path / "m.xlsx")
    got = imported(tmp_path, {"m": {**FRAMEWORK, "path": "m.xlsx"}})
    rows = got.excerpts[["excerpt", "interview", "code", "text", "cleared"]]
    assert rows.to_numpy().tolist() == [
        ["m:2.1.1", "Wren", "Barriers / Bus", "No bus.", "yes"],
        ["m:2.1.2", "Wren", "Barriers / Bus", "Never one.", "yes"],
        ["m:2.3", "Wren", "Sleep", "<b>Better</b> & deeper", "yes"],
    ]
    assert got.interviews["codings"].tolist() == [3, 0]
    notes = dict(zip(got.notes["kind"], got.notes["first"], strict=True))
    assert notes == {"empty_themes": "Barriers / Cost", "file_order": "Wren"}
    counted = dict(zip(got.codes["code"], got.codes["excerpts"], strict=True))
    assert counted == {"Barriers / Bus": 2, "Barriers / Cost": 0, "Sleep": 1}


def test_two_coders_files_of_the_same_excerpts(tmp_path: Path) -> None:
    """The same ids and words are the same excerpts, each coder's codings rows of their own."""
    write(tmp_path, "a.csv", "id,doc,code,text\n1,d,x,one\n2,d,y,two\n")
    write(tmp_path, "b.csv", "id,doc,code,text\n1,d,x,one\n2,d,x,two\n")
    columns = {"excerpt": "id", "source": "doc", "code": "code", "text": "text"}
    files = {
        name: {"path": f"{name}.csv", "kind": "segments", "columns": columns, "coder": name}
        for name in ("a", "b")
    }
    got = imported(tmp_path, files)
    assert got.excerpts[["excerpt", "code", "coder"]].to_numpy().tolist() == [
        ["1", "x", "a"], ["2", "y", "a"], ["1", "x", "b"], ["2", "x", "b"],
    ]  # fmt: skip
    assert got.interviews[["excerpts", "codings"]].to_numpy().tolist() == [[2, 4]]


def test_every_table_keeps_its_contract_on_paper_and_back(tmp_path: Path) -> None:
    write(tmp_path, "s.csv", SEGMENTS.replace("No bus", '"=HYPERLINK(""x"")"'))
    book = "code,id,about\nbarriers,,\nbarriers > transport,7,The bus\nsleep,8,\n"
    write(tmp_path, "old.csv", book)
    columns = {"code": "code", "id": "id", "description": "about"}
    old = {"path": "old.csv", "columns": columns, "hierarchy": " > "}
    got = imported(
        tmp_path, {"s": SEGMENTED}, sites={"N": "north"}, codebook=old, previous_codebook=old
    )
    for frame, contract in (
        (got.excerpts, tables.Excerpts),
        (got.interviews, tables.InterviewRows),
        (got.codes, tables.CodeRows),
        (got.notes, tables.ImportNotes),
    ):
        for ending in ("csv", "parquet"):
            path = tmp_path / f"{contract.__name__}.{ending}"
            contracts.write(frame, path, contract)
            assert len(contracts.read(path, contract)) == len(frame)
    assert "'=HYPERLINK" in (tmp_path / "Excerpts.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("placed", [True, False])
def test_excerpts_coded_again_in_another_file_are_the_same_without_ids(
    tmp_path: Path, placed: bool
) -> None:
    """Ids are counted anew in each export: place and words, or words alone, say which they are;
    words that two excerpts have say nothing, nor do those of another interview."""
    head, columns = "doc,code,text", {"source": "doc", "code": "code", "text": "text"}
    lines = [("d1", "a", "One"), ("d1", "b", "Two"), ("d2", "a", "One"), ("d2", "a", "Two")]
    again = [("d1", "b", "Two"), ("d2", "b", "One"), ("d2", "a", "Five")]
    if placed:
        head, columns = f"{head},at,to", columns | {"start": "at", "end": "to"}

    def text(rows: list[tuple[str, str, str]]) -> str:
        ends = [f",{len(word)},{9 * len(word)}" if placed else "" for *_, word in rows]
        return "\n".join([head, *(",".join(r) + e for r, e in zip(rows, ends, strict=True))]) + "\n"

    write(tmp_path, "x.csv", text(lines))
    write(tmp_path, "y.csv", text(again))
    files = {
        name: {"path": f"{name}.csv", "kind": "segments", "columns": columns, "coder": name,
               "for_agreement": name == "y"}
        for name in "xy"
    }  # fmt: skip
    got = imported(tmp_path, files)
    own = got.excerpts[got.excerpts["coder"] == "y"]
    assert own[["excerpt", "code"]].to_numpy().tolist() == [
        ["x:2", "b"], ["x:3", "b"], ["y:3", "a"],
    ]  # fmt: skip
    notes = dict(zip(got.notes["kind"], got.notes["first"], strict=True))
    assert notes["coded_again_alone"] == "excerpt y:3"
    assert got.interviews["excerpts"].tolist() == [2, 2], "not what was coded again alone"
    assert got.codes.set_index("code")["excerpts"].to_dict() == {"a": 3, "b": 1}


def test_interviews_of_one_day_share_their_place(tmp_path: Path) -> None:
    write(tmp_path, "s.csv", "doc,code,text,day\nd1,a,x,2025-02-01\nd2,a,y,2025-01-01\n"
                             "d3,b,z,2025-02-01\nd4,b,z,2025-03-01\n")  # fmt: skip
    columns = {"source": "doc", "code": "code", "text": "text", "order": "day"}
    got = imported(tmp_path, {"s": {"path": "s.csv", "kind": "segments", "columns": columns}})
    order = got.interviews.set_index("interview")["order"].to_dict()
    assert order == {"d2": 1, "d1": 2, "d3": 2, "d4": 4}
    assert "file_order" not in set(got.notes["kind"])


def test_an_excerpt_that_one_row_does_not_clear_is_not_quoted_and_that_is_noted(
    tmp_path: Path,
) -> None:
    write(tmp_path, "s.csv", "id,doc,code,text,ok\n1,d,a,x,yes\n1,d,b,x,no\n2,d,a,y,yes\n"
                             "3,d,a,z,perhaps\n")  # fmt: skip
    columns = {"excerpt": "id", "source": "doc", "code": "code", "text": "text"}
    how = {"path": "s.csv", "kind": "segments", "columns": columns, "cleared": {"column": "ok"}}
    got = imported(tmp_path, {"s": how})
    assert got.excerpts[["excerpt", "cleared"]].drop_duplicates().to_numpy().tolist() == [
        ["1", "no"], ["2", "yes"], ["3", "no"],
    ]  # fmt: skip
    notes = dict(zip(got.notes["kind"], got.notes["first"], strict=True))
    assert notes["cleared_in_part"] == "excerpt 1" and notes["cleared_words"] == "'perhaps'"


def test_what_the_second_coder_alone_has_is_no_interview_of_the_study(tmp_path: Path) -> None:
    write(tmp_path, "x.csv", "id,doc,code,text\n1,A,a,x\n")
    write(tmp_path, "y.csv", "id,doc,code,text\n1,A,a,x\n2,B,rare,y\n")
    columns = {"excerpt": "id", "source": "doc", "code": "code", "text": "text"}
    files = {
        name: {"path": f"{name}.csv", "kind": "segments", "columns": columns, "coder": name,
               "for_agreement": name == "y"}
        for name in "xy"
    }  # fmt: skip
    got = imported(tmp_path, files)
    assert got.interviews["interview"].tolist() == ["A"]
    assert got.codes.set_index("code")["excerpts"].to_dict() == {"a": 1, "rare": 0}


@pytest.mark.parametrize(
    ("days", "order"),
    [
        (("2025-01-05 14:00", "2025-01-05 09:00"), [2, 1]),
        (("2025-01-05T14:00", "2025-01-05"), [2, 1]),
        (("20250105", "20250104"), [2, 1]),
    ],
)
def test_times_of_a_day_are_in_order(
    tmp_path: Path, days: tuple[str, str], order: list[int]
) -> None:
    write(tmp_path, "s.csv", f"doc,code,text,day\nA,a,x,{days[0]}\nB,a,y,{days[1]}\n")
    columns = {"source": "doc", "code": "code", "text": "text", "order": "day"}
    got = imported(tmp_path, {"s": {"path": "s.csv", "kind": "segments", "columns": columns}})
    assert got.interviews.sort_values("interview")["order"].tolist() == order


def test_a_week_is_no_day(tmp_path: Path) -> None:
    write(tmp_path, "s.csv", "doc,code,text,day\nA,a,x,2025-W01\nB,a,y,2025-01-04\n")
    columns = {"source": "doc", "code": "code", "text": "text", "order": "day"}
    with pytest.raises(CespError, match=r"order: '2025-W01' is no day like the others"):
        imported(tmp_path, {"s": {"path": "s.csv", "kind": "segments", "columns": columns}})


def test_names_that_hold_the_marks_of_levels_and_lists_stay_apart(tmp_path: Path) -> None:
    """Two codes are two, levels and lists can be split again, and the import tells of it."""
    names = ["a / b", "a \\/ b", "c | d", "/", "e/f", "g /"]
    assert [as_named(as_level(name)) for name in names] == names
    assert len({as_level(name) for name in names}) == len(names)
    assert path_of(["a", "/ b"], None) != path_of(["a /", "b"], None) != path_of(["a / / b"], None)
    assert listed(["a", "b | c"]).split(" | ") == ["a", "b \\| c"]
    assert split_list(listed(names)) == names and split_list("") == []
    codes = code(1, "a", code(2, "b")) + code(3, "a / b") + code(4, "c | d")
    marks = selection(20, 0, 1, 2) + selection(21, 1, 2, 3) + selection(22, 2, 3, 4)
    qdpx(tmp_path / "p.qdpx", project(codes, text_source(10, "P | 1", "xyz", marks)))
    got = imported(tmp_path, {"a": {"path": "p.qdpx", "kind": "qdpx"}})
    assert got.excerpts["code"].tolist() == ["a / b", "a \\/ b", "c \\| d"]
    assert got.excerpts["theme"].tolist() == ["a", "a / b", "c | d"]
    assert got.codes["code"].tolist() == ["a", "a / b", "a \\/ b", "c \\| d"]
    assert got.interviews["sources"].tolist() == ["P \\| 1"]
    (note,) = got.notes[got.notes["kind"] == "marks_in_names"].to_dict("records")
    assert (note["n"], note["first"]) == (2, "a \\/ b")
    write(tmp_path, "s.csv", "doc,code,text\nd,a / b,x\nd,a,y\n")
    file = {"path": "s.csv", "kind": "segments",
            "columns": {"source": "doc", "code": "code", "text": "text"}}  # fmt: skip
    one = imported(tmp_path, {"a": file})
    assert one.excerpts["theme"].tolist() == ["a / b", "a"]
    assert "marks_in_names" in set(one.notes["kind"])
    two = imported(tmp_path, {"a": file | {"hierarchy": " / "}})
    assert two.excerpts[["theme", "subtheme"]].fillna("").to_numpy().tolist() == [
        ["a", "b"], ["a", ""],
    ]  # fmt: skip
    assert "marks_in_names" not in set(two.notes["kind"])


def test_somebody_who_is_listed_no_more_stays_in_the_earlier_import(tmp_path: Path) -> None:
    """The table of people is today's; what an export held before is history. Documents may be
    called by names, so that such a person gets a pseudonym."""
    write(tmp_path, "now.csv", "doc,code,text\nd1,sleep,x\n")
    write(tmp_path, "then.csv", "doc,code,text\nd1,sleep,x\nd2,mood,y\nd3,mood,z\nd2,mood,w\n")
    write(tmp_path, "people.csv", "interview,doc,role,held\nWren,d1,staff,2024-01-02\n")
    columns = {"source": "doc", "code": "code", "text": "text"}
    declared = Interviews.model_validate({
        "files": {"a": {"path": "now.csv", "previous": "then.csv", "kind": "segments",
                        "columns": columns}},
        "people": {"path": "people.csv", "columns": {"source": "doc", "role": "role",
                                                     "order": "held"}},
    })  # fmt: skip
    earlier = declared.earlier()
    assert earlier is not None
    then = import_interviews(earlier, tmp_path, earlier=True).excerpts
    assert then[["interview", "code"]].to_numpy().tolist() == [
        ["Wren", "sleep"], ["not listed 1", "mood"], ["not listed 1", "mood"],
        ["not listed 2", "mood"],
    ]  # fmt: skip
    now = import_interviews(declared, tmp_path)
    changed = changes(then, now.excerpts)
    assert [(one.kind, one.code) for one in changed.codes] == [("lost", "mood")]
    assert len(changed.lost) == 3 and changed.both == 1
    with pytest.raises(CespError, match=r"people\.csv lists nobody: no interview is called 'd2'"):
        import_interviews(earlier, tmp_path)


def test_the_rows_own_valence_comes_first_then_a_mark_then_what_the_code_means(
    tmp_path: Path,
) -> None:
    rows = ("1,sleep,", "2,sleep,", "2,bad,", "3,sleep,mixed", "3,bad,", "4,home,")
    said = "\n".join(("id,tag,meant,who", *(f"{row},A" for row in rows)))
    (tmp_path / "s.csv").write_text(said, encoding="utf-8")
    how = {
        "path": "s.csv", "kind": "segments",
        "columns": {"excerpt": "id", "code": "tag", "valence": "meant", "interview": "who"},
        "codes": {"sleep": {"theme": "sleep", "valence": "positive"}, "home": {"theme": "home"}},
        "valence_codes": {"bad": "negative"},
    }  # fmt: skip
    told = imported(tmp_path, {"s": how}).excerpts
    found = dict(zip(told["excerpt"], told["valence"].fillna(""), strict=True))
    assert found == {"1": "positive", "2": "negative", "3": "mixed", "4": ""}


@pytest.mark.parametrize("theme", [None, "Help"])
def test_levels_below_a_theme_never_become_one_subtheme(tmp_path: Path, theme: str | None) -> None:
    names = ["T > a / b", "T > a > b", "T > a \\/ b", "T > c | d", "T > c \\| d", "T > / | e"]
    lines = "".join(f"d,{name},x{i}\n" for i, name in enumerate(names))
    write(tmp_path, "s.csv", f"doc,code,text\n{lines}")
    file: dict[str, Any] = {"path": "s.csv", "kind": "segments", "hierarchy": " > ",
            "columns": {"source": "doc", "code": "code", "text": "text"}}  # fmt: skip
    file |= {"codes": {"T": {"theme": theme}}} if theme else {}
    own = imported(tmp_path, {"a": file}).excerpts
    assert set(own["theme"]) == {theme or "T"}
    assert own["subtheme"].tolist() == [
        "a \\/ b", "a / b", "a \\\\/ b", "c | d", "c \\| d", "\\/ \\| e",
    ]  # fmt: skip
    assert as_part("") == ""


@pytest.mark.parametrize("name", ["a / b", "a \\/ b", "c | d", "/", "e"])
def test_paths_as_we_write_them_are_read_back_as_they_are(name: str) -> None:
    path = path_of(["T", name], None)
    assert path_of([path], " / ") == path


def test_the_note_of_marks_says_what_makes_levels_of_them(tmp_path: Path) -> None:
    def noted(text: str, how: dict[str, Any]) -> str:
        write(tmp_path, "s.csv", text)
        got = imported(tmp_path, {"a": {"path": "s.csv", **how}}).notes
        return str(got.set_index("kind")["fact"]["marks_in_names"]).rpartition("down, ")[2]

    segments = {"kind": "segments", "columns": {"source": "doc", "code": "code"}}
    assert noted("doc,code\nd,a / b\n", segments) == "write hierarchy: ' / '"
    assert noted("doc,code\nd,a | b\n", segments) == "write hierarchy: ' | '"
    both = "doc,code\nd,a | b\nd,a / b\n"
    assert noted(both, segments) == "write hierarchy: ' / ' or ' | '"
    excerpts = {"kind": "excerpts", "columns": {"source": "doc", "theme": "code"}}
    said = "put the lower level in the column of subtheme"
    assert noted("doc,code\nd,a / b\n", excerpts) == said
    with pytest.raises(ValueError, match="hierarchy: is of a column of code; name that"):
        imported(tmp_path, {"a": {"path": "s.csv", **excerpts, "hierarchy": " / "}})


@pytest.mark.parametrize("order", ["mp", "pm"])
def test_codes_of_a_matrix_do_not_hide_those_of_a_project(tmp_path: Path, order: str) -> None:
    write(tmp_path, "m.csv", "who,sleep,mood\nWren,x,y\n")
    codes = code(1, "sleep")
    qdpx(tmp_path / "p.qdpx",
         project(codes, text_source(10, "Kite", "xyz", selection(20, 0, 1, 1))))  # fmt: skip
    files: dict[str, Any] = {
        "m": {"path": "m.csv", "kind": "framework", "columns": {"interview": "who"}},
        "p": {"path": "p.qdpx", "kind": "qdpx"},
    }
    own = imported(tmp_path, {name: files[name] for name in order}).codes
    assert own["code"].tolist() == ["sleep", "mood"]
    assert own["id"].notna().tolist() == [True, False]
    assert own["excerpts"].tolist() == [2, 1]


def coded_twice(folder: Path, own: str, again: str, **more: Any) -> dict[str, Any]:
    """Entries of two coders' files, the second for agreement: id, doc, code, text."""
    write(folder, "a.csv", f"id,doc,code,text\n{own}")
    write(folder, "b.csv", f"id,doc,code,text\n{again}")
    columns = {"excerpt": "id", "source": "doc", "code": "code", "text": "text"}
    entry = {"kind": "segments", "columns": columns}
    return {
        "a": {"path": "a.csv", "coder": "Ada", **entry},
        "b": {"path": "b.csv", "coder": "Ben", "for_agreement": True, **entry} | more,
    }


def told_of(folder: Path, files: dict[str, Any]) -> list[str]:
    with pytest.raises(CespError) as error:
        imported(folder, files)
    return list(error.value.problems)


def test_a_second_file_without_words_or_with_other_spaces_has_the_same_excerpts(
    tmp_path: Path,
) -> None:
    files = coded_twice(tmp_path, "1,d,x,one two\n2,d,y,three\n", "1,d,x,one  two\n2,d,x,three\n")
    assert imported(tmp_path, files).excerpts["excerpt"].tolist() == ["1", "2", "1", "2"]
    without = {"excerpt": "id", "source": "doc", "code": "code"}
    files = coded_twice(tmp_path, "1,d,x,one\n2,d,y,two\n", "1,d,x,\n2,d,x,\n", columns=without)
    got = imported(tmp_path, files)
    assert got.excerpts["excerpt"].tolist() == ["1", "2", "1", "2"]
    assert "coded_again_alone" not in got.notes["kind"].tolist()


def test_ids_that_are_other_excerpts_in_another_file_are_one_line(tmp_path: Path) -> None:
    own = "".join(f"{i},d,x,words {i}\n" for i in range(50))
    files = coded_twice(tmp_path, own, own.replace("words", "others"))
    assert told_of(tmp_path, files) == [
        "b.csv: line 2: excerpt '0' is another one at a.csv: line 2: its words are others; write it"
        " alike in both, or, if they are two, give each an id of its own (prefix: puts a word"
        " before a file's ids) (50 such places)"
    ]


@pytest.mark.parametrize(("coder", "said"), [
    ("Ada", "its codings were coded by 'Ada', as in a.csv"),
    ("", "its codings name no coder, nor do those in a.csv"),
])  # fmt: skip
def test_one_coder_of_both_files_is_one_line_that_names_the_setting(
    tmp_path: Path, coder: str, said: str
) -> None:
    files = coded_twice(tmp_path, "1,d,x,one\n2,d,y,two\n", "1,d,x,one\n2,d,x,two\n")
    for entry in files.values():
        entry["coder"] = coder
    (line,) = told_of(tmp_path, files)
    assert line == (
        f"b.csv: line 2: {said}, so that nothing can be compared; write coder: in each entry, with"
        " a name of its own, or name the column that says who coded"
    )


def test_what_was_coded_again_by_several_may_hold_the_first_coders_own(tmp_path: Path) -> None:
    """An export of all codings, named by a column: what one of them coded anew is compared."""
    files = coded_twice(tmp_path, "1,d,x,one\n2,d,y,two\n", "1,d,x,one\n2,d,y,two\n1,d,y,one\n")
    text = (tmp_path / "b.csv").read_text(encoding="utf-8").splitlines()
    rows = [f"{line},{own}" for line, own in zip(text, ("by", "Ada", "Ada", "Ben"), strict=True)]
    write(tmp_path, "b.csv", "\n".join(rows) + "\n")
    files["b"] = files["b"] | {"columns": files["b"]["columns"] | {"coder": "by"}}
    got = imported(tmp_path, files)
    assert got.excerpts[["excerpt", "coder", "counted"]].to_numpy().tolist() == [
        ["1", "Ada", "yes"], ["2", "Ada", "yes"], ["1", "Ben", "no"],
    ]  # fmt: skip


def test_files_for_agreement_are_never_all_and_have_no_earlier_export(tmp_path: Path) -> None:
    files = coded_twice(tmp_path, "1,d,x,one\n", "1,d,x,one\n")
    with pytest.raises(ValidationError, match="all are for_agreement; name one that counts"):
        imported(tmp_path, {"b": files["b"]})
    with pytest.raises(
        ValidationError, match="previous: what is for_agreement counts in no change"
    ):
        imported(tmp_path, {"a": files["a"], "b": files["b"] | {"previous": "c.csv"}})


def test_a_cell_that_is_merged_over_themes_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("Case", "Note", "Bus", "Cost", "Sleep"), ("A", "n", "both", None, "well"),
                ("B", "n", None, "dear", None)):  # fmt: skip
        sheet.append(row)
    sheet.merge_cells("C2:D2")
    book.save(tmp_path / "m.xlsx")
    entry = {"path": "m.xlsx", "kind": "framework", "columns": {"interview": "Case"},
             "ignored": ["Note"]}  # fmt: skip
    assert told_of(tmp_path, {"m": entry}) == [
        "m.xlsx: line 2: one cell is merged over the themes Bus, Cost, and would count for the"
        " first alone; unmerge it and write its words into each"
    ]
    sheet.unmerge_cells("C2:D2")
    sheet.merge_cells("B2:C2")  # the note, which is no theme, and a theme
    book.save(tmp_path / "m.xlsx")
    assert imported(tmp_path, {"m": entry}).excerpts["theme"].tolist() == ["Sleep", "Cost"]


def test_interviews_of_no_site_and_no_role_are_told(tmp_path: Path) -> None:
    """Of a table without the columns, and of a project of which no variable is named; of sites only
    where the study has any."""
    write(tmp_path, "a.csv", "who,theme,text\nWren,food,tea\nLark,food,cake\n")
    columns = {"interview": "who", "theme": "theme", "text": "text"}
    table = {"path": "a.csv", "kind": "excerpts", "columns": columns}
    texts = text_source(1, "Kite", "abcdef", selection(2, 0, 3, 3))
    qdpx(tmp_path / "p.qdpx", project(code(3, "food"), texts))
    of = {"path": "p.qdpx", "kind": "qdpx"}
    for file, n, first in ((table, 2, "Wren"), (of, 1, "Kite")):
        declared = Interviews.model_validate({"files": {"a": file}})
        notes = import_interviews(declared, tmp_path, ["north"]).notes.set_index("kind")
        told = notes.loc[["no_site", "no_role"], ["n", "first"]].to_numpy().tolist()
        assert told == [[n, first]] * 2
        assert "set beside no number" in notes.loc["no_site", "fact"]
        assert "no_site" not in import_interviews(declared, tmp_path).notes["kind"].tolist()
        placed = Interviews.model_validate({"files": {"a": file | {"site": "north"}}})
        kinds = import_interviews(placed, tmp_path, ["north"]).notes["kind"].tolist()
        assert "no_site" not in kinds and "no_role" in kinds


def test_two_rows_of_headers_with_merged_cells_are_themes_and_subthemes(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Case", "Time", None, "Limits"], [None, "own", "shared", None],
                ["Dove", "a", "b", "c"], ["Crow", "", "", ""]):  # fmt: skip
        sheet.append(row)
    for cells in ("A1:A2", "B1:C1", "D1:D2"):
        sheet.merge_cells(cells)
    book.save(tmp_path / "m.xlsx")
    entry = {"path": "m.xlsx", "kind": "framework", "columns": {"interview": "Case"},
             "header": {"rows": 2, "names": "joined"}, "hierarchy": " / "}  # fmt: skip
    got = imported(tmp_path, {"m": entry})
    themes = got.excerpts[["theme", "subtheme", "text"]].fillna("").to_numpy().tolist()
    assert themes == [["Time", "own", "a"], ["Time", "shared", "b"], ["Limits", "", "c"]]
    assert got.interviews["interview"].tolist() == ["Dove", "Crow"]


def test_codings_for_agreement_are_in_no_number_of_codings(tmp_path: Path) -> None:
    """Beside excerpts, which leave them out too."""
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text("id,who,theme\n1,P,help\n2,P,home\n", "utf-8")
    entry = {"kind": "excerpts", "columns": {"excerpt": "id", "interview": "who", "theme": "theme"}}
    got = imported(
        tmp_path,
        {
            "a": entry | {"path": "a.csv", "coder": "Ada"},
            "b": entry | {"path": "b.csv", "coder": "Ben", "for_agreement": True},
        },
    )
    for table, expected in ((got.codes, [[1, 1], [1, 1]]), (got.interviews, [[2, 2]])):
        assert table[["excerpts", "codings"]].to_numpy().tolist() == expected
