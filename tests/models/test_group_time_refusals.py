"""What one group-time effect refuses, every average of it refuses: nobody, one person, one cluster,
weights that leave no degrees of freedom."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from cesp_analysis.models.results import Estimate
from cesp_analysis.models.weighting_words import AS_GIVEN
from small_panel import model as small_model
from small_panel import panel_of as small_panel
from staggered import by_name, model, panel_of, records_of

ALL = ["overall", "since_start", "by_start", "by_time", "group_time"]
STARTS = {f"s{i}": (2, 3, 0)[i % 3] for i in range(9)}
"""Nine sites of six people; three begin at time 2, three at time 3, three never."""
OF_START_2_AT_4 = ("", "since_2", "from_t2", "t4", "from_t2/t4")
"""The rows that the effect on those of start 2 at the last of four times is part of."""


def answers() -> tuple[np.ndarray, np.ndarray]:
    """Answers (54, 4), and the site of each person."""
    rng = np.random.default_rng(11)
    return rng.normal(20, 3, (54, 4)), np.repeat([*STARTS], 6)


def rows_of(y: np.ndarray, design: str, **settings: Any) -> dict[str, Estimate]:
    panel = panel_of(y, answers()[1], STARTS, **settings.pop("further", {}))
    panel = panel if design == "panel" else records_of(panel)
    told = {"cluster": "person", "effects": ALL, "draws": 199, "design": design} | settings
    return by_name(model(STARTS, 4, **told).fit(panel).estimates)


def who(start: int) -> np.ndarray:
    return np.flatnonzero([STARTS[site] == start for site in answers()[1]])


def left(start: int, time: int, people: int) -> np.ndarray:
    """The answers, of which so many are left of a start at a time."""
    y = answers()[0]
    y[who(start)[people:], time - 1] = np.nan
    return y


@pytest.mark.parametrize("design", ["panel", "cross_sections"])
@pytest.mark.parametrize("people", [0, 1, 2])
def test_one_person_of_a_group_at_a_time_is_no_effect_and_no_part_of_an_average(
    design: str, people: int
) -> None:
    """Of cross-sections one person had an interval that held the truth half of the time."""
    rows = rows_of(left(2, 4, people), design)
    when = "Time 1 and Time 4" if design == "panel" else "Time 4"
    alone = {
        0: f"nobody of sites that began by Time 2 has a value at {when}",
        1: f"sites that began by Time 2 hold one person with a value at {when}",
    }
    lost = {name for name, row in rows.items() if row.status != "estimated"}
    assert lost == (set(OF_START_2_AT_4) if people < 2 else set())
    for name in lost:
        single = name in ("since_2", "from_t2/t4")
        needs = "the average needs estimates of sites that began by Time 2 at Time 4, which are not"
        assert rows[name].status == "not_estimable"
        assert str(rows[name].reason).startswith(alone[people] if single else needs)
        assert (rows[name].ci_low, rows[name].ci_low_joint, rows[name].method) == (None,) * 3
        assert rows[name].n_obs and rows[name].n_units


@pytest.mark.parametrize("design", ["panel", "cross_sections"])
def test_one_person_at_baseline_or_to_compare_with_is_none_either(design: str) -> None:
    at_first = rows_of(left(2, 1, 1), design)
    whole = {name for name, row in at_first.items() if row.status == "estimated"}
    of_others = {name for name in at_first if name.startswith("from_t3")} | {"before_1"}
    assert whole == of_others
    compared = rows_of(left(0, 4, 1), design)
    when = "Time 2 and Time 4" if design == "panel" else "Time 4"
    told = f"those that never get the intervention hold one person with a value at {when}"
    assert compared["from_t3/t4"].reason == told
    assert {name for name, row in compared.items() if row.status == "estimated"} == {
        "t2", "t3", "since_0", "before_1", "from_t2/t2", "from_t2/t3", "from_t3/t2", "from_t3/t3"
    }  # fmt: skip


def test_a_time_that_no_file_feeds_yet_leaves_the_average_of_the_others_and_its_words() -> None:
    y, site = answers()
    y[:, 3] = np.nan
    spec = model(STARTS, 4, cluster="person", draws=199)
    assert spec.study is not None
    fed = spec.model_copy(update={"study": spec.study.model_copy(update={"without_file": ("t4",)})})
    row = by_name(fed.fit(panel_of(y, site, STARTS)).estimates)[""]
    three = by_name(model(STARTS, 3, cluster="person", draws=199).fit(
        panel_of(y[:, :3], site, STARTS)).estimates)[""]  # fmt: skip
    assert (row.estimate, row.std_error) == approx((three.estimate, three.std_error))
    lost = "without sites that began by Time 2 at Time 4, sites that began by Time 3 at Time 4"
    assert row.contrast.endswith(f", {lost}")
    assert f"{lost}: no file feeds Time 4 yet" in row.warnings
    assert by_name(spec.fit(panel_of(y, site, STARTS)).estimates)[""].status == "not_estimable"


def test_diagnostics_hold_no_number_of_what_is_refused() -> None:
    panel = panel_of(left(2, 4, 1), answers()[1], STARTS)
    fitted = model(STARTS, 4, cluster="person", effects=ALL, draws=199).fit(panel)
    known = fitted.diagnostics["y"]
    reason = "sites that began by Time 2 hold one person with a value at Time 1 and Time 4"
    assert known["group_time"]["from_t2"]["t4"] == {"reason": reason, "base": "t1"}
    assert not known["std_error_large_sample"].keys() & set(OF_START_2_AT_4)


def test_one_site_of_a_start_at_a_time_refuses_the_averages_too() -> None:
    """Its part of their error is zero by construction, in one of several times as in all."""
    y, site = answers()
    y[np.isin(site, ["s3", "s6"]), 3] = np.nan  # of start 2 s0 alone answers at time 4
    rows = rows_of(y, "panel", cluster="site")
    lost = {name: row for name, row in rows.items() if row.status != "estimated"}
    assert set(lost) == set(OF_START_2_AT_4)
    assert {row.status for row in lost.values()} == {"refused"}
    assert all("those that began by Time 2 have one site" in str(r.reason) for r in lost.values())


@pytest.mark.parametrize("design", ["panel", "cross_sections"])
def test_a_weight_beyond_all_others_of_its_side_leaves_no_estimate(design: str) -> None:
    """A million times the others' weight, of one treated and of all controls (who weigh alike);
    and of one control."""
    y, weight = answers()[0], np.ones(54)
    weight[[*who(0), who(2)[0]]] = 1e6
    heavy = rows_of(y, design, weighted=True, further={"weight": weight})
    assert heavy["from_t3"].status == "estimated" and heavy["from_t3"].df > 1
    for name in ("", "from_t2", "from_t2/t2", "t2"):
        assert heavy[name].status == "not_estimable", name
    said = "the largest weight is 1,000,000 times the median of its arm and time"
    assert said in str(heavy["from_t2/t2"].reason)
    one = np.where(np.arange(54) == who(0)[0], 1e6, 1.0)
    rows = rows_of(y, design, weighted=True, further={"weight": one})
    assert said in str(rows["from_t3/t3"].reason)
    assert {row.status for row in rows.values()} == {"not_estimable"}


def test_a_side_that_few_records_decide_is_named() -> None:
    weight = np.where(np.arange(54) == who(2)[0], 17.0, 1.0)
    rows = rows_of(answers()[0], "panel", weighted=True, further={"weight": weight})
    told = [one for one in rows["from_t2"].warnings if one.endswith(AS_GIVEN)]
    # 17 of 34; 34 ** 2 / (17 ** 2 + 17) records
    said = "sites that began by Time 2: the 18 records are worth 3.8 equally weighted ones"
    assert [one.startswith(said) for one in told] == [True]
    assert not [one for one in rows["from_t3"].warnings if one.endswith(AS_GIVEN)]


def test_of_different_people_each_time_the_error_is_welchs_of_the_four_means() -> None:
    panel = small_panel(times=3)
    panel = panel.assign(unit=pd.Categorical(panel["unit"].astype(str) + panel["time"].astype(str)))
    panel = panel[np.random.default_rng(4).random(len(panel)) < 0.6]
    told = {"design": "cross_sections", "times": 3}
    rows = by_name(small_model(kind="group_time", cluster="person", **told).fit(panel).estimates)
    for one in small_model(kind="did", **told).fit(panel).estimates:
        row = rows[str(one.time)]
        assert (row.estimate, row.std_error, row.df) == approx(
            (one.estimate, one.std_error, one.df), rel=1e-9
        )
    assert "corrected start by start and time by time" in str(rows["t1"].method)


@pytest.mark.slow
@pytest.mark.parametrize(("people", "held"), [(2, 0.89), (3, 0.95), (5, 0.95)])
def test_intervals_of_few_different_people_hold_the_truth(people: int, held: float) -> None:
    """1,000 studies without an effect: 20 people an arm and time, so many treated at one of them;
    corrected by start alone the intervals held .82 (2 people) and .90 (3) of the time."""
    panel = small_panel(times=3)
    treated = (panel["arm"] == "intervention") & (panel["time"] == "t1")
    panel = panel.drop(index=panel[treated].index[people:]).reset_index(drop=True)
    panel = panel.assign(unit=pd.Categorical(panel["unit"].astype(str) + panel["time"].astype(str)))
    spec = small_model(times=3, kind="group_time", design="cross_sections", cluster="person")
    rng, found = np.random.default_rng(5), []
    for _ in range(1000):
        rows = by_name(spec.fit(panel.assign(value=rng.normal(20, 3, len(panel)))).estimates)
        found.append([row.ci_low <= 0 <= row.ci_high for row in (rows["t1"], rows[""], rows["t2"])])
    single, overall, other = np.mean(found, axis=0)
    # Monte Carlo errors .007 to .010
    assert single == approx(held, abs=0.03) and min(overall, other) > 0.93
