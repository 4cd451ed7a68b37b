"""Where the numbers of an evaluation are: utilities and QALYs of people, costs by perspective."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.declared.outcomes import Outcome
from cesp_analysis.economics.evaluation import Source
from cesp_analysis.economics.tables import Costs
from cesp_analysis.missing.in_parts import Parts
from cesp_analysis.missing.people import People
from cesp_analysis.panel.sources import Sources


def answers_of(one: Source, sources: Sources, people: People) -> Floats:
    """A quantity of people at each time (n, t), NaN where there is none."""
    entry = Outcome(label="", score=one.score, variable=one.variable, unit="", direction="neither")
    found = sources.values(entry)
    return placed(found, "value", people)


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
    return placed(sums.assign(cost=sums["cost"].where(sums["known"])), "cost", people)


def known_parts_of(table: pd.DataFrame, services: Sequence[str], people: People) -> list[Parts]:
    """These services' costs as parts of their total, of each time: each service, and, where nobody
    knows some of its rows, a row of it."""
    names, parts = list[str](), list[tuple[Floats, Floats, Floats]]()
    for name in services:
        cost, some, unknown, each = _rows_of(table, name, people)
        told = np.isnan(cost) & (np.nan_to_num(unknown) > 0)
        lacks = np.isnan(cost) & ~told
        known = np.where(np.isnan(cost), np.nan_to_num(some), cost)
        parts.append((known, lacks.astype(float), cost))
        names.append(name)
        if told.any():
            parts.append((np.zeros(cost.shape), np.where(told, unknown, 0.0), each))
            names.append(name)
    known, often, each = (np.stack(of, axis=-1) for of in zip(*parts, strict=True))
    whole = np.asarray(np.isnan(each).all(axis=2) & (often > 0).any(axis=2))
    return [
        Parts(tuple(names), known[:, k], often[:, k], each[:, k], whole[:, k])
        for k in range(len(people.times))
    ]


def known_contacts_of(table: pd.DataFrame, name: str, people: People) -> list[Parts]:
    """The same of a service whose rows are contacts, of which each that nobody knows lacks."""
    cost, some, unknown, each = _rows_of(table, name, people)
    known = np.where(np.isnan(cost), np.nan_to_num(some), np.nan_to_num(cost))
    lacks = np.where(np.isnan(cost), np.nan_to_num(unknown), 0.0)
    nobody = np.zeros(people.n, dtype=bool)
    return [
        Parts((name,), known[:, [k]], lacks[:, [k]], each[:, [k]], nobody)
        for k in range(len(people.times))
    ]


def _rows_of(
    table: pd.DataFrame, name: str, people: People
) -> tuple[Floats, Floats, Floats, Floats]:
    """Of a service (n, t): its cost, what is known of one that is not, rows that nobody knows, and
    the mean of those that are known."""
    own = table[table["service"] == name]
    at = _places_of(own, people)
    cost, some, rows, unknown = (
        _put(own[column], at, people) for column in ("cost", "known_part", "rows", "rows_unknown")
    )
    known, n = np.where(np.isnan(cost), some, cost), np.nan_to_num(rows - unknown)
    return cost, some, unknown, np.where(n > 0, known / np.maximum(n, 1), np.nan)


def scaled(table: pd.DataFrame, by: Mapping[str, float]) -> pd.DataFrame:
    """Costs of services times a number each."""
    factor = table["service"].astype("object").map(by).fillna(1.0).to_numpy(dtype=float)
    return table.assign(cost=table["cost"] * factor, known_part=table["known_part"] * factor)


def read_costs(path: Path) -> pd.DataFrame:
    """What each person used before each time, and what it cost."""
    return contracts.read(path, Costs)


def placed(rows: pd.DataFrame, column: str, people: People) -> Floats:
    """A column of rows of unit and time as (n, t)."""
    return _put(rows[column], _places_of(rows, people), people)


def _places_of(rows: pd.DataFrame, people: People) -> tuple[Codes, Codes]:
    """Whose (r,) each row is and of which time (r,), -1 of none of them."""
    row = people.units.get_indexer(pd.Index(rows["unit"].astype("str")))
    return row, pd.Index(list(people.times)).get_indexer(pd.Index(rows["time"].astype("str")))


def _put(values: "pd.Series[float]", places: tuple[Codes, Codes], people: People) -> Floats:
    """Values (r,) at their places (n, t), NaN where there is none."""
    found = np.full((people.n, len(people.times)), np.nan)
    row, at = places
    there = (row >= 0) & (at >= 0)
    found[row[there], at[there]] = values.to_numpy(dtype=float)[there]
    return found
