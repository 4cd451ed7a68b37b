"""Love plot: covariates' standardised differences before and after weighting, model by model."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cesp_analysis.figures.palette import GRID, INK, MUTED, PAPER
from cesp_analysis.figures.style import footnote, new_figure, styled
from cesp_analysis.figures.text import wrap
from cesp_analysis.numbers import fixed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW, LABEL, PLOT = 0.23, 2.3, 3.7
SMALL = 0.1


@dataclass(frozen=True)
class LoveRow:
    """One covariate of a model: standardised differences before and after weighting."""

    model_label: str
    covariate_label: str
    before: float
    after: float


@styled
def love(rows: Sequence[LoveRow], said: str) -> "Figure":
    """Draw the rows by model, covariates by their difference before; `said` stands beneath."""
    panels = _panels(rows)
    if not panels:
        figure = new_figure(3, 0.6)
        footnote(figure, "Nothing was weighted, or only what few respondents have.")
        return figure
    heights = [ROW * len(panel) + 0.15 for panel in panels]
    figure = new_figure(LABEL + PLOT, sum(height + 0.5 for height in heights) + 0.95)
    grid = figure.subplots(len(panels), 1, squeeze=False, height_ratios=heights, sharex=True)[:, 0]
    for axes, panel in zip(grid, panels, strict=True):
        _panel(axes, panel)
    grid[-1].set_xlabel("Standardised mean difference (intervention arm − those compared)", size=8)
    footnote(figure, said)
    return figure


def alt_text(rows: Sequence[LoveRow]) -> str:
    """Every difference in words."""
    parts = []
    for panel in _panels(rows):
        each = [
            f"{row.covariate_label} {fixed(row.before, 2)} before, {fixed(row.after, 2)} after"
            for row in panel
        ]
        parts.append(f"{panel[0].model_label}: {'; '.join(each)}.")
    listed = " ".join(parts) or "None."
    return f"Standardised mean differences of covariates before and after weighting. {listed}"


def _panels(rows: Sequence[LoveRow]) -> list[list[LoveRow]]:
    models = dict.fromkeys(row.model_label for row in rows)
    return [
        sorted((row for row in rows if row.model_label == model), key=lambda row: -abs(row.before))
        for model in models
    ]


def _panel(axes: "Axes", panel: list[LoveRow]) -> None:
    places = range(len(panel))
    axes.set_ylim(len(panel) - 0.4, -0.6)
    axes.set_yticks(list(places), ["\n".join(wrap(row.covariate_label, LABEL, 8)) for row in panel])
    axes.grid(axis="y", visible=False)
    axes.spines["left"].set_visible(False)
    axes.tick_params(labelbottom=True)
    axes.axvline(0, color=INK, linewidth=0.9, zorder=1)
    for side in (-SMALL, SMALL):
        axes.axvline(side, color=MUTED, linewidth=1.0, linestyle=(0, (1, 2)), zorder=1)
    before, after = [row.before for row in panel], [row.after for row in panel]
    axes.hlines(places, before, after, color=GRID, linewidth=1.6, zorder=1.5)
    axes.plot(before, places, "o", markersize=6, color=MUTED, markerfacecolor=PAPER)
    axes.plot(after, places, "s", markersize=5, color=INK)
    axes.set_title("\n".join(wrap(panel[0].model_label, PLOT, 9, bold=True)), loc="left")
