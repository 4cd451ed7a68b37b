"""Records that are the column names again: one export was appended to another."""

from typing import TYPE_CHECKING

from cesp_analysis.errors import CespError
from cesp_analysis.intake.such import such

if TYPE_CHECKING:
    import pandas as pd


def check_header_again(frame: "pd.DataFrame", path: str) -> None:
    """Raises CespError, with its line, where each cell of a record is its column's name, or else
    what the header says of the column: answers of one time would stand under another."""
    columns = [str(name) for name in frame.columns[1:]]
    if len(columns) < 2:  # a single cell may be an answer
        return
    labels = frame.attrs.get("column_labels", {})
    left = frame.index
    for name in columns:
        called = {_plain(part) for part in (name, *labels.get(name, "").split(" | "))} - {""}
        cells = frame[name].cat
        alike = [at for at, word in enumerate(cells.categories) if _plain(word) in called]
        codes = cells.codes.loc[left]
        left = left[codes.isin(alike).to_numpy()]
        if not len(left):
            return
    lines = [int(line) for line in frame.loc[left, "line"]]
    raise CespError(
        f"{path}: line {lines[0]}: holds the column names, the header again{such(lines)}: two"
        " exports in one file? Give each its own file and entry, or export it anew"
    )


def _plain(word: object) -> str:
    return str(word).removeprefix("\ufeff").casefold().strip()  # of an export put behind another
