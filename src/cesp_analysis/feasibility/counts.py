"""Who or what a rate counts: rows with a key, their site (or arm) and link worker."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.clean.evaluate import evaluated
from cesp_analysis.feasibility.elements import Element, elements
from cesp_analysis.feasibility.spec import RatesSpec
from cesp_analysis.schemas import Events, Panel, Records, Visits
from cesp_analysis.study.feasibility import Count

PEOPLE = "people"


@dataclass(frozen=True)
class Counted:
    """What was counted.

    rows: key, unit, group, worker and, of rows of a file, its variables; one row an element.
    space: of what the keys are; counts in one space can be held against each other.
    unknown: keys of which the condition is not known.
    """

    rows: pd.DataFrame
    space: str
    unknown: frozenset[str]

    def of(self, of: str, name: str) -> pd.DataFrame:
        """The rows of a site (or arm) or link worker; all of them where `of` is all."""
        column = "worker" if of == "link_worker" else "group"
        return self.rows if of == "all" else self.rows[self.rows[column] == name]


class Tables:
    """The tables that counts are made from, each read once."""

    def __init__(
        self, how: RatesSpec, records: Path, panel: Path, visits: Path, events: Path
    ) -> None:
        self.how, self._records = how, records
        self._panel, self._visits, self._events = panel, visits, events
        self._read: dict[str, pd.DataFrame] = {}

    def records(self, file: str) -> pd.DataFrame:
        """A file's records, with site (or arm) and link worker of the person where it says none."""
        if file not in self._read:
            table = contracts.read(self._records / f"{file}.parquet", Records)
            self._read[file] = table
        return self._read[file]

    @cached_property
    def panel(self) -> pd.DataFrame:
        """Answers of people that count."""
        table = contracts.read(self._panel, Panel, beyond=())
        return table[(table["level"] == "person") & table["value"].notna()]

    @cached_property
    def visits(self) -> pd.DataFrame:
        """Visits that count."""
        table = contracts.read(self._visits, Visits)
        return table[table["status"] == "kept"]

    @cached_property
    def events(self) -> pd.DataFrame:
        """Deaths, withdrawals and transfers."""
        return contracts.read(self._events, Events)

    @cached_property
    def people(self) -> pd.DataFrame:
        """The register: unit → group, worker; blank where it does not say."""
        if not self.how.register_of_people:
            empty = pd.DataFrame({"group": [], "worker": []}, dtype="object")
            return empty.rename_axis("unit")
        table = self.records(self.how.register_of_people).drop_duplicates("unit")
        return pd.DataFrame(
            {
                "group": _words(table[self.how.of]).to_numpy(),
                "worker": _words(table["link_worker"]).to_numpy(),
            },
            index=pd.Index(table["unit"].astype("object"), name="unit"),
        )

    @cached_property
    def _known(self) -> dict[str, Element]:
        people = self.people.reset_index().rename(columns={"unit": "key"})
        return {one.key: one for one in elements(people)}

    def element(self, unit: str) -> Element:
        """A person with site (or arm) and link worker, as the register has them."""
        return self._known.get(unit, Element(unit, "", ""))

    @cached_property
    def workers(self) -> list[str]:
        """All link workers: those who are declared, then others that people have."""
        told = self.how.link_workers
        names = list(told.names)
        if told.file is not None:
            names += _words(self.records(told.file)["link_worker"]).tolist()
        own = sorted(set(self.people["worker"]) - {""})
        return list(dict.fromkeys(name for name in [*names, *own] if name))

    def count(self, told: Count, time: str, arm: str | None) -> Counted:
        """Who or what is counted, at `time` where the count says each; of one arm alone."""
        if told.time is not None:
            found = self._at(time if told.time == "each" else told.time, told)
        elif told.step is not None:
            found = self._step(told.step)
        else:
            assert told.file is not None
            table, unknown = self._meeting(self.records(told.file), told.where)
            found = self._elements(told.file, table, unknown, told.count == "units")
        return found if arm is None else self._in_arm(found, arm)

    def values(self, variable: str, time: str) -> "pd.Series[Any]":
        """Person → what a category of people's files says of them at a time."""
        parts = []
        for file in self.how.files_of_people:
            table = self.records(file)
            if variable in table:
                own = table[(table["time"] == time) & table[variable].notna()]
                units = own["unit"].astype("object")
                parts.append(pd.Series(_words(own[variable]).to_numpy(), units))
        whole = pd.concat(parts) if parts else pd.Series(dtype="object")
        return whole[~whole.index.duplicated()]

    def _at(self, time: str, told: Count) -> Counted:
        """People with an answer that counts at a time, or whose visit lies in its window."""
        own = self.panel[self.panel["time"] == time]
        units = own.loc[own["outcome"] == told.outcome, "unit"] if told.outcome else own["unit"]
        if told.within_window:
            seen = self.visits[(self.visits["time"] == time) & (self.visits["place"] == "within")]
            units = units[units.isin(set(seen["unit"]))]
        names = pd.Index(units.astype("object").unique(), dtype="object").sort_values()
        return Counted(self._about(pd.DataFrame({"unit": names, "key": names})), PEOPLE, _NONE)

    def _step(self, step: str) -> Counted:
        """Steps of one file follow from one another: who failed one is not in the next. One that
        asks for a number of rows counts people."""
        file = self.how.steps[step].file
        table = self.records(file)
        table = table[table["time"].isna()] if bool(table["time"].isna().any()) else table
        unknown = _NONE
        for name, entry in self.how.steps.items():
            if entry.file == file:
                table, unknown = self._meeting(table, entry.where)
                table = _with_rows(table, entry.rows or 1)
            if name == step:
                break
        last = self.how.steps[step]
        units = self._register(file) or last.rows is not None
        found = self._elements(file, table, unknown, units)
        return found if last.arm is None else self._in_arm(found, last.arm)

    def _in_arm(self, found: Counted, arm: str) -> Counted:
        """Those of one arm."""
        own = found.rows["group"].map(self.how.arms).fillna("")
        rows = found.rows[own == arm]
        return Counted(rows, found.space, found.unknown & frozenset(rows["key"]))

    def _meeting(
        self, table: pd.DataFrame, where: str | None
    ) -> tuple[pd.DataFrame, frozenset[str]]:
        """The rows that meet a condition; lines of those of which it is not known."""
        if where is None:
            return table, _NONE
        holds = evaluated(table, where)
        unknown = table.loc[holds.isna(), ["line", "unit"]]
        lines = unknown["line"].astype("str") + "\n" + unknown["unit"].astype("str")
        return table[holds == 1.0], frozenset(lines)

    def _elements(
        self, file: str, table: pd.DataFrame, unknown: frozenset[str], units: bool
    ) -> Counted:
        """Rows of a file, or each unit once; a register's rows are people."""
        units = units or self._register(file)
        person = file in self.how.files_of_people
        own = pd.DataFrame({"unit": table["unit"].astype("object"), "line": table["line"]})
        own["key"] = own["unit"] if units else own["line"].astype("str")
        own["date"] = table["date"].astype("object")
        for name in self.how.kept_of(file):
            own[name] = table[name].astype("object") if name in table else None
        own["group"], own["worker"] = _words(table[self.how.of]), _words(table["link_worker"])
        at = 1 if units else 0
        keys = frozenset(pair.split("\n")[at] for pair in unknown)
        rows = own.drop_duplicates("key") if units else own
        rows = self._about(rows) if person else rows
        space = PEOPLE if units and person else f"{'units' if units else 'rows'} of {file}"
        return Counted(rows, space, keys - frozenset(rows["key"]))

    def _about(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Rows of people with group and link worker; the row's own word before the register's."""
        found = rows.copy()
        for column in ("group", "worker"):
            known = rows["unit"].map(self.people[column]).fillna("")
            own = rows[column] if column in rows else pd.Series("", index=rows.index)
            found[column] = own.where(own != "", known)
        return found

    def _register(self, file: str) -> bool:
        return file == self.how.register_of_people


_NONE: frozenset[str] = frozenset()


def _with_rows(table: pd.DataFrame, least: int) -> pd.DataFrame:
    """The rows of units that have at least so many."""
    return table if least == 1 else table[table.groupby("unit")["line"].transform("size") >= least]


def _words(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """A column as words, blank where it says nothing."""
    return column.astype("object").where(column.notna(), "").astype("object")
