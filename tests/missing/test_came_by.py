"""One rule for 'an event came before this answer was due', whoever asks."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.declared.design import Moment
from cesp_analysis.declared.handling import HandledEvent, Handling
from cesp_analysis.describe.missing_asked import MissingSpec
from cesp_analysis.describe.missing_patterns import places_of
from cesp_analysis.missing.after_events import after_events, dates_of
from cesp_analysis.missing.lost_groups import first_events
from cesp_analysis.panel.came_by import came_by, due_of

TIMES = tuple(
    Moment(name=name, label=name, position=at)
    for name, at in (("0", 0.0), ("6m", 6.0), ("12m", 12.0))
)
WINDOWS = {"6m": (5.0, 8.0), "12m": (11.0, 15.0)}
DUE = np.array([due_of(moment, WINDOWS) for moment in TIMES])
YES, NO = True, False


def by_patterns(elapsed: float, seen: list[bool]) -> list[bool]:
    rows = [
        ("p", "north", moment.name, 1.0 if there else np.nan)
        for moment, there in zip(TIMES, seen, strict=True)
    ]
    table = pd.DataFrame(rows, columns=["unit", "group", "time", "value"])
    table = table.assign(level="person", outcome="y").astype(
        dict.fromkeys(("unit", "group", "time", "level", "outcome"), "category")
    )
    events = pd.DataFrame({"event": ["dead"], "unit": ["p"], "elapsed": [elapsed]})
    how = MissingSpec.model_validate(
        {
            "times": [moment.model_dump() for moment in TIMES],
            "windows": WINDOWS,
            "ends": {"dead": "death"},
            "outcomes": {"y": {"label": "Y", "level": "person"}},
            "ci_level": 0.95,
        }
    )
    return [word == "died" for word in places_of(table, events, how)[0].words[0]]


def by_handling(elapsed: float, seen: list[bool]) -> list[bool]:
    visits = pd.DataFrame(columns=["unit", "time", "date", "status"])
    event = {"event": ["dead"], "unit": ["p"], "elapsed": [elapsed], "date": [None]}
    times = tuple((m.name, m.position, due_of(m, WINDOWS)) for m in TIMES)
    dates = dates_of(pd.Index(["p"]), times, visits, pd.DataFrame(event), ("dead",))
    how = HandledEvent(kind="death", label="Dead", strategy="while_on_treatment")
    handling = Handling(name="h", events={"dead": how})
    return list(after_events(handling, dates, np.array([seen]), True).gone[0])


def by_scenarios(elapsed: float, seen: list[bool]) -> list[bool]:
    observed = np.where(seen, 1.0, np.nan)[None, :]
    answers: Any = SimpleNamespace(people=["p"], observed=observed, gaps=np.isnan(observed))
    event = {"event": ["dead"], "unit": ["p"], "elapsed": [elapsed], "reason": [None]}
    names = first_events(answers, pd.DataFrame(event), DUE)[0][0]
    return [name == "dead" and not there for name, there in zip(names, seen, strict=True)]


@pytest.mark.parametrize(
    ("elapsed", "seen", "expected"),
    [
        (6.2, [YES, NO, NO], [NO, YES, YES]),  # in the window of the answer that is not there
        (8.0, [YES, NO, NO], [NO, YES, YES]),  # its last day
        (8.1, [YES, NO, NO], [NO, NO, YES]),
        (6.2, [YES, YES, NO], [NO, NO, YES]),  # answered at 6.0, died at 6.2
        (np.nan, [YES, YES, NO], [NO, NO, YES]),  # not known when: after the last answer
        (np.nan, [YES, NO, YES], [NO, NO, NO]),
        (np.nan, [NO, NO, NO], [YES, YES, YES]),
    ],
)
def test_all_have_one_rule(elapsed: float, seen: list[bool], expected: list[bool]) -> None:
    assert by_patterns(elapsed, seen) == expected
    assert by_handling(elapsed, seen) == expected
    assert by_scenarios(elapsed, seen) == expected
    came = came_by(np.array([elapsed]), DUE, np.array([seen]))[0]
    assert list(came & ~np.array(seen)) == expected


def test_what_did_not_happen_came_by_no_time() -> None:
    assert not came_by(np.array([np.inf]), DUE, np.zeros((1, 3), dtype=bool)).any()
    assert came_by(np.array([1.0, np.nan]), DUE, np.zeros((2, 3), dtype=bool)).tolist() == [
        [NO, YES, YES], [YES, YES, YES],
    ]  # fmt: skip
