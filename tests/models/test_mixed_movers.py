"""Few movers in a mixed model: each in the first place, beside lme4's crossed effects."""

import json

import numpy as np
import pandas as pd
import pytest

from survey_records import REFERENCE, panel_of, survey_model

KNOWN = json.loads((REFERENCE / "movers.json").read_text(encoding="utf-8"))["sets"]
RANDOM = ["person", "neighbourhood"]


def surveys() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "movers.csv")


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_few_movers_hardly_change_what_crossed_effects_estimate(number: int) -> None:
    data = surveys().query("set == @number")
    expected = KNOWN[number - 1]
    for level in ("respondent", "person"):
        panel = panel_of(data).assign(level=pd.Categorical([level] * len(data)))
        spec = survey_model(kind="mixed", random=RANDOM, level="respondent")
        if level == "person":
            entry = spec.context.outcomes["y"].model_copy(update={"level": "person"})
            told = spec.context.model_copy(update={"outcomes": {"y": entry}})
            spec = spec.model_copy(update={"level": "person", "study": told})
        rows = spec.fit(panel).estimates
        for row, estimate, error in zip(rows, expected["coef"], expected["se"], strict=True):
            assert row.estimate is not None and row.std_error is not None
            # of 60 such surveys the two differ by 0.10 standard errors (SD), 0.03 on average
            assert abs(row.estimate - estimate) < 0.3 * error
            assert row.std_error == pytest.approx(error, rel=0.03)
            assert any("people have records in more than one" in said for said in row.warnings)


def test_the_order_of_rows_does_not_matter_and_each_record_stays_in_its_arm() -> None:
    data = surveys().query("set == 1")
    panel = panel_of(data)
    spec = survey_model(kind="mixed", random=["person", "neighbourhood_time", "neighbourhood"])
    found = spec.fit(panel).estimates
    turned = panel.iloc[np.random.default_rng(1).permutation(len(panel))]
    again = spec.fit(turned).estimates
    assert [row.estimate for row in again] == pytest.approx([row.estimate for row in found])
    assert any("2 of them in another site" in said for said in found[0].warnings)
    first = data.sort_values("wave").drop_duplicates("id").set_index("id")
    stayed = data.assign(nb=data["id"].map(first["nb"]))  # in the arm of each record
    same = spec.fit(panel_of(stayed)).estimates
    assert [row.estimate for row in same] == pytest.approx([row.estimate for row in found])
