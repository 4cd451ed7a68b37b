"""How much of each imputed estimate the missing answers take: fraction of missing information."""

from dataclasses import dataclass
from math import exp, log, sqrt
from typing import TYPE_CHECKING, Any

from cesp_analysis.figures.palette import GRID, INK, MUTED
from cesp_analysis.figures.style import canvas, footnote, new_figure, styled
from cesp_analysis.figures.text import TIED, width_of, wrap
from cesp_analysis.numbers import fixed

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from pandas import DataFrame

    from cesp_analysis.declared.wording import Wording

SCALE, ROW, HEAD = 2.6, 0.24, 0.27
Z = 1.959963984540054


@dataclass(frozen=True)
class FmiRow:
    """One estimate: fmi and, of its estimate, the Monte Carlo error in standard errors."""

    outcome: str
    label: str
    m: int
    fmi: float
    share: float | None

    def range(self) -> tuple[float, float] | None:
        """95% interval for that of infinitely many sets: its logit has a variance of 2 / m (von
        Hippel 2020, Sociological Methods & Research 49:699-718). None at 0 and 1."""
        if not 0 < self.fmi < 1:
            return None
        middle, half = log(self.fmi / (1 - self.fmi)), Z * sqrt(2 / self.m)
        return tuple(1 / (1 + exp(-(middle + s * half))) for s in (-1, 1))  # type: ignore[return-value]


def fmi_rows(table: "DataFrame", words: "Wording") -> list[FmiRow]:
    """The estimates by outcome and model, in config's order."""
    order = {name: at for at, name in enumerate(words.outcomes)}
    models = {name: at for at, name in enumerate(words.models)}
    times = {moment.name: at for at, moment in enumerate(words.times)}

    def rank(row: dict[Any, Any]) -> tuple[int, int, int]:
        at = times.get(str(row["time"]).partition("/")[0], len(times))
        return order[row["outcome"]], models[row["model"]], at

    rows = sorted(table.to_dict("records"), key=rank)
    return [
        FmiRow(
            outcome=words.outcomes[row["outcome"]].label,
            label=_label(row, words),
            m=int(row["m"]),
            fmi=float(row["fmi"]),
            share=None if row["share"] != row["share"] else float(row["share"]),
        )
        for row in rows
    ]


def _label(row: dict[Any, Any], words: "Wording") -> str:
    """'Change score, 6 months'; what else tells the estimates of a model apart stays."""
    model, time = str(row["model"]), row["time"]
    when = words.equation_at(time).replace(" ", TIED) if isinstance(time, str) else "all times"
    parts = str(row["estimate_id"]).split("/")
    rest = [part.replace("_", " ") for part in parts[2:] if part != time]
    return ", ".join([words.models[model].label, when, *rest])


@styled
def fmi(rows: list[FmiRow]) -> "Figure":
    """Draw a line an estimate, those of an outcome together."""
    if not rows:
        figure = new_figure(4, 0.6)
        footnote(figure, "No imputed model has an estimate.")
        return figure
    stub = min(2.6, max(width_of(row.label, 8) for row in rows)) + 0.25
    lines = {row.label: wrap(row.label, stub - 0.2, 8) for row in rows}
    outcomes = list(dict.fromkeys(row.outcome for row in rows))
    heights = [max(ROW, 0.15 * len(lines[row.label]) + 0.08) for row in rows]
    top = 0.34
    height = top + HEAD * len(outcomes) + sum(heights) + 0.25
    width = stub + SCALE + 1.15
    figure = new_figure(width, height + 0.5)
    axes = canvas(figure, width, height)
    for text, x in (("Fraction of missing information", stub), ("MC error", stub + SCALE + 0.25)):
        axes.text(x, 0.1, text, size=8, weight="bold", va="center")
    bottom = height - 0.22
    for tick in (0, 0.25, 0.5, 0.75, 1):
        x = stub + SCALE * tick
        axes.plot([x, x], [top - 0.1, bottom], color=GRID, linewidth=0.8, zorder=1)
        axes.text(x, bottom + 0.1, f"{tick:g}", size=7.5, ha="center", va="center", color=MUTED)
    y, said = top, ""
    for row, tall in zip(rows, heights, strict=True):
        if row.outcome != said:
            axes.text(0.04, y + HEAD / 2, row.outcome, size=8.5, weight="bold", va="center")
            y, said = y + HEAD, row.outcome
        middle = y + tall / 2
        for nth, line in enumerate(lines[row.label]):
            at = middle + (nth - (len(lines[row.label]) - 1) / 2) * 0.15
            axes.text(0.14, at, line, size=8, va="center_baseline")
        if ends := row.range():
            axes.plot([stub + SCALE * e for e in ends], [middle] * 2, color=INK, linewidth=1.4)
        axes.plot(stub + SCALE * row.fmi, middle, marker="o", markersize=5, color=INK, zorder=3)
        axes.text(stub + SCALE + 0.25, middle, fixed(row.share, 3), size=8, va="center_baseline")
        y += tall
    sets = sorted({row.m for row in rows})
    footnote(
        figure,
        f"Of {' or '.join(map(str, sets))} imputed sets. Dots: share of what complete answers would"
        " tell of the estimate that is not there. Lines: 95% interval of it, by the number of"
        " sets. MC error: how far the estimate is from that of infinitely many sets, in its"
        " standard errors.",
    )
    return figure


def alt_text(rows: list[FmiRow]) -> str:
    """Each estimate's fraction and Monte Carlo error."""
    if not rows:
        return "Fraction of missing information. No imputed model has an estimate."
    parts = []
    for outcome in dict.fromkeys(row.outcome for row in rows):
        told = [
            f"{row.label.replace(TIED, ' ')} {fixed(row.fmi, 2)} (Monte Carlo error"
            f" {fixed(row.share, 3)})"
            for row in rows
            if row.outcome == outcome
        ]
        parts.append(f"{outcome}: {'; '.join(told)}.")
    return (
        "Fraction of missing information of each imputed estimate, with the Monte Carlo error of"
        f" the estimate in standard errors. {' '.join(parts)}"
    )
