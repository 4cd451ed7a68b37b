"""The tables that counts are made from."""

from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.clean.evaluate import evaluated
from cesp_analysis.declared.feasibility import Count
from cesp_analysis.describe.tables import FlowPlaces
from cesp_analysis.feasibility.counted import PEOPLE, Counted
from cesp_analysis.feasibility.counts import as_words
from cesp_analysis.feasibility.elements import Element, elements
from cesp_analysis.feasibility.fillings import Source
from cesp_analysis.feasibility.follow_up import Followed, followed
from cesp_analysis.feasibility.reached import reached
from cesp_analysis.feasibility.spec import RatesSpec
from cesp_analysis.schemas import Events, Panel, Records, Visits


class Tables:
    """The tables that counts are made from, each read once."""

    def __init__(
        self,
        how: RatesSpec,
        records: Path,
        panel: Path,
        visits: Path,
        events: Path,
        places: Path | None = None,
    ) -> None:
        self.how, self._records, self._places = how, records, places
        self._panel, self._visits, self._events = panel, visits, events
        self._read: dict[str, pd.DataFrame] = {}
        self._counted: dict[tuple[Count, str, str | None], Counted] = {}

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
    def places(self) -> pd.DataFrame:
        """Where everybody was at each step of the flow."""
        assert self._places is not None  # the rule gives it where a rate counts a step
        return contracts.read(self._places, FlowPlaces)

    @cached_property
    def followed(self) -> dict[str, Followed]:
        """Person → follow-up."""
        return followed(self.how, self.records(self.how.register_of_people), self.events)

    @cached_property
    def people(self) -> pd.DataFrame:
        """The register: unit → group, worker; blank where it does not say."""
        if not self.how.register_of_people:
            empty = pd.DataFrame({"group": [], "worker": []}, dtype="object")
            return empty.rename_axis("unit")
        table = self.records(self.how.register_of_people).drop_duplicates("unit")
        return pd.DataFrame(
            {
                "group": as_words(table[self.how.of]).to_numpy(),
                "worker": as_words(table["link_worker"]).to_numpy(),
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
            names += as_words(self.records(told.file)["link_worker"]).tolist()
        own = sorted(set(self.people["worker"]) - {""})
        return list(dict.fromkeys(name for name in [*names, *own] if name))

    def count(self, told: Count, time: str, arm: str | None) -> Counted:
        """Who or what is counted, at `time` where the count says each; of one arm alone."""
        asked = (told, time if told.time == "each" else "", arm)
        if asked not in self._counted:
            self._counted[asked] = self._count(*asked)
        return self._counted[asked]

    def _count(self, told: Count, time: str, arm: str | None) -> Counted:
        if arm is not None:
            return self.count(told, time, None).in_arm(self.how.arms, arm)
        if told.time is not None:
            return self._at(time if told.time == "each" else told.time, told)
        if told.step is not None:
            return reached(self, told.step)
        assert told.file is not None
        return self._of_file(told.file, told.where, told.count == "units")

    def values(self, variable: str, time: str) -> "pd.Series[Any]":
        """Person → what a category of people's files says of them at a time."""
        parts = []
        for file in self.how.holding[variable]:
            table = self.records(file)
            own = table[(table["time"] == time) & table[variable].notna()]
            units = own["unit"].astype("object")
            parts.append(pd.Series(as_words(own[variable]).to_numpy(), units))
        whole = pd.concat(parts) if parts else pd.Series(dtype="object")
        return whole[~whole.index.duplicated()]

    def _at(self, time: str, told: Count) -> Counted:
        """People with an answer that counts at a time, or whose visit lies in its window; of whom
        no visit is dated it is not known."""
        own = self.panel[self.panel["time"] == time]
        units = own.loc[own["outcome"] == told.outcome, "unit"] if told.outcome else own["unit"]
        names = pd.Index(units.astype("object").unique(), dtype="object").sort_values()
        people = self._about(pd.DataFrame({"unit": names, "key": names}))
        if not told.within_window:
            return Counted(people, PEOPLE)
        visits = self.visits[self.visits["time"] == time]
        within = people["unit"].isin(set(visits.loc[visits["place"] == "within", "unit"]))
        dated = people["unit"].isin(set(visits.loc[visits["place"] != "undated", "unit"]))
        return Counted(people[within], PEOPLE, people[~dated])

    def _of_file(self, file: str, where: str | None, units: bool) -> Counted:
        """Rows of a file that meet a condition, or each unit once; a register's rows are people.

        Units of dated rows count what happened in their follow-up.
        """
        table = self.records(file)
        units, person = units or self._register(file), file in self.how.files_of_people
        own = pd.DataFrame({"unit": table["unit"].astype("object"), "line": table["line"]})
        own["key"] = own["unit"] if units else own["line"].astype("str")
        own["date"] = table["date"].astype("object")
        for name in self.how.kept_of(file):
            own[name] = table[name].astype("object") if name in table else None
        own["group"], own["worker"] = as_words(table[self.how.of]), as_words(table["link_worker"])
        own = self._about(own) if person else own
        inside = self._inside(file, table) if units else pd.Series(1.0, index=table.index)
        holds = pd.Series(1.0, index=table.index)
        if where is not None:
            holds = pd.Series(evaluated(table, where), index=table.index)
        met = own[(holds == 1.0) & (inside != 0.0)]
        rows = met.drop_duplicates("key")
        sure = own.loc[(holds == 1.0) & (inside == 1.0), "key"]
        unsure = own[holds.isna() & (inside != 0.0) & ~own["key"].isin(rows["key"])]
        return Counted(
            rows,
            PEOPLE if units and person else f"{'units' if units else 'rows'} of {file}",
            unknown=unsure.drop_duplicates("key"),
            outside=own[(holds == 1.0) & (inside == 0.0)],
            undated=own[(holds == 1.0) & inside.isna()],
            doubtful=rows[~rows["key"].isin(sure)],
            denied=own[holds == 0.0],
            source=Source(
                file, table, own["key"], (where,) if where else (), inside=inside if units else None
            ),
        )

    def _inside(self, file: str, table: pd.DataFrame) -> "pd.Series[Any]":
        """Whether rows that belong to no time lie in the person's follow-up: 1, 0, not known.

        Of rows that no follow-up limits: 1.
        """
        limited = file in self.how.files_of_people and not self._register(file) and self.how.since
        if not limited or not bool(table["date"].notna().any()):
            return pd.Series(1.0, index=table.index)
        nobody, own = Followed(None, 0.0), table[table["time"].isna()]
        days = own["date"].astype("object").where(own["date"].notna(), "")
        told = [
            self.followed.get(unit, nobody).holds(day)
            for unit, day in zip(own["unit"], days, strict=True)
        ]
        held = [float("nan") if holds is None else float(holds) for holds in told]
        return pd.Series(held, index=own.index).reindex(table.index, fill_value=1.0)

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
