"""The spread among people with which a further trial tells: what its analysis leaves of it."""

from dataclasses import replace

import numpy as np
import pytest

from cesp_analysis.declared.economics import Information
from cesp_analysis.economics.amounts import ADJUSTED, GAIN, UNADJUSTED
from cesp_analysis.economics.data import Data
from cesp_analysis.economics.informed import information_rows, unexplained
from cesp_analysis.economics.law import Law
from economics_reference import DATA, REFERENCE
from evaluated_study import spec

THRESHOLD = 20_000.0
MEAN, ERROR, ARM_SIZE = 150.0, 700.0, 30


def people(
    qaly: np.ndarray, cost: np.ndarray, utility: np.ndarray, before: np.ndarray, *more: np.ndarray
) -> Data:
    """Of one year, in two arms: odd ones and even ones."""
    n = len(qaly)
    return Data(
        cost=cost, qaly=qaly, utility=utility, base_cost=before, equal_cost=before,
        covariates=np.column_stack(more) if more else np.zeros((n, 0)),
        treated=np.arange(n) % 2 == 1, sites=np.arange(n) % 2, clusters=np.full(n, -1),
        years=1.0, cost_ratio=1.0, rows=np.arange(n),
    )  # fmt: skip


def drawn(n: int, rng: np.random.Generator, effect: np.ndarray | float = 0.0) -> Data:
    """Utility and cost of before tell a half of those of later; effect: on net benefit, £."""
    utility, before = 0.2 * rng.standard_normal(n), 800 * rng.standard_normal(n)
    left = np.sqrt(1 - 0.5**2)
    qaly = 0.5 * utility + 0.2 * left * rng.standard_normal(n)
    cost = 0.5 * before + 800 * left * rng.standard_normal(n)
    return people(qaly, cost - effect * (np.arange(n) % 2), utility, before)


@pytest.mark.parametrize("approach", [GAIN, ADJUSTED])
def test_it_is_r_s(approach: str) -> None:
    of = [DATA[name] for name in ("qaly", "cost", "utility", "before", "age")]
    data = replace(people(*of), treated=DATA["arm"] == 1)
    found = unexplained([data], approach, THRESHOLD)
    assert found == pytest.approx(REFERENCE["left_20000"][approach], rel=1e-12)


def test_it_is_what_correlation_leaves() -> None:
    """σ √(1 - r²) adjusted, σ √(2 - 2 r) of the gain; σ where nothing is adjusted for."""
    data = drawn(400_000, np.random.default_rng(1))
    whole = np.hypot(0.2 * THRESHOLD, 800)
    for approach, share in ((UNADJUSTED, 1.0), (ADJUSTED, 1 - 0.25), (GAIN, 2 - 1.0)):
        found = unexplained([data], approach, THRESHOLD)
        assert found == pytest.approx(whole * np.sqrt(share), rel=0.005)


def test_imputed_sets_have_their_mean_variance() -> None:
    rng = np.random.default_rng(2)
    sets = [drawn(60, rng) for _ in range(3)]
    each = [unexplained([one], ADJUSTED, THRESHOLD) for one in sets]
    found = unexplained(sets, ADJUSTED, THRESHOLD)
    assert found**2 == pytest.approx(np.mean(np.square(each)))


@pytest.mark.parametrize("approach", [GAIN, ADJUSTED])
def test_a_trial_is_worth_what_trials_simulated_tell(approach: str) -> None:
    """Effects of the prior, in each a trial that the approach analyses: what deciding now loses
    where the trial would turn the decision."""
    rng = np.random.default_rng(3)
    law = Law(np.array([-MEAN, 0.0]), np.diag([ERROR**2, 1e-12]), np.inf)
    told = Information(incidence=1, years=1, source="x", sizes=(ARM_SIZE,))
    how = spec(thresholds=(THRESHOLD,), information=told)
    rows = information_rows(how, approach, law, [drawn(400_000, rng)], None)
    (row,) = [row for row in rows if row["of"] == "trial"]
    effect = MEAN + ERROR * rng.standard_normal(10_000)
    seen = np.array([estimate(drawn(2 * ARM_SIZE, rng, one), approach) for one in effect])
    noise = (seen - effect).var()
    expected = MEAN + ERROR**2 / (ERROR**2 + noise) * (seen - MEAN)
    lost = np.maximum(-expected, 0.0)
    error = lost.std() / np.sqrt(len(lost))
    # Adjusting costs a trial of 60 two of its 57 degrees of freedom, which a size n does not know.
    few = 0.02 * row["per_person"]
    assert row["per_person"] == pytest.approx(lost.mean(), abs=3 * error + few)
    assert 3 * error + few < 0.1 * row["per_person"]


def estimate(data: Data, approach: str) -> float:
    """The difference in net benefit between the arms, by least squares of what is known."""
    y, first = THRESHOLD * data.qaly - data.cost, [np.ones(data.n), data.treated]
    before = [data.utility, data.equal_cost]
    if approach == GAIN:
        y, before = y - THRESHOLD * data.utility + data.equal_cost, []
    return float(np.linalg.lstsq(np.column_stack([*first, *before]), y, rcond=None)[0][1])
