"""Fixtures that several tests share."""

from pathlib import Path

import pytest

from small_study import Study


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """A tiny study in a folder with a space, brackets and an apostrophe."""
    folder = tmp_path / "anne's study (v2) [b]"
    folder.mkdir()
    return Study(folder)
