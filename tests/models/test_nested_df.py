"""Kenward-Roger and Satterthwaite: closed forms, pbkrtest, other programs' conventions, limits."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytest import approx
from scipy import stats

from cesp_analysis.models.nested import NestedFit, NotConverged, fit_nested
from cesp_analysis.models.nested_absorbed import absorbed
from cesp_analysis.models.nested_df import (
    adjusted_cov,
    kenward_roger,
    kenward_roger_df,
    satterthwaite_df,
)
from cesp_analysis.models.nested_sums import nested_sums
from nested_data import a1_in_levels, btheb, case05, generated, three

R = json.loads(
    (Path(__file__).parents[1] / "reference" / "nested.json").read_text(encoding="utf-8")
)
OPTIMISER = 1e-8  # nested.R leaves lme4's variances right to about 1e-9
PRINTED = 1e-7  # nested.R writes eight digits: half of the last is up to 5e-8
EXACT = 1e-9  # closed forms: what is left is where the optimum's slope counts as zero


def even() -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """Two levels, the outer of which has its variance at zero."""
    y, x, (person, near, _) = three("cancel")
    return y, x, [person, near]


MADE = {
    "a1_reml": a1_in_levels,
    "btheb_reml": btheb,
    "generated_reml": generated,
    "three_reml": three,
    "even_reml": even,
    "case05": case05,
}


@pytest.mark.parametrize("name", MADE)
def test_as_pbkrtest(name: str) -> None:
    """Also with a variance at zero, whose part pbkrtest keeps."""
    fit, expected = fit_nested(*MADE[name]()), R[name]["kenward_roger"]
    k = len(fit.coef)
    assert np.sqrt(np.diag(adjusted_cov(fit))) == approx(
        np.array(expected["std_error"]), rel=OPTIMISER
    )
    assert [kenward_roger_df(fit, row) for row in np.eye(k)] == approx(expected["df"], rel=PRINTED)
    joint = kenward_roger(fit, np.eye(k)[1:])
    found = {"f": joint.f, "scaling": joint.scaling, "df": joint.df}
    assert found == approx(expected["joint"], rel=PRINTED)
    assert joint.df_num == k - 1


def test_published_values_of_a1() -> None:
    """Vector A1, from R with lme4's own optimum: SEs to 1e-6, df to 1e-4."""
    fit = fit_nested(*a1_in_levels())
    errors = [1.040351767, 1.471279570, 0.3839838519, 0.5430351711]
    df = [39.42303511, 39.42303511, 58.92716919, 58.92716919]
    assert np.sqrt(np.diag(adjusted_cov(fit))) == approx(np.array(errors), rel=1e-6)
    assert [kenward_roger_df(fit, row) for row in np.eye(4)] == approx(df, rel=1e-4)
    assert kenward_roger_df(fit, np.eye(4)[3], "observed") == approx(59.54856, rel=1e-6)


def test_one_contrast_is_the_joint_test_of_one() -> None:
    fit = fit_nested(*generated())
    contrast = np.arange(7.0) - 2
    one = kenward_roger(fit, contrast)
    assert (one.df_num, one.scaling) == (1, 1.0)
    assert one.df == approx(kenward_roger_df(fit, contrast), rel=EXACT)
    variance = contrast @ adjusted_cov(fit) @ contrast
    assert one.f == approx((contrast @ fit.coef) ** 2 / variance, rel=EXACT)


def balanced(seed: int = 1) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """20 neighbourhoods in two arms, 5 people each, 3 times, nobody lost: y, x, levels."""
    rng = np.random.default_rng(seed)
    near, person = np.repeat(np.arange(20), 15), np.repeat(np.arange(100), 3)
    arm, time = (near % 2).astype(float), np.tile(np.arange(3.0), 100)
    y = rng.normal(0, 3, 20)[near] + rng.normal(0, 2, 100)[person] + rng.normal(0, 1, 300)
    return y, np.column_stack([np.ones(300), arm, time, arm * time]), [person, near]


def test_balanced_data_give_the_analysis_of_variance() -> None:
    """Between neighbourhoods 20 - 2 df, within people 2 × 100 - 2: nothing to adjust."""
    fit = fit_nested(*balanced())
    assert adjusted_cov(fit) == approx(fit.cov, rel=1e-8)
    between, within = np.array([0.0, 1.0, 0.0, 1.0]), np.eye(4)[3]  # at the mean time
    assert kenward_roger_df(fit, between) == approx(18, rel=EXACT)
    assert kenward_roger_df(fit, within) == approx(198, rel=EXACT)
    assert satterthwaite_df(fit, between) == approx(18, rel=EXACT)
    assert satterthwaite_df(fit, within) == approx(198, rel=EXACT)
    both = kenward_roger(fit, np.eye(4)[2:])  # slopes: one stratum, so F is exact
    assert (both.df, both.scaling) == approx((198, 1.0), rel=1e-8)


def test_no_random_effect_is_the_t_test_of_least_squares() -> None:
    y, x, _ = a1_in_levels()
    fit = fit_nested(y, x, [])
    assert kenward_roger_df(fit, np.eye(4)[3]) == approx(len(y) - 4, rel=EXACT)
    assert adjusted_cov(fit) == approx(fit.cov, rel=1e-10)
    joint = kenward_roger(fit, np.eye(4)[1:])
    assert (joint.df, joint.scaling) == approx((len(y) - 4, 1.0), rel=EXACT)


def test_a_zero_variance_is_known_to_satterthwaite_and_estimated_to_kenward_roger() -> None:
    """Balanced, 10 neighbourhoods of 6: 58 = 60 - 2 df against 8 = 10 - 2."""
    fit = fit_nested(*case05())
    contrast = np.array([0.0, 1.0])
    assert satterthwaite_df(fit, contrast) == approx(58, rel=EXACT)
    assert kenward_roger_df(fit, contrast, "observed") == approx(58, rel=EXACT)
    assert kenward_roger_df(fit, contrast) == approx(8, rel=EXACT)
    assert adjusted_cov(fit) == approx(fit.cov, rel=EXACT)


def dense(fit: NestedFit, x: np.ndarray, parts: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Kenward & Roger by n × n matrices: adjusted covariance, df of each coefficient."""
    values = [*fit.variances, *fit.residual_variances]
    inverse = np.linalg.inv(sum(v * g for v, g in zip(values, parts, strict=True)))
    cov = np.linalg.inv(x.T @ inverse @ x)
    p = [-x.T @ inverse @ g @ inverse @ x for g in parts]
    v = range(len(parts))
    q = [[x.T @ inverse @ a @ inverse @ b @ inverse @ x for b in parts] for a in parts]
    information = np.array(
        [
            [
                np.trace(inverse @ parts[i] @ inverse @ parts[j])
                - 2 * np.trace(cov @ q[i][j])
                + np.trace(cov @ p[i] @ cov @ p[j])
                for j in v
            ]
            for i in v
        ]
    )
    w = 2 * np.linalg.inv(information)
    middle = sum(w[i, j] * (q[i][j] - p[i] @ cov @ p[j]) for i in v for j in v)
    df = []
    for row in np.eye(len(cov)):
        slopes = np.array([row @ cov @ one @ cov @ row for one in p])
        df.append(2 * (row @ cov @ row) ** 2 / (slopes @ w @ slopes))
    return cov + 2 * cov @ middle @ cov, np.array(df)


def same(codes: np.ndarray) -> np.ndarray:
    """Which rows share an effect; those below 0 have none."""
    return ((codes[:, None] == codes) & (codes >= 0)[:, None]).astype(float)


def uneven(people: int = 50) -> dict[str, Any]:
    """Person, up to 3 times, in one of six workers; half the people have none. Two classes."""
    rng = np.random.default_rng(7)
    n = 12 * people // 5
    person = np.repeat(np.arange(people), 3)[rng.permutation(3 * people)[:n]]
    arm = (person % 2).astype(float)
    worker = np.where(arm == 1, person // 2 % 6, -1)
    x = np.column_stack([np.ones(n), arm, rng.normal(size=n)])
    y = rng.normal(0, 1, people)[person] + rng.normal(0, 1, 6)[worker] * arm
    y = y + rng.normal(0, 1 + arm)
    return {"y": y, "x": x, "levels": [person, worker], "arm": arm.astype(int)}


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("classes", [False, True])
def test_partially_nested_unequal_variances_and_weights_by_dense_matrices(
    classes: bool, weighted: bool
) -> None:
    d = uneven()
    weight = np.random.default_rng(3).uniform(0.5, 2, 120) if weighted else None
    fit = fit_nested(
        d["y"], d["x"], d["levels"], classes=d["arm"] if classes else None, weight=weight
    )
    share = np.ones(120) if weight is None else weight
    residual = [np.diag((d["arm"] == c) / share) for c in (0, 1)]
    residual = residual if classes else [residual[0] + residual[1]]
    parts = [*map(same, d["levels"]), *residual]
    cov, df = dense(fit, d["x"], parts)
    assert min(fit.variances) > 0
    assert adjusted_cov(fit) == approx(cov, rel=1e-9)
    assert [kenward_roger_df(fit, row) for row in np.eye(3)] == approx(df, rel=1e-9)
    values = [*fit.variances, *fit.residual_variances]
    sigma = sum(v * g for v, g in zip(values, parts, strict=True))
    inverse = np.linalg.inv(sigma)
    plain = np.linalg.inv(d["x"].T @ inverse @ d["x"])
    assert fit.cov == approx(plain, rel=1e-9)
    rest = d["y"] - d["x"] @ fit.coef
    logs = np.linalg.slogdet(sigma)[1] - np.linalg.slogdet(plain)[1]
    assert fit.criterion == approx(
        logs + rest @ inverse @ rest + (120 - 3) * np.log(2 * np.pi), rel=1e-10
    )


@pytest.mark.parametrize("weighted", [False, True])
def test_derivatives_against_differences(weighted: bool) -> None:
    d = uneven(people=200)
    n = len(d["y"])
    weight = np.random.default_rng(3).uniform(0.5, 2, n) if weighted else None
    z = np.column_stack([d["x"], d["y"]])
    levels = [*d["levels"], np.zeros(n, int)]
    sums = nested_sums(z.T, levels, d["arm"], weight)
    assert (sums.pooled is None) == weighted  # both ways through the innermost level
    at = np.array([0.7, 0.4, 0.2, 1.8])
    exact = absorbed(sums, at[None], 2)
    for i, step in enumerate(1e-5 * np.eye(4)):
        above, below = absorbed(sums, (at + step)[None]), absorbed(sums, (at - step)[None])
        for one in ("matrix", "logdet"):
            jet, high, low = (getattr(part, one) for part in (exact, above, below))
            assert jet.first[i] == approx((high.value - low.value) / 2e-5, rel=1e-6, abs=1e-6)
            assert jet.second[i] == approx((high.first - low.first) / 2e-5, rel=1e-6, abs=1e-6)


def test_order_and_names_of_rows_do_not_count() -> None:
    d = uneven()
    fit = fit_nested(d["y"], d["x"], d["levels"], classes=d["arm"])
    order = np.random.default_rng(4).permutation(120)
    renamed = [np.where(codes < 0, -1, 1000 - codes)[order] for codes in d["levels"]]
    other = fit_nested(d["y"][order], d["x"][order], renamed, classes=d["arm"][order])
    assert adjusted_cov(other) == approx(adjusted_cov(fit), rel=1e-7)
    assert kenward_roger_df(other, np.eye(3)[1]) == approx(
        kenward_roger_df(fit, np.eye(3)[1]), rel=1e-6
    )


def test_a_variance_that_the_columns_take_up_has_no_adjustment() -> None:
    """Neighbourhood means all equal to chance and a column for each: nothing to estimate it by."""
    y, _, (person, near, _) = three("cancel")
    few = near % 4
    with pytest.raises(NotConverged, match="level in a variance"):
        adjusted_cov(fit_nested(y, np.eye(4)[few], [person + 100 * few, few]))


def test_maximum_likelihood_has_no_adjustment() -> None:
    fit = fit_nested(*a1_in_levels(), method="ML")
    for asked in (lambda: adjusted_cov(fit), lambda: kenward_roger_df(fit, np.eye(4)[3])):
        with pytest.raises(ValueError, match="defined for REML"):
            asked()


@pytest.mark.slow
def test_type_one_error_with_few_clusters() -> None:
    """10 clusters, sizes 2 to 12: Kenward-Roger holds 5%; docs/validation.md has the table."""
    rng = np.random.default_rng(8)
    sizes = np.array([2, 12, 4, 9, 3, 11, 5, 8, 6, 7])
    code = np.repeat(np.arange(10), sizes)
    arm = (code % 2).astype(float)
    x, runs, rejected = np.column_stack([np.ones(len(code)), arm]), 600, 0
    for _ in range(runs):
        y = rng.normal(0, 0.5, 10)[code] + rng.normal(0, 1, len(code))
        fit = fit_nested(y, x, [code])
        error = np.sqrt(adjusted_cov(fit)[1, 1])
        t = abs(fit.coef[1]) / error
        rejected += 2 * stats.t.sf(t, kenward_roger_df(fit, np.eye(2)[1])) < 0.05
    assert rejected / runs == approx(0.05, abs=3.3 * np.sqrt(0.05 * 0.95 / runs))
