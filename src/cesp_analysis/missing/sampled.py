"""The targets of a plan in samples of its people: who lacks an answer, and which samples fail.

The plan (which predictors, in which order) is that of the table. A sample is left out of it all,
and counted, where the table itself would not be imputed so: fewer than FEWEST people (different
ones) answered a column, or no more than its linear model has coefficients. A predictor that does
not vary in a sample, or repeats others, stays: the ridge of linear.py and the prior of
categorical.py hold its slope, and what is predicted does not hang on it. A category that nobody in
a sample gave has no part in the sample's model; where one is left, it is what is imputed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from cesp_analysis.arrays import Bools, Codes
from cesp_analysis.missing.in_parts import Lacking, as_flags
from cesp_analysis.missing.plan import Plan
from cesp_analysis.missing.screening import FEWEST
from cesp_analysis.missing.target import Target

FEWEST_DF = 3
"""Least residual df of a linear model: with fewer, what is imputed has no variance."""
OF_CATEGORIES = ("logistic", "ordered", "nominal")
TOO_FEW = "fewer than {} different people answered {}"
FEW_GIVE = "fewer than {} different people know a part of {} that somebody lacks"
DEAD = ", not counting who died within its period"
TOO_MANY = "the model of {} has nearly as many coefficients as people answered it"


@dataclass(frozen=True)
class Samples:
    """Samples of one group's people (B, n), of the plan's rows; widths: column's place → the most
    people without and with an answer in any of them, to which all are filled up, so that what is
    imputed in one depends on no batch; of_parts: the same of each part of a total."""

    plan: Plan
    people: Codes
    widths: dict[int, tuple[int, int]]
    of_parts: dict[int, tuple[tuple[int, int], ...]]

    @classmethod
    def of(cls, plan: Plan, people: Codes) -> "Samples":
        """Samples, with the widths of all of them."""
        widths = {}
        for one in plan.targets:
            known = _flagged(one.known, people, len(plan.columns.z)).sum(axis=1)
            lost = _flagged(one.gaps, people, len(plan.columns.z)).sum(axis=1)
            widths[one.at] = int(lost.max(initial=0)), int(known.max(initial=0))
        of = {
            one.at: tuple(_widths(each, people, len(plan.columns.z)) for each in one.lacking_parts)
            for one in plan.targets
        }
        return cls(plan, people, widths, of)

    def failures(self) -> Iterator[tuple[Bools, str]]:
        """Which samples (B,) cannot be imputed, and why."""
        present = np.zeros((len(self.people), len(self.plan.columns.z)))
        np.put_along_axis(present, self.people, 1.0, axis=1)
        for one in self.plan.targets:
            if not one.drawn:
                continue
            known = np.zeros(present.shape[1])
            known[one.known] = 1.0
            different, all_of_them = present @ known, known[self.people].sum(axis=1)
            dead = DEAD if one.leaves_out else ""
            yield different < FEWEST, TOO_FEW.format(FEWEST, one.column.name) + dead
            if one.column.method not in OF_CATEGORIES and len(one.values) > 1:
                k = len(one.predictors)
                few = (different <= k) | (all_of_them - k < FEWEST_DF)
                yield few, TOO_MANY.format(one.column.name)
            for each in one.lacking_parts:
                if len(each.gaps):
                    gives = present @ as_flags(each, present.shape[1])[1].astype(float)
                    yield gives < FEWEST, FEW_GIVE.format(FEWEST, one.column.name) + dead

    def occurring(self) -> Bools:
        """Which categories, of all columns that have some, occur in each sample (B, categories)."""
        found = [np.ones((len(self.people), 0), dtype=bool)]
        for one in self.plan.targets:
            if one.column.method in OF_CATEGORIES:
                raw = self.plan.columns.raw[:, one.at - 1][self.people]
                found += [(raw == value).any(axis=1)[:, None] for value in one.values]
        return np.concatenate(found, axis=1)

    def targets(self, which: Codes, repeat: int) -> tuple[Target, ...]:
        """The targets in some samples, in which the same categories occur: `repeat` chains each."""
        people = np.repeat(self.people[which], repeat, axis=0)
        return tuple(self._target(one, people) for one in self.plan.targets)

    def _target(self, one: Target, people: Codes) -> Target:
        columns, n = self.plan.columns, people.shape[1]
        lost, seen = self.widths[one.at]
        gaps = filled_up(_flagged(one.gaps, people, len(columns.z)), lost)
        given = filled_up(_flagged(one.known, people, len(columns.z)), seen)
        raw = np.column_stack([columns.raw[:, one.at - 1][people], np.full(len(people), np.nan)])
        raw = np.take_along_axis(raw, given, axis=1)
        values = one.values
        if one.column.method in OF_CATEGORIES:
            values = np.unique(raw[given < n])
        # of all samples: what one has does not hang on its batch
        uneven = one.leaves_out or lost + seen > n
        lacking = zip(one.lacking_parts, self.of_parts[one.at], strict=True)
        made = replace(
            one,
            lacking_parts=tuple(_sampled(each, people, len(columns.z), w) for each, w in lacking),
            gaps=gaps,
            known=given,
            raw=np.where(given < n, raw, values[0]),
            values=values,
            filled=(gaps < n).astype(float) if uneven else None,
            given=(given < n).astype(float) if uneven else None,
        )
        return replace(made, apart=tuple(self._apart(one, made, people)))

    def _apart(self, one: Target, made: Target, people: Codes) -> Iterator[tuple[Codes, Target]]:
        """The people of a sample who are drawn with fewer predictors, as flags (b, gaps)."""
        for places, fewer in one.apart:
            is_one = np.zeros(len(self.plan.columns.z), dtype=bool)
            is_one[one.gaps[places]] = True
            flags = np.column_stack([is_one[people], np.zeros(len(people), dtype=bool)])
            here = np.take_along_axis(flags, made.gaps, axis=1)
            yield here, replace(made, predictors=fewer.predictors, part=fewer.part)


def _flagged(rows: Codes, people: Codes, size: int) -> Bools:
    """Who of samples (b, n) of a plan's people is at some of its rows."""
    flags = np.zeros(size, dtype=bool)
    flags[rows] = True
    return flags[people]


def _widths(one: Lacking, people: Codes, size: int) -> tuple[int, int]:
    """The most people of any sample who lack a part, and who give it."""
    lacking, gives, _ = as_flags(one, size)
    most = [int(flags[people].sum(axis=1).max(initial=0)) for flags in (lacking, gives)]
    return most[0], most[1]


def _sampled(one: Lacking, people: Codes, size: int, widths: tuple[int, int]) -> Lacking:
    """Who lacks a part in samples (b, n) of a plan's people, as many as `size`."""
    lacking, gives, raw = as_flags(one, size)
    n = people.shape[1]
    gaps, given = filled_up(lacking[people], widths[0]), filled_up(gives[people], widths[1])
    whole = np.column_stack([raw[people], np.zeros(len(people))])
    return replace(
        one,
        gaps=gaps,
        known=given,
        raw=np.take_along_axis(whole, given, axis=1),
        filled=(gaps < n).astype(float),
        given=(given < n).astype(float),
    )


def filled_up(flags: Bools, width: int) -> Codes:
    """Places (b, width) of what is flagged (b, n), in order, then n: the row after the last."""
    order = np.argsort(~flags, axis=1, kind="stable")[:, :width]
    return np.where(np.arange(width) < flags.sum(axis=1)[:, None], order, flags.shape[1])


def alike(occurring: Bools, live: Codes) -> Iterator[Codes]:
    """The samples that live, in sets of which each has the same categories, in order."""
    if len(live):
        of = np.unique(occurring[live], axis=0, return_inverse=True)[1].reshape(-1)
        for number in range(int(of.max()) + 1):
            yield live[of == number]
