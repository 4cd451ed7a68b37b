"""What is missing, and what stands in its place: from a table to a drawing with its words."""

from typing import TYPE_CHECKING

from cesp_analysis.figures.drawn import MISSING, Drawn, labelled
from cesp_analysis.models.two_sites import SAMPLING_ONLY

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.declared.wording import Wording


def draw_missingness(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """The share of values that is missing, by site, time and outcome."""
    from cesp_analysis.figures.missingness import alt_text, missingness

    own = table[(table["level"] == level) & table["outcome"].notna()]
    frame = labelled(own, words).rename(columns={"group": "group_label"})
    return missingness(frame), "Where values are missing.", alt_text(frame), frame[MISSING]


def draw_missing_items(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """The share of items without an answer among questionnaires that came back."""
    from cesp_analysis.figures.missing_items import (
        CAPTION,
        RETURNED,
        items_alt_text,
        items_frame,
    )
    from cesp_analysis.figures.missingness import missingness

    frame = items_frame(table, words)
    return missingness(frame, RETURNED), CAPTION, items_alt_text(frame), frame[MISSING]


def draw_traces(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """Chains of imputation by variable: whether they have settled."""
    from cesp_analysis.figures.traces import alt_text, lines_of, shown, traced, traces

    found = traced(table, words)
    labels = shown(found)
    caption = "Imputation: chains by variable."
    return traces(found, labels), caption, alt_text(found, labels), lines_of(found, labels)


def draw_imputed_values(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """Imputed values beside answered ones."""
    from cesp_analysis.figures.imputed_values import alt_text, compared, imputed_values

    panels = compared(table, words)
    caption = "Imputation: what was imputed beside what people answered."
    return imputed_values(panels), caption, alt_text(panels), panels


def draw_fmi(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """The fraction of missing information of each imputed estimate."""
    from cesp_analysis.figures.fmi import alt_text, fmi, fmi_rows

    rows = fmi_rows(table, words)
    caption = "Imputation: what the missing answers take of each estimate."
    return fmi(rows), caption, alt_text(rows), rows


def draw_assumptions(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """Estimates under each assumption about those who are lost."""
    from cesp_analysis.figures.assumptions import alt_text, assumptions
    from cesp_analysis.figures.sensitivity_panels import assumption_panels

    panels = assumption_panels(table, words)
    cautions = [SAMPLING_ONLY] if words.one_against_one() else []
    caption = (
        "Estimates under each assumption on the answers that nobody gave. None of them can be"
        " tested by the answers that there are."
    )
    return assumptions(panels, words.interval(), cautions), caption, alt_text(panels), panels


def draw_tipping(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """By how much those who are lost would have to differ, in either arm, to turn an estimate."""
    from cesp_analysis.figures.sensitivity_panels import tipping_panels, tipping_rows
    from cesp_analysis.figures.tipping import alt_text, tipping

    panels = tipping_panels(table, words)
    each = panels[0].places.each if panels else "arm"
    caption = (
        f"How far those who are lost would have to differ from what was imputed, {each} by {each}."
    )
    cautions = [SAMPLING_ONLY] if words.one_against_one() else []
    data = tipping_rows(table, words)
    return tipping(panels, words.interval(), cautions), caption, alt_text(panels), data
