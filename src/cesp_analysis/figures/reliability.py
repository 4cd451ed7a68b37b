"""How reliable each candidate outcome is, and how its difference lies to the important one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cesp_analysis.figures.palette import INK, MUTED, PALETTE, PAPER
from cesp_analysis.figures.style import footnote, new_figure, styled
from cesp_analysis.figures.text import plain, wrap
from cesp_analysis.numbers import fixed, interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LABEL, PLOT = 1.9, 2.6
ROW = 0.62
MARKS = {"alpha": "o", "omega": "s", "retest ICC": "D"}
Limits = tuple[float, float | None, float | None]
"""A value and its interval's ends; None: it has no interval."""


@dataclass(frozen=True)
class Measured:
    """One candidate: alpha, omega and retest ICC, where there are any, else why not; its difference
    in minimally important differences, an improvement being positive, with its intervals."""

    outcome_label: str
    known: dict[str, Limits]
    without: str
    difference: Limits | None
    shock: tuple[float, float] | None
    no_difference: str


@styled
def reliability(rows: Sequence[Measured], interval_words: str, cautions: Sequence[str]) -> "Figure":
    """Draw a row a candidate: reliability on the left, its difference in MIDs on the right; where
    all lack the difference for one reason, that reason below in place of a panel.

    `cautions`: sentences that must not get lost when the figure leaves the report.
    """
    if not rows:
        figure = new_figure(3, 0.6)
        footnote(figure, "No candidates to show.")
        return figure
    alone = without_difference(rows)
    figure = new_figure(LABEL + (1 if alone else 2) * PLOT + 0.4, ROW * len(rows) + 1.35)
    left, *beside = figure.subplots(1, 1 if alone else 2, sharey=True, squeeze=False)[0]
    places = range(len(rows))
    labels = ["\n".join(wrap(row.outcome_label, LABEL, 8)) for row in rows]
    left.set_yticks(list(places), labels)
    left.set_ylim(len(rows) - 0.5, -0.5)
    for axes in (left, *beside):
        axes.grid(axis="y", visible=False)
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)
    for place, row in zip(places, rows, strict=True):
        _reliability(left, row, place)
        for axes in beside:
            _difference(axes, row, place)
    _frame(left, rows)
    for axes in beside:
        _frame_of_differences(axes, rows)
    handles = _handles(rows)
    if handles:
        figure.legend(handles=handles, loc="outside upper left", ncols=3)
    said = [f"Differences are not drawn: {alone}."] if alone else []
    footnote(figure, " ".join([_reading(rows, interval_words), *said, *cautions]))
    return figure


def without_difference(rows: Sequence[Measured]) -> str:
    """The one reason for which no candidate has a difference; '' if one has, or of several."""
    reasons = {row.no_difference for row in rows}
    lacking = all(row.difference is None for row in rows) and len(reasons) == 1
    return reasons.pop() if lacking else ""


def alt_text(rows: Sequence[Measured]) -> str:
    """Every number in words."""
    parts = []
    for row in rows:
        said = [f"{name} {_limits(value)}" for name, value in row.known.items()]
        said = said or [row.without]
        if row.difference is None:
            said.append(row.no_difference)
        else:
            said.append(f"difference {_limits(row.difference)} minimally important differences")
            if row.shock:
                said.append(f"with shocks {interval(*row.shock, 2)}")
        parts.append(f"{row.outcome_label}: {'; '.join(said)}.")
    return "Reliability and differences of candidates. " + (" ".join(parts) or "None.")


def _limits(value: Limits) -> str:
    point, low, high = value
    return fixed(point, 2) if low is None else f"{fixed(point, 2)} ({interval(low, high, 2)})"


def _reliability(axes: "Axes", row: Measured, place: int) -> None:
    if not row.known:
        _words(axes, row.without, place)
    for nth, name in enumerate(MARKS):
        if name not in row.known:
            continue
        point, low, high = row.known[name]
        y = place + (nth - 1) * 0.22
        if low is not None and high is not None:
            axes.plot([low, high], [y, y], color=INK, linewidth=1.6, solid_capstyle="butt")
        axes.plot([point], [y], **_mark(name))


def _mark(name: str) -> dict[str, Any]:
    face = {"alpha": PALETTE["paper"][0], "omega": INK}.get(name, PALETTE["intervention"][0])
    return {
        "marker": MARKS[name], "markersize": 5, "color": INK, "markerfacecolor": face,
        "linestyle": "none",
    }  # fmt: skip


def _difference(axes: "Axes", row: Measured, place: int) -> None:
    if row.difference is None:
        _words(axes, row.no_difference, place)
        return
    point, low, high = row.difference
    if row.shock:
        axes.plot(list(row.shock), [place, place], color=INK, linewidth=0.9)
    if low is not None and high is not None:
        axes.plot([low, high], [place, place], color=INK, linewidth=2.8, solid_capstyle="butt")
    axes.plot([point], [place], marker="s", markersize=5.5, color=INK, linestyle="none")


def _words(axes: "Axes", words: str, place: int) -> None:
    lines = wrap(words, PLOT - 0.2, 7.5)
    axes.text(
        0.02, place, "\n".join(lines), transform=axes.get_yaxis_transform(), size=7.5,
        color=MUTED, style="italic", va="center",
        bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.0},
    )  # fmt: skip


def _frame(left: "Axes", rows: Sequence[Measured]) -> None:
    """The axis of reliability and what it shows."""
    known = [end for row in rows for part in row.known.values() for end in part if end is not None]
    left.set_xlim(min([0.0, *known]) - 0.02, 1.02)
    left.set_title("Reliability", loc="left", weight="bold", size=9)


def _frame_of_differences(right: "Axes", rows: Sequence[Measured]) -> None:
    """The axis of differences, lines at no difference and at the important one."""
    right.set_title("Difference, in MIDs", loc="left", weight="bold", size=9)
    ends = [
        end
        for row in rows
        for part in (row.difference, row.shock)
        for end in part or ()
        if end is not None
    ]
    low, high = min([-1.2, *ends]), max([1.2, *ends])
    room = 0.05 * (high - low)
    right.set_xlim(low - room, high + room)
    if not ends:
        right.set_xticks([])
        right.spines["bottom"].set_visible(False)
        return
    right.axvline(0, color=INK, linewidth=0.9, zorder=1)
    for side in (-1, 1):
        right.axvline(side, color=MUTED, linewidth=1.0, linestyle=(0, (1, 2)), zorder=1)
    right.set_xlabel("worse \u2190 0 \u2192 better", size=7.5)


def _handles(rows: Sequence[Measured]) -> list[Any]:
    from matplotlib.lines import Line2D

    there = {name for row in rows for name in row.known}
    return [Line2D([], [], label=name, **_mark(name)) for name in MARKS if name in there]


def _reading(rows: Sequence[Measured], interval_words: str) -> str:
    parts = [f"Lines: {interval_words}s."]
    if any(row.difference for row in rows):
        parts.append(
            "Right: the difference between the arms over the minimally important difference (MID),"
            " positive where the intervention arm is better; dotted: 1 MID either way."
        )
    if any(row.shock for row in rows):
        parts.append("Thick: sampling error alone; thin: with shocks to a site.")
    lowest = min((p[0] for row in rows for p in row.known.values()), default=0.0)
    if lowest < 0:
        parts.append(f"A negative alpha ({plain(lowest)}): items run against each other.")
    return " ".join(parts)
