"""Which files a step is made of: what a search of the text finds is what Python's parser does."""

import ast
import re
from pathlib import Path

import pytest

from cesp_analysis import rerun
from cesp_analysis.rerun import code_of

PACKAGE = Path(rerun.__file__).parent
MODULES = [
    ".".join(("cesp_analysis", *path.relative_to(PACKAGE).with_suffix("").parts))
    for path in sorted(PACKAGE.rglob("*.py"))
    if path.name != "__init__.py"
]


def parsed(text: str) -> set[str]:
    """The package's modules that a text imports, but for a type checker alone."""
    names: set[str] = set()
    waiting: list[ast.AST] = [ast.parse(text)]
    while waiting:
        node = waiting.pop()
        for_types = isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"
        if isinstance(node, ast.If) and for_types:
            waiting += node.orelse
        elif not isinstance(node, ast.expr):  # no expression imports
            waiting += ast.iter_child_nodes(node)
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names & set(MODULES)


def test_the_search_finds_what_the_parser_finds() -> None:
    """Of every module of the program: one that is missed leaves a step stale after an edit."""
    assert len(MODULES) > 500
    found = usual = 0
    for module in MODULES:
        text = rerun._file(module).read_text(encoding="utf-8")
        imported = parsed(text)
        assert set(rerun._imports(module)) == imported, module
        found += len(imported)
        usual += not rerun._ANY.search(rerun._IMPORT.sub("", rerun._FOR_TYPES.sub("", text)))
    assert found > 2000 and usual > 0.98 * len(MODULES)  # the parser is the exception


@pytest.mark.parametrize(
    "text",
    [
        "import cesp_analysis.numbers\n",
        "from cesp_analysis import numbers as n, errors\n",
        "from cesp_analysis import (\n    numbers,  # why (and so on)\n    errors as e,\n)\n",
        "def late():\n    from cesp_analysis.numbers import counted\n    return counted\n",
        "if TYPE_CHECKING:\n    from cesp_analysis.numbers import counted\n\n    import x\n"
        "import y\n",
        "class A:\n    if TYPE_CHECKING:\n        from cesp_analysis import numbers\n"
        "    from cesp_analysis import errors\n",
        "import cesp_analysis.numbers, cesp_analysis.errors as e, os\n",
        "import os, cesp_analysis.numbers\n",
        "from cesp_analysis import \\\n    numbers, \\\n    errors\n",
        "import os; from cesp_analysis import numbers\n",
        "if x: from cesp_analysis import numbers\n",
        "from  cesp_analysis   import numbers\n",
        "if TYPE_CHECKING:\n    import x\nelse:\n    from cesp_analysis import numbers\n",
        "if TYPE_CHECKING:  # alone\n    from cesp_analysis import numbers\n",
        "said = 'from cesp_analysis import numbers'  # from cesp_analysis import errors\n",
    ],
)
def test_each_way_of_importing(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a_module.py"
    path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(rerun, "_file", lambda module: path)
    assert set(rerun._imports.__wrapped__("cesp_analysis.a_module")) == parsed(text)


def test_a_step_is_made_of_what_it_imports_indirectly_and_of_what_that_reads() -> None:
    made_of = {Path(path).relative_to(PACKAGE).as_posix() for path in code_of("fit")}
    assert {"models/spec.py", "contracts.py", "errors.py"} <= made_of
    assert "report/write.py" not in made_of
    assert "report/report.css" in {
        Path(path).relative_to(PACKAGE).as_posix() for path in code_of("render")
    }


UNREAD = "export/*.R"
"""Beside a study's results for who goes on in R (`cesp export`): no step reads them."""


def test_each_file_of_data_is_one_that_a_step_is_made_of() -> None:
    there = {
        path
        for path in PACKAGE.rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc") and path.name != "py.typed"
    }
    read = {name: set(PACKAGE.glob(pattern)) for name, pattern in rerun._DATA_OF.items()}
    assert all(read.values()) and len(there) > 40
    assert there == set().union(*read.values(), PACKAGE.glob(UNREAD))


def test_whoever_reads_files_of_the_package_is_known_for_it() -> None:
    """But for what `cesp run`, an export, and the search of sources itself look for there."""
    found = {
        ".".join(("cesp_analysis", *path.relative_to(PACKAGE).with_suffix("").parts))
        for path in PACKAGE.rglob("*.py")
        if re.search(r"\b__file__\b|importlib\.resources", path.read_text(encoding="utf-8"))
    }
    apart = {f"cesp_analysis.{name}" for name in ("rerun", "run", "fork_server", "export.script")}
    assert found - apart == set(rerun._DATA_OF)


def test_published_pairs_make_the_definitive_trial() -> None:
    assert str(PACKAGE / "planning/block_pairs.csv") in code_of("learn")
