"""Records of community surveys for tests: as R was given them, as rows of a panel, as a sample."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.schemas import Panel

REFERENCE = Path(__file__).parent / "reference"


def by_r() -> dict[str, Any]:
    """What R's survey says of survey.csv and apiclus1.csv (tests/reference/survey.R)."""
    return json.loads((REFERENCE / "survey.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def survey_rows() -> pd.DataFrame:
    """survey.csv: three waves of two sites, panel members, unequal design weights."""
    return pd.read_csv(REFERENCE / "survey.csv")


def panel_of(d: pd.DataFrame, **columns: Any) -> pd.DataFrame:
    """Rows with id, site (0, 1), nb, wave (0..), y and design as the panel's table."""
    rows = pd.DataFrame(
        {
            "study": "s",
            "level": "respondent",
            "unit": d["id"].astype(str).to_numpy(),
            "site": np.where(d["site"] == 1, "north", "south"),
            "arm": np.where(d["site"] == 1, "intervention", "control"),
            "neighbourhood": ("n" + d["nb"].astype(str)).to_numpy(),
            "link_worker": None,
            "time": ("w" + d["wave"].astype(str)).to_numpy(),
            "outcome": "y",
            "value": d["y"].to_numpy(dtype=float),
            "weight": d["design"].to_numpy(dtype=float) if "design" in d else 1.0,
        }
    )
    for name, kind in Panel.columns().items():
        if kind.kind == "category":
            rows[name] = pd.Categorical(rows[name])
    return rows[list(Panel.columns())].assign(**columns)
