"""Where words and numbers stand on a square map of values so that none hides another or a mark."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis.figures.palette import PAPER
from cesp_analysis.figures.text import width_of, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FINE = 121
"""Points of a side of the grid on which places are looked for: steps of a fortieth of an inch."""
LINE = 0.145
"""Inches from one line of words to the next."""
NEAR, LABEL = 0.1, 0.13
"""Inches that words keep from marks, and half a contour's number from its middle."""
WIDTHS = (1.25, 0.95, 0.7)
"""Widths in inches at which words are broken, the widest that has room."""


@dataclass
class Taken:
    """A map of `side` inches over values -most to most, and what stands on it, in inches from its
    middle: points (k, 2) of lines and marks; boxes: (x, y, half width, half height) of words."""

    most: float
    side: float
    points: list[np.ndarray] = field(default_factory=list)
    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)

    def inches(self, values: Any) -> np.ndarray:
        """Places on the map of values."""
        return np.asarray(values, dtype=float) * (self.side / 2 / self.most)

    def values(self, inches: Any) -> np.ndarray:
        """Values of places on the map."""
        return np.asarray(inches, dtype=float) * (2 * self.most / self.side)

    def mark(self, values: Any) -> None:
        """A line or mark stands here: points (k, 2), close to each other."""
        self.points.append(self.inches(values).reshape(-1, 2))

    def room(self, places: np.ndarray) -> np.ndarray:
        """Inches (n,) from each place (n, 2) to what is next, or to the edge."""
        free = self.side / 2 - np.abs(places).max(axis=1)
        for points in self.points:
            if len(points):
                apart = np.hypot(*(places[:, None, :] - points[None]).transpose(2, 0, 1))
                free = np.minimum(free, apart.min(axis=1))
        for x, y, half, tall in self.boxes:
            off = np.maximum(np.abs(places - (x, y)) - (half, tall), 0)
            free = np.minimum(free, np.hypot(*off.T))
        return np.asarray(free)


def lines_of(paths: Any) -> list[np.ndarray]:
    """The vertices (k, 2) of contours, filled in so that neighbours are close."""
    found = []
    for path in paths:
        for line in path.to_polygons(closed_only=False):
            if len(line) > 1:
                at = np.linspace(0, len(line) - 1, max(len(line), 160))
                steps = np.arange(len(line))
                found.append(np.column_stack([np.interp(at, steps, line[:, k]) for k in (0, 1)]))
    return found


def words_in(axes: "Axes", taken: Taken, side: np.ndarray, depth: np.ndarray, text: str) -> bool:
    """Write words where depth (c, c) > 0 over side (c,), as far from its edge as can be; False:
    they have no room."""
    fine = np.linspace(side[0], side[-1], FINE)
    down, across = np.meshgrid(fine, fine, indexing="ij")
    finer = np.apply_along_axis(lambda row: np.interp(fine, side, row), 1, depth)
    finer = np.apply_along_axis(lambda column: np.interp(fine, side, column), 0, finer)
    step = taken.side / (FINE - 1)
    places = taken.inches(np.column_stack([across.ravel(), down.ravel()]))
    for width in WIDTHS:
        lines = wrap(text, width, 7.5)
        half = max(width_of(line, 7.5) for line in lines) / 2 + 0.04
        tall = len(lines) * LINE / 2 + 0.03
        free = _around(finer > 0, *(int(np.ceil((reach + NEAR) / step)) for reach in (tall, half)))
        free &= ~_covers(taken, places, half + NEAR, tall + NEAR).reshape(free.shape)
        if free.any():
            at = int(np.argmax(_depth(free)))
            x, y = places[at]
            taken.boxes.append((float(x), float(y), half, tall))
            axes.text(
                float(taken.values(x)), float(taken.values(y)), "\n".join(lines), size=7.5,
                ha="center", va="center", linespacing=1.15, zorder=6,
                bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.5},
            )  # fmt: skip
            return True
    return False


def _around(inside: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Where all cells up to so many rows and columns away are inside too, none beyond the map."""
    padded = np.pad(~inside, ((rows, rows), (columns, columns)), constant_values=True)
    sums = np.pad(padded.astype(int).cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    tall, wide = 2 * rows + 1, 2 * columns + 1
    outside = sums[tall:, wide:] - sums[:-tall, wide:] - sums[tall:, :-wide] + sums[:-tall, :-wide]
    return np.asarray(outside == 0)


def _depth(free: np.ndarray) -> np.ndarray:
    """How many steps each cell is from one that is not free, or from the map's edge."""
    depth = free.astype(int)
    while free.any():
        free = _around(free, 1, 1)
        depth += free
    return depth


def _covers(taken: Taken, places: np.ndarray, half: float, tall: float) -> np.ndarray:
    """Whether a box round each place (n, 2) covers a mark or touches other words: (n,)."""
    found = np.zeros(len(places), dtype=bool)
    for points in taken.points:
        for point in points[:: max(1, len(points) // 200)]:
            off = np.abs(places - point)
            found |= (off[:, 0] < half) & (off[:, 1] < tall)
    for x, y, wide, high in taken.boxes:
        off = np.abs(places - (x, y))
        found |= (off[:, 0] < half + wide) & (off[:, 1] < tall + high)
    return found


def numbers_on(axes: "Axes", taken: Taken, contours: Any, texts: Sequence[str]) -> None:
    """Write each contour's number (texts: of its levels) where it is farthest from all else; where
    none of its places is free it has none."""
    free = []
    for text, path in zip(texts, contours.get_paths(), strict=True):
        half = max(LABEL, width_of(text, 6.5) / 2)
        lines = lines_of([path])
        if not lines:
            continue
        places = taken.inches(np.concatenate(lines))
        room = taken.room(places)
        best = int(np.argmax(room))
        if room[best] >= half + NEAR / 2:
            x, y = places[best]
            taken.boxes.append((float(x), float(y), half, half))
            free.append(tuple(taken.values([x, y])))
    by_level = dict(zip(contours.levels, texts, strict=True))
    if free:
        axes.clabel(contours, fontsize=6.5, fmt=by_level, manual=free)
