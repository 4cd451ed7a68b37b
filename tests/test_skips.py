"""Which tests may be skipped: with a reason, and not for want of data that are there;
and none asserts what is always so."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
SKIPS = """
import pytest

@pytest.mark.skipif(True, reason="shared/data is absent")
def test_at_collection(): ...

def test_while_it_runs():
    pytest.skip("shared/data holds no files")

@pytest.mark.skipif(True, reason="there is no Chromium here")
def test_of_a_browser(): ...

def test_of_something_else():
    pytest.skip("root may read everything")

def test_without_a_reason():
    pytest.skip()
"""


@pytest.mark.parametrize(
    ("there", "counts", "errors"),
    [([], (4, 1), 0), (["CESP_SHARED"], (2, 2), 1), (["CESP_SHARED", "CESP_PROGRAMS"], (1, 2), 2)],
)
def test_a_test_that_must_run_is_not_skipped(
    tmp_path: Path, there: list[str], counts: tuple[int, int], errors: int
) -> None:
    (tmp_path / "test_skips_made_here.py").write_text(SKIPS)
    told = ("CESP_SHARED", "CESP_PROGRAMS")
    env = {key: value for key, value in os.environ.items() if key not in told}
    env |= {"PYTHONPATH": f"{TESTS}:{env.get('PYTHONPATH', '')}"} | dict.fromkeys(there, "1")
    words = ["-p", "conftest", "-p", "no:cacheprovider", "-p", "no:xdist", "-q", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words], env=env, cwd=tmp_path, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    skipped, failed = counts
    assert f"{failed} failed, {skipped} skipped" in done.stdout, done.stdout
    found = re.search(r"(\d+) error", done.stdout)  # what is skipped before it begins
    assert int(found[1] if found else 0) == errors
    assert "skipped (without a reason), but must run" in done.stdout
    assert ("skipped (shared/data is absent), but must run" in done.stdout) == bool(errors)


ALWAYS = (ast.Constant, ast.JoinedStr, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.Lambda)


def always(asserted: ast.expr) -> bool:
    """Whether a part of what is asserted is so whatever the program does, as "a" by itself is, or
    in "a" and b in c."""
    if isinstance(asserted, ast.BoolOp):
        return any(always(part) for part in asserted.values)
    if isinstance(asserted, ast.UnaryOp) and isinstance(asserted.op, ast.Not):
        return always(asserted.operand)
    return isinstance(asserted, (*ALWAYS, ast.GeneratorExp)) and not (
        isinstance(asserted, ast.List) and any(isinstance(x, ast.Starred) for x in asserted.elts)
    )


@pytest.mark.parametrize(
    ("asserted", "is_always"),
    [
        ("'a'", True),
        ("'a' and b in c", True),
        ("not ('a', b)", True),
        ("(a == b for b in c)", True),
        ("'a' in b", False),
        ("not [*a]", False),
        ("a == 'b' or c", False),
    ],
)
def test_what_is_always_so_is_found(asserted: str, is_always: bool) -> None:
    assert always(ast.parse(asserted, mode="eval").body) == is_always


def test_no_assertion_is_always_so() -> None:
    found = [
        f"{path.relative_to(TESTS)}:{node.lineno}"
        for path in sorted(TESTS.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assert) and always(node.test)
    ]
    assert found == []
