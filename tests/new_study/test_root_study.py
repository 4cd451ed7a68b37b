"""A draft of the root study's raw files, in which a person answers the questions, and no more."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from cesp_analysis import contracts
from cesp_analysis.cli import main
from cesp_analysis.pipeline import opened
from cesp_analysis.schemas import Scores
from cesp_analysis.study.read import checked
from small_study import inside, steps

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
ANSWERS = {
    "  # A run says what is still undecided; then remove this line\n  draft: true\n": "",
    "title: undecided": "title: Made by answering questions",
    "about: undecided": "about: The synthetic study, described anew.",
    "synthetic: false": "synthetic: true",
    "{label: Trafford, arm: undecided}": "{label: Trafford, arm: intervention}",
    "{label: Wexmoor, arm: undecided}": "{label: Wexmoor, arm: control}",
    "  stretbury: {label: Stretbury, arm: undecided}\n": "",
    ", Stretbury: stretbury}": "}",
    "date: {column: date}": 'date: {column: date, format: ["%Y-%m-%d", "%d/%m/%Y"]}',
    # one question that is asked again, of the whole follow-up: at no time
    "    time: {constant: undecided}\n    site:": "    site:",
    # at no time of the study: soon after baseline
    "    path: data/raw/retest.csv\n": "    path: data/raw/retest.csv\n    one_row_per: any\n",
}
SOURCES = {
    "supplier: undecided": "supplier: cesp simulate-study",
    "received: undecided": "received: 2024-12-16",
    "licence: undecided": "licence: CC0-1.0",
    "row: undecided": "row: as the file's name says",
}


@pytest.fixture(scope="module")
def draft(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the draft."""
    folder = tmp_path_factory.mktemp("draft") / "study"
    raw = sorted(p for p in (ROOT / "data/raw").iterdir() if p.suffix != ".yaml")
    assert main(["new-study", str(folder), *map(str, raw)]) == 0
    return folder


def answer(path: Path, answers: dict[str, str]) -> None:
    """Edit a file as a person would: each text as it stands there."""
    text = path.read_text(encoding="utf-8")
    for before, after in answers.items():
        assert before in text, before
        text = text.replace(before, after)
    path.write_text(text, encoding="utf-8")


def keep_neither(path: Path) -> None:
    """Of people's answers given twice at one time neither counts, as in the root study."""
    text = path.read_text(encoding="utf-8")
    for part in ("outcomes_baseline", "outcomes_6m", "outcomes_12m"):
        begin = text.index(f"\n  {part}:\n")
        at = text.index("duplicates: keep_first", begin)
        assert at < text.index("\n\n", begin)
        text = text[:at] + text[at:].replace("keep_first", "keep_neither", 1)
    path.write_text(text, encoding="utf-8")


def test_the_draft_says_whose_rows_they_are_and_when(draft: Path) -> None:
    study, problems = checked(draft)
    assert study is not None and problems == []
    assert {name: file.level for name, file in study.files.items() if file.level != "person"} == {
        **{f"community_survey_wave_{i}": "respondent" for i in (1, 2, 3)},
        "survey_invitations": "respondent",  # as it seems: addresses of sites, at waves
        "survey_ties": "other",
        "population_age_sex": "other",
        "population_tenure": "other",
        "authority_figures": "other",
        "panel_meetings": "other",
        "screening_log": "other",
    }
    assert study.interviews is not None
    assert set(study.interviews.files) == {
        f"interview_excerpts{end}" for end in ("", "_earlier", "_second_coder")
    }
    assert [name for name, file in study.files.items() if file.lists_people] == ["people"]
    assert {name: time.position for name, time in study.times.items()} == {
        "baseline": 0,
        "6m": 6,
        "12m": 12,
    }
    assert list(study.waves) == ["wave1", "wave2", "wave3"]
    assert set(study.files["outcomes_12m"].instruments) == {
        "swemwbs", "ucla3", "dejong_gierveld_6", "ons4", "eq5d_5l", "phq9", "bscs",
    }  # fmt: skip
    assert study.files["outcomes_12m"].renamed == {"swemwbs_4": "swembs_4", "eq5d_vas": "eq_vas"}
    assert study.files["community_survey_wave_1"].missing == ("-9",)
    assert study.files["service_use"].one_row_per == "any"


def test_the_draft_does_not_guess_which_site_is_the_intervention(draft: Path) -> None:
    study, _ = checked(draft)
    assert study is not None and {site.arm for site in study.sites.values()} == {"undecided"}


def test_what_may_tell_who_somebody_is_stays_in_the_raw_file(draft: Path) -> None:
    study, _ = checked(draft)
    assert study is not None
    declared = {v.column or n for n, v in study.files["people"].variables.items()}
    assert not declared & {"full_name", "date_of_birth", "postcode", "notes"}
    participant = study.files["screening_log"].variables["participant"]
    assert (participant.type, participant.column) == ("id", "person_id")


def scores(folder: Path) -> pd.Series:
    """Every score of a study by time, in ascending order: its units' pseudonyms differ."""
    found = contracts.read(folder / "data/processed/scores.parquet", Scores)
    keys = ["time", "score"]
    found = found.astype(dict.fromkeys(keys, "str"))
    return found.sort_values([*keys, "value"]).set_index(keys)["value"].astype(float)


def test_answered_questions_are_enough_to_score_and_to_fit(draft: Path, tmp_path: Path) -> None:
    answered = tmp_path / "answered"
    shutil.copytree(draft, answered)
    answer(answered / "config.yaml", ANSWERS)
    keep_neither(answered / "config.yaml")
    answer(answered / "data/raw/SOURCES.yaml", SOURCES)
    with inside(answered):
        opened(".")
        assert steps("panel") == (0, "")
    by_hand = tmp_path / "by_hand"
    shutil.copytree(ROOT / "data/raw", by_hand / "data/raw")
    shutil.copy(ROOT / "config.yaml", by_hand)
    for name in ("unit_costs", "inferences", "context_events"):
        shutil.copy(ROOT / f"data/{name}.csv", by_hand / "data")
    with inside(by_hand):
        assert steps("score") == (0, "")
    pd.testing.assert_series_equal(scores(answered), scores(by_hand))
