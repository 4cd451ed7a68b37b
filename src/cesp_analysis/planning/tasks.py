"""Which trials are simulated: a task for each design, size, analysis and truth, and its blocks.

Others asked before and after are analysed by a mixed model of all answers, as their formula has
them; by other analyses locations are adjusted for their mean before.

How many blocks a task has follows from its first block alone: parts that share the blocks need not
wait for one another, and whoever makes a block makes the same one. There are never more than a
share of a half needs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import ceil, isnan
from typing import cast

import pandas as pd

from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.planning import Analysis, Trials
from cesp_analysis.declared.trial_designs import TrialDesign
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.planning import trial_analyses
from cesp_analysis.planning.assumed import medians
from cesp_analysis.planning.individual_trials import IndividualTrial
from cesp_analysis.planning.level_individual import LevelIndividual
from cesp_analysis.planning.level_wedges import LevelWedge
from cesp_analysis.planning.levels import LEVELS
from cesp_analysis.planning.performance import Tally, error_of
from cesp_analysis.planning.plasmode import Plasmode, Pool
from cesp_analysis.planning.scenarios import Structure
from cesp_analysis.planning.task_formula import formula_of, is_covariate
from cesp_analysis.planning.task_trials import (
    of_layout,
    of_level,
    of_level_layout,
    of_level_people,
    of_people,
    of_study,
    of_two_arms,
)
from cesp_analysis.planning.trial_blocks import RULES, Planned, block, block_size
from cesp_analysis.planning.wedge_trials import Wedge

TRUTHS = ("difference", "none")
SURE = 2.576  # normal: how far towards a half, where errors are largest, the first block may err
DRAWN = {"binary": "share", "count": "count"}
"""Type of an outcome → what is drawn of it; of others normal answers."""
NOT_MOVED = "a location's effect cannot be added to people's shares or counts"
NOT_KNOWN = "planning.known.{name} is not known; write {{value, sd, source}}"
_FIELD = {"correlation": "iac", "icc_link_worker": "icc_link_worker"}
NOT_ITS = "it is of two arms compared at one time, not of this design"


class OfStudy(Frozen):
    """Which answers of the panel the people of a trial have."""

    outcome: str
    first: str
    last: str


class TrialsSpec(Frozen):
    """What the steps are told: see planning/specs.py."""

    designs: dict[str, TrialDesign]
    trials: Trials
    structure: Structure
    alpha: float
    difference: float
    type: str = "continuous"
    sign: int = 1
    seed: int
    people: OfStudy | None = None
    chosen: bool = True
    """Whether somebody wrote the analyses; of those by default, what is not a design's is left."""


@dataclass(frozen=True)
class Task:
    """Trials of one kind: their names, what is true, what is drawn (normal answers, shares, counts,
    the study's people), how (or why it can not be) and analysed, and what a formula says of
    power."""

    design: str
    locations: int
    people: int
    analysis: str
    truth: str
    drawn: str
    effect: float
    planned: Planned | None
    reason: str
    formula: float

    @property
    def name(self) -> str:
        """By which its random numbers are its own."""
        own = f"/{self.drawn}" if self.drawn == "study" else ""
        return f"{self.design}/{self.locations}/{self.people}/{self.truth}{own}"

    def block(self, number: int, seed: int, level: float) -> Tally:
        """Draw and analyse one block."""
        assert self.planned is not None
        return block(self.planned, self._analysis, seed, self.name, number, level)

    @property
    def block_size(self) -> int:
        """Trials of a block."""
        assert self.planned is not None
        return block_size(self.planned, self._analysis)

    @property
    def _analysis(self) -> Analysis:
        return cast(Analysis, self.analysis)

    def most_blocks(self, how: Trials) -> int:
        """How many blocks the Monte Carlo error may ask for at most, whatever is found."""
        trials = 0.25 / how.monte_carlo_error**2
        return max(1, min(ceil(trials / self.block_size), how.most // self.block_size))

    def blocks(self, first: Tally, how: Trials) -> int:
        """How many blocks the Monte Carlo error asks for, judged by the first of them."""
        fitted = first.n - first.failed
        error = error_of([first])
        share = (first.rejected + 2) / (fitted + 4)
        worst = min(max(share, min(0.5, share + SURE * error)), max(0.5, share - SURE * error))
        trials = worst * (1 - worst) / how.monte_carlo_error**2 * first.n / max(fitted, 1)
        return max(1, min(ceil(trials / self.block_size), self.most_blocks(how)))


def tasks(how: TrialsSpec, known: pd.DataFrame, pool: Pool | str | None = None) -> Iterator[Task]:
    """Every task; known: the draws, of which the medians are assumed; pool: the study's people, or
    why there are none; None: they are not drawn. Of tasks that cannot be for one reason the first
    alone is given."""
    told = set()
    own_law = DRAWN.get(how.type, "normal")
    for name, design in how.designs.items():
        own = medians(design, known, how.structure)
        for size, truth, drawn in product(
            design.simulated_sizes, TRUTHS, (own_law,) if pool is None else (own_law, "study")
        ):
            effect = how.difference if truth == "difference" else 0.0
            people = pool if drawn == "study" else None
            for analysis in how.trials.analyses:
                whole = analysis in RULES
                if not (its := _is_of(design, analysis)) and not how.chosen:
                    continue
                made, reason = _planned(how, design, own, size, effect, people, whole)
                why = reason or ("" if its else NOT_ITS) or _refused(made, analysis, 1 - how.alpha)
                if why and (name, drawn, analysis, why) in told:
                    continue
                told.add((name, drawn, analysis, why))
                made = None if why else made
                formula = formula_of(
                    design, how.structure, how.alpha, own, size, analysis, effect, made
                )
                yield Task(name, *size, analysis, truth, drawn, effect, made, why, formula)


def _is_of(design: TrialDesign, analysis: str) -> bool:
    """Whether a design has this analysis: others than mixed models are of two arms compared at one
    time. Those that are not are left out where nobody chose them."""
    return analysis in RULES or design.kind == "parallel_post" or is_covariate(design)


def _planned(
    how: TrialsSpec,
    design: TrialDesign,
    own: Mapping[str, float],
    size: tuple[int, int],
    effect: float,
    pool: Pool | str | None,
    whole: bool,
) -> tuple[Planned | None, str]:
    """The trial as it is drawn, or why it can not be; whole: its analysis is a mixed model."""
    if isinstance(pool, str):
        return None, pool
    if pool is not None and how.type in LEVELS:
        return None, NOT_MOVED
    if lacking := [name for name in design.people_need if isnan(own[_FIELD[name]])]:
        return None, NOT_KNOWN.format(name=lacking[0])
    try:
        one_time = design.kind == "parallel_post" or is_covariate(design, whole)
        if how.type in LEVELS and one_time:
            return of_level(how.type, design, own, size, how.sign * effect), ""
        if how.type in LEVELS and design.kind != "individual":
            frame = of_layout(how.structure, design, own, size, how.sign * effect)
            return of_level_layout(how.type, frame, own), ""
        if how.type in LEVELS:
            return of_level_people(how.type, design, own, size, how.sign * effect), ""
        if pool is not None:
            return of_study(pool, design, own, size, effect), ""
        if one_time:
            return of_two_arms(design, own, size, effect), ""
        if design.kind == "individual":
            return of_people(design, own, size, effect), ""
        return of_layout(how.structure, design, own, size, effect), ""
    except NotEstimable as error:
        return None, str(error)


def _refused(planned: Planned | None, analysis: str, level: float) -> str:
    """Why an analysis can not be made of a trial; blank if it can."""
    if planned is None or isinstance(
        planned, Wedge | LevelWedge | IndividualTrial | LevelIndividual
    ):
        return ""
    plain = planned.normal if isinstance(planned, Plasmode) else planned
    try:
        trial_analyses.must_be_answerable(plain, cast(Analysis, analysis), level)
    except NotEstimable as error:
        return str(error)
    return ""
