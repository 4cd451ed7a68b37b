"""By what utilities and costs are imputed, between what they lie, and which cannot be."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.declared.economics import BootImpute
from cesp_analysis.declared.missing_data import Imputation
from cesp_analysis.economics import specs
from cesp_analysis.economics.cases import cases_of
from cesp_analysis.economics.frame import COST, QALYS, UTILITY
from cesp_analysis.economics.imputed_spans import impossible, possible, spans
from cesp_analysis.economics.imputing import imputations_of
from cesp_analysis.panel.sources import Sources
from cesp_analysis.pipeline import opened
from costed_study import costed
from evaluated_study import answers, evaluated, framed, no_events, no_visits, people, spec
from small_study import inside

NORM = BootImpute(replicates=200, sets=5)
PMM = BootImpute(replicates=200, sets=5, method="pmm")
VALUE_SET = (-0.285, 1.0)


def skewed(n: int = 40) -> dict[str, np.ndarray]:
    """Utilities near 1, costs of a few as much as those of all others together."""
    found = answers(n, lost=0.3)
    found[UTILITY] = np.minimum(found[UTILITY] + 0.25, 1.0)
    found[COST][::9] *= 30
    return found


@pytest.mark.parametrize("models", ["norm", "pmm"])
@pytest.mark.parametrize(("method", "matched"), [(NORM, False), (PMM, True)])
def test_imputed_costs_are_ones_that_others_had_utilities_by_the_method(
    models: str, method: BootImpute, matched: bool
) -> None:
    """Whatever the models of effects use."""
    how = spec(missing=method, imputation=Imputation(method=models))
    frame = framed(how, people(skewed()))
    made = imputations_of(frame, 10, 3, "x")
    assert made.cells and not made.refused
    names = [one.name for one in frame.equations.columns]
    for cells in made.cells:
        own, of_cost = frame.table[:, names.index(cells.column)], cells.column.startswith(COST)
        for row, values in zip(cells.rows, cells.values.T, strict=True):
            same = frame.treated == frame.treated[row]
            assert np.isin(values, own[same]).all() == (of_cost or matched)
    object.__setattr__(frame, "utility_range", VALUE_SET)
    assert bool(list(impossible(frame, made))) is not matched


@pytest.mark.parametrize("times", [100, 1000])
def test_one_dear_person_who_is_lost_spoils_no_utility(times: int) -> None:
    """Of 120 people one costs a hundred times what others do, and lacks later utilities: a line on
    costs as they are leads his to between -17 and 2.6. Logarithms of a typical cost that he moves
    (a mean) would let a thousand times as much lead to -10."""
    found = answers(60, lost=0.2)
    found[COST][7] = times * np.nanmean(found[COST])
    found[UTILITY][7, 1:] = np.nan
    frame = framed(spec(missing=NORM), people(found))
    known = found[UTILITY][np.isfinite(found[UTILITY])]
    far = 2.5 * (known.max() - known.min())
    for low, high in (
        ends
        for name, ends in spans(imputations_of(frame, 50, 3, "x")).items()
        if name.startswith(UTILITY)
    ):
        assert known.min() - far < low and high < known.max() + far


def test_by_norm_what_cannot_be_is_counted_with_its_span() -> None:
    frame = framed(spec(missing=NORM), people(skewed()))
    object.__setattr__(frame, "utility_range", VALUE_SET)
    made = imputations_of(frame, 10, 3, "x")
    ends, (said,) = spans(made), impossible(frame, made)
    assert ends["utility@12m"][1] > 1 and ends["cost@12m"][0] > 0
    cells = {one.column: one.values for one in made.cells}
    assert "costs" not in said
    for column in ("utility@6m", "utility@12m"):
        (low, high), values = VALUE_SET, cells[column]
        assert ends[column] == (values.min(), values.max())
        number = int(((values < low) | (values > high)).sum())
        what = column.replace("@", " at ")
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
            "sector": "nhs", "cost": found[COST].ravel(), "known_part": np.nan,
            "rows": 1, "rows_unknown": np.isnan(found[COST].ravel()).astype(int),
        }
    )  # fmt: skip
    how = spec(
        missing=method, perspectives={"nhs": {"label": "NHS", "sectors": ["nhs"]}},
        services={"gp": {"label": "GP", "unit_cost": "gp", "sector": "nhs", "variable": "gp"}},
        tornado={"gp": {"label": "GP", "of": "services.gp", "low": 0.5, "high": 2}},
        baseline_costs=False,
    )  # fmt: skip
    own = how.economics
    own = own.model_copy(update={"utility": own.utility.model_copy(update={"range": VALUE_SET})})
    how = how.model_copy(update={"economics": own})
    valued = pd.DataFrame(
        {"unit": np.repeat(who.units, 3), "time": list(who.times) * who.n,
         "utility": found[UTILITY].ravel()}
    ).astype({"unit": "category", "time": "category"})  # fmt: skip
    scores = pd.DataFrame({name: [] for name in ("unit", "time", "score", "value")})
    scores = scores.astype({"unit": "category", "time": "category"})
    known = Sources.of({"people": "person"}, {"people": valued}, scores, list(who.times))
    cases = cases_of(how, who, known, table, (no_events(), no_visits()))
    rows = evaluated(how, cases).rows
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
