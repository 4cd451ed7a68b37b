"""Questionnaires answered in words: called like those that other files have in codes."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from cesp_analysis.instruments.types import Instrument, names, read_instrument
from cesp_analysis.new_study.categories import in_order
from cesp_analysis.new_study.commented import flow
from cesp_analysis.new_study.free_text import is_text
from cesp_analysis.new_study.questionnaires import Match, patterns_in
from cesp_analysis.new_study.tables import Column, Table
from cesp_analysis.usual_codes import says_no_answer


def worded_in(
    table: Table,
    columns: Collection[str],
    matches: Mapping[str, Sequence[Match]],
    tables: Sequence[Table],
) -> Iterator[str]:
    """A question on each set of columns that is called like an instrument's and holds words, and
    the lines to take in; those that match in other tables first.

    `columns`: those that may be meant; `matches`: table → its instruments.
    """
    left = set(columns)
    known = [(one, _files_with(one.name, table, matches)) for one in map(read_instrument, names())]
    for one, files in sorted(known, key=lambda pair: (not pair[1], -len(pair[0].items))):
        for pattern in patterns_in(one, table):
            own = _columns_of(one, pattern, table)
            if own and {column.name for column in own} <= left and (words := _words_in(own, one)):
                left -= {column.name for column in own}
                yield from _asked(one, pattern, own, files, _in_order(words, one, own, tables))
                break


def _files_with(name: str, table: Table, matches: Mapping[str, Sequence[Match]]) -> list[str]:
    return [
        file
        for file, found in matches.items()
        if file != table.name and any(match.instrument == name for match in found)
    ]


def _columns_of(one: Instrument, pattern: str, table: Table) -> list[Column]:
    """The items' columns; [] if one is lacking, or if the set goes on beyond the items."""
    named = {item.code: pattern.replace("{item}", item.code) for item in one.items}
    lacking = [i for i in one.items if not i.optional and named[i.code] not in table.columns]
    beyond = pattern.replace("{item}", str(len(one.items) + 1))
    if lacking or (one.items[0].code.isdigit() and beyond in table.columns):
        return []
    return [table.columns[name] for name in named.values() if name in table.columns]


def _words_in(columns: Sequence[Column], one: Instrument) -> list[str]:
    """The different words of all of them, each spelling once; [] if some hold anything else, or
    more words than the instrument has codes."""
    words: dict[str, str] = {}
    for column in columns:
        if column.found.kind == "empty":
            continue
        if column.found.kind != "category" or column.personal or is_text(column):
            return []
        for word in sorted(column.found.words()):
            words.setdefault(word.casefold(), word)
    codes = max(item.high - item.low + 1 for item in one.items)
    answers = [word for word in words.values() if not says_no_answer(word)]
    return list(words.values()) if 0 < len(answers) <= codes else []


def _in_order(
    words: Sequence[str], one: Instrument, columns: Sequence[Column], tables: Sequence[Table]
) -> dict[str, str]:
    """Each word and its code, blank where no other file's label says it; in the order of the codes,
    of the numbers that the words begin with, or of the instrument's description."""
    labels: dict[str, str] = {}
    for other in tables:
        for column in (other.columns[c.name] for c in columns if c.name in other.columns):
            labels |= {label.casefold(): code for code, label in column.codes.items()}
    codes = {word: labels.get(word.casefold(), "") for word in words}
    if all(code.isdecimal() for word, code in codes.items() if not says_no_answer(word)):
        return dict(sorted(codes.items(), key=lambda pair: (not pair[1], pair[1].zfill(9))))
    said = one.response.casefold()
    places = {word: said.find(word.casefold()) for word in words}
    told = sorted(words, key=lambda word: (places[word] < 0, places[word]))
    return dict.fromkeys(in_order(told), "")


def _asked(
    one: Instrument,
    pattern: str,
    columns: Sequence[Column],
    files: Sequence[str],
    words: Mapping[str, str],
) -> Iterator[str]:
    where = f"those of {one.name} in {' and '.join(files)}" if files else f"the items of {one.name}"
    yield (
        f"{columns[0].name} to {columns[-1].name} are called like {where}, and hold words. If these"
        " are its answers, take the comment signs off the lines below, write behind each word its"
        f" code ({min(i.low for i in one.items)} to {max(i.high for i in one.items)}), and take the"
        " columns out of variables:. Are they?"
    )
    yield f"instruments: {{{one.name}: {flow(pattern)}}}"
    yield from ("item_values:", f"  {one.name}:")
    yield from (f"    {flow(w)}: {c}".rstrip() for w, c in words.items() if not says_no_answer(w))
    if none := [word for word in words if says_no_answer(word)]:
        yield f"missing: {flow(none)}"
