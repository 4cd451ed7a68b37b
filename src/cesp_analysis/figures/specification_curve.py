"""Specification curve: every declared way to answer a question, in order of its estimate; beneath,
which choices each way makes. One panel an outcome and time, in the outcome's own unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cesp_analysis.figures.palette import GRID, INK, MUTED
from cesp_analysis.figures.style import footnote, new_figure, styled, title
from cesp_analysis.figures.text import wrap
from cesp_analysis.numbers import counted, fixed, interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, CURVE, CHOICE, LABEL = 6.9, 1.9, 0.2, 2.3


@dataclass(frozen=True)
class Specified:
    """One way: its choices (axis → choice) and its estimate with both intervals; None: there is
    none."""

    choices: tuple[tuple[str, str], ...]
    estimate: float | None
    ci_low: float | None
    ci_high: float | None
    ci_low_shock: float | None = None
    ci_high_shock: float | None = None


@dataclass(frozen=True)
class CurvePanel:
    """All ways to answer one question; choices: axis and choice in the order of config."""

    outcome_label: str
    unit: str
    when: str
    ways: tuple[Specified, ...]
    choices: tuple[tuple[str, str], ...]
    decimals: int = 2

    def made(self) -> list[Specified]:
        """The ways that gave an estimate, the lowest first."""
        found = [way for way in self.ways if way.estimate is not None]
        return sorted(found, key=lambda way: way.estimate or 0.0)


@styled
def specification_curve(panels: Sequence[CurvePanel], known: str = "95% interval") -> "Figure":
    """Draw the panels one beneath the other."""
    shown = [panel for panel in panels if panel.made()]
    if not shown:
        figure = new_figure(4, 0.6)
        footnote(figure, "No specification gave an estimate.")
        return figure
    heights = [h for panel in shown for h in (CURVE, CHOICE * len(panel.choices) + 0.1)]
    figure = new_figure(WIDTH, sum(heights) + 0.55 * len(shown) + 0.7)
    grid = figure.subplots(len(heights), 1, squeeze=False, height_ratios=heights)[:, 0]
    for above, below, panel in zip(grid[::2], grid[1::2], shown, strict=True):
        _curve(above, panel)
        _choices(below, panel)
    said = f"Squares: estimates, in order; thick lines: {known}, sampling error alone."
    if any(way.ci_low_shock is not None for panel in shown for way in panel.made()):
        said += " Thin lines: intervals that also allow for shocks to a site."
    said += " Dots: the choices that each way makes. The ways share their data."
    footnote(figure, said)
    return figure


def _curve(axes: "Axes", panel: CurvePanel) -> None:
    axes.axhline(0, color=INK, linewidth=0.9, zorder=1)
    for x, way in enumerate(panel.made()):
        if way.ci_low_shock is not None and way.ci_high_shock is not None:
            axes.plot([x, x], [way.ci_low_shock, way.ci_high_shock], color=INK, linewidth=0.9)
        if way.ci_low is not None and way.ci_high is not None:
            ends = [way.ci_low, way.ci_high]
            axes.plot([x, x], ends, color=INK, linewidth=2.8, solid_capstyle="butt")
        axes.plot([x], [way.estimate or 0.0], marker="s", markersize=5, color=INK, linestyle="none")
    _same_width(axes, panel)
    axes.set_xticks([])
    axes.grid(axis="x", visible=False)
    title(axes, f"{panel.outcome_label}, {panel.when}", panel.unit, WIDTH - LABEL)


def _choices(axes: "Axes", panel: CurvePanel) -> None:
    """A row a choice, a dot in it for each way that makes it; a line between axes."""
    made, last = panel.made(), len(panel.choices)
    for y, (axis, choice) in enumerate(panel.choices):
        at = [x for x, way in enumerate(made) if (axis, choice) in way.choices]
        axes.plot(range(len(made)), [y] * len(made), ".", markersize=3, color=GRID)
        axes.plot(at, [y] * len(at), "o", markersize=5, color=INK, linestyle="none")
        if y and panel.choices[y - 1][0] != axis:
            axes.axhline(y - 0.5, color=MUTED, linewidth=0.6)
    labels = [wrap(choice, LABEL, 8)[0] for _, choice in panel.choices]
    axes.set_yticks(range(last), labels)
    axes.set_ylim(last - 0.5, -0.5)
    _same_width(axes, panel)
    axes.set_xticks([])
    axes.grid(visible=False)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


def _same_width(axes: "Axes", panel: CurvePanel) -> None:
    axes.set_xlim(-0.6, len(panel.made()) - 0.4)


def alt_text(panels: Sequence[CurvePanel]) -> str:
    """Of each panel how many ways there are, and the lowest and the highest estimate."""
    parts = []
    for panel in panels:
        made, d = panel.made(), panel.decimals
        ways = counted(len(panel.ways), "way")
        text = f"{panel.outcome_label} ({panel.unit}), {panel.when}: {ways}"
        if not made:
            parts.append(f"{text}, none with an estimate.")
            continue
        ends = [f"{fixed(w.estimate, d)} ({interval(w.ci_low, w.ci_high, d)})" for w in made]
        how = [", ".join(choice for _, choice in way.choices) for way in made]
        parts.append(
            f"{text}, {len(made)} with an estimate, from {ends[0]} by {how[0]} to {ends[-1]} by"
            f" {how[-1]}."
        )
    return "Specification curve. " + (" ".join(parts) or "None.")
