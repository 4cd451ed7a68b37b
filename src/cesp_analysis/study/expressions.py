"""Small expressions on variables: what may stand in them."""

import ast
from collections.abc import Set

FUNCTIONS = frozenset({"log", "log1p", "exp", "expm1", "sqrt", "abs"})
"""Functions that pandas.eval computes itself."""

_ALLOWED = (
    ast.Expression, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.Name, ast.Load,
    ast.Constant, ast.Call, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.Mod, ast.USub,
    ast.UAdd, ast.Not, ast.And, ast.Or, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE,
    ast.In, ast.NotIn, ast.List, ast.BitAnd, ast.BitOr, ast.Invert,
)  # fmt: skip


def fault_in(expression: str, known: Set[str] | None = None) -> str | None:
    """What is wrong with an expression, in words; None if it may be evaluated.

    Only arithmetic, comparison, and/or/not, `in [...]` and the functions in FUNCTIONS may stand
    in it: nothing that could reach outside the table.
    """
    try:
        tree = ast.parse(expression, mode="eval")
    except SyntaxError as error:
        return f"'{expression}' cannot be read: {error.msg}"
    for node in ast.walk(tree):
        if not isinstance(node, _ALLOWED):
            return (
                f"'{expression}' holds {type(node).__name__}; only arithmetic and comparisons may"
            )
        if isinstance(node, ast.Call) and not _known_function(node):
            return f"'{expression}' calls a function; known are {', '.join(sorted(FUNCTIONS))}"
    unknown = sorted(names_in(expression) - known) if known is not None else []
    if unknown:
        from cesp_analysis.errors import no_such

        return no_such("variable", unknown[0], sorted(known or ()))
    return None


def names_in(expression: str) -> set[str]:
    """The variables that an expression reads."""
    tree = ast.parse(expression, mode="eval")
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return names - FUNCTIONS


def _known_function(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS and not node.keywords
