"""A draft of config.yaml: what the raw files say, and as questions what they do not."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from cesp_analysis.instruments.types import read_instrument
from cesp_analysis.new_study.commented import Place
from cesp_analysis.new_study.entries import Entry, entries_of, repeated
from cesp_analysis.new_study.moments import Moment, in_order
from cesp_analysis.new_study.questionnaires import likely_in, matches_in
from cesp_analysis.new_study.roles import dates_of, ids_of, unique
from cesp_analysis.new_study.tables import Column, Table, slug
from cesp_analysis.new_study.variables import codes_of_no_answer, declared, format_of, ways_of
from cesp_analysis.study.files import Written
from cesp_analysis.study.gaps import UNDECIDED

_RARE = 0.02  # of the rows; a word that rare and close to another may be a slip
_PREVIEWS = ["1", "Survey Preview", "2", "Survey Test"]
"""What Qualtrics' column Status says of answers that are none."""

_QUESTIONS = {
    "arms": "The labels stand in tables. One group alone, compared with nobody: leave out control"
    " and models, and give the file that lists people arm: {constant: intervention}.",
    "sites": "Which site is the intervention, which the control?",
    "no times": "When did people answer? Neither names of files nor columns say it. Write times:"
    " {baseline: {label: Baseline, position: 0}, …}, and under files: which file or column belongs"
    " to which. When?",
    "no people": "No file was found that lists the people. If one does, write level: person and"
    " lists_people: true; if rows are respondents of a survey, level: respondent. Whose are the"
    " rows?",
    "alone": "Are these people who are followed? If they are respondents of a survey, write level:"
    " respondent, without lists_people. Which?",
    "outcomes": "Which outcomes are primary (role: primary), and what change matters (mid: {value:"
    " …, source: …})? Questions that are no questionnaire: {label: …, variable: …, unit: …,"
    " direction: …}. Covariates, if models adjust for some, have a section of their own:"
    " covariates: {NAME: {label: …, variable: …}}. Which?",
    "models": "The plainest model of the design. Is it the one of your protocol?",
}


class Draft:
    """The study file as data, and the comments on it."""

    def __init__(self, name: str, tables: Sequence[Table]) -> None:
        self.notes: dict[Place, list[str]] = {}
        self.tables = tables
        self.entries = entries_of(tables)
        self.matches = matches_in(tables)
        self.sites = _sites(self.entries, self.notes)
        self.times, unit_of_times = self._moments("person")
        self.waves, unit_of_waves = self._moments("respondent")
        self.unit = unit_of_times if self.times else unit_of_waves
        self.data = self._data(name)

    def _moments(self, level: str) -> tuple[list[Moment], str]:
        moments = [m for e in self.entries if e.level == level for m in e.moments.values()]
        return in_order(moments)

    def _data(self, name: str) -> dict[str, Any]:
        data: dict[str, Any] = {
            "study": _identity(name, self.notes),
            "arms": {"control": {"label": "Control"}, "intervention": {"label": "Intervention"}},
            "sites": {key: {"label": word, "arm": UNDECIDED} for word, key in self.sites.items()},
            "time_unit": self.unit,
            "times": _placed(self.times),
            "waves": _placed(self.waves),
            "files": {entry.name: self._file(entry) for entry in self.entries},
            "outcomes": self._outcomes(),
        }
        data["models"] = self._models(data["outcomes"])
        self._sections(data)
        empty = [key for key in ("sites", "times", "waves", "models") if not data[key]]
        return {key: value for key, value in data.items() if key not in empty}

    def _sections(self, data: dict[str, Any]) -> None:
        """What stands above the sections."""
        for section in ("arms", "sites", "outcomes"):
            self._note((section,), _QUESTIONS[section])
        for section in ("times", "waves"):
            self._note((section,), f"Are the positions right, in {self.unit}?")
        if not (self.times or self.waves):
            self._note(("time_unit",), _QUESTIONS["no times"])
        if not any(entry.lists_people for entry in self.entries):
            self._note(("files",), _QUESTIONS["no people"])
        if data["models"]:
            self._note(("models",), _QUESTIONS["models"])

    def _note(self, place: Place, *texts: str) -> None:
        self.notes.setdefault(place, []).extend(texts)

    def _file(self, entry: Entry) -> dict[str, Any]:
        """One entry of `files:`, with its comments."""
        place = ("files", entry.name)
        table = entry.table
        records = "1 record" if table.records == 1 else f"{table.records:,} records"
        size = f"{records}, {len(table.columns)} columns"
        self.notes.setdefault(place, []).insert(0, size)
        self._note(place, *table.remarks, *_doubts(entry))
        if entry.lists_people and len(self.tables) == 1:
            self._note(place, _QUESTIONS["alone"])
        matches = [m for m in self.matches[table.name] if set(m.columns) <= set(entry.reads)]
        taken = [column for match in matches for column in match.columns]
        codes = codes_of_no_answer(table, taken)
        said = declared(table, [] if entry.long_format else list(entry.reads), matches, codes)
        self._note(place, *(doubt for match in matches for doubt in match.doubts))
        self._note(place, *(likely_in(table, taken) if entry.reads else ()))
        self._note(place, *said.notes.pop("", ()))
        data = dict(_written(table.file)) | dict(self._meaning(entry))
        if codes:
            data["missing"] = [int(code) for code in codes]
            self._note((*place, "missing"), f"Does {', '.join(codes)} mean: no answer?")
        if matches:
            data["instruments"] = {match.instrument: match.pattern for match in matches}
        if renamed := {k: v for match in matches for k, v in match.renamed.items()}:
            data["renamed"] = renamed
        if said.ignored:
            data["ignored"] = said.ignored
            self._note(
                (*place, "ignored"), "They may tell who somebody is: they stay in the raw file"
            )
        if said.variables:
            data["variables"] = said.variables
        for name, notes in said.notes.items():
            self._note((*place, "variables", name), *notes)
        return data

    def _meaning(self, entry: Entry) -> Iterator[tuple[str, Any]]:
        """Whose rows they are, and when and where they were collected."""
        if _decimal_comma(entry.table) and entry.table.file.kind_of_file() == "csv":
            yield "decimal", ","
        yield "level", entry.level
        if entry.lists_people:
            yield "lists_people", True
        if entry.unit:
            yield "unit", entry.unit
        if entry.one_row_per != "unit_and_time":
            yield "one_row_per", entry.one_row_per
        if number := _duplicates(entry):
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
        if left_out := _previews(entry.table):
            yield "left_out", left_out
        if "" in entry.moments:
            yield "time", {"constant": entry.moments[""].name}
        elif entry.moments and entry.level != "other":
            values = {word: moment.name for word, moment in entry.moments.items()}
            yield "time", {"column": entry.roles["time"], "values": values}
        yield from self._places(entry)

    def _places(self, entry: Entry) -> Iterator[tuple[str, Any]]:
        roles, columns = entry.roles, entry.table.columns
        if "site" in roles and self.sites:
            yield (
                "site",
                {"column": roles["site"], "values": self._site_values(columns[roles["site"]])},
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

    def _site_values(self, column: Column) -> dict[str, str]:
        """Raw word → site; a word in another case is read like the first, and not repeated."""
        named = {_plain(label): name for label, name in self.sites.items()}
        found: dict[str, str] = {}
        seen: set[str] = set()
        for word in column.found.words():
            plain = _plain(column.codes.get(word, word))
            if plain in named and plain not in seen:
                seen.add(plain)
                found[word] = named[plain]
        return found

    def _date(self, entry: Entry, column: Column) -> dict[str, Any]:
        found = column.found
        place = ("files", entry.name, "date")
        if others := [name for name in dates_of(entry.table) if name != column.name]:
            self._note(place, f"Or was the row collected on {' or '.join(others)}?")
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
                    found |= dict(_of_instrument(match.instrument, entry.level))
        return found

    def _models(self, outcomes: dict[str, dict[str, Any]]) -> dict[str, Any]:
        found = {}
        for level, design, moments, name in (
            ("person", "change", self.times, "did_change"),
            ("respondent", "cross_sections", self.waves, "survey_change"),
        ):
            own = [n for n, o in outcomes.items() if o.get("level", "person") == level]
            if own and len(moments) > 1:
                level_of = {} if level == "person" else {"level": level}
                found[name] = {"kind": "did"} | level_of | {"design": design, "outcomes": own}
        return found


def _identity(name: str, notes: dict[Place, list[str]]) -> dict[str, Any]:
    notes["study", "draft"] = ["A run says what is still undecided; then remove this line"]
    notes["study", "synthetic"] = ["true only if a program made the data up"]
    notes["study", "seed"] = ["Every random number starts from it; any whole number"]
    notes["study", "about"] = ["What was done, where, with whom?"]
    return {
        "id": slug(name) or "study",
        "draft": True,
        "title": UNDECIDED,
        "about": UNDECIDED,
        "synthetic": False,
        "seed": 1,
    }


def _duplicates(entry: Entry) -> int:
    """Rows that repeat the unit and time of another, where each should stand once."""
    if entry.unit is None or entry.one_row_per == "any" or entry.rows or entry.long_format:
        return 0
    return repeated(entry.table, entry.unit, entry.roles.get("time"))


def _placed(moments: list[Moment]) -> dict[str, dict[str, Any]]:
    return {m.name: {"label": m.label, "position": m.position} for m in moments}


def _sites(entries: Sequence[Entry], notes: dict[Place, list[str]]) -> dict[str, str]:
    """Each site's label → its name in config; rare words close to another are asked about."""
    counts: dict[str, int] = {}
    spelt: dict[str, str] = {}
    for entry in entries:
        if "site" not in entry.roles:
            continue
        own = _by_spelling(entry.table.columns[entry.roles["site"]], spelt)
        total = sum(own.values())
        slips = {w: near for w, n in own.items() if n < _RARE * total and (near := _near(w, own))}
        for word, near in slips.items():
            question = f"{entry.roles['site']}: is '{word}' a slip for '{near}'?"
            notes.setdefault(("files", entry.name), []).append(question)
        for word, n in own.items():
            if word not in slips:
                counts[word] = counts.get(word, 0) + n
    for word, n in counts.items():
        if n < _RARE * sum(counts.values()):
            question = f"'{word}' stands in {n} rows: is it a site of the study? If not, take it"
            question += " out here and under files:. Is it?"
            notes.setdefault(("sites",), []).append(question)
    names: dict[str, str] = {}
    for word in counts:
        name = slug(word) or f"site_{len(names) + 1}"
        taken = {*names.values(), "control", "intervention"}
        names[word] = name if name not in taken else f"{name[:35]}_{len(names) + 1}"
    return names


def _by_spelling(column: Column, spelt: dict[str, str]) -> dict[str, int]:
    """A column's words or labels by how often they stand there; other case is the same word.

    `spelt`: how each was spelt where it was first met; more are added.
    """
    counts: dict[str, int] = {}
    for word, n in column.found.words().items():
        label = column.codes.get(word, word)
        known = spelt.setdefault(_plain(label), label)
        counts[known] = counts.get(known, 0) + n
    return counts


def _plain(word: str) -> str:
    return " ".join(word.casefold().split())


def _near(word: str, words: dict[str, int]) -> str:
    """A far more frequent word that is spelt nearly alike."""
    often = [other for other, n in words.items() if n > 10 * words[word]]
    by_case = {other.casefold(): other for other in often}
    close = get_close_matches(word.casefold(), by_case, n=1, cutoff=0.75)
    return by_case[close[0]] if close else ""


def _written(file: Written) -> dict[str, Any]:
    """How a file is written; of a CSV always encoding and separator, as a run never guesses."""
    data: dict[str, Any] = file.model_dump(mode="json", exclude_defaults=True)
    if file.kind_of_file() == "csv":
        told = {"encoding": file.encoding, "separator": file.separator}
        data = {"path": data.pop("path")} | told | data
    return data


def _doubts(entry: Entry) -> Iterator[str]:
    """Questions on whose the rows are."""
    columns = entry.table.columns
    others = [n for n in ids_of(entry.table) if n != entry.unit and unique(columns[n])]
    if entry.lists_people and not entry.roles.keys() & {"site", "arm"}:
        yield "Where does it say the site or arm of each person? Write site: or arm: below. Where?"
    if entry.level == "person" and not entry.lists_people and not entry.timed:
        if entry.one_row_per == "any":
            yield "Many rows a person at no particular time: right?"
        else:
            yield "At which time were these answers given? Write time: {constant: …}. Which?"
    if entry.level == "respondent" and "site" not in entry.roles:
        yield "At which site did they live? Write site: {constant: …} or {column: …}. Which?"
    if entry.table.file.nul_bytes == "drop":
        yield "The file holds NUL bytes, which are dropped: is it undamaged?"
    if entry.level == "other":
        yield "Whose rows are these? Nobody's that are followed or surveyed, as it seems: right?"
    if entry.unit and others:
        yield f"{entry.unit} is taken for the id; or is it {' or '.join(others)}?"
    if entry.long_format:
        question, answer = entry.long_format
        yield (
            f"Each row looks like one answer ({question}: {answer}). Which questions are wanted?"
            " Declare them as instruments: or variables: by what that column calls them. Right?"
        )
    commas = [c.name for c in entry.table.columns.values() if c.found.commas]
    if commas and not _decimal_comma(entry.table):
        yield (
            f"Decimal commas stand beside points in {', '.join(commas)}. Are both meant? A CSV has"
            ' one mark, decimal: "." or ","; in other files decimal: "," lets both count. Which?'
        )


def _decimal_comma(table: Table) -> bool:
    """Whether all numbers with decimals in a table have a comma."""
    numbers = [
        c.found for c in table.columns.values() if c.found.kind in ("number", "whole number")
    ]
    with_commas = [found for found in numbers if found.commas]
    points = [found for found in numbers if found.kind == "number" and not found.commas]
    return bool(with_commas) and not points and all(found.commas_only for found in with_commas)


def _previews(table: Table) -> dict[str, list[str]]:
    """Rows of Qualtrics that are previews or tests."""
    if table.platform != "qualtrics":
        return {}
    status = next((c for c in table.columns.values() if slug(c.name) == "status"), None)
    status = status or next(
        (c for c in table.columns.values() if c.label.startswith("Status")), None
    )
    if status is None:
        return {}
    return {status.name: _PREVIEWS}


def _of_instrument(name: str, level: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for score in read_instrument(name).scores:
        if score.unit == "level":
            continue
        own = name if score.code == "total" else f"{name}_{score.code}"
        own = own[:40] if level == "person" else f"survey_{own}"[:40]
        better = score.direction == "higher_is_better"
        yield (
            own,
            {
                "label": score.label,
                **({} if level == "person" else {"level": level}),
                "score": f"{name}.{score.code}",
                "unit": score.unit,
                "direction": "higher_is_better" if better else "lower_is_better",
            },
        )
