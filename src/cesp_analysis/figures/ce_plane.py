"""Differences in cost and QALYs together: draws, the ellipse around them, lines of thresholds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cesp_analysis.economics.ratio_words import QALY_DECIMALS, pounds
from cesp_analysis.figures.palette import INK, MUTED, PALETTE, PAPER
from cesp_analysis.figures.style import footnote, new_figure, styled, title
from cesp_analysis.numbers import fixed, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, ALONE, HEIGHT = 3.7, 4.8, 3.6
DOTS = PALETTE["intervention"][0]
LINES: tuple[Any, ...] = ((0, (1, 2)), (0, (5, 2)))
"""Of the first and the last threshold."""
CORNERS = {
    "dearer_gains": (1, 1),
    "cheaper_gains": (1, 0),
    "cheaper_loses": (0, 0),
    "dearer_loses": (0, 1),
}
"""Quadrant → its corner, to the right and upwards."""
BESIDE, STRIP = 0.18, 0.16
"""Of the span of the points: how far an axis goes beyond 0 at least; room for words of corners."""


@dataclass(frozen=True)
class PlanePanel:
    """One approach: draws (n,) and ellipse (m,) of QALYs and cost (£), the estimate, and the shares
    of the quadrants (CORNERS), None where they are not known."""

    approach: str
    estimate_qaly: float
    estimate_cost: float
    qaly: tuple[float, ...]
    cost: tuple[float, ...]
    ellipse_qaly: tuple[float, ...]
    ellipse_cost: tuple[float, ...]
    dearer_gains: float | None = None
    cheaper_gains: float | None = None
    cheaper_loses: float | None = None
    dearer_loses: float | None = None

    @property
    def shares(self) -> dict[str, float]:
        """Those that are known."""
        shares = {name: getattr(self, name) for name in CORNERS}
        return {name: share for name, share in shares.items() if share is not None}


@styled
def ce_plane(
    panels: Sequence[PlanePanel], thresholds: Sequence[float], ellipse: str, said: str
) -> "Figure":
    """Draw a panel an approach. thresholds: £ a QALY, one or two; ellipse: what it is called; said:
    what must not get lost when the figure leaves the report."""
    if not panels:
        figure = new_figure(4, 0.6)
        footnote(figure, "No draws of cost and QALYs: the base case has no estimate of both.")
        return figure
    width = WIDTH if len(panels) > 1 else ALONE
    figure = new_figure(width * len(panels), HEIGHT + 0.8)
    for axes, panel in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
        _panel(axes, panel, thresholds)
        title(axes, panel.approach, "", width - 0.75)
    figure.legend(handles=_handles(thresholds, ellipse), loc="outside upper left", ncols=2)
    footnote(figure, said)
    return figure


def _panel(axes: "Axes", panel: PlanePanel, thresholds: Sequence[float]) -> None:
    across = _ends([*panel.qaly, *panel.ellipse_qaly, panel.estimate_qaly])
    up = _ends([*panel.cost, *panel.ellipse_cost, panel.estimate_cost])
    strip = STRIP * (up[1] - up[0])
    axes.grid(visible=False)
    axes.axhline(0, color=INK, linewidth=0.9, zorder=2)
    axes.plot([0, 0], up, color=INK, linewidth=0.9, zorder=2)
    axes.plot(
        panel.qaly, panel.cost, color=DOTS, marker="o", markersize=2.6, markeredgewidth=0,
        alpha=0.28, linestyle="none", zorder=1,
    )  # fmt: skip
    axes.plot(panel.ellipse_qaly, panel.ellipse_cost, color=DOTS, linewidth=1.4, zorder=3)
    for threshold, style in zip(thresholds, LINES, strict=False):
        ends = _within(threshold, across, up)
        axes.plot(
            ends, [threshold * end for end in ends],
            color=MUTED, linestyle=style, linewidth=1.4, zorder=2,
        )  # fmt: skip
    axes.plot(
        [panel.estimate_qaly], [panel.estimate_cost], color=INK, marker="s", markersize=6,
        markeredgecolor=PAPER, linestyle="none", zorder=4,
    )  # fmt: skip
    axes.set_xlim(across)
    axes.set_ylim(up[0] - strip, up[1] + strip)
    axes.locator_params(nbins=6)
    axes.yaxis.set_major_formatter(lambda value, _: fixed(value, 0))
    axes.set_xlabel("Difference in QALYs a person")
    axes.set_ylabel("Difference in cost, £ a person")
    for name, share in panel.shares.items():
        _corner(axes, name, share)


def _corner(axes: "Axes", name: str, share: float) -> None:
    right, top = CORNERS[name]
    axes.text(
        0.985 if right else 0.015, 0.985 if top else 0.015, words_of(name, share, "\n"),
        transform=axes.transAxes, ha="right" if right else "left", va="top" if top else "bottom",
        size=7.5, color=INK, zorder=5, linespacing=1.15,
    )  # fmt: skip


def _within(
    threshold: float, across: tuple[float, float], up: tuple[float, float]
) -> tuple[float, float]:
    """Between which QALYs the line of a threshold lies, short of the words in the corners."""
    if threshold <= 0:
        return across
    return max(across[0], up[0] / threshold), min(across[1], up[1] / threshold)


def words_of(name: str, share: float, between: str = " ") -> str:
    """'dearer, gains QALYs 34%', as the sentences beside the figure say it."""
    return f"{name.replace('_', ', ')} QALYs{between}{percent(share, 1)}"


def _ends(values: Sequence[float]) -> tuple[float, float]:
    """The ends of an axis: all points, and 0 with room on both its sides for two quadrants."""
    low, high = min(0.0, *values), max(0.0, *values)
    span = high - low or 1.0
    room = 0.05 * span
    return min(low - room, -BESIDE * span), max(high + room, BESIDE * span)


def _handles(thresholds: Sequence[float], ellipse: str) -> list[Any]:
    from matplotlib.lines import Line2D

    made = [
        Line2D([], [], color=INK, marker="s", markersize=6, linestyle="none", label="estimate"),
        Line2D([], [], color=DOTS, linewidth=1.4, label=ellipse),
    ]
    for threshold, style in zip(thresholds, LINES, strict=False):
        label = f"{pounds(threshold)} a QALY"
        made.append(Line2D([], [], color=MUTED, linestyle=style, linewidth=1.4, label=label))
    return made


def alt_text(panels: Sequence[PlanePanel]) -> str:
    """Each estimate, how far the ellipse reaches, and the shares of the quadrants."""
    parts = []
    for panel in panels:
        shares = ", ".join(words_of(name, share) for name, share in panel.shares.items())
        reach = ""
        if panel.ellipse_qaly:
            ends = [fixed(end(panel.ellipse_qaly), QALY_DECIMALS) for end in (min, max)]
            costs = [pounds(end(panel.ellipse_cost)) for end in (min, max)]
            reach = (
                f"; the ellipse reaches from {ends[0]} to {ends[1]} QALYs and from {costs[0]} to"
                f" {costs[1]}"
            )
        parts.append(
            f"{panel.approach}: difference {fixed(panel.estimate_qaly, QALY_DECIMALS)} QALYs and"
            f" {pounds(panel.estimate_cost)} a person{reach}. Quadrants: {shares or 'not known'}."
        )
    return "Differences in QALYs (to the right) and in cost (upwards). " + (
        " ".join(parts) or "None."
    )
