"""Kind `survey`: answers that are all the same, large numbers, what diagnostics hold."""

from typing import Any

import numpy as np
import pandas as pd
from pytest import approx

from survey_records import panel_of, survey_model, survey_rows


def panel(**columns: Any) -> pd.DataFrame:
    return panel_of(survey_rows(), **columns)


def said(data: pd.DataFrame, **settings: Any) -> tuple[str, ...]:
    """The warnings of the first later wave."""
    row = survey_model(**settings).fit(data).estimates[0]
    assert row.status == "estimated"
    return tuple(row.warnings)


def test_changes_that_are_all_the_same_are_told_of_members_and_answers_of_records() -> None:
    data = panel()
    south = (data["site"] == "south").to_numpy()
    late = (data["time"] == "w1").to_numpy()
    number = data["unit"].cat.codes.to_numpy(dtype=float)
    changed = data.assign(value=np.where(south, number + late, data["value"]))
    (alike,) = [one for one in said(changed, respondents="panel") if "have the same" in one]
    assert "of the control arm have the same change (1)" in alike
    assert not [one for one in said(changed) if "have the same" in one]
    same = data.assign(value=np.where(south & late, 7.0, data["value"]))
    (alike,) = [one for one in said(same) if "have the same" in one]
    assert "of the control arm at wave 1 have the same value (7)" in alike
    assert not [one for one in said(same, respondents="panel") if "have the same" in one]


def test_a_large_level_beside_small_differences_is_no_lack_of_variance() -> None:
    """Answers of a million that differ by some thousandths: the estimate of their differences."""
    data = panel()
    near, far = (data.assign(value=data["value"] / 1e4 + level) for level in (0.0, 1e6))
    for respondents in ("all", "panel"):
        spec = survey_model(respondents=respondents)
        for one, other in zip(spec.fit(near).estimates, spec.fit(far).estimates, strict=True):
            assert other.status == "estimated"
            # a million is held to 1e-10, which leaves six digits of the differences
            found, expected = (other.estimate, other.std_error), (one.estimate, one.std_error)
            assert found == approx(expected, rel=1e-4)


def test_diagnostics_of_parts_stand_beside_each_other_where_they_are_combined() -> None:
    data = panel()
    alone = survey_model(respondents="panel").fit(data).diagnostics["y"]
    both = survey_model(respondents="combined").fit(data).diagnostics["y"]
    for wave in ("w1", "w2"):
        assert "std_error" in alone[wave] and "panel" not in alone[wave]
        assert both[wave]["panel"]["std_error"] == alone[wave]["std_error"]
        assert "std_error" not in both[wave] and len(both[wave]) >= 2
