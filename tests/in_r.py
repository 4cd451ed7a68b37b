"""R, where it is installed with what the scripts of `cesp export` ask for."""

import shutil
import subprocess
from pathlib import Path

import pytest

PACKAGES = ("lme4", "lmerTest", "pbkrtest", "nlme", "clubSandwich", "survey")


def lacking() -> str:
    """Why `check.R` cannot be run here; blank if it can."""
    if shutil.which("Rscript") is None:
        return "no R: check.R cannot be run"
    names = ", ".join(f'"{name}"' for name in PACKAGES)
    asked = f"for (p in c({names})) if (!requireNamespace(p, quietly = TRUE)) cat(p, '')"
    done = subprocess.run(["Rscript", "-e", asked], capture_output=True, text=True, check=True)
    gone = done.stdout.split()
    return f"no R packages {', '.join(gone)}: check.R cannot be run" if gone else ""


WITHOUT = lacking()
NEEDS_R = pytest.mark.skipif(bool(WITHOUT), reason=WITHOUT or "R is installed")


def run_r(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["Rscript", "check.R"], cwd=folder, capture_output=True, text=True, check=False
    )
