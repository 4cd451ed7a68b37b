"""What each strategy makes of answers after an event, by dates."""

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.declared.handling import HandledEvent, Handling
from cesp_analysis.missing.after_events import After, after_events, dates_of

PEOPLE = pd.Index(["a", "b", "c", "d", "e"])
TIMES = (("t0", 0.0, 0.0), ("t1", 3.0, 3.0), ("t2", 6.0, 6.0))
YES, NO = True, False
ANSWERED = np.array(
    [
        [YES, YES, YES],  # a: the event on the day between t1 and t2
        [YES, NO, NO],  # b: the event at 4 months
        [YES, YES, NO],  # c: the event on a day, but no start, so that no elapsed time is known
        [YES, NO, NO],  # d: the event undated
        [YES, YES, YES],  # e: no event
    ]
)


def dates(kind: str = "withdrawal") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Visits and Events."""
    visits = pd.DataFrame(
        [
            ("a", "t0", "2024-01-01"),
            ("a", "t1", "2024-04-01"),
            ("a", "t2", "2024-07-01"),
            ("b", "t0", "2024-01-01"),
            ("c", "t0", "2024-01-01"),
            ("c", "t1", "2024-04-01"),
            ("e", "t0", "2024-01-01"),
        ],
        columns=["unit", "time", "date"],
    ).assign(status="kept")
    events = pd.DataFrame(
        [
            ("x", "a", "2024-06-01", 5.0),
            ("x", "b", "2024-05-01", 4.0),
            ("x", "c", "2024-02-01", np.nan),
            ("x", "d", None, np.nan),
        ],
        columns=["event", "unit", "date", "elapsed"],
    ).assign(kind=kind)
    return visits, events


def after(
    strategy: str, kind: str = "withdrawal", value: float | None = None, analysed: bool = True
) -> After:
    event = HandledEvent.model_validate(
        {"kind": kind, "label": "X", "strategy": strategy, "value": value}
    )
    visits, events = dates(kind)
    found = dates_of(PEOPLE, TIMES, visits, events, ("x",))
    return after_events(Handling(name="h", events={"x": event}), found, ANSWERED, analysed)


LATE = np.array(
    [
        [NO, NO, YES],  # answered, and its record is dated later
        [NO, NO, YES],  # t1 was due before it, t2 after it
        [NO, YES, YES],  # t1's record is dated later; of t2 only the order is known
        [NO, YES, YES],  # nothing dates it: what follows the last answer
        [NO, NO, NO],
    ]
)


def test_answers_after_an_event() -> None:
    assert (after("while_on_treatment").gone == LATE).all()
    assert (after("hypothetical").again == LATE).all()
    assert not after("hypothetical").gone.any()


def test_under_treatment_policy_nothing_changes() -> None:
    found = after("treatment_policy")
    assert not found.any.any()
    assert np.isnan(found.value).all()


def test_a_composite_value_stands_after_the_event_and_nowhere_else() -> None:
    found = after("composite", value=7.0)
    assert (found.value[LATE] == 7).all() and np.isnan(found.value[~LATE]).all()
    assert (found.gone == LATE).all()


def test_of_an_outcome_that_is_not_analysed_a_composite_death_ends_follow_up() -> None:
    found = after("composite", "death", 7.0, analysed=False)
    assert (found.gone[:, 2] == [YES, YES, YES, YES, NO]).all()
    assert np.isnan(found.value).all()
    assert not after("composite", "withdrawal", 7.0, analysed=False).any.any()


def test_what_the_dead_answered_is_after_their_death_only_where_its_day_says_so() -> None:
    """Of c the day of t1's record is known; without it the answer would be from before."""
    found = after("while_on_treatment", "death")
    assert found.gone[2, 1]
    visits, events = dates("death")
    undated = visits[visits["unit"] != "c"]
    known = dates_of(PEOPLE, TIMES, undated, events, ("x",))
    event = HandledEvent(kind="death", label="X", strategy="while_on_treatment")
    again = after_events(Handling(name="h", events={"x": event}), known, ANSWERED, True)
    assert not again.gone[2, 1] and again.gone[2, 2]


@pytest.mark.parametrize("first", ["x", "y"])
def test_of_two_events_that_end_follow_up_the_first_counts(first: str) -> None:
    other = "y" if first == "x" else "x"
    days = {first: ("2024-02-01", 1.0), other: ("2024-05-01", 4.0)}
    events = pd.DataFrame(
        [(name, "b", *days[name], "death") for name in ("x", "y")],
        columns=["event", "unit", "date", "elapsed", "kind"],
    )
    found = dates_of(PEOPLE, TIMES, dates()[0], events, ("x", "y"))
    named = {
        name: HandledEvent(kind="death", label=name, strategy="composite", value=at)
        for name, at in (("x", 1.0), ("y", 2.0))
    }
    after = after_events(Handling(name="h", events=named), found, ANSWERED, True)
    assert (after.value[1, 1:] == {"x": 1.0, "y": 2.0}[first]).all()


def test_a_death_after_what_is_thought_away_is_still_a_death() -> None:
    """Hypothetical withdrawal, then death: imputed until the death, nothing after it."""
    events = pd.DataFrame(
        [("x", "b", "2024-02-01", 1.0, "withdrawal"), ("y", "b", "2024-05-01", 4.0, "death")],
        columns=["event", "unit", "date", "elapsed", "kind"],
    )
    found = dates_of(PEOPLE, TIMES, dates()[0], events, ("x", "y"))
    named = {
        "x": HandledEvent(kind="withdrawal", label="x", strategy="hypothetical"),
        "y": HandledEvent(kind="death", label="y", strategy="while_on_treatment"),
    }
    after = after_events(Handling(name="h", events=named), found, ANSWERED, True)
    assert after.again[1].tolist() == [False, True, False]
    assert after.gone[1].tolist() == [False, False, True]
