"""What one raw column seems to hold, in words: type, range, missing, and what looks odd in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cesp_analysis.distinct import Distinct
from cesp_analysis.intake.finding import Finding, answers_in, cells_of, finding_of
from cesp_analysis.intake.finding_days import SERIAL
from cesp_analysis.intake.personal import counts_days, personal_in
from cesp_analysis.usual_codes import labelled_none


@dataclass(frozen=True)
class Profile:
    """One column of one file, as `Described` has it."""

    file: str
    column: str
    label: str
    type: str
    records: int
    missing: int
    distinct: int
    values: str
    remark: str


def profile_of(frame: pd.DataFrame, column: str, file: str, counted: bool = True) -> Profile:
    """What a column of a Raw table holds; codes that the file declares missing count as such.

    `counted`: say how often each category occurs.
    """
    answers, declared = answers_in(frame, column)
    finding = finding_of(answers)
    kind, values, odd = _worded(finding, counted)
    labels = frame.attrs.get("labels", {}).get(column, {})
    odd += beyond_labels(finding, labels)
    odd += so_labelled(finding, labels)
    shown = ", ".join(f"{code} = {label}" for code, label in labels.items()) or values
    remarks = [*odd, *_remarks(cells_of(frame, column), answers, column)]
    if counts_days(finding, column):
        remarks.append("may be dates, as Excel counts days (declare format: excel)")
    if declared:
        remarks.append(f"{declared} with a code that the file declares missing")
    return Profile(
        file=file,
        column=column,
        label=str(frame.attrs.get("column_labels", {}).get(column, "")),
        type=kind,
        records=len(frame),
        missing=len(frame) - len(answers),
        distinct=int(answers.nunique()),
        values=shown if len(shown) <= 100 else shown[:99] + "…",
        remark="; ".join(remarks),
    )


def _worded(found: Finding, counted: bool) -> tuple[str, str, list[str]]:
    """Type, values, and what does not fit the type."""
    if found.kind in ("whole number", "number"):
        return found.kind, found.span(), list(_odd_numbers(found))
    if found.kind == "date":
        return _date(found)
    if found.kind == "category":
        words = found.words().items()
        return found.kind, ", ".join(f"{w} ({n})" if counted else w for w, n in words), []
    if found.kind == "text":
        lengths = found.answers.str.len()
        return found.kind, f"{lengths.min()} to {lengths.max()} characters", []
    return found.kind, "", []


def beyond_labels(found: Finding, labels: dict[str, str]) -> list[str]:
    """A remark if numbers lie below the lowest or above the highest that has a label."""
    if found.kind not in ("whole number", "number") or not labels:
        return []
    coded = pd.to_numeric(pd.Series(list(labels), dtype="str"), errors="coerce").dropna()
    known = found.known()
    beyond = known[(known < coded.min()) | (known > coded.max())] if len(coded) else known[:0]
    if not len(beyond):
        return []
    listed = [f"{value:.10g}" for value in sorted(set(beyond))]
    shown = ", ".join(listed[:4]) + (", …" if len(listed) > 4 else "")
    return [f"{len(beyond)} beyond the labels {coded.min():g} to {coded.max():g}: {shown}"]


def so_labelled(found: Finding, labels: dict[str, str]) -> list[str]:
    """A remark on each code whose label says that there is no answer (9 = Refused)."""
    return [
        f"{code} is labelled '{labels[code]}' and may mean no answer (declare missing: [{code}])"
        for code in labelled_none(labels, found.answers)
        if code not in found.codes
    ]


def _odd_numbers(found: Finding) -> Iterator[str]:
    if found.commas:
        remedy = " (declare decimal: ',')" if found.commas_only else ""
        yield f"{found.commas} with a decimal comma{remedy}"
    if found.thousands and not found.commas_only:
        yield f"{found.thousands} with a comma before three digits: thousands, or decimals? ask"
    words = found.misfits()
    if len(words):
        yield f"{len(words)} not a number, e.g. '{words.iloc[0]}'"
    if found.codes:
        listed = ", ".join(found.codes)
        yield f"{listed} may mean no answer (declare missing: [{listed}])"


def _date(found: Finding) -> tuple[str, str, list[str]]:
    misfits = found.misfits()
    odd = [f"{len(misfits)} not so written, e.g. '{misfits.iloc[0]}'"] if len(misfits) else []
    written = [", ".join(formats) for formats in found.ways]
    if len(written) > 1:
        odd.append(f"could be {' or '.join(written)}: ask which")
    assert found.values is not None
    if any(SERIAL in formats for formats in found.ways):
        odd.append("some are numbers, as Excel counts days (format: excel reads them)")
    first, last = found.values.min().date().isoformat(), found.values.max().date().isoformat()
    return f"date {written[0]}", f"{first} to {last}", odd


def _remarks(raw: "pd.Series[Any]", answers: "pd.Series[Any]", column: str) -> Iterator[str]:
    distinct = Distinct.of(raw)
    padded = int(distinct.where((distinct.words != distinct.words.str.strip()).fillna(False)).sum())
    if padded:
        yield f"{padded} with spaces around"
    words = pd.Series(answers.unique(), dtype="str")
    same = words.str.casefold().duplicated(keep=False)
    if same.any():
        yield "the same word written differently: " + ", ".join(sorted(words[same])[:4])
    if re.search(r"(^|_)(id|urn|key)$", column.lower()) and answers.duplicated().any():
        again = answers[answers.duplicated()].nunique()
        yield f"{again} {'id stands' if again == 1 else 'ids stand'} more than once"
    if what := personal_in(answers):
        yield f"looks like {what}: personal data"
