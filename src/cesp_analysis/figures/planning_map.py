"""Assurance by locations and people: a map for each design."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cesp_analysis.figures.palette import INK, MUTED, PALETTE, PAPER
from cesp_analysis.figures.style import canvas, footnote, new_figure, styled
from cesp_analysis.figures.text import wrap
from cesp_analysis.numbers import percentage

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CELL, ROW, LINE = 0.42, 0.3, 0.16
STUB, GUTTER, ACROSS, EDGE = 0.4, 0.35, 2, 0.1
LIMITS = (0.2, 0.4, 0.6, 0.75, 0.9)
"""Upper limits of the shades heat-0 to heat-4."""
DARK = 3
"""From this shade on numbers are light."""


@dataclass(frozen=True)
class Cell:
    """A size of a design: its assurance (None: not known), whether it reaches both targets."""

    people: int
    locations: int
    assurance: float | None
    reaches: bool


@dataclass(frozen=True)
class MapPanel:
    """One design."""

    design: str
    cells: tuple[Cell, ...]

    @property
    def locations(self) -> list[int]:
        """Columns."""
        return sorted({cell.locations for cell in self.cells})

    @property
    def people(self) -> list[int]:
        """Rows, the most people first."""
        return sorted({cell.people for cell in self.cells}, reverse=True)


@styled
def planning_map(panels: Sequence[MapPanel], said: str) -> "Figure":
    """Draw a map a design, two beside each other."""
    if not panels:
        figure = new_figure(4, 0.6)
        footnote(figure, "No map: no design has a grid of locations and people.")
        return figure
    across = min(ACROSS, len(panels))
    wide = max(STUB + CELL * len(panel.locations) for panel in panels) + 0.1
    width = across * wide + (across - 1) * GUTTER + EDGE
    bands = [panels[at : at + across] for at in range(0, len(panels), across)]
    heights = [max(_height(panel, wide) for panel in band) for band in bands]
    figure = new_figure(max(width, 4.4), sum(heights) + 0.65)
    axes = canvas(figure, max(width, 4.4), sum(heights))
    top = 0.0
    for band, height in zip(bands, heights, strict=True):
        for at, panel in enumerate(band):
            _panel(axes, panel, EDGE + at * (wide + GUTTER), top, wide)
        top += height
    footnote(figure, said)
    return figure


def _height(panel: MapPanel, wide: float) -> float:
    return len(wrap(panel.design, wide, 9, bold=True)) * LINE + ROW * len(panel.people) + 0.7


def _panel(axes: "Axes", panel: MapPanel, left: float, top: float, wide: float) -> None:
    lines = wrap(panel.design, wide, 9, bold=True)
    for nth, line in enumerate(lines):
        axes.text(left, top + nth * LINE + 0.09, line, weight="bold", size=9, va="center")
    top += len(lines) * LINE + 0.2
    axes.text(left, top - 0.04, "People", size=7.5, color=MUTED, va="center")
    top += 0.06
    for nth, people in enumerate(panel.people):
        axes.text(left + STUB - 0.08, top + (nth + 0.5) * ROW, f"{people}", ha="right",
                  va="center_baseline", size=8)  # fmt: skip
    for cell in panel.cells:
        x = left + STUB + panel.locations.index(cell.locations) * CELL
        _cell(axes, cell, x, top + panel.people.index(cell.people) * ROW)
    below = top + len(panel.people) * ROW + 0.1
    for nth, locations in enumerate(panel.locations):
        axes.text(left + STUB + (nth + 0.5) * CELL, below, f"{locations}", ha="center",
                  va="center", size=8)  # fmt: skip
    axes.text(left + STUB, below + 0.17, "Locations", size=7.5, color=MUTED, va="center")


def _cell(axes: "Axes", cell: Cell, left: float, top: float) -> None:
    """A shaded cell with its number; bold within a frame if it reaches both."""
    from matplotlib.patches import Rectangle

    at = (left + 0.02, top + 0.02)
    size = (CELL - 0.04, ROW - 0.04)
    if cell.assurance is None:
        axes.add_artist(Rectangle(at, *size, facecolor=PAPER, edgecolor=MUTED, linewidth=0.5))
        text, ink = "–", INK
    else:
        shade = sum(cell.assurance > limit for limit in LIMITS)
        face = PALETTE[f"heat-{shade}"][0]
        edge, line = (INK, 1.8) if cell.reaches else (face, 0.5)
        axes.add_artist(Rectangle(at, *size, facecolor=face, edgecolor=edge, linewidth=line))
        text = percentage(cell.assurance, 0).rstrip("%")
        ink = PALETTE["on-low" if shade < DARK else "on-high"][0]
    axes.text(left + CELL / 2, top + ROW / 2, text, ha="center", va="center_baseline", size=8,
              color=ink, weight="bold" if cell.reaches else "normal")  # fmt: skip


def alt_text(panels: Sequence[MapPanel]) -> str:
    """The range of each map, and the sizes that reach both targets."""
    parts = []
    for panel in panels:
        known = [cell.assurance for cell in panel.cells if cell.assurance is not None]
        ends = f"{percentage(min(known), 0)} to {percentage(max(known), 0)}" if known else "none"
        reach = [f"{c.locations} × {c.people}" for c in panel.cells if c.reaches]
        said = f"both targets at {', '.join(reach)}" if reach else "no size reaches both targets"
        parts.append(f"{panel.design}: {ends}; {said}.")
    start = "Map of assurance, locations × people, lowest to highest cell. "
    return start + (" ".join(parts) or "None.")
