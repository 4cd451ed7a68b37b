"""The bootstrap first, then imputation, timed: `make benchmark NAME=boot_impute`.

250 people, 12 columns with three factors in common, a fifth of each missing at random places: 1,000
bootstrap samples, each imputed twice with 10 iterations, every column from all others, and the mean
of each column from every completed table. One process, one thread. Then the same with arms imputed
apart, and where gaps nest, so that one pass is enough; and (once, which takes longer) of three
totals of 12 services, a tenth of each service's answers missing, matched service by service. Clock:
from the table in memory to pooled means with standard errors; the smaller of two runs, since what
else the machine does adds only.
"""

import time

import numpy as np

from cesp_analysis.missing.boot_impute import impute_resampled
from cesp_analysis.missing.boot_pooled import BootPooled, boot_pool, estimates_of
from cesp_analysis.missing.chained import Groups
from cesp_analysis.missing.in_parts import Parts
from cesp_analysis.missing.recipe import Column, Method, Passive, Recipe

PEOPLE, COLUMNS, SAMPLES, M, ITERATIONS, LOST = 250, 12, 1_000, 2, 10, 0.2
TIMES, SERVICES, BLANK = 3, 12, 0.1


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
    recipe = Recipe(
        tuple(Column(f"y{j}", method) for j in range(table.shape[1])), iterations=ITERATIONS
    )
    return spent(table, recipe, samples, arms)


def spent(table: np.ndarray, recipe: Recipe, samples: int, arms: int = 1) -> tuple[float, float]:
    """The same of any recipe."""
    people = len(table)
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
    took = time.perf_counter() - started, time.process_time() - worked
    assert isinstance(pooled, BootPooled) and not pooled.failed
    assert np.isfinite(pooled.std_error).all()
    return took


def in_parts(services: int = SERVICES, people: int = PEOPLE) -> tuple[np.ndarray, Recipe]:
    """A covariate, and totals of services that all rise with frailty, of three times."""
    rng = np.random.default_rng(1)
    x, frail = rng.normal(size=(2, people))
    mean = np.exp(0.5 * frail + 0.3 * x)[:, None]
    table, parts = [x], {}
    for time_ in range(TIMES):
        own = mean * rng.gamma(1.0, 100.0, (people, services))
        lacks = rng.random(own.shape) < BLANK
        parts[f"y{time_}"] = Parts(
            names=tuple(f"service {k}" for k in range(services)),
            known=np.where(lacks, 0.0, own),
            lacks=lacks.astype(float),
            each=np.where(lacks, np.nan, own),
            whole=lacks.all(axis=1),
        )
        table.append(np.where(lacks.any(axis=1), np.nan, own.sum(axis=1)))
    logs = tuple(
        Passive(f"log {name}", (name,), lambda v: np.log1p(v[..., 0] / 1000), stands_in=True)
        for name in parts
    )
    columns = (Column("x"), *(Column(name, "pmm") for name in parts))
    return np.column_stack(table), Recipe(columns, logs, iterations=ITERATIONS, in_parts=parts)


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
    found = {
        name: min(seconds(table, method, samples, arms) for _ in range(runs))
        for name, (table, method, arms) in cases.items()
    }
    return found | {"boot_then_impute_parts": spent(*in_parts(), samples)}


def main() -> None:
    """All of it."""
    print(f"{SAMPLES} samples × {M}, {PEOPLE} people × {COLUMNS}, {ITERATIONS} iterations;")
    print("nested: one pass; arms: each of two apart;")
    print(f"parts: {TIMES} totals of {SERVICES} services, a tenth of each missing")
    for name, (clock, processor) in timed().items():
        print(f"{name}: {processor:.1f} s of the processor")
        print(f"measure {name}_seconds {clock:.1f} s")


if __name__ == "__main__":
    main()
