"""Variances sought within many sites are those of all columns."""

import numpy as np
import pytest
from pytest import approx

from cesp_analysis.models import over_time_within
from cesp_analysis.models.nested import NestedFit
from cesp_analysis.models.nested_df import kenward_roger_df
from cesp_analysis.models.nested_profile import curvature, profile_at
from cesp_analysis.models.over_time import by_time, fit_over_times, intercepts
from cesp_analysis.models.over_time_sums import time_sums
from cesp_analysis.models.over_time_within import FixedSites, within_sites

SITES, NEAR, EACH = 40, 3, 12


def study(between: float) -> dict[str, np.ndarray]:
    """People of three neighbourhoods in each of 40 sites; some answer at one of two times."""
    rng = np.random.default_rng(3)
    person = np.repeat(np.arange(SITES * NEAR * EACH), 2)
    time = np.tile([0, 1], len(person) // 2)
    near, kept = person // EACH, rng.random(len(person)) < 0.8
    site = near // NEAR
    y = rng.normal(0, 1, SITES)[site] + rng.normal(0, 1, len(person) // 2)[person]
    y = y + between * rng.normal(0, 1, (SITES * NEAR, 2))[near, time] + rng.normal(size=len(y))
    arm = (site % 2).astype(float)
    levels = np.column_stack([np.ones(len(y)), *(site == s for s in range(1, SITES))])
    x = np.column_stack([levels, time, arm * time])
    return {
        name: part[kept]
        for name, part in {
            "y": y, "x": x, "time": time, "person": person, "near": near, "site": site
        }.items()
    }  # fmt: skip


def fitted(
    d: dict[str, np.ndarray], sites: FixedSites | None, kind: str, weighted: bool
) -> NestedFit:
    levels = [intercepts(d["person"], 2), by_time(d["near"], 2, True)]
    classes = d["time"] if kind == "by_time" else None
    weight = 0.5 + np.arange(len(d["y"])) % 7 / 3 if weighted else None
    return fit_over_times(d["y"], d["x"], levels, d["time"], "REML", classes, weight, sites)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("kind", ["one", "by_time"])
@pytest.mark.parametrize("between", [0.0, 0.6])
def test_the_fit_is_that_of_all_columns(between: float, kind: str, weighted: bool) -> None:
    d = study(between)
    own = FixedSites(d["site"], tuple(range(SITES)))
    found, whole = (fitted(d, sites, kind, weighted) for sites in (own, None))
    assert found.criterion == approx(whole.criterion, rel=1e-12)
    assert found.variances == approx(whole.variances, rel=1e-5, abs=1e-8)
    assert found.at_boundary == whole.at_boundary
    assert found.coef == approx(whole.coef, rel=1e-6, abs=1e-8)
    last = np.eye(len(found.coef))[-1]
    assert kenward_roger_df(found, last) == approx(kenward_roger_df(whole, last), rel=1e-5)


def test_the_criterion_moves_as_that_of_all_columns() -> None:
    """From one place to another by the same amount, with the same slope and curvature."""
    d = study(0.6)
    levels = [intercepts(d["person"], 2), by_time(d["near"], 2, True)]
    columns = [*d["x"].T, d["y"]]
    fixed = FixedSites(d["site"], tuple(range(SITES)))
    less = within_sites(columns, levels, d["time"], None, None, fixed, np.ones((1, 3)))
    assert less is not None and less.sums.cross.shape[-1] == 3
    whole = time_sums(columns, levels, d["time"])
    places = [np.array([1.0, 0.4, 0.2]), np.array([0.3, 0.0, 1.5])]
    ours, all_of = ([profile_at(s, p, True, 2) for p in places] for s in (less, whole))
    moved = [float(b.value - a.value) for a, b in (ours, all_of)]
    assert moved[0] == approx(moved[1], rel=1e-9)
    for own, other in zip(ours, all_of, strict=True):
        assert own.slope == approx(other.slope, rel=1e-8)
        assert float(own.rss) == approx(float(other.rss), rel=1e-9)
        assert curvature(own, True) == approx(curvature(other, True), rel=1e-7)


def test_sites_that_share_a_neighbourhood_or_are_few_are_columns_as_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    d = study(0.6)
    levels = [intercepts(d["person"], 2), by_time(d["near"], 2, True)]

    def within(site: np.ndarray) -> object:
        fixed = FixedSites(site, tuple(range(SITES)))
        return within_sites([*d["x"].T, d["y"]], levels, d["time"], None, None, fixed, np.ones(3))

    assert within(d["site"]) is not None
    assert within(np.where(np.arange(len(d["y"])) == 5, 7, d["site"])) is None
    assert within(np.where(d["site"] == 3, -1, d["site"])) is None
    monkeypatch.setattr(over_time_within, "SEVERAL", SITES + 1)
    assert within(d["site"]) is None
