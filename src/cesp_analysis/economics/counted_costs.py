"""How each column of costs counts in what a person costs over the follow-up."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from cesp_analysis.arrays import Bools, Floats
from cesp_analysis.economics.asked import PeopleSpec
from cesp_analysis.economics.lived import ends
from cesp_analysis.economics.qalys import cost_weights, lived_weights, of_the_lived
from cesp_analysis.missing.equations import Equations


def of_part_periods(
    columns: Mapping[str, int], years: Sequence[float], died: Floats
) -> dict[str, Bools]:
    """Who (n,) died within what a column is of: theirs is known, and stays, but is of less than a
    period, so that it is no model of what somebody cost who lived. columns: name → at which of the
    times (years, from the start) its period ends; columns in which nobody did are left out."""
    found = {name: np.asarray(ends(died) < years[k]) for name, k in columns.items() if k}
    return {name: people for name, people in found.items() if people.any()}


def counted(
    how: PeopleSpec,
    columns: Sequence[tuple[int, int]],
    died: Floats,
    equations: Equations,
    took_place: Collection[int] = (),
) -> tuple[Floats, Floats, float]:
    """Weights (n, p) of costs, none of times that begin after a death; £ (n, p) that these leave
    out; and what makes baseline costs as long as the follow-up. columns: places of costs in the
    table and in the times; died (n,): years from the start, NaN for the living.

    A cost of the period of a death that is imputed is that of people who lived through it: it
    counts by the share that was lived. What is known counts as it is: of a cost that is known in
    part, and of blank rows that are as the person's others, the share is of the rest. took_place:
    columns of contacts, which were before the death.
    """
    own, gaps = how.economics, np.isnan(equations.table)
    found, kept = np.zeros(gaps.shape), np.zeros(gaps.shape)
    if own.costs is not None:
        for at, k in columns:
            if k == len(how.names) - 1:
                found[:, at] = of_the_lived(died, how.years[-1], gaps[:, at])
        return found, kept, 1.0
    weights, end = cost_weights(how.years, own.discount), ends(died)
    lived = lived_weights(how.years, own.discount, end)
    for at, k in columns:
        if k == 0:
            continue
        begun = end > how.years[k - 1]
        by_share = gaps[:, at] if at not in took_place else np.zeros(len(gaps), dtype=bool)
        whole = np.where(by_share, lived[:, k], weights[k])
        found[:, at] = np.where(begun, whole, 0.0)
        if (parts := equations.in_parts.get(equations.columns[at].name)) is not None:
            kept[:, at] = np.where(begun & gaps[:, at], (weights[k] - whole) * parts.not_drawn, 0.0)
    lengths = np.diff(how.years)
    return found, kept, float((weights[1:] * lengths).sum() / lengths[0])
