"""Between which values an unknown number must lie, by the declared ranges of what it is made of."""

import ast
from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cesp_analysis.declared.base import Frozen

Numbers = NDArray[np.float64]
Ends = tuple[Numbers, Numbers]


class Span(Frozen):
    """ranges: variable → its lowest and highest value; expression: what the number is made from;
    blank: it is such a variable itself."""

    expression: str = ""
    ranges: dict[str, tuple[float, float]] = {}


def ends(span: Span, variable: str, table: pd.DataFrame) -> Ends | None:
    """(n,) lowest and highest value that each row's number can have; None: no range tells it.

    Known parts of an expression are what they are, unknown ones anything in their range (interval
    arithmetic: where a variable stands in it twice the ends may be wider than need be).
    """
    return _of(ast.parse(span.expression or variable, mode="eval").body, span.ranges, table)


def _of(
    node: ast.expr, ranges: Mapping[str, tuple[float, float]], table: pd.DataFrame
) -> Ends | None:
    if isinstance(node, ast.Name):
        return _variable(table[node.id], ranges[node.id]) if node.id in ranges else None
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        value = np.full(len(table), float(node.value))
        return value, value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        own = _of(node.operand, ranges, table)
        return None if own is None else (-own[1], -own[0])
    if not isinstance(node, ast.BinOp):
        return None
    left, right = _of(node.left, ranges, table), _of(node.right, ranges, table)
    return None if left is None or right is None else _combined(node.op, left, right)


def _variable(values: "pd.Series[float]", known: tuple[float, float]) -> Ends:
    own = values.astype("float64").to_numpy()
    return np.where(np.isnan(own), known[0], own), np.where(np.isnan(own), known[1], own)


def _combined(op: ast.operator, left: Ends, right: Ends) -> Ends | None:
    if isinstance(op, ast.Add):
        return left[0] + right[0], left[1] + right[1]
    if isinstance(op, ast.Sub):
        return left[0] - right[1], left[1] - right[0]
    if isinstance(op, ast.Div):
        if bool(((right[0] <= 0) & (right[1] >= 0)).any()):
            return None
        right = 1 / right[1], 1 / right[0]
    elif not isinstance(op, ast.Mult):
        return None
    products = np.stack([one * other for one in left for other in right])
    return products.min(axis=0), products.max(axis=0)
