"""Coded interviews, from all files of a study, as one long table."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from cesp_analysis.declared.coded_files import LEVELS, CodedFile
from cesp_analysis.declared.interviews import Interviews
from cesp_analysis.declared.paths import leaving
from cesp_analysis.declared.source_list import unreadable
from cesp_analysis.errors import CespError, no_such
from cesp_analysis.interviews.codebook import read_codebook
from cesp_analysis.interviews.coded_table import read_coded_table
from cesp_analysis.interviews.framework import read_framework
from cesp_analysis.interviews.made import (
    code_rows,
    excerpts,
    interview_rows,
    notes_of,
)
from cesp_analysis.interviews.meanings import unknown_codes
from cesp_analysis.interviews.names import marked
from cesp_analysis.interviews.people import (
    Person,
    Words,
    in_order,
    met_in,
    one_each,
    read_people,
)
from cesp_analysis.interviews.project import Code
from cesp_analysis.interviews.qdpx_rows import read_qdpx
from cesp_analysis.interviews.rows import FileRows, Note, noted
from cesp_analysis.interviews.same_excerpts import same_excerpts
from cesp_analysis.interviews.settled import settled
from cesp_analysis.readable import fault_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

T = TypeVar("T")
FILE_ORDER = "in the order of the files"
"""How interviews stand of which nobody says when they were held."""


@dataclass(frozen=True)
class Imported:
    """What the files of coded interviews hold, by the contracts of `tables.py`.

    excerpts: Excerpts; interviews: InterviewRows; codes: CodeRows; notes: ImportNotes.
    """

    excerpts: "pd.DataFrame"
    interviews: "pd.DataFrame"
    codes: "pd.DataFrame"
    notes: "pd.DataFrame"


def import_interviews(
    declared: Interviews, folder: Path = Path(), sites: Sequence[str] = (), earlier: bool = False
) -> Imported:
    """Read all files that `declared` names, below `folder`; `sites`: names of the study's sites;
    earlier: of an import before, which need not have all codes that are declared now, and whose
    people need not be listed any more; interviews stand in the order of its files.

    Raises CespError with everything that is wrong with any file, a line each.
    """
    faults: list[str] = []
    words = Words(declared, sites, earlier)
    files = _files(declared, folder, faults, earlier)
    table = None
    if people := declared.people:
        table = _told(lambda path: read_people(path, people, words), people.path, folder, faults)
    now = _codebook(declared, folder, faults)
    if not earlier and (now is not None or declared.codebook is None):
        faults += _unknown_codes(files, now or ())
    if len(files) < len(declared.files) or (table is None and declared.people is not None):
        raise CespError(dict.fromkeys([*faults, *words.told()]))  # whose words, nobody can say yet
    known = {name: met_in(read, table, words) for name, read in files.items()}
    everybody = [
        (known[name][who], f"{read.file.path}: {place}")
        for name, read in files.items()
        for who, place in read.met.items()
    ]
    people_of = one_each(everybody, words)
    held = {
        person.interview
        for name, read in files.items()
        for person in known[name].values()
        if not read.file.for_agreement
    }
    order = in_order(people_of, words)
    alike, alone = same_excerpts([(read, known[name]) for name, read in files.items()])
    files = dict(zip(files, alike, strict=True))
    codings, notes, wrong = settled([(read, known[name]) for name, read in files.items()])
    if faults := [*faults, *words.told(), *wrong]:
        raise CespError(dict.fromkeys(faults))
    sources = [(p.interview, who.source) for own in known.values() for who, p in own.items()]
    notes = [*(note for read in files.values() for note in read.notes), *alone, *notes]
    notes += _unordered(people_of, files)
    if table is not None and declared.people is not None:
        idle = [name for name in table.by["interview"] if name not in people_of]
        fact = "interviews are listed and in no file, so that they do not count"
        notes += noted(declared.people.path, "listed_only", idle, fact)
    notes += _respelled(words)
    for read in files.values():
        paths = [*_paths(read.codes), *(row.code for row in read.rows)]
        notes += marked(read.file.path, paths, read.file.has_codes())
    if declared.codebook is not None:
        notes += marked(declared.codebook.path, list(_paths(now or ())))
    notes += _not_in_codebook(list(files.values()), now) if now is not None else []
    return Imported(
        excerpts(codings, people_of, order),
        interview_rows(codings, {n: p for n, p in people_of.items() if n in held}, order, sources),
        code_rows(codings, now or (), list(files.values())),
        notes_of(notes),
    )


def _unordered(people: Mapping[str, Person], files: Mapping[str, FileRows]) -> list[Note]:
    """A note where nobody says in which order interviews were held."""
    if len(people) < 2 or any(one.order for one in people.values()):
        return []
    first = next(iter(files.values())).file.path
    fact = f"interviews stand {FILE_ORDER}: no column or table says when they were held"
    return noted(first, "file_order", list(people), fact)


def _respelled(words: Words) -> Iterator[Note]:
    """Notes of sites that are written otherwise than declared."""
    for (word, site), places in words.untidy.items():
        file, _, first = places[0].partition(": ")
        fact = f"people or documents have the site '{word}', which is read as {site}"
        yield Note(file, f"respelled {word.strip()}", len(places), first, fact)


def _files(
    declared: Interviews, folder: Path, faults: list[str], earlier: bool
) -> dict[str, FileRows]:
    """Entry → what its file holds; of those that can be read."""
    found = {
        name: _told(lambda path, n=name, f=file: _read(path, n, f), file.path, folder, faults)  # type: ignore[misc]
        for name, file in declared.files.items()
    }
    there = {name: read for name, read in found.items() if read is not None}
    told = [] if earlier else faults  # an import before need not have all documents
    return {name: _interviews_alone(read, told) for name, read in there.items()}


def _read(path: Path, name: str, file: CodedFile) -> FileRows:
    if file.kind == "qdpx":
        return read_qdpx(path, file)
    return (read_framework if file.kind == "framework" else read_coded_table)(path, name, file)


def _told(read: "Callable[[Path], T]", path: str, folder: Path, faults: list[str]) -> T | None:
    """What a reader makes of a file; None where something is wrong, which is added to `faults`."""
    if out := list(leaving("config.yaml: interviews", path)):
        faults += out
        return None
    if fault := fault_of(folder / path):
        faults.append(f"{path}: {fault}; put it there or correct its path in config.yaml")
        return None
    try:
        return read(folder / path)
    except CespError as error:
        faults += error.problems
    except OSError as error:
        faults.append(f"{path}: {unreadable(error)}")
    return None


def _codebook(declared: Interviews, folder: Path, faults: list[str]) -> tuple[Code, ...] | None:
    """The codebook; None where there is none, or it cannot be read."""
    own = declared.codebook
    if own is None:
        return None
    return _told(lambda path: read_codebook(path, own), own.path, folder, faults)


def _interviews_alone(read: FileRows, faults: list[str]) -> FileRows:
    """A file without the documents that are no interviews."""
    path, out = read.file.path, read.file.not_interviews
    there = sorted({who.source for who in read.met})
    faults += [
        f"{path}: not_interviews: {no_such('document', name, there, 'it has')}"
        for name in out
        if name not in there
    ]
    places = [row.place for row in read.rows if row.who.source in out]
    fact = "codings are of documents that are no interviews"
    return FileRows(
        read.file,
        tuple(row for row in read.rows if row.who.source not in out),
        {who: place for who, place in read.met.items() if who.source not in out},
        read.codes,
        (*read.notes, *noted(path, "not_interviews", places, fact)),
    )


def _unknown_codes(files: dict[str, FileRows], book: Sequence[Code]) -> Iterator[str]:
    """One line for each code that an entry names and that is nowhere."""
    for name, read in files.items():
        known = [*_paths(book), *_paths(read.codes), *(row.code for row in read.rows)]
        yield from unknown_codes(name, read.file, known)


def _paths(codes: Sequence[Code]) -> Iterator[str]:
    return (LEVELS.join(code.names) for code in codes)


def _not_in_codebook(files: Sequence[FileRows], book: Sequence[Code]) -> Iterator[Note]:
    """Notes of codes that are used and that the codebook does not have."""
    known = set(_paths(book))
    for read in files:
        used = Counter(row.code for row in read.rows if row.code not in known)
        yield from noted(read.file.path, "not_in_codebook", list(used), "codes are used and are not"
                         " in the codebook")  # fmt: skip
