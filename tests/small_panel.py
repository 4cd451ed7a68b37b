"""A complete panel of two sites and a resolved model of its outcome, for tests of models."""

import json
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.models.kinds import read_model
from cesp_analysis.schemas import Panel

SITES = [
    {"name": "north", "label": "North", "arm": "intervention"},
    {"name": "south", "label": "South", "arm": "control"},
]


def panel_of(people: int = 40, times: int = 2, seed: int = 1, sites: bool = True) -> pd.DataFrame:
    """A complete panel: half the people in each site, 4 neighbourhoods a site."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(people):
        treated = i % 2
        level = rng.normal(20, 3)
        for t in range(times):
            value = level + 0.5 * t + treated * t + rng.normal(0, 1 + treated)
            near = f"{'n' if treated else 's'}{i // 2 % 4}"
            rows.append((f"p{i:03}", treated, near, f"t{t}", value, 30.0 + i % 17))
    d = pd.DataFrame(rows, columns=["unit", "treated", "neighbourhood", "time", "value", "age"])
    d["site"] = np.where(d["treated"] == 1, "north", "south")
    d["arm"] = np.where(d["treated"] == 1, "intervention", "control")
    if not sites:
        d["site"] = None
    d = d.assign(study="s", level="person", outcome="y", weight=1.0, link_worker=None)
    for name in ("study", "level", "unit", "site", "arm", "neighbourhood", "link_worker", "time"):
        d[name] = pd.Categorical(d[name])
    d["outcome"] = pd.Categorical(d["outcome"])
    return d[[*Panel.columns(), "age"]]


def model(sites: bool = True, times: int = 2, randomised: bool = False, **settings: Any) -> Any:
    """A resolved model of one outcome."""
    covariates = {
        name: {"label": name, "variable": name} for name in settings.get("covariates", [])
    }
    study = {
        "study": "s",
        "model": "m",
        "ci_level": 0.95,
        "arms": {"intervention": "New", "control": "Usual"},
        "sites": SITES if sites else [],
        "times": [{"name": f"t{t}", "label": f"time {t}", "position": t} for t in range(times)],
        "outcomes": {
            "y": {"label": "Y", "variable": "y", "unit": "points", "direction": "neither"}
        },
        "covariates": covariates,
        "randomised": randomised,
    }
    return read_model(json.dumps({"outcomes": ["y"], "study": study} | settings))
