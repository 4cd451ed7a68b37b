"""Totals of which a part may be known: what is imputed is the part that is not.

Whoever lacks one service of six is not somebody of whom nothing is known, and a total that is drawn
whole can lie below what is known. So each part is imputed by itself, by people who know that part,
given all columns and what the rest of the total is; and of whom no part is known, the total with
its parts is that of a donor, whose own may be in part imputed.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Bools, Codes, Floats

SHARED = 5
"""People who lack the same parts from which on one donor gives them all of these. Parts that are
drawn one after another, each given the others that are drawn too, hang on one another alone:
matching pulls each towards the mean of who is known, and round for round further (simulated:
docs/validation.md)."""
DONORS = 20
"""People who give all of them from which on this is done: fewer give too little."""


@dataclass(frozen=True)
class Parts:
    """The S parts of a total of n people: it is the sum of known + lacks · each, over them.

    names (S,): of what each is a part (a service); known (n, S): what is known; lacks (n, S): how
    often a part is lacking (a service once, a contact as often as nobody knows how long it took);
    each (n, S): what a person gives of a part once, NaN where that is not known; whole (n,): of
    whom nothing is known. Who lacks a part and gives it too (of five contacts one is not known)
    gives it to himself: his mean is right whoever leaves blanks, and as it is his own, the spread
    of people's sums holds all that it varies by.
    """

    names: tuple[str, ...]
    known: Floats
    lacks: Floats
    each: Floats
    whole: Bools

    @property
    def partly(self) -> Bools:
        """Of whom (n,) a part is lacking and another is known."""
        return np.asarray((self.lacks > 0).any(axis=1) & ~self.whole)

    @property
    def own(self) -> Bools:
        """Of whom (n,) a part is lacking, and what they give to themselves of all that is."""
        given = np.isfinite(self.each) | (self.lacks == 0)
        return np.asarray(self.partly & given.all(axis=1))

    @property
    def least(self) -> Floats:
        """The sum (n,) of what is known."""
        return np.asarray(self.known.sum(axis=1))

    @property
    def not_drawn(self) -> Floats:
        """What of the total (n,) is the person's own: what is known, and what he gives himself."""
        given = np.where(np.isfinite(self.each), self.lacks * self.each, 0.0)
        return np.asarray((self.known + np.nan_to_num(given)).sum(axis=1))

    @property
    def usual(self) -> Floats:
        """All parts (n, S); of those that are lacking a person's own, else the mean of all who give
        them."""
        there = np.isfinite(self.each)
        sums = np.where(there, self.each, 0.0).sum(axis=0)
        means = sums / np.maximum(there.sum(axis=0), 1)
        return np.asarray(self.known + self.lacks * np.where(there, self.each, means))

    def same(self, names: Collection[str]) -> Codes:
        """The parts of some services; none of what is not in the total."""
        return np.flatnonzero([one in names for one in self.names])

    def beside(self, places: Sequence[int]) -> Codes:
        """The parts of other services than those of some parts."""
        own = {self.names[at] for at in places}
        return np.flatnonzero([name not in own for name in self.names])

    def knows(self, places: Codes) -> Bools:
        """Who (n,) knows all of some parts."""
        return np.asarray((self.lacks[:, places] == 0).all(axis=1) & ~self.whole)

    def without(self, people: Bools) -> "Parts":
        """The same, of some people (n,) of whom nothing counts as known, nor is given."""
        one = people[:, None]
        return Parts(
            self.names,
            np.where(one, 0.0, self.known),
            np.where(one, 0.0, self.lacks),
            np.where(one, np.nan, self.each),
            self.whole | people,
        )

    def of(self, rows: Codes) -> "Parts":
        """Those of some people, in this order."""
        return Parts(
            self.names, self.known[rows], self.lacks[rows], self.each[rows], self.whole[rows]
        )

    def filled(self, total: Floats) -> Floats:
        """A total (n,) with gaps as NaN; of whom a part is known it is the usual one, by which
        columns are looked at and chains begin."""
        return np.where(np.isnan(total) & self.partly, self.usual.sum(axis=1), total)


@dataclass(frozen=True)
class Service:
    """What a service costs, as a predictor of a part: of a total (its column) the parts at `places`
    as log(1 + cost / usual), less centre, over scale. usual: the median of those above 0."""

    column: str
    places: Codes
    usual: float
    centre: float
    scale: float

    def of(self, parts: Floats) -> Floats:
        """Of all parts (..., n, S) of the total: (..., n)."""
        return self.of_cost(parts[..., self.places].sum(axis=-1))

    def of_cost(self, cost: Floats) -> Floats:
        """Of what the service costs."""
        return np.asarray((np.log1p(cost / self.usual) - self.centre) / self.scale)


def service_in(column: str, parts: Parts, names: Collection[str]) -> Service | None:
    """Services of a total together, standardised over who knows them; None: they hardly vary."""
    places = parts.same(names)
    known = parts.known[parts.knows(places)][:, places].sum(axis=1)
    if not (known > 0).any():
        return None
    usual = float(np.median(known[known > 0]))
    logs = np.log1p(known / usual)
    if not logs.std() > 0:
        return None
    return Service(column, places, usual, float(logs.mean()), float(logs.std()))


@dataclass(frozen=True)
class Lacking:
    """People who lack parts and do not give them: their rows (gaps, none if all give it), rows of
    those who give them (known), and what these give together (raw). Where chains have other people
    each, as in Target. parts: which, several of one donor; none: of whom nothing is known, to whom
    all others give. predictors: those of the total's that so many can bear; None: all. services:
    what else foretells it."""

    parts: tuple[int, ...]
    gaps: Codes
    known: Codes
    raw: Floats
    predictors: Codes | None = None
    services: tuple[Service, ...] = ()
    filled: Floats | None = None
    given: Floats | None = None


def lacking_of(parts: Parts, total: Floats, barred: Bools) -> Iterator[Lacking]:
    """Who lacks what of a total (n,) with gaps as NaN; nothing where all of it is lacking whole.
    barred (n,): people who are not in the model."""
    gaps = np.isnan(total)
    some = gaps & parts.partly
    if not some.any():
        return
    gives = np.isfinite(parts.each)
    lacks = some[:, None] & (parts.lacks > 0) & ~gives
    gives &= ~barred[:, None]
    for places, people in _together(lacks, gives):
        known = np.flatnonzero(gives[:, places].all(axis=1))
        yield Lacking(tuple(places.tolist()), people, known, parts.each[known][:, places].sum(1))
        lacks[np.ix_(people, places)] = False
    for part in np.flatnonzero((parts.lacks[some] > 0).any(axis=0)).tolist():
        known = np.flatnonzero(gives[:, part])
        yield Lacking((part,), np.flatnonzero(lacks[:, part]), known, parts.each[known, part])
    if (whole := gaps & ~parts.partly).any():
        known = np.flatnonzero(~whole & ~barred)
        yield Lacking((), np.flatnonzero(whole), known, np.zeros(len(known)))


def _together(lacks: Bools, gives: Bools) -> Iterator[tuple[Codes, Codes]]:
    """Parts that several people lack together (a page that was skipped), and these people: who
    lacks more than one such set, by the largest. lacks, gives (n, S): who lacks and who gives what.
    """
    several = np.flatnonzero(lacks.sum(axis=1) > 1)
    sets, counts = np.unique(lacks[several], axis=0, return_counts=True)
    shared = [
        one
        for one, count in zip(sets, counts.tolist(), strict=True)
        if count >= SHARED and gives[:, one].all(axis=1).sum() >= DONORS
    ]
    left = several
    for one in sorted(shared, key=lambda one: -int(one.sum())):  # as they stand where equally large
        own = lacks[left][:, one].all(axis=1)
        if own.any():
            yield np.flatnonzero(one), left[own]
        left = left[~own]


def as_flags(one: Lacking, people: int) -> tuple[Bools, Bools, Floats]:
    """Of so many people: whether one lacks, whether one gives, and what (NaN: nothing)."""
    lacking, gives = np.zeros(people, dtype=bool), np.zeros(people, dtype=bool)
    lacking[one.gaps], gives[one.known] = True, True
    raw = np.full(people, np.nan)
    raw[one.known] = one.raw
    return lacking, gives, raw
