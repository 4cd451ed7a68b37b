"""Power and assurance by the number of locations, and what simulated trials found."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cesp_analysis.figures.palette import CAUTION, INK, MUTED, PALETTE, PAPER
from cesp_analysis.figures.planning_front import marker_of
from cesp_analysis.figures.style import footnote, new_figure, styled, title
from cesp_analysis.figures.text import wrap
from cesp_analysis.numbers import percentage

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEIGHT, ACROSS = 2.5, 2.25, 3
POWER = PALETTE["intervention"][0]
DASHED, DOTTED = (0, (4, 2)), (0, (1, 1.5))
HALF = 1.96
"""Half a Monte Carlo interval in its standard errors: of the normal law."""
APART = 0.012
"""Of the span of the axis: how far marks of one place stand from each other."""
EVERY = 0.25


@dataclass(frozen=True)
class Line:
    """With so many people of a location and period: power and assurance (n,) by locations."""

    people: int
    locations: tuple[int, ...]
    power: tuple[float | None, ...]
    assurance: tuple[float | None, ...]


@dataclass(frozen=True)
class Point:
    """Simulated trials of one size: share in which a difference was found; of trials with none:
    false alarms; beside it what the formula promises."""

    analysis: str
    false_alarms: bool
    people: int
    locations: int
    found: float
    found_mcse: float
    formula: float | None


@dataclass(frozen=True)
class PowerPanel:
    """One design: lines by people, or, if it is of simulated trials, their points; reason: why
    there is neither."""

    design: str
    lines: tuple[Line, ...] = ()
    points: tuple[Point, ...] = ()
    reason: str = ""
    simulated: bool = False


@dataclass(frozen=True)
class Targets:
    """Power and assurance to be reached, and the share of false alarms that is declared."""

    power: float
    assurance: float
    alpha: float


@styled
def planning_power(panels: Sequence[PowerPanel], targets: Targets, said: str) -> "Figure":
    """Draw a panel a design, then one for each that is simulated."""
    if not panels:
        figure = new_figure(4, 0.6)
        footnote(figure, "No power: no design has a grid of locations and people.")
        return figure
    across = min(ACROSS, len(panels))
    down = -(-len(panels) // across)
    width = WIDTH if across > 1 else 1.6 * WIDTH
    handles = _handles(panels)
    columns = across
    rows = -(-len(handles) // columns)
    figure = new_figure(width * across, HEIGHT * down + 0.21 * rows + 0.9)
    grid = figure.subplots(down, across, squeeze=False)
    markers = _markers(panels)
    for axes in grid.flat[len(panels) :]:
        axes.set_axis_off()
    for axes, panel in zip(grid.flat, panels, strict=False):
        _frame(axes, panel, targets)
        if panel.reason:
            _without(axes, panel.reason, width)
        else:
            _points(axes, panel) if panel.simulated else _lines(axes, panel, markers)
        title(axes, f"{panel.design}{': simulated' * panel.simulated}", "", width - 0.55)
        if axes in grid[:, 0]:
            axes.set_ylabel("Trials" if panel.simulated else "Power, assurance")
    figure.legend(handles=handles, loc="outside upper left", ncols=columns)
    footnote(figure, said)
    return figure


def _frame(axes: "Axes", panel: PowerPanel, targets: Targets) -> None:
    axes.axhline(targets.power, color=POWER, linewidth=0.9, zorder=1)
    if panel.simulated:
        axes.axhline(targets.alpha, color=CAUTION, linewidth=0.9, linestyle=DOTTED, zorder=1)
    else:
        axes.axhline(targets.assurance, color=INK, linewidth=0.9, linestyle=DASHED, zorder=1)
    axes.set_ylim(0, 1)
    ticks = [EVERY * at for at in range(5)]
    axes.set_yticks(ticks, [percentage(tick, 0) for tick in ticks])
    people = {point.people for point in panel.points}
    axes.set_xlabel(f"Locations × {people.pop()} people" if len(people) == 1 else "Locations")
    axes.locator_params(axis="x", nbins=5, integer=True)
    places = {point.locations for point in panel.points}
    places |= {n for line in panel.lines for n in line.locations}
    if len(places) == 1:  # no range to be parted: one tick, with room beside it
        (only,) = places
        axes.set_xlim(only - 1, only + 1)
        axes.set_xticks([only], [f"{only:,}"])


def _without(axes: "Axes", reason: str, width: float) -> None:
    """In place of lines: why there are none."""
    axes.set_xticks([])
    said = "\n".join(wrap(f"Not known: {reason}.", width - 0.9, 8))
    axes.text(0.5, 0.5, said, transform=axes.transAxes, ha="center", va="center", size=8)


def _lines(axes: "Axes", panel: PowerPanel, markers: dict[int, str]) -> None:
    for line in panel.lines:
        marker = markers[line.people]
        axes.plot(
            line.locations, [_drawn(v) for v in line.assurance], color=INK, linestyle=DASHED,
            linewidth=1.0, marker=marker, markersize=3.6, markerfacecolor=PAPER, clip_on=False,
        )  # fmt: skip
        axes.plot(
            line.locations, [_drawn(v) for v in line.power], color=POWER, linewidth=1.3,
            marker=marker, markersize=4, clip_on=False,
        )  # fmt: skip


def _drawn(value: float | None) -> float:
    return float("nan") if value is None else value


def _points(axes: "Axes", panel: PowerPanel) -> None:
    """What was found with its Monte Carlo interval; a dash where the formula puts it."""
    analyses = _analyses([panel])
    places = [point.locations for point in panel.points]
    step = APART * ((max(places) - min(places)) or 1)
    for point in panel.points:
        nth = list(analyses).index(point.analysis)
        x = point.locations + step * (2 * nth - (len(analyses) - 1))
        colour = CAUTION if point.false_alarms else POWER
        axes.errorbar(
            [x], [point.found], yerr=[HALF * point.found_mcse], color=colour, linewidth=0.9,
            marker=analyses[point.analysis], markersize=2.6, capsize=2.2, markeredgewidth=0.8,
            markerfacecolor=PAPER if nth else colour, zorder=3, clip_on=False,
        )  # fmt: skip
        if point.formula is not None and not point.false_alarms:
            axes.plot([x - 2 * step, x + 2 * step], [point.formula] * 2, color=INK, linewidth=0.8)


def _markers(panels: Iterable[PowerPanel]) -> dict[int, str]:
    """People → marker, the same in all panels."""
    people = sorted({line.people for panel in panels for line in panel.lines})
    return {n: marker_of(at) for at, n in enumerate(people)}


def _analyses(panels: Iterable[PowerPanel]) -> dict[str, str]:
    """Analysis → marker."""
    found = dict.fromkeys(point.analysis for panel in panels for point in panel.points)
    return {name: marker_of(at) for at, name in enumerate(found)}


def _handles(panels: Sequence[PowerPanel]) -> list[Any]:
    from matplotlib.lines import Line2D

    def line(label: str, **look: Any) -> Any:
        return Line2D([], [], label="\n".join(wrap(label, 1.85, 8.5)), **look)

    grey = {"color": MUTED, "linestyle": "none", "markersize": 4.5}
    made = [
        line("power at the medians; thin: to be reached", color=POWER, linewidth=1.4),
        line("assurance; thin: to be reached", color=INK, linestyle=DASHED, linewidth=1.1),
    ]
    people = _markers(panels)
    made += [line(f"{n} people", marker=marker, **grey) for n, marker in people.items()]
    for nth, (name, marker) in enumerate(_analyses(panels).items()):
        face = PAPER if nth else POWER
        made.append(line(f"simulated: {name}", color=POWER, marker=marker, markersize=4.5,
                         markerfacecolor=face, linewidth=1))  # fmt: skip
    if any(point.false_alarms for panel in panels for point in panel.points):
        made.append(line("the same where nothing is to be found; dotted: as declared",
                         color=CAUTION, linestyle=DOTTED, linewidth=1.1))  # fmt: skip
    return made


def alt_text(panels: Sequence[PowerPanel], targets: Targets) -> str:
    """The ends of each line, and the range of what simulated trials found."""
    parts = []
    for panel in panels:
        if panel.reason:
            parts.append(f"{panel.design}{', simulated' * panel.simulated}: not known.")
            continue
        said = "; ".join(map(_said, panel.lines)) or "; ".join(_ranges(panel.points))
        parts.append(f"{panel.design}{', simulated' * panel.simulated}. {said}.")
    start = (
        "Power and assurance by locations; to be reached:"
        f" {percentage(targets.power, 0)} and {percentage(targets.assurance, 0)}. "
    )
    return start + (" ".join(parts) or "None.")


def _said(line: Line) -> str:
    ends = [
        f"at {line.locations[at]} locations power {percentage(line.power[at], 0)}, assurance"
        f" {percentage(line.assurance[at], 0)}"
        for at in dict.fromkeys((0, len(line.locations) - 1))
    ]
    return f"{line.people} people: {', '.join(ends)}"


def _ranges(points: Sequence[Point]) -> list[str]:
    """The lowest and highest share of each analysis, of trials with a difference and without."""
    found = dict.fromkeys((point.analysis, point.false_alarms) for point in points)
    said = []
    for analysis, false_alarms in found:
        own = [p.found for p in points if (p.analysis, p.false_alarms) == (analysis, false_alarms)]
        what = "false alarms" if false_alarms else "difference found"
        ends = f"{percentage(min(own), 1)} to {percentage(max(own), 1)}"
        said.append(f"{analysis}: {what} in {ends}")
    return said
