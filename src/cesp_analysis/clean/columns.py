"""Raw text → typed columns; what does not fit is set to missing and listed."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.cells import (
    MASKED_DATE,
    MASKED_NUMBER,
    MASKED_ORDER,
    MASKED_SERIAL,
    as_numbers,
    as_serials,
    dates_in,
    in_other_order,
    numbers_in,
    outside,
)
from cesp_analysis.clean.problems import ProblemList
from cesp_analysis.declared.files import Variable
from cesp_analysis.distinct import Distinct, each
from cesp_analysis.usual_codes import lonely_codes

SET_TO_MISSING = "set to missing"
KEPT = "kept"
ENOUGH = 5
"""With fewer answers most of them may be slips; with more the declaration is at fault."""


def stripped(raw: "pd.Series[Any]") -> "pd.Series[Any]":
    """Text without surrounding white space; absent cells are ''."""
    return each(raw, _bare)


def _bare(words: "pd.Series[Any]") -> "pd.Series[Any]":
    return words.fillna("").str.strip()


def stripped_words(raw: "pd.Series[Any]") -> "pd.Series[Any]":
    """The same as categories."""
    cells = Distinct.of(raw)
    return cells.spread_words(_bare(cells.words), in_order=False)


def is_blank(raw: "pd.Series[Any]") -> np.ndarray:
    """Which cells are absent or hold nothing but white space, (n,)."""
    cells = Distinct.of(raw)
    return cells.where(_bare(cells.words) == "")


def is_number(raw: "pd.Series[Any]", decimal: str) -> np.ndarray:
    """Which cells are read as a finite number, (n,)."""
    cells = Distinct.of(raw)
    return cells.where(pd.Series(np.isfinite(numbers_in(_bare(cells.words), decimal))))


def numbers(
    raw: "pd.Series[Any]",
    lines: np.ndarray,
    problems: ProblemList,
    *,
    allowed: tuple[float, float] | None,
    missing: Sequence[str],
    decimal: str = ".",
    whole: bool = False,
    item: str = "",
) -> "pd.Series[Any]":
    """Numbers (float64); blank and `missing` codes are NaN, misfits NaN and listed.

    `missing` codes are compared as numbers too, so that '-9' covers '-9.0'. item: of an
    instrument's, what to write if its answers are words.
    """
    cells = Distinct.of(raw)
    text = _bare(cells.words)
    asked = text != ""
    values = numbers_in(text, decimal)
    declared_missing = text.isin(list(missing)) | values.isin(as_numbers(missing))
    asked &= ~declared_missing
    masked = text == MASKED_NUMBER  # only one out of range is
    unreadable = asked & ~np.isfinite(values) & ~masked
    note(problems, "not_a_number", raw, lines, cells.where(unreadable))
    misread(problems, raw, cells.where(asked), cells.where(unreadable), item=item)
    beyond = masked | (
        asked
        & ~unreadable
        & (((values < allowed[0]) | (values > allowed[1])) if allowed else False)
    )
    note(problems, "out_of_range", raw, lines, cells.where(beyond))
    broken = asked & ~unreadable & ~beyond & ((values != values.round()) if whole else False)
    note(problems, "not_a_code", raw, lines, cells.where(broken))
    if allowed is None:
        known = values[asked & ~unreadable]
        apart = values.isin(as_numbers(lonely_codes(known.to_numpy(dtype=float))))
        note(problems, "likely_code", raw, lines, cells.where(apart & asked), KEPT)
    return cells.spread(values.where(asked & ~unreadable & ~beyond & ~broken))


def categories(
    raw: "pd.Series[Any]",
    lines: np.ndarray,
    problems: ProblemList,
    *,
    values: dict[str, str],
    missing: Sequence[str],
    kind: str = "undeclared_value",
    action: str = SET_TO_MISSING,
    as_text: bool = True,
) -> "pd.Series[Any]":
    """Declared codes; other spellings of them are read and listed, anything else is missing.

    `as_text`: as a column of text, else as categories.
    """
    cells = Distinct.of(raw)
    text = _bare(cells.words)
    asked = (text != "") & ~text.isin(list(missing))
    exact = text.map(values)
    folded = {key.strip().casefold(): code for key, code in values.items()}
    found = exact.where(exact.notna(), text.str.casefold().map(folded))
    respelled = asked & found.notna() & (exact.isna() | (cells.words.fillna("") != text))
    for code in pd.unique(found[respelled]):
        where = cells.where(respelled & (found == code))
        note(problems, "respelled", raw, lines, where, f"read as '{code}'")
    note(problems, kind, raw, lines, cells.where(asked & found.isna()), action)
    words = found.where(asked).astype("str")
    return cells.spread(words) if as_text else cells.spread_words(words)


def dates(
    raw: "pd.Series[Any]",
    lines: np.ndarray,
    problems: ProblemList,
    *,
    formats: Sequence[str],
    missing: Sequence[str],
    period: tuple[str, str] | None,
) -> "pd.Series[Any]":
    """Dates as YYYY-MM-DD in the first declared format that fits; others missing and listed."""
    cells = Distinct.of(raw)
    text = _bare(cells.words)
    text = text.where(~text.isin(list(missing)), "")
    parsed = dates_in(text, formats)
    masked = text == MASKED_DATE  # only one outside the period is
    asked, unreadable = cells.where(text != ""), cells.where((text != "") & parsed.isna() & ~masked)
    left = text.where(parsed.isna(), "")
    serial = _note_undated(problems, raw, lines, cells, left, formats, unreadable)
    misread(problems, raw, asked, unreadable, serial)
    impossible = outside(parsed, period)
    note(problems, "impossible_date", raw, lines, cells.where(masked | impossible))
    return cells.spread(parsed.where(~impossible).dt.strftime("%Y-%m-%d").astype("str"))


def _note_undated(
    problems: ProblemList,
    raw: "pd.Series[Any]",
    lines: np.ndarray,
    cells: Distinct,
    text: "pd.Series[Any]",
    formats: Sequence[str],
    unreadable: np.ndarray,
) -> int:
    """List cells that are no date as declared by what they seem to be; `text`: their words.

    Returns how many are serial numbers.
    """
    if not unreadable.any():
        return 0
    turned = cells.where(in_other_order(text, formats) | (text == MASKED_ORDER)) & unreadable
    serial = cells.where(as_serials(text, formats) | (text == MASKED_SERIAL)) & unreadable & ~turned
    note(problems, "date_order", raw, lines, turned)
    note(problems, "date_serial", raw, lines, serial)
    note(problems, "not_a_date", raw, lines, unreadable & ~turned & ~serial)
    return int(serial.sum())


def variable(
    raw: "pd.Series[Any]",
    lines: np.ndarray,
    problems: ProblemList,
    declared: Variable,
    decimal: str,
    missing: Sequence[str],
    period: tuple[str, str] | None,
) -> "pd.Series[Any]":
    """One declared variable, typed."""
    codes = (*declared.missing, *missing)
    if declared.type == "number":
        return numbers(raw, lines, problems, allowed=declared.range, missing=codes, decimal=decimal)
    if declared.type == "category":
        return categories(raw, lines, problems, values=declared.values or {}, missing=codes)
    if declared.type == "date":
        return dates(raw, lines, problems, formats=declared.format, missing=codes, period=period)
    text = stripped(raw)
    return text.where((text != "") & ~text.isin(list(codes))).astype("str")


def misread(
    problems: ProblemList,
    raw: "pd.Series[Any]",
    asked: np.ndarray,
    unreadable: np.ndarray,
    serial: int = 0,
    item: str = "",
) -> None:
    """A column of which most cells cannot be read as declared: the declaration is wrong; `serial`:
    how many of them are a spreadsheet's numbers for days; `item`: of an instrument's item, what to
    write if its answers are words."""
    n, bad = int(asked.sum()), int(unreadable.sum())
    if n >= ENOUGH and 2 * bad > n:
        hint = f" ({serial} as Excel counts days: format: excel)" if serial else ""
        told = pd.Series([f"{bad} of {n}{hint}{f'; {item}' if item else ''}"], dtype="str")
        kind = "misread_item" if item else "misread_column"
        problems.add(kind, str(raw.name), np.array([0]), told, "the run stops")


def note(
    problems: ProblemList,
    kind: str,
    raw: "pd.Series[Any]",
    lines: np.ndarray,
    mask: np.ndarray,
    action: str = SET_TO_MISSING,
) -> None:
    """List the marked cells (n,) as a kind of problem."""
    if mask.any():
        problems.add(kind, str(raw.name), lines[mask], raw[mask], action)
