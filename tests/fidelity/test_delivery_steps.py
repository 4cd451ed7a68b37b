"""Fidelity, dose and activity of a study small enough to count by hand, and what is no number."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cesp_analysis import contracts
from cesp_analysis.clean.copied import REPEATING
from cesp_analysis.cli import main
from cesp_analysis.columns import Table
from cesp_analysis.declared.delivery import Fidelity, Rated
from cesp_analysis.describe import specs as describe_specs
from cesp_analysis.describe.tables import SubsetsTable
from cesp_analysis.fidelity.agreement import agreement
from cesp_analysis.fidelity.intraclass import pair_icc
from cesp_analysis.fidelity.pairs import matched
from cesp_analysis.fidelity.response import BASELINE, NOTHING, slopes
from cesp_analysis.fidelity.scores import between
from cesp_analysis.fidelity.tables import (
    ActivityTable,
    ContactsTable,
    DoseResponseTable,
    DoseTable,
    FidelityAgreement,
    FidelityPeople,
    FidelityTable,
)
from cesp_analysis.study.read import read_study
from delivery_study import CONTACTS, MEETINGS, RATINGS, delivered, ran
from small_study import inside

Row = dict[str, Any]


def rows(folder: Path, name: str, contract: type[Table]) -> list[Row]:
    return list(contracts.rows(folder / f"{name}.csv", contract))


def one(found: list[Row], **key: Any) -> Row:
    """The row with these cells."""
    own = [row for row in found if all(row[k] == v for k, v in key.items())]
    assert len(own) == 1, (key, len(own))
    return own[0]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ran(delivered(tmp_path_factory.mktemp("delivered")))


# ------------------------------------------------------------------ fidelity


def people(folder: Path) -> dict[tuple[str, str], Row]:
    table = contracts.read(folder.parents[1] / "data/processed/fidelity.parquet", FidelityPeople)
    records = table.astype("object").where(table.notna(), None).to_dict("records")
    return {(str(r["unit"]), r["component"] or ""): dict(r) for r in records}  # type: ignore[arg-type]


def test_a_person_is_the_mean_of_sources_and_a_source_the_mean_of_its_ratings(tables: Path) -> None:
    found = people(tables)
    # talk: self 1, worker 1, observers (.5 + .5) / 2; plan: .5, 1, (.5 + 0) / 2
    assert found["P01", "talk"]["value"] == pytest.approx((1 + 1 + 0.5) / 3)
    assert found["P01", "plan"]["value"] == pytest.approx((0.5 + 1 + 0.25) / 3)
    whole = found["P01", ""]
    assert whole["value"] == pytest.approx((2.5 / 3 + 1.75 / 3) / 2)
    assert (whole["level"], whole["sources"], whole["ratings"]) == ("moderate", 3, 4)
    assert found["P05", "plan"]["sources"] == 1  # the worker did not rate it
    assert found["P05", ""]["value"] == 1 and found["P05", ""]["level"] == "high"
    assert found["P07", ""]["value"] == pytest.approx(0.75) and found["P07", ""]["level"] == "high"
    assert {unit for unit, _ in found} == {"P01", "P03", "P05", "P07"}


def test_what_does_not_count_is_said(tables: Path) -> None:
    found = rows(tables, "fidelity", FidelityTable)
    whole = one(found, of="all", component="", source="")
    assert (whole["people"], whole["rated"], whole["ratings"]) == (6, 4, 12)
    assert (whole["low"], whole["moderate"], whole["high"]) == (1, 1, 2)
    assert whole["warnings"].split(" | ") == [
        "1 rating of people who are not of the intervention arm: set aside",
        "1 rating without a source that is declared: set aside",
        "1 rating without any component: set aside",
        "1 rating dated before the person's start: in the scores, in no period and in no pair",
        "1 rating without a date: in the scores, in no period and in no pair",
    ]


def test_contacts_set_aside_as_copies_are_said(tmp_path: Path) -> None:
    """Nobody has said whether they are one contact, written twice."""
    study = delivered(tmp_path)
    lines = study.files["contacts.csv"].rstrip("\n").splitlines()
    study.files["contacts.csv"] = "\n".join([*lines, lines[1], ""])
    found = rows(ran(study), "contacts", ContactsTable)
    said = one(found, of="all", quantity="contacts")["warnings"].split(" | ")
    (copies,) = [word for word in said if REPEATING in word]
    assert copies.startswith(f"data/raw/contacts.csv: 1 contact {REPEATING}: taken for the same")
    study.config["files"]["contacts"]["copies"] = "keep"
    more = rows(ran(study), "contacts", ContactsTable)
    total = [one(table, of="all", quantity="contacts") for table in (found, more)]
    assert total[1]["total"] == total[0]["total"] + 1
    assert REPEATING not in total[1]["warnings"]


def test_a_mean_has_the_t_interval_of_people_and_few_have_none(tables: Path) -> None:
    found, own = rows(tables, "fidelity", FidelityTable), people(tables)
    values = np.array([own[unit, "talk"]["value"] for unit in ("P01", "P03", "P05", "P07")])
    row = one(found, of="all", component="talk", source="")
    assert row["mean"] == pytest.approx(values.mean()) and row["label"] == "Talked"
    half = 3.182446305284263 * values.std(ddof=1) / 2  # t(.975, 3), by R's qt
    assert row["ci_low"] == pytest.approx(max(0, values.mean() - half))
    assert row["ci_high"] == pytest.approx(min(1, values.mean() + half))
    late = one(found, of="period", group="Late", component="", source="")
    assert (late["rated"], late["mean"], late["reason"]) == (1, None, "fewer than 2 people")


def test_periods_are_of_dated_ratings_since_the_start(tables: Path) -> None:
    found = rows(tables, "fidelity", FidelityTable)
    count = {r["group"]: r["ratings"] for r in found if r["of"] == "period" and not r["component"]}
    assert count == {"Early": 7, "Late": 3}


def test_pairs_are_of_one_person_and_occasion(tables: Path) -> None:
    found = rows(tables, "fidelity_agreement", FidelityAgreement)
    pooled = one(found, first="observer", second="observer", component="talk", measure="kappa")
    assert (pooled["pairs"], pooled["people"]) == (3, 3)
    assert (pooled["estimate"], pooled["ci_low"]) == (1, None)
    assert pooled["reason"].startswith("perfect agreement")
    same = one(found, first="worker", second="observer", component="talk", measure="same category")
    assert (same["pairs"], same["estimate"]) == (3, pytest.approx(1 / 3))
    alone = one(found, first="self", second="self", component="", measure="kappa")
    assert alone["status"] == "not_estimable" and "one rater alone" in alone["reason"]


def test_the_nearest_ratings_are_paired_and_each_once() -> None:
    units = np.array(["p", "p", "p", "p", "q", "q"], dtype=object)
    days = np.array([0.0, 10.0, 9.0, 1.0, 0.0, 40.0])
    first, second = matched(units, days, np.array([0, 1, 4]), np.array([2, 3, 5]), 31)
    assert list(zip(first.tolist(), second.tolist(), strict=True)) == [(0, 3), (1, 2)]
    none = matched(units, np.full(6, np.nan), np.array([0]), np.array([2]), 31)
    assert len(none[0]) == 0


def test_all_raters_of_an_occasion_stand_for_their_source() -> None:
    """Two observers a day: the ICC compares their mean, kappa the one whose code comes first."""
    how = Fidelity.model_validate(
        {"file": "f", "source": "source", "rater": "rater", "sources": {"w": "W", "o": "O"},
         "components": ["talk"], "steps": [0, 0.5, 1],
         "cut_offs": {"moderate": 0.5, "high": 0.75, "rationale": "As agreed."}}
    )  # fmt: skip
    worker, first, second = [1, 0.5, 0, 1], [1, 0.5, 0.5, 0.5], [0, 0.5, 0, 1]
    parts = [("w", "W", worker), ("o", "B", second), ("o", "A", first)]
    table = pd.DataFrame(
        [(f"P{i}", source, rater, 3.0, value)
         for source, rater, values in parts for i, value in enumerate(values)],
        columns=["unit", "source", "rater", "day", "talk"],
    )  # fmt: skip
    found = {(r["first"], r["second"], r["measure"]): r for r in agreement(table, how, 0.95)
             if r["component"] == "talk"}  # fmt: skip
    same = found["w", "o", "same category"]
    assert (same["pairs"], same["estimate"]) == (4, 0.5)  # worker with A: P0 and P1 alike
    mean = (np.array(first) + second) / 2
    alike = pair_icc(np.array(worker, float), mean, np.arange(4), "agreement").value
    assert found["w", "o", "ICC(A,1)"]["estimate"] == pytest.approx(alike)


def test_agreement_does_not_depend_on_the_order_of_rows(tmp_path: Path) -> None:
    head, *rated = RATINGS.splitlines()
    rated += ["P03,observer,A,2024-02-04,1,0.5", "P03,worker,W2,2024-02-05,0.5,0"]  # ties
    texts = []
    for at, order in enumerate((rated, rated[::-1], sorted(rated, key=lambda row: row[::-1]))):
        study = delivered(tmp_path / str(at))
        study.files["ratings.csv"] = "\n".join([head, *order]) + "\n"
        folder = ran(study)
        texts.append(
            [(folder / f"{n}.csv").read_text() for n in ("fidelity_agreement", "fidelity")]
        )
    assert texts[0] == texts[1] == texts[2]


def test_raters_of_whom_nobody_rated_the_same_person_are_said_so(tmp_path: Path) -> None:
    """Both rated P01 twice each on their own: rated twice, but not by two raters of the source."""
    head = RATINGS.splitlines()[0] + "\n"
    rated = [f"P0{p},worker,W{w},2024-02-0{d},1,1" for p, w in ((1, 1), (3, 2)) for d in (3, 4)]
    study = delivered(tmp_path)
    study.files["ratings.csv"] = head + "\n".join(rated) + "\n"
    alike = rows(ran(study), "fidelity_agreement", FidelityAgreement)
    told = one(alike, first="worker", second="worker", component="", measure="kappa")
    assert told["pairs"] == 0
    assert told["reason"] == "fewer than 3 people were rated by two of its raters within 31 days"


def test_ratings_of_nobody_and_by_nobody_are_lines_not_faults(tmp_path: Path) -> None:
    head = RATINGS.splitlines()[0] + "\n"
    study = delivered(tmp_path)
    study.files["ratings.csv"] = head + "P02,worker,W1,2024-02-03,1,1\n"
    folder = ran(study)
    whole = one(rows(folder, "fidelity", FidelityTable), of="all", component="", source="")
    assert (whole["rated"], whole["mean"], whole["reason"]) == (0, None, "nobody was rated")
    assert (whole["low"], whole["moderate"], whole["high"]) == (0, 0, 0)
    alike = rows(folder, "fidelity_agreement", FidelityAgreement)
    assert {row["status"] for row in alike} == {"not_estimable"}
    told = one(alike, first="self", second="worker", component="", measure="kappa")
    assert told["reason"] == "there are no ratings by self, worker"
    got = rows(folder, "dose", DoseTable)
    assert {row["fidelity"] for row in got} == {None}
    assert {row["dose"] for row in rows(folder, "dose_response", DoseResponseTable)} == {
        "contacts", "minutes"
    }  # fmt: skip


# ------------------------------------------------------------------ dose


def test_contacts_are_counted_by_person(tables: Path) -> None:
    got = {row["unit"]: row for row in rows(tables, "dose", DoseTable)}
    assert set(got) == {f"P{i:02}" for i in range(1, 12, 2)}
    first = got["P01"]
    assert (first["offered"], first["contacts"], first["minutes"]) == (3, 2, 70)
    assert first["first_days"] == 4  # began on 11 January
    assert (got["P03"]["contacts"], got["P03"]["minutes"], got["P03"]["minutes_lacking"]) == (
        1, None, 1
    )  # fmt: skip
    assert (got["P05"]["offered"], got["P05"]["contacts"], got["P05"]["not_known"]) == (1, 0, 1)
    assert (got["P07"]["contacts"], got["P07"]["first_days"], got["P07"]["undated"]) == (1, None, 1)
    assert (got["P09"]["offered"], got["P09"]["minutes"]) == (0, 0)


def test_contacts_of_all_are_sums_over_people(tables: Path) -> None:
    found = rows(tables, "contacts", ContactsTable)
    kept = one(found, of="all", quantity="contacts")
    # P05's one contact may have been kept: neither none nor one
    assert (kept["people"], kept["n"], kept["none"], kept["total"]) == (6, 5, 2, 4)
    assert (kept["q1"], kept["median"], kept["q3"]) == (0, 1, 1)  # R: quantile(type = 7)
    assert "of 1 contact of 1 person it is not known" in kept["warnings"]
    assert "1 contact of people who are not of the intervention arm" in kept["warnings"]
    share = one(found, of="all", quantity="share_kept")
    assert (share["n"], share["total"], share["mean"]) == (6, 4, 4 / 6)  # as a rate counts them
    wait = one(found, of="all", quantity="first_days")
    # 4 days, and 12 of P03; R: quantile(c(4, 12), c(.25, .5, .75), type = 7)
    assert (wait["n"], wait["q1"], wait["median"], wait["q3"]) == (2, 6, 8, 10)


def test_contacts_of_which_nothing_is_known_are_no_share_of_none(tmp_path: Path) -> None:
    study = delivered(tmp_path)
    study.files["contacts.csv"] = "id,came,minutes,day\n" + "".join(
        f"P{i:02},,20,2024-01-25\n" for i in range(1, 12, 2)
    )
    folder = ran(study)
    found = rows(folder, "contacts", ContactsTable)
    share = one(found, of="all", quantity="share_kept")
    assert (share["n"], share["total"], share["mean"]) == (6, None, None)
    assert share["reason"] == "of no contact is it known whether it was kept"
    kept = one(found, of="all", quantity="contacts")
    assert (kept["n"], kept["none"], kept["mean"]) == (0, 0, None)
    assert {row["minutes"] for row in rows(folder, "dose", DoseTable)} == {None}
    slope = rows(folder, "dose_response", DoseResponseTable)
    assert all(row["estimate"] is None for row in slope if row["dose"] == "contacts")


def test_no_contact_at_all_is_no_share(tmp_path: Path) -> None:
    study = delivered(tmp_path)
    study.files["contacts.csv"] = CONTACTS.splitlines()[0] + "\nP02,yes,30,2024-01-20\n"
    found = rows(ran(study), "contacts", ContactsTable)
    share = one(found, of="all", quantity="share_kept")
    assert (share["n"], share["mean"]) == (0, None)
    assert share["reason"] == "no contact was offered: 0 of 0 has no share"
    assert one(found, of="all", quantity="first_days")["reason"] == "known of nobody"


def test_slopes_are_those_of_least_squares() -> None:
    """Closed form: cov(change, dose) / var(dose); with the baseline held by normal equations."""
    rng = np.random.default_rng(3)
    before, dose = rng.normal(20, 4, 50), rng.poisson(3, 50).astype(float)
    after = before + 0.4 * dose + rng.normal(0, 2, 50)
    pair = np.column_stack([before, after])
    pair[0, 1] = np.nan  # without a later answer: not in
    found = {row["adjusted"]: row for row in slopes(pair, dose, 0.95)}
    x, y, b = dose[1:], (after - before)[1:], before[1:]
    slope = np.cov(x, y, bias=True)[0, 1] / x.var()
    assert found[NOTHING]["estimate"] == pytest.approx(slope, rel=1e-10)
    design = np.column_stack([np.ones(49), x, b])
    held = np.linalg.solve(design.T @ design, design.T @ y)[1]
    assert found[BASELINE]["estimate"] == pytest.approx(held, rel=1e-10)
    assert found[NOTHING]["n"] == 49
    hat = 1 / 49 + (x - x.mean()) ** 2 / (49 * x.var())
    left = y - y.mean() - slope * (x - x.mean())
    hc2 = np.sqrt(((x - x.mean()) ** 2 * left**2 / (1 - hat)).sum()) / (49 * x.var())
    assert found[NOTHING]["std_error"] == pytest.approx(hc2, rel=1e-10)


def test_what_has_no_slope_says_why(tables: Path) -> None:
    found = rows(tables, "dose_response", DoseResponseTable)
    assert {(r["status"], r["reason"]) for r in found} == {
        ("not_estimable", "fewer than 10 people with both answers and the dose")
    }
    pair = np.column_stack([np.arange(20.0), np.arange(20.0) + 1 + np.arange(20) % 3])
    same = list(slopes(pair, np.ones(20), 0.95))
    assert {row["reason"] for row in same} == {"everybody got the same: there is no slope"}
    alike = list(slopes(pair, np.arange(20.0), 0.95))
    assert alike[1]["reason"].startswith("everybody had the same outcome at baseline, or")


# ------------------------------------------------------------------ activity


def test_meetings_are_counted_by_site_panel_and_year(tables: Path) -> None:
    found = rows(tables, "activity", ActivityTable)
    whole = one(found, site="north", panel="local", period="")
    assert (whole["meetings"], whole["held"]) == (3, 1)
    assert (whole["invited"], whole["attended"], whole["share_attended"]) == (
        10,
        6,
        0.6,
    )  # of the meeting held; nobody came to that of 2025
    assert (whole["agreed"], whole["done"], whole["share_done"]) == (5, 4, 0.8)
    assert (whole["first"], whole["last"]) == ("2024-01-10", "2025-01-10")
    assert whole["warnings"] == "1 meeting of which it is not known how many came"
    none = one(found, site="north", panel="local", period="2025")
    assert (none["agreed"], none["share_done"]) == (0, None)  # 0 of 0
    odd = one(found, site="north", panel="partners", period="")
    assert odd["warnings"] == (
        "1 meeting with more attended than invited: their numbers do not count"
        " | 1 meeting with more done than agreed: their numbers do not count"
    )
    assert (odd["invited"], odd["share_attended"]) == (0, None)
    south = one(found, site="south", panel="local", period="")
    assert (south["meetings"], south["first"], south["share_done"]) == (0, "", None)


@pytest.mark.parametrize(
    ("by", "periods"),
    [("half_year", {"2024 H1", "2025 H1"}), ("quarter", {"2024 Q1", "2025 Q1"})],
)
def test_calendar_time_is_parted_as_asked(by: str, periods: set[str], tmp_path: Path) -> None:
    study = delivered(tmp_path)
    study.config["activity"]["by"] = by
    found = rows(ran(study), "activity", ActivityTable)
    own = {r["period"] for r in found if (r["site"], r["panel"]) == ("north", "local")}
    assert own == periods | {""}
    assert len(MEETINGS.splitlines()) == 5


# ------------------------------------------------------------------ subsets and config


def test_subsets_may_be_of_delivered_fidelity(tmp_path: Path) -> None:
    study = delivered(tmp_path)
    study.config["subsets"] = {
        "how_well": {"label": "Fidelity", "delivered": "fidelity", "cuts": [0.5, 0.75],
                     "labels": ["Low", "Fair", "High"]},
        "how_much": {"label": "Contacts", "delivered": "contacts", "cuts": [1],
                     "labels": ["None", "Some"]},
    }  # fmt: skip
    folder = ran(study)
    with inside(tmp_path):
        told = read_study(".")
        files = describe_specs.delivered_files(told)
        command = ["changes", "--panel", "data/processed/panel.parquet", "--ci-level", "0.9"]
        command += ["--out", "results/tables/changes.csv", "--spec", describe_specs.subsets(told)]
        command += ["--records", "data/processed/records"]
        command += ["--subsets", str(folder / "subsets.csv")]
        assert main([*command, *(word for pair in files.items() for word in pair)]) == 0
    found = rows(folder, "subsets", SubsetsTable)
    count = {(r["subsets"], r["subset"]): r["people"] for r in found}
    assert count == {
        ("how_well", "Low"): 1, ("how_well", "Fair"): 1, ("how_well", "High"): 2,
        ("how_well", "Not known"): 2, ("how_much", "None"): 2, ("how_much", "Some"): 3,
        ("how_much", "Not known"): 1,
    }  # fmt: skip
    assert describe_specs.subset_files(told) == []


BROKEN: dict[str, tuple[tuple[str, ...], Any, str]] = {
    "file": (("fidelity", "file"), "raitings", "fidelity.file: no file is called 'raitings'"),
    "level": (("fidelity", "file"), "meetings", "fidelity.file: 'meetings' is of level other"),
    "source": (("fidelity", "source"), "talk", "fidelity.source: 'talk' is no category"),
    "value": (("fidelity", "sources"), {"boss": "Boss"}, "fidelity.sources: no category"),
    "alike": (("fidelity", "sources"), {"self": "A", "worker": "A"}, "fidelity.sources: two have"),
    "component": (("fidelity", "components"), ["talk", "plann"], "fidelity.components: no var"),
    "words": (("fidelity", "components"), ["name"], "fidelity.components: 'name' holds no numbers"),
    "twice": (("fidelity", "components"), ["talk", "talk"], "fidelity.components: one of them"),
    "steps": (("fidelity", "steps"), [0, 0.5, 0.5], "fidelity.steps: write each higher"),
    "beyond": (("fidelity", "steps"), [0, 50, 100], "fidelity.steps: fidelity is from 0 to 1"),
    "cuts": (("fidelity", "cut_offs", "high"), 0.4, "fidelity.cut_offs: high must be above"),
    "least": (("fidelity", "minimum_components"), 3, "fidelity.minimum_components: there are 2"),
    "labels": (("fidelity", "periods", "labels"), ["Early"], "fidelity.periods.labels: 2 diff"),
    "range": (("files", "ratings", "variables", "talk", "range"), [0, 100],
              "fidelity.components: 'talk' has range 0 to 100"),
    "open": (("files", "ratings", "variables", "talk"), {}, "fidelity.components: 'talk' needs"),
    "kept": (("dose", "attended"), 'com == "yes"', "dose.attended: "),
    "minutes": (("dose", "minutes"), "came", "dose.minutes: 'came' holds no numbers"),
    "outcome": (("dose", "response", "outcomes"), ["scroe"], "dose.response.outcomes: no outcome"),
    "before": (("dose", "response", "times"), ["before"], "dose.response.times: before comes"),
    "undated": (("files", "contacts", "date"), None, "dose.file: files.contacts says no date"),
    "panel": (("activity", "panels"), {"elders": "Elders"}, "activity.panels: no category"),
    "part": (("activity", "invited"), None, "activity.attended: is a part of invited"),
    "place": (("files", "meetings", "site"), None, "activity.file: files.meetings says no site"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_mistake_has_its_place_and_remedy(case: str, tmp_path: Path) -> None:
    place, value, said = BROKEN[case]
    study = delivered(tmp_path)
    node: Any = study.config
    for key in place[:-1]:
        node = node[key]
    if value is None:
        del node[place[-1]]
    else:
        node[place[-1]] = value
    lines = study.lines()
    assert any(line.startswith(f"config.yaml: {said}") for line in lines), lines


def test_subsets_of_what_is_not_declared_say_so(tmp_path: Path) -> None:
    study = delivered(tmp_path)
    del study.config["fidelity"]
    study.config["subsets"] = {
        "how_well": {"label": "Fidelity", "delivered": "fidelity", "cuts": [0.5],
                     "labels": ["Low", "High"], "measured": "after"},
    }  # fmt: skip
    assert [line.split("; ")[0] for line in study.lines()] == [
        "config.yaml: subsets.how_well.delivered: fidelity needs the section fidelity",
        "config.yaml: subsets.how_well.measured: goes with variable",
    ]


def test_values_that_are_no_step_are_named() -> None:
    """0.3 and 0.7 in two ratings of three; 0.1 + 0.2 is the step 0.3 as computed."""
    how = Rated.model_construct(components=("talk", "plan"), steps=(0.0, 0.5, 1.0))
    table = pd.DataFrame({"talk": [0.3, 1.0, np.nan], "plan": [0.7, 0.5, 0.3]})
    n, said = between(table, how)
    assert n == 2 and "(0.3, 0.7)" in said and "nearest step" in said
    exact = Rated.model_construct(components=("talk",), steps=(0.0, 0.3, 1.0))
    assert between(pd.DataFrame({"talk": [0.1 + 0.2]}), exact)[0] == 0
