"""Ways of imputing where they hold, simulated: `make benchmark NAME=imputation_methods_simulation`.

Categories (logistic, ordered), people in neighbourhoods (two_level, and norm as if there were none)
and answers that go the way of the control's change once somebody is lost (jump to reference, with
the jackknife and with Rubin's variance). Two sites; m = 20. Writes its table into
docs/validation.md, with Monte Carlo standard errors.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from imputation_designs import by_rubin
from scipy.special import expit, ndtri, stdtrit
from validation_page import in_batches, write_section

from cesp_analysis.missing.chained import Groups, impute
from cesp_analysis.missing.departures import conditional_mean
from cesp_analysis.missing.linear_estimate import LinearEstimate
from cesp_analysis.missing.pooling import pool
from cesp_analysis.missing.recipe import Column, Method, Recipe

TITLE = "## Ways of imputing, simulated"
M, BATCH, SEED, LOST = 20, 100, 12, 0.3
SLOPE = 1.0
"""Of the log odds of being lost, per SD of the baseline; at the control site the other way."""
CUTS = np.array([-1.0, 0.5, 2.0])
QUANTILES = ndtri((np.arange(20_000) + 0.5) / 20_000)
LEVEL = float(np.log(LOST / (1 - LOST)) * (1 + SLOPE**2 / 8))  # near: of a logit-normal mean
Found = dict[str, tuple[float, float, float]]
"""Way → estimate, standard error, df."""


@dataclass(frozen=True)
class Case:
    """One line's design: words, true effect, one study → what the ways found."""

    name: str
    truth: float
    study: Callable[[np.random.Generator], Found]
    studies: int


def means_compared(y: np.ndarray, site: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Difference in means and Welch's squared error, of sets (m, n)."""
    parts = [y[:, site == s] for s in (1, 0)]
    variance = sum(part.var(axis=1, ddof=1) / part.shape[1] for part in parts)
    return parts[0].mean(axis=1) - parts[1].mean(axis=1), np.asarray(variance)


def lost(x: np.ndarray, site: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Who is lost, at random given x."""
    return rng.random(len(x)) < expit(LEVEL + SLOPE * x * (2 * site - 1))


def categories(rng: np.random.Generator, method: Method) -> Found:
    """60 people a site: a yes or no, or four categories scored 0 to 3."""
    site, x = np.repeat([0, 1], 60), rng.normal(size=120)
    latent = 0.8 * x + 0.9 * site + rng.logistic(size=120)
    cuts = CUTS if method == "ordered" else CUTS[1:2]
    y = np.searchsorted(cuts, latent).astype(float)
    y[lost(x, site, rng)] = np.nan
    return both(x, y, site, method, method, 118, rng)


def category_truth(cuts: np.ndarray) -> float:
    """Difference in mean score over the population."""
    score = [expit(0.8 * QUANTILES[:, None] + 0.9 * s - cuts).sum(axis=1).mean() for s in (1, 0)]
    return float(score[0] - score[1])


def both(
    x: np.ndarray, y: np.ndarray, site: np.ndarray, method: Method, name: str, df: float,
    rng: np.random.Generator,
) -> Found:  # fmt: skip
    """Imputed in each site apart, and complete cases."""
    columns = (Column("x"), Column("y", method))
    groups = Groups(site, ("control", "intervention"))
    seed = int(rng.integers(2**31))
    made = impute(np.column_stack([x, y]), Recipe(columns), M, seed, groups)
    sets = np.stack([made.completed(i)[:, 1] for i in range(M)])
    pooled = pool(*means_compared(sets, site), df)
    seen = np.isfinite(y)
    q, u = means_compared(y[None, seen], site[seen])
    return {
        name: (pooled.estimate[0], pooled.std_error[0], pooled.df[0]),
        "complete cases": (q[0], np.sqrt(u[0]), seen.sum() - 2),
    }


def clusters(rng: np.random.Generator) -> Found:
    """8 neighbourhoods of 12 a site, ICC 0.2; Welch's test of their means, df = 14."""
    near, x = np.repeat(np.arange(16), 12), rng.normal(size=192)
    site = (near >= 8).astype(int)
    y = 0.6 * x + 0.5 * site + rng.normal(0, 0.5, 16)[near] + rng.normal(size=192)
    y[lost(x, site, rng)] = np.nan
    found: Found = {}
    ways: dict[str, Method] = {"two_level": "two_level", "norm, without neighbourhoods": "norm"}
    for name, method in ways.items():
        columns, seed = (Column("x"), Column("y", method)), int(rng.integers(2**31))
        groups = Groups(site, ("control", "intervention"))
        made = impute(np.column_stack([x, y]), Recipe(columns), M, seed, groups, near)
        sets = np.stack([made.completed(i)[:, 1].reshape(16, 12).mean(axis=1) for i in range(M)])
        pooled = pool(*means_compared(sets, np.repeat([0, 1], 8)), 14)
        found[name] = pooled.estimate[0], pooled.std_error[0], pooled.df[0]
    return found


def change_compared(sets: np.ndarray, arm: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Difference in mean change to the last time."""
    return means_compared(sets[:, :, 2] - sets[:, :, 0], arm)


def jumping(rng: np.random.Generator) -> Found:
    """40 people a site, three times; those lost at the intervention then change as the control."""
    arm = np.repeat([0, 1], 40)
    stays = rng.normal(size=80)
    last = np.where(rng.random(80) < LOST, rng.integers(0, 2, 80), 2)
    reached = np.arange(3)[None, :] <= last[:, None]
    gain = np.array([0.0, 0.5, 1.0]) * arm[:, None] * reached
    y = 5 + 0.4 * arm[:, None] + 0.3 * np.arange(3) + gain + stays[:, None]
    y = np.where(reached, y + rng.normal(size=(80, 3)), np.nan)
    x, n = np.column_stack([np.ones(80), arm]), len(arm)
    compared = LinearEstimate(x, np.array([0.0, 1.0]), np.arange(n), np.ones(n), first=0, last=2)
    means = conditional_mean(y, arm, "jump_to_reference", compared)
    drawn = by_rubin(y, arm, "jump_to_reference", change_compared, 78, M, int(rng.integers(2**31)))
    assert not isinstance(drawn, str)
    return {
        "conditional means, jackknife": (means.estimate, means.std_error, 78.0),
        "Bayesian, Rubin": (drawn.estimate[0], drawn.std_error[0], drawn.df[0]),
    }


CASES = (
    Case("a yes or no, 60 a site", category_truth(CUTS[1:2]),
         lambda rng: categories(rng, "logistic"), 1_000),
    Case("four ordered categories, 60 a site", category_truth(CUTS),
         lambda rng: categories(rng, "ordered"), 1_000),
    Case("8 neighbourhoods of 12 a site, ICC 0.2", 0.5, clusters, 1_000),
    Case("40 a site jump to the control's change", (1 - LOST) * 1.0, jumping, 400),
)  # fmt: skip


def batch(case: int, studies: int, seed: int) -> list[Found]:
    """Studies of one case."""
    rng = np.random.default_rng([SEED, case, seed])
    return [CASES[case].study(rng) for _ in range(studies)]


def lines(case: Case, found: list[Found]) -> list[str]:
    """A line of the table each way."""
    made, count = [], len(found)
    for way in found[0]:
        estimate, error, df = np.array([one[way] for one in found]).T
        empirical = estimate.std(ddof=1)
        share = np.mean(np.abs(estimate - case.truth) <= stdtrit(df, 0.975) * error)
        made.append(
            f"| {case.name} | {way} | {estimate.mean() - case.truth:+.3f}"
            f" ({empirical / np.sqrt(count):.3f}) | {empirical:.3f}"
            f" ({empirical / np.sqrt(2 * (count - 1)):.3f}) | {np.sqrt(np.mean(error**2)):.3f} |"
            f" {df.mean():.1f} | {share:.3f} ({np.sqrt(share * (1 - share) / count):.3f}) |"
        )
    return made


HEAD = (
    "| outcome and people | imputed by | bias (MC error) | empirical SE (MC error) | model SE |"
    " mean df | coverage of 95% (MC error) |\n" + "|---" * 7 + "|"
)
BEFORE = """
1,000 studies a design (400 of the last); about 30% lost, people with a high baseline at the
intervention site and a low one at the control site; in the last design at random and after the
first or the second of three times. m = 20, each site apart. Differences in means of the outcome
(neighbourhoods: of their means; last: of change), Welch's error.
"""
AFTER = """
Jumping to the control's change, people who are lost bring no information of their own on the
effect: the jackknife says how much the estimate varies in repeated studies; Rubin's variance keeps
the information that missing at random would have and is larger, so that its interval covers more.
Imputing as if there were no neighbourhoods makes them more alike than they are: its error is too
small by a seventh, and few degrees of freedom hide it here.
Made by `make benchmark NAME=imputation_methods_simulation`.
"""


def main(share: float = 1.0) -> None:
    """Simulate, print, write (all of it only)."""
    started = time.perf_counter()
    studies = [max(2, int(case.studies * share)) for case in CASES]
    batches = in_batches(batch, studies, BATCH)
    found = [[one for part in own for one in part] for own in batches]
    table = [line for case, own in zip(CASES, found, strict=True) for line in lines(case, own)]
    made = "\n".join([TITLE, BEFORE, HEAD, *table]) + "\n" + AFTER
    print(made)
    if share == 1:
        write_section(TITLE, made)
    print(f"measure imputation_methods_simulation_seconds {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0)
