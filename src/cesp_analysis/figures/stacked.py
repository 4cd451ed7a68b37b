"""Ordered answers as stacked bars that can be told apart without colour: one shade a category."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

from cesp_analysis.figures.missingness import percent
from cesp_analysis.figures.palette import MUTED, PALETTE, PAPER
from cesp_analysis.figures.style import canvas, footnote, new_figure, styled
from cesp_analysis.figures.text import width_of, wrap
from cesp_analysis.numbers import NOT_SHOWN

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BAR, GAP, LINE = 0.24, 0.1, 0.17
WIDTH = 7.0
SHADES = 6
LABELLED = 0.045
"""Segments narrower than this share have no number in them."""


@dataclass(frozen=True)
class Bar:
    """One bar: group and moment (labels), shares of the categories (k,), n answers; NaN: a share
    that is not shown; why: the reason that stands in its place where none is."""

    group: str
    moment: str
    shares: tuple[float, ...]
    n: int
    why: str = ""


@dataclass(frozen=True)
class Question:
    """One ordinal outcome: its label, its categories lowest first, its bars by group and moment."""

    label: str
    categories: tuple[str, ...]
    bars: tuple[Bar, ...]


@styled
def stacked(questions: Sequence[Question]) -> "Figure":
    """Draw a panel a question: a bar each group and moment, from the lowest category on."""
    heights = [_height(question) for question in questions]
    figure = new_figure(WIDTH, sum(heights) + 0.55)
    axes = canvas(figure, WIDTH, sum(heights))
    y = 0.0
    for question, height in zip(questions, heights, strict=True):
        _panel(axes, question, y)
        y += height
    blank = any(isnan(share) for own in questions for bar in own.bars for share in bar.shares)
    footnote(
        figure,
        "Weighted percent of those who answered; the lightest shade is the lowest code, hatching"
        " marks every second one where there are many. Numbers at the right: answers."
        + (
            " A blank end: categories of few answers, and what would tell of them." if blank else ""
        ),
    )
    return figure


def _legend(question: Question) -> list[list[tuple[int, str]]]:
    """The categories in lines that fit: each with its place."""
    lines: list[list[tuple[int, str]]] = [[]]
    room = WIDTH - 0.1
    for at, word in enumerate(question.categories):
        need = width_of(word, 8) + 0.42
        if need > room and lines[-1]:
            lines.append([])
            room = WIDTH - 0.1
        lines[-1].append((at, word))
        room -= need
    return lines


def _height(question: Question) -> float:
    groups = len({bar.group for bar in question.bars})
    titles = len(wrap(question.label, WIDTH - 0.1, 9, bold=True))
    return (
        titles * LINE + len(_legend(question)) * 0.2 + groups * (LINE + 0.04)
        + len(question.bars) * (BAR + 0.03) + GAP + 0.2
    )  # fmt: skip


def _panel(axes: "Axes", question: Question, top: float) -> None:
    y = top + 0.1
    for line in wrap(question.label, WIDTH - 0.1, 9, bold=True):
        axes.text(0.02, y, line, weight="bold", size=9, va="center")
        y += LINE
    k = len(question.categories)
    for words in _legend(question):
        x = 0.04
        for at, word in words:
            _box(axes, x, y - 0.06, 0.22, 0.13, at, k)
            axes.text(x + 0.27, y, word, size=8, va="center_baseline")
            x += width_of(word, 8) + 0.42
        y += 0.2
    stub = max(width_of(bar.moment, 8) for bar in question.bars) + 0.15
    right = max(width_of(f"{bar.n:,}", 8) for bar in question.bars) + 0.1
    group = ""
    for bar in question.bars:
        if bar.group != group:
            group = bar.group
            axes.text(0.04, y + LINE / 2, group, size=8.5, va="center_baseline", color=MUTED)
            y += LINE + 0.04
        _drawn(axes, bar, y, stub, WIDTH - stub - right, k)
        y += BAR + 0.03


def _drawn(axes: "Axes", bar: Bar, y: float, left: float, width: float, k: int) -> None:
    middle = y + BAR / 2
    axes.text(0.04, middle, bar.moment, size=8, va="center_baseline")
    if bar.why:
        axes.text(left, middle, bar.why, size=7.5, va="center_baseline", style="italic",
                  color=MUTED)  # fmt: skip
    x = left
    for at, share in enumerate(() if bar.why else bar.shares):
        if isnan(share):
            continue
        part = share * width
        if part > 0:
            _box(axes, x, y, part, BAR, at, k)
        hatched = _hatch(at, k)
        text = percent(100 * share)
        if share >= LABELLED and not hatched and width_of(text, 7.5) < part - 0.05:
            ink = _ink(at, k)
            axes.text(x + part / 2, middle, text, size=7.5, ha="center", va="center_baseline",
                      color=ink)  # fmt: skip
        x += part
    axes.text(
        WIDTH - 0.02, middle, f"{bar.n:,}", size=8, ha="right", va="center_baseline", color=MUTED
    )


def _box(
    axes: "Axes", left: float, top: float, width: float, height: float, at: int, k: int
) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(
        Rectangle(
            (left, top),
            width,
            height,
            facecolor=PALETTE[f"heat-{shade(at, k)}"][0],
            edgecolor=MUTED if _hatch(at, k) else PAPER,
            hatch=_hatch(at, k),
            linewidth=0.0 if _hatch(at, k) else 0.8,
        )
    )
    axes.add_patch(
        Rectangle((left, top), width, height, facecolor="none", edgecolor=MUTED, linewidth=0.5)
    )


def shade(at: int, k: int) -> int:
    """Which of the shades, 0 the lightest, stands for category `at` of k: they rise with it; of
    more categories than shades two neighbours may share one, and hatching tells them apart."""
    if k > SHADES:
        return at * SHADES // k
    if k < 2:
        return 2
    return round(at * (SHADES - 1) / (k - 1))


def _hatch(at: int, k: int) -> str | None:
    return "////" if k > SHADES and at % 2 else None


def _ink(at: int, k: int) -> str:
    return PALETTE["on-low" if shade(at, k) < 3 else "on-high"][0]


def alt_text(questions: Sequence[Question]) -> str:
    """The bars in words: the lowest and the highest category of each."""
    parts = []
    for question in questions:
        said = [f"{bar.group}, {bar.moment}: {_ends(question, bar)}" for bar in question.bars]
        parts.append(f"{question.label}: {'; '.join(said)}.")
    return "Ordered answers as stacked bars, weighted. " + " ".join(parts)


def _ends(question: Question, bar: Bar) -> str:
    if bar.why:
        return bar.why
    low, high = (f"{question.categories[at]} {_told(bar.shares[at])}" for at in (0, -1))
    return f"{low}, {high}"


def _told(share: float) -> str:
    return NOT_SHOWN if isnan(share) else percent(100 * share)
