"""Columns that determine one another and are missing for the same people: the chains are not stuck.

Copies of one column must be imputed as the column alone is, whose predictive distribution has a
closed form (Rubin 1987, 5.3); in turn from one another they would stay where the first, random
answers put them: mean 1.17 instead of 1.03 here, and two thirds of the variance between sets.
"""

import numpy as np
import pytest

from cesp_analysis.missing.chained import impute
from cesp_analysis.missing.imputed import Imputations
from cesp_analysis.missing.plan import planned
from cesp_analysis.missing.pooling import pool
from cesp_analysis.missing.recipe import Column, Method, Recipe, indicators, product, total
from gap_tables import recipe_of

N, LOST, M = 60, 20, 4_000


def answers() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Whole x, b with gaps that x predicts, and noise."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=N)
    b = 1 + 0.7 * x + rng.normal(size=N)
    b[:LOST] = np.nan
    return x, b, rng.normal(size=N)


def closed_form(x: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """Mean and variance between sets of the mean of what is imputed in b, given x."""
    design = np.column_stack([np.ones(N), x])
    seen, gone = design[LOST:], design[:LOST]
    coef, rest = np.linalg.lstsq(seen, b[LOST:])[:2]
    at, df = gone.mean(axis=0), N - LOST - 2
    variance = rest[0] / (df - 2) * (at @ np.linalg.inv(seen.T @ seen) @ at + 1 / LOST)
    return float(at @ coef), float(variance)


def chains(*columns: np.ndarray, method: Method = "norm", m: int = M) -> Imputations:
    """x whole, all others imputed; in rounds although the gaps nest."""
    recipe = recipe_of((None, *[method] * (len(columns) - 1)), monotone=False)
    return impute(np.column_stack(columns), recipe, m, seed=4)


def held(made: Imputations, column: str, mean: float, variance: float) -> None:
    """Four Monte Carlo errors of a mean and of the log of a variance."""
    (cells,) = [one for one in made.cells if one.column == column]
    means = cells.values[:, :LOST].mean(axis=1)
    assert abs(means.mean() - mean) < 4 * np.sqrt(variance / M)
    assert abs(np.log(means.var() / variance)) < 4 * np.sqrt(2 / M)
    (trace,) = [one for one in made.traces if one.column == column]
    assert trace.r_hat == pytest.approx(1, abs=0.05)  # stuck: 170; errors are some 0.01


def test_copies_are_imputed_as_one_of_them_alone_is() -> None:
    x, b, _ = answers()
    made = chains(x, b, 2 * b + 1)
    mean, variance = closed_form(x, b)
    held(made, "b", mean, variance)
    held(made, "c", 2 * mean + 1, 4 * variance)
    b_of, c_of = (one.values for one in made.cells)
    assert np.abs(2 * b_of + 1 - c_of).max() < 0.1  # a ridge of 1e-5 and its noise
    notes = {note.column: note for note in made.warnings if note.weighty}
    assert "it and 'c' nearly determine one another, and 20 people have neither" in notes["b"].text
    assert notes["c"].text.startswith("'b' determines it")


@pytest.mark.slow
def test_intervals_of_a_mean_cover_it_where_a_copy_is_missing_too() -> None:
    """Missing at random given x, 300 studies: within three errors (drawn in turn: 62%)."""
    rng = np.random.default_rng(1)
    covered = 0
    for study in range(300):
        x = rng.normal(size=N)
        y = x + rng.normal(size=N)
        y[rng.random(N) < 1 / (1 + np.exp(0.4 - x))] = np.nan
        made = chains_of_study(x, y, study)
        whole = np.stack([made.completed(i)[:, 1] for i in range(made.m)])
        pooled = pool(whole.mean(axis=1), whole.var(axis=1, ddof=1) / N, N - 1)
        low, high = pooled.interval(0.95)
        covered += int(low[0] <= 0 <= high[0])
    assert abs(covered / 300 - 0.95) < 3 * np.sqrt(0.05 * 0.95 / 300)


def chains_of_study(x: np.ndarray, y: np.ndarray, seed: int) -> Imputations:
    recipe = recipe_of((None, "norm", "norm"), monotone=False)
    return impute(np.column_stack([x, y, 2 * y]), recipe, 15, seed=seed)


def test_close_ones_are_too() -> None:
    """Correlation 0.998: in turn from one another, ten rounds leave most of where they began."""
    x, b, noise = answers()
    made = chains(x, b, b + 0.05 * noise)
    held(made, "b", *closed_form(x, b))


def test_a_sum_and_its_parts() -> None:
    """b = (b - d) + d with all three missing: no pair of them is close."""
    x, b, noise = answers()
    made = chains(x, b - noise, np.where(np.isnan(b), np.nan, noise), b)
    one, other, whole = (cells.values for cells in made.cells)
    assert np.abs(one + other - whole).max() < 0.1
    held(made, "d", *closed_form(x, b))


def test_of_who_lacks_one_alone_the_other_tells_it() -> None:
    x, b, _ = answers()
    partly = b.copy()
    partly[LOST : LOST + 10] = np.nan
    made = chains(x, partly, 2 * b + 1)
    held(made, "b", *closed_form(x, b))
    assert made.cells[0].values[:, LOST:] == pytest.approx(
        np.tile(b[LOST : LOST + 10], (M, 1)), abs=0.1
    )


@pytest.mark.slow
@pytest.mark.parametrize("method", ["pmm", "logistic", "ordered", "two_level"])
def test_every_method(method: Method) -> None:
    """A copy beside a column leaves the column's imputations what they are without it."""
    x, b, _ = answers()
    values = np.where(
        np.isnan(b), np.nan, np.clip(np.round(b), 0, 1 if method == "logistic" else 2)
    )
    y = b if method in ("pmm", "two_level") else values
    m = 1_000
    alone, both = (chains(x, *[y] * k, method=method, m=m).cells[0].values.mean(1) for k in (1, 2))
    error = np.sqrt((alone.var() + both.var()) / m)
    assert abs(alone.mean() - both.mean()) < 4 * error
    assert abs(np.log(alone.var() / both.var())) < 4 * np.sqrt(4 / m)


def test_a_total_imputed_as_such_beside_its_items() -> None:
    x, b, noise = answers()
    gone = np.isnan(b)
    items = [np.where(gone, np.nan, own) for own in (b, noise)]
    columns = (Column("x"), *(Column(name, "norm") for name in ("i", "j", "t")))
    recipe = Recipe(columns, passive=(total("score", "i", "j"),), monotone=False)
    table = np.column_stack([x, *items, items[0] + items[1]])
    made = impute(table, recipe, 500, seed=1)
    assert max(trace.r_hat or 9 for trace in made.traces) < 1.1
    i, j, t = (cells.values for cells in made.cells)
    assert np.abs(i + j - t).max() < 0.1


def test_nested_gaps_need_none_of_it_and_others_none_at_all() -> None:
    x, b, noise = answers()
    table = np.column_stack([x, b, 2 * b + 1])
    plan = planned(table, recipe_of((None, "norm", "norm")), None)
    assert plan.monotone and [one.predictors.tolist() for one in plan.targets] == [
        [0, 1],
        [0, 1, 2],
    ]
    table = np.column_stack([x, b, b + noise])
    table[LOST + 3, 2] = np.nan
    plan = planned(table, recipe_of((None, "norm", "norm"), monotone=False), None)
    assert not any(one.apart for one in plan.targets) and not plan.weighty


def test_people_who_lack_other_ones_each_have_their_own_equation() -> None:
    """Three copies of a yes or no; some lack one, some two, some all, and nobody of whom all have
    the later ones: each pattern has a model, and a memory, of its own."""
    x, b, _ = answers()
    y = np.where(np.isnan(b), 1.0, (b > 1) * 1.0)
    table = np.column_stack([x, y, y, y])
    table[:8, 1:] = np.nan
    table[8:20, 1:3] = np.nan
    table[20:33, 2:] = np.nan
    recipe = recipe_of((None, "logistic", "logistic", "logistic"))
    plan = planned(table, recipe, None)
    memories = [
        own.memory for one in plan.targets for own in (one, *(fewer for _, fewer in one.apart))
    ]
    assert len(memories) == len(set(memories)) > 3
    made = impute(table, recipe, 200, seed=1)
    assert np.isfinite(made.completed(0)).all()
    known = made.cells[0].values[:, 8:20]  # whose third copy says it
    assert (known == y[8:20]).mean() > 0.9


@pytest.mark.parametrize("block", range(4))
def test_whatever_determines_what(block: int) -> None:
    """Copies, sums and categories with indicators and products, in few or many people."""
    for seed in range(20 * block, 20 * (block + 1)):
        rng = np.random.default_rng(seed)
        n = int(rng.integers(6, 60))
        y = rng.normal(size=(n, 3))
        y[rng.random((n, 3)) < rng.choice([0, 0.2, 0.5], 3)] = np.nan
        kind = np.where(rng.random(n) < 0.3, np.nan, rng.integers(0, 4, n))
        table = np.column_stack([y, 3 * y[:, 0], y[:, 1] + y[:, 2], kind])
        methods: list[Method] = ["norm", "pmm", "two_level", "norm", "two_level", "nominal"]
        columns = tuple(Column(chr(97 + j), method) for j, method in enumerate(methods))
        passive = (*indicators("f", "wxyz"), product("a", "f[x]"))
        recipe = Recipe(columns, passive, iterations=4, monotone=bool(rng.integers(2)))
        with np.errstate(all="raise", under="ignore"):
            made = impute(table, recipe, 3, seed, clusters=rng.integers(-1, 4, n))
        refused = {note.column for note in made.refused}
        for j, column in enumerate(columns):
            assert column.name in refused or np.isfinite(made.completed(1)[:, j]).all(), seed
