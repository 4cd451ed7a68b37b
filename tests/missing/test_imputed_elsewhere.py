"""Imputed rows in what is made of estimates: the ladder, the curve, the plan, fmi, show, export."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cesp_analysis import contracts
from cesp_analysis.analysis_plan import specs as plan_specs
from cesp_analysis.analysis_plan.canonical import plan_of
from cesp_analysis.analysis_plan.content import content_of
from cesp_analysis.analysis_plan.tables import SpecificationCurve
from cesp_analysis.cli import main
from cesp_analysis.few_sites.tables import Ladder
from cesp_analysis.missing import specs as missing_specs
from cesp_analysis.missing.tables import Fmi
from cesp_analysis.models.tables import Influence, Residuals
from cesp_analysis.numbers import fixed
from cesp_analysis.report.sections.residuals import _estimates, equations
from cesp_analysis.schemas import Estimates
from cesp_analysis.study import specs
from cesp_analysis.study.read import read_study
from cesp_analysis.whole_files import read_json
from imputed_study import estimand, imputed_study
from small_study import Study, inside

DONE, TABLES, MODELS = "data/processed", "results/tables", "results/models"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A study with an imputed model and its twin, run up to the fits, and in a curve."""
    made = imputed_study(tmp_path_factory.mktemp("imputed"))
    made.config["models"]["plain"] = {"kind": "did", "design": "change", "outcomes": ["score"]}
    made.config["analysis_plan"] = {
        "specification_curve": {
            "outcomes": ["score"],
            "times": ["end"],
            "models": ["did", "plain"],
            "covariates": {"none": [], "age": ["age"]},
        }
    }
    done = made.run("published")
    assert (done.status, done.shown) == (0, "")
    return made


def row_of(study: Study, model: str) -> dict[str, Any]:
    path = study.folder / f"{MODELS}/{model}/estimates.csv"
    return {row["time"]: row for row in contracts.rows(path, Estimates)}["end"]


def test_the_ladder_has_the_shocks_of_an_imputed_row_and_no_clusters(study: Study) -> None:
    with inside(study.folder):
        panel = f"{DONE}/panel.parquet"
        command = ["ladder", "--spec", specs.ladder(read_study()), "--panel", panel]
        command += ["--estimates", f"{MODELS}/did/estimates.csv", "--out", f"{TABLES}/ladder.csv"]
        command += ["--curves", f"{TABLES}/shock_curve.csv", "--bracket", f"{TABLES}/bracket.csv"]
        assert main([*command, "--identities", f"{TABLES}/identities.csv"]) == 0
    table = contracts.rows(study.folder / f"{TABLES}/ladder.csv", Ladder)
    rungs = {row["rung"]: row for row in table if row["time"] == "end"}
    row = row_of(study, "did")
    assert rungs["sampling"]["estimate"] == row["estimate"]
    assert rungs["shock_mixture"]["ci_low"] == row["ci_low_shock"]
    assert rungs["clusters"]["status"] == "not_available"
    assert "not pooled over imputed sets" in rungs["clusters"]["reason"]


def test_the_curve_pools_its_imputed_ways(study: Study) -> None:
    with inside(study.folder):
        command = ["specification_curve", "--spec", plan_specs.curve(read_study())]
        command += ["--panel", f"{DONE}/panel.parquet", "--imputed", *missing_specs.SETS]
        assert main([*command, "--out", f"{TABLES}/curve.csv"]) == 0
    rows = contracts.rows(study.folder / f"{TABLES}/curve.csv", SpecificationCurve)
    ways = {row["specification"]: row for row in rows}
    assert ways["did/none/own/score/end"]["estimate"] == row_of(study, "did")["estimate"]
    assert ways["plain/none/own/score/end"]["estimate"] == row_of(study, "plain")["estimate"]
    assert {ways[f"did/{c}/own/score/end"]["n_units"] for c in ("none", "age")} == {80}


def test_fmi_and_show(study: Study, capsys: pytest.CaptureFixture[str]) -> None:
    with inside(study.folder):
        known = f"{MODELS}/did/diagnostics.json"
        assert main(["fmi", "--diagnostics", known, "--out", f"{TABLES}/fmi.csv"]) == 0
        assert main(["show", "did"]) == 0
    shown = capsys.readouterr().out
    assert "pooled over 5 imputed sets" in shown and "imputed values of Score" in shown
    rows = list(contracts.rows(study.folder / f"{TABLES}/fmi.csv", Fmi))
    assert [row["estimate_id"] for row in rows] == ["did/score/mid", "did/score/end"]
    for row in rows:
        assert 0 < row["fraction"] < row["fmi"] < 1
        total = row["within"] + 1.2 * row["between"]
        assert total**0.5 == pytest.approx(
            {"mid": None, "end": row_of(study, "did")["std_error"]}[row["time"]] or total**0.5
        )


def test_residuals_are_of_the_records_and_say_so(study: Study) -> None:
    at = study.folder / f"{DONE}/models"
    own, plain = (contracts.read(at / name / "residuals.parquet", Residuals) for name in
                  ("did", "plain"))  # fmt: skip
    assert len(own) == len(plain) and (own["residual"] == plain["residual"]).all()
    known = read_json(study.folder / f"{MODELS}/did/diagnostics.json")
    said = known["did"]["score"]["end"]["residuals"]["records"]
    assert said == "the records that were answered, before anything was imputed"


def test_without_single_units_is_the_estimate_of_the_same_records(study: Study) -> None:
    """The pooled estimate plus what a unit changes of another one was no estimate of anything."""
    at = study.folder / f"{DONE}/models"
    own, plain = (contracts.read(at / name / "influence.parquet", Influence) for name in
                  ("did", "plain"))  # fmt: skip
    for column in ("change", "estimate", "std_error"):
        assert own[column].to_numpy() == pytest.approx(plain[column].to_numpy(), rel=1e-12)
    pooled = row_of(study, "did")["estimate"]
    assert own.loc[own["estimate_id"].astype("str") == "did/score/end", "estimate"].iloc[
        0
    ] != pytest.approx(pooled, rel=1e-6)
    ((outcome, time, known),) = (
        one
        for one in equations(read_json(
            study.folder / f"{MODELS}/did/diagnostics.json")["did"])
        if one[1] == "end"
    )  # fmt: skip
    alone = row_of(study, "plain")["estimate"]
    assert (outcome, time) == ("score", "end")
    assert known["estimate"] == pytest.approx(alone, rel=1e-12)
    shown, *ranges = _estimates(known, ["person"], {"did/score/end": pooled}, 2)
    assert shown == fixed(alone, 2) != fixed(pooled, 2)
    low = known["without_one_person"]["smallest_change"]
    assert ranges[0].startswith(fixed(alone + low, 2))


def test_an_export_holds_every_set_and_the_pooled_rows(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    with inside(study.folder):
        assert main(["export", "did", "out"]) == 0
    assert capsys.readouterr().out == "out: the rows of did; README.md there describes the files\n"
    rows = pd.read_csv(study.folder / "out/rows.csv")
    end = rows[rows["equation"] == "score/end"]
    assert (end.groupby("set").size() == 80).all() and set(end["set"]) == {1, 2, 3, 4, 5}
    ours = pd.read_csv(study.folder / "out/estimates.csv").set_index("estimate_id")
    row = row_of(study, "did")
    for name in ("estimate", "std_error", "df", "ci_low", "ci_high"):
        assert ours.loc["did/score/end", name] == pytest.approx(row[name], rel=1e-12)
    readme = (study.folder / "out/README.md").read_text(encoding="utf-8")
    assert "in each of 5 imputed sets" in readme and "never to all rows at once" in readme


def content(study: Study, model: str) -> str | None:
    study.write()
    return content_of(plan_of(read_study(study.folder), study.folder), model, "score")


def test_the_plan_holds_what_decides_on_imputed_numbers_and_on_no_others(tmp_path: Path) -> None:
    def made(**imputation: Any) -> Study:
        study = imputed_study(tmp_path, events=True, auxiliaries=["lonely"], **imputation)
        study.config["models"]["plain"] = {"kind": "did", "design": "change", "outcomes": ["score"]}
        study.config["estimands"] = {"end": estimand()}
        study.config["models"]["did"]["estimand"] = "end"
        return study

    first = made()
    imputed, plain = content(first, "did"), content(first, "plain")
    others = {
        "iterations": made(iterations=4),
        "more sets": made(sets=6, most=9),
    }
    others["strategy"] = made()
    others["strategy"].config["estimands"]["end"] = estimand(left={"strategy": "hypothetical"})
    others["auxiliary"] = made()
    others["auxiliary"].config["outcomes"]["lonely"]["times"] = ["start", "end"]
    for name, study in others.items():
        assert content(study, "did") != imputed, name
        assert content(study, "plain") == plain, name
    same = made()
    same.config["missing_data"]["imputation"]["within"] = "arm"  # the default, written out
    same.config["outcomes"]["lonely"]["label"] = "Otherwise called"
    assert content(same, "did") == imputed


def test_a_model_that_is_not_imputed_has_no_part_in_it(tmp_path: Path) -> None:
    study = imputed_study(tmp_path)
    study.config["models"]["did"].pop("missing_data")
    study.write()
    plan = plan_of(read_study(tmp_path), tmp_path)
    assert "missing_data" not in plan["design"] and "imputation" not in plan["defaults"]


def test_a_new_label_of_a_model_imputes_nothing_anew(tmp_path: Path) -> None:
    study = imputed_study(tmp_path)
    study.write()
    before = missing_specs.impute(read_study(tmp_path))
    study.config["models"]["did"]["label"] = "Another name"
    study.write()
    assert missing_specs.impute(read_study(tmp_path)) == before
    study.config["models"]["did"]["covariates"] = ["age"]
    study.write()
    assert missing_specs.impute(read_study(tmp_path)) != before
