"""What people used and what the intervention took, as one array: people, times, services."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.expressions import names_in
from cesp_analysis.declared.resources import INTERVENTION, OWN_SHARE, OWN_TIME, Delivered
from cesp_analysis.economics.ahead import Ahead
from cesp_analysis.economics.costed import Costed
from cesp_analysis.economics.dear import dear_intervention, too_dear
from cesp_analysis.economics.delivered import contacts_of, given, negative_contacts
from cesp_analysis.economics.priced import Priced
from cesp_analysis.economics.used import Used, used
from cesp_analysis.economics.used_columns import from_columns
from cesp_analysis.errors import CespError
from cesp_analysis.fidelity.people import Starts, starts_of
from cesp_analysis.models.cluster_sums import Floats
from cesp_analysis.schemas import Records


class CostSpec(Frozen):
    """The section, times of people with their place in months, starts, files' paths; columns:
    service → files that hold its variable."""

    economics: Costed
    times: dict[str, float]
    starts: Starts
    paths: dict[str, str]
    columns: dict[str, tuple[str, ...]] = {}
    ahead: Ahead = Ahead()


@dataclass(frozen=True)
class Cube:
    """Costs of n people, t times, s services: names, who pays, amounts in units of prices, months
    asked about and £ of the time between (n, t, s)."""

    units: "pd.Index[str]"
    times: tuple[str, ...]
    names: tuple[str, ...]
    labels: tuple[str, ...]
    sectors: tuple[str, ...]
    amount: Floats
    months: Floats
    cost: Floats


def cube_of(
    how: CostSpec,
    priced: Priced,
    records: Path,
    people: pd.DataFrame,
    ahead: Sequence[str] = (),
) -> tuple[Cube, dict[str, list[str]]]:
    """All costs, and what was left out, by service (of rows of services: beside the first);
    CespError with a line for each that cannot be, and those found `ahead`."""
    units = pd.Index(people["unit"].astype("object"))
    times, services = tuple(how.times), how.economics.services
    at = np.array(list(how.times.values()))
    length = np.append(0.0, np.diff(at))
    length[0] = length[1] if len(at) > 1 else np.nan
    of = used_of(how, priced, records, units)
    months = np.where(np.isnan(of.recall), length[:, None], of.recall)
    value = np.array([priced.value(name) for name in services])
    costs = of.amount * value * (length[:, None] / months)
    dear = too_dear(costs, services, times, units, partial(rows_of, how, records))
    faults = [*priced.faults, *of.faults, *dear]
    if how.economics.intervention is not None:
        faults += negative_contacts(*_contacts(how, records))
    made = Cube(
        units, times, tuple(services), tuple(one.label for one in services.values()),
        tuple(one.sector for one in services.values()), of.amount, months, costs,
    )  # fmt: skip
    said = {name: list(of.said) for name in made.names[:1]}
    if how.economics.intervention is not None and not priced.faults:
        made, told = _with_intervention(made, how, priced, records, people)
        said[OWN_TIME] = told
        each = np.nansum(made.cost[:, :, -2:], axis=(1, 2))
        faults += dear_intervention(each, units, *_contacts(how, records))
    faults += ahead
    if not faults and not np.nansum(made.cost) > 0:
        faults.append(
            "config.yaml: economics: nobody's use or contacts cost anything; see that amounts are"
            " read from the right variable (economics.use), and that services have prices"
        )
    if faults:
        raise CespError(faults)
    return made, said


def used_of(how: CostSpec, priced: Priced, records: Path, units: "pd.Index[str]") -> Used:
    """Amounts, and months asked about, from rows of services and from columns of them."""
    own, times, order = how.economics, list(how.times), list(how.economics.services)
    unit_of = dict.fromkeys(order, "") | {n: row.price.unit for n, row in priced.services.items()}
    by_rows = {name: one for name, one in own.services.items() if one.variable is None}
    parts: list[tuple[list[str], Used]] = []
    if own.use is not None:
        wanted = {own.use.service, own.use.amount, own.use.minutes, own.use.recall} - {None}
        rows = contracts.read(
            records / f"{own.use.file}.parquet", Records, beyond=[str(one) for one in wanted]
        )
        path = how.paths[own.use.file]
        parts.append((list(by_rows), used(rows, own.use, by_rows, units, times, unit_of, path)))
    for name, service in own.services.items():
        if service.variable is not None:
            word = [service.variable]
            tables = [
                (how.paths[n], contracts.read(records / f"{n}.parquet", Records, beyond=word))
                for n in how.columns.get(name, ())
            ]
            found = from_columns(tables, service, unit_of[name], units, times)
            parts.append(([name], found))
    amount = np.full((len(units), len(times), len(order)), np.nan)
    recall = amount.copy()
    for names, part in parts:
        at = [order.index(name) for name in names]
        amount[:, :, at], recall[:, :, at] = part.amount, part.recall
    for at_service, service in enumerate(own.services.values()):
        if service.months is not None:
            unsaid = np.isnan(recall[:, :, at_service])
            recall[:, :, at_service] = np.where(unsaid, service.months, recall[:, :, at_service])
    said = dict.fromkeys(line for _, part in parts for line in part.said)
    return Used(amount, recall, tuple(said), tuple(f for _, part in parts for f in part.faults))


def rows_of(how: CostSpec, records: Path, name: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """The files that hold a service: the raw file's path, its rows of the service."""
    own, use = how.economics.services[name], how.economics.use
    if own.variable is not None:
        for file in how.columns.get(name, ()):
            table = contracts.read(records / f"{file}.parquet", Records, beyond=[own.variable])
            yield how.paths[file], table[table[own.variable].notna()]
    elif use is not None:
        table = contracts.read(records / f"{use.file}.parquet", Records, beyond=[use.service])
        yield how.paths[use.file], table[table[use.service] == name]


def _contacts(how: CostSpec, records: Path) -> tuple[pd.DataFrame, Delivered, str]:
    """Rows of the intervention's file, what is declared of them, the raw file's path."""
    own = how.economics.intervention
    assert own is not None
    words = {own.minutes, *(names_in(own.counted) if own.counted else ())}
    rows = contracts.read(records / f"{own.file}.parquet", Records, beyond=sorted(words))
    return rows, own, how.paths[own.file]


def _with_intervention(
    made: Cube, how: CostSpec, priced: Priced, records: Path, people: pd.DataFrame
) -> tuple[Cube, list[str]]:
    own = how.economics.intervention
    assert own is not None and priced.hour is not None
    rows = _contacts(how, records)[0]
    treated = (people["arm"] == "intervention").to_numpy()
    days = how.starts.days or np.nan
    at = np.array(list(how.times.values()))
    begun = starts_of(how.starts, records)
    got = given(
        contacts_of(rows, own),
        own,
        priced.hour.value,
        shares_of(how, priced, people),
        made.units,
        treated,
        begun.reindex(made.units).to_numpy(dtype=float),
        (at - at[0]) * days,
        how.paths[own.file],
    )
    time, shared = (
        np.where(np.arange(len(at)) == 0, 0.0, values) for values in (got.time, got.shared)
    )
    rate = priced.hour.value * (1 + own.indirect) * (1 + own.supervision)
    more = np.stack([time, shared], axis=2)
    length = np.broadcast_to(np.append(at[1] - at[0], np.diff(at))[:, None], (*time.shape, 1))
    amounts = np.stack([time / rate if rate else time, np.full(time.shape, np.nan)], axis=2)
    return (
        Cube(
            made.units, made.times, (*made.names, OWN_TIME, OWN_SHARE),
            (*made.labels, f"{own.label}: time", f"{own.label}: shared by a site"),
            (*made.sectors, INTERVENTION, INTERVENTION),
            np.concatenate([made.amount, amounts], axis=2),
            np.concatenate([made.months, np.repeat(length, 2, axis=2)], axis=2),
            np.concatenate([made.cost, more], axis=2),
        ),
        list(got.said),
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
