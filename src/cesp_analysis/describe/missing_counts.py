"""How many values are expected and missing: of outcomes, of instruments, of their items."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.describe.missing_asked import MissingSpec
from cesp_analysis.describe.tables import Missing
from cesp_analysis.instruments.types import Instrument
from cesp_analysis.panel.item_answers import Answers

KEYS = ["group", "time"]


def counts(
    table: pd.DataFrame, answers: Answers, known: Mapping[str, Instrument], how: MissingSpec
) -> pd.DataFrame:
    """The table Missing: outcomes, then people's instruments with their items."""
    parts = [
        _instrument(table, name, answers[("person", name)], own, how)
        for name, own in known.items()
        if ("person", name) in answers
    ]
    returned = {
        str(part["instrument"].iloc[0]): part.loc[part["item"].isna(), [*KEYS, "n_returned"]]
        for part in parts
        if len(part)
    }
    whole = pd.concat([_outcomes(table, returned, how), *parts], ignore_index=True)
    return whole[list(Missing.columns())]


def _outcomes(
    table: pd.DataFrame, returned: Mapping[str, pd.DataFrame], how: MissingSpec
) -> pd.DataFrame:
    keys = ["level", "outcome", *KEYS]
    grouped = table.groupby(keys, observed=True, sort=True)["value"]
    found = grouped.agg(n_expected="size", n_answered="count").reset_index()
    found["n_missing"] = found["n_expected"] - found["n_answered"]
    read_from = {name: own.instrument or None for name, own in how.outcomes.items()}
    found["instrument"] = found["outcome"].astype("str").map(read_from)
    seen = {
        (name, str(row["group"]), str(row["time"])): row["n_returned"]
        for name, part in returned.items()
        for row in part.to_dict("records")
    }
    found["n_returned"] = [
        seen.get((row["instrument"], str(row["group"]), str(row["time"])), np.nan)
        if row["level"] == "person"
        else np.nan
        for row in found.to_dict("records")
    ]
    return found.drop(columns="n_answered").assign(item=None, label=None)


def _instrument(
    table: pd.DataFrame, name: str, answers: pd.DataFrame, own: Instrument, how: MissingSpec
) -> pd.DataFrame:
    """The questionnaire as a whole and each item, at the times at which an outcome reads it."""
    outcomes = [o for o, entry in how.of_people().items() if entry.instrument == name]
    rows = table[(table["level"] == "person") & table["outcome"].isin(outcomes)]
    expected = rows.drop_duplicates(["unit", "time"])[["unit", *KEYS]]
    expected = expected[expected["group"].notna()]
    columns = [f"{name}.{item.code}" for item in own.items]
    units, times = (expected[key].astype("str") for key in ("unit", "time"))
    asked = answers.assign(there=True).set_index(["unit", "time"])[[*columns, "there"]]
    given = asked.reindex(pd.MultiIndex.from_arrays([units, times]))
    marks = given[columns].notna().to_numpy()
    there = given["there"].notna().to_numpy()
    return pd.DataFrame(_cells(expected, marks, there, own))


def _cells(
    expected: pd.DataFrame, marks: np.ndarray, there: np.ndarray, own: Instrument
) -> Iterator[dict[str, Any]]:
    """marks (people and times, items): whether an item is answered; there: a record exists."""
    placed = expected.assign(at=np.arange(len(expected)))
    cells = list(placed.groupby(KEYS, observed=True, sort=True))
    for code, label, column in (
        (None, own.title, np.asarray(marks.any(axis=1))),
        *((i.code, i.label, marks[:, at]) for at, i in enumerate(own.items)),
    ):
        for (group, time), part in cells:
            here = part["at"].to_numpy()
            yield {
                "level": "person", "outcome": None, "instrument": own.name, "item": code,
                "label": label, "group": group, "time": time, "n_expected": len(here),
                "n_returned": int(there[here].sum()), "n_missing": int((~column[here]).sum()),
            }  # fmt: skip
