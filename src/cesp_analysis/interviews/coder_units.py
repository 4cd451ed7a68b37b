"""The long table as ratings: what each coder made of each excerpt.

Whether a coder saw an excerpt is not in the files. Where excerpts were given to coders, one saw
those that he or she coded. Where each chose the passages, a coder is taken to have seen all of an
interview in which he or she has a coding, and what is not coded there to be left uncoded on
purpose. Passages that nobody coded are no excerpts: agreement on leaving them alone is not counted.
Coders who mark the same words from another place on have two excerpts and disagree.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from cesp_analysis.interviews.counted import By, words


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


Seen = Literal["excerpts", "interviews"]
"""What a coder with a coding of it has seen: the excerpt, or all of its interview."""


def coded(table: pd.DataFrame, seen: Seen = "interviews") -> Coded:
    """Of the long table (Excerpts); an interview is one document of one speaker or, where a coding
    of it does not name its document, all of them together. Excerpts are in the order of their
    names."""
    who, excerpt = words(table, "coder"), words(table, "excerpt")
    interview, part = words(table, "interview"), words(table, "source")
    named = tuple(sorted(set(who) - {""}))
    own = pd.DataFrame(
        {"at": np.arange(len(table)), "coder": pd.Index(named).get_indexer(pd.Index(who)),
         "excerpt": excerpt.to_numpy(), "interview": interview.to_numpy(), "part": part.to_numpy()}
    )[who.isin(named).to_numpy()]  # fmt: skip
    unsaid = own.loc[own["part"] == "", "interview"]
    own.loc[own["interview"].isin(unsaid), "part"] = ""
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
    has = (words(table, by) == name).to_numpy()
    _, excerpt, coder = own.row[has[own.row[:, 0]]].T
    made[excerpt, coder] = 1.0
    return made
