"""Few link workers, drawn as a whole: `make benchmark NAME=link_worker_bootstrap`.

A difference in means of an arm with few link workers and one of people without any, nothing
missing; and of two arms of few people, each drawn by themselves. The bootstrap's variance with as
many units of an arm as it has, and with one fewer (Rao & Wu 1988, J Am Stat Assoc 83:231-41), with
the df of the samples (here without end) and with Satterthwaite's of CR2. Prints a table, with Monte
Carlo standard errors. Argument: studies of each design.
"""

import sys
import time
from collections.abc import Iterator
from math import sqrt

import numpy as np
from scipy.stats import t

from cesp_analysis.economics.boot_samples import people_of
from cesp_analysis.economics.bootstrap import Units, units_of, weights
from cesp_analysis.models.least_squares import least_squares
from cesp_analysis.models.sandwich import infer

STUDIES, SAMPLES, CONTROLS, SEED = 2_000, 400, 60, 12
ALIKE, UNLIKE = (12,) * 5, (4, 8, 12, 16, 20)
DESIGNS = [(sizes, icc) for icc in (0.0, 0.05, 0.2) for sizes in (ALIKE, UNLIKE)] + [
    ((15,) * 4, 0.05),
    ((8,) * 8, 0.05),
    ((5,) * 12, 0.05),
]
PEOPLE = [((1,) * n, 0.0) for n in (5, 10, 15)]
"""People drawn by themselves, as many in the other arm."""
WAYS = ("as many, df of samples", "as many, df of CR2", "one fewer, df of samples",
        "one fewer, df of CR2", "CR2")  # fmt: skip


def study(sizes: tuple[int, ...], icc: float, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Outcome, arm and link worker (n,), -1 for none."""
    worker = np.repeat(np.arange(len(sizes)), sizes)
    treated = sqrt(icc) * rng.normal(size=len(sizes))[worker]
    treated = treated + sqrt(1 - icc) * rng.normal(size=len(worker))
    controls = len(sizes) if set(sizes) == {1} else CONTROLS
    y = np.concatenate([treated, rng.normal(size=controls)])
    arm = np.repeat([1.0, 0.0], [len(worker), controls])
    return y, arm, np.concatenate([worker, np.full(controls, -1)])


def analysed(sizes: tuple[int, ...], icc: float, rng: np.random.Generator) -> list[float]:
    """The estimate, then standard error and df of each way."""
    y, arm, worker = study(sizes, icc, rng)
    units = units_of(arm.astype(int), worker)
    seed = int(rng.integers(2**31))
    as_many = np.concatenate(list(weights(units, SAMPLES, seed)))
    errors = [_error(y, arm, drawn) for drawn in (as_many, _one_fewer(units, seed))]
    alone = np.where(worker < 0, len(sizes) + np.arange(len(y)), worker)
    fit = least_squares(y, np.column_stack([np.ones(len(y)), arm]))
    cr2 = infer(fit, np.array([0.0, 1.0]), "CR2", alone)
    many = 1e6
    return [
        cr2.estimate, errors[0], many, errors[0], cr2.df, errors[1], many, errors[1], cr2.df,
        cr2.std_error, cr2.df,
    ]  # fmt: skip


def _one_fewer(units: Units, seed: int) -> np.ndarray:
    """How often each person is in a sample, of each arm a unit fewer: as the step draws them."""
    n = len(units.unit)
    return np.stack([np.bincount(rows, minlength=n) for rows in people_of(units, SAMPLES, seed)])


def _error(y: np.ndarray, arm: np.ndarray, drawn: np.ndarray) -> float:
    """The SD of the difference in means over samples (b, n)."""
    means = [(drawn * own) @ y / (drawn @ own) for own in (arm, 1 - arm)]
    return float((means[0] - means[1]).std(ddof=1))


def name_of(sizes: tuple[int, ...]) -> str:
    """What the table calls a design."""
    if set(sizes) == {1}:
        return f"{len(sizes)} people"
    return f"{len(sizes)} of {sizes[0]}" if len(set(sizes)) == 1 else ", ".join(map(str, sizes))


def lines(sizes: tuple[int, ...], icc: float, found: np.ndarray) -> Iterator[str]:
    """A line of the table each way."""
    estimate, count = found[:, 0], len(found)
    name = name_of(sizes)
    for at, way in enumerate(WAYS):
        error, df = found[:, 1 + 2 * at], found[:, 2 + 2 * at]
        share = float(np.mean(np.abs(estimate) <= t.ppf(0.975, df) * error))
        yield (
            f"| {name} | {icc:g} | {way} | {estimate.std():.3f} | {sqrt(np.mean(error**2)):.3f} |"
            f" {share:.3f} ({sqrt(share * (1 - share) / count):.3f}) |"
        )


HEAD = (
    "| link workers | ICC | way | empirical SE | model SE | coverage of 95% (MC error) |\n"
    + "|---" * 6
    + "|"
)


def main(studies: int = STUDIES) -> None:
    """Simulate and print."""
    started = time.perf_counter()
    print(HEAD)
    for design, (sizes, icc) in enumerate([*DESIGNS, *PEOPLE]):
        rng = np.random.default_rng([SEED, design])
        found = np.array([analysed(sizes, icc, rng) for _ in range(studies)])
        for line in lines(sizes, icc, found):
            print(line, flush=True)
    print(f"measure link_worker_bootstrap_seconds {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else STUDIES)
