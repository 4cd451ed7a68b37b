"""Sections of interviews and of how they meet the numbers: words as their tables have them."""

import json
import re
import shutil
from dataclasses import astuple
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from cesp_analysis.cli import main
from cesp_analysis.declared.wording import Wording
from cesp_analysis.errors import CespError
from cesp_analysis.figures.interview_panels import spoken_of
from cesp_analysis.report import write
from cesp_analysis.report.blocks import (
    Block,
    Bullets,
    Callout,
    Figure,
    Heading,
    Paragraph,
    Report,
    See,
    Table,
    as_dict,
)
from cesp_analysis.report.checklist_answers_interviews import INTERVIEWS
from cesp_analysis.report.claims import Guard
from cesp_analysis.report.html import render_html
from cesp_analysis.report.own_words import _of_interviews, strings
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections import interview_grid, interview_tables
from cesp_analysis.report.sections.checklists import checklists
from cesp_analysis.report.sections.integration import _number, integration
from cesp_analysis.report.sections.interviews import _held, _rules, interviews
from cesp_analysis.report.sections.process import process
from cesp_analysis.report.titles import TITLES, WITH_THE_TEAM
from cesp_analysis.report.wording_spec import wording_spec
from cesp_analysis.report.write import section as blocks_of
from cesp_analysis.study.read import read_study
from cesp_analysis.withheld import LETTER, Withheld
from interviewed_study import draws, ran
from small_study import inside


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder = tmp_path_factory.mktemp("told")
    ran(folder)
    with inside(folder):
        for command in draws().values():
            assert main(command) == 0
        words = Wording.model_validate_json(wording_spec(read_study()))
    return Results(words, folder / "results", folder / "data/raw/SOURCES.yaml")


def table(blocks: list[Block], name: str) -> Table:
    return next(block for block in blocks if isinstance(block, Table) and block.id == name)


def text(blocks: list[Block]) -> str:
    kept = (Paragraph, Callout, Bullets)
    return json.dumps([b.__dict__ for b in blocks if isinstance(b, kept)], ensure_ascii=False)


def test_who_was_asked_and_what_each_adds(results: Results) -> None:
    own = list(interviews(results))
    said = text(own)
    assert "3 interviews (North 2; South 1), 5 excerpts with 2 codes of 2 themes." in said
    for unit in ("themes", "codes"):
        assert f"base 4, run 2, at most 5% new {unit}: does not apply (3 interviews" in said
    (group,) = table(own, "theme_coverage").groups
    assert [row.stub for row in group.rows] == ["1. Wren", "2. Lark", "3. Kite"]
    assert group.rows[0].cells[:4] == ("North", "Staff", "2", "2")
    assert [b.id for b in own if isinstance(b, Figure)] == [
        "figure_themes_person", "figure_theme_network_person", "figure_cooccurrence_person",
        "figure_theme_grid_person",
    ]  # fmt: skip


def test_what_comes_up_where_is_a_table_for_the_page_and_a_figure_for_paper(
    results: Results,
) -> None:
    own = list(interviews(results))
    grid = table(own, "theme_by_interview")
    assert grid.sortable, "Word and PDF leave it out"
    assert grid.caption.startswith("What comes up in which interview, in the order of the files")
    assert [column.header for column in grid.columns] == ["Interviews", "Wren", "Lark", "Kite"]
    (group,) = grid.groups
    assert [(row.stub, row.cells) for row in group.rows] == [
        ("limits", ("2", "1", "·", "1")), ("time", ("3", "1", "1", "1")),
    ]  # fmt: skip
    assert "What comes up in which interview, in the order of the files" in text(own)


@pytest.mark.parametrize(
    ("most", "stubs"),
    [
        (3, [("help", "All of it"), ("help", "rent"), ("home", "All of it")]),
        (2, [("", "help"), ("", "home")]),
    ],
)
def test_subthemes_stand_under_their_theme_where_a_page_can_bear_it(
    monkeypatch: pytest.MonkeyPatch, most: int, stubs: list[tuple[str, str]]
) -> None:
    monkeypatch.setattr(interview_grid, "MOST", most)
    rows = [
        {"theme": theme, "subtheme": part, "interview": "A", "excerpts": n}
        for theme, part, n in (("help", "", 2), ("help", "rent", 1), ("home", "", 0))
    ]
    told: Any = SimpleNamespace(
        theme_by_interview=rows, import_notes=[], theme_coverage=[{"shares_place": "yes"}]
    )
    own = interview_grid.grid(told)
    assert [(group.title, row.stub) for group in own.groups for row in group.rows] == stubs
    notes = " ".join(note.text for note in own.notes)
    assert ("Subthemes stand in the CSV." in notes) is (most == 2)
    assert "Some interviews share a place in the order." in notes
    assert "in the order in which they were held" in own.caption


def test_agreement_is_without_an_interval_where_few_were_coded_twice(results: Results) -> None:
    own = table(list(interviews(results)), "coder_agreement")
    (group,) = own.groups
    assert group.title == "Ada and Ben"
    assert group.rows[0].cells == (
        "2", "1", "5", "0.80", "–", "5", "0.55", "–", "5", "0.57", "–",
    )  # fmt: skip
    notes = [note.text for note in own.notes]
    assert "3 interviews: an interval needs at least 10." in notes
    assert not any("Intervals of 10 to 15" in one for one in notes)


def test_what_was_coded_anew(results: Results) -> None:
    own = list(interviews(results))
    (merged,) = table(own, "code_changes").groups
    assert (merged.title, merged.rows[0].stub, merged.rows[0].cells[0]) == (
        "Merged",
        "buses",
        "limits",
    )
    assert "2 codes are called as they were. 4 excerpts are in both imports." in text(own)
    assert "Excerpts that are new: E5." in text(own)


def test_the_codebook_has_names_and_no_code_of_coding_for_agreement_alone() -> None:
    rows = [
        {"code": code, "theme": theme, "subtheme": part, "description": "", "kind": "theme",
         "excerpts": n, "counted": counted}
        for code, theme, part, n, counted in (
            ("a \\/ b", "a / b", "", 2, "yes"), ("c / d", "c", "d", 1, "yes"),
            ("idle", "idle", "", 0, "yes"), ("second coder's", "second coder's", "", 0, "no"),
        )
    ]  # fmt: skip
    words: Any = SimpleNamespace(sites=(), site_of=str)
    told: Any = SimpleNamespace(codes=rows, interviews=[{"site": "", "excerpts": 3}], words=words)
    groups = interview_tables.codes(told).groups
    assert [(group.title, [row.stub for row in group.rows]) for group in groups] == [
        ("a / b", ["a / b"]), ("c", ["d"]), ("idle", ["idle"]),
    ]  # fmt: skip
    assert _held(told).endswith("with 2 codes of 2 themes; 1 code no excerpt has.")


def test_names_of_lists_are_as_they_were() -> None:
    change = {"change": "lost", "code": "c \\| d", "into": "", "by": "", "before": 2, "after": 0,
              "already": None, "went": "e \\| f: 1 | g: 1"}  # fmt: skip
    recode = {"change": "recoded", "excerpt": "E1", "interview": "Wren", "taken": "c \\| d | a",
              "given": ""}  # fmt: skip
    code = {"kind": "theme", "code": "c \\| d", "theme": "c | d", "subtheme": "",
            "description": "", "excerpts": 1, "counted": "yes"}  # fmt: skip
    told: Any = SimpleNamespace(codes=[code], code_changes=[change], recoded=[recode])
    (group,) = interview_tables.changes(told, [change]).groups
    assert (group.rows[0].stub, group.rows[0].cells[-1]) == ("c | d", "e | f: 1, g: 1")
    (group,) = interview_tables.recoded(told).groups
    assert group.rows[0].cells == ("Wren", "c | d, a", "–")
    (group,) = interview_tables.codes(told).groups
    assert group.rows[0].stub == "c | d"


def test_the_joint_display_has_a_construct_a_group(results: Results) -> None:
    own = list(integration(results))
    groups = {group.title: {row.stub: row.cells for row in group.rows} for group in
              table(own, "joint_display").groups}  # fmt: skip
    assert list(groups) == ["Loneliness", "The score", "Delivery", "weather"]
    said, way = groups["The score"]["Outcome of people"]
    assert said == "Score, After: 0.83 points (−0.15 to 1.82; with site shocks −1.35 to 3.02)"
    assert way == "unclear"
    assert groups["The score"]["Inference"] == ("To be written", "To be written")
    assert groups["Loneliness"]["Inference"] == ("Both say so (The team, 2026-01-02)", "Confirm")
    assert groups["Loneliness"]["Interviews"][0] == (
        "3 excerpts of 3 interviews; 1 at control sites, not compared. Positive 2."
        " Themes: time 2, limits 1"
    )
    assert "Inferences to be written in inferences.csv: The score and Delivery." in text(own)


@pytest.mark.parametrize(
    ("shock", "unit", "said"),
    [
        (1.25, "points", "; a shock to this difference of exactly 1.25 points would undo"),
        (0.004, "points", ""),
        (0.0, "points", ""),
        (None, "points", ""),
        (Withheld(), "points", ""),
        (1.234567, "ratio", "; a shock to this difference of exactly 1.235 ratio would undo"),
    ],
)
def test_a_shock_is_told_unless_it_is_nothing_or_withheld(
    results: Results, shock: Any, unit: str, said: str
) -> None:
    row = next(r for r in results.joint_display if r["label"] == "The score")
    own = _number(row | {"shock_breaks": shock, "unit": unit}, "", "Outcome of people", results)
    told = own.cells[0].partition(")")[2]
    assert told == (f"{said} what its interval says" if said else "")


def test_html_in_a_quote_is_text(results: Results) -> None:
    blocks = (table(list(integration(results)), "joint_display"),)
    page = render_html(as_dict(Report("T", "", "", "en", blocks=blocks)), results.folder).replace(
        "<wbr>", ""
    )
    assert "&lt;b&gt;time&lt;/b&gt; &amp; tea" in page and "<b>time" not in page


def test_an_excerpt_that_is_not_cleared_stands_nowhere(results: Results) -> None:
    for section in (process, interviews, integration):
        said = json.dumps([block.__dict__ for block in section(results)], default=str)
        assert "No bus" not in said
    for path in results.folder.rglob("*"):
        if path.suffix in (".csv", ".json", ".svg"):
            assert "No bus" not in path.read_text(encoding="utf-8"), path


def test_no_section_says_more_than_its_design_allows(results: Results) -> None:
    guard = Guard(by_chance=False)
    for name, section in (("process", process), ("interviews", interviews)):
        guard.hold(name, list(section(results)))
    guard.hold("integration", list(integration(results)))
    headings = [b.anchor for b in interviews(results) if isinstance(b, Heading)]
    assert headings[0] == "interviews" and len(set(headings)) == len(headings)


def test_items_of_checklists_are_filled_from_what_is_there(results: Results) -> None:
    said: dict[str, Any] = {name: answer(results) for name, answer in INTERVIEWS.items()}
    assert said["interviewed"].said == "3 interviews, by role and site"
    assert said["coders"].said == "More than one coder, and how alike they coded"
    assert said["joined"].said.endswith("inferences by The team")
    assert said["insights"].said == "Inferences of not yet every construct"


@pytest.mark.parametrize("interviews", [11, 12])
def test_names_stay_beside_the_columns_of_a_wide_table(interviews: int) -> None:
    """Of more than twelve columns, the one of how many interviews among them."""
    rows = [
        {"theme": "help", "subtheme": "", "interview": f"P{i}", "excerpts": i}
        for i in range(interviews)
    ]
    told: Any = SimpleNamespace(theme_by_interview=rows, import_notes=[], theme_coverage=[])
    report = Report("T", "", "", "en", blocks=(interview_grid.grid(told),))
    page = render_html(as_dict(report), Path())
    assert ('<table class="wide" data-sortable>' in page) is (interviews == 12)


def test_a_checklist_names_no_author_whose_row_names_an_interview() -> None:
    """The list leaves as it is; an author of such a row stays with the team."""

    def said(*own: tuple[str, str, str]) -> str:
        names = ("inference_text", "author", "names_somebody")
        rows = [dict(zip(names, row, strict=True)) for row in own]
        told: Any = SimpleNamespace(joint_display=rows)
        answer = INTERVIEWS["joined"](told)
        assert answer is not None
        return answer.said

    begins = "Joint display by the pillar integration process"
    assert said(("a", "Wren", "yes"), ("b", "Ada", "no")) == f"{begins}; inferences by Ada"
    assert said(("a", "Wren", "yes")) == said(("a", "", "no")) == begins
    assert said(("", "", "no")) == f"{begins}; no inference is written yet"


def test_what_people_called_things_stops_no_report(results: Results, tmp_path: Path) -> None:
    """Themes, what the import tells of them, authors: nobody's verdict on an estimate."""
    shutil.copytree(results.folder, tmp_path / "results")
    for name, old, new in (
        ("joint_display", ",The team,", ",Clinical Effectiveness Unit,"),
        ("joint_themes", ",time,", ",Effective help,"),
        ("codes", "\ntime,", "\nEffective help,"),
        ("import_notes", "interviews stand", "'effective  help' is read as 'Effective help'"),
    ):
        path = tmp_path / f"results/tables/{name}.csv"
        before = path.read_text(encoding="utf-8")
        path.write_text(before.replace(old, new), encoding="utf-8")
        assert new in path.read_text(encoding="utf-8"), name
    told = Results(results.words, tmp_path / "results", tmp_path / "SOURCES.yaml")
    own = *strings(told.words.model_dump()), *_of_interviews(told)
    guard = Guard(by_chance=False, own=tuple(text for text in own if text))
    said = json.dumps([as_dict(block) for block in blocks_of("interviews", told)])
    assert "'effective  help'" in said, "the section is people's"
    shown = list(integration(told))
    guard.hold("integration", shown)
    said = json.dumps([as_dict(block) for block in shown])
    assert "Clinical Effectiveness Unit" in said and "Effective help" in said
    with pytest.raises(CespError, match="would be said of an estimate"):
        guard.hold("integration", [Paragraph("The programme is effective.")])


def test_rules_are_told_of_themes_and_of_codes() -> None:
    """Met by one, not by the other."""
    row = {"rule": "nothing_new", "first": 10, "run": 3, "held": 13, "reason": "", "longest": 1}
    rows = [row | {"by": "theme", "reached": 13}, row | {"by": "code", "reached": None}]
    told: Any = SimpleNamespace(stopping_rules=rows)
    assert list(_rules(told)) == [
        "Francis et al. (2010), 10 and then 3 without a new theme: met after 13 of 13 interviews.",
        "Francis et al. (2010), 10 and then 3 without a new code: not met; at most 1 interview in a"
        " row.",
    ]


def test_no_way_leads_to_a_section_that_the_study_does_not_have(
    results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of interviews beside numbers without the sections Estimates and Few sites."""
    monkeypatch.setattr(write, "with_sources", lambda blocks, _: blocks)
    named = {"integration": tuple(integration(results)), "means": (Heading(1, "Few sites", "x"),)}
    monkeypatch.setattr(write, "section", lambda name, _: named.get(name, ()))
    assert not any(isinstance(block, See) for block in write.written(results).blocks)
    named["means"] = (Heading(1, "Few sites", "few_sites"),)
    whole = write.written(results).blocks
    (see,) = (block for block in whole if isinstance(block, See))
    assert [link.anchor for link in see.links] == ["few_sites"]
    page = render_html(as_dict(Report("A", "", "", "en", blocks=whole)), results.folder)
    assert set(re.findall('href="#(few_sites|estimates)"', page)) == {"few_sites"}


def test_who_is_of_no_site_is_called_so(results: Results) -> None:
    """In a study with sites the site is not known; one without has none, and speaks of none."""
    own = [row | {"site": "" if row["interview"] == "Wren" else row["site"]}
           for row in results.interviews]  # fmt: skip
    told = SimpleNamespace(**{n: getattr(results, n) for n in ("words", "codes")}, interviews=own)
    assert "(Site not known 1; North 1; South 1)" in _held(told)
    without = results.words.model_copy(update={"sites": ()})
    none = SimpleNamespace(
        words=without, codes=results.codes, interviews=[row | {"site": ""} for row in own]
    )
    assert _held(none).startswith("3 interviews, 5 excerpts")
    assert (without.site_of(""), without.group("")) == ("No site", "Before allocation")
    rows = pd.DataFrame([{"theme": "food", "role": None, "site": None, "excerpts": 1,
                          "interviews": 1, "interviewed": 1}])  # fmt: skip
    (cell,) = spoken_of(rows, without)
    assert "No site" in astuple(cell)


def test_what_is_withheld_of_a_construct_is_shown_as_withheld(results: Results) -> None:
    """Of few interviews: what most say, how it stands beside the estimate, and the flags."""
    hidden = dict.fromkeys(("majority", "compared", "survey_compared", "flags"), Withheld())
    rows = [row | hidden for row in results.joint_display]
    told: Any = SimpleNamespace(
        joint_display=rows, joint_quotes=[], joint_themes=[], theory_links=[],
        words=results.words, public=True,
    )  # fmt: skip
    shown = table(list(integration(told)), "joint_display")
    lonely = {row.stub: row.cells for row in shown.groups[0].rows}
    assert lonely["Interviews"][1] == LETTER
    assert lonely["Side by side"] == (f"Outcome of people and interviews: {LETTER}", "")
    assert lonely["To be looked at"] == (LETTER, "")


def test_an_item_whose_section_does_not_leave_says_where_it_stands(results: Results) -> None:
    row = {"item": "1", "topic": "t", "about": "a", "status": "filled", "said": "s"}
    told = [row | {"checklist": "SRQR", "where": "interviews | integration"}]
    for public, here in ((True, "Interviews (in the team's own report)"), (False, "Interviews")):
        own: Any = SimpleNamespace(checklists=told, public=public)
        (shown,) = (block for block in checklists(own) if isinstance(block, Table))
        assert shown.groups[0].rows[0].cells[-1] == f"{here}; Interviews beside the numbers"


def test_sections_that_stay_are_those_that_the_report_leaves_out() -> None:
    """By the headings of their modules."""
    folder = Path(write.__file__).parent / "sections"
    found = set()
    for name in (name for name, own in write.SECTIONS.items() if not own.public):
        source = (folder / f"{name}.py").read_text(encoding="utf-8")
        found |= set(re.findall(r'Heading\(1, [^)]*?"(\w+)"\)', source))
    assert found & {*TITLES} == WITH_THE_TEAM
