"""MMRM of 200 people at 4 visits with Kenward-Roger, and nlme's fit: `make benchmark NAME=mmrm`.

y ~ arm * factor(visit) + base, unstructured covariance, REML, a third of the later answers lost.
Clock on both sides: from a table in memory to estimates and standard errors. Ours goes on to
Kenward and Roger's standard errors and degrees of freedom of every coefficient; nlme's gls
(corSymm, a variance a visit, default settings) has neither Kenward-Roger nor Satterthwaite, and R's
mmrm is not in Debian, so the peer's clock holds its fit alone. The two sides run in turn, five
times, each three times over; the smallest time of each counts. After the clock nlme fits once more
with tight settings, and the two criteria are compared.
"""

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

R = """
suppressMessages(library(nlme))
d <- read.csv(commandArgs(TRUE)[1])
d$time <- factor(d$visit)
fitted <- function(control) {
  gls(y ~ arm * time + base, d, correlation = corSymm(form = ~ visit | id),
      weights = varIdent(form = ~ 1 | time), control = control)
}
invisible(fitted(glsControl()))
spent <- sapply(1:3, function(i) {
  s <- proc.time()[["elapsed"]]
  fit <- fitted(glsControl())
  v <- sqrt(diag(fit$varBeta))
  proc.time()[["elapsed"]] - s
})
cat(min(spent), "\\n")
fit <- fitted(glsControl(maxIter = 500, msMaxIter = 2000, tolerance = 1e-12, msTol = 1e-14))
cat(sprintf("%.9f", -2 * as.numeric(logLik(fit))), as.character(packageVersion("nlme")), "\\n")
"""
TURNS, TIMES_OVER = 5, 3


def generated(people: int, visits: int = 4, seed: int = 1) -> pd.DataFrame:
    """People at up to `visits` visits, a third of the later answers lost; a row an answer."""
    r = np.random.default_rng(seed)
    arm, base = np.arange(people) % 2, r.normal(40, 9, people)
    root = r.normal(size=(visits, visits)) + 2 * np.eye(visits)
    y = 10 + 0.6 * base[:, None] + np.arange(visits) * (1 + arm[:, None])
    y = y + 3 * r.normal(size=(people, visits)) @ root.T
    person, visit = np.repeat(np.arange(people), visits), np.tile(np.arange(visits), people)
    columns = {"id": person, "arm": arm[person], "visit": visit + 1, "base": base[person]}
    d = pd.DataFrame(columns | {"y": y.ravel()})
    return d[(visit == 0) | (r.random(len(d)) > 0.33)].reset_index(drop=True)


def ours(d: pd.DataFrame) -> tuple[float, float]:
    """Seconds and REML criterion of our engine, from the table to df."""
    from cesp_analysis.models.mmrm_engine import fit_mmrm
    from cesp_analysis.models.mmrm_small_sample import small_sample

    started = time.perf_counter()
    arm, visit = d["arm"].to_numpy(float), d["visit"].to_numpy() - 1
    later = [(visit == v).astype(float) for v in range(1, int(visit.max()) + 1)]
    base = d["base"].to_numpy()
    x = np.column_stack([np.ones(len(d)), arm, *later, base, *(arm * at for at in later)])
    fit = fit_mmrm(d["y"].to_numpy(), x, d["id"].to_numpy(), visit)
    found = small_sample(fit)
    for contrast in np.eye(x.shape[1]):
        found.std_error(contrast), found.df(contrast)
    return time.perf_counter() - started, fit.criterion


def main() -> None:
    """Run both sides in turn and print the ratio."""
    if shutil.which("Rscript") is None:
        packages = ["r-base-core", "r-cran-nlme"]
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", *packages], check=True)
    d = generated(200)
    ours(generated(50))  # load the libraries before the clock starts, as R's does
    best, peer, criterion, theirs = 1e9, 1e9, 0.0, ["", ""]
    with tempfile.TemporaryDirectory() as folder:
        data, script = Path(folder, "d.csv"), Path(folder, "nlme.R")
        d.to_csv(data, index=False)
        script.write_text(R, encoding="utf-8")
        for _ in range(TURNS):
            for _ in range(TIMES_OVER):
                spent, criterion = ours(d)
                best = min(best, spent)
            command = ["Rscript", str(script), str(data)]
            said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            first, second = said.splitlines()
            peer, theirs = min(peer, float(first)), second.split()
    print(f"{len(d)} rows of 200 people; nlme {theirs[1]}, fit alone: {peer:.3f} s")
    print(f"REML criterion: ours {criterion:.9f}, nlme (tight settings) {theirs[0]}")
    assert abs(criterion / float(theirs[0]) - 1) < 1e-8, "the two criteria differ"
    large = generated(20_000)
    print(f"measure mmrm_20000_people_seconds {min(ours(large)[0] for _ in range(2)):.3f} s")
    print(f"measure mmrm_seconds {best:.4f} s")
    print(f"ratio mmrm_vs_r {peer / best:.1f}")


if __name__ == "__main__":
    main()
