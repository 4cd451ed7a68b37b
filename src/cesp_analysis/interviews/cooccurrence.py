"""Which themes are spoken of together: on one excerpt, or in one interview.

Source: Jaccard (1901), Bull Soc Vaud Sci Nat 37:547-79: those with both over those with either.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cesp_analysis.interviews.counted import By, Within, held


@dataclass(frozen=True)
class Cooccurrence:
    """k names on `units` excerpts, or in `units` interviews.

    each (k,): units with the name; together (k, k): units with both, `each` on its diagonal;
    jaccard (k, k): together over units with either.
    """

    by: By
    within: Within
    names: tuple[str, ...]
    units: int
    each: np.ndarray
    together: np.ndarray
    jaccard: np.ndarray


def cooccurrence(table: pd.DataFrame, by: By = "theme", within: Within = "excerpt") -> Cooccurrence:
    """Of the long table (Excerpts). Excerpts that overlap without being one are two."""
    own = held(table, by, within)
    there = own.matrix()
    together = np.asarray((there.T @ there).toarray(), dtype=np.int64)
    each = together.diagonal().copy()
    jaccard = together / (each[:, None] + each[None, :] - together)
    return Cooccurrence(by, within, own.names, len(own.units), each, together, jaccard)
