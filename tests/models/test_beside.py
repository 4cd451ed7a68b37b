"""A fit beside another of the same columns has its adjustments, and loses no digit."""

import numpy as np
import pytest

from cesp_analysis.models import cluster_sums as by
from cesp_analysis.models.least_squares import LeastSquares, least_squares
from cesp_analysis.models.sandwich import infer
from cesp_analysis.models.scores import Summed, beside, summed

RNG = np.random.default_rng(20261129)
N = 120
CODES = np.arange(N) // 3
ARM = np.array([0.0, 1.0, 0.0])
X = np.column_stack([np.ones(N), (CODES % 2).astype(float), RNG.normal(size=N)])
FIRST, SECOND = RNG.normal(size=(2, N))


def inferred(fit: LeastSquares, codes: np.ndarray = CODES) -> tuple[float, float, float]:
    """Estimate, standard error, df of the arm by CR2."""
    found = infer(fit, ARM, "CR2", codes)
    return found.estimate, found.std_error, found.df


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many clusters were adjusted, each time."""
    made: list[int] = []
    adjustments = by.adjustments

    def counting(sums: by.ClusterSums) -> np.ndarray:
        made.append(len(sums.gram))
        return adjustments(sums)

    monkeypatch.setattr(by, "adjustments", counting)
    return made


def test_of_the_same_columns_adjustments_are_made_once(counted: list[int]) -> None:
    alone = inferred(least_squares(SECOND, X))
    first = least_squares(FIRST, X)
    inferred(first)
    both = beside(least_squares(SECOND, X), first)
    assert inferred(both) == alone and counted == [N // 3] * 2
    kept, given = summed(both, CODES), summed(first, CODES)
    assert isinstance(kept, Summed) and isinstance(given, Summed)
    assert kept.adjust is given.adjust and not np.array_equal(kept.sums.score, given.sums.score)


@pytest.mark.parametrize("what", ["columns", "clusters", "weights", "not yet asked"])
def test_of_others_they_are_made_again(what: str, counted: list[int]) -> None:
    x, codes, weights = X, CODES, np.ones(N)
    if what == "columns":
        x = X + np.outer(np.arange(N) == 7, [0, 0, 1e-9])
    if what == "clusters":
        codes = np.arange(N) // 4 * 2 + X[:, 1].astype(int)
    if what == "weights":
        weights = RNG.uniform(0.5, 2, N)
    alone = inferred(least_squares(SECOND, x, weights), codes)
    first = least_squares(FIRST, X)
    if what != "not yet asked":
        inferred(first)
    assert inferred(beside(least_squares(SECOND, x, weights), first), codes) == alone
    assert len(counted) == (2 if what == "not yet asked" else 3)
