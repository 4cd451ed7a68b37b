"""The answers that are described: each question's columns, and the respondents they are of."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from cesp_analysis.arrays import Floats
from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.outcomes import OutcomeType
from cesp_analysis.declared.surveys import SeveralAnswers, SurveyDesign
from cesp_analysis.models.hidden import fewer
from cesp_analysis.panel.places import place_of

AT_LEAST = "at least "


class Measure(Frozen):
    """What is known of an outcome: its type, if it is declared, label and unit; times: the waves
    that ask it, None: all; shared: respondents share its value, which leaves it no interval."""

    label: str
    unit: str
    type: OutcomeType | None = None
    times: tuple[str, ...] | None = None
    shared: bool = False


class MeansSpec(Frozen):
    """Outcomes and covariates of respondents, how they were drawn, sites and waves."""

    outcomes: dict[str, Measure]
    covariates: tuple[str, ...] = ()
    design: SurveyDesign = SurveyDesign()
    sites: tuple[str, ...] = ()
    waves: tuple[str, ...]
    ci_level: float
    categories: dict[str, dict[str, str]] = {}
    several_answers: dict[str, SeveralAnswers] = {}
    minimum: int = 10

    def question(self, outcome: str) -> str:
        """The question with several answers that an outcome is a box of; blank: none."""
        found = (n for n, entry in self.several_answers.items() if outcome in entry.outcomes)
        return next(found, "")

    def asked(self, outcome: str, wave: str) -> bool:
        """Whether a wave asks an outcome."""
        times = self.outcomes[outcome].times
        return times is None or wave in times

    def shares(self, outcome: str) -> bool:
        """Whether respondents share an outcome's value, so that it has no interval."""
        return outcome in self.outcomes and self.outcomes[outcome].shared

    def at_least(self) -> int:
        """Answers below which their number stands alone: one shows no spread."""
        return max(self.minimum, 2)

    def too_few(self, answers: int) -> str:
        """Why a number of so few answers is not shown; '' where it is."""
        least = self.at_least()
        return fewer(least, "answers") if 0 < answers < least else ""

    def groups(self) -> tuple[str, ...]:
        """The sites, or the arms where there are none."""
        return self.sites or ("intervention", "control")


def inside_of(records: pd.DataFrame, group: str, wave: str) -> np.ndarray:
    """Which records (n,) are of a site (column `group`) and wave; both are categories."""
    inside = np.ones(len(records), dtype=bool)
    for name, word in (("group", group), ("time", wave)):
        code = records[name].cat.categories.get_indexer(pd.Index([word]))[0]
        inside &= records[name].cat.codes.to_numpy() == code
        if code < 0:
            return np.zeros(len(records), dtype=bool)
    return inside


@dataclass(frozen=True)
class Answers:
    """One outcome of the n records: columns (n, k), NaN without an answer; its categories and
    labels (k of each); measure: what the mean of a column is."""

    outcome: str
    columns: Floats
    categories: tuple[str, ...]
    labels: tuple[str, ...]
    measure: Literal["mean", "proportion"]
    unit: str


def answers_of(panel: pd.DataFrame, records: pd.DataFrame, how: MeansSpec) -> Iterator[Answers]:
    """Every outcome of respondents, at the places of `records` (one row a respondent and wave)."""
    place = place_of(records)
    order = np.argsort(place)
    theirs = panel["level"] == "respondent"
    for name, measure in how.outcomes.items():
        own = panel[theirs & (panel["outcome"] == name)]
        wanted = place_of(own)
        at = np.minimum(np.searchsorted(place, wanted, sorter=order), len(order) - 1)
        found = place[order[at]] == wanted if len(order) else np.zeros(len(own), dtype=bool)
        values = np.full(len(records), np.nan)
        values[order[at[found]]] = own["value"].to_numpy()[found]
        yield _answers(name, values, measure, how)


def _answers(name: str, values: Floats, measure: Measure, how: MeansSpec) -> Answers:
    known = values[~np.isnan(values)]
    if measure.type == "ordinal":
        return _ordinal(name, values, measure, how.categories.get(name, {}))
    told = measure.type == "binary" or (measure.type is None and bool(known.size))
    if told and bool(np.isin(known, (0.0, 1.0)).all()):
        unit = "proportion"
        return Answers(name, values[:, None], ("",), (measure.label,), "proportion", unit)
    return Answers(name, values[:, None], ("",), (measure.label,), "mean", measure.unit)


def _ordinal(name: str, values: Floats, measure: Measure, labels: dict[str, str]) -> Answers:
    """A column for each category, and for each but the lowest: at least that."""
    found = {float(code) for code in labels} | set(values[~np.isnan(values)].tolist())
    codes = sorted(found)
    columns = [values == code for code in codes] + [values >= code for code in codes[1:]]
    made = np.column_stack(columns).astype(float) if codes else np.empty((len(values), 0))
    made[np.isnan(values)] = np.nan
    words = [f"{code:g}" for code in codes]
    said = [labels.get(word, word) for word in words]
    categories = (*words, *(AT_LEAST + word for word in words[1:]))
    called = (*said, *(f"{word} to {said[-1]}" for word in said[1:]))
    return Answers(
        name,
        made,
        categories,
        tuple(f"{measure.label}: {word}" for word in called),
        "proportion",
        "proportion",
    )
