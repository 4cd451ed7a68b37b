"""Bad input: each is told in a line with file, place, fact and remedy; nothing is unpacked."""

import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pydantic import ValidationError

from cesp_analysis.declared.interviews import Codebook
from cesp_analysis.errors import CespError
from cesp_analysis.interviews import qdpx as qdpx_reader
from cesp_analysis.interviews import xml_tree
from cesp_analysis.interviews.codebook import read_codebook
from cesp_analysis.interviews.passages import MOST_SELECTED
from cesp_analysis.interviews.qdpx import read_project
from coded_files import code, guid, imported, project, qdpx, selection, text_source

CODES = code(1, "barriers", code(2, "transport")) + code(4, "sleep")
GOOD = project(CODES, text_source(10, "P1", "abcdef", selection(20, 0, 3, 2)))
BOMB = '<!DOCTYPE p [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
SECRET = '<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/hostname">]>'


def told(folder: Path, files: dict[str, Any], of: tuple[str, ...] = (), **more: Any) -> list[str]:
    """The lines that an import ends with."""
    with pytest.raises(CespError) as error:
        imported(folder, files, of, **more)
    return list(error.value.problems)


def of_project(folder: Path, **how: Any) -> list[str]:
    """The lines of p.qdpx alone."""
    return told(folder, {"a": {"path": "p.qdpx", "kind": "qdpx", **how}})


def after_head(xml: str, text: str) -> str:
    """XML with something between its declaration and its first element."""
    head, line, rest = xml.partition("\n")
    return head + line + text + rest


XML: list[tuple[str, str | bytes, str]] = [
    ("bomb", after_head(GOOD, BOMB), "p.qdpx: project.qde: line 2: declares a document type"),
    ("outside", after_head(GOOD, SECRET), "p.qdpx: project.qde: line 2: declares a document type"),
    ("entity", GOOD.replace("abcdef", "&x;"), "line 2: is no XML (undefined entity)"),
    ("cut", GOOD[:-20], "is no XML ("),
    ("empty", "", "is no XML (no element found)"),
    ("deep", project(code(1, "a").replace("</Code>", "") + "<Code>" * 300, ""), "more than 200"),
    ("other", "<CodeBook/>", "begins with 'CodeBook', not 'Project'"),
    ("encoding", GOOD.replace("utf-8", "klingon").encode(), "project.qde:"),
    ("end", GOOD.replace('endPosition="3"', 'endPosition="9"'), "ends at 9, its text at 6;"),
    ("turned", GOOD.replace('startPosition="0"', 'startPosition="5"'), "ends at 3, before it"),
    ("words", GOOD.replace('endPosition="3"', 'endPosition="-3"'), "are '0' and '-3', no whole"),
    ("code", GOOD.replace(f'targetGUID="{guid(2)}"', f'targetGUID="{guid(3)}"'), "1 codings name"),
    ("no code", GOOD.replace(f'<CodeRef targetGUID="{guid(2)}"/>', ""), "names no code"),
    (
        "climbs",
        GOOD.replace("<PlainTextContent>abcdef</PlainTextContent>", "").replace(
            'name="P1"', 'name="P1" plainTextPath="internal://../../etc/passwd"'
        ),
        "names the file 'internal://../../etc/passwd', which leaves the archive; export it again",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("xml", "line"), [(x, line) for _, x, line in XML],
                         ids=[name for name, *_ in XML])  # fmt: skip
def test_a_project_that_is_not_as_it_should(tmp_path: Path, xml: str | bytes, line: str) -> None:
    qdpx(tmp_path / "p.qdpx", xml)
    lines = of_project(tmp_path)
    assert len(lines) == 1
    assert line in lines[0]
    assert lines[0].startswith("p.qdpx: ")


def not_zip(path: Path) -> None:
    """Words."""
    path.write_text("REFI", encoding="utf-8")


def a_pdf(path: Path) -> None:
    """A PDF."""
    path.write_bytes(b"%PDF-1.7 and more")


def without(path: Path) -> None:
    """An archive of something else."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "no project")


def climbing(path: Path) -> None:
    """A member that leads out."""
    qdpx(path, GOOD, {"../../evil.txt": b"x", "sources/ok.txt": b"y"})


def from_the_root(path: Path) -> None:
    """A member that begins at the root, another on a drive of Windows."""
    qdpx(path, GOOD, {"/etc/evil": b"x", "C:\\evil": b"x"})


def twice(path: Path) -> None:
    """Two members of one name, but for capitals."""
    qdpx(path, GOOD, {"Project.QDE": b"<Project/>"})


def damaged(path: Path) -> None:
    """A flipped byte within the project."""
    qdpx(path, GOOD)
    content = bytearray(path.read_bytes())
    content[80] ^= 0xFF
    path.write_bytes(bytes(content))


def swollen(path: Path) -> None:
    """120 MB of blanks."""
    qdpx(path, GOOD, {"sources/a.txt": b" " * (120 * 2**20)})


def declared_huge(path: Path) -> None:
    """A directory that promises 3 GB."""
    qdpx(path, GOOD)
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 3 * 2**30)
    path.write_bytes(bytes(content))


def locked(path: Path) -> None:
    """A member that says it has a password."""
    qdpx(path, GOOD)
    content = bytearray(path.read_bytes())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + flags] |= 1
    path.write_bytes(bytes(content))


ARCHIVES: list[tuple[Callable[[Path], None], list[str]]] = [
    (not_zip, ["is no archive of a REFI-QDA project (File is not a zip file)"]),
    (a_pdf, ["is no archive of a REFI-QDA project (looks like a PDF)"]),
    (without, ["holds no project.qde"]),
    (climbing, ["holds '../../evil.txt', which leaves the archive"]),
    (from_the_root, ["holds '/etc/evil'", "holds 'C:\\\\evil'"]),
    (twice, ["holds 'project.qde' 2 times"]),
    (damaged, ["project.qde: "]),
    (swollen, ["unpacks to 120 MB from"]),
    (declared_huge, ["unpacks to 3,072 MB from"]),
    (locked, ["cannot be unpacked"]),
]


@pytest.mark.parametrize(("make", "lines"), ARCHIVES, ids=[m.__name__ for m, _ in ARCHIVES])
def test_an_archive_that_is_not_to_be_trusted(
    tmp_path: Path, make: Callable[[Path], None], lines: list[str]
) -> None:
    make(tmp_path / "p.qdpx")
    found = of_project(tmp_path)
    assert len(found) == len(lines)
    for line, begins in zip(found, lines, strict=True):
        assert line.startswith("p.qdpx: ")
        assert begins.replace("\\\\", "\\") in line.replace("\\\\", "\\")
    assert [one.name for one in tmp_path.iterdir()] == ["p.qdpx"], "nothing was unpacked"


def test_a_text_that_is_not_there_is_told_and_one_in_another_encoding_stops(tmp_path: Path) -> None:
    named = GOOD.replace("<PlainTextContent>abcdef</PlainTextContent>", "").replace(
        'name="P1"', 'name="P1" plainTextPath="internal://a.txt"'
    )
    qdpx(tmp_path / "p.qdpx", named)
    how = {"path": "p.qdpx", "kind": "qdpx", "cleared": {"code": "barriers / transport"}}
    got = imported(tmp_path, {"a": {"path": "p.qdpx", "kind": "qdpx"}})
    assert got.notes["kind"].tolist() == ["missing_files", "no_role"]
    assert got.excerpts["text"].isna().all()
    assert got.excerpts["cleared"].tolist() == ["no"]
    assert imported(tmp_path, {"a": how}).excerpts.empty, "its one code is the mark"
    qdpx(tmp_path / "p.qdpx", named, {"sources/a.txt": "café".encode("latin-1")})
    assert of_project(tmp_path) == [
        "p.qdpx: sources/a.txt: byte 4 is not UTF-8, as REFI-QDA has it; export it again"
    ]


def test_codebooks_that_are_none(tmp_path: Path) -> None:
    def lines(name: str, content: str, **how: Any) -> list[str]:
        (tmp_path / name).write_text(content, encoding="utf-8")
        with pytest.raises(CespError) as error:
            read_codebook(tmp_path / name, Codebook.model_validate({"path": name, **how}))
        return list(error.value.problems)

    assert "declares a document type" in lines("b.qdc", BOMB + "<CodeBook/>")[0]
    with pytest.raises(ValidationError, match="separator: a qdc is no table; remove it"):
        Codebook(path="b.qdc", separator=";")
    assert lines("b.csv", "code\na\na\n") == ["b.csv: codes stand twice: a; keep one of each"]
    assert lines("b.csv", "kode,x\na,b\n")[0].startswith(
        "b.csv: columns.code: no column is called 'code'; did you mean 'kode'?"
    )


SEGMENTS = {"kind": "segments", "columns": {"source": "doc", "code": "code", "text": "text"}}


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("doc,kode,text\nd,x,y\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("who,role,T\n,staff,words\n", encoding="utf-8")
    qdpx(tmp_path / "p.qdpx", after_head(GOOD, BOMB))
    framework = {"path": "b.csv", "kind": "framework", "columns": {"interview": "who"}}
    lines = told(tmp_path, {
        "a": {"path": "a.csv", **SEGMENTS},
        "b": framework,
        "c": {"path": "p.qdpx", "kind": "qdpx"},
        "d": {"path": "gone.csv", **SEGMENTS},
        "e": {"path": "../out.csv", **SEGMENTS},
    })  # fmt: skip
    assert [line.partition("; ")[0] for line in lines] == [
        "a.csv: columns.code: no column is called 'code'",
        "b.csv: line 2: says of nobody whose row it is",
        "p.qdpx: project.qde: line 2: declares a document type (<!DOCTYPE …>), which may hide"
        " entities and is read by nobody here",
        "gone.csv: there is no such file",
        "config.yaml: interviews: '../out.csv' leaves the study's folder",
    ]


ROWS: list[tuple[str, str, dict[str, Any], str]] = [
    ("nobody", "doc,code,text\n,a,x\n", {}, "a.csv: line 2: says of nobody whose words these are"),
    ("site", "doc,code,text,s\nd,a,x,Norht\n", {"columns": {"site": "s"}},
     "a.csv: line 2: no site is called 'Norht'; did you mean 'north'?"),
    ("role", "doc,code,text,r\nd,a,x,boss\n", {"columns": {"role": "r"}},
     "a.csv: line 2: no role is called 'boss'"),
    ("valence", "doc,code,text,v\nd,a,x,bad\n", {"columns": {"valence": "v"}},
     "a.csv: line 2: no valence is called 'bad'"),
    ("two sites", "doc,code,text,s\nd,a,x,north\nd,b,y,south\n", {"columns": {"site": "s"}},
     "a.csv: line 3: interview 'd' has the sites 'north' and 'south'"),
    ("order", "doc,code,text,o\nd,a,x,first\n", {"columns": {"order": "o"}},
     "a.csv: line 2: order: 'first' is no number like the others; write numbers or days"),
    ("half an order", "doc,code,text,o\nd,a,x,1\ne,a,x,\n", {"columns": {"order": "o"}},
     "a.csv: line 3: order: an interview has none, others have"),
    ("place", "doc,code,text,b\nd,a,x,1:30\n", {"columns": {"start": "b"}},
     "a.csv: line 2: start: '1:30' is no whole number of characters"),
    ("turned", "doc,code,text,b,e\nd,a,x,7,3\n", {"columns": {"start": "b", "end": "e"}},
     "a.csv: line 2: ends at 3, before it begins at 7"),
    ("id", "doc,code,text,i\nd,a,x,\n", {"columns": {"excerpt": "i"}},
     "a.csv: line 2: has a code and no excerpt id"),
    ("one id", "doc,code,text,i\nd,a,x,1\nd,a,y,1\n", {"columns": {"excerpt": "i"}},
     "a.csv: line 3: excerpt '1' is another one at a.csv: line 2"),
    ("twice", "doc,code,text,v\nd,a,x,positive\nd,a,x,negative\n", {"columns": {"valence": "v"}},
     "a.csv: line 3: excerpt 'a:1' has the code 'a' twice, with the valences 'positive' and"),
    ("no such code", "doc,code,text\nd,sleep,x\n", {"codes": {"slep": {"theme": "Sleep"}}},
     "config.yaml: interviews.files.a.codes: no code is called 'slep'; did you mean 'sleep'?"),
    ("no such mark", "doc,code,text\nd,sleep,x\n", {"cleared": {"code": "quotable"}},
     "config.yaml: interviews.files.a.cleared.code: no code is called 'quotable'"),
    ("two constructs", "doc,code,text\nd,sleep,x\nd,mood,x\nd,a,x\n",
     {"construct_codes": {"sleep": "sleep", "mood": "depression"}},
     "a.csv: line 4: excerpt 'a:1' has marks of two constructs, 'sleep' and 'depression'"),
    ("name", "doc,code,text\nd,sleep,x\n", {"source_name": "{site}_{interview}"},
     "a.csv: line 2: document 'd' is not called like source_name"),
    ("document", "doc,code,text\nd,sleep,x\n", {"not_interviews": ["protocol"]},
     "a.csv: not_interviews: no document is called 'protocol'"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "how", "line"), [row[1:] for row in ROWS],
                         ids=[row[0] for row in ROWS])  # fmt: skip
def test_rows_that_do_not_fit(tmp_path: Path, text: str, how: dict[str, Any], line: str) -> None:
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    columns = {**SEGMENTS["columns"], **how.get("columns", {})}  # type: ignore[dict-item]
    file = {**SEGMENTS, "path": "a.csv", **how, "columns": columns}
    lines = told(tmp_path, {"a": file}, ("north", "south"))
    assert len(lines) == 1
    assert lines[0].startswith(line)


REMEDIES: list[tuple[str, bytes, str, dict[str, Any]]] = [
    ("nul", b"doc,code,text\nd,a,x\x00\n", "write nul_bytes: drop", {"nul_bytes": "drop"}),
    ("encoding", "doc,code,text\nd,a,café\n".encode("cp1252"), "declare the right encoding",
     {"encoding": "cp1252"}),
    ("separator", b"doc;code;text\nd;a;x\n", 'write separator: ";"', {"separator": ";"}),
    ("twice", b"doc,code,text,text\nd,a,x,y\n", "write header: {repeated: number}",
     {"header": {"repeated": "number"}}),
    ("nameless", b"doc,code,text,\nd,a,x,y\n", "write header: {nameless: number}",
     {"header": {"nameless": "number"}}),
    ("further down", b"a title\ndoc,code,text\nd,a,x\n", "write header: {skip: ",
     {"header": {"skip": 1}}),
    ("line", b"doc,code,text,line\nd,a,x,9\n", "(header: {columns: [...]})",
     {"header": {"columns": ["doc", "code", "text", "at"]}}),
]  # fmt: skip
"""What a table is, the remedy that its message names, and the setting as it is then written."""


@pytest.mark.parametrize(("content", "remedy", "setting"), [row[1:] for row in REMEDIES],
                         ids=[row[0] for row in REMEDIES])  # fmt: skip
@pytest.mark.parametrize("whose", ["files", "people", "codebook"])
def test_a_remedy_that_is_named_can_be_taken(
    tmp_path: Path, content: bytes, remedy: str, setting: dict[str, Any], whose: str
) -> None:
    """Coded files, tables of people and codebooks have the settings that their messages name."""
    (tmp_path / "a.csv").write_bytes(content)
    (tmp_path / "good.csv").write_text("doc,code,text\nd,a,x\n", encoding="utf-8")

    def asked(own: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        table = {"path": "a.csv", **own}
        if whose == "files":
            return {"a": {**SEGMENTS, **table}}, {}
        columns = {"interview": "doc"} if whose == "people" else {"code": "code"}
        beside: dict[str, Any] = {whose: {"columns": columns, **table}}
        return {"a": {"path": "good.csv", **SEGMENTS}}, beside

    files, beside = asked({})
    lines = told(tmp_path, files, **beside)
    assert len(lines) == 1
    assert lines[0].startswith("a.csv: ") and remedy in lines[0]
    files, beside = asked(setting)
    assert len(imported(tmp_path, files, **beside).excerpts) == 1


def test_sheets_and_tables_without_records(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name in ("coded", "also coded"):
        sheet = book.create_sheet(name)
        for row in (["doc", "code", "text"], ["d", "a", "x"]):
            sheet.append(row)
    book.remove(book.worksheets[0])
    book.save(tmp_path / "a.xlsx")
    (tmp_path / "b.csv").write_text("doc,code,text\n", encoding="utf-8")
    files = {"a": {"path": "a.xlsx", **SEGMENTS}, "b": {"path": "b.csv", **SEGMENTS}}
    assert told(tmp_path, files) == [
        "a.xlsx: sheet 'coded' is read, being the first; 'also coded' holds a table too, which no"
        " entry reads; write sheet: coded if that is meant",
        "b.csv: holds column names but no records; export it again",
    ]
    one = {"path": "a.xlsx", "sheet": "also coded", **SEGMENTS}
    assert len(imported(tmp_path, {"a": one}).excerpts) == 1


def test_people_who_are_not_listed(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("doc,code,text\nWern,a,x\n", encoding="utf-8")
    (tmp_path / "p.csv").write_text("interview,role\nWren,staff\nWren,volunteer\n")
    people = {"path": "p.csv", "columns": {"role": "role"}}
    assert [line.partition(" (")[0] for line in told(
        tmp_path, {"a": {"path": "a.csv", **SEGMENTS}}, people=people
    )] == [
        "p.csv: line 3: 'Wren' stands in another line too, and differs; keep one",
        "a.csv: line 2: p.csv lists nobody: no interview is called 'Wern'; did you mean 'Wren'?",
    ]  # fmt: skip


DECLARED: list[tuple[dict[str, Any], str]] = [
    ({"kind": "segments", "columns": {"code": "c"}}, "whose words these are"),
    ({"kind": "segments", "columns": {"source": "c"}}, "name code"),
    ({"kind": "excerpts", "columns": {"source": "c"}}, "name theme, or code"),
    ({"kind": "framework"}, "whose row it is"),
    (
        {"kind": "framework", "columns": {"interview": ""}},
        "number} and interview: column_1",
    ),
    ({"kind": "qdpx", "columns": {"text": "t"}}, "text: a qdpx has none"),
    ({"kind": "qdpx", "source_name": "{place}"}, "put at least one of"),
    ({"kind": "qdpx", "source_name": "{site}{site}"}, "may stand once"),
    ({"kind": "qdpx", "cleared": {}}, "write either column or code"),
    ({"kind": "qdpx", "encoding": "cp1252", "sheet": "a"}, "encoding, sheet: a qdpx is no table"),
    ({**SEGMENTS, "header": {"syntax": "a.R"}}, "header.syntax: is of LimeSurvey's answers alone"),
]


@pytest.mark.parametrize(("entry", "fact"), DECLARED)
def test_entries_that_do_not_fit_their_kind(entry: dict[str, Any], fact: str) -> None:
    with pytest.raises(ValidationError, match=fact.replace("(", r"\(")):
        imported(Path(), {"a": {"path": "x", **entry}})


def test_many_elements_and_long_attributes_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Few bytes of an archive become many elements; a long attribute is read in one go."""
    monkeypatch.setattr(xml_tree, "MOST", 1_000)
    monkeypatch.setattr(xml_tree, "LONGEST", 5_000)
    for inside, fault in (
        ("<a/>" * 1_001, "holds more than 1,000 elements"),
        (f'<a b="{"c" * 5_001}"/>', "an attribute is longer than 5,000 letters"),
    ):
        path = qdpx(tmp_path / "p.qdpx", project(code(1, "x"), "", f"<Notes>{inside}</Notes>"))
        with pytest.raises(CespError, match=fault):
            read_project(path, "p.qdpx")


@pytest.mark.parametrize("positions", ["characters", "utf16"])
def test_many_passages_of_one_long_text_take_no_more_than_the_text(
    tmp_path: Path, positions: str
) -> None:
    """Few bytes mark nearly all of a text 600 times; at one place it is one excerpt, held once."""
    text = "words of an interview " * 14_000
    n, of = len(text), {"a": {"path": "p.qdpx", "kind": "qdpx", "positions": positions}}
    apart = "".join(selection(1_000 + i, i, n - i, 2) for i in range(600))
    alike = "".join(selection(1_000 + i, 0, n, 2) for i in range(600))
    qdpx(tmp_path / "p.qdpx", project(code(2, "x"), text_source(10, "d", text, apart)))
    tracemalloc.start()
    try:
        assert told(tmp_path, of) == [
            f"p.qdpx: project.qde: its passages have {600 * n - 599 * 600:,} characters together,"
            " more than the 50,000,000 that are read; mark passages, not whole texts again and"
            " again, or export it in parts"
        ]
        first = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        qdpx(tmp_path / "p.qdpx", project(code(2, "x"), text_source(10, "d", text, alike)))
        assert len(imported(tmp_path, of).excerpts) == 1
        second = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert first < MOST_SELECTED * 1.5, "what is within the limit, and the file"
    assert second < 50 * n, "not 600 times"


def test_what_is_wrong_with_many_places_of_a_text_is_said_once(tmp_path: Path) -> None:
    """A text of another version: one line a document, not one for each of its selections."""
    beyond = "".join(selection(20 + i, i, 9 + i, 2) for i in range(5))
    turned = selection(40, 9, 4, 2)
    sources = text_source(10, "d", "I say.", beyond + turned)
    sources += text_source(11, "e", "You say.", selection(50, 0, 99, 2))
    qdpx(tmp_path / "p.qdpx", project(code(2, "x"), sources))
    lines = told(tmp_path, {"a": {"path": "p.qdpx", "kind": "qdpx"}})
    begun = [
        f"selection {guid(20)}: ends at 9, its text at 6; ",
        f"selection {guid(40)}: ends at 4, before it begins at 9; export it again",
        f"selection {guid(50)}: ends at 99, its text at 8; ",
    ]
    assert len(lines) == len(begun)
    for line, one in zip(lines, begun, strict=True):
        assert line.startswith(f"p.qdpx: project.qde: {one}")
    assert [line.endswith(" (5 such selections there)") for line in lines] == [True, False, False]


def test_texts_have_a_limit_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qdpx_reader, "MOST_TEXT", 2**20)
    sources = "".join(
        f'<TextSource guid="{guid(n)}" name="{n}" plainTextPath="internal://{n}.txt"/>'
        for n in (3, 4)
    )
    members = {f"sources/{n}.txt": b"a" * (2**19 + 1) for n in (3, 4)}
    qdpx(tmp_path / "p.qdpx", project(code(1, "x"), sources), members)
    assert of_project(tmp_path) == [
        "p.qdpx: its texts have more than 1 MB together; export it in parts"
    ]


@pytest.mark.parametrize("end", ["9" * 5_000, "9" * 11, "-1", "1.5"])
def test_a_place_beyond_all_texts_is_one_line(tmp_path: Path, end: str) -> None:
    chosen = selection(7, 0, 1, 1).replace('endPosition="1"', f'endPosition="{end}"')
    path = qdpx(tmp_path / "p.qdpx", project(code(1, "x"), text_source(3, "d", "words", chosen)))
    with pytest.raises(CespError, match="no whole numbers; export it again"):
        read_project(path, "p.qdpx")


def test_ids_that_stand_twice_or_not_at_all_are_told_together(tmp_path: Path) -> None:
    bare = selection(8, 0, 1, 1).replace(f'guid="{guid(8)}" start', "start")
    twice = [text_source(n, f"d{n}", "words", selection(7, 0, 1, 1)) for n in (3, 4)]
    path = qdpx(
        tmp_path / "p.qdpx",
        project(
            code(1, "x") + code(1, "y"), "".join([*twice, text_source(5, "d5", "words", bare)])
        ),
    )
    with pytest.raises(CespError) as error:
        read_project(path, "p.qdpx")
    said = "\n".join(error.value.problems)
    assert f"2 codes have the id {guid(1)}" in said
    assert f"selections of 2 documents have the id {guid(7)}" in said
    assert "a coded selection has no id (guid)" in said


@pytest.mark.parametrize(
    "other",
    [
        selection(7, 6, 9, 1),
        selection(7, 6, 9),
        f'<PDFSelection guid="{guid(7)}" page="0"/><PDFSelection guid="{guid(7)}" page="1"/>',
    ],
    ids=["coded", "uncoded", "pages"],
)
def test_two_passages_of_one_id_are_refused(tmp_path: Path, other: str) -> None:
    """Else the words of the one, and that they may be quoted, would stand under the other's codes,
    as in an export in which a copied selection kept its guid."""
    source = text_source(3, "d", "good. bad.", selection(7, 0, 4, 1) + other)
    qdpx(tmp_path / "p.qdpx", project(code(1, "x"), source))
    assert of_project(tmp_path) == [
        f"p.qdpx: project.qde: 2 selections of a document have the id {guid(7)}, and are other"
        " passages; export it again"
    ]


def test_one_id_twice_at_one_place_is_one_passage(tmp_path: Path) -> None:
    source = text_source(3, "d", "good.", selection(7, 0, 4, 1) + selection(7, 0, 4, 2))
    qdpx(tmp_path / "p.qdpx", project(code(1, "x") + code(2, "y"), source))
    found = imported(tmp_path, {"a": {"path": "p.qdpx", "kind": "qdpx"}}).excerpts
    assert found[["excerpt", "code", "text"]].to_numpy().tolist() == [
        [guid(7), "x", "good"],
        [guid(7), "y", "good"],
    ]


def test_an_archive_within_a_project_is_never_unpacked(tmp_path: Path) -> None:
    """As documents in .docx are; one here would unpack to what is refused outside."""
    qdpx(tmp_path / "inner.qdpx", "<!DOCTYPE", {"../evil.txt": b"x"})
    inner = (tmp_path / "inner.qdpx").read_bytes()
    own = tmp_path / "own"
    own.mkdir()
    qdpx(own / "p.qdpx", GOOD, {"x.zip": inner, "sources/a.docx": inner})
    got = imported(own, {"a": {"path": "p.qdpx", "kind": "qdpx"}})
    assert got.excerpts["text"].tolist() == ["abc"]
    assert [one.name for one in own.iterdir()] == ["p.qdpx"]
