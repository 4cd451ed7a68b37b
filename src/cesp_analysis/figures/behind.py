"""The data behind a figure: what was drawn, as rows for its CSV and for the table under it.

A figure is drawn from frozen records. Their fields become columns by their declared types: a text
or number is a column; a fixed tuple of numbers a value and the ends of its interval; a tuple of any
length a row a place, beside other tuples as long; one of records the rows of each. So a field that
is drawn cannot be left out of the data.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, get_args, get_origin

import numpy as np
import pandas as pd

from cesp_analysis.contracts import write_csv
from cesp_analysis.withheld import Withheld

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HOW_DRAWN = frozenset(("decimals", "ratio", "step", "group_id", "follows", "place"))
"""Fields that say how something is drawn, or name what has a label beside it."""
DIGITS = 10
"""Significant digits of a number: far more than a picture shows, fewer than machines differ in."""

Rows = list[dict[str, Any]]


def write_behind(data: Any, drawing: "Figure", path: Path) -> None:
    """Write what a figure shows as CSV. `data`: the records or the frame that it was drawn from;
    None: marks have no record, and the places of all are read off the drawing."""
    if isinstance(data, pd.DataFrame):
        frame = data.reset_index(drop=True)
    else:
        frame = pd.DataFrame(list(marks(drawing)) if data is None else rows_of(data))
    kept = frame[[name for name in frame.columns if not _blank(frame[name])]]
    columns = {
        str(name).removesuffix("_label"): pd.Series([_short(v) for v in kept[name]], dtype=object)
        for name in kept.columns
    }
    write_csv(pd.DataFrame(columns), path)


def rows_of(records: Sequence[Any], **along: Sequence[Any]) -> Rows:
    """Rows of records, whose columns are their fields. `along`: names of places of a tuple, of
    which the records hold only the values."""
    return [row for record in records for row in _rows(record, {}, along, "")]


def _rows(
    record: Any, above: dict[str, Any], along: Mapping[str, Sequence[Any]], called: str
) -> Iterator[Any]:
    """The rows of a record, which is `called` so where it stands within another."""
    if isinstance(record, Mapping):
        yield above | dict(record)
        return
    own, places, below = dict[str, Any](), dict[str, Sequence[Any]](), list[tuple[str, Any]]()
    for name, declared in _shown(record.__class__):
        if (value := getattr(record, name)) is not None:
            _sort(name, value, declared, own, places, below)
    said = above | {f"{called}_{key}" if key in above else key: own[key] for key in own}
    if any(each for _, each in below):
        for name, each in below:
            for one in each:
                yield from _below(name, one, said, {**along, **places})
    elif places:
        yield from _placed(places, said, along)
    else:
        yield said


@cache
def _shown(kind: Any) -> tuple[tuple[str, Any], ...]:
    """The fields of a record that are data, with their declared types."""
    return tuple((one.name, one.type) for one in fields(kind) if one.name not in HOW_DRAWN)


def _sort(
    name: str,
    value: Any,
    declared: Any,
    said: dict[str, Any],
    places: dict[str, Sequence[Any]],
    below: list[tuple[str, Any]],
) -> None:
    """Put a field where it belongs: what a row says, values of several places, rows of others."""
    if declared in (str, int, float) and isinstance(value, (str, int, float)):
        said[name] = value
        return
    kind = _not_none(declared)
    origin, inner = get_origin(kind), get_args(kind)
    if origin is dict:
        below.append((name, [({name: key}, one, inner[1]) for key, one in value.items()]))
    elif origin is tuple and inner[-1] is Ellipsis:
        _sort_many(name, value, _not_none(inner[0]), said, places, below)
    elif origin is tuple:
        said |= _ends(name, value, inner)
    elif is_dataclass(value):
        one = dict[str, Any](), dict[str, Sequence[Any]](), list[tuple[str, Any]]()
        for own in fields(value):
            _sort(own.name, getattr(value, own.name), own.type, *one)
        if one[1] or one[2]:
            below.append((name, [({"of": name}, value, None)]))
        else:
            said |= {f"{name}_{key}": text for key, text in one[0].items()}
    else:
        said[name] = value


def _sort_many(
    name: str,
    values: Sequence[Any],
    kind: Any,
    said: dict[str, Any],
    places: dict[str, Sequence[Any]],
    below: list[tuple[str, Any]],
) -> None:
    inner = get_args(kind)
    if is_dataclass(kind):
        below.append((name, [({}, one, None) for one in values]))
    elif inner[:2] == (str, str):
        said |= dict(values)
    elif inner and inner[0] is str:
        below.append((name, [({}, None, _ends(name, one, inner)) for one in values]))
    elif inner:  # numbers with their ends, None where there is none
        blank = (None,) * len(inner)
        made = [_ends(name, one or blank, inner) for one in values]
        places |= {key: [one[key] for one in made] for key in (made[0] if made else ())}
    elif len(values):
        places[name] = values


def _below(
    name: str, one: Any, said: dict[str, Any], along: Mapping[str, Sequence[Any]]
) -> Iterator[Any]:
    """The rows of one of several things below a record."""
    more, value, told = one
    if value is None:  # a label with numbers
        yield said | more | told
    elif is_dataclass(value):
        yield from _rows(value, said | more, along, name)
    elif get_origin(told) is tuple and get_args(told)[-1] is Ellipsis:
        yield from _placed({"value": value}, said | more, along)
    elif get_origin(told) is tuple:
        yield said | more | _ends("value", value, get_args(told))
    else:
        yield said | more | {"value": value}


def _placed(
    places: Mapping[str, Sequence[Any]], said: dict[str, Any], along: Mapping[str, Sequence[Any]]
) -> Iterator[Any]:
    """A row a place of tuples; what stands above has as many places, or one more: ends of bins."""
    for length in dict.fromkeys(map(len, places.values())):
        columns = {name: own for name, own in places.items() if len(own) == length}
        named: dict[str, Sequence[Any]] = {}
        for name, own in along.items():
            if len(own) == length:
                named[name] = own
            elif len(own) == length + 1:
                named |= {f"{name}_from": own[:-1], f"{name}_to": own[1:]}
        for at in range(length):
            yield said | {name: own[at] for name, own in (*named.items(), *columns.items())}


def _ends(name: str, values: Sequence[Any], kinds: Sequence[Any]) -> dict[str, Any]:
    """Columns of a fixed tuple: a value and its ends, two ends, a label before any of them."""
    label, numbers = ({}, values)
    if kinds[0] is str:
        label, numbers = {name: values[0]}, values[1:]
    ends = {2: (f"{name}_low", f"{name}_high"), 3: (name, f"{name}_low", f"{name}_high")}
    after = {1: (f"{name}_n",), 3: ("mean", "low", "high")}
    names = (after if label else ends)[len(numbers)]
    return label | dict(zip(names, numbers, strict=True))


def _not_none(declared: Any) -> Any:
    """The type of a field that may be None."""
    if isinstance(declared, UnionType):
        return next(kind for kind in get_args(declared) if kind is not NoneType)
    return declared


def marks(drawing: "Figure") -> Iterator[dict[str, Any]]:
    """Every point of lines and bands of a drawing, in its panels' units."""
    for axes in drawing.axes:
        titles = [axes.get_title(loc) for loc in ("left", "center", "right")]
        named = next(filter(None, [*titles, axes.get_ylabel()]), "")
        said = {"panel": " ".join(named.split()), "across": axes.get_xlabel()}
        number = 0
        for line in axes.get_lines():
            if line.get_transform() == axes.transData:
                number += 1
                yield from _points(said, "line or points", number, line.get_xydata())
        for one in axes.collections:
            for path in one.get_paths():
                number += 1
                yield from _points(said, "lines or band", number, path.vertices)


def _points(said: dict[str, Any], mark: str, number: int, places: Any) -> Iterator[dict[str, Any]]:
    for x, y in np.asarray(places, dtype=float):
        yield said | {"marks": mark, "number": number, "x": float(x), "y": float(y)}


def _blank(column: "pd.Series[Any]") -> bool:
    return all(_short(value) == "" for value in column)


def _short(value: Any) -> Any:
    """A number with few enough digits that every machine has the same; none blank; of a withheld
    one what stands for it."""
    if isinstance(value, Withheld):
        return str(value)
    if isinstance(value, (float, np.floating)):
        if not np.isfinite(value):
            return "" if value != value else value
        return int(value) if value == int(value) else float(f"{value:.{DIGITS}g}")
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else ""
    return "" if value is None or value is pd.NA else value
