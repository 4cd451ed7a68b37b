"""Names that differ only in case, spaces or what nobody sees are one; others are refused."""

from pathlib import Path
from typing import Any

import pytest

from cesp_analysis.errors import CespError
from cesp_analysis.interviews.names import compared, tidy
from coded_files import code, guid, imported, project, qdpx, selection, text_source

EXCERPTS = {
    "kind": "excerpts", "coder": "Ada",
    "columns": {"excerpt": "id", "interview": "who", "theme": "theme", "subtheme": "sub",
                "construct": "about", "text": "words"},
}  # fmt: skip
HEAD = "id,who,theme,sub,about,words\n"


def written(folder: Path, text: str, name: str = "a.csv") -> dict[str, Any]:
    """An entry of a table of excerpts."""
    (folder / name).write_text(HEAD + text, encoding="utf-8")
    return {"path": name, **EXCERPTS}


def faults(folder: Path, files: dict[str, Any], **more: Any) -> list[str]:
    with pytest.raises(CespError) as error:
        imported(folder, files, **more)
    return list(error.value.problems)


@pytest.mark.parametrize("other", [
    "Being heard", "being  heard", "being\u00a0heard", "being\u200b heard", "be\u00ading heard",
])  # fmt: skip
def test_a_theme_that_is_written_otherwise_is_the_same_and_that_is_noted(
    tmp_path: Path, other: str
) -> None:
    entry = written(tmp_path, f"1,A,being heard,,x,one\n2,B,{other},,x,two\n3,C,{other},,x,three\n")
    got = imported(tmp_path, {"a": entry})
    assert got.excerpts["theme"].tolist() == got.excerpts["code"].tolist() == ["being heard"] * 3
    assert got.codes[["code", "excerpts"]].to_numpy().tolist() == [["being heard", 3]]
    note = got.notes[got.notes["kind"].str.startswith("respelled theme")]
    assert note[["n", "first"]].to_numpy().tolist() == [[2, "line 3"]]
    assert note["fact"].iloc[0].endswith("which is read as 'being heard'")
    assert note["fact"].iloc[0].isprintable()


def test_the_first_of_all_spellings_may_be_the_odd_one(tmp_path: Path) -> None:
    got = imported(
        tmp_path, {"a": written(tmp_path, "1,A,being  heard,,,x\n2,A,being heard,,,y\n")}
    )
    assert set(got.excerpts["theme"]) == {"being heard"}
    assert got.notes["first"].tolist() == ["line 2", "A"], "the one with two spaces"


def test_interviews_coders_constructs_and_subthemes_are_spelled_once_in_all_files(
    tmp_path: Path,
) -> None:
    """A file that counts says how, not the one that was made for agreement, though it is first."""
    first = written(tmp_path, "1,ash,HELP,At home,Well Being,one\n", "b.csv") | {
        "coder": "ben", "for_agreement": True}  # fmt: skip
    second = written(tmp_path, "1,Ash,help,at home,well being,one\n2,ASH,Help,at Home,,two\n")
    third = written(tmp_path, "9,Elm,help,at home,,three\n", "c.csv") | {"coder": "ADA"}
    got = imported(tmp_path, {"b": first, "a": second, "c": third}, constructs=("wellbeing",))
    assert got.excerpts["coder"].value_counts().to_dict() == {"Ada": 3, "ben": 1}
    assert set(got.excerpts["code"]) == {"help / at home"}
    assert set(got.excerpts["subtheme"]) == {"at home"}
    assert set(got.excerpts["construct"].dropna()) == {"well being"}
    assert len(got.interviews) == 2


def test_a_construct_is_spelled_as_it_is_declared(tmp_path: Path) -> None:
    entry = written(tmp_path, "1,A,x,,Wellbeing,one\n")
    got = imported(tmp_path, {"a": entry}, constructs=("wellbeing",))
    assert got.excerpts["construct"].tolist() == ["wellbeing"]
    assert "'Wellbeing', which is read as 'wellbeing'" in "".join(got.notes["fact"])


def test_an_entry_names_codes_in_whatever_case(tmp_path: Path) -> None:
    """And what it says of them holds of each spelling."""
    (tmp_path / "s.csv").write_text(
        "who,code,text\nA,Barriers / Bus,x\nA,barriers / cost,y\nA,QUOTE,x\nA,odd,z\nA,Odd,q\n",
        encoding="utf-8",
    )
    entry = {
        "path": "s.csv", "kind": "segments", "hierarchy": " / ", "cleared": {"code": "quote"},
        "columns": {"interview": "who", "code": "code", "text": "text"},
        "codes": {"barriers": {"construct": "access"}}, "left_out": ["Odd"],
    }  # fmt: skip
    got = imported(tmp_path, {"s": entry})
    assert got.excerpts[["code", "construct", "cleared"]].to_numpy().tolist() == [
        ["barriers / Bus", "access", "yes"], ["barriers / cost", "access", "no"],
    ]  # fmt: skip
    twice = entry | {"codes": {"Barriers": {}, "barriers": {"construct": "access"}}}
    assert faults(tmp_path, {"s": twice}) == [
        "s.csv: codes: 'barriers' is a code that stands there already, spelled otherwise; keep one"
    ]


def test_a_codebook_in_which_two_codes_look_the_same_is_refused(tmp_path: Path) -> None:
    entry = written(tmp_path, "1,A,help,,,one\n")
    (tmp_path / "book.csv").write_text("code\nhelp\nHelp\n", encoding="utf-8")
    assert faults(tmp_path, {"a": entry}, codebook={"path": "book.csv"}) == [
        "book.csv: codes stand twice: help, Help; keep one of each"
    ]
    (tmp_path / "book.csv").write_text("code\nHELP\n", encoding="utf-8")
    got = imported(tmp_path, {"a": entry}, codebook={"path": "book.csv"})
    assert got.codes["code"].tolist() == ["HELP"] and got.excerpts["code"].tolist() == ["HELP"]


def test_people_are_listed_in_whatever_case(tmp_path: Path) -> None:
    entry = written(tmp_path, "1,ash,help,,,one\n")
    (tmp_path / "p.csv").write_text("interview,role\nAsh,staff\nElm,staff\n", encoding="utf-8")
    people = {"path": "p.csv", "columns": {"role": "role"}}
    got = imported(tmp_path, {"a": entry}, people=people)
    assert got.interviews[["interview", "role"]].to_numpy().tolist() == [["Ash", "staff"]]
    assert got.notes.set_index("kind")["first"]["listed_only"] == "Elm"
    assert got.pseudonyms == {"Ash", "Elm"}
    (tmp_path / "p.csv").write_text("interview,role\nAsh,staff\nash,volunteer\n", encoding="utf-8")
    assert faults(tmp_path, {"a": entry}, people=people)[0] == (
        "p.csv: line 3: 'ash' stands in another line too, and differs; keep one"
    )


def test_rows_without_ids_at_one_place_are_one_excerpt_whatever_the_spelling(
    tmp_path: Path,
) -> None:
    entry = written(tmp_path, "1,Ash,help,,,one  word\n2,ash,bus,,,one word\n")
    entry = entry | {"columns": {k: v for k, v in EXCERPTS["columns"].items() if k != "excerpt"}}  # type: ignore[attr-defined]
    assert imported(tmp_path, {"a": entry}).excerpts["excerpt"].tolist() == ["a:1", "a:1"]


@pytest.mark.parametrize(("row", "what", "word"), [
    ("1,A,he\x1blp,,,x\n", "theme", "he\\x1blp"),
    ("1,A,help,\x01,,x\n", "subtheme", "\\x01"),
    ("1,A\x7f,help,,,x\n", "interview", "A\\x7f"),
    ("1,A,help,,\x02,x\n", "construct", "\\x02"),
    ("\x03,A,help,,,x\n", "excerpt", "\\x03"),
])  # fmt: skip
def test_a_name_with_a_control_character_is_refused_with_its_line(
    tmp_path: Path, row: str, what: str, word: str
) -> None:
    entry = written(tmp_path, f"5,B,help,,,y\n{row}")
    lines = faults(tmp_path, {"a": entry})
    begins = f"a.csv: line 3: the {what} '{word}' holds the control character '\\x"
    assert lines[0].replace("\\\\", "\\").startswith(begins)
    assert lines[0].endswith("; take it out")


def test_of_words_a_control_character_is_no_fault(tmp_path: Path) -> None:
    assert len(imported(tmp_path, {"a": written(tmp_path, "1,A,help,,,x\x1by\n")}).excerpts) == 1


def test_every_reader_refuses_control_characters(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("Case,he\x1blp\nA,one\n", encoding="utf-8")
    matrix = {"path": "m.csv", "kind": "framework", "columns": {"interview": "Case"}}
    qdpx(tmp_path / "p.qdpx", project(
        code(1, "he\x85lp"), text_source(10, "P1", "abcdef", selection(20, 0, 3, 1))))  # fmt: skip
    (tmp_path / "c.csv").write_text("code\nb\nhe\x1blp\n", encoding="utf-8")
    (tmp_path / "who.csv").write_text("interview\nA\nB\x1b\n", encoding="utf-8")
    lines = faults(
        tmp_path, {"m": matrix, "p": {"path": "p.qdpx", "kind": "qdpx"}},
        codebook={"path": "c.csv"}, people={"path": "who.csv"},
    )  # fmt: skip
    places = [line.partition(": the ")[0] for line in lines if "control character" in line]
    assert "m.csv: line 1" in places and "c.csv: line 3" in places and "who.csv: line 3" in places
    (tmp_path / "b.qdc").write_text(
        f'<CodeBook><Codes><Code guid="{guid(1)}" name="he&#x9f;lp"/></Codes></CodeBook>',
        encoding="utf-8",
    )
    entry = written(tmp_path, "1,A,help,,,x\n")
    assert faults(tmp_path, {"a": entry}, codebook={"path": "b.qdc"})[0].startswith(
        "b.qdc: the code"
    )
    qdpx(tmp_path / "p.qdpx", project(
        code(1, "he&#x80;lp".replace("&#x80;", "\x80")),
        text_source(10, "P1", "abcdef", selection(20, 0, 3, 1))))  # fmt: skip
    (line,) = faults(tmp_path, {"p": {"path": "p.qdpx", "kind": "qdpx"}})
    assert line.startswith("p.qdpx: its codebook: the code 'he\\x80lp' holds")


def test_what_is_compared_and_what_is_shown() -> None:
    assert compared("Being\u200b  Heard\u200d") == compared("being heard")
    assert compared("cafe\u0301") == compared("Caf\u00e9") and compared("a") != compared("b")
    assert tidy(" a\u00a0 b\ufeff ") == "a b"
    assert tidy("\u200b") == "\u200b", "nothing would be left"
