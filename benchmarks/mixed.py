"""A mixed model of 200,000 people in neighbourhoods, ours and peers': `make benchmark NAME=mixed`.

y ~ arm * factor(wave) + age + (1 | person) + (1 | neighbourhood), REML, 3 waves, a quarter of the
follow-ups lost. Clock on both sides: from a table in memory to estimates, standard errors and
Satterthwaite degrees of freedom. lme4's clock holds lmer and its summary, which has no degrees of
freedom: with lmerTest's its side would be longer. lme4 has its default optimiser (nloptwrap);
beside it `calc.derivs = FALSE`. The Rust-backed mixedlm has an environment of its own; its clock
holds lmer and its summary. All run in turn, twice; the smaller time of each counts. Also
the most memory that our fit takes at once, over the size of the design and the outcome.
"""

import cProfile
import pstats
import shutil
import subprocess
import tempfile
import time
import tracemalloc
import venv
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


MIXEDLM = """
import sys, time
import pandas as pd
import mixedlm
d = pd.read_csv(sys.argv[1]).astype({"wave": str})
started = time.perf_counter()
m = mixedlm.lmer("y ~ arm * wave + age + (1 | pid) + (1 | area)", d)
str(m.summary())
print(time.perf_counter() - started, f"{mixedlm.REMLcrit(m):.9f}")
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


def designed(d: pd.DataFrame) -> np.ndarray:
    """The columns of the fixed part, in lme4's order; each lies together."""
    wave = d["wave"].to_numpy()
    later = range(1, int(wave.max()) + 1)
    x = np.empty((3 + 2 * len(later), len(d)))  # filled in place: a copy costs as much as a column
    one, arm, *times = x[: 2 + len(later)]
    one[:], arm[:] = 1.0, d["arm"].to_numpy()
    x[2 + len(later)] = d["age"].to_numpy()
    for w, at, both in zip(later, times, x[3 + len(later) :], strict=True):
        np.equal(wave, w, out=at, casting="unsafe")
        np.multiply(arm, at, out=both)
    return x.T


def ours(d: pd.DataFrame) -> tuple[float, float]:
    """Seconds and REML criterion of our engine, from the table to df."""
    from cesp_analysis.models.nested import fit_nested
    from cesp_analysis.models.nested_df import satterthwaite_df

    started = time.perf_counter()
    x = designed(d)
    made = time.perf_counter()
    fit = fit_nested(d["y"].to_numpy(), x, [d["pid"].to_numpy(), d["area"].to_numpy()])
    fitted = time.perf_counter()
    for contrast in np.eye(x.shape[1]):
        satterthwaite_df(fit, contrast)
    spent = time.perf_counter() - started
    print(f"design {made - started:.3f} s, fit {fitted - made:.3f} s; all {spent:.3f}")
    return spent, fit.criterion


def where_time_goes(d: pd.DataFrame, lines: int = 8) -> None:
    """Own time of the functions that take most of one more run, outside every clock."""
    profile = cProfile.Profile()
    profile.runcall(ours, d)
    entries = pstats.Stats(profile).get_stats_profile().func_profiles.items()
    for name, entry in sorted(entries, key=lambda item: -item[1].tottime)[:lines]:
        print(f"  {entry.tottime:.3f} s {name} ({entry.ncalls} calls)")


def memory(d: pd.DataFrame) -> float:
    """Most memory allocated at once by a fit, over the bytes of design and outcome."""
    tracemalloc.start()
    ours(d)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / (len(d) * 8 * 8)  # seven columns and the outcome, eight bytes each


def with_mixedlm(folder: Path) -> Path:
    """Python of a new environment that holds mixedlm."""
    venv.create(folder / "mixedlm", with_pip=True)
    python = folder / "mixedlm" / "bin" / "python"
    pip = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, "mixedlm==1.3.0", "pandas"], check=True)
    return python


def said(command: list[str]) -> list[list[str]]:
    """The words of each line that a peer prints."""
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [line.split() for line in done.stdout.splitlines()]


def main() -> None:
    """Run all sides in turn and print the ratios."""
    if shutil.which("Rscript") is None:
        packages = ["r-base-core", "r-cran-lme4"]
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", *packages], check=True)
    d = generated(200_000)
    ours(generated(2_000))  # load the libraries before the clock starts, as R's does
    best, peer, without, rust = 1e9, 1e9, 1e9, 1e9
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data, script, other = folder / "d.csv", folder / "lme4.R", folder / "rust.py"
        d.to_csv(data, index=False)
        script.write_text(R, encoding="utf-8")
        other.write_text(MIXEDLM, encoding="utf-8")
        python = with_mixedlm(folder)
        for _ in range(2):
            for _ in range(3):  # ours is over before a busy machine gives it its turn
                spent, criterion = ours(d)
                best = min(best, spent)
            lines = said(["Rscript", str(script), str(data)])
            peer, without = min(peer, float(lines[0][1])), min(without, float(lines[1][1]))
            (rusty,) = said([str(python), str(other), str(data)])
            rust = min(rust, float(rusty[0]))
    print("where our time goes (under the profiler):")
    where_time_goes(d)
    print(f"{len(d)} rows; lme4 {lines[2][0]}: {peer:.1f} s, calc.derivs = FALSE {without:.1f} s")
    print(f"mixedlm 1.3.0: {rust:.1f} s")
    print(f"REML criterion: ours {criterion:.6f}, lme4 {lines[0][2]}, mixedlm {rusty[1]}")
    for theirs in (lines[0][2], rusty[1]):
        assert abs(criterion / float(theirs) - 1) < 1e-8, "the criteria differ"
    print(f"measure mixed_memory {memory(d):.2f} arrays")
    print(f"measure mixed_seconds {best:.3f} s")
    print(f"ratio mixed_vs_lme4_noderivs {without / best:.1f}")
    print(f"ratio mixed_vs_mixedlm {rust / best:.1f}")
    print(f"ratio mixed_vs_lme4 {peer / best:.1f}")


if __name__ == "__main__":
    main()
