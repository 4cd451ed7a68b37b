"""Two regressions together: against R's systemfit, least squares, and themselves another way."""

import numpy as np
import pytest

from cesp_analysis.economics.bivariate import arranged, stacked, weighted
from economics_reference import DATA, REFERENCE, N, columns

ONES = np.ones((1, N))


def both(cost_x=None, qaly_x=None, **changed):
    own = DATA | changed
    cost_x = columns("arm", "age", "before") if cost_x is None else cost_x
    qaly_x = columns("arm", "utility") if qaly_x is None else qaly_x
    return arranged(own["cost"], own["qaly"], cost_x, qaly_x)


def test_systemfit_finds_the_same():
    found = weighted(*both(), ONES).effects[0]
    assert found == pytest.approx(REFERENCE["sur"], rel=1e-7)


def test_whole_weights_are_rows_repeated():
    times = DATA["times"].astype(int)
    found = weighted(*both(), times[None].astype(float)).effects[0]
    assert found == pytest.approx(REFERENCE["sur_repeated"], rel=1e-7)
    table, together = both()
    rows = np.repeat(np.arange(N), times)
    assert weighted(table[rows], together, np.ones((1, len(rows)))).effects[0] == pytest.approx(
        found, rel=1e-9
    )


def test_with_the_same_columns_it_is_least_squares():
    x = columns("arm", "age", "utility", "before")
    found = weighted(*both(x, x), ONES).effects[0]
    plain = np.linalg.lstsq(x, np.column_stack([DATA["cost"], DATA["qaly"]]), rcond=None)[0][1]
    assert found == pytest.approx(plain, rel=1e-9)


def test_two_equations_stacked_are_generalised_least_squares():
    """The textbook's way: residuals of least squares, their covariance, one large system."""
    x = [columns("arm", "age", "before"), columns("arm", "utility")]
    y = [DATA["cost"] / 100, DATA["qaly"]]
    rest = [a - b @ np.linalg.lstsq(b, a, rcond=None)[0] for a, b in zip(y, x, strict=True)]
    weight = np.linalg.inv(np.cov(rest, ddof=0))
    k = [one.shape[1] for one in x]
    left = np.block([[weight[a, b] * x[a].T @ x[b] for b in (0, 1)] for a in (0, 1)])
    right = np.concatenate([sum(weight[a, b] * x[a].T @ y[b] for b in (0, 1)) for a in (0, 1)])
    solved = np.linalg.solve(left, right)
    found = weighted(*both(), ONES).effects[0]
    assert found == pytest.approx([solved[1] * 100, solved[k[0] + 1]], rel=1e-7)


def test_units_do_not_matter():
    found = weighted(*both(), ONES).effects[0]
    x = columns("arm", "age", "before")
    scaled = weighted(
        *both(x * [1, 1, 1e3, 1e-4], cost=DATA["cost"] * 100, qaly=DATA["qaly"] / 365), ONES
    ).effects[0]
    assert scaled == pytest.approx(found * [100, 1 / 365], rel=1e-7)


def test_swapped_arms_turn_the_sign():
    found = weighted(*both(), ONES).effects[0]
    turned = [
        np.column_stack([x[:, 0], 1 - x[:, 1], x[:, 2:]])
        for x in (columns("arm", "age", "before"), columns("arm", "utility"))
    ]
    assert weighted(*both(*turned), ONES).effects[0] == pytest.approx(-found, rel=1e-7)


def test_samples_stacked_are_samples_weighted():
    rng = np.random.default_rng(4)
    table, together = both()
    rows = np.stack([rng.integers(N, size=N) for _ in range(30)])
    counts = np.stack([np.bincount(own, minlength=N) for own in rows]).astype(float)
    by_rows = stacked(table[rows], together)
    by_counts = weighted(table, together, counts)
    assert by_rows.effects == pytest.approx(by_counts.effects, rel=1e-6)
    assert not by_rows.singular.any()


def test_a_category_that_nobody_drawn_has_takes_no_part():
    rare = np.zeros(N)
    rare[[3, 50]] = 1.0
    x = [
        np.column_stack([x[:, :2], rare, x[:, 2:]])
        for x in (columns("arm", "age", "before"), columns("arm", "utility"))
    ]
    without = np.where(rare == 1, 0.0, 1.0)
    found = weighted(*both(*x), without[None])
    assert not found.singular[0]
    assert found.effects[0] == pytest.approx(weighted(*both(), without[None]).effects[0], rel=1e-7)


@pytest.mark.parametrize("what", ["twice", "one arm"])
def test_samples_that_tell_nothing_are_flagged(what):
    x = columns("arm", "age")
    if what == "twice":
        x = np.column_stack([x, 2 * x[:, 2] + 1])
    weights = np.stack([np.ones(N), DATA["arm"]])
    found = weighted(*both(x, x), weights)
    assert found.singular.tolist() == ([True, True] if what == "twice" else [False, True])
    assert np.isnan(found.effects[found.singular]).all()


@pytest.mark.parametrize("more", ["twice", "constant"])
def test_own_columns_that_say_what_others_say_are_flagged_too(more):
    extra = 2 * DATA["before"] + 1 if more == "twice" else np.full(N, 7.0)
    x = np.column_stack([columns("arm", "before"), extra])
    found = weighted(*both(x), ONES)
    assert found.singular[0] and np.isnan(found.effects[0]).all()
    alone = np.column_stack([columns("arm"), np.full(N, 7.0)])  # a single column of its own
    assert weighted(*both(alone), ONES).singular[0]
