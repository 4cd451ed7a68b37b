"""What codes mean, by the labels that files carry, against the instrument and the other files."""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from cesp_analysis.clean.item_faults import Fault, Item, faults_of
from cesp_analysis.clean.labelled import Labelled, labels_of, plain_code, whole_number
from cesp_analysis.declared.columns import ItemRange, Items
from cesp_analysis.declared.crosswalk import Asked
from cesp_analysis.declared.files import RawFile
from cesp_analysis.declared.instruments import StateColumn
from cesp_analysis.label_words import by_words, words_of

Answers = Mapping[str, Mapping[str, int]]
"""Instrument, or instrument.item → the words of its answers → code."""
_MANY = 11  # codes of an item: more are no list of answers


def contradictions(
    tables: Mapping[str, pd.DataFrame], files: Mapping[str, RawFile], items: Items, answers: Answers
) -> Iterator[str]:
    """One line for each file's instrument whose labels, or words, stand for other codes than the
    instrument has for them, or than in another file, or are of codes that the instrument has not,
    or are what item_values has in place of codes; for each item where they are not alike.

    Codes that config.yaml writes out (item_values, crosswalk) are held against the instrument's
    words alone, and the labels of others against them. Not looked at: labels of what the file's
    entry names in wrong_labels.
    """
    found: dict[tuple[str, str], list[Labelled]] = {}
    for name, file in files.items():
        yield from dict.fromkeys(_by_label(name, tables[name], file, items, answers))
        for question, own in _labelled(name, tables[name], file, items):
            found.setdefault(question, []).append(own)
    faults: dict[tuple[str, str], dict[str, Fault]] = {}
    for (instrument, code), labelled in found.items():
        allowed = items[instrument][code]
        words = _answers_of(answers, instrument, code)
        item = Item(instrument, code, int(allowed.low), int(allowed.high), words)
        for fault in faults_of(labelled, item):
            faults.setdefault((fault.own.name, instrument), {})[code] = fault
    for (name, instrument), own_faults in faults.items():
        of_file = [own for (of, _), every in found.items() if of == instrument
                   for own in every if own.name == name]  # fmt: skip
        yield from _lines(instrument, own_faults, of_file)


def _lines(
    instrument: str, faults: Mapping[str, Fault], labelled: Sequence[Labelled]
) -> Iterator[str]:
    """One line for a file's instrument, where one remedy is right for all its labelled items; else
    one an item."""
    first = next(iter(faults.values()))
    turned = [f"{instrument}.{item}" for item, fault in faults.items() if fault.own.reversed]
    alike = all(
        fault.same_as(first) and not fault.alone(f"{instrument}.{item}")
        for item, fault in faults.items()
    )
    if alike and len(faults) == len(labelled):
        yield first.line(instrument, turned)
        return
    for item, fault in faults.items():
        question = f"{instrument}.{item}"
        yield fault.line(question, [question] if question in turned else [])


def _answers_of(answers: Answers, instrument: str, item: str) -> Mapping[str, int]:
    return answers.get(f"{instrument}.{item}", answers.get(instrument, {}))


def _labelled(
    name: str, table: pd.DataFrame, file: RawFile, items: Items
) -> Iterator[tuple[tuple[str, str], Labelled]]:
    """The items that a file labels, or whose words config.yaml gives codes: (instrument, item) →
    …"""
    for instrument, column in file.instruments.items():
        if isinstance(column, StateColumn):
            continue
        for item, allowed in items[instrument].items():
            question = f"{instrument}.{item}"
            at, how = file.item_column(instrument, item), file.asked(question)
            if not how.asked or allowed.high - allowed.low >= _MANY or at not in table:
                continue
            labels = labels_of(table, at, file)
            worded = not labels
            if worded:
                words = map(plain_code, how.values or {})
                labels = {word: word for word in words if whole_number(word) is None}
            elif {instrument, question} & set(file.wrong_labels):
                continue
            read = {code: to for code in labels if (to := _read(code, how, allowed)) is not None}
            if read:
                own = {code: labels[code] for code in read}
                unread = {code: labels[code] for code in labels if code not in read}
                yield (
                    (instrument, item),
                    Labelled(name, file, at, own, read, how.values, how.reversed, unread, worded),
                )


def _read(code: str, how: Asked, allowed: ItemRange) -> str | None:
    """The code that config.yaml has a raw code read as; None: no number."""
    values = {plain_code(raw): to for raw, to in (how.values or {}).items()}
    number = whole_number(plain_code(values.get(code, "") if how.values is not None else code))
    if number is not None and how.reversed:
        number = int(allowed.low + allowed.high) - number
    return None if number is None else str(number)


def _by_label(
    name: str, table: pd.DataFrame, file: RawFile, items: Items, answers: Answers
) -> Iterator[str]:
    """A line for each instrument whose item_values are labels, where the cells are their codes;
    words that the instrument knows are its own codes."""
    labels = table.attrs.get("labels", {})
    for instrument, column in file.instruments.items():
        for item in () if isinstance(column, StateColumn) else items[instrument]:
            at, how = file.item_column(instrument, item), file.asked(f"{instrument}.{item}")
            given = {plain_code(word).casefold(): code for word, code in (how.values or {}).items()}
            words = {words_of(word): code for word, code in given.items()}
            known = _answers_of(answers, instrument, item)
            codes = {
                plain_code(code): known.get(word, words[word])
                for word, code in by_words(labels.get(at, {})).items()
                if word in words
            }
            if not codes or any(plain_code(code).casefold() in given for code in labels[at]):
                continue
            values = ", ".join(f"{code}: {to}" for code, to in codes.items())
            yield (
                f"{file.path}: holds codes of {instrument}'s answers, whose labels"
                f" files.{name}.item_values has; write the codes there: {{{instrument}:"
                f" {{{values}}}}}"
            )
            break
