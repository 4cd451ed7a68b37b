"""The ways in which an evaluation is asked for: perspectives, value sets, departures, prices."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cesp_analysis.declared.economics import Departure, Quantity
from cesp_analysis.economics.asked import EvaluateSpec
from cesp_analysis.economics.frame import COST, QALYS, UTILITY, Frame, frame_of
from cesp_analysis.economics.imputing import Departing
from cesp_analysis.economics.sources import answers_of, costs_of, scaled
from cesp_analysis.missing.people import People
from cesp_analysis.models.cluster_sums import Floats
from cesp_analysis.panel.sources import Sources

BASE = "base"
AS_GIVEN = "as given"
"""The perspective of costs that come as they are."""


@dataclass(frozen=True)
class Case:
    """One way: its scenario's name, whose costs, which value set; departing: of imputed values;
    filled: the frame whose completed tables are used, to which `shift` (n, p) is added."""

    scenario: str
    perspective: str
    value_set: str
    frame: Frame
    departing: Departing | None = None
    filled: Frame | None = None
    shift: Floats | None = None


@dataclass(frozen=True)
class Cases:
    """The base case, and what is varied: other perspectives and value sets, departures."""

    base: Case
    varied: tuple[Case, ...]
    again: Callable[[str, Mapping[str, float], float], Case]
    """A name, multiples of services' costs, a rate of discount → the base case with them."""


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

    def again(scenario: str, by: Mapping[str, float], rate: float) -> Case:
        table = None if priced is None else scaled(priced, by)
        made = frame(perspectives[0], own.utility, table, rate)
        case = replace(base, scenario=scenario, frame=made, filled=main)
        if priced is None:
            return case
        sectors = own.perspectives[perspectives[0]].sectors
        return replace(case, shift=_shift(main, priced, by, sectors, people))

    return Cases(base, tuple(varied), again)


def _shift(
    frame: Frame,
    priced: pd.DataFrame,
    by: Mapping[str, float],
    sectors: tuple[str, ...],
    people: People,
) -> Floats:
    """What costs (n, p) rise by where services cost a multiple; of whom they are not known, by the
    mean of the same arm and time. So nothing but the parameter moves an estimate, no new draw."""
    found = np.zeros(frame.table.shape)
    part = priced[priced["service"].isin(list(by))]
    part = part.assign(cost=part["cost"] * part["service"].astype("object").map(by) - part["cost"])
    if not part["sector"].isin(sectors).any():
        return found
    rise = costs_of(part, sectors, people)
    for arm in (False, True):
        own = frame.treated == arm
        means = np.nanmean(np.where(np.isnan(rise[own]).all(axis=0), 0.0, rise[own]), axis=0)
        rise[own] = np.where(np.isnan(rise[own]), means, rise[own])
    names = [one.name for one in frame.equations.columns]
    for k, time in enumerate(people.times):
        found[:, names.index(f"{COST}@{time}")] = rise[:, k]
    return found


def departing_of(one: Departure) -> Departing:
    """Multipliers of both arms, 1 where none is declared."""
    return Departing(
        utility=(one.utility.get("control", 1.0), one.utility.get("intervention", 1.0)),
        cost=(one.cost.get("control", 1.0), one.cost.get("intervention", 1.0)),
    )
