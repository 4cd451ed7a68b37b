"""Item-level psychometrics against R: `make benchmark NAME=feasibility_psychometrics`.

50 scales of ten items in five categories, 5,000 respondents: alpha with Feldt's interval and the
items that run against the rest, omega with 2,000 draws, polychoric correlations, one factor,
parallel analysis. Then one scale by R's psych, factanal and boot, and by ours, with 200 draws of
omega each, the best of three; parallel analysis is on neither side of that ratio.
"""

import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

from cesp_analysis.measurement.factors import factor_fit
from cesp_analysis.measurement.omega import omega_total
from cesp_analysis.measurement.parallel import parallel_analysis
from cesp_analysis.measurement.reliability import alpha

SCALES, PEOPLE, ITEMS, DRAWN, TURNS = 50, 5_000, 10, 200, 3
CUTS = [-1.0, -0.3, 0.3, 1.0]
R_SCALE = """
suppressMessages({library(psych); library(boot)})
d <- read.csv("d.csv")
omega <- function(x, i) { f <- factanal(x[i, ], 1); l <- f$loadings
  sum(l)^2 / (sum(l)^2 + sum(f$uniquenesses)) }
set.seed(1)
best <- Inf
for (turn in 1:3) best <- min(best, system.time({
  a <- alpha(d)$total$raw_alpha
  b <- boot(d, omega, 200)
  p <- polychoric(d, correct = 0)$rho
  f <- fa(p, 1, fm = "minres")
})[["elapsed"]])
cat(best, a, b$t0, f$loadings[1], as.character(packageVersion("psych")), "\\n")
"""


def scales(count: int, people: int) -> list[np.ndarray]:
    """Answers (people, ITEMS) of scales with one trait each, loadings from .4 to .85."""
    rng = np.random.default_rng(8)
    made = []
    for _ in range(count):
        loading = rng.uniform(0.4, 0.85, ITEMS)
        own = rng.normal(size=(people, ITEMS)) * np.sqrt(1 - loading**2)
        made.append(np.digitize(rng.normal(size=(people, 1)) * loading + own, CUTS) + 1.0)
    return made


def everything(items: np.ndarray, draws: int = 2_000) -> tuple[float, float, float, int]:
    """Alpha, omega, the first loading behind ordered answers, dimensions of one scale."""
    one, whole = alpha(items), omega_total(items, draws=draws)
    fit, dimensions = factor_fit(items, ordinal=True), parallel_analysis(items, ordinal=True)
    assert one.value is not None and whole.value is not None and whole.low is not None
    assert dimensions.dimensions is not None
    return one.value, whole.value, float(fit.loadings[0]), dimensions.dimensions


def ours(items: np.ndarray) -> tuple[float, tuple[float, float, float]]:
    """Seconds of what R is asked for, best of TURNS; alpha, omega, first loading."""
    best, found = np.inf, (0.0, 0.0, 0.0)
    for _ in range(TURNS):
        started = time.perf_counter()
        one, whole = alpha(items).value, omega_total(items, draws=DRAWN).value
        fit = factor_fit(items, ordinal=True)
        best = min(best, time.perf_counter() - started)
        assert one is not None and whole is not None
        found = one, whole, float(fit.loadings[0])
    return best, found


def theirs(items: np.ndarray) -> tuple[float, tuple[float, float, float], str]:
    """Seconds of R, best of three; alpha, omega, first loading; the version of psych."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "scale.R").write_text(R_SCALE, encoding="utf-8")
        head = ",".join(f"i{j}" for j in range(items.shape[1]))
        np.savetxt(folder / "d.csv", items, "%g", ",", header=head, comments="")
        done = subprocess.run(
            ["Rscript", "scale.R"], cwd=folder, capture_output=True, text=True, check=True
        )
    seconds, one, whole, loading, version = done.stdout.split()[-5:]
    return float(seconds), (float(one), float(whole), abs(float(loading))), version


def main() -> None:
    """Time both and print what was measured."""
    made = scales(SCALES, PEOPLE)
    started = time.perf_counter()
    found = [everything(items) for items in made]
    seconds = time.perf_counter() - started
    of_one = sum(dimensions == 1 for *_, dimensions in found)
    print(f"{SCALES} scales × {PEOPLE:,} respondents: {of_one} with one dimension")
    mine, values = ours(made[0])
    other, known, version = theirs(made[0])
    # R prints seven digits and stops its searches at 1e-5
    assert np.allclose(values, known, atol=1e-4), (values, known)
    print(f"one scale: {mine:.3f} s; psych {version}, factanal, boot: {other:.2f} s")
    print(f"measure psychometrics_seconds {seconds:.2f} s")
    print(f"ratio psychometrics_vs_r {other / mine:.1f}")


if __name__ == "__main__":
    main()
