"""DiD, ANCOVA and doubly robust side by side: what lies between the two ends; one panel an
outcome, one row a time and analysis set."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from cesp_analysis.few_sites.bracket_words import ENDS
from cesp_analysis.figures.palette import GRID, INK, MUTED, PALETTE, PAPER
from cesp_analysis.figures.style import footnote, new_figure, styled, title
from cesp_analysis.figures.text import wrap
from cesp_analysis.numbers import fixed, interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, ROW, AROUND = 3.7, 0.62, 0.75
MARKS = {"did": ("s", True), "ancova": ("o", False), "doubly_robust": ("D", True)}
"""Estimator → marker, and whether it is filled."""
COLOURS = {
    "did": PALETTE["intervention"][0],
    "ancova": PALETTE["control"][0],
    "doubly_robust": MUTED,
}
STEP = 0.24  # between the estimators of a row


@dataclass(frozen=True)
class BracketRow:
    """One time and analysis set: estimator → (estimate, ci_low, ci_high) of those there are."""

    label: str
    found: dict[str, tuple[float, float, float]]


@dataclass(frozen=True)
class BracketPanel:
    """One outcome's rows, in its unit."""

    outcome_label: str
    unit: str
    rows: tuple[BracketRow, ...]
    decimals: int = 2


@styled
def bracket(panels: Sequence[BracketPanel], known: str = "95% interval") -> "Figure":
    """Draw the panels, two beside each other; the line of no effect is in each."""
    if not panels:
        figure = new_figure(4, 0.6)
        footnote(figure, "No outcome of people has a bracket: bracket.csv gives the reasons.")
        return figure
    columns = min(2, len(panels))
    lines = ceil(len(panels) / columns)
    most = max(len(panel.rows) for panel in panels)
    figure = new_figure(WIDTH * columns, (ROW * most + AROUND) * lines + 0.95)
    grid = figure.subplots(lines, columns, squeeze=False).ravel()
    for axes, panel in zip(grid, panels, strict=False):
        _panel(axes, panel)
    for axes in grid[len(panels) :]:
        axes.set_axis_off()
    figure.legend(handles=_handles(), loc="outside upper left", ncols=4 if columns > 1 else 2)
    said = (
        "Band: from DiD to ANCOVA. It brackets the effect only if one of their two assumptions is"
        f" true, and is no confidence interval. Lines: {known}s of each estimate, which know"
        " sampling error alone, people taken as independent."
    )
    footnote(figure, said + (" Each panel has its own scale." if len(panels) > 1 else ""))
    return figure


def _panel(axes: "Axes", panel: BracketPanel) -> None:
    axes.axvline(0, color=INK, linewidth=0.9, zorder=1)
    axes.grid(axis="y", visible=False)
    for at, row in enumerate(panel.rows):
        if {"did", "ancova"} <= set(row.found):
            low, high = sorted(row.found[name][0] for name in ("did", "ancova"))
            band = [at - 0.4, at + 0.4]
            axes.fill_betweenx(band, low, high, color=GRID, alpha=0.9, linewidth=0, zorder=0.5)
        for step, (name, (marker, filled)) in enumerate(MARKS.items(), start=-1):
            if name in row.found:
                value, low, high = row.found[name]
                y, colour = at + step * STEP, COLOURS[name]
                axes.plot([low, high], [y, y], color=colour, linewidth=1.2, zorder=2)
                face = colour if filled else PAPER
                axes.plot(
                    value, y, marker, color=colour, markerfacecolor=face, markersize=5, zorder=3
                )
    axes.set_yticks(
        range(len(panel.rows)), ["\n".join(wrap(row.label, 1.15, 8)) for row in panel.rows]
    )
    axes.set_ylim(len(panel.rows) - 0.45, -0.55)
    axes.locator_params(axis="x", nbins=6)
    title(axes, panel.outcome_label, panel.unit, WIDTH - 1.6)


def _handles() -> list[Any]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    made: list[Any] = [
        Line2D(
            [],
            [],
            color=COLOURS[name],
            marker=marker,
            markersize=5,
            markerfacecolor=COLOURS[name] if filled else PAPER,
            linewidth=1.2,
            label=ENDS[name],
        )
        for name, (marker, filled) in MARKS.items()
    ]
    return [*made, Patch(facecolor=GRID, alpha=0.9, label="from DiD to ANCOVA")]


def alt_text(panels: Sequence[BracketPanel]) -> str:
    """Each row's estimates with their intervals."""
    parts = []
    for panel in panels:
        d = panel.decimals
        rows = []
        for row in panel.rows:
            said = [
                f"{ENDS[name]} {fixed(value, d)} ({interval(low, high, d)})"
                for name, (value, low, high) in row.found.items()
            ]
            rows.append(f"{row.label}: {', '.join(said)}")
        parts.append(f"{panel.outcome_label} ({panel.unit}). {'; '.join(rows)}.")
    return "DiD, ANCOVA and doubly robust side by side. " + (" ".join(parts) or "None.")
