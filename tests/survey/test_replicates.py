"""Replicate standard errors: R's survey, closed forms, and what is said where there are none."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from cesp_analysis.declared.surveys import SurveyDesign, Trim
from cesp_analysis.survey import replicate as step
from cesp_analysis.survey.replicate import ReplicateSpec, far_apart, rows_of
from cesp_analysis.survey.replicate_weights import Replicates, bootstrap, jackknife
from cesp_analysis.survey.weighed import Weighed, weighed
from generated_survey import DECLARED, SITES, WAVES, margins, panel_of, respondents

R = json.loads(
    (Path(__file__).parents[1] / "reference/survey_weights.json").read_text(encoding="utf-8")
)["own"]
EXACT = 1e-8  # raking stops at 1e-10 of a category here, at 1e-13 in R


def spec(**changed: Any) -> ReplicateSpec:
    told: dict[str, Any] = {
        "method": "rake", "declared": DECLARED, "replicates": "jackknife",
        "design": SurveyDesign(), "outcomes": {"y": WAVES},
    }  # fmt: skip
    return ReplicateSpec(**(told | changed))


def done(folder: Path, how: ReplicateSpec, people: pd.DataFrame | None = None) -> Weighed:
    panel = panel_of(respondents() if people is None else people)
    return weighed(panel, how, margins(folder))


def found(rows: list[dict[str, Any]], name: str) -> list[float]:
    """A column, in R's order: the sites' waves, then the difference in differences."""
    means = {(r["site"], r["wave"]): r[name] for r in rows if r["quantity"] == "mean"}
    (change,) = [r[name] for r in rows if r["quantity"] != "mean"]
    return [*(means[site, wave] for site in SITES for wave in WAVES), change]


def test_the_generated_survey_is_r_s(tmp_path: Path) -> None:
    people = respondents()
    assert (len(people), people["y"].sum()) == (R["n"], approx(R["sum_y"], rel=1e-12))
    assert done(tmp_path, spec()).final() == approx(R["weights"], rel=EXACT)


def test_the_jackknife_is_r_s(tmp_path: Path) -> None:
    """as.svrepdesign(type = "JKn", mse = TRUE), each replicate raked."""
    rows = list(rows_of(done(tmp_path, spec()), spec()))
    assert found(rows, "estimate") == approx(R["jackknife"]["estimate"], rel=EXACT)
    assert found(rows, "replicate_se") == approx(R["jackknife"]["se"], rel=1e-6)
    assert {(r["df"], r["replicates"], r["status"]) for r in rows} >= {(10, 12, "estimated")}
    # the two agree as large-sample methods do: 12 neighbourhoods
    assert found(rows, "linearised_se") == approx(found(rows, "replicate_se"), rel=0.15)


def test_the_bootstrap_is_r_s_with_r_s_draws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """as.svrepdesign(type = "subbootstrap", mse = TRUE): 60 draws, taken over from R."""
    factors = np.array(R["bootstrap"]["factors"])
    made = Replicates(factors, np.full(len(factors), 1 / (len(factors) - 1)))
    monkeypatch.setattr(step, "bootstrap", lambda *_: made)
    how = spec(replicates="bootstrap", draws=100)
    rows = list(rows_of(done(tmp_path, how), how))
    assert found(rows, "replicate_se") == approx(R["bootstrap"]["se"], rel=1e-6)


def test_our_own_draws_come_near_the_jackknife_and_are_those_of_the_seed(tmp_path: Path) -> None:
    how = spec(replicates="bootstrap", draws=4000, seed=3)
    whole = done(tmp_path, how)
    one, again = (found(list(rows_of(whole, how)), "replicate_se") for _ in range(2))
    assert one == again
    # 10 degrees of freedom: both estimate one variance, which 4,000 draws do to 1%
    assert one == approx(R["jackknife"]["se"], rel=0.15)
    other = how.model_copy(update={"seed": 4})
    assert found(list(rows_of(whole, other)), "replicate_se") != one


def test_of_a_plain_mean_the_jackknife_is_the_textbook_s() -> None:
    """Strata of unit totals: sum of n / (n - 1) squares about the stratum's mean, exactly."""
    rng = np.random.default_rng(2)
    strata, totals = np.array([0, 0, 0, 1, 1, 2]), rng.normal(size=6)
    made = jackknife(strata)
    got = made.variance((made.factor @ totals)[:, None], np.array([totals.sum()]))[0]
    own = [totals[strata == h] for h in (0, 1)]
    assert got == approx(sum(len(t) * t.var(ddof=1) for t in own), rel=1e-12)
    assert (made.factor[:, 5] == 1).all() and len(made.factor) == 5  # a lone unit stays


def test_the_bootstrap_of_totals_has_the_textbook_s_variance() -> None:
    rng = np.random.default_rng(2)
    strata, totals = np.repeat([0, 1], [5, 8]), rng.normal(size=13)
    made = bootstrap(strata, 20_000, np.random.default_rng(1))
    got = made.variance((made.factor @ totals)[:, None], np.array([totals.sum()]))[0]
    wanted = sum(len(t) * t.var(ddof=1) for t in (totals[:5], totals[5:]))
    assert got == approx(wanted, rel=0.04)  # four Monte Carlo errors: sqrt(2 / 20,000) each
    assert made.factor.sum(axis=1) == approx(np.full(20_000, 13))


def test_a_stratum_with_one_neighbourhood_has_no_replicates_unless_it_is_certain(
    tmp_path: Path,
) -> None:
    people = respondents()
    people.loc[people["s"] == 1, "nb"] = 6
    rows = list(rows_of(done(tmp_path, spec(), people), spec()))
    assert {row["status"] for row in rows} == {"not_estimable"}
    assert "1 stratum has one neighbourhood, which replicates cannot vary" in rows[0]["reason"]
    assert all(row["estimate"] is not None and "replicate_se" not in row for row in rows)
    how = spec(design=SurveyDesign(lone_neighbourhood="certainty"))
    rows = list(rows_of(done(tmp_path, how, people), how))
    by_place = {(row.get("site"), row["wave"]): row for row in rows}
    assert by_place["north", "w1"]["status"] == "estimated"
    assert by_place["south", "w1"]["status"] == "not_estimable"  # nothing there varies: never 0


def test_neighbourhoods_that_are_all_there_are_leave_respondents_as_units(tmp_path: Path) -> None:
    how = spec(design=SurveyDesign(neighbourhoods="all"), replicates="bootstrap", draws=800, seed=1)
    rows = list(rows_of(done(tmp_path, how), how))
    assert all(row["units"] == row["n"] for row in rows)
    # 800 draws: 2.5%; and linearisation and bootstrap differ by the order of one over the sample
    assert found(rows, "replicate_se") == approx(found(rows, "linearised_se"), rel=0.15)


def test_limits_hold_in_every_replicate(tmp_path: Path) -> None:
    how = spec(trim=Trim(low=0.5, high=1.6))
    free, held = (list(rows_of(done(tmp_path, one), one)) for one in (spec(), how))
    assert found(held, "estimate") != approx(found(free, "estimate"), rel=1e-6)
    assert found(held, "replicate_se") == approx(found(free, "replicate_se"), rel=0.2)
    wide = spec(trim=Trim(low=0, high=1000))
    again = list(rows_of(done(tmp_path, wide), wide))  # one at a time, and all at once
    assert found(again, "replicate_se") == approx(found(free, "replicate_se"), rel=1e-7)


def test_a_category_that_a_replicate_lacks_is_said(tmp_path: Path) -> None:
    people = respondents()
    alone = (people["s"] == 0) & (people["w"] == 0) & (people["age"] == "old") & (people["nb"] > 0)
    people.loc[alone, "age"] = "middle"  # all old people of a place live in one neighbourhood
    rows = list(rows_of(done(tmp_path, spec(), people), spec()))
    assert {row["status"] for row in rows} == {"estimated"}
    said = [row for row in rows if "a margin's category has nobody" in row["warnings"]]
    assert said[0] is rows[0] and said[0]["warnings"].startswith("in 1 of 12 replicates a margin's")
    # the other means do not rest on that site and wave; the difference does
    assert [row["quantity"] for row in said[1:]] == ["difference in differences"]
    assert all("in up to 1 of 12 replicates of a site and wave that" in r["warnings"]
               for r in said[1:])  # fmt: skip


def test_a_value_that_respondents_share_has_no_standard_error(tmp_path: Path) -> None:
    how = spec(shared=("y",))
    plain = list(rows_of(done(tmp_path, spec()), spec()))
    rows = list(rows_of(done(tmp_path, how), how))
    for row, other in zip(rows, plain, strict=True):
        assert row["estimate"] == other["estimate"] and "replicate_se" not in row
        assert row["status"] == "not_estimable" and "respondents share the value" in row["reason"]


def test_means_of_few_answers_are_not_shown_nor_differences_of_them(tmp_path: Path) -> None:
    how = spec(minimum=5)
    whole = done(tmp_path, how)
    south = (whole.table["site"] == "south") & (whole.table["time"] == "w1")
    whole.table.loc[whole.table[south].index[4:], "value"] = np.nan
    rows = {(r.get("site"), r["wave"], r["quantity"]): r for r in rows_of(whole, how)}
    few = {at for at, r in rows.items() if r.get("reason") == "not shown: fewer than 5 answers"}
    assert ("south", "w1", "mean") in few and (None, "w2", "difference in differences") in few
    assert rows["south", "w1", "mean"]["n"] == 4
    for at, row in rows.items():
        assert (row["estimate"] is None) == (at in few) == ("replicate_se" not in row)


def test_an_outcome_that_nobody_answered_has_a_row_that_says_so(tmp_path: Path) -> None:
    how = spec()
    whole = done(tmp_path, how)
    south = (whole.table["site"] == "south") & (whole.table["time"] == "w1")
    whole.table.loc[south, "value"] = np.nan
    rows = {(r.get("site"), r["wave"], r["quantity"]): r for r in rows_of(whole, how)}
    assert rows["south", "w1", "mean"]["reason"] == "nobody there has a value"
    assert rows["south", "w1", "mean"]["estimate"] is None
    assert rows[None, "w2", "difference in differences"]["status"] == "not_estimable"
    assert rows["north", "w1", "mean"]["status"] == "estimated"


@pytest.mark.parametrize(
    ("by", "line", "said"),
    [
        (1.26, 1.0, "is 1.26 times the linearised one"), (1.0, 1.26, "is 0.79 times"),
        (1.24, 1.0, ""), (1.0, 1.24, ""), (0.0, 0.0, ""), (3e-12, 1e-12, ""),
        (1.0, 0.0, "is above zero, unlike the linearised one"), (0.0, 1.0, "is 0.00 times"),
    ],
)  # fmt: skip
def test_errors_that_differ_by_more_than_a_quarter_are_said(
    by: float, line: float, said: str
) -> None:
    row = {"status": "estimated", "replicate_se": by, "linearised_se": line}
    told = list(far_apart(row, 1.0))
    assert len(told) == bool(said) and all(said in one for one in told)
    assert not list(far_apart(row | {"status": "not_estimable"}, 1.0))


def test_the_table_says_it_of_the_row_that_it_is_true_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = list(rows_of(done(tmp_path, spec()), spec()))
    assert not any("times the linearised" in row["warnings"] for row in rows)
    pairs = [(row["replicate_se"], row["linearised_se"]) for row in rows]
    apart = [max(pair) / min(pair) for pair in pairs]
    between = sum(sorted(apart)[-2:]) / 2  # beyond it is one row alone
    monkeypatch.setattr(step, "FAR_APART", between)
    again = list(rows_of(done(tmp_path, spec()), spec()))
    warned = [row for row in again if "times the linearised" in row["warnings"]]
    assert [again.index(row) for row in warned] == [apart.index(max(apart))]
