"""Observed means of few respondents: their number stands alone, in the table and in the figure."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from cesp_analysis.declared.wording import Wording
from cesp_analysis.describe.means import observed_means, without_few
from cesp_analysis.figures.means import alt_text, means
from cesp_analysis.models.tables import Means
from cesp_analysis.report.sections.means import means_table
from cesp_analysis.report.wording_spec import wording_spec
from cesp_analysis.study.read import read_study
from small_study import inside
from survey_study import survey

VALUES = ["mean", "std_error", "df", "ci_low", "ci_high", "sd"]


def panel(n: int) -> pd.DataFrame:
    """n respondents and n people, who answer 1, 2, 3, … at one time."""
    rows = [
        {"level": level, "outcome": "o", "site": "north", "arm": "control", "time": "w1",
         "value": float(at)}
        for level in ("respondent", "person") for at in range(1, n + 1)
    ]  # fmt: skip
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("n", "minimum", "shown"), [(9, 10, False), (10, 10, True), (1, 1, False), (2, 1, True)]
)
def test_means_of_few_respondents_are_blank_and_those_of_people_stay(
    n: int, minimum: int, shown: bool
) -> None:
    found = without_few(observed_means(panel(n), 0.95), minimum).set_index("level")
    assert found["n"].tolist() == [n, n]
    assert bool(found.loc["respondent", VALUES].notna().any()) == shown
    assert found.loc["person", "mean"] == (n + 1) / 2 and found.loc["person", "reason"] == ""
    why = "" if shown else f"not shown: fewer than {max(minimum, 2)} answers"
    assert found.loc["respondent", "reason"] == why


def test_the_step_and_its_report_table_obey_the_studys_minimum(tmp_path: Path) -> None:
    ran = survey(tmp_path).run(until="panel")
    given = {"panel": "data/processed/panel.parquet", "ci-level": "0.95"}
    assert ran.describe("means", Means, **given, minimum="4")["mean"].notna().all()
    found = ran.describe("means", Means, **given)
    assert found["mean"].isna().all() and (found["n"] > 0).all()
    with inside(ran.folder):
        words = Wording.model_validate_json(wording_spec(read_study()))
    rows = found.astype(object).where(found.notna(), None).to_dict("records")
    results: Any = SimpleNamespace(words=words)
    table = means_table(results, rows, "respondent", "means_respondent", "", "")
    lines = [line for group in table.groups for line in group.rows]
    assert lines and all(line.marks == "a" for line in lines)
    assert [(note.mark, note.text) for note in table.notes] == [
        ("a", "Not shown: fewer than 10 answers.")
    ]
    assert all(line.cells[1:3] == ("–", "–") and line.cells[0] != "–" for line in lines)


def drawn(**changed: list[Any]) -> pd.DataFrame:
    """Two sites at two waves, of which some means are not shown."""
    why = "not shown: fewer than 10 answers"
    columns: dict[str, list[Any]] = {
        "group": ["North", "North", "South", "South"],
        "arm": ["intervention"] * 2 + ["control"] * 2,
        "time": ["w1", "w2"] * 2,
        "time_label": ["Wave 1", "Wave 2"] * 2,
        "mean": [None, None, 3.0, 4.0],
        "n": [4, 5, 42, 41],
        "reason": [why, why, None, None],
    }
    frame = pd.DataFrame(columns | changed).astype({"mean": "float64"})
    half = frame["mean"] / 10
    return frame.assign(
        outcome="o", outcome_label="Outcome", unit="points",
        ci_low=frame["mean"] - half, ci_high=frame["mean"] + half,
    )  # fmt: skip


def said(frame: pd.DataFrame) -> tuple[str, str]:
    """What stands in the panel, and beneath the figure."""
    figure = means(frame)
    return figure.axes[0].texts[0].get_text() if figure.axes[0].texts else "", (
        figure.get_supxlabel().replace("\n", " ")
    )


def test_a_panel_says_why_a_group_has_no_mean() -> None:
    inside_panel, beneath = said(drawn())
    assert inside_panel == "North: not shown: fewer than 10 answers"
    assert "A number without a mark: not shown, fewer than 10 answers." in beneath
    assert "North, not shown: fewer than 10 answers; South, Wave 1 3" in alt_text(drawn())
    nobody = drawn(n=[0, 0, 42, 41], reason=[None] * 4)
    assert said(nobody)[0] == "North: no values" and "without a mark" not in said(nobody)[1]


def test_a_panel_without_any_mean_says_it_once() -> None:
    why = ["not shown: fewer than 1000 answers"] * 4
    everything = drawn(mean=[None] * 4, reason=why)
    assert said(everything)[0] == "Not shown: fewer than 1000 answers"
    mixed = drawn(mean=[None] * 4, n=[0, 0, 42, 41], reason=[None, None, *why[:2]])
    told = said(mixed)[0].split("\n")
    assert told == ["North: no values", "South: not shown: fewer than 1000 answers"]


def test_one_mean_of_few_is_told_beneath_the_figure() -> None:
    why = "not shown: fewer than 10 answers"
    some = drawn(mean=[2.0, None, 3.0, 4.0], reason=[None, why, "no interval: why", None])
    inside_panel, beneath = said(some)
    assert inside_panel == "" and beneath.count("A number without a mark") == 1


@pytest.mark.parametrize("measure", ["proportion", "mean"])
def test_the_axis_of_proportions_ends_at_0_and_1(measure: str) -> None:
    values = drawn(mean=[0.0, 0.01, 0.9, 1.0], n=[42] * 4, reason=[None] * 4)
    frame = values.assign(measure=measure, ci_high=values["ci_high"].clip(upper=1))
    low, high = means(frame).axes[0].get_ylim()
    assert (low >= 0 and high <= 1) == (measure == "proportion")
