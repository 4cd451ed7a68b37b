"""Design-based beside model-based change; what models of respondents say of the design."""

from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from cesp_analysis.figures.of_models import when
from cesp_analysis.models.fit import with_design
from cesp_analysis.models.survey_obeyed import (
    ALL_AS_SAMPLE,
    AS_GIVEN,
    MODELLED,
    NO_STRATA,
    NOT_CLUSTERED,
    UNWEIGHTED,
)
from cesp_analysis.survey.agreement import rows_of, weights_part
from survey_records import panel_of, survey_model, survey_rows


def panel() -> pd.DataFrame:
    d = survey_rows()
    return panel_of(d, district=pd.Categorical(d["district"].astype(str)))


def said(data: pd.DataFrame, **settings: Any) -> tuple[str, ...]:
    spec = survey_model(**settings)
    return with_design(spec.fit(data), spec, data).estimates[0].warnings


def test_the_parts_sum_to_the_difference_and_equal_weights_make_none() -> None:
    for weights in (True, False):
        data = panel() if weights else panel().assign(weight=2.0)
        spec = survey_model()
        mixed = survey_model(kind="mixed", random=["person", "neighbourhood"])
        mixed = mixed.model_copy(update={"study": mixed.context.model_copy(update={"model": "x"})})
        made = {
            row.estimate_id: asdict(row)
            for model in (spec, mixed)
            for row in model.fit(data).estimates
        }
        rows = list(rows_of(spec, "x", ["y"], data, made))
        assert [row["wave"] for row in rows] == ["w1", "w2"]
        for row in rows:
            whole = made[f"x/y/{row['wave']}"]["estimate"] - made[f"m/y/{row['wave']}"]["estimate"]
            assert row["part_weights"] + row["part_random"] == approx(whole, rel=1e-10)
            assert row["difference"] == approx(whole, rel=1e-12)
            size = abs(row["difference_in_se"])
            close = "agree to within" if size <= 1 else "differ by more than"
            assert f"they {close} one standard error of the design-based" in row["reading"]
            assert f"({size:.2f} of them apart)" in row["reading"]
            assert "like these" not in row["reading"]
            if not weights:  # rounding of two fits of the same numbers
                assert abs(row["part_weights"]) < 1e-12
            plain = survey_model(weighted=False).fit(data).estimates
            own = next(one for one in plain if one.time == row["wave"])
            known = made[f"m/y/{row['wave']}"]["estimate"]
            assert row["part_weights"] == approx(own.estimate - known, abs=1e-12)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (None, "differences in mean, in points"),
        ("binary", "on the scale of probability: both compare proportions, by linear models"),
        ("ordinal", "on the scale of the codes, taken as numbers of equal distance"),
    ],
)
def test_each_row_says_on_which_scale_the_two_are(kind: str | None, said: str) -> None:
    spec, data = survey_model(), panel()
    row = asdict(spec.fit(data).estimates[0])
    entry = spec.context.outcomes["y"].model_copy(update={"type": kind, "decimals": 4})
    told = spec.context.model_copy(update={"outcomes": {"y": entry}})
    made = {"m/y/w1": row, "x/y/w1": row | {"model": "x", "estimate": row["estimate"] + 0.0012}}
    (found,) = rows_of(spec.model_copy(update={"study": told}), "x", ["y"], data, made)
    assert found["scale"].startswith(said)
    assert "of the difference 0.0012 the weights make" in found["reading"]


def test_answers_of_0_and_1_are_proportions_without_a_type_too() -> None:
    data = panel().assign(value=lambda d: (d["value"] > 20).astype(float))
    spec = survey_model()
    row = asdict(spec.fit(data).estimates[0])
    (found,) = rows_of(spec, "x", ["y"], data, {"m/y/w1": row, "x/y/w1": row | {"model": "x"}})
    assert found["scale"].startswith("on the scale of probability")


def test_where_neighbourhoods_are_all_the_mixed_model_stands_beside_its_own_question() -> None:
    data, spec = panel(), survey_model(surveys={"neighbourhoods": "all"})
    made = {row.estimate_id: asdict(row) for row in spec.fit(data).estimates}
    for wave in ("w1", "w2"):
        made[f"x/y/{wave}"] = made[f"m/y/{wave}"] | {"model": "x"}
    rows = list(rows_of(spec, "x", ["y"], data, made))
    for row in rows:
        clustered = made[f"m/y/{row['wave']}/clustered"]
        for key in ("std_error", "df", "ci_low", "ci_high"):
            assert row[f"{key}_design"] == clustered[key] != made[f"m/y/{row['wave']}"][key]
        assert "whether neighbourhoods like these would change differently" in row["reading"]
    sampled = survey_model()
    assert weights_part(spec, data, "y", spec.moments()[1]) == weights_part(
        sampled, data, "y", sampled.moments()[1]
    )
    made["m/y/w1/clustered"] |= {"status": "refused", "reason": "why"}
    assert next(rows_of(spec, "x", ["y"], data, made))["reason"] == (
        "m/y/w1/clustered has no estimate: why"
    )


def test_the_error_of_the_weights_part_is_that_of_a_difference_not_of_two_numbers() -> None:
    data, spec = panel(), survey_model()
    _, error, df = weights_part(spec, data, "y", spec.moments()[1])
    with_weights = spec.fit(data).estimates[0].std_error
    without = survey_model(weighted=False).fit(data).estimates[0].std_error
    assert 0 < error < np.hypot(with_weights, without) and df == 10


def test_a_model_without_an_estimate_is_named_instead_of_compared() -> None:
    data, spec = panel(), survey_model()
    row = asdict(spec.fit(data).estimates[0])
    lost = row | {"status": "refused", "reason": "why", "model": "x", "estimate": None}
    made = {"m/y/w1": row, "x/y/w1": lost}
    (found,) = rows_of(spec, "x", ["y"], data, made)
    assert found["reason"] == "x has no estimate: why" and "difference" not in found


def test_other_kinds_say_what_they_leave_out_of_the_design() -> None:
    did: dict[str, Any] = {"kind": "did", "design": "cross_sections"}
    near: dict[str, Any] = {"covariance": "CR2", "cluster": "neighbourhood"}
    data = panel()
    fitted = data.assign(margin_1=pd.Categorical(data["time"].astype(str)), margin_weight=1.0)
    everything = {"neighbourhoods": "all", "strata": "district"}
    for settings, asked, expected in (
        (did, data, {NOT_CLUSTERED, UNWEIGHTED}),
        (did | {"weighted": True}, fitted, {NOT_CLUSTERED, AS_GIVEN}),
        (did | near | {"weighted": True}, data, set()),
        (did | near | {"surveys": everything}, data, {ALL_AS_SAMPLE, NO_STRATA, UNWEIGHTED}),
        ({"kind": "mixed", "random": ["neighbourhood"]}, data, {MODELLED}),
        ({"kind": "mixed", "random": ["person"]}, data, {MODELLED, NOT_CLUSTERED}),
        ({}, fitted, set()),
    ):
        every = {NOT_CLUSTERED, UNWEIGHTED, AS_GIVEN, ALL_AS_SAMPLE, NO_STRATA, MODELLED}
        assert set(said(asked, **settings)) & every == expected


def test_doubly_robust_cross_sections_say_whose_answers_changed() -> None:
    rng = np.random.default_rng(1)
    data = panel()
    late = (data["time"] == "w1") & (data["arm"] == "intervention")
    age = 40 + rng.normal(0, 10, len(data)) + 12 * late
    data = data.assign(age=age)
    told = said(
        data, kind="dr_did", design="cross_sections", covariates=["age"], times=["w0", "w1"]
    )
    (found,) = [one for one in told if one.startswith("intervention arm: those who answered at")]
    assert "age +" in found


def test_the_forest_tells_rows_of_one_wave_apart() -> None:
    entry = {"kind": "survey", "contrast": "New − Usual, change from W1 to W2, 2023, panel members"}
    assert when(entry, "W2, 2023") == "W2, 2023, panel members"
    assert when(entry | {"kind": "did"}, "W2, 2023") == "W2, 2023"
