"""Every piece of dirt that was planted in the root study is found, and nothing else is."""

import csv
import json
import os
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cesp_analysis import contracts
from cesp_analysis.cells import MASK, MASKED_DATE
from cesp_analysis.clean.clean import clean
from cesp_analysis.describe.dictionary_spec import dictionary_spec
from cesp_analysis.intake.intake import intake
from cesp_analysis.intake.key import key_of
from cesp_analysis.interviews.read import import_interviews
from cesp_analysis.schemas import DataProblems, Ledger, Records
from cesp_analysis.study import specs
from cesp_analysis.study.read import read_study

ROOT = Path(__file__).resolve().parents[1]

FOUND_AS = {
    "duplicate_row": {"exact_duplicate"},
    "conflicting_duplicate": {"conflicting_duplicate"},
    "impossible_date": {"not_a_date", "impossible_date"},
    "date_before_baseline": {"date_before_baseline"},
    "out_of_range_code": {"out_of_range"},
    "undeclared_missing_code": {"out_of_range"},
    "untidy_site": {"respelled"},
    "undeclared_site": {"undeclared_site"},
    "unknown_id": {"unknown_person"},
    "blank_id": {"blank_id"},
    "text_in_number": {"not_a_number"},
}
"""Planted kind → the kinds of data problem that it may be listed as."""


STAYS = {
    "undeclared_value": MASK,
    "undeclared_site": MASK,
    "not_a_number": MASK,
    "not_a_date": MASK,
    "impossible_date": MASKED_DATE,
}
"""Kinds whose raw value stays in the raw file, unless it is a number, and what is listed for it."""
NUMBER = re.compile(r"-?\d*[.,]?\d+")
IDS = {"person_id", "respondent_id", "screening_id", "contact_id", "excerpt_id"}


class Cleaned:
    """The root study after intake and cleaning."""

    def __init__(self, folder: Path) -> None:
        self.study = read_study(ROOT)
        self.key = key_of(specs.synthetic_secret(self.study), None)
        before = Path.cwd()
        os.chdir(ROOT)
        try:
            raw, records = folder / "intake", folder / "records"
            sums = specs.checksums(self.study)
            intake(specs.intake(self.study), sums, raw, folder / "c.csv")
            ledger, problems = folder / "ledger.parquet", folder / "problems.csv"
            dated = (folder / "visits.parquet", folder / "events.parquet")
            clean(specs.clean(self.study), raw, records, ledger, problems, *dated)
        finally:
            os.chdir(before)
        self.ledger = contracts.read(ledger, Ledger)
        self.problems = contracts.read(problems, DataProblems)
        self.records = {
            name: contracts.read(records / f"{name}.parquet", Records) for name in self.study.files
        }
        self.names = {Path(file.path).name: name for name, file in self.study.files.items()}

    def listed(self, file: str, line: int) -> set[str]:
        """Kinds of problem listed for one line of a file."""
        own = self.problems[self.problems["file"] == f"data/raw/{file}"]
        return set(own.loc[own["line"] == line, "kind"])

    def status(self, file: str, line: int) -> tuple[str, str]:
        """What the ledger says of one line of a file."""
        own = self.ledger[(self.ledger["file"] == self.names[file]) & (self.ledger["line"] == line)]
        (row,) = own.to_dict("records")
        reason = row["reason"]
        return row["status"], reason if isinstance(reason, str) else ""


@pytest.fixture(scope="module")
def cleaned(tmp_path_factory: pytest.TempPathFactory) -> Cleaned:
    """Intake and cleaning, once."""
    return Cleaned(tmp_path_factory.mktemp("root"))


def planted(interviews: bool = False) -> list[dict[str, str]]:
    """The rows of data/planted_dirt.csv; those of coded interviews, which no step cleans, apart."""
    with (ROOT / "data" / "planted_dirt.csv").open(encoding="utf-8", newline="") as stream:
        every = list(csv.DictReader(stream))
    return [row for row in every if row["file"].startswith("interview_") == interviews]


def test_dirt_of_coded_interviews_is_noted_by_their_import() -> None:
    study = read_study(ROOT)
    assert study.interviews is not None
    notes = import_interviews(study.interviews, ROOT, tuple(study.sites)).notes
    (piece,) = planted(interviews=True)
    (note,) = (row for row in notes.to_dict("records") if row["kind"] != "file_order")
    assert piece["kind"] == "untidy_site"
    assert note["kind"] == f"respelled {piece['raw_value'].strip()}"
    assert (note["file"], note["first"]) == (f"data/raw/{piece['file']}", f"line {piece['line']}")
    assert note["fact"].endswith("which is read as wexmoor")


def test_every_planted_piece_is_found(cleaned: Cleaned) -> None:
    dirt = planted()
    assert len(dirt) > 70
    for piece in dirt:
        file, line, kind = piece["file"], int(piece["line"]), piece["kind"]
        if kind in FOUND_AS:
            assert cleaned.listed(file, line) & FOUND_AS[kind], piece


ACTIONS = {"keep the row": "set to missing", "keep the answers": "set to missing"}
"""How the first words of `handling` read in our list; what is not kept is set aside."""


def test_each_piece_is_listed_once_with_its_place_and_what_was_done(cleaned: Cleaned) -> None:
    for piece in planted():
        found = cleaned.problems[
            (cleaned.problems["file"] == f"data/raw/{piece['file']}")
            & (cleaned.problems["line"] == int(piece["line"]))
        ].fillna("")
        assert len(found) == (piece["kind"] in FOUND_AS), piece
        for row in found.to_dict("records"):
            if piece["column"] and piece["kind"] != "conflicting_duplicate":
                value = piece["raw_value"]
                value = cleaned.key.pseudonym(value) if piece["column"] in IDS else value
                value = STAYS.get(row["kind"], value) if not NUMBER.fullmatch(value) else value
                assert (row["column"], row["value"]) == (piece["column"], value)
            done = ACTIONS.get(piece["handling"].split(";")[0], "set aside")
            respelled = f"read as '{piece['raw_value'].strip().lower()}'"
            assert row["action"] == (respelled if row["kind"] == "respelled" else done), piece


def test_rows_are_set_aside_or_kept_as_said(cleaned: Cleaned) -> None:
    aside = {"duplicate_row", "conflicting_duplicate", "undeclared_site", "unknown_id", "blank_id"}
    for piece in planted():
        if piece["kind"] != "misnamed_column":
            status, reason = cleaned.status(piece["file"], int(piece["line"]))
            expected = "set aside" if piece["kind"] in aside else "kept"
            assert status == expected, piece
            assert (reason in FOUND_AS[piece["kind"]]) if expected == "set aside" else not reason


def test_nothing_but_the_planted_dirt_is_listed(cleaned: Cleaned) -> None:
    """The one exception: the other record of each conflicting pair."""
    known = {(f"data/raw/{p['file']}", int(p["line"])) for p in planted()}
    beyond = cleaned.problems[
        [
            pair not in known
            for pair in zip(cleaned.problems["file"], cleaned.problems["line"], strict=True)
        ]
    ]
    assert set(beyond["kind"]) == {"conflicting_duplicate"}
    assert len(beyond) == sum(p["kind"] == "conflicting_duplicate" for p in planted())


def test_values_of_declared_missing_codes_are_missing_and_not_listed(cleaned: Cleaned) -> None:
    pieces = [p for p in planted() if p["kind"] == "declared_missing_code"]
    assert pieces
    for piece in pieces:
        file, line = piece["file"], int(piece["line"])
        assert cleaned.listed(file, line) == set()
        instrument, _, item = piece["column"].partition("_")
        records = cleaned.records[cleaned.names[file]]
        value = records.loc[records["line"] == line, f"{instrument}.{item}"]
        assert value.isna().all() and len(value) == 1


def test_the_second_date_format_is_read(cleaned: Cleaned) -> None:
    for piece in planted():
        if piece["kind"] == "second_date_format":
            day, month, year = piece["raw_value"].split("/")
            records = cleaned.records[cleaned.names[piece["file"]]]
            (date,) = records.loc[records["line"] == int(piece["line"]), "date"]
            assert date == f"{year}-{month}-{day}"


def test_the_misnamed_column_is_read(cleaned: Cleaned) -> None:
    items = cleaned.records["outcomes_12m"]["swemwbs.4"]
    raw = pd.read_csv(ROOT / "data" / "raw" / "outcomes_12m.csv", dtype=str)
    assert "swemwbs_4" not in raw and items.notna().sum() > 150


def test_no_record_is_lost(cleaned: Cleaned) -> None:
    for name, records in cleaned.records.items():
        own = cleaned.ledger[cleaned.ledger["file"] == name]
        kept = set(own.loc[own["status"] == "kept", "line"])
        assert kept == set(records["line"])
    assert len(cleaned.ledger) == 25_485  # raw records of all files, header lines not counted


def test_specs_are_what_jobs_receive(cleaned: Cleaned) -> None:
    spec: dict[str, Any] = json.loads(specs.clean(cleaned.study))
    assert set(spec["files"]) == set(cleaned.study.files)
    assert (
        max(len(text) for text in (specs.clean(cleaned.study),)) < 100_000
    )  # one argument's limit


def test_cleaning_is_not_told_how_tables_call_things(cleaned: Cleaned) -> None:
    told, all_of_it = specs.clean(cleaned.study), dictionary_spec(cleaned.study)
    for label in ("Age at referral", "Belongs to the neighbourhood", "Why withdrawn", "full_name"):
        assert label not in told and label in all_of_it
    assert "Withdrew" not in told and set(json.loads(all_of_it)) == {"files", "items", "used"}
