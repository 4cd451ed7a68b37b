"""Where the numbers of an evaluation are: utilities and QALYs of people, costs by perspective."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.declared.outcomes import Outcome
from cesp_analysis.economics.asked import EvaluateSpec
from cesp_analysis.economics.evaluation import Source
from cesp_analysis.economics.tables import Costs
from cesp_analysis.errors import CespError
from cesp_analysis.missing.people import People
from cesp_analysis.models.cluster_sums import Floats
from cesp_analysis.panel.sources import Sources
from cesp_analysis.schemas import Records, Scores

LEAST = -2.0
"""Below the worst state of any published value set (EQ-5D's lie above −1.3)."""


def sources_of(how: EvaluateSpec, records: Path, scores: list[Path]) -> Sources:
    """Scores, and the variables of files that quantities are read from."""
    own = how.economics
    quantities = [own.utility, own.qalys, own.costs, *own.value_sets.values()]
    wanted = {one.variable for one in quantities if one is not None and one.variable}
    tables = {
        name: contracts.read(
            records / f"{name}.parquet", Records, beyond=sorted(wanted), coded=["unit"]
        )
        for name in how.files
    }
    scored = pd.concat([contracts.read(path, Scores) for path in scores], ignore_index=True).astype(
        {"unit": "category", "time": "category"}
    )
    levels = {name: role.level for name, role in how.files.items()}
    return Sources.of(levels, tables, scored, list(how.names))


def answers_of(one: Source, sources: Sources, people: People) -> Floats:
    """A quantity of people at each time (n, t), NaN where there is none."""
    entry = Outcome(label="", score=one.score, variable=one.variable, unit="", direction="neither")
    found = sources.values(entry)
    return placed(found, "value", people)


def utilities_of(one: Source, sources: Sources, people: People) -> Floats:
    """The same of utilities; CespError where one is above 1, which is full health, or far below
    what a value set gives its worst state."""
    found = answers_of(one, sources, people)
    wrong = int(((found > 1) | (found < LEAST)).sum())
    if wrong:
        name = one.score or one.variable
        raise CespError(
            f"config.yaml: economics: '{name}' holds {wrong} values above 1 or below {LEAST:g},"
            f" as {np.nanmax(found) if (found > 1).any() else np.nanmin(found):g}: utilities are 1"
            " at full health; give the variable a range, or name another"
        )
    return found


def costs_of(table: pd.DataFrame, sectors: Sequence[str], people: People) -> Floats:
    """Costs (n, t) before each time in these sectors, scaled by nothing; NaN where one of the
    services is not known."""
    own = table[table["sector"].isin(sectors)]
    sums = (
        own.assign(known=own["cost"].notna())
        .groupby(["unit", "time"], observed=True)
        .agg(cost=("cost", "sum"), known=("known", "all"))
        .reset_index()
    )
    sums["cost"] = sums["cost"].where(sums["known"])
    return placed(sums, "cost", people)


def scaled(table: pd.DataFrame, by: Mapping[str, float]) -> pd.DataFrame:
    """Costs of services times a number each."""
    factor = table["service"].astype("object").map(by).fillna(1.0).to_numpy(dtype=float)
    return table.assign(cost=table["cost"] * factor)


def read_costs(path: Path) -> pd.DataFrame:
    """What each person used before each time, and what it cost."""
    return contracts.read(path, Costs)


def placed(rows: pd.DataFrame, column: str, people: People) -> Floats:
    """A column of rows of unit and time as (n, t)."""
    found = np.full((people.n, len(people.times)), np.nan)
    row = people.units.get_indexer(pd.Index(rows["unit"].astype("str")))
    at = pd.Index(list(people.times)).get_indexer(pd.Index(rows["time"].astype("str")))
    there = (row >= 0) & (at >= 0)
    found[row[there], at[there]] = rows[column].to_numpy(dtype=float)[there]
    return found
