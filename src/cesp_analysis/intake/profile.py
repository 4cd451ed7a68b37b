"""What one raw column seems to hold: type, range, missing, and what looks odd in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

FORMATS = (
    "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d", "%d %b %Y", "%d-%b-%Y",
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S",
)  # fmt: skip
"""Ways to write dates that are tried."""
CODES = (
    "-9", "-8", "-7", "-99", "-98", "-97", "-88", "-77", "-999", "-998", "-888", "-666", "-200",
    "88", "98", "99", "888", "998", "999", "9999",
)  # fmt: skip
"""Numbers that usually mean: no answer."""
_MOSTLY = 0.9  # of the answers that must be numbers (dates) for the others to be oddities
_FEW = 15  # as many different words make categories
_PERSONAL = {
    "e-mail addresses": re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.I),
    "postcodes": re.compile(r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}"),
    "phone numbers": re.compile(r"\+?[\d() -]{10,}\d"),
}


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


def profile_of(frame: pd.DataFrame, column: str, file: str) -> Profile:
    """What a column of a Raw table holds; codes that the file declares missing count as such."""
    cells = frame[column].fillna("").str.strip()
    declared = _declared_missing(frame, column, cells)
    answers = cells[(cells != "") & ~declared]
    kind, values, odd = _kind(answers)
    labels = frame.attrs.get("labels", {}).get(column, {})
    shown = ", ".join(f"{code} = {label}" for code, label in labels.items()) or values
    remarks = [*odd, *_remarks(frame[column].fillna(""), answers, column)]
    if declared.any():
        remarks.append(f"{int(declared.sum())} with a code that the file declares missing")
    return Profile(
        file=file,
        column=column,
        label=str(frame.attrs.get("column_labels", {}).get(column, "")),
        type=kind,
        records=len(cells),
        missing=len(cells) - len(answers),
        distinct=int(answers.nunique()),
        values=shown if len(shown) <= 100 else shown[:99] + "…",
        remark="; ".join(remarks),
    )


def _declared_missing(
    frame: pd.DataFrame, column: str, cells: "pd.Series[Any]"
) -> "pd.Series[Any]":
    found = pd.Series(False, index=cells.index)
    numbers = pd.to_numeric(cells, errors="coerce")
    for low, high in frame.attrs.get("user_missing", {}).get(column, ()):
        same = cells == low
        found |= same if low == high else numbers.between(float(low), float(high))
    return found


def _kind(answers: "pd.Series[Any]") -> tuple[str, str, list[str]]:
    """Type, values, and what does not fit the type."""
    if len(answers) == 0:
        return "empty", "", []
    numbers = pd.to_numeric(answers, errors="coerce")
    comma = pd.to_numeric(answers.str.replace(",", ".", regex=False), errors="coerce")
    with_comma = int((comma.notna() & numbers.isna()).sum())
    every = with_comma == int((comma % 1 != 0).sum() - comma.isna().sum())
    remedy = " (declare decimal: ',')" if every else ""
    mark = [f"{with_comma} with a decimal comma{remedy}"] if with_comma else []
    numbers = comma if with_comma else numbers
    if numbers.notna().mean() >= _MOSTLY:
        return _number(answers, numbers, mark)
    fits = {how: pd.to_datetime(answers, format=how, errors="coerce").notna() for how in FORMATS}
    best = max(float(fit.mean()) for fit in fits.values())
    if best >= _MOSTLY:
        return _date(answers, {how: fit for how, fit in fits.items() if fit.mean() == best})
    words = answers.value_counts()
    if len(words) <= _FEW and len(words) < len(answers):
        return "category", ", ".join(f"{word} ({n})" for word, n in words.items()), []
    lengths = answers.str.len()
    return "text", f"{lengths.min()} to {lengths.max()} characters", []


def _number(
    answers: "pd.Series[Any]", numbers: "pd.Series[Any]", odd: list[str]
) -> tuple[str, str, list[str]]:
    words = answers[numbers.isna()]
    known = numbers.dropna()
    if len(words):
        odd = [*odd, f"{len(words)} not a number, e.g. '{words.iloc[0]}'"]
    codes = list(_lonely_codes(known))
    if codes:
        odd = [
            *odd,
            f"{', '.join(codes)} may mean no answer (declare missing: [{', '.join(codes)}])",
        ]
    rest = known[~known.isin([float(code) for code in codes])]
    rest = rest if len(rest) else known
    whole = bool((known % 1 == 0).all())
    return ("whole number" if whole else "number"), f"{rest.min():g} to {rest.max():g}", odd


def _lonely_codes(known: "pd.Series[Any]") -> Iterator[str]:
    """Usual codes of no answer that lie apart from the other numbers, from the outside inwards."""
    rest = known
    for code in sorted(CODES, key=lambda c: -abs(float(c))):
        others = rest[rest != float(code)]
        if len(others) == len(rest) or not len(others):
            continue
        spread = max(float(others.max() - others.min()), 1.0)
        apart = min(abs(float(code) - others.min()), abs(float(code) - others.max()))
        outside = not others.min() <= float(code) <= others.max()
        if outside and (apart > spread or (float(code) < 0 <= others.min())):
            rest = others
            yield code


def _date(answers: "pd.Series[Any]", fits: dict[str, Any]) -> tuple[str, str, list[str]]:
    how = next(iter(fits))
    days = pd.to_datetime(answers, format=how, errors="coerce")
    misfits = answers[days.isna()]
    odd = [f"{len(misfits)} not so written, e.g. '{misfits.iloc[0]}'"] if len(misfits) else []
    if len(fits) > 1:
        odd.append(f"could be {' or '.join(fits)}: ask which")
    first, last = days.min().date().isoformat(), days.max().date().isoformat()
    return f"date {how}", f"{first} to {last}", odd


def _remarks(raw: "pd.Series[Any]", answers: "pd.Series[Any]", column: str) -> Iterator[str]:
    padded = int((raw != raw.str.strip()).sum())
    if padded:
        yield f"{padded} with spaces around"
    words = pd.Series(answers.unique(), dtype="str")
    same = words.str.casefold().duplicated(keep=False)
    if same.any():
        yield "the same word written differently: " + ", ".join(sorted(words[same])[:4])
    if re.search(r"(^|_)(id|urn|key)$", column.lower()) and answers.duplicated().any():
        yield f"{int(answers.duplicated().sum())} ids stand more than once"
    for what, pattern in _PERSONAL.items():
        if len(answers) and float(answers.str.fullmatch(pattern.pattern).mean()) > 0.5:
            yield f"looks like {what}: personal data"
            return
