"""The bootstrap before imputation, simulated: `make benchmark NAME=boot_impute_simulation`.

Two arms, a baseline x that everybody has, an outcome that some lack, at random given x; difference
in means. Where arms differ in variance and are imputed as one, imputing first has a wrong variance,
by Rubin's rules and by a bootstrap of each set alike (its bootstrap variance is had without
drawing); the bootstrap of people, each sample imputed, has that of repeated studies. Writes its
table into docs/validation.md, with Monte Carlo standard errors.
"""

import sys
import time
from dataclasses import dataclass

import numpy as np
from scipy.special import expit
from validation_page import in_batches, write_section

from cesp_analysis.missing.boot_impute import impute_resampled
from cesp_analysis.missing.boot_pooled import BootPooled, boot_pool, estimates_of
from cesp_analysis.missing.chained import Groups, impute
from cesp_analysis.missing.pooling import pool
from cesp_analysis.missing.recipe import Column, Recipe

TITLE = "## The bootstrap before imputation, simulated"
SAMPLES, M, SETS, BATCH, SEED, STUDIES = 200, 2, 50, 50, 7, 1_000
SLOPE, EFFECT = 1.0, 1.0
RECIPE = Recipe((Column("arm"), Column("x"), Column("y", "norm")))
BOOT, QUANTILES, RUBIN, THEN_BOOT = (
    "bootstrap, each imputed twice", "bootstrap, quantiles of one imputation",
    "imputed, Rubin", "imputed, each set bootstrapped, Rubin",
)  # fmt: skip
HOLDS = (BOOT, QUANTILES)
Found = dict[str, tuple[float, float, float, float]]
"""Way → estimate, standard error (NaN: quantiles have none), lower and upper limit."""


@dataclass(frozen=True)
class Case:
    """One design: words; people an arm; residual SDs and shares lost, control and intervention;
    whether arms are imputed apart."""

    name: str
    people: int
    sd: tuple[float, float]
    lost: tuple[float, float]
    apart: bool = False


CASES = (
    Case("arms alike, 30% lost in both", 50, (1.0, 1.0), (0.3, 0.3)),
    Case("SD 1 and 3, half lost of SD 3", 50, (1.0, 3.0), (0.0, 0.5)),
    Case("SD 1 and 3, half lost of SD 1", 50, (1.0, 3.0), (0.5, 0.0)),
    Case("SD 1 and 3, half lost of SD 3, arms apart", 50, (1.0, 3.0), (0.0, 0.5), apart=True),
)


def study(case: Case, rng: np.random.Generator) -> np.ndarray:
    """A table (n, 3): arm, x, y with gaps."""
    arm, n = np.repeat([0, 1], case.people), 2 * case.people
    x = rng.normal(size=n)
    y = SLOPE * x + EFFECT * arm + np.array(case.sd)[arm] * rng.normal(size=n)
    share = np.array(case.lost)[arm]
    with np.errstate(divide="ignore"):
        level = np.log(share / (1 - share))
    y[rng.random(n) < expit(level + 0.7 * x)] = np.nan
    return np.column_stack([arm, x, y])


def difference(sets: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Difference in means (s, m) of sets (s, m, n, 3)."""
    arm, y = sets[..., 0], sets[..., 2]
    return (arm * y).sum(axis=2) / arm.sum(axis=2) - ((1 - arm) * y).sum(axis=2) / (1 - arm).sum(
        axis=2
    )


def analysed(case: Case, rng: np.random.Generator, samples: int = SAMPLES) -> Found:
    """One study by every way."""
    table = study(case, rng)
    arm = table[:, 0].astype(int)
    groups = Groups(arm, ("control", "intervention")) if case.apart else None
    seed, n = int(rng.integers(2**31)), case.people
    rows = np.concatenate([rng.integers(n, size=(samples, n)) + n * k for k in (0, 1)], axis=1)
    found = estimates_of(impute_resampled(table, RECIPE, rows, M, seed, groups), difference)
    whole = boot_pool(found.values)
    assert isinstance(whole, BootPooled)
    # Brand et al. 2019, Stat Med 38:210-20: quantiles of one imputation of each sample
    low, high = np.quantile(found.values[:, 0, 0], [0.025, 0.975], method="weibull")
    made = {BOOT: _told(whole)}
    made[QUANTILES] = whole.estimate[0], np.nan, float(low), float(high)
    one = impute(table, RECIPE, SETS, seed + 1, groups)
    parts = np.stack([one.completed(i)[:, 2] for i in range(SETS)]).reshape(SETS, 2, n)
    means = parts.mean(axis=2)
    for way, ddof in ((RUBIN, 1), (THEN_BOOT, 0)):
        variance = (parts.var(axis=2, ddof=ddof) / n).sum(axis=1)
        made[way] = _told(pool(means[:, 1] - means[:, 0], variance, 2 * n - 2))
    return made


def _told(pooled) -> tuple[float, float, float, float]:  # type: ignore[no-untyped-def]
    low, high = pooled.interval(0.95)
    return float(pooled.estimate[0]), float(pooled.std_error[0]), float(low[0]), float(high[0])


def batch(case: int, studies: int, seed: int) -> list[Found]:
    """Studies of one case."""
    rng = np.random.default_rng([SEED, case, seed])
    return [analysed(CASES[case], rng) for _ in range(studies)]


def lines(case: Case, found: list[Found]) -> list[str]:
    """A line of the table each way."""
    made, count = [], len(found)
    for way in found[0]:
        estimate, error, low, high = np.array([one[way] for one in found]).T
        empirical = estimate.std(ddof=1)
        share = np.mean((low <= EFFECT) & (high >= EFFECT))
        model = "" if np.isnan(error).all() else f"{np.sqrt(np.mean(error**2)):.3f}"
        made.append(
            f"| {case.name} | {way} | {estimate.mean() - EFFECT:+.3f}"
            f" ({empirical / np.sqrt(count):.3f}) | {empirical:.3f}"
            f" ({empirical / np.sqrt(2 * (count - 1)):.3f}) | {model} |"
            f" {share:.3f} ({np.sqrt(share * (1 - share) / count):.3f}) |"
        )
    return made


HEAD = (
    "| outcome and people | way | bias (MC error) | empirical SE (MC error) | model SE |"
    " coverage of 95% (MC error) |\n" + "|---" * 6 + "|"
)
BEFORE = f"""
{STUDIES:,} studies a design of 50 people an arm, whose outcome is lost at random given a baseline;
difference in means. {SAMPLES} bootstrap samples within arms, each imputed twice by norm; {SETS}
sets where imputing comes first. Both arms have one model of imputation, with one variance, but in
the last design.
"""
AFTER = """
A model with one variance for arms that have two gives those lost the wrong spread: Rubin's
variance, and that of a bootstrap after imputing, is then too small where the more variable arm
lacks answers, too large where the other does. The bootstrap of people has the variance of repeated
studies in all designs. Quantiles of single imputations hold the noise of one imputation, which the
mean of all does not: they are wider than need be.
Made by `make benchmark NAME=boot_impute_simulation`.
"""


def main(share: float = 1.0) -> None:
    """Simulate, print, write (all of it only)."""
    started = time.perf_counter()
    studies = [max(2, int(STUDIES * share))] * len(CASES)
    batches = in_batches(batch, studies, BATCH)
    found = [[one for part in own for one in part] for own in batches]
    table = [line for case, own in zip(CASES, found, strict=True) for line in lines(case, own)]
    made = "\n".join([TITLE, BEFORE, HEAD, *table]) + "\n" + AFTER
    print(made)
    if share == 1:
        write_section(TITLE, made)
    print(f"measure boot_impute_simulation_seconds {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0)
