"""The step `rates` on a tiny study whose counts are known by hand, and what is not a rate."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pytest import approx

from cesp_analysis import contracts
from cesp_analysis.cli import main
from cesp_analysis.feasibility import specs
from cesp_analysis.feasibility.months import day_after, length
from cesp_analysis.feasibility.recruitment import Intake, projected
from cesp_analysis.intervals import wilson
from cesp_analysis.study.read import read_study
from feasible import OF, commands, feasible, made, row
from small_study import Ran, inside


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    return made(feasible(tmp_path_factory.mktemp("feasible")))


Tables = dict[str, list[dict[str, Any]]]


def test_steps_follow_from_one_another(tables: Tables) -> None:
    eligible = row(tables["rates"], "eligible")
    assert (eligible["numerator"], eligible["denominator"]) == (18, 24)
    assert (eligible["ci_low"], eligible["ci_high"]) == approx(wilson(18, 24, 0.95), rel=1e-12)
    consented = row(tables["rates"], "consented")
    assert (consented["numerator"], consented["denominator"]) == (11, 18)
    assert consented["warnings"] == "of 1 it is not known; they count in the denominator alone"
    assert "eligible" in consented["denominator_is"].lower()


def test_the_flow_counts_the_same(tmp_path: Path) -> None:
    study = feasible(tmp_path)
    study.config["flow"]["met"] = {
        "label": "Met twice", "file": "contacts", "where": 'came_then == "yes"', "rows": 2,
        "arm": "intervention",
    }  # fmt: skip
    study.config["feasibility"]["rates"]["met"] = {
        "label": "Met twice", "arm": "intervention", "numerator": {"step": "met"},
        "denominator": {"step": "recruited"},
    }  # fmt: skip
    found = made(study)["rates"]
    flow = Ran(tmp_path, 0, "").flow().to_dict("records")
    reached = {(r["step"], r["group"]): r["n"] for r in flow if r["status"] == "reached"}
    met = row(found, "met", "site", "north")
    assert (met["numerator"], met["denominator"]) == (4, 6)
    assert met["numerator"] == reached["met", "north"]
    for site in ("north", "south"):
        for rate, above, below in (
            ("eligible", "eligible", "referred"),
            ("consented", "consented", "eligible"),
        ):
            own = row(found, rate, "site", site)
            assert (own["numerator"], own["denominator"]) == (
                reached[above, site], reached[below, site],
            )  # fmt: skip
        for time in ("before", "after"):
            own = row(found, "retained", "site", site, time=time)
            assert own["numerator"] == reached[time, site]


def test_sites_add_up_and_stay(tables: Tables) -> None:
    own = [r for r in tables["rates"] if r["of"] != "link_worker"]
    for one in (r for r in own if r["of"] == "all"):
        key = (one["rate"], one["time"], one["part"])
        sites = [r for r in own if r["of"] == "site" and (r["rate"], r["time"], r["part"]) == key]
        assert sum(r["numerator"] for r in sites) == one["numerator"], key
    south = row(tables["rates"], "attended", "site", "south")
    assert (south["status"], south["value"], south["ci_low"]) == ("not_estimable", None, None)
    assert south["reason"] == "no rate: nobody is in the denominator: rows of contacts"


def test_a_link_worker_without_anybody_stays_in_the_table(tables: Tables) -> None:
    nobody = row(tables["rates"], "uptake", "link_worker", "W9")
    assert (nobody["numerator"], nobody["denominator"], nobody["value"]) == (0, 0, None)
    assert nobody["reason"].startswith("no rate: nobody is in the denominator: Recruited (people)")
    assert row(tables["rates"], "uptake", "link_worker", "W1")["numerator"] == 2


def test_the_arm_alone_is_counted(tables: Tables) -> None:
    own = [r for r in tables["rates"] if r["rate"] == "uptake"]
    assert {r["group"] for r in own if r["of"] == "site"} == {"north"}
    assert row(tables["rates"], "uptake")["denominator"] == 6


def test_the_design_effect_is_that_of_the_link_workers(tables: Tables) -> None:
    """Of the north's six people two of W0 are men, the other four women: alike within, ICC 1."""
    found = row(tables["rates"], "by_sex", "site", "north", part="f")
    assert found["icc"] == approx(1, rel=1e-12)
    assert (found["cluster_size"], found["deff"], found["effective_n"]) == approx((2, 2, 3))
    at_effective = wilson(2, 3, 0.95)
    assert (found["deff_low"], found["deff_high"]) == approx(at_effective, rel=1e-12)
    both = row(tables["rates"], "by_sex", part="f")  # six more without a link worker
    assert both["cluster_size"] == approx((3 * 4 + 6) / 12) and both["deff"] == approx(1.5)
    assert "without a link worker" in both["deff_note"]


def test_events_a_month_and_of_follow_up(tables: Tables) -> None:
    recruited = row(tables["rates"], "recruited")
    assert (recruited["numerator"], recruited["exposure"], recruited["value"]) == (12, 1, 12)
    assert recruited["exposure_is"] == "months from 2024-01-01 to 2024-01-31"
    harm = row(tables["rates"], "harm")
    gone = (date(2024, 3, 1) - date(2024, 1, 10)).days / (365.25 / 12)  # P05 withdrew
    assert harm["numerator"] == 3 and harm["exposure"] == approx(11 * 6 + gone, rel=1e-9)
    assert "1 event outside the person's follow-up not counted" in harm["warnings"]
    assert "up to 2 events" in harm["warnings"]
    harmed = row(tables["rates"], "harmed")
    assert harmed["numerator"] == 2  # people: P01, P02; the event of P05 is no more in follow-up
    assert harmed["warnings"] == "1 row outside the person's follow-up not counted"
    assert row(tables["rates"], "harmed", "site", "south")["warnings"] == ""


def test_questionnaires_item_by_item(tmp_path: Path) -> None:
    study = feasible(tmp_path)
    lines = str(study.files["after.csv"]).splitlines()
    lines[1] = ",".join([*lines[1].split(",")[:4], "", "2"])  # P01 (north): one item left out
    study.files["after.csv"] = "\n".join(lines) + "\n"
    found = made(study)["rates"]
    whole = row(found, "completeness", "site", "north", time="after", part="ucla3")
    assert (whole["numerator"], whole["denominator"]) == (5, 6)
    item = row(found, "completeness", "site", "north", time="after", part="ucla3.2")
    assert (item["numerator"], item["denominator"]) == (5, 6)
    assert row(found, "completeness", time="after", part="ucla3.1")["numerator"] == 12
    assert (
        row(found, "completeness", "link_worker", "W9", time="after", part="ucla3")["status"]
        == "not_estimable"
    )


def test_more_in_the_numerator_than_below_is_refused(tmp_path: Path) -> None:
    study = feasible(tmp_path)
    study.config["feasibility"]["rates"] |= {
        "wrong": {
            "label": "Wrong",
            "numerator": {"step": "referred"},
            "denominator": {"step": "recruited"},
        },
        "beside": {
            "label": "Beside",
            "numerator": {"file": "people", "where": 'sex == "f"'},
            "denominator": {"file": "people", "where": "age > 31"},
        },
    }
    found = made(study)["rates"]
    wrong = row(found, "wrong")
    assert (wrong["status"], wrong["value"], wrong["ci_low"]) == ("refused", None, None)
    assert wrong["reason"].startswith(
        "no rate: the numerator (24) is larger than the denominator (12): correct the data"
    )
    beside = row(found, "beside")
    assert beside["status"] == "refused" and beside["value"] is None
    assert beside["reason"].startswith("no rate: 1 of the numerator (8) are not in the denominator")


def test_the_order_of_rows_does_not_matter(tmp_path: Path, tables: Tables) -> None:
    study = feasible(tmp_path)
    for name in ("people.csv", "screening.csv", "contacts.csv", "harm.csv"):
        head, *lines = str(study.files[name]).splitlines()
        study.files[name] = "\n".join([head, *reversed(lines)]) + "\n"
    found = made(study)
    for name in OF:
        assert found[name] == tables[name], name


def test_recruitment_over_time(tables: Tables) -> None:
    months = [r for r in tables["recruitment"] if r["group"] == ""]
    assert [(r["month"], r["observed"], r["new"], r["planned"]) for r in months] == [
        ("2024-01", "yes", 12, 10), ("2024-02", "no", None, 20), ("2024-03", "no", None, 30),
    ]  # fmt: skip
    assert months[1]["low"] < months[1]["total"] < months[1]["high"]
    whole = tables["projection"][0]
    assert (whole["recruited"], whole["months"], whole["target"]) == (12, 1, 30)
    assert whole["expected"] == months[-1]["total"]
    assert whole["reached_low"] < whole["reached"] < whole["reached_high"]
    assert tables["projection"][2]["reason"] == "no target is declared"


def test_a_target_that_was_reached_or_whose_day_has_passed(tmp_path: Path) -> None:
    study = feasible(tmp_path)
    study.config["feasibility"]["recruitment"] |= {"target": 5, "by": "2024-01-20", "sites": {}}
    reached = made(study)["projection"][0]
    assert (reached["reached"], reached["reason"]) == ("2024-01-10", "reached")
    assert reached["expected"] is None
    (tmp_path / "b").mkdir()
    study = feasible(tmp_path / "b")
    study.config["feasibility"]["recruitment"] |= {"by": "2024-01-20"}
    late = made(study)["projection"][0]
    assert late["reason"].startswith("the day of the target has passed: 10 of 30 had come by then")
    assert late["reached"] > "2024-01-31" and late["expected"] is None


def test_nobody_came(tmp_path: Path) -> None:
    study = feasible(tmp_path)
    study.config["feasibility"]["period"] = {"opened": "2023-01-01", "closed": "2023-03-31"}
    none = made(study)
    rate = row(none["rates"], "recruited")
    assert (rate["numerator"], rate["value"], rate["ci_low"]) == (0, 0, 0)
    assert "12 events before or after these months not counted" in rate["warnings"]
    ahead = none["projection"][0]
    assert ahead["warnings"].startswith("12 people taken in after 2023-03-31 not counted, neither")
    assert {r["left_out"] for r in none["recruitment"] if not r["group"]} == {12}
    assert ahead["reached_high"] == "" and ahead["expected_low"] == 0  # not before 2200


def test_who_came_outside_the_period_is_said_of_the_projection(tmp_path: Path) -> None:
    """P01 came on 2 January, P12 on 24 January: outside 3 to 22 January."""
    study = feasible(tmp_path)
    study.config["feasibility"]["period"] = {"opened": "2024-01-03", "closed": "2024-01-22"}
    tables = made(study)
    south = next(r for r in tables["projection"] if r["group"] == "south")
    whole = tables["projection"][0]
    assert whole["recruited"] == 10 and south["recruited"] == 5
    assert whole["warnings"].startswith("1 person taken in before 2024-01-03 not counted")
    assert "1 person taken in after 2024-01-22 not counted" in whole["warnings"]
    assert "before" not in south["warnings"] and "after 2024-01-22" in south["warnings"]
    left = {r["group"]: r["left_out"] for r in tables["recruitment"]}
    assert left == {"": 2, "north": 1, "south": 1}


def test_months_of_the_calendar() -> None:
    assert length(date(2023, 1, 1), date(2023, 6, 30)) == approx(6)
    assert length(date(2024, 2, 1), date(2024, 2, 1)) == approx(1 / 29)
    assert length(date(2024, 2, 2), date(2024, 2, 1)) == 0
    start = date(2023, 6, 30)
    for months in (0.5, 1, 7.25, 30):
        day = day_after(start, months)
        assert day is not None
        # to half a day: the smallest part of a month that a day is
        assert length(date(2023, 7, 1), day) == approx(months, abs=0.5 / 28 + 1e-9)
    assert day_after(start, 1e9) is None and day_after(start, float("inf")) is None


def test_arms_where_there_are_no_sites(tmp_path: Path) -> None:
    study = feasible(tmp_path)
    told = study.config
    told["sites"] = {}
    people = told["files"]["people"]
    people["arm"] = {"column": "site", "values": {"North": "intervention", "South": "control"}}
    del people["site"], told["files"]["screening"]["site"]
    own = told["feasibility"]
    own["recruitment"]["sites"] = {}
    own["link_workers"]["icc"] = 0.2
    found = made(study)
    arms = {r["group"] for r in found["rates"] if r["of"] == "arm"}
    assert arms == {"intervention", "control"} and not any(
        r["of"] == "site" for r in found["rates"]
    )
    assert row(found["rates"], "retained", "arm", "control", time="after")["numerator"] == 6
    uptake = row(found["rates"], "uptake")
    assert (uptake["icc"], uptake["deff"]) == approx((0.2, 1.2), rel=1e-12)
    assert uptake["deff_note"] == "the intraclass correlation is declared, not estimated"
    assert [r["group"] for r in found["projection"]] == ["", "control", "intervention"]


def test_months_that_differ_too_much_are_said() -> None:
    days = tuple(date(2024, 1, 5) for _ in range(20)) + (date(2024, 3, 1),)
    uneven = projected(Intake("", date(2024, 1, 1), date(2024, 3, 31), days), 30, OVER, 0.95)
    assert "months differ more than a Poisson process has it" in uneven["warnings"]
    even = tuple(date(2024, month, day) for month in (1, 2, 3) for day in range(1, 8))
    steady = projected(Intake("", date(2024, 1, 1), date(2024, 3, 31), even), 30, OVER, 0.95)
    assert steady["warnings"] is None and steady["dispersion"] == approx(0, abs=1e-12)


OVER = date(2024, 12, 31)


def test_rates_read_the_files_that_they_declare_alone(tmp_path: Path) -> None:
    """A rate parted by what people's files say at a time, and others of each kind."""
    study = feasible(tmp_path)
    mode = {"type": "category", "values": ["1", "2"], "column": "u_2"}
    after = study.config["files"]["after"]
    after["variables"] = after["variables"] | {"mode": mode}
    study.config["feasibility"]["completeness"] = False
    study.config["feasibility"]["rates"]["mode"] = {
        "label": "Mode", "times": ["after"], "values_of": "mode",
        "numerator": {"time": "each"}, "denominator": {"time": "each"},
    }  # fmt: skip
    whole = made(study)["rates"]
    read = read_study(tmp_path)
    declared = specs.rate_files(read)
    assert "after" in declared and "before" not in declared
    for path in (tmp_path / "data/processed/records").glob("*.parquet"):
        if path.stem not in declared:
            path.unlink()
    with inside(tmp_path):
        assert main(commands(study)["rates"]) == 0
        again = list(contracts.rows(Path("results/tables/rates.csv"), OF["rates"]))
    assert again == whole
    parts = {one["part"]: one["numerator"] for one in whole
             if one["rate"] == "mode" and one["of"] == "all"}  # fmt: skip
    assert parts == {"1": 6, "2": 6}
