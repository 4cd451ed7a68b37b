"""Every table that passes between two steps, declared once; reading and writing check it."""

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cesp_analysis.attributes import shared
from cesp_analysis.columns import Column, Table
from cesp_analysis.formulas import guarded, unguarded
from cesp_analysis.released_tables import with_withheld
from cesp_analysis.table_files import to_csv, to_parquet
from cesp_analysis.whole_files import BrokenContract, Spoilt, existing, replaced, write_text
from cesp_analysis.withheld import WITHHELD, Rounded, told

if TYPE_CHECKING:
    import pandas as pd


def write(frame: "pd.DataFrame", path: Path, contract: type[Table]) -> None:
    """Check a table and write it, whole or not at all (.parquet, or .csv for people to read)."""
    checked = _checked(frame, path, contract, _texts(contract) if path.suffix != ".csv" else ())
    with replaced(path) as part:
        if path.suffix == ".parquet":
            to_parquet(checked, part)
        else:
            whole_columns = [n for n, c in contract.columns().items() if c.kind == "whole"]
            to_csv(checked.assign(**{n: checked[n].astype("Int64") for n in whole_columns}), part)


def write_csv(frame: "pd.DataFrame", path: Path) -> None:
    """Write a table for other programs, whole or not at all; text is guarded as in `write`."""
    with replaced(path) as part:
        to_csv(frame.copy(), part)


def _texts(contract: type[Table]) -> list[str]:
    return [name for name, column in contract.columns().items() if column.kind == "text"]


def read(
    path: Path,
    contract: type[Table],
    beyond: Collection[str] | None = None,
    coded: Collection[str] = (),
) -> "pd.DataFrame":
    """Read a table and check it. CSV cells come back with the contract's kinds.

    `beyond`: of a .parquet table, which columns beyond the contract's are wanted, where it has
    them; by default all. `coded`: columns of text that are wanted as categories.
    """
    import pandas as pd

    existing(path)
    if path.suffix == ".parquet":
        wanted = None if beyond is None else _present(path, {*contract.columns(), *beyond})
        frame = pd.read_parquet(path, columns=wanted)
        frame.attrs = shared(frame.attrs)
        if text := [name for name in coded if frame[name].dtype != "category"]:
            frame = frame.astype(dict.fromkeys(text, "str")).astype(dict.fromkeys(text, "category"))
        return _as_made(frame, path, contract, coded)
    released = _is_released(path)
    dtypes = {
        name: "float64"
        if column.kind in ("number", "whole") or (released and column.kind == "count")
        else "int64"
        if column.kind == "count"
        else "str"
        for name, column in contract.columns().items()
    }
    try:
        frame = pd.read_csv(path, dtype=dtypes, keep_default_na=False, na_values=[""])
    except ValueError as error:  # a cell that is no number, a row with more cells than the head
        raise Spoilt(f"{path}: {str(error).strip()}") from None
    for name in (name for name, kind in dtypes.items() if kind == "str" and name in frame):
        cells = frame[name].tolist()
        if any(type(cell) is str and cell.startswith("'") for cell in cells):
            frame[name] = frame[name].map(unguarded, na_action="ignore").astype("str")
    if released:
        return with_withheld(frame, contract)
    return _as_made(frame, path, contract)


def _as_made(
    frame: "pd.DataFrame", path: Path, contract: type[Table], coded: Collection[str] = ()
) -> "pd.DataFrame":
    """The table that was read, checked; of one that breaks its contract what to do about it."""
    try:
        return _checked(frame, path, contract, coded)
    except BrokenContract as error:
        raise Spoilt(str(error)) from None


def _present(path: Path, wanted: Collection[str]) -> list[str]:
    """The wanted columns that a .parquet table has, in its order."""
    from pyarrow.parquet import read_schema

    return [name for name in read_schema(path).names if name in wanted]


def rows(path: Path, contract: type[Table]) -> Iterator[dict[str, Any]]:
    """The rows of a CSV without pandas: numbers as float or None, counts as int, text as str."""
    kinds = {name: column.kind for name, column in contract.columns().items()}
    with existing(path).open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        if lacking := [name for name in kinds if name not in (reader.fieldnames or ())]:
            raise Spoilt(f"{path}: has no column {', '.join(lacking)}")
        released = (reader.fieldnames or ())[-1] == WITHHELD
        cell = _released_cell if released else _cell
        for row in reader:
            read = {name: cell(row[name], kind, path, name) for name, kind in kinds.items()}
            yield read | told(row[WITHHELD]) if released else read


def _is_released(path: Path) -> bool:
    """Whether a table has left the team's folder: its last column says what is withheld."""
    with path.open(encoding="utf-8", newline="") as stream:
        return next(csv.reader(stream))[-1] == WITHHELD


def _released_cell(value: str | None, kind: str, path: Path, name: str) -> Any:
    """A cell of a released table: numbers with their decimals; a count may be blank."""
    if value and kind == "number":
        _cell(value, kind, path, name)
        return Rounded(value)
    return _cell(value, "whole" if kind == "count" and not value else kind, path, name)


def write_rows(table: Iterable[Mapping[str, Any]], path: Path, contract: type[Table]) -> None:
    """Write a small CSV without pandas; text that a spreadsheet would run is guarded."""
    names = list(contract.columns())
    content = io.StringIO(newline="")
    lines = ([_guarded(row[name]) for name in names] for row in table)
    csv.writer(content, lineterminator="\n").writerows([names, *lines])
    write_text(content.getvalue(), path)


def _guarded(value: Any) -> Any:
    return guarded(value) if isinstance(value, str) else value


def _cell(value: str | None, kind: str, path: Path, name: str) -> Any:
    if value is None:
        raise Spoilt(f"{path}: {name}: a row ends before it")
    if kind not in ("number", "whole", "count"):
        return unguarded(value)
    if value == "" and kind != "count":
        return None
    try:
        return int(value) if kind == "count" else float(value)
    except ValueError:
        raise Spoilt(f"{path}: {name}: '{value}' is no number") from None


def _checked(
    frame: "pd.DataFrame", path: Path, contract: type[Table], coded: Collection[str] = ()
) -> "pd.DataFrame":
    """The table with the contract's kinds. `coded`: columns of text that may be categories."""
    from cesp_analysis.distinct import names_rows_twice

    columns = contract.columns()
    missing = [name for name in columns if name not in frame.columns]
    extra = [str(name) for name in frame.columns if name not in columns]
    if missing or (extra and not contract.open):
        raise BrokenContract(
            f"{path.name}: {contract.__name__} lacks {missing}, has {extra} beyond its contract"
        )
    names = [*columns, *extra]
    typed = frame if list(frame.columns) == names else frame[names]
    changed: dict[str, Any] = {}
    for name, column in columns.items():
        values, place = typed[name], f"{path.name}: {name}"
        if name not in coded or values.dtype != "category" or column.allowed:
            if (as_kind := _typed(values, column, place)) is not values:
                changed[name] = as_kind
        else:
            _no_blank(values, column, place)
    typed = typed.assign(**changed) if changed else typed
    # categories as they came: their codes are at hand, and text of them is no other
    given = [name for name in contract.key if name in changed and frame[name].dtype == "category"]
    keyed = typed.assign(**frame[given]) if given else typed
    if contract.key and names_rows_twice(keyed, contract.key):
        raise BrokenContract(f"{path.name}: {contract.key} does not name each row once")
    return typed.reset_index(drop=True)


def _no_blank(values: "pd.Series[Any]", column: Column, place: str) -> None:
    if not column.blank and bool(values.array.isna().any()):
        raise BrokenContract(f"{place}: blank in {int(values.isna().sum())} rows")


def _typed(values: "pd.Series[Any]", column: Column, place: str) -> "pd.Series[Any]":
    _no_blank(values, column, place)
    if column.allowed and not _are_among(values, set(column.allowed)):
        raise BrokenContract(f"{place}: holds {sorted(set(values.dropna()) - set(column.allowed))}")
    if column.kind == "count" and values.dtype == "int64":
        return values
    if column.kind in ("number", "whole", "count"):
        numbers = values if values.dtype == "float64" else values.astype("float64")
        if column.kind != "number" and not _are_whole(numbers):
            raise BrokenContract(f"{place}: holds numbers that are not whole")
        return values.astype("int64") if column.kind == "count" else numbers
    if column.kind == "category":
        return values if values.dtype == "category" else values.astype("str").astype("category")
    return values if values.dtype == "str" else values.astype("str")


def _are_whole(numbers: "pd.Series[Any]") -> bool:
    """Whether numbers are whole where they are known."""
    import numpy as np

    held = numbers.to_numpy()
    with np.errstate(invalid="ignore"):  # of an infinite number, which is none
        return not bool(((held % 1 != 0) & (held == held)).any())


def _are_among(values: "pd.Series[Any]", allowed: set[str]) -> bool:
    """Whether values are among the allowed ones where they are known."""
    if values.dtype == "category" and allowed.issuperset(values.cat.categories):
        return True
    return allowed.issuperset(values.dropna().unique())
