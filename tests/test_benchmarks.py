"""Benchmarks: what they time is what the rules run."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
from pytest import approx

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


def test_the_simulation_of_few_sites_judges_what_the_ladder_does() -> None:
    """A small run: the rates that ignore shocks come out, every rung has a line."""
    simulation = script("few_sites_simulation")
    rng = np.random.default_rng(1)
    # 4,000 studies: Monte Carlo error .0073
    assert simulation.rejections(100, 0.0, 4_000, rng) == approx(0.306, abs=0.025)
    lines = simulation.rung_rows(20)
    assert len(lines) == 8 and all(line.count("|") == 8 for line in lines)
    page = "# V\n\n## Repeated measures, simulated\n\ntable\n"
    once = simulation.placed(page, f"{simulation.TITLE}\n\none\n\n")
    assert simulation.placed(once, f"{simulation.TITLE}\n\none\n\n") == once
    assert once.startswith("# V") and once.endswith(page[5:])


def test_the_wild_benchmark_has_its_data() -> None:
    wild = script("wild")
    data = wild.generated()
    assert (len(data), data["cluster"].nunique()) == (wild.ROWS, wild.CLUSTERS)
    assert wild.ours(data, 1)[1].draws == wild.DRAWS
    assert wild.permuted(data) > 0
