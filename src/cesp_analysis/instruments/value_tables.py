"""Tables of states and values: read with every fault named, and looked up.

A state is the answers to an instrument's items, one digit an item. A mapping of one version of an
instrument to the values of another has a value for each state, age band and sex (Hernandez Alava
et al. 2023, PharmacoEconomics, doi 10.1007/s40273-022-01218-7): it is an expectation, so that the
best state may have less than 1.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.csv_lines import Rows, Wrong, number, told_rows
from cesp_analysis.declared.value_sets import ValueSet
from cesp_analysis.errors import CespError, no_such

Levels = Sequence[tuple[int, int]]
"""Lowest and highest answer of each item that is a digit of the state."""
Band = tuple[float, float]
"""First and last year of age."""
_BAND = re.compile(r"([0-9]+)(?:\s*[-–]\s*([0-9]+)|(\+))?")
ALL: Band = (0.0, float("inf"))
INCOMPLETE, NOT_IN_TABLE = "", "state_not_in_table"
AGE_UNKNOWN, AGE_OUTSIDE = "age_unknown", "age_outside_bands"
SEX_UNKNOWN, SEX_NOT_IN_TABLE = "sex_unknown", "sex_not_in_table"


@dataclass(frozen=True)
class ValueTable:
    """(state, age band, sex) → value; bands, the lowest first; '' as sex: the table has none."""

    values: dict[tuple[str, Band, str], float]
    bands: tuple[Band, ...]
    sexes: frozenset[str]


def read_value_table(path: Path, own: ValueSet, levels: Levels) -> ValueTable:
    """The table; CespError with a line for each fault of the file.

    `levels`: of the instrument's items, in order.
    """
    wrong, values = Wrong(path), dict[tuple[str, Band, str], float]()
    rows, apart = _rows(path, own, wrong)
    first: dict[tuple[str, Band, str], int] = {}
    written: dict[Band, str] = {}
    for line, row in rows:
        if fault := _fault(row, own, levels):
            wrong.add(line, fault)
            continue
        band = band_of(row["age"], own) if own.age else ALL
        assert band is not None
        written.setdefault(band, row.get("age", ""))
        key = (row["state"], band, own.sexes.get(row.get("sex", ""), row.get("sex", "")))
        if (earlier := first.setdefault(key, line)) != line:
            whose = " ".join(part for part in (row.get("age"), row.get("sex")) if part)
            of = f" of {whose}" if whose else ""
            wrong.add(line, f"state {row['state']}{of} stands on line {earlier} too; keep one")
        values[key] = float(row["value"])
    faults = [*wrong.told(), *_overlapping(path, written), *_lacking(path, own, rows, apart)]
    if faults:
        raise CespError(faults)
    if not values:
        raise CespError(f"{path}: holds no state; write a line for each")
    return ValueTable(
        values, tuple(sorted(written)), frozenset(sex for _, _, sex in values if own.sex)
    )


def band_of(word: str, own: ValueSet) -> Band | None:
    """First and last year of an age band as the table writes it; None if it is none."""
    if word in own.ages:
        low, high = own.ages[word]
        return low, float("inf") if high is None else high
    found = _BAND.fullmatch(word)
    if found is None:
        return None
    low = float(found[1])
    high = float("inf") if found[3] else float(found[2] or found[1])
    return (low, high) if low <= high else None


def looked_up(
    answers: NDArray[np.float64],
    table: ValueTable,
    ages: NDArray[np.float64] | None = None,
    sexes: NDArray[np.object_] | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.object_], list[str]]:
    """Value (n,), NaN where there is none; why there is none (n,), '' if there is one or an answer
    is missing; each state as a word, '' if an answer is missing.

    `answers` (n, k): NaN is not answered; `ages` (n,) in years, of which whole ones count; `sexes`
    (n,), None is not known. Both are needed where the table has them.
    """
    whole = np.asarray(~np.isnan(answers).any(axis=1))
    states = ["".join(f"{level:g}" for level in row) if known else ""
              for row, known in zip(answers, whole, strict=True)]  # fmt: skip
    known_states = {state for state, _, _ in table.values}
    values = np.full(len(answers), np.nan)
    why = np.full(len(answers), "", dtype=object)
    for at in np.flatnonzero(whole):
        band, sex = ALL, ""
        if states[at] not in known_states:
            why[at] = NOT_IN_TABLE
            continue
        if ages is not None:
            found = _band(float(ages[at]), table)
            if isinstance(found, str):
                why[at] = found
                continue
            band = found
        if sexes is not None:
            sex = sexes[at]
            if sex is None or sex not in table.sexes:
                why[at] = SEX_UNKNOWN if sex is None else SEX_NOT_IN_TABLE
                continue
        value = table.values.get((states[at], band, sex))
        if value is None:
            why[at] = NOT_IN_TABLE
        else:
            values[at] = value
    return values, why, states


def _band(age: float, table: ValueTable) -> Band | str:
    """The band that holds an age, or why there is none."""
    if np.isnan(age):
        return AGE_UNKNOWN
    years = np.floor(age)
    return next((b for b in table.bands if b[0] <= years <= b[1]), AGE_OUTSIDE)


def _rows(path: Path, own: ValueSet, wrong: Wrong) -> tuple[Rows, Rows]:
    """Each line's number and cells, by what they are, and the lines that have more or fewer than
    the header, as they are: those are `wrong`. Lines without a word are passed over."""
    columns = {what: getattr(own, what) for what in ("state", "value", "age", "sex")}
    names = {what: column for what, column in columns.items() if column}
    rows, apart = told_rows(path, wrong, names.values(), "that of the states among them")
    return [(n, {what: row[column] for what, column in names.items()}) for n, row in rows], apart


def _fault(row: dict[str, str], own: ValueSet, levels: Levels) -> str | None:
    """What is wrong with a line."""
    state, value = row["state"], number(row["value"])
    if not (state.isascii() and state.isdigit() and len(state) == len(levels)):
        return f"{own.state}: '{state}' is not one digit for each of {len(levels)} items"
    if any(not low <= int(d) <= high for d, (low, high) in zip(state, levels, strict=True)):
        ends = " ".join(f"{low}-{high}" for low, high in dict.fromkeys(levels))
        return f"{own.state}: '{state}' has a level that the instrument has not ({ends})"
    if value is None:
        return f"{own.value}: must be a number, not '{row['value']}'"
    if not own.range[0] <= value <= own.range[1]:
        hint = " (a percentage? divide it by 100)" if 1 < abs(value) <= 100 else ""
        low, high = own.range
        return (
            f"{own.value}: {row['value']} is outside {low:g} to {high:g}{hint}; correct it, or"
            " write the range that values may have (range:)"
        )
    if own.age and band_of(row["age"], own) is None:
        return (
            f"{own.age}: '{row['age']}' is no age band such as 18-34 or 75+; say which years it"
            f" means: ages: {{'{row['age']}': [18, 34]}}"
        )
    return f"{own.sex}: is blank" if own.sex and not row["sex"] else None


def _overlapping(path: Path, written: dict[Band, str]) -> Iterator[str]:
    """Two bands that an age may lie in."""
    bands = sorted(written)
    for one, other in pairwise(bands):
        if other[0] <= one[1]:
            yield f"{path}: age bands '{written[one]}' and '{written[other]}' overlap; part them"


def _lacking(path: Path, own: ValueSet, rows: Rows, apart: Rows) -> Iterator[str]:
    """Bands and sexes that config names and the file has not; apart: lines that may have them
    anywhere."""
    perhaps = {cell for _, row in apart for cell in row.values()}
    for what, named in (("age", own.ages), ("sex", own.sexes)):
        there = list(dict.fromkeys(row[what] for _, row in rows if what in row))
        noun = "age band" if what == "age" else what
        for word in named:
            if word not in there and word not in perhaps:
                yield f"{path}: {no_such(noun, word, there, 'in the file')}"
