"""Raking against R's survey: `make benchmark NAME=survey_raking`.

10,000 respondents raked to five margins, from categories and counts in memory to weights; ours
stops at 1e-10 of every category, R at 1e-6 of 200,000 people. R's design object is made before its
clock starts; both take turns. Then the steps `weigh` and `replicate` (40 neighbourhoods left out in
turn) on a million respondents: seconds, and the most memory that they take.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.schemas import Panel
from cesp_analysis.survey.cells import Cells, Target
from cesp_analysis.survey.raking import raked
from cesp_analysis.survey.replicate import replicate
from cesp_analysis.survey.weigh import weigh

N, MANY, TURNS, PEOPLE, NEAR = 10_000, 1_000_000, 5, 200_000.0, 40
SIZES = {"age": 6, "sex": 2, "tenure": 4, "ethnicity": 5, "ward": 8}
R_RAKE = """
suppressMessages(library(survey))
d <- read.csv("d.csv"); m <- read.csv("m.csv")
own <- lapply(unique(m$variable), function(v) {
  z <- m[m$variable == v, c("category", "population")]; names(z) <- c(v, "Freq"); z })
asked <- lapply(unique(m$variable), function(v) as.formula(paste("~", v)))
design <- svydesign(~1, weights = ~weight, data = d)
control <- list(maxit = 1000, epsilon = 1e-6)
best <- Inf
for (turn in 1:3) {
  spent <- system.time(raked <- rake(design, asked, own, control = control))[["elapsed"]]
  best <- min(best, spent)
}
writeLines(sprintf("%.17g", weights(raked)), "w.txt")
cat(best, as.character(packageVersion("survey")), "\\n")
"""


def respondents(n: int) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """Categories and design weights; population counts that differ from who answered."""
    rng = np.random.default_rng(5)
    d = {name: rng.choice(k, n, p=_shares(k, rng)) for name, k in SIZES.items()}
    counts = {name: _shares(k, rng) * PEOPLE for name, k in SIZES.items()}
    return pd.DataFrame(d | {"weight": rng.lognormal(0, 0.4, n)}), counts


def _shares(k: int, rng: np.random.Generator) -> np.ndarray:
    own = rng.uniform(1, 2.5, k)
    return np.asarray(own / own.sum())


def ours(d: pd.DataFrame, counts: dict[str, np.ndarray]) -> tuple[float, np.ndarray]:
    """Seconds from categories to weights, and the weights."""
    codes = {name: d[name].to_numpy() for name in counts}
    base = d["weight"].to_numpy()
    started = time.perf_counter()
    cells = Cells.made([Target(codes[name], people) for name, people in counts.items()])
    found = raked(cells, cells.sums(base)[None], PEOPLE)
    weights = base * found.factor[0][cells.of]
    return time.perf_counter() - started, weights


def theirs(folder: Path) -> tuple[float, np.ndarray, str]:
    """Seconds of R's rake, the best of three; its weights; the version of survey."""
    (folder / "rake.R").write_text(R_RAKE, encoding="utf-8")
    done = subprocess.run(
        ["Rscript", "rake.R"], cwd=folder, capture_output=True, text=True, check=True
    )
    seconds, version = done.stdout.split()
    return float(seconds), np.loadtxt(folder / "w.txt"), version


def million(folder: Path) -> dict[str, tuple[float, float]]:
    """Step → seconds and most memory (GB), of MANY respondents in two sites: weights, and the
    jackknife of their neighbourhoods."""
    d, counts = respondents(MANY)
    names = list(counts)
    near = np.arange(MANY) % NEAR
    site = near % 2
    panel = pd.DataFrame(
        {
            "study": pd.Categorical.from_codes(np.zeros(MANY, int), ["s"]),
            "level": pd.Categorical.from_codes(np.ones(MANY, int), ["person", "respondent"]),
            "unit": pd.Categorical([f"R{i:07}" for i in range(MANY)]),
            "site": pd.Categorical.from_codes(site, ["a", "b"]),
            "arm": pd.Categorical.from_codes(site, ["intervention", "control"]),
            "neighbourhood": pd.Categorical.from_codes(near, [f"n{k}" for k in range(NEAR)]),
            "link_worker": pd.Categorical([None] * MANY),
            "time": pd.Categorical.from_codes(np.zeros(MANY, int), ["w1"]),
            "outcome": pd.Categorical.from_codes(np.zeros(MANY, int), ["y"]),
            "value": 1.0,
            "weight": d["weight"],
        }
    )
    words = {name: [f"c{k}" for k in range(SIZES[name])] for name in names}
    for name in names:
        panel[name] = pd.Categorical.from_codes(d[name], words[name])
    contracts.write(panel, folder / "panel.parquet", Panel)
    lines = ["variable,category,site,population"]
    for name, people in counts.items():
        lines += [f"{name},c{k},{s},{p!r}" for s in "ab" for k, p in enumerate(people.tolist())]
    (folder / "margins.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    declared = {"sites": ["a", "b"], "waves": ["w1"], "covariates": words}
    told: dict[str, object] = {"method": "rake", "declared": declared}
    told = told | {"replicates": "jackknife", "design": {}, "outcomes": {"y": ["w1"]}}
    return {step: _measured(step, folder, json.dumps(told)) for step in ("weigh", "replicate")}


def _measured(step: str, folder: Path, spec: str) -> tuple[float, float]:
    """Seconds and most memory of one step in a process of its own."""
    started = time.perf_counter()
    child = os.fork()
    if child == 0:
        os.execv(sys.executable, [sys.executable, __file__, f"--{step}", str(folder), spec])
    _, status, used = os.wait4(child, 0)
    assert status == 0
    return time.perf_counter() - started, used.ru_maxrss / 2**20


def run_step(step: str, folder: Path, spec: str) -> None:
    """A step, in this process."""
    names = ("out.parquet", "weights.csv", "weighting.csv", "table.csv")
    given = (spec, folder / "panel.parquet", [folder / "margins.csv"])
    if step == "--weigh":
        known = json.loads(spec)
        own = {name: known[name] for name in ("method", "declared")}
        weigh(json.dumps(own), *given[1:], *(folder / name for name in names))
    else:
        replicate(*given, folder / "replicates.csv")


def main() -> None:
    """Run both sides in turn and print the ratio; then the million."""
    d, counts = respondents(N)
    ours(d, counts)  # what is imported and compiled once is not counted
    best, peer = np.inf, np.inf
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        d.to_csv(folder / "d.csv", index=False)
        pd.DataFrame(
            [(n, k, p) for n, people in counts.items() for k, p in enumerate(people)],
            columns=["variable", "category", "population"],
        ).to_csv(folder / "m.csv", index=False)
        for _ in range(TURNS):
            spent, weights = min((ours(d, counts) for _ in range(5)), key=lambda one: one[0])
            seconds, right, version = theirs(folder)
            best, peer = min(best, spent), min(peer, seconds)
        # R stops at 1e-6 people of 200,000, a weight is 20
        assert np.abs(weights / right - 1).max() < 1e-6
        print(f"ours {best:.4f} s; R survey {version} {peer:.3f} s")
        print(f"measure survey_raking_seconds {best:.4f} s")
        print(f"ratio survey_raking_vs_r {peer / best:.1f}")
        for step, (seconds, memory) in million(folder).items():
            print(f"measure survey_raking_million_{step}_seconds {seconds:.1f} s")
            print(f"measure survey_raking_million_{step}_memory {memory:.2f} GB")


if __name__ == "__main__":
    if sys.argv[1:2] in (["--weigh"], ["--replicate"]):
        run_step(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
    else:
        main()
