"""The ladder of kinds that it does not refit: what their rungs say instead of a number."""

from typing import Any

import pandas as pd
import pytest

from cesp_analysis.declared.few_sites import FewSites
from cesp_analysis.few_sites.ladder import rungs_of
from cesp_analysis.few_sites.rung import Rung
from cesp_analysis.models.prior import read_prior
from cesp_analysis.models.shocks import augmented
from small_panel import model, panel_of
from survey_records import panel_of as survey_panel
from survey_records import survey_model, survey_rows

PAST = {"y": {"value": 0.7, "source": "national survey"}}


def rungs(spec: Any, panel: pd.DataFrame, which: int = 0) -> dict[str, Rung]:
    """Rung → what it says of one estimate, with a divergence of the past declared."""
    rows = spec.fit(panel).estimates
    known = FewSites.model_validate({"divergences": PAST})
    made, _ = rungs_of(rows[which], spec, panel, read_prior(), known, 1, {})
    return {rung.rung: rung for rung in made}


@pytest.mark.parametrize(
    "asked",
    [
        {"kind": "glm", "family": "poisson", "design": "panel"},
        {"kind": "mixed", "random": ["person"]},
        {"kind": "weighted_did", "method": "entropy", "design": "change", "covariates": ["age"]},
        {"kind": "dr_did", "design": "change", "covariates": ["age"]},
    ],
)
def test_a_kind_that_is_not_refitted_says_so_and_keeps_its_shocks(asked: dict[str, Any]) -> None:
    found = rungs(model(**asked), panel_of())
    clusters = found["clusters"]
    assert (clusters.status, clusters.estimate) == ("not_available", None)
    assert f"not available for kind {asked['kind']}" in (clusters.reason or "")
    assert not any("/" in name for name in found)
    plain, wide = found["sampling"], found["shock_mixture"]
    assert plain.ci_low is not None and plain.ci_high is not None
    assert wide.ci_low is not None and wide.ci_high is not None
    assert wide.ci_low < plain.ci_low < plain.ci_high < wide.ci_high


def test_a_ratio_has_no_interval_with_shocks_and_its_difference_has() -> None:
    panel, spec = panel_of(), model(kind="glm", family="poisson", design="panel")
    rows = spec.fit(panel).estimates
    (difference, ratio) = augmented(rows, spec, panel, read_prior())
    assert (ratio.unit, ratio.ci_low_shock, ratio.shock_prior) == ("ratio", None, None)
    assert difference.ci_low_shock is not None
    found = rungs(spec, panel, 1)
    assert set(found) == {"sampling", "clusters", "shock_mixture"}
    assert "not in the outcome's unit" in (found["shock_mixture"].reason or "")


def test_at_equal_baseline_no_bounds_are_made_from_trends() -> None:
    found = rungs(model(kind="ancova"), panel_of())
    assert "bounded_variation" not in found and "breakdown_sign" in found
    assert "does not take trends as parallel" in (found["parallel_trends"].reason or "")
    assert "bounded_variation" in rungs(model(kind="did", design="change"), panel_of())


def test_the_average_of_times_says_that_it_has_no_rungs_by_clusters() -> None:
    spec = model(
        kind="did", design="unit_effects", times=3, average=True, covariance="CR2",
        cluster="neighbourhood",
    )  # fmt: skip
    found = rungs(spec, panel_of(times=3), -1)
    assert found["sampling"].time is None and found["sampling"].status == "estimated"
    assert "not available for an average of times" in (found["clusters"].reason or "")


def survey_ladder(neighbourhoods: str, strata: str | None = None) -> dict[str, dict[str, Rung]]:
    """Estimate → rung → what it says, of a survey's change to its first later wave."""
    spec = survey_model(surveys={"neighbourhoods": neighbourhoods, "strata": strata})
    own = survey_rows()
    lone = pd.Categorical((own["district"] + 9 * (own["nb"] == 14)).astype(str))
    data = survey_panel(own, lone=lone)
    rows = {row.estimate_id: row for row in spec.fit(data).estimates}
    found = {}
    for name, row in rows.items():
        twin = rows.get(f"{name}/clustered")
        made, _ = rungs_of(row, spec, data, read_prior(), FewSites(draws=999), 1, {}, twin)
        found[name] = {rung.rung: rung for rung in made}
    return found


def test_a_survey_of_all_neighbourhoods_has_its_rungs_by_clusters_once() -> None:
    sampled, everything = survey_ladder("sampled"), survey_ladder("all")
    strata, clusters = everything["m/y/w1"], everything["m/y/w1/clustered"]
    assert not any("/" in name for name in strata)
    assert strata["clusters"].status == "not_available"
    assert (strata["clusters"].reason or "").endswith("stand once, under m/y/w1/clustered")
    own = {name for name in sampled["m/y/w1"] if "/" in name}
    assert own and own == {name for name in clusters if "/" in name}
    for name in own:  # the same regression and the same draws
        assert clusters[name].p_value == sampled["m/y/w1"][name].p_value
        assert clusters[name].std_error == sampled["m/y/w1"][name].std_error
    assert strata["sampling"].std_error != clusters["sampling"].std_error


def test_rungs_by_clusters_under_the_residents_row_say_which_question_they_answer() -> None:
    found = survey_ladder("all", strata="lone")  # a stratum of one: no clustered row
    assert found["m/y/w1/clustered"]["sampling"].status == "not_estimable"
    assert not any("/" in name for name in found["m/y/w1/clustered"])
    own = {name: rung for name, rung in found["m/y/w1"].items() if "/" in name}
    assert own
    for rung in own.values():
        (said,) = (one for one in rung.warnings if "answers another question" in one)
        assert "one neighbourhood (n14)" in said
    sampled = survey_ladder("sampled")["m/y/w1"]
    assert not any("another question" in one for rung in sampled.values() for one in rung.warnings)
