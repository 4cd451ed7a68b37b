"""Sites as codes instead of columns: the same posterior, whatever the model."""

from dataclasses import replace

import numpy as np
import pytest

from cesp_analysis.missing.boot_impute import impute_resampled
from cesp_analysis.missing.chained import impute
from cesp_analysis.missing.chains import Chains
from cesp_analysis.missing.linear import RIDGE, drawn, grouped
from cesp_analysis.missing.plan import planned
from cesp_analysis.missing.recipe import Column, Method, Recipe, product
from gap_tables import correlated

SITES = 6


def table(n: int = 240, seed: int = 1) -> np.ndarray:
    """Four columns, the last two with gaps, then indicators of all sites but the first."""
    rng = np.random.default_rng(seed)
    site = rng.integers(SITES, size=n)
    y = correlated(n, 4, 0.0) + rng.normal(0, 1, SITES)[site][:, None]
    y[rng.random(n) < 0.3, 2] = np.nan
    y[rng.random(n) < 0.2, 3] = np.nan
    return np.column_stack([y, *(site == one for one in range(1, SITES))]).astype(float)


def recipes(method: Method, iterations: int = 3) -> tuple[Recipe, Recipe]:
    """With the sites as columns, and as codes."""
    sites = tuple(f"site{one}" for one in range(1, SITES))
    columns = (*(Column(name) for name in "ab"), Column("c", method), Column("d", "norm"))
    whole = Recipe(
        (*columns, *(Column(name) for name in sites)), (product("a", "b"),), iterations=iterations
    )
    return whole, replace(whole, exclusive=sites)


class Given(np.random.Generator):
    """A stream whose normal draws are given, and whose chi-squares are 1."""

    def __init__(self, numbers: np.ndarray) -> None:
        super().__init__(np.random.PCG64(1))
        self.numbers = list(numbers)

    def standard_normal(self, *_: object, out: np.ndarray) -> np.ndarray:  # type: ignore[override]
        out[:] = [self.numbers.pop(0) for _ in range(len(out))]
        return out

    def chisquare(self, df: object, size: object = None) -> float:  # type: ignore[override]
        return 1.0


def test_estimate_and_law_of_the_draw_are_those_of_all_columns() -> None:
    """Coefficients to 1e-10; and the draw's covariance, from what each normal number moves."""
    y = table()
    whole, by_code = recipes("norm")
    plan = planned(y, whole, None)
    q = 1 + 2 + 1 + 1 + SITES - 1  # constant, a, b, the product, the other one, sites
    first = (np.random.default_rng(0),)
    chains = Chains(plan, by_code, first)
    columns = Chains(plan, whole, (np.random.default_rng(0),))
    for one, each in zip(chains.targets, columns.targets, strict=True):
        block, known = chains.opened(one)
        full_block, full_known = columns.opened(each)
        assert chains.z.shape[2] == columns.z.shape[2] - (SITES - 1)
        assert len(each.predictors) == q and len(one.levels) == SITES - 1
        groups = grouped(chains, one)
        numbers = np.vstack([np.zeros(q), np.eye(q)])
        own = [drawn(known, one, (Given(row),), groups) for row in numbers]
        theirs = drawn(full_known, each, (Given(np.zeros(q)),))
        assert own[0].sigma == pytest.approx(theirs.sigma, rel=1e-10)  # residual squares
        assert np.array_equal(own[0].coef, own[0].beta)
        mean = chains.predicted(one, block, one.gaps, own[0].coef)
        full = (full_block @ columns.wide(theirs.coef, each.predictors))[:, :, 0]
        assert mean == pytest.approx(full, rel=1e-10, abs=1e-10)
        # the law: predictions' covariance is x (x'x + ridge)^-1 x' of all columns
        moves = np.stack([chains.predicted(one, block, one.gaps, d.beta)[0] for d in own[1:]])
        moves = (moves - mean[0]) / own[0].sigma
        x = full_block[0][:, each.predictors]
        squares = full_known[0][np.ix_(each.predictors, each.predictors)]
        squares = squares + RIDGE * len(each.raw) * np.diag([0.0, *np.ones(q - 1)])
        law = x @ np.linalg.solve(squares, x.T)
        assert moves.T @ moves == pytest.approx(law, abs=1e-10 * np.abs(law).max())


def test_degrees_of_freedom_count_the_sites() -> None:
    """Sigma is drawn with as many as with columns."""
    asked: list[int] = []

    class Told(Given):
        def chisquare(self, df: object, size: object = None) -> float:  # type: ignore[override]
            asked.append(int(str(df)))
            return 1.0

    whole, by_code = recipes("norm")
    plan = planned(table(), whole, None)
    for recipe in (whole, by_code):
        chains = Chains(plan, recipe, (np.random.default_rng(0),))
        one = chains.targets[0]
        _, known = chains.opened(one)
        drawn(known, one, (Told(np.zeros(99)),), grouped(chains, one))
    assert asked[0] == asked[1] == len(plan.targets[0].raw) - len(plan.targets[0].predictors)


def test_sums_keep_step_with_the_tables() -> None:
    """After a whole run: what updates have made of moments and sums is what they are."""
    _, by_code = recipes("norm")
    plan = planned(table(), by_code, None)
    chains = Chains(plan, by_code, tuple(np.random.default_rng(i) for i in range(3)))
    for _ in range(10):
        for one in chains.targets:
            block, known = chains.opened(one)
            raw = chains.streams[0].normal(size=block.shape[:2])
            chains.put(one, raw, block, known)
    site = plan.columns.raw[:, 4:9].T @ chains.z
    assert chains.sums == pytest.approx(site, abs=1e-9 * np.abs(site).max())
    moments = chains.z.transpose(0, 2, 1) @ chains.z
    assert chains.moments == pytest.approx(moments, abs=1e-9 * np.abs(moments).max())


@pytest.mark.slow
@pytest.mark.parametrize("method", ["norm", "pmm", "logistic", "ordered", "nominal", "two_level"])
def test_what_is_imputed_has_the_same_distribution(method: Method) -> None:
    """Means by site of both columns over many sets, within Monte Carlo errors of their difference;
    and their spread between sets."""
    y, m = table(150, 4), 400
    if method in ("logistic", "ordered", "nominal"):
        cuts = (0.5,) if method == "logistic" else (0.3, 0.7)
        at = np.nanquantile(y[:, 2], cuts)
        y[:, 2] = np.where(np.isnan(y[:, 2]), np.nan, np.searchsorted(at, y[:, 2]))
    clusters = np.arange(len(y)) % 8
    made = [impute(y, one, m, seed, clusters=clusters)
            for seed, one in zip((1, 2), recipes(method), strict=True)]  # fmt: skip
    for column in (0, 1):
        rows = made[0].cells[column].rows
        own = [one.cells[column].values for one in made]
        for site in range(SITES):
            here = y[rows, 4:].argmax(axis=1) == site - 1 if site else ~y[rows, 4:].any(axis=1)
            each = [values[:, here].mean(axis=1) for values in own]
            error = np.sqrt(sum(one.var() / m for one in each))
            # 24 comparisons a method: chance passes 4.5 errors in one of them once in 6,000
            assert abs(each[0].mean() - each[1].mean()) < 4.5 * error
            assert abs(np.log(each[0].std() / each[1].std())) < 4.5 / np.sqrt(m)


def test_sets_do_not_depend_on_how_many_are_made_at_once() -> None:
    _, by_code = recipes("pmm")
    whole = impute(table(), by_code, 5, seed=3)
    for batch in (1, 2):
        some = impute(table(), by_code, 5, seed=3, batch=batch)
        for one, other in zip(whole.cells, some.cells, strict=True):
            assert np.array_equal(one.values, other.values)


def test_a_bootstrap_sample_of_everybody_once_is_imputed_as_the_table_is_in_law() -> None:
    """Samples, whose rows are their own: means over many agree with those of the table."""
    y, m = table(120, 2), 300
    _, by_code = recipes("norm")
    rows = np.tile(np.arange(len(y)), (m, 1))
    found = np.concatenate(
        [batch.tables for batch in impute_resampled(y, by_code, rows, 1, 5).completed()]
    )[:, 0]
    sets = impute(y, by_code, m, 6)
    for column, cells in zip((2, 3), sets.cells, strict=True):
        own, theirs = found[:, cells.rows, column].mean(axis=1), cells.values.mean(axis=1)
        error = np.sqrt((own.var() + theirs.var()) / m)
        assert abs(own.mean() - theirs.mean()) < 4.5 * error


def test_two_sites_of_one_person_are_refused() -> None:
    y = table()
    y[0, 4:6] = 1.0
    _, by_code = recipes("norm")
    with pytest.raises(ValueError, match="1 once a row at most"):
        impute(y, by_code, 2, 1)
