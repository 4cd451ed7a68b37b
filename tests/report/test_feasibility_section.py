"""The section Feasibility: reds first, no zone by colour alone, nothing missing called green."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cesp_analysis.declared.wording import Wording
from cesp_analysis.figures.recruitment import (
    AHEAD,
    PLANNED,
    alt_text,
    recruitment,
    recruitment_panels,
)
from cesp_analysis.numbers import NONE
from cesp_analysis.report.blocks import Block, Bullets, Callout, Table
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.feasibility import LIGHTS, feasibility
from cesp_analysis.report.wording_spec import wording_spec
from cesp_analysis.study.read import read_study
from cesp_analysis.whole_files import write_json, write_text
from feasible import changed, feasible, made
from small_study import Study, inside


def blocks_of(study: Study) -> list[Block]:
    made(study)
    with inside(study.folder):
        words = Wording.model_validate_json(wording_spec(read_study()))
        about = {"caption": "A", "alt": "A", "svg": "a.svg", "png": "a.png", "csv": "a.csv"}
        write_text("x\n", Path("results/figures/a.csv"))
        write_json(about, Path("results/figures/recruitment_person.json"))
        return list(feasibility(Results(words, Path("results"), Path("data/raw/SOURCES.yaml"))))


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> list[Block]:
    return blocks_of(feasible(tmp_path_factory.mktemp("shown")))


def table(blocks: list[Block], name: str) -> Table:
    return next(block for block in blocks if isinstance(block, Table) and block.id == name)


def test_the_reds_stand_first_whatever_was_decided(shown: list[Block], tmp_path: Path) -> None:
    first = next(block for block in shown if isinstance(block, Callout))
    assert first.tone == "caution"
    assert first.text == (
        "Overall ■ RED, the worst of all that are shown. Red: Harm. Not assessed: Liked. Green:"
        " Recruitment; Consent; Age. What was decided is not written down."
    )
    study = feasible(tmp_path)
    study.config["feasibility"]["decision"] = {"justification": "All is well, go on."}
    again = next(block for block in blocks_of(study) if isinstance(block, Callout))
    assert again.text.startswith("Overall ■ RED, the worst of all that are shown. Red: Harm.")
    assert again.text.endswith("Decided: All is well, go on.")


def test_what_is_not_assessed_may_be_red(tmp_path: Path) -> None:
    study = feasible(tmp_path)
    del study.config["feasibility"]["progression"]["harmed"]
    first = next(block for block in blocks_of(study) if isinstance(block, Callout))
    assert first.tone == "caution"
    assert first.text.startswith("Overall ○ Not assessed: what nobody assessed may be red.")


def test_zones_differ_in_shape_and_word(shown: list[Block]) -> None:
    assert len({light[0] for light in LIGHTS.values()}) == len(LIGHTS) == 4
    assert len({light[2:].lower() for light in LIGHTS.values()}) == 4
    cells = {
        row.stub: row.cells for group in table(shown, "progression").groups for row in group.rows
    }
    assert cells["Harm"][0] == "■ RED" and cells["Liked"][0] == "○ Not assessed"
    assert cells["Harm"][1:5] == ("2 of 12 (16.7%)", "4.7 to 44.8%", "≥ 10%", "≤ 5%")
    assert cells["Recruitment"][3:5] == ("≤ 6", "≥ 10")
    assert cells["All criteria together"][0] == "■ RED"
    said = next(block for block in shown if isinstance(block, Bullets))
    assert "guidelines, not rules" in said.items[0]
    assert "not locked" in said.items[-1]


def test_where_no_day_is_known_the_page_says_so(tmp_path: Path) -> None:
    study = feasible(tmp_path)
    for i in range(1, 13):
        study.files["people.csv"] = changed(str(study.files["people.csv"]), f"P{i:02}", "came", "")
    for group in table(blocks_of(study), "projection").groups:
        for row in group.rows:
            assert row.cells[2] == NONE and "it is not known when they came" in str(row.under)


def test_what_the_effective_number_changes_stands_beside(tmp_path: Path) -> None:
    study = feasible(tmp_path)
    own = study.config["feasibility"]
    own["link_workers"]["icc"] = 0.9
    own["progression"]["women"] = {
        "label": "Women", "rate": "by_sex", "value": "f", "red": 0.4, "green": 0.8, "alpha": 0.1,
        "rationale": "R",
    }  # fmt: skip
    blocks = blocks_of(study)
    cells = {r.stub: r for g in table(blocks, "progression").groups for r in g.rows}
    assert cells["Women"].cells[0] == "▲ Amber, better than red (like red)"
    notes = [note.text for note in table(blocks, "progression").notes]
    assert any(note.startswith("In brackets: at the effective") for note in notes)
    said = next(n.mark for n in table(blocks, "progression").notes if "independent of" in n.text)
    assert said in cells["Consent"].marks.split()  # nobody there has a link worker
    assert said not in cells["Women"].marks.split()
    sizes = {r.stub: r.cells for g in table(blocks, "sample_size").groups for r in g.rows}
    assert sizes["Women"][2:] == ("12 (8.3)", "yes (no)")
    text = table(blocks, "sample_size").notes[0].text
    assert "1 rule met by n, not at the effective sample size." in text


def test_every_number_without_a_rate_keeps_its_row(shown: list[Block]) -> None:
    rows = [row for group in table(shown, "rates_workers").groups for row in group.rows]
    nobody = [row for row in rows if row.stub == "W9"]
    assert nobody and all(row.cells == ("0", "0", "–", "–", "–") for row in nobody)
    assert all(row.under.startswith("no rate: nobody is in the denominator") for row in nobody)


def test_a_study_without_the_section_has_none(tmp_path: Path) -> None:
    study = feasible(tmp_path)
    study.write()
    with inside(tmp_path):
        words = Wording.model_validate_json(wording_spec(read_study()))
    none = words.model_copy(update={"feasibility": ()})
    assert list(feasibility(Results(none, tmp_path, tmp_path))) == []


def test_the_figure_says_what_its_table_holds(tmp_path: Path) -> None:
    import pandas as pd

    rows = pd.DataFrame(made(feasible(tmp_path))["recruitment"])
    label: Callable[[str], Any] = str.title
    panels = recruitment_panels(rows.replace({"group": {"": None}}), label)
    assert [panel.label for panel in panels] == ["All", "North", "South"]
    assert alt_text(panels).startswith(
        "People taken in over time. All: 12 people until 2024-01-31, 10 planned by then; 36 to be"
        " expected by 2024-03-31 (23 to 56). North: 6 people until 2024-01-31, 7 planned"
    )
    assert panels[2].planned.days == panels[2].ahead.days == ()  # no target of its own
    drawn = recruitment(panels, "95% interval")
    # grey print: lines differ by dashes and marks, not by colour alone
    looks = {
        (line.get_linestyle(), line.get_marker())
        for axes in drawn.axes
        for line in axes.get_lines()
    }
    assert looks == {("-", "o"), ("--", "None")} and PLANNED != AHEAD
