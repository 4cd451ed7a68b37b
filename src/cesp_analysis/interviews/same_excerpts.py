"""Excerpts that a second coder coded in a file of its own, whose ids are others: the same ones.

A program counts ids anew in each export, and gives every selection an id of its own; so an excerpt
of a file that was made for agreement is taken for the one of the same interview at the same place,
or, where files have no places, with the same words.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from cesp_analysis.interviews.people import Person
from cesp_analysis.interviews.rows import FileRows, Note, Row, Who, noted, of_entry

People = Mapping[Who, Person]
Key = tuple[object, ...]


def same_excerpts(
    files: Sequence[tuple[FileRows, People]],
) -> tuple[list[FileRows], list[Note]]:
    """The files, those made for agreement with the others' ids where they have others; notes of
    excerpts that no other file has."""
    if not any(read.file.for_agreement for read, _ in files):
        return [read for read, _ in files], []
    first = [(read, people) for read, people in files if not read.file.for_agreement]
    known = {row.excerpt for read, _ in first for row in read.rows}
    places = _by_key(first)
    found, notes = [], list[Note]()
    for read, people in files:
        if not read.file.for_agreement:
            found.append(read)
            continue
        rows = tuple(_with_id(row, people, known, places) for row in read.rows)
        documents = _documents(zip(read.rows, rows, strict=True), people, first)
        found.append(replace(read, rows=rows, documents=documents))
        alone = dict.fromkeys(row.excerpt for row in rows if row.excerpt not in known)
        fact = "excerpts are in this file alone, and in that of no other coder"
        own = noted(read.file.path, "coded_again_alone", [f"excerpt {one}" for one in alone], fact)
        notes += of_entry(read.entry, own)
    return found, notes


def same_coders(files: Sequence[FileRows]) -> Iterator[str]:
    """A line for each file made for agreement of which no coding of an excerpt of the others is by
    another coder: nothing can be compared. After `same_excerpts`."""
    again = [read for read in files if read.file.for_agreement]
    first: dict[str, dict[str, str]] = {}
    for read in files if again else ():
        for row in read.rows if not read.file.for_agreement else ():
            first.setdefault(row.excerpt, {}).setdefault(row.coder, read.file.path)
    for read in again:
        rows = [row for row in read.rows if row.excerpt in first]
        alike = [row for row in rows if row.coder in first[row.excerpt]]
        if rows and len(alike) == len(rows):
            row, other = rows[0], first[rows[0].excerpt][rows[0].coder]
            who = f"were coded by '{row.coder}', as" if row.coder else "name no coder, nor do those"
            yield (
                f"{read.file.path}: {row.place}: its codings {who} in {other}, so that nothing can"
                " be compared; write coder: in each entry, with a name of its own, or name the"
                " column that says who coded"
            )


def _by_key(files: Sequence[tuple[FileRows, People]]) -> dict[Key, str]:
    """Place or words of an excerpt → its id; those that two excerpts have lead nowhere."""
    ids: dict[Key, set[str]] = {}
    for read, people in files:
        for row in read.rows:
            for key in _keys(row, people):
                ids.setdefault(key, set()).add(row.excerpt)
    return {key: next(iter(own)) for key, own in ids.items() if len(own) == 1}


def _keys(row: Row, people: People) -> list[Key]:
    """What tells an excerpt: its place in the interview, then its words."""
    who, words = people[row.who].interview, " ".join(row.text.split())
    placed: list[Key] = [(who, row.start, row.end, words)] if row.start is not None else []
    return [*placed, (who, words)] if words else placed


def _documents(
    rows: Iterable[tuple[Row, Row]], people: People, first: Sequence[tuple[FileRows, People]]
) -> dict[tuple[str, str], str]:
    """Interview and document of a file for agreement → what other files call it: by excerpts that
    were found by their words, or whose document the file does not say. rows: as they stand, and
    with the others' ids."""
    known = {row.excerpt: row for read, _ in first for row in read.rows}
    of: dict[tuple[str, str], set[str]] = {}
    for row, new in rows:
        other = known.get(new.excerpt)
        alike = other and row.text and " ".join(row.text.split()) == " ".join(other.text.split())
        if other and (alike or not row.who.source):
            key = people[row.who].interview, row.who.source
            of.setdefault(key, set()).add(other.who.source)
    return {key: next(iter(own)) for key, own in of.items() if len(own) == 1}


def _with_id(row: Row, people: People, known: set[str], places: Mapping[Key, str]) -> Row:
    if row.excerpt in known:
        return row
    found = next((places[key] for key in _keys(row, people) if key in places), None)
    return row if found is None else row._replace(excerpt=found)
