"""Who answered, wave by wave, beside the population: shares of each category, a column a site."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cesp_analysis.figures.palette import GRID, INK, MUTED, PALETTE, PAPER
from cesp_analysis.figures.style import MARKERS, canvas, footnote, new_figure, styled
from cesp_analysis.figures.text import width_of as width
from cesp_analysis.figures.text import wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW, LINE, PLOT, GUTTER = 0.34, 0.2, 2.55, 0.3
FACES = ("heat-0", "heat-3", "heat-5", "heat-1", "heat-4", "heat-2")


@dataclass(frozen=True)
class Share:
    """One category of a covariate at one site: shares by wave (None: not known), and the
    population's at each wave."""

    variable: str
    category: str
    group: str
    shares: tuple[float | None, ...]
    population: tuple[float | None, ...]


@styled
def composition(rows: Sequence[Share], waves: Sequence[str], by: str) -> "Figure":
    """Draw a line a category with a mark a wave and a tick where the population is.

    `by`: how respondents count, in words.
    """
    groups = list(dict.fromkeys(row.group for row in rows))
    categories = list(dict.fromkeys((row.variable, row.category) for row in rows))
    variables = list(dict.fromkeys(variable for variable, _ in categories))
    stub = min(1.9, max(width(word, 8) for _, word in categories) + 0.2)
    room = stub + len(groups) * (PLOT + GUTTER)
    top = 0.62
    height = top + len(variables) * LINE * 1.2 + len(categories) * ROW + 0.3
    figure = new_figure(room, height + 0.5)
    axes = canvas(figure, room, height)
    largest = max(
        (s for row in rows for s in (*row.shares, *row.population) if s is not None), default=1.0
    )
    end = min(1.0, (int(largest * 10) + 1) / 10)
    _legend(axes, waves, any(p is not None for row in rows for p in row.population))
    for g, group in enumerate(groups):
        left = stub + g * (PLOT + GUTTER)
        axes.text(left, 0.46, group, weight="bold", size=8.5, va="center")
        _scale(axes, left, end, top, height - 0.3)
    known = {(row.variable, row.category, row.group): row for row in rows}
    y = top
    for variable in variables:
        axes.text(0.02, y + LINE / 2, variable, weight="bold", size=8.5, va="center")
        y += LINE * 1.2
        for _, category in (pair for pair in categories if pair[0] == variable):
            for nth, line in enumerate(wrap(category, stub - 0.15, 8)):
                axes.text(0.08, y + ROW / 2 + nth * 0.13, line, size=8, va="center_baseline")
            for g, group in enumerate(groups):
                left = stub + g * (PLOT + GUTTER)
                if row := known.get((variable, category, group)):
                    _marks(axes, row, left, y, end)
            y += ROW
    told = " Upright lines: the population, by the margins." if _any_population(rows) else ""
    if any(share is None for row in rows for share in row.shares):
        told += " No mark: too few answered, it would tell of too few, or the wave did not ask."
    footnote(
        figure, f"Percent of respondents, {by}. Marks from top to bottom: waves in order.{told}"
    )
    return figure


def _any_population(rows: Sequence[Share]) -> bool:
    return any(p is not None for row in rows for p in row.population)


def _legend(axes: "Axes", waves: Sequence[str], population: bool) -> None:
    x = 0.1
    for at, wave in enumerate(waves):
        _mark(axes, x, 0.16, at)
        axes.text(x + 0.12, 0.16, wave, size=8, va="center_baseline")
        x += width(wave, 8) + 0.42
    if population:
        axes.plot([x, x], [0.08, 0.24], color=INK, linewidth=1.6)
        axes.text(x + 0.1, 0.16, "population", size=8, va="center_baseline")


def _scale(axes: "Axes", left: float, end: float, top: float, bottom: float) -> None:
    step = 0.1 if end <= 0.5 else 0.2
    ticks = [k * step for k in range(int(end / step + 1e-9) + 1)]
    for tick in ticks:
        x = left + tick / end * PLOT
        axes.plot([x, x], [top, bottom], color=GRID, linewidth=0.6, zorder=0)
        axes.text(x, bottom + 0.13, f"{100 * tick:.0f}%", size=7.5, ha="center", color=MUTED)


def _marks(axes: "Axes", row: Share, left: float, top: float, end: float) -> None:
    k = len(row.shares)
    step = (ROW - 0.12) / max(1, k)
    for at, (share, people) in enumerate(zip(row.shares, row.population, strict=True)):
        y = top + 0.06 + (at + 0.5) * step
        if people is not None:
            x = left + people / end * PLOT
            axes.plot([x, x], [y - step / 2, y + step / 2], color=INK, linewidth=1.6, zorder=2)
        if share is not None:
            _mark(axes, left + share / end * PLOT, y, at)


def _mark(axes: "Axes", x: float, y: float, at: int) -> None:
    axes.plot(
        [x],
        [y],
        marker=MARKERS[at % len(MARKERS)],
        markersize=4.6,
        markerfacecolor=PALETTE[FACES[at % len(FACES)]][0] if at else PAPER,
        markeredgecolor=INK,
        markeredgewidth=0.8,
        linestyle="none",
        zorder=3,
    )


def alt_text(rows: Sequence[Share], waves: Sequence[str]) -> str:
    """The largest differences in words: from the population, and between waves."""
    away: list[tuple[float, str]] = []
    moved: list[tuple[float, str]] = []
    for row in rows:
        who = f"{row.variable}: {row.category}, {row.group}"
        for wave, share, people in zip(waves, row.shares, row.population, strict=True):
            if share is not None and people is not None:
                away.append((share - people, f"{who}, {wave}"))
        seen = [(s, w) for s, w in zip(row.shares, waves, strict=True) if s is not None]
        if len(seen) > 1:
            moved.append((seen[-1][0] - seen[0][0], f"{who}, {seen[0][1]} to {seen[-1][1]}"))
    parts = [f"Who answered, {len({row.variable for row in rows})} characteristics."]
    for found, what in ((away, "Furthest from the population"), (moved, "Changed most")):
        if found:
            size, where = max(found, key=lambda pair: abs(pair[0]))
            sign = "+" if size > 0 else "\u2212"
            parts.append(f"{what}: {where}, {sign}{abs(100 * size):.1f} percentage points.")
    return " ".join(parts)
