"""Indicator columns of exclusive groups (sites): codes of who has which stand for them.

Hundreds of such columns make every product of the chains' tables as much wider, and tell no more
than a code each. Here they leave the tables: of a linear model sums by group give the same
posterior (linear.py), other models get back those that they have.
"""

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sparse

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.missing.plan import Plan
from cesp_analysis.missing.recipe import Recipe
from cesp_analysis.missing.screening import Columns
from cesp_analysis.missing.target import Target


@dataclass(frozen=True)
class Levels:
    """Groups 0 to J - 1 of a plan's people, -1 for those of none: codes (n,), or (b, n + 1) where
    chains have other people, the last of whom is nobody. scale (J,): SDs of their indicators."""

    codes: Codes
    scale: Floats

    def of(self, people: Codes | None) -> "Levels":
        """The same of each chain's people (b, n)."""
        if people is None:
            return self
        nobody = np.full((len(people), 1), -1)
        return replace(self, codes=np.concatenate([self.codes[people], nobody], axis=1))

    def at(self, rows: Codes) -> Codes:
        """Codes at rows, (k,) or (b, k)."""
        if rows.ndim == 1:
            return np.asarray(self.codes[..., rows])
        return np.take_along_axis(self.codes, rows, axis=1)

    def sums(self, rows: Codes, chains: int) -> "Sums":
        """What sums rows (k,) or (b, k) of each chain by group."""
        codes = np.broadcast_to(self.at(rows), (chains, rows.shape[-1]))
        return Sums.of(codes, len(self.scale))

    def values(self, own: Floats, which: Codes, rows: Codes) -> Floats:
        """Values (b, L) of the groups `which` (L,) at rows, (k,) or (b, k): 0 of other groups."""
        each = np.zeros((len(own), len(self.scale) + 1))  # the last: of no group, code -1
        each[:, which] = own
        codes = self.at(rows)
        return each[:, codes] if codes.ndim == 1 else np.take_along_axis(each, codes, axis=1)

    def indicators(self, which: Codes, rows: Codes, chains: int) -> Floats:
        """Columns (b, k, L) of 0 and 1 at rows, (k,) or (b, k), of the groups `which` (L,)."""
        codes = np.broadcast_to(self.at(rows), (chains, rows.shape[-1]))
        return np.asarray((codes[:, :, None] == which).astype(float))


@dataclass(frozen=True)
class Sums:
    """Sums of rows by group, of all chains: a matrix (b * J, b * k) of 0 and 1."""

    of_rows: sparse.csr_array
    groups: int

    @classmethod
    def of(cls, codes: Codes, groups: int) -> "Sums":
        """From codes (b, k); rows of -1 are in no sum."""
        b, k = codes.shape
        places = np.flatnonzero(codes.reshape(-1) >= 0)
        into = (codes + groups * np.arange(b)[:, None]).reshape(-1)[places]
        made = sparse.csr_array(
            (np.ones(len(places)), (into, places)), shape=(b * groups, b * k), dtype=float
        )
        return cls(made, groups)

    def __call__(self, block: Floats) -> Floats:
        """Of rows (b, k, P): (b, J, P)."""
        b, k, width = block.shape
        found = self.of_rows @ block.reshape(b * k, width)
        return np.asarray(found).reshape(b, self.groups, width)


def without_levels(
    plan: Plan, recipe: Recipe, targets: tuple[Target, ...]
) -> tuple[Plan, Recipe, tuple[Target, ...], Levels | None]:
    """A plan, its recipe and targets without the columns of exclusive groups; those of the groups
    that a model has are named in its target's `levels`. None where there are no such columns.

    A column of which others are made stays. ValueError where two groups have one person.
    """
    made_of = frozenset[str]().union(*(one.inputs for one in recipe.passive))
    out = [at for at, one in enumerate(recipe.columns)
           if one.name in recipe.exclusive and one.name not in made_of]  # fmt: skip
    if not out:
        return plan, recipe, targets, None
    has = plan.columns.raw[:, out]
    if not np.isin(has, (0.0, 1.0)).all() or (has.sum(axis=1) > 1).any():
        raise ValueError("columns of exclusive groups are 0 or 1, and 1 once a row at most")
    codes = np.where(has.any(axis=1), has.argmax(axis=1), -1)
    levels = Levels(codes, plan.columns.scale[out])
    stay = np.setdiff1d(np.arange(len(recipe.names)), out)
    place = np.full(len(recipe.names) + 1, -1)
    place[np.append(0, stay + 1)] = np.arange(len(stay) + 1)
    names = {recipe.columns[at].name for at in out}
    fewer = replace(recipe, columns=tuple(c for c in recipe.columns if c.name not in names))
    group = np.full(len(place), -1)
    group[np.array(out) + 1] = np.arange(len(out))
    own = plan.columns
    columns = Columns(
        own.raw[:, stay], own.known[:, stay], own.z[:, stay], own.centre[stay], own.scale[stay]
    )
    smaller = replace(
        plan,
        columns=columns,
        targets=tuple(_moved(one, place, group) for one in plan.targets),
        derived={int(place[at]): numbers for at, numbers in plan.derived.items()},
    )
    return smaller, fewer, tuple(_moved(one, place, group) for one in targets), levels


def _moved(one: Target, place: Codes, group: Codes) -> Target:
    """A target with its columns where they are now, and the groups that its model has."""
    there = group[one.predictors]
    return replace(
        one,
        at=int(place[one.at]),
        predictors=place[one.predictors[there < 0]],
        levels=there[there >= 0],
        apart=tuple((places, _moved(fewer, place, group)) for places, fewer in one.apart),
        lacking_parts=tuple(
            part
            if part.predictors is None
            else replace(part, predictors=place[part.predictors[group[part.predictors] < 0]])
            for part in one.lacking_parts
        ),
    )
