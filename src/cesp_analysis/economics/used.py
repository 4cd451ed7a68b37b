"""How much of each service people used between the times of the study, from rows of services."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cesp_analysis.arrays import Bools, Codes, Floats
from cesp_analysis.declared.resources import Service, Use
from cesp_analysis.economics.aside import Aside, asides, negative
from cesp_analysis.economics.by_minutes import HOURS, of_minutes
from cesp_analysis.economics.use_rows import settings_of, use_rows
from cesp_analysis.errors import no_such, on_lines


@dataclass(frozen=True)
class Used:
    """amount (n, t, s): in the unit of the price, within the months asked about, recall (n, t, s);
    NaN: not known. said: what counts otherwise; faults: what nobody could mean; rows: what amounts
    are sums of (use_rows.LISTED)."""

    amount: Floats
    recall: Floats
    said: tuple[Aside, ...]
    faults: tuple[str, ...]
    rows: pd.DataFrame


def used(
    rows: pd.DataFrame,
    use: Use,
    services: Mapping[str, Service],
    units: "pd.Index[str]",
    times: Sequence[str],
    priced: Mapping[str, str],
    path: str,
    undeclared: Collection[int] = (),
    column: str = "",
) -> Used:
    """From a file with one row for each person, time and service; several rows of one are summed.

    rows: its records; priced: service → the unit of its price; undeclared: lines whose service
    config.yaml does not declare; column: raw, of the amounts. A service that somebody's rows at a
    time do not list is not known, or 0 where the study says so and none of the rows may be of it.
    """
    table = rows.astype({"unit": "object", "time": "object"})
    amounts = _numbers(table, use.amount)
    person, time = placed_rows(table, units, times)
    there, words = (person >= 0) & (time >= 0), table[use.service].astype("object").to_numpy()
    asked_about = months_of(table, use, services)
    faults = tuple(_faults(table[time >= 0], asked_about[time >= 0], use, services, path))
    asked = np.zeros((len(units), len(times)), dtype=bool)
    asked[person[there], time[there]] = True
    found = np.full((*asked.shape, len(services)), np.nan)
    recall = np.full(found.shape, np.nan)
    unnamed = pd.isna(words) & (amounts != 0) & (use.not_listed == "none")  # of any service
    doubtful = np.zeros(asked.shape, dtype=bool)
    doubtful[person[there & unnamed], time[there & unnamed]] = True
    if use.not_listed == "none":
        found[asked & ~doubtful] = 0.0
    said = [*left_out(person, time, table["line"], path)]
    minutes_of, quantity = _numbers(table, use.minutes), np.full(len(table), np.nan)
    counts = np.zeros(len(table), dtype=bool)
    for at, (name, service) in enumerate(services.items()):
        own = there & (words == name)
        amount, minutes = amounts[own], minutes_of[own]
        quantity[own] = in_units(amount, minutes, service, priced[name])
        counts |= own
        sums = np.zeros(asked.shape)
        np.add.at(sums, (person[own], time[own]), quantity[own])
        listed = np.zeros(asked.shape, dtype=bool)
        listed[person[own], time[own]] = True
        found[listed, at] = sums[listed]
        months = asked_about[own]
        np.fmax.at(  # of nothing, or of rows that differ: faults, told by _faults
            recall[:, :, at], (person[own], time[own]), np.where(months > 0, months, np.nan)
        )
        said += of_minutes(name, service, priced[name], amount, minutes, path)
    said += _said(table[there], words[there], unnamed[there], path, undeclared)
    if use.recall is not None:
        said += _without_months(table[there], use, services, path)
    setting = settings_of(table, use.setting, services, words)
    each = use_rows(
        table,
        use.file,
        path,
        column,
        words,
        setting,
        amounts,
        minutes_of,
        quantity,
        counts,
    )
    return Used(found, recall, tuple(said), faults, each)


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


def left_out(person: Codes, time: Codes, lines: "pd.Series[int]", path: str) -> Iterator[Aside]:
    """Rows that count for nobody."""
    yield from asides(
        path,
        lines,
        (
            (person < 0, "of people who are not among the study's: not counted"),
            ((person >= 0) & (time < 0), "of no time of people: not counted"),
        ),
    )


def months_of(table: pd.DataFrame, use: Use, services: Mapping[str, Service]) -> Floats:
    """Months (r,) that each row was asked about: as it says, else as its service; NaN: neither."""
    said = _numbers(table, use.recall)
    usual = {name: one.months for name, one in services.items() if one.months is not None}
    own = table[use.service].astype("object").map(usual).to_numpy(dtype=float)
    return np.asarray(np.where(np.isnan(said), own, said))


def _numbers(table: pd.DataFrame, column: str | None) -> Floats:
    """A column of numbers; NaN where the study has none."""
    if column is None:
        return np.full(len(table), np.nan)
    return table[column].to_numpy(dtype=float)


NOT_LISTED_OPEN = (
    "; services that the person's rows at this time do not list are not known (not_listed: none"
    " would make them 0, and this row may be of one)"
)


def _said(
    table: pd.DataFrame, words: np.ndarray, unnamed: Bools, path: str, undeclared: Collection[int]
) -> Iterator[Aside]:
    """Rows of people and times that are of no service; unnamed: those that leave others open."""
    none = pd.isna(words)
    other = none & table["line"].isin([*undeclared]).to_numpy()
    blank = "without a service: not counted"
    word = (
        "of a service that config.yaml does not declare (undeclared_value in data_problems.csv):"
        " not counted; correct the word, or declare and price it"
    )
    yield from asides(
        path,
        table["line"],
        (
            (none & ~other & ~unnamed, blank),
            (none & ~other & unnamed, f"{blank}{NOT_LISTED_OPEN}"),
            (other & ~unnamed, word),
            (other & unnamed, f"{word}{NOT_LISTED_OPEN}"),
        ),
    )


def _without_months(
    table: pd.DataFrame, use: Use, services: Mapping[str, Service], path: str
) -> Iterator[Aside]:
    """Rows of some use that say no months asked about, and what stands for them."""
    words = table[use.service].astype("object")
    blank = (words.notna() & _some(table, use) & table[str(use.recall)].isna()).to_numpy()
    told = {n: one.months for n, one in services.items() if one.months is not None}
    whole = f"without {use.recall}: taken to be of the whole time between"
    fates = [(blank & ~words.isin([*told]).to_numpy(), whole)]
    for name, months in told.items():
        how = f"taken to be of {months:g} months (economics.services.{name}.months)"
        fates.append((blank & (words == name).to_numpy(), f"of {name} without {use.recall}: {how}"))
    yield from asides(path, table["line"], fates)


def _some(table: pd.DataFrame, use: Use) -> "pd.Series[bool]":
    """Rows whose amount the months bear on: none is none, however long it was asked about."""
    return table[use.amount].astype("float64") != 0


def _faults(
    table: pd.DataFrame,
    months: Floats,
    use: Use,
    services: Mapping[str, Service],
    path: str,
) -> Iterator[str]:
    """Negative amounts and minutes, months (r,) of nothing, or that differ between rows that are
    summed, services of which nobody said a price."""
    for variable in dict.fromkeys((use.amount, use.minutes)):
        if variable is not None:
            yield from negative(table, variable, path)
    if use.recall is not None:
        bad = table[table[use.recall].astype("float64") <= 0]
        if len(bad):
            yield (
                f"{on_lines(path, bad['line'])}: {use.recall} must be months, above 0; correct it"
                " (data/raw/CORRECTIONS.yaml), blank where nobody knows (the whole time between)"
            )
        yield from _recalls_differ(table, months, use, path)
    known = {*services, *use.not_priced}
    found = table[use.service].astype("object").dropna()
    for word in [one for one in dict.fromkeys(found) if one not in known]:
        told = no_such("service", str(word), list(services))
        yield (
            f"config.yaml: economics.services: {told}; {path} has it: give it a price"
            f" (services), or say why it has none (use.not_priced)"
        )


def _recalls_differ(table: pd.DataFrame, months: Floats, use: Use, path: str) -> Iterator[str]:
    """Rows of a person, time and service that were asked about different months; blank: of the
    whole time between, which is another length than what others say."""
    whose = ["unit", "time", use.service]
    own = table[whose + ["line"]].assign(months=months)
    own = own[_some(table, use) | np.isfinite(months)]
    each = own.groupby(whose, observed=True)["months"].transform("nunique", dropna=False)
    if (differs := each > 1).any():
        yield (
            f"{on_lines(path, own['line'][differs])}: {use.recall} differs between rows of one"
            " person, time and service (blank: the whole time between); what is summed has one"
            " recall period: write it where it is blank, or bring the amounts to one beforehand"
        )
