"""What was delivered and what happened, on one axis of time: a lane a site."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from cesp_analysis.figures.palette import GRID, INK, MUTED, PALETTE, PAPER
from cesp_analysis.figures.style import canvas, footnote, new_figure, styled
from cesp_analysis.figures.text import width_of, wrap
from cesp_analysis.numbers import count, fixed
from cesp_analysis.withheld import Withheld

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PAGE, ROW, LINE, STUB = 7.1, 0.22, 0.16, 1.75
SHADES = 5
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
QUARTERS = (1, 4, 7, 10)
FEW_MONTHS = 8
"""A time line of no more months has a line at each, for it may hold no quarter's first day."""


@dataclass(frozen=True)
class Mark:
    """Something on a day, or from one to another ('': one day); number None: nothing is counted."""

    day: str
    until: str
    number: float | None
    label: str


@dataclass(frozen=True)
class LaneRow:
    """What is of one kind and label (score: means, 0 to 1); undated: what has no day, in words."""

    label: str
    kind: str
    marks: tuple[Mark, ...]
    undated: str = ""


@dataclass(frozen=True)
class Lane:
    """A site, or all of them."""

    site: str
    rows: tuple[LaneRow, ...]


@styled
def process_timeline(lanes: Sequence[Lane]) -> "Figure":
    """Draw each lane's rows: months shaded by their number, meetings and events as marks, waves as
    bars; events of context are numbered and told below."""
    days = [day for lane in lanes for row in lane.rows for m in row.marks for day in _ends(m)]
    if not days:
        figure = new_figure(4, 0.6)
        footnote(figure, "No event of the process has a date.")
        return figure
    span = _Span(min(days).replace(day=1), max(days))
    heights = [LINE + 0.08 + ROW * len(lane.rows) + 0.1 for lane in lanes]
    key = [line for line in _key(lanes) for line in wrap(line, PAGE - 0.1, 7.5)]
    bottom = sum(heights) + 0.3
    figure = new_figure(PAGE, bottom + LINE * len(key) + 0.6)
    axes = canvas(figure, PAGE, bottom + LINE * len(key))
    _times(axes, span, bottom - 0.3)
    top, numbered = 0.0, 0
    for lane, height in zip(lanes, heights, strict=True):
        numbered = _lane(axes, lane, span, top, numbered)
        top += height
    for nth, line in enumerate(key):
        axes.text(0.03, bottom + LINE * (nth + 0.5), line, size=7.5, va="center_baseline")
    footnote(figure, _said(lanes))
    return figure


@dataclass(frozen=True)
class _Span:
    """From the first day to the last."""

    first: date
    last: date

    def x(self, day: date) -> float:
        """Where a day stands, in inches."""
        whole = max((self.last - self.first).days, 1)
        return STUB + (PAGE - STUB - 0.15) * (day - self.first).days / whole


def _ends(mark: Mark) -> list[date]:
    return [date.fromisoformat(day) for day in (mark.day, mark.until) if day]


def _times(axes: "Axes", span: _Span, bottom: float) -> None:
    """A line at each quarter, with its name at years and, where there is room, half-years; of a
    few months one at each."""
    years = range(span.first.year, span.last.year + 1)
    months = [date(year, month, 1) for year in years for month in range(1, 13)]
    shown = [day for day in months if span.first <= day <= span.last]
    often = {1} if len(years) > 5 else {1, 7}
    if len(shown) <= FEW_MONTHS:
        often = set(range(1, 13))
    else:
        shown = [day for day in shown if day.month in QUARTERS]
    for nth, day in enumerate(shown):
        x = span.x(day)
        axes.plot([x, x], [0.05, bottom], color=GRID, linewidth=0.9 if day.month == 1 else 0.5,
                  zorder=0)  # fmt: skip
        if day.month in often or nth == 0:
            text = MONTHS[day.month - 1] if day.month > 1 else f"{day.year}"
            text += f" {day.year}" if day.month > 1 and nth == 0 else ""
            x = min(x, PAGE - width_of(text, 7.5) / 2 - 0.03)
            axes.text(x, bottom + 0.12, text, size=7.5, ha="center", va="center",
                      color=MUTED)  # fmt: skip


def _lane(axes: "Axes", lane: Lane, span: _Span, top: float, numbered: int) -> int:
    axes.plot([0.02, PAGE - 0.05], [top + 0.02] * 2, color=MUTED, linewidth=0.7, zorder=0)
    axes.text(0.03, top + LINE / 2 + 0.05, lane.site, weight="bold", va="center_baseline", size=8.5)
    y = top + LINE + 0.08
    for row in lane.rows:
        label = wrap(row.label, STUB - 0.1, 7.5)
        more = "…" if len(label) > 1 else ""
        axes.text(0.08, y + ROW / 2, label[0] + more, size=7.5, va="center_baseline")
        numbered = _marks(axes, row, span, y, numbered)
        y += ROW
    return numbered


def _marks(axes: "Axes", row: LaneRow, span: _Span, y: float, numbered: int) -> int:
    sizes = [m.number for m in row.marks if _known(m)]
    most = 1 if row.kind == "score" else max([n for n in sizes if n is not None], default=0)
    for mark in row.marks:
        if row.kind == "context":
            numbered += 1
            _numbered(axes, span.x(_ends(mark)[0]), y + ROW / 2, numbered)
        elif mark.until:
            shade = _shade(mark.number, most) if _known(mark) and row.kind != "wave" else 1
            text = fixed(mark.number, 2) if row.kind == "score" else count(mark.number)
            _bar(axes, span, mark, y, shade, text)
        else:
            axes.plot([span.x(_ends(mark)[0])], [y + ROW / 2], marker="D", markersize=3.6,
                      color=INK, markerfacecolor=PAPER if _nobody(mark) else INK,
                      linestyle="none", zorder=3)  # fmt: skip
    return numbered


def _nobody(mark: Mark) -> bool:
    """Whether it is known that nobody came."""
    return _known(mark) and mark.number == 0


def _known(mark: Mark) -> bool:
    return mark.number is not None and not isinstance(mark.number, Withheld)


def _shade(number: float | None, most: float) -> int:
    return 0 if not number or not most else max(1, round(SHADES * number / most))


def _bar(axes: "Axes", span: _Span, mark: Mark, y: float, shade: int, text: str) -> None:
    from matplotlib.patches import Rectangle

    first, last = (span.x(day) for day in _ends(mark))
    wide = max(last - first, 0.04)
    axes.add_artist(
        Rectangle((first, y + 0.02), wide, ROW - 0.04, facecolor=PALETTE[f"heat-{shade}"][0],
                  edgecolor=MUTED, linewidth=0.4, zorder=2)
    )  # fmt: skip
    if mark.number is not None and width_of(text, 6.5) <= wide - 0.01:
        ink = PALETTE["on-low" if shade < 3 else "on-high"][0]
        axes.text(first + wide / 2, y + ROW / 2, text, size=6.5, ha="center",
                  va="center_baseline", color=ink, zorder=3)  # fmt: skip


def _numbered(axes: "Axes", x: float, y: float, number: int) -> None:
    axes.text(x, y, f"{number}", size=6.5, ha="center", va="center", zorder=4,
              bbox={"boxstyle": "circle,pad=0.15", "facecolor": "white", "edgecolor": INK,
                    "linewidth": 0.7})  # fmt: skip


def _context(lanes: Sequence[Lane]) -> list[tuple[str, Mark]]:
    return [
        (lane.site, mark)
        for lane in lanes
        for row in lane.rows
        if row.kind == "context"
        for mark in row.marks
    ]


def _key(lanes: Sequence[Lane]) -> list[str]:
    return [
        f"{nth}  {mark.day}, {site}: {mark.label}"
        for nth, (site, mark) in enumerate(_context(lanes), 1)
    ]


def _said(lanes: Sequence[Lane]) -> str:
    none = [f"{lane.site}, {row.undated}" for lane in lanes for row in lane.rows if row.undated]
    without = f" Without a day, and so not drawn: {'; '.join(none)}." if none else ""
    kinds = {
        row.kind if row.kind in ("context", "score") else "box" if mark.until else "diamond"
        for lane in lanes for row in lane.rows for mark in row.marks
    }  # fmt: skip
    boxes = (
        "Boxes: what was counted in a month or wave; months are the darker the more of the row's"
        " largest month."
    )
    said = {
        "box": boxes,
        "score": "Mean score: of the ratings of a month, 0 to 1, the darker the nearer to 1; how"
        " many ratings there are says nothing of it.",
        "diamond": "Diamonds: days of a meeting, hollow if nobody came.",
        "context": "Numbers in circles: what happened around the study, as told above.",
    }
    return " ".join(text for kind, text in said.items() if kind in kinds) + without


def alt_text(lanes: Sequence[Lane]) -> str:
    """Each lane: its rows with how many marks from when to when, and every event of context."""
    parts = []
    for lane in lanes:
        rows = "; ".join(_row_said(row) for row in lane.rows)
        parts.append(f"{lane.site}: {rows or 'nothing'}.")
    return "Time line of the process, a lane a site. " + (" ".join(parts) or "Nothing.")


def _row_said(row: LaneRow) -> str:
    if row.kind == "context":
        return ", ".join(f"{mark.day} {mark.label}" for mark in row.marks)
    days = sorted(day for mark in row.marks for day in (mark.day, mark.until) if day)
    if not days:
        return f"{row.label}, {row.undated or 'none'}"
    total: float | None = None
    if row.kind == "score":
        means = [mark.number for mark in row.marks if mark.number is not None]
        said = f"{fixed(min(means), 2)} to {fixed(max(means), 2)}"
        return f"{row.label} {said}, {days[0]} to {days[-1]}"
    if any(mark.number is not None for mark in row.marks):
        total = sum((m.number for m in row.marks if m.number is not None), start=0)
    counted = f" {count(total)}" if total is not None else f" {len(row.marks)} times"
    undated = f" ({row.undated})" if row.undated else ""
    return f"{row.label}{counted}, {days[0]} to {days[-1]}{undated}"
