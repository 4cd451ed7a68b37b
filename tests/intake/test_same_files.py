"""One export under two names may not be two times; what is meant to be read twice may."""

from pathlib import Path
from typing import Any

import pytest

from small_study import Study, answers


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """The tiny study; both times hold the same bytes."""
    own = Study(tmp_path)
    own.files["after.csv"] = own.files["before.csv"]
    return own


def changed(study: Study, **after: Any) -> Study:
    """The study with other settings of the later file."""
    study.config["files"]["after"] |= after
    return study


def test_one_file_as_two_times_stops(study: Study) -> None:
    ran = study.run("intake")
    assert ran.status == 1
    assert ran.lines == [
        "data/raw/after.csv: is the same file as data/raw/before.csv, byte by byte, but read as"
        " time after (files.after), that one as time before (files.before); put the right export in"
        " place of the wrong one, or, if one file is meant, write its path in both entries"
    ]


def test_what_shares_one_answer_stops(study: Study) -> None:
    ran = changed(study, instruments={}, variables={"score": {}}).run("intake")
    assert ran.status == 1 and "is the same file as" in ran.shown


def test_one_path_in_both_entries_is_read(study: Study) -> None:
    del study.files["after.csv"]
    assert changed(study, path="data/raw/before.csv").run("intake").status == 0


@pytest.mark.parametrize(
    "after",
    [
        {"rows": {"u_3": ["2"]}},
        {"variables": {"later": {"column": "u_3"}}, "instruments": {}},
        {"time": {"column": "date"}},
    ],
)
def test_other_rows_other_columns_or_times_by_row_are_no_fault(
    study: Study, after: dict[str, Any]
) -> None:
    assert "is the same file as" not in changed(study, **after).run("intake").shown


def test_files_without_a_record_may_be_alike(study: Study) -> None:
    names = answers(0).splitlines(keepends=True)[0]
    study.files["before.csv"] = study.files["after.csv"] = names
    for name in ("before", "after"):
        study.config["files"][name]["may_be_empty"] = True
    assert "is the same file as" not in study.run("intake").shown


def test_of_a_changed_file_that_alone_is_said(study: Study) -> None:
    study.write()
    path = study.folder / "data/raw/SOURCES.yaml"
    text = path.read_text(encoding="utf-8")
    study.sources = text
    study.files["before.csv"] = answers(1)
    ran = study.run("intake")
    assert ran.status == 1
    assert "has changed since" in ran.shown and "is the same file as" not in ran.shown


def test_two_sites_that_sent_one_file(study: Study) -> None:
    """Who is asked once, in a file a site: the second is the first under another name."""
    files = study.config["files"]
    study.files["before.csv"], study.files["south.csv"] = answers(0), study.files["people.csv"]
    study.files["after.csv"] = answers(1)
    files["south"] = files["people"] | {"path": "data/raw/south.csv", "lists_people": False}
    for name in ("people", "south"):
        files[name] = files[name] | {
            "site": {"constant": "north" if name == "people" else "south"},
            "time": {"constant": "before"},
        }
    ran = study.run("intake")
    assert ran.status == 1
    said = "data/raw/south.csv: is the same file as data/raw/people.csv, byte by byte, but read as"
    assert said in ran.shown
    assert "as site south (files.south), that one as site north (files.people)" in ran.shown
