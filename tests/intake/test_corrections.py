"""CORRECTIONS.yaml: known errors as data; an entry that no longer fits stops the run."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from cesp_analysis import contracts
from cesp_analysis.schemas import Corrections
from small_study import Ran, Study

ENTRY = {
    "file": "before", "where": {"id": "P03"}, "column": "score", "expect": "13", "value": "12",
    "why": "typing error, seen on paper",
}  # fmt: skip


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """The tiny study."""
    return Study(tmp_path)


def run(study: Study, *entries: Any) -> Ran:
    """Run with these corrections up to the panel."""
    path = study.folder / "data" / "raw" / "CORRECTIONS.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump({"corrections": list(entries)}))
    return study.run(until="panel")


def value(ran: Ran, unit: str) -> float:
    """A person's score before."""
    panel = ran.panel().set_index(["unit", "time", "outcome"])["value"]
    return float(panel[unit, "before", "score"])


def test_a_cell_is_corrected_and_listed_and_the_raw_file_is_not(study: Study) -> None:
    ran = run(study, ENTRY)
    assert (ran.status, ran.shown, value(ran, "P03")) == (0, "", 12.0)
    table = contracts.read(study.folder / "results/tables/corrections.csv", Corrections)
    assert table.to_dict("records") == [
        {
            "file": "before", "line": 4, "column": "score", "was": "13", "now": "12",
            "why": "typing error, seen on paper",
        }
    ]  # fmt: skip
    assert "P03,2024-01-13,13," in (study.folder / "data/raw/before.csv").read_text()


def test_without_corrections_the_table_is_empty(study: Study) -> None:
    ran = study.run(until="panel")
    assert value(ran, "P03") == 13.0
    assert contracts.read(study.folder / "results/tables/corrections.csv", Corrections).empty


def test_a_cell_may_be_made_blank_or_filled(study: Study) -> None:
    ran = run(study, ENTRY | {"value": ""})
    assert value(ran, "P03") != value(ran, "P03")
    study.files["before.csv"] = study.files["before.csv"].replace("13,13,1", "13,,1")  # type: ignore[union-attr, arg-type]
    assert value(run(study, ENTRY | {"expect": ""}), "P03") == 12.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"expect": "15"}, "line 5 holds '14', '15' was expected: the source was mended"),
        ({"file": "befor"}, "no file is called 'befor'; did you mean 'before'?"),
        ({"column": "scor"}, "no column is called 'scor'; did you mean 'score'?"),
        ({"where": {"id": "P99"}}, "no record has id 'P99': there is none such; correct where: "),
        ({"where": {"u_3": "2"}}, "12 records have u_3 '2'; say more exactly"),
        ({"where": {"name": "x"}}, "no column is called 'name'"),
    ],
)
def test_an_entry_that_does_not_fit_stops_the_run(
    study: Study, change: dict[str, Any], message: str
) -> None:
    ran = run(study, ENTRY, ENTRY | {"where": {"id": "P04"}, "expect": "14"} | change)
    assert ran.status == 1
    (line,) = ran.lines
    assert line.startswith("data/raw/CORRECTIONS.yaml: entry 2 (") and message in line
    assert not (study.folder / "data/processed/intake").exists()


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({}, "entry 1: 'file' is missing; add it"),
        (ENTRY | {"reason": "x"}, "entry 1: no entry is called 'reason'"),
        (ENTRY | {"why": ""}, "entry 1: why: "),
    ],
)
def test_a_faulty_file_is_told(study: Study, entry: Any, message: str) -> None:
    ran = run(study, entry)
    assert ran.status == 1 and message in ran.shown and "Traceback" not in ran.shown


def test_a_fault_of_one_entry_hides_no_name_of_a_file_from_another(study: Study) -> None:
    """Though the file that was meant is not read, since no sound entry names it."""
    without_why = {key: value for key, value in ENTRY.items() if key != "why"}
    ran = run(study, without_why, ENTRY | {"file": "befor"})
    assert ran.status == 1
    assert [line.removeprefix("data/raw/CORRECTIONS.yaml: ") for line in ran.lines] == [
        "entry 1: 'why' is missing; add it",
        "entry 2 (befor, score): no file is called 'befor'; did you mean 'before'? (declared:"
        " after, before, people)",
    ]


def test_an_entry_that_lacks_a_part_says_in_the_same_round_that_there_is_no_such_file(
    study: Study,
) -> None:
    without = {key: value for key, value in ENTRY.items() if key != "column"}
    ran = run(study, without | {"file": "befor"}, without)
    assert ran.status == 1
    assert [line.removeprefix("data/raw/CORRECTIONS.yaml: ") for line in ran.lines] == [
        "entry 1: 'column' is missing; add it",
        "entry 2: 'column' is missing; add it",
        "entry 1: no file is called 'befor'; did you mean 'before'? (declared: after, before,"
        " people)",
    ]


def test_a_fault_of_one_entry_hides_no_misfit_of_another(study: Study) -> None:
    mended, nobody = ENTRY | {"expect": "15"}, ENTRY | {"where": {"id": "P99"}, "column": "scor"}
    ran = run(study, ENTRY | {"wy": "x"}, mended, nobody, ENTRY | {"file": "befor"}, ENTRY)
    assert ran.status == 1
    told = [
        line.removeprefix("data/raw/CORRECTIONS.yaml: ").split("; did")[0] for line in ran.lines
    ]
    assert told[0].startswith("entry 1: no entry is called 'wy'")
    assert told[1].startswith("entry 2 (before, score): line 4 holds '13', '15' was expected")
    assert told[2:] == [
        "entry 3 (before, scor): no column is called 'scor'",
        "entry 3 (before, scor): no record has id 'P99': there is none such; correct where: (the"
        " id?) or file:",
        "entry 4 (befor, score): no file is called 'befor'",
    ]


def test_what_corrects_a_file_that_cannot_be_read_is_no_misfit(study: Study) -> None:
    study.files["before.csv"] = b"id,date\n\xff,1\n"
    ran = run(study, ENTRY | {"wy": "x"}, ENTRY | {"expect": "15"})
    assert ran.status == 1 and len(ran.lines) == 1 and "called 'wy'" in ran.shown
