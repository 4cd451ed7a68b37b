"""Figures from outside: the sites' authorities among the others, before and after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from cesp_analysis.figures.palette import CAUTION, GRID
from cesp_analysis.figures.style import footnote, looks, new_figure, styled, title
from cesp_analysis.figures.text import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from pandas import DataFrame

WIDTH, HEIGHT = 3.7, 2.5
TICKS = 6


@dataclass(frozen=True)
class Line:
    """One authority: its site's label and arm ('' for others); values (periods,) at an index."""

    authority: str
    label: str
    arm: str
    at: tuple[int, ...]
    value: tuple[float, ...]


@dataclass(frozen=True)
class ExternalPanel:
    """One series: periods in order, how many of them lie before the intervention, its lines."""

    label: str
    unit: str
    periods: tuple[str, ...]
    past: int
    lines: tuple[Line, ...]


def external_panels(
    table: "DataFrame", labels: Mapping[str, tuple[str, str]]
) -> tuple[ExternalPanel, ...]:
    """The panels of an ExternalTable; labels: site → its label and arm."""
    panels = []
    for _, own in table.groupby("series", observed=True, sort=False):
        periods = sorted(map(str, own["period"].unique()))
        past = set(map(str, own.loc[own["past"] == "yes", "period"]))
        lines = []
        for authority, rows in own.groupby("authority", observed=True, sort=False):
            site = str(rows["site"].iloc[0]) if rows["site"].notna().any() else ""
            at = tuple(periods.index(str(period)) for period in rows["period"])
            lines.append(
                Line(str(authority), *labels.get(site, ("", "")), at, tuple(rows["value"]))
            )
        first = own.iloc[0]
        unit = str(first["unit"]) if isinstance(first["unit"], str) else ""
        panels.append(
            ExternalPanel(str(first["label"]), unit, tuple(periods), len(past), tuple(lines))
        )
    return tuple(panels)


@styled
def external(panels: Sequence[ExternalPanel]) -> "Figure":
    """Draw small multiples, two beside each other: authorities without a site are thin."""
    columns = min(2, max(1, len(panels)))
    rows = max(1, ceil(len(panels) / columns))
    figure = new_figure(WIDTH * columns, HEIGHT * rows + 0.8)
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    sites = dict.fromkeys(
        (line.label, line.arm) for panel in panels for line in panel.lines if line.label
    )
    style = looks(list(sites))
    for axes, panel in zip(grid, panels, strict=False):
        _panel(axes, panel, style)
    for axes in grid[len(panels) :]:
        axes.set_axis_off()
    others = any(not line.label for panel in panels for line in panel.lines)
    figure.legend(handles=_handles(style, others), loc="outside upper left", ncols=2)
    footnote(
        figure,
        "Vertical line: the last period before the intervention; divergences of the past are taken"
        " up to it. Each panel has its own scale, which need not begin at 0.",
    )
    return figure


def _panel(axes: "Axes", panel: ExternalPanel, style: dict[str, Any]) -> None:
    for line in panel.lines:
        if not line.label:
            axes.plot(line.at, line.value, color=GRID, linewidth=0.9, zorder=1)
    for line in panel.lines:
        if line.label:
            look = style[line.label]
            axes.plot(
                line.at, line.value, color=look.colour, linestyle=look.line, marker=look.marker,
                markerfacecolor=look.face, markeredgecolor=look.colour, markersize=4, zorder=3,
            )  # fmt: skip
    if 0 < panel.past <= len(panel.periods):
        axes.axvline(panel.past - 1, color=CAUTION, linewidth=1.1, linestyle=(0, (4, 2)), zorder=2)
    step = ceil(len(panel.periods) / TICKS)
    axes.set_xticks(range(0, len(panel.periods), step), panel.periods[::step])
    axes.locator_params(axis="y", nbins=5)
    axes.grid(axis="x", visible=False)
    title(axes, panel.label, panel.unit, WIDTH - 0.75)


def _handles(style: dict[str, Any], others: bool) -> list[Any]:
    from matplotlib.lines import Line2D

    made = [
        Line2D(
            [], [], color=look.colour, linestyle=look.line, marker=look.marker,
            markerfacecolor=look.face, markeredgecolor=look.colour, markersize=4, label=label,
        )
        for label, look in style.items()
    ]  # fmt: skip
    if others:
        made.append(Line2D([], [], color=GRID, linewidth=1.2, label="other authorities"))
    made.append(Line2D([], [], color=CAUTION, linewidth=1.1, linestyle=(0, (4, 2)),
                       label="last period before"))  # fmt: skip
    return made


def alt_text(panels: Sequence[ExternalPanel]) -> str:
    """Each series and site: the first and the last figure before, and the last of all."""
    parts = []
    for panel in panels:
        said = []
        for line in panel.lines:
            if not line.label:
                continue
            chosen = dict.fromkeys(
                [0, max((i for i, at in enumerate(line.at) if at < panel.past), default=0), -1]
            )
            told = [f"{panel.periods[line.at[i]]} {plain(line.value[i])}" for i in chosen]
            said.append(f"{line.label}, {', '.join(dict.fromkeys(told))}")
        unit = f" ({panel.unit})" if panel.unit else ""
        others = sum(not line.label for line in panel.lines)
        beside = f"; {others} other authorities" if others else ""
        parts.append(f"{panel.label}{unit}: {'; '.join(said)}{beside}.")
    return "Figures from outside, by authority and period. " + " ".join(parts)
