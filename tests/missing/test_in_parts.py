"""Totals known in part: what is known stays, what is missing is a donor's."""

import numpy as np
import pytest
from scipy import stats

from cesp_analysis.missing.boot_impute import impute_resampled
from cesp_analysis.missing.chained import impute
from cesp_analysis.missing.grouped import Groups
from cesp_analysis.missing.in_parts import Parts
from cesp_analysis.missing.recipe import Column, Recipe

N, S = 120, 4


def people(seed: int = 3, n: int = N) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A covariate, S skewed services that it foretells, and which of them are lacking: of a sixth
    of people all, of others one in ten each, by chance."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    size = np.array([5.0, 50.0, 500.0, 20.0])
    services = rng.gamma(0.5, 2.0, (n, S)) * size * np.exp(0.4 * x)[:, None]
    lacks = rng.random((n, S)) < 0.1
    lacks[rng.random(n) < 1 / 6] = True
    return x, services, lacks


def recipe_of(services: np.ndarray, lacks: np.ndarray) -> Recipe:
    parts = Parts(np.where(lacks, 0.0, services), lacks)
    columns = (Column("x"), Column("cost", "pmm"), Column("later", "norm"))
    return Recipe(columns, in_parts={"cost": parts})


def table_of(x: np.ndarray, services: np.ndarray, lacks: np.ndarray) -> np.ndarray:
    cost = np.where(lacks.any(axis=1), np.nan, services.sum(axis=1))
    later = services.sum(axis=1) / 100 + np.random.default_rng(1).normal(size=len(x))
    later[::7] = np.nan
    return np.column_stack([x, cost, later])


def test_by_hand() -> None:
    known = np.array([[1.0, 2.0, 3.0], [10.0, 0.0, 0.0], [0.0, 0.0, 0.0], [4.0, 5.0, 6.0]])
    lacks = np.array([[0, 0, 0], [0, 1, 0], [1, 1, 1], [0, 0, 1]], dtype=bool)
    parts = Parts(known, lacks)
    assert parts.partly.tolist() == [False, True, False, True]
    assert parts.least.tolist() == [6, 10, 0, 15]
    made = parts.filled(np.array([[6.0, 6.0, 6.0]]), np.array([[0, 0, 0]]), np.array([[1, 2, 3]]))
    # 10 + the donor's 2; the donor's total; 4 + 5 + the larger of 6 (known of it) and 3
    assert made.tolist() == [[12.0, 6.0, 15.0]]
    assert parts.of(np.array([3, 1])).known.tolist() == [[4, 5, 6], [10, 0, 0]]
    assert parts.without(np.array([True, False, False, False])).nothing.tolist() == [1, 0, 1, 0]


@pytest.mark.parametrize("within", [False, True])
def test_each_value_is_what_is_known_and_a_donor_of_the_group_gives_the_rest(within: bool) -> None:
    x, services, lacks = people()
    arm = np.arange(N) % 2
    groups = Groups(arm, ("a", "b")) if within else None
    made = impute(table_of(x, services, lacks), recipe_of(services, lacks), 4, 5, groups)
    cells = next(one for one in made.cells if one.column == "cost")
    whole = ~lacks.any(axis=1)
    for row, values in zip(cells.rows, cells.values.T, strict=True):
        own = lacks[row]
        donors = whole & (arm == arm[row]) if within else whole
        rest = services[np.ix_(donors, own)].sum(axis=1)
        possible = services[row][~own].sum() + rest
        assert np.isclose(values[:, None], possible, rtol=1e-12).any(axis=1).all()


def test_where_nobody_is_known_in_part_nothing_is_another() -> None:
    """To the last bit: a total of whom nothing is known is a donor's, as without parts."""
    x, services, lacks = people()
    lacks = np.repeat(lacks.all(axis=1)[:, None], S, axis=1)
    table, recipe = table_of(x, services, lacks), recipe_of(services, lacks)
    with_parts = impute(table, recipe, 3, 5)
    without = impute(table, Recipe(recipe.columns), 3, 5)
    for one, other in zip(with_parts.cells, without.cells, strict=True):
        assert (one.values == other.values).all()


def test_how_many_at_once_changes_nothing() -> None:
    x, services, lacks = people()
    table, recipe = table_of(x, services, lacks), recipe_of(services, lacks)
    whole, one_by_one = (impute(table, recipe, 4, 5, batch=batch) for batch in (None, 1))
    for one, other in zip(whole.cells, one_by_one.cells, strict=True):
        assert (one.values == other.values).all()


def test_a_total_that_is_nothing_of_all_who_have_one_is_what_is_known() -> None:
    x, services, lacks = people()
    whole = ~lacks.any(axis=1)
    services[whole] = 0.0
    made = impute(table_of(x, services, lacks), recipe_of(services, lacks), 2, 5)
    cells = next(one for one in made.cells if one.column == "cost")
    least = np.where(lacks, 0.0, services).sum(axis=1)
    assert cells.values == pytest.approx(np.tile(least[cells.rows], (2, 1)), rel=1e-12)


def test_samples_give_what_people_of_theirs_have() -> None:
    """Rows of samples are other people than the table's rows at the same place."""
    x, services, lacks = people()
    table, recipe = table_of(x, services, lacks), recipe_of(services, lacks)
    groups = Groups(np.arange(N) % 2, ("a", "b"))
    rng = np.random.default_rng(4)
    halves = [np.flatnonzero(groups.codes == code) for code in (0, 1)]
    rows = np.stack(
        [np.concatenate([rng.choice(half, len(half) - 1) for half in halves]) for _ in range(6)]
    )
    made = impute_resampled(table, recipe, rows, 2, 9, groups)
    whole, seen = ~lacks.any(axis=1), 0
    for one in made.completed():
        for number, tables in zip(one.numbers, one.tables, strict=True):
            who = rows[number]
            for at in np.flatnonzero(lacks[who].any(axis=1)):
                row, own = who[at], lacks[who[at]]
                donors = who[whole[who] & (groups.codes[who] == groups.codes[row])]
                possible = services[row][~own].sum() + services[np.ix_(donors, own)].sum(axis=1)
                for value in tables[:, at, 1]:
                    assert np.isclose(value, possible, rtol=1e-12).any()
                    seen += 1
    assert seen > 100 and not made.failed


def test_means_are_right_where_services_are_lacking_by_chance() -> None:
    """Mean cost of 2,000 people, of 40 draws of who lacks what: within the noise of these of that
    of everybody. Totals drawn whole and held to what is known would be too high."""
    x, services, _ = people(8, 2000)
    truth = services.sum(axis=1)
    off, floored = [], []
    for draw in range(40):
        rng = np.random.default_rng(100 + draw)
        lacks = rng.random((2000, S)) < 0.15
        table = np.column_stack([x, np.where(lacks.any(axis=1), np.nan, truth)])
        parts = Parts(np.where(lacks, 0.0, services), lacks)
        columns = (Column("x"), Column("cost", "pmm"))
        made = impute(table, Recipe(columns, in_parts={"cost": parts}), 2, draw)
        plain = impute(table, Recipe(columns), 2, draw)
        off.append(np.mean([made.completed(i)[:, 1] for i in (0, 1)]) - truth.mean())
        high = [np.maximum(plain.completed(i)[:, 1], parts.least) for i in (0, 1)]
        floored.append(np.mean(high) - truth.mean())
    error = np.std(off, ddof=1) / np.sqrt(40)
    assert abs(np.mean(off)) < 3 * error
    assert np.mean(floored) > 10 * error  # what the rest is drawn for


def test_intervals_hold_the_mean_where_services_are_lacking_given_what_is_known() -> None:
    """Difference in mean cost of two arms of 100, by Rubin's rules (10 sets): 400 studies. Who is
    frail (x) lacks single services more often, and more often all of them."""
    inside, errors, estimates = 0, [], []
    for number in range(400):
        rng = np.random.default_rng([7, number])
        x, services, _ = people(1000 + number, 200)
        arm = np.repeat([0, 1], 100)
        rate = 0.1 + 0.1 * (x > 0)
        lacks = rng.random((200, S)) < rate[:, None]
        lacks[rng.random(200) < rate] = True
        table = np.column_stack([x, np.where(lacks.any(axis=1), np.nan, services.sum(axis=1))])
        parts = Parts(np.where(lacks, 0.0, services), lacks)
        recipe = Recipe((Column("x"), Column("cost", "pmm")), in_parts={"cost": parts})
        sets = impute(table, recipe, 10, number, Groups(arm, ("a", "b")))
        costs = np.stack([sets.completed(i)[:, 1] for i in range(10)])
        means = [costs[:, arm == a].mean(axis=1) for a in (0, 1)]
        within = sum(costs[:, arm == a].var(axis=1, ddof=1).mean() / 100 for a in (0, 1))
        between = (means[1] - means[0]).var(ddof=1) * 1.1
        total = within + between
        df = 9 * (1 + within / between) ** 2
        estimate = float((means[1] - means[0]).mean())
        inside += abs(estimate) <= stats.t.ppf(0.975, min(df, 198)) * np.sqrt(total)
        estimates.append(estimate)
        errors.append(total)
    share = inside / 400
    assert abs(share - 0.95) < 3 * np.sqrt(0.95 * 0.05 / 400)
    ratio = np.sqrt(np.mean(errors)) / np.std(estimates, ddof=1)
    assert abs(ratio - 1) < 3 * np.sqrt(1 / 800 + 1 / 400)  # of an SD, and of skewed variances


def test_totals_in_parts_are_matched() -> None:
    x, services, lacks = people()
    columns = (Column("x"), Column("cost", "norm"), Column("later", "norm"))
    recipe = Recipe(columns, in_parts=recipe_of(services, lacks).in_parts)
    with pytest.raises(ValueError, match="columns that are matched: cost is not"):
        impute(table_of(x, services, lacks), recipe, 2, 5)


def test_donors_are_those_whose_parts_were_given() -> None:
    """Rows of the table, of groups and batches put together; nobody's of other columns."""
    x, services, lacks = people()
    groups = Groups(np.arange(N) % 2, ("a", "b"))
    made = impute(table_of(x, services, lacks), recipe_of(services, lacks), 4, 5, groups, batch=1)
    for one in made.cells:
        if one.column != "cost":
            assert one.donors is None
            continue
        assert one.donors is not None and not lacks[one.donors].any()
        assert (groups.codes[one.donors] == groups.codes[one.rows]).all()
        rest = np.where(lacks[one.rows], services[one.donors], services[one.rows]).sum(axis=-1)
        assert one.values == pytest.approx(rest, rel=1e-12)
