"""Few sites, simulated in the design they are for: `make benchmark NAME=few_sites_simulation`.

Two sites, a change between two times, 25% lost, neighbourhoods within sites, a shock to each site,
no effect. How often a 5% test that ignores shocks rejects; how often the shock-augmented interval
holds the truth when its prior is right and when it is wrong; and each rung by clusters with and
without shocks. Writes its tables into docs/validation.md, with Monte Carlo errors; fails where a
known rate does not come out.
"""

import sys
import time

import numpy as np
from rungs_simulated import (
    HEAD,
    LOST,
    MEDIAN,
    NEAR,
    NEAR_SD,
    PEOPLE,
    SDS,
    SHOCK,
    WORKER_SD,
    WORKERS,
    monte_carlo,
    rung_rows,
)  # fmt: skip
from scipy.special import stdtr
from validation_page import write_section

from cesp_analysis.models.shock import half_width

TITLE = "## Few sites, simulated"
KNOWN = {(60, 0.0): 0.224, (100, 0.0): 0.306, (200, 0.0): 0.438,
         (60, 0.25): 0.185, (100, 0.25): 0.258, (200, 0.25): 0.382}  # fmt: skip
"""People a site, share lost → how often the test rejects (methods, finding 3; three decimals)."""


def rejections(people: int, lost: float, runs: int, rng: np.random.Generator) -> float:
    """How often the t-test on change says p < .05: SD 1, correlation .5, a shock to each site.

    Of each site exactly the share `lost` is gone, whoever it is.
    """
    n, rejected = round(people * (1 - lost)), 0
    for start in range(0, runs, 2_000):
        k = min(2_000, runs - start)
        first = rng.normal(size=(k, 2, n))
        change = 0.5 * first + np.sqrt(0.75) * rng.normal(size=first.shape) - first
        mean = change.mean(axis=2)
        error = np.sqrt(change.var(axis=2, ddof=1).sum(axis=1) / n)
        shocks = rng.normal(0, SHOCK / np.sqrt(2), (k, 2))
        t = np.abs(np.diff(mean + shocks, axis=1)[:, 0]) / error
        rejected += int((2 * stdtr(2 * n - 2, -t) < 0.05).sum())
    return rejected / runs


def held(
    true: np.ndarray, assumed: np.ndarray, df: float, error: float, runs: int, seed: int
) -> float:
    """How often the interval for the pairs `assumed` holds the truth, if shocks are of `true`."""
    rng = np.random.default_rng(seed)
    found = error * np.sqrt(rng.chisquare(df, runs) / df)
    grid = np.geomspace(found.min(), found.max(), 300)
    halves = [half_width(float(one), df, list(assumed)) for one in grid]
    half = np.interp(found, grid, halves)  # smooth in the standard error: 1e-5 of it between nodes
    miss = error * rng.normal(size=runs) + rng.choice(true, runs) * rng.normal(size=runs)
    return float(np.mean(np.abs(miss) <= half))


def coverage_rows(runs: int) -> tuple[list[str], list[str]]:
    """Lines of the table of coverage, and what is wrong with them."""
    one = np.array([1.0])
    people = np.sqrt(2 / 60)  # standard error of a change of SD 1 with 60 people a site
    right: tuple[tuple[str, np.ndarray, np.ndarray, float, float], ...] = (
        ("right: s = SE, 3 against 3 neighbourhoods", one, one, 4.0, 1.0),
        ("right: s = SE, df 3.93", one, one, 3.9305008935, 1.0),
        ("right: s = SE, 60 people a site", one, one, 118.0, 1.0),
        ("right: median pair, 60 people a site", MEDIAN * one, MEDIAN * one, 118.0, people),
        ("right: mixture of the 16 pairs, 60 people a site", SDS, SDS, 118.0, people),
        ("right: mixture, 3 against 3 neighbourhoods", SDS, SDS, 4.0, people),
    )
    wrong = [
        (f"wrong: shocks {times:g} times the median, interval at the median",
         times * MEDIAN * one, MEDIAN * one, 118.0, people)
        for times in (0.0, 0.5, 2.0, 3.0)
    ] + [
        (f"wrong: all shocks of SD {sd:.3f} ({what}), interval of the mixture",
         sd * one, SDS, 118.0, people)
        for sd, what in ((0.0, "none"), (MEDIAN, "median pair"), (SHOCK, "marginal medians"),
                         (float(SDS.max()), "largest pair"))
    ]  # fmt: skip
    lines, faults = [], []
    limit = (
        3.0  # standard errors: one cell of six in 1,000 studies beyond it by chance (Bonferroni)
    )
    for seed, (name, true, assumed, df, error) in enumerate((*right, *wrong)):
        rate = held(true, assumed, df, error, runs, seed)
        alone = held(true, np.zeros(1), df, error, runs, seed)
        lines.append(f"| {name} | {rate:.4f} | {alone:.4f} |")
        if name.startswith("right"):
            own = monte_carlo(rate, runs)
            top = 0.951 if df > 100 and len(true) == 1 else 0.967
            if not 0.95 - limit * own <= rate <= top + limit * own:
                faults.append(f"{name}: {rate:.4f}")
    return lines, faults


def section(rates: list[str], shares: list[str], climbed: list[str], many: int, runs: int) -> str:
    """The section of docs/validation.md."""
    return f"""{TITLE}

Two sites, a change between two times, no effect, a shock to each site between the times. Made by
`make benchmark NAME=few_sites_simulation`.

**A test that ignores shocks.** t-test on change, SD 1 within sites, correlation .5 between the
times, the difference of shocks with SD .2324 (the marginal medians of Korevaar 2021). How often
p < .05, {many:,} studies a line; the expected rates must come out.

| people a site | lost | rejects (MC error) | expected |
|---|---|---|---|
{chr(10).join(rates)}

**The shock-augmented interval.** How often a 95% interval holds the truth, {many:,} studies a
line (Monte Carlo error .0012 at most), and how often the one from sampling error alone. Right:
shocks are drawn from what the interval assumes.

| prior | shock-augmented | sampling alone |
|---|---|---|
{chr(10).join(shares)}

With few degrees of freedom the interval is cautious, as Behrens–Fisher intervals are. If shocks
are larger than the prior says, it holds less than 95%: it is as good as the prior, which the data
cannot check.

**Every rung.** {PEOPLE} people a site, {LOST:.0%} lost, {NEAR} neighbourhoods of unequal size in
each site (SD of their changes {NEAR_SD:g}), {runs:,} studies a column, correlation .5 between the
times. Bias, empirical and model SE without shocks; then how often no effect is rejected at 5%:
without shocks, with shocks of SD .232, and without shocks but with {WORKERS} link workers of the
intervention arm whose people's later answers have a common part (SD {WORKER_SD:g}).

| {" | ".join(HEAD)} |
{"|---" * len(HEAD)}|
{chr(10).join(climbed)}

No rung below the site knows a shock to the site, however good it is without one, nor link workers
of one arm, whose people live in all its neighbourhoods. What allows for shocks rejects as seldom as
it should where they are as large as it assumes, less where they are smaller, too often where they
are larger. Shocks are all the later answer's here: at equal baseline as large as in a change.

"""


def main() -> None:
    """Simulate and write the tables."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    many, started, faults, rates = 20 * runs, time.perf_counter(), [], []
    for seed, ((people, lost), known) in enumerate(KNOWN.items()):
        rate = rejections(people, lost, many, np.random.default_rng([7, seed]))
        own = monte_carlo(rate, many)
        rates.append(f"| {people} | {lost:.0%} | {rate:.4f} ({own:.4f}) | {known} |")
        # six cells: 2.64 standard errors is Bonferroni's 5%; the known rates have three decimals
        if abs(rate - known) > 2.64 * own + 0.0005:
            faults.append(f"{people} people, {lost:.0%} lost: {rate:.4f}, expected {known}")
    print("\n".join(rates), flush=True)
    shares, more = coverage_rows(many)
    print("\n".join(shares), flush=True)
    climbed = list(rung_rows(runs))
    print("\n".join(climbed), flush=True)
    print(f"measure few_sites_simulation_seconds {time.perf_counter() - started:.0f} s")
    if faults + more:
        sys.exit("\n".join(faults + more))
    if runs == 10_000:
        write_section(TITLE, section(rates, shares, climbed, many, runs))


if __name__ == "__main__":
    main()
