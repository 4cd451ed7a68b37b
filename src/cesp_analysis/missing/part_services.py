"""Which services foretell a part of a total, as many as those who know it can bear.

What else a person costs together does not say what a cheap service among dear ones says of the one
that is lacking; so each other service is a predictor as long as there is room, the strongest first.
The choice is made once, of what is known, and holds for all sets and samples.
"""

from collections.abc import Iterator

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.missing import screening as rule
from cesp_analysis.missing.in_parts import Lacking, Parts, Service, service_in
from cesp_analysis.missing.leaving_out import LeftOut
from cesp_analysis.missing.target import Target

ENOUGH = 30
"""Donors from which on a service's other times are among what foretells it."""


def foretelling(
    one: Target, lacking: Lacking, predictors: Codes, left: LeftOut
) -> tuple[list[Service], bool]:
    """What the same service is in the other totals that are imputed, if enough know the part; then
    the other services of its total, up to a predictor for three people who know it; and whether
    there was room for all. predictors: of the total's, the constant first. Nothing foretells the
    parts of whom nothing is known."""
    if not lacking.parts:
        return [], True
    parts, people = left.recipe.in_parts[one.column.name], len(lacking.known)
    names = {parts.names[at] for at in lacking.parts}
    times = [*_at_other_times(one, names, left)] if people >= ENOUGH else []
    own = left.columns.z[np.ix_(lacking.known, predictors[1:] - 1)]
    there = [own, *(found[lacking.known, None] for _, found in times)]
    room = people // rule.PEOPLE_A_PREDICTOR - sum(x.shape[1] for x in there) - 1  # 1: the rest
    beside = _beside(one, lacking, parts, np.hstack(there))
    found = beside[: max(room, 0)]
    return [service for service, _ in times] + found, len(found) == len(beside)


def _at_other_times(
    one: Target, names: set[str], left: LeftOut
) -> Iterator[tuple[Service, Floats]]:
    """Services together in other totals, and what they are of everybody (n,)."""
    for column in left.recipe.columns:
        parts = left.recipe.in_parts.get(column.name)
        if parts is None or column.name == one.column.name or column.method is None:
            continue
        if (own := service_in(column.name, parts, names)) is not None:
            yield own, own.of(parts.usual)


def _beside(one: Target, lacking: Lacking, parts: Parts, there: Floats) -> list[Service]:
    """Other services of a total, those first that are most correlated with the part. there (K, k):
    predictors of those who know it, which a service does not repeat. It has at least FEWEST people
    among them beside its commonest value: one user of ten would say what all of them lack."""
    others = dict.fromkeys(parts.names[at] for at in parts.beside(lacking.parts))
    if len(others) == 1:  # it is the rest of the total, which foretells already
        return []
    made = [service_in(one.column.name, parts, {name}) for name in others]
    services = [service for service in made if service is not None]
    if not services:
        return []
    usual = parts.usual[lacking.known]
    x = np.column_stack([service.of(usual) for service in services])
    order = np.argsort(-rule.correlated(x, lacking.raw), kind="stable")
    order = order[[_varies(x[:, at]) for at in order]]
    every = rule.standardised(np.hstack([there, x[:, order]]))
    k = every.z.shape[1]
    new = ~rule.repeating(every, np.arange(len(x)), np.arange(k))[there.shape[1] :]
    return [services[at] for at in order[new].tolist()]


def _varies(values: Floats) -> bool:
    """Whether FEWEST at least do not have the commonest value."""
    return len(values) - int(np.unique(values, return_counts=True)[1].max()) >= rule.FEWEST
