"""Weighted means of sites and waves, and differences in differences of arms, with replicates."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cesp_analysis.survey.replicated import Sums
from cesp_analysis.survey.weighed import Weighed

Waves = dict[str, tuple[str, ...]]
"""Outcome → the waves at which it is asked."""


@dataclass(frozen=True)
class Quantity:
    """row: what it is of; of (r + 1,): the estimate, then its replicates; influence (n,) of each
    respondent on it; inside (n,): on whom it rests; places: the numbers of the sites and waves that
    it is of; fewest: answers of a mean, of a difference those of the smallest mean."""

    row: dict[str, Any]
    of: np.ndarray
    influence: np.ndarray
    inside: np.ndarray
    places: tuple[int, ...]
    fewest: int

    def less(self, other: "Quantity") -> "Quantity":
        """The difference of two."""
        return Quantity(
            self.row,
            self.of - other.of,
            self.influence - other.influence,
            self.inside | other.inside,
            (*self.places, *other.places),
            min(self.fewest, other.fewest),
        )


@dataclass(frozen=True)
class Answers:
    """The answers of weighted respondents: values (n, k), 0 where there is none; there (n, k);
    sums: of the columns of both, site and wave by site and wave, in each replicate."""

    done: Weighed
    final: np.ndarray
    values: np.ndarray
    there: np.ndarray
    sums: Sequence[Sums]

    def mean(self, at: int, places: Sequence[int], row: dict[str, Any]) -> Quantity:
        """The weighted mean of one outcome in some sites and waves, by their numbers."""
        k, n = self.values.shape[1], len(self.final)
        inside = np.zeros(n, dtype=bool)
        for place in places:
            inside[self.done.groups[place].rows] = True
        inside &= self.there[:, at]
        top = sum(self.sums[place].sums[:, at] for place in places)
        bottom = sum(self.sums[place].sums[:, k + at] for place in places)
        with np.errstate(invalid="ignore", divide="ignore"):
            of = np.divide(top, bottom)
        weight = np.where(inside, self.final, 0.0)
        influence = np.zeros(n)
        if inside.any():
            influence = weight * (self.values[:, at] - of[0]) / weight.sum()
        return Quantity(row, of, influence, inside, tuple(places), int(inside.sum()))


def values_of(done: Weighed, outcomes: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Of each respondent and wave (n, k): the value, 0 where there is none; whether there is."""
    rows, table = done.rows(), done.table
    values = np.full((len(done.people), len(outcomes)), np.nan)
    for at, name in enumerate(outcomes):
        own = (table["outcome"] == name).to_numpy() & (rows >= 0)
        values[rows[own], at] = table["value"].to_numpy(dtype=float)[own]
    return np.nan_to_num(values), ~np.isnan(values)


def quantities(answers: Answers, outcomes: Waves) -> Iterator[Quantity]:
    """Each outcome's mean of each site and wave, then its differences in differences."""
    groups, people = answers.done.groups, answers.done.people
    arms = [str(people["arm"].iloc[group.rows[0]]) for group in groups]
    for at, (outcome, waves) in enumerate(outcomes.items()):
        for place, group in enumerate(groups):
            site, wave = group.place
            if wave in waves:
                row = {"outcome": outcome, "quantity": "mean", "site": site, "wave": wave}
                yield answers.mean(at, [place], row)
        for wave in waves[1:]:
            places = [
                [p for p, group in enumerate(groups) if (arms[p], group.place[1]) == (arm, when)]
                for arm in ("intervention", "control")
                for when in (wave, waves[0])
            ]
            if all(places):
                row = {"outcome": outcome, "quantity": "difference in differences", "wave": wave}
                treated, before, control, past = (answers.mean(at, own, row) for own in places)
                yield treated.less(before).less(control.less(past))
