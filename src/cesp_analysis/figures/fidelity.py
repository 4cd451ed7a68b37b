"""Fidelity by component: a mark for each source, and their mean with its interval."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cesp_analysis.figures.palette import CAUTION, INK, MUTED, PALETTE, PAPER
from cesp_analysis.figures.style import MARKERS, footnote, new_figure, styled
from cesp_analysis.figures.text import width_of, wrap
from cesp_analysis.numbers import fixed
from cesp_analysis.withheld import whole_number

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from pandas import DataFrame

ROW, PLOT = 0.42, 3.9
OVERALL = "Overall score"


@dataclass(frozen=True)
class Rated:
    """One component: mean of the sources with its interval, people, and each source's mean.

    None: not rated, or by too few people.
    """

    label: str
    mean: float | None
    low: float | None
    high: float | None
    people: int
    sources: tuple[tuple[str, float | None], ...]


def rated_rows(table: "DataFrame", sources: Mapping[str, str]) -> list[Rated]:
    """The rows of a FidelityTable that are of all people, the overall score first."""
    own = table[table["of"] == "all"].astype({"component": "object", "source": "object"})
    own = own.assign(component=own["component"].fillna(""), source=own["source"].fillna(""))
    rows = []
    for component in dict.fromkeys(own["component"]):
        part = {row["source"]: row for row in own[own["component"] == component].to_dict("records")}
        whole = part[""]
        label = str(whole["label"]) if component else OVERALL
        means = tuple((name, _known(part[key]["mean"])) for key, name in sources.items())
        mean, low, high = (_known(whole[name]) for name in ("mean", "ci_low", "ci_high"))
        rows.append(Rated(label, mean, low, high, whole_number(whole["rated"]), means))
    return rows


def _known(value: float) -> float | None:
    return None if value != value else float(value)


@styled
def fidelity(rows: Sequence[Rated], cuts: tuple[float, float], interval: str) -> "Figure":
    """Draw a line a component, 0 to 1; `cuts`: from where fidelity is moderate and high."""
    stub = min(2.6, max((width_of(row.label, 8.5) for row in rows), default=1.0) + 0.2)
    figure = new_figure(stub + PLOT, ROW * max(len(rows), 1) + 1.5)
    axes = figure.subplots()
    names = [name for name, _ in rows[0].sources] if rows else []
    for at, row in enumerate(rows):
        _row(axes, at, row)
    for cut in cuts:
        axes.axvline(cut, color=CAUTION, linewidth=0.9, linestyle=(0, (4, 2)), zorder=1)
    labels = ["\n".join(wrap(row.label, stub - 0.1, 8.5)) for row in rows]
    axes.set_yticks(range(len(rows)), labels)
    axes.set_ylim(max(len(rows), 1) - 0.4, -0.6)
    axes.set_xlim(-0.02, 1.02)
    axes.set_xlabel("Fidelity, 0 to 1", size=8)
    axes.grid(axis="y", visible=False)
    figure.legend(handles=_handles(names), loc="outside upper left", ncols=2)
    most = max((row.people for row in rows), default=0)
    footnote(
        figure,
        f"Bar: {interval} of the mean over up to {most} people, with these link workers. A person's"
        " fidelity is the mean of the sources that rated it. Dashed: from where fidelity counts as"
        f" moderate ({cuts[0]:g}) and high ({cuts[1]:g}), which the study chose.",
    )
    return figure


def _row(axes: Any, at: int, row: Rated) -> None:
    if row.mean is not None:
        if row.low is not None and row.high is not None:
            axes.plot([row.low, row.high], [at, at], color=INK, linewidth=2.2, zorder=2)
        axes.plot(row.mean, at, "D", color=INK, markersize=6, zorder=3)
    for place, (_, mean) in enumerate(row.sources):
        if mean is not None:
            axes.plot(mean, at - 0.26, **_mark(place), zorder=4)


def _mark(place: int) -> dict[str, Any]:
    edge = PALETTE["intervention"][0]
    hollow = place % 2 == 1
    return {
        "marker": MARKERS[(place + (place >= 3)) % len(MARKERS)],
        "markersize": 5,
        "linestyle": "",
        "markeredgecolor": edge if place % 3 != 2 else MUTED,
        "markerfacecolor": PAPER if hollow else (edge if place % 3 != 2 else MUTED),
    }


def _handles(names: Sequence[str]) -> list[Any]:
    from matplotlib.lines import Line2D

    whole = Line2D([], [], color=INK, marker="D", markersize=6, linewidth=2.2,
                   label="Mean of the sources")  # fmt: skip
    return [whole, *(Line2D([], [], **_mark(i), label=name) for i, name in enumerate(names))]


def alt_text(rows: Sequence[Rated]) -> str:
    """Every mean in words."""
    parts = []
    for row in rows:
        each = ", ".join(f"{name} {fixed(mean, 2)}" for name, mean in row.sources)
        parts.append(f"{row.label}: {fixed(row.mean, 2)} of {row.people} people ({each}).")
    return "Mean fidelity by component, from 0 to 1. " + " ".join(parts)
