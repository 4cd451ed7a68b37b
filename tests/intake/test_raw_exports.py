# ruff: noqa: E501 (one fact a line)
"""Real exports, read by the step `intake`: the facts that a correct reader must give.

The files and facts are at hand for CI, not for users; where they are absent these tests skip.
"""

import json
import math
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cesp_analysis import contracts, distinct
from cesp_analysis.cli import main
from cesp_analysis.declared.source_list import sha256_of
from cesp_analysis.schemas import Raw

EXPORTS = Path(__file__).resolve().parents[3] / "shared" / "data" / "raw_exports"
pytestmark = pytest.mark.skipif(not EXPORTS.is_dir(), reason="shared/data/raw_exports is absent")

Fact = Callable[[pd.DataFrame], Any]


def read(folder: Path, name: str, **how: Any) -> pd.DataFrame:
    """One export through the step, in a study's folder."""
    raw = folder / "data" / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    for source in (EXPORTS / name).parent.iterdir():
        if source.suffix not in (".md", ".json"):
            (raw / source.name).write_bytes(source.read_bytes())
    if name.endswith(".zip"):
        with zipfile.ZipFile(EXPORTS / name) as archive:
            archive.extractall(raw)
        name = name.removesuffix(".zip")
    entries = {
        path.name: {
            "supplier": "s", "received": "2026-01-01", "row": "r", "licence": "see source",
            "sha256": sha256_of(path),
        }
        for path in raw.iterdir()
    }  # fmt: skip
    (raw / "SOURCES.yaml").write_text(json.dumps({"files": entries}))
    spec = {"files": {"export": {"path": f"data/raw/{Path(name).name}", **how}}}
    words = [
        "--spec",
        json.dumps(spec),
        "--checksums",
        json.dumps({f"data/raw/{path}": entry["sha256"] for path, entry in entries.items()}),
        "--out",
        "out",
        "--corrected",
        "out/corrections.csv",
    ]
    assert main(["intake", *words]) == 0
    return distinct.as_text(contracts.read(Path("out/export.parquet"), Raw))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty study."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def number(cell: Any) -> float | None:
    """A cell's number; None where it is blank."""
    return None if cell != cell or cell == "" else float(cell)


def counts(cells: "pd.Series[Any]") -> dict[str, int]:
    """How often each value stands in a column."""
    return {str(value): int(n) for value, n in cells.fillna("").value_counts().items()}


def columns(frame: pd.DataFrame) -> list[str]:
    """The raw columns."""
    return [str(name) for name in frame.columns if name != "line"]


def checkboxes(frame: pd.DataFrame) -> dict[str, list[str]]:
    """Checkbox field → its columns, by the data dictionary."""
    found: dict[str, list[str]] = {}
    for column, kind in frame.attrs["field_kinds"].items():
        if kind == "checkbox":
            found.setdefault(column.rpartition("___")[0], []).append(column)
    return found


def ticks(frame: pd.DataFrame, column: str) -> list[int]:
    """Ticked, not ticked, blank."""
    return [int((frame[column].fillna("") == code).sum()) for code in ("1", "0", "")]


def valid(frame: pd.DataFrame, column: str) -> int:
    """Cases that are neither system-missing nor declared missing by the file."""
    values = pd.to_numeric(frame[column])
    missing = values.isna()
    for low, high in frame.attrs["user_missing"].get(column, []):
        missing |= values.between(float(low), float(high))
    return int((~missing).sum())


def ranges(frame: pd.DataFrame) -> dict[str, Any]:
    """Declared missing, with infinite ends as the reference writes them."""

    def end(text: str) -> Any:
        value = float(text)
        return value if math.isfinite(value) else f"{'-' if value < 0 else ''}Inf"

    return {
        column: [[end(low), end(high)] for low, high in declared]
        for column, declared in frame.attrs["user_missing"].items()
    }


CSV, TWO, LABELS = "csv_encodings_separators", "redcap_longitudinal_two_arms", "limesurvey_r_export"
PAIR, DAG, REPEAT = (
    "redcap_raw_and_labelled_pair", "redcap_events_repeats_dag", "redcap_repeating_instruments",
)  # fmt: skip
QUALTRICS, KOBO, XLSX = "qualtrics_three_header_rows", "kobo_repeat_group", "xlsx_types_and_layout"
SPSS, STATA, JISC = (
    "spss_missing_declarations", "stata_labels_and_missing", "jisc_online_surveys_sav",
)  # fmt: skip
FIRST = {"sheet": "Sample Dataset KoboloadeR"}
DICTIONARY = {"redcap": {"dictionary": "data/raw/dictionary.csv"}}
LABELLED = {"dictionary": "data/raw/project_DataDictionary.csv", "labelled": True}
AIR = {"separator": ";"}
LIME = {"header": {"syntax": "data/raw/survey_R_syntax_file.R"}}
TABLE_1 = {
    "sheet": "Table 1",
    "header": {"skip": 4, "rows": 3, "names": "joined", "nameless": "number"},
    "last_line": 16,
}


def first(frame: pd.DataFrame, column: str, **where: str) -> Any:
    """A cell of the first row that fits."""
    for name, value in where.items():
        frame = frame[frame[name] == value]
    return frame[column].iloc[0]


FACTS: list[tuple[str, str, str, dict[str, Any], Fact]] = [
    (CSV, "aq_rows", "air_quality_excerpt.csv", AIR, lambda d: [len(d), len(columns(d))]),
    (CSV, "latin1", "latin1_semicolon_header.csv", {"separator": ";", "encoding": "latin-1"},
     lambda d: [columns(d), len(d), d["Bezeichnung"].iloc[0]]),
    (CSV, "newlines", "quoted_newlines.csv", {},
     lambda d: [len(d), next(cell for cell in d["B"] if "embedded" in cell)]),
    (CSV, "bom", "utf8_bom.csv", {}, lambda d: [columns(d)[0], d.iloc[-1, -1]]),
    (CSV, "utf16", "utf16_little.csv", {"encoding": "utf-16"},
     lambda d: [len(d) + 1, d.iloc[-1, -1]]),
    (CSV, "nul", "null_byte.csv", {"nul_bytes": "drop"}, lambda d: [
        Path("data/raw/null_byte.csv").read_bytes().count(0), columns(d)[0], d["a"].iloc[0]]),
    (CSV, "short", "extra_header.csv", {},
     lambda d: [len(columns(d)), int(d.iloc[0, 1:].notna().sum())]),
    (TWO, "rows", "data.csv", DICTIONARY, len),
    (TWO, "columns", "data.csv", DICTIONARY, lambda d: len(columns(d))),
    (TWO, "records", "data.csv", DICTIONARY, lambda d: list(d["study_id"].unique())),
    (TWO, "rows_by_event", "data.csv", DICTIONARY, lambda d: counts(d["redcap_event_name"])),
    (TWO, "records_by_arm", "data.csv", DICTIONARY,
     lambda d: d.groupby(d["redcap_event_name"].str[-1])["study_id"].nunique().to_dict()),
    (TWO, "checkbox_columns", "data.csv", DICTIONARY, checkboxes),
    (TWO, "pmq1_by_event", "data.csv", DICTIONARY, lambda d: {
        f"{row.study_id}|{row.redcap_event_name}": row.pmq1
        for row in d.itertuples() if row.pmq1}),
    (TWO, "complete_columns", "data.csv", DICTIONARY,
     lambda d: [c for c, kind in d.attrs["field_kinds"].items() if kind == "status"]),
    (DAG, "rows", "records.csv", DICTIONARY, lambda d: [len(d), len(columns(d))]),
    (DAG, "records", "records.csv", DICTIONARY, lambda d: d["record_id"].nunique()),
    (DAG, "rows_by_repeat", "records.csv", DICTIONARY, lambda d: counts(d["redcap_repeat_instrument"])),
    (DAG, "checkbox_columns", "records.csv", DICTIONARY, checkboxes),
    (DAG, "date_dmy", "records.csv", DICTIONARY, lambda d: first(d, "date_dmy_test", record_id="3")),
    (DAG, "treatment_labels", "records.csv", DICTIONARY, lambda d: d.attrs["labels"]["treatment"]),
    (DAG, "dag_blank", "records.csv", DICTIONARY,
     lambda d: int((d["redcap_data_access_group"] == "").sum())),
    (REPEAT, "rows", "data.csv", DICTIONARY, len),
    (REPEAT, "rows_by_instrument", "data.csv", DICTIONARY, lambda d: counts(d["redcap_repeat_instrument"])),
    (REPEAT, "cell", "data.csv", DICTIONARY, lambda d: float(first(
        d, "sbp", record_id="2", redcap_repeat_instrument="blood_pressure", redcap_repeat_instance="3"))),
    (REPEAT, "text_number", "data.csv", DICTIONARY, lambda d: first(
        d, "conc", record_id="1", redcap_repeat_instrument="laboratory", redcap_repeat_instance="2")),
    (REPEAT, "image_status", "data.csv", DICTIONARY,
     lambda d: counts(d.loc[d["image_complete"] != "", "image_complete"])),
    (PAIR, "shape", "project_DATA_LABELS.csv", {"redcap": LABELLED}, lambda d: [len(d), len(columns(d))]),
    (PAIR, "race5", "project_DATA_LABELS.csv", {"redcap": LABELLED},
     lambda d: list(d.loc[d["race___5"] == "1", "record_id"])),
    (PAIR, "missing", "project_DATA_LABELS.csv", {"redcap": LABELLED},
     lambda d: list(d.loc[d["interpreter_needed"] == "", "record_id"])),
    (QUALTRICS, "responses_new", "new_layout_german_labels.csv", {"header": {"rows": 3}}, len),
    (QUALTRICS, "responses_legacy", "legacy_layout_bom.csv", {"header": {"rows": 2}},
     lambda d: [len(d), columns(d)[0]]),
    (QUALTRICS, "legacy_duration", "legacy_layout_bom.csv", {"header": {"rows": 2}},
     lambda d: next(c for c, label in d.attrs["column_labels"].items() if label == "StartDate")),
    (QUALTRICS, "responses_three", "three_rows_single_quotes.csv", {"header": {"rows": 3}},
     lambda d: [len(d), len(columns(d))]),
    (QUALTRICS, "q2_counts", "three_rows_single_quotes.csv", {"header": {"rows": 3}},
     lambda d: counts(d["q2_favorite"])),
    (QUALTRICS, "multi_answer", "three_rows_single_quotes.csv", {"header": {"rows": 3}},
     lambda d: [ticks(d, f"q3_volunteer_{i}")[0] for i in range(1, 5)]),
    (LABELS, "ids", "survey_R_data_file.csv", LIME, lambda d: list(d["id"])),
    (LABELS, "submitted", "survey_R_data_file.csv", LIME,
     lambda d: list(d.loc[d["submitdate"] != "", "id"])),
    (LABELS, "languages", "survey_R_data_file.csv", LIME, lambda d: counts(d["startlanguage"])),
    (LABELS, "variable_names", "survey_R_data_file.csv", LIME,
     lambda d: {str(i): columns(d)[i - 1] for i in range(8, 21)}),
    (LABELS, "other", "survey_R_data_file.csv", LIME,
     lambda d: d.loc[d["gender"] == "-oth-", ["id", "gender", "gender_other"]].to_numpy().tolist()),
    (LABELS, "age", "survey_R_data_file.csv", LIME,
     lambda d: {row.id: float(row.age) for row in d.itertuples() if row.age}),
    (LABELS, "education", "survey_R_data_file.csv", LIME, lambda d: {
        title: ticks(d, f"education_{name}") for title, name in (
            ("Primary School", "primary"), ("Secondary School", "secondary"),
            ("Tertairy School", "tertairy"), ("Quartiary School", "quartiary"))}),
    (KOBO, "members_by_household", "data.xlsx", {"sheet": "members"},
     lambda d: counts(d["_parent_index"])),
    (KOBO, "hhsize_check", "data.xlsx", FIRST,
     lambda d: {row["_index"]: int(row["profile.HHSize"]) for row in d.to_dict("records")}),
    (KOBO, "select_multiple", "data.xlsx", FIRST, lambda d: [
        first(d, "profile.reason", _index="2"),
        [c for c in columns(d) if c.startswith("profile.reason.") and first(d, c, _index="2") == "1"]]),
    (KOBO, "start", "data.xlsx", FIRST,
     lambda d: first(d, "start", _index="1").replace(" ", "T").removesuffix("000")),
    (KOBO, "age_range", "data.xlsx", {"sheet": "members"}, lambda d: [
        f(int(v) for v in d["members.age"]) for f in (min, max)]),
    (XLSX, "numeric", "type_me.xlsx", {"sheet": "numeric_coercion"},
     lambda d: list(d["maybe numeric?"])),
    (XLSX, "date", "type_me.xlsx", {"sheet": "date_coercion"},
     lambda d: list(d["maybe a datetime?"])),
    (XLSX, "m_header", "marriage_survey.xlsx", TABLE_1, lambda d: columns(d)[3].split(" / ")),
    (XLSX, "m_value", "marriage_survey.xlsx", TABLE_1, lambda d: [
        int(d.loc[d["column_1"] == "Victoria", c].iloc[0]) for c in columns(d)
        if c.endswith("no.") and ("Yes" in c or "Non-responding" in c)]),
    (SPSS, "shape", "missing_kinds.sav", {}, lambda d: [len(d), len(columns(d))]),
    (SPSS, "ranges", "missing_kinds.sav", {}, ranges),
    (SPSS, "n_valid", "missing_kinds.sav", {}, lambda d: {c: valid(d, c) for c in columns(d)}),
    (SPSS, "freq", "missing_kinds.sav", {}, lambda d: counts(d["Q1_MISSING_NONE"])),
    (SPSS, "label", "missing_kinds.sav", {}, lambda d: d.attrs["labels"]["Q1_MISSING_NONE"]["-2"]),
    (SPSS, "s_ranges", "sample_missing.sav", {}, ranges),
    (SPSS, "s_dates", "sample_missing.sav", {}, lambda d: [cell or None for cell in d["mydate"]]),
    (SPSS, "s_order", "sample_missing.sav", {},
     lambda d: [[number(c) for c in d["myord"]], d.attrs["labels"]["myord"]["-1"]]),
    (STATA, "key", "household_backcheck.dta", {}, lambda d: [d["hhid"].nunique(), d["key"].nunique()]),
    (STATA, "labels", "household_backcheck.dta", {}, lambda d: d.attrs["labels"]["e_hhh_native"]),
    (STATA, "native", "household_backcheck.dta", {}, lambda d: [
        counts(d["e_hhh_native"]), int((d["e_hhh_native"] == "").sum())]),
    (STATA, "coded", "household_backcheck.dta", {}, lambda d: [
        *((d["j_land_value"] == code).sum() for code in ("-999", "-888", "-666", "")),
        *(f(float(v) for v in d["j_land_value"] if v not in ("-999", "-888", "-666", ""))
          for f in (min, max))]),
    (STATA, "submission", "household_backcheck.dta", {},
     lambda d: d["submissiondate"].iloc[0].replace(" ", "T").removesuffix("000")),
    (STATA, "all_missing", "household_backcheck.dta", {},
     lambda d: [c for c in columns(d) if (d[c].str.strip() == "").all()]),
    (STATA, "tagged", "tagged_missing.dta", {}, lambda d: [
        [int(c) if c.isdigit() else c for c in d["x"]], d.attrs["labels"]["x"]]),
    (JISC, "shape", "bossier_example.sav.zip", {}, lambda d: [len(d), len(columns(d))]),
    (JISC, "var_label", "bossier_example.sav.zip", {},
     lambda d: [d.attrs["column_labels"][c] for c in ("URN", "Q2", "Q14_1_a")]),
    (JISC, "q2_labels", "bossier_example.sav.zip", {}, lambda d: d.attrs["labels"]["Q2"]),
    (JISC, "user_missing", "bossier_example.sav.zip", {},
     lambda d: [{"lo": float(a), "hi": float(b)} for a, b in d.attrs["user_missing"]["Q3_1"]]),
    (JISC, "q3", "bossier_example.sav.zip", {}, lambda d: {f"Q3_{i}": ticks(d, f"Q3_{i}") for i in range(1, 6)}),
    (JISC, "q10", "bossier_example.sav.zip", {}, lambda d: [d["Q10"].iloc[0], int((d["Q10"] == "").sum())]),
    (JISC, "q12", "bossier_example.sav.zip", {}, lambda d: d["Q12"].iloc[10]),
    (JISC, "age_text", "bossier_example.sav.zip", {},
     lambda d: [d["Q5"].iloc[2], int((d["Q5"].str.strip() == "").sum())]),
    (CSV, "aq_missing", "air_quality_excerpt.csv", AIR, lambda d: [
        int((d["CO(GT)"] == "-200").sum()),
        round(d.loc[d["CO(GT)"] != "-200", "CO(GT)"].str.replace(",", ".").astype(float).mean(), 4)]),
    (TWO, "gym_labels", "dictionary.csv", {}, lambda d: dict(
        part.strip().split(", ") for part in first(d, "Choices, Calculations, OR Slider Labels", **{"Variable / Field Name": "gym"}).split("|"))),
    (DAG, "comma_decimal", "records.csv", DICTIONARY, lambda d: [
        (text := first(d, "number_1dp_comma_test", record_id="3")), float(text.replace(",", "."))]),
    (DAG, "events_unused", "events.csv", {}, lambda d: [
        e for e in d["unique_event_name"] if e not in Path("data/raw/records.csv").read_text()]),
    (REPEAT, "base_rows", "data.csv", DICTIONARY, lambda d: int((d["redcap_repeat_instrument"] == "").sum())),
    (REPEAT, "max_instance", "data.csv", DICTIONARY, lambda d: {
        f"{r}|{i}": int(n) for (r, i), n in d[d["redcap_repeat_instrument"] != ""].groupby(
            ["record_id", "redcap_repeat_instrument"])["redcap_repeat_instance"].max().items()}),
    (PAIR, "duplicate_header", "project_DATA_LABELS.csv", {"redcap": LABELLED},
     lambda d: [i for i, c in enumerate(columns(d)) if d.attrs["field_kinds"][c] == "status"]),
    (PAIR, "labelled_checkbox_headers", "project_DATA_LABELS.csv", {"redcap": LABELLED},
     lambda d: [d.attrs["column_labels"][f"race___{i}"] for i in range(1, 7)]),
    (PAIR, "header_to_field", "project_DATA_LABELS.csv", {"redcap": LABELLED},
     lambda d: [[d.attrs["column_labels"][c], c] for c in columns(d)]),
    (PAIR, "status", "project_DATA_LABELS.csv", {"redcap": LABELLED}, lambda d: {
        row.record_id: [d.attrs["labels"]["health_complete"][row.health_complete], row.health_complete]
        for row in d.itertuples()}),
    (PAIR, "quoted_newlines", "project_DATA.csv", {}, lambda d: [
        Path("data/raw/project_DATA.csv").read_text().count("\n"), len(d)]),
    (QUALTRICS, "label", "new_layout_german_labels.csv", {"header": {"rows": 3}},
     lambda d: d.attrs["column_labels"]["Duration (in seconds)"].split(" | ")[0]),
    (QUALTRICS, "importid", "new_layout_german_labels.csv", {"header": {"rows": 3}},
     lambda d: json.loads(d.attrs["column_labels"]["Q2 - Topics"].split(" | ")[1])["ImportId"]),
    (QUALTRICS, "importid_python_style", "three_rows_single_quotes.csv", {"header": {"rows": 3}},
     lambda d: d.attrs["column_labels"]["q2_favorite"].split(" | ")[1].split("'")[3]),
    (LABELS, "shape", "survey_R_data_file.csv", LIME, lambda d: [len(d), len(columns(d))]),
    (KOBO, "metadata", "data.xlsx", FIRST, lambda d: [c for c in columns(d) if c.startswith("_")]),
    (KOBO, "location_labels", "xlsform.xlsx", {"sheet": "choices"}, lambda d: {
        row["name"]: row[next(c for c in columns(d) if c.startswith("label"))]
        for row in d.to_dict("records") if row["list_name"] == "location"}),
    (XLSX, "m_total", "marriage_survey.xlsx", TABLE_1, lambda d: [
        len(d) - 1, sum(int(v) for v in d.iloc[:-1, 2]), int(d.iloc[-1, 2])]),
    (SPSS, "n_system", "missing_kinds.sav", {}, lambda d: {c: int((d[c] == "").sum()) for c in columns(d)}),
    (STATA, "shape", "household_backcheck.dta", {}, lambda d: [len(d), len(columns(d))]),
]  # fmt: skip

ELSEWHERE = {
    "aq_first": "typed values: test_decimal_commas_and_dots_in_times",
    "bom": "read without it; its bytes are no fact of the table",
    "sheets": "one sheet is read at a time", "m_sheets": "one sheet is read at a time",
    "m_merged": "m_header shows that they are carried", "m_hidden": "hidden columns are read like others",
    "serial": "a bare serial is not turned into a date",
}  # fmt: skip

UNTOLD = {
    (QUALTRICS, "responses_legacy"): "columns, an empty last one among them, which is dropped",
    (LABELS, "shape"): "empty lines at the end, which are no records",
    (SPSS, "shape"): "the encoding's name: text is text once it is read",
    (STATA, "shape"): "the release that wrote the file",
}
"""Facts whose last part a table does not tell, and what that part is."""


READ: dict[tuple[str, str, str], pd.DataFrame] = {}
"""Export, file, how it is declared → what was read: many facts are of one table."""


def as_text(cell: Any) -> str:
    """A stored cell as text: dates in ISO form, a bare serial left alone."""
    if cell is None or isinstance(cell, bool):
        return "" if cell is None else str(cell).upper()
    return str(cell).replace("T00:00:00", "").replace("T", " ")


@pytest.mark.parametrize(
    ("export", "fact", "file", "how", "found"), FACTS, ids=[f"{f[0]}-{f[1]}" for f in FACTS]
)
def test_a_fact_of_a_real_export(
    folder: Path, export: str, fact: str, file: str, how: dict[str, Any], found: Fact
) -> None:
    listed = json.loads((EXPORTS / export / "expected.json").read_text(encoding="utf-8"))
    (expected,) = (entry["value"] for entry in listed if entry["id"] == fact)
    if (export, fact) in UNTOLD:
        expected = expected[:-1]
    if fact in ("numeric", "date"):  # cells of several types in one column
        expected = [as_text(cell) for cell in expected]
    asked = (export, file, json.dumps(how))
    if asked not in READ:
        READ[asked] = read(folder, f"{export}/{file}", **how)
    assert found(READ[asked].copy()) == expected


def test_a_labelled_export_is_the_raw_one(folder: Path) -> None:
    raw = read(folder, f"{PAIR}/project_DATA.csv")
    labelled = read(folder, f"{PAIR}/project_DATA_LABELS.csv", redcap=LABELLED)
    assert columns(labelled) == columns(raw)
    pd.testing.assert_frame_equal(labelled, raw, check_dtype=False)


def test_every_fact_is_asked_for() -> None:
    asked = {(fact[0], fact[1]) for fact in FACTS}
    for path in EXPORTS.glob("*/expected.json"):
        if "qdpx" in path.parent.name or "taguette" in path.parent.name:
            continue  # coded interviews: read by another room
        for entry in json.loads(path.read_text(encoding="utf-8")):
            assert (path.parent.name, entry["id"]) in asked or entry["id"] in ELSEWHERE
