"""Coder agreement on each theme, of each two coders and of all: the table of the report."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from cesp_analysis.interviews.agreement import (
    USUAL,
    Agreement,
    Draws,
    cohen,
    krippendorff,
    percent,
    several,
)
from cesp_analysis.interviews.coder_units import Coded, Seen, applied, coded
from cesp_analysis.interviews.counted import By, words


@dataclass(frozen=True)
class Given:
    """Of some excerpts those that at least one coder gave a name, and that all did who saw them."""

    marked: int
    by_all: int


@dataclass(frozen=True)
class NameAgreement:
    """Whether coders gave the same excerpts one name. coders: two, or all of them where there are
    more; kappa: Cohen's of two, Fleiss' of more; alpha: nominal. Each has its excerpts in `units`;
    given: which of those have the name, of percent and alpha; given_in_kappa: of kappa."""

    name: str
    coders: tuple[str, ...]
    given: Given
    given_in_kappa: Given
    percent: Agreement
    kappa: Agreement
    alpha: Agreement


@dataclass(frozen=True)
class CoderAgreement:
    """rows: of each name those of all coders who can be compared, then of each two. once: excerpts
    that one coder saw; nameless: codings without a coder; neither is in the rows. reason: why there
    are none."""

    by: By
    coders: tuple[str, ...]
    rows: tuple[NameAgreement, ...]
    once: int
    nameless: int
    reason: str | None = None


def coder_agreement(
    table: pd.DataFrame,
    by: By = "theme",
    how: Draws = USUAL,
    seen: Seen = "interviews",
) -> CoderAgreement:
    """Of the long table (Excerpts); seen: what a coder with a coding of it has seen.

    Intervals are of interviews drawn whole. Those of single excerpts hold the truth in two studies
    of three, not in .95, where some interviews are hard to code (simulated).
    """
    own = coded(table, seen=seen)
    if reason := _reason(own, seen):
        return CoderAgreement(by, own.coders, (), own.once, own.nameless, reason)
    names = sorted(set(words(table, by).iloc[own.row[:, 0]]) - {""})
    groups = np.unique(own.interviews, return_inverse=True)[1]
    rows = [
        _row(name, own.coders, applied(table, own, by, name), part, groups, how)
        for name in names
        for part in _parts(own.seen)
    ]
    return CoderAgreement(by, own.coders, tuple(rows), own.once, own.nameless)


def _reason(own: Coded, seen: Seen) -> str | None:
    if not own.coders:
        return "the codings do not name their coders"
    if len(own.coders) == 1:
        return f"{own.coders[0]} coded alone: agreement needs two"
    return None if own.excerpts else f"no {seen[:-1]} was coded by two of the coders"


def _parts(seen: np.ndarray) -> Iterator[list[int]]:
    """All coders who saw an excerpt that another saw, then each two of more who saw one in common:
    of two without there is nothing to say. seen (n, c)."""
    coders = np.flatnonzero(seen.any(axis=0)).tolist()
    yield coders
    if len(coders) > 2:
        yield from ([i, j] for i, j in combinations(coders, 2) if (seen[:, i] & seen[:, j]).any())


def _row(
    name: str,
    coders: tuple[str, ...],
    ratings: np.ndarray,
    part: list[int],
    groups: np.ndarray,
    how: Draws,
) -> NameAgreement:
    """Of some of the coders."""
    own = ratings[:, part]
    own = np.where((~np.isnan(own)).sum(axis=1, keepdims=True) > 1, own, np.nan)
    by_all = own[~np.isnan(own).any(axis=1)]
    two = len(part) == 2
    return NameAgreement(
        name,
        tuple(coders[i] for i in part),
        _given(own),
        _given(by_all),
        percent(own, 2, groups, how),
        cohen(own, 2, groups, how) if two else several(own, 2, groups, how),
        krippendorff(own, 2, groups, how),
    )


def _given(ratings: np.ndarray) -> Given:
    """Of ratings (n, c): 1, 0 or, where a coder saw nothing, NaN."""
    marked = np.nansum(ratings, axis=1)
    every = (marked > 0) & (marked == (~np.isnan(ratings)).sum(axis=1))
    return Given(int((marked > 0).sum()), int(every.sum()))
