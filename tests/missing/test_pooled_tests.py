"""Joint tests of imputed models: D1 of the sets' own effects, or the reason there is none."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.missing.pooled_fit import pooled_fit
from cesp_analysis.missing.pooled_joint import joint_of_sets, pool_matrices, pooled_test
from cesp_analysis.missing.pooled_row import PooledRow
from cesp_analysis.missing.pooled_rows import pooled_rows
from cesp_analysis.missing.sets import Sets, Values
from cesp_analysis.models.imputed import IMPUTATION
from cesp_analysis.models.joint import JointTest
from cesp_analysis.models.results import Fit
from missing.test_pooled_fit import handled, with_gaps
from small_panel import model, panel_of

M = 6
KINDS: list[dict[str, Any]] = [
    {"kind": "did", "design": "unit_effects", "covariance": "CR2", "cluster": "person"},
    {"kind": "did", "design": "cross_sections", "covariance": "classical"},
    {"kind": "mixed", "random": ["person"]},
    {"kind": "mmrm"},
]


def imputed(whole: bool = False) -> tuple[pd.DataFrame, Sets, np.ndarray]:
    """A panel of three times with every fifth value missing, six sets, and where the gaps are."""
    panel = panel_of(40, times=3)
    at = np.arange(3, len(panel), 5)
    if whole:
        return panel, Sets(M, {}, {}, {}), at
    rng = np.random.default_rng(2)
    values = panel["value"].to_numpy()[at] + rng.normal(0, 2, (M, len(at)))
    unit, time = (panel[name].astype("str").to_numpy()[at] for name in ("unit", "time"))
    panel.loc[at, "value"] = np.nan
    return panel, Sets(M, {("h", "y"): Values(unit, time, values)}, {}, {}), at


def least_squares(panel: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, int]:
    """Both effects of the saturated regression, their covariance and residual df, by numpy."""
    treated = (panel["arm"] == "intervention").to_numpy(dtype=float)
    later = [(panel["time"] == f"t{t}").to_numpy(dtype=float) for t in (1, 2)]
    x = np.column_stack([np.ones(len(panel)), treated, *later, *(treated * one for one in later)])
    y = panel["value"].to_numpy()
    coef = np.linalg.lstsq(x, y, rcond=None)[0]
    df = len(y) - x.shape[1]
    cov = np.linalg.inv(x.T @ x) * ((y - x @ coef) ** 2).sum() / df
    return coef[4:], cov[4:, 4:], df


def test_the_pooled_joint_test_is_d1_of_each_sets_effects() -> None:
    panel, sets, at = imputed()
    found = pooled_fit(handled(model(times=3, **KINDS[1])), panel, sets)
    own = []
    for values in sets.outcomes["h", "y"].values:
        filled = panel.copy()
        filled.loc[at, "value"] = values
        own.append(least_squares(filled))
    q, u = (np.array([one[part] for one in own]) for part in (0, 1))
    within, between = u.mean(axis=0), np.cov(q.T)
    r = (1 + 1 / M) * np.trace(np.linalg.solve(within, between)) / 2
    wald = q.mean(axis=0) @ np.linalg.solve(within, q.mean(axis=0))
    test = found.diagnostics["y"]["joint_test"]
    assert test["f"] == pytest.approx(wald / (2 * (1 + r)), rel=1e-9)
    expected = pooled_test(pool_matrices(q, u, own[0][2]), np.eye(2))  # held to mitml elsewhere
    assert isinstance(expected, JointTest)
    assert test["df_den"] == pytest.approx(expected.df_den, rel=1e-9)
    assert (test["df_num"], test["df_complete"]) == (2, own[0][2])
    assert test["method"].startswith("F, pooled over imputations (D1); each set: F, equal")


@pytest.mark.parametrize("settings", KINDS, ids=lambda own: f"{own['kind']} {own.get('design')}")
def test_nothing_imputed_gives_the_complete_datas_f(settings: dict[str, Any]) -> None:
    panel, sets, _ = imputed(whole=True)
    spec = model(times=3, **settings)
    one = spec.fit(panel).diagnostics["y"]["joint_test"]
    found = pooled_fit(handled(spec), panel, sets).diagnostics["y"]["joint_test"]
    assert found["f"] == pytest.approx(one["f"], rel=1e-12)
    nu = one["df_den"]
    assert found["df_den"] == pytest.approx((nu + 1) / (nu + 3) * nu, rel=1e-9)


@pytest.mark.parametrize("settings", KINDS, ids=lambda own: f"{own['kind']} {own.get('design')}")
def test_each_kind_with_a_joint_test_has_a_pooled_one(settings: dict[str, Any]) -> None:
    """Of fewer df than those of complete data."""
    panel, sets, _ = imputed()
    found = pooled_fit(handled(model(times=3, **settings)), panel, sets)
    test = found.diagnostics["y"]["joint_test"]
    assert 2 < test["df_den"] < test["df_complete"] and 0 < test["p_value"] < 1


def test_where_sets_have_none_the_reason_stays() -> None:
    panel, sets, _ = imputed()
    plain = handled(model(kind="did", times=3, design="cross_sections"))
    test = pooled_fit(plain, panel, sets).diagnostics["y"]["joint_test"]
    assert "HC2" in test["reason"] and "f" not in test


def test_sets_that_differ_in_having_one_say_how_many() -> None:
    one = {"f": 1.0, "df_num": 2, "df_den": 9.0, "estimates": [1.0, 1.0],
           "covariance": [[1.0, 0.0], [0.0, 1.0]], "scale": 1.0, "method": "F"}  # fmt: skip
    some = joint_of_sets([one, {"reason": "few clusters"}, one], 3)
    assert some["reason"] == "1 of 3 imputed sets have none; the first: few clusters"
    assert joint_of_sets([one, one], 3)["reason"] == "1 of 3 imputed sets have none"
    unlike = joint_of_sets([one, one | {"df_num": 3}], 2)
    assert unlike["reason"] == "the imputed sets differ in how many effects they estimate"
    assert joint_of_sets([one], 1)["reason"].startswith("one imputed set shows nothing")


def test_other_tests_of_sets_do_not_vanish() -> None:
    panel, sets = with_gaps()
    spec = handled(model(kind="ordinal", design="panel", at_least=[20]))
    found = pooled_fit(spec, panel, sets)
    told = str(found.diagnostics["y"])
    assert "'proportional_odds': {'reason': 'each imputed set has this test" in told


def test_what_a_pooled_row_refuses_its_test_and_average_refuse(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each set has its estimate, its test and its average; pooled, one row may have no end."""
    panel, sets, _ = imputed()
    spec = handled(model(times=3, average=True, **KINDS[0]))
    whole = pooled_fit(spec, panel, sets)
    assert [row.status for row in whole.estimates] == ["estimated"] * 3
    assert len(whole.diagnostics["y"][IMPUTATION]) == 3

    def lost(fits: Sequence[Fit]) -> list[PooledRow]:
        found = pooled_rows(fits)
        return [PooledRow(found[0].row.not_estimable("no end")), *found[1:]]

    monkeypatch.setattr("cesp_analysis.missing.pooled_fit.pooled_rows", lost)
    made = pooled_fit(spec, panel, sets)
    reasons = ["no end", None, "the average needs estimates at time 1, which are not there"]
    assert [row.reason for row in made.estimates] == reasons
    test = made.diagnostics["y"]["joint_test"]
    assert test["reason"] == "it needs estimates at time 1, which are not there" and "f" not in test
    assert [*made.diagnostics["y"][IMPUTATION]] == ["m/y/t2"]
