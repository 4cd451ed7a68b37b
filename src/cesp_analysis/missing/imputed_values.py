"""The step `imputed_values`: what was imputed beside what people answered, by site and time."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis import contracts
from cesp_analysis.arrays import Floats
from cesp_analysis.columns import Row
from cesp_analysis.missing.tables import Handled, Imputed, ImputedValues
from cesp_analysis.panel.groups import by_group
from cesp_analysis.schemas import Panel

if TYPE_CHECKING:
    import pandas as pd

BINS = 14
WHOLE = 20
"""If all values lie within so many whole numbers, those have an interval each."""
KEYS = ["group", "time"]


def imputed_values(panel: Path, imputed: Path, handled: Path, out: Path) -> None:
    """Compare imputed with observed values of each imputed outcome; a description, no test.

    Answers that an intercurrent event sets aside are not among the observed.
    """
    import pandas as pd

    table = by_group(contracts.read(panel, Panel))
    people = table[(table["level"] == "person") & table["group"].notna()]
    made, aside = contracts.read(imputed, Imputed), contracts.read(handled, Handled)
    group = people.drop_duplicates("unit").set_index("unit")["group"]
    rows = [
        row
        for (handling, outcome), own in made.groupby(["handling", "outcome"], observed=True)
        for row in value_rows(
            {"handling": handling, "outcome": outcome},
            _observed(people, aside, str(handling), str(outcome)),
            own.assign(group=_places(own["unit"], group)),
        )
    ]
    found = pd.DataFrame(rows, columns=list(ImputedValues.columns()))
    contracts.write(found, out, ImputedValues)


def _places(unit: "pd.Series[Any]", group: "pd.Series[Any]") -> "pd.Series[Any]":
    named = dict(zip(group.index.astype("str"), group.astype("str"), strict=True))
    return unit.astype("str").map(named).astype("category").cat.set_categories(group.cat.categories)


def _observed(
    people: "pd.DataFrame", aside: "pd.DataFrame", handling: str, outcome: str
) -> "pd.DataFrame":
    """group, time, unit and value of the answers that count."""
    rows = people[(people["outcome"] == outcome) & people["value"].notna()]
    gone = aside[(aside["handling"] == handling) & (aside["outcome"] == outcome)]
    keys = set(zip(gone["unit"].astype("str"), gone["time"].astype("str"), strict=True))
    own = zip(rows["unit"].astype("str"), rows["time"].astype("str"), strict=True)
    return rows[[key not in keys for key in own]]


def value_rows(key: Row, observed: "pd.DataFrame", imputed: "pd.DataFrame") -> Iterator[Row]:
    """Rows of ImputedValues of one outcome; both tables have group, time, unit, value."""
    answers = observed["value"].to_numpy(dtype=float)
    edges = edges_of(answers, imputed["value"].to_numpy(dtype=float))
    ends = (answers.min(), answers.max()) if len(answers) else (-np.inf, np.inf)
    for source, table in (("observed", observed), ("imputed", imputed)):
        sets = int(table["set"].max()) if source == "imputed" else 1
        for (group, time), own in table.groupby(KEYS, observed=True, sort=True):
            values = own["value"].to_numpy(dtype=float)
            told = key | {
                "group": group,
                "time": time,
                "source": source,
                "n": int(own["unit"].nunique()),
                "sets": sets,
                "mean": float(values.mean()),
                "sd": float(values.std(ddof=1)) if len(values) > 1 else None,
                "outside": float(((values < ends[0]) | (values > ends[1])).mean()),
            }
            shares = np.histogram(values, edges)[0] / len(values)
            for low, high, share in zip(edges, edges[1:], shares, strict=False):
                yield told | {"low": float(low), "high": float(high), "share": float(share)}


def edges_of(observed: Floats, imputed: Floats) -> Floats:
    """Ends of intervals (b + 1,) that hold all values: of equal width from the lowest to the
    highest answer, BINS of them or some more, and as many beyond as imputed values need.

    No interval holds answers and values beyond them: of whole numbers the ends lie half way, each
    interval having as many of them; else the highest answer is the last of its interval.
    """
    both = np.concatenate([observed, imputed])
    low, high = float(both.min()), float(both.max())
    start, stop = (float(observed.min()), float(observed.max())) if len(observed) else (low, high)
    whole = bool(len(observed) and np.all(observed == np.round(observed)))
    if whole:
        numbers = int(stop - start) + 1
        width = float(1 if high - low <= WHOLE else _width(numbers))
        start, inside = start - 0.5, int(np.ceil(numbers / width))
    else:
        width, inside = (stop - start) / BINS or 1.0, BINS if stop > start else 1
    below = max(int(np.ceil((start - low) / width)), 0)
    above = max(int(np.ceil((high - start) / width)) - inside, 0)
    edges: Floats = np.asarray(start + width * np.arange(-below, inside + above + 1), dtype=float)
    if not whole and stop > start:
        edges[below + inside] = float(np.nextafter(stop, np.inf))
    edges[0], edges[-1] = min(edges[0], low), max(edges[-1], high)  # where rounding left one out
    return edges


def _width(numbers: int) -> int:
    """How many whole numbers an interval has: some BINS of them, the last as full as can be."""
    most = max(1, -(-numbers // BINS))
    return min(range(max(1, most - 1), most + 1), key=lambda width: (-numbers % width, width))
