"""Passages that two coders marked with other borders: two excerpts, though they may be meant as
one.

One character more or less makes another excerpt, which the one coder then has and the other has
not: agreement falls, and how many excerpts there are grows, without anybody having disagreed.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence

from cesp_analysis.interviews.people import Person
from cesp_analysis.interviews.rows import FileRows, Note, Who, noted, of_entry

Passage = tuple[int, int]
Coders = frozenset[str]


def overlapping(files: Sequence[tuple[FileRows, Mapping[Who, Person]]]) -> Iterator[Note]:
    """For each file a note of its excerpts that overlap with one of no coder in common, at other
    places of the same document, in whichever file. After `same_excerpts`."""
    of: dict[tuple[str, str], dict[Passage, set[str]]] = {}
    for read, people in files:
        for key, passage, coder, _ in _placed(read, people):
            of.setdefault(key, {}).setdefault(passage, set()).add(coder)
    apart = {key: _overlap(passages) for key, passages in of.items()}
    for read, people in files:
        own = {
            excerpt: None for key, passage, _, excerpt in _placed(read, people)
            if passage in apart[key]
        }  # fmt: skip
        fact = (
            "excerpts overlap with one that another coder marked, and have other borders; each"
            " counts by itself, and in agreement as one that only one of them marked: give both the"
            " same borders, or give coders the passages"
        )
        notes = noted(read.file.path, "other_borders", [f"excerpt {one}" for one in own], fact)
        yield from of_entry(read.entry, notes)


def _placed(
    read: FileRows, people: Mapping[Who, Person]
) -> Iterator[tuple[tuple[str, str], Passage, str, str]]:
    """Interview and document, place, coder and id of each coding that says where it is, and by
    whom."""
    for row in read.rows:
        if row.start is not None and row.end is not None and row.coder:
            key = people[row.who].interview, row.who.source
            yield (key[0], read.documents.get(key, key[1])), (row.start, row.end), row.coder, \
                row.excerpt  # fmt: skip


def _overlap(passages: Mapping[Passage, set[str]]) -> set[Passage]:
    """Those that share a character with one of no coder in common."""
    by_coders: dict[Coders, list[Passage]] = {}
    for passage, coders in passages.items():
        by_coders.setdefault(frozenset(coders), []).append(passage)
    found = set[Passage]()
    for coders_of, own in by_coders.items():
        for others in (others for other, others in by_coders.items() if not coders_of & other):
            starts, ends = sorted(a for a, _ in others), sorted(b for _, b in others)
            found |= {
                (a, b) for a, b in own if bisect_left(starts, b) > bisect_right(ends, a)
            }  # fmt: skip
    return found
