"""Whom rates count: as the flow has them, with what is not known, in people's follow-up."""

from pathlib import Path
from typing import Any

import pytest

from feasible import CONTACTS, HARM, PEOPLE, changed, feasible, linked, made, row
from small_study import Ran

Row = dict[str, Any]


def test_an_arm_keeps_those_of_whom_it_is_not_known(tmp_path: Path) -> None:
    study = feasible(tmp_path)
    for who in ("P02", "P04", "P06"):  # south, the control arm
        study.files["people.csv"] = changed(str(study.files["people.csv"]), who, "sex", "")
    for arm in ("control", "intervention"):
        study.config["feasibility"]["rates"][f"men_{arm}"] = {
            "label": f"Men, {arm}", "arm": arm,
            "numerator": {"file": "people", "where": 'sex == "m"'},
            "denominator": {"step": "recruited"},
        }  # fmt: skip
    found = made(study)["rates"]
    said = "of 3 it is not known; they count in the denominator alone"
    for of, group in (("all", ""), ("site", "south")):
        control = row(found, "men_control", of, group)
        assert (control["denominator"], control["warnings"]) == (6, said)
    assert row(found, "men_intervention")["warnings"] == ""


def test_rows_of_an_arm_and_events_keep_what_is_not_known(tmp_path: Path) -> None:
    study = feasible(tmp_path)
    for line in ("P01,2024-02-01", "P01,2024-02-02"):
        contacts = changed(str(study.files["contacts.csv"]), line, "came", "")
        study.files["contacts.csv"] = contacts
    study.files["harm.csv"] = changed(HARM, "P02", "bad", "")
    own = study.config["feasibility"]["rates"]
    own["attended"]["arm"] = "intervention"
    own["bad"] = {
        "label": "Bad",
        "per": "person_month",
        "numerator": {"file": "harm", "where": 'bad == "yes"'},
    }
    own["of_bad"] = {
        "label": "Of bad",
        "numerator": {"file": "harm", "where": 'bad == "yes"'},
        "denominator": {"file": "harm", "where": 'bad == "no" or bad == "yes"'},
    }
    found = made(study)["rates"]
    assert row(found, "attended")["warnings"].startswith("of 2 it is not known")
    assert row(found, "attended", "link_worker", "W1")["warnings"].startswith("of 2 it is")
    assert "of 1 event it is not known; not counted" in row(found, "bad")["warnings"]
    assert "not known" not in row(found, "bad", "site", "north")["warnings"]
    assert (
        "of 1 it is not known whether they belong to the denominator; left out of it"
        in row(found, "of_bad")["warnings"]
    )


def test_every_step_has_the_flow_s_number(tmp_path: Path) -> None:
    """Whatever the steps are: numerators are the flow's counts, at each site."""
    study = linked(tmp_path)
    own = made(study)["rates"]
    flow = Ran(tmp_path, 0, "").flow().to_dict("records")
    reached = {(r["step"], r["group"]): r["n"] for r in flow if r["status"] == "reached"}
    for step in study.config["flow"]:
        for site in ("north", "south"):
            found = row(own, step, "site", site)
            assert found["numerator"] == reached.get((step, site), 0), (step, site)
    met = [row(own, name, "site", "north")["numerator"] for name in ("came", "missed", "twice")]
    assert met == [2, 2, 2]  # each met twice and missed once
    # P07 was referred and eligible; whether they consented nobody knows
    consented = row(own, "consented")
    assert consented["warnings"].startswith("of 1 it is not known"), consented["warnings"]
    # link workers come with recruitment: who was not recruited has none, and of theirs all had been
    assert not [r for r in own if r["rate"] == "consented" and r["of"] == "link_worker"]
    assert [r for r in own if r["rate"] == "came" and r["of"] == "link_worker"] == []


def test_who_is_not_in_the_exposure_has_no_events(tmp_path: Path) -> None:
    study = feasible(tmp_path)
    study.files["people.csv"] = changed(PEOPLE, "P01", "came", "")
    study.config["visits"] = {"since": "came"}
    found = made(study)["rates"]
    harm = row(found, "harm")
    assert harm["numerator"] == 1  # P02's; two of P01, one of P05 after withdrawal
    assert "2 events of people without a start not counted" in harm["warnings"]
    assert "1 person without a start not in the exposure" in harm["warnings"]
    harmed = row(found, "harmed")
    assert harmed["numerator"] == 2
    said = "2 rows counted that have no date, or whose person has no start: whether they lie in"
    assert said in harmed["warnings"]


def test_an_end_on_no_known_day_is_said_of_the_exposure(tmp_path: Path) -> None:
    """P06 withdrew, nobody knows when: their months go to the last time, which is too long."""
    study = feasible(tmp_path)
    lines = str(study.files["people.csv"]).splitlines()
    told = [
        f"{lines[0]},gone",
        *(f"{line},{'yes' if 'P06' in line else 'no'}" for line in lines[1:]),
    ]
    study.files["people.csv"] = "\n".join(told) + "\n"
    gone = {"type": "category", "values": ["yes", "no"]}
    study.config["files"]["people"]["variables"]["gone"] = gone
    study.config["events"]["gone"] = {
        "label": "Gone", "kind": "withdrawal", "file": "people", "where": 'gone == "yes"',
    }  # fmt: skip
    harm = row(made(study)["rates"], "harm")
    assert "1 person died or withdrew on no known day: in the exposure to" in harm["warnings"]
    south = row(made(study)["rates"], "harm", "site", "north")
    assert "no known day" not in str(south["warnings"])


def test_events_before_the_start_are_no_follow_up(tmp_path: Path) -> None:
    study = feasible(tmp_path)
    study.files["harm.csv"] = HARM + "P04,2023-12-24,no\nP06,2024-02-01,yes\nP06,2023-01-01,no\n"
    found = made(study)["rates"]
    harmed, months = row(found, "harmed"), row(found, "harm")
    assert (harmed["numerator"], months["numerator"]) == (3, 4)
    assert harmed["warnings"] == "3 rows outside the person's follow-up not counted"
    assert "3 events outside the person's follow-up not counted" in months["warnings"]


def test_undated_visits_are_not_known_to_be_within(tmp_path: Path) -> None:
    study = feasible(tmp_path)
    study.config["times"]["after"]["window"] = [0.5, 7]
    for who in ("P01", "P02"):
        study.files["after.csv"] = changed(str(study.files["after.csv"]), who, "date", "")
    study.config["feasibility"]["rates"]["within"] = {
        "label": "Within", "numerator": {"time": "after", "within_window": True},
        "denominator": {"time": "after"},
    }  # fmt: skip
    found = made(study)["rates"]
    within = row(found, "within")
    assert within["numerator"] > 0
    assert within["warnings"] == "of 2 it is not known; they count in the denominator alone"


def test_rows_of_one_person_are_said_to_be_alike(tmp_path: Path) -> None:
    found = made(feasible(tmp_path))["rates"]
    said = "rows of one person (up to 3) may be alike"
    assert CONTACTS.count("P01") == 3 and said in row(found, "attended")["warnings"]
    assert (
        "by the link worker whom the row names"
        in (row(found, "attended", "link_worker", "W1")["warnings"])
    )
    assert said not in row(found, "eligible")["warnings"]


@pytest.mark.parametrize("name", ["uptake", "by_sex"])
def test_rates_of_people_have_no_such_note(name: str, tmp_path: Path) -> None:
    own = [r for r in made(feasible(tmp_path))["rates"] if r["rate"] == name]
    assert own and not any("alike" in r["warnings"] for r in own)
