"""A study's own value sets: tables of states, by age and sex if they have them."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cesp_analysis import contracts
from cesp_analysis.analysis_plan.canonical import plan_of
from cesp_analysis.declared.value_sets import ValueSet
from cesp_analysis.describe.dictionary_spec import dictionary_spec
from cesp_analysis.describe.record_tables import Answered
from cesp_analysis.errors import CespError
from cesp_analysis.instruments.value_tables import looked_up, read_value_table
from cesp_analysis.measurement.specs import range_of
from cesp_analysis.named_files import absent_files
from cesp_analysis.schemas import DataProblems, Scores
from cesp_analysis.study.read import read_study
from cesp_analysis.study_faults import faults_of_files
from small_study import Study, inside

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "eq5d_value_sets"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="shared/data is absent")
FIVE = ((1, 5),) * 5
NAN = float("nan")


def declared(**changes: Any) -> ValueSet:
    own = {"instrument": "eq5d_5l", "path": "table.csv", "label": "Mapped", "source": "Paper"}
    return ValueSet.model_validate(own | changes)


BY_PEOPLE = {"age": "age", "sex": "sex"}


def faults(tmp_path: Path, text: str, levels: Any = ((1, 3),) * 2, **changes: Any) -> list[str]:
    """The lines that a table is refused with, without its path."""
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    try:
        read_value_table(path, declared(**changes), levels)
    except CespError as error:
        return [line.removeprefix(f"{path}: ") for line in error.problems]
    return []


# ------------------------------------------------------------------ the published tables


def rows_of(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def answers_of(rows: list[dict[str, str]], column: str) -> np.ndarray:
    return np.array([[float(digit) for digit in row[column]] for row in rows])


@needs_data
def test_every_state_of_the_crosswalk() -> None:
    rows = rows_of("eq5d_5l_uk_crosswalk_vanhout2012.csv")
    own = declared(value="uk_crosswalk")
    table = read_value_table(DATA / "eq5d_5l_uk_crosswalk_vanhout2012.csv", own, FIVE)
    values, why, states = looked_up(answers_of(rows, "state"), table)
    assert values.tolist() == [float(row["uk_crosswalk"]) for row in rows] and not why.any()
    known = dict(zip(states, values, strict=True))
    assert (len(known), known["11111"], known["21111"], known["55555"]) == (3125, 1, 0.877, -0.594)
    assert [known[one] for one in ("11221", "44441", "44525")] == [0.795, 0.226, 0.004]


@needs_data
@pytest.mark.parametrize("age", ["first", "last"])
@pytest.mark.parametrize(
    ("name", "column", "levels", "states"),
    [
        ("dsu5l_to_3l_uk.csv", "dsu_mapped_3l_uk", 5, 31250),
        ("dsu5l_to_3l_uk.csv", "england_devlin_2018_5l", 5, 31250),
        ("dsu3l_to_5l_uk.csv", "UK", 3, 2430),
        ("dsu3l_to_5l_uk.csv", "UKCopula", 3, 2430),
    ],
)
def test_every_row_of_the_mappings(
    name: str, column: str, levels: int, states: int, age: str
) -> None:
    """At the first and the last year of each band; 65+ has no last one."""
    own = declared(state="State", value=column, age="Age", sex="Sex")
    table = read_value_table(DATA / name, own, ((1, levels),) * 5)
    rows = rows_of(name)
    ends = [row["Age"].replace("+", "-104").split("-") for row in rows]
    ages = np.array([float(low if age == "first" else high) for low, high in ends])
    sexes = np.array([row["Sex"] for row in rows], dtype=object)
    values, why, _ = looked_up(answers_of(rows, "State"), table, ages, sexes)
    assert len(values) == states and not why.any()
    assert values.tolist() == [float(row[column]) for row in rows]


@needs_data
def test_published_values_of_the_mapping() -> None:
    """Of the R package's tests; 11111 is an expectation of less than 1."""
    own = declared(state="State", value="dsu_mapped_3l_uk", age="Age", sex="Sex")
    table = read_value_table(DATA / "dsu5l_to_3l_uk.csv", own, FIVE)
    states = ["12345", "24112", "23421"]
    answers = np.array([[float(digit) for digit in state] for state in states])
    sexes = np.array(["female", "female", "male"], dtype=object)
    values, _, _ = looked_up(answers, table, np.array([30.0, 50.0, 80.0]), sexes)
    assert values.round(3).tolist()[:2] == [0.067, 0.761]
    assert values[2] == pytest.approx(0.60885463, abs=5e-9)
    best = [value for (state, _, _), value in table.values.items() if state == "11111"]
    assert len(best) == 10 and (round(min(best), 3), round(max(best), 3)) == (0.985, 0.989)


@needs_data
def test_devlins_values_are_those_of_the_shipped_score() -> None:
    from cesp_analysis.instruments.score import score_items
    from cesp_analysis.instruments.types import read_instrument

    rows = [row for row in rows_of("dsu5l_to_3l_uk.csv") if row["Sex"] == "male"]
    answers = np.column_stack([answers_of(rows, "State"), np.full(len(rows), NAN)])
    ours = score_items(answers, read_instrument("eq5d_5l"))["england_2018"].value
    assert ours.tolist() == [float(row["england_devlin_2018_5l"]) for row in rows]


# ------------------------------------------------------------------ a table and its faults

PLAIN = "state,value\n11,1\n12,.8\n13,.5\n21,.9\n22,.7\n23,.4\n31,.6\n32,.3\n33,-.2\n"
AGED = "state,value,age,sex\n" + "".join(
    f"{state},{value},{age},{sex}\n"
    for age, less in (("18-34", 0), ("35 – 64", 0.1), ("65+", 0.2))
    for sex in ("female", "male")
    for state, value in (("11", 0.9 - less), ("33", round(-0.2 - less, 1)))
)


def test_a_table_without_ages(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(PLAIN, encoding="utf-8")
    table = read_value_table(tmp_path / "t.csv", declared(), ((1, 3),) * 2)
    values, why, states = looked_up(np.array([[1, 1], [3, 3], [1, NAN], [3, 2]]), table)
    np.testing.assert_array_equal(values, [1, -0.2, NAN, 0.3])
    assert why.tolist() == [""] * 4 and states == ["11", "33", "", "32"]


def test_ages_are_whole_years_and_what_is_not_known_has_no_value(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(AGED, encoding="utf-8")
    table = read_value_table(tmp_path / "t.csv", declared(**BY_PEOPLE), ((1, 3),) * 2)
    ages = np.array([18, 34.9, 35, 64.99, 65, 104, 17.9, NAN, 40, 40, 40, 40])
    sexes = np.array(["female"] * 8 + [None, "other", "male", "male"], dtype=object)
    answers = np.array([[1.0, 1.0]] * 10 + [[1.0, 2.0], [NAN, 1.0]])
    values, why, _ = looked_up(answers, table, ages, sexes)
    np.testing.assert_array_equal(values, [0.9, 0.9, 0.8, 0.8, 0.7, 0.7] + [NAN] * 6)
    assert why.tolist() == [""] * 6 + [
        "age_outside_bands", "age_unknown", "sex_unknown", "sex_not_in_table",
        "state_not_in_table", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "changes", "lines"),
    [
        (PLAIN + "11,0.9\n", {}, ["line 11: state 11 stands on line 2 too; keep one"]),
        (AGED + "11,.5,65+,male\n", BY_PEOPLE,
         ["line 14: state 11 of 65+ male stands on line 12 too; keep one"]),
        (PLAIN.replace("13,.5", "13,50"), {},
         ["line 4: value: 50 is outside -1 to 1 (a percentage? divide it by 100); correct it, or"
          " write the range that values may have (range:)"]),
        (PLAIN, {"range": [0, 1]},
         ["line 10: value: -.2 is outside 0 to 1; correct it, or write the range that values may"
          " have (range:)"]),
        (PLAIN.replace("13,.5", "13,"), {}, ["line 4: value: must be a number, not ''"]),
        (PLAIN.replace("13,.5", "13,nan"), {}, ["line 4: value: must be a number, not 'nan'"]),
        (PLAIN.replace("13,.5", "133,.5"), {},
         ["line 4: state: '133' is not one digit for each of 2 items"]),
        (PLAIN.replace("13,.5", "14,.5"), {},
         ["line 4: state: '14' has a level that the instrument has not (1-3)"]),
        (PLAIN.replace("13,.5", "13,.5,9"), {},
         ["line 4: has 3 fields, the header 2; a cell with a comma must stand in quotes"]),
        (PLAIN.replace("13,.5", "13,.5,9").replace("11,", "1x,"), {},
         ["line 4: has 3 fields, the header 2; a cell with a comma must stand in quotes",
          "line 2: state: '1x' is not one digit for each of 2 items"]),
        ("state,age,sex,value\n11,18+,f,1,0\n11,18+,m,2\n",
         BY_PEOPLE | {"sexes": {"f": "female", "m": "male", "x": "other"}},
         ["line 2: has 5 fields, the header 4; a cell with a comma must stand in quotes",
          "line 3: value: 2 is outside -1 to 1 (a percentage? divide it by 100); correct it, or"
          " write the range that values may have (range:)",
          "no sex is called 'x' (in the file: m)"]),
        (PLAIN.replace("value", "vlaue"), {},
         ["line 1: no column is called 'value'; did you mean 'vlaue'?"]),
        (AGED.replace("65+", "old"), BY_PEOPLE,
         ["line 10: age: 'old' is no age band such as 18-34 or 75+; say which years it means: ages:"
          " {'old': [18, 34]} (4 such lines, the last 13)"]),
        (AGED.replace("65+", "old"), BY_PEOPLE | {"ages": {"old": [65, None]}}, []),
        (AGED.replace("65+", "60+"), BY_PEOPLE,
         ["age bands '35 – 64' and '60+' overlap; part them"]),
        (AGED.replace("65+", "70-66"), BY_PEOPLE,
         ["line 10: age: '70-66' is no age band such as 18-34 or 75+; say which years it means:"
          " ages: {'70-66': [18, 34]} (4 such lines, the last 13)"]),
        (AGED, BY_PEOPLE | {"sexes": {"f": "female"}},
         ["no sex is called 'f'"]),
        (AGED.replace("female", ""), BY_PEOPLE,
         ["line 2: sex: is blank (6 such lines, the last 11)"]),
        ("state,value\n", {}, ["holds no state; write a line for each"]),
        ("", {}, ["is empty; its first line names the columns, that of the states among them"]),
    ],
)  # fmt: skip
def test_each_fault_of_a_table_is_a_line(
    tmp_path: Path, text: str, changes: dict[str, Any], lines: list[str]
) -> None:
    found = faults(tmp_path, text, **changes)
    assert [line.split(" (in the file")[0] for line in found] == [
        line.split(" (in the file")[0] for line in lines
    ]


# ------------------------------------------------------------------ a study with one

STATES = ["111", "112", "113", "222", "333", "1 1", "323", "131", "112", "223", "313", "111"]
KEPT = [one for one in STATES if " " not in one]


def ucla(study: Study, table: str, **changes: Any) -> Study:
    """The tiny study: its UCLA answers are states, and have values."""
    study.files["after.csv"] = "id,date,score,u_1,u_2,u_3\n" + "".join(
        f"P{i:02},2024-02-1{i % 10},{10 + i},{','.join(state)}\n"
        for i, state in enumerate(STATES, 1)
    ).replace("1, ,1", "1,,1")
    (study.folder / "data/raw").mkdir(parents=True, exist_ok=True)
    (study.folder / "data/raw/values.csv").write_text(table, encoding="utf-8")
    study.config["value_sets"] = {
        "made_up": {
            "instrument": "ucla3", "path": "data/raw/values.csv", "label": "Value (made up)",
            "source": "made up", **changes,
        }
    }  # fmt: skip
    study.config["outcomes"]["valued"] = {
        "label": "Value (UCLA, made up)", "score": "ucla3.made_up", "unit": "value",
        "direction": "higher_is_better", "decimals": 3,
    }  # fmt: skip
    return study


def value_of(state: str) -> float:
    return round(1 - 0.1 * (sum(map(int, state)) - 3), 1)


EVERY = [f"{a}{b}{c}" for a in "123" for b in "123" for c in "123"]
WHOLE = "state,value\n" + "".join(f"{state},{value_of(state)}\n" for state in EVERY)
BOTH = "state,value,age,sex\n" + "".join(
    f"{state},{round(value_of(state) - less - (sex == 'man') * 0.05, 2)},{age},{sex}\n"
    for age, less in (("31-35", 0), ("36-40", 0.2))
    for sex in ("woman", "man")
    for state in EVERY
)
MAPPED = {
    "age": "age", "sex": "sex", "age_variable": "age", "sex_variable": "sex",
    "sexes": {"woman": "f", "man": "m"},
}  # fmt: skip


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return Study(tmp_path)


def listed(study: Study) -> list[tuple[int, str, str]]:
    table = contracts.read(study.folder / "results/tables/value_problems.csv", DataProblems)
    assert set(table["column"]) <= {"ucla3.made_up"}
    rows = [row for row in table.to_dict("records") if row["file"] == "data/raw/after.csv"]
    return [(row["line"], row["kind"], row["value"]) for row in rows]


def after(study: Study) -> "pd.Series[Any]":
    scores = contracts.read(study.folder / "data/processed/values.parquet", Scores)
    rows = scores[(scores["score"] == "ucla3.made_up") & (scores["time"] == "after")]
    return rows.set_index(rows["unit"].astype(str))["value"]


def test_a_state_has_its_value_and_an_answer_that_is_missing_has_none(study: Study) -> None:
    ran = ucla(study, WHOLE).run(until="panel")
    assert (ran.status, ran.shown) == (0, "")
    right = {f"P{i:02}": value_of(s) for i, s in enumerate(STATES, 1) if " " not in s}
    assert after(study).dropna().to_dict() == right and len(right) == 11
    panel = ran.panel()
    own = panel[(panel["outcome"] == "valued") & (panel["time"] == "after")]
    assert own.set_index(own["unit"].astype(str))["value"].dropna().to_dict() == right
    assert listed(study) == []  # a blank is no problem of the table


def test_a_state_that_the_table_lacks_is_listed(study: Study) -> None:
    gone = "\n".join(line for line in WHOLE.splitlines() if not line.startswith("112,"))
    ran = ucla(study, gone).run(until="panel")
    assert (ran.status, ran.shown) == (0, "")
    assert listed(study) == [(3, "state_not_in_table", "112"), (10, "state_not_in_table", "112")]
    assert after(study).notna().sum() == 9


def test_values_by_age_and_sex(study: Study) -> None:
    """P01 is 31 and a man; ages go from 31 to 42, every third is a man."""
    study.files["people.csv"] = str(study.files["people.csv"]).replace("n3,33,m", "n3,33,")
    ran = ucla(study, BOTH, **MAPPED).run(until="panel")
    assert (ran.status, ran.shown) == (0, "")
    found = after(study)
    assert found["P01"] == 1 and found["P04"] == value_of("222")  # women of 31 and 34
    assert found["P09"] == round(value_of("112") - 0.25, 2)  # a man of 39
    assert np.isnan(found["P03"]) and np.isnan(found["P06"])
    assert listed(study) == [
        (4, "sex_unknown", "113"),
        (12, "age_outside_bands", "41"),
        (13, "age_outside_bands", "42"),
    ]


def test_the_covariate_says_when_it_is_read(study: Study) -> None:
    """Age as a covariate of another name, of the variable that is asked once."""
    study.config["covariates"]["years"] = {"label": "Years", "variable": "age"}
    ran = ucla(study, BOTH, **MAPPED | {"age_variable": "years"}).run(until="panel")
    assert (ran.status, ran.shown) == (0, "")
    assert after(study).notna().sum() == 9


def test_how_well_it_was_answered(study: Study) -> None:
    ran = ucla(study, WHOLE).run(until="panel")
    made = contracts.read(study.folder / "data/processed/values.parquet", Scores)
    assert made["items"].unique().tolist() == [3] and made["answered"].min() == 2
    table = ran.describe("answered", Answered, scores="data/processed/values.parquet")
    (row,) = table[table["time"] == "after"].to_dict("records")
    assert (row["records"], row["scored"], row["partly"]) == (12, 11, 1)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"instrument": "ucla4"}, "value_sets.made_up.instrument: no instrument is called 'ucla4';"
                                  " did you mean 'ucla3'?"),
        ({"instrument": "phq9"}, "value_sets.made_up.instrument: no file of people or respondents"
                                 " holds 'phq9'"),
        ({"age": "age"}, "value_sets.made_up.age: stands without age_variable; write both, or"
                         " neither"),
        ({"sex_variable": "sex"}, "value_sets.made_up.sex_variable: stands without sex; write both,"
                                  " or neither"),
        ({"age": "age", "age_variable": "agee"}, "value_sets.made_up.age_variable: no file of level"
                                                 " person has a variable 'agee'"),
        ({"age": "age", "age_variable": "sex"}, "value_sets.made_up.age_variable: 'sex' must be of"
                                                " type number in every file of level person"),
        (MAPPED | {"sexes": {"woman": "female"}}, "value_sets.made_up.sexes: no category is called"
                                                  " 'female'"),
        ({"sexes": {"woman": "f"}}, "value_sets.made_up.sexes: name the table's column too (sex:"
                                    " COLUMN)"),
        ({"range": [1, 0]}, "value_sets.made_up.range: the lowest value stands first"),
        (MAPPED | {"ages": {"x": [9, 3]}},
         "value_sets.made_up.ages.x: the first year stands first"),
        ({"path": "../values.csv"}, "value_sets.made_up.path: '../values.csv' leaves the study's"
                                    " folder; put the file into it"),
    ],
)  # fmt: skip
def test_a_mistake_in_config_is_a_line(study: Study, changes: dict[str, Any], line: str) -> None:
    found = ucla(study, WHOLE, **changes).lines()
    assert any(one.startswith(f"config.yaml: {line}") for one in found), found


def test_a_value_set_that_is_not_declared(study: Study) -> None:
    ucla(study, WHOLE).config["outcomes"]["valued"]["score"] = "ucla3.made_upp"
    (line,) = study.lines()
    assert "no score is called 'ucla3.made_upp'; did you mean 'ucla3.made_up'?" in line


def test_its_name_is_no_score_of_the_instrument(study: Study) -> None:
    own = ucla(study, WHOLE).config["value_sets"]
    own["total"] = own.pop("made_up")
    study.config["outcomes"]["valued"] |= {"score": "ucla3.total", "direction": "lower_is_better"}
    study.write()
    with inside(study.folder):
        found = faults_of_files(read_study())
    assert "config.yaml: value_sets.total: is a score of ucla3; choose another name" in found


def test_faults_of_the_table_are_told_before_a_run(study: Study) -> None:
    ucla(study, WHOLE + "111,2\n").write()
    with inside(study.folder):
        found = faults_of_files(read_study())
        Path("data/raw/values.csv").unlink()
        (absent,) = absent_files(read_study())
    assert [line.split(";")[0] for line in found] == [
        "data/raw/values.csv: line 29: value: 2 is outside -1 to 1 (a percentage? divide it by 100)"
    ]
    assert absent.startswith("data/raw/values.csv: there is no such file (value_sets.made_up.path)")


def test_items_of_a_table_are_not_imputed(study: Study) -> None:
    ucla(study, WHOLE).config["missing_data"] = {"imputation": {"items": ["valued"]}}
    assert any("'valued' is valued by a table (value_sets:)" in line for line in study.lines())


def test_who_reads_the_items_and_what_the_plan_holds(study: Study) -> None:
    ucla(study, WHOLE).write()
    with inside(study.folder):
        whole = read_study()
        plan = plan_of(whole)
        assert '"ucla3.1":["lonely","valued"]' in dictionary_spec(whole)
        assert range_of(whole, whole.outcomes["valued"]) == (-1, 1)
        held = plan["instruments"]["ucla3.made_up"]
        Path("data/raw/values.csv").write_text(WHOLE.replace("111,1.0", "111,0.9"))
        assert plan_of(whole)["instruments"]["ucla3.made_up"] != held


def test_who_reads_scores_reads_a_study_s_own_values_too() -> None:
    """Of every rule: a step that was given an instrument's scores alone found nobody's values."""
    read = [
        line.strip()
        for path in sorted((Path(__file__).resolve().parents[2] / "rules").glob("*.smk"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if "rules.score.output" in line and line.strip().startswith("scores=")
    ]
    assert len(read) >= 3
    assert [line for line in read if "value_scores" not in line] == []
