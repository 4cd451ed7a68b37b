"""How much of each service people used, from files with a column a service."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.declared.resources import Service
from cesp_analysis.economics.aside import Aside, negative
from cesp_analysis.economics.by_minutes import of_minutes
from cesp_analysis.economics.use_rows import LISTED, use_rows
from cesp_analysis.economics.used import Used, in_units, left_out, placed_rows
from cesp_analysis.numbers import counted


@dataclass(frozen=True)
class Holding:
    """Records of a file that holds a service's variable; file: as config.yaml calls it; columns:
    the raw column of each time ('': of any), by default the variable's name."""

    file: str
    path: str
    records: pd.DataFrame
    columns: Mapping[str, str] | None = None


def from_columns(
    tables: Sequence[Holding],
    name: str,
    service: Service,
    unit: str,
    units: "pd.Index[str]",
    times: Sequence[str],
) -> Used:
    """One service, (n, t, 1), of files that hold its variable.

    unit: of its price. Rows of one person and time are summed, as rows of `use` are.
    """
    shape = (len(units), len(times))
    amount, rows = np.zeros(shape), np.zeros(shape, dtype=int)
    said, faults = list[Aside](), list[str]()
    for one in tables:
        own = one.records[one.records[str(service.variable)].notna()]
        values = own[str(service.variable)].to_numpy(dtype=float)
        person, time = placed_rows(own, units, times)
        there = (person >= 0) & (time >= 0)
        faults += list(negative(own, str(service.variable), one.path))
        said += list(left_out(person, time, own["line"], one.path))
        gone = np.full(int(there.sum()), np.nan)
        np.add.at(
            amount, (person[there], time[there]), in_units(values[there], gone, service, unit)
        )
        np.add.at(rows, (person[there], time[there]), 1)
    each = [_cells(one, name, service, unit, (units, times), rows) for one in tables]
    paths = ", ".join(dict.fromkeys(one.path for one in tables))
    if (several := int((rows > 1).sum())) and tables:
        why = (
            f"{counted(several, 'answer')} to {service.variable} in several rows of one person and"
            " time: summed"
        )
        said.append(Aside(paths, why, np.zeros(0, dtype=int), service=name))
    none = np.zeros(0)
    said += of_minutes(name, service, unit, none, none, paths)
    found: Floats = np.where(rows > 0, amount, np.nan)[:, :, None]
    listed = pd.concat(each, ignore_index=True) if each else pd.DataFrame(columns=list(LISTED))
    return Used(found, np.full(found.shape, np.nan), tuple(said), tuple(faults), listed)


def _cells(
    of: Holding,
    name: str,
    service: Service,
    unit: str,
    places: tuple["pd.Index[str]", Sequence[str]],
    answers: Codes,
) -> pd.DataFrame:
    """LISTED of the cells that the file has, blank ones among them.

    places: units, times; answers (n, t): how many cells of a person and time hold a number. A blank
    one beside such a cell counts for nothing, one alone leaves what was used unknown.
    """
    table, raw = of.records, {"": str(service.variable)} if of.columns is None else of.columns
    columns = table["time"].astype("object").map(dict(raw)).fillna(raw.get(""))
    own = table[columns.notna()]
    values = own[str(service.variable)].to_numpy(dtype=float)
    person, time = placed_rows(own, *places)
    there = (person >= 0) & (time >= 0)
    blank = np.isnan(values)
    counts = there & (~blank | (answers[person, time] == 0))
    nothing = np.full(len(own), np.nan)
    return use_rows(
        own, of.file, of.path, columns[columns.notna()].to_numpy(), name, service.setting, values,
        nothing, in_units(values, nothing, service, unit), counts,
    )  # fmt: skip
