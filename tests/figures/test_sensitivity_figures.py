"""Tipping maps and the forest of assumptions: what is drawn where, and what is said of it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from cesp_analysis.figures.assumptions import AssumptionPanel, AssumptionRow, assumptions
from cesp_analysis.figures.assumptions import alt_text as alt_of_assumptions
from cesp_analysis.figures.palette import PALETTE, luminance
from cesp_analysis.figures.tipping import SHADES, TippingPanel, alt_text, tipping
from cesp_analysis.missing.sensitivity_words import Places

ABOVE, BELOW, HOLDS = "interval above 0", "interval below 0", "interval includes 0"
SIDE = tuple(float(one) for one in range(-4, 5))


def panel(
    start: float, half: float, side: tuple[float, ...] = SIDE, each: Any = "site"
) -> TippingPanel:
    """estimate = start + 0.4 a - 0.3 b, intervals of one width."""
    a, b = np.meshgrid(side, side)  # columns: the intervention
    estimate = start + 0.4 * a - 0.3 * b
    return TippingPanel(
        "Score, 12 months: Change", "points", Places("North", "South", each), side, 0.0, 2.5, 2,
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
    assert ABOVE in texts(one) and HOLDS in texts(one)
    thick = [
        line
        for line in drawn.axes[0].collections
        if len(line.get_linewidths()) and max(line.get_linewidths()) > 2
    ]
    low = thick[0].get_paths()[0].vertices  # where the lower end is no difference
    assert 1.0 + 0.4 * low[:, 0] - 0.3 * low[:, 1] == pytest.approx(0.8, abs=1e-9)
    said = below(drawn)
    assert "Thick line: on its one side the interval includes no difference" in said
    assert "No difference: 0; an interval that includes it leaves open whether there is a" in said


def test_a_map_between_few_points_says_so() -> None:
    exact = panel(1.0, 0.8)
    assert "Straight lines" not in below(tipping([exact], "95% interval"))
    few = replace(exact, between="5 by 5 points", title="Sleep: Mixed")
    said = below(tipping([exact, few], "95% interval"))
    assert said.endswith("Straight lines between points: Sleep: Mixed: 5 by 5 points.")


def boxes(drawn: Any) -> list[tuple[str, Any]]:
    """What is written on the map with where it is, as it is drawn."""
    drawn.canvas.draw()
    axes = drawn.axes[0]
    return [(text.get_text(), text.get_window_extent()) for text in axes.texts]


@pytest.mark.parametrize("side", [SIDE, (-4.0, -2.0, 0.0, 2.0, 4.0)])
@pytest.mark.parametrize(("start", "half"), [(1.0, 0.8), (0.2, 1.0), (-1.5, 0.3), (0.0, 2.6)])
def test_no_words_hide_each_other_the_square_or_the_thick_line(
    start: float, half: float, side: tuple[float, ...]
) -> None:
    drawn = tipping([panel(start, half, side)], "95% interval")
    found = boxes(drawn)
    assert any(text.startswith("interval") for text, _ in found)
    assert any(text[-1:].isdigit() and " " not in text for text, _ in found)  # a line's number
    for at, (_, one) in enumerate(found):
        assert not any(one.overlaps(other) for _, other in found[at + 1 :])
    axes = drawn.axes[0]
    square = axes.transData.transform((0, 0))
    thick = [
        axes.transData.transform(path.interpolated(50).vertices)
        for line in axes.collections
        if len(line.get_linewidths()) and max(line.get_linewidths()) > 2
        for path in line.get_paths()
        if len(path.vertices)
    ]
    for text, box in found:
        assert not box.contains(*square), text
        assert not any(box.contains(*point) for line in thick for point in line), text
        assert axes.bbox.x0 <= box.x0 and box.x1 <= axes.bbox.x1, text
        assert axes.bbox.y0 <= box.y0 and box.y1 <= axes.bbox.y1, text


@pytest.mark.parametrize(("start", "half"), [(1.0, 0.8), (0.2, 1.0), (-1.5, 0.3)])
def test_words_stay_in_their_region(start: float, half: float) -> None:
    for text in tipping([panel(start, half)], "95% interval").axes[0].texts:
        x, y = text.get_position()
        low, high = (start + 0.4 * x - 0.3 * y + end * half for end in (-1, 1))
        read = ABOVE if low > 0 else BELOW if high < 0 else HOLDS
        said = text.get_text().replace("\n", " ")
        assert not said.startswith("interval") or said == read


def test_where_there_are_arms_and_no_sites_it_says_arms() -> None:
    one = panel(1.0, 0.8, each="arm")
    drawn = tipping([one], "95% interval")
    axes = drawn.axes[0]
    said = [below(drawn), axes.get_xlabel(), axes.get_ylabel(), alt_text([one])]
    assert not any("site" in text for text in said)
    assert axes.get_xlabel() == "Shift of what is missing in North (points)"
    assert "in each arm" in said[0] and "either way in both arms" in said[3]


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
    assert f"as imputed 1.00 points, {ABOVE};" in said and f"the {HOLDS} (no difference) on" in said
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
