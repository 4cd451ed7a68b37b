"""The figures that leave the team: those drawn from released tables that show nobody alone."""

from collections.abc import Sequence

from cesp_analysis.figures.kinds import KINDS, kind_of

LEAVE = frozenset(
    (
        "flow", "means", "predicted", "bracket", "shock", "specification_curve", "forest",
        "event_study", "fmi", "assumptions", "survey_waves", "survey_answers", "composition",
        "external", "fidelity", "reliability", "balance",
        "planning_layout", "planning_power", "planning_map", "planning_front", "theory_of_change",
    )
)  # fmt: skip
"""Kinds of figures that leave. Those of planning show no person, but what formulas make of a few
medians, drawn from their released digits."""
STAY = frozenset(
    (
        "trajectories", "raincloud", "distributions", "traces", "imputed_values",
        "missingness", "missing_items", "completeness", "recruitment", "contacts",
        "neighbourhoods", "neighbourhood_changes", "tipping", "ce_plane", "ceac",
        "tornado", "information", "process_timeline", "themes", "theme_grid",
        "theme_network", "cooccurrence",
    )
)  # fmt: skip
"""Kinds that stay, as residuals do. Trajectories, changes, answers and traces show single people;
maps of missing answers, months of recruitment, contacts, neighbourhoods, events of a month and who
speaks of what count few; planes of
shifts tell the share that was imputed: the tables and figures of means stand in their place.
Figures of costs and QALYs stay: the plane since its draws tell of people (tables_economics.py)."""


def leaving(figures: Sequence[str]) -> list[str]:
    """Those of a study's figures that leave."""
    return [name for name in figures if kind_of(name)[0] in LEAVE]


def released_table(figure: str) -> str:
    """The released table that a figure is drawn from: results/public/tables/flow.csv."""
    return inside_public(KINDS[kind_of(figure)[0]].table)


def inside_public(path: str) -> str:
    """Where the released form of a file of results lies."""
    return path.replace("results/", "results/public/", 1)
