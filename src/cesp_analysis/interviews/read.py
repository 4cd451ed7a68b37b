"""Coded interviews, from all files of a study, as one long table."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cesp_analysis.declared.coded_files import LEVELS
from cesp_analysis.declared.interviews import Interviews
from cesp_analysis.errors import CespError
from cesp_analysis.interviews.held_in import in_order
from cesp_analysis.interviews.made import (
    code_rows,
    excerpts,
    interview_rows,
    notes_of,
)
from cesp_analysis.interviews.meanings import unknown_codes
from cesp_analysis.interviews.names import marked
from cesp_analysis.interviews.overlaps import overlapping
from cesp_analysis.interviews.people import (
    Person,
    Words,
    met_in,
    one_each,
    read_people,
)
from cesp_analysis.interviews.people import Table as PeopleTable
from cesp_analysis.interviews.people_notes import idle, unordered, unplaced
from cesp_analysis.interviews.project import Code
from cesp_analysis.interviews.read_files import read_book, read_files, read_one
from cesp_analysis.interviews.rows import FileRows, Note, Who, noted, of_entry
from cesp_analysis.interviews.same_excerpts import same_coders, same_excerpts
from cesp_analysis.interviews.settled import settled
from cesp_analysis.interviews.spelling import (
    Spelling,
    codes_of,
    control_characters,
    people_respelled,
    respelled,
)

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Imported:
    """What the files of coded interviews hold, by the contracts of `tables.py`.

    excerpts: Excerpts; interviews: InterviewRows; codes: CodeRows; notes: ImportNotes. pseudonyms:
    of everybody in any file or in the table of people, whether or not anything of them counts;
    book: codes of the codebook.
    """

    excerpts: "pd.DataFrame"
    interviews: "pd.DataFrame"
    codes: "pd.DataFrame"
    notes: "pd.DataFrame"
    pseudonyms: frozenset[str]
    book: frozenset[str]

    def codebook_alone(self) -> "Imported":
        """Without what files of coded interviews have, as of an import before of which the codebook
        alone is named: its codes, and no excerpt of any."""
        own = self.codes[self.codes["code"].isin(self.book)].assign(excerpts=0, codings=0)
        own["counted"] = "yes"
        return replace(self, excerpts=self.excerpts.iloc[:0], codes=own)


def import_interviews(
    declared: Interviews,
    folder: Path = Path(),
    sites: Sequence[str] = (),
    earlier: bool = False,
    constructs: Sequence[str] = (),
) -> Imported:
    """Read all files that `declared` names, below `folder`; `sites`: names of the study's sites;
    earlier: of an import before, which need not have all codes that are declared now, and whose
    people need not be listed any more; interviews stand in the order of its files; constructs: how
    those are spelled that are declared.

    Raises CespError with everything that is wrong with any file, a line each.
    """
    faults: list[str] = []
    words = Words(declared, sites, earlier)
    files = read_files(declared, folder, faults, earlier)
    table = None
    if people := declared.people:
        table = read_one(lambda path: read_people(path, people, words), people.path, folder, faults)
    book = read_book(declared, folder, faults)
    faults += [fault for read in files.values() for fault in control_characters(read)]
    spelling = _spelling(declared, constructs, table)
    now = book if book is None else codes_of(book, spelling)
    files = _respelled_files(files, spelling, faults)
    if not earlier and (now is not None or declared.codebook is None):
        faults += _unknown_codes(files, now or ())
    if len(files) < len(declared.files) or (table is None and declared.people is not None):
        raise CespError(dict.fromkeys([*faults, *words.told()]))  # whose words, nobody can say yet
    known, otherwise = _known(files, table, words, spelling)
    first_that_count = sorted(files.items(), key=lambda one: one[1].file.for_agreement)
    everybody = [
        (known[name][who], f"{read.file.path}: {place}")
        for name, read in first_that_count
        for who, place in read.met.items()
    ]
    people_of = one_each(everybody, words)
    held = {
        person.interview
        for name, read in files.items()
        for person in known[name].values()
        if not read.file.for_agreement
    }
    first = {person.interview: place for person, place in reversed(everybody)}
    order = in_order(people_of, words, first, held)
    alike, alone = same_excerpts([(read, known[name]) for name, read in files.items()])
    files = dict(zip(files, alike, strict=True))
    if one_coder := list(same_coders(list(files.values()))):
        raise CespError(dict.fromkeys([*faults, *words.told(), *one_coder]))
    codings, notes, wrong = settled([(read, known[name]) for name, read in files.items()])
    if faults := [*faults, *words.told(), *wrong]:
        raise CespError(dict.fromkeys(faults))
    sources = [(p.interview, who.source) for own in known.values() for who, p in own.items()]
    own = {name: person for name, person in people_of.items() if name in held}
    of_files = [note for name, r in files.items() for note in of_entry(name, r.notes)]
    apart = overlapping([(read, known[name]) for name, read in files.items()])
    notes = [*of_files, *otherwise, *alone, *apart, *notes]
    notes += [*unordered(people_of, files), *unplaced(own, files, sites)]
    notes += [*idle(declared, table, people_of, spelling)]
    notes += [*_respelled(words), *_of_codes(declared, list(files.values()), now)]
    return Imported(
        excerpts(codings, people_of, order),
        interview_rows(codings, own, order, sources),
        code_rows(codings, now or (), list(files.values())),
        notes_of(notes),
        frozenset({*people_of, *(table.by["interview"] if table else ())} - {""}),
        frozenset(_paths(now or ())),
    )


def _known(
    files: Mapping[str, FileRows], table: PeopleTable | None, words: Words, spelling: Spelling
) -> tuple[dict[str, dict[Who, Person]], list[Note]]:
    """Of each file everybody whom it has, and notes of pseudonyms that are spelled otherwise."""
    known, notes = dict[str, dict[Who, Person]](), list[Note]()
    for name, read in files.items():
        known[name], own = people_respelled(met_in(read, table, words), read, spelling)
        notes += of_entry(name, own)
    return known, notes


def _spelling(
    declared: Interviews, constructs: Sequence[str], table: PeopleTable | None
) -> Spelling:
    """Names that are spelled as the study file and the table of people have them."""
    spelling = Spelling()
    entries = declared.files.values()
    said = [one.construct_ for file in entries for one in file.codes.values() if one.construct_]
    said += [word for file in entries for word in file.construct_codes.values()]
    for construct in (*constructs, *said):
        spelling.name("construct", construct)
    for word in table.by["interview"] if table else ():
        spelling.name("interview", word)
    return spelling


def _respelled_files(
    files: dict[str, FileRows], spelling: Spelling, faults: list[str]
) -> dict[str, FileRows]:
    """Files with each name as it is spelled first: in a file that counts before one that does
    not."""
    made = dict[str, FileRows]()
    for name in sorted(files, key=lambda name: files[name].file.for_agreement):
        made[name], wrong = respelled(files[name], spelling)
        faults += wrong
    return {name: made[name] for name in files}


def _respelled(words: Words) -> Iterator[Note]:
    """Notes of sites that are written otherwise than declared."""
    for (word, site), places in words.untidy.items():
        file, _, first = places[0].partition(": ")
        fact = f"people or documents have the site '{word}', which is read as {site}"
        yield Note(file, f"respelled {word.strip()}", len(places), first, fact)


def _unknown_codes(files: dict[str, FileRows], book: Sequence[Code]) -> Iterator[str]:
    """One line for each code that an entry names and that is nowhere."""
    for name, read in files.items():
        known = [*_paths(book), *_paths(read.codes), *(row.code for row in read.rows)]
        yield from unknown_codes(name, read.file, known)


def _paths(codes: Sequence[Code]) -> Iterator[str]:
    return (LEVELS.join(code.names) for code in codes)


def _of_codes(
    declared: Interviews, files: Sequence[FileRows], book: Sequence[Code] | None
) -> Iterator[Note]:
    """Notes of codes whose names hold marks, and that the codebook does not have."""
    for read in files:
        paths = [*_paths(read.codes), *(row.code for row in read.rows)]
        yield from of_entry(read.entry, marked(read.file.path, paths, read.file.has_codes()))
    if declared.codebook is not None:
        notes = marked(declared.codebook.path, list(_paths(book or ())))
        yield from of_entry("codebook", notes)
    yield from _not_in_codebook(files, book) if book is not None else ()


def _not_in_codebook(files: Sequence[FileRows], book: Sequence[Code]) -> Iterator[Note]:
    """Notes of codes that are used and that the codebook does not have."""
    known = set(_paths(book))
    for read in files:
        used = Counter(row.code for row in read.rows if row.code not in known)
        fact = "codes are used and are not in the codebook"
        notes = noted(read.file.path, "not_in_codebook", list(used), fact)
        yield from of_entry(read.entry, notes)
