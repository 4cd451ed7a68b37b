"""Predicted beside observed means: what is shown, what the caption tells, where marks stand."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.declared.wording import Wording
from cesp_analysis.figures.kinds import KINDS, beside, figures_of
from cesp_analysis.figures.predicted import OBSERVED, PredictedPanel, Series, alt_text, predicted
from cesp_analysis.figures.predicted_panels import predicted_panels
from cesp_analysis.figures.style import save
from cesp_analysis.models.kinds import KINDS as MODELS
from cesp_analysis.models.tables import Means
from cesp_analysis.report.wording_spec import wording_spec
from cesp_analysis.study.read import read_study
from designs import Case, study_of
from small_panel import model, panel_of

TIMES = ["Visit 0", "Visit 1"]
FIT: dict[str, dict[str, Any]] = {
    "did": {"design": "change"},
    "did_people": {"design": "unit_effects", "covariance": "CR2", "cluster": "person"},
    "did_samples": {"design": "cross_sections"},
    "ancova": {},
    "weighted_did": {"design": "change", "method": "entropy", "covariates": ["age"]},
    "dr_did": {"design": "change", "covariates": ["age"]},
    "group_time": {"design": "panel", "cluster": "person"},
    "glm": {"family": "gamma", "design": "panel"},
    "glm_samples": {"family": "gamma", "design": "cross_sections"},
    "ordinal": {"design": "panel", "at_least": [5]},
    "mixed": {"random": ["person"]},
    "mmrm": {},
    "survey": {"level": "respondent"},
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
    return Wording.model_validate_json(wording_spec(read_study(study.folder)))


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
    frame = pd.DataFrame(rows).assign(level="person", model_time="")
    return frame.reindex(columns=list(Means.columns()))


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
    why = caption.partition("Models that predict no means: ")[2]
    for kind in ("did", "ancova", "weighted_did", "dr_did"):
        assert f"kind {kind}: " in why
    assert "kind did: each person's change alone is compared;" in why and "mixed" not in why
    assert "Without means, because nothing was estimated: lost." in caption
    assert "a line of its own" not in caption
    assert (
        "ones: primary outcomes, and of each model of none of these its first outcome;" in caption
    )


def test_where_no_outcome_is_primary_the_caption_says_so(words: Wording) -> None:
    none = {n: own.model_copy(update={"role": "secondary"}) for n, own in words.outcomes.items()}
    words = words.model_copy(update={"outcomes": none})
    _, caption = predicted_panels(table(words, mixed=["score", "lonely"]), words, "person")
    said = (
        "ones: the first of each model, an outcome, as none here is primary; the tables hold all."
    )
    assert said in caption
    _, caption = predicted_panels(table(words, mixed=ONE, alone=["lonely"]), words, "person")
    assert "the first of each model, outcomes, as none here is primary;" in caption


def test_a_model_of_each_later_time_has_a_line_for_each(words: Wording) -> None:
    made = table(words, mixed=ONE, counts=ONE)
    again = made[made["model"] == "counts"].assign(model_time="t2")
    again["mean"] += 0.25
    made.loc[made["model"] == "counts", "model_time"] = "t1"
    panels, caption = predicted_panels(pd.concat([made, again]), words, "person")
    lines = {s.points[0][1]: s.label for s in panels[0].series}
    assert lines == {0.0: OBSERVED, 1.0: "mixed", 2.0: "counts", 2.25: "counts"}
    assert "Of counts each time has a line of its own to the time of reference" in caption
    axes = predicted(panels, TIMES).axes[0]
    at = [float(np.asarray(line.get_xdata())[0]) for line in axes.lines if line.get_marker() == "^"]
    assert at == pytest.approx([0.075, 0.225])  # apart: else the bar of one hides the other


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
    assert "predicted_respondent" in figures_of(["respondent"], predicting=["respondent"])
    alone = [name for name, kind in KINDS.items() if name != "predicted" and kind.under is None]
    assert all(beside(f"{kind}_person", ["a"]) == [] for kind in alone)


@pytest.mark.parametrize("name", FIT)
def test_a_fit_holds_means_or_its_kind_says_why_not(name: str) -> None:
    panel, kind = panel_of(), name.partition("_")[0] if name not in MODELS else name
    if kind == "survey":
        panel["level"] = panel["level"].cat.rename_categories({"person": "respondent"})
    if kind == "ordinal":
        panel["value"] = (panel["value"] / 4).round()
    spec = model(kind=kind, **FIT[name])
    fit = spec.fit(panel)
    assert {row.status for row in fit.estimates} == {"estimated"}
    assert bool(fit.means) != bool(spec.no_means())


def test_every_kind_is_asked_whether_it_predicts() -> None:
    assert set(MODELS) <= set(FIT)


@pytest.mark.parametrize("kind", ["glm", "ordinal"])
def test_each_later_time_has_the_means_of_its_own_model(kind: str) -> None:
    panel = panel_of(times=3)
    panel["value"] = (panel["value"] / 4).round() if kind == "ordinal" else panel["value"]
    gone = (panel["time"] == "t2") & (panel["unit"].astype(str) < "p010")
    spec = model(kind=kind, times=3, **FIT[kind])
    fit = spec.fit(panel[~gone])
    places = [(m.group, m.model_time, m.time) for m in fit.means]
    assert len(set(places)) == len(places) == 8  # two sites, two later times, two ends each
    assert {place[1:] for place in places} == {
        ("t1", "t0"), ("t1", "t1"), ("t2", "t0"), ("t2", "t2"),
    }  # fmt: skip
    mean = {place: m.mean for place, m in zip(places, fit.means, strict=True)}
    one, other = fit.means[0].group, next(m.group for m in fit.means if m.arm != fit.means[0].arm)
    sign = 1 if fit.means[0].arm == "intervention" else -1
    for row in (r for r in fit.estimates if r.estimand.startswith("difference in") and
                "probability" not in r.estimand):  # fmt: skip
        t = str(row.time)
        change = {g: mean[g, t, t] - mean[g, t, "t0"] for g in (one, other)}
        # rounding of a few additions of numbers below 100
        assert sign * (change[one] - change[other]) == pytest.approx(row.estimate, abs=1e-10)


def test_means_of_cross_sections_without_covariates_are_the_observed_ones() -> None:
    panel = panel_of()
    fit = model(kind="did", design="cross_sections").fit(panel)
    assert len(fit.means) == 4
    for mean in fit.means:
        values = panel[(panel["site"] == mean.group) & (panel["time"] == mean.time)]["value"]
        # a saturated model: its mean and HC2 error are the sample's own; rounding alone
        assert mean.mean == pytest.approx(values.mean(), rel=1e-12)
        assert mean.std_error == pytest.approx(values.std() / len(values) ** 0.5, rel=1e-10)
        assert mean.n == len(values)


def test_adjusted_means_of_cross_sections_differ_by_the_estimate() -> None:
    fit = model(kind="did", design="cross_sections", covariates=["age"]).fit(panel_of())
    mean = {(m.arm, m.time): m.mean for m in fit.means}
    (row,) = fit.estimates
    change = {arm: mean[arm, "t1"] - mean[arm, "t0"] for arm in ("intervention", "control")}
    # rounding of a few additions of numbers below 100
    assert change["intervention"] - change["control"] == pytest.approx(row.estimate, abs=1e-10)
    assert all("at the covariates' mean" in m.method for m in fit.means)


def test_saturated_models_of_two_kinds_predict_the_same_means() -> None:
    """Saturated, without covariates: gamma's means are the cells' as well."""
    did = model(kind="did", design="cross_sections").fit(panel_of()).means
    glm = model(kind="glm", family="gamma", design="cross_sections").fit(panel_of()).means
    # iterated until coefficients move by less than the engine's 1e-8
    assert [m.mean for m in glm] == pytest.approx([m.mean for m in did], rel=1e-7)
