"""Tipping maps and the forest of assumptions: what is drawn where, and what is said of it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from cesp_analysis.figures.assumptions import AssumptionPanel, AssumptionRow, assumptions
from cesp_analysis.figures.assumptions import alt_text as alt_of_assumptions
from cesp_analysis.figures.palette import PALETTE, luminance
from cesp_analysis.figures.tipping import EXCLUDES, HOLDS, SHADES, TippingPanel, alt_text, tipping

SIDE = tuple(float(one) for one in range(-4, 5))


def panel(start: float, half: float) -> TippingPanel:
    """estimate = start + 0.4 a - 0.3 b, intervals of one width."""
    a, b = np.meshgrid(SIDE, SIDE)  # columns: the intervention
    estimate = start + 0.4 * a - 0.3 * b
    return TippingPanel(
        "Score, 12 months: Change", "points", ("North", "South"), SIDE, 0.0, 2.5, 2,
        estimate, estimate - half, estimate + half,
    )  # fmt: skip


def below(drawn: Any) -> str:
    return str(drawn.get_supxlabel()).replace("\n", " ")


def texts(one: TippingPanel) -> list[str]:
    axes = tipping([one], "95% interval").axes[0]
    return [text.get_text().replace("\n", " ") for text in axes.texts]


def test_regions_are_named_and_parted_by_a_thick_line() -> None:
    one = panel(1.0, 0.8)
    drawn = tipping([one], "95% interval")
    assert EXCLUDES in texts(one) and HOLDS in texts(one)
    thick = [
        line
        for line in drawn.axes[0].collections
        if len(line.get_linewidths()) and max(line.get_linewidths()) > 2
    ]
    low = thick[0].get_paths()[0].vertices  # where the lower end is no difference
    assert 1.0 + 0.4 * low[:, 0] - 0.3 * low[:, 1] == pytest.approx(0.8, abs=1e-9)
    assert "Thick line: where the interval stops excluding" in below(drawn)


def test_words_do_not_hide_the_square_and_stay_in_their_region() -> None:
    one = panel(1.0, 0.8)
    for text in tipping([one], "95% interval").axes[0].texts:
        said = text.get_text().replace("\n", " ")
        if said not in (EXCLUDES, HOLDS):
            continue
        x, y = text.get_position()
        assert np.hypot(x, y) > 0.9
        low, high = (1.0 + 0.4 * x - 0.3 * y + side * 0.8 for side in (-1, 1))
        assert (low > 0 or high < 0) == (said == EXCLUDES)


def test_a_map_on_which_nothing_tips_says_so() -> None:
    one = panel(9.0, 0.5)
    drawn = tipping([one], "95% interval")
    assert "Nowhere on the map" in below(drawn)
    assert HOLDS not in texts(one) and "0% of the map" in alt_text([one])
    both = tipping([one, panel(1.0, 0.8)], "95% interval")
    assert "where there is one" in below(both)


def test_shades_are_told_apart_in_grey() -> None:
    """Lightness falls step by step, and ink is read on all of them."""
    light = [luminance(shade) for shade in SHADES]
    assert light == sorted(light, reverse=True) and min(-np.diff(light)) > 0.1
    assert (light[-1] + 0.05) / (luminance(PALETTE["ink"][0]) + 0.05) > 7


def test_the_map_in_words() -> None:
    said = alt_text([panel(1.0, 0.8)])
    assert f"with nothing shifted 1.00 points, the {EXCLUDES}" in said
    assert alt_text([]).endswith("None.") and tipping([], "95% interval").axes == []


ROWS = (
    AssumptionRow("Description", "Complete records", 2.0, 1.0, 3.0, True, "model"),
    AssumptionRow("As the control changed", "Jump, jackknife", 1.0, 0.5, 1.5, False, "jackknife"),
    AssumptionRow("As the control changed", "Jump, Rubin", 1.0, 0.2, 1.8, False, "Rubin"),
    AssumptionRow("Shifted by site", "Lower", None, None, None, False, "Rubin"),
)
FOREST = AssumptionPanel("Score", "points", 2, 0.0, 1.5, ROWS)


def test_a_description_is_drawn_as_none_of_the_others() -> None:
    axes = assumptions([FOREST], "95% interval").axes[0]
    marks = {
        float(line.get_ydata()[0]): (line.get_marker(), line.get_markerfacecolor())
        for line in axes.lines
        if line.get_marker() not in ("None", None, "")
    }
    order = [marks[y] for y in sorted(marks)]
    assert [one for one, _ in order] == ["o", "D", "s"]
    assert order[0][1] == order[1][1] != order[2][1]  # hollow, hollow, filled
    headings = [text.get_text() for text in axes.texts if text.get_weight() == "bold"]
    assert headings == ["Description", "As the control changed", "Shifted by site"]


def test_the_forest_in_words() -> None:
    drawn = assumptions([FOREST], "95% interval", ["One site."])
    assert "Hollow diamonds: jackknife" in below(drawn) and below(drawn).endswith("One site.")
    assert "Lower, not estimable" in alt_of_assumptions([FOREST])
    plain = assumptions([replace(FOREST, rows=ROWS[2:3], mid=None)], "95% interval")
    assert "diamonds" not in plain.get_supxlabel() and "Dotted" not in plain.get_supxlabel()
    assert assumptions([], "95% interval").axes == []
