"""Draws of totals known in part: part by part, then the totals of whom nothing is known."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.missing.chains import Chains, picked
from cesp_analysis.missing.gathered import gathered
from cesp_analysis.missing.in_parts import Lacking
from cesp_analysis.missing.linear import drawn, grouped
from cesp_analysis.missing.matching import matched
from cesp_analysis.missing.parts_now import all_parts
from cesp_analysis.missing.target import Target


def by_parts(chains: Chains, one: Target) -> Floats:
    """Totals (b, gaps) of people with gaps; chains keep the parts of them."""
    now, each = all_parts(chains, one.column.name), np.arange(len(chains.streams))[:, None]
    _drawn(chains, one, one)
    for places, fewer in one.apart:
        with only_of(chains, one, places):
            _drawn(chains, one, fewer)
    return np.asarray(now.sum(axis=2)[each, one.gaps])


def _drawn(chains: Chains, one: Target, model: Target) -> None:
    """Each part of a total, by the predictors of a model."""
    now, each = all_parts(chains, one.column.name), np.arange(len(chains.streams))[:, None]
    parts = chains.plan.in_parts[one.column.name]
    for lacking in one.lacking_parts:
        if not lacking.gaps.shape[-1]:  # everybody gives it himself
            continue
        rows = np.broadcast_to(lacking.gaps, (len(now), lacking.gaps.shape[-1]))
        donors = _donors(chains, model, lacking, now)
        if not lacking.parts:
            now[each, rows] = now[each, donors]
        whose, giving = chains.whose(rows), chains.whose(donors)
        for at in lacking.parts:
            given = parts.each[giving, at]
            now[each, rows, at] = parts.known[whose, at] + parts.lacks[whose, at] * given


@contextmanager
def only_of(chains: Chains, one: Target, places: Codes) -> Iterator[None]:
    """What is drawn within changes the parts of some people with gaps alone: at `places` among
    them, or flags (b, gaps)."""
    now = chains.parts.get(one.column.name)
    if now is None:
        yield
        return
    before = now.copy()
    yield
    here = np.zeros(now.shape[:2], dtype=bool)
    gaps = np.broadcast_to(one.gaps, (len(now), one.gaps.shape[-1]))
    some = places if places.ndim == 2 else np.isin(np.arange(gaps.shape[1]), places)
    here[np.arange(len(now))[:, None], gaps] = some
    now[~here] = before[~here]


def gap_parts(chains: Chains, one: Target) -> Floats | None:
    """The parts (b, gaps, S) of what was drawn last of a total in parts; None of others."""
    found = chains.parts.get(one.column.name)
    return None if found is None else np.asarray(found[np.arange(len(found))[:, None], one.gaps])


def _stands_in(chains: Chains, one: Target) -> int | None:
    """Number of the passive column that stands for a column alone (a logarithm); None: none."""
    for number in chains.plan.derived[one.at]:
        passive = chains.recipe.passive[number]
        if passive.stands_in and passive.inputs == (one.column.name,):
            return number
    return None


def _donors(chains: Chains, one: Target, lacking: Lacking, now: Floats) -> Codes:
    """Rows (b, k) of those who give what is lacking; now (b, n, S): all parts as they are."""
    total = now.sum(axis=2)
    each = np.arange(len(now))[:, None]
    known = np.broadcast_to(lacking.known, (len(now), lacking.known.shape[-1]))
    gaps = np.broadcast_to(lacking.gaps, (len(now), lacking.gaps.shape[-1]))
    places, more = one.predictors, list[Floats]()
    if lacking.predictors is not None:
        places = places[np.isin(places, lacking.predictors)]
    if not lacking.parts:
        raw = total[each, known]
    else:
        raw = np.broadcast_to(lacking.raw, known.shape)
        others = chains.plan.in_parts[one.column.name].beside(lacking.parts)
        log = _stands_in(chains, one) if len(others) else None
        if log is not None:  # what the rest of the total is foretells the part
            more.append(chains.passive(log, now[:, :, others].sum(axis=2)))
        more += [own.of(all_parts(chains, own.column)) for own in lacking.services]
    block = picked(chains.rows(lacking.gaps), places)
    block = np.concatenate([block, *(x[each, gaps][:, :, None] for x in more)], axis=2)
    rest = picked(chains.rows(lacking.known), places)
    own = [x[each, known][:, :, None] for x in (*more, total)]
    rest = np.concatenate([rest, *own], axis=2)
    rest[:, :, -1] = chains.standard(raw, one.at)
    if lacking.given is not None:
        rest *= lacking.given[:, :, None]
    k = block.shape[2]
    target = replace(one.of(lacking, np.arange(k)), at=k)
    return _matched(chains, target, block, rest, known)


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
