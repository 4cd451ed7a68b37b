"""Outcomes of a survey's model fitted together are each as alone, and as by their own way."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from cesp_analysis.declared.surveys import SurveyDesign
from cesp_analysis.models.answers import answers_of
from cesp_analysis.models.frame import frame_of
from cesp_analysis.models.kinds import read_model
from cesp_analysis.models.least_squares import least_squares, of_coefficients
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.survey_batch import Batch, batches
from cesp_analysis.models.survey_drawn import Regressed, drawn_of
from cesp_analysis.models.survey_parts import Part, regressed
from survey_records import panel_of, survey_model, survey_rows

ROUNDING = 1e-12  # sums in another order: columns far from dependent lose three of sixteen digits
NAMES = ("y", "gaps", "constant", "no_w2", "no_h")
DESIGNS = (
    SurveyDesign(),
    SurveyDesign(strata="district", lone_neighbourhood="adjust"),
    SurveyDesign(neighbourhoods="all"),
)


def panel(**changes: Any) -> pd.DataFrame:
    """survey.csv with four more outcomes: with gaps, constant, absent in a wave, of no category."""
    d = survey_rows().assign(**changes)
    rng, h = np.random.default_rng(7), np.array(list("fgh"))[d["id"].to_numpy() % 3]
    ys = {
        "y": d["y"],
        "gaps": np.where(rng.random(len(d)) < 0.2, np.nan, d["y"] ** 2),
        "constant": np.full(len(d), 7.3),
        "no_w2": d["y"].where(d["wave"] < 2),
        "no_h": d["y"].where(h != "h"),
    }
    district = pd.Categorical(np.where(d["nb"] == 1, "lone", d["district"].astype(str)))
    tables = [
        panel_of(d.assign(y=y), h=pd.Categorical(h), district=district).assign(outcome=name)
        for name, y in ys.items()
    ]
    return pd.concat(tables).assign(outcome=lambda t: pd.Categorical(t["outcome"]))


def model(**settings: Any) -> Any:
    """`survey_model` of all these outcomes."""
    asked = survey_model(**settings).model_dump(mode="json", exclude_defaults=True)
    entry = asked["study"]["outcomes"]["y"]
    asked["study"]["outcomes"] = dict.fromkeys(NAMES, entry)
    return read_model(json.dumps(asked | {"outcomes": NAMES}))


def compared(spec: Any, data: pd.DataFrame, part: Part) -> dict[str, bool]:
    """Outcome → whether all its regressions are the batch's; each is as by its own way."""
    drawn, answers = drawn_of(data, spec), answers_of(data, spec)
    samples = tuple(drawn.sample(design) for design in DESIGNS)
    assert [bool((sample.units_in == 1).any()) for sample in samples] == [False, True, False]
    (batch,) = batches(spec, answers, drawn, samples)
    used: dict[str, bool] = {}
    for outcome in spec.outcomes:
        frame = frame_of(answers, spec, outcome)
        there = {spec.moments()[index].name for index in np.unique(frame.time)}
        later = [moment for moment in spec.moments()[1:] if moment.name in there]
        for times in [later] if part == "all" else [[moment] for moment in later]:
            found = batch.solution(outcome, part, times)
            used[outcome] = used.get(outcome, True) and found is not None
            try:
                own = regressed(spec, frame, times, drawn, part)
            except NotEstimable as error:
                with pytest.raises(NotEstimable, match=str(error)):
                    regressed(spec, frame, times, drawn, part, found)
                continue
            one = regressed(spec, frame, times, drawn, part, found)
            assert bool(one.memory) == (found is not None)
            _alike(one, own, samples)
    return used


def _alike(one: Regressed, own: Regressed, samples: tuple[Any, ...]) -> None:
    fit, expected = one.fitted.fit, own.fitted.fit
    size = expected.outcome_size
    assert one.fitted.names == own.fitted.names
    assert fit.coef == approx(expected.coef, rel=ROUNDING, abs=ROUNDING * size)
    assert fit.bread == approx(expected.bread, rel=ROUNDING, abs=ROUNDING)
    assert fit.basis == approx(expected.basis, rel=ROUNDING, abs=ROUNDING)
    assert fit.residuals == approx(expected.residuals, rel=ROUNDING, abs=ROUNDING * size)
    assert fit.r_squared == approx(expected.r_squared, rel=ROUNDING, abs=ROUNDING)
    for sample in samples:
        said, alone = one.said_by(sample), own.said_by(sample)
        scale = np.abs(alone.covariance).max()
        assert said.covariance == approx(alone.covariance, rel=ROUNDING, abs=ROUNDING * scale)
        assert (said.df, said.n_psus, said.n_strata, said.said) == (
            alone.df, alone.n_psus, alone.n_strata, alone.said
        )  # fmt: skip


@pytest.mark.parametrize("weighted", [True, False])
@pytest.mark.parametrize("part", ["all", "panel", "cross_section"])
def test_outcomes_together_are_each_as_by_their_own_way(part: Part, weighted: bool) -> None:
    whole = dict.fromkeys(NAMES, True)
    spec = model(weighted=weighted, respondents=part)
    assert compared(spec, panel(), part) == whole
    spec = model(weighted=weighted, respondents=part, covariates=["h"])
    assert compared(spec, panel(), part) == whole | {"no_h": False}  # it lacks a column of theirs


def test_where_somebody_moved_changes_have_a_covariance_of_their_own() -> None:
    d = survey_rows()
    moves = (d["nb"] == 2) & (d["wave"] > 0)
    data, spec = panel(nb=np.where(moves, 3, d["nb"])), model(respondents="panel")
    drawn, answers = drawn_of(data, spec), answers_of(data, spec)
    sample = drawn.sample(SurveyDesign())
    batch = Batch(spec, answers, drawn, (sample,), spec.outcomes)
    times = [spec.moments()[1]]
    found = batch.solution("y", "panel", times)
    assert found is not None and found.said == ()
    one, own = (
        regressed(spec, frame_of(answers, spec, "y"), times, drawn, "panel", known)
        for known in (found, None)
    )
    _alike(one, own, (sample,))


def test_a_solution_of_other_rows_is_not_taken() -> None:
    data, spec = panel(), model()
    drawn, answers = drawn_of(data, spec), answers_of(data, spec)
    (batch,) = batches(spec, answers, drawn, (drawn.sample(SurveyDesign()),))
    later, frame = list(spec.moments()[1:]), frame_of(answers, spec, "y")
    found = batch.solution("y", "all", later)
    fewer = frame.rows(np.arange(frame.n) > 0)
    one = regressed(spec, fewer, later, drawn, "all", found)
    assert not one.memory
    assert one.fitted.fit.coef == approx(
        regressed(spec, fewer, later, drawn, "all").fitted.fit.coef, rel=ROUNDING
    )


def test_a_fit_of_given_coefficients_is_that_of_least_squares() -> None:
    rng = np.random.default_rng(3)
    x = np.column_stack([np.ones(40), rng.normal(size=(40, 2))])
    y, weights = x @ [5.0, 1.0, -2.0] + rng.normal(size=40), rng.integers(0, 4, 40).astype(float)
    whole = least_squares(y, x, weights)
    coef = np.linalg.solve(x.T @ (weights[:, None] * x), x.T @ (weights * y))
    found = of_coefficients(y, x, weights, coef, x.T @ (weights[:, None] * x))
    for name in ("coef", "x", "root", "residuals", "bread", "weights", "basis", "outcome"):
        assert getattr(found, name) == approx(getattr(whole, name), rel=1e-10, abs=1e-12), name
    assert found.r_squared == approx(whole.r_squared, rel=1e-12)
    assert found.residual_variance == approx(whole.residual_variance, rel=1e-12)
    assert (found.n_obs, found.n_parameters) == (whole.n_obs, whole.n_parameters)
    with pytest.raises(NotEstimable, match="does not vary"):
        of_coefficients(np.full(40, 7.3), x, weights, coef, x.T @ (weights[:, None] * x))
