"""From the tables of planning to what their figures draw: a panel a design."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cesp_analysis.figures.planning_front import Front, Scenario
from cesp_analysis.figures.planning_layout import LayoutPanel, Sequence
from cesp_analysis.figures.planning_map import Cell, MapPanel
from cesp_analysis.figures.planning_power import Line, Point, PowerPanel
from cesp_analysis.planning.laid_out import layout_of
from cesp_analysis.planning.words import ANALYSED, DRAWN

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.declared.planning_words import PlanningWords
    from cesp_analysis.declared.trial_designs import TrialDesign

ONE_COLUMN = 1


def planned(table: "pd.DataFrame") -> "pd.DataFrame":
    """The rows of Planning where those of PlanningTrials lie under them."""
    return table[table["truth"].isna()] if "truth" in table else table


def _designs(words: "PlanningWords") -> Iterator[tuple[str, "TrialDesign"]]:
    """Designs with a grid of sizes: of one that is to have known sizes there is one row."""
    yield from ((name, one) for name, one in words.designs.items() if one.sizes is None)


def power_panels(table: "pd.DataFrame", words: "PlanningWords") -> tuple[PowerPanel, ...]:
    """A panel a design: power and assurance by locations; then one for each that is simulated, and
    number of people."""
    promised = planned(table)
    own = [
        PowerPanel(one.label, lines=_lines(own), reason=_reason(own))
        for name, one in _designs(words)
        for own in [promised[promised["design"] == name]]
    ]
    found = table[table["truth"].notna()] if "truth" in table else table[:0]
    simulated = [
        PowerPanel(
            words.designs[name].label,
            points=_points(people),
            reason=_reason(people),
            simulated=True,
        )
        for name in words.simulated
        for _, people in found[found["design"] == name].groupby("people")
    ]
    return (*own, *simulated)


def _reason(rows: "pd.DataFrame") -> str:
    """Why there is no answer; blank if there is one."""
    said = rows["reason"].fillna("")
    return "" if (said == "").any() or said.empty else str(said.iloc[0])


def _lines(rows: "pd.DataFrame") -> tuple[Line, ...]:
    return tuple(
        Line(
            int(own["people"].iloc[0]),
            tuple(int(n) for n in own["locations"]),
            tuple(map(_known, own["power"])),
            tuple(map(_known, own["assurance"])),
        )
        for _, own in rows.sort_values(["people", "locations"]).groupby("people")
    )


def _points(rows: "pd.DataFrame") -> tuple[Point, ...]:
    rows = rows.sort_values(["truth", "people", "locations"], kind="stable")
    return tuple(
        Point(
            ANALYSED[str(row["analysis"])] + DRAWN[str(row["drawn"])],
            row["truth"] == "none",
            int(row["people"]),
            int(row["locations"]),
            float(row["found"]),
            _known(row["found_mcse"]) or 0.0,
            _known(row["formula"]),
        )
        for row in rows.to_dict("records")
        if row["found"] == row["found"]
    )


def _known(value: float) -> float | None:
    return None if value != value else float(value)


def map_panels(table: "pd.DataFrame", words: "PlanningWords") -> tuple[MapPanel, ...]:
    """A panel a design: assurance by locations and people."""
    return tuple(
        MapPanel(one.label, tuple(_cells(table[table["design"] == name])))
        for name, one in _designs(words)
    )


def _cells(rows: "pd.DataFrame") -> Iterator[Cell]:
    for row in rows.sort_values(["people", "locations"]).to_dict("records"):
        reaches = row["reaches"] == "both"
        yield Cell(int(row["people"]), int(row["locations"]), _known(row["assurance"]), reaches)


def front_of(table: "pd.DataFrame", words: "PlanningWords") -> Front:
    """Every scenario with a cost and an assurance, the front and the cheapest marked."""
    known = table[table["cost"].notna() & table["assurance"].notna()]
    return Front(words.assurance, tuple(_scenario(row, words) for row in known.to_dict("records")))


def _scenario(row: dict[Any, Any], words: "PlanningWords") -> Scenario:
    return Scenario(
        words.designs[str(row["design"])].label,
        int(row["locations"]),
        int(row["people"]),
        float(row["cost"]),
        float(row["assurance"]),
        row["reaches"] == "both",
        row["front"] == "yes",
        row["cheapest"] == "yes",
    )


def layout_panels(table: "pd.DataFrame", words: "PlanningWords") -> tuple[LayoutPanel, ...]:
    """A panel for each design of locations: who is measured and treated when."""
    return tuple(
        _layout(table[table["design"] == name], one, words)
        for name, one in words.designs.items()
        if one.kind != "individual"
    )


def _layout(rows: "pd.DataFrame", design: "TrialDesign", words: "PlanningWords") -> LayoutPanel:
    """At the cheapest size that reaches both targets (without costs the one with the fewest
    locations), or at the largest."""
    both = rows[rows["reaches"] == "both"]
    row = (
        both.sort_values(["cost", "locations", "people"]).iloc[0]
        if len(both)
        else rows.sort_values(["locations", "people"]).iloc[-1]
    )
    made = layout_of(design)
    months = design.months if design.months is not None else words.months
    return LayoutPanel(
        design.label,
        int(row["locations"]),
        int(row["people"]),
        bool(len(both)),
        design.sampling == "cohort" and made.periods > ONE_COLUMN,
        tuple(_period(at, months, made.periods) for at in range(made.periods)),
        tuple(
            Sequence(
                float(row["locations"]) * float(share),
                tuple(_known(value) for value in treated),
            )
            for treated, share in zip(made.treated, made.share, strict=True)
        ),
    )


def _period(at: int, months: float | None, periods: int) -> str:
    """When a period is: months from the first; of one alone when the trial ends."""
    if periods == ONE_COLUMN:
        return "end"
    return f"{at + 1}" if months is None else f"{at * months:g}"
