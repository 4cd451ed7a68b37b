"""Kinds of figures of rooms that not every study uses: economics, planning, interviews."""

from cesp_analysis.economics.tables import Acceptability, Economics, Information, Plane, Quadrants
from cesp_analysis.figures.kind import Kind
from cesp_analysis.figures.of_economics import (
    draw_ce_plane,
    draw_ceac,
    draw_information,
    draw_tornado,
)
from cesp_analysis.figures.of_interviews import (
    draw_cooccurrence,
    draw_process_timeline,
    draw_theme_grid,
    draw_theme_network,
    draw_themes,
    draw_theory_of_change,
)
from cesp_analysis.figures.of_planning import (
    draw_planning_front,
    draw_planning_layout,
    draw_planning_map,
    draw_planning_power,
)
from cesp_analysis.integration.tables import ProcessEvents, TheoryLinks, TheoryNodes
from cesp_analysis.interviews.tables import ThemeByInterview, ThemeMatrixRows, ThemePairs
from cesp_analysis.planning.specs import TRIALS
from cesp_analysis.planning.tables import Planning, PlanningTrials

PLANNED = "results/tables/planning.csv"
ROOM_KINDS: dict[str, Kind] = {
    "ce_plane": Kind(
        "results/tables/ce_plane.csv",
        Plane,
        ("person",),
        draw_ce_plane,
        under=("results/tables/ce_quadrants.csv", Quadrants),
    ),
    "ceac": Kind("results/tables/ceac.csv", Acceptability, ("person",), draw_ceac),
    "tornado": Kind("results/tables/economics.csv", Economics, ("person",), draw_tornado),
    "information": Kind(
        "results/tables/value_of_information.csv", Information, ("person",), draw_information
    ),
    "planning_layout": Kind(PLANNED, Planning, ("person",), draw_planning_layout),
    "planning_power": Kind(
        PLANNED, Planning, ("person",), draw_planning_power, under=(TRIALS, PlanningTrials)
    ),
    "planning_map": Kind(PLANNED, Planning, ("person",), draw_planning_map),
    "planning_front": Kind(PLANNED, Planning, ("person",), draw_planning_front),
    "theory_of_change": Kind(
        "results/tables/theory_links.csv",
        TheoryLinks,
        ("person",),
        draw_theory_of_change,
        under=("results/tables/theory_nodes.csv", TheoryNodes),
    ),
    "process_timeline": Kind(
        "results/tables/process.csv", ProcessEvents, ("person",), draw_process_timeline
    ),
    "themes": Kind("results/tables/theme_matrix.csv", ThemeMatrixRows, ("person",), draw_themes),
    "theme_grid": Kind(
        "results/tables/theme_by_interview.csv", ThemeByInterview, ("person",), draw_theme_grid
    ),
    "theme_network": Kind(
        "results/tables/theme_pairs.csv", ThemePairs, ("person",), draw_theme_network
    ),
    "cooccurrence": Kind(
        "results/tables/theme_pairs.csv", ThemePairs, ("person",), draw_cooccurrence
    ),
}
