"""What a REFI-QDA project says, before the study makes anything of it."""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Code:
    """A code. id: its GUID in capitals, or what a table gives; names: from the top down."""

    id: str
    names: tuple[str, ...]
    description: str
    codable: bool


@dataclass(frozen=True)
class Source:
    """A document. kind: TextSource …; text: of its plain text, None where there is none."""

    id: str
    kind: str
    name: str
    text: str | None
    variables: dict[str, str]


class Selection(NamedTuple):
    """A part of a document that was marked, or (kind: its source's) all of it.

    source: place in `sources`; start, end: characters, None where it is not from a text; text:
    what was marked, '' where that is not known.
    """

    id: str
    kind: str
    source: int
    start: int | None
    end: int | None
    text: str


class Coding(NamedTuple):
    """A code on a selection. selection: place in `selections`; code: id; coder: name or id."""

    selection: int
    code: str
    coder: str


@dataclass(frozen=True)
class Case:
    """Somebody or something that was studied. sources, selections: ids."""

    name: str
    sources: tuple[str, ...]
    selections: tuple[str, ...]
    variables: dict[str, str]


@dataclass(frozen=True)
class Project:
    """A project, in file order.

    groups: sets of documents called 'key: value'; sets: name → how many members; others: kind →
    how many of what is not read (notes, links, graphs); missing: internal files that are not in
    the archive; named: how many internal files it names.
    """

    codes: tuple[Code, ...]
    sources: tuple[Source, ...]
    selections: tuple[Selection, ...]
    codings: tuple[Coding, ...]
    cases: tuple[Case, ...]
    groups: tuple[Case, ...]
    sets: dict[str, int]
    others: dict[str, int]
    missing: tuple[str, ...]
    named: int
