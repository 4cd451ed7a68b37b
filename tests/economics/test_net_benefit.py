"""Net benefit regression: R, the joint model's own, a real trial and a case from elsewhere."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from case_study import CASES
from cesp_analysis.economics.bivariate import fitted, robust
from cesp_analysis.economics.bootstrap import bootstrapped, units_of
from cesp_analysis.economics.decision import acceptability
from cesp_analysis.economics.net_benefit import net_benefits, union
from cesp_analysis.economics.quadrants import quadrants
from cesp_analysis.economics.replicated import prepared, replicated
from cesp_analysis.models.least_squares import least_squares
from cesp_analysis.models.sandwich import infer
from economic_records import COST_X, DATA, QALY_X, R, columns

COST, QALY, N = DATA["cost"], DATA["qaly"], len(DATA["arm"])
THRESHOLDS = (20_000, 30_000)
MENSS = CASES.parent / "data" / "menss_cea" / "menss.csv"


def test_it_is_rs_regression() -> None:
    x = union(COST_X, QALY_X)
    assert x.shape == (N, 5)
    codes = DATA["cluster"].astype(int)
    by_worker = net_benefits(COST, QALY, x, 1, THRESHOLDS, "CR2", codes)
    by_row = net_benefits(COST, QALY, x, 1, THRESHOLDS)
    for known, row, worker in zip(R["net_benefit"], by_row, by_worker, strict=True):
        assert row.inmb == worker.inmb == approx(known["inmb"], rel=1e-11)
        assert row.std_error == approx(known["hc2"], rel=1e-11)
        assert row.df == approx(known["hc2_df"], rel=1e-9)
        assert (worker.std_error, worker.df) == approx((known["cr2"], known["cr2_df"]), rel=1e-9)
        assert row.low < row.inmb < row.high and 0.5 < row.chance < 1


def test_with_the_same_columns_it_is_the_joint_models() -> None:
    x = columns("arm", "age", "before")
    joint = fitted(COST, QALY, x, x, (1, 1))
    for one in net_benefits(COST, QALY, x, 1, (0, 13_000, 20_000, 30_000)):
        cost, qaly = joint.delta
        assert one.inmb == approx(one.threshold * qaly - cost, rel=1e-12)
        other = robust(joint, np.array([-1.0, one.threshold]))
        assert (other.std_error, other.df) == approx((one.std_error, one.df), rel=1e-9)


@pytest.mark.skipif(not MENSS.is_file(), reason="shared/data is absent")
def test_menss() -> None:
    """A real pilot trial of 159 men, the 46 with QALYs and costs, as its README has them."""
    d = pd.read_csv(MENSS).dropna(subset=["e", "c"])
    arm, one = (d["trt"] == 2).to_numpy(float), np.ones(len(d))
    e, c, u = (d[name].to_numpy(float) for name in ("e", "c", "u0"))
    means = [y[arm == a].mean() for y in (e, c) for a in (0, 1)]
    known = [0.9038935185, 0.9018684211, 208.0740741, 189.2105263]
    assert means == approx(known, rel=1e-9)
    x, adjusted = np.column_stack([one, arm]), np.column_stack([one, arm, u])
    joint = fitted(c, e, x, x, (1, 1))
    assert joint.delta == approx([-18.8635477583, -0.0020250975], abs=1e-9)
    errors = np.sqrt(np.diag(joint.covariance))
    assert errors == approx([66.7707326554, 0.0337618600], abs=1e-9)
    own = infer(least_squares(e, adjusted), np.eye(3)[1], "classical")
    assert (own.estimate, own.std_error) == approx((0.0319352025, 0.0274859361), abs=1e-9)
    found = net_benefits(c, e, x, 1, THRESHOLDS, "classical")
    # the README has six decimals of these
    assert [one.inmb for one in found] == approx([-21.638402, -41.889376], abs=1e-6)
    assert [one.std_error for one in found] == approx([700.736735, 1037.438070], abs=1e-6)


@pytest.mark.skipif(not CASES.is_dir(), reason="shared/cases is absent")
def test_a_ratio_across_quadrants() -> None:
    known = {one["name"]: one for one in expected_values("17-icer-across-quadrants")}
    d = pd.read_csv(CASES / "17-icer-across-quadrants" / "people.csv")
    arm = (d["site"] == "intervention").to_numpy(float)
    x, cost, qaly = np.column_stack([np.ones(len(d)), arm]), *d[["cost", "qaly"]].to_numpy().T
    joint = fitted(cost, qaly, x, x, (1, 1))
    found = {}
    for i, name in enumerate(("cost", "qaly")):
        found[f"delta_{name}"] = joint.delta[i]
        found[f"se_delta_{name}"] = robust(joint, np.eye(2)[i]).std_error
    for one in net_benefits(cost, qaly, x, 1, THRESHOLDS):
        found[f"inmb_{one.threshold}"] = one.inmb
        found[f"se_inmb_{one.threshold}"] = one.std_error
    system = prepared(cost, qaly, x, x, (1, 1))
    drawn = bootstrapped(lambda w: replicated(system, w), units_of(arm.astype(int)), 20_000, 17)
    shares = quadrants(drawn)
    found |= {"share_NE": shares.ne, "share_SE": shares.se}
    found |= {"share_NW": shares.nw, "share_SW": shares.sw}
    curve = acceptability(drawn, np.array(THRESHOLDS)).probability
    found |= {f"probability_{t}": p for t, p in zip(THRESHOLDS, curve, strict=True)}
    assert found.keys() == known.keys()
    for name, one in known.items():
        within = {one["tolerance_is"][:3]: one["tolerance"]}
        assert found[name] == approx(one["value"], **within), name


def expected_values(case: str) -> list[dict[str, Any]]:
    """The listed values of a case."""
    return json.loads((CASES / case / "expected.json").read_text(encoding="utf-8"))["values"]
