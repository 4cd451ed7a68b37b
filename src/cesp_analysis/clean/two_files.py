"""Respondents of one id and wave in the files of two sites: see two_places.py for one file."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.clean.file import Cleaned
from cesp_analysis.clean.problems import ProblemList
from cesp_analysis.clean.two_places import KIND
from cesp_analysis.study.files import RawFile


def apart_in_files(cleaned: dict[str, Cleaned], files: dict[str, RawFile]) -> dict[str, Cleaned]:
    """Without records whose id and wave an earlier file has in another site; each is listed.

    Files stand in config's order: the first one's record counts. Records of one site are left, and
    so are those of a file with several waves a row, whose row cannot be set aside for one of them.
    """
    asked = [name for name, file in files.items() if file.level == "respondent" and file.unit]
    records = _records({name: cleaned[name] for name in asked})
    several = records[records.duplicated(["unit", "time"], keep=False)]
    if several["file"].nunique() < 2:
        return cleaned
    groups = several.groupby(["unit", "time"], sort=False)[["file", "line", "site"]]
    first = groups.transform("first")
    apart = (several["site"] != first["site"]) & (several["file"] != first["file"])
    found = dict(cleaned)
    for name, rows in several[apart].groupby("file", sort=False):
        before = first.loc[rows.index]
        said = [
            f"{here} here, {there} on line {int(line)} of {files[str(file)].path}"
            for here, there, line, file in zip(
                rows["site"], before["site"], before["line"], before["file"], strict=True
            )
        ]
        found[str(name)] = _without(
            found[str(name)], files[str(name)], rows["line"].to_numpy(), said
        )
    return found


def _records(parts: dict[str, Cleaned]) -> pd.DataFrame:
    """File, line, unit, wave and site of the records that say all of them."""
    rows = [pd.DataFrame({"file": [], "line": [], "unit": [], "time": [], "site": []})]
    for name, part in parts.items():
        held = part.records[["line", "unit", "time", "site"]]
        own = held.astype({"unit": "str", "time": "str", "site": "str"}).assign(file=name)
        known = held[["time", "site"]].notna().all(axis=1)
        rows.append(own[known & ~held["line"].duplicated(keep=False)])
    return pd.concat(rows, ignore_index=True)


def _without(
    part: Cleaned, file: RawFile, lines: "np.ndarray[Any, Any]", said: list[str]
) -> Cleaned:
    """The file without these lines, which the ledger and the list of problems have."""
    problems = ProblemList(file.path, [part.problems])
    problems.add(KIND, file.unit or "", lines, pd.Series(said, dtype="str"), "set aside")
    out = part.ledger["line"].isin(lines)
    ledger = part.ledger.assign(
        status=part.ledger["status"].mask(out, "set aside"),
        reason=part.ledger["reason"].mask(out, KIND),
    )
    records = part.records[~part.records["line"].isin(lines)].reset_index(drop=True)
    return replace(part, records=records, ledger=ledger, problems=problems.sorted())
