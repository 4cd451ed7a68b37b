"""The theory of change: boxes in columns from left to right, each link with what it rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import dist
from typing import TYPE_CHECKING, Any

from cesp_analysis.figures.palette import INK, MUTED, PANEL, PAPER
from cesp_analysis.figures.style import canvas, footnote, new_figure, styled
from cesp_analysis.figures.text import wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PAGE, GAP, LEAST = 7.1, 0.62, 1.25
LINE, PAD, ROW, KEY = 0.15, 0.08, 0.24, 0.16
Line = list[tuple[float, float]]
"""Corners, in inches."""
STYLES: dict[str, tuple[str, float, Any]] = {
    "there": (INK, 1.5, "-"),
    "not there": (INK, 1.1, (0, (5, 2.5))),
    "none named": (MUTED, 1.1, (0, (1.2, 2))),
}
"""Colour, width and dashes by whether there is evidence to look at; told apart without colour."""
LEGEND = {
    "there": "evidence is there",
    "not there": "named, not there yet",
    "none named": "no evidence is named",
}


@dataclass(frozen=True)
class Box:
    """A node; layer and row as in TheoryNodes."""

    label: str
    kind: str
    layer: int
    row: float
    group_id: str = ""


@dataclass(frozen=True)
class Arrow:
    """A link between boxes: its number in the key, what it rests on in words, whether that is
    there (a key of STYLES), whether it leads back, its rows in the columns that it passes."""

    number: int
    start: str
    end: str
    evidence: tuple[str, ...]
    state: str
    back: bool
    place: tuple[float, ...] = ()


@styled
def theory_of_change(boxes: Sequence[Box], arrows: Sequence[Arrow]) -> "Figure":
    """Draw boxes and numbered arrows, and below them what each arrow rests on."""
    if not boxes:
        figure = new_figure(4, 0.6)
        footnote(figure, "No theory of change is declared.")
        return figure
    grid = _grid(boxes, arrows)
    key = [line for arrow in arrows for line in _key_lines(arrow, boxes, grid.page)]
    height = grid.bottom + 0.16 + KEY * len(key)
    figure = new_figure(grid.page, height + 0.5)
    axes = canvas(figure, grid.page, height)
    _legend(axes, arrows)
    lines = _lines_of(grid, arrows)
    for arrow, points in zip(arrows, lines, strict=True):
        _arrow(axes, arrow, points, [other for other in lines if other is not points])
    for box in boxes:
        _box(axes, grid, box)
    for nth, (text, bold) in enumerate(key):
        axes.text(0.03 if bold else 0.3, grid.bottom + 0.16 + KEY * (nth + 0.5), text, size=7.5,
                  va="center_baseline")  # fmt: skip
    footnote(
        figure,
        "A link says what is thought to lead to what. Evidence is something to look at; it need not"
        " bear the link out. An estimate compares sites: it is of all that leads to its outcome.",
    )
    return figure


@dataclass(frozen=True)
class _Grid:
    """Where things stand, in inches: left edges of columns, the pitch of rows, the boxes."""

    page: float
    wide: float
    top: float
    pitch: float
    lanes: float
    bottom: float
    boxes: dict[str, Box]

    def left(self, layer: int) -> float:
        return 0.2 + layer * (self.wide + GAP)

    def middle(self, row: float) -> float:
        return self.top + (row + 0.5) * self.pitch


def _grid(boxes: Sequence[Box], arrows: Sequence[Arrow]) -> _Grid:
    columns = 1 + max(box.layer for box in boxes)
    wide = max(LEAST, min(2.2, (PAGE - 0.45 - GAP * (columns - 1)) / columns))
    page = max(PAGE, columns * wide + (columns - 1) * GAP + 0.45)
    rows = 1 + max([*(box.row for box in boxes), *(at for a in arrows for at in a.place)])
    pitch = max(_tall(box, wide) for box in boxes) + ROW
    by_id = {box.group_id: box for box in boxes}
    lanes = 0.35 + rows * pitch
    back = sum(_leads_back(arrow, by_id) for arrow in arrows)
    return _Grid(page, wide, 0.35, pitch, lanes, lanes + 0.2 * back, by_id)


def _leads_back(arrow: Arrow, boxes: dict[str, Box]) -> bool:
    return boxes[arrow.start].layer >= boxes[arrow.end].layer


def _lines(box: Box, wide: float) -> list[str]:
    return wrap(box.label, wide - 2 * PAD, 8)


def _tall(box: Box, wide: float) -> float:
    return LINE * (1 + len(_lines(box, wide))) + 2 * PAD


def _box(axes: "Axes", grid: _Grid, box: Box) -> None:
    """Its kind above its label; outcomes have a heavy frame, activities a shaded ground."""
    from matplotlib.patches import Rectangle

    tall, left = _tall(box, grid.wide), grid.left(box.layer)
    top = grid.middle(box.row) - tall / 2
    face = PANEL if box.kind == "activity" else PAPER
    edge = 1.8 if box.kind == "outcome" else 0.8
    axes.add_artist(
        Rectangle((left, top), grid.wide, tall, facecolor=face, edgecolor=INK, linewidth=edge,
                  zorder=4)
    )  # fmt: skip
    for nth, line in enumerate([box.kind, *_lines(box, grid.wide)]):
        axes.text(
            left + PAD, top + PAD + (nth + 0.5) * LINE, line, size=8 if nth else 7,
            va="center_baseline", color=INK if nth else MUTED, zorder=5,
        )  # fmt: skip


def _arrow(axes: "Axes", arrow: Arrow, points: Line, others: list[Line]) -> None:
    colour, width, dashes = STYLES[arrow.state]
    xs, ys = ([point[at] for point in points] for at in (0, 1))
    axes.plot(xs[:-1] + [xs[-1] - 0.07], ys, color=colour, linewidth=width, linestyle=dashes,
              zorder=2, solid_joinstyle="round")  # fmt: skip
    axes.annotate(
        "", (xs[-1], ys[-1]), (xs[-1] - 0.1, ys[-1]), zorder=3,
        arrowprops={"arrowstyle": "-|>", "color": colour, "shrinkA": 0, "shrinkB": 0,
                    "mutation_scale": 9},
    )  # fmt: skip
    x, y = _free(points, others)
    axes.text(x, y, f"{arrow.number}", size=7.5, ha="center", va="center", color=INK, zorder=6,
              bbox={"boxstyle": "circle,pad=0.18", "facecolor": PAPER, "edgecolor": colour,
                    "linewidth": 0.7})  # fmt: skip


def _points(grid: _Grid, arrow: Arrow, back: int) -> Line:
    """The corners of a link's line: through its own rows in the columns that it passes; one that
    leads back goes round below all boxes, in a lane of its own (`back`)."""
    start, end = grid.boxes[arrow.start], grid.boxes[arrow.end]
    out = (grid.left(start.layer) + grid.wide, grid.middle(start.row))
    into = (grid.left(end.layer), grid.middle(end.row))
    if _leads_back(arrow, grid.boxes):
        lane = grid.lanes + 0.1 + 0.2 * back
        near, far = out[0] + 0.1 + 0.04 * (back % 3), into[0] - 0.14 - 0.02 * (back % 3)
        return [out, (near, out[1]), (near, lane), (far, lane), (far, into[1]), into]
    middle = []
    for nth, row in enumerate(arrow.place, start.layer + 1):
        middle += [(grid.left(nth), grid.middle(row)),
                   (grid.left(nth) + grid.wide, grid.middle(row))]  # fmt: skip
    level = [(into[0] - 0.16, into[1])]  # so that the head lies on its line
    return [out, *middle, *level, into]


def _lines_of(grid: _Grid, arrows: Sequence[Arrow]) -> list[Line]:
    """The corners of every arrow."""
    lines, back = list[Line](), 0
    for arrow in arrows:
        lines.append(_points(grid, arrow, back))
        back += _leads_back(arrow, grid.boxes)
    return lines


def _free(points: Line, others: list[Line]) -> tuple[float, float]:
    """Where an arrow's number stands: on its first long piece, as far from other arrows as need
    be."""
    pieces = list(pairwise(points))
    (x, y), (u, v) = max(pieces[:3], key=lambda piece: dist(*piece) > 0.3)
    best, most = (x, y), -1.0
    for share in (0.35, 0.5, 0.25, 0.65, 0.75):
        at = (x + share * (u - x), y + share * (v - y))
        room = min([_apart(at, piece) for line in others for piece in pairwise(line)] + [1.0])
        if room > 0.14:
            return at
        best, most = (at, room) if room > most else (best, most)
    return best


def _apart(at: tuple[float, float], piece: tuple[tuple[float, float], ...]) -> float:
    """How far a point is from a piece of a line."""
    (x, y), (u, v) = piece
    along = (at[0] - x) * (u - x) + (at[1] - y) * (v - y)
    share = min(1.0, max(0.0, along / max(dist((x, y), (u, v)) ** 2, 1e-9)))
    return dist(at, (x + share * (u - x), y + share * (v - y)))


def _key_lines(arrow: Arrow, boxes: Sequence[Box], page: float) -> list[tuple[str, bool]]:
    """What an arrow rests on, in lines; the first has its number."""
    label = {box.group_id: box.label for box in boxes}
    back = ", which leads back" if arrow.back else ""
    said = "; ".join(arrow.evidence)
    text = f"{arrow.number}  {label[arrow.start]} → {label[arrow.end]}{back}: {said}"
    first, *rest = wrap(text, page - 0.4, 7.5)
    return [(first, True), *((line, False) for line in rest)]


def _legend(axes: "Axes", arrows: Sequence[Arrow]) -> None:
    x = 0.03
    for state, words in LEGEND.items():
        if any(arrow.state == state for arrow in arrows):
            colour, width, dashes = STYLES[state]
            axes.plot([x, x + 0.42], [0.1, 0.1], color=colour, linewidth=width, linestyle=dashes)
            axes.text(x + 0.5, 0.1, words, size=8, va="center_baseline")
            x += 2.2


def alt_text(boxes: Sequence[Box], arrows: Sequence[Arrow]) -> str:
    """Every box by kind, every link with what it rests on."""
    if not boxes:
        return "Theory of change. None is declared."
    label = {box.group_id: box.label for box in boxes}
    kinds = [
        f"{kind}: {', '.join(box.label for box in boxes if box.kind == kind)}."
        for kind in dict.fromkeys(box.kind for box in boxes)
    ]
    links = [
        f"{label[arrow.start]} to {label[arrow.end]}{' (back)' if arrow.back else ''}:"
        f" {'; '.join(arrow.evidence)}."
        for arrow in arrows
    ]
    return " ".join(["Theory of change, as boxes and arrows.", *kinds, "Links.", *links])
