"""The interval of an estimate against the size of a shock to a site, and the shock that breaks it;
one panel an outcome, in its own unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from cesp_analysis.few_sites.words import PUBLISHED, ShockWords
from cesp_analysis.figures.palette import CAUTION, GRID, INK, MUTED, PALETTE
from cesp_analysis.figures.style import footnote, new_figure, styled, title
from cesp_analysis.figures.text import wrap
from cesp_analysis.numbers import fixed, interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 3.7, 2.55
BAND = PALETTE["intervention"][0]


@dataclass(frozen=True)
class ShockPanel:
    """One estimate: its curve (points,) against the SD of a shock, and the sizes that are marked.

    low, high: interval if the shock's SD is `shock`; outer_low, outer_high: if trends differ by
    `shock` at most; breaks: the shock at which the interval reaches no effect (0: it does without).
    """

    outcome_label: str
    unit: str
    model_label: str
    when: str
    estimate: float
    shock: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    outer_low: tuple[float, ...]
    outer_high: tuple[float, ...]
    quartiles: tuple[float, float, float]
    breaks: float
    past: float | None = None
    decimals: int = 2


@styled
def shock(
    panels: Sequence[ShockPanel], known: str = "95% interval", called: ShockWords = PUBLISHED
) -> "Figure":
    """Draw the panels, two beside each other; the line of no effect is in each."""
    if not panels:
        figure = new_figure(4, 0.6)
        footnote(
            figure, "No estimate that may be shown leaves shocks to a site out of its interval."
        )
        return figure
    columns = min(2, len(panels))
    rows = ceil(len(panels) / columns)
    figure = new_figure(WIDTH * columns, HEIGHT * rows + (0.9 if columns > 1 else 1.3))
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, panel in zip(grid, panels, strict=False):
        _panel(axes, panel)
    for axes in grid[len(panels) :]:
        axes.set_axis_off()
    figure.legend(handles=_handles(panels, known, called), loc="outside upper left", ncols=columns)
    said = (
        "Horizontal: SD of the difference of shocks to the sites (solid), or how far the sites'"
        " trends differ at most (dashed), in the outcome's unit. Horizontal line: estimate."
    )
    footnote(figure, said + (" Each panel has its own scale." if len(panels) > 1 else ""))
    return figure


def _panel(axes: "Axes", panel: ShockPanel) -> None:
    low, median, high = panel.quartiles
    axes.axvspan(low, high, color=GRID, alpha=0.55, linewidth=0, zorder=0)
    axes.axvline(median, color=MUTED, linewidth=1.0, linestyle=(0, (1, 2)), zorder=1)
    axes.axhline(0, color=INK, linewidth=0.9, zorder=1)
    axes.fill_between(panel.shock, panel.low, panel.high, color=BAND, alpha=0.14, linewidth=0)
    for ends in (panel.low, panel.high):
        axes.plot(panel.shock, ends, color=BAND, linewidth=1.6)
    for ends in (panel.outer_low, panel.outer_high):
        axes.plot(panel.shock, ends, color=MUTED, linewidth=1.0, linestyle=(0, (4, 2)))
    axes.plot(panel.shock, [panel.estimate] * len(panel.shock), color=BAND, linewidth=0.9)
    if panel.breaks > 0:
        axes.axvline(panel.breaks, color=CAUTION, linewidth=1.3, zorder=2)
    if panel.past is not None:
        axes.axvline(panel.past, color=INK, linewidth=1.0, linestyle=(0, (4, 1, 1, 1)))
    axes.set_xlim(0, max(panel.shock))
    axes.locator_params(axis="x", nbins=6)
    axes.set_xlabel("\n".join(wrap(f"{panel.model_label}, {panel.when}", WIDTH - 0.9, 8)))
    title(axes, panel.outcome_label, panel.unit, WIDTH - 0.75)


def _handles(panels: Sequence[ShockPanel], known: str, called: ShockWords) -> list[Any]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    def line(colour: str, label: str, style: Any = "-", width: float = 1.3) -> Any:
        return Line2D([], [], color=colour, linestyle=style, linewidth=width, label=label)

    made = [
        line(BAND, f"{known} with a shock of this SD", width=1.6),
        line(MUTED, f"{known}, trends apart by this much at most", (0, (4, 2)), 1.0),
        Patch(facecolor=GRID, alpha=0.55, label=f"{called.shocks}: quartiles"),
        line(MUTED, f"{called.shocks}: median", (0, (1, 2)), 1.0),
    ]
    if any(panel.breaks > 0 for panel in panels):
        made.append(line(CAUTION, "trends this far apart: the interval reaches no effect"))
    if any(panel.past is not None for panel in panels):
        made.append(line(INK, "largest divergence so far", (0, (4, 1, 1, 1)), 1.0))
    return made


def alt_text(panels: Sequence[ShockPanel], called: ShockWords = PUBLISHED) -> str:
    """Each estimate, its interval without a shock and with the median one, and what breaks it."""
    parts = []
    for panel in panels:
        d = panel.decimals
        at = min(range(len(panel.shock)), key=lambda i: abs(panel.shock[i] - panel.quartiles[1]))
        breaks = (
            f"the interval reaches no effect if trends differ by {fixed(panel.breaks, d)}"
            if panel.breaks > 0
            else "the interval includes no effect even without a shock"
        )
        parts.append(
            f"{panel.outcome_label} ({panel.unit}), {panel.model_label}, {panel.when}: estimate"
            f" {fixed(panel.estimate, d)}, interval"
            f" {interval(panel.low[0], panel.high[0], d)} without a shock and"
            f" {interval(panel.low[at], panel.high[at], d)} with one as large as the"
            f" {called.median}; {breaks}."
        )
    return "Intervals against the size of a shock to a site. " + (" ".join(parts) or "None.")
