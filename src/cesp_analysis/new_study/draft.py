"""A draft of config.yaml: what the raw files say, and as questions what they do not."""

from collections.abc import Iterator, Sequence
from typing import Any

from cesp_analysis.new_study.arms_beside import arms_beside_sites
from cesp_analysis.new_study.categories import as_before
from cesp_analysis.new_study.coded import interviews_of, parted
from cesp_analysis.new_study.commented import Place
from cesp_analysis.new_study.dates import date_doubts, dates_in
from cesp_analysis.new_study.draft_entries import (
    as_written,
    identity_entry,
    models_of,
    of_instrument,
    placed,
)
from cesp_analysis.new_study.economics import economics_in, short_eq5d_in
from cesp_analysis.new_study.entries import entries_of
from cesp_analysis.new_study.entry import Entry
from cesp_analysis.new_study.events import events_in
from cesp_analysis.new_study.moments import DraftMoment, in_order, one_time_twice
from cesp_analysis.new_study.no_answers import asked_of, no_answer_of_file
from cesp_analysis.new_study.platforms import as_code, bound_elsewhere, previews_in
from cesp_analysis.new_study.questionnaires import likely_in, matches_in
from cesp_analysis.new_study.questions import QUESTIONS, decimal_comma, doubts_of, duplicates_in
from cesp_analysis.new_study.sites import site_values, sites_of
from cesp_analysis.new_study.states import states_in
from cesp_analysis.new_study.tables import Column, Table
from cesp_analysis.new_study.variables import declared
from cesp_analysis.new_study.ways import format_of, two_orders, ways_of
from cesp_analysis.new_study.worded import worded_in
from cesp_analysis.study.gaps import UNDECIDED


class DraftStudy:
    """The study file as data, and the comments on it."""

    def __init__(self, name: str, tables: Sequence[Table]) -> None:
        self.notes: dict[Place, list[str]] = {}
        self.coded, self.tables = parted(tables)
        self.categories: dict[str, list[str]] = {}
        self.variables_of_people: list[tuple[Entry, dict[str, Any]]] = []
        self.matches = matches_in(self.tables)
        self.entries = entries_of(self.tables, self.matches)
        self.sites = sites_of(self.entries, self.notes)
        self.times, unit_of_times = self._moments("person")
        settled = unit_of_times if self.times else None
        self.waves, self.unit = self._moments("respondent", settled)
        self.data = self._data(name)

    def _moments(self, level: str, unit: str | None = None) -> tuple[list[DraftMoment], str]:
        moments = [m for e in self.entries if e.level == level for m in e.all_moments()]
        return in_order(moments, unit)

    def _data(self, name: str) -> dict[str, Any]:
        data: dict[str, Any] = {
            "study": identity_entry(name, self.notes, any("date" in e.roles for e in self.entries)),
            "arms": {"control": {"label": "Control"}, "intervention": {"label": "Intervention"}},
            "sites": {key: {"label": word, "arm": UNDECIDED} for word, key in self.sites.items()},
            "time_unit": self.unit,
            "times": placed(self.times),
            "waves": placed(self.waves),
            "files": {entry.name: self._file(entry) for entry in self.entries},
            "flow": self._flow(),
            "outcomes": self._outcomes(),
        }
        data["models"] = models_of(data["outcomes"], self.times, self.waves, self.entries)
        data |= interviews_of(self.coded, self.sites, self.notes)
        self._sections(data)
        empty = [key for key in ("sites", "times", "waves", "flow", "models") if not data[key]]
        return {key: value for key, value in data.items() if key not in empty}

    def _flow(self) -> dict[str, Any]:
        """The flow begins with everybody who is listed: else nobody sees who never answered."""
        if not (listed := [entry.name for entry in self.entries if entry.lists_people]):
            return {}
        self._note(("flow",), QUESTIONS["flow"])
        return {"listed": {"label": "In the study", "file": listed[0]}}

    def _sections(self, data: dict[str, Any]) -> None:
        """What stands above the sections."""
        self._note(("outcomes",), *events_in(self.variables_of_people))
        self._note(("outcomes",), *economics_in(data["files"], data["outcomes"]))
        for section in ("arms", "sites", "outcomes"):
            self._note((section,), QUESTIONS[section])
        for place, said in arms_beside_sites(self.entries, self.sites):
            self._note(place, said)
        for section in ("times", "waves"):
            self._note((section,), f"Are the positions right, in {self.unit}?")
        for section, level in (("times", "person"), ("waves", "respondent")):
            found = [m for e in self.entries if e.level == level for m in e.all_moments()]
            self._note((section,), *one_time_twice(found, self.unit))
        if not (self.times or self.waves):
            self._note(("time_unit",), QUESTIONS["no times"])
        if not any(entry.lists_people for entry in self.entries):
            self._note(("files",), QUESTIONS["no people"])
        if data["models"]:
            self._note(("models",), QUESTIONS["models"])

    def _note(self, place: Place, *texts: str) -> None:
        self.notes.setdefault(place, []).extend(texts)

    def _file(self, entry: Entry) -> dict[str, Any]:
        """One entry of `files:`, with its comments."""
        place = ("files", entry.name)
        table = entry.table
        records = "1 record" if table.records == 1 else f"{table.records:,} records"
        self.notes.setdefault(place, []).insert(0, f"{records}, {len(table.columns)} columns")
        self._note(place, *table.remarks, *doubts_of(entry, self._dates_of_people()))
        if entry.lists_people and len(self.tables) == 1:
            self._note(place, QUESTIONS["alone"])
        matches = [m for m in self.matches[table.name] if set(m.columns) <= set(entry.reads)]
        taken = [column for match in matches for column in match.columns]
        codes, doubts = no_answer_of_file(table, taken, [*entry.reads, *entry.roles.values()])
        self._note(place, *doubts)
        reads = [] if entry.long_format else list(entry.reads)
        link = entry.link.column if entry.link and entry.link.column != entry.unit else None
        said = declared(table, reads, matches, codes, entry.wide, link)
        self._note(place, *(doubt for match in matches for doubt in match.doubts))
        others = [c for c in table.columns if c not in entry.reads] if entry.forms else []
        self._note(place, *(likely_in(table, [*taken, *others]) if entry.reads else ()))
        left = [c for c in reads if c not in taken]
        self._note(
            (*place, "variables"),
            *worded_in(table, left, self.matches, self.tables, matches, codes),
        )
        self._note(place, *states_in(table, left), *short_eq5d_in(table, left))
        self._note(place, *said.notes.pop("", ()))
        data = dict(as_written(table.file)) | dict(self._meaning(entry))
        if codes:
            data["missing"] = [as_code(code) for code in codes]
            self._note((*place, "missing"), asked_of(codes, map(table.columns.__getitem__, taken)))
        if said.answers and (doubt := bound_elsewhere(table, said.answers, said.variables)):
            self._note(place, doubt)
        elif said.answers:
            data["answers"] = [as_code(code) for code in said.answers]
        if matches:
            data["instruments"] = {match.instrument: match.pattern for match in matches}
        if renamed := {k: v for match in matches for k, v in match.renamed.items()}:
            data["renamed"] = renamed
        if said.ignored:
            data["ignored"] = said.ignored
            self._note(
                (*place, "ignored"), "They may tell who somebody is: they stay in the raw file"
            )
        for name, variable in said.variables.items():
            if "columns" not in variable:
                variable |= self._as_sites(table.columns[variable.get("column", name)], variable)
            if isinstance(words := variable.get("values"), list):
                variable["values"] = as_before(words, self.categories.get(name, ()))
                self.categories.setdefault(name, variable["values"])
        if said.variables:
            data["variables"] = said.variables
            if entry.level == "person":
                self.variables_of_people.append((entry, said.variables))
        for name, notes in said.notes.items():
            self._note((*place, "variables", name), *notes)
        return data

    def _as_sites(self, column: Column, variable: dict[str, Any]) -> dict[str, Any]:
        """The codes of a category whose words are sites, as the study calls them."""
        found = site_values(column, self.sites) if variable.get("type") == "category" else {}
        words = [*variable.get("values", ())]
        return {"values": {w: found.get(w, w) for w in words}} if {*words} & {*found} else {}

    def _dates_of_people(self) -> list[str]:
        """Variables of the register from which time could be counted."""
        people = [entry for entry in self.entries if entry.lists_people]
        return [d for e in people for d in dates_in(e) if d != e.roles.get("date")][:3]

    def _meaning(self, entry: Entry) -> Iterator[tuple[str, Any]]:
        """Whose rows they are, and when and where they were collected."""
        if decimal_comma(entry.table) and entry.table.file.kind_of_file() in ("csv", "xlsx"):
            yield "decimal", ","
        yield "level", entry.level
        if entry.lists_people:
            yield "lists_people", True
        if entry.unit:
            yield "unit", entry.unit
        if entry.carried:
            self._note(("files", entry.name, "carried"), "An id stands in one row of each record,"
                       " and is taken for the record's other rows")  # fmt: skip
            yield "carried", entry.carried
        if entry.one_row_per != "unit_and_time":
            yield "one_row_per", entry.one_row_per
        if number := duplicates_in(entry):
            place = ("files", entry.name, "duplicates")
            rows = "1 row repeats" if number == 1 else f"{number} rows repeat"
            self._note(place, f"{rows} a unit and time. Which counts where they differ: keep_first,"
                       " keep_last, keep_neither, or stop?")  # fmt: skip
            yield "duplicates", "keep_first"
        if entry.rows:
            yield "rows", entry.rows
        if entry.forms:
            yield "redcap_forms", list(entry.forms)
        if entry.long_format:
            yield "long_format", dict(zip(("question", "answer"), entry.long_format, strict=True))
        if left_out := previews_in(entry.table):
            yield "left_out", left_out
        if "" in entry.moments:
            yield "time", {"constant": UNDECIDED if entry.undecided else entry.moments[""].name}
        elif entry.moments and entry.level != "other":
            named = {word: moment.name for word, moment in entry.moments.items()}
            values = dict.fromkeys(named, UNDECIDED) if entry.undecided else named
            yield "time", {"column": entry.roles["time"], "values": values}
        yield from self._places(entry)

    def _places(self, entry: Entry) -> Iterator[tuple[str, Any]]:
        roles, columns = entry.roles, entry.table.columns
        if "site" in roles and self.sites:
            yield (
                "site",
                {
                    "column": roles["site"],
                    "values": site_values(columns[roles["site"]], self.sites),
                },
            )
        elif "arm" in roles and entry.level != "other":
            words = sorted(columns[roles["arm"]].found.words())
            yield "arm", {"column": roles["arm"], "values": dict.fromkeys(words, UNDECIDED)}
            self._note(("files", entry.name, "arm"), "Which of them is the intervention?")
        for role in ("neighbourhood", "link_worker", "weight"):
            if role in roles:
                yield role, {"column": roles[role]}
        if "date" in roles:
            yield "date", self._date(entry, columns[roles["date"]])

    def _date(self, entry: Entry, column: Column) -> dict[str, Any]:
        found, place = column.found, ("files", entry.name, "date")
        self._note(place, *date_doubts(entry, column.name), *two_orders(found))
        if len(found.ways) > 1:
            ways = ways_of(found)
            self._note(place, f"How are dates written, {ways}? Add it to the line below. Which?")
            return {"column": column.name}
        return {"column": column.name, "format": format_of(found.ways[0])}

    def _outcomes(self) -> dict[str, dict[str, Any]]:
        """The scores of the instruments that were found; levels of one question are no outcome."""
        found: dict[str, dict[str, Any]] = {}
        for entry in self.entries:
            if entry.level == "other" or not entry.timed:
                continue
            for match in self.matches[entry.table.name]:
                if set(match.columns) <= set(entry.reads):
                    found |= dict(of_instrument(match.instrument, entry.level))
        return found
