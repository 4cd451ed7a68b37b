"""Intervals for the incremental net benefit, simulated: `make benchmark NAME=economics_simulation`.

One site against one, skewed costs (gamma, shape .8), QALYs that are lower where costs are higher, a
baseline of each as its covariate. How often 95% intervals hold the true net benefit at a threshold
of 20,000: of 60, 100 and 200 people a site; of few clusters in each site. Writes its table into
docs/validation.md, with Monte Carlo standard errors.
"""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from validation_page import in_batches, write_section

from cesp_analysis.economics.bootstrap import bootstrapped, units_of
from cesp_analysis.economics.bootstrap_intervals import percentile
from cesp_analysis.economics.replicated import prepared, replicated
from cesp_analysis.models.least_squares import least_squares
from cesp_analysis.models.sandwich import infer
from cesp_analysis.models.student import t_interval

TITLE = "## Incremental net benefit, simulated"
THRESHOLD, COST, QALY, DEARER = 20_000.0, 60.0, 0.02, 2.5e-5
TRUTH = THRESHOLD * QALY - COST
SHARE = 0.05  # of the variance that a cluster's people have in common
REPLICATES, BATCH, DRAWS, SEED = 2_000, 100, 1_999, 6
Answer = tuple[float, float, float]
"""Estimate, and the limits of its interval."""


@dataclass(frozen=True)
class Design:
    """people a site; clusters of them in each site, 0 for none."""

    people: int
    clusters: int = 0

    @property
    def words(self) -> str:
        """For the table."""
        if self.clusters:
            return f"{self.clusters} clusters of {self.people // self.clusters} a site"
        return f"{self.people} a site"


DESIGNS = tuple(Design(n) for n in (60, 100, 200))
DESIGNS += tuple(Design(15 * m, m) for m in (4, 6, 10, 20))


@dataclass(frozen=True)
class Study:
    """One simulated study."""

    cost: np.ndarray
    qaly: np.ndarray
    x: np.ndarray
    arm: np.ndarray
    clusters: np.ndarray | None


def one_study(design: Design, rng: np.random.Generator) -> Study:
    """Costs have mean 250 + half the earlier cost + 60 in arm 1; QALYs differ by .02 in all."""
    n = 2 * design.people
    arm = np.repeat([0.0, 1.0], design.people)
    before, utility = rng.gamma(1.5, 200, n), rng.beta(5, 2, n)
    codes = np.arange(n) // (design.people // design.clusters) if design.clusters else None
    mean = 250 + 0.5 * before + COST * arm
    cost = rng.gamma(0.8, mean / 0.8)
    qaly = 0.3 + 0.5 * utility + (QALY + DEARER * COST) * arm - DEARER * cost
    spread = 0.08 * np.sqrt([1 - SHARE, SHARE] if design.clusters else [1, 0])
    qaly += rng.normal(0, spread[0], n)
    if codes is not None:
        qaly += rng.normal(0, spread[1], 2 * design.clusters)[codes]
        cost += rng.normal(0, 420 * np.sqrt(SHARE), 2 * design.clusters)[codes]
    x = np.column_stack([np.ones(n), arm, before, utility])
    return Study(cost, qaly, x, arm, codes)


def net(drawn: np.ndarray) -> np.ndarray:
    """Net benefit of (cost, QALY) in the last axis."""
    return np.asarray(drawn @ np.array([-1.0, THRESHOLD]))


def answers(study: Study, seed: int) -> dict[str, Answer]:
    """Every interval's answer to one study."""
    system = prepared(study.cost, study.qaly, study.x, 1)
    joint = float(net(system.start))
    units = units_of(study.arm.astype(int), study.clusters)
    covariance = "HC2" if study.clusters is None else "CR2"
    fit = least_squares(THRESHOLD * study.qaly - study.cost, study.x)
    one = infer(fit, np.eye(study.x.shape[1])[1], covariance, study.clusters)
    ends = percentile(net(bootstrapped(lambda w: replicated(system, w), units, DRAWS, seed)))
    return {
        f"net benefit regression, {covariance} on t": (
            one.estimate, *t_interval(one.estimate, one.std_error, one.df)
        ),
        "joint, percentile": (joint, ends.low, ends.high),
    }  # fmt: skip


def batch(design: int, runs: int, seed: int) -> list[dict[str, Answer]]:
    """Answers to one batch of studies of one of DESIGNS."""
    rng = np.random.default_rng([SEED, design, seed])
    return [answers(one_study(DESIGNS[design], rng), 1000 * seed + run) for run in range(runs)]


def rows_of(done: list[list[list[dict[str, Answer]]]]) -> Iterator[str]:
    """The lines of the table; `done`: design → batches → studies."""
    for design, batches in zip(DESIGNS, done, strict=True):
        studies = [one for batch in batches for one in batch]
        for name in studies[0]:
            found = np.array([one[name] for one in studies])
            estimate, low, high = found.T
            held = float(np.mean((low <= TRUTH) & (high >= TRUTH)))
            error = np.sqrt(held * (1 - held) / len(found))
            bias, spread = estimate.mean() - TRUTH, estimate.std(ddof=1)
            yield (
                f"| {design.words} | {name} | {bias:+.0f} ({spread / len(found) ** 0.5:.0f})"
                f" | {spread:.0f} | {np.mean(high - low):.0f} | {held:.3f} ({error:.3f}) |"
            )


def section(replicates: int, lines: list[str]) -> str:
    """The section of docs/validation.md."""
    head = ("people", "interval", "bias (MC error)", "empirical SE", "mean width", "coverage")
    return f"""{TITLE}

The difference in mean net benefit at {THRESHOLD:,.0f} a QALY between two sites: costs gamma (shape
.8), {COST:g} dearer, QALYs {QALY:g} more and lower where costs are higher, both adjusted
for baseline cost and utility, truth {TRUTH:g}. Clusters share {SHARE:.0%} of the variance and are
drawn whole.
{replicates:,} studies a line, {DRAWS:,} draws. Coverage of 95% intervals (Monte Carlo error).

| {" | ".join(head)} |
{"|---" * len(head)}|
{chr(10).join(lines)}

Of people, all are close to right from 60 a site on. Of few clusters the bootstrap's intervals are
too narrow: with fewer than 20 units in a site a sentence beside the interval says so. CR2 on its
own degrees of freedom is right with 4. Shocks to whole sites are in none of these. Made by `make
benchmark NAME=economics_simulation`.

"""


def main() -> None:
    """Simulate every design and write the table."""
    replicates = int(sys.argv[1]) if len(sys.argv) > 1 else REPLICATES
    started = time.perf_counter()
    lines = list(rows_of(in_batches(batch, [replicates] * len(DESIGNS), BATCH)))
    print("\n".join(lines))
    if replicates == REPLICATES:
        write_section(TITLE, section(replicates, lines))
    print(f"measure economics_simulation_seconds {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
