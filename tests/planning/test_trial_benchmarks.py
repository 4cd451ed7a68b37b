"""The benchmarks of simulated trials run, and the scenarios of the page are those promised."""

import sys
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"
if str(FOLDER) not in sys.path:
    sys.path.append(str(FOLDER))

import planning_simulation as made  # noqa: E402

import planning  # noqa: E402


def test_power_is_the_formulas_in_the_first_scenarios(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight of the 216, as the page has them but for fewer trials."""
    every = made.scenarios()
    assert len(every) == 216 >= 200
    true = [made.exact(trial) for trial in every]
    assert min(true) < 0.15 and max(true) > 0.7
    monkeypatch.setattr(made, "CORES", 1)
    z = made.against_formula(16_384, 27)
    assert np.abs(z).max() < 2.8  # Bonferroni's limit for eight


def test_the_section_says_what_was_simulated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made, "CORES", 1)
    beside = [
        made.adjusted(10, 10, 0.02, 0.8, 0.5, 16_384),
        made.adjusted(40, 50, 0.1, 0.8, 0.5, 8192),
    ]
    assert abs(beside[0].means) < 3 and beside[0].mixed < -0.03 and beside[0].zero > 0.3
    monkeypatch.setattr(made, "LOCATIONS", (6, 10))
    lines = made.table("post only, ICC .05", 8_192, 512)
    assert lines[3].startswith("| 6 |") and lines[3].count("–") == 1
    assert all(line.count("|") == 8 for line in lines[1:])
    text = made.section([0.5, -1.0], beside, lines)
    assert text.startswith(made.TITLE) and "nan" not in text
    with pytest.raises(AssertionError, match="not below"):
        made.section([9.0], beside, lines)


def test_the_benchmark_runs(capsys: pytest.CaptureFixture[str]) -> None:
    speed, done = planning.ours(planning.UNEQUAL, 100, 1)
    assert speed > 0 and done.n_failed == 0
    planning.once(100)
    assert float(capsys.readouterr().out.split()[1]) == pytest.approx(0.78, abs=0.03)
