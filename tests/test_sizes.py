"""No file and no function is longer than a reader holds; no module needs another to be there first.

The length of a function is that of its body without the docstring.
"""

import ast
import re
from pathlib import Path
from statistics import median

import modules
import rooms
from cesp_analysis.steps import STEPS
from rooms import tree

SOURCE = Path(__file__).resolve().parents[1] / "src"
FILES = sorted(SOURCE.rglob("*.py"))
LINES, MEDIAN, NINE_IN_TEN, LONGEST = 250, 9, 30, 60


def length(function: ast.FunctionDef) -> int:
    """Lines of a function's body, its docstring apart."""
    body = function.body[ast.get_docstring(function) is not None :]
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def lengths() -> dict[str, int]:
    """Every function → how long it is."""
    return {
        f"{path.relative_to(SOURCE)}:{node.lineno} {node.name}": length(node)
        for path in FILES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef)
    }


def test_no_file_is_longer_than_a_reader_holds() -> None:
    long = {
        str(path.relative_to(SOURCE)): n
        for path in FILES
        if (n := len(path.read_text(encoding="utf-8").splitlines())) > LINES
    }
    assert long == {}


def test_functions_are_short() -> None:
    found = lengths()
    in_order = sorted(found.values())
    assert len(in_order) > 1000
    assert median(in_order) <= MEDIAN
    assert in_order[int(0.9 * len(in_order))] <= NINE_IN_TEN
    assert {name for name, n in found.items() if n > LONGEST} == set()


def test_no_module_takes_what_is_another_s_alone() -> None:
    taken = {
        f"{path.relative_to(SOURCE)}: {node.module}.{alias.name}"
        for path in FILES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name.startswith("_")
    }
    assert taken == set()


def test_each_module_can_be_imported_first() -> None:
    """Two modules that need each other at import can be entered from one of them alone."""
    assert in_circles({name_of(path): imports(path) for path in FILES}) == set()
    assert {one.split(":")[0] for one in STEPS.values()} <= {name_of(path) for path in FILES}


def name_of(path: Path) -> str:
    """A module's name."""
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path) -> set[str]:
    """Modules that one takes names from when it is imported; not those that only types need."""
    found = set()
    for node in tree(path).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
    return found


def in_circles(imported: dict[str, set[str]]) -> set[str]:
    """Modules that are needed for their own import, and those that need one of them."""
    left = {name: names & set(imported) - {name} for name, names in imported.items()}
    while free := {name for name, names in left.items() if not names}:
        left = {name: names - free for name, names in left.items() if name not in free}
    return set(left)


def test_circles_are_found() -> None:
    apart = {"a": {"b", "json"}, "b": set[str]()}
    assert in_circles(apart) == set()
    assert in_circles(apart | {"c": {"d"}, "d": {"c"}, "e": {"d"}}) == {"c", "d", "e"}


def test_each_room_imports_rooms_below_it_alone() -> None:
    """Whoever reads a room needs to know none that comes later; the drawing is as it is now."""
    assert rooms.upwards() == []
    assert rooms.PAGE.read_text(encoding="utf-8") == rooms.page()


def test_each_module_is_listed_with_its_own_words() -> None:
    assert modules.PAGE.read_text(encoding="utf-8") == modules.page()
    assert "|  |" not in modules.page() and "\n.\n" not in modules.page()  # each says something


def test_architecture_names_modules_that_are_there() -> None:
    page = (rooms.PAGE.parent / "architecture.md").read_text(encoding="utf-8")
    there = {path.name for top in ("src", "tests") for path in (rooms.ROOT / top).rglob("*.py")}
    named = set(re.findall(r"`(?:[\w/]+/)?(\w+\.py)`", page))
    assert len(named) > 50 and named <= there


def test_what_others_call_says_what_it_is() -> None:
    silent = [
        f"{path.relative_to(SOURCE)}: {node.name}"
        for path in FILES
        for node in tree(path).body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert silent == []
