"""One estimate under every assumption on missing answers, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from cesp_analysis.figures.palette import INK, MUTED, PAPER
from cesp_analysis.figures.style import footnote, new_figure, styled
from cesp_analysis.figures.text import width_of, wrap
from cesp_analysis.numbers import fixed, interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW, HEAD = 0.22, 0.24
LABEL, PLOT = 2.5, 2.9


@dataclass(frozen=True)
class AssumptionRow:
    """One line; group: its heading; descriptive: it answers for nobody who is lost."""

    group: str
    label: str
    estimate: float | None
    ci_low: float | None
    ci_high: float | None
    descriptive: bool
    variance: str


@dataclass(frozen=True)
class AssumptionPanel:
    """One estimate with its rows, in order; none: no difference; mid: or None."""

    title: str
    unit: str
    decimals: int
    none: float
    mid: float | None
    rows: tuple[AssumptionRow, ...]

    def text(self, row: AssumptionRow) -> str:
        """The numbers as printed."""
        if row.estimate is None:
            return "not estimable"
        if row.ci_low is None:
            return f"{fixed(row.estimate, self.decimals)} (no interval)"
        ends = interval(row.ci_low, row.ci_high, self.decimals)
        return f"{fixed(row.estimate, self.decimals)} ({ends})"


@styled
def assumptions(
    panels: Sequence[AssumptionPanel], level: str, cautions: Sequence[str] = ()
) -> "Figure":
    """Draw a panel an estimate; level: what intervals are; cautions: what must not get lost."""
    if not panels:
        figure = new_figure(3, 0.6)
        footnote(figure, "No estimates to show.")
        return figure
    labels = {row: wrap(row.label, LABEL - 0.15, 8) for panel in panels for row in panel.rows}
    heights = [_height(panel, labels) for panel in panels]
    text = max(width_of(panel.text(row), 8) for panel in panels for row in panel.rows)
    figure = new_figure(LABEL + PLOT + text + 0.5, sum(h + 0.55 for h in heights) + 1.0)
    grid = figure.subplots(len(panels), 1, squeeze=False, height_ratios=heights)[:, 0]
    for axes, panel in zip(grid, panels, strict=True):
        _panel(axes, panel, labels)
    footnote(figure, " ".join([_reading(panels, level), *cautions]))
    return figure


def _line(row: AssumptionRow, labels: dict[AssumptionRow, list[str]]) -> float:
    return ROW + 0.13 * (len(labels[row]) - 1)


def _height(panel: AssumptionPanel, labels: dict[AssumptionRow, list[str]]) -> float:
    groups = len(list(groupby(panel.rows, key=lambda row: row.group)))
    return groups * HEAD + sum(_line(row, labels) for row in panel.rows) + 0.1


def _panel(axes: "Axes", panel: AssumptionPanel, labels: dict[AssumptionRow, list[str]]) -> None:
    at, ticks, names = 0.05, [], []
    heads: list[tuple[float, str]] = []
    for group, rows in groupby(panel.rows, key=lambda row: row.group):
        heads.append((at + HEAD / 2, group))
        at += HEAD
        for row in rows:
            height = _line(row, labels)
            ticks.append(at + height / 2)
            names.append("\n".join(labels[row]))
            at += height
    axes.set_ylim(at + 0.05, 0)
    axes.set_yticks(ticks, names)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="y", visible=False)
    place: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "va": "center_baseline"}
    for y, group in heads:
        axes.text(-0.02, y, group, ha="right", size=8, weight="bold", **place)
    axes.axvline(panel.none, color=INK, linewidth=0.9, zorder=1)
    for side in (-1, 1) if panel.mid else ():
        at_mid = side * (panel.mid or 0)
        axes.axvline(at_mid, color=MUTED, linestyle=(0, (1, 2)), linewidth=1.0, zorder=1)
    for y, row in zip(ticks, panel.rows, strict=True):
        if row.estimate is None:
            axes.text(1.03, y, panel.text(row), size=8, color=MUTED, style="italic", **place)
        else:
            axes.text(1.03, y, panel.text(row), size=8, **place)
            _mark(axes, row, y)
    _limits(axes, panel)
    unit = f" ({panel.unit})" if panel.unit else ""
    heading = wrap(panel.title + unit, PLOT + 1.8, 9, bold=True)
    axes.set_title("\n".join(heading), loc="left", weight="bold", size=9)


def _mark(axes: "Axes", row: AssumptionRow, y: float) -> None:
    colour = MUTED if row.descriptive else INK
    dashed = (0, (2, 1.5)) if row.descriptive else "-"
    if row.ci_low is not None and row.ci_high is not None:
        ends = [row.ci_low, row.ci_high]
        axes.plot(ends, [y, y], color=colour, linewidth=1.8, linestyle=dashed, zorder=2)
    assert row.estimate is not None
    hollow = row.descriptive or row.variance == "jackknife"
    marker = "o" if row.descriptive else "D" if row.variance == "jackknife" else "s"
    axes.plot(
        [row.estimate],
        [y],
        marker=marker,
        markersize=5,
        color=colour,
        markerfacecolor=PAPER if hollow else colour,
        linestyle="none",
        zorder=3,
    )


def _limits(axes: "Axes", panel: AssumptionPanel) -> None:
    ends = [panel.none, *([panel.mid, -panel.mid] if panel.mid else [])]
    for row in panel.rows:
        ends += [end for end in (row.estimate, row.ci_low, row.ci_high) if end is not None]
    low, high = min(ends), max(ends)
    room = 0.05 * (high - low or 1.0)
    axes.set_xlim(low - room, high + room)
    axes.locator_params(axis="x", nbins=6)


def _reading(panels: Sequence[AssumptionPanel], level: str) -> str:
    rows = [row for panel in panels for row in panel.rows]
    parts = [f"Lines: {level}. Filled squares: Rubin's variance, or the model's own."]
    if any(row.variance == "jackknife" for row in rows):
        parts.append(
            "Hollow diamonds: jackknife, what estimates would vary by in repeated studies; under"
            " reference-based imputation Rubin's is larger, as it holds the information that"
            " missing at random would."
        )
    if any(row.descriptive for row in rows):
        parts.append("Circle, broken line: a description of those who answered, no analysis.")
    if any(panel.mid for panel in panels):
        parts.append("Dotted lines: minimally important difference, either way.")
    return " ".join(parts)


def alt_text(panels: Sequence[AssumptionPanel]) -> str:
    """Every row in words."""
    parts = []
    for panel in panels:
        said = "; ".join(f"{row.label}, {panel.text(row)}" for row in panel.rows)
        unit = f" ({panel.unit})" if panel.unit else ""
        parts.append(f"{panel.title}{unit}: {said}.")
    return "Estimates under each assumption on missing answers. " + (" ".join(parts) or "None.")
