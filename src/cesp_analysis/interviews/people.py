"""Who was interviewed: pseudonym, site, role and order, from files, names of documents, a table."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from cesp_analysis.declared.coded_files import ROLES, CodedFile
from cesp_analysis.declared.interviews import Interviewed, Interviews
from cesp_analysis.errors import CespError, no_such
from cesp_analysis.interviews.coded_table import lacking, table_of
from cesp_analysis.interviews.names import compared, control_character
from cesp_analysis.interviews.rows import FileRows, Who


class Person(NamedTuple):
    """One interview. site, role: '' where there is none; order: as it is written, or ''."""

    interview: str
    site: str
    role: str
    order: str


@dataclass(frozen=True)
class Table:
    """The table of those interviewed. by: 'source' or 'interview' → its word → the person; found:
    the same by words as they are compared."""

    path: str
    by: dict[str, dict[str, Person]]
    found: dict[str, dict[str, Person]]

    def find(self, key: str, word: str) -> Person | None:
        """Whose line has a word, however it is spelled."""
        return self.found[key].get(compared(word)) if word else None


@dataclass
class Words:
    """The files' words for sites and roles, and what is wrong with them.

    sites: names of the study's sites; empty: any name is one; earlier: of an import before, of
    whose people some may be listed no more. faults: fact → its places; untidy:
    a site's word, written otherwise than declared, and the site → its places. unlisted: document
    of an import before whose person is listed no more → a pseudonym.
    """

    declared: Interviews
    sites: Sequence[str]
    earlier: bool = False
    faults: dict[str, list[str]] = field(default_factory=dict)
    untidy: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    unlisted: dict[str, str] = field(default_factory=dict)

    def site(self, word: str, place: str) -> str:
        """The site that a word means."""
        known = {one.casefold(): one for one in self.sites}
        known |= {_plain(one): site for one, site in self.declared.sites.items()}
        if not word or _plain(word) in known:
            if word and word not in (*self.sites, *self.declared.sites):
                self.untidy.setdefault((word, known[_plain(word)]), []).append(place)
            return known[_plain(word)] if word else ""
        if not self.sites and not self.declared.sites:
            return word
        words = [*self.declared.sites, *self.sites]
        self.add(f"{no_such('site', word, words)}; interviews.sites: write what it means", place)
        return ""

    def role(self, word: str, place: str) -> str:
        """The role that a word means."""
        known = {one: one for one in ROLES} | {one.replace("_", " "): one for one in ROLES}
        known |= {_plain(one): role for one, role in self.declared.roles.items()}
        if not word or _plain(word) in known:
            return known[_plain(word)] if word else ""
        words = [*self.declared.roles, *ROLES]
        self.add(f"{no_such('role', word, words)}; interviews.roles: write what it means", place)
        return ""

    def not_listed(self, source: str) -> Person:
        """Somebody who is listed no more: the document may be called by a name."""
        pseudonym = f"not listed {len(self.unlisted) + 1}"
        return Person(self.unlisted.setdefault(source, pseudonym), "", "", "")

    def add(self, fact: str, place: str) -> None:
        """Something is wrong at a place."""
        self.faults.setdefault(fact, []).append(place)

    def told(self) -> list[str]:
        """A line for each fact, with its first place."""
        return [
            f"{places[0]}: {fact}" + (f" ({len(places)} such places)" if len(places) > 1 else "")
            for fact, places in self.faults.items()
        ]


def read_people(path: Path, declared: Interviewed, words: Words) -> Table:
    """The table of those interviewed; raises CespError if it cannot be read as declared."""
    table, _ = table_of(path, declared.written())
    named = {k: word for k, word in declared.columns.model_dump().items() if word}
    there = [str(column) for column in table.columns]
    if faults := list(lacking(declared.path, {f"columns.{k}": n for k, n in named.items()}, there)):
        raise CespError(faults)
    by: dict[str, dict[str, Person]] = {"source": {}, "interview": {}}
    found: dict[str, dict[str, Person]] = {"source": {}, "interview": {}}
    for record in table.to_dict("records"):
        place = f"{declared.path}: line {record['line']}"
        cells = {what: str(record[column]) for what, column in named.items()}
        site = words.site(cells.get("site", ""), place)
        role = words.role(cells.get("role", ""), place)
        person = Person(cells["interview"], site, role, cells.get("order", ""))
        if not person.interview and any(cells.values()):
            words.add("has no pseudonym; fill it in", place)
        for key in ("source", "interview"):
            if not (word := cells.get(key, "")):
                continue
            if odd := control_character(key, word):
                words.add(odd, place)
            by[key].setdefault(word, person)
            if found[key].setdefault(compared(word), person) != person:
                words.add(f"'{word}' stands in another line too, and differs; keep one", place)
    return Table(declared.path, by, found)


def met_in(file: FileRows, table: Table | None, words: Words) -> dict[Who, Person]:
    """Everybody of a file, as the study knows them; faults go to `words`."""
    return {who: _met(who, file.file, place, table, words) for who, place in file.met.items()}


def _met(who: Who, file: CodedFile, place: str, table: Table | None, words: Words) -> Person:
    """A person: what the row says, the document's name, the table, which may not say otherwise;
    else the file's entry."""
    place = f"{file.path}: {place}"
    own = _meant(who._asdict(), place, words)
    named = _meant(_of_name(who.source, file, place, words), place, words)
    own = _agreed(own, named, place, f"in the document's name, '{who.source}'", words)
    if listed := _listed(who.source, own.interview, table, place, words):
        own = _agreed(own, listed, place, f"in {table.path if table else ''}", words)
    return Person(
        own.interview or who.source,
        own.site or file.site or "",
        own.role or file.role or "",
        own.order,
    )


def _meant(said: Mapping[str, str], place: str, words: Words) -> Person:
    """What a row, or a document's name, says of somebody."""
    site, role = words.site(said.get("site", ""), place), words.role(said.get("role", ""), place)
    return Person(said.get("interview", ""), site, role, said.get("order", ""))


def _agreed(own: Person, other: Person, place: str, where: str, words: Words) -> Person:
    """What is said of a person, completed by what stands elsewhere. If that says otherwise one of
    them is wrong, but in an import before, when it may have stood so."""
    for what, one, two in zip(Person._fields, own, other, strict=True):
        if one and two and compared(one) != compared(two) and not words.earlier:
            fact = f"the {what} is '{one}' here and '{two}' {where}; correct the one that is wrong"
            words.add(fact, place)
    return Person(*(one or two for one, two in zip(own, other, strict=True)))


def _of_name(source: str, file: CodedFile, place: str, words: Words) -> dict[str, str]:
    """What a document's name says by the pattern `source_name`."""
    if file.source_name is None or source in file.not_interviews:
        return {}
    parts = re.split(r"\{(.*?)\}", file.source_name)
    pattern = "".join(
        re.escape(part) if i % 2 == 0 else f"(?P<{part}>.+?)" for i, part in enumerate(parts)
    )
    found = re.fullmatch(pattern, source.strip())
    if found is None:
        words.add(f"document '{source}' is not called like source_name, '{file.source_name}'; "
                  "rename it, or name it in not_interviews", place)  # fmt: skip
        return {}
    return {what: word.strip() for what, word in found.groupdict().items()}


def _listed(
    source: str, interview: str, table: Table | None, place: str, words: Words
) -> Person | None:
    """The line of the table that a row means."""
    if table is None:
        return None
    found = table.find("interview", interview)
    found = found or table.find("source", source) or table.find("interview", source)
    if found is None and words.earlier:
        return words.not_listed(source) if source else None
    if found is None:
        word = interview or source
        known = [*table.by["interview"], *table.by["source"]]
        words.add(
            f"{table.path} lists nobody: {no_such('interview', word, known, 'it lists')}", place
        )
    return found


def one_each(people: Sequence[tuple[Person, str]], words: Words) -> dict[str, Person]:
    """Pseudonym → person, each with one site, role and order, whatever the place that says it."""
    found: dict[str, Person] = {}
    for person, place in people:
        known = found.get(person.interview, person)
        for what in ("site", "role", "order"):
            old, new = getattr(known, what), getattr(person, what)
            if old and new and old != new:
                fact = f"interview '{person.interview}' has the {what}s '{old}' and '{new}'"
                words.add(f"{fact}; give each interview a pseudonym of its own", place)
        found[person.interview] = Person(*(a or b for a, b in zip(known, person, strict=True)))
    return found


def _plain(word: str) -> str:
    return " ".join(word.casefold().split())
