"""Questionnaires whose answers are not the instrument's codes: words, answer codes such as A1,
codes that begin elsewhere. Asked about where columns are called like its items, or are as many and
hold what its answers are called."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from cesp_analysis.instruments.types import Instrument, names, read_instrument
from cesp_analysis.label_words import meant
from cesp_analysis.new_study.categories import in_order
from cesp_analysis.new_study.free_text import is_text
from cesp_analysis.new_study.likely_sets import LikelySet, answers_of, lines_of, span_of
from cesp_analysis.new_study.no_answers import none_by_label
from cesp_analysis.new_study.questionnaires import Match, patterns_in
from cesp_analysis.new_study.stems import column_of, renamed_in, sets_in
from cesp_analysis.new_study.tables import Column, Table, plain
from cesp_analysis.usual_codes import says_no_answer

_MOST = 12  # different codes: more are no list of answers
_ANSWER_CODE = re.compile(r"[A-Za-z]{1,3}0*(\d{1,2})")
"""How LimeSurvey calls answers where nobody gave them a number: A1, AO01."""
_TOLD = 2 / 3  # of the words that the instrument's description must have


class _Held(NamedTuple):
    """What columns hold. values: answer → code, '' if unknown; none: answers that are none."""

    values: dict[str, str]
    none: tuple[str, ...]
    said: str


def worded_in(
    table: Table,
    columns: Collection[str],
    matches: Mapping[str, Sequence[Match]],
    tables: Sequence[Table],
    own: Sequence[Match] = (),
    codes: Sequence[str] = (),
) -> Iterator[str]:
    """A question on each set of columns that may be an instrument's though its answers are not its
    codes, and the lines to take in; those that match in other tables first.

    `columns`: those that may be meant; `matches`: table → its instruments; `own`, `codes`: the
    instruments and codes of no answer of the table's entry.
    """
    left = set(columns)
    found: list[LikelySet] = []
    known = [(one, _files_with(one.name, table, matches)) for one in map(read_instrument, names())]
    ordered = sorted(known, key=lambda pair: (not pair[1], -len(pair[0].items)))
    taken = {match.instrument for match in own}
    for search in (_called_like, _as_many):
        for one, files in ordered:
            if one.name in taken or any(one.name == likely.instrument.name for likely in found):
                continue
            if likely := search(one, files, table, left, tables):
                left -= {column.name for column in likely.columns}
                found.append(likely)
    yield from lines_of(found, own, codes)


def _files_with(name: str, table: Table, matches: Mapping[str, Sequence[Match]]) -> list[str]:
    return [
        file
        for file, found in matches.items()
        if file != table.name and any(match.instrument == name for match in found)
    ]


def _called_like(
    one: Instrument, files: list[str], table: Table, left: set[str], tables: Sequence[Table]
) -> LikelySet | None:
    """The first set of columns that are called like an instrument's, and hold words or codes that
    it has not."""
    where = f"those of {one.name} in {' and '.join(files)}" if files else f"the items of {one.name}"
    for pattern in patterns_in(one, table):
        own = _columns_of(one, pattern, table)
        free = bool(own) and {column.name for column in own.values()} <= left
        if free and (held := _held(list(own.values()), one, tables)):
            return _likely(one, pattern, own, held, f"are called like {where}")
    return None


def _as_many(
    one: Instrument, files: list[str], table: Table, left: set[str], tables: Sequence[Table]
) -> LikelySet | None:
    """The first set of as many columns as an instrument has items, in whatever name, whose words
    are its answers', or that have as many answer codes (A1 to A5)."""
    codes = {item.code for item in one.items}
    if len(codes) < 3 or codes != {str(n) for n in range(1, len(codes) + 1)}:
        return None
    names_left = [name for name in table.columns if name in left]
    for pattern, own in sets_in(names_left).items():
        if set(own) != codes:
            continue
        by_item = {item.code: table.columns[own[item.code]] for item in one.items}
        held = _words_held(list(by_item.values()), one, tables)
        if held and (_are_told(held, one) or (held.said != "words" and all(held.values.values()))):
            what = "answers in its words" if held.said == "words" else "answer codes"
            why = f"are as many as the items of {one.name}, with as many {what}"
            return _likely(one, pattern, by_item, held, why)
    return None


def _likely(
    one: Instrument, pattern: str, own: Mapping[str, Column], held: _Held, why: str
) -> LikelySet:
    renamed = renamed_in(pattern, {code: column.name for code, column in own.items()})
    return LikelySet(
        one, pattern, tuple(own.values()), renamed, held.values, held.none, why, held.said
    )


def _columns_of(one: Instrument, pattern: str, table: Table) -> dict[str, Column]:
    """Item → its column; {} if one is lacking, or if the set goes on beyond the items."""
    named = {item.code: column_of(pattern, item.code, table.columns) for item in one.items}
    lacking = [i for i in one.items if not i.optional and named[i.code] not in table.columns]
    beyond = column_of(pattern, str(len(one.items) + 1), table.columns)
    if lacking or (one.items[0].code.isdigit() and beyond in table.columns):
        return {}
    return {code: table.columns[name] for code, name in named.items() if name in table.columns}


def _held(columns: Sequence[Column], one: Instrument, tables: Sequence[Table]) -> _Held | None:
    """What columns hold that are called like an instrument's; None if it is no answers."""
    return _words_held(columns, one, tables) or _codes_held(columns, one)


def _words_held(
    columns: Sequence[Column], one: Instrument, tables: Sequence[Table]
) -> _Held | None:
    """Words, or answer codes; None if there are more than the instrument has codes."""
    words = _words_in(columns, one)
    answers = [word for word in words if not says_no_answer(word)]
    none = tuple(word for word in words if says_no_answer(word))
    if not answers:
        return None
    numbers = {word: match[1] for word in answers if (match := _ANSWER_CODE.fullmatch(word))}
    if len(numbers) == len(answers) and len({re.sub(r"\d", "", word) for word in answers}) == 1:
        by_number = sorted(answers, key=lambda word: int(numbers[word]))
        values = _shifted({word: int(numbers[word]) for word in by_number}, one)
        return _Held(values, none, f"answer codes, {by_number[0]} to {by_number[-1]}")
    values = _in_order(words, one, columns, tables)
    return _Held({word: code for word, code in values.items() if word in answers}, none, "words")


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


def _codes_held(columns: Sequence[Column], one: Instrument) -> _Held | None:
    """Whole numbers of which some are none of the instrument's codes."""
    low, high = span_of(one)
    labels: dict[int, str] = {}
    none: dict[str, None] = {}
    for column in columns:
        if column.found.kind == "empty":
            continue
        if column.found.kind != "whole number" or column.personal:
            return None
        without = {*none_by_label(column), *column.found.codes}
        none |= dict.fromkeys(sorted({*column.found.answers} & without))
        answers = {*column.found.answers, *column.codes} - without
        for code in answers:
            label = column.codes.get(code, "")
            if not says_no_answer(label) and (number := _whole(code)) is not None:
                labels[number] = labels.get(number) or label
    codes = sorted(labels)
    if not codes or (low <= codes[0] and codes[-1] <= high) or len(codes) > _MOST:
        return None
    values = _labelled(labels, one) or _shifted({str(code): code for code in codes}, one)
    said = f"{codes[0]} to {codes[-1]}" if len(codes) > 1 else str(codes[0])
    ends = " to ".join(f"'{labels[code]}'" for code in (codes[0], codes[-1]) if labels[code])
    return _Held(values, tuple(none), f"{said}{f' ({ends})' if ends else ''}")


def _labelled(labels: Mapping[int, str], one: Instrument) -> dict[str, str]:
    """Codes as the instrument's words for its answers say; where it has none, turned round if its
    description has their first label behind their last. {} where neither tells."""
    codes, said = sorted(labels), f"_{plain(one.response)}_"
    if own := answers_of(one):
        told = {str(code): meant(labels[code], own) for code in codes}
        known = None not in told.values() and len({*told.values()}) == len(told)
        return {raw: str(code) for raw, code in told.items()} if known else {}
    first, last = (said.find(f"_{plain(labels[code])}_") for code in (codes[0], codes[-1]))
    if not (labels[codes[0]] and labels[codes[-1]]) or not 0 <= last < first:
        return {}
    turned = _shifted({str(code): -code for code in codes}, one)
    return {str(code): turned[str(code)] for code in codes}


def _whole(code: str) -> int | None:
    number = code.strip().removesuffix(".0")
    return int(number) if number.removeprefix("-").isdecimal() else None


def _shifted(codes: Mapping[str, int], one: Instrument) -> dict[str, str]:
    """Each answer with the instrument's code where there are as many without a gap, from the lowest
    on; blank where not, as a gap may be an answer that nobody gave."""
    low, high = span_of(one)
    numbers = sorted(codes.values())
    if numbers != list(range(numbers[0], numbers[0] + high - low + 1)):
        return dict.fromkeys(codes, "")
    return {said: str(low + number - numbers[0]) for said, number in codes.items()}


def _are_told(held: _Held, one: Instrument) -> bool:
    """Whether an instrument calls its answers so: most words, of nearly all codes."""
    low, high = span_of(one)
    said, own = f"_{plain(one.response)}_", answers_of(one)
    told = [w for w in held.values if meant(w, own) is not None or f"_{plain(w)}_" in said]
    return len(held.values) >= max(high - low, 2) and len(told) >= _TOLD * len(held.values)


def _in_order(
    words: Sequence[str], one: Instrument, columns: Sequence[Column], tables: Sequence[Table]
) -> dict[str, str]:
    """Each word and its code, by the instrument's words or another file's labels, blank where
    neither says it of all; in the order of the codes, of the numbers that the words begin with, or
    of the instrument's description."""
    own, labels = answers_of(one), dict[str, str]()
    for other in tables:
        for column in (other.columns[c.name] for c in columns if c.name in other.columns):
            labels |= {label.casefold(): code for code, label in column.codes.items()}
    labels |= {w.casefold(): str(code) for w in words if (code := meant(w, own)) is not None}
    codes = {word: labels.get(word.casefold(), "") for word in words}
    if all(code.isdecimal() for word, code in codes.items() if not says_no_answer(word)):
        return dict(sorted(codes.items(), key=lambda pair: (not pair[1], pair[1].zfill(9))))
    said = plain(one.response)
    places = {word: said.find(plain(word)) for word in words}
    told = sorted(words, key=lambda word: (places[word] < 0, places[word]))
    return dict.fromkeys(in_order(told), "")
