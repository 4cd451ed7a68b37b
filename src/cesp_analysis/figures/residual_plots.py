"""The small plots of one equation's residuals and influential units."""

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.figures.palette import INK, MUTED
from cesp_analysis.figures.style import MARKERS, looks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BELOW = -0.215
"""Where the x axis's label begins, in heights of a plot: under one line of tick labels."""
POINTS = 120
UNITS = 24
GROUPS = 10
LABELLED = (("Intervention", "intervention"), ("Control", "control"))


@dataclass(frozen=True)
class Points:
    """Of the n rows of one equation, as schemas.Residuals has them; arm (n,) words; normal: whether
    its standardised residuals should be."""

    arm: np.ndarray
    fitted: np.ndarray
    standardised: np.ndarray
    conditional: np.ndarray
    normal: bool = True


@dataclass(frozen=True)
class Units:
    """Of the g units of one level, as schemas.Influence has them; leverage (g,) or nothing."""

    level: str
    unit: np.ndarray
    cook: np.ndarray
    change: np.ndarray
    effect: np.ndarray
    leverage: np.ndarray


@dataclass(frozen=True)
class Panel:
    """One equation: its outcome and estimate in words, its rows, its units level by level."""

    title: str
    unit: str
    estimate: float
    std_error: float
    points: Points
    levels: tuple[Units, ...]


def plots_of(panel: Panel) -> list[str]:
    """Names in DRAWN of what is drawn of an equation, in order."""
    names = ["fitted", "quantiles" if panel.points.normal else "averages"]
    if np.isfinite(panel.points.conditional).any():
        names.append("marginal")
    if any(np.isfinite(own.effect).any() for own in panel.levels):
        names.append("effects")
    if panel.levels:
        names += ["cook", "without"]
    return names


def shown_of(panel: Panel) -> np.ndarray:
    """Given the random effects where there are some, else as they are."""
    conditional = panel.points.conditional
    given = bool(np.isfinite(conditional).any())
    return conditional if given else panel.points.standardised


def some_of(size: np.ndarray) -> np.ndarray:
    """Which of n points are drawn: the 30 largest, and others evenly from small to large."""
    order: np.ndarray = np.argsort(-np.abs(np.where(np.isfinite(size), size, 0)), kind="stable")
    order = order[np.isfinite(size[order])]
    if len(order) <= POINTS:
        return order
    rest = np.linspace(30, len(order) - 1, POINTS - 30).astype(int)
    return np.asarray(np.concatenate([order[:30], order[np.unique(rest)]]))


def _scatter(axes: "Axes", panel: Panel, y: np.ndarray) -> None:
    keep, style = some_of(y), looks(LABELLED)
    for label, arm in LABELLED:
        own = keep[panel.points.arm[keep] == arm]
        look = style[label]
        axes.plot(
            panel.points.fitted[own],
            y[own],
            linestyle="none",
            marker=look.marker,
            markersize=2.6,
            markeredgewidth=0.6,
            color=look.colour,
            markerfacecolor=look.face,
        )
    axes.axhline(0, color=INK, linewidth=0.8, zorder=1)
    axes.set_xlabel("fitted")


def _fitted(axes: "Axes", panel: Panel) -> None:
    _scatter(axes, panel, shown_of(panel))
    _named(axes, "Residuals", plain=True)


def _marginal(axes: "Axes", panel: Panel) -> None:
    _scatter(axes, panel, panel.points.standardised)
    _named(axes, "Without random effects", plain=True)


def _quantiles(axes: "Axes", panel: Panel) -> None:
    _normal(axes, [("residuals", shown_of(panel))])
    _named(axes, "Normal quantiles", plain=True)


def _averages(axes: "Axes", panel: Panel) -> None:
    """Mean residual of groups of rows with like fitted values, and twice its standard error."""
    fitted, shown = panel.points.fitted, shown_of(panel)
    known = np.isfinite(shown)
    groups = [(fitted[known][rows], shown[known][rows]) for rows in _alike(fitted[known])]
    at = np.array([own.mean() for own, _ in groups])
    mean = np.array([own.mean() for _, own in groups])
    half = np.array([2 * own.std(ddof=1) / np.sqrt(own.size) if own.size > 1 else 0.0
                     for _, own in groups])  # fmt: skip
    axes.vlines(at, mean - half, mean + half, color=INK, linewidth=0.8)
    axes.plot(at, mean, linestyle="none", marker="s", color=INK, markersize=2.6)
    axes.axhline(0, color=INK, linewidth=0.8, zorder=1)
    axes.set_xlabel("fitted")
    _named(axes, "Average residuals", plain=True)


def _alike(fitted: np.ndarray) -> list[np.ndarray]:
    """Rows of each of at most GROUPS groups of about as many, none split by value."""
    different, which = np.unique(np.round(fitted, 9), return_inverse=True)
    upto = np.cumsum(np.bincount(which)) if len(different) else np.zeros(0)
    size = len(fitted) / GROUPS if len(different) > GROUPS else 1
    _, group = np.unique(np.ceil(upto / size), return_inverse=True)
    return [np.flatnonzero(group[which] == at) for at in range(group.max() + 1)]


def _effects(axes: "Axes", panel: Panel) -> None:
    has = [own for own in panel.levels if np.isfinite(own.effect).any()]
    _normal(axes, [(own.level.replace("_", " "), own.effect) for own in has])
    if len(has) > 1:
        low, high = axes.get_ylim()
        axes.set_ylim(top=high + 0.35 * (high - low))
        axes.legend(loc="upper left", fontsize=7, handletextpad=0.1, borderaxespad=0.1)
    _named(axes, "Random effects")


def _normal(axes: "Axes", sets: list[tuple[str, np.ndarray]]) -> None:
    """Sorted values over normal quantiles, and the line through both quartiles, as R's qqline."""
    normal = NormalDist()
    for nth, (label, values) in enumerate(sets):
        own = np.sort(values[np.isfinite(values)])
        keep = np.arange(len(own))
        if len(own) > POINTS:
            keep = np.unique(np.linspace(0, len(own) - 1, POINTS).astype(int))
        x = [normal.inv_cdf((at + 0.5) / len(own)) for at in keep]
        axes.plot(
            x,
            own[keep],
            linestyle="none",
            marker=MARKERS[nth],
            markersize=2.6,
            color=(INK, MUTED)[nth % 2],
            label=label,
        )
        low, high = np.quantile(own, [0.25, 0.75])
        slope = (high - low) / (2 * normal.inv_cdf(0.75))
        ends = np.array([x[0], x[-1]])
        middle = (high + low) / 2
        axes.plot(ends, middle + slope * ends, color=MUTED, linewidth=0.9, zorder=1)
    axes.set_xlabel("normal quantile")


def _cook(axes: "Axes", panel: Panel) -> None:
    own = panel.levels[0]
    keep = some_of(own.cook)
    axes.plot(own.leverage[keep], own.cook[keep], "o", color=INK, markersize=2.6, markeredgewidth=0)
    axes.set_ylim(bottom=0)
    axes.set_xlabel(f"leverage of a {own.level}")
    _named(axes, "Cook's distance")


def _without(axes: "Axes", panel: Panel) -> None:
    """The estimate without each unit of the outermost level, the largest changes."""
    own = panel.levels[-1]
    known = np.flatnonzero(np.isfinite(own.change))
    far = known[np.argsort(-np.abs(own.change[known]), kind="stable")][:UNITS]
    order = far[np.argsort(own.change[far], kind="stable")]
    axes.axvline(panel.estimate, color=INK, linewidth=0.9, zorder=1)
    for side in (-panel.std_error, panel.std_error):
        axes.axvline(panel.estimate + side, color=MUTED, linewidth=0.9, linestyle=(0, (1, 2)))
    axes.plot(panel.estimate + own.change[order], range(len(order)), "s", color=INK, markersize=2.6)
    axes.set_yticks([])
    axes.grid(axis="y", visible=False)
    axes.spines["left"].set_visible(False)
    axes.locator_params(axis="x", nbins=4)
    axes.set_xlabel(f"without a {own.level.replace('_', ' ')}")
    _named(axes, "Estimate", plain=True)


def _named(axes: "Axes", text: str, plain: bool = False) -> None:
    """Title and labels. `plain`: no power of ten can stand above the axes, in a title's way. Title
    and label have set places, or all labels of ticks would be measured to find them."""
    axes.set_title(text, loc="left", size=8, pad=3, y=1.0 if plain else None)
    axes.xaxis.set_label_coords(0.5, BELOW)
    axes.xaxis.label.set_fontsize(7.5)
    axes.tick_params(labelsize=7.5)
    axes.locator_params(axis="y", nbins=5)


DRAWN = {
    "fitted": _fitted,
    "quantiles": _quantiles,
    "averages": _averages,
    "marginal": _marginal,
    "effects": _effects,
    "cook": _cook,
    "without": _without,
}
