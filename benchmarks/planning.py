"""Simulated trials, ours and lme4's, paired on the same cores: `make benchmark NAME=planning`.

40 locations × 25 people, each person's baseline in the model; a trial is drawn, fitted by REML with
a random intercept, its effect judged by Satterthwaite's df and added up. lme4 draws the same people
in R and fits lmer (two processes by `parallel`, without degrees of freedom, without derivatives at
the end: its fastest); its clock holds the fits alone. Unequal: sizes of a CV of .4 about 25, other
ones in each trial. In turn, three times; the smallest time of each counts. Then a million trials,
ten million, what takes the time, and how fast this machine's random numbers alone are.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from trials_in_blocks import simulated

from cesp_analysis.declared.planning import Analysis
from cesp_analysis.planning.performance import Performance
from cesp_analysis.planning.trial_blocks import block, block_size
from cesp_analysis.planning.trial_draws import by_location, scatter
from cesp_analysis.planning.trial_level import level_at, parts_of
from cesp_analysis.planning.trial_reml import fitted
from cesp_analysis.planning.trial_reml_unequal import fitted_unequal
from cesp_analysis.planning.trials import Trial

CORES, TURNS = 2, 3
EQUAL = Trial((20, 20), 25, 0.2, 0.05, cac=0.8, iac=0.5, baseline="cohort")
UNEQUAL = Trial((20, 20), 25, 0.2, 0.05, cac=0.8, iac=0.5, baseline="cohort", size_cv=0.4)

R = """
suppressMessages({library(lme4); library(parallel)})
asked <- as.numeric(commandArgs(TRUE)); cores <- asked[1]; fits <- asked[2]; cv <- asked[3]
RNGkind("L'Ecuyer-CMRG"); set.seed(1)
drawn <- function(i) {
  m <- if (cv > 0) pmax(round(rgamma(40, cv^-2) * 25 * cv^2), 2) else rep(25, 40)
  j <- rep(1:40, m); near <- matrix(rnorm(80), 40) %*% chol(.05 * matrix(c(1, .8, .8, 1), 2))
  own <- matrix(rnorm(2 * length(j)), ncol = 2) %*% chol(.95 * matrix(c(1, .5, .5, 1), 2))
  z <- near[j, ] + own; arm <- as.numeric(j > 20)
  data.frame(j = factor(j), arm = arm, x = z[, 1], y = z[, 2] + .2 * arm)
}
sets <- lapply(seq_len(fits), drawn)
control <- lmerControl(calc.derivs = FALSE)
one <- function(d) {
  suppressMessages(fixef(lmer(y ~ arm + x + (1 | j), d, control = control))[["arm"]])
}
invisible(lapply(sets[1:5], one))
s <- proc.time()[["elapsed"]]
e <- unlist(mclapply(sets, one, mc.cores = cores, mc.preschedule = TRUE))
cat(proc.time()[["elapsed"]] - s, mean(e), sd(e), as.character(packageVersion("lme4")), "\\n")
"""


def clocked(work: Callable[[], object], times: int) -> float:
    """Processor seconds of one call, the least of `times`: other work of the machine left out."""
    best = np.inf
    for _ in range(times):
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return float(best)


def ours(trial: Trial, trials: int, cores: int = CORES) -> tuple[float, Performance]:
    """Trials a second of the whole command, processes started anew."""
    started = time.perf_counter()
    done = simulated(trial, "mixed_satterthwaite", trials, 1, "benchmark", workers=cores)
    return done.n / (time.perf_counter() - started), done


def lme4(script: Path, fits: int, cv: float) -> tuple[float, float, float]:
    """Fits a second; mean and SD of the effects."""
    words = ["Rscript", str(script), str(CORES), str(fits), str(cv)]
    out = subprocess.run(words, check=True, capture_output=True, text=True).stdout.split()
    return fits / float(out[0]), float(out[1]), float(out[2])


def paired(name: str, trial: Trial, trials: int, fits: int, script: Path) -> None:
    """Both sides in turn; the ratio."""
    best, peer = 0.0, 0.0
    for _ in range(TURNS):
        speed, done = ours(trial, trials)
        best = max(best, speed)
        theirs, mean, sd = lme4(script, fits, trial.size_cv)
        peer = max(peer, theirs)
    assert done.n_failed == 0
    assert abs(mean - trial.effect - done.bias) < 4 * sd / fits**0.5, "lme4 finds another effect"
    assert abs(sd - done.empirical_se) < 4 * sd / (2 * fits) ** 0.5, "lme4 finds another SE"
    print(f"{name}: ours {best:,.0f} trials a second, lme4 {peer:.1f}, {CORES} cores")
    print(f"measure {name}_a_second {best:.0f}")
    print(f"ratio {name}_vs_lme4 {best / peer:.0f}")


def bounds() -> None:
    """What a block spends its time with, on one core, and what random numbers alone would allow."""
    rng = np.random.Generator(np.random.SFC64(1))
    n = block_size(EQUAL, "mixed_satterthwaite")
    s = scatter(EQUAL, rng, n)
    draw = clocked(lambda: scatter(EQUAL, rng, n), 200)
    fit = clocked(lambda: fitted(s, "satterthwaite"), 200)
    whole = clocked(lambda: block(EQUAL, "mixed_satterthwaite", 1, "bounds", 0, 0.95), 200)
    normal = clocked(lambda: rng.standard_normal(n), 200)
    gamma = clocked(lambda: rng.standard_gamma(487.5, n), 200)
    least = 4 * normal + 4 * gamma
    print(f"one size, a trial on one core: {whole / n * 1e9:.0f} ns; drawing {draw / whole:.0%},")
    print(f"  REML, df and SE {fit / whole:.0%}; random numbers alone {least / n * 1e9:.0f} ns")
    print(f"measure trials_bound_by_random_numbers {least / whole:.2f} of the time")
    n = block_size(UNEQUAL, "mixed_satterthwaite")
    own = by_location(UNEQUAL, rng, n)
    parts, ratio = parts_of(own), np.full(n, 0.05)
    draw = clocked(lambda: by_location(UNEQUAL, rng, n), 50)
    fit = clocked(lambda: fitted_unequal(own, "satterthwaite"), 50)
    once = clocked(lambda: level_at(parts, ratio), 50)
    print(f"unequal: drawing {draw / n * 1e6:.2f} µs a trial, fitting {fit / n * 1e6:.2f},")
    print(f"  of which an evaluation of the criterion {once / n * 1e6:.2f}, about six a fit;")
    column = np.ones((40, n))
    passed = clocked(lambda: np.einsum("kr,kr->r", own.y, column), 200)
    print(f"  its 18 passes over locations alone {18 * passed / n * 1e6:.2f}")
    print(f"measure unequal_trials_bound_by_sums {6 * 18 * passed / (draw + fit):.2f} of the time")


def many(trials: int) -> tuple[float, float]:
    """Seconds and memory (MB) of one command, in a process of its own."""
    words = [sys.executable, __file__, "once", str(trials)]
    started = time.perf_counter()
    out = subprocess.run(words, check=True, capture_output=True, text=True).stdout.split()
    spent = time.perf_counter() - started
    print(f"{trials:,} trials in one command: {spent:.2f} s, {out[0]} MB, power {out[1]}")
    return spent, float(out[0])


def once(trials: int) -> None:
    """What `many` runs: prints the most memory of this process and its two workers together."""
    done = ours(EQUAL, trials)[1]
    who = (resource.RUSAGE_SELF, *[resource.RUSAGE_CHILDREN] * CORES)  # the largest child, twice
    print(sum(resource.getrusage(one).ru_maxrss for one in who) // 1024, f"{done.power:.5f}")


def by_analysis() -> None:
    """Trials a second of every analysis, on two cores."""
    sizes: dict[Analysis, int] = {
        "location_means_t": 2_000_000,
        "mixed_kenward_roger": 1_000_000,
        "gee_cr2": 60_000,
        "permutation": 40_000,
    }
    for analysis, trials in sizes.items():
        started = time.perf_counter()
        done = simulated(EQUAL, analysis, trials, 1, "benchmark", workers=CORES)
        print(f"{analysis}: {done.n / (time.perf_counter() - started):,.0f} trials a second")


def main() -> None:
    """Everything in turn."""
    if sys.argv[1:2] == ["once"]:
        once(int(sys.argv[2]))
        return
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as name:
        script = Path(name, "lme4.R")
        script.write_text(R, encoding="utf-8")
        paired("trials", EQUAL, 4_000_000, 200, script)
        paired("unequal_trials", UNEQUAL, 400_000, 200, script)
    spent = {trials: many(trials) for trials in (1_000_000, 10_000_000)}
    (seconds, memory), (longer, _) = spent[1_000_000], spent[10_000_000]
    print(f"measure million_trials_seconds {seconds:.2f} s")
    print(f"measure million_trials_memory {memory:.0f} MB")
    more = longer - seconds
    print(f"measure nine_million_more_seconds {more:.2f} s")
    by_analysis()
    bounds()


if __name__ == "__main__":
    main()
