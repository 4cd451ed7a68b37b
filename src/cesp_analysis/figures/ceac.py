"""The probability that net benefit is above £0, by threshold, and what a shock would do to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from cesp_analysis.economics.ratio_words import pounds
from cesp_analysis.figures.palette import CAUTION, INK, MUTED, PALETTE
from cesp_analysis.figures.style import footnote, new_figure, styled, title, within_0_and_1
from cesp_analysis.figures.text import wrap
from cesp_analysis.numbers import percentage

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, ALONE, HEIGHT = 3.7, 4.8, 2.9
MAIN = PALETTE["intervention"][0]
SHAKEN, FRONTIER = (0, (5, 2)), (0, (1, 1))
STRIP = 0.06
OTHERS: tuple[Any, ...] = ("-", (0, (1, 1.5)), (0, (7, 2, 1, 2)), (0, (3, 3)), (0, (1, 4)))
"""Lines of other curves: the first five are told apart."""


@dataclass(frozen=True)
class Curve:
    """Probabilities (t,) by threshold (£ a QALY), which of them are declared; with a shock to a
    site against or for the intervention and with those that are expected, whether one turns the
    decision: empty where none are; frontier: that the arm of higher expected net benefit is it."""

    label: str
    threshold: tuple[float, ...]
    declared: tuple[bool, ...]
    probability: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    with_shock: tuple[float, ...] = ()
    frontier: tuple[float, ...] = ()
    turned: tuple[bool, ...] = ()


@dataclass(frozen=True)
class CurvePanel:
    """One approach: the base case's curve, then others."""

    approach: str
    curves: tuple[Curve, ...]


@styled
def ceac(panels: Sequence[CurvePanel], said: str) -> "Figure":
    """Draw a panel an approach; said: what must not get lost when the figure leaves the report."""
    if not panels:
        figure = new_figure(4, 0.6)
        footnote(figure, "No curve: the base case has no estimate of cost and QALYs together.")
        return figure
    width = WIDTH if len(panels) > 1 else ALONE
    handles = _handles(panels, width - 0.6)
    lines = sum(str(handle.get_label()).count("\n") + 1 for handle in handles)
    figure = new_figure(width * len(panels), HEIGHT + 0.65 + 0.19 * ceil(lines / len(panels)))
    for axes, panel in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
        _panel(axes, panel)
        title(axes, panel.approach, "", width - 0.75)
    figure.legend(handles=handles, loc="outside upper left", ncols=len(panels))
    footnote(figure, said)
    return figure


def _panel(axes: "Axes", panel: CurvePanel) -> None:
    main, *others = panel.curves
    if main.low:
        axes.fill_between(main.threshold, main.low, main.high, color=MAIN, alpha=0.14, linewidth=0)
    for at in _declared(main):
        axes.axvline(main.threshold[at], color=MUTED, linewidth=0.6, alpha=0.6, zorder=1)
    for curve, style in zip(others, _styles(len(others)), strict=True):
        axes.plot(
            curve.threshold, curve.probability,
            color=MUTED, linestyle=style, linewidth=0.9, zorder=2,
        )  # fmt: skip
    if any(main.turned):
        _turned(axes, main)
    if main.frontier:
        axes.plot(
            main.threshold, main.frontier, color=MAIN, linestyle=FRONTIER, linewidth=1.4, zorder=3
        )
    if main.with_shock:
        axes.plot(
            main.threshold, main.with_shock, color=INK, linestyle=SHAKEN, linewidth=1.4, zorder=3
        )
    axes.plot(
        main.threshold, main.probability, color=MAIN, linewidth=1.8, zorder=4,
        marker="s", markersize=4.5, markevery=_declared(main),
    )  # fmt: skip
    axes.set_xlim(min(main.threshold), max(main.threshold))
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25%", "50%", "75%", "100%"])
    within_0_and_1(axes)
    axes.locator_params(axis="x", nbins=6)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value / 1000:g}")
    axes.set_xlabel("Threshold, £ thousand a QALY")
    axes.set_ylabel("Probability above £0")


def _turned(axes: "Axes", curve: Curve) -> None:
    """A strip along the thresholds at which a shock of the median size turns the decision."""
    axes.fill_between(
        curve.threshold, 0, STRIP, where=list(curve.turned), step="mid", facecolor="none",
        edgecolor=CAUTION, hatch="/////", linewidth=0, zorder=1,
    )  # fmt: skip


def _declared(curve: Curve) -> list[int]:
    return [at for at, one in enumerate(curve.declared) if one]


def _styles(n: int) -> list[Any]:
    return [OTHERS[at % len(OTHERS)] for at in range(n)]


def _handles(panels: Sequence[CurvePanel], room: float) -> list[Any]:
    """What the lines are; each label in as many lines as it needs in `room` inches."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    def line(label: str, **look: Any) -> Any:
        return Line2D([], [], label="\n".join(wrap(label, room, 8.5)), **look)

    main, *others = panels[0].curves
    made: list[Any] = [
        line(main.label, color=MAIN, linewidth=1.8, marker="s", markersize=4.5),
    ]
    if main.low:
        label = "\n".join(wrap("one shock to a site, against or for", room, 8.5))
        made.append(Patch(facecolor=MAIN, alpha=0.14, label=label))
    if any(any(panel.curves[0].turned) for panel in panels):
        label = "\n".join(wrap("one such shock turns the decision", room, 8.5))
        made.append(
            Patch(facecolor="none", edgecolor=CAUTION, hatch="/////", linewidth=0, label=label)
        )
    if main.frontier:
        made.append(
            line(
                "frontier: arm of higher expected net benefit",
                color=MAIN, linestyle=FRONTIER, linewidth=1.4,
            )
        )  # fmt: skip
    if main.with_shock:
        made.append(line("with shocks of all sizes", color=INK, linestyle=SHAKEN, linewidth=1.4))
    for curve, style in zip(others, _styles(len(others)), strict=True):
        made.append(line(curve.label, color=MUTED, linestyle=style, linewidth=0.9))
    return made


def alt_text(panels: Sequence[CurvePanel]) -> str:
    """Each curve at the declared thresholds."""
    parts = []
    for panel in panels:
        said = "; ".join(
            f"{curve.label}: {', '.join(_points(curve))}" for curve in panel.curves if curve.label
        )
        parts.append(f"{panel.approach}. {said}.{_turning(panel.curves[0])}")
    return "Probability that net benefit is above £0, by threshold. " + (" ".join(parts) or "None.")


def _turning(curve: Curve) -> str:
    """Between which thresholds a shock turns the decision."""
    own = [at for at, one in zip(curve.threshold, curve.turned, strict=False) if one]
    if not own:
        return ""
    return f" One such shock turns the decision at {pounds(own[0])} to {pounds(own[-1])}."


def _points(curve: Curve) -> list[str]:
    found = []
    for at in _declared(curve):
        text = f"{percentage(curve.probability[at], 0)} at {pounds(curve.threshold[at])}"
        if curve.low:
            ends = [percentage(own[at], 0) for own in (curve.low, curve.high)]
            text += f" (with one shock {ends[0]} to {ends[1]})"
        found.append(text)
    return found
