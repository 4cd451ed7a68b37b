"""A model's rows leave for R and Stata as they were fitted, and R finds what we found."""

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.cli import main
from cesp_analysis.export.export import write_export
from cesp_analysis.export.kinds import R_LINES
from cesp_analysis.export.names import r_text, valid_names
from cesp_analysis.models.kinds import KINDS, read_model
from cesp_analysis.schemas import CELL_NOT_KNOWN
from glm_records import asked, panel_made
from in_r import NEEDS_R, run_r
from small_panel import model, panel_of
from small_study import Study
from survey_records import panel_of as survey_panel
from survey_records import survey_model, survey_rows

CLUSTERED = {"covariance": "CR2", "cluster": "neighbourhood"}
MODELS: dict[str, dict[str, Any]] = {
    "change, Welch": {"kind": "did", "design": "change"},
    "change, adjusted": {"kind": "did", "design": "change", "covariates": ["age"]},
    "change, weighted": {"kind": "did", "design": "change", "weighted": True},
    "classical": {"kind": "did", "design": "change", "covariance": "classical"},
    "cross-sections": {"kind": "did", "design": "cross_sections", **CLUSTERED},
    "unit effects": {"kind": "did", "design": "unit_effects", **CLUSTERED},
    "unit effects, CR1": {
        "kind": "did",
        "design": "unit_effects",
        "covariance": "CR1",
        "cluster": "person",
        "weighted": True,
        "covariates": ["age"],
    },
    "unit effects, average": {
        "kind": "did",
        "design": "unit_effects",
        "average": True,
        **CLUSTERED,
    },
    "mixed": {"kind": "mixed", "random": ["person", "neighbourhood"], "covariates": ["age"]},
    "mixed, ML": {"kind": "mixed", "random": ["person"], "method": "ML"},
    "mixed, SAS": {"kind": "mixed", "random": ["person"], "information": "observed"},
    "mixed, line": {"kind": "mixed", "random": ["person"], "time": "linear"},
    "mixed, Satterthwaite": {"kind": "mixed", "random": ["person"], "df": "satterthwaite"},
    "partially nested": {"kind": "mixed", "random": ["person", "link_worker"]},
    "by arm": {"kind": "mixed", "random": ["person", "link_worker"], "residual": "by_arm"},
    "by time, ML": {
        "kind": "mixed",
        "random": ["person"],
        "residual": "by_time",
        "method": "ML",
    },
    "ancova": {"kind": "ancova", "covariates": ["age"]},
    "ancova, clustered": {"kind": "ancova", **CLUSTERED},
    "ancova, weighted": {"kind": "ancova", "weighted": True},
    "ancova, weighted, clustered": {"kind": "ancova", "weighted": True, **CLUSTERED},
    "mmrm": {"kind": "mmrm"},
    "mmrm, average": {"kind": "mmrm", "average": True},
    "mmrm, baseline": {"kind": "mmrm", "baseline": "covariate", "covariates": ["age"]},
    "mmrm, AR(1)": {"kind": "mmrm", "structure": "heterogeneous_ar1"},
    "glm": {"kind": "glm", "family": "binomial", "design": "panel"},
    "glm, adjusted": {
        "kind": "glm",
        "family": "gamma",
        "design": "panel",
        "covariates": ["age"],
        "covariance": "CR1",
        "cluster": "neighbourhood",
        "standardised_over": "intervention",
        "ratio": True,
    },
    "glm, weighted": {
        "kind": "glm",
        "family": "poisson",
        "design": "cross_sections",
        "weighted": True,
        "covariates": ["age"],
        "cluster": "neighbourhood",
    },
    "ordinal": {
        "kind": "ordinal",
        "design": "cross_sections",
        "at_least": [2],
        "covariates": ["age"],
        "weighted": True,
    },
    "entropy": {
        "design": "change",
        "kind": "weighted_did",
        "method": "entropy",
        "covariates": ["age"],
    },
    "entropy, variances": {
        "kind": "weighted_did",
        "design": "change",
        "method": "entropy",
        "covariates": ["age"],
        "balance": "means_and_variances",
        "weighted": True,
    },
    "overlap": {
        "kind": "weighted_did",
        "design": "change",
        "method": "overlap",
        "covariates": ["age"],
        "cluster": "neighbourhood",
    },
    "propensity": {
        "kind": "weighted_did",
        "design": "change",
        "method": "propensity",
        "target_population": "ate",
        "covariates": ["age"],
        "weighted": True,
    },
    "propensity, cross-sections": {
        "kind": "weighted_did",
        "method": "propensity",
        "design": "cross_sections",
        "covariates": ["age"],
    },
    "doubly robust": {
        "design": "change",
        "kind": "dr_did",
        "covariates": ["age"],
        "weighted": True,
    },
    "doubly robust, cross-sections": {
        "kind": "dr_did",
        "design": "cross_sections",
        "covariates": ["age"],
        "cluster": "neighbourhood",
    },
    "mmrm, ML": {
        "kind": "mmrm",
        "structure": "toeplitz",
        "method": "ML",
        "df": "satterthwaite",
    },
}


def some_panel() -> pd.DataFrame:
    """A panel with gaps, weights of people, and link workers in the intervention arm."""
    rng = np.random.default_rng(11)
    panel = panel_of(people=48, times=3, seed=4)
    number = panel["unit"].astype("str").str[1:].astype(int)
    treated = panel["arm"].astype("str") == "intervention"
    helped = 2.5 * np.sin(2.0 * (number // 2 % 5)) * treated
    near = panel["neighbourhood"].astype("str").map(lambda name: 1.5 * (int(name[1]) % 2))
    lost = (rng.random(len(panel)) < 0.15) & (panel["time"].astype("str") != "t0")
    worker = ("w" + (number // 2 % 5).astype("str")).where(treated)
    return panel.assign(
        value=(panel["value"] + helped + near).mask(lost),
        weight=np.repeat(rng.uniform(0.5, 2, 48), 3),
        link_worker=pd.Categorical(worker),
    )


def of_its_type(settings: dict[str, Any]) -> pd.DataFrame:
    """The panel with an outcome of 0 and 1, or of four categories, for models of such."""
    panel = some_panel()
    value = panel["value"]
    if settings.get("family") == "binomial":
        return panel.assign(value=(value > 21).astype(float).mask(value.isna()))
    if settings["kind"] == "ordinal":
        return panel.assign(value=np.digitize(value, [18, 21, 24]) + 0.0 * value)
    return panel


def exported(folder: Path, settings: dict[str, Any], panel: pd.DataFrame | None = None) -> Path:
    """An export of a small model, in a folder with a space."""
    out = folder / "of a model"
    spec = model(times=3, **settings)
    write_export(spec, of_its_type(settings) if panel is None else panel, out)
    return out


@NEEDS_R
@pytest.mark.parametrize("name", list(MODELS))
def test_r_finds_the_same(tmp_path: Path, name: str) -> None:
    folder = exported(tmp_path, MODELS[name])
    done = run_r(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    made = pd.read_csv(folder / "estimates.csv")
    assert set(made["status"]) == {"estimated"}
    assert f"{len(made)} of {len(made)} estimates agree" in done.stdout


@NEEDS_R
def test_rates_leave_with_what_they_are_rates_of(tmp_path: Path) -> None:
    spec = asked("count", family="poisson", exposure="days", per=10.0, cluster="neighbourhood")
    panel = panel_made("count", "days")
    write_export(spec, panel, tmp_path / "rates")
    rows = pd.read_csv(tmp_path / "rates/rows.csv")
    assert list(rows["exposure"]) == list(panel[panel["outcome"] == "days"]["value"])
    done = run_r(tmp_path / "rates")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 of 2 estimates agree" in done.stdout


@NEEDS_R
@pytest.mark.parametrize("kind", ["glm", "ordinal"])
def test_several_sites_of_an_arm_are_averaged_over_in_r(tmp_path: Path, kind: str) -> None:
    settings: dict[str, Any] = {"family": "binomial"}
    if kind == "ordinal":
        settings = {"kind": "ordinal", "at_least": [1]}
    outcome = "ord" if kind == "ordinal" else "bin"
    spec = asked(outcome, cluster="neighbourhood", weighted=True, covariates=["age"], **settings)
    whole = json.loads(spec.model_dump_json())
    one, other = whole["study"]["sites"]
    whole["study"]["sites"] += [
        one | {"name": "east", "label": "East"},
        other | {"name": "west", "label": "West"},
    ]
    panel = panel_made(outcome)
    near = panel["neighbourhood"].astype("str").astype(int)
    names = np.array(["west", "south", "east", "north"])
    panel = panel.assign(site=pd.Categorical(names[(near - 1) // 3]))
    write_export(read_model(json.dumps(whole)), panel, tmp_path / "sites")
    done = run_r(tmp_path / "sites")
    assert done.returncode == 0, done.stdout + done.stderr


@NEEDS_R
@pytest.mark.parametrize(
    ("name", "column"),
    [*(("change, Welch", column) for column in ("estimate", "std_error", "df", "ci_high")),
     ("mixed", "df")],  # the comparison is the same for all models; the mixed one allows most
)  # fmt: skip
def test_a_difference_ends_the_script(tmp_path: Path, name: str, column: str) -> None:
    folder = exported(tmp_path, MODELS[name])
    path = folder / "estimates.csv"
    table = pd.read_csv(path)
    table.loc[1, column] = table.loc[1, column] * 1.01
    table.to_csv(path, index=False)
    done = run_r(folder)
    assert done.returncode == 1
    assert "1 of 2 estimates agree" in done.stdout


@NEEDS_R
def test_a_row_that_was_changed_ends_the_script(tmp_path: Path) -> None:
    folder = exported(tmp_path, MODELS["change, Welch"])
    table = pd.read_csv(folder / "rows.csv")
    table.loc[0, "y"] += 0.1
    table.to_csv(folder / "rows.csv", index=False)
    assert run_r(folder).returncode == 1


@NEEDS_R
def test_a_package_that_lacks_is_named(tmp_path: Path) -> None:
    folder = exported(tmp_path, MODELS["mmrm"])
    script = (folder / "check.R").read_text(encoding="utf-8")
    script = script.replace('c("nlme")', 'c("nlme_of_nobody")')
    (folder / "check.R").write_text(script, encoding="utf-8")
    done = run_r(folder)
    assert done.returncode == 1
    assert done.stderr.strip() == (
        'Error: nlme_of_nobody is needed: install.packages("nlme_of_nobody")\nExecution halted'
    )


def test_the_rows_are_those_that_were_fitted(tmp_path: Path) -> None:
    panel = some_panel()
    folder = exported(tmp_path, MODELS["mixed"], panel)
    rows = pd.read_csv(folder / "rows.csv")
    known = panel.dropna(subset=["value"])
    assert list(rows["unit"]) == list(known["unit"].astype("str"))
    assert rows["y"].to_numpy() == pytest.approx(known["value"].to_numpy(), abs=0)
    assert rows["age"].to_numpy() == pytest.approx(known["age"].to_numpy(), abs=0)
    changes = pd.read_csv(exported(tmp_path / "c", MODELS["change, Welch"], panel) / "rows.csv")
    wide = known.pivot(index="unit", columns="time", values="value")
    for time in ("t1", "t2"):
        own = changes[changes["equation"] == f"y/{time}"]
        assert list(own["time"].unique()) == [time]
        expected = (wide[time] - wide["t0"]).dropna()
        assert own["y"].to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-12)


def test_stata_reads_the_same_rows_with_their_labels(tmp_path: Path) -> None:
    folder = exported(tmp_path, MODELS["partially nested"])
    rows = pd.read_csv(folder / "rows.csv", keep_default_na=False)
    with pd.read_stata(folder / "rows.dta", iterator=True) as reader:
        labels, values = reader.variable_labels(), reader.value_labels()
        title, when = reader.data_label, reader.time_stamp
        stata = reader.read(convert_categoricals=False)
    assert list(stata) == list(rows)
    for name in rows:
        assert list(stata[name]) == list(rows[name])
    assert labels["y"] == "the outcome, or its change since the reference time"
    assert values == {"arm": {0: "control", 1: "intervention"}}
    assert (title, when) == ("s: m", "01 Jan 2000 00:00")


def test_the_same_model_gives_the_same_bytes(tmp_path: Path) -> None:
    one = exported(tmp_path / "1", MODELS["mmrm"])
    other = exported(tmp_path / "2", MODELS["mmrm"])
    names = sorted(path.name for path in one.iterdir())
    assert names == ["README.md", "check.R", "estimates.csv", "rows.csv", "rows.dta"]
    for name in names:
        assert (one / name).read_bytes() == (other / name).read_bytes(), name


def test_ids_that_a_spreadsheet_program_would_run_are_text(tmp_path: Path) -> None:
    panel = some_panel()
    panel["unit"] = panel["unit"].cat.rename_categories({"p000": "=1+1"})
    folder = exported(tmp_path, MODELS["change, Welch"], panel)
    with (folder / "rows.csv").open(encoding="utf-8", newline="") as stream:
        units = {row["unit"] for row in csv.DictReader(stream)}
    assert "'=1+1" in units
    assert "=1+1" not in units


def test_names_are_valid_and_unlike_each_other() -> None:
    long = "a_covariate_with_a_name_of_forty_letters"
    made = valid_names(
        ["chain[Burger King]", "chain[burger king]", "unit", "2m", long, f"{long}[x]"]
    )
    assert list(made.values()) == [
        "chain_burger_king", "chain_burger_king_2", "unit_2", "x_2m",
        "a_covariate_with_a_name_of_f", "a_covariate_with_a_name_of_f_2",
    ]  # fmt: skip
    assert max(map(len, made.values())) <= 32


def test_words_in_r_are_plain_ascii() -> None:
    assert r_text('Ärzte "x" \\') == '"\\U000000c4rzte \\U00000022x\\U00000022 \\U0000005c"'


def test_every_kind_has_its_lines_or_says_that_it_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set(R_LINES) <= set(KINDS)
    monkeypatch.delitem(R_LINES, "mmrm")
    folder = exported(tmp_path, MODELS["mmrm"])
    said = "no R script is written for models of kind mmrm"
    assert said in (folder / "README.md").read_text(encoding="utf-8")
    assert f'cat("{said}", fill = TRUE)' in (folder / "check.R").read_text(encoding="utf-8")


def test_weights_as_precisions_go_with_the_rows_but_have_no_script(tmp_path: Path) -> None:
    folder = exported(tmp_path, {"kind": "mixed", "random": ["person"], "weighted": True})
    known = some_panel().dropna(subset=["value"])
    rows = pd.read_csv(folder / "rows.csv")
    assert rows["weight"].to_numpy() == pytest.approx(known["weight"].to_numpy(), rel=1e-12)
    said = "no R script is written for weights as precisions"
    assert said in (folder / "README.md").read_text(encoding="utf-8")
    assert said in (folder / "check.R").read_text(encoding="utf-8")


def test_a_model_whose_rows_are_not_exported_says_so(tmp_path: Path) -> None:
    folder = exported(tmp_path, {"kind": "mixed", "random": ["person"], "slope": "uncorrelated"})
    said = "rows of models of kind mixed with slope: uncorrelated are not exported"
    assert said in (folder / "README.md").read_text(encoding="utf-8")
    assert said in (folder / "check.R").read_text(encoding="utf-8")
    assert set(pd.read_csv(folder / "estimates.csv")["status"]) == {"estimated"}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"random": ["person"], "weighted": True}, "check.R does not fit y: no R script is written"
         " for weights as precisions (weighted: true)"),
        ({"random": ["person"], "slope": "correlated"}, "with slope: correlated are not exported"),
        ({"random": ["person", "neighbourhood_time"]}, "with neighbourhood_time in random are not"
         " exported; export a model without it, or hand on estimates.csv alone"),
        ({"random": []}, "with random: [] are not exported"),
        ({"random": ["person", "site"]}, "the model has no fitted equation: "),
    ],
)  # fmt: skip
def test_what_r_cannot_fit_again_is_said_by_the_command(
    tmp_path: Path, settings: dict[str, Any], said: str
) -> None:
    (told,) = write_export(model(times=3, kind="mixed", **settings), some_panel(), tmp_path / "out")
    assert said in told


def test_what_is_not_estimable_is_exported_with_its_reason(tmp_path: Path) -> None:
    panel = some_panel()
    gone = (panel["arm"].astype("str") == "control") & (panel["time"].astype("str") == "t2")
    panel["value"] = panel["value"].mask(gone)
    folder = tmp_path / "partly"
    (told,) = write_export(model(times=3, **MODELS["mixed"]), panel, folder)
    assert told.startswith("no rows of m/y/t2, which the model has no estimate of: the control arm")
    made = pd.read_csv(folder / "estimates.csv")
    assert list(made["status"]) == ["estimated", "not_estimable"]
    assert made["reason"].iloc[1].startswith("the control arm holds nobody")
    panel["value"] = panel["value"].mask(panel["time"].astype("str") != "t0")
    empty = exported(tmp_path / "e", MODELS["mixed"], panel)
    assert "the model has no fitted equation" in (empty / "check.R").read_text(encoding="utf-8")
    assert len(pd.read_stata(empty / "rows.dta")) == 0


def test_the_command_writes_a_models_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    study = Study(tmp_path / "study")
    ran = study.run()
    assert (ran.status, ran.shown) == (0, "")
    monkeypatch.chdir(tmp_path / "study")
    capsys.readouterr()
    assert main(["export", "did", "out"]) == 0
    assert capsys.readouterr().out == (
        "out: the rows of did; README.md there describes the files\n"
    )
    assert main(["export", "did", "out"]) == 0
    ours = pd.read_csv("results/models/did/estimates.csv")
    again = pd.read_csv("out/estimates.csv")
    assert list(again["estimate"]) == list(ours["estimate"])
    capsys.readouterr()
    assert main(["export", "dod", "out"]) == 1
    assert capsys.readouterr().err.startswith(
        "config.yaml: models: no model is called 'dod'; did you mean 'did'?"
    )
    assert main(["export", "did", "data"]) == 1
    said = capsys.readouterr().err
    assert said == "data: holds other files (processed, …); name a new folder\n"
    assert main(["export", "did", "config.yaml"]) == 1
    assert capsys.readouterr().err == "config.yaml: is a file; name a folder to write to\n"
    shutil.rmtree("data/processed")
    assert main(["export", "did", "other"]) == 1
    assert capsys.readouterr().err == (
        "data/processed/panel.parquet: there is no such file; run the study first (cesp run DIR)\n"
    )


SURVEYS: dict[str, dict[str, Any]] = {
    "clusters": {"covariates": ["x"], "average": True, "surveys": {"strata": "district"}},
    "all neighbourhoods": {"surveys": {"neighbourhoods": "all"}},
    "panel members": {"respondents": "panel"},
    "combined": {"respondents": "combined", "surveys": {"neighbourhoods": "all"}},
    "without weights": {"weighted": False, "respondents": "cross_section"},
    "average of lone ones": {"surveys": {"strata": "lone", "lone_neighbourhood": "average"}},
}


@NEEDS_R
@pytest.mark.parametrize("margins", ["", "known", "known of most"])
@pytest.mark.parametrize("name", list(SURVEYS))
def test_r_finds_a_surveys_change(tmp_path: Path, name: str, margins: str) -> None:
    d = survey_rows()
    if name == "combined":  # two members move, one of them to the other site
        d.loc[(d["id"] == 1) & (d["wave"] > 0), "nb"] = 3
        d.loc[(d["id"] == 21) & (d["wave"] == 2), ["site", "nb"]] = (1, 12)
    panel = survey_panel(d, x=d["x"].to_numpy())
    panel["district"] = pd.Categorical(d["district"].astype(str))
    panel["lone"] = pd.Categorical((d["district"] + 9 * (d["nb"] == 14)).astype(str))
    panel.loc[panel.index[::7], "value"] = np.nan  # a domain: these stay in the sample
    if margins:
        for number, column in enumerate(["sex", "age"], 1):
            cells = d["site"].astype(str) + d["wave"].astype(str) + d[column].astype(str)
            if margins != "known":
                place = d["site"].astype(str) + d["wave"].astype(str) + CELL_NOT_KNOWN
                cells = cells.where(d["id"] % (3 + number) != 0, place)
            panel[f"margin_{number}"] = pd.Categorical(cells)
        panel["margin_weight"] = 1 + d["id"] % 3 / 2
    spec = survey_model(**SURVEYS[name])
    write_export(spec, panel, tmp_path / "of a survey")
    done = run_r(tmp_path / "of a survey")
    assert done.returncode == 0, done.stdout + done.stderr
    made = pd.read_csv(tmp_path / "of a survey/estimates.csv")
    assert set(made["status"]) == {"estimated"}
    assert f"{len(made)} of {len(made)} estimates agree" in done.stdout
