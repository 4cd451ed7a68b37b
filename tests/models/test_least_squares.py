"""models/least_squares, sandwich, cluster_sums, student, refusals: numbers and refusals.

Tolerances: EXACT, an identity in exact arithmetic, reached but for rounding; R, another program's
answer to the same formula, printed with 15 digits and computed by other decompositions.
"""

import csv
import json
from math import cos, inf, sin, sqrt
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from cesp_analysis.models import least_squares as module
from cesp_analysis.models.cluster_sums import adjustments, cluster_sums
from cesp_analysis.models.few_columns import few_columns
from cesp_analysis.models.least_squares import least_squares
from cesp_analysis.models.many_outcomes import infer_many
from cesp_analysis.models.refusals import Collinear, NotEstimable
from cesp_analysis.models.sandwich import covariance_matrix, infer
from cesp_analysis.models.scores import Summed, summed
from cesp_analysis.models.student import t_interval, t_p_value, t_quantile

EXACT = 1e-12
R = 1e-9
REFERENCE = Path(__file__).parents[1] / "reference"
ORACLE = json.loads((REFERENCE / "least_squares.json").read_text())


def vector_a1():
    """methods.md, appendix A1, with the weights and clusters of the R script."""
    rows = []
    for i in range(1, 25):
        a = float(i > 12)
        for t in range(4):
            if t > 0 and (7 * i + 5 * t) % 6 == 0:
                continue
            noise = 5 * sin(3.1 * i) + 1.2 * cos(1.9 * i) * t + 3 * sin(5.3 * i + 2.9 * t)
            rows.append((i, a, t, 40 + 2 * a + 1.5 * t + 0.8 * a * t + noise))
    data = pd.DataFrame(rows, columns=["id", "arm", "t", "y"])
    data["w_row"] = 1 + 0.5 * np.sin(np.arange(1, len(data) + 1))
    data["w_id"] = 2 + np.cos(data.id)
    return data


def vector_a3():
    """methods.md, appendix A3."""
    rows, k = [], 0
    for nb in range(10):
        for w in range(2):
            for _ in range(6 + (3 * nb + w) % 5):
                k, s = k + 1, float(nb >= 5)
                y = 20 + s + 0.5 * w + 1.2 * s * w + 2 * sin(2.7 * nb + 1)
                rows.append((nb, s, w, y + 0.9 * cos(4.1 * nb + 3 * w) + 3 * sin(1.3 * k)))
    return pd.DataFrame(rows, columns=["nb", "site", "wave", "y"])


def people():
    with (REFERENCE / "people.csv").open() as file:
        rows = list(csv.DictReader(file))
    y = np.array([float(row["follow_up"]) - float(row["baseline"]) for row in rows])
    arm = np.array([float(row["site"] == "intervention") for row in rows])
    return y, arm, np.array([int(row["neighbourhood"][1:]) for row in rows])


def crossed(a, b):
    """Columns 1, a, b, a*b."""
    a, b = np.asarray(a, float), np.asarray(b, float)
    return np.column_stack([np.ones(len(a)), a, b, a * b])


def last(k):
    return np.eye(k)[-1]


def two_times(pairs=40, seed=3, singles=0):
    """People at two times, unequal arms and variances: y, columns time and arm*time, person."""
    rng = np.random.default_rng(seed)
    arm = (np.arange(pairs) < pairs // 3).astype(float)
    y0 = rng.normal(50, 10, pairs)
    y1 = y0 + 1 + 2 * arm + rng.normal(0, 3 + 4 * arm)
    person = np.r_[np.arange(pairs), np.arange(pairs), pairs + np.arange(singles)]
    y = np.r_[y0, y1, rng.normal(50, 10, singles)]
    time = np.r_[np.zeros(pairs), np.ones(pairs), np.ones(singles)]
    x = np.column_stack([time, time * np.r_[arm, arm, np.zeros(singles)]])
    return y, x, person, y1 - y0, arm


# ---- closed forms


def test_two_groups_give_welch():
    cars = ORACLE["cars"]
    y, am = np.array(cars["mpg"], float), np.array(cars["am"], float)
    found = infer(least_squares(y, np.column_stack([np.ones(32), am])), [0, 1], "HC2")
    a, b = y[am == 1], y[am == 0]
    va, vb = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
    assert found.estimate == approx(a.mean() - b.mean(), rel=EXACT)
    assert found.std_error == approx(sqrt(va + vb), rel=EXACT)
    df = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
    assert found.df == approx(df, rel=EXACT)
    welch = cars["welch"]  # R's t.test
    assert (found.std_error, found.df) == approx((welch["se"], welch["df"]), rel=R)
    low, high = t_interval(found.estimate, found.std_error, found.df)
    assert (low, high) == approx((welch["low"], welch["high"]), rel=R)
    assert t_p_value(found.estimate, found.std_error, found.df) == approx(welch["p"], rel=R)
    assert found.method == "HC2 standard error, Welch df"
    assert found.n_clusters is None


def test_difference_of_mean_differences():
    data = vector_a3()
    fit = least_squares(data.y.to_numpy(), crossed(data.site, data.wave))
    means = data.groupby(["site", "wave"]).y.mean()
    by_hand = means[1, 1] - means[1, 0] - means[0, 1] + means[0, 0]
    assert infer(fit, last(4), "classical").estimate == approx(by_hand, rel=EXACT)
    variance = (
        data.groupby(["site", "wave"]).y.var() / data.groupby(["site", "wave"]).y.size()
    ).sum()
    assert infer(fit, last(4), "HC2").std_error == approx(sqrt(variance), rel=EXACT)


def test_unit_effects_at_two_times_are_the_change():
    """Estimate, SE and df of the regression on change: classical, and CR2 by person = HC2."""
    y, x, person, change, arm = two_times()
    fit = least_squares(y, x, absorb=person)
    by_change = least_squares(change, np.column_stack([np.ones(40), arm]))
    found, expected = (infer(f, [0, 1], "classical") for f in (fit, by_change))
    # 1e-11: a level of 50 is subtracted from a change of 1 before anything else
    assert (found.estimate, found.std_error) == approx(
        (expected.estimate, expected.std_error), rel=1e-11
    )
    assert found.df == expected.df == 38
    cr2 = infer(fit, [0, 1], "CR2", person)
    rows = infer(by_change, [0, 1], "CR2", np.arange(40))
    assert (cr2.std_error, cr2.df) == approx((rows.std_error, rows.df), rel=1e-11)
    assert rows.std_error == approx(infer(by_change, [0, 1], "HC2").std_error, rel=EXACT)
    assert cr2.n_clusters == 40


def test_absorbed_effects_within_clusters_are_not_counted():
    """The trap of libraries.md: CR1 by person is the first differences' HC1, not 1.4 times it."""
    y, x, person, change, arm = two_times(pairs=120)
    found = infer(least_squares(y, x, absorb=person), [0, 1], "CR1", person)
    design = np.column_stack([np.ones(120), arm])
    bread = np.linalg.inv(design.T @ design)
    residual = change - design @ bread @ design.T @ change
    hc0 = bread @ (design * residual[:, None] ** 2).T @ design @ bread
    # HC1 has n / (n - k) of changes, CR1 has Stata's factor of rows: the SEs differ by 1.8e-5
    factor = 120 / 119 * 239 / 237
    assert found.std_error == approx(sqrt(factor * hc0[1, 1]), rel=1e-11)
    assert found.std_error == approx(sqrt(120 / 118 * hc0[1, 1]), rel=2e-5)
    # the df's closed form: each change counts what its arm's mean gives it, less what the fit takes
    lead = (design @ bread)[:, 1]
    hat = np.eye(120) - design @ bread @ design.T
    product = lead[:, None] * hat * lead
    assert found.df == approx(np.trace(product) ** 2 / np.sum(product**2), rel=1e-9)


def test_people_seen_once_change_nothing_within_people():
    y, x, person, *_ = two_times()
    more_y, more_x, more_person, *_ = two_times(singles=15)
    plain, more = (
        least_squares(y, x, absorb=person),
        least_squares(more_y, more_x, None, more_person),
    )
    for covariance in ("classical", "CR1", "CR2"):
        one = infer(plain, [0, 1], covariance, person)
        two = infer(more, [0, 1], covariance, more_person)
        assert (two.estimate, two.std_error, two.df) == approx(
            (one.estimate, one.std_error, one.df), rel=EXACT
        )
        assert one.n_clusters == two.n_clusters


def test_cr2_of_single_rows_is_hc2():
    cars = ORACLE["cars"]
    x = np.column_stack([np.ones(32), cars["wt"], cars["am"]])
    fit = least_squares(cars["mpg"], x)
    hc2, cr2 = infer(fit, last(3), "HC2"), infer(fit, last(3), "CR2", np.arange(32))
    assert (hc2.std_error, hc2.df) == approx((cr2.std_error, cr2.df), rel=1e-11)  # k x k eigen
    assert hc2.method == "HC2 standard error, Bell-McCaffrey df"


def test_adjustments_invert_the_working_covariance():
    """A_g (I + B D B')_g A_g = I for each cluster, by matrices of the size of the cluster."""
    data = vector_a1()
    codes = data.id.to_numpy() - 1
    for weights in (None, data.w_row.to_numpy()):
        fit = least_squares(data.y.to_numpy(), crossed(data.arm, data.t), weights)
        sums = cluster_sums(fit.basis, fit.residuals, fit.weights, codes)
        root = np.sqrt(fit.weights)[:, None]
        z = fit.basis / root
        b = z if weights is None else np.hstack([z, z * root**2])
        for group, inner in enumerate(adjustments(sums)):
            rows = b[codes == group]
            a, eye = np.eye(len(rows)) + rows @ inner @ rows.T, np.eye(len(rows))
            assert a @ (eye + rows @ sums.link @ rows.T) @ a == approx(eye, abs=1e-11)


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
def test_sums_of_few_columns_are_those_of_all(weighted, nested):
    """40 sites with an effect each: clusters of sites, or within them, lack most columns."""
    rng = np.random.default_rng(3)
    n, sites = 1200, 40
    site, time = rng.integers(0, sites, n), rng.integers(0, 3, n)
    later = np.eye(3)[time][:, 1:]
    own = np.eye(sites)[site]
    x = np.column_stack([own, later, later * (site % 2)[:, None], rng.normal(50, 10, n)])
    fit = least_squares(rng.normal(size=n), x, rng.uniform(0.3, 3, n) if weighted else None)
    codes = np.unique(site * 3 + (rng.integers(0, 3, n) if nested else 0), return_inverse=True)[1]
    few = few_columns(fit.x, fit.root, fit.residuals, fit.weights, codes)
    sums = cluster_sums(fit.basis, fit.residuals, fit.weights, codes)
    all_columns = Summed(sums, adjustments(sums))
    assert few is not None and few.turned.shape[1] < fit.x.shape[1]
    for adjusted in (False, True):
        found, known = few.scores(adjusted), all_columns.scores(adjusted)
        assert found == approx(known, abs=EXACT * np.abs(known).max())
        for a in np.linalg.solve(fit.root.T, np.eye(x.shape[1])[-5:].T).T:
            assert few.share_and_df(adjusted, a) == approx(
                all_columns.share_and_df(adjusted, a), rel=1e-11
            )


def test_sums_of_all_columns_where_clusters_have_most_of_them():
    rng = np.random.default_rng(3)
    x, codes = rng.normal(size=(400, 40)), rng.integers(0, 10, 400)
    fit = least_squares(rng.normal(size=400), x)
    assert few_columns(fit.x, fit.root, fit.residuals, fit.weights, codes) is None
    assert isinstance(summed(fit, codes), Summed)


@pytest.mark.parametrize("weighted", [False, True])
def test_df_of_many_columns_and_fewer_clusters_are_those_by_columns(weighted, monkeypatch):
    """70 columns, 40 clusters: traces of products of clusters and of products of columns."""
    rng = np.random.default_rng(6)
    codes = np.arange(400) % 40
    x = np.column_stack([np.ones(400), rng.normal(size=(400, 69))])
    fit = least_squares(rng.normal(size=400), x, rng.uniform(0.3, 3, 400) if weighted else None)
    sums = cluster_sums(fit.basis, fit.residuals, fit.weights, codes)
    a = np.linalg.solve(fit.root.T, np.eye(70)[3])
    found = [
        Summed(sums, adjustments(sums)).share_and_df(adjusted, a) for adjusted in (True, False)
    ]
    monkeypatch.setattr("cesp_analysis.models.cluster_sums.FEW", 1000)
    for own, adjusted in zip(found, (True, False), strict=True):
        assert own == approx(Summed(sums, adjustments(sums)).share_and_df(adjusted, a), rel=1e-10)


@pytest.mark.parametrize("weighted", [False, True])
def test_hc2_df_take_the_working_model_of_cr2(weighted):
    """Bell & McCaffrey by dense matrices; equal variances, though rows weigh differently."""
    cars = ORACLE["cars"]
    x = np.column_stack([np.ones(32), cars["wt"], cars["am"]])
    weights = np.array(cars["hp"]) if weighted else np.ones(32)
    found = infer(least_squares(cars["mpg"], x, weights), [0, 0, 1], "HC2")
    bread = np.linalg.inv(x.T @ (weights[:, None] * x))
    maker = np.eye(32) - x @ bread @ (weights[:, None] * x).T
    leverage = np.einsum("ni,ij,nj->n", x, bread, x) * weights
    lead = (x @ bread)[:, 2] * weights / np.sqrt(1 - leverage)
    product = lead[:, None] * (maker @ maker.T) * lead
    assert found.df == approx(np.trace(product) ** 2 / np.sum(product**2), rel=1e-10)
    assert "Bell-McCaffrey" in found.method
    truth = np.sum(((x @ bread)[:, 2] * weights) ** 2)
    share = np.trace(product) / truth
    assert share == approx(1, rel=1e-10) or weighted
    assert (f"expected to show {share:.1%} of the variance" in found.method) == weighted


@pytest.mark.parametrize("heaviest", [1.0, 4.0, 40.0, 1e6])
def test_hc2_is_refused_where_one_weight_hides_the_variance(heaviest):
    """By simulation: HC2's expected square over the variance, errors alike, is what is said of it;
    less than half of it is no standard error, however far the leverage is from 1."""
    draws = np.random.default_rng(4).normal(size=(4000, 20))
    arm, weights = np.repeat([0.0, 1.0], 10), np.ones(20)
    weights[-1] = heaviest
    x = np.column_stack([np.ones(20), arm])
    bread = np.linalg.inv(x.T @ (weights[:, None] * x))
    maker = np.eye(20) - x @ bread @ (weights[:, None] * x).T
    leverage = np.einsum("ni,ij,nj->n", x, bread, x) * weights
    lead = (x @ bread)[:, 1] * weights
    seen = np.mean((draws @ maker.T) ** 2 @ (lead**2 / (1 - leverage))) / np.sum(lead**2)
    fit = least_squares(draws[0], x, weights)
    if seen < 0.5:
        with pytest.raises(NotEstimable, match="decides part of this estimate") as told:
            infer(fit, [0, 1], "HC2")
        shown = float(str(told.value).split("only ")[1].split("%")[0]) / 100
    else:
        method = infer(fit, [0, 1], "HC2").method
        parts = method.split("expected to show ")
        shown = float(parts[1].split("%")[0]) / 100 if len(parts) > 1 else 1.0
    assert shown == approx(seen, abs=0.04)
    assert (seen < 0.5) == (heaviest > 9)


def test_hc2_s_intervals_hold_the_truth_where_half_of_the_variance_is_seen(monkeypatch):
    """Why HALF: ten people an arm, one of whom carries so much of the arm's weight; errors alike,
    4,000 draws (Monte Carlo error .003 to .008)."""
    monkeypatch.setattr("cesp_analysis.models.sandwich.HALF", 0.0)
    draws = np.random.default_rng(6).normal(size=(4000, 20))
    x = np.column_stack([np.ones(20), np.repeat([1.0, 0.0], 10)])
    held = {}
    for carried in (0.2, 0.5, 0.68, 0.9, 0.99):
        weights = np.ones(20)
        weights[0] = 9 * carried / (1 - carried)
        fit = least_squares(draws[0], x, weights)
        share = float(infer(fit, [0, 1], "HC2").method.split("show ")[1].split("%")[0]) / 100
        many = infer_many(fit, np.array([0.0, 1.0]), "HC2", draws)
        reach = t_quantile(0.975, many.df) * np.sqrt(many.squares[:, 0])
        held[round(share, 2)] = float(np.mean(np.abs(many.estimates) <= reach))
    assert list(held) == approx([0.99, 0.72, 0.49, 0.21, 0.1], abs=0.006)
    assert min(list(held.values())[:3]) > 0.94
    assert list(held.values())[3:] == approx([0.83, 0.5], abs=0.03)


@pytest.mark.parametrize(
    ("sizes", "heaviest"), [((20,) * 6, 1.0), ((60, 2, 2, 20, 20, 20), 1.0), ((5,) * 6, 50.0)]
)
def test_cr1_says_what_it_shows_or_is_refused(sizes, heaviest):
    """By simulation, errors alike and independent, 4,000 draws: CR1's expected square over the
    variance is what is said of it; less than half of it is no standard error."""
    codes = np.repeat(np.arange(6), sizes)
    n, arm = len(codes), (codes < 3).astype(float)
    draws, weights = np.random.default_rng(5).normal(size=(4000, n)), np.ones(n)
    weights[-1] = heaviest
    x = np.column_stack([np.ones(n), arm])
    bread = np.linalg.inv(x.T @ (weights[:, None] * x))
    lead = (x @ bread)[:, 1] * weights
    residuals = draws - (draws * weights) @ x @ bread @ x.T
    scores = (residuals * lead) @ (codes[:, None] == np.arange(6))
    factor = 6 / 5 * (n - 1) / (n - 2)
    seen = factor * np.mean((scores**2).sum(axis=1)) / np.sum(lead**2)
    fit = least_squares(draws[0], x, weights)
    if seen < 0.5:
        with pytest.raises(NotEstimable, match="decide most of this estimate") as told:
            infer(fit, [0, 1], "CR1", codes)
        shown = float(str(told.value).split("only ")[1].split("%")[0]) / 100
    else:
        method = infer(fit, [0, 1], "CR1", codes).method
        shown = float(method.split("expected to show ")[1].split("%")[0]) / 100
    assert shown == approx(seen, abs=0.03)
    assert (seen < 0.5) == (max(sizes) > 20 or heaviest > 1)


@pytest.mark.parametrize(
    ("heaviest", "sizes", "held"),
    [(1.0, (20,) * 6, 0.95), (1.0, (60, 2, 2, 20, 20, 20), 0.9), (50.0, (7, 7, 7, 7, 6, 6), 0.77)],
)
def test_cr1_s_intervals_miss_the_truth_where_half_of_the_variance_is_hidden(
    monkeypatch, heaviest, sizes, held
):
    """Why HALF: errors alike and independent, 4,000 draws (Monte Carlo error .004 to .007)."""
    monkeypatch.setattr("cesp_analysis.models.lost_variance.HALF", 0.0)
    codes = np.repeat(np.arange(6), sizes)
    draws, weights = np.random.default_rng(7).normal(size=(4000, len(codes))), np.ones(len(codes))
    weights[0] = heaviest
    x = np.column_stack([np.ones(len(codes)), codes < 3])
    fit = least_squares(draws[0], x, weights)
    many = infer_many(fit, np.array([0.0, 1.0]), "CR1", draws, codes)
    reach = t_quantile(0.975, many.df) * np.sqrt(many.squares[:, 0])
    assert np.mean(np.abs(many.estimates) <= reach) == approx(held, abs=0.02)


@pytest.mark.parametrize("covariance", ["CR1", "CR2"])
@pytest.mark.parametrize("heaviest", [2e4, 1e5, 1e6, 1e9])
def test_a_weight_beyond_all_others_is_refused_in_words(covariance, heaviest):
    y, arm, weights = np.arange(12.0) % 5, np.repeat([0.0, 1.0], 6), np.ones(12)
    weights[0] = heaviest
    fit = least_squares(y, np.column_stack([np.ones(12), arm]), weights)
    with pytest.raises(NotEstimable, match=f"largest weight is {heaviest:,.0f} times the median"):
        infer(fit, [0, 1], covariance, np.arange(12))


# ---- invariances


@pytest.mark.parametrize("covariance", ["classical", "HC2", "CR1", "CR2"])
@pytest.mark.parametrize("weight", [None, "w_row"])
def test_order_and_unit_do_not_matter(covariance, weight):
    data = vector_a1()

    def found(rows, scale=1.0, shift=0.0, labels=1):
        weights = None if weight is None else 7 * rows[weight].to_numpy() * scale
        fit = least_squares(shift + scale * rows.y.to_numpy(), crossed(rows.arm, rows.t), weights)
        return infer(fit, last(4), covariance, labels * rows.id.to_numpy())

    plain = found(data)
    for other in (found(data.sample(frac=1, random_state=5)), found(data, labels=-3)):
        assert (other.estimate, other.std_error, other.df) == approx(
            (plain.estimate, plain.std_error, plain.df), rel=1e-11
        )
    scaled = found(data, 2.5, -40)
    # 1e-10: the shift moves the outcome through zero, where digits cancel
    assert (scaled.estimate, scaled.std_error) == approx(
        (2.5 * plain.estimate, 2.5 * plain.std_error), rel=1e-10
    )
    assert scaled.df == approx(plain.df, rel=1e-10)


def test_rows_of_weight_zero_are_left_out():
    data = vector_a1()
    y, x, person = data.y.to_numpy(), crossed(data.arm, data.t), data.id.to_numpy()
    weights = data.w_row.to_numpy().copy()
    weights[::7] = 0
    kept = weights > 0
    one = infer(least_squares(y, x, weights), last(4), "CR2", person)
    two = infer(least_squares(y[kept], x[kept], weights[kept]), last(4), "CR2", person[kept])
    assert one == two


# ---- other programs


def a1_fit(weight=None, fixed=False):
    data = vector_a1()
    y, weights = data.y.to_numpy(), None if weight is None else data[weight].to_numpy()
    if fixed:
        x = np.column_stack([data.t, data.arm * data.t])
        return data, least_squares(y, x, weights, data.id.to_numpy())
    return data, least_squares(y, crossed(data.arm, data.t), weights)


@pytest.mark.parametrize(
    ("name", "weight", "fixed", "modulus"),
    [
        ("a1", None, False, 99),
        ("a1_weighted", "w_row", False, 99),
        ("a1_weighted_by_person", "w_id", False, 99),
        ("a1_fixed", None, True, 99),
        ("a1_fixed_nested", None, True, 8),
        ("a1_fixed_weighted", "w_id", True, 99),
    ],
)
def test_clubsandwich_on_individual_data(name, weight, fixed, modulus):
    data, fit = a1_fit(weight, fixed)
    cr1, cr2 = (infer(fit, last(len(fit.coef)), c, data.id % modulus) for c in ("CR1", "CR2"))
    expected = ORACLE[name]["CR2"]
    assert (cr2.estimate, cr2.std_error, cr2.df) == approx(
        (expected["estimate"], expected["se"], expected["df"]), rel=R
    )
    assert t_p_value(cr2.estimate, cr2.std_error, cr2.df) == approx(expected["p"], rel=R)
    # R counts every dummy; here those within clusters count as one constant
    n, k = fit.n_obs, len(fit.coef)
    counted = sqrt((n - k - 1) / (n - fit.n_parameters)) if fixed else 1.0
    assert cr1.std_error * counted == approx(ORACLE[name]["CR1"]["se"], rel=R)
    assert cr1.df == approx(ORACLE[name]["CR1"]["df"], rel=R)


def test_absorbed_effects_across_clusters_are_counted():
    data, fit = a1_fit(fixed=True)
    found = covariance_matrix(fit, "CR1", data.t, np.array([[0.0, 1.0]]))
    assert sqrt(found[0, 0]) == approx(ORACLE["a1_fixed_by_time"]["CR1"]["se"], rel=R)
    with pytest.raises(NotEstimable, match="more than one cluster"):
        infer(fit, [0, 1], "CR1", data.t)


def test_clubsandwich_on_a_survey():
    data = vector_a3()
    fit = least_squares(data.y.to_numpy(), crossed(data.site, data.wave))
    cr1, cr2 = (infer(fit, last(4), c, data.nb) for c in ("CR1", "CR2"))
    expected = ORACLE["a3"]
    assert (cr1.std_error, cr1.df) == approx((expected["CR1"]["se"], expected["CR1"]["df"]), rel=R)
    assert (cr2.std_error, cr2.df) == approx((expected["CR2"]["se"], expected["CR2"]["df"]), rel=R)
    # methods.md, appendix A3, as printed there (10 digits)
    assert (cr1.std_error, cr1.df, cr2.std_error, cr2.df) == approx(
        (0.9665461206, 7.905403750, 1.0220378490, 7.856263152), rel=1e-9
    )


def test_six_neighbourhoods():
    """cases/01: the p-value that comes with a cluster-robust standard error."""
    y, arm, neighbourhood = people()
    fit = least_squares(y, np.column_stack([np.ones(len(y)), arm]))
    cr1, cr2 = (infer(fit, [0, 1], c, neighbourhood) for c in ("CR1", "CR2"))
    assert (cr1.std_error, cr2.std_error, cr2.df) == approx(
        (1.0987039374, 1.2231120193, 3.9305008935), rel=R
    )
    # the p-value of the case is that of t on clusters - 1 df; few clusters do not have them
    assert t_p_value(cr1.estimate, cr1.std_error, 5) == approx(0.0799862174, rel=R)
    assert cr1.df == approx(ORACLE["people"]["CR1"]["df"], rel=R)
    assert cr1.df < 5
    assert t_p_value(cr2.estimate, cr2.std_error, cr2.df) == approx(0.1216645752, rel=R)
    interval = t_interval(cr2.estimate, cr2.std_error, cr2.df)
    assert interval == approx((-1.0123513845, 5.8270807292), rel=R)
    assert cr1.n_clusters == cr2.n_clusters == 6
    assert "Satterthwaite df" in cr1.method


def test_lm_and_sandwich():
    cars = ORACLE["cars"]
    x = np.column_stack([np.ones(32), cars["wt"], cars["am"]])
    plain, weighted = least_squares(cars["mpg"], x), least_squares(cars["mpg"], x, cars["hp"])
    hc2 = infer(plain, last(3), "HC2")
    assert (hc2.std_error, hc2.df) == approx((cars["HC2"]["se"], cars["HC2"]["df"]), rel=R)
    assert infer(weighted, last(3), "HC2").std_error == approx(cars["weighted_HC2"]["se"], rel=R)
    for fit, expected in ((plain, cars["classical"]), (weighted, cars["weighted_classical"])):
        found = infer(fit, last(3), "classical")
        assert found.std_error == approx(expected["se"], rel=R)
        assert fit.r_squared == approx(expected["r_squared"], rel=R)
        assert found.df == 29


@pytest.mark.parametrize("weight", [None, "w_row"])
def test_statsmodels(weight):
    import statsmodels.api as sm

    data, fit = a1_fit(weight)
    weights = 1.0 if weight is None else data[weight]
    other = sm.WLS(data.y, crossed(data.arm, data.t), weights=weights).fit()
    clustered = other.get_robustcov_results("cluster", groups=data.id, use_t=True)
    assert fit.coef == approx(other.params.to_numpy(), rel=R)
    assert fit.r_squared == approx(other.rsquared, rel=R)
    for name, covariance in (
        ("classical", other.cov_params()),
        ("HC2", other.get_robustcov_results("HC2").cov_params()),
        ("CR1", clustered.cov_params()),
    ):
        found = covariance_matrix(fit, name, data.id if name == "CR1" else None)
        assert found == approx(np.asarray(covariance), rel=R)


def test_linearmodels():
    """PanelOLS without any small-sample factor, so that only the sandwich is compared."""
    from linearmodels.panel import PanelOLS

    data, fit = a1_fit(fixed=True)
    table = data.assign(at=data.arm * data.t, time=data.t).set_index(["id", "time"])
    other = PanelOLS(table.y, table[["t", "at"]], entity_effects=True).fit(
        cov_type="clustered", cluster_entity=True, debiased=False
    )
    found = covariance_matrix(fit, "CR1", data.id)
    factor = 24 / 23 * (fit.n_obs - 1) / (fit.n_obs - 3)
    assert fit.coef == approx(other.params.to_numpy(), rel=R)
    assert found / factor == approx(other.cov.to_numpy(), rel=R)
    assert fit.r_squared == approx(other.rsquared_inclusive, rel=R)


def test_t_is_r_s_t():
    for df, quantile, p in zip(
        *(ORACLE["t"][name] for name in ("df", "quantile", "p")), strict=True
    ):
        assert t_quantile(0.975, df) == approx(quantile, rel=1e-10)  # Cephes inverse: 12 digits
        assert t_p_value(-2.3, 1.0, df) == approx(p, rel=1e-10)
    assert t_interval(0, 1, inf) == approx((-1.9599639845400545, 1.9599639845400545), rel=EXACT)
    assert t_p_value(1.9599639845400545, 1, inf) == approx(0.05, rel=EXACT)
    for std_error, df in ((0.0, 5.0), (1.0, 0.0), (1.0, float("nan"))):
        with pytest.raises(ValueError, match="positive SE and df"):
            t_p_value(1.0, std_error, df)


# ---- refusals


def trap():
    """methods.md, appendix A4: two sites, two times, no effect, a site shock of 2."""
    rng = np.random.default_rng(20240501)
    site = np.repeat([0, 1], 60)
    y0 = rng.normal(50, 10, 120)
    y1 = 0.5 * y0 + 25 + rng.normal(0, 8, 120) + 2 * (site == 1)
    x = crossed(np.tile(site, 2), np.repeat([0, 1], 120))
    return np.r_[y0, y1], x, np.tile(site, 2), np.tile(np.arange(120), 2)


@pytest.mark.parametrize("covariance", ["CR1", "CR2"])
def test_two_sites_have_no_site_level_standard_error(covariance):
    y, x, site, person = trap()
    fit = least_squares(y, x)
    with pytest.raises(NotEstimable, match="every cluster's score is zero by design"):
        infer(fit, last(4), covariance, site)
    with pytest.raises(NotEstimable, match="zero by design"):
        covariance_matrix(fit, covariance, site)
    with pytest.raises(NotEstimable, match="zero by design"):
        infer(least_squares(y, x[:, 2:], absorb=person), [0, 1], covariance, site)
    found = infer(fit, last(4), "CR1", person)
    # methods.md prints four digits: statsmodels' individual clustering
    assert (found.estimate, found.std_error) == (approx(2.4946, abs=5e-5), approx(1.790, abs=5e-4))


@pytest.mark.parametrize("covariance", ["CR1", "CR2"])
def test_the_only_cluster_of_an_arm(covariance):
    """Its score is zero too; a sandwich would print the other arm's error alone."""
    y, arm, neighbourhood = people()
    kept = (arm == 0) | (neighbourhood == neighbourhood[arm == 1][0])
    fit = least_squares(y[kept], np.column_stack([np.ones(kept.sum()), arm[kept]]))
    with pytest.raises(NotEstimable, match="a cluster alone determines part"):
        infer(fit, [0, 1], covariance, neighbourhood[kept])
    assert infer(fit, [1, 0], covariance, neighbourhood[kept]).std_error > 0.1
    one = covariance_matrix(fit, covariance, neighbourhood[kept], contrasts=[[1, 0]])
    assert one.shape == (1, 1)


def test_a_nuisance_without_standard_error_does_not_stop_the_effect():
    """Dummies of the clusters written out: singular I - H_gg, the same answer as absorbed."""
    data, absorbed = a1_fit(fixed=True)
    dummies = (data.id.to_numpy()[:, None] == np.arange(1, 25)).astype(float)
    x = np.column_stack([dummies, data.t, data.arm * data.t])
    fit = least_squares(data.y.to_numpy(), x)
    one, two = infer(fit, last(26), "CR2", data.id), infer(absorbed, [0, 1], "CR2", data.id)
    assert (one.estimate, one.std_error, one.df) == approx(
        (two.estimate, two.std_error, two.df), rel=1e-10
    )
    with pytest.raises(NotEstimable):
        infer(fit, np.eye(26)[0], "CR2", data.id)


def test_collinear_columns_are_named():
    data = vector_a1()
    x = crossed(data.arm, data.t)
    more = np.column_stack([x, 1000 * (1 - x[:, 1]), x[:, 2] * 2 + 3])
    with pytest.raises(Collinear, match=r"columns 4, 5 \(counted from 0\)") as caught:
        least_squares(data.y, more)
    assert caught.value.columns == (4, 5)
    with pytest.raises(Collinear, match=r"column 0 .* once the unit effects are taken out"):
        least_squares(data.y, x[:, 1:], absorb=data.id)
    with pytest.raises(Collinear):
        least_squares(data.y[:3], x[:3])


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("eps", [1e-3, 1e-5, 3e-7])
def test_columns_near_dependence_give_the_fit_of_centred_ones(eps, seed):
    """A covariate far from zero: constant, arm, covariate, product span what its centred one does.

    A pivoted column keeps a part `eps` of its length: what is lost by it, and not its square, is
    rounding (1e-15) over eps, times the size of the outcome over its residuals (here 50).
    """
    rng = np.random.default_rng(seed)
    n = 200
    arm, z = np.repeat([0.0, 1.0], n // 2), rng.normal(size=n)
    y = 50 + 2 * arm + z + rng.normal(size=n)
    far = 1 / eps + z
    plain, centred = (
        least_squares(y, np.column_stack([np.ones(n), arm, x, arm * x]))
        for x in (far, far - 1 / eps)
    )
    rounding = 50 * 1e-15 / eps
    error = sqrt(centred.residual_variance * centred.bread[3, 3])
    assert plain.coef[3] == approx(centred.coef[3], abs=10 * rounding * error)
    assert sqrt(plain.residual_variance * plain.bread[3, 3]) == approx(error, rel=rounding)
    assert plain.r_squared == approx(centred.r_squared, abs=rounding)


def test_what_cannot_be_estimated_says_why():
    data = vector_a1()
    y, x, person = data.y.to_numpy(), crossed(data.arm, data.t), data.id.to_numpy()
    fit, fixed = least_squares(y, x), a1_fit(fixed=True)[1]
    weighted = a1_fit("w_row", fixed=True)[1]
    cells = np.repeat([0.0, 1.0, 2.0], 4)
    flat = least_squares(np.r_[np.full(8, 3.3), 1, 2, 3, 4], (cells[:, None] == [0, 1, 2]) * 1.0)
    lone = least_squares(y[:9], np.column_stack([np.ones(9), np.arange(9) == 4]))
    refused = [
        ("outcome or its change, does not vary$", lambda: least_squares(np.full(len(y), 0.1), x)),
        ("does not vary within units", lambda: least_squares(person * 0.1, x[:, 2:], None, person)),
        ("too few", lambda: least_squares(y[-5:-2] * [1, 2, 3], np.vander([1.0, 2, 4]))),
        ("below zero", lambda: least_squares(y, x, -data.w_row)),
        ("no unit has two rows", lambda: least_squares(y, x, None, np.arange(len(y)))),
        ("there are no rows", lambda: least_squares(y[:0], x[:0])),
        ("at least 2 clusters; there is 1", lambda: infer(fit, last(4), "CR2", 0 * person)),
        ("cluster by unit", lambda: infer(fixed, [0, 1], "HC2")),
        ("more than one cluster", lambda: infer(fixed, [0, 1], "CR2", data.t)),
        ("one weight for all records of a unit", lambda: infer(weighted, [0, 1], "CR2", person)),
        ("where the estimate looks", lambda: infer(flat, [1, -1, 0], "HC2")),
        ("one record alone", lambda: infer(lone, [0, 1], "HC2")),
    ]
    for words, call in refused:
        with pytest.raises(NotEstimable, match=words):
            call()


def test_what_a_caller_got_wrong():
    data = vector_a1()
    fit = least_squares(data.y, crossed(data.arm, data.t))
    wrong = [
        ("complete rows", lambda: least_squares(data.y.where(data.t > 0), data[["t"]])),
        ("no columns", lambda: least_squares(data.y, np.empty((len(data), 0)))),
        ("needs the codes", lambda: infer(fit, last(4), "CR1")),
        ("cluster codes for", lambda: infer(fit, last(4), "CR1", data.id[:5])),
        ("contrast is zero", lambda: infer(fit, np.zeros(4), "classical")),
    ]
    for words, call in wrong:
        with pytest.raises(ValueError, match=words):
            call()


# ---- size and scale


@pytest.mark.parametrize("n_clusters", [6, 12])
def test_cr2_keeps_its_level(n_clusters):
    """No effect, a cluster's shock (ICC 0.1), clusters of 5 to 15: the nominal 5% is rejected in
    3.5% to 6.5% of 2,500 trials (Monte Carlo SE 0.44%, so 3.4 of them either side)."""
    rng = np.random.default_rng(n_clusters)
    codes = np.repeat(np.arange(n_clusters), 5 + 2 * (np.arange(n_clusters) % 6))
    x = np.column_stack([np.ones(len(codes)), codes % 2])
    rejected = 0
    for _ in range(2500):
        shock = rng.normal(0, sqrt(0.1), n_clusters)
        y = shock[codes] + rng.normal(0, sqrt(0.9), len(codes))
        found = infer(least_squares(y, x), [0, 1], "CR2", codes)
        rejected += t_p_value(found.estimate, found.std_error, found.df) < 0.05
    assert 0.035 < rejected / 2500 < 0.065


def test_welch_keeps_its_level_under_unequal_variances():
    """8 people with SD 4 against 30 with SD 1: 5% +- 3.4 Monte Carlo SE (0.44%); the classical t
    rejects far more often."""
    rng = np.random.default_rng(11)
    arm = np.repeat([1.0, 0.0], [8, 30])
    x = np.column_stack([np.ones(38), arm])
    rejected = {"HC2": 0, "classical": 0}
    for _ in range(2500):
        fit = least_squares(rng.normal(0, 1 + 3 * arm), x)
        for covariance in rejected:
            found = infer(fit, [0, 1], covariance)
            rejected[covariance] += t_p_value(found.estimate, found.std_error, found.df) < 0.05
    assert 0.035 < rejected["HC2"] / 2500 < 0.065
    assert rejected["classical"] / 2500 > 0.15


def test_many_rows_and_many_clusters():
    """No n_g^3: 24 clusters of 8,333 rows, and 100,000 of 2 (about 0.1 s and 0.6 s when written;
    10 s leaves room for a busy machine, where n_g^3 would take minutes)."""
    rng = np.random.default_rng(2)
    x = np.column_stack([np.ones(200_000), rng.normal(size=(200_000, 4))])
    y = rng.normal(size=200_000)
    start = perf_counter()
    for n_clusters in (24, 100_000):
        found = infer(least_squares(y, x), last(5), "CR2", np.arange(200_000) % n_clusters)
        # independent rows: CR2's SE is that of the regression, to the noise of 24 clusters
        assert found.std_error == approx(1 / sqrt(200_000), rel=0.5)
    assert perf_counter() - start < 10


def test_a_fit_remembers_sums_of_the_clusters_that_are_asked_about():
    """One fit asked about two clusterings in turn says what fresh fits say."""
    rng = np.random.default_rng(5)
    x = np.column_stack([np.ones(60), rng.normal(size=60)])
    y = rng.normal(size=60)
    fit = least_squares(y, x)
    for groups in (6, 10, 6):
        codes = np.arange(60) % groups
        fresh = infer(least_squares(y, x), [0, 1], "CR2", codes)
        for _ in range(2):
            assert infer(fit, [0, 1], "CR2", codes) == fresh


def test_many_columns_near_dependent_have_the_root_of_reflections(monkeypatch):
    """A pair of 40 columns of which the sum of squares loses six digits: eigenvalue about 5e-7."""
    rng = np.random.default_rng(5)
    x = rng.normal(size=(900, 40))
    x[:, 7] = x[:, 3] + 1e-3 * x[:, 7]
    y = rng.normal(size=900) + x[:, 7]
    weights = rng.uniform(0.5, 2, 900)
    monkeypatch.setattr(module, "ROWS", 128)
    fit = least_squares(y, x, weights)
    monkeypatch.setattr(module, "MANY", 41)
    known = least_squares(y, x, weights)
    assert fit.factor is None and known.factor is not None
    sign = np.sign(np.diag(known.root))
    assert fit.root == approx(known.root * sign[:, None], rel=R, abs=1e-12 * 30)
    assert fit.coef == approx(known.coef, rel=R)
    assert np.diag(fit.bread) == approx(np.diag(known.bread), rel=R)
    assert fit.basis.T @ fit.basis == approx(np.eye(40), abs=1e-11)
