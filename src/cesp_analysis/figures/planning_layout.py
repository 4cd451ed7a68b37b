"""Which locations are measured when, and have the intervention when: a diagram for each design."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cesp_analysis.figures.palette import INK, MUTED, PALETTE, PAPER
from cesp_analysis.figures.style import canvas, footnote, new_figure, styled
from cesp_analysis.figures.text import width_of, wrap
from cesp_analysis.numbers import count, fixed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CELL, ROW, LINE = 0.46, 0.24, 0.16
NUMBER, GUTTER, WIDE, EDGE = 1.0, 0.3, 7.4, 0.1
TREATED = PALETTE["intervention"][0]
LEGEND = (
    (1.0, "with the intervention"),
    (0.0, "not, or not yet"),
    (None, "not measured"),
)


@dataclass(frozen=True)
class Sequence:
    """Locations that are treated at the same time: how many, and by period 1 (with the
    intervention), 0 (without it), None (not measured)."""

    locations: float
    treated: tuple[float | None, ...]


@dataclass(frozen=True)
class LayoutPanel:
    """A design at one size: whether that reaches both targets, whether the same people are asked
    again, when its periods are, and its sequences."""

    design: str
    locations: int
    people: int
    reaches: bool
    again: bool
    periods: tuple[str, ...]
    sequences: tuple[Sequence, ...]

    def size(self) -> str:
        """What its numbers are of."""
        who = f"{count(self.locations)} locations × {count(self.people)} people"
        if len(self.periods) > 1:
            who += ", the same each time" if self.again else ", others each time"
        return f"{who}{'' if self.reaches else ' (reaches less than both targets)'}"


@styled
def planning_layout(panels: "tuple[LayoutPanel, ...]", unit: str, said: str) -> "Figure":
    """Draw a diagram a design, as many beside each other as there is room for. unit: of periods."""
    if not panels:
        figure = new_figure(4, 0.6)
        footnote(figure, "No layout: no design allocates or compares locations.")
        return figure
    bands = list(_bands(panels))
    heights = [max(map(_height, band)) for band in bands]
    width = max(WIDE * 0.6, *(sum(map(_width, band)) + GUTTER * (len(band) - 1) for band in bands))
    width += EDGE
    figure = new_figure(width, sum(heights) + 0.85)
    axes = canvas(figure, width, sum(heights) + 0.3)
    _legend(axes, panels)
    top = 0.32
    for band, height in zip(bands, heights, strict=True):
        left = EDGE
        for panel in band:
            _panel(axes, panel, left, top, unit)
            left += _width(panel) + GUTTER
        top += height
    footnote(figure, said)
    return figure


def _width(panel: LayoutPanel) -> float:
    return max(CELL * len(panel.periods) + NUMBER, 2.25)


def _height(panel: LayoutPanel) -> float:
    return len(_heads(panel)) * LINE + ROW * len(panel.sequences) + 0.52


def _heads(panel: LayoutPanel) -> list[tuple[str, str]]:
    """The lines above a diagram, each with its weight."""
    room = _width(panel)
    lines = [(line, "bold") for line in wrap(panel.design, room, 9, bold=True)]
    return lines + [(line, "normal") for line in wrap(panel.size(), room, 7.5)]


def _bands(panels: "tuple[LayoutPanel, ...]") -> "Iterator[list[LayoutPanel]]":
    """Panels that lie beside each other."""
    band: list[LayoutPanel] = []
    for panel in panels:
        if band and sum(_width(one) + GUTTER for one in band) + _width(panel) > WIDE:
            yield band
            band = []
        band.append(panel)
    yield band


def _legend(axes: "Axes", panels: "tuple[LayoutPanel, ...]") -> None:
    """What the kinds of cells are that there are."""
    left = EDGE
    there = {value for panel in panels for one in panel.sequences for value in one.treated}
    for value, label in LEGEND:
        if value not in there:
            continue
        _cell(axes, value, left, 0.03, 0.26, 0.18)
        axes.text(left + 0.34, 0.12, label, size=8, va="center_baseline")
        left += 0.34 + width_of(label, 8) + 0.3


def _panel(axes: "Axes", panel: LayoutPanel, left: float, top: float, unit: str) -> None:
    for nth, (line, weight) in enumerate(_heads(panel)):
        axes.text(left, top + nth * LINE + 0.09, line, weight=weight, va="center",
                  size=9 if weight == "bold" else 7.5, color=INK)  # fmt: skip
    top += len(_heads(panel)) * LINE + 0.08
    for nth, sequence in enumerate(panel.sequences):
        for at, value in enumerate(sequence.treated):
            _cell(axes, value, left + at * CELL, top + nth * ROW, CELL, ROW)
        axes.text(left + len(panel.periods) * CELL + 0.08, top + (nth + 0.5) * ROW,
                  _number(sequence.locations), size=8, va="center_baseline")  # fmt: skip
    below = top + len(panel.sequences) * ROW + 0.1
    for at, period in enumerate(panel.periods):
        axes.text(left + (at + 0.5) * CELL, below, period, ha="center", va="center", size=8)
    if len(panel.periods) > 1:
        axes.text(left + len(panel.periods) * CELL + 0.08, below, unit, size=7.5, color=MUTED,
                  va="center")  # fmt: skip


def _number(locations: float) -> str:
    """How many locations a sequence has, of which there may be no whole number."""
    whole = abs(locations - round(locations)) < 1e-6
    return f"{count(locations) if whole else 'about ' + fixed(locations, 1)} locations"


def _cell(
    axes: "Axes", value: float | None, left: float, top: float, width: float, height: float
) -> None:
    from matplotlib.patches import Rectangle

    at, size = (left + 0.015, top + 0.015), (width - 0.03, height - 0.03)
    if value is None:
        axes.add_artist(Rectangle(at, *size, facecolor="none", edgecolor=MUTED, linewidth=0.6,
                                 linestyle=(0, (1, 1.5))))  # fmt: skip
        return
    face = TREATED if value else PAPER
    axes.add_artist(Rectangle(at, *size, facecolor=face, edgecolor=TREATED, linewidth=0.9))


def alt_text(panels: "tuple[LayoutPanel, ...]", unit: str) -> str:
    """Each design in words: its sequences, and how many locations each has."""
    parts = []
    for panel in panels:
        said = "; ".join(f"{_number(one.locations)}: {_when(one)}" for one in panel.sequences)
        parts.append(f"{panel.design}, {panel.size()}. {said}.")
    return "Which locations have the intervention when. " + (" ".join(parts) or "None.")


def _when(sequence: Sequence) -> str:
    marks = {1.0: "with", 0.0: "without", None: "not measured"}
    return ", ".join(marks[value] for value in sequence.treated)
