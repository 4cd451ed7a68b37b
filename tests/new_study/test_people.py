"""Drafts that know whose rows they are: ids of the register, visits, deaths, what stays private."""

import sys
from pathlib import Path

import pytest

from cesp_analysis.declared.follow_up import Event
from cesp_analysis.study.read import checked

sys.path.insert(0, str(Path(__file__).parent))
from drafting import drafted, part, text_of, written
from test_small import IDS, rows

REGISTER = rows("id,site,recruited", "P{i:03d}", "North|South", "2024-01-{i:02d}")


def test_a_log_with_ids_of_its_own_names_the_person(tmp_path: Path) -> None:
    log = rows("log_id,who,eligible", "L{i}", "P{i:03d}|P{i:03d}|", "yes|no")
    study = drafted(tmp_path / "s", *written(tmp_path / "g", people_csv=REGISTER, log_csv=log))
    entry = study.files["log"]
    assert (entry.level, entry.unit) == ("other", "log_id")
    who = entry.variables["participant"]
    assert (who.type, who.column) == ("id", "who") and "who" not in entry.ignored


def test_so_does_a_survey_s_respondent(tmp_path: Path) -> None:
    survey = rows("respondent_id,study_no,q", "R{i}", "P{i:03d}||", "1|2|3|4|5")
    files = written(tmp_path / "g", people_csv=REGISTER, survey_csv=survey)
    entry = drafted(tmp_path / "s", *files).files["survey"]
    assert (entry.level, entry.unit) == ("respondent", "respondent_id")
    assert entry.variables["participant"].type == "id"


@pytest.mark.parametrize("name", ["Teilnehmer", "study_no", "Q1_id", "pseudonym", "kuerzel"])
def test_the_register_s_ids_are_known_whatever_their_column_is_called(
    name: str, tmp_path: Path
) -> None:
    baseline = rows(f"{name},score", "P{i:03d} ", "{i}")
    files = written(tmp_path / "g", people_csv=REGISTER, baseline_csv=baseline)
    entry = drafted(tmp_path / "s", *files).files["baseline"]
    assert (entry.level, entry.unit, entry.ignored) == ("person", name, ())
    assert list(entry.variables) == ["score"]
    assert "capitals do not count" not in text_of(tmp_path / "s")


@pytest.mark.parametrize("cell", ["P{i}", "p{i:03d}"])
def test_ids_that_differ_in_zeros_or_capitals_are_asked_about(cell: str, tmp_path: Path) -> None:
    baseline = rows("study_no,score", cell, "{i}")
    files = written(tmp_path / "g", people_csv=REGISTER, baseline_csv=baseline)
    entry = drafted(tmp_path / "s", *files).files["baseline"]
    assert (entry.level, entry.unit) == ("person", "study_no")
    said = text_of(tmp_path / "s")
    assert "20 ids in study_no are in the register only if leading zeros and capitals do" in said
    assert "P001" not in said and "p001" not in said


def test_ages_are_not_taken_for_small_numbers_as_ids(tmp_path: Path) -> None:
    people = rows("id,site", "{i}", "North|South")
    other = rows("item,age", "x{i}", "{i}")
    study = drafted(tmp_path / "s", *written(tmp_path / "g", people_csv=people, other_csv=other))
    assert study.files["other"].level == "other"
    assert "participant" not in study.files["other"].variables


def test_small_numbers_under_another_name_are_asked_about(tmp_path: Path) -> None:
    people = rows("id,site", "{i}", "North|South")
    visit = rows("study_no,score", "{i}", "4|5|6")
    survey = rows("respondent_id,belong", "{i}", "1|2|3|4")
    files = written(tmp_path / "g", people_csv=people, baseline_csv=visit, survey_csv=survey)
    study = drafted(tmp_path / "s", *files)
    assert (study.files["baseline"].level, study.files["baseline"].unit) == ("person", "study_no")
    assert study.files["survey"].level == "respondent"
    said = text_of(tmp_path / "s")
    assert said.count("lie among the register's ids, which are called otherwise there") == 1


def test_many_dated_rows_a_person_may_be_visits(tmp_path: Path) -> None:
    visits = "id,seen_on,steps\n" + "".join(
        f"P{i:03d},2024-0{m}-{i:02d},{m * i}\n" for i in IDS for m in (2, 5, 8)
    )
    drafted(tmp_path / "s", *written(tmp_path / "g", people_csv=REGISTER, visits_csv=visits))
    said = text_of(tmp_path / "s")
    assert "in whose window its seen_on lies?" in said
    assert "time: {by: window}" in said and "visits: {since: recruited}" in said
    assert "times: {NAME: {label: …, position: …, window: [from, to]}}" in said


def test_deaths_withdrawals_and_moves_are_offered_as_events(tmp_path: Path) -> None:
    people = rows(
        "id,site,died,death_date,date_of_withdrawal_as_told,withdrawal_reason,moved_date,moved_to",
        "P{i}", "North|South", "yes|no", "2024-03-{i:02d}|", "2024-02-{i:02d}||",
        "no time||", "2024-04-{i:02d}|||", "North|||",
    )  # fmt: skip
    drafted(tmp_path / "s", *written(tmp_path / "g", people_csv=people))
    assert "Dates in people seem to tell who died, withdrew or moved." in text_of(tmp_path / "s")
    events = events_taken_in(tmp_path / "s")
    died, withdrew, moved = (events[name] for name in ("died", "withdrew", "moved"))
    assert (died.kind, died.where, died.date) == ("death", 'died == "yes"', "death_date")
    assert withdrew.date == "date_of_withdrawal_as_told"
    assert withdrew.reason == "withdrawal_reason"
    assert (moved.kind, moved.date, moved.to) == ("transfer", "moved_date", "moved_to")


def events_taken_in(folder: Path) -> dict[str, Event]:
    """The events of a draft from which the comment signs are taken off; it is valid."""
    path = folder / "config.yaml"
    text = path.read_text(encoding="utf-8")
    begin = text.index("# events:")
    block = text[begin : text.index("# ? Which outcomes", begin)]
    taken_in = "".join(line.removeprefix("# ") for line in block.splitlines(keepends=True))
    path.write_text(text.replace(block, taken_in), encoding="utf-8")
    study, problems = checked(folder)
    assert study is not None and problems == []
    return dict(study.events)


@pytest.mark.parametrize(
    ("column", "label", "kind"),
    [
        ("x_date", "Date of death", "death"),
        ("x_date", "Date withdrew", "withdrawal"),
        ("x_date", "When did the person withdraw?", "withdrawal"),
        ("wd_date", "", "withdrawal"),
    ],
)
def test_events_are_known_by_labels_too(column: str, label: str, kind: str, tmp_path: Path) -> None:
    import pandas as pd
    import pyreadstat

    frame = pd.DataFrame({
        "id": [f"P{i}" for i in IDS], "site": ["North", "South"] * 10,
        column: [f"2024-03-{i:02d}" if i % 4 else "" for i in IDS],
    })  # fmt: skip
    pyreadstat.write_sav(frame, tmp_path / "people.sav", column_labels=["", "", label])
    study = drafted(tmp_path / "s", tmp_path / "people.sav")
    assert study.files["people"].date is None
    (event,) = events_taken_in(tmp_path / "s").values()
    assert (event.kind, event.file, event.date) == (kind, "people", column)


def test_events_of_a_redcap_project_are_asked_about(tmp_path: Path) -> None:
    """Its columns are read by the entry of answers; labels stand in the dictionary, codes too."""
    fields = (
        "Variable / Field Name,Form Name,Field Type,Field Label,"
        '"Choices, Calculations, OR Slider Labels"\n'
        "record_id,enrol,text,Record,\nsite,enrol,text,Site,\nscore,survey,text,Score,\n"
        'x1,end,radio,Did the participant withdraw?,"1, Yes | 0, No"\n'
        "x2,end,text,Date withdrew,\nx3,end,text,Date of death,\n"
    )
    text = "record_id,redcap_event_name,site,score,x1,x2,x3\n" + "".join(
        f"{i},baseline_arm_1,{'North' if i % 2 else 'South'},{i},,,\n"
        f"{i},m6_arm_1,,{i},{i % 2},{f'2024-03-{i:02d}' if i % 2 else ''},"
        f"{'' if i % 5 else f'2024-04-{i:02d}'}\n"
        for i in IDS
    )
    drafted(tmp_path / "s", *written(tmp_path / "g", rc_csv=text, fields_csv=fields))
    events = events_taken_in(tmp_path / "s")
    assert {(e.kind, e.date, e.where) for e in events.values()} == {
        ("death", "x3", None), ("withdrawal", "x2", 'x1 == "Yes"'),
    }  # fmt: skip


def test_a_file_of_withdrawals_tells_them_by_its_name(tmp_path: Path) -> None:
    gone = "id,date,reason\nP002,2024-03-02,ill\nP005,2024-03-05,moved\nP009,2024-03-09,ill\n"
    files = written(tmp_path / "g", people_csv=REGISTER, withdrawals_csv=gone)
    drafted(tmp_path / "s", *files)
    (event,) = events_taken_in(tmp_path / "s").values()
    assert (event.kind, event.file, event.date) == ("withdrawal", "withdrawals", "date_value")


def test_a_register_without_such_dates_gets_no_events(tmp_path: Path) -> None:
    drafted(tmp_path / "s", *written(tmp_path / "g", people_csv=REGISTER))
    assert "events" not in text_of(tmp_path / "s")


def test_redcap_s_event_is_the_time_also_without_a_dictionary(tmp_path: Path) -> None:
    head = "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,sex,dose\n"
    text = head + "".join(
        f"{i},{event}_arm_1,{form},{number},{sex},{dose}\n"
        for i in IDS
        for event, form, number, sex, dose in (
            ("baseline", "", "", i % 2, ""),
            ("baseline", "drugs", 1, "", 5 * i),
            ("month_6", "", "", i % 2, ""),
        )
    )
    study = drafted(tmp_path / "s", *written(tmp_path / "g", export_csv=text))
    for entry in study.files.values():
        assert not [name for name in entry.ignored if name.startswith("redcap_")]
    time = study.files["export"].time
    assert time is not None and time.column == "redcap_event_name"
    assert study.files["drugs"].rows == {"redcap_repeat_instrument": ("drugs",)}
    assert list(study.files["drugs"].variables) == ["dose"]


def test_one_event_alone_is_not_ignored_as_somebody_s_name(tmp_path: Path) -> None:
    text = rows("log,redcap_event_name,n", "a|b|c", "baseline_arm_1", "{i}")
    study = drafted(tmp_path / "s", *written(tmp_path / "g", log_csv=text))
    assert "redcap_event_name" not in study.files["log"].ignored


@pytest.mark.parametrize("name", ["Vorname", "Geburtsdatum", "geboren_am", "PLZ", "Straße"])
def test_personal_columns_are_known_in_german(name: str, tmp_path: Path) -> None:
    text = rows(f"id,site,{name}", "P{i}", "North|South", "a|b|c")
    study = drafted(tmp_path / "s", *written(tmp_path / "g", people_csv=text))
    assert study.files["people"].ignored == (name,)


@pytest.mark.parametrize(
    "words",
    [
        "Anna Kowalska came with her daughter|well",
        "Saw Bob today.|fine",
        "ask ann@x.org|no",
        "Mrs Kowalska|nobody",
        "call 0161 496 0000|no",
    ],
)
def test_sentences_and_personal_details_are_never_written_as_values(
    words: str, tmp_path: Path
) -> None:
    text = rows("id,site,seen", "P{i}", "North|South", words)
    study = drafted(tmp_path / "s", *written(tmp_path / "g", people_csv=text))
    assert "seen" not in study.files["people"].variables
    said = text_of(tmp_path / "s")
    assert words.split("|")[0] not in said and "Free text or empty, not declared" in said


def test_so_are_those_beside_codes_that_have_labels(tmp_path: Path) -> None:
    import pandas as pd
    import pyreadstat

    seen = ["1", "2", "Anna came with her daughter on Sunday", "1"] * 5
    frame = pd.DataFrame({"id": [f"P{i}" for i in IDS], "seen": seen})
    path = tmp_path / "people.sav"
    pyreadstat.write_sav(frame, path, variable_value_labels={"seen": {"1": "well", "2": "ill"}})
    study = drafted(tmp_path / "s", path)
    assert "seen" not in study.files["people"].variables
    assert "Anna" not in text_of(tmp_path / "s")


@pytest.mark.parametrize(
    "answers",
    [
        "Neither agree nor disagree|More than half the days|community mental health team",
        "0 - 10000000|10 000 - 20 000|20 000 - 30 000",
    ],
)
def test_answers_of_a_few_words_are_categories(answers: str, tmp_path: Path) -> None:
    text = rows("id,site,q", "P{i}", "North|South", answers)
    study = drafted(tmp_path / "s", *written(tmp_path / "g", people_csv=text))
    assert len(study.files["people"].variables["q"].values or ()) == 3


def test_of_misfits_their_number_alone_is_written(tmp_path: Path) -> None:
    cells = "|".join(["{i}"] * 19 + ["Anna said six"])
    text = rows("id,site,n", "P{i}", "North|South", cells)
    drafted(tmp_path / "s", *written(tmp_path / "g", people_csv=text))
    said = text_of(tmp_path / "s")
    assert "1 answer is no whole number" in said and "Anna" not in said


def test_a_row_of_totals_is_left_out_and_asked_about(tmp_path: Path) -> None:
    text = rows("id,site,n", "P{i}", "North|South", "{i}") + "Total,,210\n"
    study = drafted(tmp_path / "s", *written(tmp_path / "g", people_csv=text))
    people = study.files["people"]
    assert people.last_line == 21 and "total" not in study.sites
    said = text_of(tmp_path / "s")
    assert "Line 22 looks like totals, not like records: last_line: 21 leaves them out" in said
    assert "left_out: {COLUMN: [Total]}" in said


def test_a_comma_before_three_digits_is_asked_about_and_declares_no_decimals(
    tmp_path: Path,
) -> None:
    text = rows("id;site;cost", "P{i};North;1,{i:03d}|P{i};South;{i}").replace("\n", "\n")
    study = drafted(tmp_path / "s", *written(tmp_path / "g", people_csv=text))
    assert study.files["people"].decimal == "."
    assert "A comma stands before three digits in cost" in text_of(tmp_path / "s")


def test_ranges_hold_codes_and_what_lies_beyond_labels(tmp_path: Path) -> None:
    text = rows("id,site,age", "P{i}", "North|South", "30|40|50|999")
    drafted(tmp_path / "s", *written(tmp_path / "g", people_csv=text))
    assert "whole numbers, 30 to 50, 999" in text_of(tmp_path / "s")


def test_merged_names_are_labels_and_hidden_cells_are_asked_about(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    for row in [["id", "Well-being", None], [None, "before", "after"],
                *([f"P{i}", i, i % 3] for i in IDS)]:  # fmt: skip
        book.active.append(row)
    book.active.merge_cells("B1:C1")
    book.active.row_dimensions[5].hidden = True
    book.active.column_dimensions["C"].hidden = True
    book.save(tmp_path / "people.xlsx")
    drafted(tmp_path / "s", tmp_path / "people.xlsx")
    labels = {v.get("label") for v in part(tmp_path / "s", "people")["variables"].values()}
    assert labels == {"Well-being / before", "Well-being / after"}
    assert "row 5 and column C are hidden; they are read" in text_of(tmp_path / "s")


def test_a_redcap_project_of_people_whom_another_file_lists(tmp_path: Path) -> None:
    """Ids stand in the first row of each record, events are times, a form repeats."""
    (tmp_path / "register.csv").write_text(
        "study_id,site\n"
        + "".join(f"HB{i:02},{'North' if i % 2 else 'South'}\n" for i in range(12))
    )
    (tmp_path / "fields.csv").write_text(
        "Variable / Field Name,Form Name,Field Type,Field Label,"
        '"Choices, Calculations, OR Slider Labels"\n'
        "record_id,enrol,text,Record,\nhb_id,enrol,text,Id,\n"
        "seen,survey,text,Day,\nscore,survey,text,Score,\n"
        "c_date,contact,text,Day,\nc_min,contact,text,Minutes,\n"
    )
    head = (
        "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,hb_id,"
        "enrol_complete,seen,score,survey_complete,c_date,c_min,contact_complete\n"
    )
    rows = [
        f"{i},baseline_arm_1,,,HB{i:02},2,2024-01-{i + 10},{i},2,,,\n"
        f"{i},m6_arm_1,,,,,2024-07-{i + 10},{i + 1},2,,,\n"
        f"{i},m6_arm_1,contact,1,,,,,,2024-08-{i + 10},{20 + i},2\n"
        for i in range(12)
    ]
    (tmp_path / "rc.csv").write_text(head + "".join(rows))
    study = drafted(tmp_path, *(tmp_path / n for n in ("register.csv", "fields.csv", "rc.csv")))
    answers, contacts = study.files["rc"], study.files["contact"]
    for entry in (answers, contacts):
        assert (entry.level, entry.unit, entry.carried) == (
            "person",
            "hb_id",
            {"hb_id": "record_id"},
        )
        assert entry.time is not None and entry.time.column == "redcap_event_name"
        assert entry.time.values == {"baseline_arm_1": "baseline", "m6_arm_1": "m6"}
    assert (answers.redcap_forms, set(answers.variables)) == (("survey",), {"score"})
    assert (contacts.redcap_forms, set(contacts.variables)) == (("contact",), {"c_min"})
    assert [f.date.column for f in (answers, contacts) if f.date] == ["seen", "c_date"]
    assert (contacts.one_row_per, study.times["m6"].position) == ("any", 6)


def test_times_that_may_be_one_under_two_names_are_asked_about(tmp_path: Path) -> None:
    text = rows("id,time,n", "P{i}", "t0|m6", "{i}")
    other = text.replace("t0", "baseline").replace("m6", "6 months")
    people = rows("id,age", "P{i}", "3{i}")
    drafted(tmp_path / "s", *written(tmp_path / "g", people_csv=people, a_csv=text, b_csv=other))
    said = text_of(tmp_path / "s")
    assert "Are t0 and baseline one time under several names?" in said
    assert "Are m6 and 6_months one time under several names?" in said


def test_serial_numbers_of_days_are_asked_about(tmp_path: Path) -> None:
    """Some cells of `started` are dates, some numbers; `left_date` holds numbers alone."""
    people = rows(
        "id,started,left_date,pay",
        "P{i}",
        "2024-01-{i:02d}|45320|45321",
        "454{i:02d}",
        "454{i:02d}",
    )
    study = drafted(tmp_path / "s", *written(tmp_path / "g", people_csv=people))
    variables = study.files["people"].variables
    assert set(variables["started"].format) == {"excel", "%Y-%m-%d"}
    assert (variables["left_date"].type, variables["left_date"].format) == ("date", ("excel",))
    assert variables["pay"].type == "number"
    said = text_of(tmp_path / "s")
    assert "Some are numbers, as Excel counts days. Are they dates too (format: excel)?" in said
    assert "dates, as Excel counts days (format: excel)?" in said
