"""What models say at the edges: one unit, few rows, ends of intervals, the same numbers."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx
from scipy.optimize import brentq
from scipy.stats import chi2

from cesp_analysis.models.alike import alike
from cesp_analysis.models.effect_sizes import Spread, correction, scaled
from cesp_analysis.models.examined import units_of
from cesp_analysis.models.fit import _sizes
from cesp_analysis.models.frame import Frame, _within_site
from cesp_analysis.models.glm_words import cells_of as observed_cells
from cesp_analysis.models.glm_words import rare
from cesp_analysis.models.grades import ModelDesign, design_of
from cesp_analysis.models.important import reading
from cesp_analysis.models.least_squares import least_squares
from cesp_analysis.models.overlap import DependentIn, Parted, refuse_dependent, refuse_separated
from cesp_analysis.models.random_intercept import random_said
from cesp_analysis.models.refusals import Collinear
from cesp_analysis.models.residuals import examined
from cesp_analysis.models.residuals_least_squares import leverage_of, studentised
from cesp_analysis.models.results import Fit
from cesp_analysis.models.sandwich import cells_of, infer
from cesp_analysis.models.show import _aligned
from cesp_analysis.models.survey_parts import moved, several_places
from cesp_analysis.models.two_sites import refusal
from cesp_analysis.models.weighting_words import uneven
from small_panel import model, panel_of


def frame(n: int = 8, **changes: Any) -> Frame:
    """n records of as many people, every second of the intervention, at one time."""
    told: dict[str, Any] = {
        "y": np.arange(float(n)), "arm": np.arange(n) % 2.0, "time": np.zeros(n, dtype=int),
        "weight": np.ones(n), "codes": {"person": np.arange(n)}, "names": {},
        "covariates": np.zeros((n, 0)), "covariate_names": (), "left_out": (),
    }  # fmt: skip
    return Frame(**(told | changes))


@pytest.mark.parametrize(
    ("direction", "up", "down"),
    [("higher_is_better", "better", "worse"), ("lower_is_better", "worse", "better"),
     ("neither", "higher", "lower")],
)  # fmt: skip
def test_an_interval_says_which_side_it_leans_to(direction: Any, up: str, down: str) -> None:
    assert f"important differences ({up} with New)" in reading(-0.5, 3.0, 2.0, direction, "New")
    assert f"important differences ({down} with New)" in reading(-3.0, 0.5, 2.0, direction, "New")
    assert reading(2.0, 5.0, 2.0, direction, "New").endswith(
        f"important difference ({up} with New)."
    )


@pytest.mark.parametrize(
    ("estimate", "low", "high"),
    [(1.2, 0.4, 2.0), (3.0, 1.5, 4.5), (0.5, -0.7, 1.7), (1.0, 0.0, 2.0)],
)
def test_limits_of_a_ratio_to_an_sd_are_where_estimate_less_it_times_the_sd_is_zero(
    estimate: float, low: float, high: float
) -> None:
    """Donner and Zou (2012): by searching for the root."""
    spread = Spread(2.0, 18, 20)
    found = scaled(estimate, low, high, spread, 0.95)
    least, most = (2.0 * np.sqrt(18 / chi2.ppf(p, 18)) for p in (0.975, 0.025))

    def lower(middle: float, end: float) -> float:
        def of(ratio: float) -> float:
            sd = most if ratio > 0 else least
            return middle - ratio * 2.0 - float(np.hypot(middle - end, ratio * (sd - 2.0)))

        return float(brentq(of, -9, 9, xtol=1e-13))

    assert found.size == approx(correction(18) * estimate / 2.0)
    assert found.low == approx(lower(estimate, low), abs=1e-9)
    assert found.high == approx(-lower(-estimate, -high), abs=1e-9)


def test_large_numbers_are_the_same_but_for_rounding() -> None:
    arm = np.array([1, 1, 0, 0])
    for apart, same in ((0.0, True), (1e-7, True), (1e-5, False)):
        said = alike(np.array([1e6, 1e6 + apart, 3.0, 4.0]), arm, "value", " at time 1")
        told = "all 2 of the intervention arm at time 1 have the same value (1e+06)"
        assert [one[: len(told)] for one in said] == [told] * same
    assert alike(np.array([5.0, 3.0, 4.0]), np.array([1, 0, 0]), "value") == ()


def test_few_records_that_carry_the_weight_are_told_of_either_arm() -> None:
    spec = model(kind="did", design="change", weighted=True)
    own = frame(40, arm=np.arange(40) % 2.0)
    for at, arm in enumerate(("control", "intervention")):
        weight = np.where(np.arange(40) == at, 81.0, 1.0)
        (said,) = uneven(spec, own, weight, "t1", once=True)
        assert said.startswith(f"{arm} arm") and "one carries 81%" in said
    assert uneven(spec, own, np.ones(40), "t1", once=True) == []


def test_a_row_without_an_estimate_or_an_error_has_no_size() -> None:
    row = model(kind="did", design="change").fit(panel_of()).estimates[0]
    rows = (row, replace(row, estimate_id="no error", std_error=None),
            replace(row, estimate_id="none", estimate=None, std_error=None))  # fmt: skip
    assert _sizes(Fit(rows)) == {row.estimate_id: (row.estimate, row.std_error)}


def test_sites_behind_a_row_are_those_counted_or_those_declared() -> None:
    known = ModelDesign.model_validate({"before": ["t0"], "after": ["t1", "t2"]})
    both = {"intervention": 1, "control": 1}
    for counted, declared, sites in (
        ((None, None), {"control": 3}, (0, 3)),
        ((None, None), {"intervention": 2}, (2, 0)),
        ((2, 1), both, (2, 1)),
        ((0, 1), both, (1, 1)),
        ((1, 1), {}, None),
    ):
        row = dict(zip(("n_sites_treated", "n_sites_control"), counted, strict=True))
        row |= {"outcome": "y", "level": "person"}
        own = design_of(row, known, ["t0", "t2"], declared, False)
        assert (own.sites, own.before, own.after, own.same_people) == (sites, 1, 1, True)


def test_dependent_covariates_are_told_with_their_cell() -> None:
    error = DependentIn(2, (0, 3))
    assert str(error) == "columns (0, 3) are dependent in cell 2"
    x = np.column_stack([np.arange(5.0), np.ones(5), 2 * np.arange(5.0) + 1, np.arange(5.0) ** 2])
    with pytest.raises(Collinear) as told:
        refuse_dependent(x)
    assert told.value.columns == (1, 2)


def test_a_sum_of_covariates_that_parts_the_arms_is_named() -> None:
    treated = np.array([True, True, True, False, False, False])
    x = np.array([[0, 3.0, 1], [3, 0, 2], [1, 2, 1], [0, 1, 2], [1, 0, 1], [0, 0, 2]])
    with pytest.raises(Parted) as told:
        refuse_separated(x, treated)
    assert set(told.value.columns) >= {0, 1}
    refuse_separated(x[:, 2:], treated)


def test_three_units_are_compared_and_two_are_not() -> None:
    for own, units in (
        ([0, 1, 2, 2], ([0, 1, 2], [0, 1, 2, 2])),
        ([-1, 4, 6, 7], ([4, 6, 7], [-1, 0, 1, 2])),
        ([-1, 0, 1, 1], None),
        ([3, 3, 5, 5], None),
    ):
        check: Any = SimpleNamespace(frame=SimpleNamespace(codes={"site": np.array(own)}))
        found = units_of(check, "site")
        assert (found is None) == (units is None)
        if found is not None and units is not None:
            assert [one.tolist() for one in found] == list(units)


def test_studentised_residuals_do_not_depend_on_the_unit() -> None:
    rng = np.random.default_rng(1)
    x = np.column_stack([np.ones(9), rng.normal(size=9)])
    y = x @ [1.0, 2.0] + rng.normal(size=9)
    fits = [least_squares(scale * y, x) for scale in (1.0, 1e-3)]
    first, small = (studentised(fit, leverage_of(fit)) for fit in fits)
    assert np.isfinite(first).all() and small == approx(first)
    kept = np.delete(np.arange(9), 4)
    other = least_squares(y[kept], x[kept])
    error = np.sqrt(other.residual_variance * (1 - leverage_of(fits[0])[4]))
    assert first[4] == approx(fits[0].residuals[4] / error)
    few = least_squares(y[:3], x[:3])
    assert np.isnan(studentised(few, leverage_of(few))).all()  # without a row nothing is left over


@pytest.mark.parametrize("kind", ["did", "weighted_did"])
def test_levels_with_two_units_are_left_out_of_no_comparison(kind: str) -> None:
    """Each site has one neighbourhood: people are left out one by one, neighbourhoods are not."""
    panel = panel_of()
    panel["neighbourhood"] = pd.Categorical(panel["site"].astype(str))
    settings = {"method": "entropy", "covariates": ["age"]} if kind == "weighted_did" else {}
    fitted = model(kind=kind, design="change", **settings).fit(panel)
    check = replace(fitted.checks[0], cluster="neighbourhood")
    assert [left.level for left in examined(check).left_out] == ["person"]
    assert check.of_change


def test_weights_make_no_cells_of_means() -> None:
    """Of two arms Welch's df holds without weights alone."""
    arm = np.repeat([0.0, 1.0], 6)
    y = np.random.default_rng(2).normal(size=12)
    x = np.column_stack([np.ones(12), arm])
    plain = least_squares(y, x)
    weighted = least_squares(y, x, np.where(arm == 1, 1.1, 0.9))
    found = cells_of(plain)
    assert found is not None and len(np.unique(found)) == 2 and cells_of(weighted) is None
    one = infer(plain, np.array([0.0, 1.0]), "HC2")
    parts = [y[arm == group].var(ddof=1) / 6 for group in (0, 1)]
    assert one.std_error == approx(np.sqrt(sum(parts)))
    assert one.df == approx(sum(parts) ** 2 / sum(part**2 / 5 for part in parts))
    assert "Bell-McCaffrey df" in infer(weighted, np.array([0.0, 1.0]), "HC2").method


def test_the_same_neighbourhood_in_two_sites_is_two_and_others_stay() -> None:
    class Names(dict[str, tuple[str, ...]]):
        def with_names(self, level: str, names: tuple[str, ...]) -> "Names":
            return Names(self | {level: names})

    labels: Any = Names(neighbourhood=("x", "y"), site=("n", "s"))
    for near, place, told in (
        ([0, 0, 1, -1], [0, 1, 1, 0], ["n / x", "s / x", "s / y", ""]),
        ([1, 1, 0, -1], [0, 1, 1, 0], ["n / y", "s / y", "s / x", ""]),
        ([0, 0, 1, -1], [0, 0, 1, 1], ["x", "x", "y", ""]),
    ):
        codes, own = _within_site(np.array(near), np.array(place), labels)
        names = (*own["neighbourhood"], "")
        assert [names[code] for code in codes] == told


def test_who_moved_is_told_whatever_neighbourhood_they_left() -> None:
    names = {"neighbourhood": ("x", "y", "z")}

    def at(near: list[int], site: list[int]) -> Frame:
        codes = {"neighbourhood": np.array(near), "site": np.array(site), "person": np.arange(4)}
        return frame(4, codes=codes, names=names)

    before = at([0, 1, 2, -1], [0, 0, 1, 1])
    said = moved(before, at([1, 1, 0, 2], [0, 0, 0, 1]))
    assert said.startswith(
        "2 of 4 respondents moved to another neighbourhood between the two waves, 1 of them to"
        " another site: their changes count"
    )
    assert "at the first (x, z)" in said
    assert moved(before, at([0, 1, 2, 0], [0, 0, 1, 1])) == ""
    twice = frame(4, codes={"neighbourhood": np.array([0, 1, 1, 1]),
                            "person": np.array([0, 0, 1, 1])}, names=names)  # fmt: skip
    assert several_places(twice).startswith("1 respondent moved to another neighbourhood")


def test_records_above_zero_are_counted_and_rare_ones_told() -> None:
    y = np.array([0.0, 1, 2, 1, 0, 0, 1, 0])
    own = frame(8, y=y, arm=np.repeat([1.0, 0.0], 4), time=np.tile([0, 0, 1, 1], 2))
    found = observed_cells(own, {0: "before", 1: "after", 2: "never"})
    assert found["intervention"]["before"] == {"n": 2, "mean": 0.5, "above_zero": 1}
    assert found["intervention"]["after"] == {"n": 2, "mean": 1.5, "above_zero": 2}
    assert found["control"]["before"] == {"n": 2, "mean": 0.0, "above_zero": 0}
    assert found["control"]["never"] == {"n": 0, "mean": None, "above_zero": 0}
    (said,) = rare(own, {0: "before", 1: "after"})
    assert said.startswith("only 0 records have it in the control arm at before")


@pytest.mark.parametrize(("event", "said"), [(1.0, "has it"), (0.0, "does not")])
def test_of_one_record_the_verb_is_singular(event: float, said: str) -> None:
    arm, time = np.repeat([1.0, 0.0], 12), np.tile(np.repeat([0, 1], 6), 2)
    y = np.tile([0.0, 1.0], 12)
    y[:6] = 1 - event
    y[0] = event
    (told,) = rare(frame(24, y=y, arm=arm, time=time), {0: "before", 1: "after"})
    assert told.startswith(f"only 1 record {said} in the intervention arm at before")


@pytest.mark.parametrize("family", ["poisson", "binomial"])
def test_diagnostics_say_what_was_observed(family: str) -> None:
    panel = panel_of()
    panel["value"] = (panel["value"] > 20).astype(float)
    known = model(kind="glm", family=family, design="panel").fit(panel).diagnostics["y"]
    cells = [own["observed"] for own in _nested(known) if "observed" in own]
    assert cells
    first = panel[(panel["arm"] == "control") & (panel["time"] == "t0")]["value"]
    assert cells[0]["control"]["t0"] == {
        "n": 20, "mean": approx(first.mean()), "above_zero": int(first.sum()),
    }  # fmt: skip


def _nested(known: dict[str, Any]) -> list[dict[str, Any]]:
    inner = [one for own in known.values() if isinstance(own, dict) for one in _nested(own)]
    return [known, *inner]


@pytest.mark.parametrize(
    ("level", "cluster", "said"),
    [("person", "", ()), ("neighbourhood", "", ("what changes a whole neighbourhood",)),
     ("neighbourhood", "neighbourhood", ())],
)  # fmt: skip
def test_an_intercept_of_neighbourhoods_says_what_it_does_not_hold(
    level: str, cluster: str, said: tuple[str, ...]
) -> None:
    fit = SimpleNamespace(zero=False, doubled=-10.0, log_likelihood=-10.0)
    random: Any = SimpleNamespace(fit=fit, level=level, cluster=cluster, group=np.arange(8) // 2)
    spec: Any = None
    found = random_said(spec, random, frame())
    assert len(found) == len(said) and all(a in b for a, b in zip(said, found, strict=True))


@pytest.mark.parametrize(
    ("near", "instead"),
    [([0, 1, 2, 1], "person"), ([0, 1, 2, 3], "neighbourhood"), ([0, 1, 0, 3], "person")],
)
def test_one_unit_an_arm_is_refused_with_what_to_use_instead(near: list[int], instead: str) -> None:
    codes = {"person": np.arange(8), "site": np.arange(8) % 2,
             "neighbourhood": np.tile(near, 2)}  # fmt: skip
    own = frame(8, codes=codes, names={"site": ("South", "North"), "neighbourhood": tuple("abcd")})
    said = str(refusal(own, "site", "clustering", "person"))
    assert "the intervention arm has one site (North)" in said and f"use {instead} instead" in said
    assert "a standard error from two clusters is zero by construction" in said
    sites = codes | {"site": np.array([0, 1, 2, 1, 0, 1, 2, 1])}
    names = {"site": ("S1", "North", "S2"), "neighbourhood": tuple("abcd")}
    three = replace(own, codes=sites, names=names)
    for purpose, why in (
        ("clustering", "that arm's part of the standard error is zero by construction"),
        ("a random effect", "the other arm alone would have to tell how much sites vary"),
    ):
        assert why in str(refusal(three, "site", purpose, "person"))
    assert "the variance is not identified" in str(
        refusal(own, "site", "a random effect", "person")
    )


def test_a_long_name_of_a_row_without_an_estimate_moves_the_others() -> None:
    lines = [["id", "estimate", "n"], ["a", "1.5", "20"], ["m/long", "refused", "why"]]
    assert list(_aligned(lines)) == ["id      estimate  n", "a       1.5       20",
                                     "m/long  refused   why"]  # fmt: skip


def test_a_covariate_measured_after_baseline_is_told_with_its_own_time() -> None:
    spec = model(kind="ancova", covariates=["age"])
    late = spec.context.covariates["age"].model_copy(
        update={"measured": "t1", "post_baseline_reason": "why"}
    )
    context = spec.context.model_copy(update={"covariates": {"age": late}})
    row = spec.model_copy(update={"study": context}).fit(panel_of()).estimates[0]
    (said,) = [one for one in row.warnings if "after baseline" in one]
    assert "is measured at time 1, after baseline" in said and said.endswith("reason: why")


def test_an_arm_whose_answers_are_all_the_same_is_told_in_cross_sections_too() -> None:
    panel = panel_of()
    same = (panel["arm"] == "control") & (panel["time"] == "t1")
    panel.loc[same, "value"] = 7.0
    spec = model(kind="dr_did", design="cross_sections", covariates=["age"])
    row = spec.fit(panel).estimates[0]
    assert any("all 20 of the control arm at time 1 have the same value (7)" in one
               for one in row.warnings)  # fmt: skip
