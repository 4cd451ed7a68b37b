"""Imputation against R: mice's norm and pmm, glm, polr, and pan (tests/reference/imputation.R)."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.missing.chained import impute
from cesp_analysis.missing.imputed import Imputations
from cesp_analysis.missing.recipe import Column, Method, Recipe
from cesp_analysis.models.least_squares import least_squares

R: dict[str, Any] = json.loads(Path("tests/reference/imputation.json").read_text())
D = pd.read_csv("tests/reference/imputation.csv")
M, THEIRS, JOINT = 600, R["m"], 3.0
ROUNDING = 1e-6  # of the JSON file's numbers
USED = ["x", "y1", "y2", "y3"]


def imputed(method: Method) -> Imputations:
    columns = (Column("x"), *(Column(name, method) for name in USED[1:]))
    return impute(D[USED].to_numpy(), Recipe(columns), M, seed=1)


def analysed(table: np.ndarray) -> tuple[list[float], list[float]]:
    """The eight analyses of the R script, and the first six's squared standard errors."""
    x, y1, y2, y3 = table.T
    fit = least_squares(y3, np.column_stack([np.ones(len(x)), y1, y2, x]))
    inverse = np.linalg.inv(fit.root.T @ fit.root)
    sigma2 = (fit.residuals**2).sum() / (len(x) - 4)
    means = [one.mean() for one in (y1, y2, y3)]
    q = [*means, *fit.coef[1:], np.corrcoef(y1, y2)[0, 1], np.quantile(y2, 0.9)]
    u = [one.var(ddof=1) / len(x) for one in (y1, y2, y3)]
    return q, [*u, *(sigma2 * np.diag(inverse)[1:])]


@pytest.fixture(scope="module", params=["norm", "pmm"])
def both(request: pytest.FixtureRequest) -> tuple[Imputations, dict[str, Any]]:
    return imputed(request.param), R[request.param]


def test_pooled_estimates_are_within_three_joint_monte_carlo_errors(
    both: tuple[Imputations, dict[str, Any]],
) -> None:
    made, there = both
    q, u = (np.array(rows) for rows in zip(*(analysed(made.completed(i)) for i in range(M)),
                                            strict=True))  # fmt: skip
    own, between = q.mean(axis=0), q.var(axis=0, ddof=1)
    error = np.sqrt(between / M + np.array(there["between"]) / THEIRS)
    assert (np.abs(own - np.array(there["mean"])) < JOINT * error).all()
    # a variance of M normal draws has a relative error of sqrt(2 / M); a quantile of matched
    # answers takes few values, and its variance hangs on single sets (mice: .0023 to .0043)
    stable = 8 if made.recipe.columns[1].method == "norm" else 7
    ratio = np.log(between / np.array(there["between"]))[:stable]
    assert (np.abs(ratio) < JOINT * np.sqrt(2 / M + 2 / THEIRS)).all()
    # squared errors of the analyses differ between sets by less than a tenth of themselves
    within = np.array(there["within"][:6], dtype=float)
    assert u.mean(axis=0) == pytest.approx(within, rel=JOINT * 0.2 * np.sqrt(1 / M + 1 / THEIRS))


def test_single_cells_have_the_same_distribution(
    both: tuple[Imputations, dict[str, Any]],
) -> None:
    """Mean, SD and tenths of 39 people's imputed answers; Bonferroni over them all."""
    made, there = both
    cells = next(one for one in made.cells if one.column == "y3")
    assert cells.rows.tolist() == there["rows"]
    sd = np.array(there["cell_sd"])
    noise = np.sqrt(1 / M + 1 / THEIRS)
    limit = 4.2  # of 156 comparisons one exceeds it with probability 0.004
    apart = (cells.values.mean(axis=0) - np.array(there["cell_mean"])) / (sd * noise)
    assert np.abs(apart).max() < limit
    spread = np.log(cells.values.std(axis=0, ddof=1) / sd) / (noise / np.sqrt(2))
    assert np.abs(spread).max() < limit * 1.2  # donors' answers have longer tails than the normal
    for share, name in ((0.1, "cell_lower"), (0.9, "cell_upper")):
        # matched answers take few values: a quantile jumps between them, the share of draws that
        # are below their quantile, or no more than it, does not
        error = limit * noise * np.sqrt(share * (1 - share))
        quantile = np.array(there[name])
        assert ((cells.values < quantile - ROUNDING).mean(axis=0) < share + error).all()
        assert ((cells.values < quantile + ROUNDING).mean(axis=0) > share - error).all()


def test_matching_imputes_answers_that_somebody_gave() -> None:
    made = imputed("pmm")
    for cells in made.cells:
        given = D[cells.column].dropna().to_numpy()
        assert np.isin(cells.values, given).all()


@pytest.mark.parametrize("method", ["logistic", "ordered"])
def test_shares_of_categories_are_glms_and_polrs(method: Method) -> None:
    """With the slopes' prior, whose pull is small here: N(0, 2.5²) per SD."""
    name, m = {"logistic": "b", "ordered": "o"}[method], 2_000
    d = D[D["y1"].notna()]
    columns = (Column("x"), Column("y1"), Column(name, method))
    made = impute(d[["x", "y1", name]].to_numpy(), Recipe(columns), m, seed=2)
    assert made.monotone == ("",)
    values = made.cells[0].values
    there = R["probability"][method]
    levels = [1.0] if method == "logistic" else [0.0, 1.0, 2.0, 3.0]
    for level, share in zip(levels, np.atleast_1d(there), strict=True):
        own = (values == level).mean(axis=1)
        error = own.std() / np.sqrt(m)
        # E expit(draw) is not expit(estimate): the second-order term is a tenth of a set's SD
        assert abs(own.mean() - share) < JOINT * error + 0.1 * own.std()


def test_clusters_are_imputed_as_pan_does() -> None:
    """Mean, variance between clusters, single cells; pan has another prior of the variances."""
    m = 2_000
    columns = (Column("x"), Column("y4", "two_level"))
    table = D[["x", "y4"]].to_numpy()
    clusters = D["g"].to_numpy() - 1
    made = impute(table, Recipe(columns), m, seed=3, clusters=clusters)
    there = R["pan"]
    whole = [made.completed(i)[:, 1] for i in range(m)]
    means = np.array([y.mean() for y in whole])
    by = np.array([np.bincount(clusters, y) / np.bincount(clusters) for y in whole]).var(1, ddof=1)
    for own, mean, between in zip((means, by), there["mean"], there["between"], strict=True):
        assert abs(own.mean() - mean) < JOINT * np.sqrt(own.var() / m + between / THEIRS)
    values, sd = made.cells[0].values, np.array(there["cell_sd"])
    apart = (values.mean(axis=0) - np.array(there["cell_mean"])) / sd
    assert np.abs(apart).max() < 4 * np.sqrt(1 / m + 1 / THEIRS) + 0.05  # 0.05: the priors
    ratio = np.log(values.std(axis=0) / sd)
    # an SD's relative error is half a variance's; 4 of them for 39 people
    assert np.abs(ratio).max() < 4 * np.sqrt((1 / m + 1 / THEIRS) / 2) + 0.02  # 0.02: the priors
