"""The step `impute` through a small study: what is imputed, handled, told; whatever m is."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from cesp_analysis import contracts
from cesp_analysis.cli import main
from cesp_analysis.missing import impute as impute_module
from cesp_analysis.missing import reference_rows
from cesp_analysis.missing.tables import (
    ImputationSets,
    ImputedCovariates,
    SensitivityTable,
    Traces,
)
from cesp_analysis.schemas import Estimates
from cesp_analysis.study.read import read_study
from imputed_study import estimand, handled, imputed, imputed_study, summary, table
from small_study import Ran, Study, impute_command, inside, sensitivity_command


def ran(study: Study) -> Ran:
    done = study.run("published")
    assert (done.status, done.shown) == (0, "")
    return done


def rows(done: Ran, model: str = "did") -> dict[str, dict[str, Any]]:
    path = done.folder / f"results/models/{model}/estimates.csv"
    return {row["estimate_id"]: row for row in contracts.rows(path, Estimates)}


def test_every_gap_is_imputed_once_a_set_and_nothing_else(tmp_path: Path) -> None:
    done = ran(imputed_study(tmp_path))
    panel = done.panel()
    gaps = panel[(panel["outcome"] == "score") & panel["value"].isna()]
    cells = imputed(done)
    assert len(cells) == 5 * len(gaps) > 100
    wanted = sorted(zip(gaps["unit"].astype(str), gaps["time"].astype(str), strict=True))
    for number, own in cells.groupby("set"):
        found = sorted(zip(own["unit"].astype(str), own["time"].astype(str), strict=True))
        assert found == wanted, number
    assert cells.groupby(["unit", "time"], observed=True)["value"].std().min() > 0
    counted = summary(done)
    own = counted[counted["variable"] == "score"]
    assert own["n_imputed"].sum() == own["n_missing"].sum() == len(gaps)
    assert (own["method"] == "norm").all() and own["reason"].isna().all()
    traced = table(done, "data/processed/traces.parquet", Traces)
    assert traced.groupby(["group", "column", "set"], observed=True).size().eq(3).all()


def test_the_pooled_row_holds_everybody_and_says_what_was_imputed(tmp_path: Path) -> None:
    done = ran(imputed_study(tmp_path))
    row, panel = rows(done)["did/score/end"], done.panel()
    blank = panel[(panel["outcome"] == "score") & panel["value"].isna()]["time"].value_counts()
    assert (row["n_obs"], row["missing_data"]) == (80, "multiple imputation, m = 5")
    assert "imputed as missing at random" in row["warnings"]
    told = f"imputed values of Score: {blank['start']} of 80 at Start, {blank['end']} of 80 at End"
    assert told in row["warnings"]
    assert row["ci_low_shock"] < row["ci_low"] < row["estimate"] < row["ci_high"]


def test_a_set_is_the_same_however_many_there_are(tmp_path: Path) -> None:
    few, more = (imputed(ran(imputed_study(tmp_path / str(m), sets=m, most=m))) for m in (3, 7))
    again = more[more["set"] <= 3].reset_index(drop=True)
    pd.testing.assert_frame_equal(few, again)


def test_sets_are_added_until_the_monte_carlo_error_holds(tmp_path: Path) -> None:
    done = ran(imputed_study(tmp_path, sets=4, most=400, monte_carlo=0.1))
    tried = table(done, "results/tables/imputation_sets.csv", ImputationSets)
    last = tried[tried["m"] == tried["m"].max()]
    assert set(last["met"]) == {"yes"} and (last["share"] <= 0.1).all()
    assert set(tried[tried["m"] == 4]["met"]) == {"no"}
    row = rows(done)["did/score/end"]
    assert row["missing_data"] == f"multiple imputation, m = {last['m'].iloc[0]}"
    assert "Monte Carlo" not in row["warnings"]
    alike = ran(imputed_study(tmp_path / "at once", sets=int(last["m"].iloc[0]), most=400,
                              monte_carlo=0.1))  # fmt: skip
    assert rows(alike)["did/score/end"]["estimate"] == row["estimate"]


def test_where_the_most_sets_are_too_few_it_is_said(tmp_path: Path) -> None:
    done = ran(imputed_study(tmp_path, monte_carlo=0.01))
    tried = table(done, "results/tables/imputation_sets.csv", ImputationSets)
    assert set(tried["m"]) == {5} and set(tried["met"]) == {"no"}
    assert tried["reason"].str.contains("imputation.most").all()
    assert "raise missing_data.imputation.most" in rows(done)["did/score/end"]["warnings"]


def test_items_are_imputed_and_scored_afterwards(tmp_path: Path) -> None:
    """A total of three items of 1 to 3 is whole, and never below what was answered."""
    study = imputed_study(tmp_path, items=["lonely"])
    study.config["models"]["did"]["outcomes"] = ["score", "lonely"]
    done = ran(study)
    cells = imputed(done)
    own = cells[cells["outcome"] == "lonely"]
    assert own["value"].isin(range(3, 10)).all()
    told = summary(done)
    scored = told[(told["variable"] == "lonely") & told["item"].isna()]
    assert (scored["method"] == "scored").all()
    assert (scored["n_imputed"] == scored["n_missing"]).all()
    items = told[(told["variable"] == "lonely") & told["item"].notna()]
    assert set(items["method"]) == {"ordered"} and len(items) == 2 * 3 * 3
    answered = done.records("start").set_index("unit")
    items_of = ["ucla3.1", "ucla3.2", "ucla3.3"]
    partly = answered[answered[items_of].isna().sum(axis=1) == 1]
    assert len(partly) > 3
    start = own[own["time"] == "start"].astype({"unit": str})
    for unit, given in partly[items_of].sum(axis=1).items():
        values = start.loc[start["unit"] == unit, "value"]
        assert values.between(given + 1, given + 3).all() and len(values) == 5


def test_covariates_are_imputed_of_two_categories_and_of_numbers(tmp_path: Path) -> None:
    study = imputed_study(tmp_path)
    people = str(study.files["people.csv"])
    study.files["people.csv"] = people.replace("P001,North,n1,", "P001,North,n1,x")  # no age
    study.config["models"]["did"]["covariates"] = ["age", "alone"]
    done = ran(study)
    cells = table(done, "data/processed/imputed_covariates.parquet", ImputedCovariates)
    alone = cells[cells["covariate"] == "alone"]
    blank = done.panel().drop_duplicates("unit")["alone"].isna().sum()
    assert len(alone) == 5 * blank > 0 and set(alone["category"]) <= {"yes", "no"}
    age = cells[cells["covariate"] == "age"]
    assert set(age["unit"]) == {"P001"} and age["value"].nunique() == 5
    row = rows(done)["did/score/end"]
    assert row["n_obs"] == 80
    assert "imputed values of Age: 1" in row["warnings"]


def test_items_are_predicted_by_their_own_score_at_other_times_and_by_one_another(
    tmp_path: Path,
) -> None:
    """Also where few people leave no room for all: other models' outcomes come after."""
    study = imputed_study(tmp_path, missing=0.1, people=60, items=["lonely"])
    study.config["models"]["did"]["outcomes"] = ["score", "happy", "lonely"]
    found = summary(ran(study))
    own = found[(found["variable"] == "lonely") & (found["time"] == "end")]
    own = own[own["item"].notna() & (own["n_missing"] > 0)]
    assert len(own) >= 3
    for row in own.to_dict("records"):
        said = set(row["predictors"].split(" | "))
        others = {f"lonely@end.{item}" for item in (1, 2, 3)} - {f"lonely@end.{row['item']}"}
        assert {"lonely@start", "lonely@mid", *others} <= said, row["item"]


def test_what_was_imputed_counts_the_people_of_the_row_alone(tmp_path: Path) -> None:
    """A covariate of too many categories is not imputed: who lacks it does not enter."""
    study = imputed_study(tmp_path)
    head, *lines = str(study.files["people.csv"]).splitlines()
    cells = [line.split(",") for line in lines]
    for i, own in enumerate(cells):
        own[4] = own[4] and f"k{i // 2 % 26}"
    study.files["people.csv"] = "\n".join([head, *map(",".join, cells)]) + "\n"
    answers = {"type": "category", "values": [f"k{i}" for i in range(26)]}
    study.config["files"]["people"]["variables"]["alone"] = answers
    study.config["covariates"]["alone"]["reference"] = "k0"
    study.config["models"]["did"]["covariates"] = ["alone"]
    study.config["missing_data"]["sensitivity"] = {}
    done = ran(study)
    panel = done.panel()
    own = panel[(panel["outcome"] == "score") & panel["alone"].notna()]
    people, blank = own["unit"].nunique(), own[own["value"].isna()]
    at = blank["time"].value_counts()
    row = rows(done)["did/score/end"]
    assert row["n_units"] == people < 80
    told = f"{at['start']} of {people} at Start, {at['end']} of {people} at End"
    assert f"imputed values of Score: {told}" in row["warnings"]
    with inside(done.folder):
        assert main(sensitivity_command(read_study())) == 0
    pushed = table(done, "results/tables/sensitivity.csv", SensitivityTable)
    pushed = pushed[pushed["estimate_id"] == "did/score/end"].set_index("assumption")
    either = blank[blank["time"].isin(["start", "end"])]["unit"].nunique()
    assert pushed.loc["missing_at_random", "n_imputed"] == either
    assert pushed.loc["complete_records", "n_units"] == people - either


def test_a_yes_or_no_is_imputed_as_one(tmp_path: Path) -> None:
    study = imputed_study(tmp_path, auxiliaries=["happy"])
    study.config["models"]["did"]["outcomes"] = ["score", "happy"]
    done = ran(study)
    cells = imputed(done)
    assert set(cells[cells["outcome"] == "happy"]["value"]) == {0.0, 1.0}
    told = summary(done)
    assert set(told[told["variable"] == "happy"]["method"]) == {"logistic"}


def test_two_level_where_the_model_has_clusters(tmp_path: Path) -> None:
    study = imputed_study(tmp_path, auxiliaries=["lonely"])
    study.config["models"]["did"] |= {"covariance": "CR2", "cluster": "neighbourhood"}
    told = summary(ran(study))
    assert set(told[told["variable"] == "score"]["method"]) == {"two_level"}
    assert set(told[told["variable"] == "lonely"]["method"]) == {"norm"}


def test_interactions_stand_in_the_equations(tmp_path: Path) -> None:
    done = ran(imputed_study(tmp_path, auxiliaries=["age"], interactions=[["age", "score"]]))
    told = summary(done)
    own = told[(told["variable"] == "score") & (told["time"] == "end")]
    assert own["predictors"].str.contains("age:score@start", regex=False).all()
    assert not own["predictors"].str.contains("age:score@end", regex=False).any()


def with_strategies(tmp_path: Path, **events: Any) -> Study:
    study = imputed_study(tmp_path, events=True)
    study.config["estimands"] = {"end": estimand(**events)}
    study.config["models"]["did"]["estimand"] = "end"
    return study


def test_answers_after_a_hypothetical_event_are_set_aside_and_imputed(tmp_path: Path) -> None:
    """P003 left before the middle, where an answer of theirs stands."""
    study = with_strategies(tmp_path, left={"strategy": "hypothetical"})
    done = ran(study)
    changed = handled(done)
    own = changed[changed["unit"] == "P003"]
    assert list(own["time"]) == ["mid", "end"]
    assert own["value"].isna().all() and own["answered"].notna().all()
    cells = imputed(done)
    assert set(cells[cells["unit"] == "P003"]["time"]) >= {"mid", "end"}
    row = rows(done)["did/score/end"]
    assert row["n_obs"] == 78  # the dead
    assert "Left: answers after it are set aside and imputed" in row["warnings"]


def test_nothing_is_imputed_after_a_death_and_composite_takes_its_value(tmp_path: Path) -> None:
    alive = ran(with_strategies(tmp_path / "a", died={"strategy": "while_on_treatment"}))
    cells = imputed(alive)
    assert not ((cells["unit"].isin(["P005", "P006"])) & (cells["time"] == "end")).any()
    assert rows(alive)["did/score/end"]["n_obs"] == 78
    told = summary(alive)
    own = told[(told["variable"] == "score") & (told["time"] == "end")]
    assert own["n_not_there"].sum() == 2
    composite = ran(with_strategies(tmp_path / "b", died={"strategy": "composite", "value": 1}))
    assert rows(composite)["did/score/end"]["n_obs"] == 80
    changed = handled(composite)
    assert set(changed["value"]) == {1.0} and set(changed["unit"]) == {"P005", "P006"}
    row = rows(composite)["did/score/end"]
    assert "Died: after it the outcome is 1 (composite)" in row["warnings"]


def test_an_outcome_that_is_not_asked_at_each_time(tmp_path: Path) -> None:
    """The dead of the last time are no matter of an outcome that is not asked then."""
    study = imputed_study(tmp_path, events=True)
    study.config["outcomes"]["happy"]["times"] = ["start", "mid"]
    study.config["models"]["did"]["outcomes"] = ["score", "happy"]
    done = ran(study)
    assert set(imputed(done).query("outcome == 'happy'")["time"]) == {"start", "mid"}
    assert set(handled(done)["outcome"]) == {"score"}
    assert rows(done)["did/happy/mid"]["n_obs"] == 80


def test_models_that_deal_with_events_alike_share_their_sets(tmp_path: Path) -> None:
    study = with_strategies(tmp_path, left={"strategy": "hypothetical"})
    did = study.config["models"]["did"]
    study.config["models"]["other"] = did | {"covariance": "classical"}
    study.config["models"]["usual"] = did | {"estimand": None}
    done = ran(study)
    assert set(imputed(done)["handling"]) == {"left_hypothetical", "while_alive"}
    one, other, usual = (rows(done, m) for m in ("did", "other", "usual"))
    assert one["did/score/end"]["estimate"] == other["other/score/end"]["estimate"]
    assert one["did/score/end"]["estimate"] != usual["usual/score/end"]["estimate"]


def test_with_nothing_missing_the_sets_are_empty_and_the_row_says_so(tmp_path: Path) -> None:
    study = imputed_study(tmp_path, missing=0.0)
    study.config["models"]["plain"] = {"kind": "did", "design": "change", "outcomes": ["score"]}
    done = ran(study)
    row, plain = rows(done)["did/score/end"], rows(done, "plain")["plain/score/end"]
    assert (row["estimate"], row["std_error"]) == (plain["estimate"], plain["std_error"])
    assert row["df"] == approx((plain["df"] + 1) / (plain["df"] + 3) * plain["df"], rel=1e-12)
    assert "no answer that it uses was missing" in row["warnings"]
    assert len(imputed(done)) == 0


def test_other_random_numbers_are_other_sets(tmp_path: Path) -> None:
    one = ran(imputed_study(tmp_path / "a"))
    study = imputed_study(tmp_path / "b")
    study.config["study"] = study.config["study"] | {"seed": 2}
    assert not np.allclose(imputed(one)["value"], imputed(ran(study))["value"])


def test_steps_and_handlings_have_random_numbers_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No set of the step `impute` shares a stream with another handling's, nor with draws of the
    step `sensitivity`, whose outcomes have their own too."""
    study = imputed_study(tmp_path, events=True)
    study.config["estimands"] = {"end": estimand(left={"strategy": "hypothetical"})}
    study.config["outcomes"]["lonely"] |= {"type": "continuous", "role": "primary"}
    plain = study.config["models"]["did"]
    study.config["models"] = {
        "did": plain | {"outcomes": ["score", "lonely"]},
        "other": plain | {"outcomes": ["score"], "estimand": "end"},
    }
    study.config["missing_data"]["sensitivity"] = {"points": 5}
    ran(study)
    seeds: list[int] = []

    def spied(module: Any, name: str, place: int) -> None:
        own = getattr(module, name)

        def told(*given: Any, **more: Any) -> Any:
            seeds.append(given[place])
            return own(*given, **more)

        monkeypatch.setattr(module, name, told)

    spied(impute_module, "engine", 3)
    spied(reference_rows, "draws", 3)
    with inside(tmp_path):
        read = read_study()
        assert main(impute_command(read)) == 0 and len(set(seeds)) == 2
        assert main(sensitivity_command(read)) == 0 and len(set(seeds)) == 5
    assert read.study.seed not in seeds


@pytest.mark.parametrize("kind", ["mixed", "mmrm", "ancova", "glm", "ordinal", "weighted_did"])
def test_every_kind_is_imputed_by_one_word(tmp_path: Path, kind: str) -> None:
    settings: dict[str, dict[str, Any]] = {
        "mixed": {"random": ["person"]},
        "glm": {"family": "binomial", "design": "panel", "outcomes": ["happy"]},
        "ordinal": {"design": "panel", "at_least": [6], "outcomes": ["lonely"]},
        "weighted_did": {"design": "change", "method": "entropy", "covariates": ["age"]},
    }
    study = imputed_study(tmp_path, items=["lonely"] if kind == "ordinal" else [])
    study.config["models"] = {
        "m": {"kind": kind, "outcomes": ["score"], "missing_data": "imputed"}
        | settings.get(kind, {})
    }
    found = rows(ran(study), "m")
    assert {row["status"] for row in found.values()} == {"estimated"}
    assert {row["missing_data"] for row in found.values()} == {"multiple imputation, m = 5"}
    assert max(row["n_units"] for row in found.values()) == 80
