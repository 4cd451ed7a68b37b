"""Pooled rows and means, tipping points and rows of assumptions, by hand."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx
from scipy.stats import t as student

from cesp_analysis import contracts
from cesp_analysis.declared.handling import HandledEvent, Handling
from cesp_analysis.declared.outcomes import Mid
from cesp_analysis.instruments.types import read_instrument
from cesp_analysis.measurement.asked import AnswersFile
from cesp_analysis.missing import sensitivity_words as words
from cesp_analysis.missing.analysed import _alone, from_pooled
from cesp_analysis.missing.assumptions import at_random, by_deltas, by_likelihood
from cesp_analysis.missing.deltas import size_of
from cesp_analysis.missing.item_answers import scored_of
from cesp_analysis.missing.pooled_joint import pool_matrices
from cesp_analysis.missing.pooled_known import NO_POOLED_TEST, merged
from cesp_analysis.missing.pooled_rows import pooled_means, pooled_row
from cesp_analysis.missing.pooled_words import _imputed, _still_missing
from cesp_analysis.missing.pooling import NO_ERROR, ONE_SET, pool
from cesp_analysis.missing.pushed import Pushed, pushed_of
from cesp_analysis.missing.sensitivity import pushed_outcomes
from cesp_analysis.missing.sensitivity_words import Places
from cesp_analysis.missing.sets import Completing, Sets, Values
from cesp_analysis.missing.specs import impute, pooling
from cesp_analysis.missing.tipping import Limits
from cesp_analysis.missing.tipping_points import tipping_point
from cesp_analysis.missing.tipping_rows import none_of, tipping_rows
from cesp_analysis.models.imputed import POOLING
from cesp_analysis.models.results import Estimate, Fit, Mean
from cesp_analysis.schemas import Records
from cesp_analysis.study.read import read_study
from imputed_study import imputed_study
from pushed_panel import analysis, gapped, imputed_model, sets_of

SIDE = float(student.ppf(0.975, 20))


def row_of(estimate: float, error: float = 1.0, **changes: Any) -> Estimate:
    """A row of one set on its own scale, 20 df."""
    return replace(
        Estimate(
            estimate_id="m/y/t1", study="s", model="m", kind="did", level="person", outcome="y",
            time="t1", estimand="difference", contrast="a", unit="points", ci_level=0.95,
            estimate=estimate, std_error=error, df=20.0, ci_low=estimate - SIDE * error,
            ci_high=estimate + SIDE * error, p_value=0.5, n_obs=10, method="least squares",
        ),
        **changes,
    )  # fmt: skip


def ratio_of(estimate: float, error: float) -> Estimate:
    """The same of a ratio; error: of its logarithm."""
    ends = {"ci_low": estimate * np.exp(-SIDE * error), "ci_high": estimate * np.exp(SIDE * error)}
    return row_of(estimate, error * estimate, scale="log", unit="ratio", **ends)


def test_what_imputing_costs_a_ratio_is_told_in_ratios() -> None:
    """Logs 0 and 0.4 with errors of 0.2 and 0.3: between 0.08, within 0.065."""
    cost = pooled_row([ratio_of(1.0, 0.2), ratio_of(float(np.exp(0.4)), 0.3)], 2).cost
    ratio = np.exp(0.2)
    assert cost["within"] == approx(0.065 * ratio**2)
    assert cost["between"] == approx(0.08 * ratio**2)
    assert cost["monte_carlo"] == approx(0.2 * ratio)
    assert cost["share"] == approx(0.2 / np.sqrt(0.065 + 1.5 * 0.08))
    assert (cost["m"], cost["df_complete"]) == (2, 20)


def test_rows_without_an_interval_are_pooled_all_the_same() -> None:
    rows = [row_of(1.0, ci_low=None, ci_high=None), row_of(2.0, ci_low=None, ci_high=None)]
    found = pooled_row(rows, 2).row
    assert (found.status, found.estimate) == ("estimated", 1.5)
    assert found.std_error == approx(np.sqrt(1 + 1.5 * 0.5)) and found.ci_low is not None


def test_sets_without_an_error_are_not_pooled() -> None:
    found = pooled_row([row_of(1.0, 0.0), row_of(1.0, 0.0)], 2).row
    assert (found.status, found.reason) == ("not_estimable", NO_ERROR)
    lacking = pooled_row([row_of(1.0), row_of(2.0, std_error=None)], 2).row
    assert lacking.reason == "a set gave an estimate without a standard error"
    assert from_pooled(pool(np.ones(1), np.ones(1)), 0.95).reason == ONE_SET


def mean_of(value: float, error: float = 1.0, **changes: Any) -> Mean:
    own = Mean("m", "person", "y", "north", "intervention", "t1", value, error, 20.0,
               value - SIDE * error, value + SIDE * error, 10, "plain", 2.0)  # fmt: skip
    return replace(own, **changes)


def test_means_are_pooled_with_their_own_degrees_of_freedom() -> None:
    fits = [Fit((), (mean_of(1.0), mean_of(5.0, time="t2"))),
            Fit((), (mean_of(3.0, 2.0, sd=4.0),))]  # fmt: skip
    (found,) = pooled_means(fits, 0.95)  # the second mean is not in all sets
    by_hand = pool(np.array([1.0, 3.0]), np.array([1.0, 4.0]), 20)
    low, high = by_hand.interval(0.95)
    assert (found.mean, found.std_error) == approx((2.0, np.sqrt(2.5 + 1.5 * 2)))
    assert found.df == approx(by_hand.df[0]) and found.df < 20
    assert (found.ci_low, found.ci_high, found.sd) == approx((low[0], high[0], 3.0))
    assert found.method == "plain; multiple imputation, m = 2"


def test_diagnostics_of_sets_are_one_where_all_have_them() -> None:
    known = [
        {
            "n": 3,
            "r": 1.5,
            "how": "exact",
            "why": "a",
            "own": {"x": 1, "t": {"p_value": 0.1}},
            "z": 1,
        },
        {"n": 3, "r": 2.5, "how": "exact", "why": "b", "own": {"x": 2, "t": {"p_value": 0.3}}},
    ]
    assert merged(known) == {
        "n": 3, "r": 2.0, "how": "exact", "own": {"x": 1.5, "t": {"reason": NO_POOLED_TEST}},
    }  # fmt: skip
    assert merged([{"ok": True}, {"ok": True}]) == {"ok": True}
    assert merged([{"ok": True}, {"ok": False}]) == {}


def test_matrices_of_whole_numbers_are_pooled_as_any_others() -> None:
    q, u = [[1, 2], [3, 2], [5, 5]], [[[2, 1], [1, 3]]] * 3
    found = pool_matrices(q, u)  # type: ignore[arg-type]
    assert found.estimate.tolist() == [3, 3] and found.within.tolist() == u[0]
    assert found.between == approx(np.cov(np.array(q).T))


def plane(a: Any, b: Any) -> Limits:
    """1 + a − b, 2 on either side."""
    middle = 1 + a - b
    one = np.ones_like(middle)
    return Limits(middle, one, 20 * one, middle - 2, middle + 2, 0 * one)


@pytest.mark.parametrize(
    ("value", "along", "inside", "shift"),
    [
        (0.0, "intervention", True, 1.0), (0.0, "control", True, -1.0), (0.0, "both", True, None),
        (0.0, "opposite", True, 0.5), (3.0, "intervention", True, -1e-9),
        (-1.0, "intervention", True, 1e-9), (4.0, "intervention", False, 1.0),
        (-2.0, "intervention", False, -1.0), (9.0, "control", False, -6.0),
        (20.0, "control", False, None),
    ],
)  # fmt: skip
def test_the_smallest_shift_at_which_an_interval_says_something_else(
    value: float, along: Any, inside: bool, shift: float | None
) -> None:
    """An interval holds its own ends."""
    found = tipping_point(plane, value, along, 10.0)
    assert found.inside == inside
    assert (found.shift is None) == (shift is None)
    if shift is not None:
        assert found.shift == approx(shift, abs=1e-8)


def pushed(case: str = "Welch", **outcome: Any) -> Pushed:
    """The row at the last time."""
    own = analysis(case, **outcome)
    size = size_of(own.spec.context.outcomes["y"], None, own.answers)
    found = pushed_of(own, Places("North", "South"), size, (), 0.05)
    return next(one for one in found if one.estimate == "m/y/t2")


@pytest.mark.parametrize(
    ("direction", "value"),
    [("higher_is_better", 1.5), ("lower_is_better", -1.5), ("neither", None)],
)
def test_an_important_difference_has_tipping_points_where_one_way_is_better(
    direction: str, value: float | None
) -> None:
    one = pushed(direction=direction, mid=Mid(value=1.5, source="x"))
    _, points, why = tipping_rows(one, 3)
    assert why == "" and none_of(one) == 0
    own = [row["value"] for row in points if row["of"] == "mid"]
    assert own == ([value] * 4 if value is not None else [])
    assert [row["value"] for row in points if row["of"] == "none"] == [0.0] * 4


def test_a_ratio_of_one_is_no_difference() -> None:
    one = pushed()
    ratio = {at: replace(row, unit="ratio") for at, row in one.analysis.rows.items()}
    assert none_of(replace(one, analysis=replace(one.analysis, rows=ratio))) == 1


def test_the_row_as_imputed_is_shifted_by_nothing_and_the_answered_one_by_none() -> None:
    one = pushed()
    complete, row = at_random(one, one.analysis.on_answers["m/y/t2"])
    assert (row["shift_intervention"], row["shift_control"]) == (0, 0)
    assert row["estimate"] == one.at(0, 0).estimate and row["m"] == 5
    assert (complete["shift_intervention"], complete["m"], complete["n_imputed"]) == (None,) * 3
    assert (complete["variance"], complete["variance_is"]) == ("model", words.BY_MODEL)
    assert row["variance"] == "Rubin" and row["variance_is"] == words.BY_RUBIN
    moved = [(r["shift_intervention"] != 0, r["shift_control"] != 0) for r in by_deltas(one)]
    assert moved == [(True, False), (False, True), (True, True)]


def test_the_likelihoods_row_is_another_models_own() -> None:
    one = pushed()
    question = {n: getattr(one.row, n) for n in ("outcome", "time", "estimand", "analysis_set")}
    other: dict[str, Any] = question | {
        "status": "estimated", "reason": None, "model": "likely", "estimate": 1.25,
        "std_error": 0.5, "df": 30.0, "ci_low": 0.2, "ci_high": 2.3, "n_units": 40,
        "method": "REML", "warnings": None,
    }  # fmt: skip
    refused = other | {"status": "refused", "reason": "why", "model": "first"}
    asked = other | {"time": "t1", "model": "of another time"}
    (found,) = by_likelihood(one, [asked, refused, other])
    assert (found["variant"], found["estimate"], found["m"]) == ("likely", 1.25, None)
    assert (found["variance"], found["variance_is"]) == ("model", words.BY_MODEL)
    assert found["n_imputed"] is None and found["method"] == "REML"
    event = HandledEvent(kind="withdrawal", label="X", strategy="hypothetical")
    aside = Handling(name="all", events={"x": event})
    spec = one.analysis.spec
    context = spec.context.model_copy(update={"handlings": {"y": aside}})
    events = replace(one.analysis, spec=spec.model_copy(update={"study": context}))
    (without,) = by_likelihood(replace(one, analysis=events), [other])
    assert (without["reason"], without["m"]) == (words.OTHER_ANSWERS, None)
    (alone,) = by_likelihood(one, [refused])
    assert (alone["status"], alone["reason"]) == ("not_estimable", "why")


def test_an_analysis_of_one_outcome_knows_the_handling_of_that_one_alone() -> None:
    spec = imputed_model(kind="did", design="change")
    outcomes = spec.context.outcomes | {"z": spec.context.outcomes["y"]}
    handlings = spec.context.handlings | {"z": spec.context.handlings["y"]}
    context = spec.context.model_copy(update={"outcomes": outcomes, "handlings": handlings})
    both = spec.model_copy(update={"study": context, "outcomes": ("y", "z")})
    for name in ("y", "z"):
        own = _alone(both, name)
        assert own.outcomes == (name,) and set(own.context.handlings) == {name}


@pytest.mark.parametrize(
    ("roles", "pushed_ones"), [(("secondary", "primary"), ["z"]), (("secondary",) * 2, ["y", "z"]),
                               (("primary",) * 2, ["y", "z"])],
)  # fmt: skip
def test_primary_outcomes_are_pushed_or_all_where_none_is(
    roles: tuple[str, str], pushed_ones: list[str]
) -> None:
    spec = imputed_model(kind="did", design="change")
    entry = spec.context.outcomes["y"]
    outcomes = {n: entry.model_copy(update={"role": role})
                for n, role in zip("yz", roles, strict=True)}  # fmt: skip
    context = spec.context.model_copy(update={"outcomes": outcomes})
    both = spec.model_copy(update={"study": context, "outcomes": ("y", "z")})
    assert pushed_outcomes(both) == pushed_ones


def test_what_was_imputed_and_what_was_not_is_counted_by_outcome_and_time() -> None:
    """Another outcome's gaps, with cells of their own, are no gaps of this one."""
    panel = gapped()
    cells = sets_of(panel).outcomes["all", "y"]
    other = panel.assign(outcome="z", value=panel["value"].where(panel["time"] != "t0"))
    gaps = other[other["value"].isna()]
    theirs = Values(
        gaps["unit"].astype(str).to_numpy(), gaps["time"].astype(str).to_numpy(),
        np.zeros((5, len(gaps))),
    )  # fmt: skip
    whole = pd.concat([panel, other], ignore_index=True)
    panel = panel.astype({"outcome": "str"})
    sets = Sets(5, {("all", "y"): cells, ("all", "z"): theirs}, {}, {})
    spec = imputed_model(kind="did", design="change")
    handlings = dict.fromkeys(("y", "z"), Handling(name="all"))
    context = spec.context.model_copy(update={"handlings": handlings})
    spec = spec.model_copy(update={"study": context})
    last = panel["time"] == "t2"
    row = row_of(0.0, time="t2")
    ready = Completing.of(whole, spec, sets)
    gone = {time: int(panel.loc[panel["time"] == time, "value"].isna().sum())
            for time in ("t0", "t2")}  # fmt: skip
    label = {moment.name: moment.label for moment in spec.moments()}
    (told,) = _imputed(spec, ready, row)
    assert told.endswith(", ".join(f"{gone[t]} of 48 at {label[t]}" for t in ("t0", "t2")))
    assert list(_still_missing(spec, ready, row)) == []
    few = sets.outcomes["all", "y"]
    kept = few.times != "t2"
    less = Values(few.units[kept], few.times[kept], few.values[:, kept])
    ready = Completing.of(panel, spec, Sets(5, {("all", "y"): less}, {}, {}))
    (left,) = _still_missing(spec, ready, row)
    assert left.startswith(f"{int(panel.loc[last, 'value'].isna().sum())} missing values were not")
    assert list(_still_missing(spec, ready, row_of(0.0, time="t1"))) == []


def test_pooling_is_told_of_models_that_are_imputed(tmp_path: Any) -> None:
    study = imputed_study(tmp_path)
    study.config["models"] = {
        "did": {
            "kind": "did",
            "design": "change",
            "outcomes": ["score"],
            "missing_data": "imputed",
        },
        "plain": {"kind": "did", "design": "change", "outcomes": ["score", "lonely"]},
    }
    study.write()
    read = read_study(tmp_path)
    assert pooling(read, "did") == pooling(read, "plain", "did") == [POOLING]
    assert pooling(read, "plain") == pooling(read) == []
    assert '"instruments":{}' in impute(read)  # whose score nothing imputed has


def test_items_are_read_of_peoples_files_with_the_instrument(tmp_path: Any) -> None:
    instrument = read_instrument("ucla3")
    items = [f"ucla3.{item.code}" for item in instrument.items]
    files = {
        name: AnswersFile.model_validate({"level": level, "instruments": own})
        for name, level, own in (
            ("one", "person", ["ucla3"]), ("two", "person", []), ("three", "respondent", ["ucla3"])
        )
    }  # fmt: skip
    table = pd.DataFrame({"line": [2, 3], "unit": ["p", "r"], "time": ["t0", None]})
    table = table.assign(**{name: [1.0 + k, 2.0] for k, name in enumerate(items)})
    for name in Records.columns():
        if name not in table:
            table[name] = None
    contracts.write(table, tmp_path / "one.parquet", Records)
    found = scored_of("ucla3", instrument, "total", files, tmp_path)
    assert found.answers[["unit", "time", *items]].to_numpy().tolist() == [["p", "t0", 1, 2, 3]]
    matrix = found.matrix(pd.Index(["x", "p"]), ("t1", "t0"))
    assert matrix[1, 1].tolist() == [1, 2, 3] and np.isfinite(matrix).sum() == 3
