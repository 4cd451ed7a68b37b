"""Each person's change since the first time: a density, quartiles and mean, and every person.

Allen et al. (2019), Wellcome Open Res 4:63. One panel an outcome and later time, one row a group.
"""

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.figures.palette import INK
from cesp_analysis.figures.style import Look, footnote, looks, new_figure, styled, title
from cesp_analysis.figures.text import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 3.7
ROW = 0.85  # inches a group
GRID_POINTS = 121
DRAWN = 300  # people a group: more dots would hide each other
FEW = 5  # people: fewer have no density


@dataclass(frozen=True)
class Cloud:
    """One group's changes (n,) in one panel."""

    group: str
    arm: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class RainPanel:
    """One outcome and later time."""

    outcome_label: str
    unit: str
    when: str
    clouds: tuple[Cloud, ...]


@styled
def raincloud(panels: list[RainPanel], seed: int = 1) -> "Figure":
    """Draw the panels, two beside each other; the line of no change is in each."""
    if not panels:
        figure = new_figure(4, 0.6)
        footnote(figure, "No person answered at two times.")
        return figure
    columns = min(2, len(panels))
    lines = ceil(len(panels) / columns)
    most = max(len(panel.clouds) for panel in panels)
    figure = new_figure(WIDTH * columns, (ROW * most + 0.75) * lines + 0.6)
    grid = figure.subplots(lines, columns, squeeze=False).ravel()
    for axes, panel in zip(grid, panels, strict=False):
        _panel(axes, panel, np.random.default_rng(seed))
    for axes in grid[len(panels) :]:
        axes.set_axis_off()
    many = any(len(cloud.values) > DRAWN for panel in panels for cloud in panel.clouds)
    some = f" (at most {DRAWN} a group, at random; the rest is of all)" if many else ""
    footnote(
        figure,
        "Above: density of people's changes (Gaussian kernel, Silverman's width). Thick line:"
        " quartiles; bar: median; cross: mean. Dots: people, moved up or down at random to be"
        f" seen{some}. Vertical line: no change.",
    )
    return figure


def _panel(axes: "Axes", panel: RainPanel, rng: np.random.Generator) -> None:
    axes.axvline(0, color=INK, linewidth=0.9, zorder=1)
    axes.grid(axis="y", visible=False)
    style = looks([(cloud.group, cloud.arm) for cloud in panel.clouds])
    for at, cloud in enumerate(panel.clouds):
        _cloud(axes, at, np.asarray(cloud.values), style[cloud.group], rng)
    names = [f"{cloud.group}\nn = {len(cloud.values):,}" for cloud in panel.clouds]
    axes.set_yticks(range(len(panel.clouds)), names)
    axes.set_ylim(len(panel.clouds) - 0.55, -0.6)
    axes.locator_params(axis="x", nbins=6)
    axes.set_xlabel(f"change to {panel.when}")
    title(axes, panel.outcome_label, panel.unit, WIDTH - 1.2)


def _cloud(axes: "Axes", at: int, values: np.ndarray, look: Look, rng: np.random.Generator) -> None:
    shown = values if len(values) <= DRAWN else rng.choice(values, DRAWN, replace=False)
    down = rng.uniform(0.16, 0.38, len(shown))
    axes.plot(
        shown, at + down, linestyle="none", marker="o", markersize=2.6, color=look.colour,
        markerfacecolor=look.face, markeredgewidth=0.6, alpha=0.7, zorder=2,
    )  # fmt: skip
    if len(values) == 0:
        return
    grid, height = density(values)
    if len(grid):
        axes.fill_between(
            grid, at, at - 0.48 * height / height.max(), color=look.colour, alpha=0.3, linewidth=0
        )
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    y = at + 0.075
    axes.plot([low, high], [y, y], color=look.colour, linewidth=3.2, solid_capstyle="butt")
    axes.plot(middle, y, marker="|", markersize=9, markeredgewidth=1.8, color=INK)
    axes.plot(values.mean(), y, marker="x", markersize=5, markeredgewidth=1.4, color=INK, zorder=4)


def density(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Kernel density of values (n,) on a grid within their range; empty for few or equal ones.

    Silverman (1986), eq. 3.31: 0.9 * min(SD, IQR / 1.34) * n ** (-1/5); the SD if the IQR is 0.
    """
    if len(values) < FEW or np.ptp(values) == 0:
        return np.zeros(0), np.zeros(0)
    spread = float(values.std(ddof=1))
    quarter = float(np.subtract(*np.quantile(values, [0.75, 0.25]))) / 1.34
    width = 0.9 * min(spread, quarter or spread) * len(values) ** -0.2
    grid = np.linspace(values.min(), values.max(), GRID_POINTS)
    at, counts = np.unique(values, return_counts=True)
    parts = np.exp(-0.5 * ((grid[:, None] - at) / width) ** 2) @ counts
    return grid, parts / (len(values) * width * np.sqrt(2 * np.pi))


def alt_text(panels: list[RainPanel]) -> str:
    """Each group's number, median, quartiles and mean change."""
    parts = []
    for panel in panels:
        said = []
        for cloud in panel.clouds:
            if cloud.values:
                low, middle, high = np.quantile(cloud.values, [0.25, 0.5, 0.75])
                said.append(
                    f"{cloud.group}, {len(cloud.values):,} people, median {plain(middle)},"
                    f" quartiles {plain(low)} and {plain(high)},"
                    f" mean {plain(float(np.mean(cloud.values)))}"
                )
            else:
                said.append(f"{cloud.group}, nobody")
        parts.append(f"{panel.outcome_label} ({panel.unit}), to {panel.when}: {'; '.join(said)}.")
    return "Changes of people since the first time. " + (" ".join(parts) or "None.")
