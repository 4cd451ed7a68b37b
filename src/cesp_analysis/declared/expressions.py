"""Small expressions on variables: what may stand in them, and whether it can be computed."""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from cesp_analysis.errors import no_such

FUNCTIONS = frozenset({"log", "log1p", "exp", "expm1", "sqrt", "abs"})
"""Functions of numbers that may stand in an expression (clean/evaluate.py computes them)."""
LARGEST = 1e300
"""No number may be larger: what is computed of it would not be finite."""
DEEPEST = 100
"""Levels that an expression may be nested; a sum of so many terms is nested as deep."""

ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.Mod: operator.mod,
}
"""Of two numbers, or of two columns (clean/evaluate.py)."""
COMPARED: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
"""Comparisons of two columns; beside them `in` and `not in` a list."""
_ALLOWED = (
    ast.Expression, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.Name, ast.Load,
    ast.Constant, ast.Call, *ARITHMETIC, ast.USub, ast.UAdd, ast.Not, ast.And, ast.Or,
    *COMPARED, ast.In, ast.NotIn, ast.List, ast.BitAnd, ast.BitOr, ast.Invert,
)  # fmt: skip


@dataclass(frozen=True)
class Holds:
    """What a variable holds: numbers, words (any, or only `codes`), or dates as YYYY-MM-DD."""

    kind: Literal["number", "words", "date"]
    codes: frozenset[str] | None = None


def is_condition(expression: str) -> bool:
    """Whether its value is yes or no, 1 or 0: a comparison, or what and, or and not make of some.

    The expression must be one that may be evaluated."""
    return _yes_or_no(ast.parse(expression, mode="eval").body)


def _yes_or_no(node: ast.expr) -> bool:
    if isinstance(node, ast.Compare):
        return True
    if isinstance(node, ast.BoolOp):
        return all(map(_yes_or_no, node.values))
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Not | ast.Invert) and _yes_or_no(node.operand)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr):
        return _yes_or_no(node.left) and _yes_or_no(node.right)
    return False


class _Fault(Exception):
    """Why an expression cannot be computed."""


def fault_in(expression: str, known: Mapping[str, Holds], condition: bool = False) -> str | None:
    """What is wrong with an expression, in words; None if it may be evaluated.

    `condition`: it must be one that holds or not.

    Only arithmetic, comparison, and/or/not, `in [...]` and the functions in FUNCTIONS may stand
    in it: nothing that could reach outside the table. Words are compared with words that may occur,
    numbers with numbers: pandas would call anything else unequal for everybody.
    """
    try:
        tree = ast.parse(expression, mode="eval")
    except (SyntaxError, ValueError) as error:
        return f"'{expression}' cannot be read: {getattr(error, 'msg', error)}"
    except (RecursionError, MemoryError):  # of the parser, which stops itself
        return _too_deep(expression)
    if _is_deeper(tree, DEEPEST):
        return _too_deep(expression)
    for node in ast.walk(tree):
        if not isinstance(node, _ALLOWED):
            return (
                f"'{expression}' holds {type(node).__name__}; only arithmetic and comparisons may"
            )
        if isinstance(node, ast.Call) and not _known_function(node):
            return f"'{expression}' calls a function; known are {', '.join(sorted(FUNCTIONS))}"
    names = names_in(expression)
    if unknown := sorted(names - set(known)):
        return no_such("variable", unknown[0], sorted(known))
    if not names:
        return f"'{expression}' names no variable"
    try:
        kind = _kind(tree.body, known)
    except _Fault as fault:
        return f"'{expression}': {fault}"
    if condition and kind != "yes or no":
        return f"'{expression}' gives {kind}; write a condition, e.g. {expression} == 1"
    if kind in ("words", "dates"):
        return f"'{expression}' gives {kind}, not a number; recode them (source:, values:)"
    return None


def _is_deeper(tree: ast.AST, levels: int) -> bool:
    """Whether parts stand within parts for more than so many levels; without recursion."""
    level: list[ast.AST] = [tree]
    for _ in range(levels + 1):
        level = [part for node in level for part in ast.iter_child_nodes(node)]
    return bool(level)


def _too_deep(expression: str) -> str:
    return f"'{expression}' is nested more than {DEEPEST} levels; part it into several variables"


def names_in(expression: str) -> set[str]:
    """The variables that an expression reads."""
    tree = ast.parse(expression, mode="eval")
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Name))
    return {node.id for node in names if id(node) not in called}


def _known_function(node: ast.Call) -> bool:
    known = isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS
    return known and len(node.args) == 1 and not node.keywords


def _kind(node: ast.expr, known: Mapping[str, Holds]) -> str:
    """numbers, words, dates or 'yes or no': what a part gives; _Fault if it cannot be computed."""
    if isinstance(node, ast.Name):
        return {"number": "numbers", "date": "dates"}.get(known[node.id].kind, "words")
    if isinstance(node, ast.Constant):
        return _constant(node)
    if isinstance(node, ast.Compare):
        return _comparison(node, known)
    if isinstance(node, ast.BoolOp):
        return _all_are("yes or no", node.values, known)
    if isinstance(node, ast.UnaryOp):
        truth = isinstance(node.op, ast.Not | ast.Invert)
        return _all_are("yes or no" if truth else "numbers", [node.operand], known)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr):
        return _all_are("yes or no", [node.left, node.right], known)
    if isinstance(node, ast.BinOp):
        _all_are("numbers", [node.left, node.right], known, counted=True)
        _folded(node)
        return "numbers"
    if isinstance(node, ast.Call):
        return _all_are("numbers", node.args, known, counted=True)
    raise _Fault(f"'{ast.unparse(node)}' may stand only behind 'in'")


def _constant(node: ast.Constant) -> str:
    if isinstance(node.value, str):
        return "words"
    if isinstance(node.value, int | float) and not isinstance(node.value, bool):
        if not abs(node.value) <= LARGEST:
            raise _Fault(f"'{ast.unparse(node)}' is too large a number")
        return "numbers"
    raise _Fault(f"'{ast.unparse(node)}' is neither a number nor a word in quotation marks")


def _all_are(
    wanted: str, parts: list[ast.expr], known: Mapping[str, Holds], counted: bool = False
) -> str:
    """`counted`: yes counts as 1, no as 0."""
    for part in parts:
        kind = _kind(part, known)
        if kind != wanted and not (counted and kind == "yes or no"):
            hint = f"; write e.g. {ast.unparse(part)} == 1" if wanted == "yes or no" else ""
            remedy = "; recode them first (source:, values:)" if wanted == "numbers" else hint
            raise _Fault(f"'{ast.unparse(part)}' gives {kind} where {wanted} must stand{remedy}")
    return wanted


def _comparison(node: ast.Compare, known: Mapping[str, Holds]) -> str:
    sides = [node.left, *node.comparators]
    for left, sign, right in zip(sides, node.ops, sides[1:], strict=False):
        among = isinstance(sign, ast.In | ast.NotIn)
        if among and not isinstance(right, ast.List):
            raise _Fault(f"behind 'in' must stand a list, not '{ast.unparse(right)}'")
        others = right.elts if isinstance(right, ast.List) and among else [right]
        for other in others:
            _like(left, other, known)
        ordered = not isinstance(sign, ast.Eq | ast.NotEq | ast.In | ast.NotIn)
        if ordered and _kind(left, known) == "words" and not _dates(left, right, known):
            raise _Fault("words have no order: compare them by ==, != or in")
    return "yes or no"


def _dates(left: ast.expr, right: ast.expr, known: Mapping[str, Holds]) -> bool:
    return "dates" in (_kind(left, known), _kind(right, known))


def _like(left: ast.expr, right: ast.expr, known: Mapping[str, Holds]) -> None:
    """Both sides of a comparison hold the same; a word must be one that may occur."""
    kinds = {_kind(left, known), _kind(right, known)}
    if "dates" in kinds and kinds <= {"dates", "words"}:
        return
    for one, other in ((left, right), (right, left)):
        if isinstance(one, ast.Name) and isinstance(other, ast.Constant):
            _occurs(one.id, other, known[one.id], len(kinds) > 1)
    if len(kinds) > 1 and kinds != {"numbers", "yes or no"}:
        raise _Fault(f"'{ast.unparse(left)}' and '{ast.unparse(right)}' are not of one kind")


def _occurs(name: str, value: ast.Constant, holds: Holds, other_kind: bool) -> None:
    """A variable is compared with a value that it may hold."""
    codes = sorted(holds.codes) if holds.codes is not None else []
    written = ast.unparse(value)
    if other_kind:
        held = "numbers" if holds.kind == "number" else ", ".join(codes) or "words"
        quoted = f"; write '{written}' in quotation marks" if written in codes else ""
        raise _Fault(f"'{name}' holds {held}, not {written}{quoted}")
    if codes and value.value not in codes:
        raise _Fault(f"{name}: {no_such('code', written.strip(chr(39)), codes)}")


def _folded(node: ast.expr) -> float | None:
    """The value of a part that names no variable; _Fault if it has none."""
    if isinstance(node, ast.Constant):
        return float(node.value) if isinstance(node.value, int | float) else None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        inner = _folded(node.operand)
        return None if inner is None else -inner if isinstance(node.op, ast.USub) else inner
    if not isinstance(node, ast.BinOp) or type(node.op) not in ARITHMETIC:
        return None
    left, right = _folded(node.left), _folded(node.right)
    if left is None or right is None:
        return None
    try:
        return float(ARITHMETIC[type(node.op)](left, right))
    except (ArithmeticError, TypeError):  # a complex power is no float
        raise _Fault(f"'{ast.unparse(node)}' has no value") from None
