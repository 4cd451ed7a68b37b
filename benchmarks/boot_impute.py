"""The bootstrap first, then imputation, timed: `make benchmark NAME=boot_impute`.

250 people, 12 columns with three factors in common, a fifth of each missing at random places: 1,000
bootstrap samples, each imputed twice with 10 iterations, every column from all others, and the mean
of each column from every completed table. One process, one thread. Then the same with arms imputed
apart, and where gaps nest, so that one pass is enough. Clock: from the table in memory to pooled
means with standard errors; the smaller of two runs, since what else the machine does adds only.
"""

import time

import numpy as np

from cesp_analysis.missing.boot_impute import impute_resampled
from cesp_analysis.missing.boot_pooled import BootPooled, boot_pool, estimates_of
from cesp_analysis.missing.chained import Groups
from cesp_analysis.missing.recipe import Column, Method, Recipe

PEOPLE, COLUMNS, SAMPLES, M, ITERATIONS, LOST = 250, 12, 1_000, 2, 10, 0.2


def table_of(people: int = PEOPLE, columns: int = COLUMNS, nested: bool = False) -> np.ndarray:
    """Normal columns with three factors in common; gaps anywhere, or nested: who lacks a column
    lacks all later ones."""
    rng = np.random.default_rng(1)
    factors = rng.normal(size=(people, 3))
    y = 0.6 * factors @ rng.normal(size=(3, columns)) + rng.normal(size=(people, columns))
    if nested:
        return np.where(
            rng.random((people, 1)) < 2 * LOST * np.arange(columns) / (columns - 1), np.nan, y
        )
    return np.where(rng.random(y.shape) < LOST, np.nan, y)


def seconds(
    table: np.ndarray, method: Method, samples: int = SAMPLES, arms: int = 1
) -> tuple[float, float]:
    """Seconds of samples imputed, analysed and pooled, and those of the processor."""
    people = len(table)
    recipe = Recipe(
        tuple(Column(f"y{j}", method) for j in range(table.shape[1])), iterations=ITERATIONS
    )
    arm = np.arange(people) % arms
    groups = Groups(arm, tuple(f"arm {k}" for k in range(arms)))
    rng = np.random.default_rng(2)
    rows = np.concatenate(
        [rng.choice(np.flatnonzero(arm == k), size=(samples, int((arm == k).sum())))
         for k in range(arms)], axis=1,
    )  # fmt: skip
    started, worked = time.perf_counter(), time.process_time()
    found = estimates_of(
        impute_resampled(table, recipe, rows, M, 1, groups), lambda sets, _: sets.mean(axis=2)
    )
    pooled = boot_pool(found.values)
    spent = time.perf_counter() - started, time.process_time() - worked
    assert isinstance(pooled, BootPooled) and not pooled.failed
    assert np.isfinite(pooled.std_error).all()
    return spent


def timed(samples: int = SAMPLES, runs: int = 2) -> dict[str, tuple[float, float]]:
    """Measure → seconds of the clock and of the processor, the smaller of some runs."""
    anywhere, nested = table_of(), table_of(nested=True)
    cases: dict[str, tuple[np.ndarray, Method, int]] = {
        "boot_then_impute": (anywhere, "norm", 1),
        "boot_then_impute_pmm": (anywhere, "pmm", 1),
        "boot_then_impute_arms": (anywhere, "norm", 2),
        "boot_then_impute_pmm_arms": (anywhere, "pmm", 2),
        "boot_then_impute_nested": (nested, "norm", 1),
        "boot_then_impute_pmm_nested": (nested, "pmm", 1),
    }
    return {
        name: min(seconds(table, method, samples, arms) for _ in range(runs))
        for name, (table, method, arms) in cases.items()
    }


def main() -> None:
    """All of it."""
    print(f"{SAMPLES} samples × {M}, {PEOPLE} people × {COLUMNS}, {ITERATIONS} iterations;")
    print("nested: one pass; arms: each of two apart")
    for name, (clock, processor) in timed().items():
        print(f"{name}: {processor:.1f} s of the processor")
        print(f"measure {name}_seconds {clock:.1f} s")


if __name__ == "__main__":
    main()
