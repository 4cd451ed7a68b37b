"""Who is counted, one by one: where each belongs, and counts by site or link worker."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.feasibility.clustering import Cluster
    from cesp_analysis.feasibility.read_once import Tables


class Element(NamedTuple):
    """One who is counted: its key, site (or arm) and link worker; blank where there is none."""

    key: str
    group: str
    worker: str


def elements(rows: "pd.DataFrame") -> list[Element]:
    """The elements of rows with columns key, group, worker."""
    columns = (rows[name].tolist() for name in Element._fields)
    return [Element(*cells) for cells in zip(*columns, strict=True)]


def inside(found: Sequence[Element], of: str, group: str) -> Sequence[Element]:
    """Those of a site (or arm) or link worker; all of them where `of` is all."""
    if of == "all":
        return found
    if of == "link_worker":
        return [one for one in found if one.worker == group]
    return [one for one in found if one.group == group]


def clusters_of(
    events: Sequence[Element], people: Sequence[Element]
) -> "tuple[list[Cluster], int]":
    """(events, n) of each link worker who has somebody, and how many people have none."""
    n, x = Counter(one.worker for one in people), Counter(one.worker for one in events)
    alone = n.pop("", 0)
    return [(x[name], size) for name, size in sorted(n.items())], alone


def groups_of(
    tables: "Tables", found: Sequence[Element], arm: str | None = None, workers: bool = True
) -> Iterator[tuple[str, str]]:
    """(of, group): all, each site or arm (of one arm), each link worker where anybody has one."""
    how = tables.how
    yield "all", ""
    for group in how.groups:
        if arm is None or how.arms.get(group) == arm:
            yield how.of, group
    own = {one.worker for one in found} - {""}
    if workers and own:
        for name in dict.fromkeys([*tables.workers, *sorted(own)]):
            yield "link_worker", name
