"""What each step imports: imports are most of a small job, so this is its receipt."""

import subprocess
import sys

import pytest

HEAVY = ("pandas", "pyarrow", "matplotlib", "scipy.stats", "statsmodels", "linearmodels", "lxml")

ALLOWED = {
    "intake": {"pandas", "pyarrow"},
    "clean": {"pandas", "pyarrow"},
    "score": {"pandas", "pyarrow"},
    "panel": {"pandas", "pyarrow"},
    "account": {"pandas", "pyarrow"},
    "dictionary": {"pandas", "pyarrow"},
    "answered": {"pandas", "pyarrow"},
    "flow": {"pandas", "pyarrow"},
    "baseline": {"pandas", "pyarrow"},
    "missing": {"pandas", "pyarrow"},
    "means": {"pandas", "pyarrow"},
    "draw": {"pandas", "pyarrow"},
    "render": {"lxml"},
}
"""Step → heavy modules that importing it may load; every other step loads none."""


@pytest.mark.parametrize(
    "step",
    [*ALLOWED, "fit", "collect", "compare", "write", "show", "checksum", "schema"],
)
def test_a_step_imports_only_what_it_uses(step: str) -> None:
    code = (
        "import sys; from importlib import import_module; from cesp_analysis.cli import STEPS;"
        f" import_module(STEPS[{step!r}].split(':')[0]);"
        f" print(*(name for name in {HEAVY!r} if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= ALLOWED.get(step, set())


def test_reading_a_study_loads_nothing_heavy() -> None:
    code = (
        "import sys; from cesp_analysis.study.read import read_study; read_study('.');"
        f" print(*(name for name in {HEAVY!r} if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
