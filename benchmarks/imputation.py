"""Multiple imputation against R's mice: `make benchmark NAME=imputation`.

300 people × 40 columns, a fifth of the cells missing at random places, m = 20, 10 iterations, every
column from all others: mice's norm (mi_norm_vs_mice) and pmm (mi_pmm_vs_mice) over ours. Clock on
both sides: from the table in memory to imputed sets; ours runs before and after mice, and the
larger time of the two counts. Then 5,000 × 100: our time per cell over that of 300 × 40, and
mice's of one set and one iteration, times 200, over ours. First the pooled estimates of 600 sets of
tests/reference/imputation.csv beside mice's, with their joint Monte Carlo errors.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from cesp_analysis.missing.chained import impute
from cesp_analysis.missing.pooling import pool
from cesp_analysis.missing.recipe import Column, Method, Recipe
from cesp_analysis.models.least_squares import least_squares

M, ITERATIONS = 20, 10
ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "tests" / "reference"
R_TURN = """
suppressMessages(library(mice))
a <- commandArgs(TRUE)
d <- read.csv(a[1])
spent <- system.time(made <- mice(d, m = as.integer(a[3]), maxit = as.integer(a[4]), method = a[2],
                                  printFlag = FALSE, seed = 1))[["elapsed"]]
stopifnot(!anyNA(complete(made, 1)))
cat(spent, as.character(packageVersion("mice")), "\\n")
"""


def table_of(people: int, columns: int, lost: float = 0.2) -> np.ndarray:
    """Normal columns with three factors in common, gaps anywhere."""
    rng = np.random.default_rng(1)
    factors = rng.normal(size=(people, 3))
    y = 0.6 * factors @ rng.normal(size=(3, columns)) + rng.normal(size=(people, columns))
    return np.where(rng.random(y.shape) < lost, np.nan, y)


def ours(table: np.ndarray, method: Method, iterations: int = ITERATIONS) -> float:
    """Seconds of m imputations of every column."""
    columns = tuple(Column(f"y{j}", method) for j in range(table.shape[1]))
    started = time.perf_counter()
    made = impute(table, Recipe(columns, iterations=iterations), M, seed=1)
    spent = time.perf_counter() - started
    assert np.isfinite(made.completed(0)).all() and not made.refused
    return spent


def theirs(folder: Path, table: np.ndarray, method: str, m: int, times: int) -> tuple[float, str]:
    """Seconds of mice, and its version."""
    data, script = folder / "d.csv", folder / "turn.R"
    pd.DataFrame(table).add_prefix("y").to_csv(data, index=False)
    script.write_text(R_TURN, encoding="utf-8")
    command = ["Rscript", str(script), str(data), method, str(m), str(times)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, version = done.stdout.split()
    return float(seconds), version


def paired(folder: Path) -> float:
    """Both methods beside mice; our seconds of norm."""
    small, seconds = table_of(300, 40), 0.0
    ours(small[:60, :5], "pmm", 2)  # load what is loaded once, as R's library() does
    for method in ("pmm", "norm"):
        before = ours(small, method)
        peer, version = theirs(folder, small, method, M, ITERATIONS)
        seconds = max(before, ours(small, method))
        print(f"{method}, 300 × 40: ours {before:.2f} s, mice {version} {peer:.1f} s")
        print(f"ratio mi_{method}_vs_mice {peer / seconds:.1f}")
    return seconds


def large(folder: Path, small_seconds: float) -> None:
    """5,000 × 100, norm."""
    table = table_of(5_000, 100)
    seconds = ours(table, "norm")
    per_cell = (seconds / table.size) / (small_seconds / (300 * 40))
    one, _ = theirs(folder, table, "norm", 1, 1)
    print(f"measure mi_large_seconds {seconds:.1f} s")
    print(f"ratio mi_large_per_cell {per_cell:.2f}")
    print(f"ratio mi_large_vs_mice {one * M * ITERATIONS / seconds:.0f}")


def analysed(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Means of y1 to y3 and slopes of y3 on y1, y2, x, with squared errors, of one set."""
    fit = least_squares(table[:, 3], np.column_stack([np.ones(len(table)), table[:, [1, 2, 0]]]))
    variance = np.diag(np.linalg.inv(fit.root.T @ fit.root)) * (fit.residuals**2).sum()
    means, spread = table[:, 1:].mean(axis=0), table[:, 1:].var(axis=0, ddof=1) / len(table)
    return (
        np.concatenate([means, fit.coef[1:]]),
        np.concatenate([spread, variance[1:] / (len(table) - 4)]),
    )


def agreement() -> None:
    """Pooled estimates beside mice's."""
    there = json.loads((REFERENCE / "imputation.json").read_text(encoding="utf-8"))
    names = ["x", "y1", "y2", "y3"]
    values = pd.read_csv(REFERENCE / "imputation.csv")[names].to_numpy()
    m = there["m"]
    for method in ("norm", "pmm"):
        columns = (Column("x"), *(Column(name, method) for name in names[1:]))
        made = impute(values, Recipe(columns), m, seed=1)
        q, u = (np.array(rows) for rows in zip(
            *(analysed(made.completed(i)) for i in range(m)), strict=True))  # fmt: skip
        pooled = pool(q, u, len(values) - 4)
        theirs_said = np.array(there[method]["mean"][:6])
        joint = np.hypot(pooled.monte_carlo, np.sqrt(np.array(there[method]["between"][:6]) / m))
        off = np.abs(pooled.estimate - theirs_said) / joint
        print(f"{method}, m = {m}: ours, mice's, joint Monte Carlo error, difference in errors")
        for row in zip(pooled.estimate, theirs_said, joint, off, strict=True):
            print("  {:.4f}  {:.4f}  {:.4f}  {:.1f}".format(*row))
        if off.max() > 3:
            sys.exit(f"{method}: pooled estimates differ by {off.max():.1f} joint errors")


def main() -> None:
    """Everything, in turn."""
    if shutil.which("Rscript") is None:
        packages = ["r-base-core", "r-cran-mice"]
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", *packages], check=True)
    agreement()
    with tempfile.TemporaryDirectory() as name:
        large(Path(name), paired(Path(name)))


if __name__ == "__main__":
    main()
