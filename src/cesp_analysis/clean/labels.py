"""What codes mean, by the labels that files carry, against the instrument and the other files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from cesp_analysis.clean.answered import codes_of_no_answer
from cesp_analysis.declared.columns import ItemRange, Items
from cesp_analysis.declared.files import RawFile
from cesp_analysis.declared.instruments import StateColumn
from cesp_analysis.usual_codes import says_no_answer

_MANY = 11  # codes of an item: more are no list of answers
_OWN = "if its labels are wrong and its codes right, write each code as itself there"


@dataclass(frozen=True)
class _Labelled:
    """An item's labelled codes in one file, those of no answer apart: label → code; written: as
    config.yaml writes them out."""

    name: str
    file: RawFile
    column: str
    codes: Mapping[str, int]
    written: bool

    def beyond(self, allowed: ItemRange) -> list[int]:
        """The labelled codes that the instrument has not."""
        return sorted(c for c in self.codes.values() if not allowed.low <= c <= allowed.high)


def contradictions(
    tables: Mapping[str, pd.DataFrame], files: Mapping[str, RawFile], items: Items
) -> Iterator[str]:
    """One line for each file's instrument whose labels are of codes that the instrument has not, or
    stand for other codes than in another file, or are what item_values has in place of codes; for
    each item where they are not alike.

    Items whose codes config.yaml writes out (item_values, crosswalk) are as it says, and others are
    held against them.
    """
    found: dict[tuple[str, str], list[_Labelled]] = {}
    for name, file in files.items():
        yield from dict.fromkeys(_by_label(name, tables[name], file, items))
        for question, own in _labelled(name, tables[name], file, items):
            found.setdefault(question, []).append(own)
    faults: dict[tuple[str, str], dict[str, _Fault]] = {}
    for (instrument, item), labelled in found.items():
        allowed = items[instrument][item]
        sound = [own for own in labelled if not own.beyond(allowed)]
        for own in (own for own in labelled if not own.written):
            if fault := _fault(own, sound[0] if sound else None, allowed, instrument):
                faults.setdefault((own.name, instrument), {})[item] = fault
    for (name, instrument), own_faults in faults.items():
        asked = sum(own.name == name for (of, _), all_ in found.items() if of == instrument
                    for own in all_)  # fmt: skip
        alike = len({fault.values for fault in own_faults.values()}) == 1
        whole = alike and len(own_faults) == asked
        for item, fault in own_faults.items():
            yield fault.line(name, instrument if whole else f"{instrument}.{item}")
            if whole:
                break


@dataclass(frozen=True)
class _Fault:
    """What contradicts (said), and the codes to write: '' where labels do not tell all."""

    own: _Labelled
    said: str
    values: str

    def line(self, name: str, question: str) -> str:
        """What contradicts, and what to write."""
        codes = self.values or "{CODE: …}, each of its codes"
        return (
            f"{self.own.file.path}: {self.own.column}: {self.said}; write"
            f" files.{name}.item_values: {{{question}: {codes}}} ({_OWN})"
        )


def _fault(
    own: _Labelled, other: _Labelled | None, allowed: ItemRange, instrument: str
) -> _Fault | None:
    """What is wrong with labelled codes beside those of a file whose codes the instrument has."""
    if other is not None and other is not own:
        shared = [label for label in own.codes if label in other.codes]
        wrong = [label for label in shared if own.codes[label] != other.codes[label]]
        if wrong:
            here, there = own.codes[wrong[0]], other.codes[wrong[0]]
            meant = {own.codes[label]: other.codes[label] for label in shared}
            said = (
                f"'{wrong[0]}' is {here} by the file's labels, {there} by those of"
                f" {other.file.path} ({other.column}); in the file that differs from {instrument}"
                " (one of both) write codes, here"
            )
            return _Fault(own, said, _values(meant) if len(shared) == len(own.codes) else "")
    beyond = own.beyond(allowed)
    if not beyond:
        return None
    low, high = int(allowed.low), int(allowed.high)
    codes = sorted(own.codes.values())
    label = {code: label for label, code in own.codes.items()}
    values = ""
    if codes == list(range(codes[0], codes[0] + high - low + 1)):
        values = _values({code: low + at for at, code in enumerate(codes)})
    said = (
        f"{beyond[0]} is '{label[beyond[0]]}' by the file's labels, and {instrument} has codes"
        f" {low} to {high}; if that is no answer, declare it under missing; else, where {codes[0]}"
        f" ('{label[codes[0]]}') is its {low} (turned where it is its {high})"
    )
    return _Fault(own, said, values)


def _labelled(
    name: str, table: pd.DataFrame, file: RawFile, items: Items
) -> Iterator[tuple[tuple[str, str], _Labelled]]:
    """The items that a file labels: (instrument, item) → …"""
    labels = table.attrs.get("labels", {})
    for instrument, column in file.instruments.items():
        if not labels or isinstance(column, StateColumn):
            continue
        for item, allowed in items[instrument].items():
            at, how = file.item_column(instrument, item), file.asked(f"{instrument}.{item}")
            if not how.asked or allowed.high - allowed.low >= _MANY:
                continue
            none = codes_of_no_answer(table, at, file) if at in table else ()
            codes = {
                label.strip().casefold(): number
                for code, label in labels.get(at, {}).items()
                if code not in none and label.strip() and not says_no_answer(label)
                if (number := _number(code, how.values)) is not None
            }
            if how.reversed:
                both = int(allowed.low + allowed.high)
                codes = {label: both - code for label, code in codes.items()}
            if len(codes) > 1:
                written = how.values is not None
                yield (instrument, item), _Labelled(name, file, at, codes, written)


def _number(code: str, values: Mapping[str, str] | None) -> int | None:
    """A code as the study has it: as config.yaml writes it out, or itself."""
    if values is not None:
        code = values.get(code, values.get(code.removesuffix(".0"), ""))
    text = code.strip().removesuffix(".0")
    return int(text) if text.removeprefix("-").isdigit() else None


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


def _values(codes: Mapping[int, int]) -> str:
    return "{" + ", ".join(f"{raw}: {code}" for raw, code in sorted(codes.items())) + "}"
