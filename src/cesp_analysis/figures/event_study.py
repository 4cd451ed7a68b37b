"""What an intervention does by time since it began: a panel an outcome and model."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cesp_analysis.figures.palette import INK, MUTED, PALETTE, PAPER
from cesp_analysis.figures.style import footnote, new_figure, styled
from cesp_analysis.figures.text import named, wrap
from cesp_analysis.numbers import fixed, interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from pandas import DataFrame

    from cesp_analysis.declared.wording import Wording

ACROSS, WIDTH, HEIGHT = 2, 3.3, 2.3
BEFORE, SINCE = "before_", "since_"
"""How the end of an estimate's name begins that is of a time since the start."""


@dataclass(frozen=True)
class Since:
    """An effect at a time since the start (below 0: before it); ends of the simultaneous interval
    are None where there is none."""

    time_since: float
    estimate: float
    ci_low: float
    ci_high: float
    ci_low_joint: float | None
    ci_high_joint: float | None


@dataclass(frozen=True)
class EventPanel:
    """One outcome of one model, in order of time since the start."""

    outcome_label: str
    unit: str
    model_label: str
    points: tuple[Since, ...]
    decimals: int = 2


def panels_of(table: "DataFrame", words: "Wording", level: str) -> list[EventPanel]:
    """The panels of a level's models, in config's order, of those that have an estimate."""
    own = table[(table["level"] == level) & (table["kind"] == "group_time")]
    own = own[own["status"] == "estimated"]
    found = []
    for name, outcome in words.outcomes.items():
        for model, entry in words.models.items():
            rows = own[(own["outcome"] == name) & (own["model"] == model)].to_dict("records")
            points = sorted(_points(rows), key=lambda point: point.time_since)
            if points:
                found.append(
                    EventPanel(
                        outcome.label, outcome.unit, entry.label, tuple(points), outcome.decimals
                    )
                )
    return found


def _points(rows: list[dict[Any, Any]]) -> Iterator[Since]:
    for row in rows:
        tail = str(row["estimate_id"]).rpartition("/")[2]
        sign = -1 if tail.startswith(BEFORE) else 1
        if not tail.startswith((BEFORE, SINCE)):
            continue
        ends = (_known(row["ci_low_joint"]), _known(row["ci_high_joint"]))
        since = sign * float(tail.partition("_")[2])
        yield Since(since, row["estimate"], row["ci_low"], row["ci_high"], *ends)


def _known(value: Any) -> float | None:
    return None if value != value or value is None else float(value)


@styled
def event_study(
    panels: Sequence[EventPanel], unit: str, known: str = "95% confidence interval"
) -> "Figure":
    """Draw effects by time since the start, in `unit`; before it the marks are hollow."""
    if not panels:
        figure = new_figure(3, 0.6)
        footnote(figure, "No model has an effect by time since the start.")
        return figure
    across = min(ACROSS, len(panels))
    lines = -(-len(panels) // across)
    figure = new_figure(max(4.2, WIDTH * across), HEIGHT * lines + 0.9)
    grid = figure.subplots(lines, across, squeeze=False)
    for axes, panel in zip(grid.ravel(), panels, strict=False):
        _panel(axes, panel, unit)
    for empty in grid.ravel()[len(panels) :]:
        empty.set_axis_off()
    footnote(
        figure,
        f"Thick: {known} of each time alone. Thin, with ends: intervals that hold for all times at"
        " once. Filled: with the intervention. Hollow: changes before it began, where no effect is"
        " expected. From one time to another, who is averaged may change: see the tables' notes.",
    )
    return figure


def _panel(axes: "Axes", panel: EventPanel, unit: str) -> None:
    colour = PALETTE["intervention"][0]
    times = [point.time_since for point in panel.points]
    labels = [_time(point) for point in panel.points]
    axes.axhline(0, color=MUTED, linewidth=0.8, zorder=1)
    for point in panel.points:
        low, high = point.ci_low_joint, point.ci_high_joint
        if low is not None and high is not None:
            axes.errorbar(
                point.time_since,
                point.estimate,
                [[point.estimate - low], [high - point.estimate]],
                color=INK,
                linewidth=0.9,
                capsize=3,
                zorder=2,
            )
        axes.vlines(point.time_since, point.ci_low, point.ci_high, color=colour, lw=2.6, zorder=2.5)
        face = PAPER if point.time_since < 0 else colour
        axes.plot(
            point.time_since,
            point.estimate,
            marker="o",
            markerfacecolor=face,
            markeredgecolor=colour,
            zorder=3,
        )
    axes.set_xticks(times, labels)
    axes.set_xlabel(f"Since the start ({unit})")
    axes.set_ylabel("\n".join(named(panel.outcome_label, panel.unit, 1.9, 8.5)))
    axes.set_title("\n".join(wrap(panel.model_label, WIDTH - 0.6, 9, bold=True)))
    axes.grid(axis="x", visible=False)


def alt_text(panels: Sequence[EventPanel], unit: str) -> str:
    """Every effect in words."""
    parts = []
    for panel in panels:
        said = [
            f"{_time(point)} {unit}: {fixed(point.estimate, panel.decimals)}"
            f" ({interval(point.ci_low, point.ci_high, panel.decimals)})"
            for point in panel.points
        ]
        parts.append(f"{panel.outcome_label}, {panel.model_label}: {'; '.join(said)}.")
    return "Effects by time since the start. " + (" ".join(parts) or "None.")


def _time(point: Since) -> str:
    return f"{point.time_since:g}".replace("-", "−")
