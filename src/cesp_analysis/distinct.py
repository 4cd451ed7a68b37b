"""Columns by their different values: work once a value, not once a cell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Distinct:
    """words (k,): the different cells, absent ones among them, in order of first appearance;
    codes (n,): which of them each cell is."""

    words: "pd.Series[Any]"
    codes: np.ndarray
    index: "pd.Index[Any]"

    @classmethod
    def of(cls, cells: "pd.Series[Any]") -> "Distinct":
        """The different values of a column; of categories all, in their order, used or not."""
        if isinstance(cells.dtype, pd.CategoricalDtype):
            return cls._of_categories(cells)
        codes, words = pd.factorize(cells, use_na_sentinel=False)
        return cls(pd.Series(words, name=cells.name, dtype=cells.dtype), codes, cells.index)

    @classmethod
    def _of_categories(cls, cells: "pd.Series[Any]") -> "Distinct":
        codes, known = cells.cat.codes.to_numpy(), cells.cat.categories
        absent = codes < 0
        if absent.any():
            codes = np.where(absent, len(known), codes)
            known = known.append(pd.Index([None], dtype=known.dtype))
        return cls(_series(known, cells), codes, cells.index)

    def spread(self, values: "pd.Series[Any]") -> "pd.Series[Any]":
        """One value a word → one value a cell."""
        if isinstance(values.dtype, np.dtype):
            taken: Any = values.to_numpy().take(self.codes)
        else:
            taken = values.array.take(self.codes)
        return pd.Series(taken, index=self.index, name=self.words.name, copy=False)

    def spread_words(self, words: "pd.Series[Any]", in_order: bool = True) -> "pd.Series[Any]":
        """One word of text a word → one a cell, as categories: those that occur, `in_order` of
        the alphabet, or all as they come."""
        codes, known = pd.factorize(words)
        codes = codes.take(self.codes)
        if in_order:
            place = np.full(len(known) + 1, -1)  # the last one, to which -1 leads: an absent word
            used = np.flatnonzero(np.bincount(codes + 1, minlength=len(known) + 1)[1:])
            order = used[known.take(used).argsort()]
            place[order] = np.arange(len(order))
            codes, known = place.take(codes), known.take(order)
        return _with_codes(codes, known, pd.Series(self.codes, self.index, name=self.words.name))

    def where(self, marked: "pd.Series[Any]") -> np.ndarray:
        """Whether each cell is one of the marked words, (n,)."""
        words = np.asarray(marked, dtype=bool)
        if not words.any():  # most often: nothing to look up
            return np.zeros(len(self.codes), dtype=bool)
        mask: np.ndarray = words.take(self.codes)
        return mask


def each(
    cells: "pd.Series[Any]", made: "Callable[[pd.Series[Any]], pd.Series[Any]]"
) -> "pd.Series[Any]":
    """`made` of the column, which must be the same for equal cells."""
    distinct = Distinct.of(cells)
    return distinct.spread(made(distinct.words))


def coded(frame: pd.DataFrame) -> pd.DataFrame:
    """The same table with its columns of text as categories, in order of first appearance; the
    table itself where it has no text."""
    text = {
        name: _categories(frame[name])
        for name, dtype in frame.dtypes.items()
        if isinstance(dtype, pd.StringDtype) or dtype == "object"
    }
    return _with_columns(frame, text) if text else frame


def as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """The same table with its categories as columns of text."""
    found = frame.select_dtypes("category").columns
    return _with_columns(frame, {name: frame[name].astype("str") for name in found})


def _with_columns(frame: pd.DataFrame, new: dict[Any, Any]) -> pd.DataFrame:
    table = pd.DataFrame({name: new.get(name, frame[name]) for name in frame.columns}, copy=False)
    table.attrs = frame.attrs
    return table


def recoded(
    cells: "pd.Series[Any]", made: "Callable[[pd.Series[Any]], pd.Series[Any]]"
) -> "pd.Series[Any]":
    """Categories changed, once each; the column itself where nothing changes. Absent cells stay
    absent."""
    words = _series(cells.cat.categories, cells)
    changed = made(words)
    if changed.equals(words):
        return cells
    codes, now = pd.factorize(changed)
    place = np.append(codes, -1)  # the last one, to which -1 leads: an absent cell
    return _with_codes(place[cells.cat.codes.to_numpy()], now, cells)


def _series(words: "pd.Index[Any]", like: "pd.Series[Any]") -> "pd.Series[Any]":
    return pd.Series(words, name=like.name, dtype=words.dtype, copy=False)


def _categories(cells: "pd.Series[Any]") -> "pd.Series[Any]":
    codes, words = pd.factorize(cells.astype("str"))
    return _with_codes(codes, words, cells)


def _with_codes(codes: np.ndarray, words: Any, like: "pd.Series[Any]") -> "pd.Series[Any]":
    values = pd.Categorical.from_codes(codes, categories=pd.Index(words, dtype="str"))
    return pd.Series(values, index=like.index, name=like.name, copy=False)


def repeated(word: str, n: int) -> "pd.Categorical[Any]":
    """The same word n times."""
    return pd.Categorical.from_codes(np.zeros(n, dtype=np.int8), categories=pd.Index([word]))


def stacked(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Tables one below the other, categories together; a column that a table lacks is missing."""
    names = dict.fromkeys(name for part in parts for name in part.columns)
    return pd.DataFrame(
        {name: _column([part.get(name) for part in parts], parts) for name in names}
    )


def _column(found: list[Any], parts: list[pd.DataFrame]) -> Any:
    dtypes = [cells.dtype for cells in found if cells is not None]
    # no category at all has no type either: such a column is missing throughout
    typed = [d for d in dtypes if not isinstance(d, pd.CategoricalDtype) or len(d.categories)]
    dtype = (typed or dtypes)[0]
    held = typed or [dtype]
    cells = [
        own if own is not None and own.dtype in held else _missing(len(part), dtype)
        for own, part in zip(found, parts, strict=True)
    ]
    if isinstance(dtype, pd.CategoricalDtype):
        return pd.api.types.union_categoricals(cells)
    return pd.concat(cells, ignore_index=True)


def _missing(n: int, dtype: Any) -> "pd.Series[Any]":
    missing: pd.Series[Any] = pd.Series(np.nan, index=range(n), dtype=dtype)
    return missing


def names_rows_twice(table: pd.DataFrame, key: Sequence[str]) -> bool:
    """Whether two rows are the same in all columns of the key."""
    rank, size = np.zeros(len(table), dtype=np.int64), 1
    for name in key:
        cells = table[name]
        if isinstance(cells.dtype, pd.CategoricalDtype):
            codes, n = cells.cat.codes.to_numpy() + 1, len(cells.cat.categories) + 1
        else:
            codes, words = pd.factorize(cells, use_na_sentinel=False)
            n = len(words)
        if size * n > 2**62:
            rank, known = pd.factorize(rank)
            size = len(known)
        rank, size = rank * n + codes, size * n
    if bool((rank[1:] > rank[:-1]).all()):  # nothing to look up in a sorted table
        return False
    if size > 64 * len(rank):
        return bool(pd.Series(rank).duplicated().any())
    there = np.zeros(size, dtype=bool)
    there[rank] = True
    return int(np.count_nonzero(there)) < len(rank)
