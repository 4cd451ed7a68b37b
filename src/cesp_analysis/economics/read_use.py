"""What people used, read from the study's records: rows of services, and columns of them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.declared.resources import Service, Use
from cesp_analysis.economics.cost_spec import Beside, CostSpec
from cesp_analysis.economics.priced import Priced
from cesp_analysis.economics.use_rows import LISTED
from cesp_analysis.economics.used import Used, used
from cesp_analysis.economics.used_columns import Holding, from_columns
from cesp_analysis.schemas import Records


def used_of(
    how: CostSpec, priced: Priced, records: Path, units: "pd.Index[str]", beside: Beside
) -> Used:
    """Amounts, and months asked about, from rows of services and from columns of them."""
    own, times, order = how.economics, list(how.times), list(how.economics.services)
    unit_of = dict.fromkeys(order, "") | {n: row.price.unit for n, row in priced.services.items()}
    by_rows = {name: one for name, one in own.services.items() if one.variable is None}
    parts: list[tuple[list[str], Used]] = []
    if own.use is not None:
        parts.append(
            (list(by_rows), _by_rows(how, own.use, by_rows, records, units, unit_of, beside))
        )
    for name, service in own.services.items():
        if service.variable is not None:
            word = service.variable
            tables = [
                Holding(file, how.paths[file], _holding(records, file, word), of)
                for file, of in how.columns.get(name, {}).items()
            ]
            found = from_columns(tables, name, service, unit_of[name], units, times)
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
    said = tuple(one for _, part in parts for one in part.said)
    rows = [part.rows.dropna(axis=1, how="all") for _, part in parts]  # of one another's kinds
    listed = pd.concat(rows, ignore_index=True).reindex(columns=list(LISTED))
    return Used(amount, recall, said, tuple(f for _, part in parts for f in part.faults), listed)


def _holding(records: Path, file: str, variable: str) -> pd.DataFrame:
    return contracts.read(records / f"{file}.parquet", Records, beyond=[variable])


def _by_rows(
    how: CostSpec,
    use: Use,
    services: Mapping[str, Service],
    records: Path,
    units: "pd.Index[str]",
    unit_of: Mapping[str, str],
    beside: Beside,
) -> Used:
    """Of the file with rows of services; a word that the study does not declare stands in the rows
    as the file has it."""
    wanted = {use.service, use.amount, use.minutes, use.recall, use.setting} - {None}
    rows = contracts.read(
        records / f"{use.file}.parquet", Records, beyond=[str(one) for one in wanted]
    )
    path = how.paths[use.file]
    other = beside.words(path, how.raw_service, "undeclared_value")
    found = used(rows, use, services, units, list(how.times), unit_of, path, other, how.raw_amount)
    words = found.rows["service"].fillna(found.rows["line"].map(other))
    return replace(found, rows=found.rows.assign(service=words))


def rows_of(how: CostSpec, records: Path, name: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """The files that hold a service: the raw file's path, its rows of the service."""
    own, use = how.economics.services[name], how.economics.use
    if own.variable is not None:
        for file in how.columns.get(name, ()):
            table = _holding(records, file, own.variable)
            yield how.paths[file], table[table[own.variable].notna()]
    elif use is not None:
        table = contracts.read(records / f"{use.file}.parquet", Records, beyond=[use.service])
        yield how.paths[use.file], table[table[use.service] == name]
