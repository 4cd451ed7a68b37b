"""The flow diagram: who was where at each step, in each site or arm, and why others were not.

The form of the CONSORT 2010 extension to pilot and feasibility trials (Eldridge and others 2016,
figure 1), as Lancaster and Thabane 2019 adapt it where nobody is randomised: a column a site from
the first step on, allocation by site; beside it the waves of the community surveys.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cesp_analysis.figures.flow_boxes import SURVEY, FlowBox
from cesp_analysis.figures.flow_parts import (
    GAP,
    HEAD,
    SIZE,
    Place,
    box_lines,
    draw_box,
    draw_heads,
    draw_wave,
    height_of,
    side_lines,
    wave_height,
)
from cesp_analysis.figures.style import canvas, new_figure, styled
from cesp_analysis.figures.text import width_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PAGE = 7.1
"""Inches: a page of A4 with margins of 15 mm."""


@styled
def flow(boxes: Sequence[FlowBox]) -> "Figure":
    """Draw a column a group and a row a step, in the order of `boxes`; waves in a column beside."""
    if not boxes:
        return _empty()
    people = [box for box in boxes if box.part != SURVEY]
    waves = [box for box in boxes if box.part == SURVEY]
    groups = list(dict.fromkeys(box.group for box in people))
    columns = len(groups) + bool(waves)
    column = max(2.15, min(3.4, PAGE / columns))
    rows, bottom = _rows(people, column)
    stack, low = _stack(waves, column)
    total = max(bottom, low)
    figure = new_figure(column * columns, total)
    axes = canvas(figure, column * columns, total)
    draw_heads(axes, people, groups, column, bool(waves))
    for at, group in enumerate(groups):
        own = [box for box in people if box.group == group]
        for box, following in zip(own, [*own[1:], None], strict=True):
            place = Place(at * column + 0.05, rows[box.step], column - 0.15)
            below = rows[following.step] if following and following.follows else None
            draw_box(axes, box, place, below, first=box is own[0])
    for top, step in stack:
        place = Place(len(groups) * column + 0.05, top, column - 0.15)
        draw_wave(axes, [box for box in waves if box.step == step], place)
    return figure


def alt_text(boxes: Sequence[FlowBox]) -> str:
    """The diagram in words: each group, its steps, its reasons."""
    if not boxes:
        return "Flow diagram. No people."
    parts = []
    for survey in (False, True):
        own = [box for box in boxes if (box.part == SURVEY) is survey]
        for label in dict.fromkeys(box.group_label for box in own):
            steps = "; ".join(_words(box) for box in own if box.group_label == label)
            parts.append(f"{label}{', community surveys' if survey else ''}: {steps}.")
    return "Flow diagram of people. " + " ".join(parts)


def _words(box: FlowBox) -> str:
    invited = f" of {box.invited} invited" if box.invited is not None else ""
    notes = "".join(f", {line}" for line in box.notes())
    reasons = ", ".join(f"{reason} {n}" for reason, n in box.lost)
    gone = f" (not: {reasons})" if reasons else ""
    arm = f" to {box.arm}" if box.arm else ""
    return f"{box.step_label}{arm} {box.n}{invited}{notes}{gone}"


def _rows(people: Sequence[FlowBox], column: float) -> tuple[dict[str, tuple[float, float]], float]:
    """Step → top of what stands beside it, top of its box, in inches; the lower end of all."""
    width, at = column - 0.15, HEAD
    rows: dict[str, tuple[float, float]] = {}
    for step in dict.fromkeys(box.step for box in people):
        row = [box for box in people if box.step == step]
        side = max(height_of(side_lines(box, width)) for box in row)
        top = at + (side + 0.2 if side else GAP if rows else 0)  # also beside the first box
        rows[step] = (at, top)
        at = top + max(height_of(box_lines(box, width)) for box in row)
    return rows, at + 0.05 if people else 0.0


def _stack(waves: Sequence[FlowBox], column: float) -> tuple[list[tuple[float, str]], float]:
    """Top and step of each wave's box, and the lower end of the last."""
    at, stack = HEAD, list[tuple[float, str]]()
    for step in dict.fromkeys(box.step for box in waves):
        stack.append((at, step))
        at += wave_height([box for box in waves if box.step == step], column - 0.15) + GAP
    return stack, at - GAP + 0.05 if waves else 0.0


def _empty() -> "Figure":
    text = "No people to show."
    figure = new_figure(width_of(text, SIZE) + 0.4, 0.6)
    figure.text(0.5, 0.5, text, ha="center", va="center")
    return figure
