"""The look of every figure, and how one is written: same data, same bytes.

Matplotlib's object interface only, and its import inside the functions that need it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec
from xml.sax.saxutils import escape

from cesp_analysis.figures.palette import CAUTION, GRID, INK, MUTED, PALETTE, PAPER
from cesp_analysis.figures.text import named, width_of, wrap
from cesp_analysis.whole_files import replaced

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

P = ParamSpec("P")
BANNER_INCHES = 0.26
DPI = 200
UNDATED = {"svg": {"Date": None}, "png": {"Software": ""}, "pdf": {"CreationDate": None}}
"""What each format must not write, so that the same figure has the same bytes."""
COMPRESSED: dict[str, Any] = {"png": {"pil_kwargs": {"compress_level": 3}}}
"""Level 3 of 9: half the time of the default 6 on a tall figure, a file 7% larger."""
CANVAS = "canvas"
"""The label of axes on which everything has its place."""
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "h")
SOLID: tuple[Any, ...] = ("-", (0, (9, 2)), (0, (9, 2, 2, 2)), (0, (14, 3)))
DASHED: tuple[Any, ...] = ((0, (4, 2)), (0, (1.5, 1.5)), (0, (4, 2, 1, 2)), (0, (2.5, 3)))


@dataclass(frozen=True)
class Look:
    """How a group is drawn: colour by arm, filled or hollow by arm, marker and line by group."""

    colour: str
    marker: str
    line: Any
    face: str


@lru_cache(maxsize=1)
def _settings() -> Any:
    from matplotlib import rc_params_from_file, rcParamsDefault

    sizes = rc_params_from_file(
        Path(__file__).with_name("cesp.mplstyle"), use_default_template=False
    )
    colours = {
        "text.color": INK,
        "axes.labelcolor": INK,
        "axes.titlecolor": INK,
        "axes.edgecolor": MUTED,
        "axes.facecolor": PAPER,
        "figure.facecolor": PAPER,
        "savefig.facecolor": PAPER,
        "grid.color": GRID,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
    }
    skipped = {"backend", "backend_fallback", "interactive", "toolbar", "timezone"}
    base = {str(k): v for k, v in rcParamsDefault.items() if k not in skipped}
    return {**base, **{str(k): v for k, v in sizes.items()}, **colours}


def styled(draw: "Callable[P, Figure]") -> "Callable[P, Figure]":
    """Let a function draw in the house style, whatever settings the process has."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> "Figure":
        from matplotlib import rc_context

        with rc_context(_settings()):
            return draw(*args, **kwargs)

    return drawn


@styled
def new_figure(width_in: float, height_in: float) -> "Figure":
    """An empty figure of this size in inches, on no screen, laid out so that no text is cut."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width_in, height_in), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def save(
    figure: "Figure",
    svg: Path,
    png: Path,
    banner: str,
    extra: "Sequence[Path]" = (),
    said: tuple[str, str] | None = None,
) -> None:
    """Write a figure as SVG, PNG and, by ending, further formats without dates in them.

    A non-empty banner stands in a strip above the figure. `said`: title and description that the
    SVG holds for a screen reader.
    """
    from matplotlib import rc_context

    with rc_context(_settings()):
        width, height = figure.get_size_inches()
        strip = BANNER_INCHES if banner else 0.0
        top = height / (height + strip)
        figure.set_size_inches(width, height + strip)
        if banner:
            _banner(figure, banner, width, (1 + top) / 2)
        for axes in figure.axes:
            _place_empty_labels(axes)
        _settle(figure, top)
        for path in (svg, png, *extra):
            kind = path.suffix[1:]
            with replaced(path) as part:
                figure.savefig(
                    part,
                    format=kind,
                    dpi=DPI,
                    metadata=UNDATED.get(kind),
                    **COMPRESSED.get(kind, {}),
                )
    if said is not None:
        described(svg, *said)


def described(svg: Path, title: str, description: str) -> None:
    """Put the title and description that a screen reader reads into an SVG that was written."""
    text = svg.read_text(encoding="utf-8")
    start = text.index(">", text.index("<svg")) + 1
    said = f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
    with replaced(svg) as part:
        part.write_text(f"{text[:start]}\n {said}{text[start:]}", encoding="utf-8")


def _place_empty_labels(axes: "Axes") -> None:
    """A label without text needs no place: to find one, all labels of ticks are measured."""
    for axis in (axes.xaxis, axes.yaxis):
        if not axis.get_label_text():
            axis.set_label_coords(0, 0)


def _settle(figure: "Figure", top: float) -> None:
    """Lay the figure out below `top` once, and round what the solver's order leaves in the last
    digits: it differs from run to run, and bytes must not."""
    engine: Any = figure.get_layout_engine()
    if engine is None:  # laid out by hand: only the strip is made room for
        for axes in figure.axes:
            left, bottom, width, height = axes.get_position().bounds
            axes.set_position((left, bottom * top, width, height * top))
        return
    engine.set(rect=(0, 0, 1, top))
    for axes in figure.axes:
        if axes.get_label() == CANVAS:
            for text in axes.texts:
                text.set_in_layout(False)
    if figure.axes:
        engine.execute(figure)
    figure.set_layout_engine(None)
    for legend in figure.legends:
        legend.set_bbox_to_anchor((0, 0, 1, top), transform=figure.transFigure)
    for axes in figure.axes:
        box = axes.get_position()
        left, bottom, width, height = (round(float(value), 4) for value in box.bounds)
        axes.set_position((left, bottom, width, height))


def _banner(figure: "Figure", banner: str, width: float, y: float) -> Any:
    room = width - 0.2
    size = min(8.5, 8.5 * room / max(width_of(banner, 8.5, bold=True), 0.01))
    return figure.text(
        0.1 / width,
        y,
        banner,
        color=CAUTION,
        weight="bold",
        size=size,
        va="center",
        in_layout=False,
    )


def looks(groups: Sequence[tuple[str, str]]) -> dict[str, Look]:
    """How each (group, arm) is drawn: control hollow and dashed, intervention filled and solid."""
    seen = {"intervention": 0, "control": 0}
    drawn: dict[str, Look] = {}
    for group, arm in groups:
        nth, control = seen[arm], arm == "control"
        seen[arm] += 1
        colour = PALETTE[arm][0]
        marker = MARKERS[(nth + (1 if control else 0)) % len(MARKERS)]
        line = (DASHED if control else SOLID)[nth % 4]
        drawn[group] = Look(colour, marker, line, PAPER if control else colour)
    return drawn


def within_0_and_1(axes: "Axes") -> None:
    """End the vertical axis of shares at 0 and 1, where it would go beyond; marks stay whole."""
    low, high = axes.get_ylim()
    axes.set_ylim(max(low, 0.0), min(high, 1.0))
    for line in axes.lines:
        line.set_clip_on(False)


def title(axes: "Axes", label: str, unit: str, width: float) -> None:
    """Name a panel: the outcome, its unit behind it or on a line of its own."""
    axes.set_title("\n".join(named(label, unit, width, 9)))


def canvas(figure: "Figure", width: float, height: float) -> "Axes":
    """Bare axes that fill the figure, in inches, the origin at the top left.

    Shapes go on them by `add_artist`: `add_patch` would measure each for limits, which are set
    here (a third of the time of a large figure). What stands on them is no part of the layout: its
    room is the canvas's.
    """
    engine: Any = figure.get_layout_engine()
    engine.set(w_pad=0, h_pad=0.02)
    axes = figure.add_subplot(label=CANVAS)
    axes.set_axis_off()
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    return axes


def turn_ticks(axes: "Axes") -> None:
    """Turn the labels of the time axis so that long ones do not touch."""
    for label in axes.get_xticklabels():
        label.set(ha="right", rotation=45, rotation_mode="anchor")


def footnote(figure: "Figure", text: str) -> None:
    """Put small left-aligned text beneath a figure, in as many lines as it needs."""
    width = float(figure.get_size_inches()[0])
    lines = wrap(text, width - 0.25, 7.5)
    figure.supxlabel(
        "\n".join(lines), x=0.1 / width, ha="left", fontsize=7.5, color=MUTED, linespacing=1.35
    )
