"""The step `size`: power, assurance and cost of every design of every size."""

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.arrays import Floats
from cesp_analysis.declared.trial_designs import TrialDesign
from cesp_analysis.given import hold
from cesp_analysis.planning import tables
from cesp_analysis.planning.assumed import assumptions
from cesp_analysis.planning.assurance import Assurance, assured
from cesp_analysis.planning.cheapest import Candidates, cheapest, on_front
from cesp_analysis.planning.designed import OfLocations, answer_of
from cesp_analysis.planning.locations_there_are import OfThese, at_medians
from cesp_analysis.planning.needed_error import errors_of_needed
from cesp_analysis.planning.of_people import OfPeople
from cesp_analysis.planning.size_spec import SizeSpec
from cesp_analysis.planning.size_warnings import (
    bold_tests,
    of_level,
    of_periods,
    timid_tests,
    told_of,
    too_uncertain,
)
from cesp_analysis.planning.sizes_file import read_sizes
from cesp_analysis.planning.spread_by_arm import by_arm
from cesp_analysis.planning.trial_costs import cost_of
from cesp_analysis.planning.uncertain import Uncertain

MANY = 1_000_000
"""Answers of a design from which on its progress is told: five seconds of two arms, two minutes of
a stepped wedge."""
SHOWN = 0.8  # of the draws, between power_low and power_high


@dataclass(frozen=True)
class Grid:
    """A design's rows (k,): sizes, and what is known of each; also: what all must say."""

    name: str
    design: TrialDesign
    locations: Floats
    people: Floats
    cost: Floats
    made: Assurance
    middle: dict[str, Any]
    also: tuple[str, ...]


def size(spec: str, draws: Path, out: Path, checksums: str = "") -> None:
    """Say what each design of each size promises, over all that is uncertain, and what it costs.

    `checksums`: of the files of locations that there are (see given.py).
    """
    hold(checksums)
    how = SizeSpec.model_validate_json(spec)
    known = contracts.read(draws, tables.PlanningDraws)
    rows = sized(how, known)
    frame = pd.DataFrame(rows, columns=list(tables.Planning.columns()))
    contracts.write(frame, out, tables.Planning)


def sized(how: SizeSpec, known: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of all designs, the cheapest and the front marked among them."""
    grids = [_grid(how, name, design, known) for name, design in how.designs.items()]
    names = () if how.level is None else ("control", "sd", "icc")
    middle = {name: float(known[name].median()) for name in names}
    rows = [row for grid in grids for row in _rows(how, grid, middle)]
    if how.costs is not None:
        _mark(how, rows)
    return rows


def _grid(how: SizeSpec, name: str, design: TrialDesign, known: pd.DataFrame) -> Grid:
    drawn = assumptions(design, known, how.structure)
    if how.level is not None:
        drawn = by_arm(design, drawn, known["control"].to_numpy(float), how.change, how.level)
    effect = _effect(known["difference"].to_numpy(float))
    also = tuple(of_periods(design, how.structure, known["cac_months"].to_numpy(float)))
    if design.sizes is not None:
        return _of_sizes(how, name, design, drawn, effect, also)
    grid = np.array([(k, m) for k in design.locations for m in design.people], dtype=float)
    locations, people = grid.T
    own = answer_of(design, how.structure, how.alpha, how.difference)
    told = _progress(name, len(locations), drawn.draws)
    sizes = {"locations": locations, "people": people}
    made = assured(own, sizes, drawn, effect, how.alpha, SHOWN, told)
    cost = _cost(how, own, locations, people)
    return Grid(name, design, locations, people, cost, made,
                _at_medians(how, own, drawn, locations, people), also)  # fmt: skip


def _progress(name: str, sizes: int, draws: int) -> Callable[[int], None]:
    """What writes a line to the log at each tenth of a design whose answers are very many."""
    said = {0}

    def tell(answered: int) -> None:
        if sizes * draws >= MANY and (tenth := 10 * answered // sizes) not in said:
            said.add(tenth)
            print(f"{name}: {answered:,} of {sizes:,} sizes, {draws:,} draws each", file=sys.stderr)

    return tell


def _effect(drawn: Floats) -> float | Floats:
    """One number if it is held, draws of its law otherwise."""
    return float(drawn[0]) if np.ptp(drawn) == 0 else drawn


def _at_medians(
    how: SizeSpec, own: OfLocations | OfPeople, drawn: Uncertain, locations: Floats, people: Floats
) -> dict[str, Any]:
    """Columns (k,) at the medians of what is known."""
    middle = {name: np.repeat(value, len(locations)) for name, value in drawn.middle().items()}
    fields = middle | {"locations": locations, "people": people}
    got = own(fields)
    found: dict[str, Any] = {
        name: getattr(got, name) for name in ("std_error", "df", "power", "power_normal", "reason")
    }
    found["detectable"] = got.detectable(how.power)
    found["bold"] = bold_tests(got) or [""] * len(locations)
    timid = timid_tests(got)
    found["timid"] = np.full(len(locations), np.nan) if timid is None else timid
    return (
        found
        | {
            "method": got.method,
            "ceiling": got.ceiling,
            "needed": own.needed(fields, how.power),
            "people_needed": own.people_needed(fields, how.power),
        }
        | errors_of_needed(
            own, drawn, {"locations": locations, "people": people}, how.power, how.published
        )
    )


def _of_sizes(
    how: SizeSpec,
    name: str,
    design: TrialDesign,
    drawn: Uncertain,
    effect: float | Floats,
    also: tuple[str, ...],
) -> Grid:
    """The one row of locations that there are."""
    assert design.sizes is not None
    own = answer_of(design, how.structure, how.alpha, how.difference)
    assert isinstance(own, OfLocations)
    these = OfThese(own, read_sizes(Path(design.sizes), how.locations_at_most))
    made = assured(these, these.size, drawn, effect, how.alpha, SHOWN)
    cost = _cost(how, own, **these.size)
    return Grid(name, design, **these.size, cost=cost, made=made,
                middle=at_medians(these, drawn, how.power), also=also)  # fmt: skip


def _cost(how: SizeSpec, own: OfLocations | OfPeople, locations: Floats, people: Floats) -> Floats:
    if how.costs is None:
        return np.full(len(locations), np.nan)
    return cost_of(how.costs, own.visits, locations, people)


def _rows(how: SizeSpec, grid: Grid, known: Mapping[str, float]) -> list[dict[str, Any]]:
    design, own = grid.design, answer_of(grid.design, how.structure, how.alpha, how.difference)
    asked = grid.locations * grid.people
    also = (*grid.also, *too_uncertain(grid.made.most, how.assurance))
    rows = []
    for at in range(len(grid.locations)):
        middle: dict[str, Any] = {
            name: value if isinstance(value, str) else value[at]
            for name, value in grid.middle.items()
        }
        made = grid.made
        told = (*_told(how, grid, at), *also, *of_level(how, design, known, middle))
        rows.append(
            middle
            | {
                "design": grid.name,
                "kind": design.kind,
                "locations": round(grid.locations[at]),
                "people": round(grid.people[at]),
                "periods": design.surveys,
                "recruited": round(asked[at] * own.visits.recruited),
                "assessments": round(asked[at] * own.visits.surveys),
                "difference": how.difference,
                "difference_sd": how.difference_sd,
                "assurance": made.value[at],
                "assurance_mcse": made.error[at],
                "power_low": made.low[at],
                "power_high": made.high[at],
                "cost": grid.cost[at],
                "reaches": _reaches(how, middle["power"], made.value[at]),
                "front": "",
                "cheapest": "",
                "warnings": " | ".join(told),
            }
        )
    return rows


def _reaches(how: SizeSpec, power: float, assurance: float) -> str:
    if np.isnan(power) or np.isnan(assurance):
        return "not_known"
    both = (bool(power >= how.power), bool(assurance >= how.assurance))
    return {(True, True): "both", (True, False): "power", (False, True): "assurance"}.get(
        both, "neither"
    )


def _told(how: SizeSpec, grid: Grid, at: int) -> Iterator[str]:
    needed = grid.middle.get("needed")
    return told_of(
        grid.design,
        how.locations_at_most,
        (int(grid.made.unanswered[at]), grid.made.why[at]),
        float(grid.locations[at]),
        float(grid.people[at]),
        None if needed is None else float(needed[at]),
        grid.middle["bold"][at] if "bold" in grid.middle else "",
        float(grid.middle["power"][at]),
        float(grid.middle["timid"][at]) if "timid" in grid.middle else np.nan,
    )


def _mark(how: SizeSpec, rows: list[dict[str, Any]]) -> None:
    """Mark the cheapest row that reaches both targets, and those that none beats."""
    names = ("locations", "cost", "power", "assurance")
    found = Candidates(*(np.array([row[name] for row in rows], dtype=float) for name in names))
    for at in on_front(found):
        rows[int(at)]["front"] = "yes"
    best = cheapest(found, how.power, how.assurance)
    if best is not None:
        rows[best]["cheapest"] = "yes"
