"""Who is counted, one by one: where each belongs, and counts by site or link worker."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.feasibility.clustering import Cluster
    from cesp_analysis.feasibility.read_once import Tables

T = TypeVar("T")


class Element(NamedTuple):
    """One who is counted: its key, site (or arm) and link worker; blank where there is none."""

    key: str
    group: str
    worker: str


def elements(rows: "pd.DataFrame") -> list[Element]:
    """The elements of rows with columns key, group, worker."""
    columns = (rows[name].tolist() for name in Element._fields)
    return [Element(*cells) for cells in zip(*columns, strict=True)]


@dataclass(frozen=True)
class Parted(Generic[T]):
    """Things by site (or arm) and by link worker, so that many of these take no more time."""

    whole: Sequence[T]
    groups: dict[str, list[T]]
    workers: dict[str, list[T]]

    def of(self, of: str, group: str) -> Sequence[T]:
        """Those of a site (or arm) or link worker; all of them where `of` is all."""
        if of == "all":
            return self.whole
        return (self.workers if of == "link_worker" else self.groups).get(group, [])


def parted(found: Sequence[T], where: Callable[[T], Element]) -> Parted[T]:
    """Things by where they belong, each in their order."""
    groups: dict[str, list[T]] = {}
    workers: dict[str, list[T]] = {}
    for one in found:
        element = where(one)
        groups.setdefault(element.group, []).append(one)
        workers.setdefault(element.worker, []).append(one)
    return Parted(found, groups, workers)


def itself(one: Element) -> Element:
    """Where an element belongs: as it says."""
    return one


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
    own = {one.worker for one in found} - {""} if workers else set()
    if own:
        for name in dict.fromkeys([*tables.workers, *sorted(own)]):
            yield "link_worker", name
