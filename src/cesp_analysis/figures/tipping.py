"""How far those who are lost would have to differ: estimates over shifts on both sides."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis.figures.map_labels import Taken, lines_of, numbers_on, words_in
from cesp_analysis.figures.palette import INK, MUTED, PALETTE, PAPER
from cesp_analysis.figures.style import footnote, new_figure, styled
from cesp_analysis.figures.text import wrap
from cesp_analysis.missing.sensitivity_words import Places
from cesp_analysis.missing.tipping_words import NO_DIFFERENCE
from cesp_analysis.numbers import fixed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIDE = 3.1
SHADES = tuple(PALETTE[f"heat-{step}"][0] for step in range(3))


@dataclass(frozen=True)
class TippingPanel:
    """One estimate. side (c,): shifts, the same on both sides; estimate, low, high (c, c): rows are
    shifts of the control, columns of the intervention. places: the sides' names; none: no
    difference; sd: of the answers at the reference time; between: at which points it was computed,
    straight lines lying between; "": exactly everywhere."""

    title: str
    unit: str
    places: Places
    side: tuple[float, ...]
    none: float
    sd: float
    decimals: int
    estimate: Any
    low: Any
    high: Any
    between: str = ""

    @property
    def regions(self) -> dict[str, Any]:
        """What is read where: words → depth (c, c), above 0 where that is read."""
        none = f"{self.none:g}"
        above, below = self.low - self.none, self.none - self.high
        return {
            f"interval above {none}": above,
            f"interval below {none}": below,
            f"interval includes {none}": np.minimum(-above, -below),
        }

    def read(self, row: int, column: int) -> str:
        """What is read at a point of the map."""
        return max(self.regions, key=lambda words: float(self.regions[words][row, column]))


@styled
def tipping(panels: Sequence[TippingPanel], level: str, cautions: Sequence[str] = ()) -> "Figure":
    """Draw a map an estimate; level: what the interval is; cautions: what must not get lost."""
    if not panels:
        figure = new_figure(3, 0.6)
        footnote(figure, "No estimate bears a shift.")
        return figure
    lines = [wrap(panel.title, SIDE, 9, bold=True) for panel in panels]
    top = max(map(len, lines)) * 0.16
    figure = new_figure((SIDE + 0.75) * len(panels), SIDE + 1.75 + top)
    grid = figure.subplots(1, len(panels), squeeze=False)[0]
    for axes, panel, title in zip(grid, panels, lines, strict=True):
        _panel(axes, panel)
        axes.set_title("\n".join(title), loc="left", weight="bold", size=9)
    footnote(figure, " ".join([_reading(panels, level), *cautions]))
    return figure


def _panel(axes: "Axes", panel: TippingPanel) -> None:
    side = np.array(panel.side)
    axes.set_box_aspect(1)
    axes.grid(visible=False)
    off = np.abs(panel.estimate - panel.none)
    limits = np.linspace(0, max(float(off.max()), 1e-9) * 1.0001, len(SHADES) + 1)
    axes.contourf(side, side, off, levels=limits, colors=SHADES)
    plain = axes.contour(
        side, side, panel.estimate, levels=6, colors=MUTED, linewidths=0.7, linestyles="dotted"
    )
    thick = []
    for edge in (panel.low, panel.high):
        if (edge > panel.none).any() and (edge < panel.none).any():
            drawn = axes.contour(side, side, edge, levels=[panel.none], colors=INK, linewidths=2.2)
            thick += lines_of(drawn.get_paths())
    taken = Taken(float(side[-1]), SIDE)
    taken.mark([[0.0, 0.0]])
    for line in thick:
        taken.mark(line)
    for words, depth in panel.regions.items():
        words_in(axes, taken, side, depth, words)
    numbers = [fixed(level, _fewest(plain.levels)) for level in plain.levels]
    numbers_on(axes, taken, plain, numbers)
    axes.plot([0], [0], marker="s", markersize=6, color=INK, markeredgecolor=PAPER, zorder=5)
    of = panel.places
    axes.set_xlabel(f"Shift of what is missing {of.at(of.intervention)} ({panel.unit})", size=8)
    axes.set_ylabel(f"Shift of what is missing {of.at(of.control)} ({panel.unit})", size=8)
    axes.locator_params(nbins=7)


def _fewest(levels: Any) -> int:
    """Decimals that tell the lines apart."""
    step = float(np.diff(levels).min())
    return next((n for n in range(4) if abs(step * 10**n - round(step * 10**n)) < 1e-6), 2)


def _reading(panels: Sequence[TippingPanel], level: str) -> str:
    first = panels[0]
    sds = "; ".join(
        dict.fromkeys(f"{fixed(panel.sd, panel.decimals)} {panel.unit}" for panel in panels)
    )
    lines = all(_has_line(panel) for panel in panels)
    some = any(_has_line(panel) for panel in panels)
    edge = (
        "Thick line: on its one side the interval includes no difference, on its other it does not."
        if lines
        else "Thick line, where there is one: on its one side the interval includes no difference,"
        " on its other it does not."
        if some
        else "Nowhere on the map does what the interval says of no difference change."
    )
    of, nones = first.places, list(dict.fromkeys(f"{panel.none:g}" for panel in panels))
    return (
        f"Pooled estimate ({of.intervention} − {of.control}) where missing answers differ by so"
        f" much from what was imputed as missing at random, {of.at('each ' + of.each)}; below 0:"
        " lower. Square: as imputed. Dotted lines: the estimate; stronger shade: farther from no"
        f" difference. {edge} No difference: {' or '.join(nones)}; an interval that includes it"
        f" {NO_DIFFERENCE.now(True)}. Interval: {level}. 1 SD at the reference time, in the order"
        f" of the maps: {sds}.{_computed(panels)}"
    )


def _computed(panels: Sequence[TippingPanel]) -> str:
    """Which maps lie between few points; '' where all are exact."""
    found = [f"{panel.title}: {panel.between}" for panel in panels if panel.between]
    return f" Straight lines between points: {'; '.join(found)}." if found else ""


def _has_line(panel: TippingPanel) -> bool:
    return sum(bool((depth > 0).any()) for depth in panel.regions.values()) > 1


def alt_text(panels: Sequence[TippingPanel]) -> str:
    """Each map in words."""
    parts = []
    for panel in panels:
        centre = len(panel.side) // 2
        includes = f"interval includes {panel.none:g}"
        share = float((panel.regions[includes] >= 0).mean())
        most = fixed(panel.side[-1], panel.decimals)
        now = fixed(panel.estimate[centre, centre], panel.decimals)
        parts.append(
            f"{panel.title}: as imputed {now} {panel.unit}, {panel.read(centre, centre)}; with"
            f" shifts up to {most} {panel.unit} either way {panel.places.at(panel.places.both)} the"
            f" {includes} (no difference) on {100 * share:.0f}% of the map."
        )
    return "Maps of estimates over shifts of missing answers. " + (" ".join(parts) or "None.")
