"""People who share a link worker: each row says that its interval counts them as independent."""

from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure.cleared import cleared
from cesp_analysis.models.link_worker_words import ICC, INDEPENDENT, caseload
from cesp_analysis.models.student import t_quantile
from cesp_analysis.models.two_sites import HELD
from cesp_analysis.models.weighting_words import PRECISION_NOT_SAMPLING
from link_worker_frames import frame_with
from small_panel import model, panel_of

CHANGE = {"kind": "did", "design": "change"}
NEAR = {"covariance": "CR2", "cluster": "neighbourhood"}
ROWS = [
    CHANGE,
    CHANGE | {"covariance": "CR2", "cluster": "person"},
    {"kind": "did", "design": "unit_effects", "covariance": "CR2", "cluster": "person",
     "average": True},
    {"kind": "ancova"},
    {"kind": "mixed", "random": ["person"]},
    {"kind": "mixed", "random": ["person", "neighbourhood"]},
    {"kind": "mixed", "random": ["person", "link_worker"]},
    {"kind": "mixed", "random": ["person"], "effect": "constant"},
    {"kind": "mmrm", "average": True},
    {"kind": "mmrm", "baseline": "covariate"},
    {"kind": "glm", "family": "poisson", "design": "panel"},
    {"kind": "ordinal", "design": "panel", "at_least": [20]},
    {"kind": "weighted_did", "design": "change", "method": "entropy", "covariates": ["age"]},
    {"kind": "dr_did", "design": "change", "covariates": ["age"]},
    {"kind": "group_time", "design": "panel", "cluster": "person"},
]  # fmt: skip


def served(both: bool = False, times: int = 3) -> pd.DataFrame:
    """Link workers of the intervention arm (or of each), with 8, 6, 4, 4 and 8 of its 30 people,
    who live in all neighbourhoods."""
    panel = panel_of(60, times=times)
    panel["value"] = panel["value"].clip(14, 26).round()
    number = (panel["unit"].cat.codes // 8 % 6).clip(upper=4)
    named = panel["arm"].astype(str).str[0] + number.astype(str)
    return panel.assign(
        link_worker=pd.Categorical(named.where((panel["arm"] == "intervention") | both))
    )


def said(row: Any) -> list[str]:
    return [one for one in row.warnings if one.startswith(INDEPENDENT)]


@pytest.mark.parametrize(("sizes", "alone"), [([22] * 5, 0), ([10] * 8, 0), ([40, 9, 3, 1], 4)])
def test_the_factor_is_the_variance_of_the_mean_over_that_of_independent_people(
    sizes: list[int], alone: int
) -> None:
    """By the whole covariance: 1 for each person, ICC between two of one link worker."""
    frame = frame_with(sizes, alone)
    found = caseload(frame, 1)
    own = frame.codes["link_worker"][frame.arm == 1]
    same = (own[:, None] == own) & (own >= 0)
    covariance = np.where(np.eye(len(own), dtype=bool), 1.0, ICC * same)
    assert found is not None
    assert found.deff == approx(covariance.mean() * len(own), rel=1e-12)
    assert (found.workers, found.people, found.alone) == (len(sizes), sum(sizes), alone)
    assert caseload(frame, 0) is None


def test_equal_sizes_give_their_size() -> None:
    found = caseload(frame_with([22] * 5), 1)
    assert found is not None and (found.m, found.deff) == approx((22, 2.05), rel=1e-12)


@pytest.mark.parametrize("sizes", [[12], [1, 1, 1], []])
def test_one_link_worker_or_one_person_each_share_nothing_that_a_row_could_size(
    sizes: list[int],
) -> None:
    assert caseload(frame_with(sizes), 1) is None


@pytest.mark.parametrize("settings", ROWS, ids=lambda s: " ".join(map(str, s.values())))
def test_every_row_that_compares_arms_says_it_once(settings: dict[str, Any]) -> None:
    rows = model(times=3, **settings).fit(served()).estimates
    assert "estimated" in {row.status for row in rows}
    for row in (row for row in rows if row.status == "estimated"):
        (told,) = said(row)
        assert "the intervention arm has 5 link workers for 30 people." in told
        # m = (64 + 36 + 16 + 16 + 64) / 30 = 6.533; 1 + 5.533 × .05 = 1.277
        own = "unweighted mean" if settings["kind"] in ("weighted_did", "dr_did") else "mean"
        assert f"that arm's {own} is 1 + (m − 1) × 0.05 = 1.28 times that of" in told
        assert "sum of squares over sum: 6.5)" in told
        assert told.endswith(HELD)
    for row in model(times=3, **settings).fit(panel_of(60, times=3)).estimates:
        assert not said(row)


def test_what_is_compared_is_named() -> None:
    for settings, of in (
        (CHANGE, "of changes of 0.05"),
        ({"kind": "ancova"}, "of outcomes at equal baseline of 0.05"),
        ({"kind": "mixed", "random": ["person"], "effect": "constant"}, "of outcomes of 0.05"),
    ):
        (row, *_) = model(times=3, **settings).fit(served()).estimates
        assert of in said(row)[0], settings


def test_link_workers_of_each_arm_and_the_model_that_holds_them() -> None:
    panel = served(both=True, times=2)
    (row,) = model(**CHANGE).fit(panel).estimates
    (told,) = said(row)
    assert "has 5 link workers for 30 people and the control arm has 5 link workers for 30" in told
    assert "the variances of the arms' means are 1 + (m − 1) × 0.05 = 1.28 and 1.28 times" in told
    assert told.endswith("cluster: link_worker holds it")
    held = model(**CHANGE, covariance="CR2", cluster="link_worker")
    (row,) = held.fit(panel).estimates
    assert row.status == "estimated" and not said(row)


def test_clusters_hold_it_where_each_link_worker_has_people_of_one_alone() -> None:
    panel = served(times=2)
    (row,) = model(**CHANGE, **NEAR).fit(panel).estimates
    (told,) = said(row)
    assert told.startswith(f"{INDEPENDENT} across neighbourhoods, ") and "is not wholly in" in told
    local = panel["neighbourhood"].astype(str).where(panel["arm"] == "intervention")
    nested = panel.assign(link_worker=pd.Categorical(local))
    (row,) = model(**CHANGE, **NEAR).fit(nested).estimates
    assert row.status == "estimated" and not said(row)
    (row,) = model(**CHANGE).fit(nested).estimates
    assert said(row)
    times = {"kind": "mixed", "random": ["person", "neighbourhood_time", "neighbourhood"]}
    (row,) = model(**times).fit(nested).estimates
    assert row.status == "estimated" and not said(row)
    (row,) = model(kind="mixed", random=["person", "neighbourhood"]).fit(nested).estimates
    assert said(row)


def test_people_without_a_link_worker_count_alone_and_are_told() -> None:
    panel = served(times=2)
    named = panel["link_worker"].astype(object)
    lost = panel.assign(link_worker=pd.Categorical(named.where(named != "i1", None)))
    (row,) = model(**CHANGE).fit(lost).estimates
    (told,) = said(row)
    assert "has 4 link workers for 24 people (and 6 without one)." in told and HELD not in told


def test_a_dose_has_no_mean_of_an_arm() -> None:
    (row,) = model(**CHANGE, dose="age", covariates=["age"]).fit(served(times=2)).estimates
    (told,) = said(row)
    assert "how alike their doses are" in told and "variance of" not in told


def test_a_row_without_an_estimate_does_not_say_it() -> None:
    clustered = model(**CHANGE, covariance="CR2", cluster="link_worker")
    (row,) = clustered.fit(served(times=2)).estimates
    assert row.status == "refused" and not said(row)
    assert "use neighbourhood instead, whose rows say what that leaves out" in str(row.reason)


def test_what_leaves_the_team_tells_no_number_of_few() -> None:
    (row,) = model(**CHANGE).fit(served(times=2)).estimates
    told = cleared(said(row)[0], Disclosure(threshold=10))
    assert "1.28" not in told and "6.5" not in told and "people and" not in told
    assert "the intervention arm has 5 link workers. At" in told
    assert "is 1 + (m − 1) × 0.05 times that of independent people" in told
    assert cleared(told, Disclosure(threshold=10)) == told


@pytest.mark.parametrize("kind", [CHANGE, {"kind": "ancova"}])
def test_classical_errors_with_weights_say_what_the_weights_are(kind: dict[str, Any]) -> None:
    panel = panel_of()
    for settings, count in (
        ({"covariance": "classical", "weighted": True}, 1),
        ({"covariance": "classical"}, 0),
        ({"covariance": "HC2", "weighted": True}, 0),
    ):
        (row,) = model(**kind, **settings).fit(panel).estimates
        assert row.warnings.count(PRECISION_NOT_SAMPLING) == count, settings
    mixed = model(kind="mixed", random=["person"], weighted=True)
    (row,) = mixed.fit(panel).estimates
    assert row.warnings.count(PRECISION_NOT_SAMPLING) == 1


@pytest.mark.slow
@pytest.mark.parametrize(("workers", "each", "icc"), [(8, 10, 0.05), (5, 22, 0.05), (5, 22, 0.2)])
def test_intervals_of_a_change_hold_the_truth_as_often_as_the_factor_says(
    workers: int, each: int, icc: float
) -> None:
    """1,000 studies without an effect: HC2's interval takes the mean of both arms' factors as 1."""
    rng, n, studies, held = np.random.default_rng(20261130), workers * each, 1_000, 0
    panel = panel_of(2 * n)
    first, arm = (panel["time"] == "t0").to_numpy(), (panel["arm"] == "intervention").to_numpy()
    worker = (np.cumsum(arm[~first]) - 1) // each
    for _ in range(studies):
        own, rest = rng.normal(size=workers + 1)[worker], rng.normal(size=2 * n)
        served = np.sqrt(icc) * own + np.sqrt(1 - icc) * rest
        value = np.zeros(len(panel))
        value[~first] = np.where(arm[~first], served, rest)
        (row,) = model(**CHANGE).fit(panel.assign(value=value)).estimates
        held += row.ci_low <= 0 <= row.ci_high
    factor = (1 + (1 + (each - 1) * icc)) / 2
    share = 2 * NormalDist().cdf(t_quantile(0.975, 2 * n - 2) / factor**0.5) - 1
    assert abs(held / studies - share) < 4 * (share * (1 - share) / studies) ** 0.5
