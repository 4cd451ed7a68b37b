"""An analyst's own words stop no run, and take no word of the report's own out of the guard."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cesp_analysis import contracts
from cesp_analysis.errors import CespError
from cesp_analysis.report.blocks import Paragraph
from cesp_analysis.report.claims import Guard
from cesp_analysis.report.results import Results
from cesp_analysis.report.write import section
from cesp_analysis.schemas import PlanLocks
from cesp_analysis.study.read import read_study
from designs import Case, results_of, study_of
from small_study import Study

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


SPEAKING = ("plan", "estimates", "balance", "standardised", "specification_curve", "bracket")


def test_the_report_prints_the_analyst_s_own_words(results: Results) -> None:
    said = {name: repr(section(name, results)) for name in SPEAKING}
    for text in (LABEL, POPULATION, REASON, "significant ties", "not 'significant difference'"):
        assert text in said["plan"], text
    assert f"Estimand: {LABEL}." in said["estimates"]
    assert "contaminated controls (Significant contact) left out" in said["estimates"]
    assert f"Sex: {HOUSEHOLD}" in said["balance"]


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
NAMES: tuple[tuple[dict[str, Any], str], ...] = (
    ({"models": {"proof": {"kind": "did", "design": "change", "outcomes": ["score"]}}},
     "models.proof: the report prints the name"),
    ({"outcomes": {"score": {"label": "Effective"}}}, "outcomes.score.label: 'Effective' beside"),
    ({"arms": {"control": {"label": "Ineffective"}}}, "arms.control.label: 'Ineffective' beside"),
    ({"analysis_plan": {"families": {"proven": FAMILY}}}, "analysis_plan.families.proven: the rep"),
    ({"contamination": {"label": "Significant", "variable": "sex", "values": ["f"]}},
     "contamination.label: 'Significant' beside"),
)  # fmt: skip


@pytest.mark.parametrize(("change", "line"), NAMES)
def test_a_name_that_is_a_verdict_by_itself_is_refused(
    tmp_path: Path, change: dict[str, Any], line: str
) -> None:
    """Where it can still be changed: before anything runs."""
    Study(tmp_path).write()
    with pytest.raises(CespError) as told:
        read_study(tmp_path, change)
    (said,) = str(told.value).splitlines()
    assert said.startswith(f"config.yaml: {line}")


def test_words_that_only_hold_a_verdict_are_names(tmp_path: Path) -> None:
    Study(tmp_path).write()
    labels = {"outcomes": {"score": {"label": "Effective coping"}, "lonely": {"label": "Proofs"}}}
    assert read_study(tmp_path, labels).outcomes["score"].label == "Effective coping"
