"""How each neighbourhood changed, in order: by itself, and drawn towards its site's mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cesp_analysis.figures.palette import INK, MUTED
from cesp_analysis.figures.style import Look, footnote, looks, new_figure, styled
from cesp_analysis.figures.text import named, wrap
from cesp_analysis.numbers import fixed, interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW, LINE, LABEL, PLOT = 0.19, 0.145, 1.5, 3.1
APART = 0.2
"""How far the change by itself is drawn below the row's middle, and the other above it, in rows."""
Ends = tuple[float, float, float]


@dataclass(frozen=True)
class CaterpillarRow:
    """A neighbourhood: raw and shrunken change, each (value, low, high); None: there is none."""

    neighbourhood: str
    site: str
    raw: Ends | None
    shrunken: Ends | None

    def place(self) -> float:
        """What the rows are put in order by."""
        known = self.shrunken or self.raw
        return known[0] if known else float("-inf")


@dataclass(frozen=True)
class CaterpillarPanel:
    """One outcome: its neighbourhoods, the mean change of each site's, those without a change."""

    outcome_label: str
    unit: str
    contrast: str
    rows: tuple[CaterpillarRow, ...]
    site_means: dict[str, float]
    without: int = 0
    decimals: int = 2


@styled
def caterpillar(
    panels: Sequence[CaterpillarPanel], arms: Sequence[tuple[str, str]], known: str = "95% interval"
) -> "Figure":
    """Draw the panels side by side, two at most; `arms`: (site, arm) in the order of the legend."""
    shown = [panel for panel in panels if panel.rows]
    if not shown:
        figure = new_figure(4, 0.6)
        footnote(figure, "No neighbourhood has enough answers in two waves.")
        return figure
    columns = min(2, len(shown))
    lines = -(-len(shown) // columns)
    most = max(len(panel.rows) for panel in shown)
    width = LABEL + PLOT
    row = max(ROW, LINE * max(len(_label(r)) for panel in shown for r in panel.rows))
    figure = new_figure(width * columns, (row * most + 0.75) * lines + 1.15)
    grid = figure.subplots(lines, columns, squeeze=False).ravel()
    style = looks(arms)
    for axes, panel in zip(grid, shown, strict=False):
        _panel(axes, panel, style)
    for axes in grid[len(shown) :]:
        axes.set_axis_off()
    present = [site for site, _ in arms if any(r.site == site for p in shown for r in p.rows)]
    large = any(row.shrunken for panel in shown for row in panel.rows)
    figure.legend(handles=[_handle(site, style[site], large) for site in present],
                  loc="outside upper left", ncols=min(3, len(present)))  # fmt: skip
    footnote(figure, _reading(shown, known))
    return figure


def _panel(axes: "Axes", panel: CaterpillarPanel, style: dict[str, Look]) -> None:
    rows = sorted(panel.rows, key=CaterpillarRow.place, reverse=True)
    axes.axvline(0, color=INK, linewidth=0.9, zorder=1)
    for site, mean in panel.site_means.items():
        look = style[site]
        axes.axvline(mean, color=look.colour, linewidth=0.9, linestyle=look.line, zorder=1.2)
    for at, row in enumerate(rows):
        look = style[row.site]
        if row.raw is not None:
            _drawn(axes, row.raw, at + APART * (row.shrunken is not None), look, 3.0, 0.7, MUTED)
        if row.shrunken is not None:
            _drawn(axes, row.shrunken, at - APART, look, 5.0, 1.7, look.colour)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_yticks(range(len(rows)), ["\n".join(_label(row)) for row in rows])
    axes.tick_params(axis="y", labelsize=7.5, length=0)
    axes.grid(axis="y", visible=False)
    axes.spines["left"].set_visible(False)
    axes.locator_params(axis="x", nbins=6)
    heading = named(panel.outcome_label, panel.unit, PLOT, 9)
    axes.set_title("\n".join([*heading, panel.contrast]), loc="left", size=9)


def _label(row: CaterpillarRow) -> list[str]:
    """The name in two lines at most."""
    lines = wrap(row.neighbourhood, LABEL - 0.25, 7.5)
    return [*lines[:1], lines[1] + " \u2026"] if len(lines) > 2 else lines


def _drawn(
    axes: "Axes", ends: Ends, y: float, look: Look, size: float, line: float, colour: str
) -> None:
    axes.plot(ends[1:], [y, y], color=colour, linewidth=line, zorder=2, solid_capstyle="butt")
    axes.plot(ends[0], y, look.marker, markersize=size, color=colour,
              markerfacecolor=look.face if colour != MUTED else colour, zorder=3)  # fmt: skip


def _handle(site: str, look: Look, large: bool) -> Any:
    """The site's mark; where no change is drawn towards its mean, the small grey one."""
    from matplotlib.lines import Line2D

    if not large:
        return Line2D([], [], color=MUTED, linewidth=0.7, marker=look.marker, markersize=3.5,
                      label=site)  # fmt: skip
    return Line2D([], [], color=look.colour, linestyle=look.line, marker=look.marker, markersize=5,
                  markerfacecolor=look.face, label=site)  # fmt: skip


def _reading(panels: Sequence[CaterpillarPanel], known: str) -> str:
    shrunken = any(row.shrunken for panel in panels for row in panel.rows)
    if shrunken:
        said = (
            f"Large marks: each neighbourhood's change drawn towards the mean of its site's (Morris"
            f" 1983), the more so the less is known of it, with {known}; of k neighbourhoods at"
            " least 2/(k − 1) of its distance is kept, also where true changes do not seem to"
            " differ. Small grey marks: the change by"
            " itself, respondents as drawn within the neighbourhood. Vertical lines: no change, and"
            " the mean change of each site's neighbourhoods. Part of the order, and of the ends, is"
            " chance."
        )
    else:
        said = (
            f"Marks: each neighbourhood's change with {known}, respondents as drawn within it. Part"
            " of the order, and of the ends, is chance."
        )
    without = max(panel.without for panel in panels)
    if without:
        said += f" Not drawn, for want of answers: {without}."
    return said + (" Each panel has its own scale and order." if len(panels) > 1 else "")


def alt_text(panels: Sequence[CaterpillarPanel]) -> str:
    """Of each outcome: how many neighbourhoods, the sites' means, both ends."""
    parts = []
    for panel in panels:
        rows = sorted(panel.rows, key=CaterpillarRow.place, reverse=True)
        if not rows:
            continue
        d = panel.decimals
        means = ", ".join(f"{site} {fixed(mean, d)}" for site, mean in panel.site_means.items())
        ends = [f"{row.neighbourhood} ({row.site}) {_said(row, d)}" for row in (rows[0], rows[-1])]
        parts.append(
            f"{panel.outcome_label} ({panel.unit}), {panel.contrast}: {len(rows)} neighbourhoods"
            + (f"; mean change {means}" if means else "")
            + f"; from {ends[0]} to {ends[1]}."
        )
    return "Change of each neighbourhood, in order. " + (" ".join(parts) or "None.")


def _said(row: CaterpillarRow, decimals: int) -> str:
    known = row.shrunken or row.raw
    if known is None:
        return "not known"
    return f"{fixed(known[0], decimals)} ({interval(known[1], known[2], decimals)})"
