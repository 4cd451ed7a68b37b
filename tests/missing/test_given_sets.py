"""Columns that are imputed given sets of others: what was drawn stays, and predicts by itself."""

from dataclasses import replace

import numpy as np
import pytest

from cesp_analysis.missing.chained import Groups, impute
from cesp_analysis.missing.chains import Chains
from cesp_analysis.missing.draws import rounds
from cesp_analysis.missing.imputed import Cells
from cesp_analysis.missing.plan import planned
from cesp_analysis.missing.recipe import Column, Recipe, indicators
from gap_tables import correlated, recipe_of

N = 90
GROUPS = Groups(np.arange(N) % 2, ("a", "b"))


def tables() -> tuple[np.ndarray, np.ndarray]:
    """Two columns, half of one lost; the same and twice that one, known of others, but for .01."""
    rng = np.random.default_rng(3)
    whole = correlated(N, 2, 0.0)
    few = whole.copy()
    few[rng.random(N) < 0.5, 1] = np.nan
    twice = 2 * whole[:, 1] + 0.01 * rng.normal(size=N)
    twice[rng.random(N) < 0.5] = np.nan
    return few, np.column_stack([few[:, 0], twice, few[:, 1]])


FEW = recipe_of((None, "norm"))
MORE = Recipe((FEW.columns[0], Column("more", "norm"), FEW.columns[1]))


def test_given_sets_stay_and_each_predicts_by_its_own_draws() -> None:
    few, whole = tables()
    given = impute(few, FEW, 6, 4, GROUPS)
    made = impute(whole, MORE, 6, 9, GROUPS, given=given)
    for number in range(6):
        before, after = given.completed(number), made.completed(number)
        assert (after[:, [0, 2]] == before).all()
        lost = np.isnan(whole[:, 1])
        # twelve times the noise, of which are the slopes' errors too; another set's lie 2 apart
        assert after[lost, 1] == pytest.approx(2 * before[lost, 1], abs=0.12)
    assert [one.column for one in made.traces] == ["b", "b", "more", "more"]
    values = {one.column: one.values for one in made.cells}
    lost = np.isnan(whole[:, 1]) & np.isnan(whole[:, 2])
    apart = values["more"][:, lost[np.isnan(whole[:, 1])]].std(axis=0)
    assert (apart > 0.1).all()  # as what they are drawn from differs between sets


def test_how_many_are_made_at_once_changes_nothing() -> None:
    few, whole = tables()
    given = impute(few, FEW, 4, 4, GROUPS)
    one, other = (impute(whole, MORE, 4, 9, GROUPS, batch=b, given=given) for b in (1, 4))
    for own, theirs in zip(one.cells, other.cells, strict=True):
        assert (own.values == theirs.values).all()


def test_moments_keep_step_where_a_model_is_not_of_all_who_answered() -> None:
    _, whole = tables()
    plan = planned(whole, MORE.without(FEW.columns), None, frozenset("b"))
    (target,) = plan.targets
    both = np.isfinite(whole).all(axis=1)
    assert target.known.tolist() == np.flatnonzero(both).tolist()
    lost = np.flatnonzero(np.isnan(whole[:, 2]))
    cells = [Cells("b", lost, np.random.default_rng(1).normal(size=(2, len(lost))))]
    streams = tuple(np.random.default_rng(i) for i in range(2))
    chains = Chains(plan, MORE.without(FEW.columns), streams, completed=cells)
    for _ in rounds(chains, 2):
        assert chains.moments == pytest.approx(chains.z.transpose(0, 2, 1) @ chains.z)
    (_, text), *_ = plan.warnings
    lack = int(np.isfinite(whole[:, 1]).sum() - both.sum())
    assert text.startswith(f"{lack} of {lack + both.sum()} people who answered it lack what")


@pytest.mark.parametrize(("more", "words"), [(0, "is of all,"), (1, "is of the others")])
def test_where_most_lack_it_the_model_is_of_all_and_says_so(more: int, words: str) -> None:
    rng = np.random.default_rng(2)
    first, second = rng.normal(size=(2, 40))
    first[: 16 - more] = np.nan
    second[30:] = np.nan  # of 30 who answered 16 or 15 lack the first
    recipe = recipe_of((None, "norm"))
    plan = planned(np.column_stack([first, second]), recipe, None, frozenset("a"))
    assert [text for _, text in plan.warnings if words in text] != []
    assert len(plan.targets[0].known) == (15 if more else 30)


def test_what_was_refused_stays_a_gap_and_predicts_nothing() -> None:
    few, whole = tables()
    few[::2, 1] = whole[::2, 2] = np.nan  # nobody of a
    given = impute(few, FEW, 3, 4, GROUPS)
    made = impute(whole, MORE, 3, 9, GROUPS, given=given)
    assert [(one.column, one.group) for one in made.refused] == [(FEW.columns[1].name, "a")]
    after = made.completed(0)
    assert np.isnan(after[::2, 2]).all() and np.isfinite(after[:, 1]).all()


def test_categories_that_were_imputed_predict_as_categories() -> None:
    rng = np.random.default_rng(5)
    codes = np.repeat([0.0, 1.0, 2.0], N // 3)
    known = np.where(rng.random(N) < 0.3, np.nan, codes)
    y = np.array([0.0, 5.0, -3.0])[codes.astype(int)] + 0.1 * rng.normal(size=N)
    some = np.where(rng.random(N) < 0.3, np.nan, y)
    first = Recipe((Column("x"), Column("k", "nominal")), indicators("k", ("0", "1", "2")))
    near = codes + 0.4 * rng.normal(size=N)
    given = impute(np.column_stack([near, known]), first, 3, 1)
    recipe = replace(first, columns=(*first.columns, Column("y", "norm")))
    made = impute(np.column_stack([near, known, some]), recipe, 3, 2, given=given)
    for number in range(3):
        table = made.completed(number)
        lost = np.isnan(some)
        mean = np.array([0.0, 5.0, -3.0])[table[lost, 1].astype(int)]
        assert table[lost, 2] == pytest.approx(mean, abs=0.8)  # SD .1, and some .1 of the means


def test_sets_that_do_not_fit_are_a_mistake_of_the_caller() -> None:
    few, whole = tables()
    given = impute(few, FEW, 3, 4, GROUPS)
    with pytest.raises(ValueError, match="not as many"):
        impute(whole, MORE, 4, 9, GROUPS, given=given)
    with pytest.raises(ValueError, match="not declared"):
        impute(whole[:, :2], Recipe(MORE.columns[:2]), 3, 9, GROUPS, given=given)
    other = whole.copy()
    other[np.flatnonzero(np.isfinite(other[:, 2]))[0], 2] += 1
    with pytest.raises(ValueError, match="another table"):
        impute(other, MORE, 3, 9, GROUPS, given=given)
