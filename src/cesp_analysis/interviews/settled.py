"""Codings as the study means them: marks applied, what is no theme taken out and counted."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from cesp_analysis.declared.coded_files import VALENCES, CodedFile
from cesp_analysis.errors import no_such
from cesp_analysis.interviews.meanings import Meaning, Meanings, together
from cesp_analysis.interviews.people import Person
from cesp_analysis.interviews.rows import FileRows, Note, Row, Who, noted

Told = dict[str, list[str]]
"""A fact → the places where it holds."""
Content = tuple[object, ...]
"""An excerpt: interview, document, words, first and last character."""


class Settled(NamedTuple):
    """One coding; interview: pseudonym; blanks are ''."""

    excerpt: str
    interview: str
    source: str
    coder: str
    theme: str
    subtheme: str
    code: str
    construct: str
    valence: str
    start: int | None
    end: int | None
    text: str
    cleared: bool
    counted: bool


@dataclass
class _Marks:
    """What rows say of whole excerpts.

    valence, construct: excerpt and coder → marks; cleared: excerpt → whether each row that can say
    so clears it; content: excerpt → its text and place, the first row that has it, and that row's
    file; others: two files → what is said of ids that are other excerpts there.
    """

    valence: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    construct: dict[tuple[str, str], str] = field(default_factory=dict)
    cleared: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    content: dict[str, tuple[Content, str, CodedFile]] = field(default_factory=dict)
    others: dict[tuple[str, str], str] = field(default_factory=dict)


def settled(
    files: Sequence[tuple[FileRows, dict[Who, Person]]],
) -> tuple[list[Settled], list[Note], list[str]]:
    """The codings of all files, notes of what is not among them, and what is wrong."""
    faults: Told = {}
    of = [Meanings(read.file) for read, _ in files]
    marks = _marks(files, of, faults)
    found: dict[tuple[str, str, str], Settled] = {}
    notes: list[Note] = []
    for (read, people), meanings in zip(files, of, strict=True):
        twice = []
        for row, meaning in _themes(read, meanings):
            own = _settled(row, meaning, people[row.who], read, marks, faults)
            key = (own.excerpt, own.code, own.coder)
            if key in found:
                twice.append(row.place)
                _same(found[key], own, f"{read.file.path}: {row.place}", faults)
            found.setdefault(key, own)
        notes += noted(read.file.path, "same_coding_twice", twice, "codings stand in an earlier row"
                       " too, by the same coder, and count once")  # fmt: skip
        notes += _not_themes(read, meanings)
    partly = [f"excerpt {one}" for one, own in marks.cleared.items() if len(set(own)) > 1]
    if files:
        notes += noted(files[0][0].file.path, "cleared_in_part", partly, "excerpts are cleared in"
                       " one of their rows and not in another, and are not quoted")  # fmt: skip
    return list(found.values()), notes, list(_lines(faults))


def _marks(
    files: Sequence[tuple[FileRows, dict[Who, Person]]], of: list[Meanings], faults: Told
) -> _Marks:
    """What the rows of each excerpt say of it together."""
    marks = _Marks()
    for (read, people), meanings in zip(files, of, strict=True):
        mark = read.file.cleared
        for row in read.rows:
            meaning = meanings.of(row.code)
            place = f"{read.file.path}: {row.place}"
            if meaning.kind == "marker":
                _mark(row, meaning, marks, place, faults)
            if mark is not None and mark.column is not None:
                marks.cleared[row.excerpt].append(row.cleared)
            elif mark is not None and mark.code == row.code:
                marks.cleared[row.excerpt].append(True)
            content = (people[row.who].interview, row.who.source, row.text, row.start, row.end)
            known, first, its = marks.content.setdefault(row.excerpt, (content, place, read.file))
            if known != content and not _alike(known, content, its, read.file):
                fact = f"excerpt '{row.excerpt}' is another one at {first}; {_OTHER}"
                fact = marks.others.setdefault((read.file.path, its.path), fact)
                _add(faults, fact, place)
    return marks


_OTHER = (
    "write it alike in both, or, if they are two, give each an id of its own (prefix: puts a word"
    " before a file's ids)"
)


def _alike(known: Content, content: Content, *files: CodedFile) -> bool:
    """Whether two rows have one excerpt: in what both files can say, whatever the spaces."""
    parts = zip(known, content, *map(_can_say, files), strict=True)
    return all(_spaced(a) == _spaced(b) for a, b, one, other in parts if one and other)


def _spaced(part: object) -> object:
    return " ".join(part.split()) if isinstance(part, str) else part


def _can_say(file: CodedFile) -> tuple[bool, ...]:
    """Which parts of an excerpt a file can say: those that it has columns of, a project all."""
    if file.kind == "qdpx":
        return (True,) * 5
    named = file.columns.named()
    text = "text" in named or file.kind == "framework"
    return (True, "source" in named, text, "start" in named, "end" in named)


def _mark(row: Row, meaning: Meaning, marks: _Marks, place: str, faults: Told) -> None:
    """What a mark says of its excerpt. Two valences make it mixed; two constructs are too many."""
    key = (row.excerpt, row.coder)
    if meaning.valence:
        marks.valence[key].append(meaning.valence)
    if meaning.construct:
        known = marks.construct.setdefault(key, meaning.construct)
        if known != meaning.construct:
            fact = f"excerpt '{row.excerpt}' has marks of two constructs, '{known}' and"
            _add(faults, f"{fact} '{meaning.construct}'; keep one, or part the excerpt", place)


def _themes(read: FileRows, meanings: Meanings) -> Iterator[tuple[Row, Meaning]]:
    for row in read.rows:
        meaning = meanings.of(row.code)
        if meaning.kind == "theme":
            yield row, meaning


def _settled(
    row: Row, meaning: Meaning, person: Person, read: FileRows, marks: _Marks, faults: Told
) -> Settled:
    """A row's own words come before those of its excerpt, and these before its code's."""
    own = _valence(row, read, faults)
    key = (row.excerpt, row.coder)
    marked = together(marks.valence.get(key, ()))
    of_row = bool(row.theme) and not any(one.theme for one in read.file.codes.values())
    return Settled(
        row.excerpt,
        person.interview,
        row.who.source,
        row.coder,
        row.theme if of_row else meaning.theme,
        row.subtheme if of_row else meaning.subtheme,
        row.code,
        row.construct or marks.construct.get(key, "") or meaning.construct,
        own or marked or meaning.valence,
        row.start,
        row.end,
        row.text,
        bool(row.text) and all(marks.cleared.get(row.excerpt, [False])),
        not read.file.for_agreement,
    )


def _valence(row: Row, read: FileRows, faults: Told) -> str:
    """The valence that a row's word means."""
    word = row.valence.strip().casefold()
    known: dict[str, str] = {one: one for one in VALENCES}
    known |= {one.strip().casefold(): valence for one, valence in read.file.valences.items()}
    if word and word not in known:
        fact = no_such("valence", row.valence, [*read.file.valences, *VALENCES])
        _add(faults, f"{fact}; valences: write what it means", f"{read.file.path}: {row.place}")
    return known.get(word, "")


def _same(first: Settled, other: Settled, place: str, faults: Told) -> None:
    """A coding that stands twice must say the same."""
    for what in ("construct", "valence", "theme", "subtheme"):
        one, two = getattr(first, what), getattr(other, what)
        if one != two:
            fact = f"excerpt '{other.excerpt}' has the code '{other.code}' twice, with the {what}s"
            _add(faults, f"{fact} '{one}' and '{two}'; keep one, or write a code for each", place)


def _not_themes(read: FileRows, meanings: Meanings) -> Iterator[Note]:
    """Notes of codings that are no themes, and of excerpts that have nothing else."""
    path, kinds = read.file.path, [meanings.of(row.code).kind for row in read.rows]
    for kind, fact in (
        ("marker", "codings only mark their excerpt, and are no themes"),
        ("left_out", "codings are of codes that left_out names"),
    ):
        places = [row.place for row, own in zip(read.rows, kinds, strict=True) if own == kind]
        yield from noted(path, kind, places, fact)
    with_theme = {r.excerpt for r, own in zip(read.rows, kinds, strict=True) if own == "theme"}
    bare = Counter(row.excerpt for row in read.rows if row.excerpt not in with_theme)
    yield from noted(path, "no_theme", [f"excerpt {one}" for one in bare], "excerpts have marks, or"
                     " codes that are left out, and no theme")  # fmt: skip


def _add(faults: Told, fact: str, place: str) -> None:
    faults.setdefault(fact, []).append(place)


def _lines(faults: Told) -> Iterator[str]:
    for fact, places in faults.items():
        more = f" ({len(places)} such places)" if len(places) > 1 else ""
        yield f"{places[0]}: {fact}{more}"
