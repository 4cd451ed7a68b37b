"""Chained equations: closed forms, invariances, streams, passive columns, groups, clusters."""

from itertools import pairwise

import numpy as np
import pytest

from cesp_analysis.missing.chained import Groups, impute
from cesp_analysis.missing.chains import Chains
from cesp_analysis.missing.imputed import Imputations, Trace, extended
from cesp_analysis.missing.matching import matched
from cesp_analysis.missing.modes import mode
from cesp_analysis.missing.plan import planned
from cesp_analysis.missing.pooling import pool
from cesp_analysis.missing.recipe import Column, Method, Recipe, product, total
from gap_tables import correlated, recipe_of


def alike(one: Imputations, other: Imputations) -> bool:
    """Whether cells and traces are the same, bit by bit."""
    same = [np.array_equal(a.values, b.values)
            for a, b in zip(one.cells, other.cells, strict=True)]  # fmt: skip
    same += [np.array_equal(a.mean, b.mean) and np.array_equal(a.sd, b.sd)
             for a, b in zip(one.traces, other.traces, strict=True)]  # fmt: skip
    return all(same) and len(same) > 0


def mixture(n: int = 90) -> np.ndarray:
    """A whole column, then two normal ones, a yes or no and an ordered one, with gaps."""
    y = correlated(n, 5, 0.25)
    y[:, 3] = np.where(np.isnan(y[:, 3]), np.nan, y[:, 3] > 3)
    y[:, 4] = np.where(np.isnan(y[:, 4]), np.nan, np.clip(np.round(y[:, 4]), 3, 5))
    return y


MIXED: tuple[Method | None, ...] = (None, "norm", "pmm", "logistic", "ordered")


def test_sets_do_not_depend_on_how_many_are_made_at_once() -> None:
    clusters = np.arange(90) % 9
    methods: tuple[Method | None, ...] = (None, "two_level", *MIXED[2:])
    for own in (MIXED, methods):
        recipe = recipe_of(own, passive=(product("a", "b"),), iterations=4)
        whole = impute(mixture(), recipe, 7, seed=5, clusters=clusters)
        for batch in (1, 3):
            assert alike(whole, impute(mixture(), recipe, 7, 5, clusters=clusters, batch=batch))


def test_a_chain_stops_where_it_would_alone() -> None:
    """Modes and informations of chains that need unequally many steps, bit by bit."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(4, 50, 1)) * np.array([0.1, 1, 3, 9])[:, None, None]
    y = (x[:, :, 0] + rng.logistic(size=(4, 50)) > 0).astype(float)

    def found(rows: slice) -> tuple[np.ndarray, np.ndarray]:
        a, b = x[rows], y[rows]

        def value(beta: np.ndarray) -> np.ndarray:
            eta = (a @ beta[:, :, None])[:, :, 0]
            return (b * eta - np.logaddexp(0, eta)).sum(axis=1)

        def curved(beta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            p = 1 / (1 + np.exp(-(a @ beta[:, :, None])[:, :, 0]))
            root = a * np.sqrt(p * (1 - p))[:, :, None]
            score = (a.transpose(0, 2, 1) @ (b - p)[:, :, None])[:, :, 0]
            return score, root.transpose(0, 2, 1) @ root

        return mode(np.zeros((len(a), 1)), value, curved)

    whole = found(slice(None))
    for i in range(4):
        alone = found(slice(i, i + 1))
        assert np.array_equal(whole[0][i], alone[0][0])
        assert np.array_equal(whole[1][i], alone[1][0])


def test_more_sets_can_be_added_to_those_there_are() -> None:
    recipe = recipe_of(MIXED, iterations=3)
    whole = impute(mixture(), recipe, 6, seed=5)
    more = impute(mixture(), recipe, 2, seed=5, first=4)
    for all_sets, added in zip(whole.cells, more.cells, strict=True):
        assert np.array_equal(all_sets.values[4:], added.values)
    both = extended(impute(mixture(), recipe, 4, seed=5), more)
    assert alike(both, whole) and both.m == 6
    assert np.array_equal(both.completed(5), whole.completed(5), equal_nan=True)
    with pytest.raises(ValueError, match="do not follow"):
        extended(whole, more)
    other = impute(mixture(), recipe, 6, seed=6)
    assert not np.array_equal(whole.cells[0].values, other.cells[0].values)


def test_answers_stay_and_gaps_are_filled() -> None:
    y = mixture()
    made = impute(y, recipe_of(MIXED), 4, seed=1)
    for number in range(4):
        table = made.completed(number)
        assert np.array_equal(table[np.isfinite(y)], y[np.isfinite(y)])
        assert np.isfinite(table).all()
    assert set(np.unique(made.completed(0)[:, 3])) == {0.0, 1.0}
    assert set(np.unique(made.completed(0)[:, 4])) == {3.0, 4.0, 5.0}
    assert not made.refused and not made.monotone


def test_the_moments_keep_step_with_the_tables() -> None:
    """After a whole run: what updates have made of z'z is z'z."""
    recipe = recipe_of(("norm",) * 4, passive=(product("a", "b"), total("t", "c", "d")))
    y = correlated(80, 4, 0.3)
    plan = planned(y, recipe, None)
    chains = Chains(plan, recipe, tuple(np.random.default_rng(i) for i in range(3)))
    for _ in range(10):
        for one in plan.targets:
            block, known = chains.opened(one)
            rng = chains.streams[0]
            chains.put(one, rng.normal(size=block.shape[:2]), block, known)
    fresh = chains.z.transpose(0, 2, 1) @ chains.z
    assert chains.moments == pytest.approx(fresh, abs=1e-9 * np.abs(fresh).max())


def test_one_column_with_gaps_has_the_predictive_distribution_of_regression() -> None:
    """Mean and variance between sets of the column's mean, in closed form (monotone, normal)."""
    rng = np.random.default_rng(3)
    n, lost, m = 40, 15, 20_000
    x = rng.normal(5, 2, n)
    y = 1 + 0.7 * x + rng.normal(0, 1.5, n)
    y[:lost] = np.nan
    made = impute(np.column_stack([x, y]), recipe_of((None, "norm")), m, seed=4)
    assert made.monotone == ("",)
    design = np.column_stack([np.ones(n), x])
    seen, gone = design[lost:], design[:lost]
    coef, rest = np.linalg.lstsq(seen, y[lost:])[:2]
    df = n - lost - 2
    at = gone.mean(axis=0)
    sigma2 = rest[0] / df * df / (df - 2)  # mean of the inverse chi-squared
    variance = sigma2 * (at @ np.linalg.inv(seen.T @ seen) @ at + 1 / lost)
    means = made.cells[0].values.mean(axis=1)
    assert abs(means.mean() - at @ coef) < 4 * np.sqrt(variance / m)
    # t on 23 df has a kurtosis of 3.3; four errors of a variance
    assert means.var() == pytest.approx(variance, rel=4 * np.sqrt(2.4 / m))


def test_monotone_normal_data_have_the_likelihoods_means() -> None:
    """Three columns whose gaps nest: the mean of each is that of its chain of regressions."""
    y = correlated(200, 3, 0.0)
    y[:40, 1] = np.nan
    y[:90, 2] = np.nan
    m = 4_000
    made = impute(y, recipe_of((None, "norm", "norm")), m, seed=5)
    assert made.monotone == ("",) and made.traces[0].mean.shape == (1, m)
    a = np.column_stack([np.ones(200), y[:, 0]])
    b = np.where(np.isnan(y[:, 1]), a @ np.linalg.lstsq(a[40:], y[40:, 1])[0], y[:, 1])
    ab = np.column_stack([a, b])
    c = np.where(np.isnan(y[:, 2]), ab @ np.linalg.lstsq(ab[90:], y[90:, 2])[0], y[:, 2])
    sets = np.array([made.completed(i).mean(axis=0) for i in range(m)])
    error = sets.std(axis=0) / np.sqrt(m)
    assert abs(sets[:, 1].mean() - b.mean()) < 4 * error[1]
    assert abs(sets[:, 2].mean() - c.mean()) < 4 * error[2]


def test_the_shortcut_and_the_chains_agree_where_gaps_nest() -> None:
    y = correlated(120, 3, 0.0)
    y[:30, 1] = np.nan
    y[:50, 2] = np.nan
    m, sets = 1_000, []
    for monotone in (True, False):
        made = impute(y, recipe_of((None, "norm", "norm"), monotone=monotone), m, seed=6)
        assert bool(made.monotone) == monotone
        sets.append(np.array([made.completed(i)[:, 1:].mean(axis=0) for i in range(m)]))
    error = np.sqrt((sets[0].var(axis=0) + sets[1].var(axis=0)) / m)
    assert (np.abs(sets[0].mean(axis=0) - sets[1].mean(axis=0)) < 4 * error).all()
    ratio = np.log(sets[0].var(axis=0) / sets[1].var(axis=0))
    assert (np.abs(ratio) < 4 * np.sqrt(4 / m)).all()


@pytest.mark.parametrize("method", ["norm", "two_level"])
def test_units_do_not_matter(method: Method) -> None:
    y, clusters = correlated(60, 3, 0.3), np.arange(60) % 6
    recipe = recipe_of((None, method, method))
    scaled = y * [3.0, 1e-4, 1e5] + [7.0, -2.0, 1e5]
    one, other = (impute(t, recipe, 3, seed=7, clusters=clusters) for t in (y, scaled))
    for a, b, (by, more) in zip(one.cells, other.cells, [(1e-4, -2.0), (1e5, 1e5)], strict=True):
        assert b.values == pytest.approx(a.values * by + more, rel=1e-7, abs=1e-7 * by)


def test_donors_are_the_nearest() -> None:
    """Each donor of each person is one of the nearest five, each as often as another."""
    rng = np.random.default_rng(8)
    answered, asked = rng.normal(size=(1, 30)), np.array([[-9.0, 0.1, 0.9, 9.0]])
    streams = (np.random.default_rng(9),)
    draws = np.stack([matched(answered, asked, 5, streams)[0] for _ in range(4_000)])
    for k, at in enumerate(asked[0]):
        nearest = np.argsort(np.abs(answered[0] - at))[:5]
        share = np.bincount(draws[:, k], minlength=30)[nearest] / 4_000
        assert set(draws[:, k]) == set(nearest)
        assert np.abs(share - 0.2).max() < 4 * np.sqrt(0.16 / 4_000)


def test_people_predicted_alike_are_equally_likely_donors() -> None:
    answered = np.repeat([0.0, 1.0], 20)[None]
    streams = (np.random.default_rng(10),)
    draws = np.stack([matched(answered, np.ones((1, 1)), 5, streams)[0, 0] for _ in range(4_000)])
    assert set(draws) == set(range(20, 40))
    share = np.bincount(draws)[20:] / 4_000
    assert np.abs(share - 0.05).max() < 4 * np.sqrt(0.05 * 0.95 / 4_000)


def test_a_total_is_the_sum_of_its_imputed_items_and_stands_for_them() -> None:
    y = correlated(80, 4, 0.25)
    recipe = recipe_of((None, "pmm", "pmm", "norm"), passive=(total("t", "b", "c"),))
    assert recipe.asked("b") == ("a", "c", "d") and recipe.asked("d") == ("a", "t")
    made = impute(y, recipe, 3, seed=1)
    table = made.completed(2)
    assert np.array_equal(table[:, 4], table[:, 1] + table[:, 2])


def test_an_interaction_is_made_of_what_was_imputed() -> None:
    """Of y = x + 2 x z with gaps in x: without the product the slope at z = 1 is lost."""
    rng = np.random.default_rng(2)
    n = 600
    x, z = rng.normal(size=n), rng.integers(0, 2, n).astype(float)
    y = x + 2 * x * z + rng.normal(0, 0.5, n)
    y[rng.random(n) < 0.4] = np.nan
    table = np.column_stack([x, z, y])
    slopes = {}
    for passive in ((), (product("a", "b"),)):
        made = impute(table, recipe_of((None, None, "norm"), passive=passive), 50, seed=3)
        at = z == 1
        sets = [np.polyfit(x[at], made.completed(i)[at, 2], 1)[0] for i in range(50)]
        slopes[len(passive)] = np.mean(sets)
    assert slopes[1] == pytest.approx(3, abs=0.1)  # three errors of a slope from 180 people
    assert slopes[0] < 2.8  # the share of gaps, 0.4, takes the common slope of 2


def test_groups_are_imputed_apart() -> None:
    """Sets of one group stay what they are whatever the other's answers; rows stay in place."""
    y = correlated(100, 3, 0.25)
    codes = np.arange(100) % 2
    groups = Groups(codes, ("control", "intervention"))
    recipe = recipe_of((None, "norm", "pmm"))
    made = impute(y, recipe, 3, seed=1, groups=groups)
    other = y.copy()
    other[codes == 1] += 40
    again = impute(other, recipe, 3, seed=1, groups=groups)
    for one, two in zip(made.cells, again.cells, strict=True):
        assert np.array_equal(one.rows, np.flatnonzero(np.isnan(y[:, ord(one.column) - 97])))
        first = codes[one.rows] == 0
        assert np.array_equal(one.values[:, first], two.values[:, first])
        assert two.values[:, ~first] == pytest.approx(one.values[:, ~first] + 40, abs=1e-6)
    assert {trace.group for trace in made.traces} == {"control", "intervention"}


def test_people_of_an_unseen_cluster_differ_more() -> None:
    """Whose cluster nobody answered for gets an intercept from the prior of clusters."""
    rng = np.random.default_rng(5)
    clusters = np.repeat(np.arange(13), 12)
    y = rng.normal(0, 3, 13)[clusters] + rng.normal(0, 1, len(clusters))
    y[clusters == 12] = np.nan
    y[::6] = np.nan
    made = impute(y[:, None], recipe_of(("two_level",)), 500, seed=1, clusters=clusters)
    cells = made.cells[0]
    unseen = clusters[cells.rows] == 12
    sd = cells.values.std(axis=0)
    assert sd[unseen].min() > 2 and sd[~unseen].max() < 1.6
    together = np.corrcoef(cells.values[:, unseen].T)
    assert together.min() > 0.6  # they share it


def test_nobody_with_a_cluster_is_norm() -> None:
    """Codes of -1 have no random intercept (a control arm without link workers)."""
    y = correlated(60, 2, 0.3)
    one, other = (
        impute(y, recipe_of((None, method)), 3, seed=1, clusters=np.full(60, -1))
        for method in ("norm", "two_level")
    )
    assert alike(one, other)
    assert "without a random intercept" in other.warnings[0].text


def test_without_a_cluster_beside_those_with_one() -> None:
    clusters = np.where(np.arange(90) < 45, np.arange(90) % 9, -1)
    y = correlated(90, 2, 0.3)
    made = impute(y, recipe_of((None, "two_level")), 5, seed=1, clusters=clusters)
    assert np.isfinite(made.cells[0].values).all() and not made.warnings


def test_rare_answers_stay_rare() -> None:
    """With 12 predictors of nothing and 4% yes (mice 3.15's logreg: 10%)."""
    rng = np.random.default_rng(12)
    x = rng.normal(size=(300, 12))
    y = np.where(np.arange(300) % 25 == 0, 1.0, 0.0)
    y[rng.permutation(300)[:80]] = np.nan
    columns = tuple(Column(f"x{j}") for j in range(12))
    recipe = Recipe((*columns, Column("y", "logistic")))
    made = impute(np.column_stack([x, y]), recipe, 200, seed=1)
    seen = np.nanmean(y)
    assert made.cells[0].values.mean() == pytest.approx(seen, abs=0.015)  # three errors


def test_traces_and_convergence() -> None:
    made = impute(correlated(80, 3, 0.3), recipe_of((None, "norm", "norm")), 40, seed=1)
    assert [trace.mean.shape for trace in made.traces] == [(10, 40)] * 2
    for trace, cells in zip(
        sorted(made.traces, key=lambda one: one.column), made.cells, strict=True
    ):
        assert trace.mean[-1] == pytest.approx(cells.values.mean(axis=1), rel=1e-12)
        assert trace.sd[-1] == pytest.approx(cells.values.std(axis=1), rel=1e-12)
        assert trace.r_hat is not None and 0.8 < trace.r_hat < 1.2
    apart = np.arange(4.0) * 10 + np.random.default_rng(1).normal(size=(10, 4))
    stuck = Trace("a", "", apart, apart)
    assert stuck.r_hat is not None and stuck.r_hat > 5
    later = apart[5:]  # Gelman and Rubin's formula
    within, between = later.var(0, ddof=1).mean(), 5 * later.mean(0).var(ddof=1)
    assert stuck.r_hat == pytest.approx(np.sqrt((4 / 5 * within + between / 5) / within))
    assert Trace("a", "", apart[:, :1], apart[:, :1]).r_hat is None
    assert Trace("a", "", apart[:1], apart[:1]).r_hat is None
    same = np.ones((10, 4))
    assert Trace("a", "", same, same).r_hat == 1


def test_pooled_intervals_of_a_mean_cover_it() -> None:
    """Missing at random given x, 300 studies of 60 people, 40% lost: within three errors."""
    rng = np.random.default_rng(1)
    covered = 0
    for study in range(300):
        x = rng.normal(size=60)
        y = x + rng.normal(size=60)
        y[rng.random(60) < 1 / (1 + np.exp(0.4 - x))] = np.nan
        made = impute(np.column_stack([x, y]), recipe_of((None, "norm")), 15, seed=study)
        whole = np.stack([made.completed(i)[:, 1] for i in range(15)])
        pooled = pool(whole.mean(axis=1), whole.var(axis=1, ddof=1) / 60, 59)
        low, high = pooled.interval(0.95)
        covered += int(low[0] <= 0 <= high[0])
    assert abs(covered / 300 - 0.95) < 3 * np.sqrt(0.05 * 0.95 / 300)


def test_thresholds_keep_their_order() -> None:
    """A category that one person chose: draws stay in order, and all categories can occur."""
    rng = np.random.default_rng(4)
    x = rng.normal(size=80)
    y = np.clip(np.round(x + rng.normal(size=80)), -1, 1)
    y[0], y[60:] = 0.5, np.nan
    made = impute(np.column_stack([x, y]), recipe_of((None, "ordered")), 400, seed=1)
    values, counts = np.unique(made.cells[0].values, return_counts=True)
    assert values.tolist() == [-1, 0, 0.5, 1]
    seen = np.array([np.sum(y[:60] == level) for level in values]) / 60
    assert counts / counts.sum() == pytest.approx(seen, abs=0.06)


def test_recipes_that_fit_no_table_are_a_mistake_of_the_caller() -> None:
    y = correlated(20, 2, 0.2)
    wrong = [
        (recipe_of(("norm",)), "the table has 2"),
        (Recipe((Column("a"), Column("a"))), "twice"),
        (recipe_of((None, "norm"), passive=(product("a", "z"),)), "not declared"),
        (recipe_of((None, "norm"), keep=("z",)), "no column is called z"),
        (recipe_of((None, "norm"), predictors={"b": ("y",)}), "no column is called y"),
    ]
    for recipe, words in wrong:
        with pytest.raises(ValueError, match=words):
            impute(y, recipe, 2, seed=1)
    with pytest.raises(ValueError, match="finite"):
        impute(np.where(np.isnan(y), np.inf, y), recipe_of((None, "norm")), 2, seed=1)
    recipe = recipe_of((None, "norm"))
    with pytest.raises(ValueError, match="none of the groups"):
        impute(y, recipe, 2, seed=1, groups=Groups(np.arange(20) % 3 - 1, ("a", "b")))
    with pytest.raises(ValueError, match="one code a row"):
        impute(y, recipe, 2, seed=1, clusters=np.zeros(3, dtype=int))
    with pytest.raises(ValueError, match="at least 1"):
        impute(y, recipe_of((None, "norm")), 0, seed=1)


def test_columns_are_imputed_from_the_fewest_gaps_on() -> None:
    y = correlated(60, 4, 0.0)
    for j, lost in ((1, 30), (2, 10), (3, 20)):
        y[:lost, j] = np.nan
    plan = planned(y, recipe_of((None, "norm", "norm", "norm")), None)
    assert [one.column.name for one in plan.targets] == ["c", "d", "b"]
    sizes = [len(one.gaps) for one in plan.targets]
    assert all(a <= b for a, b in pairwise(sizes)) and plan.monotone
    assert [one.predictors.tolist() for one in plan.targets] == [[0, 1], [0, 1, 3], [0, 1, 3, 4]]
