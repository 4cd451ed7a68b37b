"""Studies whose sites begin at different times: panels and resolved models, for tests."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.models.group_time import GroupTime
from cesp_analysis.models.kinds import read_model
from cesp_analysis.models.results import Estimate
from cesp_analysis.schemas import Panel

_NAMES = (
    "study",
    "level",
    "unit",
    "site",
    "arm",
    "neighbourhood",
    "link_worker",
    "time",
    "outcome",
)


def panel_of(
    y: np.ndarray, site: Sequence[Any], starts: Mapping[Any, int], **further: np.ndarray
) -> pd.DataFrame:
    """A panel of y (people, times), NaN: no answer; starts: site → its first time with the
    intervention (1: the first time), 0 never; further: covariates, or weight (people,)."""
    n, times = y.shape
    unit = np.repeat(np.arange(n), times)
    names = np.array([f"{one}" for one in site])
    treated = np.array([starts[one] > 0 for one in site])
    d = pd.DataFrame(
        {
            "unit": [f"p{i:06}" for i in unit],
            "site": names[unit],
            "arm": np.where(treated[unit], "intervention", "control"),
            "time": [f"t{t + 1}" for t in np.tile(np.arange(times), n)],
            "value": y.ravel(),
            "weight": 1.0,
        }
    )
    d = d.assign(study="s", level="person", outcome="y", link_worker=None, neighbourhood=None)
    for name, values in further.items():
        d[name] = np.asarray(values)[unit]
    for name in _NAMES:
        d[name] = pd.Categorical(d[name])
    others = [name for name in further if name != "weight"]
    return d.loc[d["value"].notna(), [*Panel.columns(), *others]].reset_index(drop=True)


def records_of(panel: pd.DataFrame) -> pd.DataFrame:
    """The same records, each of another respondent."""
    names = [f"r{i:06}" for i in range(len(panel))]
    return panel.assign(unit=pd.Categorical(names), level=pd.Categorical(["person"] * len(panel)))


def model(starts: Mapping[Any, int], times: int, **settings: Any) -> GroupTime:
    """A resolved model of one outcome at times 1, 2, …"""
    covariates = {
        name: {"label": name, "variable": name} for name in settings.get("covariates", [])
    }
    sites = [
        {"name": f"{one}", "label": f"{one}", "arm": "intervention" if start else "control"}
        for one, start in starts.items()
    ]
    study = {
        "study": "s", "model": "m", "ci_level": 0.95, "seed": 7, "sites": sites,
        "arms": {"intervention": "New", "control": "Usual"},
        "times": [
            {"name": f"t{t + 1}", "label": f"Time {t + 1}", "position": t + 1} for t in range(times)
        ],
        "started": {f"{one}": start for one, start in starts.items() if start},
        "outcomes": {
            "y": {"label": "Y", "variable": "y", "unit": "points", "direction": "neither"}
        },
        "covariates": covariates,
    }  # fmt: skip
    told = {"kind": "group_time", "design": "panel", "outcomes": ["y"], "study": study}
    made: GroupTime = read_model(json.dumps(told | settings))
    return made


def by_name(rows: Sequence[Estimate]) -> dict[str, Estimate]:
    """What follows model and outcome in the row's name → the row."""
    return {"/".join(row.estimate_id.split("/")[2:]): row for row in rows}
