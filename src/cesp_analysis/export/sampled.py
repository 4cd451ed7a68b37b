"""A survey's rows for other programs: strata, sampling units, margins, and the rest of the sample.

An estimate of some of the records needs the others, too: units without one of them count with 0,
and calibrated weights were fitted to all.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis.models.check import Check
from cesp_analysis.models.survey_drawn import Sampled
from cesp_analysis.models.survey_words import ending

if TYPE_CHECKING:
    import pandas as pd

MARGINS = 20  # more than any survey is weighted to
SAMPLE_LABELS = {
    "record": "number of the respondent's record among all of the survey",
    "entered": "1: took part in the equation; 0: belongs to the sample alone",
    "stratum": "stratum of the sample",
    "psu": "sampling unit, drawn once for all waves",
    "stratum_clustered": "stratum where neighbourhoods are taken as a sample",
    "psu_clustered": "sampling unit where neighbourhoods are taken as a sample",
    "margin_weight": "how the record counts where influence is made residual of the margins",
    "margin_group": "site and wave, within which weights were fitted",
} | {
    f"margin_{i}{end}": f"{what} margin {i} that weights were fitted to"
    for i in range(1, MARGINS)
    for end, what in (("", "cell of"), ("_known", "1: the category is known, of"))
}


def estimates_of(check: Check) -> list[str]:
    """The ids of the estimates that an equation has a part in, by each way of taking the sample,
    and of those that put its part and others together."""
    if check.sampled is None:
        return list(check.contrasts)
    part = check.sampled.part
    found: dict[str, None] = {}
    for name in check.contrasts:
        whole = name.removesuffix(ending("", part))
        for suffix in check.sampled.ways:
            found |= dict.fromkeys([whole + ending(suffix, part), whole + ending(suffix, "")])
    return list(found)


def with_sample(spec: Any, check: Check, rows: "pd.DataFrame") -> "pd.DataFrame":
    """The rows of an equation with how they were drawn, then the sample's other records, whose y
    is blank; as they are where the equation is of no survey."""
    import pandas as pd

    if check.sampled is None:
        return rows
    sampled = check.sampled
    rest = np.setdiff1d(np.arange(sampled.drawn.n), sampled.at)
    others = _others(sampled, rest, check)
    every = pd.concat([rows.assign(entered=1), others.assign(entered=0)], ignore_index=True)
    return every.assign(**_drawn(sampled, np.concatenate([sampled.at, rest])))


def _others(sampled: Sampled, rest: np.ndarray, check: Check) -> "pd.DataFrame":
    """The records that took no part, as far as the sample knows them."""
    import pandas as pd

    records = sampled.drawn.records.iloc[rest]
    weight = records["weight"].to_numpy(dtype=float)
    scale = sampled.drawn.records["weight"].to_numpy(dtype=float)[sampled.at].mean()
    text = {
        name: records[name].astype("str").where(records[name].notna(), "").to_numpy(dtype=object)
        for name in ("unit", "site", "neighbourhood", "time")
    }
    return pd.DataFrame(
        text
        | {
            "equation": check.name,
            "link_worker": "",
            "arm": (records["arm"] == "intervention").to_numpy().astype(int),
            "weight": weight / scale,
        }
    )


def _drawn(sampled: Sampled, at: np.ndarray) -> dict[str, Any]:
    columns: dict[str, Any] = {"record": at}
    for suffix, sample in sampled.ways.items():
        way = f"_{suffix}" if suffix else ""
        columns |= {f"stratum{way}": sample.strata[at], f"psu{way}": sample.psu[at]}
        columns |= {f"margin_{i}": cells[at] for i, cells in enumerate(sample.margins, 1)}
        if sample.margin_known and sample.margin_group is not None:
            known = {f"margin_{i}_known": own for i, own in enumerate(sample.margin_known, 1)}
            columns |= {name: own[at] for name, own in known.items()}
            columns["margin_group"] = sample.margin_group[at]
        if sample.margin_weight is not None:
            columns["margin_weight"] = sample.margin_weight[at]
    return columns
