"""Imputation in the study's design, simulated: `make benchmark NAME=imputation_simulation`.

Two sites; a baseline that all have, an interim answer and a last one, of which a share is lost; the
interim one is lost for half as many, of people who need not be the same. The effect is the
difference in change to the last time, 1 for everybody. Who is lost: nothing decides (MCAR); people
with a high baseline at the intervention site and a low one at the control site (MAR); people whose
last answer is high, at the intervention site alone (MNAR). Imputed in each site apart, m = 20, five
iterations; complete cases beside it. Writes its table into docs/validation.md.
"""

import sys
import time
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri, stdtrit
from validation_page import in_batches, write_section

from cesp_analysis.missing.chained import Groups, impute
from cesp_analysis.missing.pooling import pool
from cesp_analysis.missing.recipe import Column, Method, Recipe

TITLE = "## Missing answers, imputed, simulated"
STUDIES, BATCH, M, EFFECT, SEED = 1_000, 100, 20, 1.0, 11
SLOPE = 1.5
"""Of the log odds of being lost, per SD of what decides."""
WAYS: dict[str, Method] = {"norm": "norm", "pmm": "pmm"}
NAMES = ("norm, by site", "pmm, by site", "complete cases")


@dataclass(frozen=True)
class Design:
    """People a site, share lost at the last time, who is lost."""

    people: int
    lost: float
    decides: str


DESIGNS = tuple(
    Design(people, lost, decides)
    for decides in ("MCAR", "MAR", "MNAR")
    for people in (30, 100)
    for lost in (0.15, 0.45)
)


def drawn(design: Design, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Table (n, 3) with gaps, site (n,): 1 is the intervention."""
    n = 2 * design.people
    site = np.repeat([0, 1], design.people)
    trait = rng.normal(size=n)
    y = 5 + trait[:, None] + rng.normal(size=(n, 3)) + np.array([0, 0.3, 0.5])
    y[:, 1:] += site[:, None] * np.array([0.5, EFFECT])
    z = {
        "MCAR": np.zeros(n),
        "MAR": (y[:, 0] - 5) / np.sqrt(2) * (2 * site - 1),
        "MNAR": (y[:, 2] - 5.5 - EFFECT) / np.sqrt(2) * site,
    }[design.decides]
    slope = SLOPE * (z != 0)
    level = LEVELS[design.lost]
    odds = np.where(slope > 0, level[1] + slope * z, level[0])
    gone = rng.random(n) < 1 / (1 + np.exp(-odds))
    y[rng.random(n) < design.lost / 2, 1] = np.nan
    y[gone, 2] = np.nan
    return y, site


def _levels(lost: float) -> tuple[float, float]:
    """Constants of the log odds: without a slope, and with one on a standard normal variable."""
    z = ndtri((np.arange(20_000) + 0.5) / 20_000)
    low, high = -10.0, 10.0
    for _ in range(60):
        middle = (low + high) / 2
        share = np.mean(1 / (1 + np.exp(-middle - SLOPE * z)))
        low, high = (middle, high) if share < lost else (low, middle)
    return float(np.log(lost / (1 - lost))), (low + high) / 2


LEVELS = {lost: _levels(lost) for lost in {design.lost for design in DESIGNS}}


def compared(y: np.ndarray, site: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Difference in mean change and its squared error, of sets (m, n, 3)."""
    change = y[:, :, 2] - y[:, :, 0]
    parts = [change[:, site == s] for s in (1, 0)]
    counts = [part.shape[1] for part in parts]
    rest = sum(part.var(axis=1, ddof=1) * (part.shape[1] - 1) for part in parts)
    variance = rest / (sum(counts) - 2) * sum(1 / count for count in counts)
    return parts[0].mean(axis=1) - parts[1].mean(axis=1), variance


def batch(design: int, studies: int, seed: int) -> np.ndarray:
    """Estimate, standard error, df (studies, ways, 3)."""
    own, rng = DESIGNS[design], np.random.default_rng([SEED, design, seed])
    found = np.empty((studies, len(NAMES), 3))
    for study in range(studies):
        y, site = drawn(own, rng)
        groups = Groups(site, ("control", "intervention"))
        for k, method in enumerate(WAYS.values()):
            columns = (Column("y0"), Column("y1", method), Column("y2", method))
            made = impute(y, Recipe(columns, iterations=5), M, int(rng.integers(2**31)), groups)
            sets = np.stack([made.completed(i) for i in range(M)])
            pooled = pool(*compared(sets, site), len(site) - 2)
            found[study, k] = pooled.estimate[0], pooled.std_error[0], pooled.df[0]
        seen = np.isfinite(y[:, 2])
        q, u = compared(y[None, seen], site[seen])
        found[study, -1] = q[0], np.sqrt(u[0]), seen.sum() - 2
    return found


def lines(design: Design, found: np.ndarray, limit: float) -> list[str]:
    """A line of the table each way."""
    made, count = [], len(found)
    for name, own in zip(NAMES, found.transpose(1, 2, 0), strict=True):
        estimate, error, df = own
        bias, empirical = estimate.mean() - EFFECT, estimate.std(ddof=1)
        share = np.mean(np.abs(estimate - EFFECT) <= stdtrit(df, 0.975) * error)
        monte_carlo = empirical / np.sqrt(count)
        noise = np.sqrt(0.05 * 0.95 / count)
        off = abs(bias) > limit * monte_carlo or abs(share - 0.95) > limit * noise
        made.append(
            f"| {design.decides} | {design.people} | {design.lost:.0%} | {name} |"
            f" {bias:+.3f} ({monte_carlo:.3f}) | {empirical:.3f}"
            f" ({empirical / np.sqrt(2 * (count - 1)):.3f}) | {np.sqrt(np.mean(error**2)):.3f} |"
            f" {df.mean():.1f} | {share:.3f} ({np.sqrt(share * (1 - share) / count):.3f}) |"
            f" {'yes' if off else ''} |"
        )
    return made


HEAD = (
    "| who is lost | people a site | lost | method | bias (MC error) | empirical SE (MC error) |"
    " model SE | mean df | coverage of 95% (MC error) | outside |\n" + "|---" * 10 + "|"
)
BEFORE = """
Two sites, {studies} studies a design, effect 1 on the difference in change; SD of an answer 1.4,
of change 1.4. Everybody has a baseline; a share of the last answers is lost, half as many of the
interim ones, not of the same people. MCAR: nothing decides. MAR: a high baseline at the
intervention site, a low one at the control site ({slope} on the log odds per SD). MNAR: a high last
answer, at the intervention site alone. m = {m}, in each site apart, five iterations; complete-data
df = people − 2. Outside: bias or coverage is more than {limit:.1f} Monte Carlo errors off, the
Bonferroni limit at 5% over bias and coverage of all lines.
"""
AFTER = """
Imputing assumes MAR: where people are lost for what they would have answered, it is wrong, and so
are complete cases; no interval tells. Complete cases are right under MCAR alone. Matching (`pmm`)
needs donors: where those who are lost lie at the end of what was observed, the nearest five are not
near, and it is biased, the more so the fewer answered; a linear model (`norm`) goes on in a line.
Made by `make benchmark NAME=imputation_simulation`.
"""


def section(found: list[np.ndarray], limit: float) -> str:
    """Title, what was simulated, table, what it says."""
    table = [
        line
        for design, own in zip(DESIGNS, found, strict=True)
        for line in lines(design, own, limit)
    ]
    studies = f"{len(found[0]):,}"
    before = BEFORE.format(studies=studies, m=M, limit=limit, slope=SLOPE)
    return "\n".join([TITLE, before, HEAD, *table]) + "\n" + AFTER


def main(studies: int = STUDIES, write: bool = True) -> None:
    """Simulate, print, write."""
    started = time.perf_counter()
    batches = in_batches(batch, [studies] * len(DESIGNS), BATCH)
    found = [np.concatenate(own) for own in batches]
    limit = float(-ndtri(0.025 / (2 * len(DESIGNS) * len(NAMES))))
    made = section(found, limit)
    print(made)
    if write:
        write_section(TITLE, made)
    print(f"measure imputation_simulation_seconds {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    quick = len(sys.argv) > 1
    main(int(sys.argv[1]) if quick else STUDIES, write=not quick)
