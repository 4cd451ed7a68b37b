"""A mixed model of 200,000 people in neighbourhoods, ours and lme4's: `make benchmark NAME=mixed`.

y ~ arm * factor(wave) + age + (1 | person) + (1 | neighbourhood), REML, 3 waves, a quarter of the
follow-ups lost. Clock on both sides: from a table in memory to estimates, standard errors and
Satterthwaite degrees of freedom. lme4's clock holds lmer and its summary, which has no degrees of
freedom: with lmerTest's its side would be longer. lme4 has its default optimiser (nloptwrap);
beside it `calc.derivs = FALSE`. The two sides run in turn, twice; the smaller time of each counts.
"""

import cProfile
import pstats
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

R = """
suppressMessages(library(lme4))
d <- read.csv(commandArgs(TRUE)[1])
for (derivs in c(TRUE, FALSE)) {
  s <- proc.time()[["elapsed"]]
  m <- lmer(y ~ arm * factor(wave) + age + (1 | pid) + (1 | area), d,
            control = lmerControl(calc.derivs = derivs))
  v <- summary(m)$coefficients
  cat(derivs, proc.time()[["elapsed"]] - s, sprintf("%.9f", REMLcrit(m)), "\\n")
}
cat(as.character(packageVersion("lme4")), "\\n")
"""


def generated(n: int, waves: int = 3, areas: int = 20, seed: int = 1) -> pd.DataFrame:
    """n people, `waves` times, a quarter of the follow-ups lost; one row a person and wave."""
    r = np.random.default_rng(seed)
    area = r.integers(0, areas * max(1, n // 200), n)
    arm = area % 2
    u, b, age = r.normal(0, 2, area.max() + 1), r.normal(0, 4, n), r.normal(45, 15, n)
    pid, w = np.repeat(np.arange(n), waves), np.tile(np.arange(waves), n)
    y = 22 + 0.05 * age[pid] + u[area[pid]] + b[pid] + 0.5 * w + arm[pid] * w * 0.7
    y = y + r.normal(0, 3, n * waves)
    columns = {"pid": pid, "area": area[pid], "arm": arm[pid], "wave": w, "age": age[pid], "y": y}
    d = pd.DataFrame(columns)
    return d[(w == 0) | (r.random(len(d)) > 0.25)].reset_index(drop=True)


def ours(d: pd.DataFrame) -> tuple[float, float]:
    """Seconds and REML criterion of our engine, from the table to df."""
    from cesp_analysis.models.nested import fit_nested
    from cesp_analysis.models.nested_df import satterthwaite_df

    started = time.perf_counter()
    arm, wave = d["arm"].to_numpy(float), d["wave"].to_numpy()
    later = [(wave == w).astype(float) for w in range(1, int(wave.max()) + 1)]
    x = np.array([np.ones(len(d)), arm, *later, d["age"].to_numpy(), *(arm * w for w in later)]).T
    designed = time.perf_counter()
    fit = fit_nested(d["y"].to_numpy(), x, [d["pid"].to_numpy(), d["area"].to_numpy()])
    fitted = time.perf_counter()
    for contrast in np.eye(x.shape[1]):
        satterthwaite_df(fit, contrast)
    spent = time.perf_counter() - started
    print(f"design {designed - started:.3f} s, fit {fitted - designed:.3f} s; all {spent:.3f}")
    return spent, fit.criterion


def where_time_goes(d: pd.DataFrame, lines: int = 8) -> None:
    """Own time of the functions that take most of one more run, outside every clock."""
    profile = cProfile.Profile()
    profile.runcall(ours, d)
    entries = pstats.Stats(profile).get_stats_profile().func_profiles.items()
    for name, entry in sorted(entries, key=lambda item: -item[1].tottime)[:lines]:
        print(f"  {entry.tottime:.3f} s {name} ({entry.ncalls} calls)")


def main() -> None:
    """Run both sides in turn and print the ratio."""
    if shutil.which("Rscript") is None:
        packages = ["r-base-core", "r-cran-lme4"]
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", *packages], check=True)
    d = generated(200_000)
    ours(generated(2_000))  # load the libraries before the clock starts, as R's does
    best, peer, without, theirs, criterion = 1e9, 1e9, 1e9, "", 0.0
    with tempfile.TemporaryDirectory() as folder:
        data, script = Path(folder, "d.csv"), Path(folder, "lme4.R")
        d.to_csv(data, index=False)
        script.write_text(R, encoding="utf-8")
        for _ in range(2):
            spent, criterion = ours(d)
            best = min(best, spent)
            command = ["Rscript", str(script), str(data)]
            said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            lines = [line.split() for line in said.splitlines()]
            peer, without = min(peer, float(lines[0][1])), min(without, float(lines[1][1]))
            theirs = lines[0][2]
    print("where our time goes (under the profiler):")
    where_time_goes(d)
    print(f"{len(d)} rows; lme4 {lines[2][0]}: {peer:.1f} s, calc.derivs = FALSE {without:.1f} s")
    print(f"REML criterion: ours {criterion:.6f}, lme4 {theirs}")
    assert abs(criterion / float(theirs) - 1) < 1e-8, "the two criteria differ"
    print(f"measure mixed_seconds {best:.3f} s")
    print(f"ratio mixed_vs_lme4_noderivs {without / best:.1f}")
    print(f"ratio mixed_vs_lme4 {peer / best:.1f}")


if __name__ == "__main__":
    main()
