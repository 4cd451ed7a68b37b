"""The records of tests/reference/glm.R as a panel, and models of them."""

from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.schemas import Panel
from small_panel import SITES, model


def made() -> pd.DataFrame:
    """The records of tests/reference/glm.R."""
    rows, k = [], 0
    for g in range(1, 13):
        for _ in range(8 + (5 * g) % 9):
            k += 1
            a, age, sex = float(g > 6), 45 + 15 * np.sin(2.3 * k), float(k % 3 == 0)
            u = 0.8 * np.cos(3.7 * g)
            for t in (0, 1):
                lin = u + 0.4 * a - 0.3 * t + 0.9 * a * t + 0.03 * (age - 45) - 0.5 * sex
                s = np.sin(5.1 * k + 2.7 * t)
                ordered = np.searchsorted([-1.2, 0, 1.1], lin + 1.8 * s, side="right")
                rows.append(
                    (k, g, a, t, age, sex, 1 + 0.6 * np.cos(1.3 * k), 20.0 + (7 * k + 3 * t) % 15,
                     float(lin + 1.6 * s > 0), np.floor(np.exp(0.6 + 0.4 * lin + 0.8 * s)),
                     np.exp(3 + 0.4 * lin + 0.9 * s), float(ordered))
                )  # fmt: skip
    names = ["id", "g", "a", "t", "age", "sex", "w", "days", "bin", "count", "cost", "ord"]
    return pd.DataFrame(rows, columns=names)


DATA = made()


def panel_made(*outcomes: str) -> pd.DataFrame:
    """The same records as a panel."""
    parts = []
    for name in outcomes:
        d = DATA.rename(columns={"g": "neighbourhood", "id": "unit", "w": "weight"})
        d = d.assign(
            study="s", level="person", outcome=name, value=d[name], link_worker=None,
            site=np.where(d["a"] == 1, "north", "south"),
            arm=np.where(d["a"] == 1, "intervention", "control"),
            time=np.where(d["t"] == 1, "t1", "t0"),
        )  # fmt: skip
        parts.append(d)
    d = pd.concat(parts, ignore_index=True).astype({"unit": str, "neighbourhood": str})
    for name in Panel.columns():
        if name not in ("value", "weight"):
            d[name] = pd.Categorical(d[name])
    return d[[*Panel.columns(), "age", "sex"]]


def asked(outcome: str = "bin", **settings: Any) -> Any:
    """A resolved model of one of these outcomes."""
    names = [outcome, *([settings["exposure"]] if settings.get("exposure") else [])]
    entry = {"unit": "points", "direction": "neither"}
    whole = {
        "study": "s", "model": "m", "ci_level": 0.95, "sites": SITES,
        "arms": {"intervention": "New", "control": "Usual"},
        "times": [{"name": f"t{t}", "label": f"time {t}", "position": t} for t in range(2)],
        "outcomes": {name: entry | {"label": name, "variable": name} for name in names},
        "covariates": {n: {"label": n, "variable": n} for n in settings.get("covariates", [])},
    }  # fmt: skip
    common = {"kind": "glm", "design": "cross_sections", "outcomes": [outcome], "study": whole}
    return model(**(common | settings))
