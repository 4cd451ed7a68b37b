"""Intervals of net benefit with people lost, simulated: `make benchmark NAME=inmb_coverage`.

Two arms that chance made alike, one site each: utilities at three times, costs of before the study
and of two periods, skewed (gamma). After the first time people are lost, for good, the more often
the lower their last utility (and, at first, the dearer they were before), in the intervention arm
more so: at random given what was answered. In the last design people of the intervention arm have
five link workers, of whom utilities and costs have an ICC of 0.05, with bootstrap samples of link
workers and CR2 errors. The true net benefit is known. By the way of the base case (bootstrap, then
imputation), by Rubin's rules, and of people who are complete. Prints a table, with Monte Carlo
standard errors.
Arguments: studies a design, bootstrap samples, how utilities are imputed, which designs (3: the
first three; 2-4: the second to the fourth; default: 1,000, 400, norm, all). What a design gives
does not hang on which others are asked for.
"""

import sys
import time
from collections.abc import Iterator
from math import sqrt

import numpy as np
import pandas as pd
from scipy.special import expit
from validation_page import in_batches

from cesp_analysis.declared.design import Moment
from cesp_analysis.declared.economics import BootImpute, Economics, Quantity
from cesp_analysis.declared.handling import Handling
from cesp_analysis.declared.missing_data import Imputation
from cesp_analysis.economics.amounts import ADJUSTED
from cesp_analysis.economics.asked import EvaluateSpec
from cesp_analysis.economics.boot import boot_of, pooled
from cesp_analysis.economics.completed_samples import SampleAnalysis, completed_samples
from cesp_analysis.economics.data import complete_of
from cesp_analysis.economics.estimated import (
    Estimated,
    by_regression,
    by_rubin,
    observed_df,
    quantities,
)
from cesp_analysis.economics.frame import COST, UTILITY, Frame, frame_of
from cesp_analysis.economics.imputing import imputations_of, known_of, observed_of, sets_of
from cesp_analysis.economics.specs import estimated
from cesp_analysis.economics.two_regressions import regressed
from cesp_analysis.missing.people import People

STUDIES, SAMPLES, SETS, BATCH, SEED = 1_000, 400, 20, 10, 41
DESIGNS = ((60, 0), (100, 0), (200, 0), (60, 5))
"""People a site, link workers (0: none)."""
LEVEL, THRESHOLD, ICC = 0.95, 20_000.0, 0.05
TIMES, PLACES = ("before", "6m", "12m"), (0.0, 6.0, 12.0)
GAIN_6, GAIN_12, SAVED = 0.04, 0.06, 120.0
TRUE_QALY = GAIN_6 / 2 + GAIN_12 / 4
"""Area between the arms: trapezoids over half a year each."""
TRUE = THRESHOLD * TRUE_QALY + SAVED * 2
BOOT, RUBIN, COMPLETE = "bootstrap, then imputed twice", "imputed, Rubin", "complete cases"
Found = dict[str, tuple[float, float, float, float, float]]
"""Way → estimate, standard error, df, lower and upper limit."""


def study(
    n: int, workers: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray], float]:
    """Arm (2n,), link worker (2n,), -1 for none, answers (2n, 3) with gaps, the share lost by the
    last time."""
    arm = np.repeat([0, 1], n)
    frail, dear = rng.normal(size=2 * n), rng.normal(size=2 * n)
    noise = rng.normal(0, 0.1, size=(2 * n, 3))
    utility = 0.65 + 0.15 * frail[:, None] + noise
    utility += np.outer(arm, [0.0, GAIN_6, GAIN_12])
    worker = np.where(arm == 1, np.arange(2 * n) % max(workers, 1), -1) if workers else arm * 0 - 1
    theirs = np.append(rng.normal(size=max(workers, 1)), 0.0)[worker] * sqrt(ICC / (1 - ICC))
    utility[:, 1:] += 0.18 * theirs[:, None]  # people's own SD
    level = np.exp(6.2 - 0.3 * frail + 0.5 * dear)
    cost = level[:, None] * rng.gamma(1.5, 1 / 1.5, size=(2 * n, 3)) + 2 * SAVED
    cost -= np.outer(arm, [0.0, SAVED, SAVED])
    cost[:, 1:] -= 100 * theirs[:, None]
    pull = (0.65 - utility[:, 0]) / 0.18 + 0.3 * (np.log(cost[:, 0]) - 6.6)
    first = rng.random(2 * n) < expit(-2.0 + 0.3 * arm + (0.6 + 0.6 * arm) * pull)
    pull = (0.65 - utility[:, 1]) / 0.18
    last = first | (rng.random(2 * n) < expit(-2.2 + 0.4 * arm + (0.6 + 0.9 * arm) * pull))
    for values in (utility, cost):
        values[first, 1] = np.nan
        values[last, 2] = np.nan
    return arm, worker, {UTILITY: utility, COST: cost}, float(last.mean())


def spec(clustered: bool) -> EvaluateSpec:
    """A study of people randomised one by one, with costs and utilities at each time."""
    own = Economics(
        price_year="2023/24",
        utility=Quantity(label="utility", variable="utility"),
        thresholds=(THRESHOLD,),
        cluster="link_worker" if clustered else None,
        missing=BootImpute(method="pmm" if "pmm" in sys.argv else "norm"),
    )
    times = tuple(Moment(name=a, label=a, position=b) for a, b in zip(TIMES, PLACES, strict=True))
    return EvaluateSpec(
        economics=estimated(own), seed=SEED, ci_level=LEVEL, randomised=True, times=times,
        days=365.25 / 12,
        handling=Handling(name="as_answered"), imputation=Imputation(),
    )  # fmt: skip


def frame(
    arm: np.ndarray, worker: np.ndarray, answers: dict[str, np.ndarray], how: EvaluateSpec
) -> Frame:
    """The evaluation's frame of these people."""
    n = len(arm)
    words = np.where(arm == 1, "intervention", "control")
    theirs = [f"w{code}" if code >= 0 else None for code in worker]
    once = pd.DataFrame({"arm": words, "site": words, "link_worker": theirs})
    people = People(pd.Index([f"p{i}" for i in range(n)]), once, answers, TIMES)
    events = pd.DataFrame(columns=["event", "kind", "unit", "date", "elapsed"])
    visits = pd.DataFrame(columns=["unit", "time", "date", "status"])
    return frame_of(people, how, events, visits)


def analysed(n: int, rng: np.random.Generator, samples: int = SAMPLES, workers: int = 0) -> Found:
    """One study by every way."""
    how = spec(workers > 0)
    how = how.model_copy(update={"seed": int(rng.integers(2**31))})
    arm, worker, answers, _ = study(n, workers, rng)
    made = frame(arm, worker, answers, how)
    asked = [one for one in quantities((THRESHOLD,)) if one.name == "inmb"]
    sets = sets_of(made, imputations_of(made, SETS, how.seed, "base"))
    fits = [regressed(data, ADJUSTED, "HC2") for data in sets]
    assert not any(isinstance(one, str) for one in fits)
    analysis = SampleAnalysis(ADJUSTED)
    cluster = how.economics.cluster or ""
    drawn = completed_samples(made, [analysis], samples, 2, how.seed)
    boot = boot_of(made, [analysis], drawn)
    most = observed_df(fits, asked)  # type: ignore[arg-type]
    first = pooled(boot, analysis, asked, most, (known_of(made), 2 * n), cluster, LEVEL)[0]
    second = by_rubin(fits, asked, LEVEL)  # type: ignore[arg-type]
    whole = complete_of(made, observed_of(made))
    third = by_regression(whole, ADJUSTED, asked, "HC2", LEVEL)
    pairs = zip((BOOT, RUBIN, COMPLETE), (first, second, third), strict=True)
    return {name: _told(rows[0]) for name, rows in pairs}


def _told(one: Estimated) -> tuple[float, float, float, float, float]:
    assert one.interval is not None, one.reason
    assert one.estimate is not None and one.std_error is not None and one.df is not None
    return one.estimate, one.std_error, one.df, *one.interval


def batch(design: int, studies: int, seed: int) -> list[Found]:
    """Studies of one design."""
    rng = np.random.default_rng([SEED, design, seed])
    n, workers = DESIGNS[design]
    return [analysed(n, rng, asked_samples(), workers) for _ in range(studies)]


def asked_samples() -> int:
    """Bootstrap samples as the command says."""
    return int(sys.argv[2]) if len(sys.argv) > 2 and sys.argv[2].isdigit() else SAMPLES


def lines(design: tuple[int, int], found: list[Found]) -> Iterator[str]:
    """A line of the table each way."""
    count, (n, workers) = len(found), design
    name = f"{n}, five link workers" if workers else f"{n}"
    for way in found[0]:
        estimate, error, df, low, high = np.array([one[way] for one in found]).T
        spread = estimate.std(ddof=1)
        share = float(np.mean((low <= TRUE) & (high >= TRUE)))
        yield (
            f"| {name} | {way} | {estimate.mean() - TRUE:+.0f} ({spread / sqrt(count):.0f}) |"
            f" {spread:.0f} ({spread / sqrt(2 * (count - 1)):.0f}) |"
            f" {np.sqrt(np.mean(error**2)):.0f} | {df.mean():.0f} |"
            f" {share:.3f} ({sqrt(share * (1 - share) / count):.3f}) |"
        )


HEAD = (
    "| people a site | way | bias, £ (MC error) | empirical SE, £ (MC error) | model SE, £ |"
    " mean df | coverage of 95% (MC error) |\n" + "|---" * 7 + "|"
)


def main(studies: int = STUDIES, first: int = 1, last: int = len(DESIGNS)) -> None:
    """Simulate and print the designs from the first to the last of these, counted from 1."""
    started = time.perf_counter()
    rng = np.random.default_rng(SEED)
    gone = np.mean([study(200, 0, rng)[3] for _ in range(200)])
    asked_for = range(first - 1, last)
    each = [studies if at in asked_for else 0 for at in range(len(DESIGNS))]
    batches = in_batches(batch, each, BATCH)
    print(f"true net benefit at £{THRESHOLD:,.0f}: £{TRUE:,.0f}; lost by the last time: {gone:.0%}")
    print(HEAD)
    for at in asked_for:
        for line in lines(DESIGNS[at], [one for part in batches[at] for one in part]):
            print(line)
    print(f"measure inmb_coverage_seconds {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    wanted = sys.argv[4] if len(sys.argv) > 4 else f"{len(DESIGNS)}"
    begins, between, ends = wanted.partition("-")
    main(int(sys.argv[1]) if len(sys.argv) > 1 else STUDIES, int(begins) if between else 1,
         int(ends or begins))  # fmt: skip
