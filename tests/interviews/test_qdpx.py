"""Real projects and codebooks: the facts that a correct reader must give, and one written by hand.

The real files are at hand for CI, not for users; where they are absent those tests skip.
"""

import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cesp_analysis.declared.interviews import Codebook, Interviews
from cesp_analysis.interviews.codebook import read_codebook
from cesp_analysis.interviews.passages import Taken, Text
from cesp_analysis.interviews.qdpx import read_project, read_qdc
from coded_files import EXPORTS, code, guid, imported, project, qdpx, selection, text_source

real = pytest.mark.skipif(not EXPORTS.is_dir(), reason="shared/data/raw_exports is absent")
ATLAS, QC, TAGUETTE = "qdpx_atlasti_mixed_media", "qdpx_coded_transcripts", "taguette_exports"


def facts(folder: str) -> dict[str, Any]:
    """Fact → its value."""
    entries = json.loads((EXPORTS / folder / "expected.json").read_text(encoding="utf-8"))
    return {entry["id"]: entry["value"] for entry in entries}


@real
def test_a_project_of_atlas_ti_with_every_kind_of_source() -> None:
    want, path = facts(ATLAS), EXPORTS / ATLAS / "atlasti_standard_project.qdpx"
    found = read_project(path, "atlas.qdpx")
    names = {one.id: one.names[-1] for one in found.codes}
    assert [one.names[-1] for one in found.codes] == want["codes"]
    assert Counter(one.kind for one in found.sources) == want["sources"]
    assert Counter(one.kind for one in found.selections) == want["selections"]
    assert Counter(names[one.code] for one in found.codings) == want["codings"]
    others = [found.others["notes"], found.others["links"], len(found.sets), len(found.cases)]
    assert [*others, found.others["graphs"]] == want["other"]
    assert [found.named, found.named - len(found.missing)] == want["missing"]


@real
def test_a_codebook_of_atlas_ti_in_the_old_namespace() -> None:
    path = EXPORTS / ATLAS / "atlasti_codebook.qdc"
    namespace, *want = facts(ATLAS)["qdc"][:4]
    assert f'xmlns="{namespace}"' in path.read_text(encoding="utf-8")
    codes = read_qdc(path, "book.qdc")
    parent = next(one.names[-2] for one in codes if one.names[-1] == "code1.1")
    not_codable = [one.names[-1] for one in codes if not one.codable]
    assert [len(codes), not_codable, parent] == want


@real
def test_a_project_of_qc_with_a_deep_tree_and_an_uncoded_interview() -> None:
    want, path = facts(QC), EXPORTS / QC / "demo_masked.qdpx"
    found = read_project(path, "qc.qdpx")
    depths = [len(one.names) for one in found.codes]
    assert [len(depths), depths.count(1), max(depths)] == want["codes"]
    abstraction = next(one.names for one in found.codes if one.names[-1] == "abstraction")
    assert " > ".join(abstraction) == want["path"]
    coded = Counter(one.selection for one in found.codings)
    of = {source.name: [0, 0] for source in found.sources}
    for place, one in enumerate(found.selections):
        of[found.sources[one.source].name][0] += 1
        of[found.sources[one.source].name][1] += coded[place]
    assert of == want["sources"]
    several = sum(n > 1 for n in coded.values())
    assert [len(found.selections), len(found.codings), several] == want["segments"]
    names = {one.id: one.names[-1] for one in found.codes}
    used = Counter(names[one.code] for one in found.codings)
    top = sorted(used.items(), key=lambda item: (-item[1], item[0]))[:5]
    assert [len(used), [list(item) for item in top]] == want["top_codes"]
    first = found.selections[0]
    coding = names[found.codings[0].code]
    assert [first.start, first.end, coding, first.text[:40]] == want["first_segment"]
    assert sum(one.text.endswith("\n") for one in found.selections) == want["lines"][0]
    lengths = {source.name: len(source.text or "") for source in found.sources}
    assert lengths == want["lengths"][0]


@real
def test_the_uncoded_interview_is_a_row_of_interviews_and_unused_codes_stay() -> None:
    got = imported(EXPORTS / QC, {"a": {"path": "demo_masked.qdpx", "kind": "qdpx"}})
    assert dict(zip(got.interviews["interview"], got.interviews["codings"], strict=True)) == {
        "board_2017.txt": 205,
        "admin-1.txt": 0,
    }
    assert len(got.codes) == 262
    assert int((got.codes["codings"] > 0).sum()) == 77
    assert got.excerpts["excerpt"].nunique() == 158
    assert set(got.excerpts["coder"]) == {"coder 1"}
    assert not got.excerpts["text"].str.endswith("\n").any()


@real
def test_one_passage_of_a_page_and_its_text_is_one_excerpt_and_the_merging_is_told() -> None:
    how = {"path": "atlasti_standard_project.qdpx", "kind": "qdpx", "hierarchy": "::"}
    got = imported(EXPORTS / ATLAS, {"a": how})
    assert len(got.excerpts) == 14  # 16 codings, two of which stand on a page and in its text
    notes = got.notes.set_index("kind")
    assert notes.loc["same_coding_twice", "n"] == 2
    assert notes.loc["missing_files", "n"] == 17
    assert notes.loc["uncoded", "n"] == 2
    granola = got.excerpts[got.excerpts["text"] == "granola"].iloc[0]
    assert (granola["start"], granola["end"]) == (62, 69)
    assert set(got.codes["code"]) >= {"Coke / diet Coke", "Coke / full-fat Coke", "Coke"}


@real
def test_codebooks_of_taguette_are_the_same_in_three_formats() -> None:
    want = facts(TAGUETTE)["qdc"][0]
    for name in ("codebook.qdc", "codebook.csv", "codebook.xlsx"):
        how = {"path": name, "columns": {"code": "tag", "description": "description"}}
        codes = read_codebook(EXPORTS / TAGUETTE / name, Codebook.model_validate(how))
        assert [one.names[0] for one in codes] == want


CODES = code(1, "barriers", code(2, "transport"), code(3, "cost")) + code(4, "sleep")
TEXT = "Der Bus 🚌 fährt nicht.\r\nI sleep better – much."
BUS = (0, TEXT.index("."))
SLEEP = (TEXT.index("I sleep"), len(TEXT))


def test_places_count_characters_and_line_ends_as_they_are(tmp_path: Path) -> None:
    parts = selection(20, *BUS, 2) + selection(21, *SLEEP, 4)
    xml = project(CODES, text_source(10, "P1", "").replace(
        "<PlainTextContent></PlainTextContent>", parts
    ).replace('name="P1"', 'name="P1" plainTextPath="internal://a.txt"'))  # fmt: skip
    qdpx(tmp_path / "p.qdpx", xml, {"Sources/A.TXT": TEXT.encode("utf-8-sig")})
    got = imported(tmp_path, {"a": {"path": "p.qdpx", "kind": "qdpx"}}).excerpts
    assert got["text"].tolist() == ["Der Bus 🚌 fährt nicht", "I sleep better – much."]
    assert got["code"].tolist() == ["barriers / transport", "sleep"]
    assert got["theme"].tolist() == ["barriers", "sleep"]
    assert got["coder"].tolist() == ["Ada", "Ada"]
    assert got["cleared"].tolist() == ["no", "no"]


def test_places_that_count_units_of_utf_16(tmp_path: Path) -> None:
    """What a program written in JavaScript counts: the bus is two."""
    text = TEXT.replace("\r", "")
    parts = selection(20, 0, text.index(".") + 1, 2) + selection(
        21, text.index("I") + 1, len(text) + 1, 4
    )
    qdpx(tmp_path / "p.qdpx", project(CODES, text_source(10, "P1", text, parts)))
    how = {"path": "p.qdpx", "kind": "qdpx", "positions": "utf16"}
    got = imported(tmp_path, {"a": how}).excerpts
    assert got["text"].tolist() == ["Der Bus 🚌 fährt nicht", "I sleep better – much."]


VARIABLES = (
    f'<Variables><Variable guid="{guid(70)}" name="Site" typeOfVariable="Text"/>'
    f'<Variable guid="{guid(71)}" name="Who" typeOfVariable="Text"/>'
    f'<Variable guid="{guid(72)}" name="Quote" typeOfVariable="Boolean"/></Variables>'
)


def value(n: int, kind: str, said: str) -> str:
    """A variable's value."""
    ref = f'<VariableRef targetGUID="{guid(n)}"/>'
    return f"<VariableValue>{ref}<{kind}Value>{said}</{kind}Value></VariableValue>"


def test_cases_say_site_role_and_pseudonym_and_whose_selection_it_is(tmp_path: Path) -> None:
    """A focus group: one document of two people, whose words cases tell apart."""
    parts = selection(20, 0, 5, 2) + selection(21, 6, 9, 4) + selection(22, 6, 9, 3, coder=901)
    cases = f"""{VARIABLES}<Cases><Case guid="{guid(80)}" name="Wren">{value(70, "Text", "North")}
    {value(71, "Text", "link worker")}{value(72, "Boolean", "true")}
    <SelectionRef targetGUID="{guid(20)}"/></Case>
    <Case guid="{guid(81)}" name="Kite">{value(70, "Text", "North")}{value(71, "Text", "person")}
    {value(72, "Boolean", "false")}<SelectionRef targetGUID="{guid(21)}"/>
    <SelectionRef targetGUID="{guid(22)}"/></Case></Cases>"""
    sources = text_source(10, "Group 1", "abcdefghij", parts)
    qdpx(tmp_path / "p.qdpx", project(CODES, sources, cases))
    how = {
        "path": "p.qdpx",
        "kind": "qdpx",
        "columns": {"interview": "case", "site": "Site", "role": "Who"},
        "cleared": {"column": "Quote", "values": ["true"]},
    }
    roles = {"link worker": "staff", "person": "service_user"}
    got = imported(tmp_path, {"a": how}, ("north",), roles=roles, sites={"North": "north"})
    rows = got.excerpts[["interview", "site", "role", "coder", "code", "text", "cleared"]]
    assert rows.to_numpy().tolist() == [
        ["Wren", "north", "staff", "Ada", "barriers / transport", "abcde", "yes"],
        ["Kite", "north", "service_user", "Ada", "sleep", "ghi", "no"],
        ["Kite", "north", "service_user", "Ben", "barriers / cost", "ghi", "no"],
    ]
    kite = got.excerpts[got.excerpts["interview"] == "Kite"]
    assert got.interviews["interview"].tolist() == ["Wren", "Kite"]
    assert kite["excerpt"].nunique() == 1, "two selections at one place are one excerpt"


def test_sets_called_key_and_value_are_variables(tmp_path: Path) -> None:
    sets = (
        f'<Sets><Set guid="{guid(60)}" name="site: South"><MemberSource targetGUID="{guid(10)}"/>'
        "</Set></Sets>"
    )
    sources = text_source(10, "P1", "abc", selection(20, 0, 3, 4))
    xml = project(CODES, sources).replace("</Project>", f"{sets}</Project>")
    qdpx(tmp_path / "p.qdpx", xml)
    how = {"path": "p.qdpx", "kind": "qdpx", "columns": {"site": "site"}}
    assert imported(tmp_path, {"a": how}).excerpts["site"].tolist() == ["South"]


def test_a_spec_is_read_back_as_it_is_written() -> None:
    """A job is told its part of config.yaml as JSON."""
    columns = {"code": "c", "source": "s", "construct": "k"}
    meaning = {"a / b": {"construct": "sleep", "theme": "Sleep"}}
    file = {"path": "x.csv", "kind": "segments", "columns": columns, "codes": meaning}
    declared = Interviews.model_validate({"files": {"a": file}})
    assert Interviews.model_validate_json(declared.model_dump_json()) == declared


def test_twenty_thousand_excerpts_of_a_hundred_interviews_are_read_in_three_seconds(
    tmp_path: Path,
) -> None:
    """Seconds of the processor, of which it took one when this was written."""
    text = "The bus came late and nobody knew whom to ask. " * 200
    codes = "".join(code(i, f"theme {i}", code(100 + i, "below")) for i in range(1, 40))
    sources = "".join(
        text_source(
            1000 + i,
            f"P{i}",
            text,
            "".join(
                selection(10_000 + 200 * i + k, 40 * k, 40 * k + 90, 101 + (i * k) % 39)
                for k in range(200)
            ),
        )
        for i in range(100)
    )
    qdpx(tmp_path / "p.qdpx", project(codes, sources))
    before = time.process_time()
    got = imported(tmp_path, {"a": {"path": "p.qdpx", "kind": "qdpx"}})
    assert time.process_time() - before < 3
    assert (len(got.excerpts), len(got.interviews)) == (20_000, 100)
    assert got.excerpts["theme"].nunique() == 39


@pytest.mark.parametrize(("utf16", "text"), [(False, "words"), (True, "wor\U0001f600")])
def test_a_part_may_end_where_its_text_does_and_one_character_on_is_a_fault(
    utf16: bool, text: str
) -> None:
    """Five characters, or five units of UTF-16."""
    held = Text(text, utf16, Taken())
    assert held.part(0, 5) == (text, "")
    part, fault = held.part(0, 6)
    assert part == text and fault.startswith("ends at 6, its text at 5;")


def test_the_entry_says_who_coded_before_the_names_of_users_do(tmp_path: Path) -> None:
    """Two coders whose programs both call them Ada: coder: tells them apart."""
    same = text_source(10, "P1", "abcdef", selection(20, 0, 3, 1) + selection(21, 3, 6, 2))
    for name in ("a", "b"):
        qdpx(tmp_path / f"{name}.qdpx", project(code(1, "help") + code(2, "home"), same))
    files: dict[str, Any] = {
        "a": {"path": "a.qdpx", "kind": "qdpx"},
        "b": {"path": "b.qdpx", "kind": "qdpx", "coder": "second", "for_agreement": True},
    }
    got = imported(tmp_path, files)
    assert got.excerpts[["coder", "counted"]].to_numpy().tolist() == [
        ["Ada", "yes"], ["Ada", "yes"], ["second", "no"], ["second", "no"],
    ]  # fmt: skip
    assert "coder_of_all" not in got.notes["kind"].tolist()
    two = selection(20, 0, 3, 1) + selection(21, 3, 6, 2, coder=901)
    qdpx(tmp_path / "b.qdpx", project(code(1, "help") + code(2, "home"),
                                      text_source(10, "P1", "abcdef", two)))  # fmt: skip
    note = imported(tmp_path, files).notes.set_index("kind").loc["coder_of_all"]
    assert (note["n"], note["first"]) == (2, "user Ada") and "'second'" in note["fact"]
