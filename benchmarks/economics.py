"""The bootstrap of cost and QALY, ours and R's: `make benchmark NAME=economics`.

10,000 replicates, drawn within two sites, of cost and of QALYs ~ arm + age + baseline cost +
baseline utility in 250 people, as an evaluation adjusts both. Clock on both sides: from a table in
memory to the replicates of both differences; ours holds drawing the weights. R: `boot` with two
calls of `lm`; with two of `.lm.fit` on the rows of the data frame, as `boot` hands it on; and on
matrices made once beforehand, R's fastest. R's side of 10,000 takes some 20 seconds, so each runs
once in each turn; ours many times, of which the smallest counts. CPU time beside it, less moved by
what else a machine does. The two are checked on R's own indices.
"""

import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from mixed import said

PEOPLE, DRAWS = 250, 10_000
R = """
suppressMessages({library(boot); library(jsonlite)})
d <- read.csv(commandArgs(TRUE)[1]); draws <- as.integer(commandArgs(TRUE)[2])
by_lm <- function(data, i) {
  x <- data[i, ]
  c(coef(lm(cost ~ arm + age + before + utility, x))[["arm"]],
    coef(lm(qaly ~ arm + age + before + utility, x))[["arm"]])
}
by_rows <- function(data, i) {
  x <- data[i, ]
  columns <- cbind(1, x$arm, x$age, x$before, x$utility)
  c(.lm.fit(columns, x$cost)$coefficients[2], .lm.fit(columns, x$qaly)$coefficients[2])
}
X <- cbind(1, d$arm, d$age, d$before, d$utility)
by_fit <- function(data, i) {
  columns <- X[i, ]
  c(.lm.fit(columns, data$cost[i])$coefficients[2],
    .lm.fit(columns, data$qaly[i])$coefficients[2])
}
seconds <- function(statistic, draws) {
  set.seed(1)
  s <- proc.time()
  b <- boot(d, statistic, R = draws, strata = d$arm)
  spent <- proc.time() - s
  list(spent[["elapsed"]], spent[["user.self"]] + spent[["sys.self"]], b)
}
all <- list(by_lm, by_rows, by_fit)
for (one in all) invisible(seconds(one, 20))
runs <- lapply(all, seconds, draws)
cat(sapply(runs, `[[`, 1), "\\n"); cat(sapply(runs, `[[`, 2), "\\n")
cat(sprintf("%.10g", apply(runs[[1]][[3]]$t, 2, sd)), as.character(packageVersion("boot")), "\\n")
few <- seconds(by_fit, 50)[[3]]
writeLines(toJSON(list(indices = boot.array(few, indices = TRUE), t = few$t), digits = 15),
           commandArgs(TRUE)[3])
"""


def generated(n: int = PEOPLE, seed: int = 5) -> pd.DataFrame:
    """n people, half in each site; costs are skewed."""
    rng = np.random.default_rng(seed)
    arm = np.repeat([0.0, 1.0], [n - n // 2, n // 2])
    age, before, utility = rng.normal(45, 15, n), rng.gamma(1.5, 200, n), rng.beta(5, 2, n)
    cost = rng.gamma(0.8, (250 + 0.5 * before + 60 * arm) / 0.8)
    qaly = 0.3 + 0.5 * utility + 0.02 * arm - 2.5e-5 * cost + rng.normal(0, 0.08, n)
    columns = {"arm": arm, "age": age, "before": before, "utility": utility}
    return pd.DataFrame(columns | {"cost": cost, "qaly": qaly})


def design(d: pd.DataFrame) -> np.ndarray:
    """The columns of cost and of QALY."""
    return np.column_stack([np.ones(len(d)), d[["arm", "age", "before", "utility"]].to_numpy()])


def ours(d: pd.DataFrame, draws: int = DRAWS) -> tuple[np.ndarray, np.ndarray]:
    """Seconds of all, by the clock and of CPU, of drawing the weights alone; the replicates."""
    from cesp_analysis.economics.bootstrap import bootstrapped, units_of, weights
    from cesp_analysis.economics.replicated import prepared, replicated

    started, busy = time.perf_counter(), time.process_time()
    system = prepared(d["cost"].to_numpy(), d["qaly"].to_numpy(), design(d), 1)
    units = units_of(d["arm"].to_numpy(int))
    found = bootstrapped(lambda block: replicated(system, block), units, draws, seed=1)
    spent, busy = time.perf_counter() - started, time.process_time() - busy
    started = time.perf_counter()
    for _ in weights(units, draws, seed=1):
        pass
    return np.array([spent, busy, time.perf_counter() - started]), found


def agree(d: pd.DataFrame, path: Path) -> float:
    """Largest relative difference of replicates that R drew."""
    from cesp_analysis.economics.replicated import prepared, replicated

    known = json.loads(path.read_text(encoding="utf-8"))
    rows = np.array(known["indices"]) - 1
    counts = np.stack([np.bincount(row, minlength=len(d)) for row in rows]).astype(float)
    system = prepared(d["cost"].to_numpy(), d["qaly"].to_numpy(), design(d), 1)
    found = replicated(system, counts)
    return float(np.max(np.abs(found / np.array(known["t"]) - 1)))


def against_r() -> None:
    """Our bootstrap and R's in turn."""
    d = generated()
    ours(d, 600)  # load the libraries before the clock starts, as R's does
    best, theirs = np.full(3, 1e9), np.full((2, 3), 1e9)
    with tempfile.TemporaryDirectory() as name:
        data, script, out = (Path(name, one) for one in ("d.csv", "boot.R", "out.json"))
        d.to_csv(data, index=False)
        script.write_text(R, encoding="utf-8")
        for _ in range(2):
            for _ in range(40):  # ours is over before a busy machine gives it its turn
                spent, found = ours(d)
                best = np.minimum(best, spent)
            lines = said(["Rscript", str(script), str(data), str(DRAWS), str(out)])
            theirs = np.minimum(theirs, np.array(lines[:2], dtype=float))
        apart = agree(d, out)
    spread = found.std(axis=0, ddof=1) / np.array(lines[2][:2], dtype=float)
    words = ", ".join(f"{one:.2f}" for one in theirs[0])
    print(f"boot {lines[2][2]}: two lm, two .lm.fit of rows, of matrices: {words} s")
    print(f"ours {best[0]:.4f} s, of which drawing the weights is {best[2]:.4f} s")
    print(f"replicates on R's indices {apart:.1e} apart; bootstrap SDs of other draws over R's:")
    print(f"cost {spread[0]:.3f}, QALY {spread[1]:.3f}")
    assert apart < 1e-9, "the replicates differ"
    print(f"measure boot_seconds {best[0]:.4f} s")
    for at, kind in ((0, ""), (1, "_cpu")):
        slow, rows, matrices = theirs[at] / best[at]
        print(f"ratio boot_vs_lmfit_matrices{kind} {matrices:.1f}")
        print(f"ratio boot_vs_lmfit{kind} {rows:.1f}")
        print(f"ratio boot_vs_r{kind} {slow:.1f}")


def main() -> None:
    """Each measure in turn."""
    if shutil.which("Rscript") is None:
        packages = ["r-base-core", "r-cran-boot", "r-cran-jsonlite"]
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", *packages], check=True)
    against_r()


if __name__ == "__main__":
    main()
