"""Type I error of a mixed model with few neighbourhoods: `make benchmark NAME=small_samples`.

Half of the neighbourhoods in each arm, 4 to 16 people in each, answers once, no effect; REML. The
same fits are judged by Kenward-Roger and by Satterthwaite at 5%; one minus the share rejected is
the coverage of the 95% interval. Prints the table of docs/validation.md, with Monte Carlo errors.
"""

import sys
import time

import numpy as np
from scipy import stats

from cesp_analysis.models.nested import fit_nested
from cesp_analysis.models.nested_df import judged

SIZES = (4, 16, 7, 12, 9, 5, 14, 10, 6, 15, 8, 13)
EFFECT = np.array([0.0, 1.0])


def cell(clusters: int, icc: float, runs: int, seed: int) -> dict[str, np.ndarray]:
    """Of each of `runs` trials: whether each rule rejects, and whether the variance was zero."""
    rng = np.random.default_rng(seed)
    code = np.repeat(np.arange(clusters), np.resize(SIZES, clusters))
    x = np.column_stack([np.ones(len(code)), (code >= clusters // 2)]).astype(float)
    out = {name: np.zeros(runs, dtype=bool) for name in ("kenward_roger", "satterthwaite", "zero")}
    for run in range(runs):
        y = rng.normal(0, np.sqrt(icc), clusters)[code]
        y += rng.normal(0, np.sqrt(1 - icc), len(code))
        fit = fit_nested(y, x, [code])
        out["zero"][run] = fit.at_boundary[0]
        for rule in ("kenward_roger", "satterthwaite"):
            error, df = judged(fit, EFFECT, rule, "expected")
            out[rule][run] = 2 * stats.t.sf(abs(fit.coef[1]) / error, df) < 0.05
    return out


def main(runs: int = 10_000) -> None:
    """Print the table, a line for each number of neighbourhoods and intraclass correlation."""
    started = time.perf_counter()
    print("| neighbourhoods | ICC | Kenward-Roger | Satterthwaite | variance at zero | there: K-R |"
          " S |")  # fmt: skip
    print("|---|---|---|---|---|---|---|")
    for clusters in (6, 10, 20, 40):
        for icc in (0.0, 0.05, 0.2):
            found = cell(clusters, icc, runs, seed=1000 * clusters + int(100 * icc))
            zero = found.pop("zero")
            shares = [f"{rejected.mean():.4f}" for rejected in found.values()]
            there = [f"{r[zero].mean():.3f}" if zero.sum() > 99 else "" for r in found.values()]
            print(f"| {clusters} | {icc} |", " | ".join([*shares, f"{zero.mean():.2f}", *there]),
                  "|", flush=True)  # fmt: skip
    print(f"\n{runs} trials a line, Monte Carlo error {np.sqrt(0.05 * 0.95 / runs):.4f}")
    print(f"measure small_samples_seconds {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
