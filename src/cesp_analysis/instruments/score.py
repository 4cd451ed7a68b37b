"""From answers to scores: one function for every instrument."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import ArrayLike

from cesp_analysis.arrays import Bools, Floats, Ints
from cesp_analysis.instruments.types import Instrument, Item, Score

# Rows scored at a time. Four scores from 1,000,000 rows of 21 answers: 0.3 s and 3 MB beside the
# input and the results; all rows at once: 0.5 s and 365 MB.
_ROWS = 8192


@dataclass(frozen=True)
class Scored:
    """One score of n people: value (n,), in the score's unit, NaN where too few items were
    answered; answered (n,), items answered; prorated (n,), True where missing items were made up
    by the person's mean."""

    value: Floats
    answered: Ints
    prorated: Bools


def score_items(items: ArrayLike, instrument: Instrument) -> dict[str, Scored]:
    """Every score of an instrument, by its code, in the instrument's order.

    `items` (n, k): answers as given, columns in the order of `instrument.items`; NaN is not
    answered. ValueError if an answer is not a code of its item: cleaning sets those aside.
    """
    answers = np.asarray(items, dtype=np.float64)
    if answers.ndim != 2 or answers.shape[1] != len(instrument.items):
        raise ValueError(
            f"{instrument.name}: needs {len(instrument.items)} columns, one an item;"
            f" the array has shape {answers.shape}"
        )
    n = len(answers)
    scored = {
        score.code: Scored(np.empty(n), np.empty(n, np.int64), np.empty(n, np.bool_))
        for score in instrument.scores
    }
    for start in range(0, n, _ROWS):
        rows = slice(start, min(start + _ROWS, n))
        # A copy of its own, an item a row: each item's answers lie together.
        _score_rows(np.array(answers[rows].T, order="C"), instrument, scored, rows)
    return scored


def band_of(value: ArrayLike, score: Score) -> Ints:
    """Which of `score.bands` each value lies in, (n,); -1 where the value is missing."""
    values = np.asarray(value, dtype=np.float64)
    place = np.searchsorted([band.lowest for band in score.bands], values, side="right") - 1
    return np.where(np.isnan(values), -1, place)


def broken_example(instrument: Instrument) -> Iterator[str]:
    """One line for each score that does not come out as the worked example says."""
    example = instrument.worked_example
    answers = [[example.answers[item.code] for item in instrument.items]]
    for code, scored in score_items(answers, instrument).items():
        found, said = float(scored.value[0]), example.scores[code]
        if not np.isclose(found, said, rtol=1e-12, atol=1e-12):
            yield f"worked_example.scores.{code}: says {said:g}; the answers give {found:g}"


def _score_rows(
    answers: Floats, instrument: Instrument, scored: dict[str, Scored], rows: slice
) -> None:
    """Score some rows; `answers` (k, rows) is overwritten."""
    given = ~np.isnan(answers)
    for j, item in enumerate(instrument.items):
        _refuse_other_codes(answers[j], item, instrument.name, rows.start)
        if item.reverse:
            np.subtract(item.low + item.high, answers[j], out=answers[j])
    answers[~given] = 0.0  # adds nothing to a sum; a count looks at `given` as well
    place = {item.code: j for j, item in enumerate(instrument.items)}
    for score in instrument.scores:
        columns = [place[code] for code in score.items]
        into = scored[score.code]
        into.answered[rows] = given[columns].sum(axis=0)
        raw = _raw(answers, given, columns, score)
        into.value[rows], into.prorated[rows] = _finished(raw, into.answered[rows], score)


def _refuse_other_codes(answers: Floats, item: Item, instrument: str, start: int) -> None:
    wrong = (answers < item.low) | (answers > item.high) | (np.rint(answers) != answers)
    wrong &= ~np.isnan(answers)
    if wrong.any():
        row = int(wrong.argmax())
        raise ValueError(
            f"{instrument}: item {item.code}: row {start + row}: {answers[row]:g} is not a whole"
            f" number from {item.low} to {item.high}; cleaning must set it aside"
        )


def _raw(answers: Floats, given: Bools, columns: list[int], score: Score) -> Floats:
    """Points of the answered items, added; an item not answered adds nothing."""
    if score.method == "level_values":
        return _valued(answers, given, columns, score)
    if score.method != "count_in":
        return np.asarray(answers[columns].sum(axis=0))
    points = np.zeros(answers.shape[1])
    for j, code in zip(columns, score.items, strict=True):
        counts = answers[j] == score.counted[code][0]
        for answer in score.counted[code][1:]:
            counts |= answers[j] == answer
        points += counts & given[j]
    return points


def _valued(answers: Floats, given: Bools, columns: list[int], score: Score) -> Floats:
    """The start and the values of the levels that were answered, added; then what the highest of
    them adds once. As many decimals as the values have: their sum in floating point is not 0.247
    but 0.24700000000000005."""
    points = np.full(answers.shape[1], score.start)
    for j, code in zip(columns, score.items, strict=True):
        levels = score.level_values[code]
        table = np.array([levels[level] for level in sorted(levels)])
        at = np.where(given[j], answers[j] - min(levels), 0).astype(np.int64)
        points += np.where(given[j], table[at], 0.0)
    highest = np.where(given[columns], answers[columns], -np.inf).max(axis=0)
    for level, value in score.any_at.items():
        points += np.where(highest >= level, value, 0.0)
    return np.round(points, decimals_of(score))


def decimals_of(score: Score) -> int:
    """With how many decimals the values of a score's levels are written."""
    levels = [value for values in score.level_values.values() for value in values.values()]
    written = (Decimal(repr(value)) for value in (score.start, *score.any_at.values(), *levels))
    return max(max(0, -int(value.as_tuple().exponent)) for value in written)


def _finished(raw: Floats, answered: Ints, score: Score) -> tuple[Floats, Bools]:
    """Value and whether it was prorated: missing rule, mean, prorating, conversion."""
    n = len(score.items)
    enough = answered >= score.minimum_answered
    prorated = enough & (answered < n) & (score.prorate == "person_mean")
    value = np.where(enough, raw, np.nan)
    if score.method == "mean":
        value /= np.maximum(answered, 1)
    elif prorated.any():
        value[prorated] *= n / answered[prorated]
    return (_converted(value, score) if score.conversion else value), prorated


def _converted(raw: Floats, score: Score) -> Floats:
    """The table's entry for each raw score; raw scores are whole (the file's rules see to it)."""
    lowest = min(score.conversion)
    table = np.array([score.conversion[key] for key in sorted(score.conversion)])
    value = np.full(raw.shape, np.nan)
    known = ~np.isnan(raw)
    value[known] = table[raw[known].astype(np.int64) - lowest]
    return value
