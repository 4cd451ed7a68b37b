"""Pooling of any model kind: by hand, on the scale of its interval, with what sets lack."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as student

from cesp_analysis.missing.pooled_fit import pooled_fit
from cesp_analysis.missing.pooled_rows import pooled_row
from cesp_analysis.missing.pooling import pool
from cesp_analysis.missing.sets import Completing, Sets, Values
from cesp_analysis.models.kinds import KINDS
from cesp_analysis.models.results import Estimate
from small_panel import model, panel_of

M = 6
SETTINGS: dict[str, dict[str, Any]] = {
    "did": {"design": "change", "covariance": "CR2", "cluster": "neighbourhood"},
    "ancova": {"covariance": "HC2"},
    "weighted_did": {"design": "change", "method": "entropy", "covariates": ["age"]},
    "dr_did": {"design": "change", "covariates": ["age"]},
    "group_time": {"design": "panel", "cluster": "neighbourhood"},
    "glm": {"family": "poisson", "design": "panel", "ratio": True},
    "ordinal": {"design": "panel", "at_least": [20]},
    "mixed": {"random": ["person"]},
    "mmrm": {},
}


def handled(spec: Any) -> Any:
    """The model as an imputed one."""
    outcomes = {name: {"name": "h", "events": {}} for name in spec.outcomes}
    study = spec.study.model_copy(
        update={"handlings": {name: _handling(own) for name, own in outcomes.items()}}
    )
    return spec.model_copy(update={"study": study, "missing_data": "imputed"})


def _handling(own: dict[str, Any]) -> Any:
    from cesp_analysis.declared.handling import Handling

    return Handling.model_validate(own)


def with_gaps(whole: bool = False) -> tuple[pd.DataFrame, Sets]:
    """A panel in which every fifth value is missing, and six sets of whole numbers for them."""
    panel = panel_of(40)
    panel["value"] = panel["value"].round()
    at = np.arange(3, len(panel), 5)
    rng = np.random.default_rng(1)
    values = np.round(panel["value"].to_numpy()[at] + rng.normal(0, 2, (M, len(at))))
    cells = Values(
        panel["unit"].astype("str").to_numpy()[at],
        panel["time"].astype("str").to_numpy()[at],
        values,
    )
    if whole:
        return panel, Sets(M, {}, {}, {})
    panel.loc[at, "value"] = np.nan
    return panel, Sets(M, {("h", "y"): cells}, {}, {})


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "survey"])
def test_each_kind_is_pooled_as_by_hand(kind: str) -> None:
    """Fits to tables filled by pandas, pooled by `pool` on the scale of the interval."""
    panel, sets = with_gaps()
    spec = handled(model(kind=kind, **SETTINGS[kind]))
    found = pooled_fit(spec, panel, sets)
    fits = []
    for values in sets.outcomes["h", "y"].values:
        filled = panel.copy()
        filled.loc[np.arange(3, len(panel), 5), "value"] = values
        fits.append(spec.fit(filled))
    assert [row.status for row in found.estimates] == ["estimated"] * len(fits[0].estimates)
    for number, row in enumerate(found.estimates):
        rows = [fit.estimates[number] for fit in fits]
        q, u, df = (np.array([getattr(r, n) for r in rows], float) for n in
                    ("estimate", "std_error", "df"))  # fmt: skip
        ratio = "ratio" in row.estimand
        pooled = pool(np.log(q), (u / q) ** 2, df[:, None]) if ratio else pool(q, u**2, df[:, None])
        low, high = pooled.interval(0.95)
        ends = np.array([pooled.estimate[0], low[0], high[0]])
        ends = np.exp(ends) if ratio else ends
        assert (row.estimate, row.ci_low, row.ci_high) == pytest.approx(tuple(ends), rel=1e-9)
        assert row.df == pytest.approx(pooled.df[0], rel=1e-9)
        p = 2 * student.sf(abs(pooled.estimate[0] / pooled.std_error[0]), pooled.df[0])
        assert row.p_value == pytest.approx(p, rel=1e-9)
        assert row.missing_data == f"multiple imputation, m = {M}"
        cost = found.diagnostics["y"]["imputation"][row.estimate_id]
        assert cost["fmi"] == pytest.approx(pooled.fmi[0], rel=1e-9)
        assert cost["share"] == pytest.approx((pooled.monte_carlo / pooled.std_error)[0], rel=1e-9)
    if fits[0].means:
        for number, mean in enumerate(found.means):
            assert mean.mean == pytest.approx(
                np.mean([fit.means[number].mean for fit in fits]), rel=0.02
            )  # exact but for means whose interval is of a logarithm


def test_with_nothing_missing_the_estimate_is_that_of_the_records() -> None:
    """To the last digit; df are Barnard and Rubin's limit, no information is missing."""
    panel, sets = with_gaps(whole=True)
    spec = handled(model(kind="did", design="change", covariance="classical"))
    row, one = pooled_fit(spec, panel, sets).estimates[0], spec.fit(panel).estimates[0]
    assert (row.estimate, row.std_error) == (one.estimate, one.std_error)
    assert one.df is not None
    assert row.df == pytest.approx((one.df + 1) / (one.df + 3) * one.df, rel=1e-12)
    known = pooled_fit(spec, panel, sets).diagnostics["y"]["imputation"][row.estimate_id]
    assert (known["fmi"], known["fraction"], known["monte_carlo"]) == (0, 0, 0)


def row_of(estimate: float, **changes: Any) -> Estimate:
    return replace(
        Estimate(
            estimate_id="m/y/t1", study="s", model="m", kind="did", level="person", outcome="y",
            time="t1", estimand="difference", contrast="a", unit="points", ci_level=0.95,
            estimate=estimate, std_error=1.0, df=20.0, ci_low=estimate - 2.0859634472658364,
            ci_high=estimate + 2.0859634472658364, p_value=0.5, n_obs=10, method="least squares",
        ),
        **changes,
    )  # fmt: skip


def test_a_row_that_some_set_cannot_estimate_is_not_estimable_and_says_why() -> None:
    rows = [row_of(1.0), row_of(2.0), row_of(0.0).not_estimable("the arm holds nobody")]
    found = pooled_row(rows, 3).row
    assert (found.status, found.estimate, found.ci_low) == ("not_estimable", None, None)
    assert found.reason == "1 of 3 imputed sets gave no estimate: the arm holds nobody"
    refused = pooled_row([row_of(1.0).refused("one site against one")] * 3, 3).row
    assert (refused.status, refused.reason) == ("refused", "one site against one")


def test_one_set_is_no_imputation() -> None:
    found = pooled_row([row_of(1.0)], 1).row
    assert found.status == "not_estimable"
    assert found.reason is not None and found.reason.startswith("one imputed set shows nothing")


def test_an_interval_that_is_symmetric_on_no_known_scale_is_not_pooled() -> None:
    found = pooled_row([row_of(1.0, ci_high=9.0), row_of(2.0, ci_high=9.0)], 2).row
    assert found.status == "not_estimable" and "on the scale that it names" in str(found.reason)


def test_the_estimate_says_on_which_scale_it_is_pooled() -> None:
    """Ratios of 1 and 1.44 on the logarithm's scale, differences of 1 and 1.44 on their own."""
    side = 2.0859634472658364 * 0.1
    ratios = [
        row_of(one, std_error=0.1 * one, ci_low=one * np.exp(-side), ci_high=one * np.exp(side))
        for one in (1.0, 1.44) * 3
    ]
    logs = [replace(one, scale="log") for one in ratios]
    own = [row_of(1.0), row_of(1.44)] * 3
    assert pooled_row(logs, 6).row.estimate == pytest.approx(1.2, rel=1e-12)
    assert pooled_row(own, 6).row.estimate == pytest.approx(1.22, rel=1e-12)
    assert "scale that it names" in str(pooled_row(ratios, 6).row.reason)  # nothing is guessed


def test_sets_that_differ_without_end_have_no_interval() -> None:
    """Two sets a thousand standard errors apart: no traceback, no interval of infinities."""
    side = 2.0859634472658364
    ratios = [
        row_of(one, std_error=error * one, ci_low=one * np.exp(-side * error), scale="log",
               ci_high=one * np.exp(side * error))
        for one, error in ((1.0, 1e-3), (np.exp(30.0), 1e-3))
    ]  # fmt: skip
    found = pooled_row(ratios, 2).row
    assert found.status == "not_estimable" and "no interval has an end" in str(found.reason)
    assert (found.estimate, found.ci_low, found.ci_high) == (None, None, None)


def test_warnings_of_sets_keep_whose_numbers_they_have() -> None:
    rows = [
        row_of(1.0, warnings=("said by all", "the slope is −0.50", "odd")),
        row_of(2.0, warnings=("said by all", "the slope is 0.75")),
        row_of(3.0, warnings=("said by all", "the slope is 0.60")),
    ]
    assert pooled_row(rows, 3).row.warnings == (
        "said by all",
        "in the first imputed set (others differ in numbers): the slope is −0.50",
        "in 1 of 3 imputed sets: odd",
    )


def test_what_sets_say_differently_of_one_thing_is_one_sentence() -> None:
    """A test that some sets pass and some do not; signs are numbers too."""
    head = "score test of proportional odds"
    passed, failed = f"{head}: chi-squared 3.1, p = 0.231", f"{head}: chi-squared 9.7, p"
    rows = [
        row_of(1.0, warnings=(f"{failed} = 0.032: doubtful; alone +0.375", "site: a")),
        row_of(2.0, warnings=(passed, "site: a", "site: b")),
        row_of(3.0, warnings=(f"{failed} = 0.013: doubtful; alone -0.050", "site: a")),
    ]
    assert pooled_row(rows, 3).row.warnings == (
        f"{head}, of 3 imputed sets and each with the numbers of the first that says so: in 2"
        " chi-squared 9.7, p = 0.032: doubtful; alone +0.375; in 1 chi-squared 3.1, p = 0.231",
        "site: a",
        "in 1 of 3 imputed sets: site: b",
    )


def test_warnings_of_one_set_that_differ_in_a_number_all_stay() -> None:
    one, two = "Site 1 has no spread", "Site 2 has no spread"
    rows = [row_of(1.0, warnings=(one, two)), row_of(2.0, warnings=(one, two))]
    assert pooled_row(rows, 2).row.warnings == (one, two)
    rows = [row_of(1.0, warnings=(one, two)), row_of(2.0, warnings=(two,))]
    assert pooled_row(rows, 2).row.warnings == (f"in 1 of 2 imputed sets: {one}", two)
    rows = [row_of(1.0, warnings=(one,)), row_of(2.0, warnings=(two,))]
    some = "in 1 of 2 imputed sets: "
    assert pooled_row(rows, 2).row.warnings == (some + one, some + two)


def test_measures_of_things_that_numbers_name_are_said_once_each() -> None:
    def told(a: str, b: str) -> tuple[str, ...]:
        return f"slope of wave 1 is {a}", f"slope of wave 2 is {b}"

    rows = [row_of(1.0, warnings=told("0.51", "0.62")), row_of(2.0, warnings=told("0.53", "0.64"))]
    differ = "in the first imputed set (others differ in numbers): "
    assert pooled_row(rows, 2).row.warnings == tuple(differ + one for one in told("0.51", "0.62"))
    same = [row_of(1.0, warnings=("a: 0.5", "a: 0.6")), row_of(2.0, warnings=("a: 0.6", "a: 0.5"))]
    assert pooled_row(same, 2).row.warnings == ("a: 0.5", "a: 0.6")


def test_warnings_that_begin_alike_are_not_one_thing() -> None:
    rows = [row_of(1.0, warnings=("age: 3 without it",)), row_of(2.0, warnings=("age: made up",))]
    some = "in 1 of 2 imputed sets: "
    assert pooled_row(rows, 2).row.warnings == (f"{some}age: 3 without it", f"{some}age: made up")


def test_what_is_counted_differs_between_sets() -> None:
    found = pooled_row([row_of(1.0), row_of(2.0, n_obs=12)], 2).row
    assert "the imputed sets hold from 10 to 12 records: n is of the first" in found.warnings


def test_frames_of_sets_are_those_of_their_panels() -> None:
    """Selected once and given other values: the same as selected anew, with covariates imputed."""
    panel, sets = with_gaps()
    panel.loc[panel["unit"] == "p001", "age"] = np.nan
    ages = Values(np.array(["p001"]), np.empty(0, dtype=str), np.arange(30.0, 30 + M)[:, None])
    sets = replace(sets, covariates={("h", "age"): ages})
    spec = handled(model(kind="did", design="change", covariance="HC2", covariates=["age"]))
    ready = Completing.of(panel, spec, sets)
    for number in range(M):
        plain = ready.panel(number)
        once = spec.fit(plain).estimates[0]
        plain.attrs = {}
        anew = spec.fit(plain).estimates[0]
        assert once == anew
        assert once.n_obs == 40
