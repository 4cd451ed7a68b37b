"""Case 31: row names that a screen reader announces."""

import subprocess
import sys
from pathlib import Path

import pytest

from case_study import CASES
from shown_report import page

CASE = CASES / "31-row-names-are-headers"
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="shared/cases is absent")


def checked(path: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, str(CASE / "check_tables.py"), str(path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout.splitlines()[-1]


def test_no_table_of_a_page_lacks_a_header(tmp_path: Path) -> None:
    assert checked(page(tmp_path / "results")) == (0, "7 tables, 0 faults")
    assert checked(CASE / "good.html")[0] == 0 and checked(CASE / "bad.html")[0] == 1
