"""Weighted means, totals, raked weights and differences in differences against svy, a second oracle
that is no port of R's survey: tests/reference/survey_svy.py."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from cesp_analysis.models.survey_design import Sample
from cesp_analysis.models.survey_domain import pulled, spread
from cesp_analysis.models.survey_linear import Linearised, linearised
from cesp_analysis.survey.cells import Target
from cesp_analysis.survey.groups import Group
from cesp_analysis.survey.weighted import weighted
from survey_records import REFERENCE, codes, design_of, regression, survey_rows

SVY: dict[str, Any] = json.loads((REFERENCE / "survey_svy.json").read_text(encoding="utf-8"))
SHARES = {"sex": {0: 0.55, 1: 0.45}, "age": {"young": 0.25, "middle": 0.35, "old": 0.4}}
TOTAL = 300.0
RAKED = 1e-7  # svy stops at 1e-12 of a margin or at its own rounding, ours at 1e-9
EXACT = 1e-9  # the same formulas in another order of sums


def rows() -> pd.DataFrame:
    d = survey_rows()
    return d.assign(cell=d["site"].astype(str) + "/" + d["wave"].astype(str))


def raked(d: pd.DataFrame) -> np.ndarray:
    """Our weights: each site and wave by itself to both margins."""
    found = np.zeros(len(d))
    for _, own in d.groupby("cell"):
        targets = [
            Target(
                own[name].map({word: k for k, word in enumerate(shares)}).to_numpy(),
                TOTAL * np.array(list(shares.values())),
            )
            for name, shares in SHARES.items()
        ]
        labels = tuple(tuple(map(str, shares)) for shares in SHARES.values())
        base = own["design"].to_numpy(dtype=float)
        group = Group(("a", "w"), np.arange(len(own)), base, tuple(targets), labels, TOTAL, ())
        found[own.index] = weighted(group, "rake", None).weights
    return found


def sample(d: pd.DataFrame, weights: str) -> Sample:
    """With raked weights the margins' residuals count records alike, as svy does after raking and
    R's `rake`: ours does so with `residuals: alike`, and counts by design weight otherwise."""
    base = d["design"].to_numpy(dtype=float)
    strata, psu = codes(d["district"]), codes(d["nb"])
    if weights == "plain":
        return Sample(strata, psu, base)
    margins = tuple(codes(d["cell"] + "/" + d[name].astype(str)) for name in SHARES)
    group = codes(d["cell"])
    return Sample(
        strata, psu, raked(d), margins=margins, margin_weight=np.ones(len(d)), margin_group=group
    )


def test_raked_weights_are_those_of_svy() -> None:
    assert raked(rows()) == approx(np.array(SVY["raked"]["weight"]), rel=RAKED)


@pytest.mark.parametrize("weights", ["plain", "raked"])
def test_means_shares_and_domains_of_cells_are_those_of_svy(weights: str) -> None:
    d, close = rows(), EXACT if weights == "plain" else RAKED
    own = sample(d, weights)
    answered = d["answered"].to_numpy(dtype=bool)
    asked = [("mean", "y", np.ones(len(d), dtype=bool)), ("domain", "y", answered)]
    asked += [("share", "sex", asked[0][2])] if weights == "plain" else []  # else a margin
    for name, column, among in asked:
        values = d[[column]].to_numpy(dtype=float)
        said = SVY[weights][name]
        for at, cell in enumerate(sorted(d["cell"].unique())):
            found = pulled(values, own.weight, among & (d["cell"] == cell).to_numpy())
            assert found is not None
            known = spread(found.influence, own, found.inside)
            assert isinstance(known, Linearised)
            assert found.estimate[0] == approx(said["est"][at], rel=close)
            assert known.covariance[0, 0] ** 0.5 == approx(said["se"][at], rel=close)
            assert known.df == said["df"][at]


@pytest.mark.parametrize("weights", ["plain", "raked"])
def test_totals_are_those_of_svy(weights: str) -> None:
    d, close = rows(), EXACT if weights == "plain" else RAKED
    own = sample(d, weights)
    pull = own.weight[:, None] * d[["y"]].to_numpy(dtype=float)
    known = linearised(pull, own, np.ones(len(d), dtype=bool))
    said = SVY[weights]["total"]
    assert pull.sum() == approx(said["est"][0], rel=close)
    assert known.covariance[0, 0] ** 0.5 == approx(said["se"][0], rel=close)
    assert known.df == said["df"][0]


@pytest.mark.parametrize("weights", ["plain", "raked"])
def test_differences_in_differences_are_those_of_svy(weights: str) -> None:
    """svy's df of a coefficient are R's older ones, the design's less the other coefficients: not
    compared. Terms stand in another order there."""
    d, close = rows(), EXACT if weights == "plain" else RAKED
    fit, known = regression(d, sample(d, weights))
    order = [
        "_intercept_",
        "north",
        "later_w1",
        "later_w2",
        "x",
        "later_w1:north",
        "later_w2:north",
    ]
    said = SVY[weights]["regression"]
    at = [said["term"].index(term) for term in order]
    assert design_of(d).shape[1] == len(order) == len(said["term"])
    assert fit.coef == approx(np.array(said["estimate"])[at], rel=close)
    assert np.sqrt(np.diag(known.covariance)) == approx(np.array(said["std_err"])[at], rel=close)
