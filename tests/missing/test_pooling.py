"""Rubin's rules: published values, R, what happens when nothing was imputed, refusals."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.missing.pooled_joint import NoJointTest, pool_matrices, pooled_test
from cesp_analysis.missing.pooling import NO_ERROR, ONE_SET, Pooled, barnard_rubin, pool
from cesp_analysis.models.joint import JointTest
from cesp_analysis.models.student import t_p_value

R: dict[str, Any] = json.loads(Path("tests/reference/pooling.json").read_text())
NHANES_Q = [27.184, 26.448, 26.484, 26.984, 26.088, 26.576, 25.724, 26.508, 27.064, 26.800]
NHANES_U = [.742156, .789070667, .777856, .682589333, .593277333, .604076, .733976, .655030667,
            .658396, .777133333]  # fmt: skip
MICE_FLOOR = 1e-4
"""mice takes lambda to be at least that."""


def test_five_sets_by_hand() -> None:
    made = pool(np.arange(1.0, 6.0), np.ones(5), 28)
    assert made.estimate[0] == 3 and made.between[0] == 2.5 and made.total[0] == 4
    assert made.lam[0] == 0.75
    assert made.df[0] == pytest.approx(3.409079, abs=5e-7)  # the value's last printed digit
    assert made.fmi[0] == pytest.approx(0.828014, abs=5e-7)
    assert made.monte_carlo[0] == pytest.approx(np.sqrt(0.5))


def test_means_of_nhanes() -> None:
    made = pool(np.array(NHANES_Q), np.array(NHANES_U), 24)
    found = [made.estimate, made.within, made.between, made.total, made.df, made.fmi]
    # as printed: to a unit of the last digit
    printed = [26.586, 0.701356133, 0.201885333, 0.92343, 15.2265804, 0.323829]
    digits = [1e-9, 1e-9, 1e-9, 5e-9, 5e-8, 5e-7]
    for own, value, digit in zip(found, printed, digits, strict=True):
        assert own[0] == pytest.approx(value, abs=digit)


@pytest.mark.parametrize("case", R["scalar"], ids=lambda case: f"m={len(case['q'])}")
def test_one_estimate_is_mices(case: dict[str, Any]) -> None:
    made = pool(np.array(case["q"]), np.array(case["u"]), case["df_complete"])
    for name in ("estimate", "within", "between", "total", "df", "fmi"):
        assert getattr(made, name)[0] == pytest.approx(case[name], rel=1e-9), name


def test_a_table_of_estimates_is_each_alone() -> None:
    rng = np.random.default_rng(1)
    q, u, nu = rng.normal(size=(7, 4)), rng.uniform(1, 2, (7, 4)), np.array([9, 30, 1e6, np.inf])
    made = pool(q, u, nu)
    for j in range(4):
        alone = pool(q[:, j], u[:, j], nu[j])
        for name in ("estimate", "total", "df", "fmi", "monte_carlo"):
            assert getattr(made, name)[j] == getattr(alone, name)[0]


def test_the_stable_form_is_barnard_and_rubins() -> None:
    lam, c, m = np.linspace(0.01, 0.99, 50), 17.0, 8
    old, observed = (m - 1) / lam**2, (c + 1) / (c + 3) * c * (1 - lam)
    assert barnard_rubin(m, lam, np.array(c)) == pytest.approx(
        old * observed / (old + observed), rel=1e-12
    )
    assert barnard_rubin(m, lam, np.array(np.inf)) == pytest.approx(old, rel=1e-12)
    # many complete df come near infinitely many
    assert barnard_rubin(m, lam, np.array(1e12)) == pytest.approx(old, rel=1e-6)


def test_nothing_to_impute() -> None:
    """Case 11: the complete data's numbers, Barnard and Rubin's limit, no information missing."""
    folder = Path(__file__).parents[1] / "reference"
    d = pd.read_csv(folder / "nothing_to_impute.csv")
    change, site = (d["follow_up"] - d["baseline"]).to_numpy(), d["site"].to_numpy()
    own = [change[site == name] for name in ("intervention", "control")]
    estimate = own[0].mean() - own[1].mean()
    pooled = sum(((one - one.mean()) ** 2).sum() for one in own) / 28
    variance = pooled * (1 / len(own[0]) + 1 / len(own[1]))
    made = pool(np.full(5, estimate), np.full(5, variance), 28)
    assert made.estimate[0] == estimate and made.total[0] == variance  # to the last digit
    assert made.estimate[0] == pytest.approx(1.60066666666667, rel=1e-12)
    assert made.df[0] == pytest.approx(29 / 31 * 28, rel=1e-14) and made.fmi[0] == 0
    low, high = made.interval(0.95)
    assert [low[0], high[0]] == pytest.approx([0.46369145217, 2.73764188117], rel=1e-10)
    p = t_p_value(made.estimate[0], made.std_error[0], made.df[0])
    assert p == pytest.approx(0.007590118202, rel=1e-9)
    assert made.monte_carlo[0] == 0 and made.needed(0.05)[0] == 2
    # mice's limit, which has its floor of lambda
    floored = barnard_rubin(5, np.array(MICE_FLOOR), np.array(28.0))
    assert floored == pytest.approx(26.1909, abs=1e-4)


def test_how_many_imputations_are_needed() -> None:
    made = pool(np.arange(1.0, 6.0), np.ones(5), 28)
    # sqrt(2.5 / m) <= limit * 2
    assert made.needed(0.1)[0] == 63 and made.needed(0.05)[0] == 250
    assert np.sqrt(2.5 / 250) <= 0.05 * 2 < np.sqrt(2.5 / 249)


@pytest.mark.parametrize(
    ("q", "u", "df", "reason"),
    [
        ([1.0], [1.0], 9, ONE_SET),
        ([1.0, np.nan, 2.0], [1.0, 1.0, 1.0], 9, "1 of 3 imputed sets gave no estimate"),
        ([1.0, 1.0, 2.0], [1.0, np.inf, -1.0], 9, "2 of 3 imputed sets gave no estimate"),
        ([1.0, 1.0, 2.0], [0.0, 0.0, 0.0], 9, NO_ERROR),
        ([1.0, 1.0, 2.0], [1.0, 1.0, 1.0], 0, "the analysis has 0 degrees of freedom"),
        ([1.0, 1.0, 2.0], [1.0, 1.0, 1.0], np.nan, "the analysis has nan degrees of freedom"),
    ],
)
def test_what_cannot_be_pooled_says_why(
    q: list[float], u: list[float], df: float, reason: str
) -> None:
    """Beside an estimate that can."""
    good = np.linspace(1, 2, len(q))
    made = pool(np.column_stack([q, good]), np.column_stack([u, good]), np.array([df, 9]))
    assert made.reasons[0].startswith(reason)
    arrays = ("estimate", "within", "between", "total", "df", "lam", "fmi", "monte_carlo")
    assert all(np.isnan(getattr(made, name)[0]) for name in arrays)
    if len(q) > 1:
        assert made.reasons[1] == ""
        assert all(np.isfinite(getattr(made, name)[1]) for name in arrays)


def test_shapes_that_differ_are_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="variances"):
        pool(np.ones(3), np.ones(4))


def sets() -> tuple[np.ndarray, np.ndarray]:
    return np.array(R["joint"]["q"]), np.array(R["joint"]["u"])


@pytest.mark.parametrize("case", R["joint"]["tests"], ids=lambda case: str(case["df_complete"]))
def test_several_effects_are_mitmls_d1(case: dict[str, Any]) -> None:
    q, u = sets()
    df = case["df_complete"] if isinstance(case["df_complete"], int) else np.inf
    made = pooled_test(pool_matrices(q, u, df), np.eye(3))
    assert isinstance(made, JointTest)
    assert (made.f, made.df_den) == pytest.approx((case["f"], case["df_den"]), rel=1e-9)
    assert made.df_num == 3


def test_the_joint_test_does_not_depend_on_how_effects_are_written() -> None:
    q, u = sets()
    turn = np.array([[1.0, 2, 0], [0, 1, -1], [3, 0, 1]])
    pooled = pool_matrices(q, u, 40)
    one, other = (pooled_test(pooled, rows) for rows in (np.eye(3), turn))
    assert isinstance(one, JointTest) and isinstance(other, JointTest)
    assert (one.f, one.df_den) == pytest.approx((other.f, other.df_den), rel=1e-9)


def test_one_effect_is_students_t_squared() -> None:
    q, u = sets()
    at = np.array([1.0, -1.0, 0.5])
    made = pooled_test(pool_matrices(q, u, 20), at)
    alone: Pooled = pool(q @ at, np.einsum("i,mij,j->m", at, u, at), 20)
    assert isinstance(made, JointTest)
    assert made.f == pytest.approx((alone.estimate[0] / alone.std_error[0]) ** 2, rel=1e-12)
    assert made.df_den == pytest.approx(alone.df[0], rel=1e-12)
    p = t_p_value(alone.estimate[0], alone.std_error[0], alone.df[0])
    assert made.p_value == pytest.approx(p, rel=1e-9)


def test_a_matrix_has_the_variances_on_its_diagonal() -> None:
    q, u = sets()
    matrix, alone = pool_matrices(q, u), pool(q, np.diagonal(u, axis1=1, axis2=2))
    assert np.diag(matrix.total) == pytest.approx(alone.total, rel=1e-13)


def test_nothing_imputed_keeps_the_complete_datas_test() -> None:
    q, u = sets()
    made = pooled_test(pool_matrices(q[[0, 0, 0]], u[[0, 0, 0]], 40), np.eye(3))
    assert isinstance(made, JointTest)
    assert made.f == pytest.approx(q[0] @ np.linalg.solve(u[0], q[0]) / 3, rel=1e-12)
    assert made.df_den == pytest.approx(41 / 43 * 40, rel=1e-12)
    endless = pooled_test(pool_matrices(q[[0, 0, 0]], u[[0, 0, 0]]), np.eye(3))
    assert isinstance(endless, JointTest) and endless.df_den == np.inf and endless.p_value > 0


def test_joint_tests_that_there_are_not() -> None:
    q, u = sets()
    few = pooled_test(pool_matrices(q[:2], u[:2], 40), np.eye(3))
    assert isinstance(few, NoJointTest) and "must exceed 4" in few.reason
    small = pooled_test(pool_matrices(q, u, 3), np.eye(3))
    assert isinstance(small, NoJointTest) and "too few" in small.reason
    twice = pooled_test(pool_matrices(q, u, 40), np.eye(3)[[0, 0]])
    assert isinstance(twice, NoJointTest) and "repeats" in twice.reason
    with pytest.raises(ValueError, match="at least two"):
        pool_matrices(q[:1], u[:1])
