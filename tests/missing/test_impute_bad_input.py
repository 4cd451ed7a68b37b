"""Bad input of imputation: one line each, or a result with a warning; never NaN in a table."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cesp_analysis import contracts
from cesp_analysis.schemas import Estimates
from imputed_study import estimand, imputed, imputed_study, summary
from small_study import Ran, Study


def ran(study: Study) -> Ran:
    done = study.run("published")
    assert (done.status, done.shown) == (0, "")
    return done


def row_of(done: Ran) -> dict[str, Any]:
    path = done.folder / "results/models/did/estimates.csv"
    return {row["estimate_id"]: row for row in contracts.rows(path, Estimates)}["did/score/end"]


def with_variable(study: Study, name: str, values: list[str]) -> Study:
    """One more variable of the register, an auxiliary of the equations."""
    lines = str(study.files["people.csv"]).splitlines()
    lines = [f"{lines[0]},{name}", *(f"{a},{b}" for a, b in zip(lines[1:], values, strict=True))]
    study.files["people.csv"] = "\n".join(lines) + "\n"
    words = sorted({value for value in values if value and not value[0].isdigit()})
    entry: dict[str, Any] = {"type": "category", "values": words} if words else {}
    study.config["files"]["people"]["variables"][name] = entry or {"range": [0, 10**6]}
    study.config["covariates"][name] = {"label": name, "variable": name}
    own = study.config["missing_data"]["imputation"]
    own["auxiliaries"] = [*own.get("auxiliaries", []), name]
    return study


def said(done: Ran, variable: str) -> str:
    table = summary(done)
    own = table[table["variable"] == variable]
    return " | ".join(own["warnings"].dropna()) + " | ".join(own["reason"].dropna())


def test_a_variable_missing_for_everybody_of_a_site(tmp_path: Path) -> None:
    study = imputed_study(tmp_path)
    lines = str(study.files["end.csv"]).splitlines()
    kept = [line for line in lines[1:] if int(line[1:4]) % 2 == 0]
    study.files["end.csv"] = "\n".join([lines[0], *kept]) + "\n"
    done = ran(study)
    row = row_of(done)
    assert (row["status"], row["estimate"]) == ("not_estimable", None)
    assert "the intervention arm holds nobody with a value at End" in row["reason"]
    assert "nobody answered it: nothing to impute it from" in said(done, "score")
    assert imputed(done)["value"].notna().all()


def test_of_two_sites_of_an_arm_one_without_answers_stays_without(tmp_path: Path) -> None:
    study = imputed_study(tmp_path)
    people = str(study.files["people.csv"]).splitlines()
    east = [
        line.replace("North", "East") if line.startswith("P") and int(line[1:4]) % 4 == 1 else line
        for line in people
    ]
    study.files["people.csv"] = "\n".join(east) + "\n"
    study.config["sites"]["east"] = {"label": "East", "arm": "intervention"}
    study.config["files"]["people"]["site"] = {
        "column": "site", "values": {"North": "north", "South": "south", "East": "east"}
    }  # fmt: skip
    lines = str(study.files["end.csv"]).splitlines()
    study.files["end.csv"] = "\n".join(
        [lines[0], *(line for line in lines[1:] if int(line[1:4]) % 4 != 1)]
    )
    done = ran(study)
    assert "east: nobody answered it" in said(done, "score")
    cells = imputed(done)
    at_end = cells[cells["time"] == "end"]["unit"].astype(str)
    assert not (at_end.str[1:].astype(int) % 4 == 1).any()
    row = row_of(done)
    assert row["status"] == "estimated" and row["n_obs"] == 60
    assert "20 missing values were not imputed" in row["warnings"]


def test_a_constant_and_an_id_predict_nothing(tmp_path: Path) -> None:
    study = with_variable(imputed_study(tmp_path), "same", ["7"] * 80)
    study = with_variable(study, "number", [str(100 + i) for i in range(80)])
    study = with_variable(study, "stepped", [str(10 * (100 + i)) for i in range(80)])
    study = with_variable(study, "name", [f"n{i:02}" for i in range(80)])
    done = ran(study)
    assert "it has one value: it predicts nothing" in said(done, "same")
    assert "it numbers people, as an id does: it predicts nothing" in said(done, "number")
    assert "it numbers people, as an id does: it predicts nothing" in said(done, "stepped")
    assert "it has 80 categories, as an id has: it predicts nothing" in said(done, "name")
    plain = row_of(ran(imputed_study(tmp_path / "plain")))
    assert row_of(done)["estimate"] == plain["estimate"]


def test_a_single_category_with_gaps_predicts_nothing(tmp_path: Path) -> None:
    """A tick box that is blank or 'yes': who left it blank is nobody's 0."""
    plain = row_of(ran(imputed_study(tmp_path / "plain")))
    study = with_variable(
        imputed_study(tmp_path), "flag", ["yes" if i % 3 else "" for i in range(80)]
    )
    done = ran(study)
    assert "it has one value: it predicts nothing" in said(done, "flag")
    assert row_of(done)["estimate"] == plain["estimate"]


def test_a_perfect_predictor(tmp_path: Path) -> None:
    """The score at the end times two, as if known beforehand: imputed without error, and finite."""
    study = imputed_study(tmp_path, missing=0.3)
    known = {
        line.split(",")[0]: line.split(",")[2]
        for line in str(study.files["end.csv"]).splitlines()[1:]
    }
    values = [f"{2 * float(known.get(f'P{i:03}', 10 + i / 8)):.2f}" for i in range(80)]
    done = ran(with_variable(study, "twice", [value.lstrip("-") for value in values]))
    row = row_of(done)
    assert row["status"] == "estimated" and row["std_error"] > 0
    assert imputed(done)["value"].notna().all()


def test_two_outcomes_that_determine_one_another_are_told_on_the_row(tmp_path: Path) -> None:
    """Twice the score, missing for the same people: the other's estimates are exactly twice."""
    study = imputed_study(tmp_path, missing=0.3, sets=40, most=40, iterations=6)
    for time in ("start", "mid", "end"):
        head, *rows = str(study.files[f"{time}.csv"]).splitlines()
        rows = [f"{row},{2 * float(row.split(',')[2]):.2f}" for row in rows]
        study.files[f"{time}.csv"] = "\n".join([f"{head},twice", *rows]) + "\n"
        study.config["files"][time]["variables"]["twice"] = {"range": [-40, 120]}
    score = study.config["outcomes"]["score"]
    study.config["outcomes"]["twice"] = score | {"label": "Twice", "variable": "twice"}
    study.config["models"]["did"]["outcomes"] = ["score", "twice"]
    done = ran(study)
    path = done.folder / "results/models/did/estimates.csv"
    rows = {row["estimate_id"]: row for row in contracts.rows(path, Estimates)}
    one, two = rows["did/score/end"], rows["did/twice/end"]
    # rounding to cents, a ridge of 1e-5 and its noise: a hundredth of a standard error
    assert two["estimate"] == pytest.approx(2 * one["estimate"], abs=0.01 * two["std_error"])
    assert two["std_error"] == pytest.approx(2 * one["std_error"], rel=0.01)
    told = "imputation of Score at Start (New): it and 'twice@start' nearly determine one another"
    assert told in one["warnings"] and "at Middle" not in one["warnings"]
    assert "'score@end' determines it" in two["warnings"]
    found = summary(done)
    assert (found.loc[found["variable"] == "score", "r_hat"].dropna() < 1.5).all()
    alone = imputed_study(tmp_path / "alone", missing=0.3, sets=40, most=40, iterations=6)
    plain = row_of(ran(alone))
    # two seeds of 40 sets: half of the variance is of imputing, two errors of two Monte Carlo means
    assert one["std_error"] == pytest.approx(plain["std_error"], rel=0.15)


def test_more_variables_than_people(tmp_path: Path) -> None:
    study = imputed_study(tmp_path, people=24)
    for number in range(40):
        values = [str((i * (number + 3)) % 11 + number) for i in range(24)]
        study = with_variable(study, f"v{number}", values)
    done = ran(study)
    assert "people answered" in said(done, "score")
    row = row_of(done)
    assert row["status"] == "estimated" and row["std_error"] > 0
    assert pd.Series(row["ci_high"]).notna().all()


def test_an_interaction_with_an_empty_cell(tmp_path: Path) -> None:
    one = ["a" if i < 40 else "b" for i in range(80)]
    other = ["c" if i < 40 else "d" for i in range(80)]  # nobody is a and d
    study = with_variable(with_variable(imputed_study(tmp_path), "one", one), "other", other)
    study.config["missing_data"]["imputation"]["interactions"] = [["one", "other"]]
    done = ran(study)
    assert row_of(done)["status"] == "estimated"
    assert "repeats other predictors there" in said(done, "other") + said(done, "one:other")


def test_a_category_of_more_answers_than_people_bear_is_not_imputed(tmp_path: Path) -> None:
    words = [f"k{i // 2 % 26}" for i in range(80)]
    study = with_variable(imputed_study(tmp_path), "kind", ["", *words[1:]])
    study.config["models"]["did"]["covariates"] = ["kind"]
    study.config["models"]["did"]["covariance"] = "HC2"
    done = ran(study)
    assert "categories among" in said(done, "kind") and "declare fewer" in said(done, "kind")
    assert imputed(done)["value"].notna().all()
    assert "1 unit without a value of kind left out" in row_of(done)["warnings"]


def lines(tmp_path: Path, **imputation: Any) -> list[str]:
    return imputed_study(tmp_path, **imputation).lines()


def test_mistakes_of_the_section_are_named_all_at_once(tmp_path: Path) -> None:
    study = imputed_study(
        tmp_path,
        sets=1,
        most=1,
        items=["score"],
        auxiliaries=["age", "age"],
        interactions=[["age"], ["score", "lonely"]],
    )
    found = study.lines()
    place = "config.yaml: missing_data.imputation"
    assert found == [
        f"{place}.sets: one imputed set shows nothing of how uncertain imputed answers are; write"
        " 20 or more",
        f"{place}.auxiliaries: 'age' stands twice; remove one",
        f"{place}.items: 'score' is no instrument's score: it has no items; leave it out",
        f"{place}.interactions.0: a product needs two names at least, [age, wellbeing]",
        f"{place}.interactions.1: 'lonely' is in no imputed model and no auxiliary; add it to"
        " auxiliaries",
    ]


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"sets": 0}, "sets: 0 imputed sets hold no answers; write 20 or more"),
        ({"sets": -3}, "sets: -3 imputed sets hold no answers; write 20 or more"),
        ({"most": 0}, "most: 0 is less than sets (5); write as many at least"),
        ({"interactions": [[]]}, "interactions.0: a product needs two names at least,"
         " [age, wellbeing]"),
        ({"auxiliaries": ["age", "alone"],
          "interactions": [["age", "alone"], ["score", "age"], ["alone", "age"]]},
         "interactions.2: the same product as interactions.0; remove one of them"),
    ],
)  # fmt: skip
def test_each_bad_setting_is_one_line(tmp_path: Path, settings: dict[str, Any], line: str) -> None:
    assert lines(tmp_path, **settings) == [f"config.yaml: missing_data.imputation.{line}"]


def test_names_are_looked_up_and_the_nearest_is_told(tmp_path: Path) -> None:
    found = lines(tmp_path, auxiliaries=["agee"], items=["lonly"], interactions=[["age", "scor"]])
    assert [line.split(" (declared")[0] for line in found] == [
        "config.yaml: missing_data.imputation.items: no outcome is called 'lonly'; did you mean"
        " 'lonely'?",
        "config.yaml: missing_data.imputation.auxiliaries: no covariate or outcome is called"
        " 'agee'; did you mean 'age'?",
        "config.yaml: missing_data.imputation.interactions: no covariate or outcome is called"
        " 'scor'; did you mean 'score'?",
    ]


def test_a_word_that_is_no_way_of_dealing_with_gaps(tmp_path: Path) -> None:
    study = imputed_study(tmp_path)
    study.config["models"]["did"]["missing_data"] = "impute"
    (line,) = study.lines()
    assert line.startswith("config.yaml: models.did.missing_data: ") and "'imputed'" in line


def with_estimand(tmp_path: Path, **events: Any) -> list[str]:
    study = imputed_study(tmp_path, events=True)
    study.config["estimands"] = {"end": estimand(**events)}
    study.config["models"]["did"]["estimand"] = "end"
    return study.lines()


def test_strategies_that_imputation_cannot_follow(tmp_path: Path) -> None:
    at = "config.yaml: estimands.end.intercurrent_events"
    assert with_estimand(tmp_path, died={"strategy": "composite"}) == [
        f"{at}.died.value: composite makes the event part of the outcome: declare the value of"
        " score after it, which models.did takes"
    ]
    assert with_estimand(tmp_path, died={"strategy": "principal_stratum"}) == [
        f"{at}.died.strategy: imputation does not tell in whom it would not happen, which"
        " models.did (missing_data: imputed) would need; write another strategy"
    ]
    (line,) = with_estimand(tmp_path, fell={"strategy": "hypothetical", "label": "Fell ill"})
    assert line == (
        "config.yaml: models.did.missing_data: estimands.end deals with 'fell' by hypothetical, and"
        " no entry of events says when it happened; declare events.fell, or write treatment_policy"
        " there"
    )
    (line,) = with_estimand(tmp_path, left={"strategy": "treatment_policy", "value": 1})
    assert line == f"{at}.left.value: goes with strategy: composite alone; remove it"
    assert with_estimand(tmp_path, left={"strategy": "hypothetical"}) == []


def test_two_estimands_of_an_outcome_in_one_model_deal_with_events_alike(tmp_path: Path) -> None:
    study = imputed_study(tmp_path, events=True)
    study.config["estimands"] = {
        "end": estimand(),
        "mid": estimand(left={"strategy": "treatment_policy"})
        | {"label": "Middle", "variable": {"outcome": "score", "time": "mid"}},
    }
    study.config["models"]["did"]["estimand"] = ["end", "mid"]
    assert study.lines() == []  # what is said is what is taken by default
    left = {"left": {"strategy": "hypothetical"}}
    study.config["estimands"]["mid"]["intercurrent_events"] = left
    (line,) = study.lines()
    assert line.startswith(
        "config.yaml: models.did.estimand: 'end' and 'mid' deal with events differently"
    )


def test_respondents_and_the_observed_are_not_imputed(tmp_path: Path) -> None:
    study = imputed_study(tmp_path)
    study.config["models"]["did"]["analysis_set"] = "observed"
    (line,) = study.lines()
    assert line.startswith("config.yaml: models.did.analysis_set: observed leaves out whom")
    study = imputed_study(tmp_path, within="site")
    del study.config["sites"]
    assert any("within: the study declares no sites" in line for line in study.lines())
