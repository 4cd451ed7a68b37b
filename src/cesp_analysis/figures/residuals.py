"""Residuals of a model, and what it would say without single people or clusters."""

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.figures.palette import INK, MUTED
from cesp_analysis.figures.style import MARKERS, footnote, looks, new_figure, plain, styled, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 4.1  # a phone's, at the size that figures have in the report
ROW = 1.95
POINTS = 120
UNITS = 24
ARMS = (("Intervention", "intervention"), ("Control", "control"))


@dataclass(frozen=True)
class Points:
    """Of the n rows of one equation, as schemas.Residuals has them; arm (n,) words."""

    arm: np.ndarray
    fitted: np.ndarray
    standardised: np.ndarray
    conditional: np.ndarray


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


@styled
def residuals(panel: Panel | None, further: str = "") -> "Figure":
    """Draw four to six small plots of one equation, two beside each other.

    `further`: a sentence on what is not drawn. The plots stand at set places: to solve the layout
    would cost as much as to draw it.
    """
    names = [] if panel is None else _plots(panel)
    said = " ".join(filter(None, [_reading(panel) if panel else "No residuals to show.", further]))
    rows, foot = -(-len(names) // 2), 0.16 * len(wrap(said, WIDTH - 0.25, 7.5)) + 0.1
    title = wrap(panel.title, WIDTH - 0.3, 9, bold=True) if panel else []
    head = 0.17 * len(title) + 0.12
    height = ROW * rows + head + foot
    figure = new_figure(WIDTH, height)
    figure.set_layout_engine(None)
    footnote(figure, said)
    if panel is None:
        return figure
    for nth, name in enumerate(names):
        left = 0.5 + (WIDTH / 2 - 0.02) * (nth % 2)
        bottom = foot + ROW * (rows - 1 - nth // 2) + 0.46
        box = (left / WIDTH, bottom / height, 1.42 / WIDTH, (ROW - 0.75) / height)
        _DRAWN[name](figure.add_axes(box), panel)
    figure.axes[0].annotate(  # not at a place of the figure: a banner moves the axes
        "\n".join(title),
        (0, 1),
        (-29, 22),
        xycoords="axes fraction",
        textcoords="offset points",
        weight="bold",
        size=9,
    )
    return figure


def alt_text(panel: Panel | None) -> str:
    """The picture in words: spread of the residuals, who influences the estimate most."""
    said = " ".join([f"{panel.title}:", *_words(panel)]) if panel else "None."
    return f"Residuals and influence. {said}"


def _words(panel: Panel) -> list[str]:
    shown = _shown(panel)
    ends = np.array([np.nanmin(shown), np.nanmax(shown)])
    found = [f"standardised residuals from {plain(ends[0])} to {plain(ends[1])}; estimate"]
    for own in panel.levels:
        if np.isfinite(own.change).any():
            ends = panel.estimate + np.array([np.nanmin(own.change), np.nanmax(own.change)])
            name = own.level.replace("_", " ")
            found.append(f"without one {name} {plain(ends[0])} to {plain(ends[1])};")
    return [*found, f"from all {plain(panel.estimate)}."]


def _plots(panel: Panel) -> list[str]:
    names = ["fitted", "quantiles"]
    if np.isfinite(panel.points.conditional).any():
        names.append("marginal")
    if any(np.isfinite(own.effect).any() for own in panel.levels):
        names.append("effects")
    if panel.levels:
        names += ["cook", "without"]
    return names


def _shown(panel: Panel) -> np.ndarray:
    """Given the random effects where there are some, else as they are."""
    conditional = panel.points.conditional
    given = bool(np.isfinite(conditional).any())
    return conditional if given else panel.points.standardised


def _some(size: np.ndarray) -> np.ndarray:
    """Which of n points are drawn: the 30 largest, and others evenly from small to large."""
    order: np.ndarray = np.argsort(-np.abs(np.where(np.isfinite(size), size, 0)), kind="stable")
    order = order[np.isfinite(size[order])]
    if len(order) <= POINTS:
        return order
    rest = np.linspace(30, len(order) - 1, POINTS - 30).astype(int)
    return np.asarray(np.concatenate([order[:30], order[np.unique(rest)]]))


def _scatter(axes: "Axes", panel: Panel, y: np.ndarray) -> None:
    keep, style = _some(y), looks(ARMS)
    for label, arm in ARMS:
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
    _scatter(axes, panel, _shown(panel))
    _named(axes, "Residuals")


def _marginal(axes: "Axes", panel: Panel) -> None:
    _scatter(axes, panel, panel.points.standardised)
    _named(axes, "Without random effects")


def _quantiles(axes: "Axes", panel: Panel) -> None:
    _normal(axes, [("residuals", _shown(panel))])
    _named(axes, "Normal quantiles")


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
    keep = _some(own.cook)
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
    axes.locator_params(axis="x", nbins=5)
    axes.set_xlabel(f"without a {own.level.replace('_', ' ')}")
    _named(axes, "Estimate")


def _named(axes: "Axes", text: str) -> None:
    axes.set_title(text, loc="left", size=8, pad=3)
    axes.xaxis.label.set_fontsize(7.5)
    axes.tick_params(labelsize=7.5)
    axes.locator_params(axis="y", nbins=5)


_DRAWN = {
    "fitted": _fitted,
    "quantiles": _quantiles,
    "marginal": _marginal,
    "effects": _effects,
    "cook": _cook,
    "without": _without,
}


def _reading(panel: Panel) -> str:
    parts = ["Residuals are standardised; filled: intervention, hollow: control."]
    if "marginal" in _plots(panel):
        parts.append("They are what fixed and random effects leave, but where the plot says so.")
    if panel.levels:
        parts.append(
            f"Last plot: the estimate without each in turn (the {UNITS} that change it most);"
            " line: from all; dotted: one standard error away."
        )
    if len(panel.points.fitted) > POINTS:
        parts.append(f"{POINTS} points of a plot are drawn, the 30 largest among them.")
    return " ".join(parts)
