"""Cost and assurance of every scenario, and which of them no other beats."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cesp_analysis.economics.ratio_words import pounds
from cesp_analysis.figures.palette import CAUTION, INK, MUTED, PALETTE, PAPER
from cesp_analysis.figures.style import MARKERS, footnote, new_figure, styled
from cesp_analysis.figures.text import wrap
from cesp_analysis.numbers import count, percentage

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 6.4, 3.5
REACHES = PALETTE["intervention"][0]
MILLION = 1e6
TARGET = (0, (4, 2))


@dataclass(frozen=True)
class Scenario:
    """A size of a design: cost (£), assurance, whether it reaches both targets, whether no other
    has as much assurance for less, whether it is the cheapest that reaches both."""

    design: str
    locations: int
    people: int
    cost: float
    assurance: float
    reaches: bool
    front: bool
    cheapest: bool

    def sizes(self) -> str:
        """'40 locations × 25 people'."""
        return f"{count(self.locations)} locations × {count(self.people)} people"


@dataclass(frozen=True)
class Front:
    """All scenarios, and the assurance to be reached."""

    target: float
    scenarios: tuple[Scenario, ...]

    @property
    def front(self) -> list[Scenario]:
        """Those that no other beats, from the cheapest up."""
        return sorted((one for one in self.scenarios if one.front), key=lambda one: one.cost)

    @property
    def cheapest(self) -> Scenario | None:
        """The cheapest that reaches both targets; None: none does."""
        return next((one for one in self.scenarios if one.cheapest), None)


@styled
def planning_front(own: Front, said: str) -> "Figure":
    """Draw all scenarios small, the front joined, the cheapest with its sizes."""
    if not own.scenarios:
        figure = new_figure(4, 0.6)
        footnote(figure, "No front: no scenario has both a cost and an assurance.")
        return figure
    handles = _handles(own)
    figure = new_figure(WIDTH, HEIGHT + 0.19 * -(-len(handles) // 2) + 0.5)
    axes = figure.subplots()
    markers = _markers(own)
    axes.axhline(own.target, color=INK, linewidth=0.9, linestyle=TARGET, zorder=1)
    line = own.front
    axes.plot([one.cost / MILLION for one in line], [one.assurance for one in line], color=MUTED,
              linewidth=1.3, zorder=2)  # fmt: skip
    for one in own.scenarios:
        axes.plot(
            [one.cost / MILLION], [one.assurance], color=REACHES if one.reaches else MUTED,
            marker=markers[one.design], markersize=5.5 if one.front else 3.8, linestyle="none",
            markerfacecolor=REACHES if one.reaches else PAPER, markeredgewidth=0.9, zorder=3,
            clip_on=False,
        )  # fmt: skip
    _marked(axes, own)
    axes.set_ylim(0, 1)
    ticks = [0, 0.25, 0.5, 0.75, 1]
    axes.set_yticks(ticks, [percentage(tick, 0) for tick in ticks])
    axes.set_xlim(left=0)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_xlabel("Cost of the trial, £ million")
    axes.set_ylabel("Assurance")
    figure.legend(handles=handles, loc="outside upper left", ncols=2)
    footnote(figure, said)
    return figure


def _marked(axes: "Axes", own: Front) -> None:
    """A ring about the cheapest that reaches both; its sizes stand in the legend, on no mark."""
    best = own.cheapest
    if best is not None:
        axes.plot(
            [best.cost / MILLION], [best.assurance], color=CAUTION, marker="o", markersize=12,
            markerfacecolor="none", markeredgewidth=1.6, linestyle="none", zorder=4,
        )  # fmt: skip


def _markers(own: Front) -> dict[str, str]:
    designs = dict.fromkeys(one.design for one in own.scenarios)
    return {name: marker_of(at) for at, name in enumerate(designs)}


def marker_of(at: int) -> str:
    """The marker of what stands at a place, from 0: of many, from A on, letters that differ."""
    place = at - len(MARKERS)
    return MARKERS[at] if place < 0 else f"${'A' * (place // 26)}{chr(ord('A') + place % 26)}$"


def _handles(own: Front) -> list[Any]:
    from matplotlib.lines import Line2D

    def line(label: str, **look: Any) -> Any:
        return Line2D([], [], label="\n".join(wrap(label, 2.5, 8.5)), **look)

    marks = {"linestyle": "none", "markersize": 5, "markerfacecolor": PAPER, "color": MUTED}
    made = [line(name, marker=marker, **marks) for name, marker in _markers(own).items()]
    made.append(line("filled: reaches power and assurance",
                     **(marks | {"color": REACHES, "markerfacecolor": REACHES}),
                     marker="o"))  # fmt: skip
    made.append(line("no other has as much assurance for less", color=MUTED, linewidth=1.3))
    if (best := own.cheapest) is not None:
        said = f"{best.design}, {best.sizes()}, {_millions(best.cost)}"
        made.append(line(f"the cheapest that reaches both: {said}", color=CAUTION, marker="o",
                         markersize=9, markerfacecolor="none", linestyle="none"))  # fmt: skip
    made.append(line("assurance to be reached", color=INK, linewidth=0.9, linestyle=TARGET))
    return made


def alt_text(own: Front) -> str:
    """The front in words, and the cheapest that reaches both targets."""
    said = "; ".join(
        f"{one.design}, {one.sizes()}: {_millions(one.cost)}, {percentage(one.assurance, 0)}"
        for one in own.front
    )
    best = own.cheapest
    end = (
        "No scenario reaches both targets."
        if best is None
        else f"The cheapest that reaches both: {best.design}, {best.sizes()},"
        f" {_millions(best.cost)}."
    )
    return f"Cost and assurance of {count(len(own.scenarios))} scenarios. {said}. {end}"


def _millions(value: float) -> str:
    return f"{pounds(value / MILLION, 2)} million"
