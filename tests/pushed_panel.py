"""A panel with gaps, imputed sets of it, and an analysis of them, for tests of sensitivity."""

from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.declared.handling import Handling
from cesp_analysis.missing.analysed import Analysis, analysis_of
from cesp_analysis.missing.sets import Sets, Values
from small_panel import model, panel_of


def gapped(people: int = 48, seed: int = 3, baseline: bool = True) -> pd.DataFrame:
    """Three times; a quarter is lost at the end at one site, half at the other; some first ones."""
    panel = panel_of(people, 3, seed)
    rng = np.random.default_rng(seed + 1)
    number = panel["unit"].astype(str).str[1:].astype(int).to_numpy()
    time = panel["time"].astype(str).to_numpy()
    lost = rng.random(people)[number] < np.where(number % 2, 0.25, 0.5)
    gone = (time == "t2") & lost | (time == "t1") & lost & (number % 3 == 0)
    if baseline:
        gone |= (time == "t0") & np.isin(number, [5, 12, 30])
    return panel.assign(value=np.where(gone, np.nan, panel["value"]))


def sets_of(panel: pd.DataFrame, m: int = 5, seed: int = 9, ages: bool = False) -> Sets:
    """Gaps filled by draws about the mean of their time; ages of four people too."""
    rng = np.random.default_rng(seed)
    gaps = panel[panel["value"].isna()]
    centre = panel.groupby("time", observed=True)["value"].mean()
    middle = gaps["time"].astype(str).map(dict(centre)).to_numpy(dtype=float)
    cells = Values(
        gaps["unit"].astype(str).to_numpy(),
        gaps["time"].astype(str).to_numpy(),
        middle + rng.normal(0, 3, (m, len(gaps))),
    )
    units = np.array(["p001", "p006", "p011", "p020"])
    known = Values(units, np.empty(0, dtype=str), 35 + rng.normal(0, 5, (m, 4)))
    return Sets(m, {("all", "y"): cells}, {("all", "age"): known} if ages else {}, {})


def imputed_model(outcome: dict[str, Any] | None = None, **settings: Any) -> Any:
    """A resolved imputed model of the outcome; outcome: what differs in its entry."""
    own = model(times=3, **settings)
    entry = own.context.outcomes["y"].model_copy(update=outcome or {})
    context = own.context.model_copy(
        update={"handlings": {"y": Handling(name="all")}, "outcomes": {"y": entry}}
    )
    return own.model_copy(update={"study": context, "missing_data": "imputed"})


DID = {"kind": "did", "design": "change"}
CASES: dict[str, dict[str, Any]] = {
    "Welch": DID,
    "classical": DID | {"covariance": "classical"},
    "clusters": DID | {"covariance": "CR2", "cluster": "neighbourhood"},
    "CR1": DID | {"covariance": "CR1", "cluster": "neighbourhood"},
    "covariate": DID | {"covariates": ["age"]},
    "covariate and clusters": DID
    | {"covariates": ["age"], "covariance": "CR2", "cluster": "neighbourhood"},
    "ANCOVA": {"kind": "ancova"},
    "ANCOVA, clusters": {"kind": "ancova", "covariance": "CR2", "cluster": "neighbourhood"},
    "person effects": {
        "kind": "did", "design": "unit_effects", "covariance": "CR2", "cluster": "person",
    },
}  # fmt: skip
"""Models of least squares: every kind of error, designs that imputed values change."""


def analysis(case: str, ages: bool = False, **outcome: Any) -> Analysis:
    """One of the cases."""
    panel = gapped()
    if ages:
        panel = panel.assign(
            age=panel["age"].where(~panel["unit"].isin(["p001", "p006", "p011", "p020"]))
        )
    spec = imputed_model(outcome, **CASES[case])
    return analysis_of(panel, spec, "y", sets_of(panel, ages=ages))
