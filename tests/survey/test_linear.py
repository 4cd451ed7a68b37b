"""Linearised standard errors: R's survey 4.1, case 33, closed forms and invariance."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from cesp_analysis.declared.surveys import SurveyDesign
from cesp_analysis.models.least_squares import LeastSquares, least_squares
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.survey_design import Sample, records_of, sample_of
from cesp_analysis.models.survey_linear import Linearised, linearised
from cesp_analysis.models.survey_many import many
from cesp_analysis.models.survey_margins import residual_of_margins
from survey_records import REFERENCE, by_r, codes, design_of, panel_of, regression, survey_rows

CASE = Path(__file__).resolve().parents[3] / "shared/cases/33-stratum-with-one-neighbourhood"
R = by_r()
EXACT = 1e-8  # closed forms on both sides; JSON and CSV hold 15 digits, and QR rounds


def agrees(found: tuple[LeastSquares, Linearised], expected: dict[str, Any], rel: float) -> None:
    fit, said = found
    assert fit.coef == approx(expected["coef"], rel=rel)
    assert said.covariance == approx(np.array(expected["vcov"]), rel=rel, abs=rel * 1e-2)
    assert said.df == expected["df"]


def plain(d: pd.DataFrame, **settings: Any) -> Sample:
    return Sample(
        codes(d["district"]), codes(d["nb"]), d["design"].to_numpy(dtype=float), **settings
    )


def cells(d: pd.DataFrame, name: str) -> np.ndarray:
    return codes(d["site"].astype(str) + "." + d["wave"].astype(str) + "." + d[name].astype(str))


def test_strata_clusters_weights_and_domains_as_r() -> None:
    d = survey_rows()
    agrees(regression(d, plain(d)), R["plain"], EXACT)
    agrees(regression(d, plain(d), d["answered"].to_numpy()), R["domain"], EXACT)


def test_calibrated_weights_as_r() -> None:
    d = survey_rows()
    base, sex, age = d["design"].to_numpy(dtype=float), cells(d, "sex"), cells(d, "age")
    for name, margins, counted, rel in (
        ("post", (age,), base, EXACT),
        ("calibrated", (sex, age), base, EXACT),
        ("raked", (sex, age), None, 1e-6),  # R stops after ten rounds of its projection
    ):
        sample = replace(plain(d), weight=np.array(R[name]["weight"]), margins=margins)
        agrees(regression(d, replace(sample, margin_weight=counted)), R[name], rel)
        if name == "raked":
            agrees(regression(d, sample, d["answered"].to_numpy()), R["raked_domain"], rel)


def test_every_rule_for_a_lone_neighbourhood_as_r() -> None:
    d = survey_rows()
    d = d[~((d["district"] == 3) & (d["nb"] > 13))].reset_index(drop=True)
    for rule in ("adjust", "certainty", "average"):
        found = regression(d, plain(d, lone=rule, psu_names=tuple("abcdefghijkl")))
        agrees(found, R[rule], EXACT)
        assert found[1].said[0].startswith("stratum 3 has one neighbourhood (j): ")
    with pytest.raises(NotEstimable, match="stratum 3 has one neighbourhood") as said:
        regression(d, plain(d))
    assert all(choice in str(said.value) for choice in ("adjust", "certainty", "average", "merge"))


def test_all_neighbourhoods_are_strata_by_the_wave_first_drawn_as_r() -> None:
    d = survey_rows()
    records = records_of(panel_of(d))
    declared = SurveyDesign(neighbourhoods="all")
    agrees(regression(d, sample_of(records, declared)), R["all"], EXACT)


def test_published_values_of_apiclus1() -> None:
    """They hold a finite population correction, 15 of 757 districts, which is not made here."""
    d = pd.read_csv(REFERENCE / "apiclus1.csv")
    r, n = R["apiclus1"], len(d)
    one = np.zeros(n, dtype=np.intp)
    drawn = Sample(one, codes(d["dnum"]), d["pw"].to_numpy(dtype=float))
    kinds, wide = codes(d["stype"]), codes(d["sch.wide"])
    margins = {"mean": (), "raked": (kinds, wide), "early": (kinds, wide), "post": (kinds,)}
    weights = {"mean": d["pw"]} | {way: r[f"{way}_weight"] for way in ("raked", "early", "post")}
    y, left = d["api00"].to_numpy(dtype=float), 1 - 15 / 757
    printed = {"mean": 23.54224, "early": 23.70364, "post": 23.92049}
    means = {"mean": 644.1694, "early": 641.2302, "post": 642.3108}
    for way, cells_of in margins.items():
        sample = replace(drawn, weight=np.array(weights[way]), margins=cells_of)
        mean = np.average(y, weights=sample.weight)
        pull = sample.weight * (y - mean) / sample.weight.sum()
        found = np.sqrt(left * linearised(pull, sample).covariance[0, 0])
        # raking that stopped early (the published one) meets no margin exactly: R then projects by
        # the weights of each step, here by the last ones
        rel = 2e-6 if way == "early" else 1e-8
        assert (mean, found) == approx((r[way]["mean"], r[way]["se"]), rel=rel)
        if way in printed:
            assert (mean, found) == approx((means[way], printed[way]), abs=6e-5)
    raked = replace(drawn, weight=np.array(r["raked_weight"]), margins=(kinds, wide))
    early = replace(raked, weight=np.array(weights["early"]))
    total = linearised(early.weight * d["enroll"].to_numpy(dtype=float), early)
    error = np.sqrt(left * total.covariance[0, 0])
    assert (float(early.weight @ d["enroll"]), error) == approx((3_647_300, 400_602.7), rel=2e-5)
    assert error == approx(r["total"]["se"], rel=2e-5)
    assert total.df == r["df"] == 14
    x = np.column_stack([np.ones(n), d["ell"], d["meals"]])
    fit = least_squares(y, x, raked.weight)
    pull = fit.x * (np.sqrt(fit.weights) * fit.residuals)[:, None] @ fit.bread
    errors = np.sqrt(left * np.diag(linearised(pull, raked).covariance))
    assert fit.coef == approx(r["glm"]["coef"], rel=1e-8)
    assert errors == approx(r["glm"]["se"], rel=1e-8)
    # again the published raking stopped early
    assert fit.coef == approx([807.892591, -0.385037, -3.145212], rel=2e-5)
    assert errors == approx([18.975864, 0.294151, 0.328665], rel=2e-5)


@pytest.mark.skipif(not CASE.is_dir(), reason="shared/cases is absent")
def test_case_33_one_neighbourhood_in_a_stratum() -> None:
    d = pd.read_csv(CASE / "respondents.csv")
    told = json.loads((CASE / "expected.json").read_text(encoding="utf-8"))["values"]
    expected = {one["name"]: one["value"] for one in told}
    y, w = d["life_satisfaction"].to_numpy(dtype=float), d["weight"].to_numpy(dtype=float)
    names = tuple(f"district {name}" for name in sorted(d["district"].unique()))
    units = tuple(sorted(d["neighbourhood"].unique()))
    drawn = Sample(
        codes(d["district"]), codes(d["neighbourhood"]), w, strata_names=names, psu_names=units
    )

    def mean(sample: Sample, inside: np.ndarray) -> tuple[float, float, int]:
        own = np.average(y[inside], weights=w[inside])
        pull = np.where(inside, w * (y - own) / w[inside].sum(), 0.0)
        found = linearised(pull, sample, inside)
        return own, float(np.sqrt(found.covariance[0, 0])), found.df

    everybody = np.ones(len(d), dtype=bool)
    with pytest.raises(NotEstimable, match=r"^district east has one neighbourhood \(E1\)"):
        mean(drawn, everybody)
    for rule in ("adjust", "certainty", "average"):
        found = mean(replace(drawn, lone=rule), everybody)  # type: ignore[arg-type]
        assert found == approx((expected["mean"], expected[f"se_{rule}"], 7), rel=1e-10)
        with pytest.raises(NotEstimable, match=r"^no interval: one neighbourhood$"):
            mean(replace(drawn, lone=rule), (d["district"] == "east").to_numpy())  # type: ignore[arg-type]
    for district in ("north", "south", "west"):
        found = mean(drawn, (d["district"] == district).to_numpy())
        assert found[1] == approx(expected[f"se_{district}"], rel=1e-8)


def test_neither_order_nor_names_nor_the_scale_of_weights_matter() -> None:
    d = survey_rows()
    panel = panel_of(d, district=pd.Categorical(d["district"].astype(str)))
    declared = SurveyDesign(strata="district")
    first = regression(d, sample_of(records_of(panel), declared))[1]
    assert first.covariance == approx(np.array(R["plain"]["vcov"]), rel=EXACT, abs=EXACT)
    turn = np.random.default_rng(3).permutation(len(d))
    moved = d.iloc[turn].reset_index(drop=True)
    names = {f"n{nb}": f"z{(7 * nb) % 31}" for nb in range(30)}
    other = panel.iloc[turn].reset_index(drop=True).assign(weight=lambda p: 3.7 * p["weight"])
    other["neighbourhood"] = other["neighbourhood"].cat.rename_categories(names)
    second = regression(moved, sample_of(records_of(other), declared))[1]
    assert second.covariance == approx(first.covariance, rel=1e-10)
    assert second.df == first.df


def test_a_mean_of_alike_neighbourhoods_is_the_t_test_of_their_means() -> None:
    rng = np.random.default_rng(5)
    y = rng.normal(size=60) + np.repeat(rng.normal(size=12), 5)
    sample = Sample(np.zeros(60, dtype=np.intp), np.repeat(np.arange(12), 5), np.full(60, 2.0))
    found = linearised((y - y.mean()) / 60, sample)
    means = y.reshape(12, 5).mean(axis=1)
    assert found.covariance[0, 0] == approx(means.var(ddof=1) / 12, rel=1e-12)
    assert (found.df, found.n_psus, found.n_strata) == (11, 12, 1)


def test_a_study_without_neighbourhoods_has_respondents_as_units() -> None:
    d = survey_rows()
    panel = panel_of(d).assign(neighbourhood=pd.Categorical([None] * len(d)))
    sample = sample_of(records_of(panel), None)
    assert (sample.unit, len(sample.stratum_of)) == ("respondent", d["id"].nunique())
    assert len(sample.units_in) == 2  # the sites


def test_what_cannot_be_a_design_is_said_in_a_line() -> None:
    d = survey_rows()
    panel = panel_of(d, district=pd.Categorical(d["wave"].astype(str)))
    with pytest.raises(NotEstimable, match="neighbourhood n10 has respondents in district 0"):
        sample_of(records_of(panel), SurveyDesign(strata="district"))
    blank = panel.assign(neighbourhood=panel["neighbourhood"].mask(panel.index < 3))
    with pytest.raises(NotEstimable, match=r"^3 of 188 respondents' records have no neigh"):
        sample_of(records_of(blank), None)
    blank = panel.assign(neighbourhood=panel["neighbourhood"].mask(panel.index < 1))
    with pytest.raises(NotEstimable, match=r"^1 of 188 respondents' records has no neigh"):
        sample_of(records_of(blank), None)
    for n, said in ((1, "1 of 188 respondents' records has"), (2, "2 of 188 respondents' records")):
        blank = panel.assign(district=panel["district"].mask(panel.index < n))
        waves = sorted(set(panel["time"][:n].astype(str)))
        with pytest.raises(NotEstimable, match=f"^{said}") as caught:
            sample_of(records_of(blank), SurveyDesign(strata="district"))
        assert f"no district, which surveys.strata names (in {' and '.join(waves)})" in str(
            caught.value
        )


def test_many_outcomes_at_once_are_each_as_alone() -> None:
    d = survey_rows()
    rng = np.random.default_rng(4)
    y = np.column_stack([d["y"], d["y"] ** 2, rng.normal(size=len(d))])
    y[rng.random(y.shape) < 0.1] = np.nan
    contrasts = np.eye(7)[[5, 6]]
    post = replace(
        plain(d),
        weight=np.array(R["post"]["weight"]),
        margins=(cells(d, "age"),),
        margin_weight=d["design"].to_numpy(dtype=float),
    )
    lone = replace(post, strata=codes(d["district"] + 9 * (d["nb"] == 14)), lone="adjust")
    for sample in (plain(d), post, lone):
        found = many(y, design_of(d), contrasts, sample)
        for j in range(3):
            inside = ~np.isnan(y[:, j])
            fit, said = regression(d.assign(y=np.where(inside, y[:, j], 0)), sample, inside)
            # normal equations beside QR: some digits fewer
            assert found.estimate[j] == approx(contrasts @ fit.coef, rel=1e-9)
            own = contrasts @ said.covariance @ contrasts.T
            assert found.covariance[j] == approx(own, rel=1e-9, abs=1e-12)
            assert found.df[j] == said.df
    twice = np.column_stack([design_of(d), design_of(d)[:, 1]])
    with pytest.raises(NotEstimable, match="computed from one another"):
        many(y, twice, np.eye(8)[[5]], plain(d))


def test_a_category_that_is_not_known_is_no_known_part_of_the_population() -> None:
    """Closed form: of a mean, the share of the unknown varies, and so does theirs; P of the others
    is the population's. Without drift (P the sample's own shares) the regression is exact."""
    rng = np.random.default_rng(5)
    cell = np.repeat([0, 1, 2], [60, 90, 50]).astype(np.intp)  # 2: not known
    y = rng.normal(size=200) + np.array([0.0, 2.0, 5.0])[cell]
    sample = Sample(
        np.zeros(200, dtype=np.intp), np.arange(200), np.ones(200), margins=(cell,),
        margin_known=((cell < 2).astype(np.intp),), margin_group=np.zeros(200, dtype=np.intp),
    )  # fmt: skip
    means, u = np.array([y[cell == c].mean() for c in range(3)]), 50 / 200
    gap = means[2] - (60 * means[0] + 90 * means[1]) / 150
    expected = (y - means[cell] + gap * np.where(cell == 2, 1 - u, -u)) / 200
    found = residual_of_margins(((y - y.mean()) / 200)[:, None], sample)[:, 0]
    assert found == approx(expected, abs=1e-15)
    known = replace(sample, margin_known=(), margin_group=None)
    taken_as_known = residual_of_margins(((y - y.mean()) / 200)[:, None], known)[:, 0]
    assert taken_as_known == approx((y - means[cell]) / 200, abs=1e-15)


def test_a_lone_unit_of_another_site_and_wave_stops_no_domain_apart_from_it() -> None:
    group = np.repeat([0, 1], [9, 4]).astype(np.intp)
    strata = np.repeat([0, 1], [9, 4]).astype(np.intp)
    psu = np.concatenate([np.repeat([0, 1, 2], 3), np.full(4, 3)]).astype(np.intp)
    margins = (np.concatenate([np.tile([0, 1, 1], 3), [2, 3, 2, 3]]).astype(np.intp),)
    y = np.random.default_rng(6).normal(size=13) + 100
    inside = group == 0
    pull = np.where(inside, (y - y[inside].mean()) / 9, 0.0)
    sample = Sample(strata, psu, np.full(13, 7.3), margins=margins, margin_group=group)
    found = linearised(pull, sample, inside)
    assert found.df == 2 and found.said == ()
    with pytest.raises(NotEstimable, match="one neighbourhood"):
        linearised(pull, sample, np.ones(13, dtype=bool))
