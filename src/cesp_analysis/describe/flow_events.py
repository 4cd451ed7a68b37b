"""Why people have no answer at a time: an event that ended their follow-up until then, if any."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cesp_analysis.declared.wording import NO_ANSWER


def why_absent(
    unit: "pd.Series[Any]",
    again: NDArray[np.bool_],
    due: float,
    ends: Mapping[str, str],
    ended: pd.DataFrame | None,
) -> NDArray[np.object_]:
    """A reason for each unit, (n,), should it have no answer: its first event until `due` (one
    whose moment is not known is taken to have come), with what was said of it.

    `again`: (n,) who answers later again: no event ended their follow-up. `ends`: event → label.
    """
    why = np.full(len(unit), NO_ANSWER, dtype=object)
    if ended is None or not ends:
        return why
    due_then = ended["elapsed"].isna() | (ended["elapsed"] <= due)
    own = ended[due_then & ended["event"].isin(list(ends))]
    first = own.sort_values("elapsed", kind="stable").drop_duplicates("unit")
    label = first["event"].astype("object").map(dict(ends))
    said = first["reason"].astype("object")
    told = label.where(said.isna(), label + ": " + said.fillna(""))
    found = unit.map(dict(zip(first["unit"], told, strict=True))).to_numpy(dtype=object)
    return np.where(pd.isna(found) | again, why, found)
