"""What was imputed beside what people answered, by site (or arm) and time."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.figures.palette import GRID, INK, MUTED, PAPER
from cesp_analysis.figures.small_panels import Box, round_ticks
from cesp_analysis.figures.style import canvas, footnote, new_figure, styled
from cesp_analysis.figures.text import named, plain, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from pandas import DataFrame

    from cesp_analysis.declared.wording import Wording

WIDTH, HEIGHT, LEFT = 1.6, 0.72, 0.14
HEAD, LINE, FOOT = 0.18, 0.13, 0.12
"""Inches of a row's heading, of a line above a panel, and under a row."""
TICKS = 0.2
RARE = 0.005
"""Intervals at the ends with less of every source are not drawn: a few values of thousands."""


@dataclass(frozen=True)
class Shares:
    """One source in a site at a time: people, mean, and the share (b,) of values in intervals."""

    n: int
    mean: float
    share: tuple[float, ...]


@dataclass(frozen=True)
class Beside:
    """A site at a time: what was answered and what was imputed; None: nobody."""

    group: str
    time: str
    observed: Shares | None
    imputed: Shares | None


@dataclass(frozen=True)
class Compared:
    """One outcome: ends (b + 1,) of intervals, the ends of what was answered among them, and its
    sites (or arms) at their times."""

    label: str
    unit: str
    edges: tuple[float, ...]
    answered: tuple[float, float]
    cells: tuple[Beside, ...]

    @property
    def beyond(self) -> bool:
        """Whether intervals are drawn in which nobody's answer lies."""
        return self.edges[0] < self.answered[0] or self.answered[1] < self.edges[-1]


def compared(table: "DataFrame", words: "Wording") -> list[Compared]:
    """The primary outcomes that were imputed, or all if none is; one a handling."""
    imputed = set(table["outcome"])
    first = [n for n, o in words.outcomes.items() if o.role == "primary" and n in imputed]
    several = table["handling"].nunique() > 1
    found = []
    for name in first or [n for n in words.outcomes if n in imputed]:
        for handling, own in table[table["outcome"] == name].groupby("handling", sort=False):
            label = words.outcomes[name].label
            label += f" ({str(handling).replace('_', ' ')})" if several else ""
            found.append(_compared(label, words.outcomes[name].unit, own, words))
    return found


def _compared(label: str, unit: str, own: "DataFrame", words: "Wording") -> Compared:
    seen = own.groupby("low")["share"].max()
    some = seen.index[seen >= RARE]
    own = own[own["low"].between(some.min(), some.max())]
    lows = sorted(set(own["low"]))
    edges = (*lows, float(own["high"].max()))
    given = own[(own["source"] == "observed") & (own["share"] > 0)]
    ends = given if len(given) else own
    answered = (float(ends["low"].min()), float(ends["high"].max()))
    cells = [
        Beside(
            words.group(group),
            moment.label,
            *(_shares(own, group, moment.name, source) for source in ("observed", "imputed")),
        )
        for group in words.groups()
        for moment in words.times
        if ((own["group"] == group) & (own["time"] == moment.name)).any()
    ]
    return Compared(label, unit, edges, answered, tuple(cells))


def _shares(own: "DataFrame", group: str, time: str, source: str) -> Shares | None:
    rows = own[(own["group"] == group) & (own["time"] == time) & (own["source"] == source)]
    if rows.empty:
        return None
    rows = rows.sort_values("low")
    one = rows.iloc[0]
    return Shares(int(one["n"]), float(one["mean"]), tuple(rows["share"]))


@styled
def imputed_values(panels: list[Compared]) -> "Figure":
    """Draw a block an outcome, a row a site and a column a time."""
    if not panels:
        figure = new_figure(4, 0.6)
        footnote(figure, "Nothing was imputed.")
        return figure
    times = max(len({cell.time for cell in own.cells}) for own in panels)
    width = max(times * (LEFT + WIDTH) + 0.1, 3.6)
    heights = [_height(own) for own in panels]
    figure = new_figure(width, sum(heights) + 0.5)
    axes = canvas(figure, width, sum(heights))
    top = 0.0
    for own, height in zip(panels, heights, strict=True):
        _block(axes, own, top, width)
        top += height
    beyond = (
        " Dotted: the lowest and highest answer of anybody; the table says how much was imputed"
        " beyond them."
        if any(own.beyond for own in panels)
        else ""
    )
    footnote(
        figure,
        "Filled: share of the answers that people gave. Line: share of the values imputed for"
        " others, in all sets. Triangles below: their means, filled and hollow. n: people with an"
        f" answer + people imputed.{beyond} Ends with less than {RARE:.1%} are cut off. Imputed"
        " values need not look like the answers: those who lack one may differ in what is known of"
        " them.",
    )
    return figure


def _heads(own: Compared) -> dict[Beside, list[str]]:
    """What stands above each panel, in lines."""
    counts = {
        cell: " + ".join(str(one.n if one else 0) for one in (cell.observed, cell.imputed))
        for cell in own.cells
    }
    return {cell: wrap(f"{cell.time}: n {n}", WIDTH, 7) for cell, n in counts.items()}


def _rows(own: Compared) -> dict[str, float]:
    """Inches of each group's row, in order."""
    heads = _heads(own)
    lines: dict[str, int] = {}
    for cell in own.cells:
        lines[cell.group] = max(lines.get(cell.group, 1), len(heads[cell]))
    return {group: HEAD + n * LINE + HEIGHT + FOOT for group, n in lines.items()}


def _height(own: Compared) -> float:
    return 0.28 + sum(_rows(own).values()) + TICKS


def _block(axes: "Axes", own: Compared, top: float, width: float) -> None:
    axes.text(
        0.04, top + 0.1, " ".join(named(own.label, own.unit, width, 9)), weight="bold", size=9,
        va="center",
    )  # fmt: skip
    rows, heads = _rows(own), _heads(own)
    times = list(dict.fromkeys(cell.time for cell in own.cells))
    sources = [s for cell in own.cells for s in (cell.observed, cell.imputed) if s]
    most = max(max(source.share) for source in sources)
    y = top + 0.28
    for group, height in rows.items():
        axes.text(LEFT, y + HEAD / 2, group, size=8, va="center")
        for cell in (one for one in own.cells if one.group == group):
            left = LEFT + times.index(cell.time) * (LEFT + WIDTH)
            x = (own.edges[0], own.edges[-1])
            box = Box(left, y + height - FOOT - HEIGHT, WIDTH, HEIGHT, x, (0.0, 1.08 * most))
            _cell(axes, box, own, cell, heads[cell])
            if group == list(rows)[-1]:
                box.ticks_of_x(axes, [(tick, plain(tick)) for tick in round_ticks(*box.x)])
        y += height


def _cell(axes: "Axes", box: Box, own: Compared, cell: Beside, head: list[str]) -> None:
    for nth, line in enumerate(reversed(head)):
        axes.text(box.left, box.top - 0.03 - nth * LINE, line, size=7, va="bottom")
    floor = box.top + box.height
    for end in own.answered:
        if own.edges[0] < end < own.edges[-1]:
            at = float(box.across(end))
            axes.plot(
                [at, at], [box.top, floor], color=MUTED, linewidth=0.7, linestyle=":", zorder=2
            )
    if cell.observed:
        x, y = _steps(box, own.edges, cell.observed.share)
        axes.fill_between(x, y, floor, color=GRID, linewidth=0, zorder=1)
        axes.plot(x, y, color=MUTED, linewidth=0.6, zorder=2)
    if cell.imputed:
        x, y = _steps(box, own.edges, cell.imputed.share)
        axes.plot(x, y, color=INK, linewidth=1.4, zorder=3)
    box.frame(axes)
    for source, face in ((cell.observed, MUTED), (cell.imputed, PAPER)):
        if source:
            axes.plot(
                box.across(source.mean), floor, marker="^", markersize=5.5, color=INK,
                markerfacecolor=face, markeredgewidth=0.9, zorder=4, clip_on=False,
            )  # fmt: skip


def _steps(
    box: Box, edges: tuple[float, ...], share: tuple[float, ...]
) -> tuple[np.ndarray, np.ndarray]:
    return box.across(np.repeat(edges, 2)[1:-1]), box.down(np.repeat(share, 2))


def alt_text(panels: list[Compared]) -> str:
    """By outcome, site and time the people and means of both sources."""
    if not panels:
        return "Imputed beside observed values. Nothing was imputed."
    parts = []
    for own in panels:
        told = []
        for cell in own.cells:
            said = [
                f"{word} {source.n} people, mean {plain(source.mean)}"
                for word, source in (("answered", cell.observed), ("imputed", cell.imputed))
                if source
            ]
            told.append(f"{cell.group}, {cell.time}: {', '.join(said)}")
        parts.append(f"{own.label} ({own.unit}): {'; '.join(told)}.")
    return f"Imputed beside observed values, by group and time. {' '.join(parts)}"
