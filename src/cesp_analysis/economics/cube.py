"""What people used and what the intervention took, as one array: people, times, services."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.arrays import Bools, Floats
from cesp_analysis.declared.expressions import names_in
from cesp_analysis.declared.resources import (
    INTERVENTION,
    OWN_SHARE,
    OWN_TIME,
    Delivered,
)
from cesp_analysis.economics.aside import Aside, asides, negative
from cesp_analysis.economics.by_minutes import NO_LINES
from cesp_analysis.economics.cost_spec import Beside, CostSpec
from cesp_analysis.economics.dear import dear_intervention, too_dear
from cesp_analysis.economics.delivered import Whose, contacts_of, given, with_work
from cesp_analysis.economics.priced import Priced
from cesp_analysis.economics.read_use import rows_of, used_of
from cesp_analysis.economics.use_rows import contact_rows
from cesp_analysis.economics.used import placed_rows
from cesp_analysis.errors import CespError
from cesp_analysis.fidelity.people import starts_of
from cesp_analysis.schemas import Records


@dataclass(frozen=True)
class Cube:
    """Costs of n people, t times, s services: names, who pays, amounts in units of prices, months
    asked about and £ of the time between (n, t, s); begun (n, t): whether a time began before the
    person's death: of others amounts and costs are NaN. lengths (t,): months between."""

    units: "pd.Index[str]"
    times: tuple[str, ...]
    names: tuple[str, ...]
    sectors: tuple[str, ...]
    amount: Floats
    months: Floats
    cost: Floats
    begun: Bools
    lengths: Floats


def cube_of(
    how: CostSpec,
    priced: Priced,
    records: Path,
    people: pd.DataFrame,
    beside: Beside,
    ahead: Sequence[str] = (),
) -> tuple[Cube, list[Aside], pd.DataFrame]:
    """All costs, what counts otherwise, and the rows (use_rows.LISTED) of which they are sums.

    CespError with a line for each that cannot be, and those found `ahead`.
    """
    units = pd.Index(people["unit"].astype("object"))
    times, services = tuple(how.times), how.economics.services
    at = np.array(list(how.times.values()))
    length = np.append(0.0, np.diff(at))
    length[0] = length[1] if len(at) > 1 else np.nan
    of = used_of(how, priced, records, units, beside)
    months = np.where(np.isnan(of.recall), length[:, None], of.recall)
    value = np.array([priced.value(name) for name in services])
    costs = of.amount * value * (length[:, None] / months)
    begun = beside.lived.begun
    said = [*of.said, *after_death(of.amount, begun, how, records, units)]
    dear = too_dear(costs, services, times, units, partial(rows_of, how, records))
    faults = [*priced.faults, *of.faults, *dear]
    if how.economics.intervention is not None:
        contacts, own, path = _contacts(how, records)
        faults += negative(contacts, own.minutes, path)
    made = Cube(
        units, times, tuple(services),
        tuple(one.sector for one in services.values()), of.amount, months, costs, begun, length,
    )  # fmt: skip
    rows = of.rows
    if priced.hour is not None and priced.all_shared(how.economics):
        if priced.hour.odd:
            said.append(Aside("config.yaml", priced.hour.odd, NO_LINES, service=OWN_TIME))
        made, told, more = _with_intervention(made, how, priced, records, people, beside)
        said += told
        rows = pd.concat([rows, more], ignore_index=True)
        each = np.nansum(made.cost[:, :, -2:], axis=(1, 2))
        faults += dear_intervention(each, units, *_contacts(how, records))
    faults += ahead
    if not faults and not np.nansum(made.cost[:, 1:]) > 0:
        when = ", but before it" if np.nansum(made.cost) > 0 else ""
        faults.append(
            f"config.yaml: economics: nobody's use or contacts cost anything over the follow-up"
            f"{when}; see that amounts of later times are read from the right files and variable"
            " (economics.use), and that services have prices"
        )
    if faults:
        raise CespError(faults)
    gone = ~begun[:, :, None]
    amount, cost = (np.where(gone, np.nan, values) for values in (made.amount, made.cost))
    return replace(made, amount=amount, cost=cost), said, rows


def after_death(
    amount: Floats, begun: Bools, how: CostSpec, records: Path, units: "pd.Index[str]"
) -> Iterator[Aside]:
    """Rows of use in times that began after the person's death; amount (n, t, services)."""
    for at, name in enumerate(how.economics.services):
        odd = ~begun & (np.nan_to_num(amount[:, :, at]) > 0)
        for path, rows in rows_of(how, records, name) if odd.any() else ():
            person, time = placed_rows(rows, units, list(how.times))
            which = (person >= 0) & (time >= 0)
            which[which] = odd[person[which], time[which]]
            why = (
                f"of {name} in a time that began after the person's death: not counted; correct"
                " the row, or the date of the death (data/raw/CORRECTIONS.yaml)"
            )
            yield from asides(path, rows["line"], [(which, why)], service=name)


def _contacts(how: CostSpec, records: Path) -> tuple[pd.DataFrame, Delivered, str]:
    """Rows of the intervention's file, what is declared of them, the raw file's path."""
    own = how.economics.intervention
    assert own is not None
    words = {own.minutes, *(names_in(own.counted) if own.counted else ())}
    words |= {own.setting} if own.setting else set()
    rows = contracts.read(records / f"{own.file}.parquet", Records, beyond=sorted(words))
    return rows, own, how.paths[own.file]


def _with_intervention(
    made: Cube, how: CostSpec, priced: Priced, records: Path, people: pd.DataFrame, beside: Beside
) -> tuple[Cube, tuple[Aside, ...], pd.DataFrame]:
    assert priced.hour is not None
    rows, own, path = _contacts(how, records)
    at = np.array(list(how.times.values()))
    begun = starts_of(how.starts, records)
    whose = Whose(
        made.units,
        shares_of(how, priced, people),
        (people["arm"] == "intervention").to_numpy(),
        begun.reindex(made.units).to_numpy(dtype=float),
        beside.lived.died,
    )
    misdated = beside.lines(path, how.raw_date, "impossible_date")
    contacts = contacts_of(rows, own, misdated)
    got = given(contacts, own, priced.hour.value, whose, how.days_since_start, path)
    time, shared = (
        np.where(np.arange(len(at)) == 0, 0.0, values) for values in (got.time, got.shared)
    )
    rate = with_work(priced.hour.value, own)
    more = np.stack([time, shared], axis=2)
    length = np.broadcast_to(np.append(at[1] - at[0], np.diff(at))[:, None], (*time.shape, 1))
    amounts = np.stack([time / rate if rate else time, np.full(time.shape, np.nan)], axis=2)
    return (
        Cube(
            made.units, made.times, (*made.names, OWN_TIME, OWN_SHARE),
            (*made.sectors, INTERVENTION, INTERVENTION),
            np.concatenate([made.amount, amounts], axis=2),
            np.concatenate([made.months, np.repeat(length, 2, axis=2)], axis=2),
            np.concatenate([made.cost, more], axis=2),
            made.begun,
            made.lengths,
        ),
        got.said,
        contact_rows(rows, contacts, got.period, own, made.times, path, how.raw_minutes),
    )  # fmt: skip


def shares_of(how: CostSpec, priced: Priced, people: pd.DataFrame) -> Floats:
    """£ (n,) of what each person's site shares; of several sites each has its own."""
    own = how.economics.intervention
    assert own is not None
    site = people["site"].astype("object").where(people["site"].notna(), "")
    treated = (people["arm"] == "intervention").to_numpy()
    here = site.where(treated).value_counts()
    n = site.map(here).to_numpy(dtype=float)
    total = np.zeros(len(people))
    for name, one in own.shared.items():
        total += priced.shared[name] / (one.people if one.people is not None else n)
    return np.asarray(np.where(treated, total, 0.0))
