"""What a further trial would be worth and cost, by its size, beside all that could be learnt."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cesp_analysis.economics.ratio_words import pounds
from cesp_analysis.figures.palette import CAUTION, INK, MUTED, PALETTE
from cesp_analysis.figures.style import footnote, new_figure, styled, title
from cesp_analysis.numbers import count, fixed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, ALONE, HEIGHT = 3.7, 4.8, 2.9
WORTH = PALETTE["intervention"][0]
MILLION = 1e6
COST_LINE, PERFECT_LINE = (0, (1.5, 1.5)), (0, (6, 2))
SPREAD = 20
"""From the smallest trial to one so many times as large: sizes lie better on a logarithmic axis."""


@dataclass(frozen=True)
class InformationPanel:
    """One approach, in £ for everybody: by people an arm (n,) what a trial's information is worth,
    what the trial costs, the difference; perfect: what knowing all is worth, None if not known."""

    approach: str
    perfect: float | None
    people_an_arm: tuple[float, ...]
    worth: tuple[float, ...]
    cost: tuple[float, ...]
    net: tuple[float, ...]

    @property
    def best(self) -> int:
        """The place of the size with the largest difference."""
        return max(range(len(self.net)), key=lambda at: self.net[at])


@styled
def information(panels: Sequence[InformationPanel], said: str) -> "Figure":
    """Draw a panel an approach; said: what must not get lost when the figure leaves the report."""
    if not panels:
        figure = new_figure(4, 0.6)
        footnote(figure, "No worth of a further trial: the base case has no estimate.")
        return figure
    width = WIDTH if len(panels) > 1 else ALONE
    figure = new_figure(width * len(panels), HEIGHT + 1.1)
    grid = figure.subplots(1, len(panels), squeeze=False, sharey=True)[0]
    for axes, panel in zip(grid, panels, strict=True):
        _panel(axes, panel)
        title(axes, panel.approach, "", width - 0.75)
    grid[0].set_ylabel("£ million to everybody")
    figure.legend(handles=_handles(panels), loc="outside upper left", ncols=2)
    footnote(figure, said)
    return figure


def _panel(axes: "Axes", panel: InformationPanel) -> None:
    from matplotlib.ticker import FixedLocator, NullLocator

    sizes = panel.people_an_arm
    axes.axhline(0, color=INK, linewidth=0.9, zorder=1)
    if panel.perfect is not None:
        axes.axhline(
            panel.perfect / MILLION, color=MUTED, linestyle=PERFECT_LINE, linewidth=1.4, zorder=2
        )
    looks: dict[str, dict[str, Any]] = {
        "worth": {"color": WORTH, "linewidth": 1.4},
        "cost": {"color": CAUTION, "linestyle": COST_LINE, "linewidth": 1.6},
        "net": {"color": INK, "linewidth": 1.8, "marker": "o", "markersize": 3.5},
    }
    for name, look in looks.items():
        axes.plot(sizes, [value / MILLION for value in getattr(panel, name)], zorder=3, **look)
    if panel.net[panel.best] > 0:
        axes.plot(
            [sizes[panel.best]], [panel.net[panel.best] / MILLION], color=INK, marker="D",
            markersize=7, linestyle="none", zorder=4,
        )  # fmt: skip
    if max(sizes) >= SPREAD * min(sizes):
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(FixedLocator(_ticks(sizes)))
        axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(lambda value, _: count(value))
    axes.yaxis.set_major_formatter(lambda value, _: _short(value))
    axes.set_xlabel("People an arm of a further trial")


def _ticks(sizes: Sequence[float]) -> list[float]:
    """1, 2 and 5 times powers of ten within the sizes."""
    found = [lead * 10.0**power for power in range(9) for lead in (1, 2, 5)]
    return [tick for tick in found if min(sizes) <= tick <= max(sizes)]


def _short(value: float) -> str:
    """A tick with as many decimals as it needs, up to three."""
    decimals = next((n for n in range(3) if abs(value * 10**n - round(value * 10**n)) < 1e-6), 3)
    return fixed(value, decimals)


def _handles(panels: Sequence[InformationPanel]) -> list[Any]:
    from matplotlib.lines import Line2D

    made = [
        Line2D([], [], color=WORTH, linewidth=1.4, label="worth of its information"),
        Line2D([], [], color=CAUTION, linestyle=COST_LINE, linewidth=1.6, label="its cost"),
        Line2D([], [], color=INK, linewidth=1.8, marker="o", markersize=3.5, label="difference"),
    ]
    if any(panel.net[panel.best] > 0 for panel in panels):
        made.append(
            Line2D([], [], color=INK, marker="D", markersize=7, linestyle="none",
                   label="largest difference")
        )  # fmt: skip
    if any(panel.perfect is not None for panel in panels):
        made.append(
            Line2D([], [], color=MUTED, linestyle=PERFECT_LINE, linewidth=1.4,
                   label="worth of knowing all")
        )  # fmt: skip
    return made


def alt_text(panels: Sequence[InformationPanel]) -> str:
    """The ends of each curve, the largest difference, and what knowing all is worth."""
    parts = []
    for panel in panels:
        first, last, best = (
            f"{count(panel.people_an_arm[at])} an arm: worth {_millions(panel.worth[at])}, cost"
            f" {_millions(panel.cost[at])}, difference {_millions(panel.net[at])}"
            for at in (0, len(panel.net) - 1, panel.best)
        )
        perfect = "" if panel.perfect is None else f" Knowing all: {_millions(panel.perfect)}."
        parts.append(f"{panel.approach}. {first}; {last}. Largest: {best}.{perfect}")
    return "Worth and cost of a further trial by its size. " + (" ".join(parts) or "None.")


def _millions(value: float) -> str:
    return f"{pounds(value / MILLION, 2)} million"
