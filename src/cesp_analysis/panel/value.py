"""The step `value`: states of an instrument → values, by the study's own tables."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.design import Level
from cesp_analysis.declared.outcomes import Covariate
from cesp_analysis.declared.value_sets import ValueSet
from cesp_analysis.distinct import repeated, stacked
from cesp_analysis.errors import CespError
from cesp_analysis.given import hold
from cesp_analysis.instruments.scoring import questionnaires
from cesp_analysis.instruments.value_tables import (
    AGE_OUTSIDE,
    AGE_UNKNOWN,
    NOT_IN_TABLE,
    SEX_NOT_IN_TABLE,
    SEX_UNKNOWN,
    ValueTable,
    looked_up,
    read_value_table,
)
from cesp_analysis.panel.sources import Sources
from cesp_analysis.schemas import DataProblems, Records, Scores

WHY = {
    NOT_IN_TABLE: "no value: the table has no such state",
    AGE_UNKNOWN: "no value: the table goes by age, which is not known",
    AGE_OUTSIDE: "no value: no age band of the table holds this age",
    SEX_UNKNOWN: "no value: the table goes by sex, which is not known",
    SEX_NOT_IN_TABLE: "no value: the table has no such sex",
}
"""Kind of problem → what was done of it."""


class Said(Frozen):
    """A variable of people (or respondents), and the time at which it is read of people."""

    variable: str
    measured: str | None = None


class StatesFile(Frozen):
    """A file of people or respondents: its raw path, whether an answer is a row."""

    path: str
    level: Level
    long_format: bool = False


class OneSet(Frozen):
    """A value set, its instrument's items (lowest, highest) that are the state's digits, the files
    that hold them, and of each level the variables of age and sex."""

    declared: ValueSet
    items: dict[str, tuple[int, int]]
    files: tuple[str, ...]
    age: dict[Level, Said] = {}
    sex: dict[Level, Said] = {}


class ValueSpec(Frozen):
    """instrument.name → the value set; the files; the first time."""

    sets: dict[str, OneSet]
    files: dict[str, StatesFile]
    times: tuple[str, ...]


def value(
    spec: str, records: Path, paths: list[Path], out: Path, problems: Path, checksums: str = ""
) -> None:
    """Give each state the value that the study's own tables have for it.

    `checksums`: of the tables, see given.py.
    """
    hold(checksums)
    how = ValueSpec.model_validate_json(spec)
    tables = read_all(list(zip(how.sets.values(), paths, strict=True)))
    read = _records(records, how)
    none = pd.DataFrame({name: pd.Categorical([]) for name in ("unit", "time")}).assign(value=0.0)
    sources = Sources.of(
        {name: file.level for name, file in how.files.items()}, read, none, how.times
    )
    parts, listed = [], [pd.DataFrame(columns=list(DataProblems.columns()))]
    for (name, one), table in zip(how.sets.items(), tables, strict=True):
        for file in one.files:
            rows = _states(read[file], one, how.files[file])
            found = _valued(rows, one, table, how.files[file].level, sources, how.times)
            parts.append(_scores(name, one, how.files[file], rows, found["value"]))
            listed.append(_problems(name, how.files[file], rows, found))
    whole = stacked(parts)
    for column in ("level", "time", "score"):
        whole[column] = whole[column].cat.reorder_categories(sorted(whole[column].cat.categories))
    contracts.write(whole[list(Scores.columns())], out, Scores)
    contracts.write(pd.concat(listed, ignore_index=True), problems, DataProblems)


def read_all(paths: list[tuple[OneSet, Path]]) -> list[ValueTable]:
    """Every table; CespError with the faults of all of them."""
    tables, faults = [], list[str]()
    for one, path in paths:
        try:
            tables.append(read_value_table(path, one.declared, list(one.items.values())))
        except CespError as error:
            faults += error.problems
    if faults:
        raise CespError(faults)
    return tables


def _records(folder: Path, how: ValueSpec) -> dict[str, pd.DataFrame]:
    """The records of each file: the items and variables that are needed."""
    wanted = {said.variable for one in how.sets.values() for part in (one.age, one.sex)
              for said in part.values()}  # fmt: skip
    wanted |= {
        f"{one.declared.instrument}.{item}" for one in how.sets.values() for item in one.items
    }
    return {
        name: contracts.read(folder / f"{name}.parquet", Records, beyond=wanted, coded=["unit"])
        for name in how.files
    }


def _states(records: pd.DataFrame, one: OneSet, file: StatesFile) -> pd.DataFrame:
    """line, unit, time and the answers of each questionnaire."""
    columns = [f"{one.declared.instrument}.{item}" for item in one.items]
    timed = records[records["time"].notna()]
    if file.long_format:
        return questionnaires(timed, ["line", *columns])
    return timed[["unit", "time", "line", *columns]]


def _valued(
    rows: pd.DataFrame,
    one: OneSet,
    table: ValueTable,
    level: Level,
    sources: Sources,
    times: tuple[str, ...],
) -> pd.DataFrame:
    """value, kind (why there is none), shown (state, age or sex) of each row."""
    answers = rows.iloc[:, 3:].to_numpy(dtype=float)
    ages = _of_each(rows, one.age.get(level), level, sources, times)
    sexes = _of_each(rows, one.sex.get(level), level, sources, times)
    values, why, states = looked_up(
        answers,
        table,
        None if ages is None else pd.to_numeric(pd.Series(ages)).to_numpy(dtype=float),
        sexes,
    )
    shown = pd.Series(states, dtype="object")
    for kind, told in ((AGE_OUTSIDE, ages), (SEX_NOT_IN_TABLE, sexes)):
        if told is not None:
            shown = shown.where(why != kind, pd.Series(told).map(_word))
    return pd.DataFrame({"value": values, "kind": why, "shown": shown})


def _of_each(
    rows: pd.DataFrame,
    said: Said | None,
    level: Level,
    sources: Sources,
    times: tuple[str, ...],
) -> "np.ndarray | None":
    """What a variable says of each row (n,), None where it says nothing; None: not asked for."""
    if said is None:
        return None
    entry = Covariate(label="", level=level, variable=said.variable)
    units = rows["unit"].astype("str")
    if level == "person":
        found = sources.constants(entry, said.measured or times[0])
        known: dict[Any, Any] = dict(zip(found["unit"].astype("str"), found["value"], strict=True))
        keys: list[Any] = units.tolist()
    else:
        found = sources.values(entry)
        pairs = zip(found["unit"].astype("str"), found["time"].astype("str"), strict=True)
        known = dict(zip(pairs, found["value"], strict=True))
        keys = list(zip(units, rows["time"].astype("str"), strict=True))
    return np.array([known.get(key) for key in keys], dtype=object)


def _word(value: Any) -> str | None:
    return f"{value:g}" if isinstance(value, float) else value


def _scores(
    name: str, one: OneSet, file: StatesFile, rows: pd.DataFrame, values: "pd.Series[float]"
) -> pd.DataFrame:
    """The table Scores of one value set and file."""
    return pd.DataFrame(
        {
            "level": repeated(file.level, len(rows)),
            "unit": rows["unit"].array,
            "time": rows["time"].cat.remove_unused_categories().array,
            "score": repeated(name, len(rows)),
            "value": values.to_numpy(),
            "answered": rows.iloc[:, 3:].notna().sum(axis=1).to_numpy(),
            "items": len(one.items),
            "prorated": 0,
        }
    )


def _problems(name: str, file: StatesFile, rows: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """A row for each whole state that has no value."""
    at = np.flatnonzero(found["kind"] != "")
    kinds = found["kind"].iloc[at]
    return pd.DataFrame(
        {
            "file": file.path,
            "line": rows["line"].to_numpy()[at],
            "column": name,
            "kind": kinds.to_numpy(),
            "value": found["shown"].iloc[at].to_numpy(),
            "action": [WHY[kind] for kind in kinds],
        }
    )
