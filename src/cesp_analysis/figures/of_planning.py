"""The trial that is planned: from a table to a drawing, its caption and its alt text."""

from typing import TYPE_CHECKING

from cesp_analysis.figures.drawn import Drawn
from cesp_analysis.numbers import fixed, percentage

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.declared.planning_words import PlanningWords
    from cesp_analysis.declared.wording import Wording

MEANS = "Power: at the medians of what is known. Assurance: mean power over all that is uncertain."


def _own(words: "Wording") -> "PlanningWords":
    """The section's words; its figures are drawn only of studies that have it."""
    assert words.planning is not None
    return words.planning


def _difference(words: "Wording") -> str:
    """'a difference of 1.0 points in Wellbeing'."""
    own = _own(words)
    outcome = words.outcomes[own.outcome]
    size = f"{fixed(own.difference, outcome.decimals)} {outcome.unit}".strip()
    return f"a difference of {size} in {outcome.label}"


def draw_planning_power(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """Power and assurance by the number of locations."""
    from cesp_analysis.figures.planning_panels import power_panels
    from cesp_analysis.figures.planning_power import Targets, alt_text, planning_power

    own = _own(words)
    targets = Targets(own.power, own.assurance, own.alpha)
    panels = power_panels(table, own)
    said = f"To be found: {_difference(words)}. {MEANS} People: of a location and period."
    caption = f"Power and assurance by the number of locations, of {_difference(words)}."
    if any(panel.simulated for panel in panels):
        said += (
            " Simulated: percent of trials in which a difference is found, with its 95% Monte Carlo"
            f" interval; dashes: the same by formula. Dotted: {percentage(own.alpha, 0)} false"
            " alarms. Marks of one number of locations stand apart for the eye alone."
        )
        caption = f"{caption[:-1]}, and what simulated trials find."
    return planning_power(panels, targets, said), caption, alt_text(panels, targets), panels


def draw_planning_map(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """Assurance by locations and people of a location."""
    from cesp_analysis.figures.planning_map import alt_text, planning_map
    from cesp_analysis.figures.planning_panels import map_panels

    own = _own(words)
    panels = map_panels(table, own)
    said = (
        f"Percent; stronger shade: more. Bold within a frame: power at the medians of"
        f" {percentage(own.power, 0)} and assurance of {percentage(own.assurance, 0)} are both"
        f" reached. To be found: {_difference(words)}. People: of a location and period."
    )
    caption = "Assurance, in percent, by locations and people."
    return planning_map(panels, said), caption, alt_text(panels), panels


def draw_planning_front(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """Cost of designs against what each promises."""
    from cesp_analysis.figures.planning_front import alt_text, planning_front
    from cesp_analysis.figures.planning_panels import front_of

    own = _own(words)
    front = front_of(table, own)
    said = (
        f"A mark is a design with so many locations and people. Filled: power at the medians of"
        f" {percentage(own.power, 0)} and assurance of {percentage(own.assurance, 0)}. Larger, and"
        " joined: no other has as much assurance for less."
    )
    caption = f"What the trial would cost, and its assurance, of {_difference(words)}."
    return planning_front(front, said), caption, alt_text(front), (front,)


def draw_planning_layout(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """Which locations are treated when, in each design."""
    from cesp_analysis.figures.planning_layout import alt_text, planning_layout
    from cesp_analysis.figures.planning_panels import layout_panels

    panels = layout_panels(table, _own(words))
    unit = "months" if _own(words).months is not None else "period"
    said = (
        "A row is a group of locations, a column a period. Numbers: at the cheapest size that"
        " reaches both targets, or, where none does, at the largest."
    )
    caption = "Which locations are measured, and have the intervention, when."
    return planning_layout(panels, unit, said), caption, alt_text(panels, unit), panels
