"""The step `panel`: records and scores → one long table of outcomes, covariates beside them."""

from pathlib import Path
from typing import Any

import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.errors import CespError
from cesp_analysis.panel.sources import Sources
from cesp_analysis.schemas import Panel, Records, Scores
from cesp_analysis.study.base import Frozen
from cesp_analysis.study.design import Place
from cesp_analysis.study.outcomes import Covariate, Outcome


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


def panel(spec: str, records: Path, scores: Path, out: Path) -> None:
    """Put every outcome of every person and respondent into one long table."""
    how = PanelSpec.model_validate_json(spec)
    tables = {name: contracts.read(records / f"{name}.parquet", Records) for name in how.files}
    sources = Sources(
        {name: role.level for name, role in how.files.items()},
        tables,
        contracts.read(scores, Scores),
    )
    parts = []
    for level in ("person", "respondent"):
        units = _units(how, tables, level)
        if units is not None:
            parts.append(_level(how, sources, units, level))
    table = pd.concat(parts, ignore_index=True)
    contracts.write(_ordered(table, how), out, Panel)


def _units(how: PanelSpec, tables: dict[str, pd.DataFrame], level: str) -> pd.DataFrame | None:
    """Who is in the study: people once, respondents once a wave, each with site and arm."""
    wanted = [
        tables[name]
        for name, role in how.files.items()
        if role.level == level and (level == "respondent" or role.lists_people)
    ]
    if not wanted:
        return None
    columns = ["unit", "time", "site", "arm", "neighbourhood", "link_worker", "weight"]
    units = pd.concat([table[columns] for table in wanted], ignore_index=True)
    units = units.astype({name: "str" for name in columns if name != "weight"})
    if level == "person":  # a record's first row; wide files and registers with times have more
        units = units.drop(columns="time").drop_duplicates("unit")
    _once_a_wave(units, level)
    arm_of = {site.name: site.arm for site in how.sites}
    units["arm"] = units["arm"].where(units["arm"].notna(), units["site"].map(arm_of)).astype("str")
    return units


def _once_a_wave(units: pd.DataFrame, level: str) -> None:
    twice = units[units.duplicated(["unit", "time"])] if level == "respondent" else units[:0]
    if len(twice):
        unit, time = twice.iloc[0][["unit", "time"]]
        raise CespError(
            f"config.yaml: files: respondent '{unit}' stands more than once in {time}"
            f" ({len(twice)} such records); write one_row_per: unit_and_time, and one file a wave"
        )


def _level(how: PanelSpec, sources: Sources, units: pd.DataFrame, level: str) -> pd.DataFrame:
    moments = how.times if level == "person" else how.waves
    parts = []
    for name, outcome in how.outcomes.items():
        if outcome.level != level:
            continue
        times = [time for time in moments if time in (outcome.times or moments)]
        if level == "person":
            rows = units.merge(pd.DataFrame({"time": times}, dtype="str"), how="cross")
        else:
            rows = units[units["time"].isin(times)]
        values = sources.values(outcome)
        _only_numbers(values, f"outcomes.{name}")
        rows = rows.merge(values, on=["unit", "time"], how="left", validate="one_to_one")
        parts.append(rows.assign(outcome=name, value=rows["value"].astype("float64")))
    if not parts:
        return pd.DataFrame()
    table = pd.concat(parts, ignore_index=True).assign(study=how.study, level=level)
    return _with_covariates(table, how, sources, level)


def _with_covariates(
    table: pd.DataFrame, how: PanelSpec, sources: Sources, level: str
) -> pd.DataFrame:
    """Covariates of people by person, those of respondents by person and wave."""
    for name, covariate in how.covariates.items():
        if covariate.level != level:
            continue
        if level == "person":
            measured = covariate.measured or how.times[0]
            values = sources.constants(covariate, measured)
            table = table.merge(values.rename(columns={"value": name}), on="unit", how="left")
        else:
            values = sources.values(covariate)
            table = table.merge(
                values.rename(columns={"value": name}), on=["unit", "time"], how="left"
            )
    return table


def _only_numbers(values: pd.DataFrame, place: str) -> None:
    if values["value"].dtype != "float64" and values["value"].notna().any():
        raise CespError(
            f"config.yaml: {place}: its values are words; an outcome needs numbers: recode them"
            " (derived: {source, values})"
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
    orders["unit"] = list(dict.fromkeys(table["unit"]))  # as they are listed, not by pseudonym
    for name in ("neighbourhood", "link_worker"):
        orders[name] = sorted(table[name].dropna().unique())
    for name, order in orders.items():
        table[name] = pd.Categorical(table[name], categories=order)
    covariates = [name for name in how.covariates if name in table]
    for name in covariates:
        if table[name].dtype != "float64":
            order = _levels(table[name], how.categories.get(name, ()))
            table[name] = pd.Categorical(table[name], categories=order)
    fixed = list(Panel.columns())
    return table.sort_values(["level", "outcome", "unit", "time"], kind="stable")[
        [*fixed, *covariates]
    ]


def _levels(values: "pd.Series[Any]", declared: tuple[str, ...]) -> list[str]:
    """The categories that occur, in config's order; others after them."""
    found = set(values.dropna().unique())
    return [*(c for c in declared if c in found), *sorted(found - set(declared))]
