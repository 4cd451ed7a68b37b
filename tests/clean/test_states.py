"""One column of states (11221) is read as the columns of its items would be."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.clean.problems import ProblemList
from cesp_analysis.clean.states import digits
from cesp_analysis.describe.dictionary_spec import dictionary_spec
from cesp_analysis.describe.record_tables import Dictionary
from cesp_analysis.study.read import read_study
from small_study import Study, inside

DIMENSIONS = ("mobility", "self_care", "usual_activities", "pain", "anxiety")


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return with_states(Study(tmp_path), ["11221"] * 12)


def with_states(study: Study, states: list[str], **more: Any) -> Study:
    """Twelve people with a state each at the first time, in the column `eq`."""
    lines = ["id,date,eq,thermometer"]
    lines += [f"P{i:02},2024-01-1{i % 10},{state},{50 + i}" for i, state in enumerate(states, 1)]
    study.files["before.csv"] = "\n".join(lines) + "\n"
    own = study.config["files"]["before"]
    own |= {"variables": {}, "instruments": {"eq5d_3l": {"state": "eq"} | more}}
    study.config["outcomes"] = {
        "utility": {
            "label": "Utility (EQ-5D-3L, UK 1997)", "score": "eq5d_3l.uk_1997", "unit": "utility",
            "direction": "higher_is_better", "role": "primary",
        },
    }  # fmt: skip
    study.config["models"] = {}
    study.config["arms"].pop("control", None)
    study.config["sites"] = {}
    study.config["covariates"] = {}
    people = study.config["files"]["people"]
    people.pop("site", None)
    people["arm"] = {"constant": "intervention"}
    study.config["files"]["after"]["ignored"] = ["score"]
    study.config["files"]["after"]["variables"] = {}
    return study


def read(
    *cells: str | None,
    ranges: tuple[tuple[int, int], ...] = ((1, 3),) * 5,
    missing: tuple[str, ...] = (),
    decimal: str = ".",
) -> tuple[list[str], list[tuple[str, int, str]]]:
    """Each state as read ('-' for no answer), and what was listed."""
    problems = ProblemList("raw.csv")
    lines = np.arange(2, len(cells) + 2)
    raw = pd.Series(cells, name="eq", dtype="str")
    parts = digits(raw, lines, problems, ranges=ranges, missing=missing, decimal=decimal)
    assert [len(part) for part in parts] == [len(cells)] * len(ranges)
    rows = zip(*(part.tolist() for part in parts), strict=True)
    shown = ["".join("-" if level != level else f"{level:g}" for level in row) for row in rows]
    listed = [
        (str(r["kind"]), int(r["line"]), str(r["value"]))
        for frame in problems.frames
        for r in frame.to_dict("records")
    ]
    return shown, listed


@pytest.mark.parametrize("cell", ["11221", " 11221 ", "11221.0", "11221.", "11221.00"])
def test_a_state_is_a_number_or_text(cell: str) -> None:
    assert read(cell) == (["11221"], [])


def test_a_decimal_comma_where_it_is_declared() -> None:
    assert read("11221,0", decimal=",") == (["11221"], [])
    assert read("11221,0")[1] == [("not_a_state", 2, "11221,0")]
    assert read("11221,0", "11221.0", decimal=".,") == (["11221"] * 2, [])


@pytest.mark.parametrize(
    "cell", ["1221", "112211", "1122x", "-1221", "1-1-2-2-1", "1.1221e4", "x", "11221.5", "١١٢٢١"]
)
def test_another_count_of_digits_has_no_answers(cell: str) -> None:
    assert read(cell, "11221") == (["-----", "11221"], [("not_a_state", 2, cell)])


def test_a_level_that_is_none_is_missing_by_itself() -> None:
    """As from a column of its own; a state is listed once, however many levels are none."""
    found = read("11421", "01221", "99999", "11221")
    assert found == (
        ["11-21", "-1221", "-----", "11221"],
        [("out_of_range", n, cell) for n, cell in enumerate(["11421", "01221", "99999"], 2)],
    )


def test_codes_of_no_answer() -> None:
    """Of a whole state, or of a digit; neither is a problem. As numbers, too: -9.0 is -9."""
    assert read("-9", "-9.0", "", None, "19221", missing=("-9", "9")) == (
        ["-----"] * 4 + ["1-221"],
        [],
    )


def test_most_states_cannot_be_read() -> None:
    """The column is declared wrongly: the run stops."""
    listed = read("a", "b", "c", "d", "11221")[1]
    assert ("misread_column", 0, "4 of 5") in listed


def test_items_may_have_different_levels_and_begin_at_zero() -> None:
    assert read("013", "203", "003", ranges=((0, 1), (0, 1), (2, 5))) == (
        ["013", "-03", "003"],
        [("out_of_range", 3, "203")],
    )


def test_the_same_records_as_from_five_columns(study: Study) -> None:
    states = [f"{1 + i % 3}{1 + i // 3 % 3}{1 + i % 2}2{3 - i % 3}" for i in range(12)]
    states[4], states[7] = "11421", "1122"
    one = with_states(study, states, columns={"vas": "thermometer"}).run(until="panel")
    assert (one.status, one.shown) == (0, "")
    records, panel = one.records("before"), one.panel()
    five = [list(state if len(state) == 5 else "     ") for state in states]
    header = [f"eq5d_3l_{item}" for item in DIMENSIONS]
    lines = [",".join(["id", "date", *header, "vas"])]
    lines += [
        ",".join([f"P{i:02}", f"2024-01-1{i % 10}", *levels, str(50 + i)])
        for i, levels in enumerate(five, 1)
    ]
    study.files["before.csv"] = "\n".join(lines) + "\n"
    study.config["files"]["before"]["instruments"] = {"eq5d_3l": "eq5d_3l_{item}"}
    study.config["files"]["before"]["renamed"] = {"eq5d_3l_vas": "vas"}
    other = study.run(until="panel")
    assert (other.status, other.shown) == (0, "")
    pd.testing.assert_frame_equal(records, other.records("before"))
    pd.testing.assert_frame_equal(panel, other.panel())
    assert records["eq5d_3l.vas"].tolist() == [51.0 + i for i in range(12)]
    assert panel["value"].notna().sum() == 10


def test_the_vas_is_no_part_of_the_state(study: Study) -> None:
    ran = study.run(until="panel")
    assert (ran.status, ran.shown) == (0, "")
    assert ran.records("before")["eq5d_3l.vas"].isna().all()


def test_the_dictionary_says_what_the_column_is(study: Study) -> None:
    study.run(until="clean")
    with inside(study.folder):
        spec = dictionary_spec(read_study())
    ran = study.run(until="clean")
    rows = ran.describe("dictionary", Dictionary, spec=spec, raw="data/processed/intake")
    (row,) = rows[(rows["file"] == "before") & (rows["raw_column"] == "eq")].to_dict("records")
    assert (row["variable"], row["meaning"]) == ("eq5d_3l", "state of eq5d_3l: one digit an item")
    assert row["values"].startswith("mobility 1 to 3, self_care 1 to 3")
    assert row["used_as"] == "utility"


def test_states_leave_the_raw_folder_words_do_not(study: Study) -> None:
    """Of an instrument with more digits than any number that may leave, too."""
    states = ["11221"] * 10 + ["Ann fell", "+44 161 999"]
    del study.config["study"]["pseudonyms"]
    ran = with_states(study, states).run(until="clean")
    assert (ran.status, ran.shown) == (0, "")
    raw = ran.raw("before")["eq"].astype(str).tolist()
    assert raw[:10] == ["11221"] * 10 and not any("Ann" in one or "161" in one for one in raw)
    listed = ran.problems()
    assert listed.loc[listed["kind"] == "not_a_state", "line"].tolist() == [12, 13]


@pytest.mark.parametrize(
    ("how", "line"),
    [
        ({"stat": "eq"}, "files.before.instruments.eq5d_3l.stat: nothing here is called 'stat';"
                         " did you mean 'state'? (known: state, columns)"),
        ({"state": 7}, 'files.before.instruments.eq5d_3l.state: must be text; put it in quotes:'
                       ' "7"'),
        (7, 'files.before.instruments.eq5d_3l: must be text; put it in quotes: "7"'),
        ({"state": "eq", "columns": {"vsa": "thermometer"}},
         "files.before.instruments.eq5d_3l.columns: no item is called 'vsa'; did you mean 'vas'?"
         " (declared: anxiety, mobility, pain, self_care, usual_activities, vas)"),
        ({"state": "eq", "columns": {"vas": "eq"}},
         "files.before.instruments.eq5d_3l: column 'eq' would be read twice; give each item its"
         " own"),
    ],
)  # fmt: skip
def test_a_mistake_is_a_line(study: Study, how: Any, line: str) -> None:
    study.config["files"]["before"]["instruments"] = {"eq5d_3l": how}
    assert f"config.yaml: {line}" in study.lines()


def test_an_item_that_no_digit_holds(study: Study) -> None:
    own = study.config["files"]["before"]
    own["instruments"] |= {"ons4": {"state": "thermometer"}}
    (first, *_) = [line for line in study.lines() if "ons4" in line]
    assert first == (
        "config.yaml: files.before.instruments.ons4.state: item satisfied has answers from 0 to 10,"
        " which no digit holds; name its own column: columns: {satisfied: COLUMN}"
    )


def test_a_column_that_the_file_does_not_have(study: Study) -> None:
    study.config["files"]["before"]["instruments"] = {"eq5d_3l": {"state": "eqq"}}
    (line,) = study.run(until="clean").lines
    assert "'eqq'" in line and "files.before.instruments.eq5d_3l asks for it" in line


def test_the_vas_that_is_named_must_be_there(study: Study) -> None:
    how = {"state": "eq", "columns": {"vas": "thermo"}}
    study.config["files"]["before"]["instruments"] = {"eq5d_3l": how}
    (line,) = study.run(until="clean").lines
    assert "'thermo'" in line
