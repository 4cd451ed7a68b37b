"""What steps of the surveys are told of a study, and what agreement and series say in words."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from cesp_analysis import contracts
from cesp_analysis.csv_lines import csv_lines, named_twice
from cesp_analysis.declared.external import External, Series
from cesp_analysis.errors import CespError
from cesp_analysis.models.student import t_interval
from cesp_analysis.models.survey_design import Sample
from cesp_analysis.models.survey_domain import Interval
from cesp_analysis.models.survey_linear import Linearised
from cesp_analysis.numbers import fixed
from cesp_analysis.study.read import read_study
from cesp_analysis.survey import specs
from cesp_analysis.survey.agreement import reading, rows_of, weights_part
from cesp_analysis.survey.composition import design_weights
from cesp_analysis.survey.external import Grid, _relabelled, _row, grid_of
from cesp_analysis.survey.external_lines import Figure, read_external
from cesp_analysis.survey.mean_cells import Drawn
from cesp_analysis.survey.mean_intervals import told_by
from cesp_analysis.survey.response import rate_rows
from cesp_analysis.survey.weight_tables import SurveyWeights
from generated_survey import study_of
from network_records import study as network_study
from small_study import Study
from survey_records import panel_of, survey_model, survey_rows

Row = dict[str, Any]
AGREE, DIFFER = "they agree to within one standard error", "they differ by more than one standard"


@pytest.mark.parametrize(
    ("size", "start"),
    [(0.0, AGREE), (0.4, AGREE), (-1.0, AGREE), (1.0, AGREE), (1.01, DIFFER), (-2.0, DIFFER)],
)
def test_up_to_one_standard_error_two_estimates_agree(size: float, start: str) -> None:
    row = {"difference_in_se": size, "difference": 1.25, "part_weights": 0.5, "part_random": 0.75}
    told = reading(row, -0.25, 1.0, 2)
    assert told.startswith(start) and f"({abs(size):.2f} of them apart)" in told
    parts = (
        "of the difference 1.25 the weights make 0.50 (interval \u22120.25 to 1.00), how the mixed"
        " model weighs neighbourhoods and members 0.75"
    )
    assert parts in told


@pytest.mark.parametrize(
    ("low", "high", "matter"),
    [(-0.2, 0.9, False), (0.0, 0.9, False), (-0.9, 0.0, False), (0.1, 0.9, True),
     (-0.9, -0.1, True), (0.0, 0.0, False)],
)  # fmt: skip
def test_weights_matter_where_their_interval_leaves_zero_out(
    low: float, high: float, matter: bool
) -> None:
    row = {"difference_in_se": 0.5, "difference": 1.0, "part_weights": 0.4, "part_random": 0.6}
    assert ("the weights matter by more than chance" in reading(row, low, high, 1)) == matter


def answers() -> pd.DataFrame:
    d = survey_rows()
    return panel_of(d, district=pd.Categorical(d["district"].astype(str)))


def compared(data: pd.DataFrame, **settings: Any) -> Row:
    """The row of the first later wave; the mixed model's is the survey's, a little off."""
    spec = survey_model(**settings)
    row = asdict(spec.fit(data).estimates[0])
    made = {"m/y/w1": row, "x/y/w1": row | {"model": "x", "estimate": row["estimate"] + 0.5}}
    (found,) = rows_of(spec, "x", ["y"], data, made)
    return found


def test_the_interval_of_the_weights_part_is_students() -> None:
    data, spec = answers(), survey_model()
    part, error, df = weights_part(spec, data, "y", spec.moments()[1])
    low, high = t_interval(part, error, df, 0.95)
    found = compared(data)
    assert 0 < error < 1
    assert f"(interval {fixed(low, 2)} to {fixed(high, 2)})" in found["reading"]
    assert (found["difference"], found["part_weights"]) == approx((0.5, part))
    assert found["part_random"] == approx(0.5 - part) and found["part_weights_se"] == error


def test_without_weights_they_make_nothing_of_a_difference() -> None:
    found = compared(answers(), weighted=False)
    assert (found["part_weights"], found["part_weights_se"], found["part_random"]) == (
        0,
        0,
        approx(0.5),
    )
    assert "(interval 0.00 to 0.00)" in found["reading"]


def test_records_without_a_weight_take_no_part_in_either_regression() -> None:
    data, spec = answers(), survey_model()
    whole = weights_part(spec, data, "y", spec.moments()[1])
    more = data.assign(
        weight=0.0, value=1000.0, unit=pd.Categorical("z" + data["unit"].astype(str))
    )
    both = pd.concat([data, more], ignore_index=True)
    words = [name for name in data if isinstance(data[name].dtype, pd.CategoricalDtype)]
    both = both.astype(dict.fromkeys(words, "category"))
    assert weights_part(spec, both, "y", spec.moments()[1]) == approx(whole)


def test_peoples_answers_do_not_decide_on_the_scale_of_respondents() -> None:
    data = answers()
    yes = data.assign(value=(data["value"] > 20).astype(float))
    people = data.assign(level=pd.Categorical(["person"] * len(data)))
    words = [name for name in data if isinstance(data[name].dtype, pd.CategoricalDtype)]
    both = pd.concat([yes, people], ignore_index=True).astype(dict.fromkeys(words, "category"))
    assert compared(both)["scale"].startswith("on the scale of probability")
    other = data.assign(outcome=pd.Categorical(["other"] * len(data)))
    both = pd.concat([yes, other], ignore_index=True).astype(dict.fromkeys(words, "category"))
    assert compared(both)["scale"].startswith("on the scale of probability")


def external(**changed: Any) -> External:
    told: Row = {
        "path": "a.csv", "source": "Survey", "authorities": {"north": "N", "south": "S"},
        "series": {"lonely": {"label": "Lonely"}}, "before": "2019", "after": "2021",
    }  # fmt: skip
    return External.model_validate(told | changed)


FIGURES = {"N": (5, 6, 9), "S": (4, 4, 4), "A": (1, 1, 1), "B": (1, 2, 5), "C": (1, 1, 4)}
PERIODS = ("2019", "2020", "2021")


def grid(own: External, figures: dict[str, Any] = FIGURES) -> Grid:
    every = [
        Figure(authority, period, value, "")
        for authority, values in figures.items()
        for period, value in zip(PERIODS, values, strict=True)
        if value is not None
    ]
    return grid_of(every, own, {"north": "intervention", "south": "control"})


def relabelled(own: External, figures: dict[str, Any] = FIGURES) -> tuple[Row, list[str]]:
    said: list[str] = []
    return _relabelled(grid(own, figures), own, said), said


def test_the_sites_are_ranked_among_all_other_pairs() -> None:
    """Others changed by 0, 4 and 3: pairs 4, 3 and 1; the sites' 4 is as large as the largest."""
    found, said = relabelled(external())
    assert found == {"since": 4.0, "after": "2021", "relabelled": 4, "rank": 2.0,
                     "at_least": 0.5, "smallest": 0.25}  # fmt: skip
    assert len(said) == 1 and "tests no effect" in said[0]
    later, _ = relabelled(external(before="2020"))
    assert (later["since"], later["rank"]) == (3.0, 3.0)  # 3, 3 and 0: two as large


@pytest.mark.parametrize(
    ("changed", "figures", "said"),
    [
        ({"after": None}, {}, []),
        ({"after": "2030"}, {}, ["the series has no figures of 2019 and 2030 alike"]),
        ({"before": "2018"}, {}, ["the series has no figures of 2018 and 2021 alike"]),
        ({}, {"S": (None, 4, 4)}, ["the sites have no figures of 2019 and 2021 alike"]),
    ],
)
def test_a_change_that_is_not_known_has_no_rank(
    changed: Row, figures: Row, said: list[str]
) -> None:
    found, told = relabelled(external(**changed), FIGURES | figures)
    assert told == said and np.isnan(found["since"]) and np.isnan(found["rank"])
    assert (found["relabelled"], found["after"]) == (0, changed.get("after", "2021"))


def test_one_other_authority_is_no_pair() -> None:
    alone = {name: FIGURES[name] for name in ("N", "S", "A")}
    found, (said,) = relabelled(external(), alone | {"B": (None, 1, 1)})
    assert (found["since"], found["relabelled"]) == (4.0, 0) and "no two other" in said


@pytest.mark.parametrize(("over", "changes", "largest", "ends"), [
    (1, 2, 3.0, ("2020", "2021")), (2, 1, 4.0, ("2019", "2021")), (3, 0, None, (None, None)),
])  # fmt: skip
def test_the_largest_change_says_from_when_to_when(
    over: int, changes: int, largest: Any, ends: Any
) -> None:
    own = external(before="2021", after=None, over=over)
    row = _row("a.lonely", grid(own), own, "lonely")
    assert row["changes"] == changes and (row["largest_from"], row["largest_to"]) == ends
    assert row["largest"] == approx(largest) if changes else np.isnan(row["largest"])
    assert ("differ from year to year by sampling" in (row["warnings"] or "")) == (changes > 1)
    assert ("no two past periods" in (row["warnings"] or "")) == (changes == 0)


def test_a_series_may_be_written_otherwise_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("authority,period,series,value\nN,2019,often,5\nS,2019,often,4\nN,2019,x,1\n")
    written = external(series={"lonely": Series(label="Lonely", written="often")})
    found = read_external(path, written)
    assert [(one.authority, one.value) for one in found["lonely"]] == [("N", 5.0), ("S", 4.0)]
    path.write_text(path.read_text() + "S,2019,often,7\nN,19,often,7\n")
    with pytest.raises(CespError) as told:
        read_external(path, written)
    twice, wrong = told.value.problems
    assert twice.endswith("line 5: often of S in 2019 stands on line 3 too; keep one")
    assert "line 6: period: must be a year" in wrong


def test_two_columns_are_a_table_and_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a, b\n1 ,2\n")
    assert csv_lines(path, "") == [(1, ["a", "b"]), (2, ["1", "2"])]
    assert list(named_twice(["a", "b", "a"])) == ["'a' names 2 columns; keep one"]
    path.write_text("a,b\n1\n")  # a line that is too short is told apart
    assert csv_lines(path, "")[1] == (2, ["1"])
    path.write_text("a;b\n1;2,5\n")
    with pytest.raises(CespError, match="is one column, 'a;b'"):
        csv_lines(path, "")


def test_unknown_invitations_count_in_the_rates_whatever_is_not_known_of_them() -> None:
    """100 interviews; 10 unknown households, 20 otherwise unknown, 30 without a code."""
    cell = {"wave": "w1", "site": "north", "complete": 100, "partial": 0, "refusal": 40,
            "non_contact": 0, "other": 0, "not_eligible": 0, "unknown_household": 10,
            "unknown_other": 20, "uncoded": 30, "eligible": 0.5, "eligible_by": "x"}  # fmt: skip
    rows = {row["rate"]: row for row in rate_rows(cell, 0.95)}
    assert rows["RR1"]["value"] == approx(100 / 200) and rows["RR1"]["denominator"] == 200
    assert rows["RR3"]["value"] == approx(100 / 170)
    narrow = {row["rate"]: row for row in rate_rows(cell, 0.5)}
    z, p, n = 1.959963984540054, 0.5, 200
    half = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    assert rows["RR1"]["ci_high"] - rows["RR1"]["ci_low"] == approx(2 * half)
    assert narrow["RR1"]["ci_high"] < rows["RR1"]["ci_high"]


def test_an_interval_beside_the_designs_says_why_it_is_none() -> None:
    way = Sample(np.zeros(2, dtype=int), np.arange(2), np.ones(2))
    drawn = Drawn(pd.DataFrame({"unit": []}), (way, way), None)  # type: ignore[arg-type]
    known = [Linearised(np.array([[4.0]]), 3, 5, 2, ("one",)),
             Linearised(np.array([[9.0]]), 2, 4, 2, ("two",))]  # fmt: skip

    def judged(variance: float, df: int) -> Interval:
        return Interval(variance**0.5, -1.0, 1.0, "how", "no interval: why" if df == 2 else "")

    row = told_by(known, 0, judged, drawn)
    assert (row["std_error"], row["df"], row["reason"]) == (2, 3, None)
    assert row["method"] == "weighted; linearised, 5 neighbourhoods in 2 strata; how"
    assert (row["clustered_std_error"], row["clustered_df"]) == (3, 2)
    assert row["clustered_reason"] == "no interval: why"
    assert row["warnings"] == "one | of the clustered interval: two"
    alone = told_by(known[:1], 0, judged, drawn)
    assert "clustered_df" not in alone and alone["warnings"] == "one"


def test_design_weights_are_found_whatever_the_order_of_their_table(tmp_path: Path) -> None:
    units, waves = ["c", "a", "b", "a"], ["w1", "w2", "w1", "w1"]
    records = pd.DataFrame({"unit": units, "time": waves}).astype("category")
    table = pd.DataFrame(
        {"unit": ["b", "a", "c", "a", "b"], "wave": ["w1", "w1", "w1", "w2", "w2"],
         "site": "north", "design_weight": [2.0, 1.0, 3.0, 4.0, 9.0], "weight": 1.0,
         "trimmed": "no"}
    )  # fmt: skip
    contracts.write(table, tmp_path / "weights.csv", SurveyWeights)
    assert design_weights(records, tmp_path / "weights.csv").tolist() == [3, 4, 2, 1]


def read(study: Study) -> Any:
    study.write()
    return read_study(study.folder)


def test_the_means_are_told_of_respondents_outcomes_covariates_and_design(tmp_path: Path) -> None:
    study = study_of(tmp_path)
    told = json.loads(specs.means(read(study)))
    assert set(told["outcomes"]) == {"y"} and told["covariates"] == ["sex", "age"]
    assert "design" not in told
    study.config["surveys"] |= {"neighbourhoods": "all", "minimum": 5}
    told = json.loads(specs.means(read(study)))
    assert told["design"] == {"neighbourhoods": "all"} and told["minimum"] == 5


def test_steps_are_told_in_the_studys_own_words_and_nothing_that_is_as_usual(
    tmp_path: Path,
) -> None:
    """A command line has an end, and logs show it; a new default makes no step run again."""
    study = study_of(tmp_path)
    study.config["outcomes"]["y"]["label"] = "Größe"
    age = study.config["files"]["survey"]["variables"]["age"]
    age |= {"label": "Größe", "values": ["young", "middle", "Größe"]}
    declared = read(study)
    named = network_study(tmp_path / "networks")
    named.files["Größe.csv"] = named.files.pop("ties.csv")
    named.config["files"]["ties"]["path"] = "data/raw/Größe.csv"
    asked = (specs.means, specs.weigh, specs.questions)
    lines = [*(one(declared) for one in asked), specs.networks(read(named))]
    for line in lines:
        short = json.dumps(json.loads(line), ensure_ascii=False, separators=(",", ":"))
        assert "Größe" in line and line == short
    means, weigh, questions, networks = map(json.loads, lines)
    assert set(means["outcomes"]["y"]) == {"label", "unit"}
    assert "minimum" not in means and "minimum" not in weigh
    assert "separator" not in questions["files"]["survey"] and "known" not in networks["networks"]


def test_what_respondents_share_is_told_of_the_score_that_they_share(tmp_path: Path) -> None:
    told = json.loads(specs.means(read(network_study(tmp_path))))
    shared = {name for name, entry in told["outcomes"].items() if entry.get("shared")}
    assert shared == {"reach"} and {"degree", "isolate"} < set(told["outcomes"])
    assert "age" not in told["covariates"]  # a covariate of people
    assert told["outcomes"]["degree"]["times"] == ["w1"]


MIXED = {"kind": "mixed", "level": "respondent", "outcomes": ["y"],
         "random": ["person", "neighbourhood"]}  # fmt: skip
SURVEY = {"kind": "survey", "outcomes": ["y"]}


@pytest.mark.parametrize(
    ("models", "pairs"),
    [
        ({"s": SURVEY, "m": MIXED}, [("s", "m", ["y"])]),
        ({"m": MIXED, "s": SURVEY}, [("s", "m", ["y"])]),
        ({"s": SURVEY, "t": SURVEY, "m": MIXED, "n": MIXED}, [("s", "m", ["y"])]),
        ({"s": SURVEY | {"respondents": "panel"}, "m": MIXED}, []),
        ({"s": SURVEY, "m": MIXED | {"random": ["person"]}}, []),
        ({"s": SURVEY, "m": MIXED | {"covariates": ["age"]}}, []),
        ({"m": MIXED, "n": MIXED}, []),
        ({"s": SURVEY}, []),
    ],
)
def test_a_survey_model_stands_beside_the_first_mixed_model_that_is_alike(
    tmp_path: Path, models: Row, pairs: list[Any]
) -> None:
    study = study_of(tmp_path)
    study.config["models"] = models
    told = specs.agreement(read(study))
    found = json.loads(told)["pairs"] if told else []
    assert [
        (one["survey"]["study"]["model"], one["mixed"], one["outcomes"]) for one in found
    ] == pairs
    assert bool(told) == bool(pairs)


def test_figures_without_anything_to_show_are_not_drawn(tmp_path: Path) -> None:
    study = study_of(tmp_path)
    drawn = ["survey_answers", "external"]
    assert specs.nothing_to_draw(read(study)) == drawn
    del study.config["files"]["survey"]["neighbourhood"]
    study.config["models"] = {"survey": {"kind": "survey", "outcomes": ["y"]}}
    near = ["neighbourhoods", "neighbourhood_changes"]
    assert specs.nothing_to_draw(read(study)) == [*near, *drawn]
    del study.config["covariates"]
    study.config["surveys"] = {}
    assert specs.nothing_to_draw(read(study)) == [
        *near,
        "survey_answers",
        "composition",
        "external",
    ]


def test_peoples_outcomes_are_no_answers_of_respondents(tmp_path: Path) -> None:
    study = Study(tmp_path)
    study.config["outcomes"]["score"]["type"] = "ordinal"
    assert set(specs.nothing_to_draw(read(study))) == {
        "neighbourhoods", "neighbourhood_changes", "survey_answers", "survey_waves", "composition",
        "external",
    }  # fmt: skip
