"""How each person changes over time, and the mean of their group on top."""

from hashlib import sha256
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING

from cesp_analysis.figures.palette import MUTED
from cesp_analysis.figures.style import Look, footnote, looks, new_figure, styled, turn_ticks
from cesp_analysis.figures.text import named, plain, width_of, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from pandas import DataFrame


@styled
def trajectories(frame: "DataFrame", limit: int = 60, seed: int = 1) -> "Figure":
    """Draw one row an outcome and one column a group; the mean is that of all people.

    `frame`: one row per outcome, person and time: outcome, outcome_label, unit, group, arm, person,
    time_position, time_label, value. No more than `limit` people a group are drawn, the same ones
    for every outcome.
    """
    outcomes = list(dict.fromkeys(frame["outcome"]))
    groups = list(dict.fromkeys(frame["group"]))
    if not outcomes:
        figure = new_figure(3, 0.6)
        footnote(figure, "No people to show.")
        return figure
    chosen = {group: drawn_people(frame, group, limit, seed) for group in groups}
    width = max(1.6, min(2.9, 6.3 / len(groups)))
    figure = new_figure(max(4.2, width * len(groups) + 0.7), 1.75 * len(outcomes) + 0.75)
    grid = figure.subplots(len(outcomes), len(groups), sharex=True, sharey="row", squeeze=False)
    style = looks(list(dict.fromkeys(zip(frame["group"], frame["arm"], strict=True))))
    times = dict(zip(frame["time_position"], frame["time_label"], strict=True))
    for row, outcome in enumerate(outcomes):
        part = frame[frame["outcome"] == outcome]
        for column, group in enumerate(groups):
            own = part[(part["group"] == group) & part["value"].notna()]
            _panel(grid[row, column], own, chosen[group], style[group])
        label, unit = part["outcome_label"].iloc[0], part["unit"].iloc[0]
        grid[row, 0].set_ylabel("\n".join(named(label, unit, 1.3, 8.5)), weight="bold")
    for column, group in enumerate(groups):
        grid[0, column].set_title("\n".join(wrap(str(group), width - 0.2, 9, bold=True)))
        _time_axis(grid[-1, column], times, width - 0.3)
    footnote(figure, _drawn_sentence(frame, chosen, seed))
    return figure


def alt_text(frame: "DataFrame", limit: int = 60, seed: int = 1) -> str:
    """The picture in words: who is drawn, and the means at the first and the last time."""
    groups = dict.fromkeys(frame["group"])
    chosen = {group: drawn_people(frame, group, limit, seed) for group in groups}
    parts = []
    for label, part in frame.groupby("outcome_label", sort=False):
        said = [_words(str(group), own) for group, own in part.groupby("group", sort=False)]
        parts.append(f"{label}: {'; '.join(said)}.")
    return f"Individual lines over time. {_drawn_sentence(frame, chosen, seed)} {' '.join(parts)}"


def drawn_people(frame: "DataFrame", group: str, limit: int, seed: int) -> set[str]:
    """The people of a group who are drawn: the first `limit` in an order fixed by the seed."""
    has_value = frame["value"].notna() & (frame["group"] == group)
    people = frame.loc[has_value, "person"].astype(str).unique()
    order = sorted(people, key=lambda person: sha256(f"{seed}|{group}|{person}".encode()).digest())
    return set(order[:limit])


def _drawn_sentence(frame: "DataFrame", chosen: dict[str, set[str]], seed: int) -> str:
    known = frame[frame["value"].notna()]
    parts, all_drawn = [], True
    for group, people in chosen.items():
        total = known.loc[known["group"] == group, "person"].nunique()
        all_drawn &= len(people) == total
        parts.append(f"{group} {len(people)} of {total}")
    how = "" if all_drawn else f" (chosen at random, seed {seed})"
    return f"Thin lines: people drawn{how}: {', '.join(parts)}. Thick lines: means of all people."


def _words(group: str, own: "DataFrame") -> str:
    means = own.dropna(subset=["value"]).groupby("time_position")["value"].mean()
    if means.empty:
        return f"{group}, no values"
    labels = dict(zip(own["time_position"], own["time_label"], strict=True))
    ends = list(dict.fromkeys([means.index[0], means.index[-1]]))
    return f"{group}, mean " + ", ".join(f"{labels[at]} {plain(means[at])}" for at in ends)


def _panel(axes: "Axes", own: "DataFrame", people: set[str], look: Look) -> None:
    from matplotlib.collections import LineCollection

    axes.grid(axis="x", visible=False)
    axes.locator_params(axis="y", nbins=5)
    if own.empty:
        axes.text(
            0.5,
            0.5,
            "No values",
            transform=axes.transAxes,
            ha="center",
            style="italic",
            color=MUTED,
        )
        return
    drawn = own[own["person"].astype(str).isin(people)].sort_values(["person", "time_position"])
    lines = [part[["time_position", "value"]].to_numpy() for _, part in drawn.groupby("person")]
    axes.add_collection(
        LineCollection(
            [line for line in lines if len(line) > 1], colors=look.colour, linewidths=0.6, alpha=0.3
        )
    )
    single = [line[0] for line in lines if len(line) == 1]
    if single:
        x, y = zip(*single, strict=True)
        axes.plot(x, y, ".", color=look.colour, alpha=0.35, markersize=3)
    mean = own.groupby("time_position")["value"].mean()
    axes.plot(
        mean.index,
        mean.to_numpy(),
        color=look.colour,
        linestyle=look.line,
        linewidth=2.4,
        marker=look.marker,
        markersize=5.5 if len(mean) <= 6 else 3.5,
        markerfacecolor=look.face,
        zorder=4,
    )
    axes.update_datalim([(x, y) for line in lines for x, y in line])
    axes.autoscale_view()


def _time_axis(axes: "Axes", times: dict[float, str], width: float) -> None:
    """Name the times; where even turned names would touch, only every second, third, ..."""
    order = sorted(times)
    span = (order[-1] - order[0]) or 1.0
    axes.set_xlim(order[0] - 0.12 * span, order[-1] + 0.12 * span)
    steps = [b - a for a, b in pairwise(order)]
    room = width * min(steps, default=span) / (1.24 * span)
    turned = max(width_of(str(label), 8) for label in times.values()) > 0.92 * room
    shown = order[:: ceil(0.2 / room) if turned else 1]
    axes.set_xticks(shown, [str(times[at]) for at in shown])
    if turned:
        turn_ticks(axes)
