"""The data of tests/reference/ancova.R as panels, and its output."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
R = json.loads((ROOT / "tests/reference/ancova.json").read_text(encoding="utf-8"))
MONTHS = ("2m", "3m", "5m", "8m")


def btheb() -> pd.DataFrame:
    """Beat the Blues as a panel of five times without sites."""
    data = pd.read_csv(ROOT / "examples/beat_the_blues/data/raw/btheb.csv")
    parts = []
    for index, name in enumerate(("pre", *MONTHS)):
        part = {"unit": data["subject"].astype(str), "time": f"t{index}"}
        part |= {"arm": np.where(data["treatment"] == "BtheB", "intervention", "control")}
        part |= {"value": data[f"bdi.{name}"], "drug": (data["drug"] == "Yes").astype(float)}
        part |= {"length": (data["length"] == ">6m").astype(float)}
        parts.append(pd.DataFrame(part))
    return as_panel(pd.concat(parts), site=None, neighbourhood=None)


def as_panel(data: pd.DataFrame, **columns: Any) -> pd.DataFrame:
    """A panel of one outcome of people from its own columns."""
    same = {"study": "s", "level": "person", "outcome": "y", "link_worker": None, "weight": 1.0}
    data = data.assign(**same, **columns)
    coded = ("study", "level", "unit", "site", "arm", "neighbourhood", "link_worker", "time")
    return data.astype(dict.fromkeys((*coded, "outcome"), "category"))


def people() -> pd.DataFrame:
    """tests/reference/people.csv as a panel of two times."""
    data = pd.read_csv(ROOT / "tests/reference/people.csv").rename(
        columns={"person": "unit", "site": "arm", "baseline": "t0", "follow_up": "t1"}
    )
    data["site"] = data["arm"].map({"intervention": "north", "control": "south"})
    keys = ["unit", "arm", "site", "neighbourhood"]
    return as_panel(data.melt(keys, ["t0", "t1"], "time", "value"))


def own() -> pd.DataFrame:
    """The 40 people of tests/reference/ancova.R."""
    rows = []
    for i in range(1, 41):
        for t in range(4):
            if t > 0 and (7 * i + 5 * t) % 6 == 0:
                continue
            a = float(i > 20)
            y = 40 + a + 1.5 * t + 0.8 * a * t + 4 * np.sin(3.1 * i)
            y += 1.2 * np.cos(1.9 * i) * t + (2 + 0.5 * t) * np.sin(5.3 * i + 2.9 * t)
            rows.append((i, a, t, (i - 1) // 5, y))
    return pd.DataFrame(rows, columns=["id", "arm", "t", "near", "y"])


def own_panel() -> pd.DataFrame:
    """The same people as a panel without sites."""
    data = own()
    arm = np.where(data["arm"] == 1, "intervention", "control")
    unit, time = data["id"].map("p{:02}".format), data["t"].map("t{}".format)
    table = pd.DataFrame({"unit": unit, "time": time, "arm": arm, "value": data["y"]})
    return as_panel(table, site=None, neighbourhood=data["near"].astype(str))
