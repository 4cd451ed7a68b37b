"""Acceptability with shocks to sites, and what more evidence is worth.

Closed forms are held to draws by two to six Monte Carlo standard errors: of a share of 200,000
draws .0011, of an SD of 40,000 a third of a percent (of a variance two thirds, of a correlation
.005), of a slope or correlation of 4,000 people .016, of a mean loss of 400,000 draws, most of
which are 0, half a percent (of one that hangs on a slope one).
"""

from dataclasses import replace

import numpy as np
import pytest

from cesp_analysis.declared.economics import Information
from cesp_analysis.declared.follow_up import DAYS_IN
from cesp_analysis.economics.amounts import ADJUSTED, GAIN
from cesp_analysis.economics.cases import Case
from cesp_analysis.economics.data import data_of
from cesp_analysis.economics.decided import curve_rows, shocks, spread, taken_off, thresholds_of
from cesp_analysis.economics.drawn import drawn_of, plane_rows, quadrant_row
from cesp_analysis.economics.estimated import by_rubin, quantities
from cesp_analysis.economics.informed import information_rows
from cesp_analysis.economics.known import known_rows
from cesp_analysis.economics.law import Law, pooled_law
from cesp_analysis.economics.site_shock import net_benefit_shock_sds
from cesp_analysis.economics.two_regressions import regressed
from cesp_analysis.models.prior import Pair, Prior
from evaluated_study import answers, framed, people, spec

HOW = spec(thresholds=(20_000, 30_000))
FRAME = framed(HOW, people(answers(40)))
DATA = data_of(FRAME, FRAME.table)
FITS = [regressed(data_of(f, f.table), GAIN, "HC2")
        for f in (framed(HOW, people(answers(40, seed))) for seed in (1, 2, 3))]  # fmt: skip
ROWS = by_rubin(FITS, quantities(HOW.economics.thresholds), 0.95)
LAW = pooled_law(FITS, ROWS)
PRIOR = Prior("two pairs", (Pair(0.02, 0.8, 12.0, "towns", "a"), Pair(0.05, 0.6, 12.0, "", "b")))
WIDE = Prior("far apart", (Pair(1e-4, 0.9, 12.0, "", "a"), Pair(0.3, 0.1, 12.0, "", "b")))
CASE = Case("base", "nhs", "England", "utility", FRAME)


def curve(prior, law=LAW, approach=GAIN, data=DATA):
    return {
        row["threshold"]: row
        for row in curve_rows(HOW, CASE, "imputed", approach, law, [data], prior)
    }


def test_the_curve_at_a_threshold_is_the_row_of_economics():
    found = curve(None)
    for one in ROWS[2:]:
        row = found[one.quantity.threshold]
        assert row["inmb"] == pytest.approx(one.estimate, rel=1e-9)
        assert row["frontier"] == ("intervention" if one.estimate > 0 else "control")
        assert row["frontier_probability"] == max(row["probability"], 1 - row["probability"])
    assert set(found) == set(thresholds_of(HOW).tolist()) >= {0.0, 20_000.0, 30_000.0, 50_000.0}


def test_no_shocks_where_there_is_no_prior_of_them():
    for row in curve(None).values():
        assert not {"flip", "flip_probability", "low", "high", "shock_sd", "with_shock"} & set(row)


def test_low_is_what_is_left_if_a_shock_had_favoured_the_intervention():
    """Net benefit less the shock: the share of estimates that stay above 0, by drawing them."""
    law = Law(np.array([-100.0, 0.01]), np.array([[900.0, 0.05], [0.05, 4e-5]]), np.inf)
    row = curve(PRIOR, law)[20_000.0]
    rng = np.random.default_rng(1)
    draws = rng.multivariate_normal(law.point, law.cov, 200_000)
    benefit = 20_000 * draws[:, 1] - draws[:, 0]
    shock = row["shock_sd"]
    assert row["low"] == pytest.approx((benefit - shock > 0).mean(), abs=0.005)
    assert row["high"] == pytest.approx((benefit + shock > 0).mean(), abs=0.005)
    assert row["low"] < row["probability"] < row["high"]
    assert row["flip"] == pytest.approx(abs(row["inmb"]))
    sds = shocks(HOW, GAIN, [DATA], np.array([20_000.0]), PRIOR)[:, 0]
    assert row["shock_sd"] == pytest.approx(np.median(sds))
    drawn = rng.choice(sds, 200_000) * rng.standard_normal(200_000)
    assert row["flip_probability"] == pytest.approx((drawn > row["flip"]).mean(), abs=0.005)
    mixed = benefit + rng.choice(sds, len(benefit)) * rng.standard_normal(len(benefit))
    assert row["with_shock"] == pytest.approx((mixed > 0).mean(), abs=0.005)
    assert abs(row["with_shock"] - 0.5) < abs(row["probability"] - 0.5)


@pytest.mark.parametrize("unit", ["days", "weeks", "months", "years"])
def test_shocks_are_of_months_whatever_the_unit_of_time(unit):
    scale = DAYS_IN["months"] / DAYS_IN[unit]
    times = tuple(m.model_copy(update={"position": m.position * scale}) for m in HOW.times)
    how = HOW.model_copy(update={"times": times, "days": DAYS_IN[unit]})
    at = np.array([20_000.0])
    assert shocks(how, GAIN, [DATA], at, PRIOR) == pytest.approx(
        shocks(HOW, GAIN, [DATA], at, PRIOR)
    )


@pytest.mark.parametrize("approach", [GAIN, ADJUSTED])
@pytest.mark.parametrize("threshold", [2_000.0, 20_000.0])
def test_shocks_are_those_of_sites_simulated(approach, threshold):
    """Sites whose effects on utilities and costs are in proportion to people's own, at two times
    with autocorrelation CAC: what they add to the difference that an approach estimates."""
    pair = PRIOR.pairs[1]
    rng = np.random.default_rng(5)
    n = 60_000
    people_cov = np.array([[0.04, -20.0], [-20.0, 250_000.0]])  # utility, cost of a year
    root = np.linalg.cholesky(people_cov)
    before = rng.standard_normal((n, 2)) @ root.T
    after = 0.5 * before + rng.standard_normal((n, 2)) @ root.T * np.sqrt(1 - 0.25)
    data = replace(
        DATA, qaly=after[:, 0], cost=after[:, 1], utility=before[:, 0],
        base_cost=before[:, 1], equal_cost=before[:, 1],
        treated=np.arange(n) % 2 == 0, sites=np.zeros(n, dtype=int), clusters=np.full(n, -1),
        covariates=np.zeros((n, 0)), rows=np.arange(n), years=1.0, cost_ratio=1.0,
    )  # fmt: skip
    (found,) = shocks(
        HOW, approach, [data], np.array([threshold]), Prior("one", (pair,), own=True)
    )[0]
    share = pair.rho / (1 - pair.rho)
    first = rng.standard_normal((40_000, 2, 2)) @ root.T * np.sqrt(share)
    cac = pair.cac  # the study's gap is the pair's own period
    later = cac * first + rng.standard_normal(first.shape) @ root.T * np.sqrt(share * (1 - cac**2))
    slopes = np.eye(2) if approach == GAIN else np.linalg.solve(people_cov, 0.5 * people_cov).T
    added = (later - first @ slopes.T) @ [threshold, -1.0]
    difference = added[:, 0] - added[:, 1]
    assert found == pytest.approx(difference.std(), rel=0.02)


def test_an_approach_takes_off_what_its_regression_does():
    """Costs that hang on nothing, utilities that stay: of QALYs alone, though both were asked."""
    rng = np.random.default_rng(2)
    n = 4000
    u, c = rng.normal(size=n) * 0.2, rng.normal(size=n) * 500
    data = replace(
        DATA, qaly=u, cost=rng.normal(size=n) * 500, utility=u, base_cost=c,
        equal_cost=c, years=1.0,
        treated=np.arange(n) % 2 == 0, sites=np.zeros(n, dtype=int), cost_ratio=1.0,
        clusters=np.full(n, -1), covariates=np.zeros((n, 0)), rows=np.arange(n),
    )  # fmt: skip
    ((gain, one),) = taken_off([data], GAIN, np.array([10_000.0]))
    ((own, alike),) = taken_off([data], ADJUSTED, np.array([10_000.0]))
    whole = np.hypot(2000, 500)
    # costs of before and later correlate with utilities by chance, each by 1/sqrt(n): what that
    # moves the ratio of two SDs by
    error = 2000 * 500 / whole**2 * np.sqrt(2 / n)
    assert (gain, one) == (pytest.approx(1.0, abs=3 * error), pytest.approx(1.0))
    assert own == pytest.approx(2000 / whole, abs=3 * error)
    assert alike == pytest.approx(2000 / whole, abs=3 * error)
    assert taken_off([replace(data, base_cost=None)], GAIN, np.array([1.0])) == [(0.0, 1.0)]


def test_shocks_are_sized_by_people_within_sites():
    sd = spread(DATA, 20_000)
    apart = replace(DATA, cost=DATA.cost + 1000 * DATA.treated)
    assert spread(apart, 20_000) == pytest.approx(sd, rel=1e-9)
    plain = replace(DATA, base_cost=None)
    found = shocks(HOW, GAIN, [plain], np.array([20_000.0]), PRIOR)
    assert found == pytest.approx(net_benefit_shock_sds(sd, PRIOR, 0.0))


def told(law=LAW, prior=None, **more):
    section = HOW.economics.model_copy(
        update={"information": Information(incidence=100, years=2, source="x", **more)}
    )
    how = HOW.model_copy(update={"economics": section})
    return list(information_rows(how, GAIN, law, [DATA], prior))


def test_a_threshold_of_nothing_is_a_threshold():
    """At £0 a QALY what is cheaper is worth knowing: not the first of those declared."""
    assert {row["threshold"] for row in told(threshold=0) if row["of"] == "trial"} == {0}
    section = HOW.economics.model_copy(
        update={"information": Information(incidence=100, years=2, source="x", threshold=0)}
    )
    how = HOW.model_copy(update={"economics": section})
    (row,) = known_rows(how, GAIN, LAW, [DATA], None)
    assert row["threshold"] == 0 and row["expected"] == -LAW.point[0]


def test_perfect_information_is_the_mean_of_what_deciding_now_loses():
    law = Law(np.array([100.0, 0.006]), np.array([[4000.0, 0.4], [0.4, 4e-4]]), np.inf)
    draws = np.random.default_rng(3).multivariate_normal(law.point, law.cov, 400_000)
    rows = {(row["of"], row["threshold"]): row for row in told(law) if row["of"] != "trial"}
    for threshold in (20_000.0, 30_000.0):
        benefit = threshold * draws[:, 1] - draws[:, 0]
        whole = np.maximum(benefit, 0).mean() - max(benefit.mean(), 0)
        assert rows["all", threshold]["per_person"] == pytest.approx(whole, rel=0.02)
        for name, at in (("cost", 0), ("qaly", 1)):
            slope = np.cov(benefit, draws[:, at])[0, 1] / draws[:, at].var()
            known = benefit.mean() + slope * (draws[:, at] - draws[:, at].mean())
            part = np.maximum(known, 0).mean() - max(known.mean(), 0)
            assert rows[name, threshold]["per_person"] == pytest.approx(part, rel=0.05)
    people = 100 + 100 / 1.035
    row = rows["all", 20_000.0]
    assert row["population"] == pytest.approx(row["per_person"] * people)


def test_a_part_is_worth_no_more_than_all():
    rows = {(row["of"], row["threshold"]): row["per_person"] for row in told()}
    for threshold in (20_000.0, 30_000.0):
        assert max(rows["cost", threshold], rows["qaly", threshold]) <= rows["all", threshold]


def test_shocks_make_all_information_worth_more_and_parts_say_they_hold_none():
    plain = {(r["of"], r["threshold"], r.get("size")): r for r in told()}
    shaken = {(r["of"], r["threshold"], r.get("size")): r for r in told(prior=PRIOR)}
    for key, row in shaken.items():
        same = row["per_person"] == pytest.approx(plain[key]["per_person"], rel=1e-12)
        assert (row["shocks"] == "no") == (key[0] in ("cost", "qaly")) == same
        assert row["per_person"] >= plain[key]["per_person"] * (1 - 1e-12)


def test_larger_trials_tell_more_and_cost_more():
    rows = [r for r in told(trial_fixed=1000, trial_per_person=50) if r["of"] == "trial"]
    worth = [row["per_person"] for row in rows]
    assert worth == sorted(worth)
    whole = next(r["per_person"] for r in told() if r["of"] == "all" and r["threshold"] == 20_000)
    assert worth[-1] < whole
    assert rows[0]["cost"] == 1000 + 50 * 2 * 50
    for row in rows:
        assert row["net"] == pytest.approx(row["population"] - row["cost"])
        assert row["threshold"] == 20_000


@pytest.mark.parametrize("prior", [None, PRIOR, WIDE])
def test_a_trial_tells_no_more_than_everything(prior):
    """Of one normal law with the pairs' mean variance a large trial would."""
    law = Law(np.array([900.0, 0.01]), np.array([[4000.0, 0.4], [0.4, 4e-4]]), np.inf)
    rows = told(law, prior, sizes=(50, 5_000, 500_000))
    (whole,) = [r["per_person"] for r in rows if r["of"] == "all" and r["threshold"] == 20_000]
    worth = [r["per_person"] for r in rows if r["of"] == "trial"]
    assert worth == sorted(worth) and worth[-1] <= whole
    assert worth[-1] == pytest.approx(whole, rel=0.01)


@pytest.mark.parametrize("df", [4.0, np.inf])
def test_quadrants_and_the_curve_are_one_law(df):
    law = replace(LAW, df=df)
    row = quadrant_row(GAIN, law, 0.95)
    assert row["cheaper_gains"] + row["cheaper_loses"] == pytest.approx(
        curve(None, law)[0.0]["probability"], abs=1e-12
    )


def test_the_plane_shows_the_laws_own_draws_or_its_normal_law():
    own = np.random.default_rng(1).normal(size=(900, 2))
    assert drawn_of(replace(LAW, draws=own), 500, 1, GAIN) == pytest.approx(own[:500])
    drawn = drawn_of(LAW, 40_000, 1, GAIN)
    assert np.cov(drawn.T)[0, 0] == pytest.approx(LAW.cov[0, 0], rel=0.03)
    assert np.corrcoef(drawn.T)[0, 1] == pytest.approx(
        LAW.cov[0, 1] / np.sqrt(LAW.cov[0, 0] * LAW.cov[1, 1]), abs=0.02
    )
    rows = list(plane_rows(GAIN, LAW, HOW))
    (point,) = [row for row in rows if row["part"] == "estimate"]
    assert (point["cost"], point["qaly"]) == tuple(LAW.point.tolist())
    row = quadrant_row(GAIN, LAW, 0.95)
    shares = [row[name] for name in ("dearer_gains", "cheaper_gains", "cheaper_loses")]
    assert sum(shares) + row["dearer_loses"] == pytest.approx(1.0)
