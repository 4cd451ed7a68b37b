"""Chains of the imputations: mean and SD of what each imputes, round by round."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.figures.palette import INK, MUTED
from cesp_analysis.figures.small_panels import Box, ends
from cesp_analysis.figures.style import canvas, footnote, new_figure, styled
from cesp_analysis.figures.text import TIED, plain, width_of, wrap
from cesp_analysis.missing.imputed import Trace
from cesp_analysis.missing.tables import NO_CHAINS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from pandas import DataFrame

    from cesp_analysis.declared.wording import Wording

SHOWN = 20
"""Chains that are drawn: more would hide each other."""
MOST = 16
"""Variables that are drawn: those of primary outcomes first, then those whose R-hat is largest."""
WIDTH, HEIGHT, LEFT, GAP = 1.3, 0.5, 0.42, 0.2


@dataclass(frozen=True)
class Traced:
    """One imputed column in one group; its chains (iterations, m); place: the group's; main: of a
    primary outcome."""

    label: str
    group: str
    trace: Trace
    place: int = 0
    main: bool = False


def traced(table: "DataFrame", words: "Wording") -> list[Traced]:
    """Every column and group that was imputed in rounds, in the outcomes' and times' order."""
    several = table["handling"].nunique() > 1
    groups, found = [*words.groups(), "intervention", "control"], []
    primary = {name for name, own in words.outcomes.items() if own.role == "primary"}
    for (handling, group, column), own in table.groupby(
        ["handling", "group", "column"], observed=True, sort=False
    ):
        if own["iteration"].max() == 1:
            continue  # monotone gaps: one pass is enough, and nothing has to settle
        wide = {
            name: own.pivot(index="iteration", columns="set", values=name).to_numpy(dtype=float)
            for name in ("mean", "sd")
        }
        label = _tied(words.column(str(column)), words)
        label += f" ({str(handling).replace('_', ' ')})" if several else ""
        trace = Trace(str(column), str(group), wide["mean"], wide["sd"])
        place = groups.index(str(group)) if str(group) in groups else len(groups)
        main = trace.column.partition("@")[0] in primary
        found.append(Traced(label, words.group(str(group)), trace, place, main))
    places = {name: at for at, name in enumerate([*words.outcomes, *words.covariates])}
    times = {moment.name: at for at, moment in enumerate(words.times)}

    def rank(own: Traced) -> tuple[int, int]:
        variable, _, rest = own.trace.column.partition("@")
        name = variable.partition("[")[0]
        return places.get(name, len(places)), times.get(rest.partition(".")[0], 0)

    return sorted(found, key=rank)  # of one variable and time: as the questionnaire has its items


def _tied(label: str, words: "Wording") -> str:
    """The label of a column, whose time is not torn apart."""
    for moment in words.times:
        label = label.replace(f", {moment.label}", f", {moment.label.replace(' ', TIED)}")
    return label


def shown(found: list[Traced]) -> list[str]:
    """The labels that are drawn, in order: at most MOST."""
    largest: dict[str, tuple[bool, float]] = {}
    for own in found:
        known = largest.get(own.label, (own.main, 0.0))[1]
        largest[own.label] = (own.main, max(known, own.trace.r_hat or 0.0))
    ranked = sorted(largest, key=lambda label: (not largest[label][0], -largest[label][1]))
    kept = set(ranked[:MOST])
    return [label for label in largest if label in kept]


@styled
def traces(found: list[Traced], labels: list[str]) -> "Figure":
    """Draw a row a column and, for each group, its means and its SDs by round."""
    if not found:
        figure = new_figure(4, 0.6)
        footnote(figure, NO_CHAINS)
        return figure
    groups = list(dict.fromkeys(own.group for own in sorted(found, key=lambda own: own.place)))
    stub = min(1.75, max(width_of(label, 8) for label in labels)) + 0.1
    lines = {label: wrap(label, stub - 0.1, 8) for label in labels}
    step = max(HEIGHT + GAP, *(0.15 * len(own) + 0.1 for own in lines.values()))
    block = 2 * (LEFT + WIDTH)
    width, top = stub + len(groups) * block + 0.1, 0.5
    figure = new_figure(width, top + step * len(labels) + 0.55)
    axes = canvas(figure, width, top + step * len(labels))
    for g, group in enumerate(groups):
        left = stub + g * block
        axes.text(left + LEFT, 0.09, group, weight="bold", va="center")
        for k, name in enumerate(("Mean", "SD")):
            axes.text(left + (k + 1) * LEFT + k * WIDTH, 0.27, name, size=8, va="center")
    by_place = {(own.label, own.group): own for own in found}
    for at, label in enumerate(labels):
        y = top + at * step
        for nth, line in enumerate(lines[label]):
            axes.text(0.04, y + 0.08 + nth * 0.15, line, size=8, va="center_baseline")
        for g, group in enumerate(groups):
            if own := by_place.get((label, group)):
                _pair(axes, own, stub + g * block, y)
    m, rounds = found[0].trace.mean.shape[::-1]
    few = f"the first {SHOWN} of {m} chains" if m > SHOWN else f"the {m} chains"
    footnote(
        figure,
        f"{selection(found, labels)}Mean and SD of what was imputed, in rounds 1 to {rounds}. Thin"
        f" lines: {few}; thick: the mean of all. Chains should mix and show no trend. R-hat: of the"
        " means in the later half of the rounds, over all chains; near 1: they say the same. No"
        " SDs: one value is imputed.",
    )
    return figure


def lines_of(found: list[Traced], labels: list[str]) -> list[dict[str, object]]:
    """What is drawn: means and SDs of each column, group, round and imputation."""
    return [
        {"column": own.label.replace(TIED, " "), "group": own.group, "round": at + 1,
         "imputation": number + 1, "mean": mean, "sd": own.trace.sd[at, number]}
        for own in found if own.label in labels
        for (at, number), mean in np.ndenumerate(own.trace.mean)
    ]  # fmt: skip


def selection(found: list[Traced], labels: list[str]) -> str:
    """How many of the variables that were imputed in rounds are drawn, and how they were chosen."""
    every = len({own.label for own in found})
    if len(labels) == every:
        return f"All {every} variables that were imputed in rounds. " if every > 1 else ""
    main = any(own.main for own in found)
    first = "those of primary outcomes first, then those" if main else "those"
    return (
        f"{len(labels)} of {every} variables that were imputed in rounds: {first} whose R-hat is"
        " largest. "
    )


def _pair(axes: "Axes", own: Traced, left: float, top: float) -> None:
    for k, values in enumerate((own.trace.mean, own.trace.sd)):
        rounds = np.arange(1, len(values) + 1)
        drawn = values[:, :SHOWN]
        low, high = ends(drawn)
        low = max(low, 0.0) if k else low  # an SD is not below 0
        if not values.any():  # SDs of a single imputed cell
            continue
        x = (0.6, len(values) + 0.4)
        box = Box(left + (k + 1) * LEFT + k * WIDTH, top, WIDTH, HEIGHT, x, (low, high))
        box.frame(axes)
        box.lines(axes, rounds, drawn.T, colors=MUTED, linewidths=0.5, alpha=0.55, zorder=2)
        mean = values.mean(axis=1)[None, :]
        box.lines(axes, rounds, mean, colors=INK, linewidths=1.8, zorder=3)
        box.ends_of_y(axes, plain(low), plain(high))
    if own.trace.r_hat is not None:
        axes.text(
            left + LEFT + WIDTH, top - 0.02, f"R-hat {own.trace.r_hat:.2f}",
            size=6.5, ha="right", va="bottom", color=INK,
        )  # fmt: skip


def alt_text(found: list[Traced], labels: list[str]) -> str:
    """How many, and by each drawn column the R-hat of each group."""
    if not found:
        return f"Chains of imputations. {NO_CHAINS}"
    parts = []
    for label in labels:
        own = [one for one in found if one.label == label]
        told = [
            f"{one.group} {one.trace.r_hat:.2f}" if one.trace.r_hat is not None else
            f"{one.group} none" for one in own
        ]  # fmt: skip
        parts.append(f"{label.replace(TIED, ' ')}: {', '.join(told)}")
    m, rounds = found[0].trace.mean.shape[::-1]
    return (
        f"Chains of imputations, {m} of them in {rounds} rounds: mean and SD of what was imputed."
        f" {selection(found, labels)}R-hat by group. {'. '.join(parts)}."
    )
