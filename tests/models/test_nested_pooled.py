"""Pooling groups that are alike changes what is gone through, not the criterion."""

from typing import Any

import numpy as np
import pytest
from pytest import approx

from cesp_analysis.models.nested import NotNested, fit_nested
from cesp_analysis.models.nested_df import satterthwaite_df
from cesp_analysis.models.nested_profile import curvature, profile_at
from cesp_analysis.models.nested_sums import nested_sums

ROUNDING = 1e-11  # second derivatives, sums of 12,000 rows added in another order; seen: 3e-13


def many(blank: bool, all_twice: bool) -> tuple[list[np.ndarray], list[np.ndarray], np.ndarray]:
    """Columns [x y], codes and times: 6,000 people in 1,500 neighbourhoods, in any order."""
    rng = np.random.default_rng(11)
    near = rng.integers(0, 1500, 6000) * 3 + 7  # codes with gaps
    often = np.full(6000, 2) if all_twice else rng.integers(1, 4, 6000)
    person = np.repeat(rng.permutation(6000), often)
    time = np.arange(len(person)) % 2  # those who stand twice have each once
    order = rng.permutation(len(person))
    person, time = person[order], time[order]
    own = near[person]
    if blank:  # people without a neighbourhood, and neighbourhoods whose people have no effect
        own = np.where(person % 9 == 0, -1, own)
    arm = near[person] % 2
    x = [np.ones(len(person)), arm, time, arm * time, rng.normal(size=6000)[person]]
    y = rng.normal(size=6000)[person] + rng.normal(size=4600)[own] + rng.normal(size=len(person))
    return [*np.array(x, dtype=float), y], [person, own], time


@pytest.mark.parametrize("blank", [False, True])
@pytest.mark.parametrize("classes", [False, True])
def test_pooled_as_one_by_one(blank: bool, classes: bool) -> None:
    """Value, slope and curvature, with and without pooling, at ratios near and far from zero."""
    columns, groups, time = many(blank, all_twice=classes)
    kind = time if classes else None
    pooled = nested_sums(columns, groups, kind)
    single = nested_sums(columns, groups, kind, pool=False)
    assert pooled.pooled is not None and pooled.outermost is not None
    assert single.pooled is None and single.outermost is None
    for ratios in ([0.9, 0.4], [0.0, 2.0], [3.0, 0.0]):
        at = np.array([*ratios, *([1.3] if classes else [])])
        one, other = (profile_at(sums, at, True, order=2) for sums in (pooled, single))
        assert one.value == approx(other.value, rel=1e-13)
        size = np.abs(other.slope).max()
        assert one.slope == approx(other.slope, rel=ROUNDING, abs=ROUNDING * size)
        bent = curvature(other, True)
        size = np.abs(bent).max()
        assert curvature(one, True) == approx(bent, rel=ROUNDING, abs=ROUNDING * size)


def test_outermost_groups_by_what_they_hold() -> None:
    """Every neighbourhood is of one pattern: as many people with one, two and three rows."""
    columns, groups, _ = many(blank=False, all_twice=False)
    sums = nested_sums(columns, groups)
    assert sums.pooled is not None and sums.outermost is not None
    outer = sums.outermost
    held = {tuple(line) for line in sums.pooled.count.T}
    assert len(outer.groups) == len(held)
    assert outer.groups.sum() == len(set(groups[1].tolist())) == sums.pooled.count.shape[1]
    assert outer.count @ outer.groups == approx(sums.pooled.groups[0], rel=1e-15)
    assert set(map(tuple, outer.count.T)) == held


def test_the_order_of_rows_says_nothing() -> None:
    columns, groups, _ = many(blank=False, all_twice=False)
    order = np.random.default_rng(2).permutation(len(columns[0]))

    def found(rows: Any) -> np.ndarray:
        x, y = np.array(columns[:-1]).T[rows], columns[-1][rows]
        fit = fit_nested(y, x, [codes[rows] for codes in groups])
        df = [satterthwaite_df(fit, contrast) for contrast in np.eye(5)]
        return np.array([*fit.coef, *np.sqrt(np.diag(fit.cov)), *fit.variances, *df])

    # Newton's steps end at a slope of 1e-9: variances agree to less than that, df to its order
    assert found(order) == approx(found(slice(None)), rel=1e-8)


def test_groups_that_do_not_nest_are_named_by_level() -> None:
    """Also where every code is whole and people do nest: two of the neighbourhoods cross sites."""
    person = np.repeat(np.arange(40), 2)
    near = person // 4
    site = near // 5
    site[(near == 2) & (person % 4 > 1)] = 1
    site[(near == 7) & (person % 4 > 1)] = 0
    x, y = np.ones((80, 1)), np.random.default_rng(0).normal(size=80)
    with pytest.raises(NotNested, match="2 groups of level 1"):
        fit_nested(y, x, [person, near, site])
