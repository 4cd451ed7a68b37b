"""Kind `mixed` with slopes and neighbourhoods at each time: rows, words, diagnostics, refusals."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from cesp_analysis.models.nested_df import judged
from cesp_analysis.models.over_time import by_time, fit_over_times, intercepts, slopes
from small_panel import model, panel_of

CROSSED = ["person", "neighbourhood_time", "neighbourhood"]


def shaken(people: int = 80, times: int = 3, shock: float = 1.0) -> pd.DataFrame:
    """A panel in which neighbourhoods change as a whole."""
    panel = panel_of(people=people, times=times)
    rng = np.random.default_rng(8)
    cell = panel["neighbourhood"].cat.codes * times + panel["time"].cat.codes
    return panel.assign(value=panel["value"] + rng.normal(0, shock, int(cell.max()) + 1)[cell])


def engine_of(panel: pd.DataFrame, times: int, levels: Any) -> Any:
    """The engine's fit of the fixed part that the kind has: site, time, arm × time."""
    arm = (panel["arm"] == "intervention").to_numpy(float)
    time = panel["time"].cat.codes.to_numpy().astype(int)
    later = [(time == t).astype(float) for t in range(1, times)]
    x = np.column_stack([np.ones(len(panel)), arm, *later, *(arm * one for one in later)])
    return fit_over_times(panel["value"].to_numpy(), x, levels, time), x.shape[1]


def agrees(fitted: Any, engine: Any, k: int) -> None:
    """Each row is the engine's contrast, judged by Kenward-Roger."""
    for back, row in enumerate(reversed(fitted.estimates), 1):
        error, df = judged(engine, np.eye(k)[-back], "kenward_roger", "expected")
        assert (row.estimate, row.std_error, row.df) == approx(
            (engine.coef[-back], error, df), rel=1e-9
        )


def test_people_crossed_with_neighbourhoods_at_each_time() -> None:
    panel = shaken()
    fitted = model(times=3, kind="mixed", random=CROSSED).fit(panel)
    near, person = (panel[name].cat.codes.to_numpy() for name in ("neighbourhood", "unit"))
    agrees(fitted, *engine_of(panel, 3, [intercepts(person, 3), by_time(near, 3, True)]))
    row, said = fitted.estimates[-1], fitted.diagnostics["y"]
    assert (
        "random intercepts for person in neighbourhood and for neighbourhood × time" in row.method
    )
    assert (row.n_clusters, row.cluster_level) == (8, "neighbourhood")
    assert list(said["variance"]) == [*CROSSED, "residual"]
    assert said["n_groups"] == {"person": 80, "neighbourhood_time": 24, "neighbourhood": 8}
    assert sum(said["share_of_variance"].values()) < 1
    (plain,) = [
        r
        for r in model(times=3, kind="mixed", random=CROSSED[::2]).fit(panel).estimates
        if r.time == row.time
    ]
    assert row.std_error > 1.3 * plain.std_error  # the shock is in the interval
    assert any("drops out of a change" in one for one in plain.warnings)
    assert not any("drops out of a change" in one for one in row.warnings)


def test_respondents_need_no_person() -> None:
    panel = shaken(people=160, times=2)
    unit = panel["unit"].astype(str) + panel["time"].astype(str)
    once = panel.assign(unit=pd.Categorical(unit))
    fitted = model(kind="mixed", random=["neighbourhood_time", "neighbourhood"]).fit(once)
    near = once["neighbourhood"].cat.codes.to_numpy()
    agrees(fitted, *engine_of(once, 2, [by_time(near, 2, True)]))
    alone = model(kind="mixed", random=["neighbourhood_time"]).fit(once)
    agrees(alone, *engine_of(once, 2, [by_time(near, 2, False)]))
    assert alone.estimates[0].cluster_level == "neighbourhood_time"
    assert alone.estimates[0].n_clusters == 16


@pytest.mark.parametrize("slope", ["correlated", "uncorrelated"])
def test_a_slope_of_each_person(slope: str) -> None:
    panel = panel_of(people=60, times=4)
    person, time = panel["unit"].cat.codes.to_numpy(), panel["time"].cat.codes.to_numpy()
    own = np.random.default_rng(2).normal(0, 0.8, 60)
    panel = panel.assign(value=panel["value"] + own[person] * time)
    fitted = model(times=4, kind="mixed", random=["person"], slope=slope).fit(panel)
    levels = [slopes(person, np.arange(4.0), slope == "correlated")]
    engine, k = engine_of(panel, 4, levels)
    agrees(fitted, engine, k)
    said = fitted.diagnostics["y"]
    assert f"random slope of time for person ({slope} with the intercept)" in (
        fitted.estimates[0].method
    )
    assert said["variance"]["person_slope"] == approx(engine.variances[-1])
    assert "share_of_variance" not in said  # it differs from time to time
    if slope == "correlated":
        level, both, steep = engine.variances
        assert said["correlation"] == approx(
            {"person, person_slope": both / np.sqrt(level * steep)}
        )
    straight = model(times=4, kind="mixed", random=["person"], slope=slope, time="linear")
    assert {row.status for row in straight.fit(panel).estimates} == {"estimated"}


def test_an_edge_is_said() -> None:
    """Levels and slopes on one line, the noise less than chance: a correlation of one."""
    panel = panel_of(people=40, times=4)
    person, time = panel["unit"].cat.codes.to_numpy(), panel["time"].cat.codes.to_numpy()
    rng = np.random.default_rng(3)
    noise = rng.normal(size=(40, 4))
    noise -= noise.mean(1, keepdims=True)
    noise -= np.outer(noise @ [-1.5, -0.5, 0.5, 1.5] / 5, [-1.5, -0.5, 0.5, 1.5])
    line = rng.normal(size=40)[person] * (2 + 0.7 * time)
    rows = panel.assign(value=line + noise.ravel())
    asked = {"times": 4, "kind": "mixed", "random": ["person"], "slope": "correlated"}
    (*_, row) = model(**asked).fit(rows).estimates
    assert any("slopes is estimated as +1, as far as it can go" in said for said in row.warnings)
    (*_, flat) = model(**asked).fit(panel.assign(value=noise.ravel())).estimates
    assert any("the variance between people's slopes is estimated as zero" in said
               for said in flat.warnings)  # fmt: skip


def test_what_does_not_fit_is_refused() -> None:
    (fault,) = model(kind="mixed", random=["neighbourhood"], slope="correlated").faults()
    assert "slope: is each person's" in fault
    (order,) = model(kind="mixed", random=["neighbourhood_time", "person"]).faults()
    assert "innermost first: [person, neighbourhood_time]" in order
    two = model(kind="mixed", random=["person"], slope="correlated").fit(panel_of())
    assert two.estimates[0].status == "not_estimable"
    lone = panel_of(people=8)
    own = lone.assign(neighbourhood=lone["unit"])
    (row,) = model(kind="mixed", random=["person", "neighbourhood_time"]).fit(own).estimates
    assert row.status == "not_estimable"
    assert "each neighbourhood has just one record at each time" in row.reason
    nowhere = panel_of().assign(neighbourhood=pd.Categorical([None] * 80))
    (row,) = model(kind="mixed", random=["person", "neighbourhood_time"]).fit(nowhere).estimates
    assert row.status == "refused" and "have no neighbourhood" in row.reason
