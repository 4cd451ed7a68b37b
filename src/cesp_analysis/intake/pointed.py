"""Text with a point in a file whose decimal mark is the comma, beside true numbers.

A sheet, SPSS and Stata hold numbers, which have no mark, and text. Both become text here: 12.5 of a
number has a point, while the text 1.040 may be a thousand and forty, as in a CSV with that mark.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cesp_analysis.cells import POINTED

if TYPE_CHECKING:
    import pandas as pd


def has_point(cell: Any) -> bool:
    """Whether a cell is text with a point."""
    return isinstance(cell, str) and "." in cell


def note_pointed(frame: "pd.DataFrame", lines: Mapping[str, Sequence[int]]) -> None:
    """Note in `attrs` on which lines of a column such text stands; lines, not the words, which
    stay in the raw folder."""
    there = set(frame["line"].tolist())
    known = {name: [line for line in at if line in there] for name, at in lines.items()}
    if known := {name: at for name, at in known.items() if at}:
        frame.attrs[POINTED] = known


def forget_pointed(frame: "pd.DataFrame", column: str, line: int) -> None:
    """A cell that was corrected is no longer what the file holds."""
    noted = frame.attrs.get(POINTED, {})
    if line in noted.get(column, ()):
        left = [at for at in noted[column] if at != line]
        frame.attrs[POINTED] = {**noted, column: left}
