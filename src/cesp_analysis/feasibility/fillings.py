"""What two conditions of the same rows can be together, whatever a row does not say.

A blank that stands in both is the same blank: of a row without a topic, `topic == "b"` and `came ==
"yes" and topic == "b"` are not two things that are not known, but one.
"""

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, product
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.clean.evaluate import evaluated

Both = tuple[int, int]
"""Of a row or an element: whether (of an element's rows: how many) meet the two conditions."""
OTHER = "\n"
"""A word that no condition names."""
MOST = 4096
"""So many ways to fill in a row are tried; what is blank beyond them stays so."""
KNOWN_TO_BE_ORDERED = ast.Lt | ast.LtE | ast.Gt | ast.GtE


@dataclass(frozen=True)
class Source:
    """The rows of a file from which elements were counted.

    rows: its records; key: the element whose row it is; conditions: all of them must hold, of so
    many rows at least; inside: whether a row lies in the follow-up (1, 0, NaN: not known; None: no
    follow-up limits them).
    """

    file: str
    rows: pd.DataFrame
    key: "pd.Series[Any]"
    conditions: tuple[str, ...]
    least: int = 1
    inside: "pd.Series[Any] | None" = None

    @cached_property
    def places(self) -> dict[Any, float]:
        """Row → whether it lies in the follow-up."""
        return {} if self.inside is None else dict(self.inside.items())

    @cached_property
    def lines(self) -> dict[Any, list[Any]]:
        """Element → its rows."""
        return {key: list(rows) for key, rows in self.key.groupby(self.key).groups.items()}


def together(below: Source, above: Source, keys: Iterable[str]) -> dict[str, set[Both]]:
    """Element → what (below, above) can be, 1 or 0 each, over all ways to fill in its rows.

    Blanks of words and numbers that conditions compare with constants are filled in one by one;
    of others (in sums, of two variables) each condition may hold or not: rather too much.
    """
    if below.file != above.file:
        return {}
    own, other = _lines_of(below, keys), _lines_of(above, keys)
    conditions = below.conditions, above.conditions
    names = sorted({name for text in (*conditions[0], *conditions[1]) for name in _names(text)})
    tried, seen = _tried([*conditions[0], *conditions[1]]), dict[tuple[Any, ...], set[Both]]()
    asked = [line for key, lines in own.items() if other.get(key) == lines for line in lines]
    cells = below.rows.loc[asked, names].astype("object")
    cells = cells.where(cells.notna(), None)
    places = below.places, above.places
    found: dict[str, set[Both]] = {}
    for key, lines in own.items():
        if other.get(key) != lines:  # of other rows: what they can be together is not told here
            continue
        ways = {(0, 0)}
        for line in lines:
            inside = tuple(place.get(line, 1.0) for place in places)
            told = (*cells.loc[line], *(None if x != x else x for x in inside))
            if told not in seen:
                filled = _filled(dict(zip(names, told, strict=False)), below.rows, tried)
                seen[told] = _limited(_of_row(filled, conditions), told[len(names) :])
            ways = {
                (min(below.least, n + b), min(above.least, x + a))
                for n, x in ways
                for b, a in seen[told]
            }
        found[key] = {(int(n >= below.least), int(x >= above.least)) for n, x in ways}
    return found


def _lines_of(source: Source, keys: Iterable[str]) -> dict[str, list[Any]]:
    """Element → its rows."""
    return {str(key): source.lines[key] for key in keys if key in source.lines}


def _filled(
    cells: Mapping[str, Any], like: pd.DataFrame, tried: Mapping[str, list[Any]]
) -> pd.DataFrame:
    """All ways to fill in a row; cells: variable → value, None: blank."""
    known, ways = {name: [value] for name, value in cells.items()}, 1
    for name, value in cells.items():
        if value is None and name in tried and ways * len(tried[name]) <= MOST:
            known[name] = tried[name]
            ways *= len(known[name])
    filled = pd.DataFrame(list(product(*known.values())), columns=list(known), index=range(ways))
    for name in known:
        numeric = pd.api.types.is_numeric_dtype(like[name].dtype)
        filled[name] = filled[name].astype("float64" if numeric else "object")
    return filled


def _of_row(filled: pd.DataFrame, conditions: tuple[Sequence[str], Sequence[str]]) -> set[Both]:
    """What a row can be."""
    held = [_all_hold(filled, own) for own in conditions]
    return {way for both in set(zip(*held, strict=True)) for way in product(*both)}


def _all_hold(filled: pd.DataFrame, conditions: Sequence[str]) -> list[tuple[int, ...]]:
    """Of each row 1, 0, or both where it stays unknown."""
    denied, sure = np.zeros(len(filled), dtype=bool), np.ones(len(filled), dtype=bool)
    for text in conditions:
        holds = evaluated(filled, text).to_numpy()
        denied |= holds == 0.0
        sure &= holds == 1.0
    pairs = zip(denied, sure, strict=True)
    return [(0,) if no else (1,) if yes else (0, 1) for no, yes in pairs]


def _limited(holds: set[Both], inside: tuple[Any, ...]) -> set[Both]:
    """With the row's place in the follow-up, which both counts ask for, or one alone."""
    ways = [(0, 1) if one is None else (int(one),) for one in inside]
    places = set(product(*ways))
    if inside == (None, None):
        places = {(0, 0), (1, 1)}
    return {(b * p, a * q) for b, a in holds for p, q in places}


def _names(text: str) -> set[str]:
    calls = {id(n.func) for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Call)}
    return {
        n.id for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name) and id(n) not in calls
    }


def _tried(conditions: Sequence[str]) -> dict[str, list[Any]]:
    """Variable → values that tell apart all that conditions say of it; without those of which they
    say more than how it compares with constants."""
    constants, elsewhere = dict[str, set[Any]](), set[str]()
    for text in conditions:
        tree, simple = ast.parse(text, mode="eval"), set[int]()
        for node in ast.walk(tree):
            if isinstance(node, ast.Compare) and (told := _compared(node)) is not None:
                name, values = told
                constants.setdefault(name, set()).update(values)
                simple.update(id(part) for part in ast.walk(node))
        elsewhere |= {
            n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and id(n) not in simple
        }
    return {
        name: _apart(values) for name, values in constants.items()
        if name not in elsewhere and len({isinstance(x, str) for x in values}) == 1
    }  # fmt: skip


def _compared(node: ast.Compare) -> tuple[str, list[Any]] | None:
    """The one variable of a comparison with constants, and these."""
    parts: list[ast.expr] = []
    for side in (node.left, *node.comparators):
        parts += side.elts if isinstance(side, ast.List) else [side]
    names = {part.id for part in parts if isinstance(part, ast.Name)}
    values = [part.value for part in parts if isinstance(part, ast.Constant)]
    ordered = any(isinstance(sign, KNOWN_TO_BE_ORDERED) for sign in node.ops)
    words = any(not isinstance(value, int | float) for value in values)
    if len(names) != 1 or len(names) + len(values) < len(parts) or not values:
        return None
    if ordered and words:  # of words in order there are others between them
        return None
    return names.pop(), values


def _apart(values: set[Any]) -> list[Any]:
    if any(isinstance(value, str) for value in values):
        return [*sorted(values), OTHER]
    own = sorted(values)
    between = [(one + other) / 2 for one, other in pairwise(own)]
    return [own[0] - 1, *own, own[-1] + 1, *between]
