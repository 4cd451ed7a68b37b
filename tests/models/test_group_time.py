"""Model kind `group_time`: closed forms, other programs, what rows say."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx
from scipy import stats

from cesp_analysis.models.balancing import weigh
from cesp_analysis.models.group_time_engine import Adjustment, Sides, effect_of
from cesp_analysis.models.group_time_sums import Multiplier, critical_value
from cesp_analysis.models.group_time_words import NO_START
from cesp_analysis.models.results import Estimate
from cesp_analysis.models.two_sites import ONE_SITE_ARM, SITES_APART
from staggered import by_name, model, panel_of, records_of

REFERENCE = Path(__file__).parents[1] / "reference"
SAID: dict[str, Any] = json.loads((REFERENCE / "group_time.json").read_text())
CELLS: dict[str, Any] = json.loads((REFERENCE / "group_time_cells.json").read_text())
# Both programs solve the same equations; propensities are iterated to 1e-6 or better there.
AGREES = 1e-6
ALL = ["overall", "since_start", "by_start", "by_time", "group_time"]
# Of effects and errors, where diff-diff departs from R's DRDID (reference/group_time_cells.py): its
# doubly robust weights have another denominator, its regression's error lacks a part.
DEPARTS = {("panel", "dr"): (3e-4, 1e-4), ("cross_sections", "reg"): (AGREES, np.inf)}
WAYS: dict[str, Adjustment] = {
    "none": "regression",
    "reg": "regression",
    "ipw": "weighting",
    "dr": "doubly_robust",
}


def generated() -> tuple[pd.DataFrame, dict[str, int]]:
    wide = pd.read_csv(REFERENCE / "group_time.csv")
    starts = dict(zip(wide["site"], wide["start"].astype(int), strict=True))
    y = wide[[f"y{t}" for t in range(1, 6)]].to_numpy()
    more = {name: wide[name].to_numpy(float) for name in ("age", "alone", "weight")}
    return panel_of(y, wide["site"], starts, **more), starts


@pytest.mark.parametrize("name", [name for name in SAID if "/" in name])
def test_agrees_with_diff_diff(name: str) -> None:
    design, comparison, base, way = name.split("/")
    panel, starts = generated()
    panel = panel if design == "panel" else records_of(panel)
    covariates = [] if way == "none" else ["age", "alone"]
    fitted = model(
        starts, 5, design=design, comparison=comparison, base=base, adjustment=WAYS[way],
        covariates=covariates, cluster="person", group_sizes="sampled", effects=ALL, draws=199,
    ).fit(panel)  # fmt: skip
    known, (effect, error) = fitted.diagnostics["y"], DEPARTS.get((design, way), (AGREES, AGREES))
    _same_effects(known["group_time"], SAID[name], effect, error)
    errors = known["std_error_large_sample"]
    _same_averages(by_name(fitted.estimates), errors, SAID[name], effect, error)


def _same_effects(
    ours: dict[str, Any], theirs: dict[str, Any], of_effect: float, of_error: float
) -> None:
    compared = 0
    for key, (effect, error) in [item for item in theirs.items() if "/" in item[0]]:
        group, time = key.split("/")
        one = ours[f"from_t{group}"].get(f"t{time}")
        if one is None:  # a universal base itself, which is no estimate
            assert effect == 0
            continue
        assert one["estimate"] == approx(effect, abs=of_effect)
        assert one["std_error_large_sample"] == approx(error, abs=of_error)
        compared += 1
    assert compared >= 11


def _same_averages(
    rows: dict[str, Estimate],
    errors: dict[str, float],
    theirs: dict[str, Any],
    of_effect: float,
    of_error: float,
) -> None:
    named = {"overall": theirs["overall"]}
    named |= {f"from_t{group}": one for group, one in theirs["group"].items()}
    for event, one in theirs["event_study"].items():
        named[f"before_{event[1:]}" if event.startswith("-") else f"since_{event}"] = one
    for name, (effect, error) in named.items():
        if name == "before_1" and effect == 0:
            continue
        row = rows["" if name == "overall" else name]
        assert row.estimate == approx(effect, abs=of_effect), name
        assert errors[name] == approx(error, abs=of_error), name


def test_anticipation_agrees_with_diff_diff() -> None:
    panel, starts = generated()
    fitted = model(
        starts, 5, comparison="not_yet_treated", anticipation=1, adjustment="weighting",
        covariates=["age", "alone"], cluster="person", group_sizes="sampled", draws=199,
    ).fit(panel)  # fmt: skip
    theirs, known = SAID["anticipation"], fitted.diagnostics["y"]
    assert "from_t2" not in known["group_time"]  # no time before its start that is free of it
    for key, (effect, error) in [item for item in theirs.items() if "/" in item[0]]:
        group, time = key.split("/")
        if group == "2":
            continue
        one = known["group_time"][f"from_t{group}"][f"t{time}"]
        assert one["estimate"] == approx(effect, abs=AGREES)
        assert one["std_error_large_sample"] == approx(error, abs=AGREES)


def test_clusters_agree_with_diff_diff() -> None:
    """It multiplies by G / (G - 1); parts of all clusters sum to zero."""
    panel, starts = generated()
    fitted = model(
        starts, 5, comparison="not_yet_treated", adjustment="regression",
        covariates=["age", "alone"], group_sizes="sampled", draws=199,
    ).fit(panel)  # fmt: skip
    known, more = fitted.diagnostics["y"], np.sqrt(24 / 23)
    _same_effects(
        {
            group: {
                time: one | {"std_error_large_sample": one["std_error_large_sample"] * more}
                for time, one in times.items()
            }
            for group, times in known["group_time"].items()
        },
        SAID["clustered"], AGREES, AGREES,
    )  # fmt: skip


@pytest.mark.parametrize("name", [name for name in CELLS if "/" in name])
def test_single_effects_agree_with_drdid(name: str) -> None:
    design, way, weighting, group, time = name.split("/")
    found = effect_of(_sides(design, int(group), int(time), weighting == "weighted"), WAYS[way])
    effect, error = CELLS[name]
    n = len(found.pull)
    assert found.estimate == approx(effect, abs=1e-10)
    # Its errors of locally efficient cross-sections miss the derivative that the next test takes.
    ours = float(np.sqrt(found.pull @ found.pull))
    assert ours == approx(error, rel=6e-3 if (design, way) == ("cross_sections", "dr") else 1e-10)
    assert n in (240, 480)


def _sides(design: str, group: int, time: int, weighted: bool = False) -> Sides:
    """A group and those who never begin, at a time and the last one before the start."""
    wide = pd.read_csv(REFERENCE / "group_time.csv")
    rows = wide[wide["start"].isin([0, group])]
    treated, x = (rows["start"] == group).to_numpy(), rows[["age", "alone"]].to_numpy(float)
    weight = rows["weight"].to_numpy() if weighted else np.ones(len(rows))
    late, early = rows[f"y{time}"].to_numpy(), rows[f"y{group - 1}"].to_numpy()
    if design == "panel":
        return Sides(late - early, treated, None, x, weight)
    after = np.repeat([True, False], len(rows))
    return Sides(
        np.r_[late, early], np.r_[treated, treated], after, np.vstack([x, x]), np.r_[weight, weight]
    )


@pytest.mark.parametrize("design", ["panel", "cross_sections"])
@pytest.mark.parametrize("way", ["reg", "ipw", "dr"])
def test_parts_are_the_derivative_by_a_records_weight(design: str, way: str) -> None:
    """An influence function is the estimate's derivative by weights, times n (Jaeckel 1972)."""
    sides = _sides(design, 3, 4, weighted=True)
    found, step = effect_of(sides, WAYS[way]), 1e-4
    for record in range(0, len(sides.y), 37):
        ends = []
        for sign in (1, -1):
            weight = sides.sampling.copy()
            weight[record] *= 1 + sign * step
            ends.append(effect_of(replace(sides, sampling=weight), WAYS[way]).estimate)
        # The error of central differences is of order step^2, relative to pulls of some 1e-2.
        assert found.pull[record] == approx((ends[0] - ends[1]) / (2 * step), abs=1e-8)


@pytest.mark.parametrize(("group", "time"), [(2, 2), (2, 5), (3, 4), (4, 5)])
def test_diff_diffs_doubly_robust_is_ours_with_another_denominator(group: int, time: int) -> None:
    """The untreated's weighted sum, over the treated's weight in place of its own."""
    sides = _sides("panel", group, time)
    treated, y = sides.treated, sides.y
    z = np.column_stack([np.ones(len(y)), sides.x])
    left = y - z @ np.linalg.lstsq(z[~treated], y[~treated], rcond=None)[0]
    odds = weigh(sides.x, treated, "att", sides.sampling).weight[~treated]
    theirs = left[treated].mean() - odds @ left[~treated] / treated.sum()
    known = SAID["panel/never_treated/varying/dr"][f"{group}/{time}"][0]
    assert theirs == approx(known, abs=AGREES)
    assert effect_of(sides, "doubly_robust").estimate == approx(
        left[treated].mean() - np.average(left[~treated], weights=odds), abs=1e-12
    )


PUBLISHED = {
    "2004/2004": -0.0105, "2004/2005": -0.0704, "2004/2006": -0.1373, "2004/2007": -0.1008,
    "2006/2004": 0.0065, "2006/2005": -0.0028, "2006/2006": -0.0046, "2006/2007": -0.0412,
    "2007/2004": 0.0305, "2007/2005": -0.0027, "2007/2006": -0.0311, "2007/2007": -0.0261,
}  # fmt: skip
"""ATT(g, t) of minimum wages on log teen employment, as the page of R's did prints them."""
DYNAMIC = {
    "before_3": 0.0305, "before_2": -0.0006, "before_1": -0.0245, "since_0": -0.0199,
    "since_1": -0.0510, "since_2": -0.1373, "since_3": -0.1008, "from_t2": -0.0797,
    "from_t4": -0.0229, "from_t5": -0.0261,
}  # fmt: skip
"""The same by time since the start, and by start; times 1 to 5 are 2003 to 2007."""


def test_published_effects_of_minimum_wages() -> None:
    wide = pd.read_csv(REFERENCE / "mpdta.csv")
    years = [2003, 2004, 2005, 2006, 2007]
    y = wide[[f"y{year - 2000}" for year in years]].to_numpy()
    place = {0: 0} | {year: at + 1 for at, year in enumerate(years)}
    starts = {name: place[year] for name, year in zip(wide["county"], wide["start"], strict=True)}
    panel = panel_of(y, wide["county"], starts, lpop=wide["lpop"].to_numpy())
    plain = model(starts, 5, group_sizes="sampled", effects=ALL, draws=199).fit(panel)
    rows, known = by_name(plain.estimates), plain.diagnostics["y"]
    for key, published in PUBLISHED.items():
        group, year = (place[int(part)] for part in key.split("/"))
        assert round(rows[f"from_t{group}/t{year}"].estimate or 0, 4) == published, key
    for name, published in DYNAMIC.items():
        assert round(rows[name].estimate or 0, 4) == published, name
    theirs = SAID["mpdta"]  # analytic errors; the page's are bootstrapped
    assert rows[""].estimate == approx(theirs["overall"][0], abs=AGREES)
    assert known["std_error_large_sample"]["overall"] == approx(theirs["overall"][1], abs=AGREES)
    for event, (effect, error) in theirs["event_study"].items():
        name = f"before_{event[1:]}" if event.startswith("-") else f"since_{event}"
        assert rows[name].estimate == approx(effect, abs=AGREES)
        assert known["std_error_large_sample"][name] == approx(error, abs=AGREES)
    adjusted = model(starts, 5, covariates=["lpop"], draws=199).fit(panel)
    # diff-diff's other denominator, see above
    assert by_name(adjusted.estimates)[""].estimate == approx(
        SAID["mpdta_adjusted"]["overall"][0], abs=1e-4
    )


def two_groups(times: int = 2) -> tuple[np.ndarray, np.ndarray, dict[str, int]]:
    """40 people of 8 sites, of which four begin at the second time."""
    rng = np.random.default_rng(3)
    site = np.repeat([f"s{i}" for i in range(8)], 5)
    return rng.normal(20, 3, (40, times)), site, {f"s{i}": 2 * (i < 4) for i in range(8)}


def test_two_groups_and_times_are_the_difference_in_differences_of_means() -> None:
    y, site, starts = two_groups()
    treated = np.array([starts[name] > 0 for name in site])
    (row, *_), more = _rows(y, site, starts), {"comparison": "not_yet_treated"}
    change = y[:, 1] - y[:, 0]
    plain = change[treated].mean() - change[~treated].mean()
    assert row.estimate == approx(plain, abs=1e-12)
    for name, other in by_name(_rows(y, site, starts, **more)).items():
        assert other.estimate == approx(plain, abs=1e-12), name
    records = model(starts, 2, design="cross_sections", draws=199).fit(
        records_of(panel_of(y, site, starts))
    )
    assert records.estimates[0].estimate == approx(plain, abs=1e-12)


def test_with_alike_sites_the_error_is_welchs_of_site_means() -> None:
    y, site, starts = two_groups()
    row = _rows(y, site, starts)[0]
    means = (y[:, 1] - y[:, 0]).reshape(8, 5).mean(axis=1)
    parts = [means[:4].var(ddof=1) / 4, means[4:].var(ddof=1) / 4]
    df = sum(parts) ** 2 / sum(part**2 / 3 for part in parts)
    assert (row.std_error, row.df) == (approx(np.sqrt(sum(parts)), rel=1e-12), approx(df))
    assert (row.n_clusters, row.cluster_level, row.n_obs, row.n_units) == (8, "site", 80, 40)
    assert (row.n_sites_treated, row.n_sites_control) == (4, 4)


def _rows(y: np.ndarray, site: Any, starts: dict[str, int], **settings: Any) -> list[Estimate]:
    fitted = model(starts, y.shape[1], **({"draws": 199} | settings))
    return list(fitted.fit(panel_of(y, site, starts)).estimates)


def staggered(times: int = 5) -> tuple[np.ndarray, np.ndarray, dict[str, int]]:
    """15 sites of 6 people, three of each start 2, 3, 4, after the last time, never."""
    rng = np.random.default_rng(5)
    site = np.repeat([f"s{i:02}" for i in range(15)], 6)
    starts = {f"s{i:02}": (2, 3, 4, 0, 0)[i % 5] for i in range(15)}
    return rng.normal(20, 3, (90, times)), site, starts


def test_order_and_units_do_not_matter() -> None:
    y, site, starts = staggered()
    first = _rows(y, site, starts)
    turned = np.random.default_rng(1).permutation(len(site))
    other = _rows(y[turned] * 10 + 7, site[turned], starts)
    for one, two in zip(first, other, strict=True):
        assert two.estimate == approx(10 * (one.estimate or 0), abs=1e-9)
        assert (two.std_error, two.df) == (
            approx(10 * (one.std_error or 0)),
            approx(one.df),
        )


def test_averages_are_those_of_the_single_effects() -> None:
    y, site, starts = staggered()
    rows = by_name(_rows(y, site, starts, effects=ALL))
    single = {name: row.estimate or 0 for name, row in rows.items() if "/" in name}
    begun = {name: e for name, e in single.items() if name[-1] >= name[6]}
    assert len(begun) == 4 + 3 + 2  # of three groups of as many people
    assert rows[""].estimate == approx(np.mean(list(begun.values())))
    assert rows["from_t3"].estimate == approx(np.mean([begun[f"from_t3/t{t}"] for t in (3, 4, 5)]))
    assert rows["since_1"].estimate == approx(
        np.mean([begun[f"from_t{g}/t{g + 1}"] for g in (2, 3, 4)])
    )
    assert rows["t3"].estimate == approx(np.mean([begun["from_t2/t3"], begun["from_t3/t3"]]))
    assert (rows["t3"].time, rows["since_1"].time, rows[""].time) == ("t3", None, None)


def test_simultaneous_intervals_hold_the_others() -> None:
    y, site, starts = staggered()
    rows = _rows(y, site, starts, draws=4999)
    several = [row for row in rows if row.ci_low_joint is not None]
    assert {row.estimand for row in several} != set() and rows[0].ci_low_joint is None
    for row in several:
        assert row.ci_low_joint < row.ci_low < row.ci_high < row.ci_high_joint
    again = _rows(y, site, starts, draws=4999)
    assert [row.ci_low_joint for row in again] == [row.ci_low_joint for row in rows]


@pytest.mark.parametrize("kind", ["rademacher", "mammen", "webb"])
def test_one_estimates_critical_value_is_the_normals(kind: Multiplier) -> None:
    """Of many clusters; of several independent ones that of the largest of as many."""
    rng = np.random.default_rng(2)
    for k in (1, 4):
        known = stats.norm.ppf((1 + 0.95 ** (1 / k)) / 2)
        for clusters in (900, 1100):  # drawn one by one, and from their normal law
            parts = rng.normal(size=(clusters, k))
            found = critical_value(parts, 0.95, 20_000, kind, np.random.default_rng(3))
            # Monte Carlo error of the quantile is some 0.015, correlations of the parts add 0.01
            assert found == approx(known, abs=0.06), (k, clusters)


def test_shares_that_are_estimated_too_add_to_the_error() -> None:
    y, site, starts = staggered()
    y = y + np.array([{2: 6.0, 3: 1.0}.get(starts[name], 0.0) for name in site])[:, None] * (
        np.arange(1, 6) >= np.array([starts[name] or 9 for name in site])[:, None]
    )
    fixed, sampled = (_rows(y, site, starts, group_sizes=way)[0] for way in ("fixed", "sampled"))
    assert fixed.estimate == sampled.estimate
    assert (fixed.std_error or 9) < (sampled.std_error or 0)


def test_weights_are_records_repeated() -> None:
    """A person of weight 2 is two alike, in the estimate and, as one cluster, in its error."""
    y, site, starts = staggered()
    weight = np.where(np.arange(90) % 4 == 0, 2.0, 1.0)
    twice = np.repeat(np.arange(90), weight.astype(int))
    panel = panel_of(y, site, starts, weight=weight)
    weighted = model(starts, 5, weighted=True, draws=199).fit(panel).estimates
    for one, two in zip(weighted, _rows(y[twice], site[twice], starts), strict=True):
        assert (one.estimate, one.std_error) == (approx(two.estimate), approx(two.std_error))


def test_people_of_one_comparison_need_not_be_in_another() -> None:
    """Who lacks an answer is out of the comparisons of that time alone."""
    y, site, starts = staggered()
    y[3, 4] = np.nan  # of start 2: site s00
    rows = by_name(_rows(y, site, starts, effects=ALL))
    whole = np.delete(np.arange(90), 3)
    cut = by_name(_rows(y[whole], site[whole], starts, effects=ALL))
    assert rows["from_t2/t5"].estimate == approx(cut["from_t2/t5"].estimate)
    assert rows["from_t2/t4"].estimate != approx(cut["from_t2/t4"].estimate)
    assert rows["from_t2/t5"].n_units == cut["from_t2/t5"].n_units


def test_one_site_of_a_start_is_refused_and_people_know_sampling_alone() -> None:
    y, site, starts = staggered()
    alone = starts | {"s00": 3, "s05": 3}  # s10 alone begins at 2
    rows = by_name(_rows(y, site, alone))
    assert {name: row.status for name, row in rows.items()}["from_t2"] == "refused"
    assert rows["from_t2"].reason is not None
    assert "those that began by Time 2 have one site" in rows["from_t2"].reason
    assert rows["from_t3"].status == "estimated" and rows[""].status == "refused"
    by_people = by_name(_rows(y, site, alone, cluster="person"))
    assert by_people["from_t2"].status == "estimated"
    assert ONE_SITE_ARM in by_people["from_t2"].warnings
    assert SITES_APART in by_people["from_t3"].warnings


def test_what_no_comparison_holds_is_said() -> None:
    y, site, starts = staggered()
    early = starts | {"s00": 1}
    rows = by_name(_rows(y, site, early))
    assert "no time before the start at s00: 30 records there enter nothing" in rows[""].warnings
    late = starts | {"s03": 6, "s08": 6}  # the model knows five times
    plain = by_name(_rows(y, site, late))
    assert "the intervention began after the last time at s03, s08: enters nothing" in (
        plain[""].warnings
    )
    waiting = by_name(_rows(y, site, late, comparison="not_yet_treated"))
    said = "the intervention began after the last time at s03, s08: compared as not yet begun"
    assert said in waiting[""].warnings
    every = {name: start or 4 for name, start in starts.items()}
    last = by_name(_rows(y, site, every, comparison="not_yet_treated"))
    assert str(last["t4"].reason).startswith("nobody of those without the intervention so far has")
    assert last["t3"].status == "estimated"
    lost = "without sites that began by Time 2 at Time 4 and Time 5, sites that began by Time 3 at"
    assert lost in last[""].contrast
    assert "nobody is left to compare" in " ".join(last[""].warnings)
    nobody = by_name(_rows(y, site, every))
    assert "nobody of those that never get the intervention has a value at" in (
        str(nobody[""].reason)
    )
    none = by_name(_rows(y, site, dict.fromkeys(starts, 9)))
    assert none[""].reason == NO_START


def test_covariates_that_part_the_sides_are_named() -> None:
    y, site, starts = staggered()
    begun = np.array([float(starts[name] == 2) for name in site])
    panel = panel_of(y, site, starts, age=begun)
    rows = by_name(model(starts, 5, covariates=["age"], draws=199).fit(panel).estimates)
    assert rows["from_t2"].status == "not_estimable" and "age" in str(rows["from_t2"].reason)


def test_people_who_move_count_where_they_began() -> None:
    y, site, starts = staggered()
    panel = panel_of(y, site, starts)
    moved = (panel["unit"] == "p000000") & (panel["time"] == "t5")
    panel.loc[moved, "site"] = "s04"
    rows = by_name(model(starts, 5, draws=199).fit(panel).estimates)
    assert rows[""].estimate == approx(_rows(y, site, starts)[0].estimate)
    assert "1 person has records at sites that began at different times" in " ".join(
        rows[""].warnings
    )


def test_a_reference_time_is_a_mistake() -> None:
    (fault,) = model({"s": 2}, 5, reference="t1").faults()
    assert fault.startswith("reference: changes count from the time before each start")
