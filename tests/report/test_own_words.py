"""An analyst's own words stop no run, and take no word of the report's own out of the guard."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from cesp_analysis import contracts
from cesp_analysis import instruments as shipped
from cesp_analysis.analysis_plan.tables import PlanLocks
from cesp_analysis.declared.wording import Wording
from cesp_analysis.errors import CespError
from cesp_analysis.pipeline import opened
from cesp_analysis.report import own_words
from cesp_analysis.report.blocks import Paragraph
from cesp_analysis.report.claims import Guard
from cesp_analysis.report.results import Results
from cesp_analysis.report.wording_spec import wording_spec
from cesp_analysis.report.write import section, written
from cesp_analysis.study.name_rules import words_of
from cesp_analysis.study.read import read_study
from designs import Case, results_of, study_of
from released_study import drawn, release, results_released
from small_study import Study

ROOT = Path(__file__).resolve().parents[2]
LABEL = "Effect of the intervention on significant loneliness"
POPULATION = "Adults with clinically significant loneliness"
REASON = "a significant shortfall in recruitment"
HOUSEHOLD = "Significant other"


def declared(study: Study) -> None:
    """Free texts with every kind of word that the report itself may not say."""
    told = study.config
    told["estimands"]["aim"] |= {
        "label": LABEL,
        "population": POPULATION,
        "treatment": "The effect of the programme offered, against usual support",
        "intercurrent_events": {
            "stopped": {"strategy": "hypothetical", "label": "Effective_loss of significant ties"},
            "contamination": {"strategy": "treatment_policy"},
        },
    }
    told["estimands"]["unmet"] = told["estimands"]["aim"] | {
        "label": "Proof of concept",
        "summary_measure": "significant difference",
        "intercurrent_events": {"contamination": {"strategy": "hypothetical"}},
    }
    told["files"]["people"]["derived"] = {"old": {"expression": "age >= 60"}}
    told["contamination"] = {"label": "Significant contact", "variable": "old", "values": ["1"]}
    told["models"]["clean"] = told["models"]["did"] | {
        "analysis_set": "without_contaminated_controls",
        "estimand": "unmet",
    }
    told["files"]["people"]["variables"]["sex"]["values"] = ["f", HOUSEHOLD]
    told["covariates"]["sex"] = {"label": "Sex", "variable": "sex"}
    told["models"]["weighted"]["covariates"] = ["age", "sex"]
    people = str(study.files["people.csv"])
    study.files["people.csv"] = re.sub(r",m(?=[,\n])", f",{HOUSEHOLD}", people)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Results]:
    """A study of such words, run, its lock amended for a reason of such words."""
    study = study_of(Case((1, 1), planned=True), tmp_path_factory.mktemp("own"))
    declared(study)
    with pytest.MonkeyPatch.context() as patch:
        found = results_of(study, patch)
        path = found.folder / "tables" / "plan_locks.csv"
        locks = contracts.read(path, PlanLocks)
        amended = locks.assign(date="2026-02-01", reason=REASON)
        contracts.write(pd.concat([locks, amended], ignore_index=True), path, PlanLocks)
        with path.with_name("plan_changes.csv").open("a", encoding="utf-8") as changes:
            changes.write(f"2026-01-15,2026-02-01,{REASON},estimands,aim,population,changed,")
            changes.write(f"{POPULATION},{LABEL}\n")
        yield Results(found.words, found.folder, found.sources_file)


SPEAKING = (
    "comparability",
    "plan",
    "estimates",
    "balance",
    "standardised",
    "specification_curve",
    "bracket",
)


def test_the_report_prints_the_analyst_s_own_words(results: Results) -> None:
    said = {name: repr(section(name, results)) for name in SPEAKING}
    for text in (LABEL, POPULATION, REASON, "significant ties", "not 'significant difference'"):
        assert text in said["plan"], text
    assert f"Estimand: {LABEL}." in said["estimates"]
    assert "contaminated controls (Significant contact) left out" in said["estimates"]
    assert f"Sex: {HOUSEHOLD}" in said["balance"]
    assert f"stub='{HOUSEHOLD}'" in said["comparability"]


def test_the_report_that_leaves_says_them_too(results: Results) -> None:
    """And where it is stopped, its own folder is named."""
    told = opened(".")
    assert release(told) == 0
    assert list(drawn(told, only=frozenset())) == []
    public = results_released(told)
    said = repr(written(public))
    for text in (LABEL, POPULATION, f"Sex: {HOUSEHOLD}"):
        assert text in said, text
    for own, folder in ((public, "results/public"), (results, "results/report")):
        with pytest.raises(CespError, match=f"^{folder}: section balance: 'significant'"):
            Guard.of(own).hold("balance", [Paragraph("The difference was significant.")])


@pytest.mark.parametrize(
    "text",
    [
        "The difference was significant.",
        "A significant shortfall.",
        "The effect of the intervention was 2 points.",
        "This is proof of concept.",
        f"{POPULATION} fell.",
    ],
)
def test_free_texts_take_no_word_out_of_the_guard(results: Results, text: str) -> None:
    with pytest.raises(CespError, match="section plan"):
        Guard.of(results).hold("plan", [Paragraph(text)])


FAMILY = {"label": "Main", "estimates": ["did/score/after"]}
SUBSETS = {
    "label": "Use",
    "variable": "used",
    "measured": "after",
    "values": {"f": "Some", "m": "Highly effective"},
}
BY_AGE = {"label": "Dose", "variable": "score", "measured": "after", "cuts": [40],
          "labels": ["few", "many"]}  # fmt: skip
NAMES: tuple[tuple[dict[str, Any], str], ...] = (
    ({"models": {"proof": {"kind": "did", "design": "change", "outcomes": ["score"]}}},
     "models.proof: 'proof' beside"),
    ({"outcomes": {"score": {"label": "Effective"}}}, "outcomes.score.label: 'Effective' beside"),
    ({"arms": {"control": {"label": "Ineffective"}}}, "arms.control.label: 'Ineffective' beside"),
    ({"analysis_plan": {"families": {"proven": FAMILY}}}, "analysis_plan.families.proven: 'pro"),
    ({"contamination": {"label": "Significant", "variable": "sex", "values": ["f"]}},
     "contamination.label: 'Significant' beside"),
    ({"outcomes": {"score": {"unit": "effective"}}}, "outcomes.score.unit: 'effective' beside"),
    ({"study": {"title": "Not significant"}}, "study.title: 'Not significant' beside"),
    ({"flow": {"listed": {"label": "Proof", "file": "people"}}}, "flow.listed.label: 'Proof' besi"),
    ({"subsets": {"use": SUBSETS}}, "subsets.use.values.m: 'Highly effective' beside"),
    ({"subsets": {"age": {**BY_AGE, "label": "Significant"}}}, "subsets.age.label: 'Significant'"),
    ({"subsets": {"age": {**BY_AGE, "labels": ["young", "Proven"]}}}, "subsets.age.labels: 'Prov"),
)  # fmt: skip


@pytest.mark.parametrize(("change", "line"), NAMES)
def test_a_name_that_is_a_verdict_by_itself_is_refused(
    tmp_path: Path, change: dict[str, Any], line: str
) -> None:
    """Where it can still be changed: before anything runs."""
    study = Study(tmp_path)
    study.config["files"]["after"]["variables"]["used"] = {
        "type": "category", "values": ["f", "m"], "column": "id",
    }  # fmt: skip
    study.write()
    with pytest.raises(CespError) as told:
        read_study(tmp_path, change)
    (said,) = str(told.value).splitlines()
    assert said.startswith(f"config.yaml: {line}")


def test_words_that_only_hold_a_verdict_are_names(tmp_path: Path) -> None:
    Study(tmp_path).write()
    labels = {"outcomes": {"score": {"label": "Effective coping"}, "lonely": {"label": "Proofs"}}}
    assert read_study(tmp_path, labels).outcomes["score"].label == "Effective coping"


def test_codes_of_raw_files_are_data(tmp_path: Path) -> None:
    """Their labels are what a reader sees."""
    study = Study(tmp_path)
    answer = {"type": "category", "values": ["effective", "significant"]}
    study.config["files"]["after"]["variables"]["used"] = answer
    study.config["subsets"] = {
        "use": {"label": "Use", "variable": "used", "measured": "after",
                "values": {"effective": "Much of it", "significant": "Some of it"}},
    }  # fmt: skip
    assert study.lines() == []


def test_a_score_s_label_that_is_a_verdict_is_refused(tmp_path: Path) -> None:
    study = Study(tmp_path)
    text = (Path(str(shipped.__file__)).parent / "ucla3.yaml").read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    data["scores"][0]["label"] = "Effective"
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    study.config["instruments"] = {"ucla3": {"path": "mine.yaml"}}
    ran = study.run()
    (line,) = ran.lines
    assert ran.status == 1 and "scores." in line and "'Effective' beside an estimate" in line


def test_every_word_that_is_own_goes_through_the_rule() -> None:
    """What `Wording` passes on, and the guard passes over: a new label there cannot be missed."""
    study = read_study(ROOT)
    words = Wording.model_validate_json(wording_spec(study))
    known = {text for _, text in words_of(study)}
    known |= set(words.scores.values())  # instruments/types.py holds these to it
    known |= {words.banner, *(model.no_means for model in words.models.values())}  # the program's
    known |= {*words.feasibility, *words.checklists}  # names of tables, of published lists
    formatted = set(study.study.figure_formats)
    assert set(own_words.strings(words.model_dump())) - known - formatted == set()
