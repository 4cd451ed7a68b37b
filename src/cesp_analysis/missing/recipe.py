"""What is imputed and from what: columns, columns made of others, and who predicts whom."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from cesp_analysis.arrays import Bools, Codes, Floats
from cesp_analysis.missing.in_parts import Parts

Method = Literal["norm", "pmm", "logistic", "ordered", "nominal", "two_level"]
"""norm: Bayesian linear regression; pmm: predictive mean matching, which imputes values that were
observed; logistic: two values; ordered: proportional odds; nominal: multinomial logit; two_level:
norm with a random intercept of the cluster."""


@dataclass(frozen=True)
class Column:
    """A column of the table; method None: its gaps stay. donors: of predictive mean matching."""

    name: str
    method: Method | None = None
    donors: int = 5


@dataclass(frozen=True)
class Passive:
    """A column made of others, and made again whenever they are imputed.

    of: inputs (..., k) → values (...), without loops over people. stands_in: in the models of other
    columns it takes the place of its inputs (a total for its items).
    """

    name: str
    inputs: tuple[str, ...]
    of: Callable[[Floats], Floats]
    stands_in: bool = False


def product(*inputs: str) -> Passive:
    """An interaction: the product of columns."""
    return Passive(":".join(inputs), inputs, lambda x: np.asarray(x.prod(axis=-1)))


def total(name: str, *items: str) -> Passive:
    """The sum of items, which stands for them in the models of other columns."""
    return Passive(name, items, lambda x: np.asarray(x.sum(axis=-1)), stands_in=True)


def indicators(name: str, levels: Sequence[str]) -> tuple[Passive, ...]:
    """Of a column of categories 0, 1, …: one of 0 and 1 for each but the first. They stand for it
    in the models of other columns."""

    def is_one(code: int) -> Callable[[Floats], Floats]:
        return lambda x: np.asarray((np.abs(x[..., 0] - code) < 0.5).astype(float))

    return tuple(
        Passive(f"{name}[{level}]", (name,), is_one(code), stands_in=True)
        for code, level in enumerate(levels)
        if code
    )


@dataclass(frozen=True)
class Recipe:
    """Columns in the table's order; passive ones may be made of earlier passive ones.

    predictors: a column to impute → the columns of its model; by default all others, a total in the
    place of its items. keep: columns that no rule leaves out for want of people (the analysis
    model's). monotone: where gaps nest, one pass without iterations. exclusive: columns of 0 and 1,
    of which a row has one 1 at most (sites): they are in the equations by a code (levels.py).
    in_parts: totals that are matched, of which somebody's is known in part. not_models: column →
    people (n,) whose answer stays, but is no model of anybody's who lacks one: they died within the
    period that it is of.
    """

    columns: tuple[Column, ...]
    passive: tuple[Passive, ...] = ()
    predictors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
    iterations: int = 10
    monotone: bool = True
    exclusive: tuple[str, ...] = ()
    in_parts: Mapping[str, Parts] = field(default_factory=dict)
    not_models: Mapping[str, Bools] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The table's columns, then the passive ones."""
        own = tuple(one.name for one in self.columns)
        return own + tuple(one.name for one in self.passive)

    def of(self, rows: Codes) -> "Recipe":
        """The same of some rows of the table, in this order."""
        parts = {name: one.of(rows) for name, one in self.in_parts.items()}
        others = {name: people[rows] for name, people in self.not_models.items()}
        return replace(self, in_parts=parts, not_models=others)

    def without(self, given: Sequence[Column]) -> "Recipe":
        """The same, with columns that are given: their gaps are not this recipe's to fill."""
        names = {one.name for one in given}
        columns = (replace(c, method=None) if c.name in names else c for c in self.columns)
        return replace(self, columns=tuple(columns))

    def parts(self, name: str) -> frozenset[str]:
        """The table's columns that a column is made of: itself, or its inputs'."""
        for one in self.passive:
            if one.name == name:
                return frozenset[str]().union(*(self.parts(own) for own in one.inputs))
        return frozenset([name])

    def places(self, name: str) -> Iterator[int]:
        """Places of the columns that say what a column is: itself, and what stands for it alone (a
        logarithm); of categories their indicators only."""
        own = [
            len(self.columns) + number
            for number, one in enumerate(self.passive)
            if one.stands_in and one.inputs == (name,)
        ]
        at = self.names.index(name)
        if not own or self.columns[at].method != "nominal":
            yield at
        yield from own

    def asked(self, target: str) -> tuple[str, ...]:
        """The columns that are to predict a target; never one that is made of it."""
        given = self.predictors.get(target)
        if given is None:
            replaced = {
                own
                for one in self.passive
                if one.stands_in and target not in self.parts(one.name)
                for own in one.inputs
            }
            given = tuple(name for name in self.names if name not in replaced)
        return tuple(name for name in given if target not in self.parts(name))


def checked(recipe: Recipe, columns: int) -> None:
    """ValueError where names repeat, are unknown, or do not fit a table of so many columns."""
    if len(recipe.columns) != columns:
        raise ValueError(f"{len(recipe.columns)} columns are declared, the table has {columns}")
    names = recipe.names
    known: set[str] = {one.name for one in recipe.columns}
    if len(set(names)) < len(names):
        raise ValueError("a column is declared twice")
    for one in recipe.passive:
        if unknown := sorted(set(one.inputs) - known):
            raise ValueError(f"{one.name} is made of {', '.join(unknown)}, not declared before it")
        known.add(one.name)
    named = {*recipe.predictors, *recipe.keep}.union(*recipe.predictors.values())
    if unknown := sorted(named - known):
        raise ValueError(f"no column is called {', '.join(unknown)}")
    matched = {one.name for one in recipe.columns if one.method in ("pmm", None)}
    if others := sorted({*recipe.in_parts} - matched):
        raise ValueError(
            f"totals in parts are columns that are matched: {', '.join(others)} is not"
        )
