"""Work once for each different value of a column, not once for each of its cells."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
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
        """The different values of a column."""
        import pandas as pd

        codes, words = pd.factorize(cells, use_na_sentinel=False)
        return cls(pd.Series(words, name=cells.name, dtype=cells.dtype), codes, cells.index)

    def spread(self, values: "pd.Series[Any]") -> "pd.Series[Any]":
        """One value a word → one value a cell."""
        import pandas as pd

        taken = values.array.take(self.codes)
        return pd.Series(taken, index=self.index, name=self.words.name, copy=False)

    def where(self, marked: "pd.Series[Any] | np.ndarray") -> np.ndarray:
        """Whether each cell is one of the marked words, (n,)."""
        mask: np.ndarray = np.asarray(marked, dtype=bool)[self.codes]
        return mask


def each(
    cells: "pd.Series[Any]", made: "Callable[[pd.Series[Any]], pd.Series[Any]]"
) -> "pd.Series[Any]":
    """`made` of the column, which must be the same for equal cells."""
    distinct = Distinct.of(cells)
    return distinct.spread(made(distinct.words))
