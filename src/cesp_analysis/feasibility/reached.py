"""Who reached a step of the flow, as the flow has them (FlowPlaces): both count the same."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cesp_analysis.clean.evaluate import evaluated
from cesp_analysis.feasibility.counted import PEOPLE, Counted

if TYPE_CHECKING:
    from cesp_analysis.feasibility.counts import Tables

HERE = ("reached", "entered", "back")
"""Statuses of who is at a step."""


def reached(tables: "Tables", step: str) -> Counted:
    """The subjects of the flow who are at a step: people, and records of nobody in the register.

    Of each: site (or arm) as the flow has it, date and variables of the record by which the step
    was met, the link worker of the register. Of a screening log it is the record's own: only who
    was recruited is in the register, and of theirs all would have consented.
    """
    how = tables.how
    file = how.steps[step].file
    placed = tables.places[tables.places["step"] == step]
    records = _records(tables, step, set(placed["subject"]))
    here = placed["status"].isin(HERE)
    rows = _about(tables, placed[here])
    met = records.sort_values("passed", ascending=False, kind="stable").drop_duplicates("key")
    own = met.set_index("key").reindex(rows["key"])
    for name in ("date", *how.kept_of(file)):
        rows[name] = own[name].to_numpy(dtype=object) if name in own else None
    if file not in how.files_of_people:
        named = own["link_worker"].astype("object")
        rows["worker"] = named.where(named.notna(), "").to_numpy(dtype=object)
    elsewhere = ~here & (placed["status"] != "not asked")
    told = placed[elsewhere & placed["subject"].isin(_unsure(records, how.steps[step].rows or 1))]
    denied = _about(tables, placed[elsewhere & ~placed["subject"].isin(told["subject"])])
    if file in how.apart:  # each subject is a record: file/line
        return Counted(_lines(rows), f"rows of {file}", _lines(_about(tables, told)), denied=denied)
    return Counted(rows, PEOPLE, _about(tables, told), denied=denied)


def _about(tables: "Tables", placed: pd.DataFrame) -> pd.DataFrame:
    """Subjects as elements: key, unit, group, worker; the link worker of people alone."""
    unit, group = placed["unit"].astype("object"), placed["group"].astype("object")
    return pd.DataFrame(
        {
            "key": placed["subject"].astype("object"),
            "unit": unit,
            "group": group.where(group.notna(), ""),
            "worker": unit.map(tables.people["worker"]).fillna("").astype("object"),
        }
    ).reset_index(drop=True)


def _records(tables: "Tables", step: str, subjects: set[str]) -> pd.DataFrame:
    """The records of the step's file with the subject (key) whose they are; passed: they meet the
    step's condition and those of the same file that it follows from; unsure: not known."""
    how, told = tables.how, tables.how.steps[step]
    table = tables.records(told.file)
    table = table[table["time"].isna()] if bool(table["time"].isna().any()) else table
    line = told.file + "/" + table["line"].astype("str").astype("object")
    unit = table[how.links.get(told.file, "unit")].astype("object")
    passed, denied = np.ones(len(table), dtype=bool), np.zeros(len(table), dtype=bool)
    for where in _conditions(tables, step):
        holds = np.asarray(evaluated(table, where), dtype=float)
        passed &= holds == 1.0
        denied |= holds == 0.0
    key = line.where(line.isin(subjects), unit)
    return table.assign(key=key, passed=passed, unsure=~passed & ~denied)


def _conditions(tables: "Tables", step: str) -> list[str]:
    """Steps that people pass follow from those of the same file before them; what people received
    is counted by its own condition."""
    steps = tables.how.steps
    told, names = steps[step], list(steps)
    before = [] if told.rows else [steps[name] for name in names[: names.index(step)]]
    own = [one for one in before if one.file == told.file and not one.rows]
    return [one.where for one in (*own, told) if one.where is not None]


def _unsure(records: pd.DataFrame, least: int) -> "pd.Index[str]":
    """Subjects who would be at the step if what is not known of their records held."""
    might = records.groupby("key")[["passed", "unsure"]].sum()
    return might.index[(might["unsure"] > 0) & (might["passed"] + might["unsure"] >= least)]


def _lines(rows: pd.DataFrame) -> pd.DataFrame:
    """Subjects file/line of a file as its lines."""
    return rows.assign(key=rows["key"].str.rsplit("/", n=1).str[1])
