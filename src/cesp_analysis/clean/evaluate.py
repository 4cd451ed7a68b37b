"""The value of an expression in each row, where a part may not be known.

Conditions follow Kleene's logic of three values: `a or b` holds as soon as one of them does, `a and
b` does not as soon as one does not, whatever the other is. Everything else is known where all its
parts are. What may stand in an expression is checked before (declared/expressions.py).
"""

import ast
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cesp_analysis.arrays import Bools
from cesp_analysis.declared.expressions import ARITHMETIC, COMPARED


@dataclass(frozen=True)
class Part:
    """A part of an expression: values (n,), numbers, words or bools; known (n,)."""

    values: NDArray[Any]
    known: Bools


def evaluated(frame: pd.DataFrame, text: str) -> "pd.Series[Any]":
    """An expression's value in each row, float64; yes is 1 and no is 0, NaN where not known."""
    with np.errstate(all="ignore"):  # log(0) and the like are not known, as said below
        part = _part(ast.parse(text, mode="eval").body, frame)
    values = part.values.astype("float64")
    return pd.Series(np.where(part.known, values, np.nan), index=frame.index)


def _part(node: ast.expr, frame: pd.DataFrame) -> Part:
    if isinstance(node, ast.Name):
        return _variable(frame[node.id])
    if isinstance(node, ast.Constant):
        return Part(np.full(len(frame), node.value), np.ones(len(frame), dtype=bool))
    if isinstance(node, ast.Compare):
        return _comparison(node, frame)
    if isinstance(node, ast.BoolOp):
        parts = [_part(value, frame) for value in node.values]
        return _joined(parts, isinstance(node.op, ast.Or))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr):
        sides = [_part(node.left, frame), _part(node.right, frame)]
        return _joined(sides, isinstance(node.op, ast.BitOr))
    if isinstance(node, ast.BinOp):
        left, right = (_number(_part(side, frame)) for side in (node.left, node.right))
        values = ARITHMETIC[type(node.op)](left.values, right.values)
        return _finite(values, left.known & right.known)
    if isinstance(node, ast.UnaryOp):
        return _signed(node.op, _part(node.operand, frame))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        inner = _number(_part(node.args[0], frame))
        return _finite(getattr(np, node.func.id)(inner.values), inner.known)
    raise ValueError(f"{ast.unparse(node)} is no part of an expression")


def _variable(values: "pd.Series[Any]") -> Part:
    known = values.notna().to_numpy(dtype=bool)
    if pd.api.types.is_numeric_dtype(values.dtype):
        return Part(values.to_numpy(dtype="float64"), known)
    return Part(values.astype("object").where(known, "").to_numpy(dtype=object), known)


def _signed(sign: ast.unaryop, part: Part) -> Part:
    if isinstance(sign, ast.Not | ast.Invert):
        return Part(~part.values.astype(bool), part.known)
    number = _number(part)
    return Part(-number.values if isinstance(sign, ast.USub) else number.values, number.known)


def _comparison(node: ast.Compare, frame: pd.DataFrame) -> Part:
    """a < b < c is a < b and b < c."""
    parts = []
    sides = [node.left, *node.comparators]
    for left, sign, right in zip(sides, node.ops, sides[1:], strict=False):
        one = _part(left, frame)
        if isinstance(sign, ast.In | ast.NotIn) and isinstance(right, ast.List):
            among = _joined([_compared(one, ast.Eq(), _part(e, frame)) for e in right.elts], True)
            found = among if isinstance(sign, ast.In) else _signed(ast.Not(), among)
        else:
            found = _compared(one, sign, _part(right, frame))
        parts.append(found)
    return _joined(parts, any_of_them=False)


def _compared(left: Part, sign: ast.cmpop, right: Part) -> Part:
    values = COMPARED[type(sign)](left.values, right.values)
    return Part(np.asarray(values, dtype=bool), left.known & right.known)


def _joined(parts: list[Part], any_of_them: bool) -> Part:
    """`or` (any_of_them) or `and`: decided by one known part that holds, or does not hold."""
    holds = [part.values.astype(bool) for part in parts]
    decides = [part.known & (held == any_of_them) for part, held in zip(parts, holds, strict=True)]
    decided = np.logical_or.reduce(decides)
    values = decided if any_of_them else ~decided
    return Part(values, decided | np.logical_and.reduce([part.known for part in parts]))


def _number(part: Part) -> Part:
    return Part(part.values.astype("float64"), part.known)


def _finite(values: NDArray[Any], known: Bools) -> Part:
    return Part(values, known & np.isfinite(values))
