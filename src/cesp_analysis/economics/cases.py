"""The ways in which an evaluation is asked for: perspectives, value sets, departures, prices."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from cesp_analysis.declared.economics import Departure, Quantity
from cesp_analysis.economics.asked import EvaluateSpec
from cesp_analysis.economics.frame import COST, QALYS, UTILITY, Frame, frame_of
from cesp_analysis.economics.imputing import Departing
from cesp_analysis.economics.sources import answers_of, costs_of, scaled
from cesp_analysis.missing.people import People
from cesp_analysis.panel.sources import Sources

BASE = "base"
AS_GIVEN = "as given"
"""The perspective of costs that come as they are."""


@dataclass(frozen=True)
class Case:
    """One way: its scenario's name, whose costs, which value set; departing: of imputed values."""

    scenario: str
    perspective: str
    value_set: str
    frame: Frame
    departing: Departing | None = None


@dataclass(frozen=True)
class Cases:
    """The base case, and what is varied: other perspectives and value sets, departures."""

    base: Case
    varied: tuple[Case, ...]
    again: Callable[[Mapping[str, float], float], Frame]
    """Multiples of services' costs, and a rate of discount → the base case's frame with them."""


def cases_of(
    how: EvaluateSpec,
    people: People,
    known: Sources,
    priced: pd.DataFrame | None,
    dated: tuple[pd.DataFrame, pd.DataFrame],
) -> Cases:
    """All of them, each with its table of people."""
    own = how.economics
    perspectives = list(own.perspectives) or [AS_GIVEN]
    events, visits = dated

    def frame(
        perspective: str, utility: Quantity, table: pd.DataFrame | None, rate: float | None = None
    ) -> Frame:
        asked = how
        if rate is not None:
            changed = own.model_copy(update={"discount": rate})
            asked = how.model_copy(update={"economics": changed})
        answers = dict(people.answers)
        answers[UTILITY] = answers_of(utility, known, people)
        if own.qalys is not None:
            answers[QALYS] = answers_of(own.qalys, known, people)
        if table is not None:
            sectors = own.perspectives[perspective].sectors
            answers[COST] = costs_of(table, sectors, people)
        else:
            assert own.costs is not None
            answers[COST] = answers_of(own.costs, known, people)
        return frame_of(
            replace(people, answers=answers), asked, events, visits, dict.fromkeys(how.names, 1.0)
        )

    main = frame(perspectives[0], own.utility, priced)
    base = Case(BASE, perspectives[0], own.utility.label, main)
    varied = [
        Case(f"perspective {name}", name, own.utility.label, frame(name, own.utility, priced))
        for name in perspectives[1:]
    ]
    varied += [
        Case(f"value set {name}", perspectives[0], one.label, frame(perspectives[0], one, priced))
        for name, one in own.value_sets.items()
    ]
    varied += [
        Case(f"departure {name}", perspectives[0], own.utility.label, main, departing_of(one))
        for name, one in own.departures.items()
    ]

    def again(by: Mapping[str, float], rate: float) -> Frame:
        table = None if priced is None else scaled(priced, by)
        return frame(perspectives[0], own.utility, table, rate)

    return Cases(base, tuple(varied), again)


def departing_of(one: Departure) -> Departing:
    """Multipliers of both arms, 1 where none is declared."""
    return Departing(
        utility=(one.utility.get("control", 1.0), one.utility.get("intervention", 1.0)),
        cost=(one.cost.get("control", 1.0), one.cost.get("intervention", 1.0)),
    )
