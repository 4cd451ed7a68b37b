"""What every reader of coded interviews returns: codings and documents as their file has them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from cesp_analysis.declared.coded_files import CodedFile
from cesp_analysis.interviews.project import Code


class Who(NamedTuple):
    """Whose words they are, in the file's words; blank where it does not say."""

    source: str
    interview: str
    site: str
    role: str
    order: str


class Row(NamedTuple):
    """One coding. place: 'line 3'; code: its levels with ' / ' between; theme, subtheme: where
    the file says them itself; cleared: whether the file's column says so."""

    place: str
    excerpt: str
    who: Who
    coder: str
    code: str
    theme: str
    subtheme: str
    construct: str
    valence: str
    start: int | None
    end: int | None
    text: str
    cleared: bool


@dataclass(frozen=True)
class Note:
    """What a file's import left out or put together: kind, how many, the first, a sentence; entry:
    the file's name in the study file, of which one file may have several."""

    file: str
    kind: str
    n: int
    first: str
    fact: str
    entry: str = ""


@dataclass(frozen=True)
class FileRows:
    """One file, read: its codings; everybody that it has → where first; its codes, if it has a
    codebook; its name in the study file; documents: interview and document → what the other files
    call that, where this is made for agreement and calls it otherwise or not at all."""

    file: CodedFile
    rows: tuple[Row, ...]
    met: dict[Who, str]
    codes: tuple[Code, ...]
    notes: tuple[Note, ...]
    entry: str = ""
    documents: dict[tuple[str, str], str] = field(default_factory=dict)


def noted(file: str, kind: str, places: list[str], fact: str) -> list[Note]:
    """A note of all the places, if there are any."""
    return [Note(file, kind, len(places), places[0], fact)] if places else []


def of_entry(entry: str, notes: Iterable[Note]) -> list[Note]:
    """The notes with the entry that they are of: two may read one file."""
    return [replace(note, entry=entry) for note in notes]
