"""Drafts of real raw exports and of the examples' files: each validates, and says what it saw.

The files are at hand for CI, not for users; where they are absent these tests skip.
"""

import csv
import sys
import zipfile
from io import StringIO
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from cesp_analysis.cli import main
from cesp_analysis.declared.source_list import sha256_of

sys.path.insert(0, str(Path(__file__).parent))
from drafting import drafted, part, text_of

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"
EXPORTS = SHARED / "raw_exports"
ENDINGS = (".csv", ".xlsx", ".sav", ".dta", ".R")
absent = pytest.mark.skipif(not EXPORTS.is_dir(), reason="shared/data/raw_exports is absent")
NAMES = sorted(path.name for path in EXPORTS.glob("*") if path.is_dir() and "qdpx" not in path.name)
EXAMPLES = {
    "beat_the_blues": [ROOT / "examples/beat_the_blues/data/raw/btheb.csv"],
    "incinerator": [ROOT / "examples/incinerator/data/raw/kielmc.csv"],
    "lockdown_loneliness": sorted((SHARED / "loneliness_lockdown1").glob("*_items_long.csv")),
    "minimum_wage": sorted((SHARED / "card_krueger_1994").glob("*_long.csv")),
}


def export(name: str, to: Path) -> list[Path]:
    """The files of an export, unpacked."""
    if archives := sorted((EXPORTS / name).glob("*.zip")):
        with zipfile.ZipFile(archives[0]) as archive:
            archive.extractall(to)
        return sorted(path for path in to.rglob("*") if path.suffix in ENDINGS)
    return sorted(path for path in (EXPORTS / name).iterdir() if path.suffix in ENDINGS)


@absent
@pytest.mark.parametrize("name", NAMES)
def test_the_draft_of_a_real_export_validates(name: str, tmp_path: Path) -> None:
    files = [path for path in export(name, tmp_path / "unpacked") if path.stem != "xlsform"]
    before = {path: sha256_of(path) for path in files}
    study = drafted(tmp_path / "study", *files)
    read = {path for file in study.files.values() for path in file.companions().values()}
    read |= {file.path for file in study.files.values()}
    read |= {*study.interviews.paths()} if study.interviews else set()
    assert read == {f"data/raw/{path.name}" for path in files}
    assert {path: sha256_of(path) for path in files} == before


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_draft_of_an_example_s_files_validates(name: str, tmp_path: Path) -> None:
    if not EXAMPLES[name]:
        pytest.skip(f"shared/data holds no files of {name}")
    study = drafted(tmp_path, *EXAMPLES[name])
    read = {path for file in study.files.values() for path in file.companions().values()}
    read |= {file.path for file in study.files.values()}
    read |= {*study.interviews.paths()} if study.interviews else set()
    assert read == {f"data/raw/{path.name}" for path in EXAMPLES[name]}


@absent
def test_how_csv_files_are_written_is_declared(tmp_path: Path) -> None:
    drafted(tmp_path, *export("csv_encodings_separators", tmp_path))
    air = part(tmp_path, "air_quality_excerpt")
    assert (air["separator"], air["decimal"]) == (";", ",")
    assert air["date"] == {"column": "Date", "format": "%d/%m/%Y"}
    assert air["variables"]["co_gt"] == {"column": "CO(GT)", "missing": [-200]}
    assert part(tmp_path, "latin1_semicolon_header")["encoding"] == "cp1252"
    assert part(tmp_path, "utf16_little")["encoding"] == "utf-16"
    assert part(tmp_path, "null_byte")["nul_bytes"] == "drop"


@absent
def test_sheets_titles_header_rows_and_notes_are_declared(tmp_path: Path) -> None:
    drafted(tmp_path, *export("xlsx_types_and_layout", tmp_path))
    table = part(tmp_path, "table_1")
    assert table["sheet"] == "Table 1" and table["last_line"] == 16
    assert table["header"] == {"skip": 4, "rows": 3, "names": "joined", "nameless": "number"}
    assert "Left out: sheet 'Contents'" in text_of(tmp_path)


@absent
def test_qualtrics_is_known_by_its_header_rows(tmp_path: Path) -> None:
    study = drafted(tmp_path, *export("qualtrics_three_header_rows", tmp_path))
    assert [file.header.rows for file in study.files.values()] == [2, 3, 3]
    assert {file.level for file in study.files.values()} == {"respondent"}
    new = part(tmp_path, "new_layout_german_labels")
    assert new["left_out"] == {"Status": ["1", "Survey Preview", "2", "Survey Test"]}
    assert "LocationLatitude" in new["ignored"] and "IPAddress" in new["ignored"]


@absent
def test_limesurvey_s_syntax_file_goes_with_its_data(tmp_path: Path) -> None:
    drafted(tmp_path, *export("limesurvey_r_export", tmp_path))
    data = part(tmp_path, "survey_r_data_file")
    assert data["header"] == {"syntax": "data/raw/survey_R_syntax_file.R"}
    assert data["variables"]["informed_consent"]["values"]["yes"] == "Yes please"


@absent
def test_a_redcap_project_becomes_people_and_their_answers(tmp_path: Path) -> None:
    study = drafted(tmp_path, *export("redcap_longitudinal_two_arms", tmp_path))
    people, answers = study.files["people"], study.files["data"]
    assert people.lists_people and people.unit == answers.unit == "study_id"
    assert people.rows == {"redcap_event_name": ("enrollment_arm_1", "enrollment_arm_2")}
    assert people.redcap is not None and people.redcap.dictionary == "data/raw/dictionary.csv"
    assert answers.time is not None and answers.time.values is not None
    assert answers.time.values["final_visit_arm_1"] == answers.time.values["final_visit_arm_2"]
    assert next(iter(study.times)) == "enrollment"
    declared = {v.column or n for n, v in answers.variables.items()}
    assert not declared & {"first_name", "email", "dob", "telephone_1"}
    assert {"first_name", "next_of_kin_contact_name"} <= set(answers.ignored)


@absent
def test_repeating_forms_are_entries_of_their_own(tmp_path: Path) -> None:
    study = drafted(tmp_path, *export("redcap_repeating_instruments", tmp_path))
    assert {name: file.redcap_forms for name, file in study.files.items()} == {
        "people": (),
        "blood_pressure": ("blood_pressure",),
        "laboratory": ("laboratory",),
        "image": ("image",),
    }
    assert set(study.files["blood_pressure"].variables) == {"sbp", "dbp"}


@absent
def test_repeating_forms_of_a_labelled_export_are_those_of_the_raw_one(tmp_path: Path) -> None:
    raw, dictionary = export("redcap_repeating_instruments", tmp_path)
    labelled = tmp_path / "data_labels.csv"
    labelled.write_text(with_labels(raw.read_text(), dictionary.read_text()))
    first = drafted(tmp_path / "raw", raw, dictionary)
    second = drafted(tmp_path / "labelled", labelled, dictionary)
    for name, file in second.files.items():
        assert file.redcap is not None and file.redcap.labelled
        assert file.redcap_forms == first.files[name].redcap_forms
        assert file.variables == first.files[name].variables
    draft = (tmp_path / "labelled" / "config.yaml").read_text()
    assert "Complete?" not in draft  # a column of each form: nothing to ask


def with_labels(raw: str, dictionary: str) -> str:
    """A raw export as REDCap writes it with labels: headers, states and names of forms."""
    said = {row["Variable / Field Name"]: row for row in csv.DictReader(StringIO(dictionary))}
    rows = list(csv.reader(StringIO(raw)))
    system = {"redcap_repeat_instrument": "Repeat Instrument",
              "redcap_repeat_instance": "Repeat Instance"}  # fmt: skip
    states = {"": "", "0": "Incomplete", "1": "Unverified", "2": "Complete"}
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(
        system.get(name) or (said[name]["Field Label"] if name in said else "Complete?")
        for name in rows[0]
    )
    for row in rows[1:]:
        cells = []
        for name, cell in zip(rows[0], row, strict=True):
            if name == "redcap_repeat_instrument":
                cell = cell.replace("_", " ").title()
            cells.append(states[cell] if name.endswith("_complete") else cell)
        writer.writerow(cells)
    return out.getvalue()


@absent
def test_a_labelled_export_is_known_by_its_dictionary(tmp_path: Path) -> None:
    study = drafted(tmp_path, *export("redcap_raw_and_labelled_pair", tmp_path))
    labelled = {n: f.redcap.labelled for n, f in study.files.items() if f.redcap}
    assert labelled == {"project_data": False, "project_data_labels": True}


@absent
def test_codes_of_no_answer_beside_each_other_are_asked_about(tmp_path: Path) -> None:
    """-999 is labelled in other columns; -888 beside it does not hide it."""
    (file,) = [p for p in export("stata_labels_and_missing", tmp_path) if "household" in p.name]
    drafted(tmp_path, file)
    variables = part(tmp_path, "household_backcheck")["variables"]
    assert variables["j_land_value"]["missing"] == [-999, -888]
    assert "Does -999, -888 mean: no answer?" in text_of(tmp_path)


@absent
def test_a_code_that_the_file_declares_missing_may_mean_not_ticked(tmp_path: Path) -> None:
    """JISC writes 0 in a box that nobody ticked, and in a question that nobody answered."""
    study = drafted(tmp_path, *export("jisc_online_surveys_sav", tmp_path / "unpacked"))
    file = study.files["bossier_example"]
    assert file.answers == ("0",)
    assert file.variables["q3_1"].values == {"0": "Not ticked", "1": "Dogs"}
    assert "Does 0, which the file declares missing, mean: not ticked?" in text_of(tmp_path)


def test_what_is_no_answer_elsewhere_stays_none_beside_boxes(tmp_path: Path) -> None:
    """0 is an answer in the boxes, which says so for the whole file; not in the other question."""
    path, n = tmp_path / "answers.sav", 12
    frame = pd.DataFrame({
        "URN": [f"R{i}" for i in range(n)],
        "dogs": [float(i % 2) for i in range(n)],
        "pet": [float(i % 3) for i in range(n)],
    })  # fmt: skip
    labels = {"dogs": {1: "Dogs"}, "pet": {1: "Dogs", 2: "Cats"}}
    declared = {"dogs": [0], "pet": [0]}
    pyreadstat.write_sav(frame, path, variable_value_labels=labels, missing_ranges=declared)
    variables = drafted(tmp_path / "s", path).files["answers"].variables
    assert variables["dogs"].values == {"0": "Not ticked", "1": "Dogs"}
    assert (variables["dogs"].missing, variables["pet"].missing) == ((), ("0",))
    assert variables["pet"].values == {"1": "Dogs", "2": "Cats"}


@absent
def test_answers_that_nobody_submitted_are_asked_about(tmp_path: Path) -> None:
    drafted(tmp_path, *export("limesurvey_r_export", tmp_path))
    assert "5 of 7 were not finished (column submitdate)" in text_of(tmp_path)
    assert 'left_out: {submitdate: [""]} leaves them out' in text_of(tmp_path)


@absent
def test_rows_of_a_repeated_group_are_no_respondents(tmp_path: Path) -> None:
    """KoBo: twelve members of five households; the form's definition holds no answers."""
    folder = EXPORTS / "kobo_repeat_group"
    study = drafted(tmp_path, folder / "data.xlsx")
    assert [file.level for file in study.files.values()] == ["respondent", "other"]
    assert "Each row belongs to a row of another sheet" in text_of(tmp_path)


@absent
def test_the_definition_of_a_form_is_no_export(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    form = EXPORTS / "kobo_repeat_group" / "xlsform.xlsx"
    assert main(["new-study", str(tmp_path / "s"), str(form)]) == 1
    assert "is the definition of a form (XLSForm)" in capsys.readouterr().err
    assert not (tmp_path / "s").exists()


def test_qualtrics_says_who_did_not_finish(tmp_path: Path) -> None:
    rows = "ResponseId,Status,Finished,Q1\n" + "".join(
        f"R_{i},0,{'False' if i < 3 else 'True'},{1 + i % 4}\n" for i in range(12)
    )
    path = tmp_path / "answers.csv"
    path.write_text(rows, encoding="utf-8")
    drafted(tmp_path / "s", path)
    assert "3 of 12 were not finished (column Finished)" in text_of(tmp_path / "s")
    assert 'left_out: {Finished: ["False"]}' in text_of(tmp_path / "s")


@pytest.mark.parametrize(("missing", "label"), [("N", "Y"), (0.5, 1.0)])
def test_a_code_that_is_no_whole_number_stays_what_it_is(
    tmp_path: Path, missing: str | float, label: str | float
) -> None:
    frame = pd.DataFrame({
        "URN": [f"R{i}" for i in range(12)],
        "choir": [label if i % 2 else missing for i in range(12)],
    })  # fmt: skip
    path = tmp_path / "answers.sav"
    pyreadstat.write_sav(frame, path, variable_value_labels={"choir": {label: "Choir"}},
                         missing_ranges={"choir": [missing]})  # fmt: skip
    (file,) = drafted(tmp_path / "s", path).files.values()
    assert file.answers == (str(missing),)


def test_a_code_is_not_made_an_answer_where_it_may_be_none(tmp_path: Path) -> None:
    """0 in a visual analogue scale is within its range: the whole file would take it for health."""
    names = ["mobility", "self_care", "usual_activities", "pain", "anxiety"]
    frame = pd.DataFrame({
        "URN": [f"R{i}" for i in range(20)], "choir": [float(i % 2) for i in range(20)],
        **{f"eq5d_{name}": [float(1 + i % 5) for i in range(20)] for name in names},
        "eq5d_vas": [0.0 if i % 3 == 0 else 50.0 + i for i in range(20)],
    })  # fmt: skip
    path = tmp_path / "answers.sav"
    pyreadstat.write_sav(frame, path, variable_value_labels={"choir": {1: "Choir"}},
                         missing_ranges={"choir": [0], "eq5d_vas": [0]})  # fmt: skip
    (file,) = drafted(tmp_path / "s", path).files.values()
    if "eq5d_vas" in file.variables:
        assert file.variables["eq5d_vas"].missing == ("0",)
    else:
        assert file.answers == () and "eq5d_vas among it" in text_of(tmp_path / "s")
