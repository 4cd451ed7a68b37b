"""Records of many sites site by site, so that no estimate goes through those of all others."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pandas as pd

from cesp_analysis.models.survey_design import Sample
from cesp_analysis.models.survey_part import part_of
from cesp_analysis.survey.answers import Answers
from cesp_analysis.survey.mean_cells import Cell, Drawn, cells_of

MANY = 12
"""Sites beyond which each is taken by itself. Of fewer all records stay together: it costs little,
and numbers keep their last digits."""


@dataclass(frozen=True)
class Part:
    """Records that are described together: their places (m,) among all, or None: all there are;
    as they were drawn; what is described of them."""

    at: np.ndarray | None
    drawn: Drawn
    cells: list[Cell]

    def of(self, answers: Answers) -> Answers:
        """Their answers."""
        return answers if self.at is None else replace(answers, columns=answers.columns[self.at])

    def own(self, values: np.ndarray) -> np.ndarray:
        """Their values, of one for each of all records."""
        return values if self.at is None else values[self.at]


def apart(drawn: Drawn) -> list[Part]:
    """The records site by site, where there are many and no stratum reaches beyond one."""
    cells = list(cells_of(drawn))
    groups = drawn.how.groups()
    codes = drawn.records["group"].astype("category").cat
    named = codes.categories.get_indexer(pd.Index(groups))
    own = codes.codes.to_numpy(dtype=np.intp)
    if len(groups) <= MANY or not all(_within(way, own) for way in drawn.ways):
        return [Part(None, drawn, cells)]
    order = np.argsort(own, kind="stable")
    ends = np.cumsum(np.bincount(own + 1, minlength=len(codes.categories) + 1))
    places = [order[low:high] for low, high in pairwise(ends)]
    found = []
    for group, code in zip(groups, named, strict=True):
        at = places[code] if code >= 0 else order[:0]
        if len(at):
            found.append(Part(at, _part(drawn, at), _cells(cells, group, at)))
    return found


def _within(way: Sample | str, groups: np.ndarray) -> bool:
    """Whether each stratum, and each site and wave with margins, is of one group."""
    if isinstance(way, str):
        return True
    within = [way.strata] if way.margin_group is None else [way.strata, way.margin_group]
    for codes in within:
        first = np.zeros(int(codes.max()) + 1, dtype=groups.dtype)
        first[codes] = groups
        if (first[codes] != groups).any():
            return False
    return True


def _part(drawn: Drawn, at: np.ndarray) -> Drawn:
    ways = tuple(way if isinstance(way, str) else part_of(way, at) for way in drawn.ways)
    return replace(drawn, records=drawn.records.iloc[at], ways=ways)


def _cells(cells: Sequence[Cell], group: str, at: np.ndarray) -> list[Cell]:
    return [replace(cell, inside=cell.inside[at]) for cell in cells if cell.site == group]
