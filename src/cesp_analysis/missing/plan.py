"""The plan of one group's imputation: targets in order, their predictors, what is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from cesp_analysis.arrays import Bools, Codes, Floats
from cesp_analysis.missing import screening as rule
from cesp_analysis.missing.in_parts import Parts, lacking_of
from cesp_analysis.missing.leaving_out import LeftOut
from cesp_analysis.missing.part_models import lacks_donors, with_parts
from cesp_analysis.missing.recipe import Recipe
from cesp_analysis.missing.screening import Columns
from cesp_analysis.missing.target import Target


@dataclass(frozen=True)
class Plan:
    """One group's plan. targets: in the order of imputation, the fewest gaps first.

    warnings, weighty: sentences on columns; the weighty ones concern every estimate of theirs.
    derived: target's place → places and inputs of the passive columns to make again after it;
    in_parts: columns that are totals of parts, of these people.
    """

    columns: Columns
    targets: tuple[Target, ...]
    derived: dict[int, tuple[int, ...]]
    monotone: bool
    warnings: tuple[tuple[str, str], ...]
    weighty: tuple[tuple[str, str], ...]
    refused: tuple[tuple[str, str], ...]
    in_parts: Mapping[str, Parts]

    def rounds(self, recipe: Recipe) -> int:
        """How often each column is drawn."""
        return 1 if self.monotone else recipe.iterations


def planned(
    values: Floats,
    recipe: Recipe,
    clusters: Codes | None,
    completed: frozenset[str] = frozenset(),
) -> Plan:
    """The plan for one group's values (n, p); clusters (n,), -1 for nobody's; completed: columns
    whose gaps are filled before, so that they predict. What fills them does not know of the columns
    here, so that models are of people without such gaps."""
    columns = _columns(_looked_at(values, recipe), recipe)
    left = LeftOut(recipe, columns)
    filled = [name in completed for name in recipe.names]
    aside = np.asarray(np.isnan(values[:, filled[: values.shape[1]]]).any(axis=1))
    todo = [_target(j, recipe, columns, aside, values) for j in range(len(recipe.columns))]
    todo = [one for one in todo if len(one.gaps) and not left.refuses(one, clusters)]
    todo = [one for one in todo if not lacks_donors(one, left)]
    order = sorted(todo, key=lambda one: len(one.gaps))
    parts = any(one.lacking_parts for one in order)  # which hang on one another
    monotone = recipe.monotone and not parts and _nested(order)
    answers = {one.at: _answers(one, recipe, columns) for one in order}
    for one in order:
        if one.drawn:
            left.set_aside(one, answers[one.at], aside)
    left.unusable({one.column.name for one in order} | completed)
    names, done = recipe.names, set(completed)
    full = {c.name for j, c in enumerate(recipe.columns) if columns.known[:, j].all()}
    targets = []
    for one in order:
        asked = [name for name in recipe.asked(one.column.name) if name not in left.nowhere]
        if monotone:
            asked = [name for name in asked if recipe.parts(name) <= full | done]
        if one.drawn:
            stay = left.screened(one, np.array([names.index(n) for n in asked], dtype=int))
            one = replace(one, predictors=np.concatenate([[0], stay + 1]))
        targets.append(one)
        done.add(one.column.name)
    targets = [with_parts(one, left) for one in left.together(targets, monotone)]
    return Plan(
        columns=columns,
        targets=tuple(targets),
        derived={one.at: _derived(recipe, one.column.name) for one in targets},
        monotone=monotone and len(targets) > 0,
        warnings=left.sentences(),
        weighty=tuple(left.weighty),
        refused=tuple(left.refused),
        in_parts=recipe.in_parts,
    )


def _columns(values: Floats, recipe: Recipe) -> Columns:
    """Columns and passive ones, standardised; a passive gap is made of its inputs' means."""
    columns = rule.standardised(_with_passive(values, recipe))
    if not recipe.passive:
        return columns
    base = len(recipe.columns)
    filled = np.where(columns.known, columns.raw, columns.centre)[:, :base]
    z = (_with_passive(filled, recipe) - columns.centre) / columns.scale
    return replace(columns, z=np.where(columns.known, columns.z, z))


def _with_passive(values: Floats, recipe: Recipe) -> Floats:
    """The table with its passive columns, which have a gap where an input has one."""
    columns, names = list(values.T), recipe.names
    for one in recipe.passive:
        inputs = np.stack([columns[names.index(name)] for name in one.inputs], axis=-1)
        made = np.full(len(values), np.nan)
        whole = np.isfinite(inputs).all(axis=-1)
        made[whole] = one.of(inputs[whole])
        columns.append(made)
    return np.column_stack(columns)


def _looked_at(values: Floats, recipe: Recipe) -> Floats:
    """Values (n, p) with totals that are known in part filled up."""
    made = values.copy()
    for j, column in enumerate(recipe.columns):
        if (parts := recipe.in_parts.get(column.name)) is not None:
            made[:, j] = parts.filled(values[:, j])
    return made


def _target(j: int, recipe: Recipe, columns: Columns, aside: Bools, values: Floats) -> Target:
    """A column's target; aside (n,): people of whom its model is not, if half are left; values
    (n, p): with gaps."""
    others = recipe.not_models.get(recipe.columns[j].name, np.zeros(len(values), dtype=bool))
    known = columns.known[:, j] & ~others
    wanted = recipe.columns[j].method is not None
    gaps = np.flatnonzero(np.isnan(values[:, j]) & wanted)
    if 2 * (known & ~aside).sum() >= known.sum():
        known = known & ~aside
    raw, parts = columns.raw[known, j], recipe.in_parts.get(recipe.columns[j].name)
    barred = others | (columns.known[:, j] & ~known)
    lacking = () if parts is None else lacking_of(parts, values[:, j], barred)
    return Target(
        column=recipe.columns[j],
        at=j + 1,
        gaps=gaps,
        known=np.flatnonzero(known),
        predictors=np.zeros(1, dtype=int),
        raw=raw,
        values=np.unique(raw),
        lacking_parts=tuple(lacking),
        leaves_out=bool((columns.known[:, j] & others).any()),
    )


def _answers(one: Target, recipe: Recipe, columns: Columns) -> int:
    """How many answered a column, of those who may be in its model."""
    known = columns.known[:, one.at - 1]
    others = recipe.not_models.get(one.column.name)
    return int(known.sum() if others is None else (known & ~others).sum())


def _nested(order: list[Target]) -> bool:
    """Whether who misses an earlier target misses all later ones."""
    return all(np.isin(one.gaps, following.gaps).all() for one, following in pairwise(order))


def _derived(recipe: Recipe, name: str) -> tuple[int, ...]:
    """Numbers (in recipe.passive) of the columns that are made of a column."""
    return tuple(
        number for number, one in enumerate(recipe.passive) if name in recipe.parts(one.name)
    )
