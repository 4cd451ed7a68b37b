"""The intervention arm by dose or fidelity: what is counted, what is shown, and of whom alone."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from scipy.stats import ttest_1samp

from cesp_analysis import contracts
from cesp_analysis.analysis_plan.canonical import plan_of
from cesp_analysis.cli import main
from cesp_analysis.describe import specs as describe_specs
from cesp_analysis.describe.changes import changes
from cesp_analysis.describe.tables import SubsetsTable
from cesp_analysis.errors import CespError
from cesp_analysis.report.write import report_tables
from cesp_analysis.study.read import read_study
from small_study import Study, answers, inside

COMES = {1: 0, 3: 1, 5: 2, 7: 3, 9: 4, 11: 4}
"""Their contacts that count; controls have some too, which nobody asks for."""


def with_contacts(folder: Path, **entry: Any) -> Study:
    """The small study with a file of contacts, a row a contact, and subsets by their number."""
    study = Study(folder)
    came = [i for i, n in COMES.items() for _ in range(n)] + [2, 4, 4]
    rows = [*(f"P{i:02},yes,2" for i in came), "P01,no,1", "P03,no,9"]
    lines = [f"{row},C{number}\n" for number, row in enumerate(rows)]
    study.files["contacts.csv"] = "id,came,minutes,contact\n" + "".join(lines)
    study.config["files"]["contacts"] = {
        "path": "data/raw/contacts.csv", "level": "person", "unit": "id", "one_row_per": "any",
        "ignored": ["contact"],
        "variables": {
            "came": {"type": "category", "values": ["yes", "no"]},
            "minutes": {"range": [0, 90]},
        },
    }  # fmt: skip
    study.config["subsets"] = {
        "contacts": {
            "label": "Contacts", "file": "contacts", "where": 'came == "yes"',
            "cuts": [1, 3], "labels": ["None", "Few", "Many"], "minimum": 2,
        } | entry
    }  # fmt: skip
    return study


def table(study: Study) -> pd.DataFrame:
    """What the step makes of it."""
    ran = study.run(until="panel")
    assert (ran.status, ran.shown) == (0, "")
    with inside(study.folder):
        told, made = read_study("."), Path("results/tables/subsets.csv")
        assert main(
            ["changes", "--panel", "data/processed/panel.parquet", "--ci-level", "0.9",
             "--out", "results/tables/changes.csv", "--spec", describe_specs.subsets(told),
             "--records", "data/processed/records", "--subsets", str(made)]
        ) == 0  # fmt: skip
        return contracts.read(made, SubsetsTable).set_index(["subset", "outcome", "time"])


def people_of(found: pd.DataFrame) -> dict[str, int]:
    """Subset → people in it."""
    return dict(zip(found.index.get_level_values("subset"), found["people"], strict=True))


def scores(people: list[int], time: int) -> "pd.Series[Any]":
    """What these people answered, from the raw file's text."""
    lines = [line.split(",") for line in answers(time).splitlines()[1:]]
    return pd.Series({int(line[0][1:]): float(line[2]) for line in lines})[people]


def test_rows_that_count_are_counted_and_a_value_on_a_cut_is_in_the_subset_above(
    tmp_path: Path,
) -> None:
    found = table(with_contacts(tmp_path))
    assert people_of(found) == {"None": 1, "Few": 2, "Many": 3}
    assert set(found.index.get_level_values("outcome")) == {"score", "lonely"}


def test_means_and_changes_are_those_of_the_raw_answers(tmp_path: Path) -> None:
    found, many = table(with_contacts(tmp_path)), [7, 9, 11]
    before, after = scores(many, 0), scores(many, 1)
    row = found.loc[("Many", "score", "after")]
    low, high = ttest_1samp(after - before, 0).confidence_interval(0.9)
    expected = [after.mean(), after.std(), (after - before).mean(), low, high]
    # the same formulas in another order of sums: a few units in the last place
    assert list(row[["mean", "sd", "mean_change", "ci_low", "ci_high"]]) == pytest.approx(
        expected, rel=1e-12
    )
    assert (row["n"], row["n_change"], row["df"]) == (3, 3, 2)
    start = found.loc[("Many", "score", "before")]
    assert start["mean"] == pytest.approx(before.mean(), rel=1e-12)
    assert start[["n_change", "mean_change", "ci_low"]].isna().all()


def test_of_fewer_than_the_minimum_the_number_stands_alone(tmp_path: Path) -> None:
    numbers = ["mean", "sd", "mean_change", "sd_change", "df", "ci_low", "ci_high"]
    found = table(with_contacts(tmp_path, minimum=3))
    few = found.loc[("Few", "score", "after")]
    assert few[numbers].isna().all() and (few["n"], few["n_change"]) == (2, 2)
    assert found.loc[("Many", "score", "after"), numbers].notna().all()


def test_a_change_has_its_own_number_below_the_minimum(tmp_path: Path) -> None:
    """Three answer later, two of them both times: a mean then, and no mean change."""
    study = with_contacts(tmp_path, minimum=3)
    lines = str(study.files["before.csv"]).splitlines(keepends=True)
    study.files["before.csv"] = "".join(line for line in lines if not line.startswith("P07"))
    row = table(study).loc[("Many", "score", "after")]
    assert (row["n"], row["n_change"]) == (3, 2)
    assert not pd.isna(row["mean"]) and pd.isna(row["mean_change"]) and pd.isna(row["ci_low"])


def test_who_is_not_known_stands_in_a_row_of_their_own(tmp_path: Path) -> None:
    """One of whose rows it is not known whether it counts: so the number is not known either."""
    study = with_contacts(tmp_path)
    study.files["contacts.csv"] = str(study.files["contacts.csv"]) + "P11,,1,D\n"
    found = table(study)
    assert people_of(found) == {"None": 1, "Few": 2, "Many": 2, "Not known": 1}


def test_the_control_arm_changes_nothing(tmp_path: Path) -> None:
    own = table(with_contacts(tmp_path))
    other = with_contacts(tmp_path)
    for name in ("before.csv", "after.csv"):
        head, *lines = [line.split(",") for line in str(other.files[name]).splitlines()]
        for line in lines:
            line[2] = "1" if int(line[0][1:]) % 2 == 0 else line[2]
        other.files[name] = "".join(",".join(line) + "\n" for line in (head, *lines))
    other.files["contacts.csv"] = str(other.files["contacts.csv"]) + "P06,yes,1,D\nP06,yes,1,E\n"
    pd.testing.assert_frame_equal(table(other), own)
    assert not (other.folder / "results/tables/subsets.csv").read_text().count("control")


def test_a_variable_is_read_at_its_time(tmp_path: Path) -> None:
    """lonely's first item as asked afterwards; 2 and 3 stand together."""
    study = with_contacts(tmp_path)
    for name in ("before", "after"):
        study.config["files"][name]["variables"] = {
            "score": {"range": [0, 40]}, "held": {"column": "u_1", "range": [1, 3]}
        }  # fmt: skip
        study.config["files"][name]["instruments"] = {}
    del study.config["outcomes"]["lonely"]
    study.config["subsets"] = {
        "held": {"label": "Held", "variable": "held", "measured": "after", "minimum": 2,
                 "values": {"1": "Low", "2": "High", "3": "High"}}
    }  # fmt: skip
    assert people_of(table(study)) == {"Low": 2, "High": 4}
    study.config["subsets"]["held"]["values"] = {"1": "Low", "2": "High"}
    study.write()
    with inside(tmp_path), pytest.raises(CespError, match=r"held\.values: '3' is in no subset"):
        told = describe_specs.subsets(read_study("."))
        panel, records = Path("data/processed/panel.parquet"), Path("data/processed/records")
        changes(panel, 0.95, tmp_path / "c.csv", told, records, tmp_path / "s.csv")


def test_an_outcome_that_is_asked_later_alone_has_no_change(tmp_path: Path) -> None:
    study = with_contacts(tmp_path, outcomes=["lonely"])
    study.config["outcomes"]["lonely"]["times"] = ["after"]
    found = table(study)
    assert set(found.index.get_level_values("time")) == {"after"}
    assert found["n_change"].isna().all() and found["mean_change"].isna().all()
    assert found.loc[("Many", "lonely", "after"), "n"] == 3


def test_a_study_without_the_section_has_no_table(tmp_path: Path) -> None:
    study = with_contacts(tmp_path)
    study.write()
    told = read_study(tmp_path)
    assert "results/tables/subsets.csv" in report_tables(told)
    assert describe_specs.subset_files(told) == ["contacts"]
    del study.config["subsets"]
    study.write()
    without = read_study(tmp_path)
    assert "results/tables/subsets.csv" not in report_tables(without)
    assert describe_specs.subset_files(without) == []
    assert plan_of(told) == plan_of(without), "describing more is no change of the plan"


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    study = with_contacts(tmp_path, where="came == 'maybe'", labels=["None", "Few"], cuts=[3, 1])
    study.config["files"]["before"]["variables"]["got"] = {"type": "category", "values": ["a", "b"]}
    study.config["subsets"] |= {
        "neither": {"label": "Neither"},
        "early": {"label": "Contacts", "variable": "got", "measured": "before", "cuts": [1],
                  "labels": ["Low", "High"]},
        "no_time": {"label": "No time", "variable": "got", "values": {"a": "Not known", "c": "C"}},
        "age": {"label": "Age", "variable": "age", "cuts": [40], "labels": ["Young", "Old"]},
    }  # fmt: skip
    said = [line.removeprefix("config.yaml: subsets.") for line in study.lines()]
    for start in (
        "contacts.where: 'came == 'maybe''",
        "contacts.cuts: write one or more, each higher than the one before",
        "contacts.labels: 2 cuts need 3 labels, not 2",
        "neither: write one of variable, file (whose rows are counted) and delivered",
        "neither: write either cuts (with labels), or values",
        "early.measured: before comes before the intervention",
        "early.cuts: 'got' is a category; write values in place of cuts",
        "early.label: 'Contacts' is the label of contacts too",
        "no_time.measured: 'got' is asked at several times; say at which (later: after)",
        "no_time.values: 'Not known' is what tables call the others",
        "no_time.values: no category is called 'c'",
        "no_time.values: b of 'got' in no subset; say in which",
        "age.variable: 'age' is the covariate age, measured at before",
    ):
        assert [line for line in said if line.startswith(start)], (start, said)
    assert len(said) == 13


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"file": "contact"}, "subsets.contacts.file: no file is called 'contact'"),
        ({"outcomes": ["scor"]}, "subsets.contacts.outcomes: no outcome is called 'scor'"),
        ({"minimum": 1}, "subsets.contacts.minimum: "),
        ({"measured": "after"}, "subsets.contacts.measured: rows of a file are counted"),
        ({"values": {"1": "One"}}, "subsets.contacts: write either cuts (with labels), or values"),
        ({"cuts": None, "values": {"1": "One"}}, "subsets.contacts.labels: go with cuts"),
        (
            {"variable": "minutes"},
            "subsets.contacts: write one of variable, file (whose rows are counted) and delivered",
        ),
        ({"file": None, "variable": "minutes"}, "subsets.contacts.where: says which rows"),
    ],
)
def test_a_mistake_has_its_place_and_remedy(
    entry: dict[str, Any], said: str, tmp_path: Path
) -> None:
    lines = with_contacts(tmp_path, **entry).lines()
    assert [line for line in lines if line.startswith(f"config.yaml: {said}")], lines


def test_a_time_at_which_nobody_was_asked_is_refused(tmp_path: Path) -> None:
    """Everybody would be Not known, in silence."""
    study = Study(tmp_path)
    study.config["times"]["late"] = {"label": "Late", "position": 12}
    late = {**study.config["files"]["after"], "path": "data/raw/late.csv"}
    late["variables"] = {**late["variables"], "sessions": {"column": "u_1"}}
    study.config["files"]["late"] = late | {"time": {"constant": "late"}}
    study.files["late.csv"] = answers(1)
    study.config["subsets"] = {
        "dose": {"label": "Sessions", "variable": "sessions", "measured": "after",
                 "cuts": [2], "labels": ["few", "many"]},
    }  # fmt: skip
    (line,) = study.lines()
    assert "subsets.dose.measured: 'sessions' is read at after, but is not asked then" in line
    study.config["subsets"]["dose"]["measured"] = "late"
    assert study.lines() == []
