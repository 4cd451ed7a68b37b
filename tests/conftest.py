"""Fixtures that several tests share."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from small_study import Study

settings.register_profile("suite", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("search", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """A tiny study in a folder with a space, brackets and an apostrophe."""
    folder = tmp_path / "anne's study (v2) [b]"
    folder.mkdir()
    return Study(folder)
