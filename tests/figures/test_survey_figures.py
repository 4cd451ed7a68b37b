"""Figures of the community surveys: shades that print in grey, what they say in words."""

from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from cesp_analysis.figures.composition import Share, composition
from cesp_analysis.figures.composition import alt_text as who_alt
from cesp_analysis.figures.palette import PALETTE, luminance
from cesp_analysis.figures.stacked import Bar, Question, alt_text, shade, stacked
from cesp_analysis.figures.survey_panels import questions_of


def bars(k: int) -> Question:
    shares = tuple(2 * (at + 1) / (k * (k + 1)) for at in range(k))
    words = tuple(f"code {at}" for at in range(k))
    made = (Bar("Trafford", "Wave 1", shares, 1234), Bar("Trafford", "Wave 2", shares[::-1], 56))
    return Question("How satisfied", words, made)


def filled(figure: Any) -> list[Any]:
    """The boxes in order: those of the legend, then those of each bar."""
    return [box for box in figure.axes[0].patches if box.get_facecolor()[3] > 0]


@pytest.mark.parametrize("k", [2, 3, 4, 5, 6])
def test_each_category_is_darker_than_the_one_before(k: int) -> None:
    shades = [luminance(PALETTE[f"heat-{shade(at, k)}"][0]) for at in range(k)]
    assert shades == sorted(shades, reverse=True) and len(set(shades)) == k


def test_many_categories_are_told_apart_by_hatching_too() -> None:
    boxes = filled(stacked([bars(11)]))
    looks = [(box.get_facecolor(), box.get_hatch()) for box in boxes[:11]]
    assert len(set(looks)) == 11
    plain = [patch for patch in stacked([bars(5)]).axes[0].patches if patch.get_hatch()]
    assert plain == []


def test_segments_lie_end_to_end_and_fill_the_bar() -> None:
    boxes = filled(stacked([bars(4)]))[4:8]
    for one, other in pairwise(boxes):
        assert one.get_x() + one.get_width() == pytest.approx(other.get_x())
    widths = [box.get_width() for box in boxes]
    assert [w / sum(widths) for w in widths] == pytest.approx([0.1, 0.2, 0.3, 0.4])


def test_the_words_name_the_ends_of_the_scale() -> None:
    assert alt_text([bars(4)]) == (
        "Ordered answers as stacked bars, weighted. How satisfied: Trafford, Wave 1: code 0 10%,"
        " code 3 40%; Trafford, Wave 2: code 0 40%, code 3 10%."
    )


ROWS = [
    Share("Age", "65+", "Trafford", (0.2, 0.3), (0.25, 0.25)),
    Share("Age", "under 65", "Trafford", (0.8, 0.72), (0.75, 0.75)),
    Share("Tenure", "owner", "Trafford", (0.5, None), (None, None)),
]


def test_who_answered_names_the_largest_differences() -> None:
    said = who_alt(ROWS, ["Wave 1", "Wave 2"])
    assert said.startswith("Who answered, 2 characteristics. Furthest from the population:")
    assert "Changed most: Age: 65+, Trafford, Wave 1 to Wave 2, +10.0 percentage points." in said
    alone = who_alt(ROWS[2:], ["Wave 1", "Wave 2"])
    assert "population" not in alone and "Changed" not in alone


def test_a_mark_stands_where_its_share_is() -> None:
    figure = composition(ROWS, ["Wave 1", "Wave 2"], "by design weights")
    marks = [line for line in figure.axes[0].lines if line.get_marker() in ("o", "s")]
    own = marks[2:]  # the first two are the legend
    assert len(own) == 5  # one share is not known
    assert "No mark: too few answered" in figure.get_supxlabel()
    assert "No mark" not in composition(ROWS[:2], ["Wave 1", "Wave 2"], "").get_supxlabel()
    x = [float(line.get_xdata()[0]) for line in own]
    assert (x[1] - x[0]) / (x[2] - x[0]) == pytest.approx(0.1 / 0.6)


def test_a_bar_that_is_not_shown_says_why_in_its_place() -> None:
    why = "not shown: fewer than 1000 answers"
    shown = bars(4)
    question = Question("How satisfied", shown.categories,
                        (shown.bars[0], Bar("Trafford", "Wave 2", (), 42, why)))  # fmt: skip
    figure = stacked([question])
    said = [text.get_text() for text in figure.axes[0].texts]
    assert why in said and "42" in said
    assert len(filled(figure)) == 4 + 4  # the legend, and one bar
    assert alt_text([question]).endswith(f"code 3 40%; Trafford, Wave 2: {why}.")


def test_all_sites_and_waves_have_a_bar_or_a_reason() -> None:
    why = "not shown: fewer than 10 answers"
    keys = ("site", "wave", "category", "estimate", "n", "reason")
    cells = [("north", "w1", "1", 0.4, 50, None), ("north", "w1", "2", 0.6, 50, None),
             ("south", "w1", "1", None, 4, why), ("south", "w1", "2", None, 4, why),
             ("north", "w2", "1", None, 3, why), ("north", "w2", "2", None, 3, why)]  # fmt: skip
    table = pd.DataFrame([dict(zip(keys, cell, strict=True)) for cell in cells])
    table = table.assign(of="site", since=None, outcome="trust", group=table["site"],
                         label="Trust: " + table["category"])  # fmt: skip
    outcome = SimpleNamespace(label="Trust")
    waves = [SimpleNamespace(name=name, label=name) for name in ("w1", "w2")]
    words: Any = SimpleNamespace(outcomes={"trust": outcome}, waves=waves, group=str,
                                 groups=lambda: ["north", "south"])  # fmt: skip
    (question,) = questions_of(table, words)
    said = [(bar.group, bar.moment, bar.n, bar.why) for bar in question.bars]
    assert said == [("north", "w1", 50, ""), ("north", "w2", 3, why),
                    ("south", "w1", 4, why), ("south", "w2", 0, "not asked")]  # fmt: skip
    (hidden,) = questions_of(table[table["reason"].notna()], words)
    assert all(bar.why for bar in hidden.bars) and len(hidden.bars) == 4
