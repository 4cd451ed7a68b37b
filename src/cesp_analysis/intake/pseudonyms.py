"""What of a raw file stays in the raw folder: its ids, and the words of people."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from cesp_analysis.attributes import shared
from cesp_analysis.cells import (
    MASK,
    MASKED_DATE,
    MASKED_NUMBER,
    MASKED_ORDER,
    MASKED_SERIAL,
    as_numbers,
    as_serials,
    dates_in,
    in_other_order,
    numbers_in,
    outside,
)
from cesp_analysis.declared.private import Passing, Private
from cesp_analysis.intake.key import Key

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.declared.private import Answers

_NUMBER = r"[+-]?\d*[.,]?\d+"
_SHORT = 5
"""Digits of a number that may leave though it is no declared answer; a phone's has more."""
_FEW = 64
"""Different words of a column, above which looking each up costs what it saves."""
_PLAIN = ("checkbox", "status", "calc")
"""REDCap's fields that hold no words of people: whether a box was ticked, a form finished."""


def protected(frame: "pd.DataFrame", private: Private | None, key: Key | None) -> "pd.DataFrame":
    """The Raw table as it may leave the raw folder: ids as pseudonyms, words that stay masked.

    `attrs["same_as"]`: line → the first line whose cells are all the same, wherever one repeats
    another: what is masked can no longer tell.
    """
    from cesp_analysis.distinct import coded, recoded

    frame = coded(frame)
    out = frame.copy()
    out.attrs = shared(frame.attrs | {"same_as": same_as(frame)})
    if private is None or key is None:
        return out
    kinds = frame.attrs.get("field_kinds", {})
    seen = Seen(private)
    plain = {name: Passing() for name, kind in kinds.items() if kind in _PLAIN}
    kept = {name: passing for name, passing in (plain | private.kept).items() if name in frame}
    for name in map(str, frame.columns[1:]):
        if name in private.ids:
            out[name] = recoded(frame[name], partial(_hashed, key=key))
        elif private.answers is not None and name == private.answers.answer:
            out[name] = _answers(frame, private.answers, seen)
        elif name in kept:
            out[name] = recoded(frame[name], _passes(kept[name], seen, frame, name))
        else:
            out[name] = recoded(frame[name], _hidden)
    known = {
        said: {k: v for k, v in frame.attrs.get(said, {}).items() if k in kept}
        for said in ("labels", "unlabelled")
    }
    named = {
        place: [key.pseudonym(word) for word in words] for place, words in private.named.items()
    }
    out.attrs = shared(out.attrs | known | {"named_ids": named})
    return out


def shown(words: "pd.Series[Any]", passing: Passing, private: Private) -> "pd.Series[Any]":
    """Words of a column as they may leave the raw folder: what may not pass is masked.

    Numbers and dates are read as cleaning reads them, so that what is masked is what does not fit.
    """
    if passing.anything:
        return words
    text = words.fillna("").str.strip()
    declared = {word.strip().casefold() for word in passing.words}
    passes = (text == "") | text.str.casefold().isin(declared)
    values = numbers_in(text, private.decimal)
    number = values.abs() < float("inf")
    fits = passing.any_number | values.isin(as_numbers(passing.words))
    for low, high in passing.ranges:
        fits |= (values >= low) & (values <= high)
    if not passing.no_number:
        written = number | text.str.fullmatch(_NUMBER)  # with the other decimal mark, too
        passes |= (number & fits) | (written & (text.str.count(r"\d") <= _SHORT))
    masked = words.mask(~passes, MASK).mask(~passes & number, MASKED_NUMBER)
    if passing.formats:
        dates = dates_in(text.where(~passes, ""), passing.formats)
        impossible = outside(dates, private.period)
        left = text.where(~passes & dates.isna(), "")
        masked = masked.mask(as_serials(left, passing.formats), MASKED_SERIAL)
        masked = masked.mask(in_other_order(left, passing.formats), MASKED_ORDER)
        masked = masked.mask(dates.notna(), words).mask(impossible, MASKED_DATE)
    return masked


class Seen:
    """`shown` of one file's columns: the items of an instrument have the same few words, each of
    which is looked at once."""

    def __init__(self, private: Private) -> None:
        self._private = private
        self._known: dict[Passing, dict[str, str]] = {}

    def shown(self, words: "pd.Series[Any]", passing: Passing) -> "pd.Series[Any]":
        """The words of a column as they may leave the raw folder."""
        import pandas as pd

        if len(words) > _FEW or words.isna().any():
            return shown(words, passing, self._private)
        known = self._known.setdefault(passing, {})
        if new := [word for word in words if word not in known]:
            known |= zip(
                new, shown(pd.Series(new, dtype=words.dtype), passing, self._private), strict=True
            )
        return pd.Series([known[word] for word in words], words.index, words.dtype, words.name)


def _answers(frame: "pd.DataFrame", how: "Answers", seen: Seen) -> "pd.Series[Any]":
    """The answers of a file in long format, each masked by its question."""
    from cesp_analysis.distinct import coded, recoded

    said = frame[how.answer]
    answers = recoded(said, _hidden).astype("str")
    if how.question in frame:
        asked = frame[how.question].astype("str").fillna("").str.strip()
        for question, passing in how.kept.items():
            own = asked.index[asked == question]
            made = _passes(passing, seen, frame, how.answer)
            answers[own] = recoded(said[own], made).astype("str")
    return coded(answers.to_frame())[how.answer]


def _passes(
    passing: Passing, seen: Seen, frame: "pd.DataFrame", column: str
) -> "Callable[[pd.Series[Any]], pd.Series[Any]]":
    """`shown` of a column; codes that the file itself declares missing pass as well."""
    pairs = frame.attrs.get("user_missing", {}).get(column, ())
    codes = tuple(str(low) for low, high in pairs if low == high)
    ranges = tuple((float(low), float(high)) for low, high in pairs if low != high)
    update = {"words": (*passing.words, *codes), "ranges": (*passing.ranges, *ranges)}
    return partial(seen.shown, passing=passing.model_copy(update=update))


def _hidden(words: "pd.Series[Any]") -> "pd.Series[Any]":
    return words.mask(words.fillna("").str.strip() != "", MASK)


def _hashed(words: "pd.Series[Any]", key: Key) -> "pd.Series[Any]":
    import pandas as pd

    return pd.Series(key.pseudonyms(words.tolist()), index=words.index, dtype="str")


def same_as(frame: "pd.DataFrame") -> dict[str, int]:
    """Line → the first line with the same cells, for every record that repeats an earlier one."""
    import numpy as np
    import pandas as pd

    columns = [frame[name].cat for name in frame.columns.drop("line")]
    alike = np.arange(len(frame))  # records that are like another in all columns up to here
    group, groups = np.zeros(len(frame), dtype=np.int64), 1
    for cells in sorted(columns, key=lambda cells: -len(cells.categories)):  # few are left soon
        n = len(cells.categories) + 1
        group = group * n + cells.codes.to_numpy()[alike] + 1
        if groups * n > len(frame):
            group, _ = pd.factorize(group)
        again = np.bincount(group)[group] > 1
        alike, group = alike[again], group[again]
        groups = int(group.max(initial=0)) + 1
        if not alike.size:
            return {}
    lines = frame["line"].iloc[alike]
    first = lines.groupby(group).transform("min")
    return {
        str(line): int(earliest)
        for line, earliest in zip(lines, first, strict=True)
        if line != earliest
    }
