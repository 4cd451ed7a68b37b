"""How far those who are lost would have to differ: estimates over shifts at both sites."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis.figures.palette import INK, MUTED, PALETTE, PAPER
from cesp_analysis.figures.style import footnote, new_figure, styled, wrap
from cesp_analysis.numbers import fixed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIDE = 3.1
ROOM = 0.05
"""Share of the map that a region needs for words in it."""
SHADES = tuple(PALETTE[f"heat-{step}"][0] for step in range(3))
EXCLUDES, HOLDS = "interval excludes no difference", "interval holds no difference"


@dataclass(frozen=True)
class TippingPanel:
    """One estimate. side (c,): shifts, the same at both sites; estimate, low, high (c, c): rows are
    shifts at the control, columns at the intervention. places: the sites' names, intervention
    first; none: no difference; sd: of the answers at the reference time."""

    title: str
    unit: str
    places: tuple[str, str]
    side: tuple[float, ...]
    none: float
    sd: float
    decimals: int
    estimate: Any
    low: Any
    high: Any

    @property
    def regions(self) -> dict[str, Any]:
        """What is read where, by its words: marks (c, c)."""
        above, below = self.low > self.none, self.high < self.none
        return {"above": above, "below": below, "holds": ~above & ~below}


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
    axes.clabel(plain, fontsize=6.5, fmt=lambda value: fixed(value, _fewest(plain.levels)))
    for edge in (panel.low, panel.high):
        if (edge > panel.none).any() and (edge < panel.none).any():
            axes.contour(side, side, edge, levels=[panel.none], colors=INK, linewidths=2.2)
    for name, marks in panel.regions.items():
        _words(axes, side, marks, HOLDS if name == "holds" else EXCLUDES)
    axes.plot([0], [0], marker="s", markersize=6, color=INK, markeredgecolor=PAPER, zorder=5)
    axes.set_xlabel(f"Shift of what {panel.places[0]} misses ({panel.unit})", size=8)
    axes.set_ylabel(f"Shift of what {panel.places[1]} misses ({panel.unit})", size=8)
    axes.locator_params(nbins=7)


def _fewest(levels: Any) -> int:
    """Decimals that tell the lines apart."""
    step = float(np.diff(levels).min())
    return next((n for n in range(4) if abs(step * 10**n - round(step * 10**n)) < 1e-6), 2)


def _words(axes: "Axes", side: Any, marks: Any, words: str) -> None:
    """What is read in a region, at the cell of it that is farthest from its edge."""
    if marks.mean() < ROOM:
        return
    depth = marks.astype(int)
    inner = np.pad(marks, 1, constant_values=False)
    while inner.any():
        inner = (
            inner[1:-1, 1:-1] & inner[:-2, 1:-1] & inner[2:, 1:-1] & inner[1:-1, :-2]
            & inner[1:-1, 2:]
        )  # fmt: skip
        depth = depth + inner
        inner = np.pad(inner, 1, constant_values=False)
    across, along = np.abs(side) <= 0.62 * side[-1], np.abs(side) <= 0.93 * side[-1]
    depth = np.where(along[:, None] & across[None, :], depth, 0)  # the words stay on the map
    if not depth.any():
        return
    rows, columns = np.nonzero(depth == depth.max())
    centre = len(side) // 2
    away = np.hypot(rows - centre, columns - centre)  # the square in the middle stays free
    at = int(np.argmax(np.minimum(away, len(side) / 4)))
    axes.text(
        float(side[columns[at]]),
        float(side[rows[at]]),
        "\n".join(wrap(words, 1.1, 7.5)),
        size=7.5,
        ha="center",
        va="center",
        bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.5},
        zorder=6,
    )


def _reading(panels: Sequence[TippingPanel], level: str) -> str:
    first = panels[0]
    sds = "; ".join(
        dict.fromkeys(f"{fixed(panel.sd, panel.decimals)} {panel.unit}" for panel in panels)
    )
    lines = all(_has_line(panel) for panel in panels)
    some = any(_has_line(panel) for panel in panels)
    edge = (
        "Thick line: where the interval stops excluding no difference."
        if lines
        else "Thick line, where there is one: where the interval stops excluding no difference."
        if some
        else "Nowhere on the map does what the interval says of no difference change."
    )
    return (
        f"Pooled estimate ({first.places[0]} − {first.places[1]}) where missing answers differ by"
        " so much from what was imputed as missing at random, at each site; below 0: lower. Square:"
        " as imputed. Dotted lines: the estimate; stronger shade: farther from no difference."
        f" {edge}"
        f" Interval: {level}. 1 SD at the reference time, in the order of the maps: {sds}."
    )


def _has_line(panel: TippingPanel) -> bool:
    return sum(bool(marks.any()) for marks in panel.regions.values()) > 1


def alt_text(panels: Sequence[TippingPanel]) -> str:
    """Each map in words."""
    parts = []
    for panel in panels:
        centre = len(panel.side) // 2
        held = bool(panel.regions["holds"][centre, centre])
        share = float(panel.regions["holds"].mean())
        most = fixed(panel.side[-1], panel.decimals)
        now = fixed(panel.estimate[centre, centre], panel.decimals)
        parts.append(
            f"{panel.title}: with nothing shifted {now} {panel.unit}, the"
            f" {HOLDS if held else EXCLUDES}; with shifts up to {most} {panel.unit} either way at"
            f" both sites the interval holds no difference on {100 * share:.0f}% of the map."
        )
    return "Maps of estimates over shifts of missing answers. " + (" ".join(parts) or "None.")
