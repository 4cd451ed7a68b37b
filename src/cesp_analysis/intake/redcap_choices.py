"""Cells of a REDCap export that are no choice of their field, noted while their words are known."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.intake.redcap import Field

CHOSEN = ("radio", "dropdown", "yesno", "truefalse", "checkbox", "status")
"""Types of fields whose answers are choices that the dictionary lists."""


def unlabelled(frame: "pd.DataFrame", fields: Iterable["Field"]) -> dict[str, dict[str, list[int]]]:
    """Column → code → the lines whose cell is that code and no label: coded they look alike."""
    found: dict[str, dict[str, list[int]]] = {}
    for field in fields:
        cells, labels = frame[field.column].astype("str"), {label for _, label in field.codes}
        for code in (code for code, _ in field.codes if code not in labels):
            if (at := (cells == code).to_numpy(dtype=bool)).any():
                found.setdefault(field.column, {})[code] = frame["line"].to_numpy()[at].tolist()
    return found


def chosen_otherwise(frame: "pd.DataFrame", fields: Iterable["Field"]) -> dict[str, list[int]]:
    """Column → the lines whose cell is neither a code nor a label of its field, in whatever case:
    words that no choice has may stay in the raw folder, and are no choice there either."""
    found = {}
    for field in (field for field in fields if field.kind in CHOSEN and field.codes):
        known = {word.casefold() for pair in field.codes for word in pair} | {""}
        cells = frame[field.column].astype("str").fillna("").str.strip().str.casefold()
        if (at := ~cells.isin(known)).any():
            found[field.column] = frame["line"].to_numpy()[at.to_numpy(dtype=bool)].tolist()
    return found
