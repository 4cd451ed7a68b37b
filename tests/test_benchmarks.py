"""Benchmarks: what they time is what the rules run."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[1]


def script(name: str) -> ModuleType:
    """A benchmark as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
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


def test_the_models_of_ten_million_rows_run(capsys: pytest.CaptureFixture[str]) -> None:
    """On 2,000 people: estimates near the truth, rows without a value left out."""
    benchmark = script("ten_million")
    for name in benchmark.MODELS:
        benchmark.once(name, 2_000)
        rows, seconds, _ = capsys.readouterr().out.split()
        assert 9_000 < int(rows) < 10_000 and float(seconds) > 0


def test_the_tables_of_small_samples_are_made_where_the_page_says(tmp_path: Path) -> None:
    small = script("small_samples")
    rng = np.random.default_rng(1)
    made = small.line(small.three_times(6, rng), 6, 0.05, 40, rng)
    assert [line.split("|")[3].strip() for line in made.splitlines()] == list(small.WORDS.values())
    page = tmp_path / "page.md"
    page.write_text((ROOT / "docs/validation.md").read_text(encoding="utf-8"), encoding="utf-8")
    for name in ("once", "three times"):
        small.written(page, name, f"made {name}")
    text = page.read_text(encoding="utf-8")
    assert "made once\n<!-- end of once" in text and "made three times\n" in text
    assert small.HEAD not in text  # the tables that were there are gone


def test_a_simulation_writes_its_own_section_and_no_other() -> None:
    page = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
    for name in ("weighting_simulation", "mmrm_simulation", "two_sites_simulation"):
        made = script(name)
        rest = made.written(page, made.TITLE + "\n\nnew\n")
        others = [line for line in page.splitlines() if line.startswith("#")]
        assert [line for line in rest.splitlines() if line.startswith("#")] == others
        assert made.written(rest, made.TITLE + "\n\nnew\n") == rest
        assert "new" in rest.split(made.TITLE)[1][:8]


def test_one_of_the_two_may_be_wrong_but_not_both() -> None:
    """200 studies: double robustness within 4 Monte Carlo errors, and a bias that is seen."""
    made = script("weighting_simulation")
    bias = {}
    for design in made.DESIGNS[1:4]:
        ((_, found, _),) = [one for one in made.simulated(design, 200) if one[0] == "dr_did"]
        bias[design.name] = (found[0].mean() - made.EFFECT) / (found[0].std() / 200**0.5)
    assert abs(bias["propensity wrong, 200 people"]) < 4
    assert abs(bias["change wrong, 200 people"]) < 4
    assert bias["both wrong, 200 people"] < -4


def test_the_simulation_of_few_sites_judges_what_the_ladder_does() -> None:
    """A small run: the rates that ignore shocks come out, every rung has a line."""
    simulation = script("few_sites_simulation")
    rng = np.random.default_rng(1)
    # 4,000 studies: Monte Carlo error .0073
    assert simulation.rejections(100, 0.0, 4_000, rng) == pytest.approx(0.306, abs=0.025)
    lines = simulation.rung_rows(20)
    assert len(lines) == 8 and all(line.count("|") == 8 for line in lines)
    page = "# V\n\n## Repeated measures, simulated\n\ntable\n"
    once = simulation.placed(page, f"{simulation.TITLE}\n\none\n\n")
    assert simulation.placed(once, f"{simulation.TITLE}\n\none\n\n") == once
    assert once.startswith("# V") and once.endswith(page[5:])


def test_the_simulation_of_two_sites_knows_what_each_interval_leaves_out() -> None:
    """One batch of 500 studies: right about people within 4 Monte Carlo errors of .01, far too
    narrow with shocks to sites, and about right again where they are allowed for."""
    simulation = script("two_sites_simulation")
    studies = simulation.drawn(60, 0.0, np.random.default_rng(1))
    before, after = simulation.site_effects(simulation.BATCH, 60)
    for name in ("did, change", "ancova", "mixed, person"):
        own = simulation.ESTIMATORS[name](studies)
        shift = after - own[3] * before
        shares = [
            float(held.split()[0])
            for held in (
                simulation.held(own),
                simulation.held(own, shift),
                simulation.held(own, shift, simulation.widened(own)),
            )
        ]
        assert shares[0] == pytest.approx(0.95, abs=0.04), name
        assert shares[1] < 0.88 and shares[2] > 0.91, name


def test_the_wild_benchmark_has_its_data() -> None:
    wild = script("wild")
    data = wild.generated()
    assert (len(data), data["cluster"].nunique()) == (wild.ROWS, wild.CLUSTERS)
    assert wild.ours(data, 1)[1].draws == wild.DRAWS
    assert wild.permuted(data) > 0
