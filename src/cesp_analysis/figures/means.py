"""Means of each outcome by group and time, with their intervals; one panel an outcome."""

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING

from cesp_analysis.figures.palette import INK, MUTED
from cesp_analysis.figures.style import (
    Look,
    footnote,
    looks,
    new_figure,
    styled,
    title,
    turn_ticks,
    within_0_and_1,
)
from cesp_analysis.figures.text import plain, width_of, wrap
from cesp_analysis.withheld import above_zero

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.gridspec import SubplotSpec
    from pandas import DataFrame, Series

N_LINE = 0.15
N_SIZE = 7.5


@styled
def means(frame: "DataFrame", interval: str = "95% confidence interval") -> "Figure":
    """Draw small multiples; the people behind each mean are counted beneath its panel.

    `frame`: one row per outcome, group and time in the order to be shown: outcome, outcome_label,
    unit, group, arm, time, time_label, mean, ci_low, ci_high, n (NaN where there is no mean);
    `reason`, if there is such a column: why a mean is not shown; `measure`: proportion, of one
    whose interval lies in 0 to 1 and whose axis ends there, too.
    """
    frame = frame if "reason" in frame else frame.assign(reason="")
    outcomes = list(dict.fromkeys(frame["outcome"]))
    groups = list(dict.fromkeys(frame["group"]))
    times = dict(zip(frame["time"], frame["time_label"], strict=True))
    columns, width = _shape(len(outcomes), len(times))
    rows = max(1, ceil(len(outcomes) / columns))
    tilt = _tilt(list(times.values()), width - 0.9)
    turned = 0.75 * max(width_of(str(label), 8) for label in times.values()) if tilt else 0.0
    height = 1.75 + N_LINE * len(groups) + turned
    figure = new_figure(width * columns + 0.1, rows * height + 0.75)
    grid = figure.add_gridspec(rows, columns)
    style = looks(_arms(frame))
    for at, outcome in enumerate(outcomes):
        part = frame[frame["outcome"] == outcome]
        drawn = _panel(
            figure, grid[at // columns, at % columns], part, times, style, tilt, width - 0.9
        )
        if "measure" in part and (part["measure"] == "proportion").all():
            within_0_and_1(drawn)
        title(drawn, part["outcome_label"].iloc[0], part["unit"].iloc[0], width - 0.75)
    handles = [_handle(frame, group, style[group]) for group in groups]
    if handles:
        per_line = _legend_columns(frame, width * columns)
        figure.legend(handles=handles, loc="outside upper left", ncols=per_line)
    footnote(
        figure,
        f"Points: means; bars: {interval}. Beneath each panel: number of people with a value."
        + "".join(
            f" A number without a mark: {why.replace(': ', ', ', 1)}." for why in _reasons(frame)
        )
        + (" Each panel has its own scale." if len(outcomes) > 1 else ""),
    )
    return figure


def alt_text(frame: "DataFrame") -> str:
    """The means in words: per outcome and group, the first and the last of them."""
    parts = []
    for label, part in frame.groupby("outcome_label", sort=False):
        said = [_words(str(group), own) for group, own in part.groupby("group", sort=False)]
        unit = part["unit"].iloc[0]
        parts.append(f"{label}{f' ({unit})' if unit else ''}: {'; '.join(said)}.")
    return "Means by group and time. " + " ".join(parts)


def _words(group: str, own: "DataFrame") -> str:
    known = own.dropna(subset=["mean"])
    if known.empty:
        return f"{group}, {_why_absent(own)}"
    ends = [known.iloc[0]] if len(known) == 1 else [known.iloc[0], known.iloc[-1]]
    return f"{group}, " + ", ".join(f"{row['time_label']} {plain(row['mean'])}" for row in ends)


def _reasons(frame: "DataFrame") -> list[str]:
    """Why means are not shown, each reason once; none where all are, or nobody has a value."""
    if "reason" not in frame:
        return []
    told = frame.loc[frame["mean"].isna() & frame["n"].map(above_zero), "reason"].dropna()
    return [why for why in dict.fromkeys(map(str, told)) if why]


def _why_absent(own: "DataFrame") -> str:
    return "; ".join(_reasons(own)) or "no values"


def _arms(frame: "DataFrame") -> list[tuple[str, str]]:
    return list(dict.fromkeys(zip(frame["group"], frame["arm"], strict=True)))


def _shape(outcomes: int, times: int) -> tuple[int, float]:
    """How many panels stand side by side, and the width of one in inches."""
    most = 3 if times <= 4 else 2
    columns = 2 if outcomes == 4 else min(most, max(1, outcomes))
    return columns, {1: 5.0 if times <= 6 else 6.5, 2: 3.55, 3: 2.5}[columns]


def _tilt(labels: list[str], width: float) -> bool:
    """Whether time labels must be turned so as not to touch each other."""
    widest = max((width_of(label, 8) for label in labels), default=0.0)
    return widest > 0.92 * width / max(1, len(labels))


def _legend_columns(frame: "DataFrame", width: float) -> int:
    widest = max(width_of(str(group), 8.5) for group in frame["group"].unique()) + 0.75
    return max(1, min(frame["group"].nunique(), int(width / widest)))


def _panel(
    figure: "Figure",
    place: "SubplotSpec",
    part: "DataFrame",
    times: dict[str, str],
    style: dict[str, Look],
    tilt: bool,
    width: float,
) -> "Axes":
    count = max(1, len(style))
    inner = place.subgridspec(2, 1, height_ratios=[1.45, N_LINE * count], hspace=0)
    axes = figure.add_subplot(inner[0])
    below = figure.add_subplot(inner[1], sharex=axes)
    axes.set_xticks(range(len(times)), list(times.values()))
    axes.set_xlim(-0.45, len(times) - 0.55)
    if tilt:
        turn_ticks(axes)
    axes.grid(axis="x", visible=False)
    axes.locator_params(axis="y", nbins=5)
    _counts_frame(below, count)
    absent: dict[str, str] = {}
    position = {time: at for at, time in enumerate(times)}
    for nth, (group, look) in enumerate(style.items()):
        own = part[part["group"] == group]
        x = own["time"].map(position)
        shift = (nth - (count - 1) / 2) * min(0.12, 0.5 / count)
        if not _series(axes, x + shift, own, look):
            absent[group] = _why_absent(own)
        _counts(below, x.tolist(), own["n"].tolist(), nth, look)
    _say_absent(axes, absent, count, width)
    return axes


def _series(axes: "Axes", x: "Series[float]", own: "DataFrame", look: Look) -> bool:
    """Draw one group; False if it has no mean at all."""
    known = own["mean"].notna()
    if not known.any():
        return False
    mean = own.loc[known, "mean"]
    axes.plot(
        x[known],
        mean,
        color=look.colour,
        linestyle=look.line,
        marker=look.marker,
        markerfacecolor=look.face,
        markeredgecolor=look.colour,
        zorder=3,
    )
    axes.vlines(
        x[known], own.loc[known, "ci_low"], own.loc[known, "ci_high"], color=look.colour, lw=1.1
    )
    return True


def _say_absent(axes: "Axes", absent: dict[str, str], count: int, width: float) -> None:
    """Why groups have no mean, in a panel of this width: once where it is the same of all."""
    if not absent:
        return
    none = len(absent) == count
    if none and len(set(absent.values())) == 1:
        said = next(iter(absent.values()))
        told = [said[:1].upper() + said[1:]]
    else:
        told = [f"{group}: {why}" for group, why in absent.items()]
    text = "\n".join(line for one in told for line in wrap(one, width, 7.5))
    y, va = (0.5, "center") if none else (0.98, "top")
    axes.text(0.02, y, text, transform=axes.transAxes, va=va, size=7.5, style="italic", color=MUTED)
    if none:
        axes.set_yticks([])


def _counts_frame(below: "Axes", count: int) -> None:
    below.set_ylim(count - 0.5, -0.5)
    below.grid(visible=False)
    below.set_yticks([])
    below.tick_params(axis="x", bottom=False, labelbottom=False)
    below.spines[:].set_visible(False)
    below.patch.set_visible(False)


def _counts(
    below: "Axes", x: "Sequence[float]", n: "Sequence[float]", row: int, look: Look
) -> None:
    below.plot(
        [-0.06],
        [row],
        transform=below.get_yaxis_transform(),
        marker=look.marker,
        markersize=4,
        color=look.colour,
        markerfacecolor=look.face,
        linestyle="none",
        clip_on=False,
    )
    for at, number in zip(x, n, strict=True):
        below.text(at, row, f"{number}", size=N_SIZE, ha="center", va="center_baseline", color=INK)


def _handle(frame: "DataFrame", group: str, look: Look) -> object:
    from matplotlib.lines import Line2D

    return Line2D(
        [],
        [],
        color=look.colour,
        linestyle=look.line,
        marker=look.marker,
        markerfacecolor=look.face,
        markeredgecolor=look.colour,
        label=group,
    )
