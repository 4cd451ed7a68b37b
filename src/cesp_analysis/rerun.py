"""Which source files a step is made of: Snakemake re-runs a step when one of them changes."""

import ast
from functools import cache
from importlib.resources import files
from pathlib import Path

from cesp_analysis.cli import STEPS

_PACKAGE = "cesp_analysis"
_ROOT = Path(str(files(_PACKAGE)))
_DATA_OF = {
    "cesp_analysis.instruments.types": "instruments/*.yaml",
    "cesp_analysis.models.grades": "models/*.yaml",
    "cesp_analysis.few_sites.prior": "few_sites/*.csv",
    "cesp_analysis.report.html": "report/*.[jc]*",
    "cesp_analysis.figures.style": "figures/*.mplstyle",
}
"""Modules that read files of the package, and which."""


def code_of(step: str, *modules: str) -> list[str]:
    """Paths of the modules a step imports (directly or not), and of the files they read.

    `modules` are further entry points, such as the module of one model kind.
    """
    start = (STEPS[step].split(":")[0], *modules)
    found: set[str] = set()
    for module in start:
        found |= _closure(module)
    paths = {str(_file(module)) for module in found}
    for module, pattern in _DATA_OF.items():
        if module in found:
            paths |= {str(path) for path in _ROOT.glob(pattern)}
    return sorted(paths)


@cache
def _closure(module: str) -> frozenset[str]:
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += _imports(name)
    return frozenset(seen)


@cache
def _imports(module: str) -> tuple[str, ...]:
    """The package's own modules that one module imports, also inside functions.

    What is imported for a type checker alone (`if TYPE_CHECKING:`) cannot change a result.
    """
    names: list[str] = []
    waiting: list[ast.AST] = [ast.parse(_file(module).read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        for_types = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        waiting += [] if for_types else ast.iter_child_nodes(node)
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return tuple(name for name in names if name.startswith(_PACKAGE + ".") and _is_module(name))


def _is_module(name: str) -> bool:
    base = _ROOT.joinpath(*name.split(".")[1:])
    return base.with_suffix(".py").exists()


def _file(module: str) -> Path:
    return _ROOT.joinpath(*module.split(".")[1:]).with_suffix(".py")
