"""How the values of each candidate outcome lie, with the shares at the ends of its scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING

from cesp_analysis.figures.palette import CAUTION, MUTED, PALETTE, PAPER
from cesp_analysis.figures.style import footnote, new_figure, styled, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 2.75, 1.75
FILL = 0.8
"""Of a bar that stands for one value."""


@dataclass(frozen=True)
class Bin:
    """Values from low to high (one value where they are the same), as a share of all.

    end: 'floor' or 'ceiling', the lowest or highest possible value alone, else blank; flagged: more
    lie there than the study's limit.
    """

    low: float
    high: float
    share: float
    end: str = ""
    flagged: bool = False


@dataclass(frozen=True)
class Histogram:
    """One outcome's values at a time; n of them."""

    outcome_label: str
    unit: str
    time_label: str
    n: int
    bins: tuple[Bin, ...]


@styled
def distributions(panels: Sequence[Histogram]) -> "Figure":
    """Draw small multiples, one panel an outcome."""
    if not panels:
        figure = new_figure(3, 0.6)
        footnote(figure, "No values to show.")
        return figure
    columns = min(3, len(panels))
    rows = ceil(len(panels) / columns)
    figure = new_figure(WIDTH * columns + 0.1, HEIGHT * rows + 0.55)
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, panel in zip(grid, panels, strict=False):
        _panel(axes, panel)
    for axes in grid[len(panels) :]:
        axes.set_axis_off()
    footnote(
        figure,
        "Bars: percent of values, all sites together. Dark bars: the lowest (floor) and highest"
        " (ceiling) possible value, with their percent; red: more than the study's limit.",
    )
    return figure


def alt_text(panels: Sequence[Histogram]) -> str:
    """The ends of each scale in words."""
    parts = []
    for panel in panels:
        ends = [
            f"{100 * b.share:.0f}% at the {b.end}{' (flagged)' if b.flagged else ''}"
            for b in panel.bins
            if b.end
        ]
        most = max(panel.bins, key=lambda b: b.share)
        at = f"{most.low:g}" if most.low == most.high else f"{most.low:.3g} to {most.high:.3g}"
        parts.append(
            f"{panel.outcome_label}, {panel.time_label}, {panel.n} values:"
            f" {'; '.join(ends) or 'ends of the scale not known'}; most at {at}"
            f" ({100 * most.share:.0f}%)."
        )
    return "Distributions of values. " + (" ".join(parts) or "None.")


def _panel(axes: "Axes", panel: Histogram) -> None:
    wide = [b.high - b.low for b in panel.bins if b.high > b.low]
    step = min(wide) if wide else _step(panel)
    top = max(b.share for b in panel.bins)
    for b in panel.bins:
        flagged = CAUTION if b.flagged else PALETTE["heat-4"][0]
        colour = flagged if b.end else PALETTE["heat-2"][0]
        centre, width = (b.low + b.high) / 2, (b.high - b.low) * 0.96 or step * FILL
        if b.end and wide:  # beside the bins, which begin and end where it stands
            width = step * FILL
            centre += -step * 0.55 if b.end == "floor" else step * 0.55
        axes.bar([centre], [100 * b.share], width=width, color=colour, linewidth=0)
        if b.end:
            words = f"{b.end}\n{_percent(b.share)}"
            side = "left" if b.end == "floor" else "right"
            edge = centre - width / 2 if b.end == "floor" else centre + width / 2
            axes.text(
                edge, 0.98, words, ha=side, va="top", size=7,
                color=CAUTION if b.flagged else MUTED, transform=axes.get_xaxis_transform(),
                bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.0},
            )  # fmt: skip
    axes.set_ylim(0, 100 * top * 1.45)
    axes.locator_params(axis="y", nbins=4)
    axes.locator_params(axis="x", nbins=6)
    axes.set_xlabel(f"{panel.time_label}, n = {panel.n:,}", size=7.5)
    title(axes, panel.outcome_label, panel.unit, WIDTH - 0.5)


def _step(panel: Histogram) -> float:
    """The distance of neighbouring values."""
    at = sorted({b.low for b in panel.bins})
    return min((b - a for a, b in pairwise(at)), default=1.0)


def _percent(share: float) -> str:
    if 0 < share < 0.01:
        return "<1%"
    return f"{100 * share:.0f}%"
