"""Which sets of columns match an instrument, by the pattern of their names and by their range."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from typing import TYPE_CHECKING

from cesp_analysis.instruments.types import Instrument, Item, names, read_instrument
from cesp_analysis.new_study.commented import flow
from cesp_analysis.new_study.no_answers import none_by_label
from cesp_analysis.new_study.stems import ITEM, column_of, cut, renamed_in, sets_in
from cesp_analysis.new_study.tables import Column, Table

if TYPE_CHECKING:
    import pandas as pd

_ALIKE = 0.8  # how alike a misspelt column's name is, from 0 to 1
_FIT = 0.98  # of the answers that must lie in an item's range
_MANY = 10  # answers of which one may be a slip


@dataclass(frozen=True)
class Match:
    """An instrument in a table. pattern: its columns with {item}; renamed: as named there → as the
    file has it; doubts: what a person should look at."""

    instrument: str
    pattern: str
    columns: tuple[str, ...]
    renamed: dict[str, str]
    doubts: tuple[str, ...]


def matches_in(tables: Sequence[Table]) -> dict[str, list[Match]]:
    """Table → the instruments in it; all tables judge which of two alike is meant."""
    known = [read_instrument(name) for name in names()]
    found = {
        table.name: [match for one in known if (match := _match(one, table))] for table in tables
    }
    return {name: list(_decided(matches, found)) for name, matches in found.items()}


def likely_in(table: Table, taken: Iterable[str]) -> Iterator[str]:
    """A question for each numbered set of columns that an instrument would fit."""
    used = set(taken)
    for stem, columns in sets_in(name for name in table.columns if name not in used).items():
        fits = [
            one.name
            for one in map(read_instrument, names())
            if len(one.items) == len(columns) > 2
            and {item.code for item in one.items} == set(columns)
            and all(_in_range(table, columns[item.code], item) == 1 for item in one.items)
            and _whole_range(table, list(columns.values()), one.items[0])
        ]
        if fits:
            named = renamed_in(stem, columns)
            also = f", renamed: {flow(named)}" if named else ""
            yield (
                f"{columns['1']} to {columns[str(len(columns))]} have as many items and the range"
                f" of {' or '.join(fits)}. Is it that one (instruments: {{{fits[0]}:"
                f" {flow(stem)}}}{also})?"
            )


def _match(one: Instrument, table: Table) -> Match | None:
    patterns = patterns_in(one, table)
    for pattern in patterns:
        named = {item.code: pattern.replace(ITEM, item.code) for item in one.items}
        there = {code: column_of(pattern, code, table.columns) for code in named}
        present = {code: name for code, name in there.items() if name in table.columns}
        misspelt = _misspelt(one, table, there, set(present.values()))
        columns = present | {code: misspelt[n] for code, n in there.items() if n in misspelt}
        renamed = renamed_in(pattern, columns)
        lacking = [i.code for i in one.items if i.code not in columns and not i.optional]
        if lacking or _more_items(pattern, one, table):
            continue
        if all(_fits(table, columns[i.code], i) for i in one.items if i.code in columns):
            doubts = [f"{here} is taken for {of}: right?" for of, here in misspelt.items()]
            if others := [other for other in patterns if other != pattern]:
                doubts.append(
                    f"{one.name} seems to stand there several times, as {pattern} and as"
                    f" {', '.join(others)}: each needs an entry of its own here, with its time."
                    " Which times?"
                )
            return Match(one.name, pattern, tuple(columns.values()), renamed, tuple(doubts))
    return None


def patterns_in(one: Instrument, table: Table) -> list[str]:
    """Patterns that most items' columns have, and that begin as the instrument's columns do."""
    counts: dict[str, int] = {}
    for name in table.columns:
        for item in one.items:
            for pattern in set(cut(name, item.code)):
                counts[pattern] = counts.get(pattern, 0) + 1
    needed = sum(not item.optional for item in one.items)
    enough = needed if needed < 4 else needed - 1
    patterns = [p for p, n in counts.items() if n >= enough and _is_named(p, one)]
    return sorted(patterns, key=lambda p: (-counts[p], p))


def _is_named(pattern: str, one: Instrument) -> bool:
    """Whether a pattern says the instrument's name, or one that its columns often have, in one of
    the groups in which it stands: wellbeing/swemwbs_{item}."""
    groups = pattern.replace(ITEM, "").lower().split("/")
    stems = [re.sub(r"[^a-z0-9]", "", group) for group in groups]
    own = [re.sub(r"[^a-z0-9]", "", name.lower()) for name in (one.name, *one.column_names)]
    if not one.items[0].code.isdigit() and stems[-1] == "":
        return len(one.items) > 2  # the items' words alone
    said = [rf"(?<![a-z]){'[^a-z0-9]*'.join(name)}" for name in own if len(name) > 3]
    return any(stem in own for stem in stems) or any(
        re.search(name, group) for name in said for group in groups
    )


def _misspelt(
    one: Instrument, table: Table, named: dict[str, str], used: set[str]
) -> dict[str, str]:
    """The one item without a column → the column whose name and range are closest to it."""
    absent = [item for item in one.items if named[item.code] not in table.columns]
    if len(absent) != 1:
        return {}
    (item,) = absent
    others = [name for name in table.columns if name not in used]
    close = get_close_matches(named[item.code], others, n=3, cutoff=_ALIKE)
    same_end = [name for name in close if name.lower().endswith(item.code)]
    fitting = [name for name in same_end if _fits(table, name, item)]
    return {named[item.code]: fitting[0]} if fitting else {}


def _more_items(pattern: str, one: Instrument, table: Table) -> bool:
    """Whether the set of columns goes on beyond the instrument's items: then it is another."""
    if not one.items[0].code.isdigit():
        return False
    return column_of(pattern, str(len(one.items) + 1), table.columns) in table.columns


def _fits(table: Table, column: str, item: Item) -> bool:
    """Whether a column's answers lie in an item's range: nearly all, or all but one of some."""
    share, found = _in_range(table, column, item), table.columns[column].found
    if share >= _FIT or found.values is None:  # words, or nothing: no number lies in a range
        return share >= _FIT
    n = len(_known(table.columns[column]))
    return n >= _MANY and share * n >= n - 1 - 1e-9


def _in_range(table: Table, column: str, item: Item) -> float:
    """The share of a column's answers that are whole numbers within an item's range."""
    found = table.columns[column].found
    if found.kind == "empty":
        return 1.0
    if found.kind not in ("whole number", "number"):
        return 0.0
    known = _known(table.columns[column])
    return (
        1.0
        if not len(known)
        else float((known.between(item.low, item.high) & (known % 1 == 0)).mean())
    )


def _known(column: Column) -> "pd.Series[float]":
    """A column's numbers without codes of no answer, whether they lie apart or are so labelled."""
    known = column.found.known()
    return known[~column.found.answers[known.index].isin(none_by_label(column))]


def _whole_range(table: Table, columns: Sequence[str], item: Item) -> bool:
    """Whether the answers reach from an item's lowest to its highest code."""
    own = [table.columns[c] for c in columns]
    known = [known for c in own if c.found.kind != "empty" and len(known := _known(c))]
    if not known:
        return False
    return (min(k.min() for k in known), max(k.max() for k in known)) == (item.low, item.high)


def _decided(matches: list[Match], found: dict[str, list[Match]]) -> Iterator[Match]:
    """One match a set of columns: of two versions the narrower whose range holds all answers."""
    taken: set[str] = set()
    for match in sorted(matches, key=lambda m: (-len(m.columns), _width(m), m.instrument)):
        if taken & set(match.columns):
            continue
        rivals = [m for m in matches if m.columns == match.columns]
        fits_all = [m for m in rivals if _fits_everywhere(m, found)]
        best = max(fits_all or rivals, key=lambda m: (_likeness(m), -_width(m)))
        taken |= set(best.columns)
        others = [m.instrument for m in fits_all if m is not best]
        doubt = [f"{best.instrument}, or {', '.join(others)}? Both fit."] if others else []
        yield Match(best.instrument, best.pattern, best.columns, best.renamed,
                    (*best.doubts, *doubt))  # fmt: skip


def _fits_everywhere(match: Match, found: dict[str, list[Match]]) -> bool:
    """Whether no other table holds the same columns with answers that this instrument lacks."""
    for matches in found.values():
        same = {m.instrument for m in matches if m.pattern == match.pattern}
        if same and match.instrument not in same:
            return False
    return True


def _width(match: Match) -> int:
    return sum(item.high - item.low for item in read_instrument(match.instrument).items)


def _likeness(match: Match) -> float:
    stem = match.pattern.replace(ITEM, "").lower().strip("_ .")
    return SequenceMatcher(None, stem, match.instrument).ratio()
