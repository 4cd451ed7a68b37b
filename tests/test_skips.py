"""Which tests may be skipped: with a reason, and not for want of data that are there."""

import os
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

def test_of_something_else():
    pytest.skip("root may read everything")

def test_without_a_reason():
    pytest.skip()
"""


@pytest.mark.parametrize(("there", "counts"), [(False, (3, 1)), (True, (1, 2))])
def test_a_test_that_must_run_is_not_skipped(
    tmp_path: Path, there: bool, counts: tuple[int, int]
) -> None:
    (tmp_path / "test_skips_made_here.py").write_text(SKIPS)
    env = {key: value for key, value in os.environ.items() if key != "CESP_SHARED"}
    env |= {"PYTHONPATH": f"{TESTS}:{env.get('PYTHONPATH', '')}"} | (
        {"CESP_SHARED": "1"} if there else {}
    )
    words = ["-p", "conftest", "-p", "no:cacheprovider", "-p", "no:xdist", "-q", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words], env=env, cwd=tmp_path, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    skipped, failed = counts
    assert f"{failed} failed, {skipped} skipped" in done.stdout, done.stdout
    assert ("1 error" in done.stdout) == there  # what is skipped before it begins
    assert "skipped (without a reason), but must run" in done.stdout
    assert ("skipped (shared/data is absent), but must run" in done.stdout) == there
