"""Estimands: what targets them, what does not fit; whose records a model's analysis set holds."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from cesp_analysis import contracts
from cesp_analysis.analysis_plan import specs as plan_specs
from cesp_analysis.analysis_plan.tables import Estimands, PlanChanges, PlanLocks, Planned
from cesp_analysis.analysis_plan.words import UNTARGETED
from cesp_analysis.cli import main
from cesp_analysis.columns import Table
from cesp_analysis.declared.analysis_sets import WITHOUT, set_words
from cesp_analysis.describe.tables import Baseline
from cesp_analysis.pipeline import opened
from cesp_analysis.schemas import Estimates, Panel
from cesp_analysis.whole_files import read_json
from small_panel import model, panel_of
from small_study import PEOPLE, Study, inside

AIM: dict[str, Any] = {
    "label": "Score after",
    "population": "everybody",
    "treatment": "new against usual",
    "variable": {"outcome": "score", "time": "after"},
    "summary_measure": "difference in mean change",
}
CONTAMINATION = {"label": "Came to the club", "variable": "club", "values": ["yes"]}


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """The tiny study with one estimand that its model targets."""
    study = Study(tmp_path)
    study.config["estimands"] = {"aim": deepcopy(AIM)}
    study.config["models"]["did"]["estimand"] = "aim"
    return study


def with_club(study: Study, of: str = "P02 P04 P01") -> None:
    """Who came to the club: two controls (even numbers) and one of the intervention arm."""
    head, *lines = PEOPLE.splitlines()
    study.files["people.csv"] = "\n".join(
        [f"{head},club", *(f"{line},{'yes' if line[:3] in of else 'no'}" for line in lines)]
    )
    club = {"type": "category", "values": ["yes", "no"]}
    study.config["files"]["people"]["variables"]["club"] = club
    study.config["contamination"] = dict(CONTAMINATION)


def planned(study: Study) -> Path:
    """The folder of the tables of a study that was run up to the step `plan`."""
    ran = study.run("all")
    assert (ran.status, ran.shown) == (0, "")
    with inside(study.folder):
        told = opened(".")
        tables = "results/tables"
        made = [f"results/models/{name}/estimates.csv" for name in told.models]
        assert main(["collect", "--estimates", *made, "--out", f"{tables}/estimates.csv"]) == 0
        words = ["plan", "--spec", plan_specs.plan(told), "--estimates", f"{tables}/estimates.csv"]
        words += ["--estimands", f"{tables}/estimands.csv", "--planned", f"{tables}/planned.csv"]
        words += ["--locks", f"{tables}/plan_locks.csv", "--lock", *plan_specs.lock_file()]
        assert main([*words, "--changed", f"{tables}/plan_changes.csv"]) == 0
    return study.folder / "results/tables"


def rows(folder: Path, name: str, contract: type[Table]) -> list[dict[str, Any]]:
    """A table of results."""
    return list(contracts.rows(folder / f"{name}.csv", contract))


def test_an_estimate_points_to_its_estimand_and_back(study: Study) -> None:
    study.config["models"]["ancova"] = {
        "kind": "ancova", "outcomes": ["score"], "estimand": "aim", "label": "ANCOVA",
    }  # fmt: skip
    folder = planned(study)
    (aim,) = rows(folder, "estimands", Estimands)
    assert (aim["outcome"], aim["time"], aim["models"]) == ("score", "after", "did | ancova")
    assert aim["estimates"] == "did/score/after"
    assert aim["warnings"].startswith("ancova estimates '") and "equal baseline" in aim["warnings"]
    told = {row["estimate_id"]: row for row in rows(folder, "planned", Planned)}
    assert told["did/score/after"]["estimand"] == "aim"
    assert told["ancova/score/after"]["estimand"] == ""
    assert {row["role"] for row in told.values()} == {"exploratory"}
    assert rows(folder, "plan_locks", PlanLocks) == rows(folder, "plan_changes", PlanChanges) == []


def test_an_estimand_that_no_model_targets_is_said_to_be_unanswered(study: Study) -> None:
    study.config["estimands"]["other"] = AIM | {
        "label": "Other",
        "intercurrent_events": {"fell": {"label": "Fell ill", "strategy": "composite"}},
    }
    other = rows(planned(study), "estimands", Estimands)[1]
    first, second = other["warnings"].split(" | ")
    assert (other["estimates"], first) == ("", UNTARGETED)
    assert second == (
        "Fell ill, composite: a model with missing_data: imputed puts its value in; any other takes"
        " the answers as they are, and its outcome must hold the value (a derived variable)"
    )
    assert other["intercurrent_events"] == "Fell ill: composite"


def test_what_was_locked_and_changed_stands_in_the_tables(study: Study) -> None:
    study.write()
    with inside(study.folder):
        assert main(["lock-plan", "--date", "2026-01-15"]) == 0
    study.config["models"]["did"]["covariance"] = "classical"
    folder = planned(study)
    (lock,) = rows(folder, "plan_locks", PlanLocks)
    (change,) = rows(folder, "plan_changes", PlanChanges)
    assert lock["date"] == change["since"] == "2026-01-15"
    assert (change["entry"], change["field"], change["date"]) == ("did", "covariance", "")
    assert (change["before"], change["after"]) == ("not set", "classical")
    (row,) = rows(folder, "planned", Planned)
    assert row["standing"] == "changed after the plan was locked"


EVENT = {"kind": "withdrawal", "label": "Left", "file": "people", "date": "left"}

MISTAKES: list[tuple[str, dict[str, Any], str]] = [
    (
        "unknown",
        {"models.did.estimand": "aims"},
        "models.did.estimand: no estimand is called 'aims'",
    ),
    (
        "another outcome",
        {"estimands.aim.variable.outcome": "lonely"},
        "models.did.estimand: 'aim' is about lonely, which the model does not analyse",
    ),
    (
        "the first time",
        {"estimands.aim.variable.time": "before", "models.did.estimand": None},
        "estimands.aim.variable.time: before comes before the intervention; name a later time",
    ),
    (
        "no time",
        {"estimands.aim.variable.time": "later"},
        "estimands.aim.variable.time: no time is called 'later'",
    ),
    (
        "two about the same",
        {"estimands.same": AIM | {"label": "Same"}, "models.did.estimand": ["aim", "same"]},
        "models.did.estimand: 'same' and 'aim' are about the same outcome and time",
    ),
    (
        "one label",
        {"estimands.same": dict(AIM)},
        "estimands.same.label: 'Score after' is the label of aim too",
    ),
    (
        "strategy",
        {"estimands.aim.intercurrent_events": {"x": {"label": "X", "strategy": "itt"}}},
        "estimands.aim.intercurrent_events.x.strategy: must be 'treatment_policy', ",
    ),
    (
        "event without label",
        {"estimands.aim.intercurrent_events": {"fell": {"strategy": "composite"}}},
        "estimands.aim.intercurrent_events.fell: no event is called 'fell'",
    ),
    (
        "contamination undeclared",
        {"estimands.aim.intercurrent_events": {"contamination": {"strategy": "hypothetical"}}},
        "contamination: is not declared, but estimands.aim.intercurrent_events.contamination deals",
    ),
    (
        "set without contamination",
        {"models.did.analysis_set": WITHOUT, "models.did.estimand": None},
        "contamination: is not declared; it says whom models.did.analysis_set leaves out; add it",
    ),
    (
        "set unknown",
        {"models.did.analysis_set": "observd"},
        "models.did.analysis_set: no analysis set is called 'observd'; did you mean 'observed'?",
    ),
    (
        "fidelity",
        {"models.did.analysis_set": "high_fidelity"},
        "models.did.analysis_set: 'high_fidelity' is refused: how much of the intervention people"
        " got, or how well it was delivered, is known of its arm alone",
    ),
    (
        "contamination of nothing",
        {"contamination": CONTAMINATION},
        "contamination.variable: no variable is called 'club'",
    ),
    (
        "contamination of no value",
        {"contamination": CONTAMINATION | {"variable": "sex"}},
        "contamination.values: no category is called 'yes' (declared: f, m)",
    ),
    (
        "family of nothing",
        {"analysis_plan.families": {"a": {"label": "A", "estimates": ["dd/score/after"]}}},
        "analysis_plan.families.a.estimates: 'dd/score/after': no model is called 'dd'; did you",
    ),
    (
        "family of another time",
        {"analysis_plan.families": {"a": {"label": "A", "estimates": ["did/score/before"]}}},
        "analysis_plan.families.a.estimates: 'did/score/before': no time is called 'before'",
    ),
    (
        "family of another outcome",
        {"analysis_plan.families": {"a": {"label": "A", "estimates": ["did/lonely/after"]}}},
        "analysis_plan.families.a.estimates: 'did/lonely/after': no outcome is called 'lonely'",
    ),
    (
        "family of half an id",
        {"analysis_plan.families": {"a": {"label": "A", "estimates": ["did/score"]}}},
        "analysis_plan.families.a.estimates: 'did/score' is no estimate_id",
    ),
    (
        "family twice",
        {"analysis_plan.families": {"a": {"label": "A", "estimates": ["did/score/after"] * 2}}},
        "analysis_plan.families.a.estimates: 'did/score/after' stands twice",
    ),
]


def put(config: dict[str, Any], place: str, value: Any) -> None:
    """Set the entry at a dotted place; None takes it out."""
    *parents, last = place.split(".")
    for key in parents:
        config = config.setdefault(key, {})
    config.pop(last, None) if value is None else config.update({last: value})


@pytest.mark.parametrize(
    ("changes", "line"), [m[1:] for m in MISTAKES], ids=[m[0] for m in MISTAKES]
)
def test_a_mistake_is_one_line(study: Study, changes: dict[str, Any], line: str) -> None:
    for place, value in deepcopy(changes).items():
        put(study.config, place, value)
    (told,) = study.lines()
    assert told.startswith(f"config.yaml: {line}")


@pytest.mark.parametrize(
    ("event", "strategy", "said"),
    [
        ({"kind": "death"}, "treatment_policy", "answers after a death, which do not exist"),
        (
            {"afterwards": "set_aside"},
            "treatment_policy",
            "events.left.afterwards: set_aside takes",
        ),
        ({}, "while_on_treatment", "events.left.afterwards: keep lets in"),
    ],
)
def test_a_strategy_that_the_data_cannot_follow_is_named(
    study: Study, event: dict[str, str], strategy: str, said: str
) -> None:
    left = {"type": "date", "format": "%Y-%m-%d"}
    study.config["files"]["people"]["variables"]["left"] = left
    study.config["events"] = {"left": EVENT | event}
    study.config["estimands"]["aim"]["intercurrent_events"] = {"left": {"strategy": strategy}}
    (line,) = study.lines()
    place = "config.yaml: estimands.aim.intercurrent_events.left.strategy"
    assert line.startswith(place) and said in line


@pytest.mark.parametrize(
    ("chosen", "strategy", "said"),
    [
        (WITHOUT, "treatment_policy", "by treatment_policy, but the model leaves them out"),
        ("all_recruited", "hypothetical", "by hypothetical, but the model keeps them"),
        (WITHOUT, None, "does not say how it deals with them"),
        (WITHOUT, "hypothetical", None),
    ],
)
def test_a_model_deals_with_contamination_as_its_estimand_says(
    study: Study, chosen: str, strategy: str | None, said: str | None
) -> None:
    with_club(study)
    study.config["models"]["did"]["analysis_set"] = chosen
    if strategy:
        how = {"contamination": {"strategy": strategy}}
        study.config["estimands"]["aim"]["intercurrent_events"] = how
    lines = study.lines()
    assert (len(lines), said is None) in ((1, False), (0, True))
    assert said is None or said in lines[0]


def test_contaminated_controls_are_left_out_counted_and_labelled(study: Study) -> None:
    with_club(study)
    plain = study.config["models"]["did"] | {"estimand": None}
    study.config["models"]["without"] = plain | {"analysis_set": WITHOUT, "label": "Without"}
    folder = planned(study)
    estimates = contracts.read(folder / "estimates.csv", Estimates).set_index("model")
    panel = contracts.read(study.folder / "data/processed/panel.parquet", Panel)
    score = panel[panel["outcome"] == "score"].pivot(index="unit", columns="time", values="value")
    change = score["after"] - score["before"]
    control = [
        name for name in change.index if int(name[1:]) % 2 == 0 and name not in ("P02", "P04")
    ]
    treated = [name for name in change.index if int(name[1:]) % 2]
    expected = change[treated].mean() - change[control].mean()
    row = estimates.loc["without"]
    assert row["estimate"] == approx(expected, rel=1e-12)
    assert (row["n_obs"], estimates.loc["did", "n_obs"]) == (10, 12)
    assert row["analysis_set"] == WITHOUT
    assert set_words(WITHOUT, "person").endswith("(selected after baseline)")
    assert "2 contaminated controls (Came to the club) left out" in row["warnings"]
    assert "selected after baseline, from the control arm alone" in row["warnings"]
    known = read_json(study.folder / "results/models/without/diagnostics.json")["without"]["score"]
    assert known["analysis_set"]["units_with_a_value"] == {"intervention": 6, "control": 6}
    assert known["analysis_set"]["units_with_a_value_in_the_set"] == {
        "intervention": 6,
        "control": 4,
    }


def test_contamination_is_no_baseline_characteristic(study: Study) -> None:
    with_club(study)
    found = study.run("panel").describe("baseline", Baseline, panel="data/processed/panel.parquet")
    assert set(found["variable"]) == {"age", "score", "lonely"}


def test_of_whom_it_is_not_known_is_left_out_too_and_counted(study: Study) -> None:
    with_club(study, "P02")
    people = str(study.files["people.csv"]).splitlines()
    people = [line.removesuffix("no") if line[:3] == "P04" else line for line in people]
    study.files["people.csv"] = "\n".join(people)
    study.config["models"]["did"] |= {"analysis_set": WITHOUT}
    del study.config["models"]["did"]["estimand"]
    ran = study.run()
    assert ran.status == 0
    (row,) = ran.estimates()
    assert row["n_obs"] == 10
    assert "1 contaminated control (" in row["warnings"]
    assert "1 control of whom it is not known (Came to the club) left out" in row["warnings"]


def loses_a_time() -> pd.DataFrame:
    """Three times; four people miss the second, two the last."""
    panel = panel_of(40, 3)
    lost = (panel["unit"].isin(["p000", "p001", "p002", "p003"]) & (panel["time"] == "t1")) | (
        panel["unit"].isin(["p010", "p011"]) & (panel["time"] == "t2")
    )
    return panel.assign(value=panel["value"].where(~lost))


@pytest.mark.parametrize(
    "settings",
    [
        {"kind": "mixed", "random": ["person"]},
        {"kind": "mmrm"},
        {"kind": "did", "design": "unit_effects", "covariance": "CR2", "cluster": "person"},
    ],
)
def test_observed_of_a_joint_model_is_who_answered_each_time(settings: dict[str, Any]) -> None:
    panel = loses_a_time()
    counts = panel[panel["value"].notna()].groupby("unit", observed=True)["time"].count()
    whole = panel[panel["unit"].isin(counts[counts == 3].index)]
    found = model(times=3, analysis_set="observed", **settings).fit(panel).estimates
    expected = model(times=3, **settings).fit(whole).estimates
    for row, other in zip(found, expected, strict=True):
        assert (row.estimate, row.std_error) == approx((other.estimate, other.std_error), rel=1e-9)
        assert (
            row.n_units == 34 and "6 people without a value at each time left out" in row.warnings
        )
        assert row.analysis_set == "observed"
    everybody = model(times=3, **settings).fit(panel).estimates
    assert {row.n_units for row in everybody} == {40}
    assert {row.analysis_set for row in everybody} == {"all_recruited"}


@pytest.mark.parametrize(
    "settings", [{"kind": "did", "design": "change"}, {"kind": "ancova"}], ids=["did", "ancova"]
)
def test_observed_is_nothing_more_where_each_time_has_its_own_people(
    settings: dict[str, Any],
) -> None:
    panel = loses_a_time()
    found = model(times=3, analysis_set="observed", **settings).fit(panel).estimates
    expected = model(times=3, **settings).fit(panel).estimates
    assert [row.estimate for row in found] == [row.estimate for row in expected]
    assert {row.analysis_set for row in found} == {"observed"}
    assert [row.n_obs for row in found] == [36, 38]


def test_a_dose_known_after_baseline_is_not_set_beside_control(study: Study) -> None:
    late = {"label": "Contacts", "variable": "score", "measured": "after"}
    study.config["covariates"]["contacts"] = late | {"post_baseline_reason": "x"}
    study.config["models"]["did"] |= {"dose": "contacts", "covariates": ["contacts"]}
    lines = study.lines()
    assert [line for line in lines if "models.did.dose: 'contacts' is measured at after" in line]


def test_who_is_contaminated_may_be_an_expression(study: Study) -> None:
    study.config["files"]["people"]["derived"] = {"old": {"expression": "age >= 41"}}
    study.config["contamination"] = {"label": "Old", "variable": "old", "values": ["1"]}
    study.config["models"]["did"] |= {"analysis_set": WITHOUT}
    del study.config["models"]["did"]["estimand"]
    ran = study.run()
    assert ran.status == 0
    (row,) = ran.estimates()
    assert row["n_obs"] == 11  # P12, 42 years, is the one control
    assert np.isfinite(row["estimate"])


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"variable": "age", "values": ["true"]}, "'true' is no number as 'age' has them"),
        ({"variable": "age", "values": ["40.0"]}, "'40.0' is no number as 'age' has them"),
        ({"variable": "age", "values": ["7"]}, "'7' lies outside the range of 'age'"),
        ({"variable": "old", "values": ["yes"]}, "'yes' is no value of 'old', which is 1 or 0"),
        ({"variable": "old", "values": ["2"]}, "'2' is no value of 'old', which is 1 or 0"),
        ({"variable": "seen", "values": ["1"]}, "'seen' is of type date"),
        ({"variable": "late"}, "contamination.measured: 'late' is read at before by default, but"),
        ({"variable": "later"}, "'later' is read at before by default, but is not asked then"),
        ({"variable": "late", "measured": "before"}, "not asked then (asked at: after); name one"),
    ],
)
def test_values_and_times_that_flag_nobody_are_refused(
    study: Study, settings: dict[str, Any], said: str
) -> None:
    files = study.config["files"]
    files["people"]["derived"] = {"old": {"expression": "age >= 41"}}
    files["people"]["variables"]["seen"] = {"type": "date", "format": "%Y-%m-%d"}
    asked = files["after"]["variables"]  # those of both times: shared
    files["after"]["variables"] = asked | {"late": {"column": "u_1"}}
    files["after"]["derived"] = {"later": {"expression": "late + 1"}}
    study.config["contamination"] = {"label": "Late", "values": ["1"]} | settings
    lines = study.lines()
    assert len(lines) == 1 and said in lines[0]


def test_a_covariate_is_asked_when_it_is_read(study: Study) -> None:
    after = study.config["files"]["after"]
    after["variables"] = after["variables"] | {"late": {"column": "u_1"}}
    study.config["covariates"]["late"] = {"label": "Late", "variable": "late"}
    (line,) = study.lines()
    assert "covariates.late.measured: 'late' is read at before by default, but is not" in line


def test_a_set_that_leaves_out_nobody_says_so(study: Study) -> None:
    study.config["files"]["people"]["derived"] = {"old": {"expression": "age >= 100"}}
    study.config["contamination"] = {"label": "Old", "variable": "old", "values": ["1"]}
    study.config["models"]["did"] |= {"analysis_set": WITHOUT}
    del study.config["models"]["did"]["estimand"]
    (row,) = study.run().estimates()
    assert "no control is known to be contaminated (Old): nobody is left out" in row["warnings"]


@pytest.mark.parametrize(
    ("kind", "ends", "right"),
    [
        ({"kind": "did", "design": "change"}, "/typo", False),
        ({"kind": "did", "design": "change"}, "", True),
        ({"kind": "glm", "family": "poisson", "design": "panel"}, "/ratio", True),
        ({"kind": "glm", "family": "poisson", "design": "panel"}, "/ratio/ratio", False),
        ({"kind": "glm", "family": "poisson", "design": "panel"}, "/", False),
    ],
)
def test_a_family_names_whole_estimates(
    study: Study, kind: dict[str, Any], ends: str, right: bool
) -> None:
    study.config["models"] = {"one": kind | {"outcomes": ["score"]}}
    family = {"label": "Main", "estimates": [f"one/score/after{ends}"]}
    study.config["analysis_plan"] = {"families": {"main": family}}
    lines = study.lines()
    assert (lines == []) is right
    assert right or "is no estimate_id; the model makes one/score/after" in lines[0]


@pytest.mark.parametrize(("kind", "hinted"), [("weighted_did", True), ("ancova", False)])
def test_weights_for_a_population_named_as_an_estimand_are_told_the_setting(
    study: Study, kind: str, hinted: bool
) -> None:
    entry = {"kind": kind, "outcomes": ["score"], "estimand": "ate"}
    if kind == "weighted_did":
        entry |= {"design": "change", "method": "propensity", "covariates": ["age"]}
    study.config["models"]["weighing"] = entry
    (line,) = [li for li in study.run(until="intake").shown.splitlines() if "'ate'" in li]
    assert "models.weighing.estimand: " in line
    said = "for the population that weights are for, write target_population: ate"
    assert (said in line) == hinted


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("one/score", ""),
        ("one/score/after", "'one/score/after' is no estimate_id; one tells of all times at once"),
        ("one/scor", "'one/scor': no outcome is called 'scor'"),
        ("one", "'one' is no estimate_id; one tells of all times at once: one/score"),
    ],
)
def test_a_family_names_an_effect_at_all_times(study: Study, named: str, said: str) -> None:
    study.config["models"] = {
        "one": {"kind": "mixed", "effect": "constant", "random": [], "outcomes": ["score"]}
        | {"times": ["after", "later"]}
    }
    study.config["times"]["later"] = {"label": "Later", "position": 12}
    family = {"label": "Main", "estimates": [named]}
    study.config["analysis_plan"] = {"families": {"main": family}}
    lines = study.lines()
    assert [said in line for line in lines] == ([True] if said else [])
    if not said:
        (row,) = rows(planned(study), "planned", Planned)
        assert (row["estimate_id"], row["role"], row["family"]) == (named, "confirmatory", "main")
        assert row["p_holm"] == row["p_value"]  # alone in its family


def test_one_difference_at_one_time_is_of_that_time(study: Study) -> None:
    """An estimand about that time is targeted by it, and a family names it."""
    study.config["covariates"]["before"] = {"label": "Score before", "variable": "score"}
    aim = study.config["estimands"]["aim"] | {
        "label": "Alike", "summary_measure": "difference in means at equal baseline",
    }  # fmt: skip
    study.config["estimands"]["alike"] = aim
    study.config["models"]["one"] = {
        "kind": "mixed", "effect": "constant", "random": [], "outcomes": ["score"],
        "times": ["after"], "covariates": ["before"], "estimand": "alike",
    }  # fmt: skip
    family = {"label": "Main", "estimates": ["one/score/after"]}
    study.config["analysis_plan"] = {"families": {"main": family}}
    found = {row["estimate_id"]: row for row in rows(planned(study), "planned", Planned)}
    row = found["one/score/after"]
    assert (row["role"], row["estimand"]) == ("confirmatory", "alike")
    study.config["analysis_plan"]["families"]["main"]["estimates"] = ["one/score"]
    (line,) = study.lines()
    assert "'one/score' is no estimate_id; write model/outcome/time" in line


def test_one_difference_at_several_times_answers_no_estimand_about_one(study: Study) -> None:
    study.config["times"]["later"] = {"label": "Later", "position": 12}
    study.config["models"] = {
        "one": {"kind": "mixed", "effect": "constant", "random": [], "outcomes": ["score"]}
        | {"times": ["after", "later"], "estimand": "aim"}
    }
    (line,) = study.lines()
    assert "'aim' is about after, of which the model says nothing" in line


def test_a_mistake_in_a_model_makes_none_in_the_families_that_name_it(study: Study) -> None:
    study.config["models"]["did_two"] = study.config["models"]["did"] | {"covarates": ["age"]}
    study.config["analysis_plan"] = {
        "families": {"main": {"label": "Main", "estimates": ["did_two/score/after"]}}
    }
    (line,) = study.lines()
    assert line.startswith("config.yaml: models.did_two.covarates: ")
    study.config["analysis_plan"]["families"]["main"]["estimates"] = ["did_tow/score/after"]
    assert any("no model is called 'did_tow'" in line for line in study.lines())
