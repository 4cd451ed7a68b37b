"""Power by formula and simulated, and type I error: `make benchmark NAME=planning_simulation`.

Seeds are fixed in advance (1, and a scenario's own name). Where a formula is exact (locations of one
size, no baseline, t on k - 2 df) the largest of all |z| must stay below Bonferroni's limit.
Elsewhere simulated power is shown beside the formula. Writes docs/validation.md.
"""

import sys
import time
from dataclasses import dataclass, replace
from itertools import product

from scipy import special, stats
from validation_page import write_section

from cesp_analysis.planning.performance import mcse_of_share
from cesp_analysis.planning.trial_analyses import ANALYSES, Analysis
from cesp_analysis.planning.trial_blocks import simulated
from cesp_analysis.planning.trial_permutation import smallest_p
from cesp_analysis.planning.trials import Trial, means_of, same_arms

TITLE = "## Simulated location trials: power by formula, type I error"
SEED, LEVEL, CORES = 1, 0.95, 2
EXACT, NULL, SLOW = 65_536, 262_144, 32_768
LOCATIONS = (6, 8, 10, 12, 16, 20, 30, 40, 60)
SLOWER = ("gee_cr2", "permutation")
SETTINGS = {
    "post only, ICC .05": {"icc": 0.05},
    "post only, ICC 0": {"icc": 0.0},
    "own baseline, ICC .05": {"icc": 0.05, "cac": 0.8, "iac": 0.5, "baseline": "cohort"},
    "own baseline, sizes of CV .6": {
        "icc": 0.05, "cac": 0.8, "iac": 0.5, "baseline": "cohort", "size_cv": 0.6,
    },
}  # fmt: skip


def scenarios() -> list[Trial]:
    """216 trials without a baseline, locations of one size; effects of 10% to 95% power."""
    grid = product((4, 6, 8, 10, 14, 20, 30, 40, 60), (5, 25, 100), (0.0, 0.01, 0.05, 0.2))
    made = []
    for k, m, icc in grid:
        base = same_arms(k, m, 0.0, icc)
        error = (2 * 2 / k * (icc + (1 - icc) / m)) ** 0.5
        made += [replace(base, effect=size * error) for size in (1.0, 2.8)]
    return made


def power(effect: float, error: float, df: float) -> float:
    """Of a two-sided t, exactly."""
    t = float(special.stdtrit(df, 0.5 + LEVEL / 2))
    off = effect / error
    return float(stats.nct.sf(t, df, off) + stats.nct.cdf(-t, df, off))


def exact(trial: Trial) -> float:
    """Power of the t of location means without a baseline."""
    each = float(means_of(trial, trial.people, trial.people).rest)  # type: ignore[arg-type]
    return power(trial.effect, each * sum(1 / k for k in trial.locations) ** 0.5, trial.k - 2)


def against_formula(trials: int) -> list[float]:
    """z of each scenario."""
    found = []
    for at, trial in enumerate(scenarios()):
        own = simulated(trial, "location_means_t", trials, SEED, f"exact {at}", LEVEL, CORES)
        true = exact(trial)
        found.append((own.power - true) / mcse_of_share(true, own.n))
    return found


@dataclass(frozen=True)
class Adjusted:
    """A trial with a baseline: powers by formula and simulated."""

    trial: Trial
    means: tuple[float, float]
    mixed: tuple[float, float]


def adjusted(k: int, m: int, icc: float, cac: float, iac: float, trials: int) -> Adjusted:
    """ANCOVA of means beside 1 - r² (t on k - 3 df, its slope estimated: 1 + 1/(k - 4)); the mixed
    model with one slope, within locations, beside the variance of y less that slope's x, t on k - 2.
    """
    base = same_arms(k, m, 0.0, icc, cac=cac, iac=iac, baseline="cohort")
    means = means_of(base, m, m)
    rest = float(means.rest) ** 2 * (1 + 1 / (k - 4))
    one = float(means.rest) ** 2 + (float(means.slope) - iac) ** 2 * float(means.sd_x) ** 2
    wide = (4 / k) ** 0.5
    trial = replace(base, effect=2.5 * wide * rest**0.5)
    name = f"adjusted {k} {m} {icc} {cac} {iac}"
    own = [
        simulated(trial, way, trials, SEED, name, LEVEL, CORES).power
        for way in ("location_means_t", "mixed_kenward_roger")
    ]
    return Adjusted(
        trial,
        (power(trial.effect, rest**0.5 * wide, k - 3), own[0]),
        (power(trial.effect, one**0.5 * wide, k - 2), own[1]),
    )


def all_adjusted(trials: int) -> list[Adjusted]:
    """32 of them."""
    grid = product((10, 20, 40, 60), (10, 50), (0.02, 0.1), ((0.8, 0.5), (0.5, 0.8)))
    return [adjusted(k, m, icc, cac, iac, trials) for k, m, icc, (cac, iac) in grid]


def rejected(setting: str, k: int, analysis: Analysis, null: int, slow: int) -> str:
    """A cell of the table of type I errors: the share in %, `-` where no test exists."""
    half = k // 2
    if analysis == "permutation" and smallest_p(half, half) > 0.05:
        return "–"
    trial = same_arms(k, 25, 0.0, **SETTINGS[setting])
    trials = slow if analysis in SLOWER or trial.size_cv > 0 else null
    own = simulated(trial, analysis, trials, SEED, f"null {setting} {k}", LEVEL, CORES)
    failed = f" ({own.n_failed} failed)" if own.n_failed else ""
    return f"{own.power:.2%}{failed}"


def table(setting: str, null: int, slow: int) -> list[str]:
    """Type I errors of a setting: a line for every number of locations."""
    lines = ["", f"| {setting}: locations | " + " | ".join(ANALYSES) + " |"]
    lines.append("|" + "---|" * (1 + len(ANALYSES)))
    for k in LOCATIONS:
        cells = [rejected(setting, k, analysis, null, slow) for analysis in ANALYSES]
        lines.append(f"| {k} | " + " | ".join(cells) + " |")
        print(lines[-1], flush=True)
    return lines


def section(z: list[float], beside: list[Adjusted], tables: list[str]) -> str:
    """The section of docs/validation.md."""
    limit = float(special.ndtri(1 - (1 - LEVEL) / (2 * len(z))))
    worst = max(map(abs, z))
    assert worst < limit, f"|z| {worst:.2f} is not below {limit:.2f}"
    means = [one.means[1] - one.means[0] for one in beside]
    mixed = [(one.mixed[1] - one.mixed[0], one.trial) for one in beside]
    large = [off for off, trial in mixed if trial.k >= 20]
    small = [off for off, trial in mixed if trial.k < 20]
    lines = [
        TITLE,
        "",
        f"**Exact.** {len(z)} trials of 4 to 60 locations of one size, no baseline, {EXACT:,}"
        " simulated each, power of 10% to",
        f"95%: largest |z| against the noncentral t on k − 2 df {worst:.2f} (Bonferroni's limit"
        f" {limit:.2f}), mean z² {sum(v * v for v in z) / len(z):.2f}.",
        "",
        f"**With a baseline of the same people**, {len(beside)} trials, {EXACT:,} simulated each."
        " ANCOVA of locations' means beside",
        "the variance by 1 − r² (its slope estimated, t on k − 3 df):"
        f" {min(means):+.4f} to {max(means):+.4f} in power. The mixed model,",
        "whose one slope is nearly that within locations, beside the variance of y less that slope"
        " times x, t on k − 2 df:",
        f"{min(large):+.4f} to {max(large):+.4f} with 20 locations or more,"
        f" {min(small):+.4f} to {max(small):+.4f} with 10. What is beyond .01: with",
        "few locations and a small ICC the locations' variance is often estimated as zero, and the"
        " standard error then",
        "is that of people, larger than the means' own: the model is careful, the formula is not.",
        "",
        "**Type I error** at 5%, 25 people a location (Monte Carlo error .04 points; .12 for"
        " gee_cr2, permutation, sizes that",
        "vary). `z` is the mixed model's effect over its standard error, as if that were known:"
        " it does not hold 5% with few",
        "locations, which is why it is here. Made by `make benchmark NAME=planning_simulation`.",
        *tables,
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Simulate all and write the section; an argument: how many times fewer trials, no section."""
    fewer = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    started = time.perf_counter()
    z = against_formula(EXACT // fewer)
    print(f"largest |z| of {len(z)}: {max(map(abs, z)):.2f}", flush=True)
    beside = all_adjusted(EXACT // fewer)
    tables = [line for one in SETTINGS for line in table(one, NULL // fewer, SLOW // fewer)]
    made = section(z, beside, tables)
    print(made)
    if fewer == 1:
        write_section(TITLE, made)
    print(f"measure planning_simulation_seconds {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
