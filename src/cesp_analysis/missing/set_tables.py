"""Imputed sets as the tables that pass to other steps."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis.missing.equations import Equations
from cesp_analysis.missing.imputed import Imputations
from cesp_analysis.missing.sets import Place, Sets, Values
from cesp_analysis.missing.tables import Handled, Imputed, ImputedCovariates, Traces

if TYPE_CHECKING:
    import pandas as pd


def imputed_table(sets: Sets) -> "pd.DataFrame":
    """Imputed: by handling, outcome, set, person and time."""
    return _long(sets.outcomes, sets.m, "outcome", list(Imputed.columns()))


def covariate_table(sets: Sets) -> "pd.DataFrame":
    """ImputedCovariates, in the same order."""
    table = _long(sets.covariates, sets.m, "covariate", list(ImputedCovariates.columns()))
    return table.astype({"category": "category"})


def _long(cells: Mapping[Place, Values], m: int, what: str, columns: list[str]) -> "pd.DataFrame":
    import pandas as pd

    parts = [
        pd.DataFrame(
            {
                "handling": handling,
                "set": np.repeat(np.arange(1, m + 1), len(own.units)),
                "unit": np.tile(own.units, m),
                "time": np.tile(own.times, m) if len(own.times) else None,
                what: name,
                "category": _words(own),
                "value": own.values.reshape(-1),
            }
        )
        for (handling, name), own in cells.items()
    ]
    empty = pd.DataFrame({name: pd.Series(dtype="str") for name in columns})
    empty = empty.astype({"set": "int64", "value": "float64"})
    whole = pd.concat(parts, ignore_index=True)[columns] if parts else empty
    return _coded(whole, ["handling", "unit", "time", what])


def _words(own: Values) -> "np.ndarray[Any, Any] | None":
    if not own.categories:
        return None
    known = np.array(own.categories, dtype=object)
    return np.asarray(known[own.values.reshape(-1).astype(int)])


def _coded(table: "pd.DataFrame", names: Sequence[str]) -> "pd.DataFrame":
    """Text as categories, in order of appearance: rows are written in their order."""
    import pandas as pd

    for name in names:
        if name in table:
            codes, known = pd.factorize(table[name].astype("str"))
            table[name] = pd.Categorical.from_codes(codes, known)
    return table


def handled_table(made: Iterable[Equations]) -> "pd.DataFrame":
    """Handled: what events change of the outcomes that models analyse."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for one in made:
        for name in one.share.outcomes:
            after, answers = one.after[name], one.people.answers[name]
            for person, at in np.argwhere(after.any):
                if f"{name}@{one.people.times[at]}" not in one.wanted:
                    continue
                event = after.names[after.event[person, at]]
                rows.append(
                    {
                        "handling": one.share.handling.name,
                        "unit": str(one.people.units[person]),
                        "time": one.people.times[at],
                        "outcome": name,
                        "event": event,
                        "strategy": one.share.handling.events[event].strategy,
                        "answered": answers[person, at],
                        "value": after.value[person, at],
                    }
                )
    table = pd.DataFrame(rows, columns=list(Handled.columns()))
    return table.astype({"answered": "float64", "value": "float64"})


def trace_table(made: Iterable[tuple[Equations, Imputations]]) -> "pd.DataFrame":
    """Traces: mean and SD of each column's imputed cells in each round of each chain, in the order
    in which the equations hold their columns: items as their questionnaire has them."""
    import pandas as pd

    parts = []
    for one, imputations in made:
        order = {name: at for at, name in enumerate(imputations.recipe.names)}
        for trace in sorted(imputations.traces, key=lambda own: order[own.column]):
            rounds, m = trace.mean.shape
            parts.append(
                pd.DataFrame(
                    {
                        "handling": one.share.handling.name,
                        "group": trace.group,
                        "column": trace.column,
                        "iteration": np.repeat(np.arange(1, rounds + 1), m),
                        "set": np.tile(np.arange(1, m + 1), rounds),
                        "mean": trace.mean.reshape(-1),
                        "sd": trace.sd.reshape(-1),
                    }
                )
            )
    columns = list(Traces.columns())
    empty = pd.DataFrame(columns=columns).astype(
        {"iteration": "int64", "set": "int64", "mean": "float64", "sd": "float64"}
    )
    whole = pd.concat(parts, ignore_index=True)[columns] if parts else empty
    return _coded(whole, ["handling", "group", "column"])
