"""Every figure: edge cases draw, words are in the SVG, the same bytes twice, colours tell apart."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.figures import palette
from cesp_analysis.figures.flow import alt_text as flow_words
from cesp_analysis.figures.flow import flow
from cesp_analysis.figures.flow_boxes import FlowBox, Received
from cesp_analysis.figures.forest import ForestRow, forest
from cesp_analysis.figures.forest import alt_text as forest_words
from cesp_analysis.figures.love import LoveRow, love
from cesp_analysis.figures.love import alt_text as love_words
from cesp_analysis.figures.means import alt_text as means_words
from cesp_analysis.figures.means import means
from cesp_analysis.figures.missingness import alt_text as missing_words
from cesp_analysis.figures.missingness import missingness
from cesp_analysis.figures.style import save
from cesp_analysis.figures.trajectories import alt_text as lines_words
from cesp_analysis.figures.trajectories import trajectories

GROUPS = (("North", "intervention"), ("South", "control"))


def table(outcomes: int = 2, times: int = 3) -> pd.DataFrame:
    """Means by outcome, group and time."""
    rows: list[dict[str, Any]] = [
        {
            "outcome": f"o{o}",
            "outcome_label": f"Outcome {o}",
            "unit": "points",
            "group": group,
            "arm": arm,
            "time": f"t{t}",
            "time_label": f"Month {6 * t}",
            "mean": 10.0 + o + t * (arm == "intervention"),
            "ci_low": 9.0 + o,
            "ci_high": 12.0 + o,
            "n": 40 - t,
        }
        for o in range(outcomes)
        for group, arm in GROUPS
        for t in range(times)
    ]
    return pd.DataFrame(rows)


def people(n: int = 5) -> pd.DataFrame:
    """Individual values."""
    rows = [
        {
            "outcome": "o",
            "outcome_label": "Outcome",
            "unit": "points",
            "group": group,
            "arm": arm,
            "person": f"{group}{i}",
            "time_position": float(t),
            "time_label": f"Month {t}",
            "value": float(i + t) if i else np.nan,
        }
        for group, arm in GROUPS
        for i in range(n)
        for t in (0, 6)
    ]
    return pd.DataFrame(rows)


def lost(missing: int = 3) -> pd.DataFrame:
    """Expected and missing."""
    rows = [
        {
            "outcome_label": "Outcome",
            "group_label": group,
            "time_label": f"Month {t}",
            "n_expected": 10,
            "n_missing": missing,
        }
        for group, _ in GROUPS
        for t in (0, 6)
    ]
    return pd.DataFrame(rows)


BOXES = (
    FlowBox("a", "Referred", "n", "North", 50),
    FlowBox("b", "Recruited", "n", "North", 45, (("not eligible", 5),)),
    FlowBox("c", "Allocated", "n", "North", 45, part="allocation", arm="New",
            received=(Received("Met", 40, (("none recorded", 5),)),)),
    FlowBox("d", "Later", "n", "North", 41, (("Died", 6),), (("no answer before", 2),),
            (("used it", 3),), part="follow_up"),
    FlowBox("w", "Wave 1", "n", "North", 30, (("refused", 70),), invited=100, part="survey"),
)  # fmt: skip
ESTIMATE = ForestRow("Outcome", "points", "Change score", "12 months", 1.2, 0.1, 2.3, "", 1.0)
REFUSED = ForestRow("Outcome", "points", "Site model", "12 months", None, None, None, "refused")
RATIO = ForestRow("Outcome", "ratio", "Poisson", "12 months", 0.9, 0.74, 1.13, "", ratio=True)
LOVE = [
    LoveRow("Arms balanced", "Age", 0.31, 0.0),
    LoveRow("Arms balanced", "Lives alone, or with somebody who is away all day: yes", -0.52, 0.02),
    LoveRow("Overlap", "Age", 0.31, -0.12),
]
NOBODY = table().assign(mean=np.nan, ci_low=np.nan, ci_high=np.nan, n=0)

CASES: dict[str, tuple[Callable[[], Any], Callable[[], str], str]] = {
    "flow": (lambda: flow(BOXES), lambda: flow_words(BOXES), "Recruited"),
    "flow of nobody": (lambda: flow(()), lambda: flow_words(()), "No people"),
    "means": (lambda: means(table()), lambda: means_words(table()), "Outcome 1"),
    "means at one time": (
        lambda: means(table(1, 1)),
        lambda: means_words(table(1, 1)),
        "Month 0",
    ),
    "means of nobody": (lambda: means(NOBODY), lambda: means_words(NOBODY), "Outcome 0"),
    "many means": (lambda: means(table(13, 12)), lambda: means_words(table(13, 12)), "Outcome 12"),
    "trajectories": (
        lambda: trajectories(people(), limit=3, seed=1),
        lambda: lines_words(people(), limit=3, seed=1),
        "3 of 4",
    ),
    "forest": (
        lambda: forest([ESTIMATE, REFUSED]),
        lambda: forest_words([ESTIMATE, REFUSED]),
        "refused",
    ),
    "forest of ratios": (
        lambda: forest([ESTIMATE, RATIO]),
        lambda: forest_words([ESTIMATE, RATIO]),
        "0.90 (0.74 to 1.13)",
    ),
    "forest of nothing": (lambda: forest([]), lambda: forest_words([]), "No estimates"),
    "balance": (lambda: love(LOVE, "Said."), lambda: love_words(LOVE), "Lives alone"),
    "balance of nothing": (lambda: love([], ""), lambda: love_words([]), "Nothing was weighted"),
    "missingness": (lambda: missingness(lost()), lambda: missing_words(lost()), "30%"),
    "nothing missing": (lambda: missingness(lost(0)), lambda: missing_words(lost(0)), "0%"),
}


@pytest.mark.parametrize("name", CASES)
def test_it_draws_says_and_repeats_itself(name: str, tmp_path: Path) -> None:
    draw, words, said = CASES[name]
    made = []
    for turn in range(2):
        svg, png = tmp_path / f"{turn}.svg", tmp_path / f"{turn}.png"
        save(draw(), svg, png, "SYNTHETIC DATA")
        made.append((svg.read_bytes(), png.read_bytes()))
    assert made[0] == made[1]
    text = made[0][0].decode()
    assert "SYNTHETIC DATA" in text and said in text
    assert len(words()) > 5


def test_contrast_is_that_of_the_standard() -> None:
    assert palette.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert palette.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_colours_stand_out_from_paper_and_from_each_other(scheme: int) -> None:
    colour = {name: pair[scheme] for name, pair in palette.PALETTE.items()}
    for name in ("ink", "muted", "intervention", "control", "caution"):
        assert palette.contrast(colour[name], colour["paper"]) > 4.5, name
    assert palette.contrast(colour["ink"], colour["panel"]) > 7
    assert palette.contrast(colour["intervention"], colour["control"]) > 1.9  # in greyscale too


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("percent", [0, 3, 8, 15, 30, 70])
def test_text_in_a_cell_stands_out(percent: float, scheme: int) -> None:
    partner = {pair[0]: pair[scheme] for pair in palette.PALETTE.values()}
    cell, text = palette.heat(percent)
    assert palette.contrast(partner[cell], partner[text]) > 4.5


def test_a_stronger_shade_is_more_missing() -> None:
    for scheme, sign in ((0, -1), (1, 1)):
        steps = [palette.luminance(palette.PALETTE[f"heat-{step}"][scheme]) for step in range(6)]
        assert steps == sorted(steps, reverse=sign < 0)


def test_a_long_refusal_does_not_widen_the_forest() -> None:
    long = ForestRow(
        "Outcome", "points", "M", "12 months", None, None, None, "refused: " + "x" * 50
    )
    assert forest([ESTIMATE, long]).get_figwidth() == forest([ESTIMATE]).get_figwidth()


@pytest.mark.parametrize(("low", "high"), [(0.74, 1.13), (0.98, 1.03), (0.01, 40), (1e-5, 2e5)])
def test_a_ratio_has_a_logarithmic_axis_on_which_one_is_no_difference(
    low: float, high: float
) -> None:
    row = replace(RATIO, estimate=(low * high) ** 0.5, ci_low=low, ci_high=high)
    first, second = forest([ESTIMATE, row]).axes
    assert (first.get_xscale(), second.get_xscale()) == ("linear", "log")
    ticks = [tick.get_text() for tick in second.get_xticklabels()]
    assert 3 <= len(ticks) <= 7 and len(set(ticks)) == len(ticks)
    left, right = second.get_xlim()
    assert left < min(low, 1) and max(high, 1) < right


def test_crowded_times_are_thinned_not_overprinted() -> None:
    many = pd.concat([people(3).assign(time_position=t, time_label=f"Week {t}") for t in range(30)])
    names = [tick.get_text() for tick in trajectories(many).axes[-1].get_xticklabels()]
    assert 3 <= len(names) < 30 and names[0] == "Week 0"


def test_no_banner_where_none_is_asked(tmp_path: Path) -> None:
    save(forest([ESTIMATE]), tmp_path / "f.svg", tmp_path / "f.png", "")
    assert "SYNTHETIC" not in (tmp_path / "f.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("label", ["Cost ($)", "Usual $x_{ $y", "a_b^c", "50% \\alpha"])
def test_a_label_is_text_not_mathematics(label: str, tmp_path: Path) -> None:
    lines = people().assign(outcome_label=label, unit="$", group=label, time_label=label)
    counted = table().assign(outcome_label=label, unit="$", group=label, time_label=label)
    gaps = lost().assign(outcome_label=label, group_label=label, time_label=label)
    row = ForestRow(label, "$", label, label, 1.2, 0.1, 2.3, "", 1.0)
    drawn = [
        flow(
            [FlowBox("a", label, "n", label, 5, ((label, 1),)), FlowBox("b", label, "n", label, 4)]
        ),
        means(counted),
        trajectories(lines, limit=3, seed=1),
        missingness(gaps),
        forest([row], cautions=[label]),
    ]
    for at, figure in enumerate(drawn):
        svg = tmp_path / f"{at}.svg"
        save(figure, svg, tmp_path / f"{at}.png", label)
        assert "$" in svg.read_text() or "$" not in label, at


def test_a_forest_prints_the_decimals_of_the_outcome() -> None:
    row = ForestRow("Fine", "", "M", "T", -0.00123, -0.002, 0.0004, "", None, 5)
    assert "\N{MINUS SIGN}0.00123 (\N{MINUS SIGN}0.00200 to 0.00040)" in forest_words([row])


def test_a_love_plot_has_the_largest_difference_first_and_says_each() -> None:
    figure = love(LOVE, "")
    assert [len(axes.get_yticks()) for axes in figure.axes] == [2, 1]
    first = [label.get_text().replace("\n", " ") for label in figure.axes[0].get_yticklabels()]
    assert first[0].startswith("Lives alone") and first[1] == "Age"
    assert "Age 0.31 before, \u22120.12 after" in love_words(LOVE)


@pytest.mark.parametrize(
    ("low", "high"),
    [(0.72, 0.97), (0.9, 1.3), (0.3, 0.9), (0.74, 1.13), (1.02, 1.4), (0.999, 1.0005), (0.05, 40)],
)
def test_an_axis_of_ratios_names_1_and_round_numbers_around_it(low: float, high: float) -> None:
    (axes,) = forest([replace(RATIO, estimate=low, ci_low=low, ci_high=high)]).axes
    ticks = [float(tick) for tick in axes.get_xticks()]
    assert 1.0 in ticks and 2 <= len(ticks) <= 7
    assert [float(label.get_text()) for label in axes.get_xticklabels()] == ticks
    lowest, highest = axes.get_xlim()
    assert lowest <= ticks[0] and ticks[-1] <= highest
    if highest < 4 * lowest:
        steps = np.diff(ticks)
        assert steps == pytest.approx(steps[0])
        lead = f"{steps[0]:.0e}"[0]
        assert lead in "125" and steps[0] == pytest.approx(float(f"{steps[0]:.0e}"))
