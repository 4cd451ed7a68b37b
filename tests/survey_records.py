"""Records of community surveys for tests: as R was given them, as rows of a panel, as a sample."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.models.kinds import read_model
from cesp_analysis.models.least_squares import LeastSquares, least_squares
from cesp_analysis.models.survey_design import Sample
from cesp_analysis.models.survey_linear import Linearised, linearised
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


SITES = [
    {"name": "north", "label": "North", "arm": "intervention"},
    {"name": "south", "label": "South", "arm": "control"},
]


def survey_model(waves: int = 3, surveys: dict[str, Any] | None = None, **settings: Any) -> Any:
    """A resolved model of kind survey (or another) of respondents' outcome y."""
    entry = {"label": "Y", "variable": "y", "unit": "points", "direction": "neither"}
    study: dict[str, Any] = {
        "study": "s",
        "model": "m",
        "ci_level": 0.95,
        "arms": {"intervention": "New", "control": "Usual"},
        "sites": SITES,
        "times": [{"name": f"w{t}", "label": f"wave {t}", "position": t} for t in range(waves)],
        "outcomes": {"y": entry | {"level": "respondent"}},
        "covariates": {
            name: {"label": name, "variable": name, "level": "respondent"}
            for name in settings.get("covariates", [])
        },
    }
    if surveys:
        study["surveys"] = surveys
    asked = {"kind": "survey", "level": "respondent", "outcomes": ["y"], "study": study}
    return read_model(json.dumps(asked | settings))


def a3() -> pd.DataFrame:
    """Vector A3: 10 neighbourhoods of two sites, two waves, other respondents each time."""
    rows, k = [], 0
    for nb in range(10):
        site = int(nb >= 5)
        for wave in (0, 1):
            for _ in range(6 + (3 * nb + wave) % 5):
                k += 1
                y = 20 + site + 0.5 * wave + 1.2 * site * wave + 2 * np.sin(2.7 * nb + 1)
                y += 0.9 * np.cos(4.1 * nb + 3 * wave) + 3 * np.sin(1.3 * k)
                rows.append((k, site, nb, wave, y))
    return pd.DataFrame(rows, columns=["id", "site", "nb", "wave", "y"])


def codes(values: Any) -> np.ndarray:
    return np.unique(np.asarray(values), return_inverse=True)[1]


def design_of(d: pd.DataFrame) -> np.ndarray:
    """Columns in the order of R's site * factor(wave) + x."""
    site, one, two = d["site"] == 1, d["wave"] == 1, d["wave"] == 2
    x = [np.ones(len(d)), site, one, two, d["x"], site & one, site & two]
    return np.column_stack([np.asarray(column, dtype=float) for column in x])


def regression(
    d: pd.DataFrame, sample: Sample, inside: np.ndarray | None = None
) -> tuple[LeastSquares, Linearised]:
    """Least squares of y on `design_of`, and its linearised covariance."""
    inside = np.ones(len(d), dtype=bool) if inside is None else inside
    weight = np.where(inside, sample.weight, 0.0)
    fit = least_squares(d["y"].to_numpy(dtype=float), design_of(d), weight)
    pull = np.zeros((len(d), len(fit.coef)))
    root = np.sqrt(fit.weights) * fit.residuals
    pull[fit.kept] = fit.x * root[:, None] @ fit.bread
    return fit, linearised(pull, sample, inside)
