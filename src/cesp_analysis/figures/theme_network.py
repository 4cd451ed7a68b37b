"""Which themes go together, as a network: themes on a ring, a line between those often together.

On a ring no line runs through another theme, and names stand outside of it, each at the height of
its own theme: nothing is covered, however many there are. Neighbours are those most often together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import copysign, hypot
from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.figures.palette import PALETTE, PAPER
from cesp_analysis.figures.style import canvas, footnote, new_figure, styled
from cesp_analysis.figures.text import TIED, wrap
from cesp_analysis.figures.themes import Pair, fewer, too_few
from cesp_analysis.numbers import count, counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STUB, LINE, GAP = 1.95, 0.15, 0.1
"""Room for names on each side; a line of them; between one name and the next."""
LARGEST, SMALLEST = 0.15, 0.045
"""Radii in inches: of the theme with most, and of none less."""
LEAST = (0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""From which Jaccard index on two themes are joined: the first that leaves few enough lines."""
LINES_A_THEME = 2.5
BENT = 0.7
"""How far the control point of a line lies from the straight one; the line goes half as far."""
FLAT = 0.89
"""Height of the highest theme over that of the ring: names at its top stand clear of lines."""


@dataclass(frozen=True)
class Place:
    """Where a theme is drawn, in inches from the top left; its radius; lines of its name."""

    name: str
    x: float
    y: float
    radius: float
    left: bool
    lines: tuple[str, ...]


def joined(pairs: Sequence[Pair], themes: int) -> tuple[float, list[Pair]]:
    """From which Jaccard index on themes are joined, and those pairs, the weakest first."""
    ties = sorted(
        (pair for pair in pairs if pair.first != pair.second and pair.together),
        key=lambda pair: (pair.jaccard, pair.first, pair.second),
    )
    for least in LEAST:
        shown = [pair for pair in ties if pair.jaccard >= least]
        if len(shown) <= LINES_A_THEME * themes:
            break
    return least, shown


def around(names: Sequence[str], pairs: Sequence[Pair]) -> list[str]:
    """The themes in an order around the ring in which those that go together stand close.

    Each way of turning a stretch of the ring round is tried until none brings them closer: whole
    numbers, so that the order is the same wherever it is made.
    """
    at = {name: i for i, name in enumerate(names)}
    k = len(names)
    ties = np.zeros((k, k), dtype=np.int64)
    for pair in pairs:
        if pair.first != pair.second:
            i, j = at[pair.first], at[pair.second]
            ties[i, j] = ties[j, i] = round(1000 * pair.jaccard)
    steps = np.abs(np.subtract.outer(np.arange(k), np.arange(k)))
    apart = np.minimum(steps, k - steps)
    order, best = np.arange(k), int((ties * apart).sum())
    better = True
    while better:
        better = False
        for i in range(k - 1):
            for j in range(i + 1, k):
                tried = np.concatenate([order[:i], order[i : j + 1][::-1], order[j + 1 :]])
                far = int((ties[np.ix_(tried, tried)] * apart).sum())
                if far < best:
                    order, best, better = tried, far, True
    return [names[int(i)] for i in order]


def placed(ring: Sequence[str], sizes: dict[str, int]) -> tuple[list[Place], float, float]:
    """Where themes stand, clockwise from the top: the first half on the right; width and height."""
    half = len(ring) // 2
    sides = (ring[:half], False), (ring[half:][::-1], True)
    most = max(sizes.values())
    lines = {
        name: tuple(wrap(f"{name}{TIED}({count(sizes[name])})", STUB - 0.2, 8)) for name in ring
    }
    radii = {name: max(SMALLEST, LARGEST * (sizes[name] / most) ** 0.5) for name in ring}
    bands = {name: max(LINE * len(lines[name]), 2 * LARGEST) + GAP for name in ring}
    tall = max(1.5, *(sum(bands[name] for name in own) for own, _ in sides))
    middles = {name: y for own, _ in sides for name, y in _down(own, bands, tall).items()}
    far = max(max(abs(y - tall / 2) for y in middles.values()), 0.5) / FLAT
    across = min(1.45, max(0.75, tall / 2))
    page = 2 * (STUB + across)
    made = []
    for own, left in sides:
        for name in own:
            out = across * (1 - ((middles[name] - tall / 2) / far) ** 2) ** 0.5
            x = round(page / 2 + (-out if left else out), 3)
            made.append(Place(name, x, round(middles[name], 3), radii[name], left, lines[name]))
    return made, page, tall


def _down(own: Sequence[str], bands: dict[str, float], tall: float) -> dict[str, float]:
    """The heights of the themes of a side, spread over all of it."""
    spare = (tall - sum(bands[name] for name in own)) / max(len(own), 1)
    middles, y = {}, 0.0
    for name in own:
        middles[name] = y + (bands[name] + spare) / 2
        y += bands[name] + spare
    return middles


def curve(
    one: Place, two: Place, steps: int, middle: tuple[float, float]
) -> tuple[tuple[float, float], tuple[float, float], tuple[float, float]]:
    """Ends and control point of a line between themes so many steps apart on the ring: straight
    between neighbours, else bent away from those that it passes, towards the middle."""
    between = (one.x + two.x) / 2, (one.y + two.y) / 2
    across = one.y - two.y, two.x - one.x
    length = hypot(*across)
    inwards = tuple(part / length for part in across)
    far = sum(part * (m - b) for part, m, b in zip(inwards, middle, between, strict=True))
    bent = copysign(min(abs(far), BENT * (steps > 1)), far)
    bend = between[0] + bent * inwards[0], between[1] + bent * inwards[1]
    return (one.x, one.y), bend, (two.x, two.y)


@styled
def theme_network(pairs: Sequence[Pair], left_out: int = 0, units: str = "excerpts") -> "Figure":
    """Draw themes and the lines between them. pairs: as the matrix has them (a theme with itself:
    its own units); left_out: themes with fewer units, which are not shown."""
    sizes = {pair.first: pair.together for pair in pairs if pair.first == pair.second}
    if len(sizes) < 2:
        figure = new_figure(4, 0.6)
        footnote(figure, too_few(len(sizes), left_out, units))
        return figure
    ring = around(list(sizes), pairs)
    places, page, tall = placed(ring, sizes)
    least, ties = joined(pairs, len(sizes))
    figure = new_figure(page, tall + 0.75)
    axes = canvas(figure, page, tall)
    at = {place.name: place for place in places}
    strongest = max((tie.jaccard for tie in ties), default=1.0)
    middle = page / 2, tall / 2
    ends = [curve(at[tie.first], at[tie.second], _steps(ring, tie), middle) for tie in ties]
    _lines(axes, ends, [tie.jaccard / strongest for tie in ties], len(sizes))
    _themes(axes, places)
    footnote(figure, _explained(pairs, ties, least, units) + fewer(left_out, units))
    return figure


def _steps(ring: Sequence[str], tie: Pair) -> int:
    """How many steps apart two themes are on the ring."""
    steps = abs(ring.index(tie.first) - ring.index(tie.second))
    return min(steps, len(ring) - steps)


def _lines(
    axes: "Axes",
    ends: "Sequence[Sequence[tuple[float, float]]]",
    shares: Sequence[float],
    themes: int,
) -> None:
    """Thicker and darker the more of either have both; the strongest, the last, on top. Where all
    are so strong that more are drawn than a theme has room for, each is thinner."""
    from matplotlib.collections import PathCollection
    from matplotlib.path import Path

    room = min(1.0, LINES_A_THEME * themes / max(len(ends), 1))
    axes.add_artist(
        PathCollection(
            [Path(list(one), [Path.MOVETO, Path.CURVE3, Path.CURVE3]) for one in ends],
            facecolors="none",
            edgecolors=[PALETTE[f"heat-{3 + round(2 * share * room)}"][0] for share in shares],
            linewidths=[(0.5 + 3.5 * share) * room for share in shares],
            capstyle="round",
            zorder=1,
        )
    )


def _themes(axes: "Axes", places: Sequence[Place]) -> None:
    axes.scatter([place.x for place in places], [place.y for place in places],
                 s=[(144 * place.radius) ** 2 for place in places], color=PALETTE["heat-5"][0],
                 edgecolor=PAPER, linewidth=1.2, zorder=3)  # fmt: skip
    for place in places:
        x = place.x + (-1 if place.left else 1) * (LARGEST + 0.06)
        for nth, line in enumerate(place.lines):
            middle = place.y + (nth - (len(place.lines) - 1) / 2) * LINE
            axes.text(x, middle, line, size=8, ha="right" if place.left else "left",
                      va="center_baseline", zorder=4)  # fmt: skip


def _explained(pairs: Sequence[Pair], ties: Sequence[Pair], least: float, units: str) -> str:
    shared = sum(pair.first != pair.second and pair.together > 0 for pair in pairs)
    what = f"Themes, larger the more {units} they have (in brackets)."
    if not shared:
        return f"{what} No two of them share one."
    of = f"{units} that have both over those that have either"
    if len(ties) == shared:
        return f"{what} A line: both in the same {units}; thicker and darker the more, as {of}."
    apart = shared - len(ties)
    return (
        f"{what} A line: {of} are {least:.2f} or more, thicker and darker the more;"
        f" {counted(apart, 'pair')} with less {'is' if apart == 1 else 'are'} not drawn."
    )


def network_alt(pairs: Sequence[Pair], left_out: int = 0, units: str = "excerpts") -> str:
    """The lines that are drawn, the strongest first."""
    sizes = {pair.first: pair.together for pair in pairs if pair.first == pair.second}
    _, ties = joined(pairs, len(sizes))
    said = "; ".join(
        f"{tie.first} with {tie.second} {count(tie.together)} ({tie.jaccard:.2f})"
        for tie in reversed(ties)
    )
    return (
        f"Themes in the same {units}, as a network (in brackets: of those with either)."
        f" {said or 'No two'}.{fewer(left_out, units)}"
    )
