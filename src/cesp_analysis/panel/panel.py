"""The step `panel`: records and scores → one long table of outcomes, covariates beside them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.design import Place
from cesp_analysis.declared.estimands import Contamination
from cesp_analysis.declared.outcomes import Covariate, Outcome
from cesp_analysis.distinct import each, repeated, stacked
from cesp_analysis.errors import CespError
from cesp_analysis.models.analysis_sets import FLAG
from cesp_analysis.panel.places import found_at, place_of
from cesp_analysis.panel.sources import Sources
from cesp_analysis.schemas import Panel, Records, Scores


class FileRole(Frozen):
    """What the panel needs to know of a file."""

    level: str
    lists_people: bool = False


class PanelSpec(Frozen):
    """What the panel is made of."""

    study: str
    files: dict[str, FileRole]
    sites: tuple[Place, ...] = ()
    times: tuple[str, ...] = ()
    waves: tuple[str, ...] = ()
    outcomes: dict[str, Outcome]
    covariates: dict[str, Covariate] = {}
    categories: dict[str, tuple[str, ...]] = {}
    contamination: Contamination | None = None


def panel(spec: str, records: Path, scores: list[Path], out: Path) -> None:
    """Put every outcome of every person and respondent into one long table.

    `scores`: of instruments, of whom respondents named, of states by the study's own tables.
    """
    how = PanelSpec.model_validate_json(spec)
    wanted = {entry.source for entry in (*how.outcomes.values(), *how.covariates.values())}
    wanted |= {how.contamination.variable} if how.contamination else set()
    sources = Sources.of(
        {name: role.level for name, role in how.files.items()},
        {
            name: contracts.read(
                records / f"{name}.parquet", Records, beyond=wanted, coded=["unit"]
            )
            for name in how.files
        },
        stacked([contracts.read(path, Scores, coded=["unit"]) for path in scores]),
        [*how.times, *how.waves],
    )
    parts = []
    for level in ("person", "respondent"):
        units = listed_units(how, sources.records, level)
        if units is not None:
            parts.append(_level(how, sources, units, level))
    contracts.write(_ordered(stacked([p for p in parts if len(p)]), how), out, Panel)


def listed_units(
    how: PanelSpec, tables: dict[str, pd.DataFrame], level: str
) -> pd.DataFrame | None:
    """Who is in the study: people once, respondents once a wave, each with site and arm."""
    wanted = [
        tables[name]
        for name, role in how.files.items()
        if role.level == level and (level == "respondent" or role.lists_people)
    ]
    if not wanted:
        return None
    columns = ["unit", "time", "site", "arm", "neighbourhood", "link_worker", "weight"]
    units = stacked([table[columns] for table in wanted])
    if level == "person":  # a record's first row; wide files and registers with times have more
        units = units.drop(columns="time").drop_duplicates("unit", ignore_index=True)
    _once_a_wave(units, level)
    arm_of = {site.name: site.arm for site in how.sites}
    own, by_site = units["arm"].astype("str"), each(units["site"], lambda site: site.map(arm_of))
    return units.assign(arm=own.where(own.notna(), by_site.astype("str")).astype("category"))


def _once_a_wave(units: pd.DataFrame, level: str) -> None:
    twice = units[units.duplicated(["unit", "time"])] if level == "respondent" else units[:0]
    if len(twice):
        unit, time = twice.iloc[0][["unit", "time"]]
        raise CespError(
            f"config.yaml: files: respondent '{unit}' stands more than once in {time}"
            f" ({len(twice)} such records); write one_row_per: unit_and_time, and one file a wave"
        )


def _level(how: PanelSpec, sources: Sources, units: pd.DataFrame, level: str) -> pd.DataFrame:
    """The rows of all outcomes of a level, one outcome after the other."""
    moments = how.times if level == "person" else how.waves
    rows = _at_each(units, moments, sources) if level == "person" else units
    place = place_of(rows)
    wanted = {name: entry for name, entry in how.outcomes.items() if entry.level == level}
    chosen, values = [], []
    for name, outcome in wanted.items():
        times = [time for time in moments if time in (outcome.times or moments)]
        own = np.flatnonzero(rows["time"].isin(times))
        found = sources.values(outcome)
        _only_numbers(found, f"outcomes.{name}")
        _as_declared(found, name, outcome.type)
        chosen.append(own)
        values.append(found_at(found["value"].astype("float64"), place_of(found), place[own]))
    if not chosen:
        return pd.DataFrame()
    rows = _with_covariates(rows, place, how, sources, level)
    table = rows.iloc[np.concatenate(chosen)].reset_index(drop=True)
    outcome_of = np.repeat(np.arange(len(wanted)), [len(own) for own in chosen])
    return table.assign(
        study=repeated(how.study, len(table)),
        level=repeated(level, len(table)),
        outcome=pd.Categorical.from_codes(outcome_of, categories=pd.Index(list(wanted))),
        value=np.concatenate(values),
    )


def _at_each(units: pd.DataFrame, moments: tuple[str, ...], sources: Sources) -> pd.DataFrame:
    """Every unit at every moment."""
    known = sources.scores["time"].cat.categories
    codes = np.tile(known.get_indexer(pd.Index(list(moments))), len(units))
    rows = units.iloc[np.repeat(np.arange(len(units)), len(moments))].reset_index(drop=True)
    return rows.assign(time=pd.Categorical.from_codes(codes, categories=known))


def _with_covariates(
    rows: pd.DataFrame, place: np.ndarray, how: PanelSpec, sources: Sources, level: str
) -> pd.DataFrame:
    """Covariates of people by person, those of respondents by person and wave; words as
    categories."""
    found = {}
    for name, covariate in how.covariates.items():
        if covariate.level != level:
            continue
        if level == "person":
            values = sources.constants(covariate, covariate.measured or how.times[0])
            at, wanted = values["unit"].cat.codes.to_numpy(), rows["unit"].cat.codes.to_numpy()
        else:
            values = sources.values(covariate)
            at, wanted = place_of(values), place
        held = values["value"]
        held = held if held.dtype == "float64" else held.astype("category")
        found[name] = found_at(held, at, wanted)
    if how.contamination and level == "person":
        found[FLAG] = _contaminated(rows, how.contamination, sources, how.times[0])
    return rows.assign(**found)


def _contaminated(
    rows: pd.DataFrame, declared: Contamination, sources: Sources, first: str
) -> "pd.Series[Any]":
    """yes or no for each row; blank where it is not known."""
    entry = Covariate(label=declared.label, variable=declared.variable)
    known = sources.constants(entry, declared.measured or first)
    values = known["value"]
    written = values.map("{:g}".format) if values.dtype == "float64" else values.astype("str")
    said = written.isin(declared.values).map({True: "yes", False: "no"}).astype("category")
    at, wanted = known["unit"].cat.codes.to_numpy(), rows["unit"].cat.codes.to_numpy()
    found: pd.Series[Any] = found_at(said, at, wanted)
    return found


def _only_numbers(values: pd.DataFrame, place: str) -> None:
    if values["value"].dtype != "float64" and values["value"].notna().any():
        raise CespError(
            f"config.yaml: {place}: its values are words; an outcome needs numbers: recode them"
            " under derived of their file, as in {NAME: {source: VARIABLE, values: {'yes': '1',"
            " 'no': '0'}}}, and name NAME here"
        )


_TYPES: dict[str, tuple[str, Callable[[np.ndarray], np.ndarray]]] = {
    "binary": ("0 and 1", lambda v: (v == 0) | (v == 1)),
    "ordinal": ("whole numbers", lambda v: v == np.floor(v)),
    "count": ("0, 1, 2 and so on", lambda v: (v >= 0) & (v == np.floor(v))),
    "amount": ("0 or more", lambda v: v >= 0),
}


def _as_declared(values: pd.DataFrame, name: str, declared: str | None) -> None:
    if declared not in _TYPES:
        return
    what, holds = _TYPES[declared]
    known = values[values["value"].notna()]
    wrong = known[~holds(known["value"].to_numpy(dtype=float))]
    if len(wrong):
        unit, time, value = wrong.iloc[0][["unit", "time", "value"]]
        verb = "is" if len(wrong) == 1 else "are"
        raise CespError(
            f"config.yaml: outcomes.{name}.type: {declared} means {what}, but {len(wrong)} of"
            f" {len(known)} values {verb} not; the first is {value:g} (unit '{unit}', {time}):"
            " correct the data (data/raw/CORRECTIONS.yaml), or write another type"
        )


def _ordered(table: pd.DataFrame, how: PanelSpec) -> pd.DataFrame:
    """Categories in config's order, rows sorted by them; covariates follow."""
    orders: dict[str, list[str]] = {
        "study": [how.study],
        "level": ["person", "respondent"],
        "site": [site.name for site in how.sites],
        "arm": ["intervention", "control"],
        "time": [*how.times, *how.waves],
        "outcome": list(how.outcomes),
    }
    orders["unit"] = list(table["unit"].unique())  # as they are listed, not by pseudonym
    for name in ("neighbourhood", "link_worker"):
        orders[name] = sorted(table[name].drop_duplicates().dropna())
    for name, order in orders.items():
        table[name] = table[name].cat.set_categories(order)
    covariates = [name for name in (*how.covariates, FLAG) if name in table]
    for name in covariates:
        if table[name].dtype != "float64":
            order = _levels(table[name], how.categories.get(name, ()))
            table[name] = table[name].cat.set_categories(order)
    fixed = list(Panel.columns())
    return _sorted(table[[*fixed, *covariates]])


def _sorted(table: pd.DataFrame) -> pd.DataFrame:
    """Rows by level, outcome, unit and time, in the order of their categories."""
    rank = np.zeros(len(table), dtype=np.int64)
    for name in ("level", "outcome", "unit", "time"):
        cells = table[name].cat
        rank = rank * len(cells.categories) + cells.codes.to_numpy()
    in_order = bool((rank[1:] >= rank[:-1]).all())
    return table if in_order else table.iloc[np.argsort(rank, kind="stable")]


def _levels(values: "pd.Series[Any]", declared: tuple[str, ...]) -> list[str]:
    """The categories that occur, in config's order; others after them."""
    found = set(values.drop_duplicates().dropna())
    return [*(c for c in declared if c in found), *sorted(found - set(declared))]
