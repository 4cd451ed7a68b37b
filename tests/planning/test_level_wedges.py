"""Shares and counts of designs of several periods: as they are declared, analysed as R does."""

import csv
import json
from dataclasses import replace
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.planning.layouts import (
    batched,
    before_after,
    crossover,
    parallel_baseline,
    staircase,
    stepped_wedge,
)
from cesp_analysis.planning.level_people import counts, most_alike, rates_alike, yes_or_no
from cesp_analysis.planning.level_rates import gammas, lagged
from cesp_analysis.planning.level_wedge_draws import drawn_levels
from cesp_analysis.planning.level_wedges import LevelWedge
from cesp_analysis.planning.wedge_blocks import fits_of_means, in_strata
from cesp_analysis.planning.wedge_draws import Means
from cesp_analysis.planning.wedge_trials import Wedge
from simulated_trials import simulated

FOLDER = Path(__file__).resolve().parents[1] / "reference"
FIGURES = {one: at for at, one in enumerate("0123456789abcdefghijklmnopqrstuvwxyz")}


def level(kind: str, frame: Wedge) -> LevelWedge:
    """A share of .3, or a count of 2 that varies beyond chance."""
    if kind == "binary":
        return LevelWedge(frame, "binary", 0.3)
    return LevelWedge(frame, "count", 2.0, 0.3, 0.9)


@pytest.mark.parametrize("structure", ["block_exchangeable", "decay"])
@pytest.mark.parametrize("kind", ["binary", "count"])
def test_cells_of_the_same_people_vary_and_correlate_as_declared(kind: str, structure: str) -> None:
    """Covariances over periods of 24,000 locations' means, and people's mean squares. Standard
    errors of a covariance of 24,000: 1% of the variances (a gamma's kurtosis counted)."""
    frame = Wedge(
        stepped_wedge(3), (200,) * 3, 40, 0.0, 0.08, cac=0.7, iac=0.4,
        structure=structure, sampling="cohort",  # type: ignore[arg-type]
    )  # fmt: skip
    trial = level(kind, frame)
    means, own, people = 0.0, np.zeros((4, 4)), 0.0
    for seed in range(4):
        drawn = drawn_levels(trial, np.random.default_rng(seed), 10)
        own += np.cov(drawn.means.reshape(-1, 4).T) / 4
        people += drawn.within[0].mean(0) / drawn.within[1].mean(0) / 4
        means += drawn.means.mean() / 4
    if kind == "binary":
        between, within = 0.08 * 0.21, 0.92 * 0.21
    else:
        between, within = 0.09 * 4, 2 + 0.81 * 4 * 1.09
    decays = structure == "decay"
    people_alike = lagged(0.4, 4, decays)
    if decays and kind == "count":  # chance is each count's own, the rest decays
        most = trial.most_alike
        people_alike = np.where(np.eye(4) > 0, 1, most * lagged(0.4 / most, 4, True))
    known = between * lagged(0.7, 4, decays) + within / 40 * people_alike
    assert abs(means) < 4 * sqrt(known[0, 0] / 24_000), "less their law's"
    np.testing.assert_allclose(own, known, atol=0.045 * known[0, 0])
    # people's means times periods, then what is left: 1 + 3r and 1 - r of them if it does not decay
    shared = within * people_alike.sum() / 4
    assert people == pytest.approx([shared, (4 * within - shared) / 3], rel=0.02)


def test_cells_of_others_correlate_by_their_location_alone() -> None:
    for kind, within in (("binary", 0.92 * 0.21), ("count", 2 + 0.81 * 4 * 1.09)):
        frame = Wedge(crossover(), (500, 500), 30, 0.0, 0.08, cac=0.6)
        drawn = drawn_levels(level(kind, frame), np.random.default_rng(8), 20)
        between = 0.08 * 0.21 if kind == "binary" else 0.36
        known = between * np.array([[1, 0.6], [0.6, 1]]) + within / 30 * np.eye(2)
        own = np.cov(drawn.means.reshape(-1, 2).T)
        np.testing.assert_allclose(own, known, atol=0.045 * known[0, 0])
        # 60,000 people a trial: a mean square's SE is below .5%
        assert drawn.within[0].sum() / (20 * drawn.within[1].sum()) == pytest.approx(
            within, rel=0.02
        )


def test_gammas_that_decay_are_gammas_and_decay() -> None:
    """Mean 1, CV and correlations of 200,000; the third moment is the gamma's in each period."""
    own = gammas(np.random.default_rng(1), 0.5, 0.6, True, (200_000, 4))
    assert own.mean(0) == pytest.approx(1, abs=0.005)
    assert own.std(0) == pytest.approx(0.5, rel=0.01)
    np.testing.assert_allclose(np.corrcoef(own.T), lagged(0.6, 4, True), atol=0.012)
    skew = ((own - 1) ** 3).mean(0) / 0.5**3
    assert skew == pytest.approx(2 * 0.5, rel=0.08)


def test_extremes_of_correlation_are_drawn_too() -> None:
    rng = np.random.default_rng(2)
    for decays in (True, False):
        same = gammas(rng, 0.4, 1.0, decays, (50, 3))
        assert np.ptp(same, axis=1) == pytest.approx(0, abs=1e-12)
        apart = gammas(rng, 0.4, 0.0, decays, (20_000, 2))
        assert abs(np.corrcoef(apart.T)[0, 1]) < 0.03  # 4 errors of 20,000
    assert (gammas(rng, 0.0, 0.5, True, (3, 2)) == 1).all()
    sure = yes_or_no(rng, np.array([[0.0, 1.0, 1.0]]), 5, lagged(0.5, 3, False))
    assert (sure == [0.0, 1.0, 1.0]).all()
    assert counts(rng, np.full((4, 2), 3.0), 0, 0.5, 0.2, False).shape == (4, 0, 2)


def test_shares_of_locations_that_differ_stay_exact() -> None:
    """Of 400,000 people of a location whose share falls and rises, and answers alike by .8; in
    periods of one share they are as alike as was asked."""
    share = np.array([0.5, 0.1, 0.8, 0.1])
    each = yes_or_no(np.random.default_rng(4), share, 400_000, lagged(0.8, 4, False))
    assert each.mean(0) == pytest.approx(share, abs=4 * 0.5 / 400_000**0.5)
    same = yes_or_no(np.random.default_rng(5), np.full(4, 0.3), 400_000, lagged(0.8, 4, False))
    np.testing.assert_allclose(np.corrcoef(same.T), lagged(0.8, 4, False), atol=0.01)


def test_counts_of_a_person_correlate_as_far_as_chance_lets_them() -> None:
    most = most_alike(2.0, 0.3, 0.9, 1.0)
    assert most == pytest.approx(0.81 * 4 * 1.09 / (0.81 * 4 * 1.09 + 2))
    assert rates_alike(most / 2, most) == pytest.approx(0.5)
    assert rates_alike(0.95, most) == 1 and rates_alike(-0.1, most) == 0


SE = {"binary": (0.3, 0.4, 0.08), "count": (2.0, 2.6, 0.3)}


@pytest.mark.parametrize("kind", ["binary", "count"])
def test_the_spread_of_a_crossovers_estimates_is_the_closed_form(kind: str) -> None:
    """Means of either treatment compared within locations: whatever the fitted variances, the
    estimate is half the difference of two sequences' differences. Exact SE of each, from both
    periods' variances (treated: other shares, other rates) and what locations share."""
    control, treated, spread = SE[kind]
    icc = 0.08
    frame = Wedge(crossover(), (8, 8), 20, treated - control, icc, cac=1.0)
    if kind == "binary":
        trial = LevelWedge(frame, "binary", control)
        own = [p * (1 - p) for p in (control, treated)]
        people, between = [(1 - icc) * v / 20 for v in own], [icc * v for v in own]
        shared = 0.999 * sqrt(between[0] * between[1])  # two beta laws: the same order, not shape
    else:
        trial = LevelWedge(frame, "count", control, spread, 0.9)
        people = [(m + 0.81 * m * m * (1 + spread**2)) / 20 for m in (control, treated)]
        between = [(spread * m) ** 2 for m in (control, treated)]
        shared = spread**2 * control * treated
    difference = sum(people) + sum(between) - 2 * shared
    known = sqrt(difference / 4 * (1 / 8 + 1 / 8))
    found = simulated(trial, "mixed_kenward_roger", 8_000, 1, f"crossover {kind}")
    assert found.n_failed == 0
    assert found.empirical_se == pytest.approx(known, abs=4 * found.empirical_se_mcse)
    assert abs(found.bias) < 4 * found.bias_mcse


DESIGNS = {
    "wedge": Wedge(stepped_wedge(3), (4, 4, 4), 15, 0.0, 0.05, cac=0.8),
    "wedge of a cohort that loses people": Wedge(
        stepped_wedge(3), (4, 4, 4), 15, 0.0, 0.05, cac=0.8, iac=0.4, sampling="cohort",
        retention=0.8, size_cv=0.4, structure="decay",
    ),
    "staircase": Wedge(staircase(3), (4, 4, 4), 15, 0.0, 0.05, cac=0.8),
    "batched": Wedge(batched(stepped_wedge(2), 2, 2), (3,) * 4, 15, 0.0, 0.05, cac=0.8),
    "crossover": Wedge(crossover(), (6, 6), 15, 0.0, 0.05, cac=0.8, iac=0.4, sampling="cohort"),
    "before and after": Wedge(
        before_after(), (6, 6), 15, 0.0, 0.05, cac=0.8, iac=0.4, sampling="cohort",
        analysis="change",
    ),
    "repeated measures": Wedge(
        parallel_baseline(), (6, 6), 15, 0.0, 0.05, cac=0.8, iac=0.4, sampling="cohort"
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["binary", "count"])
@pytest.mark.parametrize("name", DESIGNS)
def test_nothing_is_found_where_nothing_is(name: str, kind: str) -> None:
    """12 locations, at 5%: no more than that beyond 4 Monte Carlo errors; no fit fails."""
    trial = level(kind, DESIGNS[name])
    fast = in_strata(DESIGNS[name])
    found = simulated(trial, "mixed_kenward_roger", 1_500 if fast else 500, 1, f"null {name}")
    assert found.n_failed == 0
    assert found.power < 0.05 + 4 * sqrt(0.05 * 0.95 / found.n)
    assert abs(found.bias) < 4 * found.bias_mcse


@pytest.mark.parametrize("kind", ["binary", "count"])
def test_two_hundred_trials_are_fitted_as_lme4_fits_their_rows(kind: str) -> None:
    """tests/reference/planning_levels.R (lmer, REML, people's answers as numbers). Where lmer's
    optimum is flat or on the boundary its variances carry its tolerance, 1e-5 of the residual's;
    glmer (logit, log) finds the same trials: at 1.96 all but a few on the border."""
    frame = Wedge(stepped_wedge(3), (3, 3, 3), 6, 0.0, 0.06, cac=0.7)
    fits = fits_of_means(frame, _saved(kind, frame), "z")
    reference = json.loads((FOLDER / "planning_levels.json").read_text(encoding="utf-8"))
    known = np.array(reference[kind])
    assert fits.estimate == pytest.approx(known[:, 0], abs=2e-4 * known[:, 1].mean())
    assert fits.std_error == pytest.approx(known[:, 1], rel=2e-4)
    np.testing.assert_allclose(fits.variances[:, 2], known[:, 4], rtol=1e-4)
    at_zero = (known[:, 2:4] < 1e-9 * known[:, 4:5]).any(1)
    assert 0.1 < at_zero.mean() < 0.9, "boundary cases are among them, and others"
    own, other = fits.estimate / fits.std_error, known[:, 5]
    assert np.corrcoef(own, other)[0, 1] > 0.98
    assert ((np.abs(own) > 1.96) != (np.abs(other) > 1.96)).mean() < 0.1


def _saved(kind: str, frame: Wedge) -> Means:
    """The cells of the saved trials."""
    with (FOLDER / "planning_levels.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == kind]
    each: NDArray[Any] = np.array(
        [[[FIGURES[one] for one in cell] for cell in row["answers"].split("/")] for row in rows],
        dtype=float,
    ).reshape(100, frame.k, 4, 6)
    assert [int(row["begins"]) for row in rows[: frame.k]] == [2, 2, 2, 3, 3, 3, 4, 4, 4]
    means = each.mean(-1)
    squares = ((each - means[..., None]) ** 2).sum((1, 2, 3))[:, None]
    people, periods = np.full((1, frame.k, 4), 6.0), np.arange(4)
    df = np.array([[frame.k * 4 * 5.0]])
    return Means(means, people, periods, np.zeros_like(periods), (squares, df, np.zeros(1)))


def test_what_cannot_be_is_one_clear_line() -> None:
    frame = DESIGNS["wedge"]
    with pytest.raises(NotEstimable, match=r"a share must lie between 0 and 1, not 1\.2"):
        LevelWedge(replace(frame, effect=0.9), "binary", 0.3)
    with pytest.raises(NotEstimable, match=r"a mean count must be above 0, not -0\.5"):
        LevelWedge(replace(frame, effect=-1.5), "count", 1.0, 0.2, 0.4)
