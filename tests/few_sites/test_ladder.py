"""The rungs of an estimate, design by design: what climbs, what is refused, what is said."""

import json
from dataclasses import replace
from math import sqrt
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from cesp_analysis.declared.few_sites import FewSites
from cesp_analysis.declared.wording import Wording
from cesp_analysis.few_sites.ladder import rungs_of
from cesp_analysis.few_sites.rung import Rung, ladder_table
from cesp_analysis.few_sites.tables import Ladder
from cesp_analysis.models.kinds import read_model
from cesp_analysis.models.prior import Pair, Prior, read_prior
from cesp_analysis.models.results import Estimate
from cesp_analysis.models.shock import half_width, shock_sd
from cesp_analysis.models.shocks import augmented
from cesp_analysis.report.blocks import Callout, Table
from cesp_analysis.report.sections.few_sites import few_sites
from cesp_analysis.schemas import Panel
from small_panel import model, panel_of

ONE = Prior("own", (Pair(0.04, 0.5, None, "town", "x"),))


def several(
    arms: tuple[int, int], people: int = 8, times: int = 2, seed: int = 1, level: str = "person"
) -> pd.DataFrame:
    """A panel of several sites, three neighbourhoods in each, with shocks to each site."""
    rng, rows = np.random.default_rng(seed), []
    for s in range(sum(arms)):
        arm = "intervention" if s < arms[0] else "control"
        for i in range(people):
            start = rng.normal(20, 3)
            shock = np.random.default_rng([seed, s]).normal(size=times)
            for t in range(times):
                start = start if level == "person" else rng.normal(20, 1)
                value = start + (t > 0) * (arm == "intervention") + shock[t] + rng.normal()
                unit = f"p{s:02}{i:03}" + (f"t{t}" if level == "respondent" else "")
                rows.append((unit, f"s{s:02}", arm, f"s{s}n{i % 3}", f"t{t}", value))
    names = ["unit", "site", "arm", "neighbourhood", "time", "value"]
    d = pd.DataFrame(rows, columns=names)
    d = d.assign(study="s", level=level, outcome="y", weight=1.0, link_worker=None)
    for name in ("study", "level", "unit", "site", "arm", "neighbourhood", "link_worker", "time"):
        d[name] = pd.Categorical(d[name])
    d["outcome"] = pd.Categorical(d["outcome"])
    return d[list(Panel.columns())]


def of_sites(spec: Any, arms: tuple[int, int]) -> Any:
    """The same model, told of these sites."""
    data = json.loads(spec.model_dump_json())
    data["study"]["sites"] = [
        {"name": f"s{s:02}", "label": f"S{s}", "arm": "intervention" if s < arms[0] else "control"}
        for s in range(sum(arms))
    ]
    return read_model(json.dumps(data))


def climbed(
    spec: Any, panel: pd.DataFrame, which: int = -1, prior: Prior | None = None, **settings: Any
) -> dict[str, Rung]:
    """The rungs of one estimate by name."""
    rows = spec.fit(panel).estimates
    own: dict[str | None, Estimate] = {row.time: row for row in rows}
    known = FewSites.model_validate(settings)
    made, _ = rungs_of(rows[which], spec, panel, prior or read_prior(), known, 1, own)
    assert len({rung.rung_id for rung in made}) == len(made)
    return {rung.rung: rung for rung in made}


def test_one_against_one_climbs_below_the_site_and_is_refused_at_it() -> None:
    found = climbed(model(kind="did", design="change"), panel_of())
    assert found["neighbourhood/cr2"].status == "estimated"
    assert found["neighbourhood/wild_bootstrap"].draws == 256
    assert found["neighbourhood/relabelling"].smallest_p == approx(2 / 70)
    assert "nothing of a shock to a site" in found["neighbourhood/cr2"].warnings[0]
    states = {name: rung.status for name, rung in found.items() if name.startswith("site/")}
    assert states == {
        "site/cr2": "refused",
        "site/wild_bootstrap": "refused",
        "site/relabelling": "not_available",
        "site/donald_lang": "not_estimable",
        "site/mixed_kenward_roger": "refused",
    }


def test_several_sites_climb_to_the_sites_by_themselves() -> None:
    """All rungs at site are there, in agreement: balanced sites make four of them one t-test."""
    spec = of_sites(model(kind="did", design="change", covariance="CR2", cluster="site"), (6, 6))
    found = climbed(spec, several((6, 6)))
    means, cr2 = found["site/donald_lang"], found["site/cr2"]
    mixed, wild = found["site/mixed_kenward_roger"], found["site/wild_bootstrap"]
    assert means.df == 10 == approx(cr2.df) == approx(mixed.df, rel=1e-6)
    for other in (cr2, mixed):
        assert other.std_error == approx(means.std_error, rel=1e-6)
    assert wild.draws == 4096 and found["site/relabelling"].draws == 924
    assert means.p_value is not None
    # enumerated tests of the same means: near the t-test, and none knows the other's law
    assert wild.p_value == approx(means.p_value, abs=0.04)
    assert found["site/relabelling"].p_value == approx(means.p_value, abs=0.04)
    assert found["site/cr2"].warnings == ()  # a shock to a site is in it
    assert found["shock_mixture"].reason == "its interval holds what happens to whole sites"


def test_respondents_climb_to_the_sites_too() -> None:
    panel = several((4, 4), level="respondent", people=12)
    spec = model(
        kind="did", level="respondent", design="cross_sections", covariance="CR2", cluster="site"
    )
    found = climbed(of_sites(spec, (4, 4)), panel)
    means, mixed = found["site/donald_lang"], found["site/mixed_kenward_roger"]
    assert (means.df, mixed.df) == (6, approx(6, rel=1e-6))
    assert mixed.std_error == approx(means.std_error, rel=1e-6)  # balanced: Donald & Lang's t
    assert mixed.estimate == approx(means.estimate, rel=1e-9)
    assert found["site/wild_bootstrap"].draws == 256


def test_one_treated_site_among_many_is_the_placebo_in_space() -> None:
    spec = of_sites(model(kind="did", design="change"), (1, 24))
    found = climbed(spec, several((1, 24)))
    labels = found["site/relabelling"]
    assert (labels.smallest_p, labels.draws, labels.status) == (1 / 25, 25, "estimated")
    assert (labels.n_clusters_treated, labels.n_clusters_control) == (1, 24)
    assert found["site/wild_bootstrap"].status == "refused"
    assert found["site/cr2"].status == "refused"
    few = climbed(of_sites(model(kind="did", design="change"), (1, 9)), several((1, 9)))
    assert few["site/relabelling"].reason is not None
    assert "smallest p-value it can give is 0.1" in few["site/relabelling"].reason


def test_shocks_average_over_the_sites_of_an_arm() -> None:
    """Five sites of one size in the control arm: its part of the variance is a fifth."""
    panel, spec = several((1, 5)), of_sites(model(kind="did", design="change"), (1, 5))
    found = climbed(spec, panel, prior=ONE)["shock_median"]
    first = panel[panel["time"] == "t0"]
    squares = first.groupby("site", observed=True)["value"].transform("mean")
    sd = sqrt(((first["value"] - squares) ** 2).sum() / (len(first) - 6))
    right = shock_sd(sd / sqrt(0.96), 0.04, 0.5, sites=(1, 5))
    assert found.shock == approx(right, rel=1e-12)
    assert right < shock_sd(sd / sqrt(0.96), 0.04, 0.5)


def test_the_row_of_estimates_and_the_rung_are_one_number() -> None:
    panel, spec = panel_of(), model(kind="did", design="change")
    fitted = spec.fit(panel).estimates
    (row,) = augmented(fitted, spec, panel, read_prior())
    rung = climbed(spec, panel)["shock_mixture"]
    assert (row.ci_low_shock, row.ci_high_shock) == (rung.ci_low, rung.ci_high)
    assert row.shock_prior is not None and "16 pairs, 16 as published" in row.shock_prior
    assert row.ci_low is not None and row.ci_low_shock is not None
    assert row.ci_low_shock < row.ci_low


def test_a_period_is_scaled_to_the_gap_of_the_study() -> None:
    """Positions 0 and 1 in years, the pair's period half a year: cac squared."""
    pair = Prior("own", (Pair(0.04, 0.5, 6, "", "x"),))
    spec = model(kind="did", design="change")
    data = json.loads(spec.model_dump_json())
    data["study"]["time_unit"] = "years"
    found = climbed(read_model(json.dumps(data)), panel_of(), prior=pair)["shock_median"]
    plain = climbed(spec, panel_of(), prior=ONE)["shock_median"]
    assert found.shock is not None and plain.shock is not None
    assert found.shock / plain.shock == approx(sqrt((1 - 0.25) / (1 - 0.5)))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"n_sites_treated": None, "n_sites_control": None}, None),
        ({"unit": "odds ratio"}, "not in the outcome's unit"),
        ({"ci_low": -100.0}, "not the estimate and a multiple of its standard error"),
        ({"warnings": ()}, "holds what happens to whole sites"),
    ],
)
def test_where_shocks_are_not_sized_the_columns_stay_blank(
    change: dict[str, Any], said: str | None
) -> None:
    from dataclasses import replace

    panel, spec = panel_of(), model(kind="did", design="change")
    row = replace(spec.fit(panel).estimates[0], **change)
    (same,) = augmented((row,), spec, panel, read_prior())
    assert (same.ci_low_shock, same.shock_prior) == (None, None)
    made, points = rungs_of(row, spec, panel, read_prior(), FewSites(), 1, {row.time: row})
    names = {rung.rung: rung.reason for rung in made}
    assert points == []
    if said is None:
        assert "shock_mixture" not in names
    else:
        assert said in (names["shock_mixture"] or "")


def test_breakdown_and_bounds() -> None:
    past = {"y": {"value": 0.7, "source": "national survey"}}
    found = climbed(model(kind="did", design="change"), panel_of(), divergences=past)
    row = found["sampling"]
    assert row.estimate and row.ci_low and row.ci_high
    half = (row.ci_high - row.ci_low) / 2
    breaks = found["breakdown_interval"]
    assert breaks.shock == approx(max(0, abs(row.estimate) - half))
    assert breaks.shock_in_prior == approx(breaks.shock / (found["shock_median"].shock or 0))
    assert found["breakdown_sign"].shock == abs(row.estimate)
    bounds = found["bounded_variation"]
    assert (bounds.ci_low, bounds.ci_high) == approx((row.ci_low - 0.7, row.ci_high + 0.7))
    assert bounds.method is not None and "national survey" in bounds.method


def test_one_time_before_cannot_tell_and_three_give_bounds() -> None:
    panel = several((1, 1), times=4, people=30)
    plain = of_sites(model(kind="did", design="change", times=4), (1, 1))
    trends = climbed(plain, panel)["parallel_trends"]
    assert trends.status == "not_estimable"
    assert trends.reason is not None and "parallel trends cannot be examined" in trends.reason
    data = json.loads(plain.model_dump_json()) | {"reference": "t2"}
    late = read_model(json.dumps(data))
    found = climbed(late, panel)
    t0, t1, _ = (row.estimate for row in late.fit(panel).estimates)
    largest = max(abs(t1 - t0), abs(t1))
    assert found["parallel_trends"].shock == approx(largest)
    row, bound = found["sampling"], found["pre_period_bound_2"]
    assert row.ci_low is not None
    assert bound.ci_low == approx(row.ci_low - 2 * largest)
    data["reference"] = "t1"
    two = climbed(read_model(json.dumps(data)), panel)
    assert two["parallel_trends"].reason is not None
    assert "no bounds are made" in two["parallel_trends"].reason
    assert "pre_period_bound_1" not in two


def test_one_neighbourhood_in_a_site() -> None:
    panel = panel_of()
    near = panel["neighbourhood"].astype("str").where(panel["site"] != "south", "s0")
    panel = panel.assign(neighbourhood=near.astype("category"))
    found = climbed(model(kind="did", design="change"), panel)
    for name in ("cr2", "wild_bootstrap"):
        rung = found[f"neighbourhood/{name}"]
        assert rung.status == "refused"
        assert (
            rung.reason is not None and "the control arm has one neighbourhood (s0)" in rung.reason
        )
    assert found["neighbourhood/relabelling"].smallest_p == 1 / 5
    assert found["neighbourhood/relabelling"].status == "not_available"
    assert found["neighbourhood/donald_lang"].df == 3
    assert found["shock_mixture"].status == "estimated"  # the rest goes on


def test_respondents_with_one_neighbourhood_are_told_a_cluster_that_config_has() -> None:
    panel = several((1, 1), level="respondent", people=12)
    near = panel["neighbourhood"].astype("str").where(panel["site"] != "s01", "s1n0")
    spec = model(kind="did", level="respondent", design="cross_sections")
    found = climbed(of_sites(spec, (1, 1)), panel.assign(neighbourhood=near.astype("category")))
    rung = found["neighbourhood/cr2"]
    assert rung.status == "refused" and rung.reason is not None
    assert "use person (each respondent) instead, and say so" in rung.reason
    spec.__class__.model_validate(spec.model_dump() | {"cluster": "person"})  # config takes it
    with pytest.raises(ValueError, match="cluster"):
        spec.__class__.model_validate(spec.model_dump() | {"cluster": "respondent"})


def test_neighbourhoods_that_change_their_name_are_said() -> None:
    panel = panel_of()
    later = (panel["time"] == "t1") & (panel["neighbourhood"] == "n0")
    near = panel["neighbourhood"].astype("str").mask(later, "new name")
    panel = panel.assign(neighbourhood=near.astype("category"))
    found = climbed(model(kind="did", design="change"), panel)
    said = found["neighbourhood/cr2"].warnings[-1]
    assert said == "5 people changed their neighbourhood; each counts to the first one's"
    survey = several((1, 1), people=30, level="respondent")
    moved = (survey["time"] == "t1") & (survey["neighbourhood"] == "s0n0")
    near = survey["neighbourhood"].astype("str").mask(moved, "new name")
    survey = survey.assign(neighbourhood=near.astype("category"))
    spec = model(kind="did", level="respondent", design="cross_sections")
    found = climbed(of_sites(spec, (1, 1)), survey)
    assert (
        found["neighbourhood/relabelling"]
        .warnings[-1]
        .startswith("2 neighbourhoods are seen at only one of the two times")
    )
    assert found["neighbourhood/donald_lang"].n_clusters_treated == 2


def test_models_of_other_kinds_have_the_rungs_that_need_no_regression() -> None:
    found = climbed(model(kind="mixed", random=["person"]), panel_of())
    assert not any("/" in name for name in found)
    row, mixture = found["sampling"], found["shock_mixture"]
    assert row.std_error is not None and row.df is not None and mixture.ci_high is not None
    median = found["shock_median"]
    assert row.estimate is not None and median.shock is not None and median.ci_high is not None
    half = half_width(row.std_error, row.df, [median.shock])
    assert median.ci_high - row.estimate == approx(half)


def test_draws_come_from_the_seed_of_the_study() -> None:
    spec = of_sites(model(kind="did", design="change"), (8, 8))
    panel, prior = several((8, 8)), read_prior()
    (row,) = spec.fit(panel).estimates

    def p(seed: int) -> float | None:
        made, _ = rungs_of(row, spec, panel, prior, FewSites(), seed, {row.time: row})
        return next(r.p_value for r in made if r.rung == "site/wild_bootstrap")

    assert p(1) == p(1) != p(2)
    assert p(1) == approx(p(2), abs=0.03)


def test_rows_that_ask_other_questions_of_one_regression_have_its_draws() -> None:
    spec = of_sites(model(kind="did", design="change"), (8, 8))
    panel, prior = several((8, 8)), read_prior()
    (row,) = spec.fit(panel).estimates
    beside = replace(row, estimate_id=f"{row.estimate_id}/clustered")
    found = []
    for one in (row, beside):
        made, _ = rungs_of(one, spec, panel, prior, FewSites(), 1, {one.time: one})
        found.append({r.rung: (r.p_value, r.ci_low, r.ci_high) for r in made})
    assert found[0] == found[1] and found[0]["site/wild_bootstrap"][0] is not None


def blocks_of(spec: Any, panel: pd.DataFrame, arms: tuple[int, int]) -> list[Any]:
    """The report's section of one model, without its figure."""
    rows = spec.fit(panel).estimates
    own: dict[str | None, Estimate] = {row.time: row for row in rows}
    made: list[Rung] = []
    for row in rows:
        made += rungs_of(row, spec, panel, read_prior(), FewSites(), 1, own)[0]
    table = ladder_table(made).astype(object)
    records = table.where(table.notna(), None).fillna("").to_dict("records")
    number = {n for n, c in Ladder.columns().items() if c.kind in ("number", "whole")}
    records = [
        {k: None if k in number and v == "" else v for k, v in row.items()} for row in records
    ]
    data = json.loads(of_sites(spec, arms).model_dump_json())["study"]
    words = Wording.model_validate(
        {
            "study": {"id": "s", "title": "T", "about": "A", "synthetic": True, "seed": 1},
            "banner": "", "arms": data["arms"], "sites": data["sites"], "times": data["times"],
            "outcomes": data["outcomes"], "files": {},
            "models": {"m": {"label": "M", "kind": "did", "level": "person"}},
        }
    )  # fmt: skip
    about = {"caption": "c", "alt": "a", "svg": "s.svg", "png": "s.png", "csv": "s.csv", "rows": ()}
    results = SimpleNamespace(words=words, ladder=records, figure=lambda name: about, public=False)
    return list(few_sites(results))  # type: ignore[arg-type]


def test_the_section_shows_the_rungs_at_site_where_there_are_several() -> None:
    spec = of_sites(model(kind="did", design="change", covariance="CR2", cluster="site"), (6, 6))
    found = blocks_of(spec, several((6, 6)), (6, 6))
    (table,) = [block for block in found if isinstance(block, Table)]
    lines = {row.stub: row.cells for row in table.groups[0].rows}
    assert lines["Site: Mixed model, Kenward–Roger"][0] == "6 against 6"
    assert lines["Site: Labels rearranged"][4:] == ("924", "0.0022")
    assert lines["Site: Means of clusters, t-test"][3] == "10"
    callout = next(block for block in found if isinstance(block, Callout))
    assert callout.text.startswith("No estimate here leaves shocks to a site out.")


def test_the_section_shows_bounds_from_the_times_before() -> None:
    spec = of_sites(model(kind="did", design="change", times=4), (1, 1))
    data = json.loads(spec.model_dump_json()) | {"reference": "t2"}
    panel = several((1, 1), times=4, people=30)
    found = blocks_of(read_model(json.dumps(data)), panel, (1, 1))
    tables = {block.id: block for block in found if isinstance(block, Table)}
    bounds = tables["trends_person"]
    assert [column.header for column in bounds.columns][1:] == ["0.5 times", "1 times", "2 times"]
    (row,) = bounds.groups[0].rows
    assert row.stub == "M: time 3" and len(row.cells) == 4
    shocks = tables["shocks_person"].groups[0].rows
    assert [row.stub for row in shocks] == ["M: time 0", "M: time 1", "M: time 3"]
