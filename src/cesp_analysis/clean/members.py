"""What the records of one respondent say in several waves: one place, and what cannot change."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cesp_analysis.clean.file import Cleaned
from cesp_analysis.clean.problems import ProblemList
from cesp_analysis.declared.files import RawFile

if TYPE_CHECKING:
    from cesp_analysis.clean.spec import CleanSpec

KEPT = "kept as it is; the records count as one respondent's"


def members_agree(cleaned: dict[str, Cleaned], how: "CleanSpec") -> dict[str, Cleaned]:
    """List panel members' records that are at odds with the member's earlier ones."""
    surveys = {name: file for name, file in how.files.items() if file.level == "respondent"}
    if not any(file.unit for file in surveys.values()):
        return cleaned
    asked = {"site": "two_sites"}
    asked |= dict.fromkeys(how.members.constant, "not_constant")
    asked |= dict.fromkeys(how.members.rising, "fell_back")
    several = _several(cleaned, surveys, how.times, list(asked))
    listed = dict(cleaned)
    for name, kind in asked.items():
        if name not in several:
            continue
        before = _before(several, several[name])
        at_odds = _at_odds(several, name, kind, before, surveys)
        for file, rows in several[at_odds].groupby("file", sort=False):
            said = _said(rows[name], before[rows.index])
            own = surveys[str(file)]
            listed[str(file)] = _with(listed[str(file)], own, kind, name, rows["line"], said)
    return listed


def _at_odds(
    several: pd.DataFrame,
    name: str,
    kind: str,
    before: "pd.Series[Any]",
    surveys: dict[str, RawFile],
) -> "pd.Series[bool]":
    """Which records say another thing than before, or a lower one; not where either is unknown."""
    now = several[name]
    if kind == "fell_back":
        ranks = _ranks(now, name, surveys)
        return ranks < _before(several, ranks).astype("float64")
    return now.notna() & before.notna() & (now.astype("object") != before)


def _several(
    cleaned: dict[str, Cleaned],
    surveys: dict[str, RawFile],
    times: tuple[str, ...],
    names: list[str],
) -> pd.DataFrame:
    """The records of respondents who have more than one, by respondent and wave."""
    parts = []
    for name, file in surveys.items():
        if file.unit:
            held = cleaned[name].records
            own = held[[c for c in ("line", "unit", "time", *names) if c in held]]
            parts.append(
                own.astype({"unit": "str", "time": "str", "site": "str"}).assign(file=name)
            )
    records = pd.concat(parts, ignore_index=True)
    own = records[records["unit"].duplicated(keep=False)]
    order = {time: number for number, time in enumerate(times)}
    own = own.assign(wave=own["time"].map(order))
    return own.sort_values(["unit", "wave"], kind="stable").reset_index(drop=True)


def _before(records: pd.DataFrame, values: "pd.Series[Any]") -> "pd.Series[Any]":
    """What the member's last earlier record with an answer says; missing for the first."""
    known = values.astype("object").groupby(records["unit"], sort=False).ffill()
    earlier: pd.Series[Any] = known.groupby(records["unit"], sort=False).shift()
    return earlier


def _ranks(values: "pd.Series[Any]", name: str, surveys: dict[str, RawFile]) -> "pd.Series[float]":
    """Numbers as they are; categories by their place in the order that config lists."""
    if values.dtype == "float64":
        return values
    order: dict[str, int] = {}
    for file in surveys.values():
        for code in _codes(file, name):
            order.setdefault(code, len(order))
    return values.map(order).astype("float64")


def _codes(file: RawFile, name: str) -> list[str]:
    if name in file.derived:
        derived = file.derived[name]
        return [*(derived.labels or ()), *(derived.values or {}).values()]
    entry = file.variables.get(name)
    return list((entry.values or {}).values()) if entry else []


def _said(now: "pd.Series[Any]", before: "pd.Series[Any]") -> "pd.Series[Any]":
    pairs = zip(now, before, strict=True)
    return pd.Series([f"{_word(new)}, before: {_word(old)}" for new, old in pairs], dtype="str")


def _word(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _with(
    part: Cleaned,
    file: RawFile,
    kind: str,
    name: str,
    lines: "pd.Series[int]",
    said: "pd.Series[Any]",
) -> Cleaned:
    problems = ProblemList(file.path, [part.problems])
    if kind == "two_sites":
        column = file.site.column or "" if file.site else ""
    else:
        column = file.variable_column(name) if name in file.variables else name
    problems.add(kind, column, lines.to_numpy(dtype=np.int64), said, KEPT)
    return replace(part, problems=problems.sorted())
