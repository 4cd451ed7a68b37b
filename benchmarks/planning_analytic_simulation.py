"""Planned power against trials drawn: `make benchmark NAME=planning_analytic_simulation`.

Where the formula is exact (normal answers, equal sizes: t of location means, of their changes, of
their differences in a crossover trial, their regression on the baseline) the largest |z| of many
settings stays below the Bonferroni limit. Where it is not (partial nesting, whose df are
Satterthwaite's; locations of unequal size in a stepped wedge) the largest difference is stated.
Settings and seeds are fixed. Writes its table into docs/validation.md.
"""

from collections.abc import Callable

import numpy as np
from scipy.special import ndtri, stdtrit
from validation_page import write_section

from cesp_analysis.planning.ancova import adjusted
from cesp_analysis.planning.answers import answer
from cesp_analysis.planning.individual import Individual, answered_individual
from cesp_analysis.planning.layouts import (
    before_after,
    crossover,
    parallel_post,
    stepped_wedge,
)
from cesp_analysis.planning.precision import Model
from cesp_analysis.planning.scenarios import Scenarios

TITLE = "## Planned power, simulated"
SEED, TRIALS = 20261128, 20_000
Tested = Callable[[np.random.Generator, Scenarios], float]


def settings(n: int, seed: int) -> Scenarios:
    """Settings drawn once: 6 to 60 locations; power from the level to nearly 1."""
    rng = np.random.default_rng([SEED, seed])
    pairs = rng.integers(3, 31, n)
    made = Scenarios.of(
        locations=2 * pairs, people=rng.integers(5, 200, n), effect=0, icc=rng.uniform(0, 0.2, n),
        cac=rng.uniform(0.2, 1, n), iac=rng.uniform(0.1, 0.9, n),
    )  # fmt: skip
    errors = answer(Model(parallel_post(), "adjusted", "decay", "cohort"), made).std_error
    return made.with_(effect=errors * rng.choice([0, 1.5, 2.5, 3.5], n))


def pairs_of_means(
    rng: np.random.Generator, s: Scenarios, sampling: str
) -> tuple[np.ndarray, np.ndarray]:
    """Means of each location at two times (trials, K)."""
    k, m, icc = int(s.locations[0]), s.people[0], s.icc[0]
    own = (1 - icc) / m
    both = icc * s.cac[0] + own * (s.iac[0] if sampling == "cohort" else 0)
    root = np.linalg.cholesky([[icc + own, both], [both, icc + own]])
    z = rng.standard_normal((2, TRIALS, k))
    return root[0, 0] * z[0], root[1, 0] * z[0] + root[1, 1] * z[1]


def t_of(values: np.ndarray, effect: float, df: int) -> float:
    """How often the t-test of two halves (trials, K) rejects."""
    half = values.shape[1] // 2
    one, two = values[:, :half], values[:, half:] + effect
    pooled = (one.var(axis=1, ddof=1) + two.var(axis=1, ddof=1)) / 2
    t = (two.mean(axis=1) - one.mean(axis=1)) / np.sqrt(2 * pooled / half)
    return float((np.abs(t) > stdtrit(df, 0.975)).mean())


def post(rng: np.random.Generator, s: Scenarios) -> float:
    """t of location means."""
    return t_of(pairs_of_means(rng, s, "cohort")[1], s.effect[0], int(s.locations[0]) - 2)


def change(rng: np.random.Generator, s: Scenarios) -> float:
    """t of location changes."""
    before, after = pairs_of_means(rng, s, "cohort")
    return t_of(after - before, s.effect[0], int(s.locations[0]) - 2)


def crossed(rng: np.random.Generator, s: Scenarios) -> float:
    """t of locations' differences by sequence: twice the effect."""
    first, second = pairs_of_means(rng, s, "cross_section")
    return t_of(second - first, 2 * s.effect[0], int(s.locations[0]) - 2)


def regressed(rng: np.random.Generator, s: Scenarios) -> float:
    """t of the arm in the regression of location means after on arm and means before."""
    x, y = pairs_of_means(rng, s, "cohort")
    k = x.shape[1]
    y[:, k // 2 :] += s.effect[0]
    halves = [(x[:, at], y[:, at]) for at in (slice(0, k // 2), slice(k // 2, k))]
    inner = [[a - a.mean(axis=1, keepdims=True) for a in half] for half in halves]
    sxx, sxy, syy = (
        sum((one[i] * one[j]).sum(axis=1) for one in inner) for i, j in ((0, 0), (0, 1), (1, 1))
    )
    slope = sxy / sxx
    gaps = [halves[1][i].mean(axis=1) - halves[0][i].mean(axis=1) for i in (0, 1)]
    residual = (syy - slope * sxy) / (k - 3)
    t = (gaps[1] - slope * gaps[0]) / np.sqrt(residual * (4 / k + gaps[0] ** 2 / sxx))
    return float((np.abs(t) > stdtrit(k - 3, 0.975)).mean())


def largest_z(planned: np.ndarray, s: Scenarios, test: Tested, seed: int) -> float:
    """The largest |simulated - planned| in Monte Carlo standard errors."""
    found = np.array(
        [
            test(np.random.default_rng([SEED, seed, at]), s.take(np.array([at])))
            for at in range(len(s))
        ]
    )
    error = np.sqrt(planned * (1 - planned) / TRIALS)
    near = np.maximum(error, np.sqrt(1e-4 / TRIALS))
    return float(np.max(np.abs(found - planned) / near))


def exact() -> list[str]:
    """Rows of the designs whose formula is exact."""
    rows = []
    one = {"structure": "block_exchangeable"}
    cohort = one | {"sampling": "cohort"}
    designs: list[tuple[str, int, Callable[[Scenarios], np.ndarray], Tested]] = [
        ("location means", 200,
         lambda s: answer(Model(parallel_post(), "adjusted", **cohort), s).power, post),
        ("changes of location means", 100,
         lambda s: answer(Model(before_after(), "change", **cohort), s).power, change),
        ("crossover, other people", 100,
         lambda s: answer(
             Model(crossover(), "adjusted", sampling="cross_section", **one), s).power, crossed),
        ("location means on baseline means", 100, lambda s: adjusted(s).power, regressed),
    ]  # fmt: skip
    for seed, (name, n, plan, test) in enumerate(designs):
        s = settings(n, seed)
        z, limit = largest_z(plan(s), s, test, seed), -ndtri(0.025 / n)
        print(f"measure planned_{name.replace(' ', '_').replace(',', '')}_z {z:.2f} of {limit:.2f}")
        assert z < limit, f"{name}: power by formula is not that of the trials"
        rows.append(f"| {name} | {n} | exact | largest \\|z\\| {z:.2f} (limit {limit:.2f}) |")
    return rows


def partial_nesting(n: int = 60) -> str:
    """Means of workers with their people against controls, df by Satterthwaite."""
    rng = np.random.default_rng([SEED, 10])
    made = Individual.of(
        workers=rng.integers(4, 20, n), caseload=rng.integers(4, 15, n), effect=0, sd=1,
        controls=rng.integers(30, 150, n), worker_icc=rng.uniform(0, 0.3, n),
    )  # fmt: skip
    shift = np.resize([0, 2.0, 2.8, 3.5], n)
    made = made.with_(effect=shift * answered_individual(made).std_error)
    planned, apart = answered_individual(made).power, []
    for at in range(n):
        w, m, c = (int(getattr(made, name)[at]) for name in ("workers", "caseload", "controls"))
        icc = made.worker_icc[at]
        means = rng.normal(made.effect[at], np.sqrt(icc + (1 - icc) / m), (TRIALS, w))
        one, two = means.var(axis=1, ddof=1) / w, rng.chisquare(c - 1, TRIALS) / (c - 1) / c
        df = (one + two) ** 2 / (one**2 / (w - 1) + two**2 / (c - 1))
        t = (means.mean(axis=1) - rng.normal(0, c**-0.5, TRIALS)) / np.sqrt(one + two)
        apart.append((np.abs(t) > stdtrit(df, 0.975)).mean() - planned[at])
    worst = float(np.max(np.abs(apart)))
    print(f"measure planned_partial_nesting_apart {worst:.4f} in power")
    return f"| partial nesting | {n} | Satterthwaite | largest difference in power {worst:.3f} |"


def sizes_of_a_wedge(cv: float, weights: str, trials: int = 4000) -> float:
    """SD of estimates with sizes drawn anew in each trial (gamma law), over the planned one."""
    rng = np.random.default_rng([SEED, 11, round(100 * cv), len(weights)])
    s = Scenarios.of(locations=24, people=40, effect=0, icc=0.05, cac=0.8, size_cv=cv)
    treated = np.repeat(stepped_wedge(4).treated, 6, axis=0)
    x = np.concatenate([np.broadcast_to(np.eye(5), (24, 5, 5)), treated[:, :, None]], axis=2)
    own, each = 0.05 * (0.8 + 0.2 * np.eye(5)), 0.95 * np.eye(5)
    m = np.maximum(rng.gamma(cv**-2, 40 * cv**2, (trials, 24)), 1)[:, :, None, None]
    true = own + each / m
    v = true if weights == "best" else (own + each / 40) * 40 / m
    y = (np.linalg.cholesky(true) @ rng.standard_normal((trials, 24, 5, 1)))[..., 0]
    middle = np.linalg.inv(v)
    left = np.einsum("ktp,nkts,ksq->npq", x, middle, x)
    right = np.einsum("ktp,nkts,nks->np", x, middle, y)
    estimates = np.linalg.solve(left, right[..., None])[:, -1, 0]
    model = Model(stepped_wedge(4), "adjusted", "block_exchangeable", "cross_section", weights)  # type: ignore[arg-type]
    return float(estimates.std() / answer(model, s).std_error[0])


def main() -> None:
    """All designs, and the section of the page."""
    rows = [*exact(), partial_nesting()]
    for weights in ("people", "best"):
        ratios = [sizes_of_a_wedge(cv, weights) for cv in (0.2, 0.5, 0.8)]
        said = ", ".join(f"{ratio:.3f}" for ratio in ratios)
        print(f"measure planned_wedge_sizes_{weights} {said} of planned SE at CV .2, .5, .8")
        rows.append(
            f"| stepped wedge, unequal sizes, weights: {weights} | 3 | near | SD of estimates over"
            f" planned SE {said} at CV .2, .5, .8 (± .011) |"
        )
    text = (
        f"{TITLE}\n\nTrials drawn and tested, {TRIALS:,} of each setting (of unequal sizes 4,000),"
        " against power by formula; settings and seeds are fixed beforehand: 6 to 60 locations of 5"
        " to 200 people, ICC 0 to .2, effects from none up, so that type I error is among them"
        " (`benchmarks/planning_analytic_simulation.py`).\n\n"
        "| design | settings | formula | found |\n|---|---|---|---|\n" + "\n".join(rows) + "\n"
    )
    write_section(TITLE, text)


if __name__ == "__main__":
    main()
