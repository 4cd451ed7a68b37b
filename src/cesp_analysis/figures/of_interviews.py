"""Interviews and process: from a table to a drawing, its caption and its alt text."""

from typing import TYPE_CHECKING

from cesp_analysis.figures.drawn import Drawn

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.declared.wording import Wording


def draw_theory_of_change(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """table: TheoryLinks, and under it TheoryNodes."""
    from cesp_analysis.figures.interview_panels import arrows_of, boxes_of
    from cesp_analysis.figures.theory_of_change import alt_text, theory_of_change

    boxes, arrows = boxes_of(table), arrows_of(table, words)
    caption = "Theory of change: what is thought to lead to what, and what each link is held to."
    drawing = theory_of_change(boxes, arrows)
    return drawing, caption, alt_text(boxes, arrows), (*arrows, *boxes)


def draw_process_timeline(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """table: ProcessEvents."""
    from cesp_analysis.figures.interview_panels import lanes_of
    from cesp_analysis.figures.process_timeline import alt_text, process_timeline

    lanes = lanes_of(table, words)
    caption = "The process by site: what was delivered, who was asked, what happened around it."
    return process_timeline(lanes), caption, alt_text(lanes), lanes


def draw_themes(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """table: theme, role, site, excerpts, interviews, interviewed, in the order to be shown."""
    from cesp_analysis.figures.interview_panels import spoken_of
    from cesp_analysis.figures.themes import themes, themes_alt

    cells = spoken_of(table, words)
    caption = "Interviews: who speaks of what, in excerpts, by role and site."
    return themes(cells), caption, themes_alt(cells), cells


def draw_theme_grid(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """table: ThemeByInterview. Themes are drawn, without their subthemes."""
    from cesp_analysis.figures.interview_panels import grid_of
    from cesp_analysis.figures.theme_grid import grid_alt, theme_grid

    cells = grid_of(table)
    caption = "Interviews: what comes up in which, in their order."
    return theme_grid(cells), caption, grid_alt(cells), cells


def _within(table: "pd.DataFrame") -> str:
    """Themes on one excerpt are drawn; where none has two, those of an interview."""
    shared = table.loc[table["together"] > 0, "within"]
    within = "interview" if (shared == "interview").any() else "excerpt"
    return "excerpt" if (shared == "excerpt").any() else within


def draw_theme_network(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """table: ThemePairs."""
    from cesp_analysis.figures.interview_panels import NETWORKED, pairs_of
    from cesp_analysis.figures.theme_network import network_alt, theme_network

    within = _within(table)
    pairs, left_out = pairs_of(table[table["within"] == within], NETWORKED)
    units = f"{within}s"
    caption = f"Interviews: themes in the same {units}, as a network."
    drawing = theme_network(pairs, left_out, units)
    return drawing, caption, network_alt(pairs, left_out, units), pairs


def draw_cooccurrence(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """table: ThemePairs."""
    from cesp_analysis.figures.interview_panels import pairs_of
    from cesp_analysis.figures.themes import cooccurrence, cooccurrence_alt

    within = _within(table)
    pairs, left_out = pairs_of(table[table["within"] == within])
    units = f"{within}s"
    caption = f"Interviews: themes in the same {units}."
    drawing = cooccurrence(pairs, left_out, units)
    return drawing, caption, cooccurrence_alt(pairs, left_out, units), pairs
