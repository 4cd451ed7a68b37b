"""Every design through every sentence of the report: what it may say, and what it may not."""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import printed_report as printed
from cesp_analysis.declared.wording import Wording
from cesp_analysis.errors import CespError
from cesp_analysis.models.two_sites import SAMPLING_ONLY
from cesp_analysis.pipeline import opened
from cesp_analysis.report.blocks import Block, Paragraph, Points, Table
from cesp_analysis.report.claims import Guard, prose, what_it_can_tell
from cesp_analysis.report.html import render_html
from cesp_analysis.report.outside import STOPS, without_dead_ends
from cesp_analysis.report.results import Results
from cesp_analysis.report.wording_spec import wording_spec
from cesp_analysis.report.write import SECTIONS, section, written
from cesp_analysis.study.read import read_study
from designs import BY_CHANCE, CASES, Case, results_of, study_of
from one_story import faults as told_otherwise
from released_study import drawn, release, results_released
from same_numbers import compared
from small_study import Study
from whole_report import OLDEST, faults, summary_age

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "src/cesp_analysis/report/sections"


def sentence_functions() -> set[tuple[str, str]]:
    """Every function of the sections that speak of estimates, and of their parts: module, name."""
    found = set()
    for path in FOLDER.glob("*.py"):
        if path.stem not in SECTIONS or not SECTIONS[path.stem].peoples_words:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found |= {(path.stem, n.name) for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
    return found


class Called:
    """Which functions of the sections were called meanwhile."""

    def __init__(self) -> None:
        self.seen: set[tuple[str, str]] = set()

    def __enter__(self) -> "Called":
        self.before = sys.gettrace()
        sys.settrace(self._see)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(self.before)

    def _see(self, frame: FrameType, event: str, _: Any) -> None:
        """Once a call: as None is returned, nothing within it is told."""
        file = frame.f_code.co_filename  # no Path: every call comes here
        if file.startswith(f"{FOLDER}/"):
            self.seen.add((Path(file).stem, frame.f_code.co_name))


def fed(name: str, case: Case, folder: Path, patch: pytest.MonkeyPatch,
        called: Called) -> Iterator[tuple[str, Results, tuple[Block, ...]]]:  # fmt: skip
    """Every section of one design's report."""
    folder.mkdir()
    results = results_of(study_of(case, folder), patch)
    for one in SECTIONS:
        with called:
            blocks = section(one, results)
        # also those whose words people write, which neutral words fill here
        Guard.of(results).hold(one, blocks)
        yield one, results, blocks


def test_no_design_s_report_says_what_it_does_not_allow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called, spoke, limited = Called(), set(), {}
    for name, case in CASES.items():
        texts: list[str] = []
        whole: list[Block] = []
        for one, results, blocks in fed(name, case, tmp_path / name, monkeypatch, called):
            spoke |= {one} if blocks else set()
            told = [text for block in blocks for text in prose(block)]
            texts += told
            whole += blocks
            assert one != "summary" or summary_age(blocks) <= OLDEST, name
            _no_p_value_of_an_estimate(results, told)
            _no_site_s_p_value(case, blocks)
        _its_own_branch(name, case, texts)
        assert list(faults(results, tuple(without_dead_ends(whole)))) == [], name
        limited[name] = {point.title for b in whole if isinstance(b, Points) for point in b.points}
        assert list(told_otherwise(results)) == [], name
        _numbers_of_its_csv_files(name, [block for block in whole if isinstance(block, Table)])
        _what_leaves_is_told_to_the_end(name, called)
    assert spoke == set(SECTIONS) - {"released"}, "a section that no design feeds"
    assert sentence_functions() - called.seen == set(), "a sentence function that no design feeds"
    _each_limitation_where_it_is_true(limited)


def _what_leaves_is_told_to_the_end(name: str, called: Called) -> None:
    """The report that leaves the team: nothing small in its tables (the step attacks them), and no
    section that ends where it turns on what is withheld."""
    told = opened(".")
    assert release(told) == 0, name
    assert list(drawn(told, only=frozenset())) == []
    with called:
        blocks = written(results_released(told)).blocks
    texts = [block.text for block in blocks if isinstance(block, Paragraph)]
    assert STOPS not in texts, name
    assert sum(isinstance(block, Table) for block in blocks) > 3, name


def _each_limitation_where_it_is_true(limited: dict[str, set[str]]) -> None:
    """What few designs have; what they all have or none has is in test_limitations.py."""
    one_site = {name for name, case in CASES.items() if case.sites == (1, 1)}
    only = {
        "One site against one": one_site,
        "Nobody to compare with": {"one_group"},
        "One arm has a single site": {"one_against_many"},
        "Few sites": {"many_against_many", "many_against_many_randomised", "many_staggered"},
        "Arms not made by chance": set(CASES) - BY_CHANCE - {"one_group"},
        "No trend before": set(CASES) - BY_CHANCE - {"one_group", "one_against_one_many_times"},
        "Contamination of controls": {"one_against_one"},
        "Contamination not asked": set(CASES) - {"one_against_one", "one_group"},
        "Non-response to the surveys": {"cross_sections_framed"},
        "Response not known": {"cross_sections"},
        "Other ways of asking": {"cross_sections_framed"},
        "Plan locked after data": {"one_against_one"},
        "Plan changed": {"one_against_one"},
        "Plan not locked": set(CASES) - {"one_against_one", "one_group"},
        "Many estimates": set(CASES) - {"one_group"},
    }
    found = {title: {name for name, own in limited.items() if title in own} for title in only}
    assert found == only


def _numbers_of_its_csv_files(name: str, tables: list[Table]) -> None:
    """What the page prints is what the CSV files hold; a digit that differs is found."""
    page = render_html(printed.report(*tables), Path())
    found = compared(Path(), page)
    assert found.faults == [], name
    assert found.of.total() > 20, name
    wrong = re.sub(r">−?(\d+)\.(\d)(?=\d+<)", lambda digit: f">{digit[1]}9.{digit[2]}", page)
    assert len(compared(Path(), wrong).faults) > 5, name


def _no_p_value_of_an_estimate(results: Results, told: list[str]) -> None:
    """Neither in digits, as 3 decimals, nor in words."""
    of_models = r"chi-squared \S+ on \S+ df, p [=<] [\d.]+"  # of what a model assumes
    whole = re.sub(of_models, "", " ".join(told))
    for row in (*results.estimates, *results.ladder):
        p = row["p_value"]
        if p is not None and 0.0005 < p < 0.9995:
            assert f"p = {p:.3f}" not in whole and f"{p:.6f}" not in whole
    assert not re.search(r"(?i)\beffective(ly|ness)?\b(?! sample)", whole)
    assert not re.search(r"(?i)\bsignifican", whole)


def _no_site_s_p_value(case: Case, blocks: tuple[Block, ...]) -> None:
    """One site against one: no rung at site has as much as a smallest p."""
    if case.sites != (1, 1):
        return
    tables = [block for block in blocks if isinstance(block, Table)]
    for table in tables:
        if table.id.startswith("clusters_"):
            rows = [row for group in table.groups for row in group.rows]
            at_site = [row for row in rows if row.stub.startswith("Site")]
            assert at_site and all(set(row.cells[1:]) == {"–"} for row in at_site)


def _its_own_branch(name: str, case: Case, texts: list[str]) -> None:
    """Only chance lets a report speak of an effect of allocation; one against one says its limit"""
    by_chance = "the effect of being allocated to New"
    assert any(by_chance in text for text in texts) == (name in BY_CHANCE), name
    assert any(SAMPLING_ONLY in text for text in texts) == (case.sites == (1, 1)), name
    limit = "no number in this report shows" in " ".join(texts).lower()
    assert limit == (name not in BY_CHANCE), name


FORBIDDEN = (
    "The programme is effective.",
    "The difference was significant.",
    "A significant effect, p < .05.",
    "This proves it.",
    "At site level p = 0.03.",
    "p 0.03",
    "The p-value is 0.04.",
    "a p-value of .2",
)
BY_CHANCE_ALONE = (
    "The effect of the intervention was 2 points.",
    "The effect of New was 2 points.",
    "The impact of being allocated to New.",
    "Better because of New.",
    "A change caused by the intervention.",
    "The intervention improved wellbeing.",
)
ALLOWED = (
    "Effective sample size",
    "the smallest p-value it can give is 0.1",
    "chi-squared 80.0 on 50 df, p = 0.004: they are doubtful",
    "No number in this report shows that the intervention caused a difference.",
    "the effects not rejected",
)


def stopped(guard: Guard, text: str) -> bool:
    """Whether a report that says this in the section of estimates is stopped."""
    try:
        guard.hold("estimates", [Paragraph(text)])
    except CespError:
        return True
    return False


@pytest.mark.parametrize("text", [*FORBIDDEN, *BY_CHANCE_ALONE])
def test_the_guard_stops_what_a_design_does_not_allow(text: str) -> None:
    with pytest.raises(CespError, match=r"section estimates: '.*' would be said"):
        Guard(False, ("New",)).hold("estimates", [Paragraph(text)])


@pytest.mark.parametrize("text", BY_CHANCE_ALONE)
def test_chance_allows_to_speak_of_the_effect_of_allocation(text: str) -> None:
    assert not stopped(Guard(True, ("New",)), text)
    assert stopped(Guard(False, ("New",)), text)


@pytest.mark.parametrize("text", FORBIDDEN)
def test_no_design_allows_a_verdict(text: str) -> None:
    assert stopped(Guard(True), text)


@pytest.mark.parametrize("text", ALLOWED)
def test_terms_and_limits_pass(text: str) -> None:
    assert not stopped(Guard(False, ("New",)), text)
    assert stopped(Guard(False, ("New",)), f"{text} It is effective.")


def test_the_study_s_own_words_are_not_the_report_s(tmp_path: Path) -> None:
    """A study may call an outcome what it likes; the sentence about it stays guarded."""
    study = Study(tmp_path)
    study.config["outcomes"]["score"]["label"] = "Effective coping"
    study.write()
    words = Wording.model_validate_json(wording_spec(read_study(tmp_path)))
    alone = words.model_copy(update={"models": {}, "covariates": {}})  # no table is there
    own = Guard.of(Results(alone, tmp_path, tmp_path))
    own.hold("estimates", [Paragraph("Effective coping: estimated differences, in points.")])
    with pytest.raises(CespError, match="'effective'"):
        own.hold("estimates", [Paragraph("Effective coping: New is effective.")])


def test_beat_the_blues_may_speak_of_the_effect_of_allocation() -> None:
    """Its patients were allocated by chance, one by one."""
    words = Wording.model_validate_json(wording_spec(read_study(ROOT / "examples/beat_the_blues")))
    said = what_it_can_tell(words)
    label = words.arms["intervention"]
    assert said.tone == "note"
    assert f"estimates the effect of being allocated to {label}" in said.text
    Guard(words.chance_made_alike(), (label,)).hold("study", [said])
    with pytest.raises(CespError):
        Guard(False, (label,)).hold("study", [said])
    undrawn = words.study.model_copy(update={"randomised": False})
    other = what_it_can_tell(words.model_copy(update={"study": undrawn}))
    assert (other.tone, "effect" in other.text) == ("caution", False)


def test_a_forbidden_word_in_a_table_of_results_stops_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = results_of(study_of(replace(CASES["cross_sections"]), tmp_path), monkeypatch)
    path = Path("results/tables/estimates.csv")
    text = path.read_text(encoding="utf-8")
    assert SAMPLING_ONLY in text
    path.write_text(text.replace(SAMPLING_ONLY, "Highly significant."), encoding="utf-8")
    with pytest.raises(CespError, match="section survey_estimates: 'significant'"):
        section("survey_estimates", Results(results.words, results.folder, results.sources_file))
