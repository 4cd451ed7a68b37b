"""A share of rows of which a person has several: people are the independent ones."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pytest import approx
from scipy import stats

from cesp_analysis.feasibility.by_person import by_person
from cesp_analysis.feasibility.counted import PEOPLE, Counted
from cesp_analysis.feasibility.rates import _persons
from cesp_analysis.feasibility.shares import Share, share_row
from cesp_analysis.intervals import wilson, wilson_at
from feasible import feasible, made, row


def test_a_share_worked_by_hand() -> None:
    """Kept of offered: 3 of 4, 0 of 2, 3 of 4. p = 0.6; residuals 0.6, -1.2, 0.6, squares 2.16;
    deff = 3/2 × 2.16 / (0.24 × 10) = 1.35; 10 rows are worth 7.41."""
    found = by_person([(3, 4), (0, 2), (3, 4)], 0.95)
    assert (found["people"], found["person_deff"]) == (3, approx(1.35))
    n, t = 10 / 1.35, stats.t.ppf(0.975, 2)
    middle = (0.6 + t * t / (2 * n)) / (1 + t * t / n)
    half = t / (1 + t * t / n) * np.sqrt(0.24 / n + t * t / (4 * n * n))
    assert (found["ci_low"], found["ci_high"]) == (approx(middle - half), approx(middle + half))


def test_rows_that_say_the_same_are_worth_their_people() -> None:
    assert by_person([(4, 4), (6, 6), (2, 2)], 0.95)["person_deff"] == approx(4)
    assert by_person([(2, 4), (3, 6), (1, 2)], 0.95)["person_deff"] == approx(4)
    for events, rows in ((1, 49), (1, 3), (3, 10), (6, 13)):  # 1/49 and 6/13 are rounded
        for people in (3, 6, 10):
            assert by_person([(events, rows)] * people, 0.95)["person_deff"] == rows
    alone = share_row(Share(3, 4, persons=((3, 4),)), 0.95)
    assert alone["value"] == 0.75 and alone.get("ci_low") is None
    assert alone["reason"] == "all rows are of one person: no interval"


def test_one_row_a_person_has_the_interval_of_people(tmp_path: Path) -> None:
    tables = made(feasible(tmp_path))
    attended = row(tables["rates"], "attended")
    assert (attended["people"], attended["exact_low"]) == (4, None)
    assert attended["ci_low"] < wilson(attended["numerator"], attended["denominator"], 0.95)[0]
    eligible = row(tables["rates"], "eligible")
    assert eligible["people"] is None and eligible["exact_low"] is not None


@pytest.mark.parametrize("people", [8, 40])
def test_the_interval_holds_what_it_promises(people: int) -> None:
    """Rows of one person alike (ICC 0.4), 1 to 15 each: 92% hold the share with 8 people (Monte
    Carlo error 0.7 points; the bound is 3 of these below), more with 40; fewer than 80% of
    Wilson's intervals that take rows as independent do."""
    rng, held, naive, share = np.random.default_rng(6), 0, 0, 0.7
    for _ in range(1500):
        own = rng.beta(share * 1.5, (1 - share) * 1.5, people)  # ICC 1 / (1 + 1.5)
        rows = rng.integers(1, 16, people)
        events = rng.binomial(rows, own)
        found = by_person(list(zip(events.tolist(), rows.tolist(), strict=True)), 0.95)
        held += found["ci_low"] <= share <= found["ci_high"]
        low, high = wilson(int(events.sum()), int(rows.sum()), 0.95)
        naive += low <= share <= high
    assert held / 1500 > 0.9 and naive / 1500 < 0.8, (held / 1500, naive / 1500)


def test_rows_of_nobody_known_stand_each_for_itself() -> None:
    """Referrals that name no person are not one person's; people are no rows of somebody."""
    rows = pd.DataFrame({"key": ["1", "2", "3", "4"], "unit": [None, "", "P1", "P1"]})
    rows = rows.assign(group="", worker="")
    assert sorted(_persons(Counted(rows, "rows of log"), "all", "", {"1", "3"})) == [
        (0, 1), (1, 1), (1, 2),
    ]  # fmt: skip
    assert _persons(Counted(rows, PEOPLE), "all", "", {"1"}) == ()
    assert _persons(Counted(rows.iloc[:3], "rows of log"), "all", "", {"1"}) == ()


def test_link_workers_do_not_make_rows_of_one_person_worth_more() -> None:
    """Five link workers who change nothing: 95.0% or more of the intervals at the effective sample
    size hold the share (Monte Carlo error 0.7 points), never at more rows than people are worth."""
    rng, held, sims, share = np.random.default_rng(1), 0, 0, 0.8
    for _ in range(800):
        rows = 2 + rng.poisson(6, 60)
        events = rng.binomial(rows, rng.beta(share * 7 / 3, (1 - share) * 7 / 3, 60))  # ICC 0.3
        worker = rng.integers(0, 5, 60)
        clusters = [
            (int(events[worker == k].sum()), int(rows[worker == k].sum())) for k in range(5)
        ]
        persons = tuple(zip(events.tolist(), rows.tolist(), strict=True))
        told = Share(int(events.sum()), int(rows.sum()), clusters=tuple(clusters), persons=persons)
        found = share_row(told, 0.95)
        assert found["deff"] >= found["person_deff"]
        assert found["effective_n"] == approx(told.n / found["deff"])
        sims += 1
        held += found["deff_low"] <= share <= found["deff_high"]
    assert held / sims > 0.95, held / sims


def test_the_larger_design_effect_has_the_smaller_df() -> None:
    """24 of 32 rows; 8 people alike within (deff 32 / 8), two link workers with half each: the
    design effect stays that of people, with t on 2 - 1 df, or 8 - 1 where the ICC is declared."""
    told = Share(24, 32, clusters=((12, 16), (12, 16)), persons=((3, 4),) * 8)
    found = share_row(told, 0.95)
    assert (found["person_deff"], found["deff"], found["effective_n"]) == (4, 4, 8)
    assert "rows of one person being alike" in found["deff_note"]
    narrow = share_row(told, 0.95, icc=0.0)
    for one, df in ((found, 1), (narrow, 7)):
        expected = wilson_at(6, 8, stats.t.ppf(0.975, df))
        assert (one["deff_low"], one["deff_high"]) == approx(expected)
    more = share_row(told, 0.95, icc=0.5)  # link workers' 1 + 15 × 0.5
    assert more["deff"] == 8.5 and "rows of one person being" not in more["deff_note"]


def test_a_criterion_is_judged_at_the_worth_of_people(tmp_path: Path) -> None:
    """96 rows of twelve people who come nearly always or nearly never."""
    study = feasible(tmp_path)
    rng, lines = np.random.default_rng(12), ["who,day,worker,came"]
    for i in range(1, 13):
        for j in range(8):
            came = "yes" if rng.random() < (0.95 if i > 4 else 0.05) else "no"
            lines.append(f"P{i:02},2024-02-{j + 1:02},W{i % 3},{came}")
    study.files["contacts.csv"] = "\n".join(lines) + "\n"
    limits = {"red": 0.3, "green": 0.6, "rationale": "R"}
    study.config["feasibility"]["progression"] = {
        "came": {"label": "C", "rate": "attended"} | limits
    }
    tables = made(study)
    found, judged = row(tables["rates"], "attended"), tables["progression"][0]
    assert found["person_deff"] > 4 and judged["effective_n"] <= 96 / found["person_deff"] + 1e-9
    assert judged["n_corrected"] > judged["effective_n"]
    assert judged["enough"] == judged["deff_enough"] == "no"
    (size,) = [one for one in tables["sample_size"] if one["of"] == "came"]
    assert (size["found"], size["enough"]) == (96, "no")
    assert size["worth"] == judged["worth"] == approx(96 / found["person_deff"])
    assert judged["deff_p_value"] >= judged["p_value"] - 1e-12  # two ways to the same number


@pytest.mark.parametrize("icc", [None, 0.05])
def test_rows_of_one_person_are_one_persons(tmp_path: Path, icc: float | None) -> None:
    """100 meetings of one person, 90 kept: a zone, but no interval, test, probability or design
    effect, and never enough, whatever is declared of link workers."""
    study = feasible(tmp_path)
    days = [f"2024-{2 + j // 28:02}-{1 + j % 28:02}" for j in range(100)]
    lines = [f"P01,{day},W{j % 3},{'yes' if j < 90 else 'no'}" for j, day in enumerate(days)]
    study.files["contacts.csv"] = "\n".join(["who,day,worker,came", *lines]) + "\n"
    limits = {"red": 0.3, "green": 0.6, "rationale": "R"}
    study.config["feasibility"]["progression"] = {
        "came": {"label": "C", "rate": "attended"} | limits
    }
    if icc is not None:
        study.config["feasibility"]["link_workers"]["icc"] = icc
    tables = made(study)
    judged = tables["progression"][0]
    assert (judged["value"], judged["zone"], judged["worth"], judged["enough"]) == (
        0.9, "green", 1, "no",
    )  # fmt: skip
    assert "no test and no probabilities: all rows are of one person" in judged["warnings"]
    without = ("p_value", "ci_low", "effective_n", "deff_p_value", "deff_enough", "split")
    zones = [f"{of}_{zone}" for of in ("prob", "deff") for zone in ("red", "amber", "green")]
    assert all(judged[name] in (None, "") for name in (*without, *zones))
    (size,) = [one for one in tables["sample_size"] if one["of"] == "came"]
    assert (size["found"], size["worth"], size["enough"]) == (100, 1, "no")
    found = row(tables["rates"], "attended")
    assert found["deff"] is None and "all rows are of one person" in found["deff_note"]
