"""At equal baseline the first time's shocks count by the slope that the model itself estimated."""

import json
from dataclasses import replace
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from cesp_analysis import contracts
from cesp_analysis.analysis_plan.curve import specification_curve
from cesp_analysis.analysis_plan.tables import SpecificationCurve
from cesp_analysis.declared.few_sites import FewSites
from cesp_analysis.few_sites.ladder import ladder, rungs_of
from cesp_analysis.few_sites.tables import Ladder
from cesp_analysis.models.prior import Pair, Prior, read_prior
from cesp_analysis.models.results import estimates_table
from cesp_analysis.models.shock import shock_sd
from cesp_analysis.models.shocks import augmented, shocks_of
from cesp_analysis.models.spec import resolved_json
from cesp_analysis.schemas import Estimates, Panel
from small_panel import model, panel_of

ONE = Prior("own", (Pair(0.04, 0.5, None, "town", "x"),))
ADJUSTED: dict[str, Any] = {"covariates": ["age"]}


def uneven(times: int = 2) -> pd.DataFrame:
    """A panel whose slope depends on age and on who counts for more."""
    d = panel_of(people=60, times=times)
    first = d[d["time"] == "t0"].set_index("unit")["value"].reindex(d["unit"]).to_numpy()
    old = (d["age"] - d["age"].mean()).to_numpy()
    later = (d["time"] != "t0").to_numpy()
    d["value"] += np.where(later, -0.4 * (first - 20) + 0.3 * old, 0.2 * old)
    d["value"] += np.where(later & (d["age"] > 40), -0.3 * (first - 20), 0.0)
    return d.assign(weight=np.where(d["age"] > 40, 3.0, 0.5))


def by_hand(d: pd.DataFrame, time: str, age: bool, weighted: bool) -> float:
    """The slope on baseline by weighted least squares of the columns written out."""
    wide = d.pivot(index="unit", columns="time", values="value")
    person = d.drop_duplicates("unit").set_index("unit").loc[wide.index]
    columns = [np.ones(len(wide)), person["arm"] == "intervention", wide["t0"]]
    x = np.column_stack([*columns, *([person["age"]] if age else [])]).astype(float)
    root = np.sqrt(person["weight"].to_numpy() if weighted else np.ones(len(wide)))
    y = wide[time].to_numpy(dtype=float)
    return float(np.linalg.lstsq(x * root[:, None], y * root, rcond=None)[0][2])


WAYS: list[tuple[dict[str, Any], int, bool, bool]] = [
    ({"kind": "ancova"}, 2, False, False),
    ({"kind": "ancova"} | ADJUSTED, 2, True, False),
    ({"kind": "ancova", "weighted": True}, 2, False, True),
    ({"kind": "ancova", "weighted": True} | ADJUSTED, 3, True, True),
    # everybody at every time: generalised least squares gives each time's least squares
    ({"kind": "mmrm", "baseline": "covariate"} | ADJUSTED, 3, True, False),
]


@pytest.mark.parametrize(("asked", "times", "age", "weighted"), WAYS)
def test_the_slope_is_that_of_the_model_that_is_widened(
    asked: dict[str, Any], times: int, age: bool, weighted: bool
) -> None:
    panel, spec = uneven(times), model(times=times, **asked)
    plain = by_hand(panel, "t1", False, False)
    for row in spec.fit(panel).estimates:
        slope = by_hand(panel, str(row.time), age, weighted)
        assert row.baseline_slope == approx(slope, rel=1e-8)  # mmrm's optimum
        if age or weighted:
            assert abs(slope - plain) > 0.02  # another one, so that it would be seen
        found = shocks_of(row, spec, panel, ONE)
        assert not isinstance(found, str)
        total = found.within_sd / sqrt(1 - 0.04)
        assert found.sds == approx([shock_sd(total, 0.04, 0.5, slope)], rel=1e-8)
        (wide,) = augmented((row,), spec, panel, ONE)
        assert f"slope on baseline {slope:.3g}" in (wide.shock_prior or "")
        made, _ = rungs_of(wide, spec, panel, ONE, FewSites(), 1, {})
        rung = next(one for one in made if one.rung == "shock_mixture")
        assert (rung.ci_low, rung.ci_high) == (wide.ci_low_shock, wide.ci_high_shock)


def test_changes_have_no_slope_and_a_kind_that_does_not_say_its_own_no_interval() -> None:
    panel = uneven(3)
    for asked in ({"kind": "did", "design": "change"}, {"kind": "mmrm", "average": True}):
        spec = model(times=3, **asked)
        assert all(row.baseline_slope is None for row in spec.fit(panel).estimates)
    spec = model(times=3, kind="mmrm", baseline="covariate", average=True)
    *_, average = spec.fit(panel).estimates
    assert (average.time, average.baseline_slope) == (None, None)
    spec = model(kind="ancova")
    row = replace(spec.fit(uneven()).estimates[0], baseline_slope=None)
    found = shocks_of(row, spec, uneven(), ONE)
    assert found == "its model (kind ancova) does not say its slope on time 0"


def test_ladder_and_curve_have_the_interval_of_the_estimates(tmp_path: Path) -> None:
    """The one reads estimates.csv, the other fits again: both print what `fit` prints."""
    panel, spec = uneven(), model(kind="ancova", weighted=True, **ADJUSTED)
    data, told = tmp_path / "panel.parquet", json.loads(resolved_json(spec))
    contracts.write(panel, data, Panel)
    (row,) = augmented(spec.fit(panel).estimates, spec, panel, read_prior())
    both = approx((row.ci_low_shock, row.ci_high_shock), rel=1e-12)  # as a CSV keeps numbers
    names = ("estimates", "ladder", "curves", "bracket", "identities", "specifications")
    at = {name: tmp_path / f"{name}.csv" for name in names}
    contracts.write(estimates_table((row,)), at["estimates"], Estimates)
    asked = json.dumps({"models": {"m": told}, "few_sites": {}, "seed": 1})
    ladder(asked, data, *(at[name] for name in names[:-1]))
    rungs = {rung["rung"]: rung for rung in contracts.rows(at["ladder"], Ladder)}
    assert (rungs["shock_mixture"]["ci_low"], rungs["shock_mixture"]["ci_high"]) == both
    ways = {"models": {"m/own/all": told}, "times": ["t1"], "standing": {}, "withdrawn": 0}
    specification_curve(json.dumps(ways), data, at["specifications"])
    (drawn,) = contracts.rows(at["specifications"], SpecificationCurve)
    assert (drawn["ci_low_shock"], drawn["ci_high_shock"]) == both
