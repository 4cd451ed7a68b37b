"""The ways in which an evaluation is asked for: perspectives, value sets, departures, prices."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cesp_analysis.economics.asked import EvaluateSpec
from cesp_analysis.economics.evaluation import Multiplied, Valued
from cesp_analysis.economics.frame import COST, QALYS, UTILITY, Frame, frame_of
from cesp_analysis.economics.imputing import Departing
from cesp_analysis.economics.sources import answers_of, costs_of, scaled
from cesp_analysis.economics.words import DEPARTURE, PERSPECTIVE, VALUE_SET
from cesp_analysis.missing.people import People
from cesp_analysis.models.cluster_sums import Floats
from cesp_analysis.panel.sources import Sources

BASE = "base"
AS_GIVEN = "as given"
"""The perspective of costs that come as they are."""


@dataclass(frozen=True)
class Case:
    """One way: its scenario's name, whose costs, which value set as tables call it; valued_by: the
    score or variable of utilities, by which random numbers go; departing: of imputed values;
    filled: the frame whose completed tables are used, to which `shift` (n, p) is added; service:
    the one that costs another price."""

    scenario: str
    perspective: str
    value_set: str
    valued_by: str
    frame: Frame
    departing: Departing | None = None
    filled: Frame | None = None
    shift: Floats | None = None
    service: str = ""


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
    """All of them, each with its table of people; perspectives share the base case's, so that
    nothing but whose costs count is another."""
    own = how.economics
    perspectives = list(own.perspectives) or [AS_GIVEN]
    parts = parts_of(own.perspectives) if priced is not None else {}
    main = perspectives[0]

    def frame(utility: Valued, table: pd.DataFrame | None, rate: float | None = None) -> Frame:
        asked = how
        if rate is not None:
            changed = own.model_copy(update={"discount": rate})
            asked = how.model_copy(update={"economics": changed})
        answers = dict(people.answers)
        answers[UTILITY] = answers_of(utility, known, people)
        if own.qalys is not None:
            answers[QALYS] = answers_of(own.qalys, known, people)
        if table is not None:
            answers |= {name: costs_of(table, of, people) for name, of in parts.items()}
        else:
            assert own.costs is not None
            answers[COST] = answers_of(own.costs, known, people)
        whole = replace(people, answers=answers)
        return replace(frame_of(whole, asked, *dated), utility_range=utility.range)

    def counted(perspective: str) -> list[str]:
        return [name for name, of in parts.items() if {*of} <= {*own.perspectives[perspective]}]

    def counting(whole: Frame, perspective: str) -> Frame:
        return whole.counting(counted(perspective), counted(main)) if parts else whole

    whole = frame(own.utility, priced)
    utility = own.utility
    base = Case(BASE, main, utility.label, utility.name, counting(whole, main))
    varied = [
        replace(
            base, scenario=f"{PERSPECTIVE}{name}", perspective=name, frame=counting(whole, name),
            filled=base.frame,
        )
        for name in perspectives[1:]
    ]  # fmt: skip
    varied += [
        Case(f"{VALUE_SET}{name}", main, one.label, one.name, counting(frame(one, priced), main))
        for name, one in own.value_sets.items()
    ]
    varied += [
        replace(base, scenario=f"{DEPARTURE}{name}", departing=departing_of(one))
        for name, one in own.departures.items()
    ]

    def again(scenario: str, by: Mapping[str, float], rate: float) -> Case:
        table = None if priced is None else scaled(priced, by)
        made = counting(frame(own.utility, table, rate), main)
        service = next(iter(by), "")
        case = replace(base, scenario=scenario, frame=made, filled=base.frame, service=service)
        if priced is None:
            return case
        return replace(case, shift=_shift(base.frame, priced, by, parts, people))

    return Cases(base, tuple(varied), again)


def parts_of(perspectives: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """What costs are made of, each a column of people's table: the sectors that the same
    perspectives count, together. So every perspective's cost is a sum of some of them."""
    sectors = dict.fromkeys(sector for own in perspectives.values() for sector in own)
    found: dict[tuple[bool, ...], list[str]] = {}
    for sector in sectors:
        counted = tuple(sector in own for own in perspectives.values())
        found.setdefault(counted, []).append(sector)
    if len(found) == 1:
        return {COST: tuple(sectors)}
    return {f"{COST} {'+'.join(own)}": tuple(own) for own in found.values()}


def _shift(
    frame: Frame,
    priced: pd.DataFrame,
    by: Mapping[str, float],
    parts: Mapping[str, Sequence[str]],
    people: People,
) -> Floats:
    """What costs (n, p) rise by where services cost a multiple; of whom they are not known, by the
    mean of the same arm and time. So nothing but the parameter moves an estimate, no new draw."""
    found = np.zeros(frame.table.shape)
    changed = priced[priced["service"].isin(list(by))]
    factor = changed["service"].astype("object").map(by)
    changed = changed.assign(cost=changed["cost"] * factor - changed["cost"])
    names = [one.name for one in frame.equations.columns]
    for name, sectors in parts.items():
        if not changed["sector"].isin(sectors).any():
            continue
        rise = costs_of(changed, sectors, people)
        for arm in (False, True):
            own = frame.treated == arm
            means = np.nanmean(np.where(np.isnan(rise[own]).all(axis=0), 0.0, rise[own]), axis=0)
            rise[own] = np.where(np.isnan(rise[own]), means, rise[own])
        for k, time in enumerate(people.times):
            if (column := f"{name}@{time}") in names:
                found[:, names.index(column)] = rise[:, k]
    return found


def departing_of(one: Multiplied) -> Departing:
    """Multipliers of both arms, 1 where none is declared."""
    return Departing(
        utility=(one.utility.get("control", 1.0), one.utility.get("intervention", 1.0)),
        cost=(one.cost.get("control", 1.0), one.cost.get("intervention", 1.0)),
    )
