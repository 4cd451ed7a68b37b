"""Benchmarks: what they time is what the rules run."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pandas as pd

ROOT = Path(__file__).resolve().parents[1]


def script(name: str) -> ModuleType:
    """A benchmark as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_steps_of_the_intake_benchmark_run(tmp_path: Path) -> None:
    """Each step takes what the benchmark gives it, and the panel has every outcome."""
    intake = script("intake")
    intake.make_study(tmp_path, 400)
    done = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "intake.py"), "steps"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.returncode == 0, done.stderr
    panel = pd.read_parquet(tmp_path / "data/processed/panel.parquet")
    assert len(panel) == 400 * 5
    assert panel.loc[panel["outcome"].isin(["wellbeing", "pain"]), "value"].notna().all()
