"""Columns of costs as sums of services, so that what is imputed is the services not known."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Bools, Floats
from cesp_analysis.missing.equations import Equations
from cesp_analysis.missing.in_parts import Parts


@dataclass(frozen=True)
class CostColumns:
    """Costs of people (n, t): columns to be imputed where they have gaps; of each column the
    services that it is the sum of, time by time; what is known and stands beside them (`took`)."""

    columns: dict[str, Floats]
    in_parts: dict[str, list[Parts]]
    took: Floats


def answered(name: str, values: Floats, costs: CostColumns | None) -> Bools:
    """Whether somebody has told anything (n, t) of a quantity (n, t): a part of costs will do."""
    there = np.isfinite(values)
    if costs is None or name not in costs.in_parts:
        return np.asarray(there)
    return np.asarray(there | np.stack([one.partly for one in costs.in_parts[name]], axis=1))


def parts_at(equations: Equations, costs: CostColumns) -> Iterator[tuple[str, Parts]]:
    """Columns of a table that are sums of services. Of whom an event sets a cost aside nothing
    counts as known: what is imputed is what it would have been."""
    for name, of in costs.in_parts.items():
        for at, time in enumerate(equations.people.times):
            column = f"{name}@{time}"
            if column in equations.about:
                yield column, of[at].without(equations.after[name].any[:, at])
