"""Answers that are no choice of their field in a REDCap data dictionary."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cesp_analysis.cells import MASKS, as_numbers, numbers_in
from cesp_analysis.declared.files import RawFile
from cesp_analysis.distinct import Distinct
from cesp_analysis.intake.redcap_choices import CHOSEN


def no_choice(
    raw: pd.DataFrame, column: str, file: RawFile, missing: Sequence[str] = ()
) -> np.ndarray:
    """Which cells of a Raw table's column answer what is no choice of its field, (n,): none where
    no dictionary lists choices.

    Raw exports are held to codes, as numbers too ('1.0' is 1), labelled ones to labels, both in
    any case. `missing` are codes of no answer; of cells that stay in the raw folder intake says
    which are none.
    """
    codes: dict[str, str] = raw.attrs.get("labels", {}).get(column, {})
    if not codes or raw.attrs.get("field_kinds", {}).get(column) not in CHOSEN:
        return np.zeros(len(raw), dtype=bool)
    cells = Distinct.of(raw[column])
    text = cells.words.fillna("").str.strip()
    labels = codes.values() if file.redcap and file.redcap.labelled else ()
    known = {word.casefold() for word in (*codes, *labels, *missing, *MASKS, "")}
    numbers = numbers_in(text, file.decimal_marks())
    other = ~text.str.casefold().isin(known) & ~numbers.isin(as_numbers((*codes, *missing)))
    lines = raw.attrs.get("chosen_otherwise", {}).get(column, [])
    masked = np.isin(raw["line"].to_numpy(), lines) & cells.where(text.isin(MASKS))
    found: np.ndarray = cells.where(other) | masked | _codes_for_labels(raw, column, missing)
    return found


def _codes_for_labels(raw: pd.DataFrame, column: str, missing: Sequence[str]) -> np.ndarray:
    """Cells of a labelled export that hold a code where a label should be, (n,)."""
    lines, cells = raw["line"].to_numpy(), raw[column]
    found = np.zeros(len(raw), dtype=bool)
    for code, at in raw.attrs.get("unlabelled", {}).get(column, {}).items():
        if code not in missing:  # a declared code of no answer is no choice, and says so
            now = (cells == code).to_numpy(dtype=bool)  # corrected since: it says something else
            found |= np.isin(lines, at) & now
    return found
