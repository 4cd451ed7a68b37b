"""What trials of 20 sizes are worth at four thresholds: `make benchmark NAME=evsi`.

In closed form (normal prior and data), and by regression of 10,000 draws of net benefit on the
costs and QALYs that simulated trials would find, standard errors included; the two agree.
"""

import time

import numpy as np

from cesp_analysis.economics.law import Law
from cesp_analysis.economics.parameter_value import evsi_by_regression, trial_summaries
from cesp_analysis.economics.value_of_information import evsi

DRAWS = 10_000
THRESHOLDS = np.array([20_000.0, 25_000.0, 30_000.0, 35_000.0])
SIZES = np.linspace(50, 1000, 20)
POINT = np.array([100.0, 0.01])
PRIOR = np.array([[6000.0, 0.2], [0.2, 0.0005]])
EACH = np.array([[1.5e5, 2.0], [2.0, 0.02]])
"""Covariance of the differences with one person in each arm."""


def closed() -> np.ndarray:
    """(20, 4), £ a person."""
    mean, error = Law(POINT, PRIOR, np.inf).net_benefit(THRESHOLDS)
    one = Law(POINT, EACH, np.inf).net_benefit(THRESHOLDS)[1]
    return evsi(mean, error**2, one**2 / SIZES[:, None])


def regressed(rows: int, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Values and standard errors (sizes, 4), £ a person."""
    rng = np.random.default_rng(1)
    draws = rng.multivariate_normal(POINT, PRIOR, rows)
    worth, error = np.empty((2, len(sizes), len(THRESHOLDS)))
    for i, n in enumerate(sizes):
        seen = trial_summaries(draws, EACH / n, rng)
        for j, at in enumerate(THRESHOLDS):
            benefit = np.column_stack([np.zeros(rows), at * draws[:, 1] - draws[:, 0]])
            found = evsi_by_regression(benefit, seen, rng)
            worth[i, j], error[i, j] = found.value, found.std_error
    return worth, error


def main() -> None:
    """Both ways, their seconds, how far apart they are."""
    closed()  # load the libraries before the clock starts
    started = time.perf_counter()
    known = closed()
    print(f"measure evsi_20_sizes_seconds {time.perf_counter() - started:.5f} s")
    started = time.perf_counter()
    worth, error = regressed(DRAWS, SIZES)
    print(f"measure evsi_20_sizes_regression_seconds {time.perf_counter() - started:.2f} s")
    apart = np.abs(worth - known) / error
    print(f"measure evsi_regression_apart {apart.max():.2f} standard errors at most")
    assert apart.max() < 4, "regression and closed form differ"


if __name__ == "__main__":
    main()
