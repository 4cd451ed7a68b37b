"""What criteria say of people who are alike, of what is left out, and what their settings lack."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytest import approx
from scipy import stats

from cesp_analysis.feasibility.clustering import icc_of_numbers, icc_of_shares
from cesp_analysis.feasibility.specs import standing_of
from cesp_analysis.feasibility.zones import Limits, beyond_red
from cesp_analysis.fidelity.shares import wilson_of
from cesp_analysis.intervals import wilson, wilson_at
from cesp_analysis.study.read import read_study
from feasible import changed, feasible, linked, made
from small_study import Study, inside

Row = dict[str, Any]


def by_name(rows: list[Row]) -> dict[str, Row]:
    return {one["criterion"]: one for one in rows}


def criterion(study: Study, name: str, **told: Any) -> None:
    study.config["feasibility"]["progression"][name] = {
        "label": name.title(), "rationale": "R", "red": 0.4, "green": 0.9, **told,
    }  # fmt: skip


def test_the_mean_of_people_of_link_workers(tmp_path: Path) -> None:
    """Ages of the six of the north: W0, W1, W2 have two each."""
    study = feasible(tmp_path)
    mean = {"file": "people", "variable": "age"}
    mean["where"] = 'sex == "f" or sex == "m"'
    criterion(study, "age", mean=mean, red=20, green=38)
    people = changed(str(study.files["people.csv"]), "P02", "sex", "")
    study.files["people.csv"] = changed(people, "P04", "age", "")
    own = by_name(made(study)["progression"])["age"]
    assert own["denominator"] == 10
    assert own["warnings"] == (
        "of 1 row it is not known whether they count; left out | 1 row without a value left out"
    )
    ages = {i: 30 + i for i in range(1, 13) if i not in (2, 4)}
    groups = [[float(ages[i]) for i in range(1, 13, 2) if i % 3 == w] for w in range(3)]
    table = stats.f_oneway(*groups)
    icc = (table.statistic - 1) / (table.statistic - 1 + 2)  # groups of two
    assert icc_of_numbers(groups) == approx(icc, rel=1e-12)
    deff = 1 + ((3 * 4 + 4) / 10 - 1) * max(icc, 0)
    assert own["effective_n"] == approx(10 / deff, rel=1e-12)
    values = np.array(list(ages.values()))
    error, df = values.std(ddof=1) / np.sqrt(10 / deff), 10 / deff - 1
    green = stats.t.sf((38 - values.mean()) / error, df)
    assert own["deff_green"] == approx(green, rel=1e-9)
    assert "people without a link worker" in own["deff_note"]


def test_yes_or_no_as_numbers_have_the_icc_of_shares() -> None:
    shares = [(1, 4), (3, 5), (0, 2)]
    groups = [[1.0] * x + [0.0] * (n - x) for x, n in shares]
    assert icc_of_numbers(groups) == approx(icc_of_shares(shares), rel=1e-12)
    assert icc_of_numbers([[1.0, 1.0], [1.0]]) is None and icc_of_numbers([[1.0, 2.0]]) is None


def test_the_split_and_size_at_the_effective_number(tmp_path: Path) -> None:
    """Eight of twelve, who at an ICC of 0.9 are worth eight."""
    study = feasible(tmp_path)
    study.config["feasibility"]["link_workers"]["icc"] = 0.9
    own = study.config["feasibility"]["rates"]
    own["women"] = {
        "label": "Women",
        "numerator": {"file": "people", "where": 'sex == "f"'},
        "denominator": {"step": "recruited"},
    }
    criterion(study, "women", rate="women", red=0.4, green=0.8, alpha=0.1)
    found = made(study)
    women = by_name(found["progression"])["women"]
    assert (women["zone"], women["split"], women["deff_split"]) == (
        "amber", "better than red", "like red",
    )  # fmt: skip
    assert women["p_value"] == approx(stats.binom.sf(7, 12, 0.4), rel=1e-12)
    n = women["effective_n"]
    tail = stats.beta.cdf(0.4, n * 8 / 12, n - n * 8 / 12 + 1)
    assert women["deff_p_value"] == approx(tail, rel=1e-12)
    assert women["p_value"] < 0.1 < women["deff_p_value"]
    size = next(r for r in found["sample_size"] if r["of"] == "women")
    assert (women["n_corrected"], women["enough"], women["deff_enough"]) == (11, "yes", "no")
    assert (size["enough"], size["effective_n"], size["deff_enough"]) == ("yes", n, "no")


@pytest.mark.parametrize("higher", [True, False])
def test_the_tail_of_whole_numbers_is_binomial(higher: bool) -> None:
    limits = Limits(0.3, 0.5, True) if higher else Limits(0.5, 0.3, False)
    for events in range(13):
        exact = stats.binom.sf(events - 1, 12, 0.3) if higher else stats.binom.cdf(events, 12, 0.5)
        assert beyond_red(events, 12, limits) == approx(exact, rel=1e-10)


def test_who_came_on_no_known_day_is_said_of_the_projection(tmp_path: Path) -> None:
    study = feasible(tmp_path)
    for who in ("P01", "P02"):
        study.files["people.csv"] = changed(str(study.files["people.csv"]), who, "came", "")
    found = {r["group"]: r for r in made(study)["projection"]}
    assert found[""]["recruited"] == 10
    assert found[""]["warnings"].startswith("2 people without a date not counted")
    assert found["north"]["warnings"].startswith("1 person without a date not counted")


def test_who_all_came_on_no_known_day_have_no_rate(tmp_path: Path) -> None:
    """None a month would be said of what nobody wrote down."""
    study = feasible(tmp_path)
    for i in range(1, 13):
        study.files["people.csv"] = changed(str(study.files["people.csv"]), f"P{i:02}", "came", "")
    tables = made(study)
    for found in tables["projection"]:
        assert (found["recruited"], found["per_month"], found["expected"]) == (0, None, None)
        assert "no rate and no projection" in found["reason"]
        assert found["probability"] is None and found["reached_high"] in (None, "")
    assert {row["observed"] for row in tables["recruitment"]} == {"yes"}
    assert {row["left_out"] for row in tables["recruitment"] if not row["group"]} == {12}


def test_nobody_who_did_not_say_is_none_of_all(tmp_path: Path) -> None:
    study = feasible(tmp_path)
    criterion(study, "unsaid", rate="by_sex", value="not said", better="lower", red=0.4, green=0.1)
    found = by_name(made(study)["progression"])["unsaid"]
    assert (found["numerator"], found["denominator"], found["zone"]) == (0, 12, "green")


def test_a_site_or_value_that_the_rate_has_not(tmp_path: Path) -> None:
    study = feasible(tmp_path)
    criterion(study, "there", rate="uptake", site="south")
    criterion(study, "men", rate="by_sex", value="mm")
    assert study.lines() == [
        "config.yaml: feasibility.progression.there.site: uptake is of the intervention arm alone"
        " (north), to which south does not belong; remove one of them",
        "config.yaml: feasibility.progression.men.value: no value of sex is called 'mm'; did you"
        " mean 'm'? (declared: f, m, not said)",
    ]


def test_the_lock_holds_all_of_a_step_and_no_evidence(tmp_path: Path) -> None:
    from cesp_analysis.cli import main

    study = linked(tmp_path)
    for step in ("came", "twice", "eligible"):
        criterion(study, step, rate=step)
    study.write()
    with inside(tmp_path):
        assert main(["lock-plan"]) == 0
    own = study.config["feasibility"]["progression"]
    for name in own:
        own[name]["linked"] = {"file": "people", "by": "sex"}
    study.write()
    with inside(tmp_path):
        assert set(standing_of(read_study()).values()) == {"as first locked"}
    study.config["flow"]["twice"]["rows"] = 3
    study.config["flow"]["came"] |= {"arm": "control"}
    del study.config["flow"]["referred"]["person"]
    study.write()
    with inside(tmp_path):
        assert set(standing_of(read_study()).values()) == {"changed after the plan was locked"}


def test_one_wilson_interval() -> None:
    z = 1.959963984540054
    for events, n in ((0, 5), (5, 5), (3, 10)):
        assert wilson_at(events, n, z) == approx(wilson(events, n, 0.95), rel=1e-12)
        assert wilson_of(events / n, n, z) == wilson_at(events, n, z)
    for share, worth in ((1e-17, 3.3), (1 - 1e-16, 3.3), (0.2, 0.4), (0.0, 0.1)):
        low, high = wilson_of(share, worth, z)
        assert 0 <= low <= high <= 1
