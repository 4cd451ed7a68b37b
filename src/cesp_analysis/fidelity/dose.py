"""The step `dose`: what each person got, and change by it within the intervention arm."""

from collections.abc import Iterator, Sequence
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.alike import all_alike
from cesp_analysis.clean.copied import said_of_copies
from cesp_analysis.clean.evaluate import evaluated
from cesp_analysis.columns import Row, Table
from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.delivery import Dose
from cesp_analysis.declared.expressions import names_in
from cesp_analysis.fidelity.people import ARM, Starts, days_of, people_of, starts_of
from cesp_analysis.fidelity.response import responses
from cesp_analysis.fidelity.shares import wilson_of
from cesp_analysis.fidelity.tables import (
    ContactsTable,
    DoseResponseTable,
    DoseTable,
    FidelityPeople,
)
from cesp_analysis.measurement.quantity import normal_quantile
from cesp_analysis.models.student import t_interval
from cesp_analysis.numbers import counted as counted_in_words
from cesp_analysis.schemas import Panel, Records

OF_PEOPLE = "t on n − 1 df, people independent, with these link workers"
OF_CONTACTS = (
    "Wilson, of the effective number of contacts: those of one person are alike; with these link"
    " workers"
)


class DoseSpec(Frozen):
    """The declared section, people's starts, times of people in order; copied: the contacts' file
    → its path, if the study does not say what copies in it are."""

    dose: Dose
    starts: Starts
    times: tuple[str, ...]
    ci_level: float
    copied: dict[str, str] = {}


def dose(
    spec: str,
    records: Path,
    panel: Path,
    ledger: Path,
    out: Path,
    contacts: Path,
    fidelity: Path | None = None,
    response: Path | None = None,
) -> None:
    """Count contacts of each person with the link worker; set changes beside dose and fidelity.

    `ledger`: which contacts cleaning took for copies; `contacts`: where contacts of all and by link
    worker go; `fidelity`: people's fidelity, if it was rated; `response`: where changes by dose
    go, if the study asks for them.
    """
    how = DoseSpec.model_validate_json(spec)
    own = how.dose
    words = {*(names_in(own.attended) if own.attended else ()), *filter(None, [own.minutes])}
    raw = contracts.read(records / f"{own.file}.parquet", Records, beyond=words)
    table = contracts.read(panel, Panel)
    people = people_of(table)
    arm = people[people["arm"] == ARM].reset_index(drop=True)
    rated = contracts.read(fidelity, FidelityPeople) if fidelity else None
    got = people_rows(kept(raw, own), arm, starts_of(how.starts, records), rated)
    contracts.write(got, out, DoseTable)
    said = [*left_out(raw, people), *said_of_copies(ledger, how.copied, "contact")]
    contracts.write(_frame(list(_groups(got, how, said)), ContactsTable), contacts, ContactsTable)
    if response is not None and own.response is not None:
        made = responses(table, known_of(got), own.response, how.times, how.ci_level)
        contracts.write(_frame(made, DoseResponseTable), response, DoseResponseTable)


def _frame(rows: Sequence[Row], contract: type[Table]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(contract.columns()))


def kept(raw: pd.DataFrame, how: Dose) -> pd.DataFrame:
    """unit, held (1, 0, NaN: not known), minutes, day of every contact that was offered."""
    held = evaluated(raw, how.attended) if how.attended else pd.Series(1.0, index=raw.index)
    minutes = raw[how.minutes].astype("float64") if how.minutes else np.nan
    return pd.DataFrame(
        {"unit": raw["unit"].astype("object"), "held": held, "minutes": minutes,
         "day": days_of(raw["date"])}
    )  # fmt: skip


def left_out(raw: pd.DataFrame, people: pd.DataFrame) -> list[str]:
    """What must be said of contacts that count for nobody."""
    arm = set(people.loc[people["arm"] == ARM, "unit"])
    n = int((~raw["unit"].astype("object").isin(arm)).sum())
    word = "contact" if n == 1 else "contacts"
    return [f"{n} {word} of people who are not of the intervention arm: set aside"] if n else []


def people_rows(
    table: pd.DataFrame, arm: pd.DataFrame, starts: "pd.Series[Any]", rated: pd.DataFrame | None
) -> pd.DataFrame:
    """The DoseTable: everybody of the intervention arm, with or without a contact."""
    units = pd.Index(arm["unit"])
    held = table[table["held"] == 1]
    since = held["day"] - held["unit"].map(starts).astype("float64")
    dated = held.assign(since=since.where(since >= 0))
    bad = (held["day"].isna() | (since < 0)).groupby(held["unit"]).sum()

    def counted(rows: "pd.Series[Any]") -> np.ndarray:
        return np.asarray(rows.reindex(units, fill_value=0), dtype=np.int64)

    minutes = held.groupby("unit")["minutes"]
    known = counted(minutes.count())
    contacts = counted(held.groupby("unit").size())
    total = minutes.sum().reindex(units, fill_value=0.0).to_numpy(dtype=float)
    asked = bool(table["minutes"].notna().any())
    untold = counted(table["held"].isna().groupby(table["unit"]).sum())
    own = rated[rated["component"].isna()] if rated is not None else None
    return arm[["unit", "site", "link_worker"]].assign(
        offered=counted(table.groupby("unit").size()),
        contacts=contacts,
        not_known=untold,
        minutes=np.where(asked & (untold == 0) & ((known > 0) | (contacts == 0)), total, np.nan),
        minutes_lacking=contacts - known if asked else 0,
        first_days=dated.groupby("unit")["since"].min().reindex(units).to_numpy(dtype=float),
        undated=counted(bad),
        fidelity=np.nan if own is None else own.set_index("unit")["value"].reindex(units).array,
    )


def known_of(got: pd.DataFrame) -> pd.DataFrame:
    """Contacts are NaN of people of whom a contact may have been kept or not."""
    return got.assign(contacts=got["contacts"].astype("float64").where(got["not_known"] == 0))


def _groups(got: pd.DataFrame, how: DoseSpec, said: list[str]) -> Iterator[Row]:
    """Rows of ContactsTable: all, then each link worker."""
    yield from _quantities("all", None, got, how, said)
    rows: Any = got.groupby(got["link_worker"].astype("object").to_numpy()).indices
    for name in sorted(rows):
        yield from _quantities("link_worker", str(name), got.iloc[rows[name]], how, [])


def _quantities(
    of: str, group: str | None, got: pd.DataFrame, how: DoseSpec, said: list[str]
) -> Iterator[Row]:
    everybody = got
    key = {"of": of, "group": group, "people": len(got), "minimum": how.dose.minimum}
    unknown, open_people = int(got["not_known"].sum()), int((got["not_known"] > 0).sum())
    got = known_of(got)
    nobody = int((got["contacts"] == 0).sum())
    lacking = int(got["minutes_lacking"].sum())
    undated = int(got["undated"].sum())
    told = {
        "contacts": [*said, *_open(unknown, open_people)],
        "minutes": _told(lacking, "kept without minutes: not in the sums"),
        "first_days": _told(undated, "kept without a date after the person's start"),
    }
    for name, notes in told.items():
        values = got[name].dropna()
        if name == "minutes" and how.dose.minutes is None:
            continue
        row = key | {"quantity": name, "none": nobody, "warnings": " | ".join(notes) or None}
        yield row | _spread(values, how)
    if how.dose.attended:
        yield key | {"quantity": "share_kept"} | _share(everybody, how)


def _open(contacts: int, people: int) -> list[str]:
    """What must be said of contacts that may have been kept or not."""
    if not contacts:
        return []
    what = counted_in_words(contacts, "contact")
    who = counted_in_words(people, "person", "people")
    return [
        f"of {what} of {who} it is not known whether they were kept: these people are not among"
        " those with none, nor in the mean and quartiles; the share kept counts these contacts as"
        " offered alone"
    ]


def _told(n: int, what: str) -> list[str]:
    return [f"{n} contact{'' if n == 1 else 's'} {what}"] if n else []


def _spread(values: "pd.Series[Any]", how: DoseSpec) -> Row:
    """Mean with interval, quartiles of people."""
    n = len(values)
    row: Row = {"n": n, "total": float(values.sum()), "ci_level": how.ci_level}
    if n < how.dose.minimum:
        least = how.dose.minimum
        return row | {"reason": f"fewer than {least} people" if n else "known of nobody"}
    numbers = values.to_numpy(dtype=float)
    mean, sd = float(numbers.mean()), float(numbers.std(ddof=1))
    q1, median, q3 = np.quantile(numbers, [0.25, 0.5, 0.75])
    row |= {"mean": mean, "q1": float(q1), "median": float(median), "q3": float(q3)}
    if all_alike(numbers):
        return row | {"reason": "the same for everybody: no interval"}
    low, high = t_interval(mean, sd / sqrt(n), n - 1, how.ci_level)
    return row | {"ci_low": max(0.0, low), "ci_high": high, "method": OF_PEOPLE}


def _share(got: pd.DataFrame, how: DoseSpec) -> Row:
    """Of all contacts offered, those known to be kept, as rates count them; persons are the
    independent ones."""
    known = got["offered"].to_numpy(dtype=float)
    held = got["contacts"].to_numpy(dtype=float)
    n, people = int(known.sum()), int((known > 0).sum())
    unknown = int(got["not_known"].sum())
    row: Row = {"n": n, "total": float(held.sum()), "ci_level": how.ci_level}
    if n == 0:
        return row | {"reason": "no contact was offered: 0 of 0 has no share"}
    if unknown == n:
        return row | {"total": None, "reason": "of no contact is it known whether it was kept"}
    share = float(held.sum()) / n
    row |= {"mean": share}
    if people < max(how.dose.minimum, 2):
        return row | {"mean": None, "reason": f"fewer than {how.dose.minimum} people"}
    left = (held - share * known)[known > 0]
    variance = people / (people - 1) * float(left @ left) / n**2
    worth = share * (1 - share) / variance if variance > 0 else float(people)
    worth = min(worth, float(n))
    z = normal_quantile(0.5 + how.ci_level / 2)
    low, high = wilson_of(share, worth, z)
    return row | {"ci_low": low, "ci_high": high, "method": OF_CONTACTS}
