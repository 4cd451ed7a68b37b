"""Every estimator of people, in the study it is for: `make benchmark NAME=two_sites_simulation`.

One site against one, a baseline and a later answer, a quarter of the later answers lost, link
workers in the intervention arm whose people change together, and what else happens at each site.
No effect. Each estimator sees the same studies; its interval is read three times: in sites alike
but for their people, with link workers that differ, and with effects of each site at each time
drawn from the published pairs; and the shock-augmented interval beside it. Writes its table into
docs/validation.md, with Monte Carlo standard errors (Morris et al. 2019).
"""

import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from scipy.special import stdtrit
from two_sites_estimators import (
    BATCH,
    CORRELATION,
    ESTIMATORS,
    LOST,
    OF_AGE,
    SD_WITHIN,
    WORKER_SD,
    Found,
    drawn,
)  # fmt: skip
from validation_page import write_section

from cesp_analysis.models.prior import read_prior
from cesp_analysis.models.shock import half_width, shock_sd

TITLE = "## Two sites, every estimator, simulated"
REPLICATES, SEED, PEOPLE = 10_000, 1, (60, 100, 200)
PAIRS = read_prior().pairs


def batch(people: int, worker_sd: float, seed: int) -> dict[str, Found]:
    """Every estimator's answers to one batch of studies."""
    rng = np.random.default_rng([SEED, people, round(1000 * worker_sd), seed])
    studies = drawn(people, worker_sd, rng)
    return {name: way(studies) for name, way in ESTIMATORS.items()}


def simulated(
    people: int, worker_sd: float, replicates: int, pool: ProcessPoolExecutor
) -> dict[str, Found]:
    """The answers to all batches, in their order."""
    batches = range(replicates // BATCH)
    jobs = [pool.submit(batch, people, worker_sd, seed) for seed in batches]
    done = [job.result() for job in jobs]
    return {
        name: tuple(np.concatenate([one[name][at] for one in done]) for at in range(4))
        for name in ESTIMATORS
    }  # type: ignore[return-value]


def site_effects(runs: int, people: int) -> tuple[np.ndarray, np.ndarray]:
    """What the sites add to the difference at the first and at the later time (runs,), from pairs
    drawn anew: each site's effects have SD √(rho / (1 - rho)) and correlation cac."""
    rng = np.random.default_rng([SEED, people, 7])
    which = rng.integers(0, len(PAIRS), runs)
    rho, cac = (np.array([getattr(PAIRS[w], name) for w in which]) for name in ("rho", "cac"))
    size = np.sqrt(2 * rho / (1 - rho))  # the difference of two sites
    first, other = rng.normal(size=(2, runs))
    return size * first, size * (cac * first + np.sqrt(1 - cac**2) * other)


def held(found: Found, shift: np.ndarray | float = 0.0, half: np.ndarray | None = None) -> str:
    """How often the 95% interval holds no effect, with its Monte Carlo error."""
    estimate, error, df, _ = found
    width = stdtrit(df, 0.975) * error if half is None else half
    rate = float(np.mean(np.abs(estimate + shift) <= width))
    return f"{rate:.4f} ({np.sqrt(rate * (1 - rate) / len(estimate)):.4f})"


def widened(found: Found, sd: float) -> np.ndarray:
    """Half-widths of the shock-augmented interval, the mixture over the pairs; sd: within sites.

    One curve for the mean df and slope: the width hardly depends on either from study to study.
    """
    _, error, df, slope = found
    whole = [(sd / np.sqrt(1 - p.rho), p) for p in PAIRS]
    sds = [shock_sd(total, p.rho, p.cac, float(slope.mean())) for total, p in whole]
    grid = np.linspace(error.min(), error.max(), 60)
    halves = [half_width(float(one), float(df.mean()), sds) for one in grid]
    return np.interp(error, grid, halves)


def rows_of(people: int, replicates: int, pool: ProcessPoolExecutor) -> Iterator[str]:
    """The lines of one size."""
    alike = simulated(people, 0.0, replicates, pool)
    apart = simulated(people, WORKER_SD, replicates, pool)
    before, after = site_effects(replicates, people)
    for name, found in alike.items():
        estimate, error = found[0], found[1]
        spread = float(estimate.std(ddof=1))
        shift = SD_WITHIN[name] * (after - found[3] * before)
        cells = [
            str(people), name, f"{estimate.mean():+.4f} ({spread / replicates**0.5:.4f})",
            f"{spread:.4f} ({spread / np.sqrt(2 * replicates):.4f})",
            f"{np.sqrt(np.mean(error**2)):.4f}", held(found), held(apart[name]),
            held(found, shift), held(found, shift, widened(found, SD_WITHIN[name])),
        ]  # fmt: skip
        yield "| " + " | ".join(cells) + " |"


def section(replicates: int, lines: list[str]) -> str:
    """The section of docs/validation.md."""
    head = (
        "people a site", "estimator", "bias (MC error)", "empirical SE (MC error)", "model SE",
        "coverage", "coverage, link workers differ", "coverage, shocks to sites",
        "shock-augmented, shocks to sites",
    )  # fmt: skip
    return "\n".join(
        [
            TITLE,
            "",
            f"One site against one, no effect, a baseline and a later answer (SD 1 within a site,"
            f" correlation {CORRELATION:g}), {LOST:.0%} of",
            f"the later answers lost, {replicates:,} studies a line. Coverage of 95% intervals"
            " (Monte Carlo error): type I error is 1 less it.",
            "Columns: sites and link workers alike; six link workers of the intervention arm whose"
            " people's later answers",
            f"have a common part (SD {WORKER_SD:g}); effects of each site at each time drawn from"
            " the 16 published pairs, with the interval",
            "that the estimator prints and with the shock-augmented one for these pairs. Covariate"
            f" of weighting: age, correlation {OF_AGE:g}.",
            "Kinds `glm` and `ordinal`: the same answers in two or in four categories, age a"
            " covariate; the share above a cut, 31%;",
            "effects of sites are added to the difference of shares, in their SDs.",
            "",
            "| " + " | ".join(head) + " |",
            "|" + "---|" * len(head),
            *lines,
            "",
            "Every interval is right about people, none about link workers who differ in one arm"
            " alone or about shocks to a site:",
            "more people make that worse, not better. Link workers of one arm cannot be told from"
            " what the arm does; a random",
            "effect of link workers on both times holds no change of theirs. Made by `make"
            " benchmark NAME=two_sites_simulation`.",
            "",
        ]
    )


def main() -> None:
    """Simulate every size and write the table."""
    replicates = int(sys.argv[1]) if len(sys.argv) > 1 else REPLICATES
    lines, started = [], time.perf_counter()
    with ProcessPoolExecutor(2) as pool:
        for people in PEOPLE:
            for line in rows_of(people, replicates, pool):
                lines.append(line)
                print(line, flush=True)
    if replicates == REPLICATES:
        write_section(TITLE, section(replicates, lines))
    print(f"measure two_sites_simulation_seconds {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
