"""Codings as the study means them: marks applied, what is no theme taken out and counted."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cesp_analysis.declared.coded_files import VALENCES
from cesp_analysis.errors import no_such
from cesp_analysis.interviews.marks import Marks, OfCoders, Told, add, given, marks_of
from cesp_analysis.interviews.meanings import Meaning, Meanings, together
from cesp_analysis.interviews.people import Person
from cesp_analysis.interviews.rows import FileRows, Note, Row, Who, noted, of_entry


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


def settled(
    files: Sequence[tuple[FileRows, dict[Who, Person]]],
) -> tuple[list[Settled], list[Note], list[str]]:
    """The codings of all files, notes of what is not among them, and what is wrong."""
    faults: Told = {}
    files = sorted(files, key=lambda one: one[0].file.for_agreement)  # what counts goes before
    of = [Meanings(read.file) for read, _ in files]
    marks = marks_of(files, of, faults)
    found: dict[tuple[str, str, str], Settled] = {}
    notes: list[Note] = []
    for (read, people), meanings in zip(files, of, strict=True):
        twice = []
        for row, meaning in _themes(read, meanings):
            one = _settled(row, meaning, people[row.who], read, marks, faults)
            key = (one.excerpt, one.code, one.coder)
            if key in found:
                twice.append(row.place)
                _same(found[key], one, f"{read.file.path}: {row.place}", faults)
            found.setdefault(key, one)
        fact = "codings stand in an earlier row too, by the same coder, and count once"
        own = noted(read.file.path, "same_coding_twice", twice, fact)
        notes += of_entry(read.entry, [*own, *_not_themes(read, meanings)])
    partly = [f"excerpt {one}" for one, own in marks.cleared.items() if len(set(own)) > 1]
    if files:
        notes += noted(files[0][0].file.path, "cleared_in_part", partly, "excerpts are cleared in"
                       " one of their rows and not in another, and are not quoted")  # fmt: skip
        notes += marks.told(files[0][0].file.path, found.values())
    return list(found.values()), notes, list(_lines(faults))


def _themes(read: FileRows, meanings: Meanings) -> Iterator[tuple[Row, Meaning]]:
    for row in read.rows:
        meaning = meanings.of(row.code)
        if meaning.kind == "theme":
            yield row, meaning


def _settled(
    row: Row, meaning: Meaning, person: Person, read: FileRows, marks: Marks, faults: Told
) -> Settled:
    """A row's own words come before those of its excerpt, and these before its code's."""
    own = _valence(row, read, faults)
    valences, constructs = _marked(marks.valence, row), _marked(marks.construct, row)
    if len(two := list(dict.fromkeys(constructs))) > 1:
        fact = f"excerpt '{row.excerpt}' has marks of two constructs, '{two[0]}' and '{two[1]}'"
        add(faults, f"{fact}; keep one, or part the excerpt", f"{read.file.path}: {row.place}")
    return Settled(
        row.excerpt,
        person.interview,
        read.documents.get((person.interview, row.who.source), row.who.source),
        row.coder,
        row.theme if row.theme and "theme" not in meaning.said else meaning.theme,
        row.subtheme if row.theme and not meaning.said else meaning.subtheme,
        row.code,
        row.construct or "".join(two[:1]) or meaning.construct,
        own or together(valences) or meaning.valence,
        row.start,
        row.end,
        row.text,
        bool(row.text) and all(marks.cleared.get(row.excerpt, [False])),
        not read.file.for_agreement,
    )


def _marked(of: dict[str, OfCoders], row: Row) -> list[str]:
    """What an excerpt is marked as, for a row's coder."""
    own = of.get(row.excerpt)
    return given(own, row.coder) if own else []


def _valence(row: Row, read: FileRows, faults: Told) -> str:
    """The valence that a row's word means."""
    if not (word := row.valence.strip().casefold()):
        return ""
    known: dict[str, str] = {one: one for one in VALENCES}
    known |= {one.strip().casefold(): valence for one, valence in read.file.valences.items()}
    if word not in known:
        fact = no_such("valence", row.valence, [*read.file.valences, *VALENCES])
        add(faults, f"{fact}; valences: write what it means", f"{read.file.path}: {row.place}")
    return known.get(word, "")


def _same(first: Settled, other: Settled, place: str, faults: Told) -> None:
    """A coding that stands twice must say the same."""
    for what in ("construct", "valence", "theme", "subtheme"):
        one, two = getattr(first, what), getattr(other, what)
        if one != two:
            fact = f"excerpt '{other.excerpt}' has the code '{other.code}' twice, with the {what}s"
            add(faults, f"{fact} '{one}' and '{two}'; keep one, or write a code for each", place)


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


def _lines(faults: Told) -> Iterator[str]:
    for fact, places in faults.items():
        more = f" ({len(places)} such places)" if len(places) > 1 else ""
        yield f"{places[0]}: {fact}{more}"
