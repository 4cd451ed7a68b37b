"""Pooled differences between arms against R's mice: each arm apart, scores, yes or no, categories.

Printed with pytest -s: ours, mice's, their joint Monte Carlo error, how many of those lie between.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.arrays import Floats
from cesp_analysis.missing.chained import Groups, impute
from cesp_analysis.missing.pooling import Pooled, pool
from cesp_analysis.missing.recipe import Column, Method, Recipe
from cesp_analysis.models.least_squares import least_squares

R: dict[str, Any] = json.loads(Path("tests/reference/imputation_by_arm.json").read_text())
D = pd.read_csv("tests/reference/imputation_by_arm.csv")
M, THEIRS = 300, R["m"]
SCORES, NAMES = ("age", "y0", "y1", "y2"), ["age", "y0", "y1", "y2", "b", "o"]
LINES = ("change", "last, adjusted", "interim", "yes or no", "categories")
ARM = D["arm"].to_numpy()
DF = len(D) - np.array([2.0, 4, 2, 2, 2])


def effect(y: Floats, *covariates: Floats) -> tuple[float, float]:
    """The arm's coefficient and its squared standard error."""
    x = np.column_stack([np.ones(len(y)), ARM, *covariates])
    fit = least_squares(y, x)
    inverse = np.linalg.inv(fit.root.T @ fit.root)
    sigma2 = (fit.residuals**2).sum() / (len(y) - x.shape[1])
    return float(fit.coef[1]), float(sigma2 * inverse[1, 1])


def pooled(score: Method) -> Pooled:
    """Five effects, pooled over M sets; scores are imputed from scores, categories from scores."""
    how: dict[str, Method] = {"y1": score, "y2": score, "b": "logistic", "o": "ordered"}
    columns = tuple(Column(name, how.get(name)) for name in NAMES)
    predictors = {name: tuple(one for one in SCORES if one != name) for name in how}
    groups = Groups(ARM, ("control", "intervention"))
    table = D[NAMES].to_numpy(dtype=float)
    made = impute(table, Recipe(columns, predictors=predictors), M, seed=1, groups=groups)
    assert not made.refused
    found = []
    for number in range(M):
        age, y0, y1, y2, b, o = made.completed(number).T
        found.append([effect(y2 - y0), effect(y2, y0, age), effect(y1), effect(b), effect(o)])
    sets = np.array(found)
    return pool(sets[:, :, 0], sets[:, :, 1], DF)


@pytest.fixture(scope="module", params=["norm", "pmm"])
def both(request: pytest.FixtureRequest) -> tuple[Pooled, dict[str, Floats]]:
    there = {key: np.array([one[key] for one in R[request.param]]) for key in R[request.param][0]}
    return pooled(request.param), there


@pytest.mark.slow
def test_estimates_are_within_three_joint_monte_carlo_errors(
    both: tuple[Pooled, dict[str, Floats]],
) -> None:
    made, there = both
    assert THEIRS >= 200 and M >= 200
    joint = np.hypot(made.monte_carlo, np.sqrt(there["between"][:5] / THEIRS))
    apart = (made.estimate - there["estimate"][:5]) / joint
    for row in zip(LINES, made.estimate, there["estimate"], joint, apart, strict=False):
        print("{:16s} {:8.4f} {:8.4f} {:.4f} {:+.1f}".format(*row))
    assert np.abs(apart).max() < 3
    # a joint error hides nothing: it is below a tenth of the standard error
    assert (joint < 0.1 * made.std_error).all()


def test_variances_and_df_are_mices(both: tuple[Pooled, dict[str, Floats]]) -> None:
    made, there = both
    # variances of M draws and of mice's: relative errors of sqrt(2 / m)
    error = np.sqrt(2 / M + 2 / THEIRS)
    ratio = np.log(made.between / there["between"][:5])
    assert (np.abs(ratio) < 3 * error).all()
    # variances within differ from set to set by less than a fifth of themselves
    assert made.within == pytest.approx(there["within"][:5], rel=3 * 0.2 * error / np.sqrt(2))
    # df fall with the squared share of the variance between sets, whose log moves by 1 - share
    share = there["between"] / (there["between"] + there["within"])
    off = np.abs(np.log(made.df / there["df"][:5]))
    assert (off < 2 * 3 * error * (1 - share[:5])).all()


def test_mices_weighted_records_pull_categories_a_little(
    both: tuple[Pooled, dict[str, Floats]],
) -> None:
    """Its own logreg and polr: less than a quarter of a standard error from what is drawn here."""
    made, there = both
    off = np.abs(made.estimate[3:] - there["estimate"][5:]) / made.std_error[3:]
    assert (off < 0.25).all()
