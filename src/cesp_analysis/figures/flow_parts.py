"""The boxes of the flow diagram as they are drawn: in black, greys and white, so that it prints."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cesp_analysis.declared.wording import NO_ANSWER, NOT_KNOWN
from cesp_analysis.figures.flow_boxes import FlowBox
from cesp_analysis.figures.palette import INK, MUTED, PANEL, PAPER
from cesp_analysis.figures.text import TIED, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINE, PAD, GAP = 0.152, 0.07, 0.24
HEAD = 0.42
SIZE = 8.0
INDENT = 0.45
"""How far the boxes of who is not there stand in from the column's left edge."""


@dataclass(frozen=True)
class Line:
    """A line of text in a box."""

    text: str
    bold: bool = False
    small: bool = False


@dataclass(frozen=True)
class Place:
    """Where a box stands: its left edge, (top of what stands above it, its own top), its width."""

    left: float
    tops: tuple[float, float] | float
    width: float


def box_lines(box: FlowBox, width: float) -> list[Line]:
    """The text of a box of people."""
    label = f"{box.step_label}: {box.arm}" if box.arm else box.step_label
    lines = [Line(text) for text in wrap(label, width - 2 * PAD, SIZE)]
    lines.append(Line(box.count, bold=True))
    return lines + _small(box.notes(), width - 2 * PAD)


def side_lines(box: FlowBox, width: float) -> list[Line]:
    """The text of the box of those who did not reach it."""
    if not box.lost:
        return []
    why = {NO_ANSWER: "no reason recorded"} if box.part == "follow_up" else {}
    reasons = [f"{why.get(reason, reason)}:{TIED}{n:,}" for reason, n in box.lost]
    room = width - INDENT - 2 * PAD
    head = f"{_missed(box)}: {sum(n for _, n in box.lost):,}"
    told = [Line(text, bold=True, small=True) for text in wrap(head, room, SIZE - 0.8, bold=True)]
    return [*told, *_small(reasons, room)]


def _missed(box: FlowBox) -> str:
    """What is said of all who are not there: at a time they may have been seen all the same."""
    if box.part == "follow_up":
        return f"No answer that counts at {box.step_label}"
    or_not = ", or not known" if any(reason == NOT_KNOWN for reason, _ in box.lost) else ""
    return f"Not {box.step_label[:1].lower()}{box.step_label[1:]}{or_not}"


def _small(texts: Sequence[str], room: float) -> list[Line]:
    return [Line(text, small=True) for entry in texts for text in wrap(entry, room, SIZE - 0.8)]


def wave_lines(boxes: Sequence[FlowBox], width: float) -> list[Line]:
    """The text of a wave's box, one site after the other."""
    lines = [Line(text, bold=True) for text in wrap(boxes[0].step_label, width - 2 * PAD, SIZE)]
    for box in boxes:
        lines += [Line(text) for text in wrap(box.group_label, width - 2 * PAD, SIZE)]
        lines.append(Line(box.count, bold=True))
        lost = "; ".join(f"{reason}{TIED}{n:,}" for reason, n in box.lost)
        told = [f"Not: {lost}"] if lost else []
        lines += _small([*told, *box.notes()], width - 2 * PAD)
    return lines


def height_of(lines: Sequence[Line]) -> float:
    """The height of a box with these lines, in inches; 0 without any."""
    return len(lines) * LINE + 2 * PAD if lines else 0.0


def wave_height(boxes: Sequence[FlowBox], width: float) -> float:
    """The height of a wave's box."""
    return height_of(wave_lines(boxes, width))


def draw_heads(
    axes: "Axes", people: Sequence[FlowBox], groups: Sequence[str], column: float, surveys: bool
) -> None:
    """The names of the columns."""
    named = {box.group: box.group_label for box in people}
    heads = [named[group] for group in groups] + (["Community surveys"] if surveys else [])
    for at, head in enumerate(heads):
        for nth, text in enumerate(wrap(head, column - 0.2, 9.5, bold=True)[:2]):
            y = 0.1 + nth * 0.17
            axes.text(at * column + 0.05, y, text, size=9.5, weight="bold", va="center_baseline")


def draw_box(
    axes: "Axes", box: FlowBox, place: Place, below: tuple[float, float] | None, first: bool
) -> None:
    """A box of people, beside the way to it the box of those who did not come, and the way on; the
    way to the first begins below the group's name."""
    assert isinstance(place.tops, tuple)
    above, top = place.tops
    lines = box_lines(box, place.width)
    _rectangle(axes, place.left, top, place.width, height_of(lines), PANEL, INK)
    _write(axes, lines, place.left + PAD, top + PAD)
    side = side_lines(box, place.width)
    x = place.left + INDENT / 2
    if side:
        left, height = place.left + INDENT, height_of(side)
        middle = above + 0.1 + height / 2
        _rectangle(axes, left, above + 0.1, place.width - INDENT, height, PAPER, MUTED)
        _write(axes, side, left + PAD, above + 0.1 + PAD)
        axes.plot([x, left], [middle, middle], color=INK, linewidth=0.8)
        if first:
            _arrow(axes, x, above + 0.02, top)
    if below is not None:
        _arrow(axes, x, top + height_of(lines), below[1])


def draw_wave(axes: "Axes", boxes: Sequence[FlowBox], place: Place) -> None:
    """A wave's box."""
    assert isinstance(place.tops, float)
    lines = wave_lines(boxes, place.width)
    _rectangle(axes, place.left, place.tops, place.width, height_of(lines), PAPER, INK)
    _write(axes, lines, place.left + PAD, place.tops + PAD)


def _rectangle(
    axes: "Axes", left: float, top: float, width: float, height: float, face: str, edge: str
) -> None:
    from matplotlib.patches import Rectangle

    axes.add_artist(
        Rectangle((left, top), width, height, facecolor=face, edgecolor=edge, linewidth=0.8)
    )


def _write(axes: "Axes", lines: Sequence[Line], left: float, top: float) -> None:
    for nth, line in enumerate(lines):
        weight, size = "bold" if line.bold else "normal", SIZE - 0.8 if line.small else SIZE
        y = top + (nth + 0.5) * LINE
        axes.text(left, y, line.text, size=size, weight=weight, va="center_baseline")


def _arrow(axes: "Axes", x: float, top: float, bottom: float) -> None:
    axes.annotate(
        "",
        xy=(x, bottom),
        xytext=(x, top),
        arrowprops={
            "arrowstyle": "-|>",
            "color": INK,
            "linewidth": 0.8,
            "shrinkA": 0,
            "shrinkB": 0,
            "mutation_scale": 8,
        },
    )
