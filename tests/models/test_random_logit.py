"""A random intercept in kinds `ordinal` and `glm`: R, a plain sum, invariances, bad input."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from cesp_analysis.models.cumulative_logit import fit_cumulative_logit
from cesp_analysis.models.random_logit import evaluate, information, stacked
from cesp_analysis.models.random_logit_fit import (
    RandomLogit,
    _climb,
    fit_random_logit,
    proportional_odds_test,
)
from cesp_analysis.models.results import Estimate
from random_records import DATA, asked, columns, panel_made

R: dict[str, Any] = json.loads(Path("tests/reference/random_logit.json").read_text())
# R's optimisers stop some six digits into the coefficients, which shows as 1e-12 of the likelihood
OPTIMISER = 2e-5


def wine() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    d = {name: np.array(values, dtype=float) for name, values in R["wine_data"].items()}
    return d["rating"], np.column_stack([d["temp"], d["contact"]]), d["judge"].astype(int)


def cbpp() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    d = pd.DataFrame(R["cbpp_data"])
    y = np.concatenate(
        [np.repeat([1.0, 0.0], [k, n - k]) for k, n in d[["incidence", "size"]].to_numpy()]
    )
    rows = d.loc[d.index.repeat(d["size"])]
    x = np.column_stack([(rows["period"] == k).astype(float) for k in (2, 3, 4)])
    return y, x, rows["herd"].to_numpy()


@pytest.mark.parametrize(("by", "points"), [("laplace", 1), ("agq", 10)])
def test_wine_is_clmms(by: str, points: int) -> None:
    fit, there = fit_random_logit(*wine(), points), R["wine"][by]
    assert fit.coef[:4] == pytest.approx(there["threshold"], abs=OPTIMISER)
    assert fit.coef[4:] == pytest.approx(there["slope"], abs=OPTIMISER)
    assert fit.sd**2 == pytest.approx(there["variance"], abs=OPTIMISER)
    assert fit.log_likelihood == pytest.approx(there["log_likelihood"], abs=1e-8)


def test_wine_is_as_published() -> None:
    """The values of the R package's default settings, which stop earlier."""
    laplace, agq = (fit_random_logit(*wine(), points) for points in (1, 10))
    assert laplace.coef[4:] == pytest.approx([3.06299663, 1.83488492], abs=2e-5)
    error = np.sqrt(np.diag(np.linalg.inv(laplace.information)))[4:6]
    assert error == pytest.approx([0.59537618, 0.51252933], abs=5e-5)
    assert laplace.sd**2 == pytest.approx(1.27946091, abs=2e-5)
    assert laplace.log_likelihood == pytest.approx(-81.5654093, abs=5e-6)
    assert agq.coef[4:] == pytest.approx([3.06189099, 1.83343337], abs=1e-5)
    assert agq.sd**2 == pytest.approx(1.28773313, abs=1e-5)
    assert agq.log_likelihood == pytest.approx(-81.5324607, abs=1e-7)


@pytest.mark.parametrize(("by", "points"), [("laplace", 1), ("agq", 9)])
def test_cbpp_is_glmers(by: str, points: int) -> None:
    fit, there = fit_random_logit(*cbpp(), points), R["cbpp"][by]
    assert [-fit.coef[0], *fit.coef[1:]] == pytest.approx(there["coef"], abs=1e-6)
    assert fit.sd**2 == pytest.approx(there["variance"], abs=1e-6)


def test_cbpp_is_as_published() -> None:
    """glmer's default tolerances leave 2e-4 of the coefficients in the Laplace approximation."""
    laplace, agq = (fit_random_logit(*cbpp(), points) for points in (1, 9))
    published = [-1.39834286, -0.99192498, -1.12821622, -1.57974541]
    assert [-laplace.coef[0], *laplace.coef[1:]] == pytest.approx(published, abs=1e-3)
    published = [-1.39921944, -0.99140866, -1.12781284, -1.57948777]
    assert [-agq.coef[0], *agq.coef[1:]] == pytest.approx(published, abs=2e-5)
    assert agq.sd**2 == pytest.approx(0.41927938, abs=1e-5)


def own(name: str, points: int) -> RandomLogit:
    group = DATA["near" if name == "near" else "i"].to_numpy()
    return fit_random_logit(
        DATA["bin" if name == "binary" else "ord"].to_numpy(), columns(), group, points
    )


def test_the_reference_has_these_data() -> None:
    assert R["sums"] == {"n": len(DATA), "ord": DATA["ord"].sum(), "bin": DATA["bin"].sum()}


@pytest.mark.parametrize("name", ["person", "near"])
@pytest.mark.parametrize(("by", "points"), [("laplace", 1), ("agq", 11)])
def test_survey_records_are_clmms(name: str, by: str, points: int) -> None:
    fit, there = own(name, points), R["clmm"][name][by]
    assert -1e-9 <= fit.log_likelihood - there["log_likelihood"] < 1e-6  # where clmm stops
    assert fit.coef[:3] == pytest.approx(there["threshold"], abs=1e-4)
    assert fit.sd**2 == pytest.approx(there["variance"], abs=1e-4)


@pytest.mark.parametrize("name", ["person", "near", "binary"])
def test_coefficients_and_errors_are_those_of_a_plain_sum_over_the_random_effect(name: str) -> None:
    # 25 points leave 1e-9 of the log-likelihood; numDeriv's Hessian has some seven digits
    fit, there = own(name, 25), R["grid"][name]
    assert fit.log_likelihood == pytest.approx(there["log_likelihood"], abs=1e-7)
    assert fit.params == pytest.approx(there["par"], abs=1e-6)
    error = np.sqrt(np.diag(np.linalg.inv(fit.information)))
    assert error == pytest.approx(there["std_error"], rel=1e-5)


@pytest.mark.parametrize(
    ("name", "outcome", "level"),
    [("person", "ord", "person"), ("near", "ord", "neighbourhood"), ("binary", "bin", "person")],
)
def test_the_effect_is_the_integral_over_the_random_effect(
    name: str, outcome: str, level: str
) -> None:
    fit = asked(outcome, random=[level], quadrature=25).fit(panel_made())
    rows = [
        row for row in fit.estimates if row.time == "t2" and not row.estimate_id.endswith("mean")
    ]
    for row, there in zip(rows, R["grid"][name]["difference"], strict=True):
        assert row.estimate == pytest.approx(there["estimate"], abs=1e-7)
        assert row.std_error == pytest.approx(there["std_error"], rel=1e-5)
        assert row.df == float("inf") and "normal interval" in str(row.method)
        assert (row.cluster_level, row.n_clusters) == (
            ("respondent", 90) if level == "person" else (level, 10)
        )
    kept = fit.diagnostics[outcome]["random"]
    assert kept["sd"] == pytest.approx(R["grid"][name]["par"][-1], abs=1e-6)


@pytest.mark.parametrize("points", [1, 2, 7])
def test_score_and_information_are_the_likelihoods_derivatives(points: int) -> None:
    """Away from the optimum, against differences of the log-likelihood itself."""
    fit = own("person", points)
    params, mode = fit.params + np.linspace(-0.2, 0.3, len(fit.params)), np.zeros(90)

    def loglik(at: np.ndarray) -> float:
        found = evaluate(fit.of, at, points, mode)
        assert found is not None
        return float(found.loglik.sum())

    here = evaluate(fit.of, params, points, mode)
    assert here is not None
    step = np.eye(len(params)) * 1e-5
    slope = [(loglik(params + d) - loglik(params - d)) / 2e-5 for d in step]
    assert here.score(fit.of) == pytest.approx(slope, abs=1e-6)  # of differences: 1e-10 / 1e-5
    assert here.scores(fit.of).sum(axis=0) == pytest.approx(here.score(fit.of), abs=1e-10)
    bent = []
    for d in step:
        up, down = (evaluate(fit.of, params + e, points, mode) for e in (d, -d))
        assert up is not None and down is not None
        bent.append((down.score(fit.of) - up.score(fit.of)) / 2e-5)
    assert information(fit.of, params, points, here.mode) == pytest.approx(np.array(bent), abs=1e-5)


def estimates(panel: pd.DataFrame, outcome: str = "ord", **settings: Any) -> list[Estimate]:
    return list(asked(outcome, **settings).fit(panel).estimates)


def numbers(rows: list[Estimate]) -> list[float]:
    return [float(value) for row in rows for value in (row.estimate or 0, row.std_error or 0)]


def test_order_names_and_labels_do_not_matter() -> None:
    first = numbers(estimates(panel_made(), random=["neighbourhood"], cluster="neighbourhood"))
    turned = DATA.sample(frac=1, random_state=1).assign(near=lambda d: 99 - d["near"])
    turned = turned.assign(i=1000 - turned["i"])
    again = numbers(
        estimates(panel_made(turned), random=["neighbourhood"], cluster="neighbourhood")
    )
    assert again == pytest.approx(first, rel=1e-9)


def test_categories_turned_round_turn_the_effect() -> None:
    rows = estimates(panel_made(), random=["person"])
    turned = estimates(panel_made(DATA.assign(ord=3 - DATA["ord"])), random=["person"])
    mean, back = (
        one for rows in (rows, turned) for one in rows if one.estimate_id.endswith("t2/mean")
    )
    assert back.estimate == pytest.approx(-float(mean.estimate or 0), rel=1e-8)
    assert back.std_error == pytest.approx(mean.std_error, rel=1e-8)


def test_two_categories_are_the_logistic_mixed_model() -> None:
    data = DATA.assign(ord=DATA["bin"])
    ordinal = estimates(panel_made(data), random=["person"], at_least=[1])
    binary = estimates(panel_made(data), "bin", random=["person"])
    pairs = [row for row in ordinal if not row.estimate_id.endswith("mean")]
    assert numbers(pairs) == pytest.approx(numbers(binary), rel=1e-9)


def test_the_jackknife_is_that_of_models_without_each_neighbourhood() -> None:
    """One Newton step from the whole fit: near the models fitted anew, and equal in direction."""
    fit = own("person", 11)
    near = DATA["near"].to_numpy()
    person = np.unique(DATA["i"], return_inverse=True)[1]
    cluster = np.zeros(person.max() + 1, dtype=int)
    cluster[person] = near - 1
    ours = np.sqrt(np.diag(fit.jackknife(cluster)))[:-1]
    anew = []
    for g in range(1, 11):
        kept = near != g
        anew.append(
            fit_random_logit(
                DATA["ord"].to_numpy()[kept], columns()[kept], DATA["i"].to_numpy()[kept], 11
            ).coef
        )
    moved = np.array(anew) - fit.coef
    whole = np.sqrt((moved**2).sum(axis=0) * 9 / 10)
    assert ours == pytest.approx(whole, rel=0.06)  # what a second step would change, largest 4.9%


def test_a_variance_of_zero_is_said_and_is_the_model_without() -> None:
    rng = np.random.default_rng(3)  # answers that have nothing to do with the neighbourhood
    data = DATA.assign(ord=rng.permutation(DATA["ord"]))
    spec = asked("ord", random=["neighbourhood"])
    fit = spec.fit(panel_made(data))
    fixed = fit_cumulative_logit(data["ord"].to_numpy(), columns())
    assert fit.diagnostics["ord"]["random"]["sd"] < 1e-6
    assert list(fit.diagnostics["ord"]["threshold"].values()) == pytest.approx(
        list(fixed.coef[:3]), abs=1e-8
    )
    plain = estimates(panel_made(data))
    assert [row.estimate for row in fit.estimates] == pytest.approx(
        [row.estimate for row in plain], abs=1e-8
    )
    assert all("estimated as zero" in " ".join(row.warnings) for row in fit.estimates)


def test_off_leaves_everything_as_it_is() -> None:
    assert "random" not in asked("ord").model_dump(exclude_defaults=True)
    rows = estimates(panel_made())
    assert all("CR2" in str(row.method) for row in rows)


def test_the_score_test_is_near_the_likelihood_ratio() -> None:
    """Both are quadratic in departures of the size of one standard error; they differ by terms of
    the next order, a share of about √(9.6 / 240) = 0.2 of themselves here: 9.08 and 9.56."""
    y, x, group = DATA["ord"].to_numpy(), columns(), DATA["near"].to_numpy()
    fit = fit_random_logit(y, x, group, 11)
    found = proportional_odds_test(fit, y, x, group)
    assert found is not None and found[1] == 12
    wide = stacked(y.astype(int), x, group, 3, slopes_by_cut=True)
    start = np.concatenate([fit.coef, np.zeros(12), [fit.sd]])
    _, at, _, _ = _climb(wide, start, 11)
    ratio = 2 * (at.loglik.sum() - fit.log_likelihood)
    # between what is measured (5%) and that share: a factor of 2 or a wrong block is further off
    assert found[0] == pytest.approx(ratio, rel=0.1)


def test_slopes_that_differ_between_cuts_are_found() -> None:
    rng = np.random.default_rng(1)
    person = np.repeat(np.arange(300), 3)
    z = rng.normal(size=300)[person]
    x = rng.normal(size=(900, 1))
    at = rng.logistic(size=900)
    broken = np.where(at < -1 + z, 0, np.where(at < 1 + z - 1.5 * x[:, 0] * (at > 0), 1, 2))
    fit = fit_random_logit(broken.astype(float), x, person, 11)
    found = proportional_odds_test(fit, broken.astype(float), x, person)
    assert found is not None and found[2] < 1e-4


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"random": ["person"], "weighted": True}, "survey weights of records"),
        ({"random": ["person"], "covariance": "CR2"}, "with random it is that of the likelihood"),
        ({"random": ["person"], "cluster": "site"}, "site does not go with random"),
        ({"quadrature": 5}, "is of a random effect"),
    ],
)
def test_settings_that_do_not_fit(settings: dict[str, Any], words: str) -> None:
    spec = asked("ord", **settings)
    assert any(words in line for line in spec.faults())


def test_one_random_intercept_at_most() -> None:
    with pytest.raises(ValidationError, match="at most 1"):
        asked("ord", random=["person", "neighbourhood"])


def test_counts_have_none() -> None:
    spec = asked("bin", family="poisson", random=["person"])
    assert any("family: binomial" in line for line in spec.faults())


def reasons(rows: list[Estimate]) -> set[str]:
    assert all(row.estimate is None and row.std_error is None for row in rows)
    return {str(row.reason) for row in rows}


def test_one_record_each() -> None:
    data = DATA.assign(i=np.arange(len(DATA)))
    (said,) = reasons(estimates(panel_made(data), random=["person"]))
    assert said.startswith("each person holds just one record: the variance between people")


def test_one_neighbourhood_an_arm() -> None:
    data = DATA.assign(near=DATA["a"])
    (said,) = reasons(estimates(panel_made(data), random=["neighbourhood"]))
    assert "a random effect at neighbourhood was asked for" in said


def test_units_who_always_answer_alike() -> None:
    data = DATA.assign(ord=DATA["i"] % 4, bin=DATA["i"] % 2)
    (said,) = reasons(estimates(panel_made(data), random=["person"]))
    assert "within every person all records have the same value" in said


def test_separation() -> None:
    data = DATA.assign(ord=np.where(DATA["age"] > 0, DATA["ord"] + 4, DATA["ord"]))
    data = data.assign(age=(data["age"] > 0).astype(float))
    (said,) = reasons(estimates(panel_made(data), random=["neighbourhood"]))
    assert said.startswith("age: ") and "separation" in said


def test_units_in_two_neighbourhoods() -> None:
    data = DATA.assign(
        near=np.where(DATA["t"] == 2, DATA["near"] % 5 + 5 * DATA["a"], DATA["near"])
    )
    rows = estimates(panel_made(data), random=["person"], cluster="neighbourhood")
    (said,) = reasons(rows)
    assert {row.status for row in rows} == {"refused"}
    assert "some people have records in more than one neighbourhood" in said


def test_laplace_with_few_records_a_unit_is_said_to_be_rough() -> None:
    row = estimates(panel_made(), random=["person"], quadrature=1)[0]
    assert any("twice as many points" in said for said in row.warnings)
    row = estimates(panel_made(), random=["person"])[0]
    assert not any("twice as many points" in said for said in row.warnings)
