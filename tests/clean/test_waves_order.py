"""Waves of a survey whose files are swapped, and a register of which most have no place."""

from pathlib import Path
from typing import Any

import pytest

from small_study import Study


def waves(study: Study, first: str, second: str) -> None:
    """Two waves of six respondents each, answered in two years."""
    study.config["waves"] = {
        "one": {"label": "One", "position": 0}, "two": {"label": "Two", "position": 12},
    }  # fmt: skip
    for name, year in (("one", first), ("two", second)):
        study.config["files"][name] = {
            "path": f"data/raw/{name}.csv", "level": "respondent", "unit": "id",
            "time": {"constant": name}, "site": {"column": "site"},
            "date": {"column": "day", "format": "%Y-%m-%d"},
            "variables": {"safe": {"range": [1, 5]}},
        }  # fmt: skip
        study.files[f"{name}.csv"] = "id,site,day,safe\n" + "".join(
            f"{name}{i},{'North' if i % 2 else 'South'},{year}-03-0{i},{1 + i % 5}\n"
            for i in range(1, 7)
        )


def test_waves_that_are_dated_the_other_way_round_stop(tmp_path: Path) -> None:
    study = Study(tmp_path)
    waves(study, "2025", "2024")
    ran = study.run(until="check")
    assert ran.status == 1
    (line,) = [line for line in ran.lines if "two.csv" in line]
    assert "half of two by 2024-03-03, of one by 2025-03-03" in line
    assert "see that each file in data/raw is the one that config.yaml takes it for" in line


@pytest.mark.parametrize(("first", "second"), [("2024", "2025"), ("2024", "2024")])
def test_waves_in_order_or_of_one_time_do_not(tmp_path: Path, first: str, second: str) -> None:
    study = Study(tmp_path)
    waves(study, first, second)
    assert study.run(until="check").status == 0


def people(study: Study, without: int) -> Any:
    """The register, the first so many without a site that is declared."""
    lines = str(study.files["people.csv"]).splitlines()
    rows = [line.replace("North", "").replace("South", "") if i < without else line
            for i, line in enumerate(lines[1:])]  # fmt: skip
    study.files["people.csv"] = "\n".join([lines[0], *rows]) + "\n"
    return study.run(until="check")


def test_a_register_of_which_most_have_no_place_stops(tmp_path: Path) -> None:
    """Else the others' answers go with them, and a few stand for the study."""
    ran = people(Study(tmp_path), 7)
    assert ran.status == 1
    (line,) = [line for line in ran.lines if "could not be placed" in line]
    assert "people.csv: 7 of 12 people could not be placed (7 × a site" in line
    assert "correct files.people in config.yaml, or, if they are not of this study" in line


def test_a_few_people_without_a_place_do_not_stop_it(tmp_path: Path) -> None:
    assert people(Study(tmp_path), 6).status == 0
