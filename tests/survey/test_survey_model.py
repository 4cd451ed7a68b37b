"""Kind `survey`: R's svyglm, vector A3 in closed form, refusals, invariance."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from cesp_analysis.models.results import Estimate
from survey_records import a3, by_r, panel_of, survey_model, survey_rows

R = by_r()
EXACT = 1e-8  # closed forms on both sides; JSON and CSV hold 15 digits, and QR rounds


def panel() -> pd.DataFrame:
    d = survey_rows()
    return panel_of(d, x=d["x"].to_numpy(), district=pd.Categorical(d["district"].astype(str)))


def rows_of(data: pd.DataFrame, **settings: Any) -> dict[str, Estimate]:
    return {row.estimate_id: row for row in survey_model(**settings).fit(data).estimates}


def test_svyglm_gives_the_same_coefficients_errors_and_df() -> None:
    fit = survey_model(covariates=["x"], surveys={"strata": "district"}, average=True).fit(panel())
    expected, covariance = R["plain"], np.array(R["plain"]["vcov"])
    first, second, average = fit.estimates
    for row, at in ((first, 5), (second, 6)):
        assert row.estimate == approx(expected["coef"][at], rel=EXACT)
        assert row.std_error == approx(np.sqrt(covariance[at, at]), rel=EXACT)
        assert (row.df, row.n_clusters, row.cluster_level) == (8, 12, "neighbourhood")
        assert row.n_obs == 188 and row.n_units == 104
    half = np.array([0.5, 0.5])
    assert average.std_error == approx(np.sqrt(half @ covariance[5:, 5:] @ half), rel=EXACT)
    known = fit.diagnostics["y"]
    assert known["std_error"]["(intercept)"] == approx(np.sqrt(covariance[0, 0]), rel=EXACT)
    effects, own = np.array(expected["coef"][5:]), covariance[5:, 5:]
    wald = effects @ np.linalg.solve(own, effects)
    assert known["joint_test"]["f"] == approx(wald * 7 / 16, rel=1e-7)
    assert (known["joint_test"]["df_num"], known["joint_test"]["df_den"]) == (2, 7)
    means = {(mean.group, mean.time): mean for mean in fit.means}
    assert len(means) == 6
    assert means["south", "w0"].df == 8
    assert fit.checks[0].cluster == "neighbourhood" and len(fit.checks[0].contrasts) == 3


def test_strata_of_all_neighbourhoods_and_the_clusters_beside_them_as_r() -> None:
    found = rows_of(panel(), covariates=["x"], surveys={"neighbourhoods": "all"})
    assert list(found) == ["m/y/w1", "m/y/w1/clustered", "m/y/w2", "m/y/w2/clustered"]
    covariance = np.array(R["all"]["vcov"])
    for name, at in (("m/y/w1", 5), ("m/y/w2", 6)):
        row, beside = found[name], found[f"{name}/clustered"]
        assert row.std_error == approx(np.sqrt(covariance[at, at]), rel=EXACT)
        assert (row.df, row.cluster_level) == (R["all"]["df"], "respondent")
        assert (beside.df, beside.cluster_level) == (10, "neighbourhood")
        assert row.estimate == beside.estimate and row.estimand != beside.estimand
        assert any("residents of these very neighbourhoods" in said for said in row.warnings)
        assert any("neighbourhoods like these would" in said for said in beside.warnings)


def test_panel_members_those_seen_once_and_both_together_as_r() -> None:
    found = rows_of(panel(), respondents="combined")
    for wave, expected in R["parts"].items():
        both, *each = (found[f"m/y/{wave}{part}"] for part in ("", "/panel", "/cross_section"))
        assert [row.estimate for row in each] == approx(expected["estimates"], rel=EXACT)
        assert [row.std_error for row in each] == approx(expected["ses"], rel=EXACT)
        assert [both.estimate, both.std_error] == approx(expected["combined"], rel=EXACT)
        assert both.df == expected["df"] == 10
        assert both.method and f"{expected['share']:.0%} panel members" in both.method
    for part in ("panel", "cross_section"):
        alone = rows_of(panel(), respondents=part)
        for wave in ("w1", "w2"):
            beside = found[f"m/y/{wave}/{part}"]
            assert alone[f"m/y/{wave}"].std_error == beside.std_error
    known = survey_model(respondents="combined").fit(panel()).diagnostics["y"]
    gap = known["w1"]["panel_less_cross_section"]["std_error"]
    assert gap == approx(R["parts"]["w1"]["gap"], rel=EXACT)
    own = survey_rows()
    ids = [set(own.loc[own["wave"] == w, "id"]) for w in (0, 1)]
    assert known["overlap"]["w1"]["both"] == len(ids[0] & ids[1])
    assert known["overlap"]["w1"]["respondents"] == len(ids[0] | ids[1])


def movers() -> pd.DataFrame:
    """Three members move, as in survey.R: for good, back again, to the other site."""
    d = survey_rows()
    for unit, waves, site, nb in ((1, (1, 2), 0, 3), (112, (1,), 1, 15), (21, (2,), 1, 12)):
        d.loc[(d["id"] == unit) & d["wave"].isin(waves), ["site", "nb"]] = (site, nb)
    return panel_of(d)


def test_who_moves_counts_where_they_were_first_and_the_row_says_so_as_r() -> None:
    found = rows_of(movers(), respondents="combined")
    alone = rows_of(movers(), respondents="panel")
    for wave, expected in R["movers"].items():
        both, *each = (found[f"m/y/{wave}{part}"] for part in ("", "/panel", "/cross_section"))
        assert [row.estimate for row in each] == approx(expected["estimates"], rel=EXACT)
        assert [row.std_error for row in each] == approx(expected["ses"], rel=EXACT)
        assert [both.estimate, both.std_error] == approx(expected["combined"], rel=EXACT)
        assert alone[f"m/y/{wave}"].std_error == each[0].std_error
        said = [w for row in (both, each[0]) for w in row.warnings if "moved to another" in w]
        assert len(said) == 2 and said[0].startswith("2 of ")
        assert (", 1 of them to another site" in said[0]) == (wave == "w2")
        assert not any("moved" in w for w in each[1].warnings)
    every = rows_of(movers())["m/y/w2"]
    assert any("3 respondents moved" in w and "in which it was given" in w for w in every.warnings)
    beside = rows_of(movers(), respondents="panel", surveys={"neighbourhoods": "all"})
    for wave in ("w1", "w2"):
        clustered = beside[f"m/y/{wave}/clustered"]
        assert clustered.std_error == approx(R["movers"][wave]["ses"][0], rel=EXACT)


def test_a_place_that_only_movers_reach_is_no_sampling_unit() -> None:
    data = movers()
    there = (data["unit"] == "21") & (data["time"] == "w2")
    data["neighbourhood"] = data["neighbourhood"].cat.add_categories("n1x")
    data.loc[there, "neighbourhood"] = "n1x"
    found = rows_of(data, respondents="panel")["m/y/w2"]
    assert found.std_error == approx(R["movers"]["w2"]["ses"][0], rel=EXACT)
    assert found.df == R["movers"]["w2"]["df"]


def test_a3_least_squares_and_linearisation_by_hand() -> None:
    d = a3()
    assert (len(d), d["y"].sum()) == (160, approx(3366.5647980216, rel=1e-12))
    (row,) = rows_of(panel_of(d), waves=2).values()
    assert row.estimate == approx(1.3212003779, rel=1e-10)
    square = 0.0
    for site in (0, 1):
        own = d[d["site"] == site]
        totals = np.zeros(5)
        for wave in (0, 1):
            cell = own[own["wave"] == wave]
            pull = (cell["y"] - cell["y"].mean()) / len(cell) * (2 * wave - 1)
            totals += pull.groupby(cell["nb"]).sum().to_numpy()
        square += 5 / 4 * (totals**2).sum()  # the totals of a site sum to zero
    assert (row.std_error, row.df) == (approx(np.sqrt(square), rel=1e-12), 8)
    # Beside it CR1S of the same regression: its factor G/(G-1) (n-1)/(n-k) in place of 5/4
    factor = 10 / 9 * 159 / 156
    assert row.std_error == approx(0.9665461206 * np.sqrt(1.25 / factor), rel=1e-9)


def test_order_names_and_the_scale_of_weights_do_not_matter() -> None:
    data = panel()
    turned = data.iloc[np.random.default_rng(2).permutation(len(data))]
    turned = turned.assign(weight=5.5 * turned["weight"])
    for column in ("unit", "neighbourhood"):
        names = {name: f"z{i * 37 % 1009}" for i, name in enumerate(data[column].cat.categories)}
        turned[column] = turned[column].cat.rename_categories(names)
    for settings in ({"respondents": "combined"}, {"surveys": {"neighbourhoods": "all"}}):
        found, again = rows_of(data, **settings), rows_of(turned, **settings)
        for name, row in found.items():
            other = again[name]
            assert (other.estimate, other.std_error) == approx((row.estimate, row.std_error))
            assert (other.df, other.n_units) == (row.df, row.n_units)


def test_a_lone_neighbourhood_stops_its_rows_and_says_the_choices() -> None:
    data = panel()
    data = data[~((data["district"] == "3") & (data["neighbourhood"] != "n13"))]
    for settings in ({}, {"respondents": "combined"}):
        for row in rows_of(data, surveys={"strata": "district"}, **settings).values():
            assert row.status == "not_estimable" and row.reason
            assert row.reason.startswith("district 3 of north has one neighbourhood (n13), so")
            assert "adjust" in row.reason and "merge it with another" in row.reason
    declared = {"strata": "district", "lone_neighbourhood": "adjust"}
    row = rows_of(data, surveys=declared)["m/y/w1"]
    assert row.status == "estimated" and row.df == 6
    assert any("centred on the mean of all (adjust)" in said for said in row.warnings)


def test_one_neighbourhood_an_arm_is_refused_whatever_is_declared() -> None:
    data = panel()
    data = data[(data["arm"] == "control") | (data["neighbourhood"] == "n13")]
    declared = {"lone_neighbourhood": "certainty"}
    row = rows_of(data, surveys=declared)["m/y/w1"]
    assert row.status == "refused" and row.reason and "one (n13)" in row.reason
    assert rows_of(data, surveys={"neighbourhoods": "all"})["m/y/w1"].status == "estimated"


def test_missing_weights_and_lone_respondents_are_said() -> None:
    data = panel()
    data.loc[data.index[:4], "weight"] = np.nan
    said = rows_of(data)["m/y/w1"].warnings
    assert "4 records without a weight above 0 (blank, zero or less, or no number) left out" in said
    alone = data[(data["neighbourhood"] != "n0") | (data["unit"] == "1")]
    said = rows_of(alone)["m/y/w1"].warnings
    assert any(one.startswith("neighbourhood n0 has one respondent") for one in said)
    assert rows_of(data, weighted=False)["m/y/w1"].n_obs == 188


def test_weights_fitted_to_margins_make_the_interval_that_r_gives() -> None:
    d = survey_rows()
    for name, columns in (("post", ["age"]), ("raked", ["sex", "age"])):
        own = panel_of(d.assign(design=R[name]["weight"]), x=d["x"].to_numpy())
        own["district"] = pd.Categorical(d["district"].astype(str))
        for number, column in enumerate(columns, 1):
            cells = d["site"].astype(str) + d["wave"].astype(str) + d[column].astype(str)
            own[f"margin_{number}"] = pd.Categorical(cells)
        own["margin_weight"] = d["design"] if name == "post" else 1.0
        row = rows_of(own, covariates=["x"], surveys={"strata": "district"})["m/y/w2"]
        expected = np.sqrt(R[name]["vcov"][6][6])
        # raked: R stops after ten rounds of its projection
        assert row.std_error == approx(expected, rel=EXACT if name == "post" else 1e-6)
        assert row.method and "weights' margins taken as known" in row.method


def test_without_neighbourhoods_respondents_are_the_units() -> None:
    data = panel().assign(neighbourhood=pd.Categorical([None] * 188))
    row = rows_of(data)["m/y/w1"]
    assert (row.cluster_level, row.df) == ("respondent", 102)


def test_settings_that_do_not_fit_are_named() -> None:
    assert "level:" in next(survey_model(level="person").faults())
    assert "average:" in next(survey_model(respondents="panel", average=True).faults())


FEW = "a linearised interval is rather too narrow"


def test_few_neighbourhoods_are_said_of_the_combination_too_and_of_each_arm() -> None:
    def told(row: Estimate) -> str:
        return next(one for one in row.warnings if FEW in one)

    found = rows_of(panel(), respondents="combined")
    assert len(found) == 6
    both = "the intervention arm has 6 and the control arm has 6 neighbourhoods: with so few"
    few = [row for row in found.values() if not row.estimate_id.endswith("cross_section")]
    for row in few:  # of those seen once it is said by how much
        assert told(row).startswith(both) and "CR2" not in told(row)  # the ladder has none of these
    whole = survey_model(average=True).fit(panel()).estimates
    assert ["CR2" in told(row) for row in whole] == [True, True, False]


def with_tenure(of_members: str, of_others: tuple[str, ...]) -> tuple[pd.DataFrame, int]:
    """The panel with tenure: members of the first two waves have one, others several; and the
    number of these members."""
    data = panel()
    seen = [set(data.loc[data["time"] == wave, "unit"]) for wave in ("w0", "w1")]
    members = data["unit"].isin(seen[0] & seen[1]).to_numpy()
    codes = data["unit"].cat.codes.to_numpy() % len(of_others)
    words = np.where(members, of_members, np.array(of_others)[codes])
    halves = np.where(data["unit"].cat.codes % 2 == 0, "owner", of_members)
    words = np.where(members, halves, words)
    return data.assign(tenure=pd.Categorical(words)), len(seen[0] & seen[1])


def test_a_category_that_nobody_of_a_part_has_leaves_its_model_and_is_said() -> None:
    data, members = with_tenure("renter", ("owner", "renter", "squatter"))
    asked: dict[str, Any] = {"respondents": "panel", "covariates": ["tenure"], "waves": 2}
    (row,) = rows_of(data, **asked).values()
    assert row.status == "estimated" and row.n_units == members
    said = f"nobody of the {members} respondents here has tenure squatter, which is left out"
    assert any(one.startswith(said) for one in row.warnings)
    own = data.assign(tenure=data["tenure"].cat.set_categories(["owner", "renter"]))
    (alone,) = rows_of(own, **asked).values()  # whoever has another category is not a member
    assert (row.estimate, row.std_error) == approx((alone.estimate, alone.std_error), rel=EXACT)


def test_where_nobody_of_a_part_has_the_reference_another_category_is_it() -> None:
    data, members = with_tenure("renter", ("owner", "renter", "squatter"))
    asked: dict[str, Any] = {"respondents": "panel", "covariates": ["tenure"], "waves": 2}
    turned = data.assign(
        tenure=data["tenure"].cat.reorder_categories(["squatter", "owner", "renter"])
    )
    (row,), (first,) = rows_of(turned, **asked).values(), rows_of(data, **asked).values()
    assert row.estimate == approx(first.estimate, rel=EXACT)
    said = f"nobody of the {members} respondents here has the category of reference of tenure"
    assert any(one == f"{said}; here it is owner" for one in row.warnings)


def test_a_part_that_cannot_be_estimated_has_its_own_n() -> None:
    data = panel()
    found = rows_of(data.assign(twice=data["x"]), respondents="combined", covariates=["x", "twice"])
    good = rows_of(data, respondents="combined", covariates=["x"])
    for name in ("m/y/w1/panel", "m/y/w1/cross_section"):
        assert found[name].status == "not_estimable"
        assert (found[name].n_obs, found[name].n_units) == (good[name].n_obs, good[name].n_units)


def test_nobody_seen_twice_leaves_no_panel_and_says_so() -> None:
    found = rows_of(panel_of(a3()), waves=2, respondents="combined")
    assert {row.status for row in found.values()} == {"not_estimable", "estimated"}
    reason = found["m/y/w1"].reason
    assert reason and "no panel to combine" in reason and "respondents: all" in reason
    with pytest.raises(KeyError):
        found["m/y/w2"]
