"""What changed between two imports: codes added, lost, merged, renamed; excerpts recoded.

It says what is seen, not what somebody meant: a code deleted where another stood on all its
excerpts looks as one merged with it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from cesp_analysis.interviews.counted import words
from cesp_analysis.interviews.matched import Matched, matched

Kind = Literal["added", "lost", "merged", "renamed", "redefined"]
ORDER: tuple[Kind, ...] = ("added", "lost", "merged", "renamed", "redefined")


@dataclass(frozen=True)
class CodeChange:
    """A code of before (added: of after). into: the code that it is now, '' if none; by: how that
    is known ('id' of the codebook, or its 'excerpts'). before, after: excerpts that it had, and
    that it, or what it is now, has; already: of a merged one, excerpts that had `into` even before;
    went: of one that is no more, the codes that its excerpts got since → how many, most first."""

    kind: Kind
    code: str
    into: str = ""
    by: str = ""
    before: int = 0
    after: int = 0
    already: int = 0
    went: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Recoded:
    """An excerpt of both imports whose codes differ, by any coder; a renamed code is the same.

    excerpt: its id after; taken, given: codes by their names before and after."""

    excerpt: str
    interview: str
    taken: tuple[str, ...]
    given: tuple[str, ...]


@dataclass(frozen=True)
class Changes:
    """kept: codes with the same name. both: excerpts of both imports; of these `by_words` have
    another id and were found by interview and words, `reworded` have other words; added, lost:
    excerpts of one import, by id."""

    codes: tuple[CodeChange, ...]
    recoded: tuple[Recoded, ...]
    kept: int
    both: int
    by_words: int
    reworded: tuple[str, ...]
    added: tuple[str, ...]
    lost: tuple[str, ...]


def changes(
    before: pd.DataFrame,
    after: pd.DataFrame,
    codebook_before: pd.DataFrame | None = None,
    codebook_after: pd.DataFrame | None = None,
    counted: tuple[str, ...] = (),
) -> Changes:
    """Of two long tables (Excerpts) and, if there are, their codebooks (columns code, id and, where
    it is known, description), without which codes are those that have excerpts; counted: how ids
    begin that are made anew in each import.

    A code is renamed if its id has another name, or, lost without an id, if a new code has all of
    its excerpts and no others; merged if all its excerpts that are still there have one other code.
    Raises ValueError if a codebook has a code or id twice.
    """
    found = matched(before, after, counted)
    old, new = listed(before, codebook_before), listed(after, codebook_after)
    books = (codebook_before, codebook_after)
    described = all(book is not None and "description" in book for book in books)
    by_id = _renamed_by_id(old, new)
    stay = (set(old) & set(new)) - set(by_id) - set(by_id.values())
    lost = sorted(set(old) - stay - set(by_id))
    fresh = set(new) - stay - set(by_id.values())
    alike = _renamed_by_excerpts(lost, fresh, found, old, new)
    now = {code: code for code in stay} | by_id | alike
    codes = [
        *(_added(code, found) for code in fresh - set(alike.values())),
        *(_renamed(*names, "id", found) for names in by_id.items()),
        *(_renamed(*names, "excerpts", found) for names in alike.items()),
        *(_gone(code, found, now) for code in lost if code not in alike),
        *(_redefined(old, new, now, found) if described else ()),
    ]
    codes.sort(key=lambda change: (ORDER.index(change.kind), change.code))
    return Changes(
        tuple(codes),
        tuple(_recoded(found, now)),
        len(stay),
        len(found.pairs),
        found.by_words,
        found.reworded,
        found.added,
        found.lost,
    )


Codebook = dict[str, tuple[str, str]]
"""Code → its id and description, '' where there are none."""


def listed(table: pd.DataFrame, codebook: pd.DataFrame | None) -> Codebook:
    """The codes of a codebook and those that its excerpts have besides."""
    own: Codebook = {}
    if codebook is not None:
        blank = pd.Series("", index=codebook.index)
        ids, about = (
            words(codebook, part) if part in codebook else blank for part in ("id", "description")
        )
        codes = words(codebook, "code")
        for what, column in (("code", codes), ("id", ids[ids != ""])):
            if (twice := column.duplicated()).any():
                raise ValueError(f"the codebook has the {what} '{column[twice].iloc[0]}' twice")
        own = {c: (i, a) for c, i, a in zip(codes, ids, about, strict=True)}
    return own | dict.fromkeys(set(words(table, "code")) - set(own) - {""}, ("", ""))


def _renamed_by_id(old: Codebook, new: Codebook) -> dict[str, str]:
    """Name before → after, of ids that have another name."""
    now = {own: code for code, (own, _) in new.items() if own}
    return {code: now[own] for code, (own, _) in old.items() if own in now and now[own] != code}


def _renamed_by_excerpts(
    lost: list[str], fresh: set[str], found: Matched, old: Codebook, new: Codebook
) -> dict[str, str]:
    """Lost code → the new one that has all of its excerpts and no others; if only one has, and no
    ids say that they are two."""
    of_new: dict[frozenset[str], list[str]] = {}
    for code in fresh:
        of_new.setdefault(found.after.of(code), []).append(code)
    of_old = Counter(found.now(found.before.of(code)) for code in lost)
    made = {}
    for code in lost:
        own = found.now(found.before.of(code))
        same = of_new.get(own, [])
        if own and of_old[own] == len(same) == 1 and not (old[code][0] and new[same[0]][0]):
            made[code] = same[0]
    return made


def _added(code: str, found: Matched) -> CodeChange:
    return CodeChange("added", code, after=len(found.after.of(code)))


def _renamed(code: str, into: str, by: str, found: Matched) -> CodeChange:
    own, has = found.before.of(code), found.after.of(into)
    return CodeChange("renamed", code, into, by, len(own), len(has))


def _gone(code: str, found: Matched, now: Mapping[str, str]) -> CodeChange:
    """A code that is no more: merged with the one that all its excerpts have now, of several with
    the one that most of them have got since; else lost."""
    own = found.before.of(code)
    there = sorted(found.now(own))
    has, got = Counter[str](), Counter[str]()
    for excerpt in there:
        had = {now[c] for c in found.before.codes(found.was[excerpt]) if c in now}
        has.update(found.after.codes(excerpt))
        got.update(found.after.codes(excerpt) - had)
    went = tuple(sorted(got.items(), key=lambda pair: (-pair[1], pair[0])))
    whole = [other for other, n in has.items() if n == len(there)]
    if not whole:
        return CodeChange("lost", code, before=len(own), went=went)
    into = min(whole, key=lambda other: (-got[other], other))
    sizes = len(own), len(found.after.of(into)), len(there) - got[into]
    return CodeChange("merged", code, into, "excerpts", *sizes, went)


def _redefined(
    old: Codebook, new: Codebook, now: Mapping[str, str], found: Matched
) -> Iterator[CodeChange]:
    """Codes whose description is another, renamed or not."""
    for code, into in now.items():
        if " ".join(new[into][1].split()) != " ".join(old[code][1].split()):
            sizes = len(found.before.of(code)), len(found.after.of(into))
            yield CodeChange("redefined", code, into, "description", *sizes)


def _recoded(found: Matched, now: Mapping[str, str]) -> Iterator[Recoded]:
    """In the order of their ids."""
    for before, after in sorted(found.pairs, key=lambda pair: pair[1]):
        had, has = found.before.codes(before), found.after.codes(after)
        taken = tuple(sorted(code for code in had if now.get(code) not in has))
        given = tuple(sorted(has - {now[code] for code in had if code in now}))
        if taken or given:
            yield Recoded(after, found.after.interview[after], taken, given)
