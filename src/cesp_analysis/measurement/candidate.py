"""A candidate outcome with its values, its items' answers and what is known of both."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from cesp_analysis.declared.outcomes import Outcome
from cesp_analysis.instruments.types import Instrument, Item, Score
from cesp_analysis.measurement.asked import MeasureSpec
from cesp_analysis.panel.groups import by_group
from cesp_analysis.panel.item_answers import Answers


@dataclass(frozen=True)
class Candidate:
    """One outcome and its rows of the panel: who was expected at each time, with group.

    answers (rows, k): to the score's items as given, NaN where there is none; returned (rows,):
    whether a questionnaire came back. lowest, highest: possible values, None where not known.
    """

    name: str
    outcome: Outcome
    rows: pd.DataFrame
    groups: tuple[str, ...]
    moments: tuple[str, ...]
    lowest: float | None
    highest: float | None
    instrument: Instrument | None = None
    score: Score | None = None
    answers: np.ndarray | None = None
    returned: np.ndarray | None = None

    @cached_property
    def values(self) -> np.ndarray:
        """Of each row, NaN where missing."""
        return self.rows["value"].to_numpy(dtype=float)

    @cached_property
    def group(self) -> np.ndarray:
        """Of each row."""
        return self.rows["group"].astype("str").to_numpy()

    @cached_property
    def time(self) -> np.ndarray:
        """Of each row."""
        return self.rows["time"].astype("str").to_numpy()

    @cached_property
    def items(self) -> list[Item]:
        """The score's items in the score's order."""
        if self.score is None or self.instrument is None:
            return []
        known = {item.code: item for item in self.instrument.items}
        return [known[code] for code in self.score.items]

    @cached_property
    def known_moments(self) -> list[str]:
        """The times at which anybody has a value, in order."""
        there = set(self.time[np.isfinite(self.values)])
        return [moment for moment in self.moments if moment in there]

    @property
    def first(self) -> str | None:
        """The first time with values."""
        return self.known_moments[0] if self.known_moments else None

    @property
    def last(self) -> str | None:
        """The last time with values."""
        return self.known_moments[-1] if self.known_moments else None

    @cached_property
    def entering(self) -> np.ndarray | None:
        """The answers (rows, k) as they enter the score; None: no items."""
        if self.answers is None or self.score is None:
            return None
        return entering(self.answers, self.items, self.score)


def candidates_of(
    panel: pd.DataFrame, answers: Answers, known: Mapping[str, Instrument], how: MeasureSpec
) -> list[Candidate]:
    """Every candidate, in config's order."""
    whole = by_group(panel)
    whole = whole[whole["group"].notna()]
    found = []
    for name, outcome in how.outcomes.items():
        rows = whole[(whole["outcome"] == name) & (whole["level"] == outcome.level)]
        found.append(_candidate(name, outcome, rows.reset_index(drop=True), answers, known, how))
    return found


def _candidate(
    name: str,
    outcome: Outcome,
    rows: pd.DataFrame,
    answers: Answers,
    known: Mapping[str, Instrument],
    how: MeasureSpec,
) -> Candidate:
    moments = how.moments(outcome.level)
    order = rows["group"].cat.categories
    there = set(rows["group"].astype("str"))
    groups = tuple(str(group) for group in order if str(group) in there)
    low, high = how.ranges.get(name, (None, None))
    code, _, part = (outcome.score or "").rpartition(".")
    instrument = known.get(code)
    score = (
        next((one for one in instrument.scores if one.code == part), None) if instrument else None
    )
    if instrument is None or score is None:  # no items, or values of a table
        return Candidate(name, outcome, rows, groups, moments, low, high)
    given, returned = _aligned(rows, answers.get((outcome.level, code)), code, score)
    return Candidate(
        name, outcome, rows, groups, moments, *score.range, instrument, score, given, returned
    )


def _aligned(
    rows: pd.DataFrame, table: pd.DataFrame | None, instrument: str, score: Score
) -> tuple[np.ndarray | None, np.ndarray | None]:
    """The answers to a score's items by rows of the panel, and where there are any records."""
    if table is None:
        return None, None
    keys = ["unit", "time"]
    wanted = rows[keys].astype("str").merge(
        table.assign(**{key: table[key].astype("str") for key in keys}),
        on=keys, how="left", indicator=True, validate="m:1",
    )  # fmt: skip
    columns = [f"{instrument}.{item}" for item in score.items]
    return (
        wanted[columns].to_numpy(dtype=float),
        (wanted["_merge"] == "both").to_numpy(),
    )


def entering(answers: np.ndarray, items: list[Item], score: Score) -> np.ndarray:
    """Answers (n, k) as they enter the score: turned round where the instrument says so, counted
    where it counts; nothing else is turned round. NaN stays."""
    made = np.array(answers, dtype=float)
    for column, item in enumerate(items):
        given = made[:, column]
        if score.method == "count_in":
            counts = np.isin(given, score.counted[item.code]).astype(float)
            made[:, column] = np.where(np.isnan(given), np.nan, counts)
        elif item.reverse:
            made[:, column] = item.low + item.high - given
    return made
