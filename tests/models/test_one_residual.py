"""One residual variance, one correlation of all times: rows say where data speak against them."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from cesp_analysis.models.nested import fit_nested
from cesp_analysis.models.one_residual import Within, arms_apart, changes_apart
from small_panel import model, panel_of

FADING = np.array([[1, 0.7, 0.4], [0.7, 1, 0.7], [0.4, 0.7, 1]])
ONE_VARIANCE, ONE_CORRELATION = "one variance for both", "one correlation for all pairs"


def answers(
    treated: int, control: int, own: tuple[float, float], seed: int = 3, times: Any = None
) -> np.ndarray:
    """Answers (people, times), the intervention arm first, of SDs (intervention, control)."""
    covariance = np.eye(3) if times is None else times
    drawn = np.random.default_rng(seed).normal(size=(treated + control, len(covariance)))
    spread = np.where(np.arange(treated + control) < treated, *own)
    return np.asarray(drawn @ np.linalg.cholesky(covariance).T * spread[:, None])


def panel(values: np.ndarray, treated: int) -> pd.DataFrame:
    """A panel of these answers (people, times), whose first people are the intervention arm's."""
    people, times = values.shape
    kept = panel_of(2 * people, times, sites=False)
    arm = kept.groupby("unit", observed=True)["arm"].first()
    chosen = [*arm.index[arm == "intervention"][:treated]]
    chosen += [*arm.index[arm == "control"][: people - treated]]
    rows = kept.set_index(["unit", "time"])
    made = rows.loc[[(one, f"t{t}") for one in chosen for t in range(times)]].reset_index()
    return made.assign(value=values.ravel())[[*kept.columns]]


def said(made: pd.DataFrame, what: str, **settings: Any) -> dict[str, str]:
    """By time, the sentence of its row that has these words."""
    times = made["time"].nunique()
    kind = ({"random": ["person"]} if "kind" not in settings else {}) | {"kind": "mixed"} | settings
    rows = model(sites=False, times=times, **kind).fit(made).estimates
    assert {row.status for row in rows} == {"estimated"}
    return {str(row.time): w for row in rows for w in row.warnings if what in w}


def test_a_small_arm_that_spreads_further_makes_intervals_too_narrow() -> None:
    """20 people of SD 1.2 against 60 of SD .6: 95% intervals hold 83%."""
    values = answers(20, 60, (1.2, 0.6))
    told = said(panel(values, 20), ONE_VARIANCE)
    away = values - values.mean(1, keepdims=True)
    away[:20] -= away[:20].mean(0)
    away[20:] -= away[20:].mean(0)
    ratio = np.sqrt((away[:20] ** 2).sum() / 38 / ((away[20:] ** 2).sum() / 118))
    assert told == dict.fromkeys(
        ("t1", "t2"),
        f"residuals of the intervention arm spread {ratio:.2g} times as far as those of the control"
        " arm, and the model takes one variance for both: with unequal arms the interval may be too"
        " narrow; residual: by_arm, or kind did with covariance: HC2, allows for it",
    )


@pytest.mark.parametrize("sds, first", [((0.6, 1.2), "control"), ((1.2, 0.6), "intervention")])
def test_a_large_arm_that_spreads_further_makes_them_too_wide(
    sds: tuple[float, float], first: str
) -> None:
    treated = 20 if first == "control" else 60
    told = said(panel(answers(treated, 80 - treated, sds), treated), ONE_VARIANCE)
    assert all(f"of the {first} arm spread" in one and "too wide" in one for one in told.values())
    assert len(told) == 2


def test_arms_as_large_as_each_other_hide_nothing() -> None:
    """The common variance is then the mean of both, which is what the interval needs."""
    assert not said(panel(answers(40, 40, (1.2, 0.6)), 40), ONE_VARIANCE)


def test_a_model_with_a_variance_for_each_arm_says_nothing_of_them() -> None:
    made = panel(answers(20, 60, (1.2, 0.6)), 20)
    assert not said(made, ONE_VARIANCE, residual="by_arm")
    assert not said(made, ONE_VARIANCE, kind="mmrm")


def test_compound_symmetry_of_repeated_measures_says_the_same() -> None:
    cs = {"kind": "mmrm", "structure": "compound_symmetry"}
    told = said(panel(answers(20, 60, (1.2, 0.6)), 20), ONE_VARIANCE, **cs)
    assert len(told) == 2 and all("kind mixed with residual: by_arm" in x for x in told.values())
    fading = panel(answers(60, 60, (1, 1), times=FADING), 60)
    (told_of_last,) = said(fading, ONE_CORRELATION, **cs).items()
    assert told_of_last[0] == "t2" and "narrow; structure: unstructured" in told_of_last[1]
    assert not said(fading, ONE_CORRELATION, kind="mmrm")


def test_a_correlation_that_fades_is_said_of_the_last_time() -> None:
    """With the variance of its changes over the model's: exactly what its interval lacks."""
    values = answers(60, 60, (1, 1), times=FADING)
    told = said(panel(values, 60), ONE_CORRELATION)
    change = values[:, 2] - values[:, 0]
    own = sum(((one - one.mean()) ** 2).sum() for one in (change[:60], change[60:])) / 118
    arm, time = np.repeat([1.0, 0.0], 180), np.tile(np.arange(3), 120)
    cells = np.eye(6)[(3 * arm + time).astype(int)]
    fit = fit_nested(values.ravel(), cells, [np.repeat(np.arange(120), 3)])
    further = np.sqrt(own / (2 * fit.residual_variance))
    assert told == {
        "t2": "the model takes one correlation for all pairs of times, but changes from time 0 to"
        f" time 2 spread {further:.2g} times as far as that makes them: the interval may be too"
        " narrow; kind mmrm with structure: unstructured allows for it"
    }
    assert set(said(panel(values, 60), ONE_CORRELATION, residual="by_arm")) == {"t2"}
    rest = values - np.repeat([values[:60].mean(0), values[60:].mean(0)], 60, axis=0)
    assert changes_apart(within(rest, 60), 0, 2) == approx(further, rel=1e-9)


def test_two_times_have_one_correlation() -> None:
    made = panel(answers(60, 60, (1, 1), times=FADING[:2, :2]), 60)
    assert not said(made, ONE_CORRELATION)


def test_where_neighbourhoods_are_held_the_remedy_holds_them() -> None:
    made = panel(answers(20, 60, (1.2, 0.6)), 20)
    near = {"random": ["person", "neighbourhood"]}
    assert all("covariance: CR2, allows" in x for x in said(made, ONE_VARIANCE, **near).values())
    fading = panel(answers(60, 60, (1, 1), times=FADING), 60)
    (told,) = said(fading, ONE_CORRELATION, **near).values()
    assert told.endswith("narrow; kind did with covariance: CR2 allows for it")


@pytest.mark.parametrize("settings", [{"slope": "uncorrelated"}, {"effect": "constant"}])
def test_other_effects_within_people_are_no_residuals(settings: dict[str, Any]) -> None:
    made = panel(answers(20, 60, (1.2, 0.6), times=FADING), 20)
    assert not said(made, "the model takes one", **settings)


def test_weights_as_precisions_are_counted() -> None:
    """An arm of half the precision spreads further, as its weights say, and no row wonders."""
    made = panel(answers(20, 60, (1.2, 0.6)), 20)
    treated = (made["arm"] == "intervention").to_numpy()
    known = made.assign(weight=np.where(treated, 0.25, 1.0))
    assert said(made.assign(weight=4.0), ONE_VARIANCE, weighted=True) == said(made, ONE_VARIANCE)
    assert not said(known, ONE_VARIANCE, weighted=True)


def within(rest: np.ndarray, treated: int) -> Within:
    """Residuals (people, times) as the checks take them."""
    people, times = rest.shape
    unit = 2 * np.arange(people) + (np.arange(people) < treated)
    flat, time = np.repeat(unit, times), np.tile(np.arange(times), people)
    return Within(rest.ravel(), np.ones(rest.size), flat, time, times, 0)


@pytest.mark.parametrize("treated, control", [(20, 60), (12, 24), (40, 40)])
def test_a_model_that_is_right_is_doubted_in_fewer_than_2_in_100_fits(
    treated: int, control: int
) -> None:
    rng, doubted, fits = np.random.default_rng(11), 0, 3000
    for _ in range(fits):
        rest = rng.normal(size=(treated + control, 3))
        rest[:treated] -= rest[:treated].mean(0)
        rest[treated:] -= rest[treated:].mean(0)
        one = within(rest, treated)
        found = [arms_apart(one), changes_apart(one, 0, 1), changes_apart(one, 0, 2)]
        doubted += any(each is not None for each in found)
    assert 0.005 < doubted / fits < 0.02


def test_one_wild_person_is_not_an_arm_that_spreads() -> None:
    """An F of normal answers would take it for one."""
    rest = answers(20, 60, (1, 1), seed=5)
    rest[0] = [-6, 0, 6]
    one = within(rest, 20)
    treated = np.arange(len(one.free)) % 2 == 1
    f = one.squares[treated].sum() / 38 / (one.squares[~treated].sum() / 118)
    assert f > 2  # an F(38, 118) so large has a chance of .2%
    assert arms_apart(one) is None


def test_nothing_is_said_where_an_arm_does_not_vary_or_has_one_person() -> None:
    rest = answers(20, 60, (0, 1))
    assert arms_apart(within(rest, 20)) is None
    assert arms_apart(within(answers(1, 60, (9, 1)), 1)) is None
    assert changes_apart(within(np.zeros((20, 3)), 10), 0, 1) is None
