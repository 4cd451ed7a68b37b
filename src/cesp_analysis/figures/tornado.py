"""Net benefit with one parameter at a time at its low and at its high value."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cesp_analysis.economics.ratio_words import pounds
from cesp_analysis.figures.palette import INK, PALETTE, PAPER
from cesp_analysis.figures.style import footnote, new_figure, styled, title
from cesp_analysis.figures.text import wrap
from cesp_analysis.numbers import fixed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LABEL, PLOT, ROW, LINE = 1.9, 2.75, 0.36, 0.14
FILL = PALETTE["intervention"][0]
ROOM = 0.16
"""Of the span of the bars, either side: where the values at their ends are written."""


@dataclass(frozen=True)
class Bar:
    """A parameter: its low and high value as text, net benefit (£) at each, None if it has none;
    lacking: why not."""

    label: str
    low: str
    high: str
    at_low: float | None
    at_high: float | None
    lacking: str = "not estimable"

    def width(self) -> float:
        """From end to end; 0 where one is not there."""
        known = self.at_low is not None and self.at_high is not None
        return abs((self.at_high or 0.0) - (self.at_low or 0.0)) if known else 0.0


@dataclass(frozen=True)
class TornadoPanel:
    """One approach: net benefit of the base case (£) with its interval, and the bars, in order."""

    approach: str
    base: tuple[float, float | None, float | None]
    bars: tuple[Bar, ...]


@styled
def tornado(panels: Sequence[TornadoPanel], threshold: float, said: str) -> "Figure":
    """Draw a panel an approach. threshold: £ a QALY; said: what must not get lost."""
    if not panels:
        figure = new_figure(4, 0.6)
        footnote(figure, "No bars: the base case has no estimate by imputed sets.")
        return figure
    labels = [wrap(bar.label, LABEL, 8) for bar in panels[0].bars]
    rows, row = len(labels), max([ROW, *(LINE * len(lines) + 0.08 for lines in labels)])
    figure = new_figure(LABEL + PLOT * len(panels) + 0.3, row * rows + 1.75)
    grid = figure.subplots(1, len(panels), squeeze=False, sharey=True)[0]
    for axes, panel in zip(grid, panels, strict=True):
        _panel(axes, panel)
        axes.set_xlabel("\n".join(wrap(f"Net benefit, £ a person, at {pounds(threshold)} a QALY",
                                       PLOT, 8.5)))  # fmt: skip
        title(axes, panel.approach, "", PLOT)
    grid[0].set_yticks(range(rows), ["\n".join(lines) for lines in labels])
    grid[0].set_ylim(rows - 0.45, -0.55)
    figure.legend(handles=_handles(), loc="outside upper left", ncols=3)
    footnote(figure, said)
    return figure


def _panel(axes: "Axes", panel: TornadoPanel) -> None:
    base = panel.base[0]
    ends = [base]
    for at, bar in enumerate(panel.bars):
        known = [(v, c) for v, c in ((bar.at_low, PAPER), (bar.at_high, FILL)) if v is not None]
        ends += [value for value, _ in known]
        for value, colour in sorted(known, key=lambda one: -abs(one[0] - base)):
            axes.barh(at, value - base, left=base, height=0.56, color=colour, edgecolor=FILL,
                      linewidth=1.2, zorder=2)  # fmt: skip
        _values(axes, at, bar, base)
    axes.axvline(base, color=INK, linewidth=1.2, zorder=4)
    low, high = min(ends), max(ends)
    room = ROOM * (high - low or 1.0)
    axes.set_xlim(low - room, high + room)
    axes.tick_params(axis="y", left=False)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="y", visible=False)
    axes.locator_params(axis="x", nbins=5)
    axes.xaxis.set_major_formatter(lambda value, _: fixed(value, 0))


def _values(axes: "Axes", at: int, bar: Bar, base: float) -> None:
    """Write the parameter's values beside the ends of its bar; both where both ends are on one side
    of the base case, the nearer one first."""
    known = [(v, t) for v, t in ((bar.at_low, bar.low), (bar.at_high, bar.high)) if v is not None]
    for right in (False, True):
        side = sorted(one for one in known if (one[0] >= base) == right)
        if not side:
            continue
        text = "; ".join(words for _, words in side)
        axes.annotate(
            text, (side[-1][0] if right else side[0][0], at), xytext=(3 if right else -3, 0),
            textcoords="offset points", ha="left" if right else "right", va="center_baseline",
            size=7.5,
        )  # fmt: skip
    if len(known) < 2:
        axes.annotate(bar.lacking, (base, at), xytext=(3, 0), textcoords="offset points",
                      va="center_baseline", size=7.5, style="italic")  # fmt: skip


def _handles() -> list[Any]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    return [
        Patch(facecolor=PAPER, edgecolor=FILL, linewidth=1.2, label="at its low value"),
        Patch(facecolor=FILL, edgecolor=FILL, linewidth=1.2, label="at its high value"),
        Line2D([], [], color=INK, linewidth=1.2, label="base case"),
    ]


def alt_text(panels: Sequence[TornadoPanel], threshold: float) -> str:
    """Every bar in words."""
    parts = []
    for panel in panels:
        said = "; ".join(
            f"{bar.label}, {_at(bar.at_low, bar)} at {bar.low},"
            f" {_at(bar.at_high, bar)} at {bar.high}"
            for bar in panel.bars
        )
        parts.append(f"{panel.approach}: base case {pounds(panel.base[0])}; {said}.")
    start = f"Net benefit at {pounds(threshold)} a QALY, one parameter at a time. "
    return start + (" ".join(parts) or "None.")


def _at(value: float | None, bar: Bar) -> str:
    return bar.lacking if value is None else pounds(value)
