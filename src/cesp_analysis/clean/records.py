"""Which records count: each is kept, or set aside with its reason."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.cells import as_numbers_of, respellings
from cesp_analysis.clean.answered import without_answer
from cesp_analysis.clean.columns import (
    SET_TO_MISSING,
    categories,
    dates,
    is_blank,
    numbers,
    stripped,
    stripped_words,
)
from cesp_analysis.clean.problems import ProblemList
from cesp_analysis.clean.two_places import in_two_sites, listed
from cesp_analysis.declared.columns import Items
from cesp_analysis.declared.crosswalk import MODES
from cesp_analysis.declared.files import From, RawFile
from cesp_analysis.distinct import Distinct

ANSWERED = {"answering_mode": "mode", "questionnaire_version": "version"}
"""Columns of records beyond those of every file → the part of the entry that says them."""


@dataclass(frozen=True)
class Words:
    """What sites, arms and times are called: raw spelling → the study's name."""

    sites: dict[str, str]
    arms: dict[str, str]
    times: dict[str, str]
    period: tuple[str, str] | None = None


@dataclass(frozen=True)
class Draft:
    """Records of one file on their way: `reason` is '' while a record is kept.

    `frame` has the columns line, unit, time, date, site, arm, neighbourhood, link_worker, weight.
    """

    frame: pd.DataFrame
    reason: "pd.Series[Any]"


def identified(
    raw: pd.DataFrame, name: str, file: RawFile, words: Words, problems: ProblemList
) -> Draft:
    """Who, where and when each record is; records that do not say so are set aside.

    Without an id each record is its own unit, called by file and line.
    """
    lines = raw["line"].to_numpy()
    unit = stripped_words(raw[file.unit]) if file.unit else name + ":" + raw["line"].astype("str")
    frame = pd.DataFrame({"line": raw["line"], "unit": unit})
    reason = pd.Series("", index=raw.index, dtype="str")
    for part, names in (("time", words.times), ("site", words.sites), ("arm", words.arms)):
        frame[part] = _named(raw, getattr(file, part), names, part, problems)
        source = getattr(file, part)
        if source is not None and getattr(source, "by", None) is None:
            reason = reason.mask((reason == "") & frame[part].isna(), f"undeclared_{part}")
    for part in ("neighbourhood", "link_worker"):
        frame[part] = _plain(raw, getattr(file, part), file.missing, problems)
    for column, part in ANSWERED.items():
        if getattr(file, part) is not None:
            known = dict(zip(MODES, MODES, strict=True)) if part == "mode" else {}
            frame[column] = _plain(raw, getattr(file, part), file.missing, problems, known)
    frame["date"] = _date(raw, file, words.period, problems)
    frame["weight"] = _weight(raw, file, problems)
    reason = reason.mask(unit == "", "blank_id")
    problems.add(
        "blank_id", file.unit or "", lines[(unit == "").to_numpy()], unit[unit == ""], "set aside"
    )
    return Draft(frame, reason)


def without_duplicates(
    draft: Draft, raw: pd.DataFrame, file: RawFile, items: Items, problems: ProblemList
) -> Draft:
    """Repeated records: exact copies are set aside (the earlier ones where the last record counts:
    it may take back what was written between), then those without an answer beside one that has
    answers, then differing ones by the declared rule.

    Without an id, equal rows may be different units: they are kept, and listed. Copies that the
    study says are rows of their own (copies: keep) are kept like the others.
    """
    kept = draft.reason == ""
    same = raw.attrs.get("same_as", {})
    first = raw["line"].map({int(line): earliest for line, earliest in same.items()})
    alike = first.fillna(raw["line"])
    counts: Any = "last" if file.duplicates == "keep_last" and file.unit else "first"
    copies = alike[kept].duplicated(keep=counts)
    if file.unit is None:
        lines = draft.frame.loc[copies[copies].index, "line"]
        action = "kept: without an id, equal records may be different units"
        problems.add("exact_duplicate", "", lines.to_numpy(), lines.astype("str"), action)
        return draft
    if file.copies == "keep":
        return draft
    reason = _set_aside(draft, copies[copies].index, "exact_duplicate", file, problems)
    if file.one_row_per == "any":
        return Draft(draft.frame, reason)
    moment = "date" if file.time is not None and file.time.by else "time"
    by = ["unit"] if file.one_row_per == "unit" else ["unit", moment]
    left = draft.frame[reason == ""]
    if file.long_format is not None:
        by.append("question")
        left = left.assign(question=stripped(raw[file.long_format.question]))
    if moment == "date":  # two visits without a date are not known to be the same
        left = left[left["date"].notna()]
    draft = Draft(draft.frame, reason)
    silent = _beside_others(left, by, raw, file, items)
    reason = _set_aside(draft, silent, "empty_duplicate", file, problems)
    draft, left = Draft(draft.frame, reason), left.drop(index=silent)
    keep: Any = {"keep_last": "last", "keep_neither": False}.get(file.duplicates, "first")
    repeated = left.duplicated(by, keep=keep)
    apart = in_two_sites(left, repeated, by, file)
    draft = Draft(draft.frame, listed(reason, draft.frame["line"], apart, file, problems))
    repeated = repeated & ~repeated.index.isin(apart.index)
    reason = _set_aside(draft, repeated[repeated].index, "conflicting_duplicate", file, problems)
    return Draft(draft.frame, reason)


def _beside_others(
    left: pd.DataFrame, by: list[str], raw: pd.DataFrame, file: RawFile, items: Items
) -> "pd.Index[Any]":
    """The records without an answer of whose unit and time another record holds answers.

    Not where the records name different places: that is an answer too, and the declared rule's.
    """
    several = left[left.duplicated(by, keep=False)]
    if several.empty:
        return several.index
    silent = pd.Series(without_answer(raw.loc[several.index], file, items), index=several.index)
    groups = several.groupby(by, sort=False, dropna=False, observed=True).ngroup()
    beside = groups.isin(groups[~silent].unique())
    for part in _PLACES:
        apart = several[part].astype("str").groupby(groups).nunique() > 1  # blanks are not counted
        beside &= ~groups.map(apart)
    return several.index[silent & beside]


_PLACES = ("site", "arm", "neighbourhood", "link_worker")


def linked(draft: Draft, people: set[str], file: RawFile, problems: ProblemList) -> Draft:
    """Records of persons who are not in the register are set aside."""
    unknown = (draft.reason == "") & ~draft.frame["unit"].isin(people)
    reason = _set_aside(draft, unknown[unknown].index, "unknown_person", file, problems)
    return Draft(draft.frame, reason)


def _set_aside(
    draft: Draft, index: "pd.Index[Any]", kind: str, file: RawFile, problems: ProblemList
) -> "pd.Series[Any]":
    units = draft.frame.loc[index, "unit"]
    lines = draft.frame.loc[index, "line"].to_numpy()
    problems.add(kind, file.unit or "", lines, units, "set aside")
    return draft.reason.mask(draft.reason.index.isin(index), kind)


def _named(
    raw: pd.DataFrame, source: From | None, names: dict[str, str], part: str, problems: ProblemList
) -> "pd.Series[Any]":
    if source is None or source.column is None:  # no column: a constant, or a window to come
        constant = source.constant if source else None
        return pd.Series(constant, index=raw.index, dtype="str")
    column, lines, kind = raw[source.column], raw["line"].to_numpy(), f"undeclared_{part}"
    blank = is_blank(column)
    problems.add(kind, str(column.name), lines[blank], column[blank], "set aside")
    return categories(
        column,
        lines,
        problems,
        values=source.values or names,
        missing=(),
        kind=kind,
        action="set aside",
        as_text=False,
    )


def _plain(
    raw: pd.DataFrame,
    source: From | None,
    missing: tuple[str, ...],
    problems: ProblemList,
    known: dict[str, str] | None = None,
) -> "pd.Series[Any]":
    """Names as they stand, or as `values` has them; `known`: the only ones, where it has none."""
    if source is None or source.constant is not None:
        return pd.Series(source.constant if source else None, index=raw.index, dtype="str")
    column = raw[source.column]
    if values := source.values or known:
        lines = raw["line"].to_numpy()
        return categories(column, lines, problems, values=values, missing=missing, as_text=False)
    cells = Distinct.of(column)
    text = stripped(cells.words)
    lines, none = raw["line"].to_numpy(), [code.casefold() for code in missing]
    unsaid = text.str.casefold().isin(none)
    otherwise = cells.where(unsaid & ~text.isin(list(missing)))
    problems.add("respelled", str(column.name), lines[otherwise], column[otherwise], "no answer")
    names = cells.spread_words(text.where((text != "") & ~unsaid))
    noted = raw.attrs.get("near_words", {}).get(str(column.name))
    near = names.isin(respellings(names)) if noted is None else pd.Series(np.isin(lines, noted))
    mask = near.to_numpy(dtype=bool)
    problems.add("near_word", str(column.name), lines[mask], column[mask], "kept as another one")
    return names


def _date(
    raw: pd.DataFrame, file: RawFile, period: tuple[str, str] | None, problems: ProblemList
) -> "pd.Series[Any]":
    source = file.date
    if source is None or source.column is None:
        return pd.Series(source.constant if source else None, index=raw.index, dtype="str")
    column, lines = raw[source.column], raw["line"].to_numpy()
    return dates(
        column, lines, problems, formats=source.format, missing=file.missing, period=period
    )


def _weight(raw: pd.DataFrame, file: RawFile, problems: ProblemList) -> "pd.Series[Any]":
    source = file.weight
    if source is None or source.column is None:
        value = float(source.constant) if source and source.constant else 1.0
        return pd.Series(value, index=raw.index)
    column, lines = as_numbers_of(raw, source.column, file.missing), raw["line"].to_numpy()
    weights = numbers(
        column,
        lines,
        problems,
        allowed=None,
        missing=file.missing,
        decimal=file.decimal_marks(),
    )
    wrong = (weights <= 0).to_numpy()
    problems.add("not_a_weight", str(column.name), lines[wrong], column[wrong], SET_TO_MISSING)
    none = stripped(column).isin(["", *file.missing]).to_numpy()
    problems.add("no_weight", str(column.name), lines[none], column[none], "the weight is missing")
    return weights.mask(wrong)
