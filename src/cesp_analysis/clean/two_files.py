"""Respondents of one id and wave in two files: see two_places.py for one file."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.clean.answered import answered
from cesp_analysis.clean.file import Cleaned
from cesp_analysis.clean.problems import ProblemList
from cesp_analysis.clean.two_places import KIND
from cesp_analysis.declared.files import RawFile

SAME_SITE = "one_id_two_files"
_PLACES = ["site", "arm", "neighbourhood", "link_worker"]
_NO_ANSWER = ("line", "answering_mode", "questionnaire_version")
"""Columns in which two records of one questionnaire may differ: a copy typed from paper."""
_NAMED = 5  # columns that are named of those in which two records differ


def apart_in_files(cleaned: dict[str, Cleaned], files: dict[str, RawFile]) -> dict[str, Cleaned]:
    """Without records whose id and wave another file has, in the same site or another; each is
    listed with the file and line of the one that counts.

    Of copies the first in config's order of files counts; of a record without an answer and one
    that has answers the latter; of those that differ what the later file's `duplicates` says.
    A file with several waves a row is passed over: its row cannot be set aside for one of them.
    """
    asked = [name for name, file in files.items() if file.level == "respondent" and file.unit]
    records = _records({name: cleaned[name] for name in asked})
    several = _in_several(records[records.duplicated(["unit", "time"], keep=False)])
    if several.empty:
        return cleaned
    several = several.reset_index(drop=True)
    held = _contents(several, cleaned)
    told = _copies(several, held, files)
    left = _in_several(several[~several.index.isin(told.index)])
    told = pd.concat([told, _silent(left, cleaned, files)])
    left = _in_several(several[~several.index.isin(told.index)])
    told = pd.concat([told, _differing(left, held, files)])
    found = dict(cleaned)
    rows = several[["file", "line"]].join(told, how="inner")
    for name, own in rows.groupby("file", sort=False):
        found[str(name)] = _without(found[str(name)], files[str(name)], own)
    return found


def _in_several(records: pd.DataFrame) -> pd.DataFrame:
    """Those whose id and wave stand in more than one file."""
    groups = records.groupby(["unit", "time"], sort=False)["file"]
    return records[groups.transform("nunique") > 1]


def _records(parts: dict[str, Cleaned]) -> pd.DataFrame:
    """File, line, unit, wave and places of the records that say their wave."""
    rows = [pd.DataFrame({one: [] for one in ("file", "line", "unit", "time", *_PLACES)})]
    for name, part in parts.items():
        held = part.records[["line", "unit", "time", *_PLACES]]
        own = held.astype(dict.fromkeys(["unit", "time", *_PLACES], "str")).assign(file=name)
        rows.append(own[held["time"].notna() & ~held["line"].duplicated(keep=False)])
    return pd.concat(rows, ignore_index=True)


def _contents(several: pd.DataFrame, cleaned: Mapping[str, Cleaned]) -> pd.DataFrame:
    """What the records say, in the order of `several`; '' where nothing."""
    parts = []
    for name, own in several.groupby("file", sort=False):
        records = cleaned[str(name)].records
        rows = records.set_index("line").loc[own["line"]].astype("object")
        rows = rows.drop(columns=[one for one in _NO_ANSWER if one in rows])
        parts.append(rows.set_index(own.index))
    held = pd.concat(parts).loc[several.index]
    return held.where(held.notna(), "")


def _copies(
    several: pd.DataFrame, held: pd.DataFrame, files: Mapping[str, RawFile]
) -> pd.DataFrame:
    alike = pd.Series(list(map(tuple, held.to_numpy())), index=held.index)
    keyed = several.assign(content=pd.factorize(alike)[0])
    first = keyed.groupby(["unit", "time", "content"], sort=False)[["file", "line"]]
    before = first.transform("first")
    copies = keyed["file"] != before["file"]
    said = [f"as {_place(row, files)}" for row in before[copies].itertuples()]
    return _told(several.index[copies], "exact_duplicate", said)


def _silent(
    left: pd.DataFrame, cleaned: Mapping[str, Cleaned], files: Mapping[str, RawFile]
) -> pd.DataFrame:
    """Records without an answer, beside one with answers that names no other place."""
    holds = pd.Series(False, index=left.index)
    for name, own in left.groupby("file", sort=False):
        of_file = cleaned[str(name)]
        full = answered(of_file.records, files[str(name)], of_file.boxes)
        holds[own.index] = own["line"].isin(of_file.records.loc[full, "line"])
    by = [left["unit"], left["time"]]
    beside = ~holds & holds.groupby(by, sort=False).transform("any")
    for part in _PLACES:
        beside &= left[part].groupby(by, sort=False).transform("nunique") <= 1
    other = left.where(holds).groupby(by, sort=False)[["file", "line"]].transform("first")
    said = [f"answers {_place(row, files)}" for row in other[beside].itertuples()]
    return _told(left.index[beside], "empty_duplicate", said)


def _differing(
    left: pd.DataFrame, held: pd.DataFrame, files: Mapping[str, RawFile]
) -> pd.DataFrame:
    """Records that the declared rule does not keep, each with the one that it is held against."""
    groups = left.assign(at=left.index).groupby(["unit", "time"], sort=False)
    groups = groups[["file", "line", "site", "at"]]
    first, last = groups.transform("first"), groups.transform("last")
    rule = last["file"].map({name: file.duplicates for name, file in files.items()})
    itself = left.index == first["at"]
    keep_last, neither = rule == "keep_last", rule == "keep_neither"
    other = first.where(~(keep_last | (neither & itself)), last)
    out = neither | (left["file"] != other["file"])
    rows, against = left[out], other[out]
    known = rows["site"].notna() & against["site"].notna()
    apart = known & (rows["site"] != against["site"])
    pairs: Any = zip(rows.itertuples(), against.itertuples(), apart, strict=True)
    said = [
        f"{one.site} here, {two.site} {_place(two, files)}"
        if two_sites
        else f"another {_names(held, one.Index, int(two.at))} than {_place(two, files)}"
        for one, two, two_sites in pairs
    ]
    return _told(rows.index, np.where(apart, KIND, SAME_SITE), said)


def _names(held: pd.DataFrame, one: int, other: int) -> str:
    """The columns in which two records differ."""
    pair = zip(held, held.loc[one], held.loc[other], strict=True)
    differ = [str(name) for name, here, there in pair if here != there]
    more = f" and {len(differ) - _NAMED} more" if len(differ) > _NAMED else ""
    return ", ".join(differ[:_NAMED]) + more


def _place(row: Any, files: Mapping[str, RawFile]) -> str:
    return f"on line {int(row.line)} of {files[str(row.file)].path}"


def _told(index: Any, kind: Any, said: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"kind": kind, "said": pd.Series(said, index=index, dtype="str")}, index)


def _without(part: Cleaned, file: RawFile, told: pd.DataFrame) -> Cleaned:
    """The file without these lines, which the ledger and the list of problems have."""
    problems = ProblemList(file.path, [part.problems])
    for kind, own in told.groupby("kind", sort=False):
        problems.add(str(kind), file.unit or "", own["line"].to_numpy(), own["said"], "set aside")
    reasons = told.set_index("line")["kind"]
    out = part.ledger["line"].isin(reasons.index)
    ledger = part.ledger.assign(
        status=part.ledger["status"].mask(out, "set aside"),
        reason=part.ledger["reason"].mask(out, part.ledger["line"].map(reasons)),
    )
    records = part.records[~part.records["line"].isin(reasons.index)].reset_index(drop=True)
    return replace(part, records=records, ledger=ledger, problems=problems.sorted())
