"""The records of tests/reference/random_logit.R, and models of them with a random intercept."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import logit

from cesp_analysis.schemas import Panel
from small_panel import SITES, model


def made() -> pd.DataFrame:
    """90 units in 10 neighbourhoods, three times, a few records lost."""
    rows = []
    for i in range(1, 91):
        for t in range(3):
            if t > 0 and (7 * i + 5 * t) % 6 == 0:
                continue
            a, age, near = float(i > 45), np.sin(2.3 * i), (i - 1) // 9 + 1
            eta = 0.5 * a + 0.3 * t + 0.4 * a * t + 0.5 * age + 0.9 * np.cos(2.9 * near)
            eta += 1.5 * np.sin(3.7 * i)
            u = ((137 * i + 311 * t + 17) % 499 + 0.5) / 499
            v = ((211 * i + 97 * t + 5) % 503 + 0.5) / 503
            ordered = np.searchsorted([-1, 0.8, 2.2], eta + logit(u), side="right")
            binary = eta - 0.5 + 1.8 * np.sin(5.3 * i) + logit(v) > 0
            rows.append((i, t, a, age, near, float(ordered), float(binary)))
    return pd.DataFrame(rows, columns=["i", "t", "a", "age", "near", "ord", "bin"])


DATA = made()


def columns() -> np.ndarray:
    """The fixed part (n, 6): arm, two times, arm by each, age."""
    first, second = (DATA["t"] == 1).astype(float), (DATA["t"] == 2).astype(float)
    a = DATA["a"]
    return np.column_stack([a, first, second, a * first, a * second, DATA["age"]])


def panel_made(data: pd.DataFrame = DATA, level: str = "respondent") -> pd.DataFrame:
    """Records as a panel of both outcomes."""
    parts = []
    for name in ("ord", "bin"):
        d = data.assign(
            study="s", level=level, outcome=name, value=data[name], link_worker=None, weight=1.0,
            unit=data["i"].astype(str), neighbourhood=data["near"].astype(str),
            site=np.where(data["a"] == 1, "north", "south"),
            arm=np.where(data["a"] == 1, "intervention", "control"),
            time="t" + data["t"].astype(str),
        )  # fmt: skip
        parts.append(d)
    d = pd.concat(parts, ignore_index=True)
    for name in Panel.columns():
        if name not in ("value", "weight"):
            d[name] = pd.Categorical(d[name])
    return d[[*Panel.columns(), "age"]]


def asked(outcome: str, **settings: Any) -> Any:
    """A resolved model of one of these outcomes."""
    kind = {"kind": "glm", "family": "binomial"}
    if outcome == "ord":
        kind = {"kind": "ordinal", "at_least": [1, 2, 3]}
    whole = {
        "study": "s", "model": "m", "ci_level": 0.95, "sites": SITES,
        "arms": {"intervention": "New", "control": "Usual"},
        "times": [{"name": f"t{t}", "label": f"wave {t}", "position": t} for t in range(3)],
        "outcomes": {
            outcome: {"unit": "points", "direction": "neither", "label": outcome, "variable": "v"}
        },
        "covariates": {"age": {"label": "age", "variable": "age"}},
    }  # fmt: skip
    common = {"level": "respondent", "design": "cross_sections", "covariates": ["age"]}
    return model(**(kind | common | {"outcomes": [outcome], "study": whole} | settings))
