"""How many people there were at each step, in each site or arm, and why some did not go on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cesp_analysis.figures.palette import INK, MUTED, PANEL, PAPER
from cesp_analysis.figures.style import TIED, canvas, new_figure, styled, width_of, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LINE = 0.165
PAD = 0.09
GAP = 0.3
SIZE = 8.5


@dataclass(frozen=True)
class FlowBox:
    """People of one group at one step, and (reason, n) of those who did not reach the next.

    back: how many of n were not among those of the step before.
    """

    step: str
    step_label: str
    group: str
    group_label: str
    n: int
    lost: tuple[tuple[str, int], ...] = ()
    back: int = 0

    @property
    def count(self) -> str:
        """n in words, with those who came back."""
        returned = f" ({self.back:,} not at the step before)" if self.back else ""
        return f"n = {self.n:,}{returned}"


@styled
def flow(boxes: Sequence[FlowBox]) -> "Figure":
    """Draw one column a group and one row a step, in the order of `boxes`."""
    if not boxes:
        return _empty()
    steps = list(dict.fromkeys(box.step for box in boxes))
    groups = list(dict.fromkeys(box.group for box in boxes))
    column = max(2.15, min(3.4, 7.0 / len(groups)))
    heads = {b.group: wrap(b.group_label, column - 0.2, 9.5, bold=True) for b in boxes}
    top = max(map(len, heads.values())) * 0.19 + 0.12
    tops, heights, total = _rows(boxes, steps, column, top)
    figure = new_figure(column * len(groups), total)
    axes = canvas(figure, column * len(groups), total)
    for at, group in enumerate(groups):
        left = at * column + 0.05
        _lines(axes, left, 0.02, heads[group], 9.5, bold=True, step=0.19)
        own = {box.step: box for box in boxes if box.group == group}
        present = [step for step in steps if step in own]
        for step, following in zip(present, [*present[1:], None], strict=True):
            bottom = tops[step] + heights[step]
            _box(axes, own[step], left, tops[step], column - 0.15, heights[step])
            _side(axes, own[step], left, bottom, column - 0.15)
            if following is not None:
                _arrow(axes, left + 0.3, bottom, tops[following])
    return figure


def alt_text(boxes: Sequence[FlowBox]) -> str:
    """The diagram in words: each group, its steps, its reasons."""
    if not boxes:
        return "Flow diagram. No people."
    parts = []
    for label in dict.fromkeys(box.group_label for box in boxes):
        steps = [_words(box) for box in boxes if box.group_label == label]
        parts.append(f"{label}: {'; '.join(steps)}.")
    return "Flow diagram of people. " + " ".join(parts)


def _words(box: FlowBox) -> str:
    reasons = ", ".join(f"{reason} {n}" for reason, n in box.lost)
    back = f", {box.back} of them not at the step before" if box.back else ""
    gone = f" (not at the next step: {reasons})" if reasons else ""
    return f"{box.step_label} {box.n}{back}{gone}"


def _rows(
    boxes: Sequence[FlowBox], steps: list[str], column: float, top: float
) -> tuple[dict[str, float], dict[str, float], float]:
    """Top and height of each row of boxes in inches, and the height of the whole."""
    tops: dict[str, float] = {}
    heights: dict[str, float] = {}
    at = top
    for step in steps:
        row = [box for box in boxes if box.step == step]
        tops[step] = at
        heights[step] = max(len(_main(box, column - 0.15)) for box in row) * LINE + 2 * PAD
        side = max(len(_lost(box, column - 0.15)) for box in row)
        at += heights[step] + (side * LINE + 2 * PAD + 0.24 if side else GAP)
    last_side = any(box.lost for box in boxes if box.step == steps[-1])
    return tops, heights, at - (0.05 if last_side else GAP - 0.05)


def _main(box: FlowBox, width: float) -> list[str]:
    return [*wrap(box.step_label, width - 2 * PAD, SIZE), box.count]


def _lost(box: FlowBox, width: float) -> list[str]:
    if not box.lost:
        return []
    room = width - 0.6 - 2 * PAD
    lines = [f"Not at the next step: {sum(n for _, n in box.lost):,}"]
    for reason, n in box.lost:
        lines += wrap(f"{reason}:{TIED}{n:,}", room, SIZE - 0.5)
    return lines


def _box(axes: "Axes", box: FlowBox, left: float, top: float, width: float, height: float) -> None:
    _rectangle(axes, left, top, width, height, PANEL, INK)
    _lines(axes, left + PAD, top + PAD, _main(box, width)[:-1], SIZE)
    size = len(_main(box, width)) - 1
    _lines(axes, left + PAD, top + PAD + size * LINE, [_main(box, width)[-1]], SIZE, bold=True)


def _side(axes: "Axes", box: FlowBox, left: float, bottom: float, width: float) -> None:
    lines = _lost(box, width)
    if not lines:
        return
    top, height = bottom + 0.12, len(lines) * LINE + 2 * PAD
    x = left + 0.6
    axes.plot([left + 0.3, x], [top + height / 2] * 2, color=MUTED, linewidth=0.9)
    axes.plot([left + 0.3] * 2, [bottom, top + height / 2], color=MUTED, linewidth=0.9)
    _rectangle(axes, x, top, width - 0.6, height, PAPER, MUTED)
    _lines(axes, x + PAD, top + PAD, lines[:1], SIZE - 0.5, bold=True)
    _lines(axes, x + PAD, top + PAD + LINE, lines[1:], SIZE - 0.5)


def _rectangle(
    axes: "Axes", left: float, top: float, width: float, height: float, face: str, edge: str
) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(
        Rectangle((left, top), width, height, facecolor=face, edgecolor=edge, linewidth=0.8)
    )


def _lines(
    axes: "Axes",
    left: float,
    top: float,
    lines: Sequence[str],
    size: float,
    bold: bool = False,
    step: float = LINE,
) -> None:
    for nth, line in enumerate(lines):
        y = top + (nth + 0.5) * step
        weight = "bold" if bold else "normal"
        axes.text(left, y, line, size=size, weight=weight, va="center_baseline")


def _arrow(axes: "Axes", x: float, top: float, bottom: float) -> None:
    axes.annotate(
        "",
        xy=(x, bottom),
        xytext=(x, top),
        arrowprops={
            "arrowstyle": "-|>",
            "color": MUTED,
            "linewidth": 0.9,
            "shrinkA": 0,
            "shrinkB": 0,
            "mutation_scale": 9,
        },
    )


def _empty() -> "Figure":
    text = "No people to show."
    figure = new_figure(width_of(text, SIZE) + 0.4, 0.6)
    figure.text(0.5, 0.5, text, ha="center", va="center")
    return figure
