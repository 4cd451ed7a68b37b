"""Where the boxes of a theory of change stand: columns from left to right, rows within them.

Columns are longest paths; within a column boxes are ordered by the mean place of those that they
are linked to (Sugiyama, Tagawa and Toda 1981, IEEE Trans Syst Man Cybern 11:109-25), ties in
config's order, so that one theory is always drawn alike.
"""

from collections.abc import Mapping
from graphlib import TopologicalSorter

from cesp_analysis.declared.theory import NODE_KINDS, Link, Node

SWEEPS = 8


def layers_of(nodes: Mapping[str, Node], links: Mapping[str, Link]) -> dict[str, int]:
    """Node → its column, from 0. Every link that is no feedback leads to the right; where none
    leads from a later kind to an earlier, mechanisms stand right of all activities, and outcomes of
    all mechanisms. Links have no circle (theory_faults)."""
    before: dict[str, set[str]] = {name: set() for name in nodes}
    for link in links.values():
        if not link.feedback:
            before[link.to].add(link.from_)
    order = list(
        TopologicalSorter({name: sorted(own) for name, own in before.items()}).static_order()
    )
    kind = {name: NODE_KINDS.index(node.kind) for name, node in nodes.items()}
    if any(kind[one] > kind[name] for name, own in before.items() for one in own):
        return _longest(order, before, dict.fromkeys(nodes, 0), {})
    layers: dict[str, int] = {}
    for level in range(len(NODE_KINDS)):
        least = 1 + max(layers.values(), default=-1)
        here = [name for name in order if kind[name] == level]
        layers |= _longest(here, before, dict.fromkeys(here, least), layers)
    return layers


def _longest(
    order: list[str],
    before: Mapping[str, set[str]],
    least: Mapping[str, int],
    known: Mapping[str, int],
) -> dict[str, int]:
    layers = dict(known)
    for name in order:
        layers[name] = max([least[name], *(1 + layers[one] for one in before[name])])
    return layers


def places_of(
    nodes: Mapping[str, Node], links: Mapping[str, Link], layers: Mapping[str, int]
) -> dict[str, float]:
    """Node → its row, from 0 at the top: whole steps within a column, columns centred."""
    columns: dict[int, list[str]] = {}
    for name in nodes:
        columns.setdefault(layers[name], []).append(name)
    beside: dict[str, list[str]] = {name: [] for name in nodes}
    for link in links.values():
        beside[link.from_].append(link.to)
        beside[link.to].append(link.from_)
    best = _centred(columns)
    fewest = _crossings(best, links, layers)
    for sweep in range(SWEEPS):
        step = 1 if sweep % 2 == 0 else -1
        for layer in sorted(columns)[::step]:
            columns[layer] = _ordered(columns, layer, step, beside, layers)
        places = _centred(columns)
        if (crossed := _crossings(places, links, layers)) < fewest:
            best, fewest = places, crossed
    return best


def _ordered(
    columns: Mapping[int, list[str]],
    layer: int,
    step: int,
    beside: Mapping[str, list[str]],
    layers: Mapping[str, int],
) -> list[str]:
    """A column by the mean place of its neighbours on the side that the sweep comes from."""
    places = _centred(columns)

    def mean(name: str) -> float:
        near = [places[one] for one in beside[name] if (layers[one] - layer) * step < 0]
        return sum(near) / len(near) if near else places[name]

    return sorted(columns[layer], key=mean)


def _centred(columns: Mapping[int, list[str]]) -> dict[str, float]:
    most = max(map(len, columns.values()), default=0)
    return {
        name: at + (most - len(column)) / 2
        for column in columns.values()
        for at, name in enumerate(column)
    }


def _crossings(
    places: Mapping[str, float], links: Mapping[str, Link], layers: Mapping[str, int]
) -> int:
    """Pairs of links between the same two columns that cross."""
    ends = [
        (layers[link.from_], layers[link.to], places[link.from_], places[link.to])
        for link in links.values()
    ]
    return sum(
        one[:2] == other[:2] and (one[2] - other[2]) * (one[3] - other[3]) < 0
        for at, one in enumerate(ends)
        for other in ends[:at]
    )
