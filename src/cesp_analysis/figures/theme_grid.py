"""What comes up in which interview: themes as they first came up × interviews in their order."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from cesp_analysis.figures.palette import INK, MUTED
from cesp_analysis.figures.style import canvas, footnote, new_figure, styled
from cesp_analysis.figures.text import width_of, wrap
from cesp_analysis.figures.tiles import Tile, ink_on, tiled
from cesp_analysis.numbers import count, counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PAGE, STUB, SHARE = 7.2, 2.1, 0.85
"""Width of the page; of the names of themes; of the column that says in how many interviews."""
WIDE, NARROW = 0.42, 0.035
"""A column is no wider and no narrower: beyond 120 interviews the figure is wider than the page."""
NAMED, NUMBERED = 0.13, 0.24
"""Columns of this width have their pseudonym at their head; and numbers in their cells."""
ROW, LINE, LONGEST = 0.2, 0.13, 1.1
APART = 0.2
"""How far apart totals stand at least."""


@dataclass(frozen=True)
class Cell:
    """A theme in an interview: excerpts (0: none), and whether it first came up there. number: how
    many interviews there had been with this one."""

    theme: str
    number: int
    interview: str
    excerpts: int
    first: str


@styled
def theme_grid(cells: Sequence[Cell]) -> "Figure":
    """Draw a row a theme and a column an interview. cells: every theme with every interview, themes
    in their order, under each the interviews in theirs."""
    if not cells:
        figure = new_figure(4, 0.6)
        footnote(figure, "No theme has an excerpt.")
        return figure
    rows = {name: list(own) for name, own in groupby(cells, lambda cell: cell.theme)}
    held = next(iter(rows.values()))
    wide = min(WIDE, max(NARROW, (PAGE - STUB - SHARE) / len(held)))
    lines = {name: wrap(name, STUB - 0.15, 8) for name in rows}
    tall = [max(ROW, LINE * len(lines[name]) + 0.06) for name in rows]
    top = _head_height(held, wide)
    page, below = STUB + wide * len(held) + SHARE, top + sum(tall)
    figure = new_figure(max(page, 4.6), below + 0.75)
    axes = canvas(figure, max(page, 4.6), below + 0.25)
    _heads(axes, held, wide, top)
    _filled(axes, list(rows.values()), wide, top, tall)
    y, most = top, max(cell.excerpts for cell in cells)
    for name, height in zip(rows, tall, strict=True):
        _row(axes, rows[name], lines[name], wide, (y, height), most)
        y += height
    _frontier(axes, list(rows.values()), wide, top, tall)
    _so_far(axes, list(rows.values()), wide, below)
    footnote(figure, _explained(wide))
    return figure


def _explained(wide: float) -> str:
    what = "Numbers: excerpts. " if wide >= NUMBERED else ""
    heads = "" if wide >= NAMED else " Numbers above: how many interviews there had been."
    return (
        f"{what}Stronger shade: more excerpts. The line stands where a theme first came up: left of"
        f" it nobody had spoken of it.{heads} Another order of interviews gives another line."
    )


def _head_height(held: Sequence[Cell], wide: float) -> float:
    if wide < NAMED:
        return 0.24
    return 0.1 + min(LONGEST, max(width_of(cell.interview, 7) for cell in held))


def _heads(axes: "Axes", held: Sequence[Cell], wide: float, top: float) -> None:
    """Pseudonyms, upright; in narrow columns how many interviews there had been, every tenth."""
    for nth, cell in enumerate(held):
        middle = STUB + wide * (nth + 0.5)
        if wide >= NAMED:
            axes.text(middle, top - 0.05, _short(cell.interview), size=7, rotation=90, ha="center",
                      va="bottom")  # fmt: skip
        elif _shown(nth, len(held)):
            axes.text(middle, top - 0.1, f"{cell.number}", size=7, ha="center",
                      va="center_baseline", color=MUTED)  # fmt: skip
    axes.text(STUB + wide * len(held) + 0.14, top - 0.1, "Interviews", size=7, va="center_baseline",
              color=MUTED)  # fmt: skip


def _short(name: str) -> str:
    """A pseudonym that has room, or as much of it as has."""
    if width_of(name, 7) <= LONGEST:
        return name
    kept = next(n for n in range(len(name), 0, -1) if width_of(name[:n] + "…", 7) <= LONGEST)
    return f"{name[:kept]}…"


def _shown(nth: int, n: int) -> bool:
    """Whether the number of a narrow column is shown: the first, each tenth, and the last if it
    is not right beside one of these."""
    return nth == 0 or (nth + 1) % 10 == 0 or (nth == n - 1 and n % 10 > 3)


def shade_of(excerpts: int, most: int) -> int:
    """0 of none; else 2 to 5, by the root of the share of the largest: one interview that says
    much must not leave all others pale."""
    return 0 if not excerpts else 1 + max(1, round(4 * (excerpts / most) ** 0.5))


def _filled(
    axes: "Axes", rows: Sequence[Sequence[Cell]], wide: float, top: float, tall: Sequence[float]
) -> None:
    """Cells by their shade."""
    most = max(cell.excerpts for row in rows for cell in row)
    shades = {n: shade_of(n, most) for n in {cell.excerpts for row in rows for cell in row}}
    tiles, y = list[Tile](), top
    for row, height in zip(rows, tall, strict=True):
        tiles += [
            (shades[cell.excerpts], STUB + wide * nth, y, wide, height)
            for nth, cell in enumerate(row)
        ]
        y += height
    tiled(axes, tiles, min(1.0, wide * 6))


def _row(
    axes: "Axes",
    row: Sequence[Cell],
    lines: Sequence[str],
    wide: float,
    at: tuple[float, float],
    most: int,
) -> None:
    """The name of a theme, its numbers where they have room, and in how many interviews it is."""
    top, height = at
    for nth, line in enumerate(lines):
        middle = top + height / 2 + (nth - (len(lines) - 1) / 2) * LINE
        axes.text(0.04, middle, line, size=8, va="center_baseline")
    there = sum(cell.excerpts > 0 for cell in row)
    axes.text(STUB + wide * len(row) + 0.14, top + height / 2, f"{there} of {len(row)}", size=7.5,
              va="center_baseline", color=MUTED)  # fmt: skip
    if wide < NUMBERED:
        return
    for nth, cell in enumerate(row):
        if cell.excerpts:
            axes.text(STUB + wide * (nth + 0.5), top + height / 2, count(cell.excerpts), size=7.5,
                      ha="center", va="center_baseline",
                      color=ink_on(shade_of(cell.excerpts, most)),
                      weight="bold" if cell.first == "yes" else "normal")  # fmt: skip


def _frontier(
    axes: "Axes", rows: Sequence[Sequence[Cell]], wide: float, top: float, tall: Sequence[float]
) -> None:
    """A staircase through the cells in which themes first came up."""
    xs, ys, y = list[float](), list[float](), top
    for row, height in zip(rows, tall, strict=True):
        nth = next(i for i, cell in enumerate(row) if cell.first == "yes")
        xs += [STUB + wide * nth] * 2
        ys += [y, y + height]
        y += height
    axes.plot(xs, ys, color=INK, linewidth=1.4, solid_joinstyle="miter")


def _so_far(axes: "Axes", rows: Sequence[Sequence[Cell]], wide: float, below: float) -> None:
    """How many themes had come up with each interview; that of the last is always there."""
    axes.text(0.04, below + 0.13, "Themes so far", size=8, weight="bold", va="center_baseline")
    first = [next(i for i, cell in enumerate(row) if cell.first == "yes") for row in rows]
    before, free, end = 0, 0.0, wide * (len(rows[0]) - 1)
    for nth in range(len(rows[0])):
        found, left = sum(at <= nth for at in first), wide * nth
        room = free <= left <= end - APART and (found > before or wide >= NUMBERED)
        if room or nth == len(rows[0]) - 1:
            before, free = found, left + APART
            axes.text(STUB + wide * (nth + 0.5), below + 0.13, f"{found}", size=7.5, ha="center",
                      va="center_baseline")  # fmt: skip


def grid_alt(cells: Sequence[Cell]) -> str:
    """Of each theme: where it first came up, and in how many interviews it is."""
    parts = []
    for name, group in groupby(cells, lambda cell: cell.theme):
        own = list(group)
        first = next(cell for cell in own if cell.first == "yes")
        some = [cell for cell in own if cell.excerpts]
        excerpts = counted(sum(cell.excerpts for cell in some), "excerpt")
        parts.append(
            f"{name}: first in interview {first.number}, {first.interview}; in {len(some)} of"
            f" {len(own)}, {excerpts}."
        )
    return "Themes by interview, in their order. " + (" ".join(parts) or "None.")
