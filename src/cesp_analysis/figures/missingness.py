"""Where values are missing: percent of those expected, by outcome, group and time."""

from typing import TYPE_CHECKING, Any

from cesp_analysis.figures.palette import INK, MUTED, PAPER, heat
from cesp_analysis.figures.style import canvas, footnote, new_figure, styled
from cesp_analysis.figures.text import width_of, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from pandas import DataFrame

CELL = 0.3
NARROW = 0.21
GUTTER = 0.14
INDENT = 0.14


EXPECTED = (
    "Percent of those expected who have no value. Stronger shade: more missing."
    " \u2013: nobody was expected."
)


@styled
def missingness(frame: "DataFrame", said: str = EXPECTED) -> "Figure":
    """Draw one row an outcome and one column a time, the columns of a group together.

    `frame`: one row per outcome, group and time in the order to be shown: outcome_label,
    group_label, time_label, n_expected, n_missing. `said`: what the numbers are. With a column
    `bold` (whether a row heads those below it) rows are narrow, `row` tells labels apart.
    """
    narrow = "bold" in frame
    named = frame["row"] if narrow else frame["outcome_label"]
    frame = frame.assign(row=named)
    labels = dict(zip(named, frame["outcome_label"], strict=True))
    heading = set(named[frame["bold"].astype(bool)]) if narrow else set()
    outcomes = list(labels)
    groups = list(dict.fromkeys(frame["group_label"]))
    times = list(dict.fromkeys(frame["time_label"]))
    if not outcomes:
        figure = new_figure(3, 0.6)
        footnote(figure, "No values were expected.")
        return figure
    stub, lines = _stub(labels, heading)
    cell, tilt = _cell(times, groups)
    heads = {group: wrap(str(group), cell * len(times), 8.5, bold=True) for group in groups}
    turned = 0.75 * max(width_of(str(time), 8) for time in times) + 0.12
    top = max(map(len, heads.values())) * 0.16 + 0.1 + (turned if tilt else 0.2)
    least = NARROW if narrow else CELL
    rows = [max(least, 0.15 * len(lines[outcome]) + 0.06) for outcome in outcomes]
    right = turned if tilt else 0.05
    width = stub + len(groups) * (cell * len(times) + GUTTER) - GUTTER + right
    figure = new_figure(max(width, 3.2), top + sum(rows) + 0.42)
    axes = canvas(figure, max(width, 3.2), top + sum(rows))
    _heads(axes, heads, times, stub, cell, top, tilt)
    table = {
        (row["row"], row["group_label"], row["time_label"]): row for row in frame.to_dict("records")
    }
    y = top
    for outcome, height in zip(outcomes, rows, strict=True):
        weight = "bold" if outcome in heading else "normal"
        indent = INDENT if narrow and outcome not in heading else 0.0
        _stub_text(axes, lines[outcome], y + height / 2, weight, indent)
        for g, group in enumerate(groups):
            left = stub + g * (cell * len(times) + GUTTER)
            for t, time in enumerate(times):
                row = table.get((outcome, group, time))
                _cell_drawn(axes, row, left + t * cell, y, cell, height)
        y += height
    footnote(figure, said)
    return figure


def alt_text(frame: "DataFrame") -> str:
    """The map in words: range per outcome, and the cell with most missing."""
    known = frame[frame["n_expected"] > 0]
    if known.empty:
        return "Map of missing values. No values were expected."
    share = 100 * known["n_missing"] / known["n_expected"]
    worst = known.iloc[int(share.argmax())]
    parts = [
        f"{label}: {percent(own.min())} to {percent(own.max())}"
        for label, own in share.groupby(known["outcome_label"], sort=False)
    ]
    where = f"{worst['outcome_label']}, {worst['group_label']}, {worst['time_label']}"
    return (
        "Map of missing values, percent of those expected, lowest to highest cell. "
        f"{'; '.join(parts)}. Most missing: {where}, {percent(share.max())}."
    )


def percent(value: float) -> str:
    """A percentage as printed; what is not quite 0 or 100 is never printed as if it were."""
    if 0 < value < 1:
        return "<1%"
    return ">99%" if 99 < value < 100 else f"{value:.0f}%"


def _stub(labels: dict[str, str], heading: set[str]) -> tuple[float, dict[str, list[str]]]:
    """Width of the column of names in inches, and each name broken into lines."""
    shift = INDENT if heading else 0.0
    bold = {row: row in heading for row in labels}
    wide = (width_of(str(label), 8.5, bold[row]) for row, label in labels.items())
    room = min(2.0, max(wide) + 0.02 + shift)
    return room + 0.2, {
        row: wrap(str(label), room - (0 if bold[row] else shift), 8.5, bold[row])
        for row, label in labels.items()
    }


def _cell(times: list[str], groups: list[str]) -> tuple[float, bool]:
    """Width of a cell in inches, and whether the names of times must be turned."""
    widest = max(width_of(str(time), 8) for time in times) + 0.14
    fits = widest <= 0.9
    return (max(0.5, widest), False) if fits else (0.5, True)


def _heads(
    axes: "Axes",
    heads: dict[str, list[str]],
    times: list[str],
    stub: float,
    cell: float,
    top: float,
    tilt: bool,
) -> None:
    for g, lines in enumerate(heads.values()):
        left = stub + g * (cell * len(times) + GUTTER)
        for nth, line in enumerate(lines):
            axes.text(left, nth * 0.16 + 0.09, line, weight="bold", va="center")
        for t, time in enumerate(times):
            x = left + (t + 0.5) * cell
            turn: dict[str, Any] = {"ha": "center"}
            if tilt:
                turn = {"ha": "left", "rotation": 45, "rotation_mode": "anchor"}
            axes.text(x, top - 0.06, str(time), size=8, va="baseline", color=INK, **turn)


def _stub_text(axes: "Axes", lines: list[str], middle: float, weight: str, indent: float) -> None:
    for nth, line in enumerate(lines):
        y = middle + (nth - (len(lines) - 1) / 2) * 0.15
        axes.text(0.04 + indent, y, line, va="center_baseline", size=8.5, weight=weight)


def _cell_drawn(
    axes: "Axes", row: dict[Any, Any] | None, left: float, top: float, width: float, height: float
) -> None:
    from matplotlib.patches import Rectangle

    text, face, ink = "\u2013", PAPER, MUTED
    if row is not None and row["n_expected"] > 0:
        share = 100 * row["n_missing"] / row["n_expected"]
        text = percent(share)
        face, ink = heat(share)
    axes.add_patch(
        Rectangle((left, top), width, height, facecolor=face, edgecolor=PAPER, linewidth=1.2)
    )
    axes.text(
        left + width / 2,
        top + height / 2,
        text,
        size=8,
        ha="center",
        va="center_baseline",
        color=ink,
    )
