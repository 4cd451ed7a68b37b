"""Small inputs of the parts of cleaning, and what they list, for tests of one part at a time."""

from typing import Any

import pandas as pd

from cesp_analysis.clean.file import Cleaned
from cesp_analysis.clean.problems import ProblemList
from cesp_analysis.clean.spec import CleanSpec
from cesp_analysis.declared.files import RawFile

NO_PROBLEMS = pd.DataFrame(
    {
        name: pd.Series(dtype="int64" if name == "line" else "str")
        for name in ("file", "line", "column", "kind", "value", "action")
    }
)


def entry(**how: Any) -> RawFile:
    """A file's entry in config."""
    return RawFile.model_validate({"path": "f.csv", "level": "person"} | how)


def raw(_attrs: dict[str, Any] | None = None, **columns: list[Any]) -> pd.DataFrame:
    """A raw file as text, from line 2 on; None is an absent cell."""
    table = pd.DataFrame(columns, dtype="str")
    table.insert(0, "line", range(2, len(table) + 2))
    table.attrs = _attrs or {}
    return table


def records(units: list[Any], **columns: Any) -> pd.DataFrame:
    """Cleaned records from line 2 on; columns that are not given are as where nothing is said."""
    n = len(units)
    plain: dict[str, Any] = dict.fromkeys(
        ("time", "date", "site", "arm", "neighbourhood", "link_worker")
    )
    given = {"line": range(2, n + 2), "unit": units} | plain | {"weight": 1.0} | columns
    table = pd.DataFrame(given, index=range(n))
    words = dict.fromkeys(("unit", *plain), "str")
    return table.astype(words)


def part(held: pd.DataFrame, name: str = "f", problems: pd.DataFrame = NO_PROBLEMS) -> Cleaned:
    """A cleaned file whose records were all kept."""
    ledger = pd.DataFrame(
        {
            "file": name,
            "line": held["line"].to_numpy(),
            "unit": held["unit"].to_numpy(),
            "status": pd.Categorical(["kept"] * len(held), ["kept", "set aside"]),
            "reason": pd.Series(None, index=range(len(held)), dtype="str"),
        }
    )
    return Cleaned(held, ledger, problems)


def spec(files: dict[str, RawFile], **how: Any) -> CleanSpec:
    """What cleaning is told."""
    given = {"files": files, "arms": {}, "times": ("before", "after")} | how
    return CleanSpec.model_validate(given)


def listed(problems: ProblemList | pd.DataFrame) -> list[tuple[Any, ...]]:
    """Line, column, kind, value and action of each problem; None where no value is given."""
    table = problems if isinstance(problems, pd.DataFrame) else _joined(problems)
    columns = ["line", "column", "kind", "value", "action"]
    rows = table[columns].astype("object").to_numpy().tolist()
    return [tuple(None if cell != cell else cell for cell in row) for row in rows]


def _joined(problems: ProblemList) -> pd.DataFrame:
    return pd.concat(problems.frames, ignore_index=True) if problems.frames else NO_PROBLEMS


def values(cells: "pd.Series[Any]") -> list[Any]:
    """A column's values; None where one is missing."""
    return [None if cell != cell or cell is None else cell for cell in cells.astype("object")]
