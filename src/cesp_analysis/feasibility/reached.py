"""Who reached a step of the flow, as the flow has them (FlowPlaces): both count the same."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cesp_analysis.clean.evaluate import evaluated
from cesp_analysis.feasibility.counted import PEOPLE, Counted
from cesp_analysis.feasibility.fillings import Source

if TYPE_CHECKING:
    from cesp_analysis.feasibility.read_once import Tables

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
    rows = _told(tables, file, records, _about(tables, placed[here]))
    elsewhere = ~here & (placed["status"] != "not asked")
    told = placed[elsewhere & placed["subject"].isin(_unsure(records, how.steps[step].rows or 1))]
    unknown = _told(tables, file, records, _about(tables, told))
    denied = _about(tables, placed[elsewhere & ~placed["subject"].isin(told["subject"])])
    conditions, least = tuple(_conditions(tables, step)), how.steps[step].rows or 1
    if file in how.apart:  # each subject is a record: file/line
        source = Source(file, records, _lines(records)["key"], conditions, least)
        return Counted(
            _lines(rows), f"rows of {file}", _lines(unknown), denied=denied, source=source
        )
    source = Source(file, records, records["key"], conditions, least)
    return Counted(rows, PEOPLE, unknown, denied=denied, source=source)


def _told(
    tables: "Tables", file: str, records: pd.DataFrame, subjects: pd.DataFrame
) -> pd.DataFrame:
    """Elements with date, variables and, of a file not of people, link worker of their record."""
    how, rows = tables.how, subjects.copy()
    met = records.sort_values("passed", ascending=False, kind="stable").drop_duplicates("key")
    own = met.set_index("key").reindex(rows["key"])
    for name in ("date", *how.kept_of(file)):
        rows[name] = own[name].to_numpy(dtype=object) if name in own else None
    if file not in how.files_of_people:
        named = own["link_worker"].astype("object")
        rows["worker"] = named.where(named.notna(), "").to_numpy(dtype=object)
    return rows


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
