"""Ten thousand scenarios of a stepped wedge of 24 locations and 5 periods by formula, on one core.

`make benchmark NAME=planning_grid`. Standard error, Kenward-Roger df, power on t and on the normal
of each; the structures and samplings one by one, the slowest as `grid_10000_seconds`. Then how the
time grows to a million scenarios (they go through in blocks: memory holds the answers alone), and
numbers of locations solved for.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import resource
import time
from itertools import product

import numpy as np

from cesp_analysis.planning.answers import answer
from cesp_analysis.planning.layouts import stepped_wedge
from cesp_analysis.planning.precision import Model
from cesp_analysis.planning.scenarios import Scenarios
from cesp_analysis.planning.solved import locations_for

SCENARIOS = 10_000
TIMES = 3


def grid(structure: str, n: int = SCENARIOS) -> Scenarios:
    """Scenarios that differ in all that a funder asks about."""
    rng = np.random.default_rng(1)
    cac = 1.0 if structure == "exchangeable" else rng.uniform(0.4, 1, n)
    return Scenarios.of(
        locations=24, people=rng.integers(20, 200, n), effect=rng.uniform(0.1, 0.4, n),
        icc=rng.uniform(0.01, 0.1, n), cac=cac, iac=rng.uniform(0.2, 0.8, n),
        retention=rng.uniform(0.6, 1, n), size_cv=rng.uniform(0, 0.8, n),
    )  # fmt: skip


def seconds(model: Model, scenarios: Scenarios) -> float:
    """The least of several times."""
    taken = []
    for _ in range(TIMES):
        started = time.perf_counter()
        answer(model, scenarios)
        taken.append(time.perf_counter() - started)
    return min(taken)


def main() -> None:
    """All structures, growth, solving."""
    found = {}
    for structure, sampling in product(
        ("exchangeable", "block_exchangeable", "decay"), ("cross_section", "cohort")
    ):
        model = Model(stepped_wedge(4), "adjusted", structure, sampling)  # type: ignore[arg-type]
        found[structure, sampling] = seconds(model, grid(structure))
        print(f"{structure} {sampling}: {found[structure, sampling]:.3f} s")
    print(f"measure grid_10000_seconds {max(found.values()):.3f} s")
    model = Model(stepped_wedge(4), "adjusted", "block_exchangeable", "cross_section")
    for n in (100_000, 1_000_000):
        started = time.perf_counter()
        answer(model, grid("block_exchangeable", n))
        print(f"measure grid_{n}_seconds {time.perf_counter() - started:.2f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"measure grid_1000000_megabytes {peak:.0f} MB")
    started = time.perf_counter()
    locations_for(model, grid("block_exchangeable", 1_000))
    print(f"measure solved_1000_seconds {time.perf_counter() - started:.2f} s")


if __name__ == "__main__":
    main()
