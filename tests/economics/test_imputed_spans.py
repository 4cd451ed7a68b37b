"""By what utilities and costs are imputed, between what they lie, and which cannot be."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.declared.economics import BootImpute
from cesp_analysis.economics import specs
from cesp_analysis.economics.cases import cases_of
from cesp_analysis.economics.evaluated import evaluated
from cesp_analysis.economics.frame import COST, QALYS, UTILITY
from cesp_analysis.economics.imputed_spans import impossible, possible, spans
from cesp_analysis.economics.imputing import imputations_of
from cesp_analysis.models.prior import read_prior
from cesp_analysis.panel.sources import Sources
from cesp_analysis.pipeline import opened
from costed_study import costed
from evaluated_study import answers, framed, no_events, no_visits, people, spec
from small_study import inside

NORM = BootImpute(replicates=200, sets=5, method="norm")
PMM = BootImpute(replicates=200, sets=5)


def skewed(n: int = 40) -> dict[str, np.ndarray]:
    """Utilities near 1, costs of a few as much as those of all others together."""
    found = answers(n, lost=0.3)
    found[UTILITY] = np.minimum(found[UTILITY] + 0.25, 1.0)
    found[COST][::9] *= 30
    return found


def test_whatever_the_models_use_imputed_values_are_ones_that_others_had() -> None:
    """The models' own method is norm; costs are skewed enough for a line to lead beyond 1."""
    how = spec(missing=PMM)
    assert how.imputation.method == "norm"
    frame = framed(how, people(skewed()))
    made = imputations_of(frame, 10, 3, "x")
    assert made.cells and not made.refused
    names = [one.name for one in frame.equations.columns]
    for cells in made.cells:
        own = frame.table[:, names.index(cells.column)]
        for row, values in zip(cells.rows, cells.values.T, strict=True):
            same = frame.treated == frame.treated[row]
            assert np.isin(values, own[same]).all()
    assert not list(impossible(frame, made))


def test_by_norm_what_cannot_be_is_counted_with_its_span() -> None:
    frame = framed(spec(missing=NORM), people(skewed()))
    object.__setattr__(frame, "utility_range", (-0.285, 1.0))
    made = imputations_of(frame, 10, 3, "x")
    ends, (said,) = spans(made), impossible(frame, made)
    assert ends["utility@12m"][1] > 1 and ends["cost@12m"][0] < 0
    cells = {one.column: one.values for one in made.cells}
    for column, low, high in (
        ("utility@6m", -0.285, 1.0), ("utility@12m", -0.285, 1.0), ("cost@6m", 0.0, np.inf),
        ("cost@12m", 0.0, np.inf),
    ):  # fmt: skip
        values = cells[column]
        assert ends[column] == (values.min(), values.max())
        number = int(((values < low) | (values > high)).sum())
        what = column.replace("@", " at ").replace("cost", "costs")
        text = f"{number} of {values.size} of {what} ({values.min():.4g} to {values.max():.4g})"
        assert (text in said) == (number > 0)


def test_what_quantities_can_be() -> None:
    frame = framed(spec(), people(answers(5)))
    assert possible(frame, UTILITY) == possible(frame, QALYS) == (None, None)
    object.__setattr__(frame, "utility_range", (-0.5, 1.0))
    object.__setattr__(frame, "years", 2.0)
    assert possible(frame, UTILITY) == (-0.5, 1.0) and possible(frame, QALYS) == (-1.0, 2.0)
    assert possible(frame, "cost nhs") == (0.0, None) and possible(frame, "age") == (None, None)


@pytest.mark.parametrize(("method", "said"), [(NORM, True), (PMM, False)])
def test_rows_of_imputed_values_say_what_cannot_be(method: BootImpute, said: bool) -> None:
    found = skewed()
    who = people(found)
    table = pd.DataFrame(
        {
            "unit": np.repeat(who.units, 3), "time": list(who.times) * who.n, "service": "gp",
            "sector": "nhs", "cost": found[COST].ravel(),
        }
    )  # fmt: skip
    how = spec(
        missing=method, perspectives={"nhs": {"label": "NHS", "sectors": ["nhs"]}},
        services={"gp": {"label": "GP", "unit_cost": "gp", "sector": "nhs", "variable": "gp"}},
        tornado={"gp": {"label": "GP", "of": "services.gp", "low": 0.5, "high": 2}},
        baseline_costs=False,
    )  # fmt: skip
    valued = pd.DataFrame(
        {"unit": np.repeat(who.units, 3), "time": list(who.times) * who.n,
         "utility": found[UTILITY].ravel()}
    ).astype({"unit": "category", "time": "category"})  # fmt: skip
    scores = pd.DataFrame({name: [] for name in ("unit", "time", "score", "value")})
    scores = scores.astype({"unit": "category", "time": "category"})
    known = Sources.of({"people": "person"}, {"people": valued}, scores, list(who.times))
    cases = cases_of(how, who, known, table, (no_events(), no_visits()))
    rows = evaluated(how, cases, read_prior(None)).rows
    assert {row["missing_data"] for row in rows} == {"complete", "imputed", "boot_impute"}
    for row in rows:
        of_norm = "imputed by norm that cannot be" in (row["warnings"] or "")
        assert of_norm == (said and row["missing_data"] != "complete")
    bars = [row for row in rows if row["scenario"].startswith("tornado")]
    assert bars and all(row["status"] == "estimated" for row in bars)


def test_the_range_of_a_value_set_is_told_where_imputed_values_may_leave_it(tmp_path: Path) -> None:
    def told(folder: Path, method: str) -> dict[str, object]:
        study = costed(folder, missing={"method": method})
        study.write()
        with inside(study.folder):
            own: dict[str, object] = json.loads(specs.evaluate(opened(".")))["economics"]
        return own

    assert told(tmp_path / "a", "pmm")["utility"]["range"] == [None, None]  # type: ignore[index]
    assert told(tmp_path / "b", "norm")["utility"]["range"] == [-0.6, 1]  # type: ignore[index]
