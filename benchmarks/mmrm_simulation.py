"""Repeated measures in the designs they are for, simulated: `make benchmark NAME=mmrm_simulation`.

Baseline and three later times; a person whose last answer was low, or who is in the intervention
arm, leaves more often (missing at random). What is estimated is the change at the last time. The
effect is an addition to the last answers only, on which nobody's leaving depends: it adds itself to
each estimate and changes neither standard error nor df, so type I error is 1 - coverage. Writes its
table into docs/validation.md, with Monte Carlo standard errors (Morris et al. 2019).
"""

import sys
import time
from dataclasses import dataclass, field

import numpy as np
from scipy.special import stdtrit
from validation_page import write_section

from cesp_analysis.models.mmrm_covariance import Structure
from cesp_analysis.models.mmrm_engine import NotConverged, NotIdentified, fit_mmrm
from cesp_analysis.models.mmrm_small_sample import Adjustment, Errors, Information, small_sample
from cesp_analysis.models.refusals import NotEstimable

TITLE = "## Repeated measures, simulated"
REPLICATES, TIMES, EFFECT = 10_000, 4, 1.0
SEED = 1  # the same for all: designs that differ in what is fitted see the same studies
SD = np.array([3.0, 3.5, 4.0, 5.0])
FREE = np.array([[1, 0.6, 0.5, 0.3], [0.6, 1, 0.7, 0.5], [0.5, 0.7, 1, 0.6], [0.3, 0.5, 0.6, 1]])
BY_LAG = 0.6 ** np.abs(np.subtract.outer(np.arange(TIMES), np.arange(TIMES)))
WAYS: tuple[tuple[str, Adjustment, Information, Errors], ...] = (
    ("Kenward–Roger, expected", "kenward_roger", "expected", "conditional"),
    ("Kenward–Roger, observed", "kenward_roger", "observed", "conditional"),
    ("Kenward–Roger, errors joint", "kenward_roger", "expected", "joint"),
    ("Satterthwaite", "satterthwaite", "observed", "conditional"),
    ("Satterthwaite, errors joint", "satterthwaite", "observed", "joint"),
)


@dataclass(frozen=True)
class Design:
    """How many people in each arm (control, intervention), how they vary, what is fitted."""

    name: str
    people: tuple[int, int]
    correlation: np.ndarray
    structure: Structure


DESIGNS = (
    Design("unstructured, 12 against 12", (12, 12), FREE, "unstructured"),
    Design("unstructured, 60 against 30", (60, 30), FREE, "unstructured"),
    Design("heterogeneous AR(1), 12 against 12", (12, 12), BY_LAG, "heterogeneous_ar1"),
    Design(
        "compound symmetry where unstructured is true, 60 against 30",
        (60, 30),
        FREE,
        "compound_symmetry",
    ),
)


@dataclass
class Found:
    """Estimates, and by way standard errors and df, of the replicates that were estimated."""

    estimates: list[float] = field(default_factory=list)
    errors: dict[str, list[float]] = field(default_factory=lambda: {way[0]: [] for way in WAYS})
    df: dict[str, list[float]] = field(default_factory=lambda: {way[0]: [] for way in WAYS})
    refused: int = 0


def answers(design: Design, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """y, x, person, time of one study."""
    arm = np.repeat([0.0, 1.0], design.people)
    root = np.linalg.cholesky(design.correlation * np.outer(SD, SD))
    y = 20 + rng.normal(size=(len(arm), TIMES)) @ root.T
    y[:, -1] += EFFECT * arm
    there = np.ones(y.shape, dtype=bool)
    for t in range(1, TIMES):
        low = (20 - y[:, t - 1]) / SD[t - 1]
        leaves = 1 / (1 + np.exp(2.7 - 0.8 * low - 0.4 * arm))
        there[:, t] = there[:, t - 1] & (rng.random(len(arm)) > leaves)
    person, moment = np.nonzero(there)
    at = (moment[:, None] == np.arange(1, TIMES)).astype(float)
    a = arm[person][:, None]
    return y[there], np.column_stack([np.ones(len(a)), a, at, a * at]), person, moment


def simulated(design: Design, replicates: int, seed: int) -> Found:
    """Fit every study; those that the engine refuses are counted."""
    rng, found = np.random.default_rng(seed), Found()
    for _ in range(replicates):
        y, x, person, moment = answers(design, rng)
        contrast = np.eye(x.shape[1])[-1]
        try:
            fit = fit_mmrm(y, x, person, moment, design.structure)
            ways = [small_sample(fit, *way) for _, *way in WAYS]
        except (NotEstimable, NotIdentified, NotConverged):
            found.refused += 1
            continue
        found.estimates.append(float(fit.coef[-1]))
        for (name, *_), way in zip(WAYS, ways, strict=True):
            found.errors[name].append(way.std_error(contrast))
            found.df[name].append(way.df(contrast))
    return found


def coverage(found: Found, way: str) -> float:
    """Share of 95% intervals that hold the effect."""
    half = stdtrit(np.array(found.df[way]), 0.975) * np.array(found.errors[way])
    return float(np.mean(np.abs(np.array(found.estimates) - EFFECT) <= half))


def rows_of(design: Design, found: Found) -> list[str]:
    """The design's lines of the table, one a way."""
    estimates = np.array(found.estimates)
    n, spread = len(estimates), float(estimates.std(ddof=1))
    bias = f"{estimates.mean() - EFFECT:+.3f} ({spread / n**0.5:.3f})"
    lines = []
    for way, *_ in WAYS:
        error = float(np.sqrt(np.mean(np.square(found.errors[way]))))
        held = coverage(found, way)
        monte_carlo = (held * (1 - held) / n) ** 0.5
        cells = (
            design.name,
            way,
            str(found.refused),
            bias,
            f"{spread:.3f} ({spread / (2 * n) ** 0.5:.3f})",
            f"{error:.3f}",
            f"{np.mean(found.df[way]):.1f}",
            f"{held:.4f} ({monte_carlo:.4f})",
            f"{1 - held:.4f}",
        )
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def section(replicates: int, lines: list[str]) -> str:
    """The section of docs/validation.md."""
    head = (
        "design (fitted covariance, people)", "SE and df", "refused", "bias (MC error)",
        "empirical SE (MC error)", "model SE", "mean df", "coverage of 95% (MC error)",
        "type I error at 5%",
    )  # fmt: skip
    return "\n".join(
        [
            TITLE,
            "",
            f"Kind `mmrm`, baseline and three later times, {replicates:,} studies a"
            " design; a quarter of the last answers lost,",
            "more among people who did badly and in the intervention arm (missing at random). The"
            f" change at the last time; effect {EFFECT:g}.",
            "",
            "| " + " | ".join(head) + " |",
            "|" + "---|" * len(head),
            *lines,
            "",
            "Refused: the covariance would be singular. The last design fits the studies of the"
            " second with a covariance",
            "that is too simple. Made by `make benchmark NAME=mmrm_simulation`.",
            "",
        ]
    )


def main() -> None:
    """Simulate every design and write the table."""
    replicates = int(sys.argv[1]) if len(sys.argv) > 1 else REPLICATES
    lines, started = [], time.perf_counter()
    for design in DESIGNS:
        found = simulated(design, replicates, SEED)
        lines += rows_of(design, found)
        print("\n".join(lines[-len(WAYS) :]), flush=True)
        print(f"measure coverage {coverage(found, WAYS[0][0]):.4f} {design.name}", flush=True)
    if replicates == REPLICATES:
        write_section(TITLE, section(replicates, lines))
    print(f"measure mmrm_simulation_seconds {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
