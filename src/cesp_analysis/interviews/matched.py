"""Which excerpts of two imports are the same: by id, or else by interview and words."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from cesp_analysis.intake.key import Key
from cesp_analysis.interviews.counted import words

NOTHING: frozenset[str] = frozenset()
_MARK = re.compile("not cleared [a-z2-7]{16}")


def mark_of(text: str, key: Key) -> str:
    """A mark by which the same words are known again in another import, whatever their spaces and
    line ends, and whether or not they were cleared there: of a mark itself. '' of no words.

    Without the key nobody can try out which words a mark is of, however short they are.
    """
    words = spaced(text)
    if not words or _MARK.fullmatch(words):
        return words
    return f"not cleared {key.pseudonym(f'words {words}')}"  # of no id that reads alike


def spaced(text: str) -> str:
    """Words with one space between them."""
    return " ".join(text.split())


@dataclass(frozen=True)
class Codes:
    """An import: excerpt → its codes, interview, its words or their mark."""

    coded: dict[str, frozenset[str]]
    interview: dict[str, str]
    text: dict[str, str]

    def codes(self, excerpt: str) -> frozenset[str]:
        """The codes of an excerpt, by any coder."""
        return self.coded[excerpt]

    def of(self, code: str) -> frozenset[str]:
        """The excerpts that have a code."""
        return self._excerpts.get(code, NOTHING)

    @cached_property
    def _excerpts(self) -> dict[str, frozenset[str]]:
        made: dict[str, set[str]] = defaultdict(set)
        for excerpt, codes in self.coded.items():
            for code in codes:
                made[code].add(excerpt)
        return {code: frozenset(own) for code, own in made.items()}


@dataclass(frozen=True)
class Matched:
    """Two imports. pairs: ids before and after of excerpts of both, of which the last `by_words`
    have different ones; reworded: ids whose words differ; added, lost: ids of one import."""

    before: Codes
    after: Codes
    pairs: tuple[tuple[str, str], ...]
    by_words: int
    reworded: tuple[str, ...]
    added: tuple[str, ...]
    lost: tuple[str, ...]
    will: dict[str, str] = field(repr=False)
    was: dict[str, str] = field(repr=False)

    def now(self, excerpts: frozenset[str]) -> frozenset[str]:
        """The ids after of excerpts of before that are still there."""
        return frozenset(self.will[one] for one in excerpts if one in self.will)


def matched(before: pd.DataFrame, after: pd.DataFrame, counted: tuple[str, ...] = ()) -> Matched:
    """Of two long tables (Excerpts). Ids first; of those left, excerpts of one interview with the
    same words, which no other of its import has. An id is another excerpt where its interview is
    another, or its words of either import stand at another id in the other.

    counted: how ids begin that are numbers of rows, made anew in each import: they are no ids.
    """
    old, new = codes_of(before), codes_of(after)
    same = _same_ids(old, new, counted)
    ids = {one for one, _ in same}
    left, right = (_by_words(own, ids) for own in (old, new))
    moved = [(one, right[key]) for key, one in left.items() if key in right]
    pairs = (*same, *moved)
    will = dict(pairs)
    was = {now: one for one, now in pairs}
    return Matched(
        old,
        new,
        pairs,
        len(moved),
        tuple(sorted(one for one, _ in same if old.text[one] != new.text[one])),
        tuple(sorted(set(new.coded) - set(was))),
        tuple(sorted(set(old.coded) - set(will))),
        will,
        was,
    )


def codes_of(table: pd.DataFrame) -> Codes:
    """The long table by excerpt."""
    own = pd.DataFrame({part: words(table, part) for part in ("excerpt", "code")})
    pairs = own.drop_duplicates()
    made: dict[str, set[str]] = {excerpt: set() for excerpt in pairs["excerpt"]}
    for excerpt, code in zip(pairs["excerpt"], pairs["code"], strict=True):
        if code:
            made[excerpt].add(code)
    excerpt = own["excerpt"].tolist()
    return Codes(
        {one: frozenset(codes) for one, codes in made.items()},
        dict(zip(excerpt, words(table, "interview"), strict=True)),
        dict(zip(excerpt, map(spaced, words(table, "text")), strict=True)),
    )


def ids_elsewhere(
    before: pd.DataFrame, after: pd.DataFrame, counted: tuple[str, ...] = ()
) -> list[str]:
    """Ids of both imports, if more than half of these, and more than one, have other words or are
    of other interviews in one than in the other: ids that may be counted anew; else []."""
    old, new = codes_of(before), codes_of(after)
    both = [one for one in old.coded if one in new.coded and not one.startswith(counted)]
    known = [one for one in both if old.text[one] and new.text[one]]
    moved = [one for one in known if not _is_same(one, old, new)]
    return moved if 2 * len(moved) > len(both) and len(moved) > 1 else []


def _same_ids(old: Codes, new: Codes, counted: tuple[str, ...]) -> list[tuple[str, str]]:
    """Ids that are the same excerpt in both imports, twice each."""
    both = [one for one in old.coded if one in new.coded]
    exact = {one for one in both if _is_same(one, old, new)}
    before, after = (
        {one: (own.interview[one], own.text[one]) for one in own.coded if one not in exact}
        for own in (old, new)
    )
    said = {key for key in before.values() if key[1]}, {key for key in after.values() if key[1]}

    def reworded(one: str) -> bool:
        there = old.interview[one] == new.interview[one] and not one.startswith(counted)
        alike = before[one] == after[one]
        return there and (alike or (before[one] not in said[1] and after[one] not in said[0]))

    return [(one, one) for one in both if one in exact or reworded(one)]


def _is_same(one: str, old: Codes, new: Codes) -> bool:
    """Whether an id has the same interview and words in both imports."""
    there = old.interview[one] == new.interview[one] and bool(old.text[one])
    return there and old.text[one] == new.text[one]


def _by_words(own: Codes, known: Collection[str]) -> dict[tuple[str, str], str]:
    """(interview, words) → the excerpt, of ids that are not known to be the same; words that one of
    them alone has."""
    left = {one: (own.interview[one], own.text[one]) for one in own.coded if one not in known}
    times = Counter(left.values())
    return {key: one for one, key in left.items() if key[1] and times[key] == 1}
