"""One raw file, cleaned: its records, its part of the ledger, its problems."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.clean.answered import boxes_of
from cesp_analysis.clean.columns import SET_TO_MISSING, stripped_words
from cesp_analysis.clean.cut import STATUS, with_cut
from cesp_analysis.clean.derive import complete, derived
from cesp_analysis.clean.long_format import of_others
from cesp_analysis.clean.parts import respelled_choices, set_apart, unticked_blank
from cesp_analysis.clean.problems import ProblemList
from cesp_analysis.clean.reader import Reader
from cesp_analysis.clean.records import (
    ANSWERED,
    Draft,
    Words,
    identified,
    linked,
    without_duplicates,
)
from cesp_analysis.declared.columns import Items
from cesp_analysis.declared.derived import sources_of
from cesp_analysis.declared.files import RawFile, Variable
from cesp_analysis.distinct import repeated
from cesp_analysis.whole_files import BrokenContract


@dataclass(frozen=True)
class Cleaned:
    """Records (one row a record and time), ledger (one row a record), problems; boxes: variables
    that are boxes to be ticked; unopened: variable → lines in which its REDCap form holds nothing,
    where events ask."""

    records: pd.DataFrame
    ledger: pd.DataFrame
    problems: pd.DataFrame
    boxes: frozenset[str] = frozenset()
    unopened: Mapping[str, frozenset[int]] = field(default_factory=dict)


def clean_file(
    raw: pd.DataFrame, name: str, file: RawFile, words: Words, items: Items,
    people: set[str] | None, invitations: bool = False,
) -> Cleaned:  # fmt: skip
    """Clean one file; `people` are the ids of the register, None if there is none yet.

    `invitations`: a row is one; without an id, rows that are equal are no copies of each other."""
    problems = ProblemList(file.path)
    apart = set_apart(raw, file)
    respelled_choices(raw, file, problems)
    apart = apart.mask((apart == "") & of_others(raw, file, items), "other_rows")
    meant = unticked_blank(_part(raw, apart == ""), problems)
    _short_records(meant, problems)
    _hidden_rows(meant, problems)
    _near_ids(meant, problems)
    draft = identified(meant, name, file, words, problems)
    if file.unit is not None or not invitations:
        draft = without_duplicates(draft, meant, file, items, problems)
    if file.level == "person" and not file.lists_people and people is not None:
        draft = linked(draft, people, file, problems)
    kept = draft.reason == ""
    typed = _typed(_part(meant, kept), _part(draft.frame, kept), file, words, items, problems)
    ledger = _ledger(raw, name, file, draft, apart)
    _nothing_lost(raw, typed, ledger, name)
    ledger = with_cut(ledger, raw, name, problems)
    listed = pd.concat(problems.frames, ignore_index=True) if problems.frames else _no_problems()
    listed = listed.sort_values(["line", "column", "kind"], kind="stable")
    return Cleaned(typed, ledger, listed, boxes_of(raw, file))


def _part(table: pd.DataFrame, rows: "pd.Series[bool]") -> pd.DataFrame:
    """The rows meant; the table itself, not a copy, if all of them are."""
    return table if rows.all() else table[rows]


def _ledger(
    raw: pd.DataFrame, name: str, file: RawFile, draft: Draft, apart: "pd.Series[Any]"
) -> pd.DataFrame:
    """One row a raw record: kept, or set aside and why."""
    reason = apart.mask(apart == "", draft.reason.reindex(raw.index))
    aside = reason != ""
    own = draft.frame["unit"]
    unit = stripped_words(raw[file.unit]) if file.unit else own.reindex(raw.index)
    status = pd.Categorical.from_codes(aside.to_numpy().astype(np.int8), pd.Index(STATUS))
    return pd.DataFrame(
        {
            "file": repeated(name, len(raw)),
            "line": raw["line"],
            "unit": unit.where(unit != "") if (unit == "").any() else unit,
            "status": status,
            "reason": reason.where(aside),
        },
        index=raw.index,
        copy=False,
    )


def _typed(
    raw: pd.DataFrame,
    frame: pd.DataFrame,
    file: RawFile,
    words: Words,
    items: Items,
    problems: ProblemList,
) -> pd.DataFrame:
    """The declared variables and items of the kept records, typed; wide ones one row a time."""
    reader = Reader(raw, file, words.period, problems)
    plain = {name: entry for name, entry in file.variables.items() if not entry.columns}
    wide = {name: entry for name, entry in file.variables.items() if entry.columns}
    columns = {name: reader.variable(name, entry) for name, entry in plain.items()}
    for instrument in file.instruments:
        columns |= reader.items(instrument, items[instrument])
    typed = pd.DataFrame(columns, index=frame.index, copy=False)
    records = pd.concat([frame, typed], axis=1)
    records = _long(records, reader, wide) if wide else records
    for name, how in file.derived.items():
        records[name] = derived(records, name, how)
        lost = (complete(records, how) & records[name].isna()).to_numpy()
        lines, values = records["line"].to_numpy()[lost], records.loc[lost, sources_of(how)[0]]
        problems.add("not_derived", name, lines, values.astype("str"), SET_TO_MISSING)
    return records.reset_index(drop=True)


def _long(records: pd.DataFrame, reader: Reader, wide: dict[str, Variable]) -> pd.DataFrame:
    """Wide variables: one more row a time; the plain variables stay in the row without a time."""
    times = dict.fromkeys(time for entry in wide.values() for time in entry.columns or {})
    identity = ["line", "unit", "date", "site", "arm", "neighbourhood", "link_worker", "weight"]
    identity += [name for name in ANSWERED if name in records]
    parts = [records]
    for time in times:
        part = records[identity].assign(time=time)
        for name, entry in wide.items():
            if time in (entry.columns or {}):
                part[name] = reader.variable(name, entry, time)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _short_records(raw: pd.DataFrame, problems: ProblemList) -> None:
    short = raw.isna().any(axis=1).to_numpy()
    first = raw.columns[1]
    problems.add(
        "short_record",
        "",
        raw["line"].to_numpy()[short],
        raw.loc[short, first],
        "the missing cells were read as blank",
    )


def _hidden_rows(raw: pd.DataFrame, problems: ProblemList) -> None:
    """Somebody may have filtered a sheet, to look at it or to leave records out: not known."""
    lines = raw["line"].to_numpy()
    hidden = lines[np.isin(lines, raw.attrs.get("hidden_rows", []))]
    problems.add("hidden_row", "", hidden, pd.Series(hidden.astype("str")), "read like the others")


def _near_ids(raw: pd.DataFrame, problems: ProblemList) -> None:
    lines = raw["line"].to_numpy()
    for column, noted in raw.attrs.get("near_ids", {}).items():
        near = np.isin(lines, noted)
        problems.add(
            "near_id",
            column,
            lines[near],
            stripped_words(raw[column]).astype("str")[near],
            "another id",
        )


def _no_problems() -> pd.DataFrame:
    names = ("file", "line", "column", "kind", "value", "action")
    return pd.DataFrame(
        {name: pd.Series(dtype="int64" if name == "line" else "str") for name in names}
    )


def _nothing_lost(
    raw: pd.DataFrame, records: pd.DataFrame, ledger: pd.DataFrame, name: str
) -> None:
    """in = out + set aside, record by record; anything else is a fault of the program."""
    out = records["line"].unique()
    aside = ledger.loc[ledger["status"] == "set aside", "line"].to_numpy()
    both = np.concatenate([out, aside])  # each line of raw is there once
    if not np.array_equal(np.sort(both), np.sort(raw["line"].to_numpy())):
        raise BrokenContract(f"{name}: records were lost between raw and processed")
