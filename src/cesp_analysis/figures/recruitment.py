"""People taken in over time: what came, what was planned, what is to be expected."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import TYPE_CHECKING, Any

from cesp_analysis.figures.palette import CAUTION, GRID, INK, MUTED
from cesp_analysis.figures.style import footnote, new_figure, styled, title, turn_ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from pandas import DataFrame

WIDTH, HEIGHT = 3.7, 2.6
TICKS = 6
PLANNED, AHEAD = (0, (1.5, 1.5)), (0, (5, 2))


@dataclass(frozen=True)
class Curve:
    """People by a day (days,), as YYYY-MM-DD: total, or the range to be expected."""

    days: tuple[str, ...]
    total: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


@dataclass(frozen=True)
class RecruitmentPanel:
    """One site, or all: what came, what was planned (blank: nothing), what is to be expected;
    left_out: people who came on other days or on none."""

    label: str
    observed: Curve
    planned: Curve
    ahead: Curve
    left_out: int = 0


def recruitment_panels(
    table: "DataFrame", label: Callable[[str], str]
) -> tuple[RecruitmentPanel, ...]:
    """The panels of a RecruitmentTable, all first; label: site → its label."""
    panels = []
    for group, own in table.assign(group=table["group"].fillna("")).groupby("group", sort=False):
        seen, ahead = own[own["observed"] == "yes"], own[own["observed"] == "no"]
        planned = own[own["planned"].notna()]
        panels.append(
            RecruitmentPanel(
                label(str(group)) if group else "All",
                _curve(seen, "total"),
                _curve(planned, "planned"),
                Curve(
                    tuple(ahead["last_day"]),
                    tuple(map(float, ahead["total"])),
                    tuple(map(float, ahead["low"])),
                    tuple(map(float, ahead["high"])),
                ),
                int(own["left_out"].max()),
            )
        )
    return tuple(panels)


def _curve(rows: "DataFrame", column: str) -> Curve:
    return Curve(tuple(rows["last_day"]), tuple(map(float, rows[column])))


@styled
def recruitment(panels: Sequence[RecruitmentPanel], interval: str) -> "Figure":
    """Draw one panel a site, in the order given; `interval`: of the prediction, in words."""
    columns = min(2, max(1, len(panels)))
    rows = max(1, ceil(len(panels) / columns))
    figure = new_figure(WIDTH * columns, HEIGHT * rows + 0.75)
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, panel in zip(grid, panels, strict=False):
        _panel(axes, panel)
    for axes in grid[len(panels) :]:
        axes.set_axis_off()
    some = any(panel.ahead.days for panel in panels)
    plan = any(panel.planned.days for panel in panels)
    figure.legend(handles=_handles(some, plan, interval), loc="outside upper left", ncols=2)
    footnote(
        figure,
        "People at the end of each month, or of what is known of it. Planned: by a steady way from"
        " the first day to the target. To be expected: at the rate observed, which the months ahead"
        f" need not keep.{left_out(panels)}",
    )
    return figure


def left_out(panels: Sequence[RecruitmentPanel]) -> str:
    """Who is in no panel, in words; blank: nobody."""
    own = [f"{panel.label} {panel.left_out}" for panel in panels if panel.left_out]
    what = "People taken in before or after these months, or nobody knows when, not counted"
    return f" {what}: {', '.join(own)}." if own else ""


def _panel(axes: "Axes", panel: RecruitmentPanel) -> None:
    """Days are counted by the calendar; ticks are the ends of months."""
    seen, ahead = _at(panel.observed), _at(panel.ahead)
    if ahead:
        start, ends = seen[-1:], panel.observed.total[-1:]
        low, high = ([*ends, *curve] for curve in (panel.ahead.low, panel.ahead.high))
        axes.fill_between([*start, *ahead], low, high, color=GRID, linewidth=0, zorder=1)
        axes.plot(
            [*start, *ahead], [*ends, *panel.ahead.total],
            color=CAUTION, linestyle=AHEAD, linewidth=1.4, zorder=2,
        )  # fmt: skip
    axes.plot(
        _at(panel.planned), panel.planned.total,
        color=MUTED, linestyle=PLANNED, linewidth=1.6, zorder=2,
    )  # fmt: skip
    axes.plot(seen, panel.observed.total, color=INK, marker="o", markersize=3.5, zorder=3)
    days = {day[:7]: at for day, at in zip(
        (*panel.observed.days, *panel.ahead.days), (*seen, *ahead), strict=True
    )}  # fmt: skip
    step = ceil(max(len(days), 1) / TICKS)
    axes.set_xticks(list(days.values())[::step], list(days)[::step])
    axes.set_ylim(bottom=0)
    axes.locator_params(axis="y", nbins=5)
    axes.grid(axis="x", visible=False)
    turn_ticks(axes)
    title(axes, panel.label, "people", WIDTH - 0.75)


def _at(curve: Curve) -> list[int]:
    return [date.fromisoformat(day).toordinal() for day in curve.days]


def _handles(ahead: bool, planned: bool, interval: str) -> list[Any]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    made: list[Any] = [Line2D([], [], color=INK, marker="o", markersize=3.5, label="taken in")]
    if planned:
        made.append(Line2D([], [], color=MUTED, linestyle=PLANNED, label="planned"))
    if ahead:
        made.append(Line2D([], [], color=CAUTION, linestyle=AHEAD, label="to be expected"))
        made.append(Patch(facecolor=GRID, label=f"its {interval}"))
    return made


def alt_text(panels: Sequence[RecruitmentPanel]) -> str:
    """Each panel: how many came until when, how many were planned, what is to be expected."""
    parts = []
    for panel in panels:
        if not panel.observed.days:
            parts.append(f"{panel.label}: no day.")
            continue
        last, total = panel.observed.days[-1], panel.observed.total[-1]
        said = f"{panel.label}: {total:.0f} people until {last}"
        planned = dict(zip(panel.planned.days, panel.planned.total, strict=True))
        if last in planned:
            said += f", {planned[last]:.0f} planned by then"
        if panel.ahead.days:
            low, high = panel.ahead.low[-1], panel.ahead.high[-1]
            said += (
                f"; {panel.ahead.total[-1]:.0f} to be expected by {panel.ahead.days[-1]}"
                f" ({low:.0f} to {high:.0f})"
            )
        parts.append(f"{said}.")
    return "People taken in over time. " + " ".join(parts) + left_out(panels)
