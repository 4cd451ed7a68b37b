"""The figure of residuals: every case draws, nothing leaves the page, its text is large enough."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from cesp_analysis.cli import main
from cesp_analysis.declared.wording import Wording
from cesp_analysis.figures.draw_residuals import panel_of
from cesp_analysis.figures.residual_plots import POINTS, Panel, Points, Units, some_of
from cesp_analysis.figures.residuals import _reading, alt_text, residuals
from cesp_analysis.figures.style import save
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.residuals import equations, why_none
from cesp_analysis.report.sections.residuals import residuals as section
from cesp_analysis.report.wording_spec import wording_spec
from cesp_analysis.study.read import read_study
from small_study import Study
from told import TRACE, write_told

SMALLEST = 7.0  # points: at the report's 1.2 times, as small as its notes


def panel(n: int = 40, mixed: bool = False, levels: int = 2, **other: Any) -> Panel:
    """An equation with n rows of as many people, and 8 neighbourhoods."""
    rng = np.random.default_rng(2)
    nothing = np.full(n, np.nan)
    points = Points(
        arm=np.where(np.arange(n) % 2, "intervention", "control").astype(object),
        fitted=rng.normal(20, 2, n),
        standardised=rng.normal(0, 1, n),
        conditional=rng.normal(0, 1, n) if mixed else nothing,
    )
    units = [
        Units(
            level=level,
            unit=np.array([f"{level[0]}{i}" for i in range(count)], dtype=object),
            cook=rng.random(count),
            change=rng.normal(0, 0.1, count),
            effect=rng.normal(0, 1, count) if mixed else np.full(count, np.nan),
            leverage=rng.random(count) if level == "person" else np.full(count, np.nan),
        )
        for level, count in (("person", n), ("neighbourhood", 8))
    ]
    made: dict[str, Any] = {
        "title": "Wellbeing (SWEMWBS), 12 months",
        "unit": "points",
        "estimate": 1.0,
        "std_error": 0.4,
        "points": points,
        "levels": tuple(units[:levels]),
    }
    return Panel(**(made | other))


def counted(n: int, values: int = 0) -> Points:
    """Standardised residuals of counts, with some different fitted values."""
    rng = np.random.default_rng(4)
    fitted = rng.integers(0, values, n) / 4 if values else rng.gamma(2, 1, n)
    arm = np.where(np.arange(n) % 2, "intervention", "control").astype(object)
    shown = rng.poisson(2, n) / np.sqrt(2) - np.sqrt(2)
    return Points(arm, fitted.astype(float), shown, np.full(n, np.nan), normal=False)


CASES = {
    "least squares": panel(),
    "mixed": panel(mixed=True),
    "many": panel(n=900, mixed=True),
    "without units": panel(levels=0),
    "a long title": panel(title="An outcome whose name goes on and on for two lines, 12 months"),
    "not normal": panel(n=300, points=counted(300)),
    "four fitted values": panel(points=counted(40, 4)),
    "nothing": None,
}


@pytest.mark.parametrize("name", list(CASES))
@pytest.mark.parametrize("banner", ["", "SYNTHETIC DATA: not results of a study"])
def test_text_stays_on_the_page_and_is_large_enough(tmp_path: Path, name: str, banner: str) -> None:
    figure = residuals(CASES[name], "Not drawn: 6 further equations of this model.")
    save(figure, tmp_path / "a.svg", tmp_path / "a.png", banner)
    figure.draw_without_rendering()  # measures as of the screen, not of the file written last
    width, height = figure.canvas.get_width_height()
    for text in figure.findobj(Text):
        if text.get_visible() and text.get_text().strip():
            assert text.get_fontsize() >= SMALLEST, text.get_text()
            box = text.get_window_extent()
            if text.get_text() in {
                label.get_text()
                for axes in figure.axes
                for label in (*axes.get_xticklabels(), *axes.get_yticklabels())
            }:
                continue  # those beyond an axis's limits are not drawn
            assert box.x0 >= -1 and box.x1 <= width + 1, text.get_text()
            assert box.y0 >= -1 and box.y1 <= height + 1, text.get_text()
    svg = (tmp_path / "a.svg").read_text(encoding="utf-8")
    case = CASES[name]
    assert ("Normal quantiles" in svg) == (case is not None and case.points.normal)
    assert ("Average residuals" in svg) == (case is not None and not case.points.normal)
    other = tmp_path / "b.svg"
    save(residuals(CASES[name], "Not drawn: 6 further equations of this model."), other,
         tmp_path / "b.png", banner)  # fmt: skip
    assert other.read_bytes() == (tmp_path / "a.svg").read_bytes()


def test_the_largest_are_among_the_points_that_are_drawn() -> None:
    values = np.random.default_rng(3).normal(0, 1, 5000)
    values[7] = np.nan
    keep = some_of(values)
    assert len(keep) == len(set(keep)) == POINTS
    largest = np.argsort(-np.abs(np.nan_to_num(values)))[:30]
    assert set(largest) <= set(keep)
    assert 7 not in keep
    assert set(some_of(values[:20])) == set(range(20)) - {7}


def test_the_last_plot_says_how_many_units_it_shows() -> None:
    assert "without each neighbourhood in turn (8); line" in _reading(panel())
    said = _reading(panel(levels=1))
    assert "without each person in turn (the 24 of 40 that change it most); line" in said


def test_the_words_name_no_person() -> None:
    said = alt_text(panel())
    assert said.startswith("Residuals and influence. Wellbeing (SWEMWBS), 12 months: standardised")
    assert "without one neighbourhood" in said and "from all 1." in said
    assert "p0" not in said and "p1" not in said
    assert alt_text(None) == "Residuals and influence. None."


def test_of_several_equations_the_primary_outcomes_last_time_is_drawn(tmp_path: Path) -> None:
    Study(tmp_path).write()
    words = Wording.model_validate_json(wording_spec(read_study(tmp_path)))
    rows = pd.DataFrame({"equation": ["score/during", "score/after"], "outcome": "score"})
    rows = rows.assign(unit="a", arm="control", fitted=1.0, residual=0.0, standardised=0.1,
                       conditional=np.nan, leverage=0.2, expected="normal")  # fmt: skip
    units = pd.DataFrame(
        columns=["equation", "level", "unit", "cook", "change", "effect", "estimate", "std_error"]
    )
    drawn, further = panel_of(rows, units, words)
    assert drawn is not None and drawn.title.endswith(words.moment("after").label)
    assert further == "Not drawn: 1 further equation of this model."
    assert panel_of(rows[:0], units, words)[0] is None


def test_the_report_shows_each_models_residuals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = Study(tmp_path)
    assert study.run().status == 0
    monkeypatch.chdir(tmp_path)
    wording = wording_spec(read_study(tmp_path))
    words = Wording.model_validate_json(wording)
    assert main(["draw_residuals", "--models", *words.models, "--spec", wording, "--made",
                 "data/processed/models", "--out", "results/figures/models"]) == 0  # fmt: skip
    assert main(["collect", "--estimates", "results/models/did/estimates.csv", "--out",
                 "results/tables/estimates.csv"]) == 0  # fmt: skip
    made = [f"results/models/did/{name}" for name in ("estimates.csv", "diagnostics.json")]
    write_told([["fit", "--model", "did", "--estimates", made[0], "--diagnostics", made[1]]])
    assert main(TRACE) == 0
    results = Results(words, tmp_path / "results", tmp_path / "data/raw/SOURCES.yaml")
    found = list(equations(results.diagnostics("did")))
    assert [(outcome, time) for outcome, time, _ in found] == [("score", "after")]
    blocks = list(section(results))
    assert [block.kind for block in blocks] == [
        "heading", "paragraph", "heading", "figure", "table",
    ]  # fmt: skip
    table: Any = blocks[-1]
    (line,) = table.groups[0].rows
    known = found[0][2]
    assert line.stub == words.moment("after").label
    assert line.cells[1] == f"{known['largest_leverage']['value']:.3f}"
    (results.folder / "models/did/diagnostics.json").write_text('{"did": {}}', encoding="utf-8")
    said: Any = list(section(Results(words, results.folder, results.sources_file)))[-1]
    assert said.text == "Nothing was estimated, or this kind of model has no such residuals."


def test_a_model_without_residuals_says_why_in_the_report() -> None:
    reason = "residuals and influence are not available for random slopes"
    assert why_none({"y": {"residuals_not_available": reason}}) == (
        "Residuals and influence are not available for random slopes."
    )
    assert why_none({"y": {}}) == (
        "Nothing was estimated, or this kind of model has no such residuals."
    )
