"""Draws of totals known in part: part by part, then the totals of whom nothing is known."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.missing.chains import Chains, picked
from cesp_analysis.missing.gathered import gathered
from cesp_analysis.missing.in_parts import Lacking
from cesp_analysis.missing.linear import drawn, grouped
from cesp_analysis.missing.matching import matched
from cesp_analysis.missing.parts_now import PartsNow, all_parts
from cesp_analysis.missing.target import Target


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
    now = all_parts(chains, one.column.name)
    parts = chains.plan.in_parts[one.column.name]
    for lacking in one.lacking_parts:
        if not lacking.gaps.shape[-1]:  # everybody gives it himself
            continue
        rows = _each(chains, lacking.gaps)
        donors = _donors(chains, model, lacking, now)
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


def _donors(chains: Chains, one: Target, lacking: Lacking, now: PartsNow) -> Codes:
    """Rows (b, k) of those who give what is lacking; now: all parts as they are."""
    known, gaps = _each(chains, lacking.known), _each(chains, lacking.gaps)
    places, more = one.predictors, list[Floats]()
    if lacking.predictors is not None:
        places = places[np.isin(places, lacking.predictors)]
    if not lacking.parts:
        raw = now.at(known).sum(axis=2)
    else:
        raw = np.broadcast_to(lacking.raw, known.shape)
        others = chains.plan.in_parts[one.column.name].beside(lacking.parts)
        log = _stands_in(chains, one) if len(others) else None
        if log is not None:  # what the rest of the total is foretells the part
            more.append(chains.passive(log, now.cost(others)))
        more += [all_parts(chains, own.column).tells(own) for own in lacking.services]
    block = np.concatenate(
        [picked(chains.rows(lacking.gaps), places), _of(more, gaps + chains.starts)], axis=2
    )
    rest = picked(chains.rows(lacking.known), places)
    rest = np.concatenate(
        [rest, _of(more, known + chains.starts), np.empty((*known.shape, 1))], axis=2
    )
    rest[:, :, -1] = chains.standard(raw, one.at)
    if lacking.given is not None:
        rest *= lacking.given[:, :, None]
    k = block.shape[2]
    target = replace(one.of(lacking, np.arange(k)), at=k)
    return _matched(chains, target, block, rest, known)


def _of(values: Sequence[Floats], places: Codes) -> Floats:
    """Values (b, n) at places (b, k) among all b × n, beside one another: (b, k, q). They are
    picked one after the other and turned at the end, which takes a third of the time."""
    made = np.empty((len(values), *places.shape))
    for own, one in zip(made, values, strict=True):
        np.take(one.reshape(-1), places, out=own, mode="clip")  # of others take makes a copy
    return made.transpose(1, 2, 0)


def _matched(chains: Chains, target: Target, block: Floats, rest: Floats, known: Codes) -> Codes:
    """Rows (b, k) of matched donors among `known` (b, K). rest (b, K, p + 1): their predictors and
    what they give; block (b, k, p): predictors of those who lack it."""
    sums = chains.known_sums
    if chains.levels is not None:
        chains.known_sums = chains.levels.sums(target.known, len(rest))(rest)
    moments = rest.transpose(0, 2, 1) @ rest
    found = drawn(moments, target, chains.streams, grouped(chains, target))
    chains.known_sums = sums  # of who has the total, for what follows
    at_estimate = _predicted(chains, target, rest[:, :, :-1], target.known, found.coef)
    if target.given is not None:
        at_estimate = np.where(target.given, at_estimate, np.inf)
    at_draw = _predicted(chains, target, block, target.gaps, found.beta)
    b = len(chains.streams)
    nearest = np.minimum(target.column.donors, target.answers(b))
    places = matched(at_estimate, at_draw, nearest, chains.streams, target.lacking(b))
    return gathered(np.ascontiguousarray(known), places)


def _predicted(chains: Chains, one: Target, x: Floats, rows: Codes, coef: Floats) -> Floats:
    """Linear predictors (b, k) of predictors x (b, k, p), of people at `rows`."""
    mean = (x @ coef[:, : x.shape[2], None])[:, :, 0]
    if chains.levels is None or not len(one.levels):
        return np.asarray(mean)
    return np.asarray(mean + chains.levels.values(coef[:, x.shape[2] :], one.levels, rows))
