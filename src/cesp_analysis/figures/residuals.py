"""Residuals of a model, and what it would say without single people or clusters."""

from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.figures.residual_plots import DRAWN, POINTS, UNITS, Panel, plots_of, shown_of
from cesp_analysis.figures.style import footnote, new_figure, styled
from cesp_analysis.figures.text import plain, wrap

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH = 4.1  # a phone's, at the size that figures have in the report
ROW = 1.95


@styled
def residuals(panel: Panel | None, further: str = "") -> "Figure":
    """Draw four to six small plots of one equation, two beside each other.

    `further`: a sentence on what is not drawn. The plots stand at set places: to solve the layout
    would cost as much as to draw it.
    """
    names = [] if panel is None else plots_of(panel)
    said = " ".join(filter(None, [_reading(panel) if panel else "No residuals to show.", further]))
    rows, foot = -(-len(names) // 2), 0.16 * len(wrap(said, WIDTH - 0.25, 7.5)) + 0.1
    title = wrap(panel.title, WIDTH - 0.3, 9, bold=True) if panel else []
    head = 0.17 * len(title) + 0.12
    height = ROW * rows + head + foot
    figure = new_figure(WIDTH, height)
    figure.set_layout_engine(None)
    footnote(figure, said)
    if panel is None:
        return figure
    for nth, name in enumerate(names):
        left = 0.5 + (WIDTH / 2 - 0.02) * (nth % 2)
        bottom = foot + ROW * (rows - 1 - nth // 2) + 0.46
        box = (left / WIDTH, bottom / height, 1.42 / WIDTH, (ROW - 0.75) / height)
        DRAWN[name](figure.add_axes(box), panel)
    figure.axes[0].annotate(  # not at a place of the figure: a banner moves the axes
        "\n".join(title),
        (0, 1),
        (-29, 22),
        xycoords="axes fraction",
        textcoords="offset points",
        weight="bold",
        size=9,
    )
    return figure


def alt_text(panel: Panel | None) -> str:
    """The picture in words: spread of the residuals, who influences the estimate most."""
    said = " ".join([f"{panel.title}:", *_words(panel)]) if panel else "None."
    return f"Residuals and influence. {said}"


def _words(panel: Panel) -> list[str]:
    shown = shown_of(panel)
    ends = np.array([np.nanmin(shown), np.nanmax(shown)])
    found = [f"standardised residuals from {plain(ends[0])} to {plain(ends[1])}; estimate"]
    for own in panel.levels:
        if np.isfinite(own.change).any():
            ends = panel.estimate + np.array([np.nanmin(own.change), np.nanmax(own.change)])
            name = own.level.replace("_", " ")
            found.append(f"without one {name} {plain(ends[0])} to {plain(ends[1])};")
    return [*found, f"from all {plain(panel.estimate)}."]


def _in_turn(panel: Panel) -> str:
    """Of what the last plot has units, and how many of them it shows."""
    own = panel.levels[-1]
    known = int(np.isfinite(own.change).sum())
    shown = f"the {UNITS} of {known} that change it most" if known > UNITS else str(known)
    return f"{own.level.replace('_', ' ')} in turn ({shown})"


def _reading(panel: Panel) -> str:
    parts = ["Residuals are standardised; filled: intervention, hollow: control."]
    if "marginal" in plots_of(panel):
        parts.append("They are what fixed and random effects leave, but where the plot says so.")
    if not panel.points.normal:
        parts.append(
            "They need not be normal: second plot, their means in groups with like fitted values,"
            " bars of two standard errors."
        )
    if panel.levels:
        parts.append(
            f"Last plot: the estimate without each {_in_turn(panel)}; line: from all;"
            " dotted: one standard error away."
        )
    if len(panel.points.fitted) > POINTS:
        parts.append(f"{POINTS} points of a plot are drawn, the 30 largest among them.")
    return " ".join(parts)
