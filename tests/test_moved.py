"""A checkout that was moved: its environment's scripts name a folder that is gone."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def told(folder: Path, target: str) -> str:
    """What make would do for a target, nothing of which is done."""
    words = ["make", "--dry-run", "--no-print-directory", target]
    without = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    done = subprocess.run(
        words, cwd=folder, env=without, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("target", "own"), [("setup", ".venv"), (".venv-docs/ready", ".venv-docs")]
)
def test_an_environment_is_made_anew_where_its_folder_was_renamed(
    tmp_path: Path, target: str, own: str
) -> None:
    """Nothing is done as long as it is where venv made it; copied elsewhere it is cleared."""
    first = tmp_path / "my checkout"
    first.mkdir()
    for name in ("Makefile", "requirements.lock", "requirements-docs.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, first)
    assert f"python3 -m venv  {own}" in told(first, target), "of none at all nothing is cleared"
    made = [sys.executable, "-m", "venv", "--without-pip", own]
    subprocess.run(made, cwd=first, check=True)
    (first / own / "ready").touch()
    assert "python3" not in told(first, target)
    moved = first.rename(tmp_path / "renamed")
    assert f"python3 -m venv --clear {own}" in told(moved, target)
    subprocess.run([*made[:3], "--clear", *made[3:]], cwd=moved, check=True)
    (moved / own / "ready").touch()
    assert "python3" not in told(moved, target)
