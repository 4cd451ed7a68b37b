"""A regression's estimates without each unit, gaps at conditional means, from sums over the rows.

Completed answers of people with one pattern of gaps are affine in the answers they gave, with
coefficients that the profiles alone decide. So the regression's products of columns and outcome,
without a unit, follow from sums over the other units' rows of x, 1 and the answers, by pattern: one
pass over the rows, however many units are left out. Sums without a unit are made of what stands
before and behind it; nothing is taken away, so that a column which only one unit had is zero.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.missing.linear_estimate import LinearEstimate
from cesp_analysis.missing.reference_based import Profile, patterns_of

Filled = Callable[[Floats, Codes, tuple[Profile, Profile]], Floats]
"""Answers (n, t) with gaps, groups (n,), both groups' profiles with leading axis j → completed
answers (j, n, t)."""

_TOGETHER = 2_000_000
"""Numbers of a sum of all units that are held at a time: 16 MB."""


@dataclass(frozen=True)
class _Sums:
    """By unit (u): gram (u, k, k) of x; cross (u, q, k, s) of x with 1 and the answers (s), by
    pattern (q); both (u, q, s, s) of these with themselves."""

    gram: Floats
    cross: Floats
    both: Floats

    def without_each(self, beyond: "_Sums") -> "_Sums":
        """Sums over all units but each, and over those `beyond` (one unit's shape)."""
        return _Sums(
            _others(self.gram) + beyond.gram,
            _others(self.cross) + beyond.cross,
            _others(self.both) + beyond.both,
        )

    def at(self, number: int) -> "_Sums":
        return _Sums(self.gram[number], self.cross[number], self.both[number])


def estimates_without(
    y: Floats,
    arm: Codes,
    units: Codes,
    profiles: tuple[Profile, Profile],
    fill: Filled,
    analysis: LinearEstimate,
) -> Floats:
    """Estimates (u,) without the people of each unit (n,), codes 0..u-1, of answers y (n, t).

    profiles: both groups' without each unit, leading axis u. Raises NotEstimable where what is left
    does not determine the estimate.
    """
    patterns, of = _patterns(y, arm)
    count, k = len(profiles[0].mean), analysis.x.shape[1]
    each = k * k + len(patterns) * (k + y.shape[1] + 1) * (y.shape[1] + 1)
    block = max(1, _TOGETHER // each)
    codes = units[analysis.person]
    rows = _Rows(y, of, len(patterns), analysis)
    starts = range(0, count, block)
    beyond = rows.sums(codes // block, len(starts)).without_each(rows.nothing())
    found = np.empty(count)
    for number, first in enumerate(starts):
        which = np.arange(first, min(first + block, count))
        own = rows.sums(codes - first, len(which)).without_each(beyond.at(number))
        control, other = (Profile(one.mean[which], one.cov[which]) for one in profiles)
        made = _affine(patterns, y.shape[1], fill, (control, other))
        found[which] = analysis.solved(*_products(own, made, analysis))
    return found


def _patterns(y: Floats, arm: Codes) -> tuple[list[tuple[int, Codes]], Codes]:
    """Group and times without an answer of each pattern, and which one each person (n,) has."""
    found: list[tuple[int, Codes]] = []
    of = np.zeros(len(y), dtype=np.intp)
    for group in (0, 1):
        rows = np.flatnonzero(arm == group)
        gone, which = patterns_of(np.isnan(y[rows]))
        of[rows] = which + len(found)
        found += [(group, np.flatnonzero(one)) for one in gone]
    return found, of


def _affine(
    patterns: list[tuple[int, Codes]], t: int, fill: Filled, profiles: tuple[Profile, Profile]
) -> Floats:
    """Coefficients (j, q, t, 1 + t) of completed answers on 1 and the answers given (0 for gaps):
    what is made of answers that are all 0, and of those of which one is 1."""
    probes = np.concatenate([np.zeros((1, t)), np.eye(t)])
    asked = np.tile(probes, (len(patterns), 1, 1))
    for own, (_, gone) in zip(asked, patterns, strict=True):
        own[:, gone] = np.nan
    groups = np.repeat([group for group, _ in patterns], 1 + t)
    made = fill(asked.reshape(-1, t), groups, profiles)
    made = made.reshape(-1, len(patterns), 1 + t, t)
    made[:, :, 1:] -= made[:, :, :1]
    return np.asarray(np.swapaxes(made, 2, 3))


class _Rows:
    """Rows of a regression with the answers that their people gave."""

    def __init__(self, y: Floats, of: Codes, patterns: int, analysis: LinearEstimate) -> None:
        """`of` (n,): the pattern of each person."""
        self.x = analysis.x
        if analysis.baseline is not None:  # which is an answer, not a number of the design
            self.x = self.x.copy()
            self.x[:, analysis.baseline] = 0.0
        self.weight = analysis.weight
        given = np.nan_to_num(y[analysis.person])
        self.given = np.column_stack([np.ones(len(given)), given])
        self.pattern, self.patterns = of[analysis.person], patterns

    def nothing(self) -> _Sums:
        """Sums over no row."""
        k, s, q = self.x.shape[1], self.given.shape[1], self.patterns
        return _Sums(np.zeros((k, k)), np.zeros((q, k, s)), np.zeros((q, s, s)))

    def sums(self, codes: Codes, count: int) -> _Sums:
        """By code 0..count - 1 (rows,); rows of other codes are in none."""
        k, s, q = self.x.shape[1], self.given.shape[1], self.patterns
        inside = np.flatnonzero((codes >= 0) & (codes < count))
        cell = codes[inside] * q + self.pattern[inside]
        order = inside[np.argsort(cell, kind="stable")]
        x, given, weight = self.x[order], self.given[order], self.weight[order, None]
        cell, unit = np.sort(cell), codes[order]
        gram = np.zeros((count, k, k))
        ends = np.searchsorted(unit, np.arange(count + 1))
        for code in np.unique(unit):
            own = slice(ends[code], ends[code + 1])
            gram[code] = x[own].T @ (x[own] * weight[own])
        cross, both = np.zeros((count * q, k, s)), np.zeros((count * q, s, s))
        there = np.unique(cell)
        starts = np.searchsorted(cell, there)
        for at, column in enumerate((given * weight).T if len(there) else ()):
            cross[there, :, at] = np.add.reduceat(x * column[:, None], starts, axis=0)
            both[there, :, at] = np.add.reduceat(given * column[:, None], starts, axis=0)
        return _Sums(gram, cross.reshape(count, q, k, s), both.reshape(count, q, s, s))


def _others(parts: Floats) -> Floats:
    """The sum over the first axis without each."""
    found = np.zeros(parts.shape)
    np.cumsum(parts[:-1], axis=0, out=found[1:])
    found[:-1] += np.cumsum(parts[:0:-1], axis=0)[::-1]
    return found


def _products(own: _Sums, made: Floats, analysis: LinearEstimate) -> tuple[Floats, Floats]:
    """The regression's x'wx (j, k, k) and x'wy (j, k), answers completed as `made` says."""
    outcome = made[:, :, analysis.last]
    if analysis.change:
        outcome = outcome - made[:, :, analysis.first]
    gram, cross = own.gram, np.einsum("jqks,jqs->jk", own.cross, outcome)
    if (at := analysis.baseline) is not None:
        first = made[:, :, analysis.first]
        gram = gram.copy()
        gram[:, at] = gram[:, :, at] = np.einsum("jqks,jqs->jk", own.cross, first)
        turned = np.einsum("jqrs,jqs->jqr", own.both, first)
        gram[:, at, at] = np.einsum("jqr,jqr->j", turned, first)
        cross[:, at] = np.einsum("jqr,jqr->j", turned, outcome)
    return gram, cross
