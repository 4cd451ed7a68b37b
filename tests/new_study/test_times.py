"""The column that says when a row was collected: known by what it holds, whatever its name."""

import random
import sys
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from cesp_analysis.new_study.moments import moment_in, moment_meant
from cesp_analysis.study.study import Study

sys.path.insert(0, str(Path(__file__).parent))
from drafting import drafted, text_of, written
from test_small import IDS, rows

REGISTER = rows("person_id,site", "P{i}", "North|South")


def each_at(column: str, *words: str) -> str:
    """Twenty people, a row at each of these times, with a questionnaire of three items."""
    lines = [
        f"P{i},{'North' if i % 2 else 'South'},{word},{1 + i % 3},{1 + n % 3},{3 - i % 3}"
        for i in IDS
        for n, word in enumerate(words)
    ]
    return "\n".join([f"person_id,site,{column},ucla_1,ucla_2,ucla_3", *lines]) + "\n"


def times(study: Study) -> list[tuple[str, float]]:
    return [(time.label, time.position) for time in study.times.values()]


@pytest.mark.parametrize(
    ("column", "words", "expected"),
    [
        ("assessment", ("Baseline", "Follow-up"), [("Baseline", 0), ("Follow-up", 1)]),
        ("assessment", ("Baseline", "6 months"), [("Baseline", 0), ("6 months", 6)]),
        ("month", ("0", "6"), [("0 months", 0), ("6 months", 6)]),
        ("month", ("Baseline", "Six months"), [("Baseline", 0), ("Six months", 6)]),
        ("months", ("0", "6"), [("0 months", 0), ("6 months", 6)]),
        ("week", ("0", "12"), [("0 weeks", 0), ("12 weeks", 12)]),
        ("day", ("0", "30"), [("0 days", 0), ("30 days", 30)]),
        ("visit", ("Baseline", "30 days"), [("Baseline", 0), ("30 days", 30)]),
        ("visit", ("pre", "Day 30", "6 months"), [("Pre", 0), ("30 days", 0.99), ("6 months", 6)]),
        ("wave", ("0", "6"), [("0", 0), ("6", 6)]),
        ("timepoint", ("T0", "T1"), [("T 0", 0), ("T 1", 1)]),
        ("occasion", ("pre", "post"), [("Pre", 0), ("Post", 1)]),
        ("follow_up", ("0", "1"), [("0", 0), ("1", 1)]),
        ("stage", ("Intake", "Discharge"), [("Intake", 0), ("Discharge", 1)]),
        ("group", ("pre-test", "post-test"), [("Pre-test", 0), ("Post-test", 1)]),
        # whatever order the rows have
        ("kind_of_row", ("Follow-up", "Baseline"), [("Baseline", 0), ("Follow-up", 1)]),
        ("kind_of_row", ("6 months", "post", "pre"), [("Pre", 0), ("Post", 3), ("6 months", 6)]),
        ("x", ("1y", "week 4", "pre"), [("Pre", 0), ("4 weeks", 0.92), ("1 year", 12)]),
    ],
)  # fmt: skip
def test_a_column_that_parts_each_id_s_rows_by_times_is_the_time(
    column: str, words: tuple[str, ...], expected: list[tuple[str, float]], tmp_path: Path
) -> None:
    study = drafted(tmp_path / "s", *written(tmp_path / "g", data_csv=each_at(column, *words)))
    assert times(study) == expected
    assert list(study.sites) == ["north", "south"]
    people, answers = study.files["people"], study.files["data"]
    assert people.lists_people and people.site is not None and people.site.column == "site"
    assert answers.time is not None and answers.time.column == column
    assert (answers.level, list(answers.instruments)) == ("person", ["ucla3"])
    said = text_of(tmp_path / "s")
    assert "Whose rows are these?" not in said and "When did people answer?" not in said


def test_labels_of_an_spss_file_say_it_as_words_do(tmp_path: Path) -> None:
    frame = pd.DataFrame({
        "person_id": [f"P{i}" for i in IDS for _ in range(2)],
        "site": [float(i % 2) for i in IDS for _ in range(2)],
        "assess": [1.0, 2.0] * len(IDS),
        "steps": [float(i * n) for i in IDS for n in (1, 2)],
    })  # fmt: skip
    labels = {"site": {0: "North", 1: "South"}, "assess": {1: "Baseline", 2: "Six months"}}
    path = tmp_path / "data.sav"
    pyreadstat.write_sav(frame, path, variable_value_labels=labels)
    study = drafted(tmp_path / "s", path)
    assert times(study) == [("Baseline", 0), ("Six months", 6)]
    assert set(study.sites) == {"north", "south"}
    time = study.files["data"].time
    assert time is not None and time.values == {"1": "baseline", "2": "six_months"}
    assert study.files["people"].rows == {"assess": ("1",)}


def test_numbers_in_a_column_of_another_name_are_answers(tmp_path: Path) -> None:
    files = written(tmp_path / "g", data_csv=each_at("steps", "0", "6"))
    study = drafted(tmp_path / "s", *files)
    assert study.times == {} and list(study.sites) == ["north", "south"]
    said = text_of(tmp_path / "s")
    assert "No file's name says it, and no column was known for one of times" in said


def test_words_of_times_that_part_no_rows_are_answers(tmp_path: Path) -> None:
    """What people say of times stands several times in the rows of one person."""
    chance = random.Random(1)
    lines = [f"P{i},{chance.choice(['before', 'after'])},{n}" for i in IDS for n in range(3)]
    log = "\n".join(["person_id,worse,n", *lines]) + "\n"
    once = rows("person_id,site,last_seen", "P{i}", "North|South", "Baseline|6 months")
    study = drafted(tmp_path / "s", *written(tmp_path / "g", people_csv=once, log_csv=log))
    assert study.files["log"].time is None and study.files["log"].one_row_per == "any"
    assert study.files["people"].variables["last_seen"].type == "category"


def test_one_row_too_many_is_asked_about_and_the_time_stays(tmp_path: Path) -> None:
    text = each_at("assessment", "Baseline", "6 months") + "P3,North,6 months,1,2,3\n"
    drafted(tmp_path / "s", *written(tmp_path / "g", data_csv=text))
    assert "1 row repeats a unit and time" in text_of(tmp_path / "s")


@pytest.mark.parametrize("last", [19, 20])
@pytest.mark.parametrize(
    ("name", "head"),
    [("patients_followup_csv", "person_id,site,n"), ("clients_csv", "person_id,site,assessment,n")],
)
def test_a_sheet_of_follow_up_does_not_list_the_people(
    name: str, head: str, last: int, tmp_path: Path
) -> None:
    """Its name or its column says that it is later; another file has all of its ids."""
    time = ",Six months" if "assessment" in head else ""
    sheet = "\n".join([head, *(f"P{i},North{time},{i}" for i in range(1, last + 1))]) + "\n"
    for number, listed in enumerate((REGISTER, rows("person_id,age", "P{i}", "{i}"))):
        given = written(tmp_path / f"g{number}", **{name: sheet, "list_csv": listed})
        study = drafted(tmp_path / f"s{number}", *given)
        assert [n for n, file in study.files.items() if file.lists_people] == ["list"]
        assert len(study.times) == 1


@pytest.mark.parametrize(
    ("text", "position", "unit", "name"),
    [
        ("six_months_arm_1", 6, "months", "six_months"),
        ("Six months", 6, "months", "six_months"),
        ("twelve weeks", 12, "weeks", "twelve_weeks"),
        ("one year", 1, "years", "one_year"),
        ("Twenty-four month follow-up", 24, "months", "twenty_four_month"),
        ("twenty weeks", 20, "weeks", "twenty_weeks"),
        ("month eighteen", 18, "months", "month_eighteen"),
        ("day fourteen", 14, "days", "day_fourteen"),
        ("30 days", 30, "days", "30_days"),
        ("wave two", 2, None, "wave2"),
        ("12m", 12, "months", "12m"),
        ("Enrollment", 0, None, "enrollment"),
    ],
)  # fmt: skip
def test_numbers_are_read_in_words(text: str, position: float, unit: str, name: str) -> None:
    found = moment_in(text)
    assert found is not None and (found.position, found.unit, found.name) == (position, unit, name)


@pytest.mark.parametrize(
    "text", ["tone", "often", "one_way", "height", "ninety", "someone", "ten_m"]
)
def test_words_that_hold_a_number_by_chance_are_no_times(text: str) -> None:
    assert moment_in(text) is None and moment_meant(text) is None


def test_redcap_s_events_in_words_stand_in_the_study_s_unit(tmp_path: Path) -> None:
    events = ("baseline_arm_1", "twelve_weeks_arm_1", "six_months_arm_1", "one_year_arm_1")
    lines = [f"{i},{event},{i}" for i in IDS for event in events]
    text = "\n".join(["record_id,redcap_event_name,score", *lines]) + "\n"
    study = drafted(tmp_path / "s", *written(tmp_path / "g", export_csv=text))
    assert times(study) == [
        ("Baseline", 0),
        ("Twelve weeks", 2.77),
        ("Six months", 6),
        ("One year", 12),
    ]


def test_columns_of_a_question_at_times_in_words_are_one_variable(tmp_path: Path) -> None:
    text = rows("id,site,bdi_baseline,bdi_six_months", "P{i}", "North|South", "{i}", "{i}")
    study = drafted(tmp_path / "s", *written(tmp_path / "g", trial_csv=text))
    columns = study.files["trial"].variables["bdi"].columns
    assert columns == {"baseline": "bdi_baseline", "six_months": "bdi_six_months"}


@pytest.mark.parametrize("repeats", [False, True])
def test_the_date_that_each_event_has_is_the_record_s(repeats: bool, tmp_path: Path) -> None:
    """Not the day of enrolment, which the first event alone has; nor one of a repeated form's rows,
    which the entry does not read."""
    form = ",redcap_repeat_instrument,redcap_repeat_instance" if repeats else ""
    plain, drug = (",,", ",drugs,1") if repeats else ("", "")
    lines = [f"record_id,redcap_event_name{form},site,enrol_dt,svy_dt,drug_dt,score"]
    for i in IDS:
        site, day = ("North", "South")[i % 2], f"{i:02d}"
        lines.append(f"{i},baseline_arm_1{plain},{site},2024-01-{day},2024-02-{day},,{i}")
        if i % 3:  # some never answered again
            lines.append(f"{i},month_6_arm_1{plain},,,2024-08-{day},,{i}")
        if repeats:
            lines.append(f"{i},baseline_arm_1{drug},,,,2024-03-{day},")
    export = "\n".join(lines) + "\n"
    study = drafted(tmp_path / "s", *written(tmp_path / "g", export_csv=export))
    date = study.files["export"].date
    assert date is not None and date.column == "svy_dt"
    said = text_of(tmp_path / "s")
    assert "Or was the row collected on enrol_dt?" in said
    assert "collected on drug_dt" not in said and "or drug_dt?" not in said
