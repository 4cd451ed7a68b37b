"""One small panel a neighbourhood: its weighted mean over the waves, its site's behind it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import TYPE_CHECKING, Any

from cesp_analysis.figures.palette import GRID, MUTED
from cesp_analysis.figures.style import Look, footnote, looks, new_figure, styled, within_0_and_1
from cesp_analysis.figures.text import plain, width_of, wrap
from cesp_analysis.numbers import NOT_SHOWN

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ACROSS, WIDTH, HEIGHT = 6, 1.22, 1.05
Point = tuple[float, float | None, float | None]
"""Mean, and the ends of its interval if there is one."""


@dataclass(frozen=True)
class Small:
    """A neighbourhood: a point a wave, None where there is none."""

    neighbourhood: str
    site: str
    points: tuple[Point | None, ...]


@dataclass(frozen=True)
class Multiples:
    """One outcome of all neighbourhoods; behind: site → its means by wave; without: those that
    have no mean, 'name (site)' → why; shares: its means are proportions, its axis ends at 0 and 1.
    """

    outcome_label: str
    unit: str
    waves: tuple[str, ...]
    panels: tuple[Small, ...]
    behind: dict[str, tuple[float | None, ...]]
    without: dict[str, str] = field(default_factory=dict)
    shares: bool = False


@styled
def small_multiples(
    shown: Multiples, arms: Sequence[tuple[str, str]], known: str = "95% interval"
) -> "Figure":
    """Draw site after site, each from a new row; all panels have one scale."""
    if not shown.panels:
        figure = new_figure(4, 0.6)
        footnote(figure, f"No neighbourhood has enough answers.{_without(shown)}")
        return figure
    style = looks(arms)
    sites = [site for site, _ in arms if any(panel.site == site for panel in shown.panels)]
    groups = [[panel for panel in shown.panels if panel.site == site] for site in sites]
    across = min(ACROSS, max(len(group) for group in groups))
    lines = sum(ceil(len(group) / across) for group in groups)
    width = max(WIDTH, 3.4 / across)
    wide = max(width_of(wave, 7) for wave in shown.waves) > 0.8 * width / len(shown.waves)
    figure = new_figure(width * across + 0.55, (HEIGHT + 0.2) * lines + 1.0)
    grid = figure.subplots(lines, across, squeeze=False, sharex=True, sharey=True)
    numbers = [str(number) for number in range(1, len(shown.waves) + 1)]
    line = 0
    for group in groups:
        for at, panel in enumerate(group):
            _panel(grid[line + at // across, at % across], panel, shown, style[panel.site], width)
        used = ceil(len(group) / across)
        for empty in grid[line : line + used].ravel()[len(group) :]:
            empty.set_axis_off()
        _axes(grid[line : line + used], numbers if wide else list(shown.waves))
        line += used
    if shown.shares:
        for axes in grid.ravel():
            within_0_and_1(axes)
    figure.legend(handles=[_handle(site, style[site]) for site in sites],
                  loc="outside upper left", ncols=min(3, len(sites)))  # fmt: skip
    unit = f" ({shown.unit})" if shown.unit else ""
    footnote(
        figure,
        f"{shown.outcome_label}{unit}. Marks: weighted mean of the neighbourhood with {known},"
        " respondents as drawn within it; broad grey line: mean of its site. All panels have the"
        " same scale. A mark is missing where too few answered."
        + _without(shown)
        + (f" {_key(numbers, shown.waves)}" if wide else ""),
    )
    return figure


def _panel(axes: "Axes", panel: Small, shown: Multiples, look: Look, width: float) -> None:
    behind = [(x, y) for x, y in enumerate(shown.behind.get(panel.site, ())) if y is not None]
    if behind:
        axes.plot(*zip(*behind, strict=True), color=GRID, linewidth=4, zorder=1)
        axes.plot(*zip(*behind, strict=True), color=MUTED, linewidth=0.6, zorder=1.5)
    known = [(x, point) for x, point in enumerate(panel.points) if point is not None]
    for x, (_, low, high) in known:
        if low is not None and high is not None:
            axes.vlines(x, low, high, color=look.colour, linewidth=0.9, zorder=2)
    axes.plot(
        [x for x, _ in known],
        [point[0] for _, point in known],
        color=look.colour,
        linestyle=look.line,
        linewidth=1.0,
        marker=look.marker,
        markersize=3.5,
        markerfacecolor=look.face,
        zorder=3,
    )
    lines = wrap(panel.neighbourhood, width - 0.1, 7)
    axes.set_title("\n".join(lines[:2]) + ("…" if len(lines) > 2 else ""), size=7, pad=2)


NAMED = 12
"""Neighbourhoods without a panel that are named, of one reason; the others are counted."""


def _without(shown: Multiples) -> str:
    """Who has no panel, and why."""
    said = ""
    for why in dict.fromkeys(shown.without.values()):
        own = [name for name, reason in shown.without.items() if reason == why]
        more = f"; and {len(own) - NAMED} more" if len(own) > NAMED else ""
        of = why.removeprefix(f"{NOT_SHOWN}: ").removeprefix("no estimate: ")
        said += f" Not drawn, {of}: {len(own)} ({'; '.join(own[:NAMED])}{more})."
    return said


def _key(numbers: Sequence[str], waves: Sequence[str]) -> str:
    return "; ".join(f"{n}: {wave}" for n, wave in zip(numbers, waves, strict=True)) + "."


def _axes(grid: Any, waves: list[str]) -> None:
    """Waves beneath the lowest panel of each column of a site, numbers beside the first of each
    row."""
    lines, across = grid.shape
    for column in range(across):
        lowest = max((n for n in range(lines) if grid[n, column].axison), default=None)
        for n in range(lines):
            axes = grid[n, column]
            axes.set_xticks(range(len(waves)), waves)
            axes.set_xlim(-0.4, len(waves) - 0.6)
            axes.locator_params(axis="y", nbins=4)
            axes.grid(axis="x", visible=False)
            axes.tick_params(labelsize=7, labelbottom=n == lowest, length=2)


def _handle(site: str, look: Look) -> Any:
    from matplotlib.lines import Line2D

    return Line2D([], [], color=look.colour, linestyle=look.line, marker=look.marker, markersize=4,
                  markerfacecolor=look.face, label=site)  # fmt: skip


def alt_text(shown: Multiples) -> str:
    """Each neighbourhood's first and last mean."""
    parts = []
    for panel in shown.panels:
        known = [
            f"{wave} {plain(point[0])}"
            for wave, point in zip(shown.waves, panel.points, strict=True)
            if point is not None
        ]
        said = ", ".join(known[:1] + known[-1:] if len(known) > 1 else known) or "no mean"
        parts.append(f"{panel.neighbourhood} ({panel.site}): {said}")
    listed = "; ".join(parts) or "none"
    told = f"{shown.outcome_label} ({shown.unit}) by neighbourhood and wave. {listed}."
    return told + _without(shown)
