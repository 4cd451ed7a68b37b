"""Predicted beside observed means: what is shown, what the caption tells, where marks stand."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.figures.kinds import KINDS, beside, figures_of
from cesp_analysis.figures.predicted import OBSERVED, PredictedPanel, Series, alt_text, predicted
from cesp_analysis.figures.predicted_panels import predicted_panels
from cesp_analysis.figures.style import save
from cesp_analysis.models.kinds import KINDS as MODELS
from cesp_analysis.models.kinds import PREDICTING
from cesp_analysis.schemas import Means
from cesp_analysis.study import specs
from cesp_analysis.study.read import read_study
from cesp_analysis.study.wording import Wording
from designs import Case, study_of
from small_panel import model, panel_of

TIMES = ["Visit 0", "Visit 1"]
FIT: dict[str, dict[str, Any]] = {
    "did": {"design": "change"},
    "ancova": {},
    "weighted_did": {"design": "change", "method": "entropy", "covariates": ["age"]},
    "dr_did": {"design": "change", "covariates": ["age"]},
    "glm": {"family": "gamma", "design": "panel"},
    "ordinal": {"design": "panel", "at_least": [5]},
    "mixed": {"random": ["person"]},
    "mmrm": {},
}


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Wording:
    """Three sites in each arm; one model more than a panel holds; one of another outcome alone."""
    study = study_of(Case((3, 3), every_kind=True), tmp_path_factory.mktemp("predicted"))
    repeated = study.config["models"]["mmrm"]
    study.config["models"] |= {
        "again": repeated,
        "alone": repeated | {"outcomes": ["lonely"]},
        "lost": repeated,
    }
    study.write()
    return Wording.model_validate_json(specs.wording(read_study(study.folder)))


def table(words: Wording, **models: list[str]) -> pd.DataFrame:
    """Means of all sites and times, later ones first: model → outcomes; '': observed ones."""
    rows = []
    for m, (name, outcomes) in enumerate({"": ["score", "lonely"], **models}.items()):
        for outcome in outcomes:
            for site in words.sites:
                for t in (1, 0):
                    row = {"model": name or np.nan, "outcome": outcome, "time": f"t{t}", "n": 9}
                    ends = {"mean": m + t / 2, "ci_low": m + t / 2 - 1, "ci_high": m + t / 2 + 2}
                    rows.append(row | ends | {"group": site.name, "arm": site.arm})
    return pd.DataFrame(rows).assign(level="person").reindex(columns=list(Means.columns()))


ONE = ["score"]


def test_primary_outcomes_are_shown_and_the_first_of_each_model_of_none(words: Wording) -> None:
    many = dict.fromkeys(("counts", "ordered", "mmrm", "again"), ONE)
    made = table(words, mixed=["score", "lonely"], **many, alone=["lonely"])
    panels, caption = predicted_panels(made, words, "person")
    assert list(dict.fromkeys(panel.outcome for panel in panels)) == ["Score", "Lonely"]
    assert list(dict.fromkeys(panel.group for panel in panels)) == [
        "Aston0", "Aston1", "Barton0", "Barton1",
    ]  # fmt: skip
    shown = [series.label for series in panels[0].series]
    assert shown == [OBSERVED, "mixed", "mmrm", "counts", "ordered"]
    assert panels[0].series[1].points == (("Visit 0", 1.0, 0.0, 3.0), ("Visit 1", 1.5, 0.5, 3.5))
    assert "Score: not drawn again." in caption and "4 of 6 sites" in caption
    assert "kind did, ancova, weighted_did, dr_did estimate differences" in caption
    assert "Without means: lost; nothing was estimated" in caption


def test_marks_stand_at_the_means_beside_each_other_and_each_has_its_own(words: Wording) -> None:
    panels, _ = predicted_panels(table(words, mixed=ONE, counts=ONE), words, "person")
    axes = predicted(panels, TIMES).axes[0]
    marked = {str(line.get_marker()): line for line in axes.lines if line.get_marker() != "None"}
    assert set(marked) == {"o", "s", "^"}
    assert [list(line.get_ydata()) for line in marked.values()] == [[m, m + 0.5] for m in range(3)]
    first = [float(np.asarray(line.get_xdata())[0]) for line in marked.values()]
    assert np.diff(first) == pytest.approx([0.16, 0.16]) and np.mean(first) == pytest.approx(0)
    ends = [bar.get_segments()[0][:, 1].tolist() for bar in axes.collections]  # type: ignore[attr-defined]
    assert ends == [[m - 1, m + 2] for m in range(3)]
    assert "Aston0: Observed 0 at Visit 0, 0.5 at Visit 1; mixed 1 at" in alt_text(panels)


def test_no_panel_and_a_panel_without_means_are_drawn(tmp_path: Path) -> None:
    one = PredictedPanel("A", "", "North", "intervention", (Series("m", (("T", 1.0, 0.0, 2.0),)),))
    for name, panels, said in (
        ("nothing", [], "No model predicted means"),
        ("half", [one, PredictedPanel("A", "", "South", "control", ())], "No means"),
    ):
        made = []
        for turn in "12":
            svg = tmp_path / f"{name}{turn}.svg"
            save(predicted(panels, ["T"]), svg, svg.with_suffix(".png"), "SYNTHETIC DATA")
            made.append(svg.read_bytes())
        assert made[0] == made[1] and said in made[0].decode()
        assert alt_text(panels).startswith("Predicted and observed means")


def test_of_many_times_names_do_not_touch() -> None:
    times = [f"Month {t}" for t in range(40)]
    series = (Series("m", tuple((time, 1.0, 0.0, 2.0) for time in times)),)
    drawn = predicted([PredictedPanel("A", "", "North", "intervention", series)], times)
    drawn.draw_without_rendering()
    boxes = [label.get_window_extent() for label in drawn.axes[0].get_xticklabels()]
    ends = [box.x1 for box in boxes]  # turned by 45 degrees about their ends
    assert min(np.diff(ends)) > 0.13 * 100 and len(boxes) < 40  # inches of a line of 8 pt, 100 dpi


def test_it_is_drawn_where_a_model_predicts_from_that_model_s_means() -> None:
    assert "predicted_person" not in figures_of(["person"], predicting=["respondent"])
    assert "predicted_person" in figures_of(["person"], predicting=["person"])
    assert beside("predicted_person", ["a"]) == ["results/models/a/means.csv"]
    assert all(beside(f"{kind}_person", ["a"]) == [] for kind in KINDS if kind != "predicted")


@pytest.mark.parametrize("kind", MODELS)
def test_the_kinds_that_predict_are_those_whose_fit_holds_means(kind: str) -> None:
    panel = panel_of()
    if kind == "ordinal":
        panel["value"] = (panel["value"] / 4).round()
    fit = model(kind=kind, **FIT[kind]).fit(panel)
    assert {row.status for row in fit.estimates} == {"estimated"}
    assert bool(fit.means) == (kind in PREDICTING)
