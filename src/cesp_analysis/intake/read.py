"""Raw files as text: nothing is interpreted, nothing is guessed, every cell keeps its line."""

from pathlib import Path
from typing import TYPE_CHECKING

from cesp_analysis.attributes import shared
from cesp_analysis.declared.file_forms import Written
from cesp_analysis.declared.files import FORMATS
from cesp_analysis.errors import CespError
from cesp_analysis.intake.platforms import with_labels

if TYPE_CHECKING:
    import pandas as pd


def read_raw(path: Path, file: Written) -> "pd.DataFrame":
    """One raw file as a Raw table: `line` and the raw columns as text, in categories.

    `attrs` holds, where the format has them, `labels` (column → code → label), `column_labels`,
    `user_missing` (column → [lowest, highest] of each declaration), `hidden_rows` (lines that a
    sheet hides), `merged_across` (lines with a cell that is merged over columns, and these), `cut`
    (rows that settings cut off) and, for REDCap, `forms`, `field_kinds`, `checkboxes` and
    `unlabelled` (column → code → lines that hold it in place of a label) and `chosen_otherwise`
    (column → lines that hold neither code nor label of the field's choices); of a decimal comma
    beside true numbers `pointed` (column → lines with a point in text). Raises CespError when the
    file is not what config says.
    """
    if path.stat().st_size == 0:
        raise CespError(f"{file.path}: the file is empty; export it again")
    kind = file.kind_of_file()
    if kind == "csv":
        from cesp_analysis.intake.csv_file import read_csv as read
    elif kind == "xlsx":
        from cesp_analysis.intake.xlsx_file import read_xlsx as read
    elif kind in ("sav", "dta"):
        from cesp_analysis.intake.statistical_file import read_statistical as read
    else:
        raise CespError(
            f"{file.path}: its ending tells no format that can be read ({', '.join(FORMATS)});"
            " rename it, or save it as one of these"
        )
    frame = with_labels(read(path, file), file)
    if len(frame) == 0 and not file.may_be_empty:
        raise CespError(
            f"{file.path}: holds column names but no records; export it again, or, where nothing is"
            " recorded yet, say may_be_empty: true"
        )
    from cesp_analysis.distinct import coded
    from cesp_analysis.intake.header_again import check_header_again

    frame.attrs = shared(frame.attrs)
    frame = coded(frame)
    check_header_again(frame, file.path)
    return frame
