"""Trials fitted all at once say what the single fits of the models' engines say of their people."""

from dataclasses import replace

import numpy as np
import pytest

from cesp_analysis.few_sites.relabel import relabelled
from cesp_analysis.models.least_squares import least_squares
from cesp_analysis.models.nested import fit_nested
from cesp_analysis.models.nested_df import judged, judged_many
from cesp_analysis.models.nested_many import fit_nested_many
from cesp_analysis.models.sandwich import infer
from cesp_analysis.planning.trial_draws import ByLocation, Scatter, Stratum
from cesp_analysis.planning.trial_gee import gee
from cesp_analysis.planning.trial_means import location_means, location_means_unequal
from cesp_analysis.planning.trial_permutation import permuted
from cesp_analysis.planning.trial_reml import Fits, Rule, fitted
from cesp_analysis.planning.trial_reml_unequal import fitted_unequal
from cesp_analysis.planning.trials import Trial
from planned_trials import People, by_location_of, people_of, scatter_of

RULES: tuple[Rule, ...] = ("satterthwaite", "kenward_roger")
SAME = 1e-8
"""How alike two optima are of which one is sought until the slope is below 1e-9."""
ENDED = 5e-8
"""The same where the other may be near zero, where that slope is small: df 6.99999986, not 7."""


def trial(k: tuple[int, int], people: int, icc: float) -> Trial:
    return Trial(k, people, 0.0, icc, sd=8.0, cac=0.7, iac=0.5, baseline="cohort")


def many(design: Trial, sizes: np.ndarray, count: int, seed: int) -> list[People]:
    rng = np.random.default_rng(seed)
    return [people_of(design, sizes, rng) for _ in range(count)]


def single(people: list[People]) -> dict[Rule, np.ndarray]:
    """Of each trial by the engine of mixed models: estimate, SE, df and ratio (r, 4), by rule."""
    found: dict[Rule, list[tuple[float, ...]]] = {rule: [] for rule in RULES}
    contrast = np.array([0.0, 1.0, 0.0])
    for one in people:
        fit = fit_nested(one.y, one.design, [one.location])
        ratio = fit.variances[0] / fit.residual_variance
        for rule in RULES:
            found[rule].append((fit.coef[1], *judged(fit, contrast, rule, "expected"), ratio))
    return {rule: np.array(rows) for rule, rows in found.items()}


def said(fits: Fits) -> np.ndarray:
    return np.column_stack([fits.estimate, fits.std_error, fits.df, fits.ratio])


def same(fits: Fits, rows: np.ndarray, alike: float = SAME) -> None:
    """Estimates in units of their SE: one near 0 has no digits of its own."""
    assert not fits.failed.any()
    assert np.abs((fits.estimate - rows[:, 0]) / rows[:, 1]).max() < alike
    assert said(fits)[:, 1:3] == pytest.approx(rows[:, 1:3], rel=alike)
    assert fits.ratio == pytest.approx(rows[:, 3], abs=alike)
    assert np.array_equal(fits.ratio == 0, rows[:, 3] == 0)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arms", "people", "icc", "count"),
    [((4, 5), 6, 0.03, 400), ((3, 3), 5, 0.0, 300), ((20, 20), 25, 0.05, 300)],
)
def test_a_thousand_trials_of_locations_of_one_size(
    arms: tuple[int, int], people: int, icc: float, count: int
) -> None:
    """Those without variance between locations are a half of the smaller ones."""
    design = trial(arms, people, icc)
    drawn = many(design, np.full(design.k, people), count, 1)
    sums, rows = scatter_of(drawn, arms[0]), single(drawn)
    for rule in RULES:
        fits = fitted(sums, rule)
        same(fits, rows[rule])
        same(fitted_unequal(by_location_of(drawn, arms[0]), rule), rows[rule])
    if people < 10:
        assert 0.3 < (fits.ratio == 0).mean() < 0.7


@pytest.mark.parametrize(("icc", "count"), [(0.05, 150), (0.0, 100)])
def test_trials_whose_locations_differ_in_size(icc: float, count: int) -> None:
    sizes = np.array([3, 12, 7, 20, 5, 9, 4, 16, 2, 11])
    drawn = many(trial((4, 6), 9, icc), sizes, count, 2)
    own, rows = by_location_of(drawn, 4), single(drawn)
    for rule in RULES:
        fits = fitted_unequal(own, rule)
        same(fits, rows[rule])
    assert 0.2 < (fits.ratio == 0).mean() < 0.8


def test_a_thousand_trials_without_a_baseline() -> None:
    """One design, so that the engine of many replicates does: both sizes, both rules."""
    for sizes in (np.full(9, 6), np.array([3, 12, 7, 20, 5, 9, 4, 16, 2])):
        drawn = many(trial((4, 5), 6, 0.04), sizes, 1000, 3)
        one = drawn[0]
        engine = fit_nested_many(np.stack([p.y for p in drawn]), one.design[:, :2], [one.location])
        own = by_location_of(drawn, 4)
        own = replace(own, x=np.zeros_like(own.x), adjusted=False)
        for rule in RULES:
            error, df = judged_many(engine, np.array([0.0, 1.0]), rule, "expected")
            ratio = engine.variances[:, 0] / engine.residual_variances[:, 0]
            rows = np.column_stack([engine.coef[:, 1], error, df, ratio])
            same(fitted_unequal(own, rule), rows, ENDED)
            if sizes.std() == 0:
                s = scatter_of(drawn, 4)
                none = np.zeros(1000)
                own_s = replace(
                    s,
                    within=Stratum(none, none, own.within[2]),
                    between=Stratum(none, none, s.between.rest + s.between.slope**2 * s.between.xx),
                    gap_x=none,
                    adjusted=False,
                )
                fits = fitted(own_s, rule)
                same(fits, rows, ENDED)
                free = (fits.ratio > 0) | (rule == "kenward_roger")
                assert fits.df == pytest.approx(np.where(free, 7, 9 * 6 - 2), rel=1e-12)


@pytest.mark.parametrize(
    ("k", "people", "within", "between", "apart"),
    [
        (20, 4, (10.0, 10.0), (100.0, 1.0), 4.0),
        (6, 4, (10.0, 10.0), (1000.0, 10.0), 4.0),
        (20, 4, (10.0, 100.0), (1000.0, 1.0), 16.0),
        (12, 3, (100.0, 100.0), (1000.0, 10.0), 4.0),
    ],
)
def test_the_lower_of_two_valleys_is_found(
    k: int, people: int, within: tuple[float, float], between: tuple[float, float], apart: float
) -> None:
    """Slopes within and between locations far apart: two minima, also at no variance, by a grid."""
    one = np.ones(2)
    near, far = Stratum(within[0] * one, apart**0.5 * one, within[1] * one), between
    s = Scatter(
        near, Stratum(far[0] * one, 0 * one, far[1] * one), one * 0, one * 0, k, people, 0.1, True
    )
    phi = np.linspace(1e-4, 1, 400_001)
    xx = within[0] + phi * far[0]
    rest = within[1] + phi * (far[1] + within[0] * far[0] * apart / xx)
    value = (k * people - 3) * np.log(rest) - (k - 2) * np.log(phi) + np.log(xx)
    valleys = (np.diff(np.sign(np.diff(value))) > 0).sum() + (value[-1] < value[-2])
    assert valleys == 2
    fits = fitted(s, "satterthwaite")
    assert 1 / (1 + people * fits.ratio) == pytest.approx(phi[np.argmin(value)], abs=5e-6)


def test_means_of_locations_are_least_squares() -> None:
    for sizes in (np.full(9, 6), np.array([3, 12, 7, 20, 5, 9, 4, 16, 2])):
        drawn = many(trial((4, 5), 6, 0.1), sizes, 20, 4)
        own = by_location_of(drawn, 4)
        ways = [location_means_unequal(own)]
        if sizes.std() == 0:
            ways.append(location_means(scatter_of(drawn, 4)))
        arm = (np.arange(9) >= 4).astype(float)
        for at in range(20):
            x = np.column_stack([np.ones(9), arm, own.x[:, at]])
            one = infer(least_squares(own.y[:, at], x), np.array([0.0, 1, 0]), "classical")
            for fits in ways:
                rows = fits.estimate[at], fits.std_error[at], fits.df[at]
                assert rows == pytest.approx((one.estimate, one.std_error, one.df), rel=1e-9)


@pytest.mark.parametrize("columns", [2, 3])
def test_estimating_equations_are_cr2(columns: int) -> None:
    for sizes in (np.full(9, 6), np.array([3, 12, 7, 20, 5, 9, 4, 16, 2])):
        drawn = many(trial((4, 5), 6, 0.1), sizes, 20, 5)
        own = by_location_of(drawn, 4, each=True)
        if columns == 2:
            none = np.zeros_like(own.x)
            own = replace(own, x=none, within=(none, none, own.within[2]), adjusted=False)
        fits = gee(own)
        contrast = np.array([0.0, 1.0, 0.0])[:columns]
        for at, one in enumerate(drawn):
            fit = least_squares(one.y, one.design[:, :columns])
            cr2 = infer(fit, contrast, "CR2", one.location)
            rows = fits.estimate[at], fits.std_error[at], fits.df[at]
            assert rows == pytest.approx((cr2.estimate, cr2.std_error, cr2.df), rel=1e-9)


def test_permutation_is_the_relabelling_of_one_study() -> None:
    rng = np.random.default_rng(6)
    y = rng.normal(size=(9, 200))
    none = np.zeros((9, 200))
    own = ByLocation(np.full((9, 1), 5.0), none, y, (none, none, none), 4, False)
    error, rejects, keeps = permuted(own, 1.5, 0.95, rng)
    treated = np.arange(9) >= 4
    for at in range(200):
        values = y[:, at] + 1.5 * treated
        one = relabelled(values, treated, rng)
        assert error[at] + 1.5 == pytest.approx(one.estimate, abs=1e-12)
        assert rejects[at] == (one.p_value <= 0.05)
        assert keeps[at] == (one.low <= 1.5 <= one.high)  # type: ignore[operator]


def test_relabelling_leaves_out_locations_in_which_nobody_answers() -> None:
    """As if they had not been there, whatever their number; with a baseline, too."""
    rng = np.random.default_rng(7)
    x, y = rng.normal(size=(2, 9, 60))
    size = np.full((9, 60), 5.0)
    size[2, :20] = size[7, 10:20] = size[8, 40:] = 0.0
    for adjusted in (False, True):
        own = ByLocation(size, x, y, (x, x, x), 4, adjusted)
        found = permuted(own, 1.5, 0.95, rng)
        for at in range(60):
            there = size[:, at] > 0
            left = [part[there, at : at + 1] for part in (size, x, y)]
            one = ByLocation(*left, (x, x, x), int(there[:4].sum()), adjusted)
            alone = permuted(one, 1.5, 0.95, rng)
            assert found[0][at] == pytest.approx(alone[0][0], abs=1e-12)
            assert (found[1][at], found[2][at]) == (alone[1][0], alone[2][0])
    nobody = ByLocation(np.repeat([0.0, 5.0], (4, 5))[:, None], x, y, (x, x, x), 4, False)
    assert np.isnan(permuted(nobody, 1.5, 0.95, rng)[0]).all()
