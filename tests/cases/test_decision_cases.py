"""A ratio whose denominator straddles zero, as users of other tools met it: case 17.

The data of the case are at hand for CI, not for users; where they are absent this test skips.
"""

import json

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from case_study import CASES
from cesp_analysis.economics.decision import above_zero
from cesp_analysis.economics.law import Law
from cesp_analysis.economics.ratio import fieller, icer_in_words
from plane_draws import counted

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="shared/cases is absent")

AT = np.array([20_000.0, 25_000.0, 30_000.0, 35_000.0])
DRAWS = 20_000


def means(people: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Means (B, 2) of people drawn with replacement."""
    values = people[["cost", "qaly"]].to_numpy()
    drawn = rng.integers(len(values), size=(DRAWS, len(values)))
    return np.asarray(values[drawn].mean(axis=1))


def test_case_17() -> None:
    folder = CASES / "17-icer-across-quadrants"
    told = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    known = {row["name"]: row for row in told["values"]}
    people = pd.read_csv(folder / "people.csv")
    one, other = (people[people["site"] == site] for site in ("intervention", "control"))
    columns = ["cost", "qaly"]
    point = (one[columns].mean() - other[columns].mean()).to_numpy()
    cov = (one[columns].cov() / len(one) + other[columns].cov() / len(other)).to_numpy()
    rng = np.random.default_rng(17)
    draws = means(one, rng) - means(other, rng)
    shares, found = counted(draws), icer_in_words(point, cov)
    estimate, error = Law(point, cov, np.inf).net_benefit(AT)
    curve = (AT[:, None] * draws[:, 1] - draws[:, 0] > 0).mean(axis=1)
    mine = {
        "delta_cost": point[0], "se_delta_cost": np.sqrt(cov[0, 0]),
        "delta_qaly": point[1], "se_delta_qaly": np.sqrt(cov[1, 1]),
        "share_NE": shares.ne, "share_SE": shares.se, "share_NW": shares.nw, "share_SW": shares.sw,
    }  # fmt: skip
    for number, at in ((0, 20_000), (2, 30_000)):
        mine |= {
            f"inmb_{at}": estimate[number],
            f"se_inmb_{at}": error[number],
            f"probability_{at}": curve[number],
        }
    assert mine.keys() == known.keys()
    for name, value in mine.items():
        kind = {"relative": "rel", "absolute": "abs"}[known[name]["tolerance_is"]]
        assert value == approx(known[name]["value"], **{kind: known[name]["tolerance"]}), name
    assert np.abs(above_zero(estimate, error) - curve).max() < 0.015
    assert fieller(point, cov).kind == "whole_line"
    assert (found.kind, found.value, found.low, found.high) == ("straddles", None, None, None)
    said = " ".join(found.sentences)
    assert "QALYs may be lost as well as gained" in said
    assert "5,023" not in said and "56,4" not in said  # neither the ratio nor the wrong interval
