"""Where the boxes of a theory of change stand: columns from left to right, rows within them.

Columns are longest paths; within a column boxes are ordered by the mean place of those that they
are linked to (Sugiyama, Tagawa and Toda 1981, IEEE Trans Syst Man Cybern 11:109-25), ties in
config's order, so that one theory is always drawn alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from itertools import pairwise

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


@dataclass(frozen=True)
class Places:
    """Rows, from 0 at the top: of each node, and of each link in the columns that it passes."""

    nodes: dict[str, float]
    through: dict[str, tuple[float, ...]]


def places_of(
    nodes: Mapping[str, Node], links: Mapping[str, Link], layers: Mapping[str, int]
) -> Places:
    """Whole steps within a column, columns centred. A link that passes columns has a row of its own
    in each, so that it runs through no box."""
    passing = {name: _passed(name, link, layers) for name, link in links.items()}
    columns: dict[int, list[str]] = {}
    for name in nodes:
        columns.setdefault(layers[name], []).append(name)
    for own in passing.values():
        for name, layer in own.items():
            columns[layer].append(name)
    ends = [
        pair
        for name, link in links.items()
        if layers[link.from_] < layers[link.to]
        for pair in pairwise([link.from_, *passing[name], link.to])
    ]
    best = _fewest_crossings(columns, ends)
    return Places(
        {name: best[name] for name in nodes},
        {name: tuple(best[one] for one in own) for name, own in passing.items()},
    )


def _passed(name: str, link: Link, layers: Mapping[str, int]) -> dict[str, int]:
    """What stands for a link in each column that it passes → the column."""
    between = range(layers[link.from_] + 1, layers[link.to])
    return {f"{name} at {layer}": layer for layer in between}


def _fewest_crossings(
    columns: dict[int, list[str]], ends: Sequence[tuple[str, str]]
) -> dict[str, float]:
    """The best places of some sweeps from left to right and back; ends: of neighbouring columns."""
    at = {name: layer for layer, column in columns.items() for name in column}
    beside: dict[str, list[str]] = {name: [] for name in at}
    for one, other in ends:
        beside[one].append(other)
        beside[other].append(one)
    best = _centred(columns)
    fewest = crossings(best, ends, at)
    for sweep in range(SWEEPS):
        step = 1 if sweep % 2 == 0 else -1
        for layer in sorted(columns)[::step]:
            columns[layer] = _ordered(columns, layer, step, beside, at)
        places = _centred(columns)
        if (crossed := crossings(places, ends, at)) < fewest:
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


def crossings(
    places: Mapping[str, float], ends: Sequence[tuple[str, str]], layers: Mapping[str, int]
) -> int:
    """Pairs of links between the same two columns that cross."""
    lines = [(layers[one], places[one], places[other]) for one, other in ends]
    return sum(
        one[0] == other[0] and (one[1] - other[1]) * (one[2] - other[2]) < 0
        for at, one in enumerate(lines)
        for other in lines[:at]
    )
