"""What the answers of one raw column seem to be: numbers, dates, categories or text."""

import re
from dataclasses import dataclass, replace
from itertools import product
from typing import Literal

import numpy as np
import pandas as pd

from cesp_analysis.distinct import Distinct
from cesp_analysis.intake.finding_days import SERIAL, Answers, days_of, parsed
from cesp_analysis.usual_codes import lonely_codes

FORMATS = (
    "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d", "%d %b %Y", "%d-%b-%Y",
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S",
)  # fmt: skip
"""Ways to write dates that are tried."""
_MOSTLY = 0.9  # of the answers that must be numbers (dates) for the others to be oddities
_FEW = 15  # as many different words make categories
_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?")
"""A comma before exactly three digits: it may part thousands or stand before decimals."""
DETAILS = {
    "e-mail addresses": re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.I),
    "postcodes": re.compile(r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}"),
    "phone numbers": re.compile(r"\+?[\d() -]{10,}\d"),
}

WITHIN = {
    "e-mail addresses": re.compile(r"[^@\s]@[^@\s]+\.[a-z]{2,}", re.I),
    "postcodes": DETAILS["postcodes"],
    "phone numbers": re.compile(r"(?<![\d() -])[\d() -]{10,}\d"),
}
"""The same somewhere in a text, in a time that grows with it: a cell may hold a million letters,
and a search that starts anew at each of them would take days."""

BAND = re.compile(r"[1-9][\d ]*[-–] ?[1-9][\d ]*|0 ?[-–] ?[1-9][\d ]*")
"""From one number to another, such as an income's: no phone number."""
TITLE = re.compile(r"\b(Mrs?|Ms|Miss|Dr|Prof|Herrn?|Frau)\b\.? [A-ZÀ-Þ]")
NAMES = re.compile(
    r"(^|_)(first|last|full|sur|family|given|nick|user|device)?_?names?(_|$)|birth|(^|_)dob(_|$)"
    r"|address|post_?code|(^|_)zip|phone|(^|_)tel(_|$)|mobile|e_?mail|(^|_)nhs|(^|_)ip(_|$)|latitude"
    r"|longitude|(^|_)gps|next_of_kin|contact_(info|phone|details)|signature|pseudonym|initials"
    r"|sim_?(id|serial)|device_?id|subscriber_?id"
    r"|vorname|nachname|geburt|geboren|anschrift|adresse|stra(ss|_)e|(^|_)plz(_|$)|telefon|handy"
)
"""Columns that say, by their name, who somebody is."""

DATED = re.compile(r"date|datum|(^|_)(dob|day)(_|$)|birth|geburt|when")

Kind = Literal["empty", "whole number", "number", "date", "category", "text"]


@dataclass(frozen=True)
class Finding:
    """What a column holds.

    values: numbers or dates, codes of no answer among them, NaN for what does not fit; ways: of
    dates, the formats needed together, several times if nothing decides between them; commas:
    numbers with a decimal comma; commas_only: no other number has decimals; thousands: numbers
    with a comma before three digits, which may part thousands, as they are read here, or decimals.
    """

    kind: Kind
    answers: Answers
    values: "Answers | None" = None
    codes: tuple[str, ...] = ()
    ways: tuple[tuple[str, ...], ...] = ()
    commas: int = 0
    commas_only: bool = False
    thousands: int = 0

    def misfits(self) -> Answers:
        """The answers that are not of the kind."""
        return self.answers[self.values.isna()] if self.values is not None else self.answers[:0]

    def known(self) -> Answers:
        """The numbers without codes of no answer, or with them if there are no others."""
        assert self.values is not None
        numbers = self.values.dropna()
        rest = numbers[~numbers.isin([float(code) for code in self.codes])]
        return rest if len(rest) else numbers

    def span(self) -> str:
        """From the lowest to the highest number; codes that may mean no answer stand beside."""
        assert self.values is not None
        known, numbers = self.known(), self.values.dropna()
        beside = sorted({float(v) for v in numbers[~numbers.isin(known)]})
        return ", ".join(
            [f"{known.min():.10g} to {known.max():.10g}", *(f"{code:g}" for code in beside)]
        )

    def words(self) -> dict[str, int]:
        """Each different answer and how often it stands there, the most frequent first."""
        return {str(word): int(n) for word, n in self.answers.value_counts().items()}


def answers_in(frame: pd.DataFrame, column: str) -> tuple[Answers, int]:
    """The answers of a column of a Raw table, and how many codes the file declares missing."""
    distinct = Distinct.of(cells_of(frame, column))
    words = distinct.words.fillna("").str.strip()
    declared = distinct.where(_declared_missing(frame, column, words))
    answered = distinct.where(words != "") & ~declared
    return distinct.spread(words)[answered], int(declared.sum())


def declared_codes(frame: pd.DataFrame, column: str) -> tuple[str, ...]:
    """The codes in a column of a Raw table that the file declares missing, one by one."""
    pairs = frame.attrs.get("user_missing", {}).get(column, ())
    codes = [str(low) for low, high in pairs if low == high]
    there = set(Distinct.of(cells_of(frame, column)).words.fillna("").str.strip()) if codes else ()
    return tuple(code for code in codes if code in there)


def cells_of(frame: pd.DataFrame, column: str) -> Answers:
    """A column without the table's attributes, which pandas copies in every operation."""
    cells = frame[column]
    return pd.Series(cells.array, index=cells.index, name=column)


def _declared_missing(frame: pd.DataFrame, column: str, cells: Answers) -> Answers:
    found = pd.Series(False, index=cells.index)
    pairs = frame.attrs.get("user_missing", {}).get(column, ())
    numbers = pd.to_numeric(cells, errors="coerce") if pairs else cells
    for low, high in pairs:
        same = cells == low
        found |= same if low == high else numbers.between(float(low), float(high))
    return found


def finding_of(answers: Answers) -> Finding:
    """What answers without blanks seem to be."""
    if len(answers) == 0:
        return Finding("empty", answers)
    distinct = Distinct.of(answers)
    words = _Words(distinct.words, np.bincount(distinct.codes, minlength=len(distinct.words)))
    found = _as_numbers(words) or _as_dates(words)
    if found is not None:
        assert found.values is not None
        return replace(found, answers=answers, values=distinct.spread(found.values))
    few = len(words.each) <= _FEW and len(words.each) < len(answers)
    return Finding("category" if few else "text", answers)


@dataclass(frozen=True)
class _Words:
    """The different answers of a column (k,) and how often each stands there (k,)."""

    each: Answers
    counts: np.ndarray

    def many(self, which: Answers) -> int:
        """How many answers are one of these."""
        return int(self.counts[which.to_numpy(dtype=bool)].sum())

    def share(self, which: Answers) -> float:
        """Which part of the answers is one of these."""
        return self.many(which) / int(self.counts.sum())

    def rest(self, which: Answers) -> "_Words":
        """Only these."""
        return _Words(self.each[which], self.counts[which.to_numpy(dtype=bool)])


def _as_numbers(words: _Words) -> Finding | None:
    """A finding whose values belong to the words, if most answers are numbers."""
    numbers = pd.to_numeric(words.each, errors="coerce")
    commas, commas_only, thousands = 0, False, 0
    if occurs(re.compile(","), words.each):
        comma = pd.to_numeric(words.each.str.replace(",", ".", regex=False), errors="coerce")
        either = words.each.str.fullmatch(_THOUSANDS.pattern) & numbers.isna()
        points = numbers.notna() & words.each.str.contains(".", regex=False)
        commas = words.many(comma.notna() & numbers.isna() & ~either)
        commas_only = commas > 0 and not bool(points.any())
        if commas:
            numbers = comma
        elif either.any():
            parted = words.each[either].str.replace(",", "", regex=False)
            numbers = numbers.fillna(pd.to_numeric(parted, errors="coerce"))
        thousands = words.many(either & numbers.notna())
    if words.share(numbers.notna()) < _MOSTLY:
        return None
    known = numbers.dropna()
    return Finding(
        "whole number" if bool((known % 1 == 0).all()) else "number",
        words.each,
        numbers,
        tuple(lonely_codes(known.to_numpy(dtype=float))),
        commas=commas,
        commas_only=commas_only,
        thousands=thousands,
    )


def _as_dates(words: _Words) -> Finding | None:
    """A finding whose values belong to the words, if most answers are dates."""
    ways = _ways(words)
    return Finding("date", words.each, days_of(words.each, ways[0]), ways=ways) if ways else None


def _ways(words: _Words) -> tuple[tuple[str, ...], ...]:
    """The formats that together explain most answers: several times, where nothing decides."""
    rounds: list[list[str]] = []
    left = words
    if words.share(words.each.str.match(r"\d")) < _MOSTLY / 2:  # each format begins with a digit
        return ()
    while len(left.each):
        fits = {how: parsed(left.each, how).notna() for how in (*FORMATS, SERIAL)}
        best = max(left.many(fit) for fit in fits.values())
        if best == 0 or (not rounds and best < _MOSTLY / 2 * int(left.counts.sum())):
            break
        rounds.append([how for how, fit in fits.items() if left.many(fit) == best])
        left = left.rest(~fits[rounds[-1][0]])
    enough = 1 - int(left.counts.sum()) / int(words.counts.sum()) >= _MOSTLY
    written = any(how != SERIAL for tried in rounds for how in tried)  # else they are numbers
    return tuple(product(*rounds)) if enough and written else ()


def occurs(pattern: "re.Pattern[str]", words: Answers) -> bool:
    """Whether any word may hold the pattern: one search of them all together, which is quick."""
    return pattern.search("\n".join(words)) is not None
