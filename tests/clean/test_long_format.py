"""Files with an answer a row: scored as if they stood side by side; a record keeps its line."""

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cesp_analysis.clean.long_format import spread
from cesp_analysis.declared.files import RawFile
from cesp_analysis.describe.dictionary_spec import dictionary_spec
from cesp_analysis.describe.record_tables import Dictionary
from cesp_analysis.schemas import Scores
from cesp_analysis.study.read import read_study
from small_study import Study, answers

LONG = {"question": "item", "answer": "given"}


def melted(wide: str) -> str:
    """The rows of a file of answers, one an answer."""
    head, *rows = wide.splitlines()
    _, _, *questions = head.split(",")
    lines = ["id,date,item,given"]
    for row in rows:
        unit, date, *given_answers = row.split(",")
        pairs = zip(questions, given_answers, strict=True)
        lines += [f"{unit},{date},{question},{answer}" for question, answer in pairs]
    return "\n".join(lines) + "\n"


@pytest.fixture
def long(study: Study) -> Study:
    """The tiny study with its second file in long format."""
    study.files["after.csv"] = melted(answers(1))
    study.config["files"]["after"]["long_format"] = LONG
    return study


def values(ran: Any) -> pd.DataFrame:
    """The panel's values by outcome, person and time."""
    panel = ran.panel().astype({"outcome": str, "unit": str, "time": str})
    return panel.set_index(["outcome", "unit", "time"])["value"].sort_index()


def test_long_and_wide_give_the_same(study: Study, long: Study) -> None:
    """`study` and `long` are one object: run it long, then wide."""
    ran = long.run(until="panel")
    assert (ran.status, ran.shown) == (0, "")
    found, ledger = values(ran), ran.ledger()
    own = ledger[ledger["file"] == "after"]
    assert len(own) == 48 and (own["status"] == "kept").all() and ran.problems().empty
    study.files["after.csv"] = answers(1)
    del study.config["files"]["after"]["long_format"]
    pd.testing.assert_series_equal(found, values(study.run(until="panel")))


def test_an_answer_that_does_not_fit_is_listed_with_its_line(long: Study) -> None:
    text = str(long.files["after.csv"])
    lines = text.splitlines()
    at = lines.index("P01,2024-02-11,u_2,2")
    lines[at] = "P01,2024-02-11,u_2,9"
    long.files["after.csv"] = "\n".join(lines) + "\n"
    ran = long.run(until="score")
    (row,) = ran.problems().to_dict("records")
    assert (row["line"], row["column"], row["kind"]) == (at + 1, "u_2", "out_of_range")
    scores = pd.read_parquet(ran.folder / "data/processed/scores.parquet")
    mine = scores[(scores["unit"] == "P01") & (scores["time"] == "after")]
    assert mine["value"].isna().all() and list(mine["answered"]) == [2]
    assert set(scores.columns) == set(Scores.columns())


def test_answers_given_twice_follow_the_declared_rule(long: Study) -> None:
    more = "P01,2024-02-11,u_2,1\nP01,2024-02-11,u_3,2\n"
    long.files["after.csv"] = str(long.files["after.csv"]) + more
    found = long.run(until="clean").problems()
    assert list(zip(found["kind"], found["line"], strict=True)) == [
        ("conflicting_duplicate", 50),
        ("exact_duplicate", 51),
    ]


def test_a_question_that_config_does_not_know_is_listed_not_lost(long: Study) -> None:
    long.files["after.csv"] = str(long.files["after.csv"]) + "P01,2024-02-11,u_4,1\n"
    ran = long.run(until="clean")
    (row,) = ran.problems().to_dict("records")
    assert (row["line"], row["kind"], row["action"]) == (50, "unclaimed_record", "set aside")


def test_the_dictionary_lists_questions(long: Study) -> None:
    ran = long.run(until="clean")
    spec = dictionary_spec(read_study(ran.folder))
    found = ran.describe("dictionary", Dictionary, spec=spec, raw="data/processed/intake")
    own = found[found["file"] == "after"]
    said = dict(zip(own["raw_column"], own["variable"], strict=True))
    assert said == {
        "id": "unit", "date": "date", "item": "question", "given": "answer", "score": "score",
        "u_1": "ucla3.1", "u_2": "ucla3.2", "u_3": "ucla3.3",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (
            lambda study: study.config["files"]["after"].update(
                long_format={"question": "itm", "answer": "given"}
            ),
            "data/raw/after.csv: no column is called 'itm'; did you mean 'item'? (it has: date,"
            " given, id, item); config.yaml: files.after.long_format asks for it",
        ),
        (
            lambda study: study.files.update(
                {"after.csv": study.files["after.csv"].replace("u_3", "v_3")}
            ),
            "data/raw/after.csv: no question is called 'u_3' (it has: date,"
            " given, id, item, score, u_1, u_2); config.yaml: files.after.instruments.ucla3 asks"
            " for it (renamed: says how this file calls it)",
        ),
        (
            lambda study: study.config["files"]["after"].update(
                derived={"high": {"expression": "score > 3"}}
            ),
            "config.yaml: files.after.long_format: its rows hold one answer each: neither `columns`"
            " (a column a time) nor derived variables go with it",
        ),
    ],
)
def test_what_cannot_be_is_one_line(long: Study, change: Any, line: str) -> None:
    change(long)
    ran = long.run(until="clean")
    assert ran.status == 1 and "Traceback" not in ran.shown
    assert len(ran.lines) == 1 and ran.lines[0].startswith(line), ran.shown


def test_a_question_called_like_a_column_is_refused(long: Study) -> None:
    head, *rows = str(long.files["after.csv"]).splitlines()
    long.files["after.csv"] = "\n".join([head + ",u_1", *(row + "," for row in rows)]) + "\n"
    assert long.run(until="clean").lines == [
        "data/raw/after.csv: 'u_1' is a column, and a question in column 'item'; rename one of them"
        " before it gets here (config.yaml: files.after.long_format)"
    ]


FILE = {"path": "data/raw/a.csv", "level": "person", "unit": "id", "long_format": LONG,
        "instruments": {"x": "{item}"}}  # fmt: skip
CELLS = st.tuples(st.sampled_from("abc"), st.sampled_from(["1", "2", "9"]), st.sampled_from("012"))


@settings(max_examples=60, deadline=None)
@given(st.lists(CELLS, max_size=12))
def test_every_answer_stands_once_in_its_questions_column(cells: list[tuple[str, ...]]) -> None:
    raw = pd.DataFrame(cells, columns=["id", "item", "given"], dtype="str")
    raw.insert(0, "line", range(2, len(raw) + 2))
    wide = spread(raw, RawFile.model_validate(FILE), {"x": ["1", "2"]})
    assert list(wide["line"]) == list(raw["line"])
    for row, (_, question, answer) in zip(wide.to_dict("records"), cells, strict=True):
        held = {name: row[name] for name in ("1", "2") if row.get(name)}
        assert held == ({question: answer} if question != "9" else {})
