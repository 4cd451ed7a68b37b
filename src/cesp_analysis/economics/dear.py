"""What costs more than the study says that anybody's can, and on which lines it stands."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from cesp_analysis.arrays import Floats
from cesp_analysis.declared.resources import Delivered, Service
from cesp_analysis.errors import on_lines
from cesp_analysis.numbers import counted

RowsOf = Callable[[str], Iterable[tuple[str, pd.DataFrame]]]
"""A service → each file that has it: its path, its rows of the service (line, unit, time)."""


def too_dear(
    costs: Floats,
    services: Mapping[str, Service],
    times: Sequence[str],
    units: "pd.Index[str]",
    rows_of: RowsOf,
) -> Iterator[str]:
    """A line for each service and file with somebody's use between two times above its `most`;
    costs (n, t, services)."""
    for at, (name, service) in enumerate(services.items()):
        own = costs[:, :, at]
        if service.most is None or not (own > service.most).any():
            continue
        dear = np.vstack([own > service.most, np.zeros(own.shape[1], dtype=bool)])
        for path, rows in rows_of(name):
            person = units.get_indexer(pd.Index(rows["unit"].astype("object")))
            time = pd.Index(list(times)).get_indexer(pd.Index(rows["time"].astype("object")))
            here = dear[person, time] & (time >= 0)  # nobody's rows are -1, the last, of no one
            if here.any():
                yield (
                    f"{on_lines(path, rows['line'][here])}: {name} costs up to"
                    f" £{np.nanmax(own):,.0f} between two times, above"
                    f" economics.services.{name}.most ({service.most:,.0f}); pence for pounds, or"
                    " hours for contacts? Correct the data (data/raw/CORRECTIONS.yaml) or the"
                    " price, or raise most"
                )


def dear_intervention(
    each: Floats, units: "pd.Index[str]", rows: pd.DataFrame, own: Delivered, path: str
) -> Iterator[str]:
    """A line if it cost somebody more than its `most`; each (n,): £; rows: of its file, at path."""
    if own.most is None or not (dear := each > own.most).any():
        return
    theirs = rows["unit"].astype("object").isin(units[dear])
    where = on_lines(path, rows["line"][theirs]) if theirs.any() else path
    yield (
        f"{where}: contacts of {counted(int(dear.sum()), 'person', 'people')} cost up to"
        f" £{each.max():,.0f}, with what sites share, above economics.intervention.most"
        f" ({own.most:,.0f}); are minutes in hours, or pay in pence?"
    )
