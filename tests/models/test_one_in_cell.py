"""An arm that holds one person (or respondent) at a time has no estimate then, of any kind."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cesp_analysis import contracts
from cesp_analysis.export.export import write_export
from cesp_analysis.missing.pooled_rows import pooled_means
from cesp_analysis.models.alone import with_alone
from cesp_analysis.models.imputed import fitted_to
from cesp_analysis.models.residuals import examined
from cesp_analysis.models.tables import Means
from small_panel import model, panel_of

NEAR = {"random": ["neighbourhood"]}
SURVEYS: list[dict[str, Any]] = [
    {"kind": "did", "design": "cross_sections"},
    {"kind": "did", "design": "cross_sections", "covariance": "classical", "average": True},
    {"kind": "did", "design": "cross_sections", "covariance": "CR2", "cluster": "neighbourhood"},
    {"kind": "mixed", **NEAR},
    {"kind": "glm", "family": "gamma", "design": "cross_sections", "cluster": "person"},
    {"kind": "dr_did", "design": "cross_sections", "covariates": ["age"]},
]
PANELS: list[dict[str, Any]] = [
    {"kind": "did", "design": "change"},
    {"kind": "ancova"},
    {"kind": "mixed", "random": ["person"]},
    {"kind": "mmrm"},
]


def with_one_control(time: str, respondents: bool, left: int = 1) -> pd.DataFrame:
    """Three times of 40 people; at one of them so many of the control arm answered."""
    panel = panel_of(times=3)
    own = panel[(panel["arm"] == "control") & (panel["time"] == time)].index[left:]
    panel = panel.assign(value=panel["value"].mask(panel.index.isin(own)))
    if respondents:
        unit = panel["unit"].astype(str) + panel["time"].astype(str)
        panel = panel.assign(unit=pd.Categorical(unit), level=pd.Categorical(["respondent"] * 120))
    return panel


@pytest.mark.parametrize("time", ["t0", "t1"])
@pytest.mark.parametrize("settings", [*SURVEYS, *PANELS], ids=lambda s: " ".join(map(str, s)))
def test_one_in_an_arm_at_a_time_is_no_estimate(settings: dict[str, Any], time: str) -> None:
    surveys = settings in SURVEYS
    spec = model(times=3, level="respondent" if surveys else "person", **settings)
    fitted = spec.fit(with_one_control(time, surveys))
    rows = {row.time: row for row in fitted.estimates}
    lost = {"t1", "t2"} if time == "t0" else {"t1"}
    noun = "respondent" if surveys else "person"
    for name in ("t1", "t2"):
        assert (rows[name].status == "not_estimable") == (name in lost), rows[name].reason
        if name in lost:
            said = f"the control arm holds one {noun} with a value at time {time[1]}"
            assert rows[name].reason == said
            assert (rows[name].estimate, rows[name].ci_low, rows[name].method) == (None,) * 3
    if None in rows:
        assert rows[None].status == "not_estimable" and "needs estimates" in str(rows[None].reason)
    kept = {name for check in fitted.checks for name in check.contrasts}
    assert kept <= {row.estimate_id for row in fitted.estimates if row.status == "estimated"}
    two = spec.fit(with_one_control(time, surveys, left=2))
    assert not any("holds one" in str(row.reason) for row in two.estimates)


@pytest.mark.parametrize("settings", [SURVEYS[1], SURVEYS[3]], ids=["classical", "mixed"])
def test_what_is_said_of_a_lone_record_names_no_covariate_that_is_not_there(
    settings: dict[str, Any],
) -> None:
    """Errors of one model for all hold the lone record's, as large as the others'."""
    spec = model(times=3, level="respondent", **settings)
    fitted = spec.fit(with_one_control("t1", True))
    found = with_alone(
        fitted, [(one, examined(one).leverage) for one in fitted.checks], classical=True
    )
    (row,) = [row for row in found.estimates if row.time == "t2"]
    (told,) = [said for said in row.warnings if "alone determine" in said]
    assert told.endswith("and takes its error to be as large as that of the others")


JOINT: list[tuple[dict[str, Any], bool]] = [
    ({"kind": "mixed", "random": ["person"]}, False),
    ({"kind": "mmrm"}, False),
    ({"kind": "did", "design": "cross_sections", "covariance": "classical"}, True),
]


@pytest.mark.parametrize(("settings", "respondents"), JOINT, ids=lambda s: str(s))
def test_diagnostics_hold_no_test_and_no_error_of_what_the_row_refuses(
    settings: dict[str, Any], respondents: bool
) -> None:
    """The joint test counted the estimate and covariance of t1, whose row has none."""
    spec = model(times=3, level="respondent" if respondents else "person", **settings)
    known = spec.fit(with_one_control("t1", respondents)).diagnostics["y"]
    test = known["joint_test"]
    assert test["reason"] == "it needs estimates at time 1, which are not there"
    assert test.keys() == {"question", "reason"}
    errors = [own for name, own in known.items() if "std_error" in name]
    whole = spec.fit(with_one_control("t1", respondents, left=2)).diagnostics["y"]
    assert whole["joint_test"]["f"] > 0 and errors
    every = [own for name, own in whole.items() if "std_error" in name]
    for own, of_two in zip(errors, every, strict=True):
        assert of_two.keys() - own.keys() == {"time[t1]", "arm:time[t1]"}
    at_first = spec.fit(with_one_control("t0", respondents)).diagnostics["y"]
    for own in [own for name, own in at_first.items() if "std_error" in name]:
        assert not own


def test_times_that_no_file_feeds_yet_leave_the_others_their_test() -> None:
    spec, panel = model(times=4, kind="mmrm"), panel_of(times=3)
    fed = spec.model_copy(update={"study": spec.study.model_copy(update={"without_file": ("t3",)})})
    assert fed.fit(panel).diagnostics["y"]["joint_test"]["df_num"] == 2
    reason = spec.fit(panel).diagnostics["y"]["joint_test"]["reason"]
    assert reason == "it needs estimates at time 3, which are not there"


@pytest.mark.parametrize("kind", ["mixed", "mmrm"])
def test_one_persons_mean_has_no_interval_where_the_other_arm_has_nobody(kind: str) -> None:
    """The row says that nobody is there, as before; whose answer the mean is does not change."""
    panel = with_one_control("t1", False)
    gone = (panel["arm"] == "intervention") & (panel["time"] == "t1")
    settings = {"random": ["person"]} if kind == "mixed" else {}
    fitted = model(times=3, kind=kind, **settings).fit(panel[~gone])
    (row,) = [row for row in fitted.estimates if row.time == "t1"]
    assert row.reason == "the intervention arm holds nobody with a value at time 1"
    for mean in fitted.means:
        lone = (mean.arm, mean.time) == ("control", "t1")
        assert ((mean.std_error, mean.ci_low) == (None, None)) == lone
        assert mean.reason == ("the control arm holds one person with a value at time 1" * lone)


PREDICTED: list[dict[str, Any]] = [
    {"kind": "did", "design": "cross_sections", "covariance": "classical"},
    {"kind": "mixed", "random": ["person"]},
    {"kind": "mmrm"},
    {"kind": "glm", "family": "gamma", "design": "panel"},
]


@pytest.mark.parametrize("settings", PREDICTED, ids=lambda s: str(s["kind"]))
def test_the_mean_of_one_person_has_no_interval_and_says_whose_it_is(
    settings: dict[str, Any], tmp_path: Path
) -> None:
    surveys = settings["kind"] == "did"
    spec = model(times=3, level="respondent" if surveys else "person", **settings)
    fitted = spec.fit(with_one_control("t1", surveys))
    noun = "respondent" if surveys else "person"
    lone = [mean for mean in fitted.means if mean.arm == "control" and mean.time == "t1"]
    lone += [mean for mean in fitted.means if mean.arm == "control" and mean.model_time == "t1"]
    for mean in fitted.means:
        ends = (mean.std_error, mean.df, mean.ci_low, mean.ci_high)
        said = f"the control arm holds one {noun} with a value at time 1" if mean in lone else ""
        assert (None in ends, mean.reason) == (mean in lone, said) and np.isfinite(mean.mean)
        assert ends == (None,) * 4 or None not in ends
    assert lone or settings["kind"] == "glm"  # a pair of answers alone: no model of t1 at all
    contracts.write(fitted.means_table(), tmp_path / "means.csv", Means)
    table = contracts.read(tmp_path / "means.csv", Means)
    assert table["ci_low"].isna().sum() == len({id(mean) for mean in lone})


def test_pooled_over_sets_one_persons_mean_has_no_interval_either() -> None:
    """Of an arm that holds one person in every set, whatever is imputed."""
    spec, panel = model(times=3, kind="mixed", random=["person"]), with_one_control("t1", False)
    higher = panel.assign(value=panel["value"] + 2)
    fits = [spec.fit(panel), spec.fit(panel), spec.fit(higher)]
    means = {(mean.arm, mean.time): mean for mean in pooled_means(fits, 0.95)}
    lone, others = means.pop(("control", "t1")), means.values()
    (once,) = [one for one in fits[0].means if (one.arm, one.time) == ("control", "t1")]
    assert lone.mean == pytest.approx(once.mean + 2 / 3, rel=1e-9)
    assert (lone.std_error, lone.ci_low, lone.reason) == (None, None, once.reason)
    assert len(others) == 5 and all(one.ci_low is not None and not one.reason for one in others)


def test_the_step_the_notebook_and_the_export_say_the_same(tmp_path: Path) -> None:
    """One control at t1: no estimate then, whoever asks."""
    spec, panel = model(times=3, kind="mixed", random=["person"]), with_one_control("t1", False)
    step, notebook = fitted_to(spec, panel, None), spec.fit(panel)
    assert step.estimates == notebook.estimates and step.means == notebook.means
    told = write_export(spec, panel, tmp_path / "out")
    made = pd.read_csv(tmp_path / "out" / "estimates.csv").set_index("estimate_id")
    assert made["status"].to_dict() == {row.estimate_id: row.status for row in step.estimates}
    assert made.loc["m/y/t1", "status"] == "not_estimable"
    assert any("m/y/t1" in line for line in told), told
    assert "m/y/t1" not in (tmp_path / "out" / "check.R").read_text(encoding="utf-8")
