"""When people gave an outcome's answer and when not, the dead and withdrawn told apart."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cesp_analysis.columns import Row
from cesp_analysis.declared.design import Moment
from cesp_analysis.describe.answering import ANSWERED, DIED, NO_ANSWER, WITHDREW
from cesp_analysis.describe.missing_asked import MissingSpec
from cesp_analysis.panel.came_by import came_by

KINDS = {"withdrawal": WITHDREW, "death": DIED}
"""Kinds of events that end somebody's follow-up; the later here says more."""
Words = NDArray[np.object_]


@dataclass(frozen=True)
class Places:
    """Where people are in an outcome at its times: words (people, times), see MissingPatterns.

    units: ids (people,); group: (people,); groups: in order.
    """

    outcome: str
    units: "pd.Index[Any]"
    group: Words
    groups: tuple[str, ...]
    times: tuple[Moment, ...]
    words: Words


def places_of(table: pd.DataFrame, events: pd.DataFrame, how: MissingSpec) -> list[Places]:
    """Of each outcome of people. Who answers anything at a time or later had not left by then."""
    people = table[(table["level"] == "person") & table["group"].notna()]
    units = people.drop_duplicates("unit").set_index("unit")["group"]
    if units.empty:
        return []
    groups = tuple(str(name) for name in units.cat.categories if (units == name).any())
    left = _left(people, units.index, events, how)
    found = []
    for name in how.of_people():
        own = people[people["outcome"] == name]
        times = tuple(m for m in how.times if (own["time"] == m.name).any())
        if times:
            known = np.column_stack([_answered(own, units.index, m) for m in times])
            words = np.where(known, ANSWERED, np.column_stack([left[m.name] for m in times]))
            group = units.astype("str").to_numpy(dtype=object)
            found.append(Places(name, units.index, group, groups, times, words))
    return found


def _answered(rows: pd.DataFrame, units: "pd.Index[Any]", moment: Moment) -> NDArray[np.bool_]:
    answers = rows[(rows["time"] == moment.name) & rows["value"].notna()]
    return np.asarray(units.isin(set(answers["unit"])))


def _left(
    people: pd.DataFrame, units: "pd.Index[Any]", events: pd.DataFrame, how: MissingSpec
) -> dict[str, Words]:
    """Time → what an answer that is not there is called, (people,)."""
    seen = np.column_stack([_answered(people, units, moment) for moment in how.times])
    due = np.array([how.due(moment) for moment in how.times])
    words = np.full(seen.shape, NO_ANSWER, dtype=object)
    for kind, word in KINDS.items():
        named = [name for name, of_kind in how.ends.items() if of_kind == kind]
        own = events[events["event"].isin(named)]
        at = units.astype("str").get_indexer(pd.Index(own["unit"].astype("str")))
        came = came_by(own["elapsed"].to_numpy(dtype=float)[at >= 0], due, seen[at[at >= 0]])
        gone = np.zeros(seen.shape, dtype=bool)
        np.logical_or.at(gone, at[at >= 0], came)  # one person may have several
        words[gone] = word
    again = np.logical_or.accumulate(seen[:, ::-1], axis=1)[:, ::-1]
    words[again] = NO_ANSWER
    return {moment.name: words[:, at] for at, moment in enumerate(how.times)}


def pattern_rows(places: list[Places]) -> Iterator[Row]:
    """Rows of MissingPatterns; of a group the most frequent first."""
    for own in places:
        times = ", ".join(moment.name for moment in own.times)
        where: Any = pd.Series(own.group).groupby(own.group, observed=True).indices
        for group in own.groups:
            here = own.words[where.get(group, [])]
            tally = Counter(map(tuple, here.tolist()))
            for pattern, n in sorted(tally.items(), key=lambda one: (-one[1], one[0])):
                known = [word == ANSWERED for word in pattern]
                yield {
                    "outcome": own.outcome,
                    "group": group,
                    "times": times,
                    "pattern": ", ".join(pattern),
                    "n": n,
                    "of": len(here),
                    "share": n / len(here),
                    "answered": sum(known),
                    "monotone": "yes" if known == sorted(known, reverse=True) else "no",
                }
