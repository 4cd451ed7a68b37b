"""Small panels on one canvas in inches: frames, ends of axes, lines; the origin is at the top left.

Axes of their own would each be laid out: dozens of small ones take a minute, one canvas a second.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis.figures.palette import GRID, INK, MUTED

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class Box:
    """Where a panel lies in inches, and the values at its ends."""

    left: float
    top: float
    width: float
    height: float
    x: tuple[float, float]
    y: tuple[float, float]

    def across(self, values: Any) -> np.ndarray:
        """Inches from the left."""
        low, high = self.x
        return self.left + (np.asarray(values, dtype=float) - low) / (high - low) * self.width

    def down(self, values: Any) -> np.ndarray:
        """Inches from the top."""
        low, high = self.y
        part = (np.asarray(values, dtype=float) - low) / (high - low)
        return self.top + (1 - part) * self.height

    def frame(self, axes: "Axes") -> None:
        """Draw its frame."""
        from matplotlib.patches import Rectangle

        axes.add_patch(
            Rectangle(
                (self.left, self.top),
                self.width,
                self.height,
                facecolor="none",
                edgecolor=GRID,
                linewidth=0.8,
                zorder=1,
            )
        )

    def lines(self, axes: "Axes", x: np.ndarray, rows: np.ndarray, **look: Any) -> None:
        """Draw each row (k, len(x)) as a line."""
        from matplotlib.collections import LineCollection

        points = np.empty((len(rows), len(x), 2))
        points[:, :, 0], points[:, :, 1] = self.across(x), self.down(rows)
        axes.add_collection(LineCollection(list(points), **look), autolim=False)

    def ends_of_y(self, axes: "Axes", low: str, high: str) -> None:
        """Write the values at its lower and upper end, left of it."""
        for text, y, where in ((high, self.top, "top"), (low, self.top + self.height, "bottom")):
            axes.text(self.left - 0.04, y, text, size=6.5, ha="right", va=where, color=MUTED)

    def ticks_of_x(self, axes: "Axes", ticks: list[tuple[float, str]]) -> None:
        """Write values below it, each with a short line."""
        bottom = self.top + self.height
        for value, text in ticks:
            x = float(self.across(value))
            axes.plot([x, x], [bottom, bottom + 0.03], color=MUTED, linewidth=0.7)
            axes.text(x, bottom + 0.08, text, size=6.5, ha="center", va="top", color=INK)


def ends(values: np.ndarray) -> tuple[float, float]:
    """The lowest and highest value with a little room; never the same."""
    low, high = float(np.min(values)), float(np.max(values))
    room = 0.05 * (high - low) or 0.5
    return low - room, high + room


def round_ticks(low: float, high: float) -> list[float]:
    """Some three to six round numbers between two."""
    from math import ceil, floor, log10

    power = 10.0 ** floor(log10((high - low) / 3))
    step = next(n * power for n in (5, 2, 1) if (high - low) / (n * power) >= 3)
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    return [round(at * step, 10) for at in range(first, last + 1)]
