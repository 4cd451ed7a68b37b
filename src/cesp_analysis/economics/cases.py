"""The scenarios that an evaluation is asked for: perspectives, value sets, departures, prices."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from cesp_analysis.arrays import Floats
from cesp_analysis.economics.asked import EvaluateSpec, PeopleSpec
from cesp_analysis.economics.delivered import NOBODY_MET
from cesp_analysis.economics.evaluation import Multiplied, OfPeople, Valued
from cesp_analysis.economics.frame import COST, OWN_COST, QALYS, UTILITY, Frame, frame_of
from cesp_analysis.economics.imputing import Departing
from cesp_analysis.economics.sources import answers_of, scaled
from cesp_analysis.economics.taken import (
    columns_in,
    own_counts,
    sectors_in,
    taken_of,
)
from cesp_analysis.economics.words import DEPARTURE, PERSPECTIVE, VALUE_SET
from cesp_analysis.missing.people import People
from cesp_analysis.panel.sources import Sources

BASE = "base"
AS_GIVEN = "as given"
"""The perspective of costs that come as they are."""


@dataclass(frozen=True)
class Case:
    """A scenario: its name, whose costs, which value set as tables call it; valued_by: the score or
    variable of utilities, by which random numbers go; departing: of imputed values; filled: the
    frame whose completed tables are used; given: the one whose completed tables these columns are
    drawn beside, and leave as they are; shared: those of these columns that are a part of its
    costs, and are imputed by the same donors; by: service → the multiple that it costs."""

    scenario: str
    perspective: str
    value_set: str
    valued_by: str
    frame: Frame
    departing: Departing | None = None
    filled: Frame | None = None
    given: Frame | None = None
    shared: tuple[str, ...] = ()
    by: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Cases:
    """The base case, and what is varied: other perspectives and value sets, departures."""

    base: Case
    varied: tuple[Case, ...]
    said: tuple[str, ...]
    """What must be known of everything that is estimated of costs."""
    again: Callable[[str, Mapping[str, float], float], Case]
    """A name, multiples of services' costs, a rate of discount → the base case with them."""


@dataclass(frozen=True)
class Given:
    """What is told and known of people: how, in which sources, what their services cost (Costs),
    their events and visits."""

    how: PeopleSpec
    people: People
    known: Sources
    priced: pd.DataFrame | None
    dated: tuple[pd.DataFrame, pd.DataFrame]

    @property
    def main(self) -> str:
        """The main perspective."""
        return next(iter(self.how.economics.perspectives), AS_GIVEN)

    @property
    def whose(self) -> tuple[str, ...]:
        """Its sectors."""
        return self.how.economics.perspectives.get(self.main, ())

    def sectors(self) -> dict[str, Sequence[str]]:
        """Of its column of costs."""
        return {} if self.priced is None else {COST: sectors_in(self.priced, self.whose)}

    def frame(
        self,
        utility: Valued,
        table: pd.DataFrame | None,
        rate: float | None = None,
        more: Mapping[str, Sequence[str]] | None = None,
        taken: bool | None = None,
    ) -> Frame:
        """Their table by these utilities and costs; rate: of discount, where it is another; more:
        columns of costs beside the base case's; taken: whether link workers' time is counted."""
        own, asked = self.how.economics, self.how
        if rate is not None:
            changed = own.model_copy(update={"discount": rate})
            asked = self.how.model_copy(update={"economics": changed})
        answers = _answered(own, utility, self.known, self.people)
        costs = None
        if table is not None:
            counts = own_counts(self.whose) if taken is None else taken
            costs = columns_in(table, {**self.sectors(), **(more or {})}, counts, self.people)
            answers |= costs.columns
        made = frame_of(replace(self.people, answers=answers), asked, *self.dated, costs)
        return replace(made, utility_range=utility.range)

    def base(self) -> Case:
        """The base case."""
        own = self.how.economics.utility
        return Case(BASE, self.main, own.label, own.name, self.frame(own, self.priced))


def cases_of(
    how: EvaluateSpec,
    people: People,
    known: Sources,
    priced: pd.DataFrame | None,
    dated: tuple[pd.DataFrame, pd.DataFrame],
) -> Cases:
    """All of them, each with its table of people; other perspectives' costs are columns more beside
    the base case's, so that nothing but whose costs count is another, and the base case is the same
    whichever others are declared. Costs that both count are those of the same donors: no part is
    dearer than its whole. What the intervention took is known, and no column."""
    own, given = how.economics, Given(how, people, known, priced, dated)
    frame, base, main = given.frame, given.base(), given.main

    def of_perspective(name: str) -> Case:
        assert priced is not None
        sectors = sectors_in(priced, own.perspectives[name])
        counted, shared, more = parts_of(sectors, given.sectors()[COST])
        taken, both = own_counts(own.perspectives[name]), own_counts(given.whose)
        case = replace(base, scenario=f"{PERSPECTIVE}{name}", perspective=name)
        if counted == [COST] and taken == both:
            return case
        whole = frame(own.utility, priced, more=more, taken=taken or both)
        return _counting(replace(case, shared=shared), whole, counted, taken)

    varied = [of_perspective(name) for name in [*own.perspectives][1:]]
    varied += [
        Case(f"{VALUE_SET}{name}", main, one.label, one.name, frame(one, priced))
        for name, one in own.value_sets.items()
    ]
    varied += [
        replace(base, scenario=f"{DEPARTURE}{name}", departing=departing_of(one))
        for name, one in own.departures.items()
    ]

    def again(scenario: str, by: Mapping[str, float], rate: float) -> Case:
        made = frame(own.utility, None if priced is None else scaled(priced, by), rate)
        return replace(base, scenario=scenario, frame=made, filled=base.frame, by=by)

    none = priced is not None and taken_of(priced, people).none
    return Cases(base, tuple(varied), (NOBODY_MET,) if none else (), again)


def _answered(own: OfPeople, utility: Valued, known: Sources, people: People) -> dict[str, Floats]:
    """Auxiliaries, utilities, and QALYs and costs that the study has itself, (n, t) each."""
    found = dict(people.answers)
    found[UTILITY] = answers_of(utility, known, people)
    for name, one in ((QALYS, own.qalys), (COST, own.costs)):
        if one is not None:
            found[name] = answers_of(one, known, people)
    return found


def _counting(base: Case, whole: Frame, counted: Sequence[str], taken: bool) -> Case:
    """The case whose costs are those parts of a table that holds the base case's, and, if that
    counts, what the intervention took; columns that are not the base case's are drawn beside it."""
    frame = whole.counting([*counted, *([OWN_COST] if taken else [])], [COST])
    if not taken:
        frame = replace(frame, took=np.zeros_like(frame.took))
    if {*whole.equations.about} == {*base.frame.equations.about}:
        return replace(base, frame=frame, filled=base.frame)
    return replace(base, frame=frame, given=base.frame)


def parts_of(
    own: Sequence[str], main: Sequence[str]
) -> tuple[list[str], tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Which columns of costs count for a perspective of these sectors; which of these are a part of
    the main one's costs; and those that the table of the main one lacks, with their sectors: that
    part, if it is not all of the main one's, and what is counted besides."""
    within = tuple(one for one in dict.fromkeys(own) if one in main)
    beyond = tuple(one for one in dict.fromkeys(own) if one not in main)
    columns = {f"{COST} {'+'.join(part)}": part for part in (within, beyond) if part}
    if within and {*main} <= {*own}:
        columns.pop(f"{COST} {'+'.join(within)}")
        return [COST, *columns], (), columns
    shared = (f"{COST} {'+'.join(within)}",) if within else ()
    return list(columns), shared, columns


def departing_of(one: Multiplied) -> Departing:
    """Multipliers of both arms, 1 where none is declared."""
    return Departing(
        utility=(one.utility.get("control", 1.0), one.utility.get("intervention", 1.0)),
        cost=(one.cost.get("control", 1.0), one.cost.get("intervention", 1.0)),
    )
