"""How much of each service people used between the times of the study, from rows of services."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cesp_analysis.declared.resources import Service, Use
from cesp_analysis.errors import no_such, on_lines
from cesp_analysis.models.cluster_sums import Codes, Floats
from cesp_analysis.numbers import counted

HOURS, MINUTES = "hour", "minute"


@dataclass(frozen=True)
class Used:
    """amount (n, t, s): in the unit of the price, within the months asked about, recall (n, t, s);
    NaN: not known. said: what was left out; faults: what nobody could mean."""

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
    table = rows.astype({"unit": "object", "time": "object"})
    amounts = table[use.amount].astype("float64")
    person, time = placed_rows(table, units, times)
    there, words = (person >= 0) & (time >= 0), table[use.service].astype("object").to_numpy()
    faults = tuple(_faults(table[time >= 0], amounts[time >= 0], use, services, path))
    asked = np.zeros((len(units), len(times)), dtype=bool)
    asked[person[there], time[there]] = True
    found = np.full((*asked.shape, len(services)), np.nan)
    recall = np.full(found.shape, np.nan)
    if use.not_listed == "none":
        found[asked] = 0.0
    for at, (name, service) in enumerate(services.items()):
        own = there & (words == name)
        quantity = in_units(
            amounts[own].to_numpy(), _numbers(table[own], use.minutes), service, priced[name]
        )
        sums = np.zeros(asked.shape)
        np.add.at(sums, (person[own], time[own]), quantity)
        listed = np.zeros(asked.shape, dtype=bool)
        listed[person[own], time[own]] = True
        found[listed, at] = sums[listed]
        np.fmax.at(recall[:, :, at], (person[own], time[own]), _numbers(table[own], use.recall))
    said = [*left_out(person, time, path), *_said(table[there], words[there], use, path)]
    return Used(found, recall, tuple(said), faults)


def in_units(amount: Floats, minutes: Floats, service: Service, unit: str) -> Floats:
    """Amounts in the unit that the price is of; none is none, however long it would have been."""
    if service.per == "amount":
        return amount
    each = np.where(np.isnan(minutes), service.minutes_each or np.nan, minutes)
    whole = amount * each / (60 if unit == HOURS else 1)
    return np.asarray(np.where(amount == 0, 0.0, whole))


def placed_rows(
    table: pd.DataFrame, units: "pd.Index[str]", times: Sequence[str]
) -> tuple[Codes, Codes]:
    """Whose each row is, and of which time of people; -1: of nobody's, of none."""
    return (
        units.get_indexer(pd.Index(table["unit"].astype("object"))),
        pd.Index(list(times)).get_indexer(pd.Index(table["time"].astype("object"))),
    )


def left_out(person: Codes, time: Codes, path: str) -> Iterator[str]:
    """What is said of rows that count for nobody."""
    for n, what in (
        (int((person < 0).sum()), "of people who are not among the study's"),
        (int(((person >= 0) & (time < 0)).sum()), "of no time of people"),
    ):
        if n:
            yield f"{path}: {counted(n, 'row')} {what}: not counted"


def _numbers(table: pd.DataFrame, column: str | None) -> Floats:
    """A column of numbers; NaN where the study has none."""
    if column is None:
        return np.full(len(table), np.nan)
    return table[column].to_numpy(dtype=float)


def _said(table: pd.DataFrame, words: np.ndarray, use: Use, path: str) -> Iterator[str]:
    """What is said of rows of people and times: of no service, without the months asked about."""
    none = pd.isna(words)
    if none.any():
        yield f"{path}: {counted(int(none.sum()), 'row')} without a service: not counted"
    if use.recall is None:
        return
    blank = ~none & table[use.recall].isna().to_numpy()
    if blank.any():
        yield (
            f"{path}: {counted(int(blank.sum()), 'row')} without {use.recall}: taken to be of the"
            " whole time between"
        )


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
            f"{on_lines(path, bad['line'])}: {use.amount} is negative;"
            f" correct it (data/raw/CORRECTIONS.yaml), or give the variable a range from 0 on"
        )
    if use.recall is not None:
        bad = table[table[use.recall].astype("float64") <= 0]
        if len(bad):
            yield f"{on_lines(path, bad['line'])}: {use.recall} must be months, above 0"
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
    """Rows of a person, time and service that were asked about different months."""
    whose = ["unit", "time", use.service]
    differs = table.groupby(whose, observed=True)[str(use.recall)].transform("nunique") > 1
    if differs.any():
        yield (
            f"{on_lines(path, table['line'][differs])}: {use.recall} differs between rows of one"
            " person, time and service; what is summed has one recall period: bring the amounts to"
            " one beforehand"
        )
