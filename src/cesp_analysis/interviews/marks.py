"""What rows say of whole excerpts: how they are meant, whether they are cleared, their content."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from cesp_analysis.declared.coded_files import CodedFile
from cesp_analysis.interviews.meanings import Meaning, Meanings, together
from cesp_analysis.interviews.people import Person
from cesp_analysis.interviews.rows import FileRows, Note, Row, Who, noted

Told = dict[str, list[str]]
"""A fact → the places where it holds."""
Content = tuple[object, ...]
"""An excerpt: interview, document, words, first and last character."""
OfCoders = dict[tuple[str, bool], list[str]]
"""Coder, and whether in a file for agreement alone → what is marked."""


class _Coding(Protocol):
    @property
    def excerpt(self) -> str: ...
    @property
    def coder(self) -> str: ...


@dataclass
class Marks:
    """What rows say of whole excerpts.

    valence, construct: excerpt → marks of its coders; cleared: excerpt → whether each row that can
    say so clears it; content: excerpt → its text and place, the first row that has it, and that
    row's file; others: two files → what is said of ids that are other excerpts there.
    """

    valence: dict[str, OfCoders] = field(default_factory=dict)
    construct: dict[str, OfCoders] = field(default_factory=dict)
    cleared: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    content: dict[str, tuple[Content, str, CodedFile]] = field(default_factory=dict)
    others: dict[tuple[str, str], str] = field(default_factory=dict)

    def told(self, file: str, codings: Iterable[_Coding]) -> Iterator[Note]:
        """Notes of excerpts whose marks are another coder's, and of those that coders mark
        otherwise."""
        lent = dict.fromkeys(
            f"excerpt {one.excerpt}"
            for one in codings
            for marks in (self.valence.get(one.excerpt), self.construct.get(one.excerpt))
            if marks and one.coder not in {coder for coder, _ in marks} and given(marks, one.coder)
        )
        fact = "excerpts have a theme by a coder who did not mark them, and go by another's marks"
        yield from noted(file, "marked_by_others", list(lent), fact)
        counted = {
            excerpt: [together(own) for (_, again), own in marks.items() if not again]
            for excerpt, marks in self.valence.items()
        }
        apart = [f"excerpt {one}" for one, meant in counted.items() if len(set(meant)) > 1]
        fact = (
            "excerpts are meant otherwise by the marks of another coder; a theme goes by those of"
            " its own coder, and as mixed where he or she has none"
        )
        yield from noted(file, "marked_otherwise", apart, fact)


def given(marks: Mapping[tuple[str, bool], list[str]], coder: str) -> list[str]:
    """What a coder marks an excerpt as; where he or she does not, what others do in files that
    count."""
    own = [mark for (who, _), of in marks.items() if who == coder for mark in of]
    return own or [mark for (_, again), of in marks.items() if not again for mark in of]


def marks_of(
    files: Sequence[tuple[FileRows, dict[Who, Person]]], of: list[Meanings], faults: Told
) -> Marks:
    """What the rows of each excerpt say of it together."""
    marks = Marks()
    for (read, people), meanings in zip(files, of, strict=True):
        mark = read.file.cleared
        for row in read.rows:
            meaning = meanings.of(row.code)
            place = f"{read.file.path}: {row.place}"
            if meaning.kind == "marker":
                _mark(row, meaning, marks, read.file.for_agreement)
            if mark is not None and mark.column is not None:
                marks.cleared[row.excerpt].append(row.cleared)
            elif mark is not None and mark.code == row.code:
                marks.cleared[row.excerpt].append(True)
            who, source = people[row.who].interview, row.who.source
            document = read.documents.get((who, source), source)
            content = (who, document, row.text, row.start, row.end)
            known, first, its = marks.content.setdefault(row.excerpt, (content, place, read.file))
            if known != content and (apart := _apart(known, content, its, read.file)):
                fact = f"excerpt '{row.excerpt}' is another one at {first}: {apart}; "
                fact += _OTHER if read.file.columns.excerpt else _NO_ID
                fact = marks.others.setdefault((read.file.path, its.path), fact)
                add(faults, fact, place)
    return marks


_PARTS = ("interview", "document", "words", "first character", "last character")
_NO_ID = "make both say the same"
_OTHER = (
    "write it alike in both, or, if they are two, give each an id of its own (prefix: puts a word"
    " before a file's ids)"
)


def _apart(known: Content, content: Content, *files: CodedFile) -> str:
    """What tells two rows' excerpts apart, of what both files can say, whatever the spaces; '' of
    one."""
    parts = zip(_PARTS, known, content, *map(_can_say, files), strict=True)
    for part, a, b, one, other in parts:
        if one and other and _spaced(a) != _spaced(b):
            return (
                f"its {part} is '{a}' there and '{b}' here"
                if part != "words"
                else "its words are others"
            )
    return ""


def _spaced(part: object) -> object:
    return " ".join(part.split()) if isinstance(part, str) else part


def _can_say(file: CodedFile) -> tuple[bool, ...]:
    """Which parts of an excerpt a file can say: those that it has columns of, a project all."""
    if file.kind == "qdpx":
        return (True,) * 5
    named = file.columns.named()
    text = "text" in named or file.kind == "framework"
    return (True, "source" in named, text, "start" in named, "end" in named)


def _mark(row: Row, meaning: Meaning, marks: Marks, again: bool) -> None:
    """What a mark says of its excerpt; again: in a file for agreement."""
    for of, word in ((marks.valence, meaning.valence), (marks.construct, meaning.construct)):
        if word:
            of.setdefault(row.excerpt, {}).setdefault((row.coder, again), []).append(word)


def add(faults: Told, fact: str, place: str) -> None:
    """Something is wrong at a place."""
    faults.setdefault(fact, []).append(place)
