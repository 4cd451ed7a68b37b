"""What the population's margins explain of an influence: that part has no sampling error."""

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.survey_design import Sample
from cesp_analysis.models.survey_part import part_of

MANY_CELLS = 400
"""Cells of margins, of all sites and waves, beyond which each site and wave is taken by itself: the
whole would take time as the cube of their number."""


def residual_of_margins(influence: Floats, sample: Sample) -> Floats:
    """Influence (n, k) less what the margins explain of it: the population's margins are known, so
    that this part has no sampling error.

    What a record says is its influence over its weight. It is regressed on the cells of all
    margins at once, each record counting by margin_weight: its design weight (Deville & Särndal
    1992; R's calibrate and postStratify), or alike, as R's rake has it, which is another number
    where design weights go with the answer. Of records whose category is not known the population
    says nothing: see `_known_of`.
    """
    if not sample.margins:
        return influence
    groups = sample.margin_group
    if groups is not None and groups.any() and _cells(sample) > MANY_CELLS:
        return _by_group(influence, sample, groups)
    own = influence / sample.weight[:, None]
    base = np.ones(sample.n) if sample.margin_weight is None else sample.margin_weight
    sums = np.vstack([sums_by(cells, own * base[:, None]) for cells in sample.margins])
    if "margins" not in sample.memory:
        gram, told = _gram(sample.margins, base), _known_of(sample)
        if told is None:
            sample.memory["margins"] = np.linalg.pinv(gram, hermitian=True)
        else:
            inverse = np.linalg.pinv(told.T @ gram @ told, hermitian=True)
            sample.memory["margins"] = told @ inverse @ told.T
    effects = sample.memory["margins"] @ sums
    start = 0
    for cells in sample.margins:
        own = own - effects[start + cells]
        start += int(cells.max()) + 1
    return np.asarray(own * sample.weight[:, None])


def _cells(sample: Sample) -> int:
    """How many cells the margins have."""
    return sum(int(cells.max()) + 1 for cells in sample.margins)


def _by_group(influence: Floats, sample: Sample, groups: Codes) -> Floats:
    """`residual_of_margins` site by site and wave by wave, of those with any influence: margins
    are within these, so that the regression on all their cells falls apart into one for each."""
    parts = sample.parts
    if not parts:
        order, ends = np.argsort(groups, kind="stable"), np.cumsum(np.bincount(groups))
        parts.extend((at, part_of(sample, at)) for at in np.split(order, ends[:-1]))
    residual = np.zeros(influence.shape)
    some = np.logical_or.reduce([column != 0 for column in influence.T])
    for group in np.unique(groups[some]):
        at, own = parts[group]
        residual[at] = residual_of_margins(influence[at], own)
    return residual


def _known_of(sample: Sample) -> Floats | None:
    """What the population says, as sums (c, m) of cells; None: how many are in each cell.

    Where nobody knows the category of some, it says how large a part of the others each cell is:
    the cell less its share of all whose category is known; and how many there are in all.
    """
    if not sample.margin_known or sample.margin_group is None:
        return None
    sizes = [int(cells.max()) + 1 for cells in sample.margins]
    told, start = [], 0
    for cells, size, there in zip(sample.margins, sizes, sample.margin_known, strict=True):
        known, group = np.zeros(size, dtype=bool), np.zeros(size, dtype=np.intp)
        known[cells], group[cells] = there == 1, sample.margin_group
        people = np.bincount(cells, sample.weight, size)
        for of in np.unique(group):
            own = np.flatnonzero(group == of)
            block = np.eye(len(own))
            if not known[own].all():
                share = np.where(known[own], people[own], 0.0)
                block -= np.outer(known[own], share / share.sum())
                block[:, ~known[own]] = 1.0
            place = np.zeros((sum(sizes), len(own)))
            place[start + own] = block
            told.append(place)
        start += size
    return np.hstack(told)


def _gram(margins: tuple[Codes, ...], base: Floats) -> Floats:
    """Sums (c, c) of base over the records that two cells share."""
    sizes = [int(cells.max()) + 1 for cells in margins]
    rows = [
        np.hstack(
            [
                np.bincount(a * size + b, weights=base, minlength=own * size).reshape(own, size)
                for b, size in zip(margins, sizes, strict=True)
            ]
        )
        for a, own in zip(margins, sizes, strict=True)
    ]
    return np.vstack(rows)


def sums_by(codes: Codes, values: Floats, size: int = 0) -> Floats:
    """Sums (g, k) of values (n, k) by code; size: how many codes there are, of which some may have
    no value."""
    size = size or int(codes.max()) + 1
    return np.column_stack([np.bincount(codes, column, size) for column in values.T])
