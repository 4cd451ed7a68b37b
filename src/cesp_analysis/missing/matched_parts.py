"""Draws of totals known in part: part by part, then the totals of whom nothing is known."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.missing.chains import Chains
from cesp_analysis.missing.gathered import gathered
from cesp_analysis.missing.in_parts import Lacking
from cesp_analysis.missing.linear import by_groups, drawn_last
from cesp_analysis.missing.matching import matched
from cesp_analysis.missing.parts_now import PartsNow, all_parts
from cesp_analysis.missing.target import Target


class Predictors:
    """A total's predictors (b, p, n) of everybody, as they are while its parts are drawn."""

    def __init__(self, chains: Chains, one: Target) -> None:
        self._chains, self._places = chains, one.predictors
        self._made = dict[bytes, Floats]()

    def of(self, some: Codes | None) -> Floats:
        """Those that are among some; None: all."""
        places = self._places
        if some is not None:
            places = places[np.isin(places, some)]
        key = places.tobytes()
        if key not in self._made:
            own = np.take(self._chains.z, places, axis=2)
            self._made[key] = np.ascontiguousarray(own.transpose(0, 2, 1))
        return self._made[key]


def by_parts(chains: Chains, one: Target) -> Floats:
    """Totals (b, gaps) of people with gaps; chains keep the parts of them."""
    _drawn(chains, one, one)
    for places, fewer in one.apart:
        with only_of(chains, one, places):
            _drawn(chains, one, fewer)
    now = all_parts(chains, one.column.name)
    return np.asarray(now.at(_each(chains, one.gaps)).sum(axis=2))


def _each(chains: Chains, rows: Codes) -> Codes:
    """Rows (k,) or (b, k) as (b, k)."""
    return np.broadcast_to(rows, (len(chains.streams), rows.shape[-1]))


def _drawn(chains: Chains, one: Target, model: Target) -> None:
    """Each part of a total, by the predictors of a model."""
    now, told = all_parts(chains, one.column.name), Predictors(chains, model)
    parts = chains.plan.in_parts[one.column.name]
    for lacking in one.lacking_parts:
        if not lacking.gaps.shape[-1]:  # everybody gives it himself
            continue
        rows = _each(chains, lacking.gaps)
        donors = _donors(chains, model, lacking, now, told)
        if not lacking.parts:
            now.copy(rows, donors)
        whose, giving = chains.whose(rows), chains.whose(donors)
        for at in lacking.parts:
            given = parts.each[giving, at]
            now.put(rows, at, parts.known[whose, at] + parts.lacks[whose, at] * given)


@contextmanager
def only_of(chains: Chains, one: Target, places: Codes) -> Iterator[None]:
    """What is drawn within changes the parts of some people with gaps alone: at `places` among
    them, or flags (b, gaps)."""
    now = chains.parts.get(one.column.name)
    if now is None:
        yield
        return
    gaps = _each(chains, one.gaps)
    before = now.taken(gaps)
    yield
    here = places if places.ndim == 2 else np.isin(np.arange(gaps.shape[1]), places)
    now.back(gaps, before, np.asarray(here, dtype=bool))


def gap_parts(chains: Chains, one: Target) -> Floats | None:
    """The parts (b, gaps, S) of what was drawn last of a total in parts; None of others."""
    found = chains.parts.get(one.column.name)
    return None if found is None else found.at(_each(chains, one.gaps))


def _stands_in(chains: Chains, one: Target) -> int | None:
    """Number of the passive column that stands for a column alone (a logarithm); None: none."""
    for number in chains.plan.derived[one.at]:
        passive = chains.recipe.passive[number]
        if passive.stands_in and passive.inputs == (one.column.name,):
            return number
    return None


def _donors(
    chains: Chains, one: Target, lacking: Lacking, now: PartsNow, told: Predictors
) -> Codes:
    """Rows (b, k) of those who give what is lacking; now: all parts as they are; told: what the
    total's predictors are of everybody.

    Everybody is in each table, as a column, beside what tells who gives the part: rows that are
    picked anew for each part cost more than those that count for nothing.
    """
    gives, raw = _givers(chains, one, lacking)
    more = list[Floats]()
    if not lacking.parts:
        raw = chains.standard(now.cost(np.arange(len(now.parts))), one.at)
    else:
        others = chains.plan.in_parts[one.column.name].beside(lacking.parts)
        log = _stands_in(chains, one) if len(others) else None
        if log is not None:  # what the rest of the total is foretells the part
            more.append(chains.passive(log, now.cost(others)))
        more += [all_parts(chains, own.column).tells(own) for own in lacking.services]
    b = len(chains.streams)
    rest = [np.broadcast_to(x, (b, x.shape[-1]))[:, None] for x in (*more, raw)]
    table = np.concatenate([told.of(lacking.predictors), *rest], axis=1)
    target = one.of(lacking, np.arange(table.shape[1] - 1))
    return _matched(chains, target, table, gives)


def _givers(chains: Chains, one: Target, lacking: Lacking) -> tuple[Floats, Floats]:
    """Who gives a part, 1 of them and 0 of others, and what, standardised: (b, n) or (1, n)."""
    key = one.at, *lacking.parts
    if key not in chains.givers:
        known = np.atleast_2d(lacking.known)
        gives, raw = np.zeros((2, len(known), chains.z.shape[1]))
        there = np.ones(known.shape) if lacking.given is None else lacking.given
        np.put_along_axis(gives, known, there, axis=1)
        np.put_along_axis(raw, known, chains.standard(lacking.raw, one.at) * there, axis=1)
        chains.givers[key] = gives, raw
    return chains.givers[key]


def _matched(chains: Chains, target: Target, table: Floats, gives: Floats) -> Codes:
    """Rows (b, k) of matched donors of those with gaps. table (b, p + 1, n): predictors of all, the
    constant first, and what they give; gives (b, n): 1 of those who do."""
    b, p = len(table), table.shape[1] - 1
    known, answers, groups = table * gives[:, None], target.answers(b), None
    if chains.levels is not None and len(target.levels):
        sums = chains.sums_of_all(known.transpose(0, 2, 1))
        groups = by_groups(chains, target.levels, sums, answers)
    found = drawn_last(known @ table.transpose(0, 2, 1), answers, chains.streams, groups)
    both = np.zeros((b, 2, p + 1))
    both[:, 0, :p], both[:, 1, :p] = found.coef[:, :p], found.beta[:, :p]
    at_estimate, at_draw = (both @ table).transpose(1, 0, 2)
    at_draw = gathered(at_draw, _each(chains, target.gaps))
    if chains.levels is not None and groups is not None:
        everybody = np.arange(table.shape[2])
        own = target.levels
        at_estimate = at_estimate + chains.levels.values(found.coef[:, p:], own, everybody)
        at_draw = at_draw + chains.levels.values(found.beta[:, p:], own, target.gaps)
    at_estimate = np.where(gives > 0, at_estimate, np.inf)
    nearest = np.minimum(target.column.donors, answers)
    return matched(at_estimate, at_draw, nearest, chains.streams, target.lacking(b))
