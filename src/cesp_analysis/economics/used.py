"""How much of each service people used between the times of the study."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cesp_analysis.declared.resources import Service, Use
from cesp_analysis.errors import no_such
from cesp_analysis.models.cluster_sums import Floats

HOURS, MINUTES = "hour", "minute"


@dataclass(frozen=True)
class Used:
    """amount (n, t, s): in the unit of the price, within the months asked about (n, t); NaN: not
    known. said: what was left out; faults: what nobody could mean."""

    amount: Floats
    recall: Floats
    said: tuple[str, ...]
    faults: tuple[str, ...]


def used(
    rows: pd.DataFrame,
    use: Use,
    services: Mapping[str, Service],
    units: "pd.Index[str]",
    times: Sequence[str],
    priced: Mapping[str, str],
    path: str,
) -> Used:
    """From a file with one row for each person, time and service; several rows of one are summed.

    rows: its records; priced: service → the unit of its price. A service that somebody's rows at a
    time do not list is not known, or 0 where the study says so.
    """
    table = rows[rows["time"].notna()].astype({"unit": "object", "time": "object"})
    amounts = table[use.amount].astype("float64")
    faults = list(_faults(table, amounts, use, services, path))
    person = units.get_indexer(pd.Index(table["unit"]))
    time = pd.Index(list(times)).get_indexer(pd.Index(table["time"]))
    asked = np.zeros((len(units), len(times)), dtype=bool)
    there = (person >= 0) & (time >= 0)
    asked[person[there], time[there]] = True
    recall = _recall(table, use, person, time, asked)
    found = np.full((*asked.shape, len(services)), np.nan)
    if use.not_listed == "none":
        found[asked] = 0.0
    words = table[use.service].astype("object").to_numpy()
    for at, (name, service) in enumerate(services.items()):
        own = there & (words == name)
        quantity = in_units(
            amounts[own].to_numpy(), _minutes(table[own], use), service, priced[name]
        )
        sums = np.zeros(asked.shape)
        np.add.at(sums, (person[own], time[own]), quantity)
        listed = np.zeros(asked.shape, dtype=bool)
        listed[person[own], time[own]] = True
        found[listed, at] = sums[listed]
    return Used(found, recall, tuple(_said(person, time, path)), tuple(faults))


def in_units(amount: Floats, minutes: Floats, service: Service, unit: str) -> Floats:
    """Amounts in the unit that the price is of; none is none, however long it would have been."""
    if service.per == "amount":
        return amount
    each = np.where(np.isnan(minutes), service.minutes_each or np.nan, minutes)
    whole = amount * each / (60 if unit == HOURS else 1)
    return np.asarray(np.where(amount == 0, 0.0, whole))


def _minutes(table: pd.DataFrame, use: Use) -> Floats:
    if use.minutes is None:
        return np.full(len(table), np.nan)
    return table[use.minutes].to_numpy(dtype=float)


def _recall(
    table: pd.DataFrame, use: Use, person: np.ndarray, time: np.ndarray, asked: np.ndarray
) -> Floats:
    """Months that were asked about (n, t), NaN where the file does not say."""
    found = np.full(asked.shape, np.nan)
    if use.recall is not None:
        there = (person >= 0) & (time >= 0)
        found[person[there], time[there]] = table[use.recall].to_numpy(dtype=float)[there]
    return found


def _faults(
    table: pd.DataFrame,
    amounts: "pd.Series[float]",
    use: Use,
    services: Mapping[str, Service],
    path: str,
) -> Iterator[str]:
    """Negative amounts, months of nothing, services of which nobody said a price."""
    bad = table[amounts < 0]
    if len(bad):
        yield (
            f"{path}: line {bad['line'].iloc[0]}: {use.amount} is negative ({len(bad)} such lines);"
            f" correct it (data/raw/CORRECTIONS.yaml), or give the variable a range from 0 on"
        )
    if use.recall is not None:
        bad = table[table[use.recall].astype("float64") <= 0]
        if len(bad):
            yield f"{path}: line {bad['line'].iloc[0]}: {use.recall} must be months, above 0"
        yield from _recalls_differ(table, use, path)
    known = {*services, *use.not_priced}
    found = table[use.service].astype("object").dropna()
    for word in [one for one in dict.fromkeys(found) if one not in known]:
        told = no_such("service", str(word), list(services))
        yield (
            f"config.yaml: economics.services: {told}; {path} has it: give it a price"
            f" (services), or say why it has none (use.not_priced)"
        )


def _recalls_differ(table: pd.DataFrame, use: Use, path: str) -> Iterator[str]:
    """A person's rows at a time that were asked about different months."""
    spread = table.groupby(["unit", "time"], observed=True)[str(use.recall)].nunique()
    if (spread > 1).any():
        unit, time = spread.index[spread > 1][0]
        yield (
            f"{path}: unit '{unit}' at {time}: {use.recall} differs between services; a person has"
            " one recall period at a time: bring the amounts to one beforehand"
        )


def _said(person: np.ndarray, time: np.ndarray, path: str) -> Iterator[str]:
    strangers = int(((person < 0) & (time >= 0)).sum())
    if strangers:
        yield f"{strangers} rows of {path} are of people who are not among the study's: not counted"
