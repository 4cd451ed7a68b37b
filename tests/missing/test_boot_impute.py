"""The bootstrap first, then imputation: the engine's numbers, degenerate samples, bad input."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from cesp_analysis.missing.boot_impute import impute_resampled
from cesp_analysis.missing.boot_pooled import estimates_of
from cesp_analysis.missing.chained import Groups, impute
from cesp_analysis.missing.chains import Chains
from cesp_analysis.missing.draws import rounds
from cesp_analysis.missing.grouped import Clusters
from cesp_analysis.missing.plan import planned
from cesp_analysis.missing.recipe import Column, Method, Passive, Recipe, product
from cesp_analysis.missing.resampled import UNSOLVED, Resampled
from cesp_analysis.missing.sampled import Samples
from gap_tables import correlated, recipe_of

METHODS: tuple[Method | None, ...] = (
    None, "norm", "pmm", "logistic", "ordered", "nominal", "two_level",
)  # fmt: skip


def mixture(n: int = 90) -> np.ndarray:
    """A whole column and one of each method, with gaps."""
    y = correlated(n, 7, 0.25)
    for j, low, high in ((3, 3, 4), (4, 3, 5), (5, 3, 6)):
        y[:, j] = np.where(np.isnan(y[:, j]), np.nan, np.clip(np.round(y[:, j]), low, high))
    return y


def drawn(people: int, samples: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(people, size=(samples, people))


def tables(made: Resampled, at_once: int | None = None) -> np.ndarray:
    """All samples (B, m, n, p + q), NaN where they failed."""
    found = np.full((len(made.rows), made.m, made.rows.shape[1], len(made.recipe.names)), np.nan)
    for batch in made.completed(made.batches(at_once)):
        found[batch.numbers] = batch.tables
    return found


@pytest.mark.parametrize("monotone", [False, True])
def test_a_sample_of_everybody_once_is_imputed_as_the_table_is(monotone: bool) -> None:
    """The very numbers, where streams are the same: one engine."""
    y, clusters = mixture(), np.arange(90) % 9
    if monotone:
        y[:, 1:] = correlated(90, 6, 0.0)
        for j in range(1, 7):
            y[: 8 * j, j] = np.nan
    methods = METHODS if not monotone else (None, *(["norm", "pmm"] * 2), "two_level", "pmm")
    recipe = recipe_of(methods, passive=(product("a", "b"),), iterations=3)
    whole = impute(y, recipe, 4, seed=5, clusters=clusters)
    plan = planned(y, recipe, clusters)
    streams = tuple(
        np.random.default_rng(np.random.SeedSequence(5, spawn_key=(0, i))) for i in range(4)
    )
    people = np.tile(np.arange(90), (4, 1))
    codes = np.column_stack([np.tile(clusters, (4, 1)), np.full(4, -1)])
    targets = Samples.of(plan, people).targets(np.arange(4), 1)
    chains = Chains(plan, recipe, streams, Clusters(codes, 9), people, targets)
    last = {one.column.name: raw for one, raw in rounds(chains, plan.rounds(recipe))}
    assert plan.monotone == monotone and len(last) == 6
    for cells in whole.cells:
        assert np.array_equal(last[cells.column], cells.values)


def test_rows_that_are_nobodys_count_for_nothing() -> None:
    """A sample beside others with more gaps: what is drawn of it but for rounding."""
    y, clusters = mixture(), np.arange(90) % 9
    recipe = recipe_of(METHODS, passive=(product("a", "b"),), iterations=3)
    rows = np.stack([np.arange(90), np.sort(drawn(90, 1)[0])])
    alone = tables(impute_resampled(y, recipe, rows[:1], 3, 5, clusters=clusters))
    beside = tables(impute_resampled(y, recipe, rows, 3, 5, clusters=clusters))
    assert beside[0] == pytest.approx(alone[0], rel=1e-7)


def test_copies_of_everybody_have_the_distribution_of_the_table() -> None:
    """Rows = everybody, 400 samples: cells' means and SDs are those of impute's 800 sets."""
    y = correlated(60, 4, 0.3)
    recipe = recipe_of((None, "norm", "pmm", "norm"))
    made = tables(impute_resampled(y, recipe, np.tile(np.arange(60), (400, 1)), 2, 1))
    made = made.reshape(800, 60, 4)
    for cells in impute(y, recipe, 800, seed=9).cells:
        own = made[:, cells.rows, recipe.names.index(cells.column)]
        error = np.sqrt((own.var(axis=0) + cells.values.var(axis=0)) / 800)
        off = np.abs(own.mean(axis=0) - cells.values.mean(axis=0)) / error
        assert off.max() < 4.2  # of 50 or so
        ratio = np.log(own.std(axis=0) / cells.values.std(axis=0))
        assert np.abs(ratio).max() < 4.2 * np.sqrt(1 / 800) * 1.2  # matched: kurtosis up to 4


def test_samples_do_not_depend_on_how_many_are_made_at_once_or_on_their_order() -> None:
    y, clusters = mixture(), np.arange(90) % 9
    recipe = recipe_of(METHODS, passive=(product("a", "b"),), iterations=2)
    rows = drawn(90, 6)
    whole = impute_resampled(y, recipe, rows, 2, 5, clusters=clusters)
    assert np.array_equal(tables(whole), tables(whole, 1))
    assert np.array_equal(tables(whole), tables(whole, 4))
    first = tables(impute_resampled(y, recipe, rows, 1, 5, clusters=clusters))
    assert np.array_equal(tables(whole)[:, :1], first)


def test_who_is_drawn_twice_is_imputed_twice_and_answers_stay() -> None:
    y = mixture()
    recipe = recipe_of((*METHODS[:6], "norm"), passive=(product("a", "b"),), iterations=3)
    rows = drawn(90, 8)
    made = tables(impute_resampled(y, recipe, rows, 2, 1))
    seen = np.isfinite(y)[rows]
    for i in range(2):
        assert np.array_equal(made[:, i, :, :7][seen], y[rows][seen])
    assert np.isfinite(made).all()
    assert np.array_equal(made[..., 7], made[..., 0] * made[..., 1])
    assert set(np.unique(made[..., 4])) == {3.0, 4.0, 5.0}
    lost = np.flatnonzero(np.isnan(y[:, 1]))
    twice = [(b, np.flatnonzero(rows[b] == who)) for b in range(8) for who in lost]
    apart = [made[b, 0, at[0], 1] != made[b, 0, at[1], 1] for b, at in twice if len(at) > 1]
    assert len(apart) > 20 and all(apart)


def test_groups_are_imputed_apart_wherever_their_rows_stand() -> None:
    y, codes = correlated(80, 3, 0.25), np.arange(80) % 2
    groups = Groups(codes, ("control", "intervention"))
    recipe = recipe_of((None, "norm", "pmm"), iterations=2)
    rng = np.random.default_rng(1)
    both = np.concatenate([2 * rng.integers(40, size=(5, 40)) + g for g in (0, 1)], axis=1)
    rows = rng.permuted(both, axis=1)
    made = tables(impute_resampled(y, recipe, rows, 2, 1, groups))
    other = y.copy()
    other[codes == 1] += 40
    again = tables(impute_resampled(other, recipe, rows, 2, 1, groups))
    first = codes[rows] == 0
    for i in range(2):
        assert np.array_equal(made[:, i][first], again[:, i][first])
        assert again[:, i][~first] == pytest.approx(made[:, i][~first] + 40, abs=1e-6)
    with pytest.raises(ValueError, match="how many people 'control' has"):
        impute_resampled(y, recipe, drawn(80, 5), 2, 1, groups)


def test_together_a_group_of_which_nobody_answered_stays_without() -> None:
    y, codes = correlated(60, 2, 0.2), np.repeat([0, 1], 30)
    y[30:, 1] = np.nan
    groups = Groups(codes, ("one", "other"), apart=False)
    made = impute_resampled(y, recipe_of((None, "norm")), drawn(60, 4), 2, 1, groups)
    found = tables(made)[:, :, :, 1]
    here = codes[made.rows] == 1
    assert not made.failed and [note.group for note in made.refused] == ["other"]
    assert np.isnan(found[:, 0][here]).all() and np.isfinite(found[:, 0][~here]).all()
    y[30:32, 1] = 1.0  # two people of thirty: a sample lacks both with a chance of 1 in 8
    made = impute_resampled(y, recipe_of((None, "norm")), drawn(60, 40), 2, 1, groups)
    lacks = ~np.isin(made.rows, [30, 31]).any(axis=1)
    assert [one.number for one in made.failed] == np.flatnonzero(lacks).tolist() and lacks.any()
    assert {(one.group, one.reason) for one in made.failed} == {("other", "nobody answered b")}


def test_a_category_that_nobody_of_a_sample_gave_is_not_imputed_there() -> None:
    """One rare category each: samples without it have a model without; one left is it."""
    y = mixture(60)
    rare = np.isnan(y[:, 3:6]).any(axis=1)
    y[:, 3] = np.where(np.isnan(y[:, 3]), np.nan, 0.0)
    y[np.flatnonzero(~rare)[0], 3] = 1.0
    y[np.flatnonzero(~rare)[1], 4] = 4.5
    y[np.flatnonzero(~rare)[2], 5] = 9.0
    recipe = recipe_of(METHODS[:6], iterations=2)
    rows = drawn(60, 30)
    made = impute_resampled(y[:, :6], recipe, rows, 2, 1)
    found = tables(made)
    assert not made.failed and np.isfinite(found).all()
    for j in (3, 4, 5):
        for b in range(30):
            given = set(y[rows[b], j][np.isfinite(y[rows[b], j])])
            assert set(found[b, :, :, j].ravel()) <= given
    assert np.array_equal(found, tables(made, 1))


def test_degenerate_samples_have_finite_numbers_or_are_counted() -> None:
    """Constant answers or predictors and predictors that repeat others are held by the ridge; fewer
    than five different people, or as many as the model has numbers, are no sample to impute."""
    y = correlated(40, 4, 0.0)
    y[:12, 1] = np.nan
    y[20:, 2] = 7.0
    recipe = recipe_of((None, "norm", None, "pmm"))
    y[36:, 3] = np.nan
    rows = np.stack([
        np.repeat(np.arange(20, 40), 2),  # c is constant
        np.r_[np.arange(12), np.arange(12, 40)],
        np.r_[np.zeros(20, dtype=int), np.repeat(np.arange(12, 16), 5)],  # four answered b
        np.r_[np.arange(12), np.arange(12), np.arange(12), np.arange(4)],  # nobody did
        np.r_[np.zeros(15, dtype=int), np.repeat(np.arange(12, 17), 5)],  # five did
    ])  # fmt: skip
    made = impute_resampled(y, recipe, rows, 2, 1)
    found = tables(made)
    assert {one.number: one.reason for one in made.failed} == {
        2: "fewer than 5 different people answered b",
        3: "fewer than 5 different people answered b",
    }
    assert np.isfinite(found[[0, 1, 4]]).all() and np.isnan(found[[2, 3]]).all()
    assert np.abs(found[[0, 1, 4], :, :, 1]).max() < 30
    wide = correlated(24, 9, 0.0)
    wide[:4, 8] = np.nan
    names = tuple(chr(97 + j) for j in range(8))
    kept = recipe_of((*[None] * 8, "norm"), keep=names)
    few = np.stack([np.r_[np.zeros(4, dtype=int), 4 + np.arange(20) % k] for k in (9, 10)])
    made = impute_resampled(wide, kept, few, 2, 1)
    assert [(one.number, one.reason) for one in made.failed] == [
        (0, "the model of i has nearly as many coefficients as people answered it")
    ]


def test_answers_that_are_all_alike_in_a_sample_are_what_is_imputed() -> None:
    y = correlated(40, 2, 0.0)
    y[:10, 1], y[10:30, 1] = np.nan, 5.0
    rows = np.r_[np.arange(10), np.arange(10, 30), np.arange(10, 20)][None]
    for method in ("norm", "pmm", "two_level"):
        recipe = recipe_of((None, method))
        found = tables(impute_resampled(y, recipe, rows, 2, 1, clusters=np.arange(40) % 4))
        assert found[0, :, :10, 1] == pytest.approx(5.0, abs=1e-4)


def test_a_sample_without_a_solution_is_counted_and_no_other_suffers() -> None:
    """A passive column that is not finite at what is imputed in one sample."""
    y = correlated(40, 3, 0.0)
    y[:10, 1], y[5:15, 2] = np.nan, np.nan
    y[39] = [400.0, 400.0, 3.0]

    def of(x: np.ndarray) -> np.ndarray:
        return np.where(np.abs(x[..., 0]) > 100, np.inf, x[..., 0])

    recipe = recipe_of((None, "norm", "norm"), passive=(Passive("t", ("b",), of),))
    y[39, 1] = 2.0
    y[0, 0] = 5000.0  # whoever is predicted from this is far away
    rows = np.stack([np.arange(1, 40), np.r_[np.arange(1, 39), 0], np.arange(1, 40)])
    with np.errstate(invalid="ignore"):
        made = impute_resampled(y, recipe, rows, 2, 1)
        batches = list(made.completed())
        alone = impute_resampled(y, recipe, rows[:1], 2, 1)
        expected = tables(alone)[0]
    failed = [one for batch in batches for one in batch.failed]
    assert [(one.number, one.reason) for one in failed] == [(1, UNSOLVED)]
    pairs = [zip(one.numbers.tolist(), one.tables, strict=True) for one in batches]
    done = {number: own for one in pairs for number, own in one}
    assert sorted(done) == [0, 2] and done[0] == pytest.approx(expected, rel=1e-6)


def test_clusters_that_are_drawn_may_be_two() -> None:
    """Codes of the samples' rows: a cluster drawn twice has two intercepts."""
    rng = np.random.default_rng(5)
    clusters = np.repeat(np.arange(12), 10)
    y = rng.normal(0, 3, 12)[clusters] + rng.normal(0, 1, 120)
    y[::5] = np.nan
    which = rng.integers(12, size=(20, 12))
    rows = (which[:, :, None] * 10 + np.arange(10)).reshape(20, 120)
    codes = np.tile(np.repeat(np.arange(12), 10), (20, 1))
    made = tables(impute_resampled(y[:, None], recipe_of(("two_level",)), rows, 2, 1, None, codes))
    known = np.array([np.nanmean(y[clusters == k]) for k in range(12)])
    off = made[:, :, :, 0] - known[clusters[rows]][:, None]
    assert np.sqrt((off[:, :, np.isnan(y)] ** 2).mean()) < 1.6  # 3 without the intercepts


def test_estimates_count_samples_without_a_number() -> None:
    y = correlated(40, 2, 0.3)

    def analysis(made: np.ndarray, rows: np.ndarray) -> np.ndarray:
        means = made.mean(axis=2)
        means[(rows == 0).sum(axis=1) > 1] = np.nan
        return means

    made = impute_resampled(y, recipe_of((None, "norm")), drawn(40, 30), 2, 1)
    found = estimates_of(made, analysis, made.batches(7))
    lost = (made.rows == 0).sum(axis=1) > 1
    assert found.values.shape == (30, 2, 2) and found.reasons == (
        ("the analysis has no number in it", int(lost.sum())),
    )
    assert np.array_equal(np.isnan(found.values).all(axis=(1, 2)), lost) and lost.any()


BAD: tuple[tuple[Callable[[], dict[str, Any]], str], ...] = (
    (lambda: {"rows": np.zeros(40, dtype=int)}, "whole numbers"),
    (lambda: {"rows": np.zeros((2, 40))}, "whole numbers"),
    (lambda: {"rows": np.full((2, 40), 40)}, "0 to 39"),
    (lambda: {"rows": np.full((2, 40), -1)}, "0 to 39"),
    (lambda: {"m": 0}, "m at least 1"),
    (lambda: {"clusters": np.zeros(3, dtype=int)}, "one code a row"),
    (lambda: {"clusters": np.zeros((2, 3), dtype=int)}, "a code for each"),
    (lambda: {"recipe": Recipe((Column("a"),))}, "the table has 2"),
)


@pytest.mark.parametrize(("change", "words"), BAD)
def test_what_does_not_fit_the_table_is_a_mistake_of_the_caller(
    change: Callable[[], dict[str, Any]], words: str
) -> None:
    given: dict[str, Any] = {
        "values": correlated(40, 2, 0.2), "recipe": recipe_of((None, "norm")), "rows": drawn(40, 2),
        "m": 2, "seed": 1,
    }  # fmt: skip
    with pytest.raises(ValueError, match=words):
        impute_resampled(**(given | change()))


def test_predictors_that_are_one_in_a_sample_predict_as_one() -> None:
    """Columns a and c differ for people who are not drawn: b is predicted as from a alone, mean and
    SD in closed form (Student's predictive distribution), 4 errors of 2,000 imputations."""
    rng = np.random.default_rng(3)
    a = rng.normal(size=60)
    c = np.where(np.arange(60) < 30, a, rng.normal(size=60))
    b = a + rng.normal(size=60)
    b[:6] = np.nan
    rows = np.tile(np.arange(30), (1_000, 1))
    recipe = recipe_of((None, None, "norm"))
    drawn_of = tables(impute_resampled(np.column_stack([a, c, b]), recipe, rows, 2, 1))[..., :6, 2]
    drawn_of = drawn_of.reshape(2_000, 6)
    x = np.column_stack([np.ones(30), a[:30]])
    coef, rest = np.linalg.lstsq(x[6:], b[6:30])[:2]
    df = 24 - 3  # the model counts three numbers
    spread = (
        rest[0] / df * (1 + np.einsum("ij,jk,ik->i", x[:6], np.linalg.inv(x[6:].T @ x[6:]), x[:6]))
    )
    sd = np.sqrt(spread * df / (df - 2))
    assert np.abs(drawn_of.mean(axis=0) - x[:6] @ coef).max() < 4 * sd.max() / np.sqrt(2_000)
    assert drawn_of.std(axis=0) == pytest.approx(sd, rel=4 * np.sqrt(0.6 / 2_000))
