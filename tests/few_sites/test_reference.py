"""The ladder's rungs against R (tests/reference/ladder.R): ten sites, both kinds that climb."""

import json
from functools import cache
from math import cos, sin
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from cesp_analysis.declared.few_sites import FewSites
from cesp_analysis.few_sites.ladder import rungs_of
from cesp_analysis.few_sites.regression import behind, changes_of
from cesp_analysis.few_sites.relabel import relabelled
from cesp_analysis.few_sites.rung import Rung
from cesp_analysis.few_sites.wild import wild_bootstrap
from cesp_analysis.models.kinds import read_model
from cesp_analysis.models.prior import read_prior
from cesp_analysis.schemas import Panel
from small_panel import model, panel_of

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "ladder.json").read_text(encoding="utf-8")
)
SITES = [
    {"name": f"s{s}", "label": f"S{s}", "arm": "intervention" if s >= 5 else "control"}
    for s in range(10)
]
# Closed forms and sums in another order, 12 digits printed; the mixed models where lme4 stops.
DIRECT, OPTIMISED = 1e-9, 1e-5


@cache
def panel() -> pd.DataFrame:
    """The data of ladder.R."""
    rows, k = [], 0
    for s in range(10):
        for _ in range(6 + 3 * s % 4):
            k += 1
            y0 = 20 + 2 * sin(1.3 * s) + 3 * sin(2.1 * k)
            y1 = 5 + 0.6 * y0 + 1.4 * (s >= 5) + 1.1 * cos(2.7 * s) + 2 * sin(3.7 * k)
            arm = "intervention" if s >= 5 else "control"
            rows += [(f"p{k:03}", f"s{s}", arm, t, y) for t, y in (("t0", y0), ("t1", y1))]
    d = pd.DataFrame(rows, columns=["unit", "site", "arm", "time", "value"])
    d = d.assign(study="s", level="person", outcome="y", weight=1.0, link_worker=None,
                 neighbourhood=None)  # fmt: skip
    for name, column in Panel.columns().items():
        if column.kind == "category":
            d[name] = pd.Categorical(d[name])
    return d[list(Panel.columns())]


@cache
def spec_of(kind: str) -> Any:
    """The model, told of the ten sites, clustered by them."""
    change = {"design": "change"} if kind == "did" else {}
    made = model(kind=kind, covariance="CR2", cluster="site", **change)
    data = json.loads(made.model_dump_json())
    data["study"]["sites"] = SITES
    return read_model(json.dumps(data))


@cache
def rungs(kind: str) -> dict[str, Rung]:
    """The rungs of the model's one estimate."""
    spec = spec_of(kind)
    (row,) = spec.fit(panel()).estimates
    made, _ = rungs_of(row, spec, panel(), read_prior(), FewSites(), 1, {row.time: row})
    return {rung.rung: rung for rung in made}


def test_the_data_are_those_of_the_script() -> None:
    assert panel()["value"].sum() == approx(REFERENCE["sum"], rel=1e-12)


@pytest.mark.parametrize(
    ("kind", "rung", "tolerance"),
    [
        ("did", "cr2", DIRECT),
        ("did", "donald_lang", DIRECT),
        ("did", "mixed_kenward_roger", OPTIMISED),
        ("ancova", "cr2", DIRECT),
        ("ancova", "mixed_kenward_roger", OPTIMISED),
    ],
)
def test_estimate_error_and_df(kind: str, rung: str, tolerance: float) -> None:
    found, expected = rungs(kind)[f"site/{rung}"], REFERENCE[kind][rung]
    assert found.status == "estimated"
    for name in set(expected) - {"p_value"}:
        assert getattr(found, name) == approx(expected[name], rel=tolerance), name
    if "p_value" in expected:
        assert found.p_value == approx(expected["p_value"], rel=tolerance)


@pytest.mark.parametrize("kind", ["did", "ancova"])
def test_every_sign_vector_of_the_wild_bootstrap(kind: str) -> None:
    """The counts are whole numbers: with ties and without, of all 1,024."""
    time = spec_of(kind).moments()[1]
    one = behind(spec_of(kind), panel(), "y", time)
    found = wild_bootstrap(
        one.fit, one.contrast, one.codes("site"), one.rows.arm == 1, np.random.default_rng(1)
    )
    expected = REFERENCE[kind]["wild_bootstrap"]
    assert (found.draws, found.extreme, found.strict) == (
        expected["draws"], expected["with_ties"], expected["strict"],
    )  # fmt: skip
    rung = rungs(kind)["site/wild_bootstrap"]
    assert rung.p_value == expected["with_ties"] / expected["draws"]
    assert rung.estimate == approx(rungs(kind)["sampling"].estimate, rel=1e-12)
    assert rung.smallest_p == 2 / 1024


def test_every_relabelling() -> None:
    one = behind(spec_of("did"), panel(), "y", spec_of("did").moments()[1])
    means = changes_of(one, "site")
    found = relabelled(means.values, means.treated, np.random.default_rng(1))
    expected = REFERENCE["did"]["relabelling"]
    assert (found.draws, found.extreme, found.strict) == (
        expected["draws"], expected["with_ties"], expected["strict"],
    )  # fmt: skip
    assert rungs("did")["site/relabelling"].p_value == expected["with_ties"] / expected["draws"]


def test_at_equal_baseline_means_of_clusters_have_no_test_and_it_is_said() -> None:
    found = rungs("ancova")
    for name in ("site/donald_lang", "site/relabelling"):
        assert (found[name].status, found[name].estimate) == ("not_estimable", None)
        assert "share one estimated slope on baseline" in (found[name].reason or "")
    assert "clusters" not in found
    assert "random effect of each site, REML" in (found["site/mixed_kenward_roger"].method or "")


def test_the_rung_is_the_row_of_a_model_that_clusters_so() -> None:
    """CR2 at site is what the model itself gives with cluster: site."""
    for kind in ("did", "ancova"):
        row, rung = rungs(kind)["sampling"], rungs(kind)["site/cr2"]
        for name in ("estimate", "std_error", "df", "ci_low", "p_value"):
            assert getattr(rung, name) == approx(getattr(row, name), rel=1e-12), name


def test_the_wild_bootstrap_at_equal_baseline_does_not_depend_on_units() -> None:
    """Another unit of the outcome, and the same added to all values: the counts stay."""
    other = panel().assign(value=7 - 3 * panel()["value"])
    time = spec_of("ancova").moments()[1]
    found = []
    for data in (panel(), other):
        one = behind(spec_of("ancova"), data, "y", time)
        rng, arm = np.random.default_rng(1), one.rows.arm == 1
        found.append(wild_bootstrap(one.fit, one.contrast, one.codes("site"), arm, rng))
    assert found[0].extreme == found[1].extreme
    low, high = found[0].low, found[0].high
    assert low is not None and high is not None
    assert (found[1].high, found[1].low) == (approx(-3 * low), approx(-3 * high))


def test_an_ancova_of_a_time_before_does_not_climb() -> None:
    spec = model(kind="ancova", times=3)
    spec = read_model(json.dumps(json.loads(spec.model_dump_json()) | {"reference": "t1"}))
    data = panel_of(times=3)
    rows = {row.time: row for row in spec.fit(data).estimates}
    climbed = {
        time: rungs_of(row, spec, data, read_prior(), FewSites(), 1, {})[0]
        for time, row in rows.items()
    }
    assert rows["t0"].status == "refused" and [r.rung for r in climbed["t0"]] == ["sampling"]
    assert any(r.rung == "neighbourhood/cr2" for r in climbed["t2"])
