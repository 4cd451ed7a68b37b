"""Each rung of the ladder in two sites: without shocks, with them, with link workers."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit
from validation_page import in_batches

from cesp_analysis.few_sites.relabel import relabelled
from cesp_analysis.few_sites.wild import wild_bootstrap
from cesp_analysis.models.cluster_means import cluster_changes, two_step
from cesp_analysis.models.least_squares import LeastSquares, least_squares
from cesp_analysis.models.prior import read_prior
from cesp_analysis.models.sandwich import infer
from cesp_analysis.models.shock import half_width, half_widths, shock_sd

SHOCK = shock_sd(1.0, 0.05, 0.73)  # .2324: the two marginal medians of Korevaar 2021
SDS = np.array([shock_sd(1.0, pair.rho, pair.cac) for pair in read_prior().pairs])
MEDIAN = float(np.median(SDS))
NEAR, PEOPLE, LOST, NEAR_SD = 5, 100, 0.25, 0.15
WORKERS, WORKER_SD = 6, 0.22
UNREACHABLE = 1 - 1e-9  # a level at which no interval is sought: the p-value is enough
BATCH = 500
HEAD = (
    "rung", "bias (MC error)", "empirical SE", "model SE", "empirical SE with shocks",
    "rejects without shocks (MC error)", "rejects with shocks (MC error)",
    "rejects with link workers (MC error)",
)  # fmt: skip


@dataclass(frozen=True)
class Apart:
    """What else differs: the SD of the difference of two sites' shocks, and of link workers."""

    shock: float = 0.0
    workers: float = 0.0


ALIKE, SHAKEN, WORKED = DESIGNS = (Apart(), Apart(shock=SHOCK), Apart(workers=WORKER_SD))
Rung = tuple[float, float, bool]
"""Estimate, standard error (NaN: it has none), whether no effect is rejected at 5%."""


def monte_carlo(rate: float, n: int) -> float:
    """The standard error of a simulated rate."""
    return float(np.sqrt(rate * (1 - rate) / n))


def one_study(apart: Apart, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Baseline, later answer, arm, neighbourhood of those who answered twice."""
    near = np.concatenate([rng.integers(0, NEAR, PEOPLE), NEAR + rng.integers(0, NEAR, PEOPLE)])
    arm = np.repeat([0.0, 1.0], PEOPLE)
    first = rng.normal(size=2 * PEOPLE)
    own = np.sqrt(0.75 - apart.workers**2)
    later = 0.5 * first + own * rng.normal(size=2 * PEOPLE)
    later += rng.normal(0, NEAR_SD, 2 * NEAR)[near]
    worker = rng.normal(0, apart.workers, WORKERS)[rng.integers(0, WORKERS, 2 * PEOPLE)]
    # people without a link worker vary as much
    later += np.where(arm == 1, worker, rng.normal(0, apart.workers, 2 * PEOPLE))
    later += rng.normal(0, apart.shock / np.sqrt(2), 2)[arm.astype(int)]
    there = rng.random(2 * PEOPLE) >= LOST
    return first[there], later[there], arm[there], near[there]


def rungs(apart: Apart, rng: np.random.Generator) -> Iterator[tuple[str, Rung]]:
    """Every rung of one study, by name."""
    first, later, arm, near = one_study(apart, rng)
    ones = np.ones(len(arm))
    change = least_squares(later - first, np.column_stack([ones, arm]))
    yield from _below(change, "change", near, arm, rng)
    groups = cluster_changes(later - first, near, arm)
    labels = relabelled(groups.values, groups.treated, rng, level=UNREACHABLE)
    yield "change: neighbourhoods, labels rearranged", _drawn(labels.p_value)
    means = two_step(groups)
    rejected = _rejects(means.estimate, means.std_error, means.df)
    yield (
        "change: neighbourhoods, means (Donald & Lang)",
        (means.estimate, means.std_error, rejected),
    )
    adjusted = least_squares(later, np.column_stack([ones, arm, first]))
    yield from _below(adjusted, "ancova", near, arm, rng)


def _below(
    fit: LeastSquares, kind: str, near: np.ndarray, arm: np.ndarray, rng: np.random.Generator
) -> Iterator[tuple[str, Rung]]:
    """The rungs that a change score and an analysis of covariance both have."""
    effect = np.eye(len(fit.coef))[1]
    for name, how, codes in (
        ("people, HC2", "HC2", None), ("neighbourhoods, CR2", "CR2", near),
    ):  # fmt: skip
        one = infer(fit, effect, how, codes)  # type: ignore[arg-type]
        rejected = _rejects(one.estimate, one.std_error, one.df)
        yield f"{kind}: {name}", (one.estimate, one.std_error, rejected)
    wild = wild_bootstrap(fit, effect, near, arm == 1, rng, level=UNREACHABLE)
    yield f"{kind}: neighbourhoods, wild bootstrap", _drawn(wild.p_value)
    # all of a shock is the later answer's: the slope on the first takes nothing of it away
    known, median = half_widths(one.std_error, one.df, np.array([[SHOCK], [MEDIAN]]))
    mixture = half_width(one.std_error, one.df, list(SDS))
    for words, half in (
        ("of SD .232", known), ("of the median pair", median), ("of all pairs (mixture)", mixture)
    ):  # fmt: skip
        yield f"{kind}: CR2 and shocks {words}", (one.estimate, np.nan, abs(one.estimate) > half)


def _drawn(p_value: float) -> Rung:
    return np.nan, np.nan, p_value <= 0.05


def _rejects(estimate: float, error: float, df: float) -> bool:
    return bool(abs(estimate) > stdtrit(df, 0.975) * error)


def batch(at: int, runs: int, seed: int) -> dict[str, np.ndarray]:
    """Rung → (runs, 3) of one of DESIGNS."""
    rng, found = np.random.default_rng([at, seed]), [dict[str, Rung]() for _ in range(runs)]
    for one in found:
        one |= dict(rungs(DESIGNS[at], rng))
    return {name: np.array([one[name] for one in found]) for name in found[0]}


def rung_rows(runs: int) -> Iterator[str]:
    """Lines of the table: bias, empirical and model SE, type I error in each of DESIGNS."""
    done = in_batches(batch, [runs] * len(DESIGNS), BATCH)
    alike, shaken, worked = (
        {name: np.concatenate([one[name] for one in own]) for name in own[0]} for own in done
    )
    for name, plain in alike.items():
        cells = [name, "", "", "", ""]
        if not np.isnan(plain[:, 1]).any():
            estimate, error = plain[:, 0], plain[:, 1]
            spread = float(estimate.std(ddof=1))
            cells[1:] = [
                f"{estimate.mean():+.4f} ({spread / runs**0.5:.4f})",
                f"{spread:.3f}",
                f"{np.sqrt(np.mean(error**2)):.3f}",
                f"{shaken[name][:, 0].std(ddof=1):.3f}",
            ]
        for found in (plain, shaken[name], worked[name]):
            rate = float(found[:, 2].mean())
            cells.append(f"{rate:.4f} ({monte_carlo(rate, runs):.4f})")
        yield "| " + " | ".join(cells) + " |"
