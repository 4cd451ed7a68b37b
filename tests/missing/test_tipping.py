"""The plane of shifts from six fits of a set: the same as fitting the model at every point."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from cesp_analysis.missing.analysed import Analysis
from cesp_analysis.missing.pooled_fit import fits_of
from cesp_analysis.missing.pooled_rows import pooled_rows
from cesp_analysis.missing.tipping import Exact, coarse, exact, shifted, six
from cesp_analysis.missing.tipping_points import RAYS, Along, tipping_point
from cesp_analysis.models.least_squares import least_squares
from cesp_analysis.models.many_outcomes import infer_many
from cesp_analysis.models.same_design import same_design
from cesp_analysis.models.sandwich import infer
from pushed_panel import CASES, analysis

POINTS = ((0.0, 0.0), (-3.5, 2.0), (4.0, 4.0), (0.0, -9.0))
PLANE = 1e-9
"""Six fits and a quadratic against a fit: rounding of numbers some 100 times the smallest."""


def plane_of(own: Analysis, estimate: str) -> Exact:
    return exact(own.parts(estimate, six(own, 3.0)), 3.0, 0.95)


def fitted_at(own: Analysis, a: float, b: float) -> dict[str, Any]:
    """Every set fitted by the kind itself, pooled as the step `fit` does."""
    kind: Any = own.spec
    fits = [kind.fit(own.answers.panel(at, one)) for at, one in enumerate(shifted(own, a, b))]
    return {one.row.estimate_id: one.row for one in pooled_rows(fits)}


@pytest.mark.parametrize(
    ("case", "ages"),
    [(name, False) for name in CASES] + [(name, True) for name in CASES if "covariate" in name],
)
def test_the_plane_is_every_fit_of_it(case: str, ages: bool) -> None:
    """Estimate, error, df (Welch's too, which move) and interval; ages: imputed too."""
    own = analysis(case, ages)
    for estimate in own.rows:
        plane = plane_of(own, estimate)
        for a, b in POINTS:
            row, found = fitted_at(own, a, b)[estimate], plane(np.array([a]), np.array([b]))
            there = (row.estimate, row.std_error, row.df, row.ci_low, row.ci_high)
            made = (found.estimate, found.std_error, found.df, found.low, found.high)
            assert [float(one[0]) for one in made] == pytest.approx(there, rel=PLANE, abs=PLANE)


def test_nothing_shifted_is_the_row_that_fit_prints() -> None:
    own = analysis("clusters")
    fits = fits_of(own.spec, own.answers.completing)
    rows = {one.row.estimate_id: one.row for one in pooled_rows(fits)}
    assert set(rows) == {"m/y/t1", "m/y/t2"}
    for estimate, row in rows.items():
        found = own.pooled(own.answers.filled, [estimate])[estimate]
        assert [found.estimate, found.std_error, found.df] == pytest.approx(
            [row.estimate, row.std_error, row.df], rel=1e-11
        )


def test_shifts_by_hand() -> None:
    """The estimate moves by the share that is imputed at each site; first answers stay."""
    own = analysis("Welch")
    answers, plane = own.answers, plane_of(own, "m/y/t2")
    share = [answers.gaps[answers.arm == arm, 2].mean() for arm in (1, 0)]
    moved = plane(np.array([2.0, 0.0]), np.array([0.0, 2.0])).estimate
    start = plane(np.zeros(1), np.zeros(1)).estimate[0]
    assert moved - start == pytest.approx([2 * share[0], -2 * share[1]], rel=1e-10)
    assert np.array_equal(shifted(own, 5, 5)[:, :, 0], answers.filled[:, :, 0])


@pytest.mark.parametrize("along", RAYS)
def test_a_tipping_point_is_where_an_end_of_the_interval_lies(along: Along) -> None:
    own = analysis("clusters")
    plane = plane_of(own, "m/y/t2")
    start = plane(np.zeros(1), np.zeros(1))
    for value in (0.0, float(start.estimate[0]), float(start.high[0]) + 0.2):
        point = tipping_point(plane, value, along, 40.0)
        assert point.inside == (start.low[0] <= value <= start.high[0])
        assert (point.shift is None) == (point.shifts is None)
        if point.shifts is None:
            continue
        there = plane(*(np.array([one]) for one in point.shifts))
        nearest = min(abs(there.low[0] - value), abs(there.high[0] - value))
        assert nearest < 1e-9  # 50 halvings of a step of 0.2
        for share in np.linspace(0, 0.999, 40):  # nothing changes before it, on either side
            for side in (1, -1):
                a, b = (np.array([side * share * one]) for one in point.shifts)
                there = plane(a, b)
                assert (there.low[0] <= value <= there.high[0]) == point.inside


def test_where_nothing_is_missing_nothing_tips() -> None:
    """Shifts of a site that misses nothing change nothing: no tipping point along it."""
    own = analysis("Welch")
    whole = np.zeros_like(own.answers.gaps)
    kept = own.answers.gaps & (own.answers.arm == 0)[:, None]
    one = replace(own, answers=replace(own.answers, gaps=kept))
    plane = plane_of(one, "m/y/t2")
    assert tipping_point(plane, 0.0, "intervention", 50.0).shift is None
    assert tipping_point(plane, 0.0, "control", 50.0).shift is not None
    none = replace(own, answers=replace(own.answers, gaps=whole))
    assert tipping_point(plane_of(none, "m/y/t2"), 0.0, "both", 50.0).shift is None


def test_point_by_point_is_the_same_at_its_points() -> None:
    """What other kinds pay for: fits at 5 by 5 points, straight lines between them."""
    own = analysis("clusters")
    made = coarse(own, "m/y/t2", 6.0, own.pooled(own.answers.filled, ["m/y/t2"])["m/y/t2"])
    assert not isinstance(made, str)
    plane = plane_of(own, "m/y/t2")
    a, b = np.array([-6.0, 3.0, 0.0]), np.array([6.0, -3.0, 0.0])
    for name in ("estimate", "std_error", "low", "high"):
        assert getattr(made(a, b), name) == pytest.approx(getattr(plane(a, b), name), rel=PLANE)
    between = made(np.array([1.5]), np.array([0.0])).estimate[0]
    assert between == pytest.approx(plane(np.array([1.5]), np.array([0.0])).estimate[0], rel=1e-9)


@pytest.mark.parametrize(
    ("covariance", "design"),
    [
        (covariance, design)
        for covariance in ("classical", "HC2", "CR1", "CR2")
        for design in ("two groups", "covariate", "weights", "absorbed")
        if (covariance, design) != ("HC2", "absorbed")  # refused: they do not go together
    ],
)
def test_many_outcomes_are_each_of_them(covariance: Any, design: str) -> None:
    rng = np.random.default_rng(5)
    n, arm = 36, np.repeat([0.0, 1], 18)
    codes = np.arange(n) // 3
    units = np.arange(n) // 3 if design == "absorbed" else None
    x = np.column_stack([np.ones(n), arm] + [rng.normal(size=n)] * (design == "covariate"))
    if units is not None:
        x = rng.normal(size=(n, 2)) + (np.arange(n) % 3)[:, None] * arm[:, None]
    weights = rng.uniform(0.5, 2, n) if design == "weights" else None
    outcomes = rng.normal(size=(4, n)) * (1 + 2 * arm)
    fit = least_squares(outcomes[0], x, weights, units)
    many = infer_many(fit, np.eye(x.shape[1])[1], covariance, outcomes, codes)
    df = many.df_of(many.squares)
    for q, y in enumerate(outcomes):
        again = least_squares(y, x, weights, units)
        one = infer(again, np.eye(x.shape[1])[1], covariance, codes)
        found = [many.estimates[q], np.sqrt(many.squares[q].sum()), df[q]]
        assert found == pytest.approx([one.estimate, one.std_error, one.df], rel=1e-10)
        same = same_design(fit, y)
        assert same.coef == pytest.approx(again.coef, rel=1e-10)
        assert same.residuals == pytest.approx(again.residuals, abs=1e-12)
        assert same.r_squared == pytest.approx(again.r_squared, rel=1e-10)
        assert same.residual_variance == pytest.approx(again.residual_variance, rel=1e-10)
