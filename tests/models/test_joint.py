"""Joint tests of effects at several times: closed forms, R's HTZ and Kenward–Roger's F."""

from typing import Any

import numpy as np
import pytest
from pytest import approx
from scipy import stats

from cesp_analysis.models.joint import _of_full_rank, joint_test, kenward_roger_scale
from cesp_analysis.models.least_squares import LeastSquares, least_squares
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.sandwich import infer
from reference_panels import R, own, own_panel
from small_panel import model, panel_of

EXACT = 1e-9
DIGITS = 1e-8  # R's values are written with 10 to 12 digits; its df come from square roots


def regression(
    weighted: bool = False, within: bool = False, weights: np.ndarray | None = None
) -> tuple[LeastSquares, np.ndarray]:
    """y ~ arm × time (or with an effect for each person), and contrasts of its 3 effects."""
    data = own()
    at = [(data["t"] == k).to_numpy(float) for k in (1, 2, 3)]
    x = [*at, *(data["arm"].to_numpy() * column for column in at)]
    if not within:
        x = [np.ones(len(data)), data["arm"].to_numpy(), *x]
    if weighted:
        weights = 1 + 0.5 * np.sin(np.arange(1, len(data) + 1))
    absorb = data["id"].to_numpy() if within else None
    fit = least_squares(data["y"].to_numpy(), np.column_stack(x), weights, absorb)
    return fit, np.eye(len(x))[-3:]


@pytest.mark.parametrize("name", sorted(R["joint"]))
def test_as_clubsandwich(name: str) -> None:
    design, _, covariance = name.rpartition("_")
    fit, contrasts = regression("weighted" in design, "unit_effects" in design)
    near = own()["id" if "unit_effects" in design else "near"].to_numpy()
    found = joint_test(fit, contrasts, covariance, None if covariance == "classical" else near)
    expected = R["joint"][name]
    assert (found.f, found.df_den) == approx((expected["f"], expected["df_den"]), rel=DIGITS)
    assert found.df_num == expected["df_num"] == 3
    assert found.p_value == approx(stats.f.sf(found.f, 3, found.df_den), rel=EXACT)


@pytest.mark.parametrize("covariance", ["classical", "CR1", "CR2"])
@pytest.mark.parametrize("weighted", [False, True])
def test_of_one_effect_is_its_t_squared(covariance: Any, weighted: bool) -> None:
    fit, contrasts = regression(weighted)
    near = own()["near"].to_numpy() if covariance != "classical" else None
    one, joint = (
        infer(fit, contrasts[0], covariance, near),
        joint_test(fit, contrasts[:1], covariance, near),
    )
    assert joint.f == approx((one.estimate / one.std_error) ** 2, rel=EXACT)
    assert joint.df_den == approx(one.df, rel=EXACT)


def test_does_not_depend_on_how_the_effects_are_written() -> None:
    fit, contrasts = regression(weighted=True)
    near = own()["near"].to_numpy()
    turned = np.array([[1.0, 2, 0], [0, 1, -1], [3, 0, 1]]) @ contrasts
    one, two = joint_test(fit, contrasts, "CR2", near), joint_test(fit, turned, "CR2", near)
    assert (one.f, one.df_den) == approx((two.f, two.df_den), rel=EXACT)


@pytest.mark.parametrize("covariance", ["CR1", "CR2"])
@pytest.mark.parametrize("several", [False, True])
def test_refuses_the_weights_that_one_effect_alone_refuses(covariance: Any, several: bool) -> None:
    """One weight of 100,000 times the median; and of a million, where those of the other arm are as
    large, so that no median tells it: Satterthwaite's df are then rounding."""
    data = own()
    first, control = data["id"] == data["id"].iloc[0], data["arm"] != data["arm"].iloc[0]
    heavy = (first | control) if several else first
    weights = np.where(heavy, 1e6 if several else 1e5, 1.0)
    fit, contrasts = regression(weights=weights)
    near, said = data["id"].to_numpy(), "the largest weight is 100,000 times the median"
    if several:
        said = "lost in rounding" if covariance == "CR2" else "clusters decide most of"
    with pytest.raises(NotEstimable, match=said):
        infer(fit, contrasts[0], covariance, near)
    with pytest.raises(NotEstimable, match=said):
        joint_test(fit, contrasts, covariance, near)


def test_needs_clusters_that_carry_it() -> None:
    fit, contrasts = regression()
    with pytest.raises(NotEstimable, match="HC2"):
        joint_test(fit, contrasts, "HC2")
    few = own()["near"].to_numpy() // 2  # two clusters an arm
    with pytest.raises(NotEstimable, match="degrees of freedom, too few for 3 effects at once"):
        joint_test(fit, contrasts, "CR2", few)


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"design": "unit_effects", "covariance": "CR2", "cluster": "person"}, "unit_effects_CR2"),
        (
            {"design": "cross_sections", "covariance": "CR2", "cluster": "neighbourhood"},
            "cross_sections_CR2",
        ),
        ({"design": "cross_sections", "covariance": "classical"}, "cross_sections_classical"),
    ],
)
def test_did_has_it_in_its_diagnostics(settings: Any, name: str) -> None:
    fit = model(kind="did", sites=False, times=4, **settings).fit(own_panel())
    found = fit.diagnostics["y"]["joint_test"]
    assert (found["f"], found["df_den"]) == approx(
        (R["joint"][name]["f"], R["joint"][name]["df_den"]), rel=DIGITS
    )


def test_did_says_why_there_is_none() -> None:
    asked = model(kind="did", times=3, design="cross_sections", covariance="CR2", cluster="site")
    reason = asked.fit(panel_of(times=3)).diagnostics["y"]["joint_test"]["reason"]
    assert "one site (north)" in reason
    plain = model(kind="did", times=3, design="cross_sections").fit(panel_of(times=3))
    assert "HC2" in plain.diagnostics["y"]["joint_test"]["reason"]
    two = model(kind="did", design="cross_sections").fit(panel_of())
    assert "joint_test" not in two.diagnostics["y"]


@pytest.mark.parametrize(
    "settings",
    [
        {"kind": "mmrm", "structure": "compound_symmetry"},
        {"kind": "mixed", "random": ["person"]},
    ],
)
def test_kenward_roger_as_pbkrtest(settings: Any) -> None:
    fit = model(sites=False, times=4, **settings).fit(own_panel())
    found, expected = fit.diagnostics["y"]["joint_test"], R["joint_unconstrained"]
    assert found["f"] == approx(expected["f"], rel=1e-6)  # lme4's optimum
    assert found["df_den"] == approx(expected["df_den"], rel=1e-6)


def test_complete_answers_without_structure_are_hotellings_t_squared() -> None:
    """Kenward and Roger's F then is exact: Hotelling's test of the changes between the arms."""
    panel = panel_of(times=4)
    found = model(kind="mmrm", times=4).fit(panel).diagnostics["y"]["joint_test"]
    table = panel.pivot(index="unit", columns="time", values="value")
    treated = panel.drop_duplicates("unit").set_index("unit")["arm"] == "intervention"
    change = (table.iloc[:, 1:].sub(table["t0"], axis=0)).to_numpy()
    one, two = change[treated[table.index]], change[~treated[table.index]]
    n, q = len(change), 3
    pooled = (np.cov(one.T) * (len(one) - 1) + np.cov(two.T) * (len(two) - 1)) / (n - 2)
    gap = one.mean(axis=0) - two.mean(axis=0)
    t2 = gap @ np.linalg.solve(pooled * (1 / len(one) + 1 / len(two)), gap)
    assert found["f"] == approx(t2 * (n - 2 - q + 1) / ((n - 2) * q), rel=1e-8)
    assert (found["df_num"], found["df_den"]) == approx((q, n - 2 - q + 1), rel=1e-8)


def test_satterthwaite_has_none() -> None:
    for settings in ({"kind": "mmrm"}, {"kind": "mixed", "random": ["person"]}):
        fit = model(times=3, df="satterthwaite", **settings).fit(panel_of(times=3))
        assert "kenward_roger" in fit.diagnostics["y"]["joint_test"]["reason"]


def test_effects_of_which_one_follows_from_the_others_have_no_joint_test() -> None:
    """Two later waves with the very same answers: a sentence, not a singular matrix."""
    matrix = np.array([[2.0, 2.0], [2.0, 2.0]])
    assert not _of_full_rank(matrix) and _of_full_rank(matrix + np.diag([1e-3, 0]))
    assert not _of_full_rank(np.zeros((1, 1)))
    assert _of_full_rank(np.diag([1e-12, 1e12]))


@pytest.mark.parametrize("q", [2, 3, 5])
@pytest.mark.parametrize("df", [3.0, 4.0, 5.0, 40.0])
def test_of_one_variance_kenward_and_rogers_f_is_exact(q: int, df: float) -> None:
    """Its F of q and df: at 4 df one without a variance, which is no division by 0."""
    a1, a2 = 2 * q**2 / df, 2 * q / df
    assert kenward_roger_scale(a1, a2, q) == approx((1.0, df), rel=1e-9)
