"""Estimates with their intervals; each outcome on an axis of its own, in its own unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING, Any

from cesp_analysis.figures.palette import INK, MUTED, PAPER
from cesp_analysis.figures.style import footnote, new_figure, styled
from cesp_analysis.figures.text import width_of, wrap
from cesp_analysis.numbers import fixed, interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW = 0.25
LABEL = 2.1
PLOT = 2.9
_MOST = 6
_ROUNDING = 1e-9  # a tick at the very end of an axis is on it


@dataclass(frozen=True)
class ForestRow:
    """One estimate; `status` says in a few words why there is none ('' or 'ok' if there is).

    ratio: drawn on a logarithmic axis, where 1 is no difference.
    """

    outcome_label: str
    unit: str
    model_label: str
    contrast: str
    estimate: float | None
    ci_low: float | None
    ci_high: float | None
    status: str
    mid: float | None = None
    decimals: int = 2
    ci_low_shock: float | None = None
    ci_high_shock: float | None = None
    ratio: bool = False


@styled
def forest(
    rows: Sequence[ForestRow],
    inner_interval: str = "95% confidence interval",
    outer_interval: str = "interval that also allows for shocks to a site",
    cautions: Sequence[str] = (),
) -> "Figure":
    """Draw the estimates in the order of `rows`, grouped by outcome; nothing is standardised.

    `cautions`: sentences that must not get lost when the figure leaves the report.
    """
    panels = _panels(rows)
    if not panels:
        figure = new_figure(3, 0.6)
        footnote(figure, "No estimates to show.")
        return figure
    same = len({row.contrast for row in rows}) == 1
    labels = {row: wrap(_label(row, same), LABEL, 8) for row in rows}
    heights = [sum(_height(labels[row]) for row in panel) + 0.12 for panel in panels]
    text = max((width_of(_text(row), 8) for row in rows if row.estimate is not None), default=1.0)
    figure = new_figure(LABEL + PLOT + text + 0.6, sum(h + 0.6 for h in heights) + 0.7)
    grid = figure.subplots(len(panels), 1, squeeze=False, height_ratios=heights)[:, 0]
    for axes, panel in zip(grid, panels, strict=True):
        _panel(axes, panel, labels)
    footnote(figure, " ".join([_reading(rows, same, inner_interval, outer_interval), *cautions]))
    return figure


def alt_text(rows: Sequence[ForestRow]) -> str:
    """Every estimate in words."""
    parts = []
    for panel in _panels(rows):
        unit = f" ({panel[0].unit})" if panel[0].unit else ""
        said = [f"{_label(row, False)}, {_text(row)}" for row in panel]
        parts.append(f"{panel[0].outcome_label}{unit}: {'; '.join(said)}.")
    return "Estimates with their intervals. " + (" ".join(parts) or "None.")


def _panels(rows: Sequence[ForestRow]) -> list[list[ForestRow]]:
    keys = dict.fromkeys((row.outcome_label, row.unit) for row in rows)
    return [[row for row in rows if (row.outcome_label, row.unit) == key] for key in keys]


def _label(row: ForestRow, same: bool) -> str:
    return row.model_label if same else f"{row.model_label}: {row.contrast}"


def _height(lines: list[str]) -> float:
    return ROW + 0.14 * (len(lines) - 1)


def _text(row: ForestRow) -> str:
    """The estimate as printed, or the short reason why there is none."""
    if row.estimate is None:
        reason = row.status or "not estimable"
        short = reason if len(reason) <= 60 else reason[:59].rsplit(" ", 1)[0] + " \u2026"
        return short if short.startswith(("refused", "not ")) else f"refused: {short}"
    point = fixed(row.estimate, row.decimals)
    if row.ci_low is None or row.ci_high is None:
        return f"{point} (no interval)"
    return f"{point} ({interval(row.ci_low, row.ci_high, row.decimals)})"


def _panel(axes: "Axes", panel: list[ForestRow], labels: dict[ForestRow, list[str]]) -> None:
    at = 0.06
    ticks = []
    for row in panel:
        height = _height(labels[row])
        ticks.append(at + height / 2)
        at += height
    axes.set_ylim(at + 0.06, 0)
    axes.set_yticks(ticks, ["\n".join(labels[row]) for row in panel])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="y", visible=False)
    if panel[0].ratio:
        axes.set_xscale("log")
        axes.xaxis.set_minor_locator(_no_ticks())
    else:
        axes.locator_params(axis="x", nbins=6)
    if all(row.estimate is None for row in panel):
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
    else:
        axes.axvline(float(panel[0].ratio), color=INK, linewidth=0.9, zorder=1)
    for mid in sorted({abs(row.mid) for row in panel if row.mid and row.estimate is not None}):
        for side in (-mid, mid):
            axes.axvline(side, color=MUTED, linewidth=1.0, linestyle=(0, (1, 2)), zorder=1)
    for y, row in zip(ticks, panel, strict=True):
        _row(axes, row, y)
    _limits(axes, panel)
    unit = f" ({panel[0].unit})" if panel[0].unit else ""
    heading = wrap(panel[0].outcome_label + unit, PLOT + 1.2, 9, bold=True)
    axes.set_title("\n".join(heading), loc="left", weight="bold", size=9)


def _no_ticks() -> Any:
    from matplotlib.ticker import NullLocator

    return NullLocator()


def _row(axes: "Axes", row: ForestRow, y: float) -> None:
    place: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "va": "center_baseline"}
    if row.estimate is None:
        paper = {"facecolor": PAPER, "edgecolor": "none", "pad": 1.5}
        words = _text(row)
        axes.text(0.02, y, words, size=8, color=MUTED, style="italic", bbox=paper, **place)
        return
    axes.text(1.03, y, _text(row), size=8, **place)
    if row.ci_low_shock is not None and row.ci_high_shock is not None:
        axes.plot([row.ci_low_shock, row.ci_high_shock], [y, y], color=INK, linewidth=0.9)
    if row.ci_low is not None and row.ci_high is not None:
        axes.plot(
            [row.ci_low, row.ci_high], [y, y], color=INK, linewidth=2.8, solid_capstyle="butt"
        )
    axes.plot([row.estimate], [y], marker="s", markersize=5.5, color=INK, linestyle="none")


def _limits(axes: "Axes", panel: list[ForestRow]) -> None:
    """Show no difference, every interval, the minimally important difference on both sides."""
    ends = [float(panel[0].ratio)]
    for row in panel:
        values = (row.estimate, row.ci_low, row.ci_high, row.ci_low_shock, row.ci_high_shock)
        ends += [value for value in values if value is not None]
        ends += [row.mid, -row.mid] if row.mid else []
    low, high = min(ends), max(ends)
    if panel[0].ratio:
        room = (high / low) ** 0.06 if high > low else 1.25
        low, high = low / room, high * room
        axes.set_xlim(low, high)
        shown = _ratio_ticks(low, high)
        axes.set_xticks(shown, [f"{tick:g}" for tick in shown])
        return
    room = 0.06 * (high - low or 1.0)
    axes.set_xlim(low - room, high + room)


def _ratio_ticks(low: float, high: float) -> list[float]:
    """Two to seven round numbers between two ratios around 1, which is one of them.

    Up to a factor of 4 they are equal steps apart; beyond, they are decades or parts of one.
    """
    if high < 4 * low:
        steps = (lead * 10.0**power for power in range(-9, 1) for lead in (1, 2, 5))
        step = next(step for step in steps if (high - low) / step < _MOST)
        whole = range(ceil(low / step - _ROUNDING), floor(high / step + _ROUNDING) + 1)
        return [float(f"{n * step:.9g}") for n in whole if n > 0]
    found: list[float] = []
    for parts in ((1,), (1, 2, 5), (1, 1.5, 2, 3, 5, 7)):
        found = [part * 10.0**power for power in range(-12, 13) for part in parts]
        found = [float(f"{tick:.3g}") for tick in found if low <= tick <= high]
        if len(found) >= 3:
            break
    every = (len(found) - 1) // 7 + 1
    return found[found.index(1) % every :: every]


def _reading(rows: Sequence[ForestRow], same: bool, inner: str, outer: str) -> str:
    parts = [f"Squares: estimates; thick lines: {inner}."]
    if same and rows[0].contrast:
        parts.insert(0, f"{rows[0].contrast}.")
    if any(row.ci_low_shock is not None for row in rows):
        parts.append(f"Thin lines: {outer}.")
    if any(row.mid for row in rows):
        parts.append("Dotted lines: minimally important difference, either way.")
    if any(row.ratio for row in rows):
        parts.append("Ratios: 1 is no difference.")
    if len(_panels(rows)) > 1:
        parts.append("Each outcome has its own scale.")
    return " ".join(parts)
