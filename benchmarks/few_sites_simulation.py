"""Few sites, simulated in the design they are for: `make benchmark NAME=few_sites_simulation`.

Two sites, a change between two times, 25% lost, neighbourhoods within sites, a shock to each site,
no effect. How often a 5% test that ignores shocks rejects; how often the shock-augmented interval
holds the truth when its prior is right and when it is wrong; and each rung by clusters with and
without shocks. Writes its tables into docs/validation.md, with Monte Carlo errors; fails where a
known rate does not come out.
"""

import sys
import time
from pathlib import Path

import numpy as np
from scipy.special import stdtr, stdtrit

from cesp_analysis.few_sites.cluster_means import cluster_changes, two_step
from cesp_analysis.few_sites.prior import read_prior
from cesp_analysis.few_sites.relabel import relabelled
from cesp_analysis.few_sites.shock import half_width, half_widths, shock_sd
from cesp_analysis.few_sites.wild import wild_bootstrap
from cesp_analysis.models.least_squares import least_squares
from cesp_analysis.models.sandwich import infer

PAGE = Path(__file__).resolve().parents[1] / "docs" / "validation.md"
TITLE, BEFORE = "## Few sites, simulated", "## Repeated measures, simulated"
SHOCK = shock_sd(1.0, 0.05, 0.73)  # .2324: the two marginal medians of Korevaar 2021
SDS = np.array([shock_sd(1.0, pair.rho, pair.cac) for pair in read_prior().pairs])
MEDIAN = float(np.median(SDS))
KNOWN = {(60, 0.0): 0.224, (100, 0.0): 0.306, (200, 0.0): 0.438,
         (60, 0.25): 0.185, (100, 0.25): 0.258, (200, 0.25): 0.382}  # fmt: skip
"""People a site, share lost → how often the test rejects (methods, finding 3; three decimals)."""
NEAR, PEOPLE, LOST, NEAR_SD = 5, 100, 0.25, 0.15
UNREACHABLE = 1 - 1e-9  # a level at which no interval is sought: the p-value is enough


def monte_carlo(rate: float, n: int) -> float:
    """The standard error of a simulated rate."""
    return float(np.sqrt(rate * (1 - rate) / n))


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


def one_study(shock: float, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Changes, arm, neighbourhood of two sites: who was lost is gone."""
    near = np.concatenate([rng.integers(0, NEAR, PEOPLE), NEAR + rng.integers(0, NEAR, PEOPLE)])
    arm = np.repeat([0.0, 1.0], PEOPLE)
    y = rng.normal(size=2 * PEOPLE) + rng.normal(0, NEAR_SD, 2 * NEAR)[near]
    y += rng.normal(0, shock / np.sqrt(2), 2)[arm.astype(int)]
    there = rng.random(2 * PEOPLE) >= LOST
    return y[there], arm[there], near[there]


def rungs(shock: float, runs: int, seed: int) -> tuple[dict[str, list[bool]], np.ndarray]:
    """Rung → whether it rejects no effect at 5%, study by study; estimate, SEs of each study."""
    rng, effect = np.random.default_rng(seed), np.array([0.0, 1.0])
    out: dict[str, list[bool]] = {}
    numbers = np.zeros((runs, 5))
    for run in range(runs):
        y, arm, near = one_study(shock, rng)
        fit = least_squares(y, np.column_stack([np.ones(len(y)), arm]))
        people, cr2 = infer(fit, effect, "HC2"), infer(fit, effect, "CR2", near)
        changes = cluster_changes(y, near, arm)
        means = two_step(changes)
        wild = wild_bootstrap(fit, effect, near, arm == 1, rng, level=UNREACHABLE)
        labels = relabelled(changes.values, changes.treated, rng, level=UNREACHABLE)
        numbers[run] = (
            people.estimate, means.estimate, people.std_error, cr2.std_error, means.std_error
        )  # fmt: skip
        found = {
            "people, HC2 with Welch's df": _rejects(people.estimate, people.std_error, people.df),
            "neighbourhoods, CR2": _rejects(cr2.estimate, cr2.std_error, cr2.df),
            "neighbourhoods, wild bootstrap": wild.p_value <= 0.05,
            "neighbourhoods, labels rearranged": labels.p_value <= 0.05,
            "neighbourhoods, means (Donald & Lang)": _rejects(
                means.estimate, means.std_error, means.df
            ),
        }
        sizes = np.array([[SHOCK], [MEDIAN]])
        known, median = half_widths(cr2.std_error, cr2.df, sizes)
        mixture = half_width(cr2.std_error, cr2.df, list(SDS))
        found["CR2 and shocks of SD .232"] = abs(cr2.estimate) > known
        found["CR2 and shocks of the median pair"] = abs(cr2.estimate) > median
        found["CR2 and shocks of all pairs (mixture)"] = abs(cr2.estimate) > mixture
        for name, rejected in found.items():
            out.setdefault(name, []).append(bool(rejected))
    return out, numbers


def _rejects(estimate: float, error: float, df: float) -> bool:
    return abs(estimate) > stdtrit(df, 0.975) * error


def rung_rows(runs: int) -> list[str]:
    """Lines of the table of rungs: bias, empirical and model SE, type I error without and with."""
    (without, plain), (with_, shaken) = (rungs(s, runs, seed) for seed, s in ((1, 0.0), (2, SHOCK)))
    place = {"people": (0, 2), "neighbourhoods, CR2": (0, 3), "Donald": (1, 4)}
    lines = []
    for name in without:
        which = next((at for word, at in place.items() if word in name), None)
        cells = [name]
        if which is None:
            cells += ["", "", "", ""]
        else:
            own, model = plain[:, which[0]], plain[:, which[1]]
            spread = float(own.std(ddof=1))
            cells += [
                f"{own.mean():+.4f} ({spread / runs**0.5:.4f})",
                f"{spread:.3f}",
                f"{np.sqrt(np.mean(model**2)):.3f}",
                f"{shaken[:, which[0]].std(ddof=1):.3f}",
            ]
        for found in (without, with_):
            rate = float(np.mean(found[name]))
            cells.append(f"{rate:.4f} ({monte_carlo(rate, runs):.4f})")
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def section(rates: list[str], shares: list[str], climbed: list[str], many: int, runs: int) -> str:
    """The section of docs/validation.md."""
    head = (
        "rung", "bias (MC error)", "empirical SE", "model SE", "empirical SE with shocks",
        "rejects without shocks (MC error)", "rejects with shocks (MC error)",
    )  # fmt: skip
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
each site (SD of their changes {NEAR_SD:g}), {runs:,} studies. Bias, empirical and model SE without
shocks; then how often no effect is rejected at 5%, without and with shocks of SD .232.

| {" | ".join(head)} |
{"|---" * len(head)}|
{chr(10).join(climbed)}

No rung below the site knows a shock to the site, however good it is without one. What allows for
shocks rejects as seldom as it should where they are as large as it assumes, less where they are
smaller, too often where they are larger.

"""


def placed(page: str, new: str) -> str:
    """The page with its section replaced, or put before that of repeated measures."""
    if TITLE in page:
        before, _, rest = page.partition(TITLE)
        return before + new + rest[rest.index("\n## ") + 1 :]
    before, mark, after = page.partition(BEFORE)
    return before + new + mark + after


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
    climbed = rung_rows(runs)
    print("\n".join(climbed), flush=True)
    print(f"measure few_sites_simulation_seconds {time.perf_counter() - started:.0f} s")
    if faults + more:
        sys.exit("\n".join(faults + more))
    if runs == 10_000:
        page = PAGE.read_text(encoding="utf-8")
        new = section(rates, shares, climbed, many, runs)
        PAGE.write_text(placed(page, new), encoding="utf-8")


if __name__ == "__main__":
    main()
