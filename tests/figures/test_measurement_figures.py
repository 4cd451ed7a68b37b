"""Figures of measurability: what is drawn, and what is said of it in words."""

from dataclasses import replace
from typing import Any

from cesp_analysis.figures.distributions import Bin, Histogram, distributions
from cesp_analysis.figures.distributions import alt_text as of_distributions
from cesp_analysis.figures.palette import CAUTION
from cesp_analysis.figures.reliability import Measured, reliability
from cesp_analysis.figures.reliability import alt_text as of_reliability

WHOLE = Histogram(
    "Loneliness", "points", "Baseline", 20,
    (
        Bin(3, 3, 0.05, "floor"), Bin(4, 4, 0.5), Bin(5, 5, 0.25),
        Bin(6, 6, 0.2, "ceiling", flagged=True),
    ),
)  # fmt: skip
SCALED = Histogram(
    "Wellbeing", "", "Baseline", 10,
    (Bin(7, 7, 0.0, "floor"), Bin(7, 21, 0.6), Bin(21, 35, 0.4), Bin(35, 35, 0.0, "ceiling")),
)  # fmt: skip
OPEN = Histogram("Cost", "GBP", "Baseline", 3, (Bin(0, 100, 2 / 3), Bin(100, 200, 1 / 3)))


def bars(figure: Any, panel: int) -> list[Any]:
    return list(figure.axes[panel].patches)


def test_each_bin_is_a_bar_of_its_percent_and_a_flagged_end_is_red() -> None:
    from matplotlib.colors import to_hex

    figure = distributions([WHOLE, SCALED, OPEN])
    drawn = bars(figure, 0)
    assert [round(bar.get_height(), 9) for bar in drawn] == [5, 50, 25, 20]
    assert [to_hex(bar.get_facecolor()) == CAUTION for bar in drawn] == [False, False, False, True]
    words = [text.get_text() for text in figure.axes[0].texts]
    assert words == ["floor\n5%", "ceiling\n20%"]
    assert len(bars(figure, 2)) == 2 and not figure.axes[2].texts


def test_ends_of_a_scale_stand_beside_its_bins() -> None:
    left, first, last, right = bars(distributions([SCALED]), 0)
    assert left.get_x() + left.get_width() <= first.get_x() + first.get_width() / 2
    assert right.get_x() >= last.get_x() + last.get_width() / 2
    assert (first.get_x() >= 7, last.get_x() + last.get_width() <= 35) == (True, True)


def test_distributions_in_words() -> None:
    said = of_distributions([WHOLE, OPEN])
    assert "5% at the floor; 20% at the ceiling (flagged); most at 4 (50%)" in said
    assert "Cost, Baseline, 3 values: ends of the scale not known; most at 0 to 100 (67%)" in said
    assert of_distributions([]) == "Distributions of values. None."
    assert distributions([]).axes == []


FULL = Measured(
    "Wellbeing", {"alpha": (0.8, 0.7, 0.9), "retest ICC": (1.0, None, None)}, "",
    (1.5, 0.5, 2.5), (-1.0, 4.0), "",
)  # fmt: skip
EMPTY = Measured("Life", {}, "not applicable: a single item", None, None, "no MID is declared")
NEGATIVE = Measured("Six", {"alpha": (-0.568, -1.6, 0.2)}, "", None, None, "no MID is declared")


def test_reliability_and_difference_are_drawn_with_their_intervals() -> None:
    figure = reliability([FULL, EMPTY], "95% interval", ["Mind this."])
    left, right = figure.axes
    ends = [line.get_xdata() for line in left.lines]
    assert [list(x) for x in ends] == [[0.7, 0.9], [0.8], [1.0]]
    drawn = [list(line.get_xdata()) for line in right.lines]
    assert [-1.0, 4.0] in drawn and [0.5, 2.5] in drawn and [1.5] in drawn
    assert [text.get_text() for text in left.texts] == ["not applicable: a single item"]
    assert [text.get_text() for text in right.texts] == ["no MID is declared"]
    assert "Mind this." in figure._supxlabel.get_text()  # type: ignore[attr-defined]


def test_a_negative_alpha_is_on_the_axis_and_said() -> None:
    figure = reliability([NEGATIVE], "95% interval", [])
    low, _ = figure.axes[0].get_xlim()
    assert low < -1.6
    assert "A negative alpha (\u22120.568)" in figure._supxlabel.get_text()  # type: ignore[attr-defined]


def test_no_panel_says_the_same_of_every_candidate() -> None:
    figure = reliability([EMPTY, NEGATIVE], "95% interval", [])
    assert len(figure.axes) == 1
    said = " ".join(figure.get_supxlabel().split())
    assert "Differences are not drawn: no MID is declared." in said
    assert "no MID" not in " ".join(text.get_text() for text in figure.axes[0].texts)
    apart = reliability([EMPTY, replace(NEGATIVE, no_difference="nobody answered")], "95%", [])
    assert len(apart.axes) == 2


def test_reliability_in_words() -> None:
    said = of_reliability([FULL, EMPTY])
    assert "alpha 0.80 (0.70 to 0.90); retest ICC 1.00; difference 1.50 (0.50 to 2.50)" in said
    assert "with shocks \u22121.00 to 4.00" in said
    assert "Life: not applicable: a single item; no MID is declared." in said
