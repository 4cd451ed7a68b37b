"""The cheapest trial that reaches power and assurance, of a grid of locations, people, designs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.planning.assurance import Answer, assured
from cesp_analysis.planning.front import front
from cesp_analysis.planning.known import Floats
from cesp_analysis.planning.trial_costs import TrialCosts, Visits, cost_of
from cesp_analysis.planning.uncertain import Uncertain


@dataclass(frozen=True)
class Design:
    """A layout with its analysis, as what answers it and what it costs to measure. multiple:
    locations come in multiples of it, so that each sequence has whole ones."""

    name: str
    answer: Answer
    visits: Visits
    multiple: int = 1


@dataclass(frozen=True)
class Candidates:
    """Trials (n,): design (position in names), locations, people a location and period, cost;
    power at the medians, assurance with its Monte Carlo error, interval of power; unanswered:
    draws without an answer."""

    names: tuple[str, ...]
    design: NDArray[np.int64]
    locations: Floats
    people: Floats
    cost: Floats
    power: Floats
    assurance: Floats
    error: Floats
    low: Floats
    high: Floats
    unanswered: NDArray[np.int64]

    def said(self, at: int) -> str:
        """One of them in words."""
        name = self.names[int(self.design[at])]
        return f"{name}, {self.locations[at]:,.0f} locations of {self.people[at]:,.0f} people"


@dataclass(frozen=True)
class Cheapest:
    """at: row of the candidates; None where none reaches both, and reason says how far they go."""

    at: int | None
    reason: str | None = None


def candidates(
    designs: Sequence[Design],
    locations: Sequence[int],
    people: Sequence[int],
    costs: TrialCosts,
    known: Uncertain,
    effect: float | Floats,
    alpha: float = 0.05,
) -> Candidates:
    """Every design with every number of locations that it can have, and of people."""
    parts = []
    for number, design in enumerate(designs):
        able = [k for k in locations if k % design.multiple == 0]
        grid = np.array([(k, m) for k in able for m in people], dtype=float).reshape(-1, 2)
        if not len(grid):
            continue
        k, m = grid.T
        cost = cost_of(costs, design.visits, k, m)
        made = assured(design.answer, {"locations": k, "people": m}, known, effect, alpha)
        parts.append((np.full(len(k), number), k, m, cost, made.power, made.value, made.error,
                      made.low, made.high, made.unanswered))  # fmt: skip
    if not parts:
        raise ValueError("no design can have any of these numbers of locations")
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return Candidates(tuple(design.name for design in designs), *columns)


def cheapest(found: Candidates, power: float, assurance: float) -> Cheapest:
    """Of those that reach both targets the one that costs least; of equal ones that of the highest
    assurance, then of the fewest locations.

    Targets are compared with the estimates; their Monte Carlo error is in the candidates.
    """
    able = np.flatnonzero((found.power >= power) & (found.assurance >= assurance))
    if not len(able):
        return Cheapest(None, _how_far(found, power, assurance))
    keys = (found.locations[able], -found.assurance[able], found.cost[able])
    return Cheapest(int(able[np.lexsort(keys)[0]]))


def _how_far(found: Candidates, power: float, assurance: float) -> str:
    """Why no candidate reaches both targets."""
    if np.isnan(found.assurance).all():
        return "no trial that was looked at has an answer at every draw"
    said = []
    for name, values, target in (
        ("power", found.power, power),
        ("assurance", found.assurance, assurance),
    ):
        at = int(np.nanargmax(values))
        if values[at] < target:
            said.append(f"the highest {name} is {values[at]:.3f} ({found.said(at)})")
    if not said:
        return f"no trial has power of {power:g} and assurance of {assurance:g} at once"
    return f"no trial reaches power of {power:g} and assurance of {assurance:g}: {'; '.join(said)}"


def on_front(found: Candidates) -> NDArray[np.int64]:
    """Rows of the candidates that none beats in cost and assurance at once, cheapest first."""
    return front(found.cost, found.assurance)
