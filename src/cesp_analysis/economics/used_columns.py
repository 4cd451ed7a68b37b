"""How much of each service people used, from files with a column a service."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from cesp_analysis.declared.resources import Service
from cesp_analysis.economics.used import Used, in_units, left_out, placed_rows
from cesp_analysis.errors import on_lines
from cesp_analysis.models.cluster_sums import Floats
from cesp_analysis.numbers import counted


def from_columns(
    tables: Sequence[tuple[str, pd.DataFrame]],
    service: Service,
    unit: str,
    units: "pd.Index[str]",
    times: Sequence[str],
) -> Used:
    """One service, (n, t, 1), of files (path, records) that hold its variable.

    unit: of its price. Rows of one person and time are summed, as rows of `use` are.
    """
    shape = (len(units), len(times))
    amount, rows, said, faults = np.zeros(shape), np.zeros(shape, dtype=int), [], []
    for path, table in tables:
        own = table[table[str(service.variable)].notna()]
        values = own[str(service.variable)].to_numpy(dtype=float)
        person, time = placed_rows(own, units, times)
        there = (person >= 0) & (time >= 0)
        faults += list(_negative(own, values, path, service))
        said += list(left_out(person, time, path))
        gone = np.full(int(there.sum()), np.nan)
        np.add.at(
            amount, (person[there], time[there]), in_units(values[there], gone, service, unit)
        )
        np.add.at(rows, (person[there], time[there]), 1)
    if (several := int((rows > 1).sum())) and tables:
        paths = ", ".join(path for path, _ in tables)
        said.append(
            f"{paths}: {counted(several, 'answer')} to {service.variable} in several rows of one"
            " person and time: summed"
        )
    found: Floats = np.where(rows > 0, amount, np.nan)[:, :, None]
    return Used(found, np.full(found.shape, np.nan), tuple(said), tuple(faults))


def _negative(own: pd.DataFrame, values: Floats, path: str, service: Service) -> Iterator[str]:
    if (values < 0).any():
        where = on_lines(path, own["line"][values < 0])
        yield f"{where}: {service.variable} is negative; correct it (data/raw/CORRECTIONS.yaml)"
