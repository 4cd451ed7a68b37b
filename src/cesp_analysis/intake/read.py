"""Raw files as text: nothing is interpreted, nothing is guessed, every cell keeps its line."""

from pathlib import Path
from typing import TYPE_CHECKING

from cesp_analysis.errors import CespError
from cesp_analysis.study.files import Written

if TYPE_CHECKING:
    import pandas as pd


def read_raw(path: Path, file: Written) -> "pd.DataFrame":
    """One raw file as a Raw table: `line` and the raw columns as text.

    `attrs` holds `labels` (column → code → label) and `user_missing` (column → codes) where the
    format has them. Raises CespError when the file is not what config says.
    """
    if path.stat().st_size == 0:
        raise CespError(f"{file.path}: the file is empty; export it again")
    kind = file.kind_of_file()
    if kind == "csv":
        from cesp_analysis.intake.csv_file import read_csv as read
    elif kind == "xlsx":
        from cesp_analysis.intake.xlsx_file import read_xlsx as read
    else:
        from cesp_analysis.intake.sav_file import read_sav as read
    frame = read(path, file)
    if len(frame) == 0:
        raise CespError(f"{file.path}: holds column names but no records; export it again")
    return frame


def check_header(names: list[str], path: str) -> None:
    """Column names must be there and differ; raises CespError with all that do not."""
    problems = []
    for name in dict.fromkeys(names):
        places = [str(i + 1) for i, other in enumerate(names) if other == name]
        if name == "line":
            problems.append(
                f"{path}: line 1: column {', '.join(places)} is called 'line', as the line number"
                " is called here; name it otherwise in the source"
            )
        if name == "":
            problems.append(
                f"{path}: line 1: column {', '.join(places)} has no name; name it in the source,"
                " or remove the separator at the line's end"
            )
        elif len(places) > 1:
            problems.append(
                f"{path}: line 1: '{name}' names columns {' and '.join(places)}; column names"
                " must differ"
            )
    if problems:
        raise CespError(problems)
