"""Simulated stepped wedges, fitted: `make benchmark NAME=planning_wedge`.

24 locations × 5 periods × 100 people asked anew, random location and location-period effects, REML
with Kenward and Roger's df: as `simulate_trials` has it, on two cores, processes started anew. Then
sizes of a CV of .4, where every location has a covariance of its own; and what lme4 takes for one
(a wedge drawn in R, lmer without degrees of freedom, one core). In turn, three times; the smallest
time of each counts.
"""

import subprocess
import tempfile
import time
from pathlib import Path

from trials_in_blocks import simulated

from cesp_analysis.planning.layouts import stepped_wedge
from cesp_analysis.planning.wedge_trials import Wedge

CORES, TURNS = 2, 3
ALIKE = Wedge(stepped_wedge(4), (6, 6, 6, 6), 100, 0.2, icc=0.05, cac=0.8)
UNEQUAL = Wedge(stepped_wedge(4), (6, 6, 6, 6), 100, 0.2, icc=0.05, cac=0.8, size_cv=0.4)
R = """
suppressMessages(library(lme4)); set.seed(1)
d <- expand.grid(i = 1:100, t = 1:5, l = 1:24)
d$x <- 1 * (d$t > rep(1:4, each = 6)[d$l]); d$c <- interaction(d$l, d$t)
sets <- lapply(1:20, function(i) rnorm(24, 0, sqrt(.04))[d$l] + rnorm(120, 0, sqrt(.01))[d$c] +
  rnorm(nrow(d), 0, sqrt(.95)) + .2 * d$x)
control <- lmerControl(calc.derivs = FALSE)
one <- function(y) {
  d$y <- y
  suppressMessages(fixef(lmer(y ~ factor(t) + x + (1 | l) + (1 | c), d, control = control))[["x"]])
}
invisible(one(sets[[1]]))
s <- proc.time()[["elapsed"]]; e <- sapply(sets, one)
cat(proc.time()[["elapsed"]] - s, mean(e), "\\n")
"""


def ours(trial: Wedge, trials: int) -> float:
    """Trials a second of the whole command."""
    started = time.perf_counter()
    done = simulated(trial, "mixed_kenward_roger", trials, 1, "benchmark", workers=CORES)
    return done.n / (time.perf_counter() - started)


def lme4(script: Path) -> float:
    """Fits a second on one core."""
    out = subprocess.run(["Rscript", str(script)], check=True, capture_output=True, text=True)
    return 20 / float(out.stdout.split()[0])


def main() -> None:
    """Print what each does a second, and the ratio on the same number of cores."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "wedge.R"
        script.write_text(R, encoding="utf-8")
        turns = [(ours(ALIKE, 100_000), lme4(script), ours(UNEQUAL, 4_000)) for _ in range(TURNS)]
    alike, other, unequal = (max(column) for column in zip(*turns, strict=True))
    print(f"measure wedge_trials_a_second {alike:.0f}")
    print(f"measure unequal_wedge_trials_a_second {unequal:.0f}")
    print(f"ratio wedge_vs_lme4 {alike / (CORES * other):.0f}")


if __name__ == "__main__":
    main()
