"""Regressions of costs and QALYs, the law of both, and how imputed sets are pooled."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm, ttest_ind

import economic_records
from cesp_analysis.economics.amounts import ADJUSTED, GAIN, UNADJUSTED
from cesp_analysis.economics.arm_means import arm_means, imputed_means
from cesp_analysis.economics.by_log import Shape, log_row
from cesp_analysis.economics.data import Data, approaches, data_of, regressions
from cesp_analysis.economics.estimated import by_regression, by_rubin, observed_df, quantities
from cesp_analysis.economics.law import Law, fewest, pooled_law
from cesp_analysis.economics.sampled import joint_rows
from cesp_analysis.economics.two_regressions import (
    OWN_COLUMNS,
    WeightedSum,
    inference,
    regressed,
    units_of,
)
from cesp_analysis.missing.pooling import pool
from economics_reference import DATA, REFERENCE, N
from evaluated_study import answers, framed, people, spec

ASKED = quantities((20_000, 30_000))


def made(workers: int = 0, seed: int = 1, n: int = 40, **own) -> Data:
    how = spec(**({"cluster": "link_worker"} if workers else {}), **own)
    frame = framed(how, people(answers(n, seed), workers))
    return data_of(frame, frame.table)


def reference(covariance_of: bool = True) -> Data:
    worker = DATA["worker"].astype(int)
    return Data(
        cost=DATA["cost"], qaly=DATA["qaly"], utility=DATA["utility"], base_cost=DATA["before"],
        equal_cost=DATA["before"],
        covariates=DATA["age"][:, None], treated=DATA["arm"] == 1,
        sites=DATA["arm"].astype(int), clusters=worker if covariance_of else np.full(N, -1),
        years=1.0, cost_ratio=1.0, rows=np.arange(N),
    )  # fmt: skip


@pytest.mark.parametrize(("threshold", "entry"), [(20_000, "cr2_20000"), (0, "cr2_0")])
def test_clubsandwich_finds_the_same(threshold, entry):
    """CR2 of net benefit, link workers in one arm, people without one by themselves."""
    there = REFERENCE[entry]
    asked = WeightedSum("inmb", threshold, -1.0, threshold)
    (found,) = by_regression(reference(), ADJUSTED, [asked], "HC2", 0.95)
    assert found.estimate == pytest.approx(there["estimate"], rel=1e-7)
    assert found.std_error == pytest.approx(there["se"], rel=1e-7)
    assert found.df == pytest.approx(there["df"], rel=1e-6)
    assert found.n_clusters == 7 + N // 2


@pytest.mark.parametrize("approach", [GAIN, ADJUSTED])
@pytest.mark.parametrize("workers", [0, 5])
@pytest.mark.parametrize("covariance", ["HC2", "classical"])
def test_net_benefit_is_what_cost_and_qalys_make_it(approach, workers, covariance):
    """λq - c from the joint covariance is the regression of each person's net benefit."""
    data = made(workers)
    found = regressed(data, approach, covariance)
    for one in ASKED:
        direct = inference(data, approach, one, covariance)
        own = found.of(one)
        assert own.estimate == pytest.approx(direct.estimate, rel=1e-9)
        assert own.std_error == pytest.approx(direct.std_error, rel=1e-7)
        assert own.df == pytest.approx(direct.df, rel=1e-9)


def test_saturated_it_is_welchs_test():
    """Two means alone: each net benefit has df of its own."""
    data = made()
    rows = by_regression(data, UNADJUSTED, ASKED, "HC2", 0.95)
    for one in rows:
        y = one.quantity.of_cost * data.cost + one.quantity.of_qaly * data.qaly
        test = ttest_ind(y[data.treated], y[~data.treated], equal_var=False)
        assert one.estimate / one.std_error == pytest.approx(test.statistic, rel=1e-9)
        assert one.df == pytest.approx(test.df, rel=1e-9)
        low, high = test.confidence_interval(0.95)
        assert one.interval == pytest.approx((low, high), rel=1e-9)
    assert len({round(one.df, 6) for one in rows}) == len(rows)


def test_gain_over_baseline_takes_all_of_it_off():
    data = made()
    own = regressions(data, GAIN)
    assert own.qaly == pytest.approx(data.qaly - data.years * data.utility)
    assert data.base_cost is not None
    assert own.cost == pytest.approx(data.cost - data.cost_ratio * data.base_cost)
    assert own.same and own.cost_x.shape[1] == 2  # no covariate declared
    assert approaches(True) == (ADJUSTED,) and approaches(False) == (GAIN, ADJUSTED)


def test_without_costs_of_before_the_cost_is_as_it_is():
    data = replace(made(), base_cost=None, equal_cost=None)
    assert regressions(data, GAIN).cost is data.cost
    assert regressions(data, ADJUSTED).cost_x.shape[1] == 3  # utility of before


def test_adjusted_is_adjusted_for_the_same_in_every_model():
    data = made()
    own = regressions(data, ADJUSTED)
    assert own.cost_x.shape[1] == 4 and own.same
    linear = by_regression(data, ADJUSTED, ASKED, "HC2", 0.95)
    joint = joint_rows(data, ADJUSTED, ASKED, 200, 1, "", 0.95)
    for one, other in zip(linear, joint, strict=True):
        assert other.estimate == pytest.approx(one.estimate, rel=1e-9)


def two_equations(workers: bool) -> Data:
    """Those of tests/reference/two_equations.R: QALYs adjusted for other costs of before."""
    d = economic_records.DATA
    n = len(d["arm"])
    return replace(
        made(), cost=d["cost"], qaly=d["qaly"], utility=d["utility"], base_cost=d["before"],
        equal_cost=d["before"] + 40 * np.sin(np.arange(1, n + 1)), covariates=d["age"][:, None],
        treated=d["arm"] == 1, sites=d["arm"].astype(int), rows=np.arange(n),
        clusters=d["cluster"].astype(int) if workers else np.full(n, -1),
    )  # fmt: skip


@pytest.mark.parametrize("workers", [False, True])
def test_two_equations_with_columns_of_their_own_are_rs(workers):
    known = json.loads(Path("tests/reference/two_equations.json").read_text(encoding="utf-8"))
    found = regressed(two_equations(workers), ADJUSTED, "HC2")
    assert not found.same
    assert found.point == pytest.approx(known["delta"], rel=1e-9)
    expected = np.array(known["worker" if workers else "person"])
    assert found.cov == pytest.approx(expected, rel=1e-8)
    net = found.of(ASKED[2])
    assert net.estimate == pytest.approx(20_000 * known["delta"][1] - known["delta"][0], rel=1e-9)
    variance = np.array([-1, 20_000]) @ expected @ [-1, 20_000]
    assert net.std_error == pytest.approx(np.sqrt(variance), rel=1e-8)
    assert net.df == min(found.known["cost"].df, found.known["qaly"].df)
    assert net.method.startswith(OWN_COLUMNS)
    assert OWN_COLUMNS not in found.of(ASKED[0]).method


def test_classical_covariance_with_the_same_columns_is_rs_systemfit():
    data = replace(two_equations(False), base_cost=None, equal_cost=None)
    data = replace(data, utility=economic_records.DATA["age"], covariates=np.zeros((data.n, 0)))
    known = economic_records.R["same"]
    found = regressed(data, ADJUSTED, "classical")
    assert found.same and found.point == pytest.approx(known["delta"], rel=1e-10)
    assert found.cov == pytest.approx(np.array(known["covariance"]), rel=1e-10)


@pytest.mark.parametrize("approach", [GAIN, ADJUSTED])
def test_what_costs_were_before_moves_costs_and_not_qalys(approach):
    """Other costs that count, or at another price: QALYs to the last digit; cost is adjusted for
    what it counts."""
    data, rng = made(5), np.random.default_rng(4)
    more = rng.gamma(2.0, 100.0, data.n) + 500 * data.treated
    dearer = replace(data, cost=data.cost + 2 * more, base_cost=data.base_cost + more)
    plain, other = (regressed(one, approach, "HC2") for one in (data, dearer))
    assert other.known["qaly"] == plain.known["qaly"]
    assert other.cov[1, 1] == plain.cov[1, 1]
    y, before = dearer.cost, [dearer.utility, dearer.base_cost]
    if approach == GAIN:
        y, before = y - dearer.cost_ratio * dearer.base_cost, []
    x = np.column_stack([np.ones(data.n), data.treated, *before])
    alone = np.linalg.lstsq(x, y, rcond=None)[0][1]
    assert other.point[0] == pytest.approx(alone, rel=1e-9)


def test_swapped_arms_and_pence():
    data = made(5)
    turned = replace(data, treated=~data.treated)
    pence = replace(data, cost=100 * data.cost, base_cost=100 * data.base_cost)
    for approach in (GAIN, ADJUSTED):
        first, other, small = (
            by_regression(own, approach, ASKED, "HC2", 0.95) for own in (data, turned, pence)
        )
        for one, two in zip(first, other, strict=True):
            assert two.estimate == pytest.approx(-one.estimate, rel=1e-9)
            assert two.std_error == pytest.approx(one.std_error, rel=1e-9)
        assert small[0].estimate == pytest.approx(100 * first[0].estimate, rel=1e-9)
        assert small[0].df == pytest.approx(first[0].df, rel=1e-9)


def test_people_without_a_link_worker_are_units_of_their_own():
    assert units_of(np.array([-1, -1])) is None
    codes = units_of(np.array([0, 0, 1, -1, -1]))
    assert codes.tolist()[:3] == [0, 0, 1] and len(set(codes.tolist())) == 4


def test_an_arm_of_one_person_has_no_estimate():
    data = made()
    few = data.part(~data.treated | (np.cumsum(data.treated) == 1))
    found = by_regression(few, ADJUSTED, ASKED, "HC2", 0.95)
    assert {one.reason for one in found} == {
        "costs and QALYs are known of 1 person of the intervention arm: two are needed"
    }
    assert all(one.estimate is None for one in found)


def test_two_people_of_an_arm_have_no_interval_where_anything_is_imputed():
    """Known, their difference is one degree of freedom; what is missing takes of it."""
    data = made()
    few = data.part(~data.treated | (np.cumsum(data.treated) <= 2))
    known = by_regression(few, ADJUSTED, ASKED, "HC2", 0.95)
    assert all(1 <= one.df < 2 and one.interval for one in known)
    sets = [regressed(few, ADJUSTED, "HC2")] * 3
    whole = observed_df(sets, ASKED)
    for one, df in zip(by_rubin(sets, ASKED, 0.95), whole, strict=True):
        assert df < 1 and one.interval is None and one.n_obs == few.n
        assert one.reason.startswith(f"{df:.2f} degrees of freedom are left, and fewer than one")
    (cost, _), *_ = imputed_means([few] * 3, 0.95)
    assert cost.quantity.name == "cost_intervention" and cost.reason.startswith("0.50 degrees")
    kind, log = log_row([few] * 3, 0.95, Shape("gamma", True))
    assert kind == "gamma" and "fewer than one bear no interval" in log.reason


def test_costs_that_do_not_vary_have_a_reason_and_what_varies_an_estimate():
    """£7 of everybody: QALYs are as they are, and net benefit is QALYs at the threshold."""
    data = made()
    free = replace(data, cost=np.full(80, 7.0), base_cost=None, equal_cost=None)
    plain = regressed(free, ADJUSTED, "HC2").known["qaly"]
    for rows in (
        by_regression(free, ADJUSTED, ASKED, "HC2", 0.95),
        by_rubin([regressed(free, ADJUSTED, "HC2")] * 3, ASKED, 0.95),
        joint_rows(free, ADJUSTED, ASKED, 2000, 5, "", 0.95),
    ):
        cost, qaly, *net = rows
        assert cost.estimate is None
        assert cost.reason.startswith("cost does not vary: it is the same for everybody; see that")
        assert "economics.perspectives" in cost.reason
        assert qaly.estimate == pytest.approx(plain.estimate, rel=1e-9) and not qaly.reason
        for one in net:
            at = one.quantity.threshold
            assert one.estimate == pytest.approx(at * qaly.estimate, rel=1e-9)
            assert one.std_error == pytest.approx(at * qaly.std_error, rel=1e-9)
            assert one.interval == pytest.approx(at * np.array(qaly.interval), rel=1e-9)
    none = inference(free, ADJUSTED, ASKED[2], "HC2")
    assert regressed(free, ADJUSTED, "HC2").of(ASKED[2]).std_error == pytest.approx(none.std_error)
    assert isinstance(observed_df([regressed(free, ADJUSTED, "HC2")] * 3, ASKED)[0], str)
    means = {one.quantity.name: one for one in arm_means(free, 0.95)}
    assert means["cost_control"].reason == "the control arm has one value: no interval"
    assert means["qaly_control"].n_obs == 40


@pytest.mark.parametrize("approach", [GAIN, ADJUSTED, UNADJUSTED])
def test_a_cost_that_is_declared_of_an_arm_is_an_exact_part_of_net_benefit(approach):
    """£100 of everybody who was offered it, and no other cost."""
    data = made()
    own = replace(data, cost=100.0 * data.treated, base_cost=None, equal_cost=None)
    cost, qaly, net, _ = by_regression(own, approach, ASKED, "HC2", 0.95)
    assert cost.reason.startswith("cost does not vary within the arms") and not qaly.reason
    assert net.estimate == pytest.approx(20_000 * qaly.estimate - 100, rel=1e-9)
    assert (net.std_error, net.df) == pytest.approx((20_000 * qaly.std_error, qaly.df), rel=1e-9)


def test_where_nothing_varies_each_quantity_is_named():
    data = replace(made(), cost=np.zeros(80), qaly=np.full(80, 0.5), base_cost=None)
    found = regressed(data, UNADJUSTED, "HC2")
    assert "cost does not vary" in found and "QALYs does not vary" not in found
    assert "QALYs do not vary: they are the same for everybody" in found


def test_pooled_law_is_rubins_rules_of_each_net_benefit():
    fits = [regressed(made(seed=seed), ADJUSTED, "HC2") for seed in range(1, 6)]
    rows = by_rubin(fits, ASKED, 0.95)
    law = pooled_law(fits, rows)
    estimate, error = law.net_benefit(np.array([20_000.0, 30_000.0]))
    assert estimate == pytest.approx([rows[2].estimate, rows[3].estimate], rel=1e-9)
    assert error == pytest.approx([rows[2].std_error, rows[3].std_error], rel=1e-7)
    assert law.df == min(one.df for one in rows) == fewest(rows)
    pairs = np.sqrt(np.diag(law.cov))
    assert pairs == pytest.approx([rows[0].std_error, rows[1].std_error], rel=1e-9)


def test_net_benefit_of_a_law_by_hand():
    law = Law(np.array([100.0, 0.02]), np.array([[6000.0, 1.1], [1.1, 5e-4]]), 40.0)
    estimate, error = law.net_benefit(np.array([0.0, 20_000.0]))
    assert estimate == pytest.approx([-100.0, 300.0])
    assert error == pytest.approx(np.sqrt([6000.0, 2e5 + 6000.0 - 4.4e4]))
    assert fewest([]) == np.inf


@pytest.mark.parametrize("by_worker", [False, True])
def test_net_benefit_is_rs_regression(by_worker):
    """tests/reference/economics.R: lm of net benefit, HC2, and clubSandwich's CR2."""
    d = economic_records.DATA
    n = len(d["arm"])
    workers = d["cluster"].astype(int) if by_worker else np.full(n, -1)
    data = replace(
        made(), cost=d["cost"], qaly=d["qaly"], utility=d["utility"], base_cost=d["before"],
            equal_cost=d["before"],
        covariates=d["age"][:, None], treated=d["arm"] == 1, sites=d["arm"].astype(int),
        clusters=workers, rows=np.arange(n),
    )  # fmt: skip
    rows = by_regression(data, ADJUSTED, quantities((20_000, 30_000)), "HC2", 0.95)[2:]
    for known, one in zip(economic_records.R["net_benefit"], rows, strict=True):
        error, df = ("cr2", "cr2_df") if by_worker else ("hc2", "hc2_df")
        assert one.estimate == pytest.approx(known["inmb"], rel=1e-9)
        assert (one.std_error, one.df) == pytest.approx((known[error], known[df]), rel=1e-7)


def test_df_of_what_was_observed():
    """Sets all alike: (ν + 1) / (ν + 3) ν; sets that differ: Barnard and Rubin's without end."""
    one = regressed(made(5), ADJUSTED, "HC2")
    whole = one.known["cost"].df
    assert observed_df([one] * 3, ASKED) == pytest.approx([(whole + 1) / (whole + 3) * whole] * 4)
    fits = [regressed(made(5, seed), ADJUSTED, "HC2") for seed in range(1, 30)]
    (found, *_) = observed_df(fits, ASKED)
    got = [fit.of(ASKED[0]) for fit in fits]
    made_of = pool(
        np.array([each.estimate for each in got]), np.array([each.std_error**2 for each in got]),
        float(np.mean([each.df for each in got])),
    )  # fmt: skip
    with_sets = 1 / (1 / found + made_of.lam[0] ** 2 / (made_of.m - 1))
    assert with_sets == pytest.approx(made_of.df[0], rel=1e-9)


def test_percentiles_of_complete_people():
    """A difference in means: percentiles near the normal law's of its usual variance."""
    data = made(n=100)
    rows = joint_rows(data, GAIN, ASKED, 4000, 5, "", 0.95)
    plain = by_regression(data, GAIN, ASKED, "HC2", 0.95)
    for one, other in zip(rows, plain, strict=True):
        assert one.estimate == pytest.approx(other.estimate, rel=1e-9)
        half = norm.ppf(0.975) * other.std_error * np.sqrt(0.99)  # of 100 drawn: 99/100
        assert one.df is None and one.interval is not None
        width = (one.interval[1] - one.interval[0]) / 2
        assert width == pytest.approx(half, rel=0.06)  # a quantile's error of 4,000 is 2%
        assert one.interval[0] < one.estimate < one.interval[1]
    again = joint_rows(data, GAIN, ASKED, 4000, 5, "", 0.95)
    assert [one.interval for one in again] == [one.interval for one in rows]


def test_complete_link_workers_are_drawn_whole_and_few_ones_said():
    data = made(4)
    rows = joint_rows(data, ADJUSTED, ASKED, 600, 5, "link_worker", 0.95)
    assert all("has 4 clusters" in one.warnings[0] for one in rows)
    assert {one.n_clusters for one in rows} == {4 + 40}


def test_nothing_to_draw_has_a_reason():
    data = made()
    alone = data.part(data.treated)
    rows = joint_rows(alone, ADJUSTED, ASKED, 600, 5, "", 0.95)
    assert rows and all(one.reason for one in rows)
