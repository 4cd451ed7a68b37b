"""Which source files a step is made of: Snakemake re-runs a step when one of them changes."""

import re
from functools import cache
from importlib.resources import files
from pathlib import Path

from cesp_analysis.steps import STEPS

_PACKAGE = "cesp_analysis"
_ROOT = Path(str(files(_PACKAGE)))
_FOR_TYPES = re.compile(
    r"^([ \t]*)if TYPE_CHECKING:\n(?:\1[ \t]+.*\n|[ \t]*\n)*(?!\1el)", re.MULTILINE
)
_IMPORT = re.compile(
    rf"^[ \t]*(?:from (?P<of>{_PACKAGE}[\w.]*) import (?P<names>\((?:[^)#]|#.*)*\)|[\w ,]+)"
    rf"|import (?P<module>{_PACKAGE}[\w.]*)(?: as \w+)?)[ \t]*(?:#.*)?$",
    re.MULTILINE,
)
_ANY = re.compile(rf"\bfrom\s+{_PACKAGE}\b|\bimport\b[^\n]*\b{_PACKAGE}\b|\bif TYPE_CHECKING\b")
"""What may be an import, or guard one: where `_IMPORT` does not read all of it, the parser does."""
_NAME = re.compile(r"#.*|\bas \w+|(\w+)")
_DATA_OF = {
    "cesp_analysis.instruments.types": "instruments/*.yaml",
    "cesp_analysis.models.grades": "models/*.yaml",
    "cesp_analysis.declared.checklists": "checklists/*.yaml",
    "cesp_analysis.models.prior": "models/*.csv",
    "cesp_analysis.economics.prices": "economics/prices/*.csv",
    "cesp_analysis.economics.price_index": "economics/prices/*.csv",
    "cesp_analysis.planning.outside": "planning/*.csv",
    "cesp_analysis.report.html": "report/*.[jc]*",
    "cesp_analysis.report.pdf": "report/*.typ",
    "cesp_analysis.report.word_base": "report/*.xml",
    "cesp_analysis.figures.style": "figures/*.mplstyle",
}
"""Modules that read files of the package, and which."""


def code_of(step: str, *modules: str) -> list[str]:
    """Paths of the modules a step imports (directly or not), and of the files they read.

    `modules` are further entry points, such as the module of one model kind.
    """
    found = imported_by(STEPS[step].split(":")[0], *modules)
    paths = {str(_file(module)) for module in found}
    for module, pattern in _DATA_OF.items():
        if module in found:
            paths |= {str(path) for path in _ROOT.glob(pattern)}
    return sorted(paths)


def imported_by(*modules: str) -> set[str]:
    """These modules of the package and all that they import of it, directly or not."""
    return {name for module in modules for name in _closure(module)}


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

    What is imported for a type checker alone (`if TYPE_CHECKING:`) cannot change a result. The text
    is searched: this is asked of every module each time a DAG is built, and parsing them took a
    second. Where it holds an import of another form than the usual ones, it is parsed.
    """
    whole = _file(module).read_text(encoding="utf-8")
    text = _FOR_TYPES.sub("", whole)
    names = _searched(text)
    if _ANY.search(_IMPORT.sub("", text)):
        names = _parsed(whole)
    return tuple(name for name in names if name.startswith(_PACKAGE + ".") and _is_module(name))


def _searched(text: str) -> list[str]:
    names: list[str] = []
    for found in _IMPORT.finditer(text):
        base = found["of"] or found["module"]
        names += [base, *(f"{base}.{name}" for name in _NAME.findall(found["names"] or "") if name)]
    return names


def _parsed(text: str) -> list[str]:
    import ast

    names: list[str] = []
    waiting: list[ast.AST] = [ast.parse(text)]
    while waiting:
        node = waiting.pop()
        for_types = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        waiting += (
            node.orelse if isinstance(node, ast.If) and for_types else [*ast.iter_child_nodes(node)]
        )
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return names


@cache
def _is_module(name: str) -> bool:
    base = _ROOT.joinpath(*name.split(".")[1:])
    return base.with_suffix(".py").exists()


def _file(module: str) -> Path:
    return _ROOT.joinpath(*module.split(".")[1:]).with_suffix(".py")


def within_package(path: str) -> str:
    """A source file's path as the package has it, the same wherever the program lies."""
    return Path(path).relative_to(_ROOT.parent).as_posix()


def at_package(path: str) -> Path:
    """Where a source file lies that `within_package` named."""
    return _ROOT.parent / path
