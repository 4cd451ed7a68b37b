"""Which rows the figure of the bracket shows: primary outcomes, all later times and sets."""

from typing import TYPE_CHECKING

from cesp_analysis.declared.analysis_sets import OBSERVED, set_label
from cesp_analysis.figures.bracket import MARKS, BracketPanel, BracketRow

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.declared.wording import Wording

MOST = 6  # panels: a page


def bracket_panels(table: "pd.DataFrame", words: "Wording", level: str) -> list[BracketPanel]:
    """The panels of one level, from bracket.csv, in config's order."""
    own = table[(table["level"] == level) & (table["status"] == "estimated")]
    panels = []
    for name in bracket_outcomes(table, words, level):
        part, outcome, rows = own[own["outcome"] == name], words.outcomes[name], []
        for (time, of), cells in part.groupby(["time", "analysis_set"], sort=False):
            when = words.moment(str(time)).label
            found = {
                str(row["estimator"]): (row["estimate"], row["ci_low"], row["ci_high"])
                for row in cells.to_dict("records")
            }
            kept = {name: found[name] for name in MARKS if name in found}
            further = "" if of == OBSERVED else f", {set_label(str(of), level).lower()}"
            rows.append(BracketRow(when + further, kept))
        panels.append(BracketPanel(outcome.label, outcome.unit, tuple(rows), outcome.decimals))
    return panels


def bracket_outcomes(table: "pd.DataFrame", words: "Wording", level: str) -> list[str]:
    """The primary outcomes of a level that have an estimate; the first, where none is."""
    own = table[(table["level"] == level) & (table["status"] == "estimated")]
    there = [name for name in words.outcomes if (own["outcome"] == name).any()]
    chosen = [name for name in there if words.outcomes[name].role == "primary"] or there[:1]
    return chosen[:MOST]
