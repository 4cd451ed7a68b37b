"""The values of a mean that a criterion judges: who is in it, who is not, how alike they are."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.clean.evaluate import evaluated
from cesp_analysis.declared.feasibility import MeanOf
from cesp_analysis.feasibility.by_person import deff_of_people
from cesp_analysis.feasibility.clustering import Clustered, clustered_by, icc_of_numbers
from cesp_analysis.feasibility.mean_bounds import bounds_of_mean
from cesp_analysis.feasibility.not_known import Bounds
from cesp_analysis.feasibility.shares import clustering_notes
from cesp_analysis.feasibility.spans import Span, ends
from cesp_analysis.numbers import counted
from cesp_analysis.schemas import Records

ALIKE = "rows of one person may be alike: people are taken as independent, with t on people - 1 df"
ROUNDING = 1e-13
"""Of the sum of all values: some 500 roundings of the last digit (2e-16)."""


@dataclass(frozen=True)
class Values:
    """Numbers of which a mean is made: how many, mean, standard deviation; what link workers do to
    them (None: cannot be told), and what must be said of that; said: who is left out; bounds: what
    the mean may be by what is not known; people: whose values they are; deff: how many values are
    worth one, as those of one person are alike (None: all are of one person)."""

    n: int
    mean: float | None
    sd: float | None
    design: Clustered | None = None
    design_notes: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    bounds: Bounds | None = None
    people: int = 0
    deff: float | None = 1.0


def values_of(
    told: MeanOf,
    records: Path,
    register: str = "",
    icc: float | None = None,
    span: Span | None = None,
) -> Values:
    """The values of a mean: rows that meet the condition, or each unit's mean.

    `register`: the file that lists people, whose link workers they have; `icc`: as declared;
    `span`: between which values unknown ones lie.
    """
    table = contracts.read(records / f"{told.file}.parquet", Records)
    said = []
    holds = pd.Series(1.0, index=table.index)
    if told.where is not None:
        holds = pd.Series(evaluated(table, told.where), index=table.index)
        if unknown := int(holds.isna().sum()):
            said.append(
                f"of {counted(unknown, 'row')} it is not known whether they count; left out"
            )
    bounds = _bounds(told, table[holds != 0.0], holds[holds != 0.0], span)
    if isinstance(bounds, str):
        said.append(bounds)
    table = table[holds == 1.0]
    lacking = table[told.variable].isna()
    if lacking.any():
        said.append(f"{counted(int(lacking.sum()), 'row')} without a value left out")
    held = table[~lacking]
    own = pd.DataFrame(
        {
            "unit": held["unit"].astype("object"),
            "worker": _workers(held, records, register),
            "value": held[told.variable].astype("float64"),
        }
    )
    if told.count == "units":
        parts = own.groupby("unit")
        own = pd.DataFrame({"worker": parts["worker"].first(), "value": parts["value"].mean()})
    elif own["unit"].duplicated().any():
        said.append(ALIKE)
    n = len(own)
    if not n:
        return Values(0, None, None, said=tuple(said))
    design, notes = _design(own, icc)
    sd = float(own["value"].std()) if n > 1 else None
    mean, within = float(own["value"].mean()), None if isinstance(bounds, str) else bounds
    people, deff = _alike(own) if told.count == "rows" and sd else (n, 1.0)
    return Values(n, mean, sd, design, notes, tuple(said), within, people, deff)


def _alike(own: pd.DataFrame) -> tuple[int, float | None]:
    """How many people the rows are of, and how many rows are worth one (by_person.py); a row of
    nobody who is known stands for itself."""
    named = own["unit"].notna() & (own["unit"] != "")
    unit = own["unit"].where(named, pd.Series([f"\n{i}" for i in range(len(own))], own.index))
    if not unit.duplicated().any():
        return len(own), 1.0
    value = own["value"]
    residuals = (value - value.mean()).groupby(unit.to_numpy()).sum().tolist()
    if len(residuals) < 2:
        return 1, None
    rounding = ROUNDING * float(value.abs().sum())
    return len(residuals), deff_of_people(residuals, len(own), float(value.var()), rounding)


def _bounds(
    told: MeanOf, table: pd.DataFrame, holds: "pd.Series[float]", span: Span | None
) -> Bounds | str | None:
    rows = pd.DataFrame(
        {
            "unit": table["unit"].astype("object"),
            "value": table[told.variable].astype("float64"),
            "counts": holds,
        }
    )
    within = ends(span, told.variable, table) if span is not None else None
    return bounds_of_mean(rows, within, told.count == "units")


def _workers(held: pd.DataFrame, records: Path, register: str) -> "pd.Series[str]":
    """The link worker of the register, else the row's own; blank: none."""
    named = held["link_worker"].astype("object")
    if register:
        people = contracts.read(records / f"{register}.parquet", Records).drop_duplicates("unit")
        known = people.set_index(people["unit"].astype("object"))["link_worker"].astype("object")
        known = held["unit"].astype("object").map(known)
        named = known.where(known.notna(), named)
    return named.where(named.notna(), "").astype("object")


def _design(own: pd.DataFrame, icc: float | None) -> tuple[Clustered | None, tuple[str, ...]]:
    having = own[own["worker"] != ""]
    groups = [part.tolist() for _, part in having.groupby("worker")["value"]]
    if not groups:
        return None, ()
    alone = len(own) - len(having)
    estimate = icc_of_numbers(groups) if icc is None else icc
    design = clustered_by([len(group) for group in groups], alone, estimate)
    return design, tuple(clustering_notes(len(groups), design, alone, icc))
