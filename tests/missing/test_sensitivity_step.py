"""The step `sensitivity` on a study of its own: every row is there, and none without a number."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cesp_analysis import contracts
from cesp_analysis.cli import main
from cesp_analysis.missing.sensitivity_spec import beside, models_of, nothing_to_draw
from cesp_analysis.missing.tables import SensitivityTable, Tipping, TippingPoints
from cesp_analysis.study.read import read_study
from imputed_study import imputed_study
from small_study import Study, inside, sensitivity_command

IMPUTED: dict[str, Any] = {"missing_data": "imputed"}
LOWER = {
    "label": "Who left is worse",
    "shifts": [{"event": "left", "worse": 1, "unit": "sd"}, {"event": "no_event", "worse": 0.2}],
}


def pushed_study(folder: Path) -> Study:
    study = imputed_study(folder, events=True)
    study.config["models"] = {
        "did": {"kind": "did", "design": "change", "outcomes": ["score", "happy"]} | IMPUTED,
        "yes": {"kind": "did", "design": "change", "outcomes": ["happy"]} | IMPUTED,
        "ancova": {
            "kind": "ancova", "covariance": "CR2", "cluster": "neighbourhood",
            "covariates": ["alone"], "outcomes": ["score"],
        } | IMPUTED,
        "equal": {"kind": "mmrm", "outcomes": ["score"], "baseline": "covariate"},
        "likely": {"kind": "mmrm", "outcomes": ["score"]},
        "logit": {"kind": "glm", "family": "binomial", "design": "panel", "outcomes": ["happy"]}
        | IMPUTED,
    }  # fmt: skip
    study.config["missing_data"]["sensitivity"] = {"points": 5, "patterns": {"lower": LOWER}}
    return study


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pushed")
    ran = pushed_study(folder).run(until="published")
    assert (ran.status, ran.shown) == (0, "")
    with inside(folder):
        assert main(sensitivity_command(read_study())) == 0
    return folder


def table(folder: Path, name: str, contract: Any) -> pd.DataFrame:
    return contracts.read(folder / f"results/tables/{name}.csv", contract)


def test_every_assumption_is_there_once_an_estimate(made: Path) -> None:
    rows = table(made, "sensitivity", SensitivityTable)
    assert set(rows["estimate_id"]) == {
        "did/score/mid", "did/score/end", "ancova/score/mid", "ancova/score/end",
        "yes/happy/mid", "yes/happy/end",
    }  # fmt: skip
    own = rows[rows["estimate_id"] == "did/score/end"]
    counts = own["assumption"].value_counts().to_dict()
    assert counts == {
        "complete_records": 1, "missing_at_random": 1, "likelihood": 1, "at_random_alone": 2,
        "jump_to_reference": 2, "copy_increments": 2, "copy_reference": 2, "delta": 3, "pattern": 1,
    }  # fmt: skip
    assert (rows.loc[rows["assumption"] == "extreme", "outcome"] == "happy").all()
    assert (rows["assumption"] == "extreme").sum() == 8
    assert (rows["descriptive"] == "yes").sum() == 6
    assert set(rows.loc[rows["descriptive"] == "yes", "assumption"]) == {"complete_records"}
    assert rows["sentence"].str.endswith(".").all()


def test_a_row_has_all_numbers_or_a_reason(made: Path) -> None:
    rows = table(made, "sensitivity", SensitivityTable)
    numbers = ["estimate", "std_error", "df", "ci_low", "ci_high"]
    there = rows["status"] == "estimated"
    assert rows.loc[there, numbers].notna().all().all() and rows.loc[there, "reason"].isna().all()
    assert rows.loc[~there, numbers].isna().all().all() and rows.loc[~there, "reason"].notna().all()
    assert (rows.loc[~there, "outcome"] == "happy").all()  # profiles are of answers on a scale


def test_missing_at_random_is_the_row_of_the_model(made: Path) -> None:
    from cesp_analysis.schemas import Estimates

    rows = table(made, "sensitivity", SensitivityTable)
    own = rows[rows["assumption"] == "missing_at_random"].set_index("estimate_id")
    for model in ("did", "ancova", "yes"):
        path = made / f"results/models/{model}/estimates.csv"
        for row in contracts.rows(path, Estimates):
            if row["estimate_id"] in own.index:
                found = own.loc[row["estimate_id"]]
                for name in ("estimate", "std_error", "df", "ci_low", "ci_high", "n_units"):
                    assert found[name] == pytest.approx(row[name], rel=1e-9), name


def test_the_map_holds_what_the_rows_say(made: Path) -> None:
    grid, rows = table(made, "tipping", Tipping), table(made, "sensitivity", SensitivityTable)
    assert (grid.groupby("estimate_id").size() == 25).all()
    middle = grid[(grid["shift_intervention"] == 0) & (grid["shift_control"] == 0)]
    own = rows[rows["assumption"] == "missing_at_random"].set_index("estimate_id")
    for row in middle.to_dict("records"):
        assert row["estimate"] == pytest.approx(own.loc[row["estimate_id"], "estimate"], rel=1e-12)
    held = (grid["ci_low"] <= 0) & (grid["ci_high"] >= 0)
    assert (held == (grid["holds_none"] == "yes")).all()
    points = table(made, "tipping_points", TippingPoints)
    assert set(points["along"]) == {"intervention", "control", "both", "opposite"}
    assert set(points["of"]) == {"none"}  # no outcome declares a MID
    known = points["shift_intervention"].notna()
    assert (points["in_sd"].notna() == known).all()


def test_events_tell_groups_apart(made: Path) -> None:
    rows = table(made, "sensitivity", SensitivityTable)
    said = rows.loc[
        (rows["estimate_id"] == "did/score/end") & (rows["assumption"] == "pattern"), "sentence"
    ].iloc[0]
    assert said.startswith("Than imputed: Left (") and "no event before (" in said


def test_rows_by_rubin_say_their_monte_carlo_error(made: Path) -> None:
    rows = table(made, "sensitivity", SensitivityTable)
    drawn = (rows["variance"] == "Rubin") & (rows["status"] == "estimated")
    assert (rows.loc[drawn, "m"] == 5).all() and rows.loc[drawn, "monte_carlo"].notna().all()
    assert rows.loc[~drawn, "monte_carlo"].isna().all()
    share = rows["monte_carlo"] / rows["std_error"]
    warned = rows["warnings"].fillna("").str.contains("Monte Carlo error")
    assert (warned == (share > 0.05)).all() and warned.any()


def without_south(folder: Path, time: str) -> Study:
    """Nobody of South answered at a time."""
    study = pushed_study(folder)
    study.config["models"] = {
        "did": {"kind": "did", "design": "change", "outcomes": ["score"]} | IMPUTED,
    }
    lines = str(study.files[f"{time}.csv"]).splitlines(keepends=True)
    north = [line for line in lines[1:] if int(line[1:4]) % 2]
    study.files[f"{time}.csv"] = "".join([lines[0], *north])
    return study


def test_a_study_without_a_start_has_rows_with_reasons_alone(tmp_path: Path) -> None:
    study = without_south(tmp_path, "start")
    ran = study.run(until="published")
    assert (ran.status, ran.shown) == (0, "")
    with inside(tmp_path):
        assert main(sensitivity_command(read_study())) == 0
    rows = table(tmp_path, "sensitivity", SensitivityTable)
    assert set(rows["estimate_id"]) == {"did/score/mid", "did/score/end"}
    assert set(rows["status"]) == {"not_estimable"} and rows["reason"].notna().all()
    assert {"at_random_alone", "delta", "pattern"} <= set(rows["assumption"])


def test_a_time_that_one_site_did_not_answer_keeps_its_rows(tmp_path: Path) -> None:
    """Nobody of South answered in the middle: those rows say so, and the end's stand."""
    study = without_south(tmp_path, "mid")
    ran = study.run(until="published")
    assert (ran.status, ran.shown) == (0, "")
    with inside(tmp_path):
        assert main(sensitivity_command(read_study())) == 0
    rows = table(tmp_path, "sensitivity", SensitivityTable)
    gone, there = (rows[rows["estimate_id"] == f"did/score/{at}"] for at in ("mid", "end"))
    assert len(gone) == len(there) > 10
    assert set(gone["status"]) == {"not_estimable"} and gone["reason"].notna().all()
    assert set(there["status"]) == {"estimated"}
    tips = table(tmp_path, "tipping_points", TippingPoints)
    assert set(tips["estimate_id"]) == {"did/score/end"} and len(tips) == 4
    profiled = there[there["assumption"].isin(["at_random_alone", "jump_to_reference"])]
    assert profiled["sentence"].str.contains("without Middle").all()


def test_the_same_again(made: Path, tmp_path: Path) -> None:
    """Random numbers are of the study's seed alone."""
    before = (made / "results/tables/sensitivity.csv").read_bytes()
    with inside(made):
        command = sensitivity_command(read_study())
        command[command.index("--out") + 1] = str(tmp_path / "again.csv")
        assert main(command) == 0
    assert (tmp_path / "again.csv").read_bytes() == before


def test_which_models_are_pushed(tmp_path: Path) -> None:
    study = pushed_study(tmp_path)
    study.write()
    told = read_study(tmp_path)
    assert models_of(told) == ["did", "yes", "ancova"] and beside(told) == ["equal", "likely"]
    assert nothing_to_draw(told) == []
    study.config["missing_data"]["sensitivity"] |= {"models": ["logit"]}
    study.write()
    assert models_of(read_study(tmp_path)) == ["logit"]
    del study.config["missing_data"]["sensitivity"]
    study.write()
    assert nothing_to_draw(read_study(tmp_path)) == ["assumptions", "tipping"]


def test_a_logit_has_its_extremes_and_says_why_no_shift(tmp_path: Path) -> None:
    """No profile, no shift: those who are lost said yes or no, by site."""
    study = pushed_study(tmp_path)
    study.config["missing_data"]["sensitivity"] = {"models": ["logit"], "references": []}
    ran = study.run(until="published")
    assert (ran.status, ran.shown) == (0, "")
    with inside(tmp_path):
        assert main(sensitivity_command(read_study())) == 0
    rows = table(tmp_path, "sensitivity", SensitivityTable)
    own = rows[rows["estimate_id"] == rows["estimate_id"].iloc[0]]
    assert own["assumption"].tolist() == [
        "complete_records", "missing_at_random", "delta", "delta", "delta", *["extreme"] * 4
    ]  # fmt: skip
    shifted = own[own["assumption"] == "delta"]
    assert (shifted["status"] == "not_estimable").all()
    assert shifted["reason"].str.startswith("the outcome's type is binary").all()
    assert table(tmp_path, "tipping", Tipping).empty
