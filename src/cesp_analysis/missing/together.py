"""Columns that nearly determine one another: where both are missing, they are drawn jointly.

Drawn in turn from one another, each would copy the other for ever: such chains do not leave where
they began. Here the first of a block is drawn without those that come later and are missing too,
the next given it, and so on, which is a draw from their joint distribution.
Sources: Liu, Wong & Kong (1994), Biometrika 81:27-40 (blocks); van Buuren (2018), 4.5 and 6.3.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.arrays import Bools, Codes, Floats
from cesp_analysis.missing import screening as rule
from cesp_analysis.missing.recipe import Recipe
from cesp_analysis.missing.screening import Columns

if TYPE_CHECKING:
    from cesp_analysis.missing.target import Target

CLOSE = 0.95
"""Correlation from which two columns are drawn together: drawn in turn, a round keeps its square of
where they were, and ten rounds more than a third."""
PART = 1e-3
"""Of an SD: a coefficient from which a column is part of a combination."""


def mates(
    one: "Target", recipe: Recipe, columns: Columns, strength: Floats, told: Bools
) -> frozenset[str]:
    """The table's columns that (nearly) determine a target, by its own predictors.

    strength (p, p): correlations; told (p,): columns that others may make up.
    """
    among = one.predictors[one.predictors > 0] - 1
    if len(one.values) < 2 or not len(among):
        return frozenset()
    own = np.array(list(recipe.places(one.column.name)), dtype=int)
    near = (strength[np.ix_(own, among)] > CLOSE).any(axis=0)
    for at in own:
        if len(one.values) == 2 or one.column.method == "nominal":
            near |= rule.separates(columns, one.known, int(at), among)
        if told[at]:
            near |= rule.combined(columns, one.known, int(at), among, PART)
    found = frozenset[str]().union(*(recipe.parts(recipe.names[j]) for j in among[near]))
    return found - {one.column.name}


def blocks(order: Sequence["Target"], linked: Mapping[str, frozenset[str]]) -> list[list["Target"]]:
    """Targets in blocks of those that determine one another, each where its first one was."""
    block = {one.column.name: at for at, one in enumerate(order)}
    for name, others in linked.items():
        for other in others & block.keys():
            old, new = sorted((block[name], block[other]), reverse=True)
            block = {key: new if at == old else at for key, at in block.items()}
    found: dict[int, list[Target]] = {}
    for one in order:
        found.setdefault(block[one.column.name], []).append(one)
    return [found[at] for at in sorted(found)]


def drawn_apart(
    block: Sequence["Target"], recipe: Recipe, linked: Mapping[str, frozenset[str]]
) -> Iterator[tuple["Target", list[str], int]]:
    """The targets of a block, each with the predictors that its people have; of each, which of
    those that determine it are left out of that, and for how many people."""
    for at, one in enumerate(block):
        later = block[at + 1 :]
        lacks = np.array([np.isin(one.gaps, mate.gaps) for mate in later], dtype=bool)
        lacks = lacks.reshape(len(later), len(one.gaps))
        patterns, of = np.unique(lacks, axis=1, return_inverse=True)
        apart = []
        for number in range(patterns.shape[1]):
            without = {
                m.column.name for m, own in zip(later, patterns[:, number], strict=True) if own
            }
            places = np.flatnonzero(of.reshape(-1) == number)
            if without:
                left = replace(
                    one, predictors=_less(one.predictors, recipe, without), part=number + 1
                )
                apart.append((places, left))
        told = [m.column.name for m, own in zip(later, lacks, strict=True)
                if own.any() and m.column.name in linked[one.column.name]]  # fmt: skip
        people = int(lacks.any(axis=0).sum())
        if len(apart) == 1 and len(apart[0][0]) == len(one.gaps):  # all of them: that is its model
            yield replace(apart[0][1], part=0), told, people
        else:
            yield replace(one, apart=tuple(apart)), told, people


def _less(predictors: Codes, recipe: Recipe, without: set[str]) -> Codes:
    """Predictors that are not made of some columns."""
    stay = [at == 0 or not recipe.parts(recipe.names[at - 1]) & without for at in predictors]
    return np.asarray(predictors[np.array(stay, dtype=bool)])
