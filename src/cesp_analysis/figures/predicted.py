"""The means that models predict beside the observed ones: a row an outcome, a column a group."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from cesp_analysis.figures.palette import GRID, INK, MUTED, PALETTE, PAPER
from cesp_analysis.figures.style import (
    DASHED,
    MARKERS,
    SOLID,
    footnote,
    new_figure,
    styled,
    turn_ticks,
)
from cesp_analysis.figures.text import named, plain, width_of, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

OBSERVED = "Observed"
TURNED = 0.2
"""Room of a turned label, in inches."""
THICK, THIN = 3.0, 1.2
LINES: tuple[Any, ...] = (SOLID[0], DASHED[0], DASHED[1], DASHED[2])

Point = tuple[str, float, float, float]
"""Label of the time, mean, interval's ends; NaN where there is none."""


@dataclass(frozen=True)
class Series:
    """The means of one group, in order of time: observed, or predicted by the model `label`.

    A model that is fitted to one time after the other has a series for each.
    """

    label: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class PredictedPanel:
    """One outcome of one group; the observed means are the first series, if there are any."""

    outcome: str
    unit: str
    group: str
    arm: str
    series: tuple[Series, ...]


@dataclass(frozen=True)
class Mark:
    """How a mean is marked."""

    colour: str
    face: str
    marker: str


@styled
def predicted(
    panels: Sequence[PredictedPanel], times: Sequence[str], interval: str = "95% interval"
) -> "Figure":
    """Draw each model with a marker and a line of its own, the observed means behind them.

    `times`: labels in order, at equal distances. Labels tell outcomes, groups and models apart.
    """
    if not panels:
        figure = new_figure(3, 0.6)
        footnote(figure, "No model predicted means.")
        return figure
    outcomes = list(dict.fromkeys(panel.outcome for panel in panels))
    groups = list(dict.fromkeys(panel.group for panel in panels))
    models = _models(panels)
    width = max(1.6, min(2.9, 6.3 / len(groups)))
    figure = new_figure(max(4.2, width * len(groups) + 0.7), 1.75 * len(outcomes) + 1.2)
    grid = figure.subplots(len(outcomes), len(groups), sharex=True, sharey="row", squeeze=False)
    of = {(panel.outcome, panel.group): panel for panel in panels}
    for row, outcome in enumerate(outcomes):
        own = [panel for panel in panels if panel.outcome == outcome]
        most = max(len(panel.series) for panel in own)
        for column, group in enumerate(groups):
            axes = grid[row, column]
            axes.grid(axis="x", visible=False)
            axes.locator_params(axis="y", nbins=5)
            _panel(axes, of.get((outcome, group)), times, models, most)
        title = named(own[0].outcome, own[0].unit, 1.3, 8.5)
        grid[row, 0].set_ylabel("\n".join(title), weight="bold")
    for column, group in enumerate(groups):
        grid[0, column].set_title("\n".join(wrap(group, width - 0.2, 9, bold=True)))
        _time_axis(grid[-1, column], times, width - 0.3)
    _legend(figure, models)
    footnote(
        figure,
        f"Points: means, moved apart at each time; bars: {interval}, of observed means with answers"
        " taken as independent, of models as each allows for it. Sampling error alone.",
    )
    return figure


def alt_text(panels: Sequence[PredictedPanel]) -> str:
    """The picture in words: of each outcome, group and series the first and the last mean."""
    parts = []
    for panel in panels:
        said = [_words(series) for series in panel.series]
        unit = f" ({panel.unit})" if panel.unit else ""
        parts.append(f"{panel.outcome}{unit}, {panel.group}: {'; '.join(said) or 'no means'}.")
    return " ".join(["Predicted and observed means by group and time.", *parts])


def _words(series: Series) -> str:
    ends = dict.fromkeys((series.points[0], series.points[-1]))
    return f"{series.label} " + ", ".join(f"{plain(mean)} at {time}" for time, mean, *_ in ends)


def _models(panels: Sequence[PredictedPanel]) -> list[str]:
    labels = dict.fromkeys(series.label for panel in panels for series in panel.series)
    return [label for label in labels if label != OBSERVED]


def _panel(
    axes: "Axes",
    panel: PredictedPanel | None,
    times: Sequence[str],
    models: Sequence[str],
    most: int,
) -> None:
    axes.set_xlim(-0.45, len(times) - 0.55)
    if panel is None or not panel.series:
        axes.text(0.02, 0.92, "No means", transform=axes.transAxes, va="top", size=7.5, color=MUTED)
        return
    step = min(0.16, 0.6 / most)  # each line stands apart, also two of one model at their reference
    for place, series in enumerate(panel.series):
        shift = (place - (len(panel.series) - 1) / 2) * step
        x = [times.index(time) + shift for time, *_ in series.points]
        if series.label == OBSERVED:
            _draw(axes, x, series, Mark(MUTED, PAPER, MARKERS[0]), {"color": GRID, "lw": THICK})
        else:
            at, colour = models.index(series.label), PALETTE[panel.arm][0]
            mark = Mark(colour, PAPER if panel.arm == "control" else colour, _marker(at))
            _draw(axes, x, series, mark, {"color": colour, "lw": THIN, "ls": _line(at)})


def _draw(axes: "Axes", x: list[float], series: Series, mark: Mark, line: dict[str, Any]) -> None:
    _, means, low, high = zip(*series.points, strict=True)
    axes.plot(x, means, **line)
    axes.vlines(x, low, high, color=mark.colour, lw=1.1)
    axes.plot(
        x,
        means,
        linestyle="none",
        marker=mark.marker,
        markerfacecolor=mark.face,
        markeredgecolor=mark.colour,
        zorder=3,
    )


def _line(at: int) -> Any:
    return LINES[at % len(LINES)]


def _marker(at: int) -> str:
    return MARKERS[1 + at % (len(MARKERS) - 1)]


def _legend(figure: "Figure", models: Sequence[str]) -> None:
    handles = [_handle(OBSERVED, Mark(MUTED, PAPER, MARKERS[0]), color=GRID, lw=THICK)]
    for at, label in enumerate(models):
        mark = Mark(INK, PAPER, _marker(at))
        handles.append(_handle(label, mark, color=INK, lw=THIN, ls=_line(at)))
    widest = max(width_of(label, 8.5) for label in (OBSERVED, *models)) + 0.75
    across = max(1, min(len(handles), int(float(figure.get_size_inches()[0]) / widest)))
    figure.legend(handles=handles, loc="outside upper left", ncols=across)


def _handle(label: str, mark: Mark, **line: Any) -> "Line2D":
    from matplotlib.lines import Line2D

    return Line2D(
        [],
        [],
        marker=mark.marker,
        markerfacecolor=mark.face,
        markeredgecolor=mark.colour,
        label=label,
        **line,
    )


def _time_axis(axes: "Axes", times: Sequence[str], width: float) -> None:
    """Name the times; where even turned names would touch, only every second, third, ..."""
    room = width / len(times)
    turned = max(width_of(label, 8) for label in times) > 0.92 * room
    shown = range(0, len(times), ceil(TURNED / room) if turned else 1)
    axes.set_xticks(shown, [times[at] for at in shown])
    if turned:
        turn_ticks(axes)
