"""From imputations of a table to imputed sets of outcomes and covariates."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.missing.equations import Equations
from cesp_analysis.missing.grouped import Groups, less, unseen
from cesp_analysis.missing.imputed import Imputations, Note
from cesp_analysis.missing.leaving_out import NOBODY
from cesp_analysis.missing.recipe import Passive
from cesp_analysis.missing.sets import Sets, Values


def without_sites(made: Imputations, sites: Groups | None) -> Imputations:
    """The same without cells of sites of which nobody answered a column: nothing tells of them."""
    if sites is None:
        return made
    nobody = unseen(made.observed, made.recipe, sites)
    nobody = {name: own for name, own in nobody.items() if name in {c.column for c in made.cells}}
    notes = [Note(name, label, NOBODY) for name, own in nobody.items() for label in own[1]]
    cells = tuple(less(one, nobody.get(one.column)) for one in made.cells)
    return replace(made, cells=cells, refused=(*made.refused, *notes))


def sets_of(made: Iterable[tuple[Equations, Imputations]]) -> Sets:
    """The sets of all handlings: of outcomes that a handling's models analyse, and covariates."""
    outcomes: dict[tuple[str, str], Values] = {}
    covariates: dict[tuple[str, str], Values] = {}
    replaced: dict[tuple[str, str], Values] = {}
    m = 0
    for equations, imputations in made:
        m, handling = imputations.m, equations.share.handling.name
        for name in equations.share.outcomes:
            if cells := _outcome(equations, imputations, name):
                outcomes[handling, name] = cells
            if changed := _replaced(equations, name):
                replaced[handling, name] = changed
        units = equations.people.units.to_numpy(dtype=str)
        for one in imputations.cells:
            about = equations.about[one.column]
            if about.variable in equations.share.covariates and len(one.rows):
                categories = equations.categories.get(about.variable, ())
                cells = Values(units[one.rows], np.empty(0, dtype=str), one.values, categories)
                covariates[handling, about.variable] = cells
    return Sets(m, outcomes, covariates, replaced)


def imputed_in(equations: Equations, made: Imputations, column: str) -> tuple[Codes, Floats]:
    """The people (k,) for whom a column of an outcome at a time is imputed, and values (m, k)."""
    wanted = equations.wanted[column]
    passive = next((one for one in equations.passive if one.name == column), None)
    if passive is not None:
        return _scored(made, passive, np.flatnonzero(wanted))
    for one in made.cells:
        if one.column == column:
            kept = wanted[one.rows]
            return one.rows[kept], one.values[:, kept]
    return np.empty(0, dtype=int), np.empty((made.m, 0))


def _scored(made: Imputations, passive: Passive, rows: Codes) -> tuple[Codes, Floats]:
    """Scores of people some of whose items are imputed; without those of whom one stays a gap."""
    names = [column.name for column in made.recipe.columns]
    inputs = np.array([names.index(name) for name in passive.inputs])
    answers = np.repeat(made.observed[np.ix_(rows, inputs)][None], made.m, axis=0)
    for one in made.cells:
        if one.column in passive.inputs:
            _, here, there = np.intersect1d(rows, one.rows, return_indices=True)
            answers[:, here, passive.inputs.index(one.column)] = one.values[:, there]
    whole = np.isfinite(answers).all(axis=(0, 2))
    return rows[whole], passive.of(answers[:, whole])


def _outcome(equations: Equations, made: Imputations, name: str) -> Values | None:
    """The imputed cells of an outcome, by person and time."""
    people, parts = equations.people, []
    for at, time in enumerate(people.times):
        if f"{name}@{time}" in equations.wanted:
            rows, values = imputed_in(equations, made, f"{name}@{time}")
            parts.append((rows, np.full(len(rows), at), values))
    if not sum(len(rows) for rows, _, _ in parts):
        return None
    rows, times = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
    values = np.concatenate([part[2] for part in parts], axis=1)
    order = np.lexsort((times, rows))
    units, words = people.units.to_numpy(dtype=str), np.array(people.times)
    return Values(units[rows[order]], words[times[order]], values[:, order])


def _replaced(equations: Equations, name: str) -> Values | None:
    """The cells of an outcome after events, and what counts there before anything is imputed."""
    people, after = equations.people, equations.after[name]
    asked = np.array([f"{name}@{time}" in equations.wanted for time in people.times])
    rows, times = np.nonzero(after.any & asked)
    if not len(rows):
        return None
    units, words = people.units.to_numpy(dtype=str), np.array(people.times)
    return Values(units[rows], words[times], after.value[rows, times][None])
