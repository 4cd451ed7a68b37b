"""An imputed model leaves with all its sets, and R fits each of them and pools the same."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.export.export import write_export
from cesp_analysis.missing.sets import Completing, Sets, Values
from in_r import NEEDS_R, run_r
from pushed_panel import CASES, gapped, imputed_model, sets_of

MIXED: dict[str, Any] = {"kind": "mixed", "random": ["person"]}
GLM: dict[str, Any] = {"kind": "glm", "family": "gamma", "design": "panel", "cluster": "person"}
MODELS: dict[str, dict[str, Any]] = {
    **{name: CASES[name] for name in ("Welch", "covariate and clusters", "ANCOVA, clusters")},
    "person effects": CASES["person effects"],
    "mixed": MIXED,
    "mixed, SAS": MIXED | {"information": "observed"},
    "mixed, by time": MIXED | {"residual": "by_time"},
    "mmrm": {"kind": "mmrm"},
    "glm": GLM,
    "glm, ratio": GLM | {"ratio": True, "covariates": ["age"]},
    "entropy": {
        "kind": "weighted_did", "design": "change", "method": "entropy", "covariates": ["age"],
    },
    "doubly robust": {"kind": "dr_did", "design": "change", "covariates": ["age"]},
}  # fmt: skip


def panel_with(ages: bool) -> pd.DataFrame:
    """Gaps in the outcome; ages: and in a covariate."""
    panel = gapped()
    gone = panel["unit"].isin(["p001", "p006", "p011", "p020"])
    return panel.assign(age=panel["age"].mask(gone)) if ages else panel


def exported(folder: Path, name: str) -> Path:
    settings = MODELS[name]
    ages = "age" in settings.get("covariates", ())
    panel = panel_with(ages)
    out = folder / "of sets"
    write_export(imputed_model(**settings), panel, out, sets_of(panel, m=4, ages=ages))
    return out


@NEEDS_R
@pytest.mark.parametrize("name", list(MODELS))
def test_r_pools_the_same(tmp_path: Path, name: str) -> None:
    folder = exported(tmp_path, name)
    done = run_r(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    made = pd.read_csv(folder / "estimates.csv")
    assert set(made["status"]) == {"estimated"}
    assert f"{len(made)} of {len(made)} estimates agree" in done.stdout


@NEEDS_R
def test_an_answer_of_one_set_that_was_changed_ends_the_script(tmp_path: Path) -> None:
    folder = exported(tmp_path, "Welch")
    rows = pd.read_csv(folder / "rows.csv")
    rows.loc[rows.index[rows["set"] == 3][0], "y"] += 1
    rows.to_csv(folder / "rows.csv", index=False)
    done = run_r(folder)
    assert done.returncode == 1 and "1 of 2 estimates agree" in done.stdout


@NEEDS_R
def test_a_set_that_was_lost_ends_the_script(tmp_path: Path) -> None:
    folder = exported(tmp_path, "Welch")
    rows = pd.read_csv(folder / "rows.csv")
    rows[rows["set"] != 2].to_csv(folder / "rows.csv", index=False)
    assert run_r(folder).returncode == 1


def test_the_rows_are_those_of_each_set(tmp_path: Path) -> None:
    panel, spec = panel_with(ages=False), imputed_model(**MODELS["mixed"])
    sets = sets_of(panel, m=4)
    write_export(spec, panel, tmp_path / "out", sets)
    rows = pd.read_csv(tmp_path / "out/rows.csv")
    assert next(iter(rows)) == "set"
    ready = Completing.of(panel, spec, sets)
    for number in range(4):
        own = rows[rows["set"] == number + 1]
        made = ready.panel(number)
        assert own["y"].to_numpy() == pytest.approx(made["value"].to_numpy(), abs=0)
    stata = pd.read_stata(tmp_path / "out/rows.dta")
    assert list(stata["set"]) == list(rows["set"])


def test_one_loop_fits_all_sets(tmp_path: Path) -> None:
    script = (exported(tmp_path, "Welch") / "check.R").read_text(encoding="utf-8")
    assert script.count("for (set in 1:4)") == 2  # an equation each
    assert "found <- pooled(found, 4)" in script


def test_what_no_set_can_estimate_leaves_with_its_reason(tmp_path: Path) -> None:
    """Nobody of one site answered at the end, and nothing is imputed there."""
    panel = panel_with(ages=False)
    number = panel["unit"].astype(str).str[1:].astype(int)
    nobody = (panel["time"].astype(str) == "t2") & (number % 2 == 0)
    panel["value"] = panel["value"].mask(nobody)
    made = sets_of(panel, m=3)
    cells = made.outcomes["all", "y"]
    lost = set(panel.loc[nobody, "unit"].astype(str))
    kept = np.array(
        [at != "t2" or one not in lost for one, at in zip(cells.units, cells.times, strict=True)]
    )
    own = Values(cells.units[kept], cells.times[kept], cells.values[:, kept])
    sets = Sets(3, {("all", "y"): own}, {}, {})
    (told,) = write_export(imputed_model(**CASES["Welch"]), panel, tmp_path / "out", sets)
    table = pd.read_csv(tmp_path / "out/estimates.csv")
    assert list(table["status"]) == ["estimated", "not_estimable"]
    assert told.startswith("no rows of m/y/t2, which the model has no estimate of: ")
