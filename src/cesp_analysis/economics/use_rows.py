"""One row for each raw row or cell of use and contacts, before anything is summed."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from cesp_analysis.arrays import Bools, Codes, Floats
from cesp_analysis.declared.resources import OWN_TIME, Delivered, Service

LISTED = (
    "file", "source", "line", "column", "unit", "time", "date", "service", "setting", "contacts",
    "minutes", "quantity", "counts",
)  # fmt: skip
"""file: as config.yaml calls it (several may read one raw file); source: its path; quantity:
contacts in the unit of the price; counts: whether a row is part of a person's sum."""


def use_rows(
    table: pd.DataFrame,
    file: str,
    path: str,
    column: object,
    service: object,
    setting: object,
    contacts: Floats,
    minutes: Floats,
    quantity: Floats,
    counts: Bools,
) -> pd.DataFrame:
    """LISTED of records (r) of the raw file at path; column: raw, of the amount; contacts: as they
    stand there."""
    made = pd.DataFrame(
        {
            "file": file,
            "source": path,
            "line": table["line"].to_numpy(),
            "column": column,
            "unit": table["unit"].astype("object").to_numpy(),
            "time": table["time"].astype("object").to_numpy(),
            "date": table["date"].astype("object").to_numpy() if "date" in table else None,
            "service": service,
            "setting": setting,
            "contacts": contacts,
            "minutes": minutes,
            "quantity": quantity,
            "counts": counts,
        }
    )
    return made[list(LISTED)]


def settings_of(
    table: pd.DataFrame, variable: str | None, services: Mapping[str, Service], words: np.ndarray
) -> np.ndarray:
    """Where each row (r) was: as it says, else as its service (words) says; None: nobody says."""
    usual = pd.Series(words, dtype="object").map(
        {name: one.setting for name, one in services.items() if one.setting is not None}
    )
    own = usual.to_numpy(dtype=object)
    if variable is None:
        return own
    said = table[variable].astype("object")
    return np.asarray(np.where(said.notna().to_numpy(), said.to_numpy(dtype=object), own))


def contact_rows(
    rows: pd.DataFrame,
    contacts: pd.DataFrame,
    period: Codes,
    own: Delivered,
    times: tuple[str, ...],
    path: str,
    column: str,
) -> pd.DataFrame:
    """LISTED of all contacts with a link worker: one each, none where `counted` does not hold.

    rows: records of the file; contacts: those of them that may cost time (contacts_of), with the
    place of the time in whose costs each is (period, -1: in none).
    """
    number = pd.Series(0.0, index=rows.index)
    number.loc[contacts.index] = np.where(contacts["untold"], np.nan, 1.0)
    placed = pd.Series(-1, index=rows.index)
    placed.loc[contacts.index] = period
    at, minutes = placed.to_numpy(), rows[own.minutes].to_numpy(dtype=float)
    one, counts = np.asarray(number, dtype=float), at >= 0
    written = rows["time"].astype("object").to_numpy()
    named = np.where(counts, np.array(times, dtype=object)[at], written)
    setting = settings_of(rows, own.setting, {}, np.full(len(rows), None, dtype=object))
    hours = np.where(one == 0, 0.0, minutes / 60)
    return use_rows(
        rows.assign(time=named), own.file, path, column, OWN_TIME, setting, one, minutes, hours,
        counts,
    )  # fmt: skip
