"""Reads the declared columns of one file: variables, items, states of an instrument."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.cells import as_numbers_of
from cesp_analysis.clean.answered import codes_of_no_answer
from cesp_analysis.clean.choices import no_choice
from cesp_analysis.clean.columns import KEPT, is_blank, is_number, note, numbers, variable
from cesp_analysis.clean.crosswalk import recoded, turned
from cesp_analysis.clean.problems import ProblemList
from cesp_analysis.clean.states import digits
from cesp_analysis.declared.columns import ItemRange
from cesp_analysis.declared.files import RawFile, Variable
from cesp_analysis.declared.instruments import StateColumn

_MANY = 11  # an item with more codes is no list of words


@dataclass(frozen=True)
class Reader:
    """Reads declared columns of one file's kept records."""

    raw: pd.DataFrame
    file: RawFile
    period: tuple[str, str] | None
    problems: ProblemList

    def variable(self, name: str, entry: Variable, time: str = "") -> "pd.Series[Any]":
        """A declared variable (of a wide one, at `time`)."""
        how, column = self.file.asked(name), self.file.variable_column(name, time)
        if not how.asked:
            kind = "float64" if entry.type == "number" else "str"
            return pd.Series(np.nan, index=self.raw.index, dtype=kind)
        missing = (*entry.missing, *self._missing(column))
        values = entry.values if how.values is None else how.values
        if values is not None and entry.type == "number":
            typed = self._recoded(column, values, missing)
            return turned(typed, entry.range) if how.reversed and entry.range else typed
        bounded = entry.type != "number" or entry.range is not None or how.values is not None
        typed = variable(
            self._cells(column, entry, missing, bounded),
            self.raw["line"].to_numpy(),
            self.problems,
            entry if how.values is None else entry.model_copy(update={"values": how.values}),
            self.file.decimal_marks(),
            self._missing(column),
            self.period,
        )
        if bounded and entry.type != "id":
            self._hold_to_choices(column, typed, missing)
        return turned(typed, entry.range) if how.reversed and entry.range else typed

    def items(self, instrument: str, items: dict[str, ItemRange]) -> dict[str, "pd.Series[Any]"]:
        """Every item of an instrument, by instrument.item."""
        how = self.file.instruments[instrument]
        found = {} if isinstance(how, str) else self._state(instrument, how, items)
        for item, allowed in items.items():
            if item not in found:
                found[item] = self.item(instrument, item, allowed)
        return {f"{instrument}.{item}": found[item] for item in items}

    def item(self, instrument: str, item: str, allowed: ItemRange) -> "pd.Series[Any]":
        """An item that has a column of its own; missing throughout where the file lacks it."""
        how, name = self.file.asked(f"{instrument}.{item}"), f"{instrument}.{item}"
        column = self.file.item_column(instrument, item)
        if not how.asked or column not in self.raw:
            return pd.Series(np.nan, index=self.raw.index)
        if how.values is not None:
            typed = self._recoded(
                column, how.values, self._missing(column), _in_words(name, allowed)
            )
            beyond = ((typed < allowed.low) | (typed > allowed.high)).to_numpy()
            note(self.problems, "out_of_range", self.raw[column], self._lines(), beyond)
            return typed.mask(beyond)
        raw = as_numbers_of(self.raw, column, self._missing(column))
        typed = numbers(
            self._of_choices(raw, column, self._missing(column)),
            self.raw["line"].to_numpy(),
            self.problems,
            allowed=(allowed.low, allowed.high),
            missing=self._missing(column),
            decimal=self.file.decimal_marks(),
            whole=True,
            item=_in_words(name, allowed),
        )
        self._hold_to_choices(column, typed, self._missing(column))
        return turned(typed, (allowed.low, allowed.high)) if how.reversed else typed

    def _state(
        self, instrument: str, how: StateColumn, items: dict[str, ItemRange]
    ) -> dict[str, "pd.Series[Any]"]:
        """The items of a state column, and those that the file does not hold."""
        wanted = how.digits({item: allowed.optional for item, allowed in items.items()})
        column = self.file.raw_name(how.state)
        ranges = [(items[item].low, items[item].high) for item in wanted]
        read = digits(
            as_numbers_of(self.raw, column, self._missing(column)),
            self.raw["line"].to_numpy(),
            self.problems,
            ranges=ranges,
            missing=self._missing(column),
            decimal=self.file.decimal_marks(),
        )
        found = dict(zip(wanted, read, strict=True))
        for item, ends in zip(wanted, ranges, strict=True):
            if self.file.asked(f"{instrument}.{item}").reversed:
                found[item] = turned(found[item], ends)
        absent = [item for item, of in items.items() if how.left_out(item, of.optional)]
        return found | {item: pd.Series(np.nan, index=self.raw.index) for item in absent}

    def _recoded(
        self, column: str, values: dict[str, str], missing: tuple[str, ...], item: str = ""
    ) -> "pd.Series[Any]":
        lines, decimal = self.raw["line"].to_numpy(), self.file.decimal_marks()
        raw = as_numbers_of(self.raw, column, (*values, *missing))
        typed = recoded(
            raw,
            lines,
            self.problems,
            values=values,
            missing=missing,
            decimal=decimal,
            item=item,
        )
        self._hold_to_choices(column, typed, missing)
        return typed

    def _hold_to_choices(
        self, column: str, typed: "pd.Series[Any]", missing: tuple[str, ...]
    ) -> None:
        """List what config declares, and so is read, though REDCap's dictionary has no such
        choice."""
        other = no_choice(self.raw, column, self.file, missing) & typed.notna().to_numpy()
        note(self.problems, "no_choice", self.raw[column], self._lines(), other, KEPT)

    def _of_choices(
        self, raw: "pd.Series[Any]", column: str, missing: tuple[str, ...], alone: bool = False
    ) -> "pd.Series[Any]":
        """A column of numbers without words that are no choice, nor, where the dictionary `alone`
        declares its answers, numbers that are none; a column that is hardly anything else as it
        is: it is not what config takes it for."""
        other = no_choice(self.raw, column, self.file, missing)
        if not other.any():
            return raw
        known = is_number(raw, self.file.decimal_marks())
        words = other & ~known
        if 2 * words.sum() > (~is_blank(raw)).sum():
            words[:] = False
        other = words | (other & known) if alone else words
        if not other.any():
            return raw
        note(self.problems, "no_choice", raw, self._lines(), other)
        return raw.astype("str").mask(other, "")

    def _cells(
        self, column: str, entry: Variable, missing: tuple[str, ...], bounded: bool
    ) -> "pd.Series[Any]":
        """The cells that a variable is read from; `bounded`: config declares its answers."""
        if entry.type != "number":
            return self.raw[column]
        raw = as_numbers_of(self.raw, column, missing)
        return self._of_choices(raw, column, missing, alone=not bounded)

    def _lines(self) -> np.ndarray:
        return self.raw["line"].to_numpy()

    def _missing(self, column: str) -> tuple[str, ...]:
        return codes_of_no_answer(self.raw, column, self.file)


def _in_words(question: str, allowed: ItemRange) -> str:
    """What to write if the answers to an item are words: a line of its file's entry."""
    low, high = int(allowed.low), int(allowed.high)
    codes = range(low, high + 1) if high - low < _MANY else (low, high)
    words = ", ".join(f"WORD_{at}: {code}" for at, code in enumerate(codes, 1))
    return f"item_values: {{{question.partition('.')[0]}: {{{words}}}}}"
