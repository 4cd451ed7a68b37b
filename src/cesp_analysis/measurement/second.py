"""The retest of a candidate: second answers of people who did not change in between."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.columns import Row
from cesp_analysis.instruments.score import score_items
from cesp_analysis.instruments.types import Instrument
from cesp_analysis.measurement.asked import MeasureSpec
from cesp_analysis.measurement.candidate import Candidate
from cesp_analysis.measurement.quantity import Quantity
from cesp_analysis.measurement.retest import NONE_SEEN, retest
from cesp_analysis.panel.item_answers import Answers


@dataclass(frozen=True)
class Second:
    """First and second answers of n stable people, and how they were chosen.

    days (n,): between them, NaN where a date is not known; said: what must be said of it.
    """

    first: np.ndarray
    second: np.ndarray
    days: np.ndarray
    said: tuple[str, ...]

    @property
    def change(self) -> np.ndarray:
        """Second less first."""
        return np.asarray(self.second - self.first)


def second_of(
    own: Candidate,
    records: pd.DataFrame | None,
    answers: Answers,
    known: Mapping[str, Instrument],
    how: MeasureSpec,
) -> Second | str:
    """The pairs of a candidate, or why there are none."""
    asked = how.retest
    if asked is None or records is None:
        return "the study has no retest"
    if own.outcome.level != "person":
        return "the retest is of people who are followed"
    time = asked.first or how.times[0]
    since = _days(records, _dates(own, answers, time))
    early = since < 0
    records = records.assign(since=since)[~early]
    once = records.sort_values(["unit", "date", "line"], kind="stable").drop_duplicates("unit")
    values = _values(own, once, known, how)
    if values is None:
        return "the retest did not ask it"
    then = own.rows[own.time == time]
    before = pd.Series(then["value"].to_numpy(float), index=then["unit"].astype("str"))
    first = before.reindex(once["unit"].astype("str")).to_numpy(float)
    stable = np.ones(len(once), dtype=bool)
    if asked.anchor:
        stable = once[asked.anchor].astype("str").isin(asked.stable).to_numpy()
    both = np.isfinite(first) & np.isfinite(values)
    chosen = both & stable
    days = once["since"].to_numpy(float)[chosen]
    said = _said(len(records) - len(once), both, stable, bool(asked.anchor))
    said += _undated(int(early.sum()), int(np.isnan(days).sum()))
    if (own.outcome.level, _instrument(own)) not in answers:
        days = np.full(len(days), np.nan)  # of other questionnaires: enough to see what is early
    return Second(first[chosen], values[chosen], days, tuple(said))


def _undated(early: int, undated: int) -> list[str]:
    """What is said of records that come before the first answer, or may do."""
    said = []
    if early:
        word = "retest" if early == 1 else "retests"
        said.append(f"{early} {word} dated before the first answer left out")
    if undated:
        word = "pair" if undated == 1 else "pairs"
        said.append(f"of {undated} {word} a date is not known: taken as second all the same")
    return said


def _dates(own: Candidate, answers: Answers, time: str) -> "pd.Series[Any]":
    """Unit → date of the first answer: of its instrument, of a variable the first of any."""
    key = (own.outcome.level, _instrument(own))
    tables = (
        [answers[key]]
        if key in answers
        else [table for (level, _), table in answers.items() if level == own.outcome.level]
    )
    parts = [table.loc[table["time"].astype("str") == time, ["unit", "date"]] for table in tables]
    if not parts:
        return pd.Series([], dtype="datetime64[ns]")
    then = pd.concat([part.astype("object") for part in parts])
    dates = pd.to_datetime(then["date"].where(then["date"].notna(), None), format="%Y-%m-%d")
    return dates.groupby(then["unit"].astype("str")).min()


def _instrument(own: Candidate) -> str:
    return (own.outcome.score or "").rpartition(".")[0]


def _values(
    own: Candidate, once: pd.DataFrame, known: Mapping[str, Instrument], how: MeasureSpec
) -> np.ndarray | None:
    """The second values (records,); None: the file does not hold them."""
    assert how.retest is not None
    if variable := how.retest.variables.get(own.name):
        return once[variable].to_numpy(dtype=float)
    name = _instrument(own)
    if name not in how.retest_instruments or own.score is None:
        return None
    columns = [f"{name}.{item.code}" for item in known[name].items]
    scored = score_items(once[columns].to_numpy(dtype=float), known[name])
    return np.asarray(scored[own.score.code].value)


def _days(records: pd.DataFrame, first: "pd.Series[Any]") -> np.ndarray:
    """Between the first answer and the second (records,), NaN where a date is not known."""
    later = pd.to_datetime(records["date"], format="%Y-%m-%d").to_numpy()
    earlier = first.reindex(records["unit"].astype("str")).to_numpy(dtype="datetime64[ns]")
    return np.asarray((later - earlier) / np.timedelta64(1, "D"), dtype=float)


def _said(again: int, both: np.ndarray, stable: np.ndarray, anchored: bool) -> list[str]:
    said = []
    if not anchored:
        said.append("no anchor says who was stable: everybody counts, so error may hold change")
    elif left := int((both & ~stable).sum()):
        said.append(f"{left} who said that they had changed, or did not say, are left out")
    if again:
        said.append(f"of people with several retests the first counts ({again} further records)")
    return said


def retested(second: Second | str, group: int, ci_level: float) -> Row:
    """The columns of Measurability from retest_n to retest; group: people of mdc95_group."""
    if isinstance(second, str):
        return {"retest": second}
    found = retest(np.column_stack([second.first, second.second]), ci_level)
    icc, limits = found.icc.agreement, found.limits
    people = group or found.n
    days = second.days[np.isfinite(second.days)]
    of_limits = limits.low.reason if limits else None
    reasons = dict.fromkeys(
        [icc.reason, found.sem_agreement.reason, found.mdc_person.reason, of_limits, *second.said]
    )
    if found.mdc_person.reason == NONE_SEEN:
        reasons.pop(found.sem_agreement.reason, None)
    return {
        "retest_n": found.n,
        "retest_days": float(np.median(days)) if len(days) else None,
        **_three("retest_icc", icc),
        **_three("sem", found.sem_agreement),
        **_three("mdc95_person", found.mdc_person),
        **_three("mdc95_group", found.mdc_of(people) if people else None),
        "group_n": people or None,
        **_three("loa_mean", limits.bias if limits else None),
        **_three("loa_low", limits.low if limits else None),
        **_three("loa_high", limits.high if limits else None),
        "retest_method": "; ".join(filter(None, [icc.method, found.sem_agreement.method])) or None,
        "retest": "; ".join(reason for reason in reasons if reason) or None,
    }


def _three(name: str, quantity: Quantity | None) -> Row:
    """A value and its limits, under the names of their columns."""
    own = quantity or Quantity()
    return {name: own.value, f"{name}_low": own.low, f"{name}_high": own.high}
