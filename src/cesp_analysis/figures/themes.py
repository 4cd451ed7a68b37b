"""Who speaks of what: themes × roles, the roles of a site together; and themes that go together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cesp_analysis.figures.palette import INK, MUTED
from cesp_analysis.figures.style import canvas, footnote, new_figure, styled
from cesp_analysis.figures.text import width_of, wrap
from cesp_analysis.figures.tiles import Tile, ink_on, tiled
from cesp_analysis.numbers import count, counted
from cesp_analysis.withheld import Withheld

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW, LINE, GUTTER, STUB = 0.26, 0.15, 0.16, 2.3
SHADES = 5


@dataclass(frozen=True)
class Spoken:
    """A cell: excerpts of a theme by those of a role at a site, the interviews that they are of,
    and all interviews with these."""

    theme: str
    site: str
    role: str
    excerpts: int
    interviews: int
    interviewed: int


@dataclass(frozen=True)
class Pair:
    """Two themes: excerpts (or interviews) with both, and these over those with either; a theme
    with itself: its own."""

    first: str
    second: str
    together: int
    jaccard: float


@styled
def themes(cells: Sequence[Spoken]) -> "Figure":
    """Draw a row a theme and a column a role, the columns of a site together."""
    if not cells:
        return _nothing("No theme has an excerpt.")
    names = list(dict.fromkeys(cell.theme for cell in cells))
    columns = list(dict.fromkeys((cell.site, cell.role) for cell in cells))
    held = {(cell.site, cell.role): cell.interviewed for cell in cells}
    lines = {name: wrap(name, STUB - 0.2, 8) for name in names}
    rows = [max(ROW, LINE * len(lines[name]) + 0.08) for name in names]
    heads = {key: [*wrap(key[1], 0.8, 7.5), f"n = {count(held[key])}"] for key in columns}
    wide = max(0.72, max(width_of(line, 7.5) for own in heads.values() for line in own) + 0.12)
    edges = _edges(columns, wide)
    top = 0.2 + LINE * max(map(len, heads.values())) + 0.08
    page = edges[-1] + wide + 0.05
    figure = new_figure(max(page, 4.0), top + sum(rows) + 0.5)
    axes = canvas(figure, max(page, 4.0), top + sum(rows))
    _headed(axes, columns, edges, heads, wide)
    most = max([cell.excerpts for cell in cells if not isinstance(cell.excerpts, Withheld)] or [0])
    at = {(cell.theme, cell.site, cell.role): cell for cell in cells}
    tiles, y = list[Tile](), top
    for name, tall in zip(names, rows, strict=True):
        for nth, line in enumerate(lines[name]):
            middle = y + tall / 2 + (nth - (len(lines[name]) - 1) / 2) * LINE
            axes.text(0.04, middle, line, size=8, va="center_baseline")
        for left, key in zip(edges, columns, strict=True):
            if cell := at.get((name, *key)):
                tiles.append((_shade(cell, most), left, y, wide, tall))
                _on(axes, tiles[-1], _spoken(cell))
        y += tall
    tiled(axes, tiles)
    footnote(
        figure,
        "Excerpts, and in brackets the interviews that they are of; n: interviews. Stronger shade:"
        " more excerpts. A dot: none. Those who were interviewed were not drawn to stand for"
        " others.",
    )
    return figure


def _edges(columns: Sequence[tuple[str, str]], wide: float) -> list[float]:
    """Left edges of columns, with a gutter before each site."""
    edges, left, site = list[float](), STUB, None
    for own, _ in columns:
        left += GUTTER if site is not None and own != site else 0.0
        edges.append(left)
        left, site = left + wide, own
    return edges


def _headed(
    axes: "Axes",
    columns: Sequence[tuple[str, str]],
    edges: Sequence[float],
    heads: dict[tuple[str, str], list[str]],
    wide: float,
) -> None:
    bottom = 0.2 + LINE * max(map(len, heads.values()))
    before: str | None = None
    for key, left in zip(columns, edges, strict=True):
        if key[0] != before:
            axes.text(left + 0.03, 0.1, key[0], size=8.5, weight="bold", va="center_baseline")
            before = key[0]
        for nth, line in enumerate(reversed(heads[key])):
            axes.text(left + wide / 2, bottom - LINE * (nth + 0.4), line, size=7.5, ha="center",
                      va="center_baseline", color=MUTED if nth == 0 else INK)  # fmt: skip


def _shade(cell: Spoken, most: float) -> int:
    return 0 if isinstance(cell.excerpts, Withheld) else shade_of(cell.excerpts, most)


def _spoken(cell: Spoken) -> str:
    empty = not isinstance(cell.excerpts, Withheld) and cell.excerpts == 0
    return "·" if empty else f"{count(cell.excerpts)} ({count(cell.interviews)})"


def shade_of(number: float, most: float) -> int:
    """0 of none; else 1 to 5 by the share of the largest."""
    return 0 if not number or not most else max(1, round(SHADES * number / most))


def _on(axes: "Axes", tile: Tile, text: str, bold: bool = False) -> None:
    """Text in the middle of a tile."""
    shade, left, top, wide, tall = tile
    axes.text(left + wide / 2, top + tall / 2, text, size=7.5, ha="center", va="center_baseline",
              color=ink_on(shade), weight="bold" if bold else "normal")  # fmt: skip


def _nothing(text: str) -> "Figure":
    figure = new_figure(4, 0.6)
    footnote(figure, text)
    return figure


def themes_alt(cells: Sequence[Spoken]) -> str:
    """Each theme: excerpts of each role and site that has some."""
    parts = []
    for name in dict.fromkeys(cell.theme for cell in cells):
        own = [cell for cell in cells if cell.theme == name]
        some = [cell for cell in own if isinstance(cell.excerpts, Withheld) or cell.excerpts]
        said = "; ".join(f"{cell.site}, {cell.role} {count(cell.excerpts)}" for cell in some)
        parts.append(f"{name}: {said or 'none'}.")
    return "Excerpts by theme, role and site. " + (" ".join(parts) or "None.")


@styled
def cooccurrence(pairs: Sequence[Pair], left_out: int = 0, units: str = "excerpts") -> "Figure":
    """Draw the lower half of a matrix of themes; on its diagonal the units (excerpts, interviews)
    of each. left_out: themes with fewer, which are not shown."""
    names = list(dict.fromkeys(pair.first for pair in pairs if pair.first == pair.second))
    if len(names) < 2:
        return _nothing(too_few(len(names), left_out, units))
    lines = {name: wrap(name, STUB - 0.45, 8) for name in names}
    rows = [max(ROW, LINE * len(lines[name]) + 0.08) for name in names]
    wide, top = 0.4, 0.22
    page = max(STUB + wide * len(names) + 0.05, 4.6)
    figure = new_figure(page, top + sum(rows) + 0.55)
    axes = canvas(figure, page, top + sum(rows))
    at = {frozenset((pair.first, pair.second)): pair for pair in pairs}
    tiles, y = list[Tile](), top
    for i, (name, tall) in enumerate(zip(names, rows, strict=True)):
        axes.text(STUB + wide * (i + 0.5), 0.12, f"{i + 1}", size=7.5, ha="center", va="center")
        axes.text(0.22, y + tall / 2, f"{i + 1}", size=7.5, ha="right", va="center_baseline",
                  color=MUTED)  # fmt: skip
        for nth, line in enumerate(lines[name]):
            middle = y + tall / 2 + (nth - (len(lines[name]) - 1) / 2) * LINE
            axes.text(0.3, middle, line, size=8, va="center_baseline")
        for j, other in enumerate(names[: i + 1]):
            pair = at.get(frozenset((name, other)))
            shade, text = _together(pair, i == j)
            tiles.append((shade, STUB + wide * j, y, wide, tall))
            _on(axes, tiles[-1], text, bold=i == j)
        y += tall
    tiled(axes, tiles)
    footnote(
        figure,
        f"{units.capitalize()} that have both themes; bold: all of a theme. Stronger shade: a"
        f" larger share of the {units} that have either. A dot: none.{fewer(left_out, units)}",
    )
    return figure


def too_few(themes: int, left_out: int, units: str) -> str:
    """Why no or one theme is not drawn beside others."""
    if left_out:
        return f"Fewer than two themes are shown.{fewer(left_out, units)}"
    one = "Fewer than two themes have an excerpt: none can go together."
    return one if themes else "No theme has an excerpt."


def fewer(left_out: int, units: str) -> str:
    """How many themes are not shown, if any."""
    are = "is" if left_out == 1 else "are"
    said = f" {counted(left_out, 'theme')} with fewer {units} {are} not shown."
    return said if left_out else ""


def _together(pair: Pair | None, own: bool) -> tuple[int, str]:
    """Shade and text of a pair; own: of a theme with itself."""
    if pair is None:
        return 0, "·"
    withheld = isinstance(pair.together, Withheld)
    shade = 0 if own or withheld else shade_of(pair.jaccard, 1.0)
    return shade, "·" if not withheld and pair.together == 0 else count(pair.together)


def cooccurrence_alt(pairs: Sequence[Pair], left_out: int = 0, units: str = "excerpts") -> str:
    """Every pair of themes that share a unit, the most frequent first."""
    both = [pair for pair in pairs if pair.first != pair.second]
    said = "; ".join(f"{pair.first} with {pair.second} {count(pair.together)}" for pair in both)
    more = fewer(left_out, units)
    return f"Themes in the same {units}, as a matrix. {said or 'No two'}.{more}"
