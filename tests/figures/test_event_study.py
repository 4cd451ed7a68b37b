"""The figure of effects by time since the start."""

from dataclasses import asdict, replace
from typing import Any

import pandas as pd
import pytest

from cesp_analysis.declared.wording import Wording
from cesp_analysis.figures.event_study import Since, alt_text, event_study, panels_of
from cesp_analysis.figures.of_models import draw_event_study
from cesp_analysis.models.results import Estimate
from cesp_analysis.report.wording_spec import wording_spec
from cesp_analysis.study.model_specs import nothing_to_draw
from cesp_analysis.study.read import read_study
from cesp_analysis.study.study import Study
from designs import CASES, study_of

ROW = Estimate(
    estimate_id="roll_out/score", study="tiny", model="roll_out", kind="group_time",
    level="person", outcome="score", time=None, estimand="", contrast="", unit="points",
    ci_level=0.95, estimate=1.0, ci_low=0.0, ci_high=2.0,
)  # fmt: skip


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A staggered study."""
    made = study_of(CASES["many_staggered"], tmp_path_factory.mktemp("events"))
    made.write()
    return read_study(made.folder)


def rows_of(*tails: str, **further: Any) -> pd.DataFrame:
    """Rows of a model, each named so at its end."""
    rows = [replace(ROW, estimate_id=f"roll_out/score/{tail}", **further) for tail in tails]
    return pd.DataFrame([asdict(row) for row in rows])


def test_times_before_and_since_the_start_are_in_order(study: Study) -> None:
    words = Wording.model_validate_json(wording_spec(study))
    table = rows_of("since_0", "before_12", "since_6", "from_t1", "t2", "before_1.5")
    table = pd.concat([table, rows_of("since_9", status="refused")], ignore_index=True)
    (panel,) = panels_of(table, words, "person")
    assert [point.time_since for point in panel.points] == [-12, -1.5, 0, 6]
    assert panel.points[0] == Since(-12, 1.0, 0.0, 2.0, None, None)
    assert (panel.outcome_label, panel.model_label) == ("Score", "roll_out")
    assert "−12 months: 1.00 (0.00 to 2.00)" in alt_text([panel], "months")
    joint = rows_of("since_0", "since_6", ci_low_joint=-1.0, ci_high_joint=3.0)
    drawing, caption, alt, panels = draw_event_study(joint, words, "person")
    (axes,) = [axes for axes in drawing.axes if axes.axison]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["0", "6"]
    low, high = axes.get_ylim()
    assert low < -1 and high > 3 and panels[0].points[0].ci_low_joint == -1
    assert caption.endswith("by time since it began.") and "6 months" in alt


def test_nothing_to_show_is_said(study: Study) -> None:
    assert alt_text([], "months") == "Effects by time since the start. None."
    (note,) = [text.get_text() for text in event_study([], "months").texts]
    assert note == "No model has an effect by time since the start."
    assert nothing_to_draw(study) == []
    none = {name: model for name, model in study.models.items() if model.kind != "group_time"}
    assert nothing_to_draw(study.model_copy(update={"models": none})) == ["event_study_person"]
