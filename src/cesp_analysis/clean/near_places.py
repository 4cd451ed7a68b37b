"""Neighbourhoods and link workers whose names the files write in several ways."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cesp_analysis.cells import respellings
from cesp_analysis.clean.file import Cleaned
from cesp_analysis.clean.problems import ProblemList

if TYPE_CHECKING:
    from cesp_analysis.clean.spec import CleanSpec

_LEVELS = ("person", "respondent")
_PARTS = ("neighbourhood", "link_worker")


def near_places(cleaned: dict[str, Cleaned], how: "CleanSpec") -> dict[str, Cleaned]:
    """List names that differ from one of the same site in another file in capitals or spaces alone.

    One line a file and name, at its first record. What one file writes in several ways, its own
    list has already, record by record.
    """
    found = dict(cleaned)
    for level in _LEVELS:
        names = [name for name, file in how.files.items() if file.level == level]
        for part in _PARTS:
            near = _near(pd.concat([_used(cleaned[n], n, part) for n in names] or [_NONE]))
            for name, rows in near.groupby("file", sort=False):
                found[str(name)] = _listed(found[str(name)], how, str(name), part, rows)
    return found


_NONE = pd.DataFrame({one: [] for one in ("site", "name", "line", "records", "file")})


def _used(part: Cleaned, file: str, column: str) -> pd.DataFrame:
    """Each name of a site that a file has: its first line, how many records have it."""
    records = part.records[part.records[column].notna()]
    if records.empty:
        return _NONE
    names = records.groupby(["site", column], observed=True, dropna=False, sort=False)["line"]
    used = names.agg(["first", "size"]).reset_index()
    used.columns = pd.Index(["site", "name", "line", "records"])
    text = used.astype({"site": "str", "name": "str"}).fillna({"site": ""})
    return text.assign(file=file).sort_values("line", kind="stable")


def _near(used: pd.DataFrame) -> pd.DataFrame:
    """The rows of `used` whose name is another spelling of one in another file of their site, with
    that one (name, file, line)."""
    parts = [used.iloc[:0].assign(known="", of="", at=0)]
    for _, rows in used.groupby("site", sort=False):
        words = pd.Series(np.repeat(rows["name"].to_numpy(), rows["records"].astype(int)))
        near = rows["name"].isin(respellings(words))
        if not near.any():
            continue
        plain = rows["name"].str.casefold().str.split().str.join(" ")
        first = rows.assign(plain=plain)[~near].drop_duplicates("plain").set_index("plain")
        told = plain[near].map(first["name"])
        of, at = plain[near].map(first["file"]), plain[near].map(first["line"])
        own = rows[near].assign(known=told, of=of, at=at)
        both = own["file"] + "\n" + own["known"]  # one file with both has its own list
        parts.append(own[~both.isin(set(rows["file"] + "\n" + rows["name"]))])
    return pd.concat(parts)


def _listed(part: Cleaned, how: "CleanSpec", name: str, column: str, rows: pd.DataFrame) -> Cleaned:
    file = how.files[name]
    source = getattr(file, column)
    problems = ProblemList(file.path, [part.problems])
    for row in rows.to_dict("records"):
        problems.add(
            "near_word",
            str(source.column or "") if source is not None else "",
            np.array([int(row["line"])]),
            pd.Series([row["name"]], dtype="str"),
            f"kept as another one than '{row['known']}' (line {int(row['at'])} of"
            f" {how.files[row['of']].path}; {int(row['records']):,} such here): values: of its"
            " column can write both in one way",
        )
    return replace(part, problems=problems.sorted())
