"""What codes mean, by the labels that files carry, against the instrument and the other files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from cesp_analysis.clean.answered import codes_of_no_answer
from cesp_analysis.declared.columns import Items
from cesp_analysis.declared.files import RawFile
from cesp_analysis.declared.instruments import StateColumn

_MANY = 11  # codes of an item: more are no list of answers
_OWN = "if its labels are wrong and its codes right, write each code as itself there"


@dataclass(frozen=True)
class _Labelled:
    """An item's labelled codes in one file, those of no answer apart: label → code."""

    name: str
    file: RawFile
    column: str
    codes: Mapping[str, int]


def contradictions(
    tables: Mapping[str, pd.DataFrame], files: Mapping[str, RawFile], items: Items
) -> Iterator[str]:
    """One line for each file's instrument whose labelled codes are as many as the instrument's but
    others, or whose labels stand for other codes than in a file before it, or are what item_values
    has in place of codes.

    Items whose codes config.yaml writes out (item_values, crosswalk) are as it says.
    """
    first: dict[tuple[str, str], _Labelled] = {}
    told = set()
    for name, file in files.items():
        yield from dict.fromkeys(_by_label(name, tables[name], file, items))
        for question, own in _labelled(name, tables[name], file, items):
            instrument, item = question
            low, high = items[instrument][item].low, items[instrument][item].high
            codes = sorted(own.codes.values())
            shift = int(low) - codes[0]
            if codes == list(range(codes[0], codes[0] + int(high - low) + 1)) and shift:
                line = _shifted(own, instrument, codes, int(low))
            else:
                other = first.setdefault(question, own)
                line = _apart(own, other, instrument)
            if line and (name, instrument) not in told:
                told.add((name, instrument))
                yield line


def _labelled(
    name: str, table: pd.DataFrame, file: RawFile, items: Items
) -> Iterator[tuple[tuple[str, str], _Labelled]]:
    """The items that a file labels, and reads as they are or turned: (instrument, item) → …"""
    labels = table.attrs.get("labels", {})
    for instrument, column in file.instruments.items():
        if not labels or isinstance(column, StateColumn):
            continue
        for item, allowed in items[instrument].items():
            at, how = file.item_column(instrument, item), file.asked(f"{instrument}.{item}")
            if not how.asked or how.values is not None or allowed.high - allowed.low >= _MANY:
                continue
            none = codes_of_no_answer(table, at, file) if at in table else ()
            codes = {
                label.strip().casefold(): int(float(code))
                for code, label in labels.get(at, {}).items()
                if code not in none and _is_whole(code) and label.strip()
            }
            if how.reversed:
                both = int(allowed.low + allowed.high)
                codes = {label: both - code for label, code in codes.items()}
            if len(codes) > 1:
                yield (instrument, item), _Labelled(name, file, at, codes)


def _by_label(name: str, table: pd.DataFrame, file: RawFile, items: Items) -> Iterator[str]:
    """A line for each instrument whose item_values are labels, where the cells are their codes."""
    labels = table.attrs.get("labels", {})
    for instrument, column in file.instruments.items():
        for item in () if isinstance(column, StateColumn) else items[instrument]:
            at, how = file.item_column(instrument, item), file.asked(f"{instrument}.{item}")
            words = {word.strip().casefold(): code for word, code in (how.values or {}).items()}
            codes = {c: words.get(of.strip().casefold()) for c, of in labels.get(at, {}).items()}
            if not words or not any(codes.values()) or words.keys() & codes.keys():
                continue
            values = ", ".join(f"{c.removesuffix('.0')}: {to}" for c, to in codes.items() if to)
            yield (
                f"{file.path}: holds codes of {instrument}'s answers, whose labels"
                f" files.{name}.item_values has; write the codes there: {{{instrument}:"
                f" {{{values}}}}}"
            )
            break


def _is_whole(code: str) -> bool:
    text = code.strip().removeprefix("-")
    return text.removesuffix(".0").isdigit()


def _shifted(own: _Labelled, instrument: str, codes: list[int], low: int) -> str:
    ends = f"{codes[0]} to {codes[-1]}", f"{low} to {low + len(codes) - 1}"
    values = _values({code: low + at for at, code in enumerate(codes)})
    return (
        f"{own.file.path}: {own.column}: the file's labels are of codes {ends[0]}, {instrument} has"
        f" {ends[1]}; write files.{own.name}.item_values: {{{instrument}: {values}}} ({_OWN})"
    )


def _apart(own: _Labelled, other: _Labelled, instrument: str) -> str:
    """That a label stands for another code than in a file before it; '' if none does."""
    shared = [label for label in own.codes if label in other.codes]
    wrong = [label for label in shared if own.codes[label] != other.codes[label]]
    if not wrong:
        return ""
    here, there = own.codes[wrong[0]], other.codes[wrong[0]]
    values = _values({own.codes[label]: other.codes[label] for label in shared})
    return (
        f"{own.file.path}: {own.column}: '{wrong[0]}' is {here} by the file's labels, {there} by"
        f" those of {other.file.path} ({other.column}); in the file that differs from {instrument}"
        f" (one of both) write item_values, here files.{own.name}.item_values: {{{instrument}:"
        f" {values}}} ({_OWN})"
    )


def _values(codes: Mapping[int, int]) -> str:
    return "{" + ", ".join(f"{raw}: {code}" for raw, code in sorted(codes.items())) + "}"
