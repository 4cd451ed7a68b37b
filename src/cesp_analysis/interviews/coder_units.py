"""The long table as ratings: what each coder made of each excerpt.

Whether a coder saw an excerpt is not in the files. Where excerpts were given to coders, one saw
those that he or she coded. Where each chose the passages, a coder is taken to have seen all of an
interview in which he or she has a coding, and what is not coded there to be left uncoded on
purpose. Passages that nobody coded are no excerpts: agreement on leaving them alone is not counted.
Coders who mark the same words from another place on have two excerpts and disagree.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from cesp_analysis.interviews.counted import By, labels, words


@dataclass(frozen=True)
class Coded:
    """n excerpts that two coders or more saw, c coders.

    coders (c,), excerpts (n,), interviews (n,): names; seen (n, c); row (m, 3): of each coding of
    the table its row, excerpt and coder, places in these. once: excerpts that one coder
    saw; nameless: codings that do not name their coder. None of these is in the others.
    """

    coders: tuple[str, ...]
    excerpts: tuple[str, ...]
    interviews: np.ndarray
    seen: np.ndarray
    row: np.ndarray
    once: int
    nameless: int


@dataclass(frozen=True)
class Chosen:
    """One category of each excerpt by each coder: ratings (n, c), codes of `categories`, NaN where
    there is none, or (`several` of these) a coder gave an excerpt several."""

    categories: tuple[str, ...]
    ratings: np.ndarray
    several: int


Seen = Literal["excerpts", "interviews"]
"""What a coder with a coding of it has seen: the excerpt, or all of its interview."""


def coded(
    table: pd.DataFrame, coders: tuple[str, ...] | None = None, seen: Seen = "interviews"
) -> Coded:
    """Of the long table (Excerpts), of all its coders or of some; an interview is one document of
    one speaker. Excerpts are in the order of their names."""
    who, excerpt = words(table, "coder"), words(table, "excerpt")
    interview, part = words(table, "interview"), words(table, "source")
    named = tuple(sorted(set(who) - {""})) if coders is None else coders
    own = pd.DataFrame(
        {"at": np.arange(len(table)), "coder": pd.Index(named).get_indexer(pd.Index(who)),
         "excerpt": excerpt.to_numpy(), "interview": interview.to_numpy(), "part": part.to_numpy()}
    )[who.isin(named).to_numpy()]  # fmt: skip
    by = ["excerpt"] if seen == "excerpts" else ["interview", "part"]
    place = own.groupby(by, sort=False).ngroup().to_numpy()
    saw = np.zeros((place.max() + 1 if len(place) else 0, len(named)), dtype=bool)
    saw[place, own["coder"]] = True
    twice = (saw.sum(axis=1) > 1)[place]
    kept = own[twice].assign(place=place[twice])
    each = kept.drop_duplicates("excerpt").sort_values("excerpt")
    row = [kept["at"], pd.Index(each["excerpt"]).get_indexer(kept["excerpt"]), kept["coder"]]
    return Coded(
        named,
        tuple(each["excerpt"].tolist()),
        each["interview"].to_numpy(dtype=object),
        saw[each["place"].to_numpy(dtype=np.int64)],
        np.column_stack([np.asarray(one, dtype=np.int64) for one in row]),
        int(own[~twice]["excerpt"].nunique()),
        int((who == "").sum()),
    )


def applied(table: pd.DataFrame, own: Coded, by: By, name: str) -> np.ndarray:
    """1 where a coder gave an excerpt the name, 0 where he or she did not, NaN where the interview
    was not seen: (n, c)."""
    made = np.where(own.seen, 0.0, np.nan)
    has = (labels(table, by) == name).to_numpy()
    _, excerpt, coder = own.row[has[own.row[:, 0]]].T
    made[excerpt, coder] = 1.0
    return made


def chosen(
    table: pd.DataFrame, own: Coded, column: str, categories: tuple[str, ...] | None = None
) -> Chosen:
    """What a column of the table says, one category an excerpt and coder, as valence has it.

    categories: in their order, where that counts; by default all that come up, as words sort.
    Raises ValueError if the column has another.
    """
    said = words(table, column).to_numpy()[own.row[:, 0]]
    named = tuple(sorted(set(said) - {""})) if categories is None else categories
    if strange := sorted(set(said) - {"", *named}):
        raise ValueError(f"{column}: no category is called {strange[:5]}")
    each = _cells(own, pd.Index(named).get_indexer(said))
    one = each[~each["cell"].duplicated(keep=False)]
    made = np.full(own.seen.size, np.nan)
    made[one["cell"]] = one["code"]
    several = each["cell"].nunique() - len(one)
    return Chosen(named, made.reshape(own.seen.shape), several)


def _cells(own: Coded, code: Any) -> pd.DataFrame:
    """Each different code of an excerpt by a coder; codes below 0 are none."""
    cell = own.row[:, 1] * len(own.coders) + own.row[:, 2]
    cells = pd.DataFrame({"cell": cell, "code": code})
    each = cells.drop_duplicates()
    return each[each["code"] >= 0]
