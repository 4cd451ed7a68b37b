"""People with costs and QALYs: of tests/reference/economics.R, and generated."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.models.least_squares import least_squares
from cesp_analysis.models.sandwich import infer
from cesp_analysis.models.student import t_interval

Floats = NDArray[np.float64]
R: dict[str, Any] = json.loads(Path("tests/reference/economics.json").read_text(encoding="utf-8"))
DATA: dict[str, Floats] = {name: np.array(values) for name, values in R["data"].items()}


def columns(*names: str, data: dict[str, Floats] = DATA) -> Floats:
    """A constant and these columns (n, k)."""
    return np.column_stack([np.ones(len(data["arm"])), *(data[name] for name in names)])


COST_X, QALY_X = columns("arm", "age", "before"), columns("arm", "age", "utility")


def generated(n: int, rng: np.random.Generator, zeros: float = 0.0) -> dict[str, Floats]:
    """n people in each of two arms; costs are skewed, lower QALYs go with higher ones. True
    differences: 60 in mean cost (less the share of zeros), .02 in mean QALY."""
    arm = np.repeat([0.0, 1.0], n)
    before, utility = rng.gamma(1.5, 200, 2 * n), rng.beta(5, 2, 2 * n)
    cost = rng.gamma(0.8, (250 + 0.5 * before + 60 * arm) / 0.8) * (rng.random(2 * n) >= zeros)
    qaly = 0.3 + 0.5 * utility + 0.0215 * arm - 2.5e-5 * cost + rng.normal(0, 0.08, 2 * n)
    return {"arm": arm, "before": before, "utility": utility, "cost": cost, "qaly": qaly}


def net_benefit_interval(
    cost: Floats, qaly: Floats, x: Floats, threshold: float
) -> tuple[float, float, float]:
    """Net benefit by one regression on columns (n, k): estimate and 95% limits, HC2."""
    one = infer(least_squares(threshold * qaly - cost, x), np.eye(x.shape[1])[1], "HC2")
    return (one.estimate, *t_interval(one.estimate, one.std_error, one.df))
