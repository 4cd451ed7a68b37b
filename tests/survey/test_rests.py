"""On how many neighbourhoods a linearised interval rests: the matrices, and what rows say of it."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from cesp_analysis.models import survey_rests
from cesp_analysis.models.answers import answers_of
from cesp_analysis.models.frame import frame_of
from cesp_analysis.models.least_squares import least_squares
from cesp_analysis.models.results import Estimate
from cesp_analysis.models.survey_design import Sample
from cesp_analysis.models.survey_drawn import Regressed, drawn_of
from cesp_analysis.models.survey_parts import Part, regressed
from cesp_analysis.models.survey_rests import ALIKE, Rests, rests_of
from cesp_analysis.models.survey_shown import shown_of
from survey_records import panel_of, survey_model, survey_rows

EXACT = 1e-9


def fitted(*parts: Part, **settings: Any) -> tuple[list[Regressed], list[np.ndarray], Sample]:
    """Regressions of survey.csv by part, each with the contrast of the second wave."""
    d = survey_rows()
    data = panel_of(d, x=d["x"].to_numpy(), district=pd.Categorical(d["district"].astype(str)))
    spec = survey_model(covariates=["x"], **settings)
    drawn, frame = drawn_of(data, spec), frame_of(answers_of(data, spec), spec, "y")
    later = spec.moments()[1:]
    times = later if parts == ("all",) else later[:1]
    found = [regressed(spec, frame, times, drawn, part) for part in parts]
    sample = found[0].sample(drawn.sample(spec.context.surveys))
    return found, [one.fitted.contrast(later[0]) for one in found], sample


def totals_by(one: Regressed, contrast: np.ndarray, sample: Sample) -> tuple[Any, Any]:
    """What makes sampling units' totals (p, n) of errors, and the errors' covariance (n, n)."""
    fit, psu = one.fitted.fit, sample.psu[one.at]
    w, x = fit.weights, fit.x / np.sqrt(fit.weights)[:, None]
    bread = np.linalg.inv(x.T @ (w[:, None] * x))
    left = np.eye(len(w)) - x @ bread @ x.T * w
    units = np.arange(len(sample.stratum_of))[:, None] == psu
    place = psu * 10 + one.rows.time
    alike = (place[:, None] == place) * ALIKE + (1 - ALIKE) * np.eye(len(w))
    return (units * (w * (x @ bread @ contrast))) @ left, alike


@pytest.mark.parametrize(
    ("parts", "settings"),
    [
        (("all",), {}),
        (("all",), {"surveys": {"strata": "district"}}),
        (("panel",), {"respondents": "panel"}),
        (("panel", "cross_section"), {"respondents": "combined"}),
    ],
)
def test_df_and_what_is_shown_are_those_of_the_whole_matrices(
    parts: tuple[Part, ...], settings: dict[str, Any]
) -> None:
    found, contrasts, sample = fitted(*parts, **settings)
    rests = rests_of(tuple(found), tuple(contrasts), sample)
    assert rests
    strata, n = sample.stratum_of, sample.units_in
    same = strata[:, None] == strata
    centred = (np.eye(len(strata)) - same / n[strata]) * np.sqrt(n / (n - 1))[strata][:, None]
    whole, true = np.zeros((len(strata), len(strata))), 0.0
    for one, contrast in zip(found, contrasts, strict=True):
        totals, alike = totals_by(one, contrast, sample)
        whole += centred @ totals @ alike @ totals.T @ centred.T
        lead = one.fitted.fit.x @ one.fitted.fit.bread @ contrast * np.sqrt(one.fitted.fit.weights)
        true += float(lead @ alike @ lead)
    assert rests.df == approx(np.trace(whole) ** 2 / np.sum(whole**2), rel=EXACT)
    assert rests.shown == approx(np.trace(whole) / true, rel=EXACT)
    assert rests.parts.sum() == approx(true, rel=EXACT)


def test_of_independent_errors_what_is_shown_is_that_of_the_method(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (one,), (contrast,), sample = fitted("all")
    monkeypatch.setattr(survey_rests, "ALIKE", 0.0)
    rests = rests_of((one,), (contrast,), sample)
    shown = shown_of((one,), (contrast,), sample)
    assert rests and shown < 1 and rests.shown == approx(shown, rel=EXACT)


def arms(sizes: list[list[int]], **settings: Any) -> Estimate:
    """The row of two waves with neighbourhoods of these sizes, first those of the intervention."""
    rng, rows, near = np.random.default_rng(3), [], 0
    for site, own in zip((1, 0), sizes, strict=True):
        for size in own:
            level = rng.normal()
            for wave in (0, 1):
                rows += [(site, near, wave, y) for y in level + rng.normal(0, 2, size)]
            near += 1
    d = pd.DataFrame(rows, columns=["site", "nb", "wave", "y"]).assign(id=np.arange(len(rows)))
    (row,) = survey_model(waves=2, **settings).fit(panel_of(d)).estimates
    return row  # type: ignore[no-any-return]


def narrow(row: Estimate) -> str:
    return "".join(one for one in row.warnings if "too narrow" in one)


def test_an_arm_of_two_beside_sixteen_rests_on_little_more_than_one_df() -> None:
    """Welch's of two means: (1/2 + 1/16)^2 / (1/4 / 1 + 1/256 / 15)."""
    row = arms([[10] * 2, [10] * 16])
    said = narrow(row)
    assert row.df == 16 and said.startswith(
        "more than half of this estimate's variance is of the 2 neighbourhoods of the intervention"
        " arm, so that its standard error rests on about 1.3 degrees of freedom, not 16 (answers"
    )
    assert said.endswith("is too narrow; the ladder for few sites has CR2 beside it")
    low, high = said.partition("the interval is ")[2].partition(",")[0].split(" to ")
    half = (float(high.replace("−", "-")) - float(low.replace("−", "-"))) / 2
    assert row.std_error and half == approx(7.86 * row.std_error, rel=0.02)  # t of 1.26 df


def test_one_large_neighbourhood_is_named_by_number_and_what_it_hides() -> None:
    said = narrow(arms([[100] + [5] * 11, [13] * 12]))
    assert "is of 1 of the 12 neighbourhoods of the intervention arm" in said
    assert "rests on about 9.0 degrees of freedom, not 22" in said
    assert " and is expected to show 48% of the variance (answers taken as alike" in said


@pytest.mark.parametrize("numbers", [(8, 8), (12, 12), (10, 16)])
def test_arms_of_about_as_many_of_one_size_rest_on_the_df_of_the_design(
    numbers: tuple[int, int],
) -> None:
    said = narrow(arms([[10] * n for n in numbers]))
    assert "more than half" not in said and bool(said) == (8 in numbers)
    assert not said or "unless the arms have about as many and all are of about one size" in said


def test_respondents_as_units_rest_on_as_many_as_there_are() -> None:
    (one,), (contrast,), sample = fitted("all", surveys={"neighbourhoods": "all"})
    assert sample.unit == "respondent" and rests_of((one,), (contrast,), sample) is None


def test_of_hundreds_of_neighbourhoods_one_large_one_is_seen_and_none_not() -> None:
    def rests(largest: int) -> Rests | None:
        sizes = np.array([largest] + [3] * 299)
        near = np.tile(np.repeat(np.arange(300), sizes), 2)
        wave = np.repeat([0, 1], len(near) // 2)
        arm = (near < 150).astype(np.intp)
        x = np.column_stack([np.ones(len(near)), arm, wave, arm * wave])
        fit = least_squares(near % 7.0, x, np.ones(len(near)))
        rows = SimpleNamespace(arm=arm, time=wave)
        one: Any = SimpleNamespace(
            fitted=SimpleNamespace(fit=fit), at=np.arange(len(near)), rows=rows
        )
        return rests_of((one,), (np.eye(4)[3],), Sample(1 - arm, near, np.ones(len(near))))

    large = rests(300)
    assert rests(3) is None and rests(6) is None
    assert large and large.df < 20 and large.shown < 0.6


def test_units_that_carry_half_are_told_of_both_arms() -> None:
    arm = np.array([1, 1, 1, 0, 0, 0])
    both = Rests(3.0, 1.0, np.array([3.0, 1, 1, 3, 1, 1]), arm)
    assert both.carried() == (
        "1 of the 3 neighbourhoods of the intervention arm and 1 of the 3 neighbourhoods of the"
        " control arm"
    )
